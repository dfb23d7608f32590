"""Which rows each persona sees of each relation: the whole matrix, worked out by hand.

Labels as in tests/policies/personas.py. Tables are asked as the public views ask them: with the
rights of leadboard_view, by the login of the persona. Where one persona sees nothing, another one
of the same line sees the rows: they are there.
"""

from typing import LiteralString, cast
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.policies.personas import PERSONAS, World, as_persona

SEES_NOTHING = (
    "deactivated",
    "erased",
    "unknown",
    "nobody",
    "bi of the deactivated",
    "bi of the erased",
    "bi unbound",
)

# What hangs on a lead, by lead: an admin sees all, a manager the branch, everyone the own.
BY_LEAD = {
    "owner": "123456",
    "admin": "123456",
    "manager": "1",
    "manager without branch": "",
    "agent": "1",
    "colleague": "2",
    "partner": "3",
    "stranger": "9",
    "bi of the agent": "1",
    "bi of the manager": "1",
    "bi of the workspace": "123456",
}
# Figures, by the person credited: those of nobody (0) are seen by admins alone.
BY_SUBJECT = BY_LEAD | {
    "owner": "012356",
    "admin": "012356",
    "bi of the workspace": "012356",
}
# The same without nobody.
BY_PERSON = {name: subjects.replace("0", "") for name, subjects in BY_SUBJECT.items()}
BY_MEMBER = {
    "owner": "12356amox",
    "admin": "12356amox",
    "manager": "1m",
    "manager without branch": "x",
    "agent": "1",
    "colleague": "2",
    "partner": "3",
    "stranger": "9",
    "bi of the agent": "1",
    "bi of the manager": "1m",
    "bi of the workspace": "12356amox",
}
# Those who have a routing profile.
BY_PROFILE = BY_LEAD | {"owner": "123", "admin": "123", "bi of the workspace": "123"}
# Active agents, partners and holders of a profile; the erased person is still a member.
BY_PARTNER = BY_LEAD | {"owner": "1236", "admin": "1236", "bi of the workspace": "1236"}
# Active members, whatever the role.
BY_REP = {name: seen.replace("5", "") for name, seen in BY_MEMBER.items()}
# The team's goal (0) is everybody's.
BY_GOAL = {
    "owner": "012",
    "admin": "012",
    "manager": "01",
    "manager without branch": "0",
    "agent": "01",
    "colleague": "02",
    "partner": "0",
    "stranger": "9",
    "bi of the agent": "01",
    "bi of the manager": "01",
    "bi of the workspace": "012",
}
# A person's own, and those of people managed.
BY_BADGE = {name: goals.replace("0", "") for name, goals in BY_GOAL.items()}
# What all members of a workspace share, by workspace.
BY_WORKSPACE = {name: "v" if name == "stranger" else "w" for name in BY_LEAD}
BY_WORKSPACE_OF_ADMIN = {
    "owner": "w",
    "admin": "w",
    "stranger": "v",
    "bi of the workspace": "w",
}
# A default (0) for all, and the own workspace's.
BY_WORKSPACE_OR_DEFAULT = {
    name: "0" + BY_WORKSPACE.get(name, "")
    for name in (*BY_WORKSPACE, *SEES_NOTHING, "router", "ops")
}
EVERYBODY = dict.fromkeys((*BY_WORKSPACE, *SEES_NOTHING, "router", "ops"), "i")

# Relation -> the key that is shown by its label, and what of it each persona sees.
TABLES = {
    "crm.branches": ("workspace_id", BY_WORKSPACE),
    "crm.call_logs": ("lead_id", BY_LEAD),
    "crm.campaign_lead_segments": ("lead_id", BY_LEAD),
    "crm.campaign_leads": ("lead_id", BY_LEAD),
    "crm.campaigns": ("workspace_id", BY_WORKSPACE),
    "crm.custom_metrics": ("workspace_id", BY_WORKSPACE),
    "crm.goals": ("coalesce(user_id, app.nobody())", BY_GOAL),
    "crm.industries": ("id", EVERYBODY),
    "crm.lead_activities": ("lead_id", BY_LEAD),
    "crm.lead_feedback": ("lead_id", BY_LEAD),
    "crm.lead_ownership": ("lead_id", BY_LEAD),
    "crm.lead_status_history": ("lead_id", BY_LEAD),
    "crm.leads": ("id", BY_LEAD),
    "crm.members": ("user_id", BY_MEMBER),
    "crm.notes": ("lead_id", BY_LEAD),
    "crm.profiles": ("user_id", BY_PROFILE),
    "crm.segment_versions": ("workspace_id", BY_WORKSPACE),
    "crm.segments": ("workspace_id", BY_WORKSPACE),
    "crm.support_tickets": ("lead_id", BY_LEAD),
    "crm.tasks": ("lead_id", BY_LEAD),
    "crm.users": ("id", BY_MEMBER),
    "crm.workspaces": ("workspace_id", BY_WORKSPACE),
    "goals.achievements": ("coalesce(user_id, app.nobody())", BY_GOAL),
    "goals.badges": ("workspace_id", BY_WORKSPACE_OR_DEFAULT),
    "goals.badges_earned": ("user_id", BY_BADGE),
    "ops.workspace_versions": ("workspace_id", BY_WORKSPACE),
    # Figures: the wall between tenants; the rest is the views' business.
    "rollup.activity_day": ("workspace_id", BY_WORKSPACE),
    "rollup.call_hour": ("workspace_id", BY_WORKSPACE),
    "rollup.campaign_day": ("workspace_id", BY_WORKSPACE),
    "rollup.lead_contact_day": ("workspace_id", BY_WORKSPACE),
    "rollup.lead_day": ("workspace_id", BY_WORKSPACE),
    "rollup.lead_service_day": ("workspace_id", BY_WORKSPACE),
    "rollup.outcome_day": ("workspace_id", BY_WORKSPACE),
    "rollup.segment_day": ("workspace_id", BY_WORKSPACE),
    "rollup.segment_hour": ("workspace_id", BY_WORKSPACE),
    "rollup.service_day": ("workspace_id", BY_WORKSPACE),
    "rollup.task_day": ("workspace_id", BY_WORKSPACE),
    "rollup.worked_day": ("workspace_id", BY_WORKSPACE),
    "scoring.curves": ("workspace_id", BY_WORKSPACE_OR_DEFAULT),
    "scoring.weights": ("workspace_id", BY_WORKSPACE_OR_DEFAULT),
}

# Closed to leadboard_view: no policy to test, tests/policies/test_rights.py shows the refusal.
CLOSED_TABLES = {
    "app.principals",
    "crm.events",
    "crm.import_rejects",
    "crm.import_rows",
    "crm.imports",
    "crm.unmatched_history",
    "goals.changes",
    "goals.touched",
    "ops.deployments",
    "ops.refresh_runs",
    "ops.refresh_state",
    "reporting.channel_secrets",
    "reporting.deliveries",
    "reporting.delivery_recipients",
    "reporting.subscription_recipients",
    "reporting.subscriptions",
    "reporting.templates",
    "rollup.dirty_cells",
    "rollup.lead_work_day",
    "rollup.member_day",
    "rollup.member_week",
    "routing.lead_assignment_logs",
    "routing.load_changes",
    "routing.offers",
    "routing.partner_credit",
    "routing.partner_load",
    "routing.settings",
    "routing.waiting_leads",
}

VIEWS = {
    "analytics.activity_day": ("subject_id", BY_SUBJECT),
    "analytics.agent_activity_log": ("agent_id", BY_PERSON),
    "analytics.agent_performance_metrics": ("agent_id", BY_PERSON),
    "analytics.badges_earned": ("user_id", BY_BADGE),
    "analytics.branches": ("workspace_id", BY_WORKSPACE),
    "analytics.call_hour": ("subject_id", BY_SUBJECT),
    "analytics.campaign_day": ("subject_id", BY_SUBJECT),
    "analytics.freshness": ("workspace_id", BY_WORKSPACE),
    "analytics.lead_day": ("subject_id", BY_SUBJECT),
    "analytics.members": ("user_id", BY_MEMBER),
    "analytics.outcome_day": ("subject_id", BY_SUBJECT),
    "analytics.partner_performance_stats": ("partner_id", BY_PARTNER),
    "analytics.rep_performance_stats": ("user_id", BY_REP),
    "analytics.segment_day": ("subject_id", BY_SUBJECT),
    "analytics.segment_performance_stats": ("workspace_id", BY_WORKSPACE_OF_ADMIN),
    "analytics.segments": ("workspace_id", BY_WORKSPACE),
    "analytics.service_day": ("subject_id", BY_SUBJECT),
    "analytics.task_day": ("subject_id", BY_SUBJECT),
    "analytics.worked_day": ("subject_id", BY_SUBJECT),
    "analytics.workspaces": ("workspace_id", BY_WORKSPACE),
}

READERS = [
    name for name, persona in PERSONAS.items() if persona.login in ("leadboard_api", "test_bi")
]


@pytest.fixture
def world(tx: psycopg.Connection) -> World:
    tx.execute(
        """
        create function app.keys_seen(p_relation text, p_key text) returns uuid[]
        language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
        declare
            v_keys uuid[];
        begin
            execute format('select array_agg(distinct %s) from %s', p_key, p_relation) into v_keys;
            return v_keys;
        end
        $$;
        alter function app.keys_seen(text, text) owner to leadboard_view;
        grant execute on function app.keys_seen(text, text)
        to leadboard_api, leadboard_bi, leadboard_router, leadboard_ops;
        grant execute on function app.nobody() to leadboard_view;
        """
    )
    return World(tx)


def labels(world: World, keys: list[UUID] | None) -> str:
    names = [world.label(key).removeprefix("lead ") for key in keys or []]
    return "".join(sorted(names))


@pytest.mark.parametrize("name", [*READERS, "router", "ops"])
def test_rows_of_tables(tx: psycopg.Connection, world: World, name: str) -> None:
    seen: dict[str, str] = {}
    with as_persona(tx, world, name):
        for relation, (key, _) in TABLES.items():
            row = tx.execute("select app.keys_seen(%s, %s)", (relation, key)).fetchone()
            assert row is not None
            seen[relation] = labels(world, row[0])
    assert seen == {relation: rows.get(name, "") for relation, (_, rows) in TABLES.items()}


@pytest.mark.parametrize("name", READERS)
def test_rows_of_views(tx: psycopg.Connection, world: World, name: str) -> None:
    seen: dict[str, str] = {}
    with as_persona(tx, world, name):
        for relation, (key, _) in VIEWS.items():
            query = sql.SQL("select array_agg(distinct {}) from {}").format(
                sql.SQL(cast("LiteralString", key)), sql.Identifier(*relation.split("."))
            )
            row = tx.execute(query).fetchone()
            assert row is not None
            seen[relation] = labels(world, row[0])
    assert seen == {relation: rows.get(name, "") for relation, (_, rows) in VIEWS.items()}


def test_rows_exist_in_closed_tables(tx: psycopg.Connection, world: World) -> None:
    """The twin of the refusals: there is something to hide."""
    tx.execute(
        "insert into app.principals (login_name, workspace_id) values ('test_bi', %s)",
        (world.ids["w"],),
    )
    tx.execute("insert into ops.refresh_state (name) values ('test') on conflict do nothing")
    tx.execute("select ops.keep_run('test', 1, false)")
    for relation in CLOSED_TABLES:
        query = sql.SQL("select count(*) > 0 from {}").format(sql.Identifier(*relation.split(".")))
        row = tx.execute(query).fetchone()
        assert row == (True,), relation


def test_every_relation_has_a_line(tx: psycopg.Connection) -> None:
    relations = tx.execute(
        """
        select format('%s.%s', n.nspname, c.relname), n.nspname = 'analytics'
        from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
            and n.nspname !~ '^(pg_|information_schema$|yoyo$)'
            -- Read through the views of schema analytics alone; test_rights.py shows that.
            and n.nspname not in ('stats', 'metrics')
            and not (n.nspname = 'ops' and c.relkind = 'v')
        """
    ).fetchall()
    assert {name for name, public in relations if public} == set(VIEWS)
    assert {name for name, public in relations if not public} == set(TABLES) | CLOSED_TABLES
