"""What each login may do with each relation and which functions it may call.

Expected rights are written down here and derived from nothing; what is done is the deed itself
(every verb is tried on every relation), so a right that comes by a detour (PUBLIC, a group, a
column) shows. A relation or function that is not written down here may be touched by no login; a
relation without a line fails the test.
"""

from collections.abc import Iterable
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from tests.conftest import Login
from tests.sessions import as_login

LOGINS = (
    "leadboard_api",
    "leadboard_worker",
    "test_bi",
    "test_router",
    "test_ops",
    "test_anonymous",
)


def relations_of(schema: str, names: str) -> list[str]:
    return [f"{schema}.{name}" for name in names.split()]


FACTS = relations_of(
    "crm",
    """
    branches call_logs campaign_lead_segments campaign_leads campaigns goals industries
    lead_activities lead_feedback lead_ownership lead_status_history leads members notes
    profiles segment_versions segments support_tickets tasks users workspaces
    """,
)
INTAKE = relations_of("crm", "events import_rejects import_rows imports unmatched_history")
ROLLUPS = relations_of(
    "rollup",
    """
    activity_day call_hour campaign_day lead_contact_day lead_day lead_service_day outcome_day
    segment_day segment_hour service_day task_day worked_day
    """,
)
UNSHOWN_ROLLUPS = relations_of("rollup", "lead_work_day member_day member_week")
STATS = relations_of(
    "stats",
    """
    partner_performance_stats people rep_performance_stats segment_performance_stats team_ranking
    """,
)
METRICS = relations_of("crm", "custom_metrics")
SCORING = relations_of("scoring", "curves weights")
ROUTING = relations_of(
    "routing",
    "lead_assignment_logs load_changes offers partner_credit partner_load settings waiting_leads",
)
GOALS = relations_of("goals", "achievements badges badges_earned changes touched")
REPORTING = relations_of(
    "reporting",
    """
    channel_secrets deliveries delivery_recipients subscription_recipients subscriptions templates
    """,
)
PUBLIC_VIEWS = relations_of(
    "analytics",
    """
    activity_day agent_activity_log agent_performance_metrics badges_earned branches call_hour
    campaign_day freshness lead_day members outcome_day partner_performance_stats
    rep_performance_stats segment_day segment_performance_stats segments service_day task_day
    worked_day workspaces
    """,
)
REST = [
    "app.principals",
    "rollup.dirty_cells",
    "ops.deployments",
    "ops.refresh_runs",
    "ops.refresh_state",
    "ops.workspace_versions",
]

# Login -> what it may do. What is not here is refused.
RIGHTS: dict[str, dict[str, Iterable[str]]] = {
    "leadboard_api": {"select": [*PUBLIC_VIEWS, "ops.workspace_versions"]},
    "leadboard_worker": {"select": ["ops.deployments", "ops.refresh_runs", "ops.refresh_state"]},
    "test_bi": {"select": PUBLIC_VIEWS},
    "test_router": {},
    "test_ops": {"select": ["ops.deployments", "ops.refresh_runs", "ops.refresh_state"]},
    "test_anonymous": {},
}

# The same for the roles behind the views and functions, on what they do not own.
OWNER_RIGHTS: dict[str, dict[str, Iterable[str]]] = {
    "leadboard_view": {
        "select": [
            *FACTS,
            *METRICS,
            *ROLLUPS,
            *STATS,
            *SCORING,
            "goals.achievements",
            "goals.badges",
            "goals.badges_earned",
            "ops.refresh_state",
            "ops.workspace_versions",
        ]
    },
    "leadboard_rollup": {"select": [*FACTS, *SCORING, "crm.unmatched_history", "goals.badges"]},
    "leadboard_owner": {
        "select": ["stats.partner_performance_stats", "ops.workspace_versions"],
        "insert": ["goals.touched", "rollup.dirty_cells"],
    },
}
OWNED = {
    "leadboard_view": PUBLIC_VIEWS,
    "leadboard_rollup": [
        *ROLLUPS,
        *UNSHOWN_ROLLUPS,
        *STATS,
        "goals.achievements",
        "goals.badges_earned",
        "goals.touched",
        "rollup.dirty_cells",
        "ops.refresh_runs",
        "ops.refresh_state",
        "ops.workspace_versions",
    ],
    "leadboard_owner": [
        *FACTS,
        *INTAKE,
        *METRICS,
        *SCORING,
        *ROUTING,
        "goals.badges",
        "goals.changes",
        *REPORTING,
        "app.principals",
        "ops.deployments",
    ],
}

# Functions that a login may call; service.* are the endpoints, called by the service alone.
IDENTITY = [
    "app.admin_workspaces()",
    "app.current_user_id()",
    "app.managed_branches()",
    "app.member_workspaces()",
    "app.now()",
]
# What the timeline is worded with: arguments in, words out.
WORDS = [
    "crm.timeline_metadata(jsonb,uuid,text,numeric)",
    "crm.timeline_title(text,text,uuid)",
    "crm.timeline_type(text)",
]
# For the workspaces the caller may route in; each asks first.
ROUTER = [
    "routing.assign_lead(uuid,uuid,text)",
    "routing.candidates(uuid,uuid)",
    "routing.current_settings(uuid)",
    "routing.decisions(uuid,text,uuid,integer)",
    "routing.explain(uuid,uuid,text)",
    "routing.explain_lead(uuid,uuid,text)",
    "routing.partner_decisions(uuid,uuid,integer)",
    "routing.respond(uuid,uuid,uuid,text,text)",
    "routing.simulate(uuid,timestamp with time zone,timestamp with time zone,jsonb)",
    "routing.simulate_days(uuid,integer,jsonb)",
    "routing.waiting(uuid,timestamp with time zone,uuid,integer)",
]
TIME_IN_ROUTING = ["routing.due_workspaces()", "routing.expire_offers()"]
# The worker's alone, not of everybody who operates: sendings hold figures and secrets of channels.
DELIVERING = [
    "reporting.claim_deliveries(text,integer,text,interval)",
    "reporting.deliveries_due()",
    "reporting.enqueue_due()",
    "reporting.finish_delivery(uuid,uuid,bigint,text,text,text,integer)",
    "reporting.removal_due(integer)",
    "reporting.remove_deliveries(integer,integer)",
    "reporting.subscriptions_due()",
]
# For the branches whose reports the caller may manage; each asks first.
REPORTS = [
    "reporting.delete_subscription(uuid,uuid)",
    "reporting.delete_template(uuid,uuid)",
    "reporting.delivery_documents(uuid,uuid,uuid,text,text,uuid,integer)",
    "reporting.delivery_source(uuid,uuid)",
    "reporting.generate(uuid,jsonb)",
    "reporting.save_subscription(uuid,uuid,jsonb)",
    "reporting.save_template(uuid,uuid,jsonb)",
    "reporting.send(uuid,jsonb)",
    "reporting.subscription_documents(uuid,uuid,uuid,uuid,integer)",
    "reporting.template_documents(uuid,uuid,uuid,integer)",
]
OPERATIONS = [
    "app.nobody()",
    "app.now()",
    "ops.announce(uuid[])",
    "ops.commit_refusal()",
    "ops.health()",
    "ops.is_meant(text,text)",
    "ops.known_workspaces()",
    "ops.leave_transaction_block(text)",
    "ops.match_segments()",
    "ops.materialized_views()",
    "ops.rebuild(uuid,date,date)",
    "ops.rebuild_workspace(uuid,date,date)",
    "goals.check_achievements(uuid,uuid)",
    "ops.refresh_achievements()",
    "ops.record_failure(text,text)",
    "ops.refresh(text)",
    "ops.refresh_due(text)",
    "ops.refresh_rollups()",
    "ops.refresh_view(text)",
    "ops.verify(uuid,date,date)",
    "ops.verify_sample()",
    *TIME_IN_ROUTING,
    "stats.refresh_partner_performance_stats()",
]
CALLABLE: dict[str, list[str]] = {
    "leadboard_api": [
        *IDENTITY,
        "app.act_as(uuid)",
        "app.current_member(uuid)",
        "app.is_operator()",
        "app.nobody()",
        "app.resolve_workspace(uuid)",
        "app.workspace_names(uuid[])",
        # Each asks first whether the caller may.
        "crm.apply_import(uuid,uuid)",
        "crm.create_import(uuid,text,text,jsonb,text[])",
        "crm.import_faults(uuid,uuid,integer,integer)",
        "crm.record_events(uuid,json)",
        "crm.refuse_faulty_filter(jsonb)",
        "crm.save_segment(uuid,uuid,jsonb)",
        "crm.stage_import_rows(uuid,uuid,json)",
        "ops.refresh_report(uuid,integer)",
        "ops.verify_day(uuid,date)",
        *ROUTER,
        "routing.change_settings(uuid,jsonb)",
        *REPORTS,
        "scoring.explain(uuid,uuid)",
        "scoring.performance_score(uuid,uuid)",
        "scoring.require_admin(uuid)",
        *WORDS,
        "goals.completion(uuid,uuid,text)",
        # Arithmetic.
        "metrics.change_percent(numeric,numeric)",
        "metrics.percent(numeric,numeric)",
        "service.*",
    ],
    "leadboard_worker": [*OPERATIONS, *DELIVERING],
    "test_bi": [*IDENTITY, "goals.completion(uuid,uuid,text)"],
    "test_router": [*IDENTITY, *ROUTER, *TIME_IN_ROUTING],
    "test_ops": OPERATIONS,
    "test_anonymous": [],
}

OURS = sql.SQL("n.nspname !~ '^(pg_|information_schema$|yoyo$)'")

VERBS: dict[str, LiteralString] = {
    # A column is named nowhere: a right on one column would be enough.
    "select": "select 1 from {relation} limit 0",
    "insert": "insert into {relation} default values",
    "update": "update {relation} set {column} = null where false",
    "delete": "delete from {relation} where false",
    "truncate": "truncate {relation}",
}

# What the server says when it is not the right that is missing.
POSSIBLE = (
    psycopg.errors.NotNullViolation,
    psycopg.errors.CheckViolation,
    # Other tables refer to the one that would be emptied.
    psycopg.errors.FeatureNotSupported,
)
IMPOSSIBLE = (
    psycopg.errors.InsufficientPrivilege,
    # A view cannot be emptied or, when it joins, written.
    psycopg.errors.WrongObjectType,
    psycopg.errors.ObjectNotInPrerequisiteState,
)


def relations(connection: psycopg.Connection) -> dict[str, str]:
    """Every relation of ours, with its last column."""
    return dict(
        connection.execute(
            sql.SQL(
                """
            select
                format('%s.%s', n.nspname, c.relname),
                (
                    select a.attname from pg_attribute as a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                    order by a.attnum desc limit 1
                )
            from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and {ours}
            """
            ).format(ours=OURS)
        ).fetchall()
    )


def may(connection: psycopg.Connection, verb: str, relation: str, column: str) -> bool:
    statement = sql.SQL(VERBS[verb]).format(
        relation=sql.Identifier(*relation.split(".")), column=sql.Identifier(column)
    )
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except POSSIBLE:
        return True
    except IMPOSSIBLE:
        return False
    return True


def rights(connection: psycopg.Connection, known: dict[str, str]) -> dict[str, list[str]]:
    return {
        verb: sorted(name for name, column in known.items() if may(connection, verb, name, column))
        for verb in VERBS
    }


def written_down(table: dict[str, Iterable[str]]) -> dict[str, list[str]]:
    return {verb: sorted(table.get(verb, [])) for verb in VERBS}


def test_every_relation_has_a_line(tx: psycopg.Connection) -> None:
    named = [
        *FACTS,
        *INTAKE,
        *METRICS,
        *ROLLUPS,
        *UNSHOWN_ROLLUPS,
        *STATS,
        *SCORING,
        *ROUTING,
        *GOALS,
        *REPORTING,
        *PUBLIC_VIEWS,
        *REST,
    ]
    assert sorted(relations(tx)) == sorted(named)


@pytest.mark.parametrize("name", LOGINS)
def test_login_and_relations(tx: psycopg.Connection, name: str) -> None:
    known = relations(tx)
    with as_login(tx, name):
        assert rights(tx, known) == written_down(RIGHTS[name])


@pytest.mark.parametrize("name", sorted(OWNER_RIGHTS))
def test_owner_role_and_relations_of_others(tx: psycopg.Connection, name: str) -> None:
    known = relations(tx)
    foreign = {k: column for k, column in known.items() if k not in OWNED[name]}
    with tx.transaction(force_rollback=True):
        tx.execute(sql.SQL("set local role {}").format(sql.Identifier(name)))
        assert rights(tx, foreign) == written_down(OWNER_RIGHTS[name])


def test_owners(tx: psycopg.Connection) -> None:
    rows = tx.execute(
        sql.SQL(
            """
        select c.relowner::regrole::text, format('%s.%s', n.nspname, c.relname)
        from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and {ours}
        """
        ).format(ours=OURS)
    ).fetchall()
    owned = {role: sorted(name for owner, name in rows if owner == role) for role in OWNED}
    assert owned == {role: sorted(names) for role, names in OWNED.items()}


@pytest.mark.parametrize("name", LOGINS)
def test_login_and_functions(tx: psycopg.Connection, name: str) -> None:
    rows = tx.execute(
        sql.SQL(
            """
        select
            p.oid::regprocedure::text,
            n.nspname,
            has_schema_privilege(%(login)s, n.oid, 'usage')
            and has_function_privilege(%(login)s, p.oid, 'execute')
        from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace
        where {ours}
        """
        ).format(ours=OURS),
        {"login": name},
    ).fetchall()
    whole = {entry.removesuffix(".*") for entry in CALLABLE[name] if entry.endswith(".*")}
    callable_now = {signature for signature, schema, right in rows if right and schema not in whole}
    assert callable_now == {entry for entry in CALLABLE[name] if not entry.endswith(".*")}
    # A whole schema was written down: nothing in it may be out of reach either.
    assert {s for s, schema, right in rows if schema in whole and not right} == set()


@pytest.mark.parametrize("name", [name for name in LOGINS if name != "test_anonymous"])
def test_login_may_create_nothing(login: Login, name: str) -> None:
    attempts = [
        "create schema own",
        "create table public.own (id integer)",
        "create temporary table own (id integer)",
        "create table analytics.own (id integer)",
        "create view analytics.own as select 1 as id",
        "create function app.own() returns integer language sql as 'select 1'",
        "create function pg_temp.own() returns integer language sql as 'select 1'",
        "create operator app.=== (leftarg = text, rightarg = text, function = texteq)",
        "do $$ begin null; end $$",
        "create role own",
        "alter role leadboard_owner login",
        "grant leadboard_owner to current_user",
        "set role leadboard_owner",
        "set role leadboard_rollup",
        "set role leadboard_view",
        "set session authorization leadboard_owner",
        "alter table crm.leads disable row level security",
        "alter view analytics.members reset (security_barrier)",
        "drop view analytics.members",
        "refresh materialized view stats.partner_performance_stats",
        "comment on view analytics.members is 'mine'",
        "copy (select 1) to program 'true'",
        "select pg_read_file('postgresql.conf')",
        "select lo_from_bytea(0, 'x')",
    ]
    if name in ("test_bi", "test_router"):
        # The refresh and the deploy wait for an advisory lock.
        attempts += ["select pg_advisory_lock(1)", "select pg_try_advisory_xact_lock(1, 2)"]
    done: list[str] = []
    with login(name) as connection:
        for statement in attempts:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(statement.encode())
                done.append(statement)
            except psycopg.errors.InsufficientPrivilege:
                pass
    assert done == []


def test_anonymous_cannot_connect(login: Login) -> None:
    """The twin: the BI login, made in the same way and put into its group, can."""
    with (
        pytest.raises(psycopg.OperationalError, match="permission denied for database"),
        login("test_anonymous"),
    ):
        pass
    with login("test_bi") as bi:
        assert bi.execute("select session_user").fetchone() == ("test_bi",)
