"""Attempts to get past the walls: each fails; a twin shows that it would work without the wall."""

import re
from typing import Protocol

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests import builders as build
from tests.conftest import Login, url_as
from tests.policies.personas import World, as_persona
from tests.sessions import as_login

VIEWS = [
    "activity_day",
    "branches",
    "call_hour",
    "campaign_day",
    "freshness",
    "lead_day",
    "members",
    "outcome_day",
    "partner_performance_stats",
    "segment_day",
    "segment_performance_stats",
    "segments",
    "service_day",
    "task_day",
    "worked_day",
    "workspaces",
]


@pytest.fixture
def world(tx: psycopg.Connection) -> World:
    return World(tx)


def people_seen(connection: psycopg.Connection, world: World) -> str:
    rows = connection.execute("select user_id from analytics.members").fetchall()
    return "".join(sorted(world.label(user_id) for (user_id,) in rows))


# Settings


@pytest.mark.parametrize(
    "forgery",
    [
        "select set_config('app.user_id', '{owner}', false)",
        "select set_config('app.user_id', '{owner}', true)",
        "set session app.user_id = '{owner}'",
        "select set_config('app.user_id', 'no uuid', false)",
        "set app.login_name = 'leadboard_api'",
        "set application_name = 'leadboard_api'",
        "set row_security = on",
        "set search_path = crm, rollup, stats, analytics",
        "set default_transaction_read_only = off",
        "set role leadboard_bi",
        "set role none",
        "set session authorization default",
    ],
)
def test_forged_settings_change_nothing(tx: psycopg.Connection, world: World, forgery: str) -> None:
    with as_persona(tx, world, "bi of the agent"):
        # Not for the superuser behind this session: what a login may not set at all is tried on a
        # real connection in test_rights.py.
        if not forgery.startswith("set session authorization"):
            tx.execute(forgery.format(owner=world.ids["o"]).encode())
        assert people_seen(tx, world) == "1"
    # The twin: the same setting is what the service speaks with.
    with as_persona(tx, world, "nobody"):
        tx.execute("select set_config('app.user_id', %s, true)", (str(world.ids["o"]),))
        assert "a" in people_seen(tx, world)


def test_settings_of_the_connection_string_change_nothing(
    conn: psycopg.Connection, database: str
) -> None:
    workspace = build.workspace(conn)
    agent = build.member(conn, workspace, "agent")
    owner = build.member(conn, workspace, "owner")
    build.principal(conn, "test_bi", user_id=agent)
    forged = make_conninfo(
        url_as(database, "test_bi"),
        options=f"-c app.user_id={owner} -c app.now=2020-01-01",
        application_name="leadboard_api",
    )
    with psycopg.connect(forged) as bi:
        assert bi.execute("show app.user_id").fetchone() == (str(owner),)
        assert bi.execute("select user_id from analytics.members").fetchall() == [(agent,)]
        assert bi.execute("select app.now() = now()").fetchone() == (True,)


def test_row_security_cannot_be_switched_off(tx: psycopg.Connection, world: World) -> None:
    """A reader who asks for no row security gets an error from the tables that have it, no rows."""
    with as_persona(tx, world, "bi of the agent"):
        tx.execute("set local row_security = off")
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
            tx.transaction(),
        ):
            tx.execute("select * from analytics.lead_day")


# Private layers

REFUSALS = (
    psycopg.errors.InsufficientPrivilege,
    # A materialized view is not locked, a table not refreshed, whoever asks.
    psycopg.errors.WrongObjectType,
    psycopg.errors.FeatureNotSupported,
)


@pytest.mark.parametrize("name", ["test_bi", "test_router", "test_ops", "leadboard_api"])
def test_materialized_view_is_out_of_reach(tx: psycopg.Connection, world: World, name: str) -> None:
    assert tx.execute(
        "select count(*) > 0 from stats.partner_performance_stats where workspace_id = %s",
        (world.ids["w"],),
    ).fetchone() == (True,)
    with as_login(tx, name):
        for relation in ("stats.partner_performance_stats", "stats.people", "rollup.lead_day"):
            for statement in (
                "select from {}",
                "table {}",
                "copy {} to stdout",
                "copy (select * from {}) to stdout",
                "lock table {} in access share mode",
                "explain select from {}",
                "refresh materialized view {}",
            ):
                query = sql.SQL(statement).format(sql.Identifier(*relation.split(".")))
                with pytest.raises(REFUSALS), tx.transaction():
                    tx.execute(query)


def test_statistics_of_private_columns_are_hidden(tx: psycopg.Connection, world: World) -> None:
    # What it writes about the size of a table outlives a roll-back: not of tables of facts, where
    # plans of later tests would believe it.
    tx.execute("analyze stats.partner_performance_stats")
    query = "select count(*) > 0 from pg_stats where schemaname in ('crm', 'rollup', 'stats')"
    assert tx.execute(query).fetchone() == (True,)
    with as_persona(tx, world, "bi of the workspace"):
        assert tx.execute(query).fetchone() == (False,)


# Cheap functions of the caller


class Leak(Protocol):
    def __call__(self, view: str, what: str = "v") -> list[str]: ...


@pytest.fixture
def leak(tx: psycopg.Connection) -> Leak:
    """Runs a function that tells every row it is given, cheaper than any filter of a view."""
    tx.execute(
        """
        create function public.tell(p_row anyelement) returns boolean
        language plpgsql cost 0.0000001 as
        $$begin raise notice '%', p_row; return true; end$$;
        grant usage on schema public to leadboard_bi;
        grant execute on function public.tell(anyelement) to leadboard_bi;
        """
    )
    told: list[str] = []
    tx.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))

    def run(view: str, what: str = "v") -> list[str]:
        told.clear()
        # Any login may set these; an index would filter before the function is asked.
        tx.execute("set local enable_indexscan = off")
        tx.execute("set local enable_bitmapscan = off")
        tx.execute(
            sql.SQL("select 1 from analytics.{} as v where public.tell({})").format(
                sql.Identifier(view), sql.Identifier(*what.split("."))
            )
        )
        return list(told)

    return run


@pytest.mark.parametrize("view", VIEWS)
def test_cheap_function_sees_own_rows_only(
    tx: psycopg.Connection, world: World, leak: Leak, view: str
) -> None:
    own = {str(world.ids["1"]), str(world.ids["w"]), str(world.ids["b"])}
    others = {str(key) for key in world.ids.values()} - own - {str(world.ids["0"])}
    shared = {str(world.ids[name]) for name in ("c", "campaign of w", "segment of w")}

    with as_persona(tx, world, "bi of the agent"):
        told = leak(view, "v")
        rows = tx.execute(f"select count(*) from analytics.{view}".encode()).fetchone()  # noqa: S608
        assert rows == (len(told),)
        for row in told:
            found = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", row))
            assert not found & (others - shared)
    with as_persona(tx, world, "bi unbound"):
        assert leak(view, "v") == []


def test_cheap_function_would_see_all_without_the_barrier(
    tx: psycopg.Connection, world: World, leak: Leak
) -> None:
    with as_persona(tx, world, "bi of the agent"):
        assert leak("members", "v.user_id") == [str(world.ids["1"])]
    tx.execute("alter view analytics.members reset (security_barrier)")
    with as_persona(tx, world, "bi of the agent"):
        without = leak("members", "v.user_id")
    assert {str(world.ids[label]) for label in "oam29"} <= set(without)


def test_wall_of_the_rollups_holds_without_the_barrier(
    tx: psycopg.Connection, world: World, leak: Leak
) -> None:
    """Row-level security is a barrier of its own: no row of another tenant passes."""
    tx.execute("alter view analytics.activity_day reset (security_barrier)")
    with as_persona(tx, world, "bi of the agent"):
        told = leak("activity_day", "v")
    assert len(told) > 1
    assert not any(str(world.ids["v"]) in row for row in told)


@pytest.mark.parametrize(
    ("view", "key", "column"),
    [
        ("members", "user_id", "email"),
        ("lead_day", "subject_id", "source"),
        ("partner_performance_stats", "partner_id", "partner_name"),
        ("workspaces", "workspace_id", "name"),
    ],
)
def test_failing_cast_tells_nothing(
    tx: psycopg.Connection, world: World, view: str, key: str, column: str
) -> None:
    """An error that quotes the value it failed on must not be raised for a hidden row."""
    query = f"""
        select count(*) from analytics.{view} as v
        where case when v.{key} = %(hidden)s then v.{column}::integer = 1 else true end
    """.encode()  # noqa: S608
    hidden = {"hidden": world.ids["v" if key == "workspace_id" else "2"]}
    with as_persona(tx, world, "bi of the agent"):
        assert tx.execute(query, hidden).fetchone() == (1,)
    # The twin: for one who may see the row the cast fails and quotes it.
    seer = "stranger" if key == "workspace_id" else "owner"
    with (
        as_persona(tx, world, seer),
        pytest.raises(psycopg.errors.InvalidTextRepresentation),
        tx.transaction(),
    ):
        tx.execute(query, hidden)


# One connection, several callers


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan", "auto"])
def test_cached_plan_follows_the_caller(tx: psycopg.Connection, world: World, mode: str) -> None:
    tx.execute(f"set local plan_cache_mode = {mode}".encode())
    tx.execute(
        """
        create function app.own_leads() returns bigint language plpgsql stable
        security definer set search_path = pg_catalog, pg_temp as
        'begin return (select count(*) from crm.leads); end';
        alter function app.own_leads() owner to leadboard_view;
        grant execute on function app.own_leads() to leadboard_api;
        """
    )
    # Last, because the driver forgets prepared statements when it sees DDL.
    tx.execute("prepare people as select user_id from analytics.members order by 1")
    seen: list[tuple[str, int]] = []
    with as_login(tx, "leadboard_api"):
        for label in ("o", "1", "9", "?", "o", "2"):
            tx.execute("select app.act_as(%s)", (world.ids[label],))
            people = tx.execute("execute people").fetchall()
            leads = tx.execute("select app.own_leads()").fetchone()
            assert leads is not None
            seen.append(("".join(sorted(world.label(p) for (p,) in people)), leads[0]))
    everyone = "12356amox"
    assert seen == [(everyone, 6), ("1", 1), ("9", 1), ("", 0), (everyone, 6), ("2", 1)]


def test_identity_ends_with_the_transaction(conn: psycopg.Connection, login: Login) -> None:
    workspace = build.workspace(conn)
    owner = build.member(conn, workspace, "owner")
    with login("leadboard_api") as service:
        with service.transaction():
            service.execute("select app.act_as(%s)", (owner,))
            assert service.execute("select count(*) from analytics.members").fetchone() == (1,)
        assert service.execute("select count(*) from analytics.members").fetchone() == (0,)
        assert service.execute("select app.current_user_id()").fetchone() == (None,)


# Names that shadow


def test_shadowing_names_change_nothing(tx: psycopg.Connection, world: World) -> None:
    """A schema of look-alikes in front of everything, temporary tables included."""
    tx.execute(
        """
        create schema lookalike;
        create function lookalike.current_setting(text, boolean) returns text language sql as
        'select null::text';
        create function lookalike.coalesce_all(uuid[]) returns uuid[] language sql as
        'select $1';
        create function lookalike.always(uuid, uuid) returns boolean language sql immutable as
        'select true';
        create function lookalike.always(text, text) returns boolean language sql immutable as
        'select true';
        create function lookalike.always(name, text) returns boolean language sql immutable as
        'select true';
        create operator lookalike.= (leftarg = uuid, rightarg = uuid, function = lookalike.always);
        create operator lookalike.= (leftarg = text, rightarg = text, function = lookalike.always);
        create operator lookalike.= (leftarg = name, rightarg = text, function = lookalike.always);
        create temporary table members (user_id uuid, workspace_id uuid);
        create temporary table principals (login_name text, user_id uuid, workspace_id uuid);
        grant usage on schema lookalike to public;
        grant execute on all functions in schema lookalike to public;
        """
    )
    tx.execute(
        "create function app.unpinned() returns boolean language sql stable security definer"
        " as $$select '1'::text = '2'::text$$"
    )
    tx.execute(
        "create function app.pinned() returns boolean language sql stable security definer"
        " set search_path = pg_catalog, pg_temp as $$select '1'::text = '2'::text$$"
    )
    tx.execute("grant execute on function app.pinned(), app.unpinned() to leadboard_bi")
    with as_persona(tx, world, "bi of the agent"):
        tx.execute("set local search_path = lookalike, pg_temp, pg_catalog")
        # The twin: what a definer function without a pinned path would be made to believe.
        assert tx.execute("select app.unpinned(), app.pinned()").fetchone() == (True, False)
        assert tx.execute("select app.current_user_id(), app.member_workspaces()").fetchone() == (
            world.ids["1"],
            [world.ids["w"]],
        )
        assert people_seen(tx, world) == "1"


# Keys


def test_no_key_reaches_into_another_workspace(tx: psycopg.Connection, world: World) -> None:
    """Every composite foreign key, with a key that exists: in the other workspace."""
    keys = tx.execute(
        """
        select
            o.conname,
            o.conrelid::regclass::text,
            o.confrelid::regclass::text,
            array(
                select a.attname::text from unnest(o.conkey) with ordinality as k (attnum, place)
                inner join pg_attribute as a on a.attrelid = o.conrelid and a.attnum = k.attnum
                order by k.place
            ),
            array(
                select a.attname::text from unnest(o.confkey) with ordinality as k (attnum, place)
                inner join pg_attribute as a on a.attrelid = o.confrelid and a.attnum = k.attnum
                order by k.place
            )
        from pg_constraint as o
        where o.contype = 'f' and cardinality(o.conkey) > 1
            and o.connamespace::regnamespace::text !~ '^(pg_|yoyo$)'
        """
    ).fetchall()
    assert len(keys) >= 35
    for name, table, target, columns, target_columns in keys:
        assert columns[0] == target_columns[0] == "workspace_id", name
        # The triggers that keep facts true would follow the change; here the key is the point.
        tx.execute(f"alter table {table} disable trigger user".encode())
        foreign = tx.execute(
            sql.SQL("select {} from {} where workspace_id = %s limit 1").format(
                sql.SQL(", ").join(map(sql.Identifier, target_columns[1:])),
                sql.Identifier(*target.split(".")),
            ),
            (world.ids["v"],),
        ).fetchone()
        assert foreign is not None, target
        change = sql.SQL(
            "update {} set {} where ctid = (select min(ctid) from {} where {})"
        ).format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(
                sql.SQL("{} = %s").format(sql.Identifier(column)) for column in columns[1:]
            ),
            sql.Identifier(*table.split(".")),
            sql.SQL("workspace_id = %s"),
        )
        with tx.transaction(force_rollback=True):
            # Rows that refer to the changed row would object first.
            for constraint, referring in tx.execute(
                "select conname, conrelid::regclass::text from pg_constraint"
                " where contype = 'f' and confrelid = %s::regclass",
                (table,),
            ).fetchall():
                tx.execute(f"alter table {referring} drop constraint {constraint}".encode())
            with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused, tx.transaction():
                assert tx.execute(change, (*foreign, world.ids["w"])).rowcount == 1
            assert refused.value.diag.constraint_name == name
            # The twin: with the constraint gone the same statement is carried out.
            tx.execute(
                sql.SQL("alter table {} drop constraint {}").format(
                    sql.Identifier(*table.split(".")), sql.Identifier(name)
                )
            )
            tx.execute("set local session_replication_role = replica")
            assert tx.execute(change, (*foreign, world.ids["w"])).rowcount == 1


def test_branch_id_of_two_workspaces_opens_neither(tx: psycopg.Connection) -> None:
    """Somebody's own tenant, with a branch of the same id as one of another tenant."""
    victim = build.workspace(tx)
    branch = build.branch(tx, victim)
    person = build.member(tx, victim, "agent")
    build.lead(tx, victim, build.member(tx, victim, "agent"), branch_id=branch)
    accomplice = build.workspace(tx)
    build.branch(tx, accomplice, id=branch)
    build.member(tx, accomplice, "manager", user_id=person, branch_id=branch)

    def managed() -> object:
        with as_login(tx, "leadboard_api"):
            tx.execute("select app.act_as(%s)", (person,))
            row = tx.execute("select app.managed_branches()").fetchone()
            assert row is not None
            return row[0]

    assert managed() == []
    # The twin: without the second workspace the person manages the branch.
    tx.execute(
        "update crm.members set deactivated_at = now() where workspace_id = %s and user_id = %s",
        (victim, person),
    )
    assert managed() == [branch]


# Objects made later


@pytest.mark.parametrize(
    ("role", "schema"),
    [
        ("leadboard_owner", "crm"),
        ("leadboard_owner", "app"),
        ("leadboard_rollup", "stats"),
        ("leadboard_view", "analytics"),
        ("leadboard_view", "service"),
    ],
)
def test_later_objects_are_private(tx: psycopg.Connection, role: str, schema: str) -> None:
    with tx.transaction(force_rollback=True):
        tx.execute(f"set local role {role}".encode())
        tx.execute(
            f"create function {schema}.later() returns integer language sql as 'select 1'".encode()
        )
        tx.execute(f"create procedure {schema}.later_too() language sql as 'select 1'".encode())
        tx.execute(f"create view {schema}.later as select 1 as figure".encode())
        if schema != "analytics":
            tx.execute("reset role")
            tx.execute(f"create table {schema}.later_table (id integer)".encode())
        tx.execute("reset role")
        for login_name in (
            "leadboard_api",
            "leadboard_worker",
            "test_bi",
            "test_router",
            "test_ops",
        ):
            rights = tx.execute(
                """
                select
                    has_function_privilege(%(login)s, p.oid, 'execute')
                from pg_proc as p where p.proname in ('later', 'later_too')
                union all
                select has_table_privilege(%(login)s, c.oid, 'select')
                from pg_class as c where c.relname in ('later', 'later_table')
                """,
                {"login": login_name},
            ).fetchall()
            assert len(rights) >= 3
            assert set(rights) == {(False,)}, login_name


def test_function_of_the_deploying_login_is_private(tx: psycopg.Connection) -> None:
    tx.execute("create function analytics.later() returns integer language sql as 'select 1'")
    with (
        as_login(tx, "test_bi"),
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        tx.transaction(),
    ):
        tx.execute("select analytics.later()")


# Servers that give no BYPASSRLS


def test_refresh_role_works_without_bypassrls(tx: psycopg.Connection, world: World) -> None:
    """The policies alone let the refresh read all facts and keep its tables."""
    tx.execute("alter role leadboard_rollup nobypassrls")
    tx.execute("set local role leadboard_rollup")
    leads = tx.execute(
        "select count(*) from crm.leads where workspace_id = any(%s)",
        ([world.ids["w"], world.ids["v"]],),
    ).fetchone()
    assert leads == (7,)
    assert (
        tx.execute(
            "delete from rollup.lead_day where workspace_id = %s", (world.ids["w"],)
        ).rowcount
        == 6
    )
    tx.execute("refresh materialized view stats.partner_performance_stats")
    assert tx.execute(
        "select count(*) from stats.partner_performance_stats where workspace_id = any(%s)",
        ([world.ids["w"], world.ids["v"]],),
    ).fetchone() == (5,)


@pytest.mark.usefixtures("world")
def test_owner_role_is_bound_too(tx: psycopg.Connection) -> None:
    """FORCE: without its policy even the owner of a table reads nothing."""
    query = "select count(*) > 0 from crm.leads"
    tx.execute("set local role leadboard_owner")
    assert tx.execute(query).fetchone() == (True,)
    tx.execute("reset role")
    tx.execute("drop policy read_all on crm.leads")
    tx.execute("set local role leadboard_owner")
    assert tx.execute(query).fetchone() == (False,)
    # A ledger is not rewritten, not even by its owner.
    assert tx.execute("update crm.events set type = 'x'").rowcount == 0
