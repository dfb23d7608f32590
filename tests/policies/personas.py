"""Everybody who may ask, and two workspaces with rows whose owner is known.

Every key has a one-character label, so that what a persona sees is a short word: people are
o(wner), a(dmin), m(anager of branch b), x (manager without a branch), 1 (agent of b), 2 (agent of
branch c), 3 (partner), 5 (deactivated, of c), 6 (erased), all of workspace w; 9 is the owner of
workspace v. Each lead is labelled like its owner, 4 has none. 0 is the nil UUID.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from tests import builders as build

NIL = UUID(int=0)
UNKNOWN = UUID(int=0xDEAD)

# Owner and branch of each lead: label -> (owner, branch).
LEADS = {
    "1": ("1", "b"),
    "2": ("2", "c"),
    "3": ("3", None),
    "4": (None, None),
    "5": ("5", "c"),
    "6": ("6", None),
    "9": ("9", "y"),
}


class Persona(NamedTuple):
    """How a persona comes to the database."""

    login: str
    user: str | None = None
    """Label of the person the service acts for."""
    bound_user: str | None = None
    """Label of the person the login is bound to in app.principals."""
    bound_workspace: str | None = None


PERSONAS = {
    "owner": Persona("leadboard_api", user="o"),
    "admin": Persona("leadboard_api", user="a"),
    "manager": Persona("leadboard_api", user="m"),
    "manager without branch": Persona("leadboard_api", user="x"),
    "agent": Persona("leadboard_api", user="1"),
    "colleague": Persona("leadboard_api", user="2"),
    "partner": Persona("leadboard_api", user="3"),
    "deactivated": Persona("leadboard_api", user="5"),
    "erased": Persona("leadboard_api", user="6"),
    "stranger": Persona("leadboard_api", user="9"),
    "unknown": Persona("leadboard_api", user="?"),
    "nobody": Persona("leadboard_api"),
    "bi of the agent": Persona("test_bi", bound_user="1"),
    "bi of the manager": Persona("test_bi", bound_user="m"),
    "bi of the deactivated": Persona("test_bi", bound_user="5"),
    "bi of the erased": Persona("test_bi", bound_user="6"),
    "bi of the workspace": Persona("test_bi", bound_workspace="w"),
    "bi unbound": Persona("test_bi"),
    "router": Persona("test_router"),
    "ops": Persona("test_ops"),
    "worker": Persona("leadboard_worker"),
    "anonymous": Persona("test_anonymous"),
}


class World:
    """The rows, and what their keys are called."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.ids: dict[str, UUID] = {"0": NIL, "?": UNKNOWN}
        self.lead_ids: dict[str, UUID] = {}
        # Rows are given in full: no trigger adds any.
        connection.execute("set local session_replication_role = replica")
        self._people()
        self._leads()
        self._shared()
        self._figures()
        self._routing()
        self._goals()
        self._reporting()
        connection.execute("set local session_replication_role = origin")
        connection.execute("refresh materialized view stats.partner_performance_stats")
        connection.execute("refresh materialized view stats.rep_performance_stats")
        connection.execute("refresh materialized view stats.segment_performance_stats")
        connection.execute("refresh materialized view stats.team_ranking")

    def label(self, key: UUID) -> str:
        names = {value: name for name, value in (self.ids | self.lead_ids).items()}
        return names[key]

    def workspace_of(self, label: str) -> UUID:
        return self.ids["v" if label == "9" else "w"]

    def _people(self) -> None:
        c, ids = self.connection, self.ids
        ids["w"] = build.workspace(c, "Studios")
        ids["v"] = build.workspace(c, "Strangers")
        ids["b"] = build.branch(c, ids["w"], "North")
        ids["c"] = build.branch(c, ids["w"], "South")
        ids["y"] = build.branch(c, ids["v"], "Elsewhere")
        for label, role, branch in (
            ("o", "owner", None),
            ("a", "admin", None),
            ("m", "manager", "b"),
            ("x", "manager", None),
            ("1", "agent", "b"),
            ("2", "agent", "c"),
            ("3", "partner", None),
            ("5", "agent", "c"),
            ("6", "agent", None),
            ("9", "owner", "y"),
        ):
            ids[label] = build.member(
                c,
                self.workspace_of(label),
                role,
                branch_id=ids[branch] if branch else None,
                deactivated_at=build.START if label == "5" else None,
            )
        c.execute(
            "update crm.users set erased_at = %s, name = null, email = null where id = %s",
            (build.START, ids["6"]),
        )
        for label in "1239":
            build.profile(c, self.workspace_of(label), ids[label])

    def _leads(self) -> None:
        c, ids = self.connection, self.ids
        for name in "wv":
            ids[f"segment of {name}"] = build.segment(c, ids[name])
            c.execute(
                "insert into crm.segment_versions"
                " (workspace_id, segment_id, version, filter, created_at)"
                " values (%s, %s, 1, '{}', %s)",
                (ids[name], ids[f"segment of {name}"], build.START),
            )
            ids[f"campaign of {name}"] = build.campaign(c, ids[name])
        for label, (owner, branch) in LEADS.items():
            w = self.workspace_of(label)
            name = "v" if label == "9" else "w"
            person = ids[owner] if owner else None
            lead = build.lead(
                c,
                w,
                person,
                branch_id=ids[branch] if branch else None,
                credited_user_id=person,
                owner_basis="owner" if person else "nobody",
                status_changed_at=build.START,
            )
            self.lead_ids[f"lead {label}"] = lead
            build.activity(c, w, lead, person, recorded_at=build.START)
            build.task(c, w, lead, person)
            build.note(c, w, lead, person)
            build.call(c, w, person, lead_id=lead, branch_id=ids[branch] if branch else None)
            build.feedback(c, w, lead, person)
            build.ticket(c, w, lead, person)
            build.recipient(c, w, ids[f"campaign of {name}"], lead, owner_at_send=person)
            c.execute(
                "insert into crm.campaign_lead_segments"
                " (workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at)"
                " values (%s, %s, %s, %s, 1, %s)",
                (w, ids[f"campaign of {name}"], lead, ids[f"segment of {name}"], build.START),
            )
            c.execute(
                "insert into crm.lead_status_history"
                " (workspace_id, id, lead_id, status, changed_at, changed_by_user_id)"
                " values (%s, %s, %s, 'new', %s, %s)",
                (w, build.new_id(), lead, build.START, person),
            )
            c.execute(
                "insert into crm.lead_ownership (workspace_id, id, lead_id, user_id, during)"
                " values (%s, %s, %s, %s, tstzrange(%s, null))",
                (w, build.new_id(), lead, person, build.START),
            )

    def _shared(self) -> None:
        c, ids = self.connection, self.ids
        ids["i"] = build.industry(c, "Fitness")
        for label in ("1", "2", "9"):
            build.goal(c, self.workspace_of(label), ids[label])
        build.goal(c, ids["w"])
        for name, person in (("w", ids["1"]), ("v", ids["9"])):
            build.custom_metric(c, ids[name], created_by_user_id=person)
        for name in "wv":
            c.execute(
                "insert into crm.events (workspace_id, event_id, type, occurred_at, recorded_at)"
                " values (%s, %s, 'lead.created', now(), now())",
                (ids[name], build.new_id()),
            )
            c.execute(
                "insert into crm.imports"
                " (workspace_id, id, kind, file_name, source_system, mapping, header)"
                " values (%s, %s, 'leads', 'leads.csv', 'test', '{}', '{id}')",
                (ids[name], build.new_id()),
            )
            c.execute(
                "insert into crm.import_rows (workspace_id, import_id, line, cells)"
                " values (%s, %s, 2, '{x}')",
                (ids[name], build.new_id()),
            )
            c.execute(
                "insert into crm.import_rejects"
                " (workspace_id, import_id, line, column_name, reason, cells)"
                " values (%s, %s, 2, 'id', 'is no key', '{x}')",
                (ids[name], build.new_id()),
            )
            c.execute(
                "insert into crm.unmatched_history (workspace_id, lead_id) values (%s, %s)",
                (ids[name], build.new_id()),
            )
            # A version of the own, made of the default's rows.
            c.execute(
                """
                insert into scoring.weights (workspace_id, version, part, weight)
                select %s, version, part, weight from scoring.weights where workspace_id = %s
                """,
                (ids[name], NIL),
            )
            c.execute(
                """
                insert into scoring.curves (workspace_id, version, curve, x, y)
                select %s, version, curve, x, y from scoring.curves where workspace_id = %s
                """,
                (ids[name], NIL),
            )

    def _routing(self) -> None:
        """One row of everything that routing keeps."""
        for name, person, lead in (("w", "1", "lead 1"), ("v", "9", "lead 9")):
            given = {
                "w": self.ids[name],
                "u": self.ids[person],
                "l": self.lead_ids[lead],
                "d": build.new_id(),
                "at": build.START,
            }
            for statement in (
                """
                insert into routing.settings (
                    workspace_id, version, region_weight, performance_weight, fairness_weight,
                    accept_minutes, exploration_share, max_hops, created_by_user_id
                )
                values (%(w)s, 1, 30, 40, 30, 60, 0, 5, %(u)s)
                """,
                """
                insert into routing.lead_assignment_logs (
                    workspace_id, id, lead_id, hop, kind, chosen_user_id, routed_on, lead_snapshot,
                    candidates, settings_version, requested_by, latency_ms, decided_at
                )
                values (
                    %(w)s, %(d)s, %(l)s, 1, 'best', %(u)s, '2026-03-02', '{}', '[]', 1, 'test', 1,
                    %(at)s
                )
                """,
                """
                insert into routing.offers (
                    workspace_id, decision_id, lead_id, user_id, offered_at, deadline
                )
                values (%(w)s, %(d)s, %(l)s, %(u)s, %(at)s, %(at)s)
                """,
                """
                insert into routing.waiting_leads (
                    workspace_id, lead_id, queue, reasons, hops, since, tried_at
                )
                values (%(w)s, %(l)s, 'human', '{}', 1, %(at)s, %(at)s)
                """,
                "insert into routing.partner_load (workspace_id, user_id) values (%(w)s, %(u)s)",
                "insert into routing.partner_credit (workspace_id, user_id) values (%(w)s, %(u)s)",
                """
                insert into routing.load_changes (workspace_id, user_id, open_delta, routed_delta)
                values (%(w)s, %(u)s, 1, 0)
                """,
            ):
                self.connection.execute(statement, given)

    def _goals(self) -> None:
        """Targets that changed, were reached, badges, and whose have to be looked at."""
        c, ids = self.connection, self.ids
        for label in ("1", "2", "9", None):
            w = self.workspace_of(label or "1")
            person = ids[label] if label else None
            c.execute(
                "insert into goals.changes"
                " (workspace_id, goal_id, user_id, period, goal_type, period_start, period_end)"
                " values (%s, %s, %s, 'monthly', 'revenue', '2026-03-01', '2026-04-01')",
                (w, build.new_id(), person),
            )
            c.execute(
                "insert into goals.achievements"
                " (workspace_id, user_id, period, goal_type, period_start, period_end,"
                " target_value, reached_value, achieved_on)"
                " values (%s, %s, 'monthly', 'revenue', '2026-03-01', '2026-04-01',"
                " 1, 1, '2026-03-02')",
                (w, person),
            )
            c.execute(
                "insert into goals.touched (workspace_id, user_id, scope, from_day)"
                " values (%s, %s, 'person', '2026-03-02')",
                (w, person or NIL),
            )
        for label in "129":
            c.execute(
                "insert into goals.badges_earned"
                " (workspace_id, user_id, badge, earned_on, reached_value)"
                " values (%s, %s, 'first_win', '2026-03-02', 1)",
                (self.workspace_of(label), ids[label]),
            )
        for name in "wv":
            c.execute(
                "insert into goals.badges"
                " (workspace_id, badge, title, description, rule, measure, threshold)"
                " values (%s, 'hundred', 'Hundred', 'Won.', 'total', 'wins', 100)",
                (ids[name],),
            )

    def _reporting(self) -> None:
        """One row of everything that reporting keeps."""
        for name, person, branch in (("w", "m", "b"), ("v", "9", "y")):
            given = {
                "w": self.ids[name],
                "u": self.ids[person],
                "b": self.ids[branch],
                **{key: build.new_id() for key in ("t", "s", "c", "d")},
                "at": build.START,
            }
            for statement in (
                """
                insert into reporting.templates (
                    workspace_id, id, name, template_content, created_by_user_id, created_at
                )
                values (%(w)s, %(t)s, 'Own', 'x', %(u)s, %(at)s)
                """,
                """
                insert into reporting.subscriptions (
                    workspace_id, id, branch_id, report_type, delivery_method, delivery_time,
                    delivery_days, created_by_user_id, scheduled_since, next_due_at, created_at
                )
                values (
                    %(w)s, %(s)s, %(b)s, 'daily', 'slack', '09:00', '{1}', %(u)s, %(at)s, %(at)s,
                    %(at)s
                )
                """,
                """
                insert into reporting.channel_secrets (
                    workspace_id, id, subscription_id, channel, url, display, created_at
                )
                values (%(w)s, %(c)s, %(s)s, 'slack', 'https://x/y', 'https://x/...', %(at)s)
                """,
                """
                insert into reporting.subscription_recipients (
                    workspace_id, subscription_id, position, secret_id
                )
                values (%(w)s, %(s)s, 1, %(c)s)
                """,
                """
                insert into reporting.deliveries (
                    workspace_id, id, branch_id, report_type, period_from, period_to, status,
                    report_data, computed_for_user_id, created_at
                )
                values (
                    %(w)s, %(d)s, %(b)s, 'daily', '2026-03-01', '2026-03-02', 'generated', '{}',
                    %(u)s, %(at)s
                )
                """,
                """
                insert into reporting.delivery_recipients (
                    workspace_id, id, delivery_id, position, channel, display, status,
                    requested_by_user_id, created_at
                )
                values (%(w)s, %(c)s, %(d)s, 1, 'email', 'x', 'dead', %(u)s, %(at)s)
                """,
            ):
                self.connection.execute(statement, given)

    def _figures(self) -> None:
        """One row of each rollup per lead's owner, every figure 1."""
        c, ids = self.connection, self.ids
        families = c.execute(
            "select c.oid::regclass::text from pg_class as c"
            " where c.relnamespace = 'rollup'::regnamespace and c.relkind = 'r'"
            " and c.relname ~ '_(day|hour|week)$'"
        ).fetchall()
        for (family,) in families:
            columns = c.execute(
                "select a.attname, a.atttypid::regtype::text from pg_attribute as a"
                " where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped",
                (family,),
            ).fetchall()
            for label, (owner, branch) in LEADS.items():
                name = "v" if label == "9" else "w"
                subject = ids[owner] if owner else NIL
                known: dict[str, object] = {
                    "workspace_id": ids[name],
                    "subject_id": subject,
                    "actor_id": subject,
                    "branch_id": ids[branch] if branch else NIL,
                    "campaign_id": ids[f"campaign of {name}"],
                    "segment_id": ids[f"segment of {name}"],
                    "source_leads": "{}",
                    "day": f"2026-03-{int(label):02}",
                    "previous_day": "-infinity",
                }
                values = [
                    known.get(column, "x" if kind == "text" else 1) for column, kind in columns
                ]
                c.execute(
                    sql.SQL("insert into {} values ({})").format(
                        sql.Identifier(*family.split(".")),
                        sql.SQL(", ").join(sql.Placeholder() * len(values)),
                    ),
                    values,
                )
        for name in "wv":
            c.execute(
                "insert into ops.workspace_versions (workspace_id, version, generation)"
                " values (%s, 1, 1)",
                (ids[name],),
            )
            c.execute(
                "insert into rollup.dirty_cells select (jsonb_populate_record("
                "null::rollup.dirty_cells, jsonb_build_object('workspace_id', %s,"
                " 'family', 'all', 'subject_id', %s, 'hour_at', '-infinity'))).*",
                (ids[name], NIL),
            )


@contextmanager
def as_persona(connection: psycopg.Connection, world: World, name: str) -> Generator[None]:
    """The superuser's session becomes that of the persona; everything is undone at the end."""
    persona = PERSONAS[name]
    with connection.transaction(force_rollback=True):
        connection.execute("delete from app.principals where login_name = 'test_bi'")
        if persona.bound_user or persona.bound_workspace:
            build.principal(
                connection,
                persona.login,
                user_id=world.ids[persona.bound_user] if persona.bound_user else None,
                workspace_id=world.ids[persona.bound_workspace]
                if persona.bound_workspace
                else None,
            )
        connection.execute(f"set local session authorization {persona.login}".encode())
        if persona.user:
            connection.execute("select app.act_as(%s)", (world.ids[persona.user],))
        yield
