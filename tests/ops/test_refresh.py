"""call ops.refresh(): what it does, says, refuses, and who may call it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import IsolationLevel

from tests import builders as make
from tests.conftest import Login
from tests.rollup import model
from tests.sessions import freeze

NOON = "2026-03-20 12:00+00"
VIEW = "stats.partner_performance_stats"
ASSIGNED: LiteralString = "select leads_assigned_30d from stats.partner_performance_stats"
HEALTH: LiteralString = """
    select generation, age_seconds, waiting_entries, is_due, last_errors from ops.health()
"""


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    freeze(conn, NOON)
    return make.workspace(conn)


def everything(connection: psycopg.Connection) -> list[str]:
    views = connection.execute("select name from ops.materialized_views()").fetchall()
    return ["rollup", *(name for (name,) in views)]


def states(connection: psycopg.Connection) -> dict[str, tuple[int, str | None]]:
    """(generation, last error) of everything that is refreshed."""
    return {
        name: (generation, error)
        for name, generation, error in connection.execute(
            "select name, generation, last_error from ops.refresh_state"
        )
    }


def version(connection: psycopg.Connection, workspace_id: UUID) -> int:
    row = connection.execute(
        "select version from ops.workspace_versions where workspace_id = %s", (workspace_id,)
    ).fetchone()
    return 0 if row is None else row[0]


def test_an_operator_without_any_right_on_facts(
    conn: psycopg.Connection, gym: UUID, login: Login
) -> None:
    make.lead(conn, gym, make.member(conn, gym))
    with login("test_ops") as operator:
        freeze(operator, NOON)
        operator.execute("call ops.refresh()")
        for relation in ("crm.leads", "rollup.lead_day", "rollup.dirty_cells", VIEW):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                operator.execute(f"table {relation}".encode())
        assert operator.execute("select * from ops.verify()").fetchall() == []

    assert conn.execute("select leads from rollup.lead_day").fetchall() == [(1,)]
    assert conn.execute(ASSIGNED).fetchall() == [(1,)]
    assert states(conn) == dict.fromkeys((*everything(conn), "goals"), (1, None))


def test_nobody_else_may_refresh(login: Login) -> None:
    for stranger in ("test_bi", "test_router", "leadboard_api"):
        with (
            login(stranger) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("call ops.refresh()")


@pytest.mark.usefixtures("gym")
def test_nothing_to_do_is_nothing_done(conn: psycopg.Connection) -> None:
    conn.execute("call ops.refresh()")
    before = conn.execute("select * from ops.refresh_state order by name").fetchall()
    versions = conn.execute("select * from ops.workspace_versions").fetchall()

    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)
    assert conn.execute("select ops.refresh_rollups()").fetchone() == (None,)
    assert conn.execute("select ops.refresh_view(%s)", (VIEW,)).fetchone() == (None,)
    conn.execute("call ops.refresh()")

    assert conn.execute("select * from ops.refresh_state order by name").fetchall() == before
    assert conn.execute("select * from ops.workspace_versions").fetchall() == versions


def test_versions_rise_where_something_changed_and_again_with_the_view(
    conn: psycopg.Connection, gym: UUID
) -> None:
    quiet = make.workspace(conn)
    conn.execute("call ops.refresh()")
    loud_before, quiet_before = version(conn, gym), version(conn, quiet)
    make.lead(conn, gym)

    assert conn.execute("select ops.refresh_rollups()").fetchone() == ([gym],)
    # An answer between the two steps has new rollups and the old view under this version ...
    between = version(conn, gym)
    assert between == loud_before + 1
    assert conn.execute("select ops.refresh_view(%s)", (VIEW,)).fetchone() == ([gym],)
    # ... and must not be confirmed once the view is new too.
    assert version(conn, gym) == between + 1
    assert version(conn, quiet) == quiet_before


def test_what_is_only_shown_raises_the_version_too(conn: psycopg.Connection, gym: UUID) -> None:
    person = make.member(conn, gym)
    conn.execute("call ops.refresh()")
    before = version(conn, gym)
    conn.execute("update crm.users set name = 'Ida' where id = %s", (person,))
    conn.execute("call ops.refresh()")

    assert version(conn, gym) > before
    # A name is nothing that anybody reaches or earns.
    assert states(conn) == dict.fromkeys(everything(conn), (2, None)) | {"goals": (1, None)}


def test_listeners_are_told_what_changed(conn: psycopg.Connection, gym: UUID) -> None:
    make.workspace(conn)
    conn.execute("call ops.refresh()")
    conn.execute("listen leadboard_refresh")
    conn.execute("call ops.refresh()")
    make.lead(conn, gym)
    conn.execute("call ops.refresh()")

    told = [json.loads(notify.payload) for notify in conn.notifies(timeout=0.2)]

    assert told == [{"generation": 2, "workspaces": [str(gym)]}]


@pytest.mark.usefixtures("gym")
def test_too_many_workspaces_for_one_notification(conn: psycopg.Connection) -> None:
    conn.execute("call ops.refresh()")
    conn.execute("listen leadboard_refresh")
    everyone = [make.new_id() for _ in range(191)]
    conn.execute("select ops.announce(%s)", (everyone,))
    conn.execute("select ops.announce(%s)", (everyone[1:],))

    every, named = (json.loads(notify.payload) for notify in conn.notifies(timeout=0.2))

    assert every == {"generation": 1, "workspaces": None}
    assert len(named["workspaces"]) == 190


@pytest.mark.usefixtures("gym")
def test_inside_a_transaction_block_it_says_what_to_do(conn: psycopg.Connection) -> None:
    for call in ("call ops.refresh()", "call ops.rebuild()"):
        with pytest.raises(psycopg.Error) as refused, conn.transaction():
            conn.execute(call.encode())
        assert refused.value.sqlstate == "LB409"
        assert "cannot run inside a transaction block" in str(refused.value)


@pytest.mark.usefixtures("gym")
@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_an_old_snapshot_is_refused(database: str, level: IsolationLevel) -> None:
    with psycopg.connect(database) as connection:
        connection.isolation_level = level
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("select ops.refresh_rollups()")

    assert refused.value.sqlstate == "LB409"


def test_a_second_refresh_waits_for_the_first(
    conn: psycopg.Connection, gym: UUID, database: str
) -> None:
    make.lead(conn, gym)
    with psycopg.connect(database) as first, psycopg.connect(database) as second:
        second.execute("set lock_timeout = '100ms'")
        second.commit()
        first.execute("select ops.refresh_rollups()")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute("select ops.refresh_rollups()")
        second.rollback()
        first.commit()
        # The first one did it all.
        assert second.execute("select ops.refresh_rollups()").fetchone() == (None,)


def due(connection: psycopg.Connection, *names: str | None) -> list[bool]:
    asked = """
        select ops.refresh_due(n.name)
        from unnest(%s::text[]) with ordinality as n (name, place) order by n.place
    """
    return [is_due for (is_due,) in connection.execute(asked, (list(names),))]


def test_one_step_alone(conn: psycopg.Connection, gym: UUID, login: Login) -> None:
    make.lead(conn, gym, make.member(conn, gym))
    with login("test_ops") as operator:
        freeze(operator, NOON)
        operator.execute("call ops.refresh('rollup')")
        assert states(conn) == {"rollup": (1, None)}
        assert due(operator, "rollup", VIEW, "stats", None) == [False, True, True, True]
        operator.execute("call ops.refresh(%s)", (VIEW,))
        assert states(conn) == {"rollup": (1, None), VIEW: (1, None)}
        assert due(operator, "rollup", VIEW, "stats", None) == [False, False, True, True]

        with pytest.raises(psycopg.Error) as unknown:
            operator.execute("call ops.refresh('stats.nothing')")

    assert unknown.value.sqlstate == "LB404"
    assert conn.execute(ASSIGNED).fetchall() == [(1,)]


def test_the_steps_of_a_schema(conn: psycopg.Connection, gym: UUID, login: Login) -> None:
    """What the worker does on connections of their own is all that there is to do."""
    make.lead(conn, gym, make.member(conn, gym))
    views = {str(name) for (name,) in conn.execute("select name from ops.materialized_views()")}
    schemas = ["crm", "rollup", "stats", "goals"]
    with login("test_ops") as operator:
        freeze(operator, NOON)
        operator.execute("call ops.refresh('stats')")
        assert states(conn) == dict.fromkeys(views, (0, None))
        assert due(operator, *schemas) == [False, True, False, False]
        operator.execute("call ops.refresh('rollup')")
        assert due(operator, *schemas) == [False, False, True, True]
        for schema in ("stats", "goals"):
            operator.execute("call ops.refresh(%s)", (schema,))
        assert due(operator, *schemas, None) == [False] * 5

    assert states(conn) == dict.fromkeys({"rollup", "goals", *views}, (1, None))
    assert conn.execute(ASSIGNED).fetchall() == [(1,)]


def test_a_step_that_failed_holds_up_itself_alone(conn: psycopg.Connection, gym: UUID) -> None:
    conn.execute("call ops.refresh()")
    conn.execute("alter function goals.check_touched() rename to gone")
    make.lead(conn, gym, make.member(conn, gym))
    with pytest.raises(psycopg.Error, match="goals: "):
        conn.execute("call ops.refresh()")
    assert due(conn, "goals", None) == [False, False]

    make.lead(conn, gym)
    assert due(conn, "rollup", "stats", "goals", None) == [True, False, False, True]
    conn.execute("call ops.refresh('rollup')")
    assert due(conn, "rollup", "stats", "goals", None) == [False, True, False, True]


def test_rollups_do_not_wait_for_a_view(conn: psycopg.Connection, gym: UUID, database: str) -> None:
    """A view that began with older rollups is behind until it is refreshed again."""
    partner = make.member(conn, gym)
    make.lead(conn, gym, partner)
    conn.execute("call ops.refresh()")
    make.lead(conn, gym, partner)
    conn.execute("select ops.refresh_rollups()")
    generation = "select generation from ops.refresh_state where name = %s"
    with (
        psycopg.connect(database) as other,
        psycopg.connect(database, autocommit=True) as view,
        ThreadPoolExecutor(1) as pool,
    ):
        freeze(view, NOON)
        other.execute(f"analyze {VIEW}".encode())
        refreshed = pool.submit(view.execute, "select ops.refresh_view(%s)", (VIEW,))
        waiting = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"
        while conn.execute(waiting, (view.info.backend_pid,)).fetchone() != (True,):
            assert not refreshed.done()
        make.lead(conn, gym, partner)
        conn.execute("select ops.refresh_rollups()")
        assert not refreshed.done()
        other.rollback()
        refreshed.result()

    assert conn.execute(generation, ("rollup",)).fetchone() == (3,)
    assert conn.execute(generation, (VIEW,)).fetchone() == (2,)
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")
    assert conn.execute(ASSIGNED).fetchall() == [(3,)]


def test_who_keeps_refreshes_out_waits_for_each_of_them(
    conn: psycopg.Connection, gym: UUID, database: str
) -> None:
    make.lead(conn, gym)
    with psycopg.connect(database) as refresh, psycopg.connect(database) as other:
        for step in ("rollup", VIEW, "goals"):
            refresh.execute("select ops.lock_step(%s)", (step,))
            other.execute("set lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("select ops.lock_refresh()")
            other.rollback()
            refresh.rollback()

        other.execute("select ops.lock_refresh()")
        refresh.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            refresh.execute("select ops.refresh_rollups()")


def test_a_long_log_is_drained_in_one_call(conn: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(conn, gym)
    for _ in range(3):
        make.note(conn, gym, make.lead(conn, gym, ann), ann)
    conn.execute(
        """
        insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
        select %s, 'lead_day', %s, timestamptz '2026-03-02 00:00+00' + n * interval '1 hour'
        from generate_series(1, 120000) as n
        """,
        (gym, ann),
    )
    conn.execute("call ops.refresh()")

    assert conn.execute("select count(*) from rollup.dirty_cells").fetchone() == (0,)
    assert model.stored(conn) == model.computed(model.read_facts(conn))


def test_the_name_that_existing_callers_know(
    conn: psycopg.Connection, gym: UUID, login: Login
) -> None:
    make.lead(conn, gym, make.member(conn, gym))
    with login("test_ops") as operator:
        freeze(operator, NOON)
        operator.execute("set search_path = stats")
        operator.execute("select refresh_partner_performance_stats()")

    assert conn.execute(ASSIGNED).fetchall() == [(1,)]


@pytest.mark.usefixtures("gym")
def test_health_is_one_row(login: Login) -> None:
    with login("test_ops") as operator:
        freeze(operator, NOON)
        assert operator.execute(HEALTH).fetchall() == [(0, None, 1, True, {})]
        operator.execute("call ops.refresh()")
        freeze(operator, "2026-03-20 12:00:07+00")
        assert operator.execute(HEALTH).fetchall() == [(1, 7, 0, False, {})]
        operator.execute("select ops.record_failure(%s, 'No room.')", (VIEW,))
        assert operator.execute("select last_errors from ops.health()").fetchone() == (
            {VIEW: "No room."},
        )
