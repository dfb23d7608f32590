"""ops.verify() finds what is wrong and nothing else; ops.rebuild() mends it."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.conftest import Login
from tests.rollup import model
from tests.sessions import freeze

NOON = "2026-03-20 12:00+00"


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    freeze(conn, NOON)
    gym = make.workspace(conn)
    ann = make.member(conn, gym)
    for day in ("2026-03-02", "2026-03-09"):
        lead = make.lead(conn, gym, ann, f"{day} 09:00+00")
        make.note(conn, gym, lead, ann, f"{day} 10:00+00")
        make.call(conn, gym, ann, f"{day} 11:00+00", lead_id=lead)
    conn.execute("call ops.refresh()")
    return gym


def found(connection: psycopg.Connection, *window: object) -> list[tuple[str, str, str]]:
    """(family, day, what) of every difference."""
    call = b"select family, day::text, what from ops.verify(%s, %s, %s)"
    values = (*window, None, None, None)[:3]
    return connection.execute(call, values).fetchall()


@pytest.mark.parametrize(
    ("damage", "difference", "sums"),
    [
        (
            "update rollup.lead_day set won_value = 0.01 where day = '2026-03-02'",
            ("lead_day", "2026-03-02", "different"),
            set[str](),
        ),
        (
            "delete from rollup.call_hour where day = '2026-03-09'",
            ("call_hour", "2026-03-09", "missing"),
            set[str](),
        ),
        (
            "update rollup.worked_day set previous_day = '2026-03-01' where day = '2026-03-09'",
            ("worked_day", "2026-03-09", "extra"),
            {"member_day"},
        ),
        (
            "update rollup.lead_work_day set works = works + 1 where day = '2026-03-09'",
            ("lead_work_day", "2026-03-09", "different"),
            {"worked_day"},
        ),
        (
            """
            insert into rollup.task_day
            select workspace_id, '2026-03-05', subject_id, 1, 0, 0, 0, 0
            from rollup.lead_day limit 1
            """,
            ("task_day", "2026-03-05", "extra"),
            {"member_day"},
        ),
        (
            "update rollup.member_day set source_leads = '{}' where day = '2026-03-09'",
            ("member_day", "2026-03-09", "different"),
            {"member_week"},
        ),
        (
            "delete from rollup.member_week where day = '2026-03-02'",
            ("member_week", "2026-03-02", "missing"),
            set[str](),
        ),
        (
            """
            insert into rollup.segment_hour
            select
                workspace_id, '2026-03-05', app.nobody(), subject_id, 9,
                1, 0, 0, 0, 0, 0, 0, 0, 0, 0
            from rollup.lead_day limit 1
            """,
            ("segment_hour", "2026-03-05", "extra"),
            set[str](),
        ),
    ],
)
def test_a_wrong_cell_is_found_and_mended(
    conn: psycopg.Connection,
    gym: UUID,
    damage: LiteralString,
    difference: tuple[str, str, str],
    sums: set[str],
) -> None:
    assert found(conn) == []
    conn.execute(damage)

    assert difference in found(conn)
    # What sums the wrong cell does not fit to it either.
    assert {family for family, _, _ in found(conn)} == {difference[0]} | sums
    assert found(conn, gym, "2026-03-02", "2026-03-10") == found(conn)
    assert found(conn, gym, "2026-03-10") == []
    assert found(conn, make.workspace(conn)) == []

    conn.execute("call ops.rebuild(%s, '2026-03-02', '2026-03-10')", (gym,))
    assert found(conn) == []


def test_what_waits_in_the_log_is_no_difference(conn: psycopg.Connection, gym: UUID) -> None:
    make.lead(conn, gym, None, "2026-03-02 09:00+00")
    assert found(conn) == []
    conn.execute(
        "update crm.workspaces set timezone = 'Asia/Tokyo' where workspace_id = %s", (gym,)
    )
    assert found(conn) == []

    # The twin: the same facts without their entries.
    conn.execute("delete from rollup.dirty_cells")
    assert found(conn) != []


@pytest.mark.usefixtures("gym")
def test_a_sample_looks_at_one_day_of_the_last_400(conn: psycopg.Connection) -> None:
    freeze(conn, "2026-03-09 12:00+00")
    sample = "select family, day::text, what from ops.verify_sample()"
    assert conn.execute(sample).fetchall() == []
    conn.execute(
        """
        insert into rollup.task_day
        select l.workspace_id, d.day, l.subject_id, 0, 0, 0, 1, 0
        from (select workspace_id, subject_id from rollup.lead_day limit 1) as l
        cross join generate_series(date '2025-01-01', date '2026-12-31', '1 day') as d (day)
        """
    )

    days: set[str] = set()
    for _ in range(20):
        ((family, day, what),) = conn.execute(sample).fetchall()
        assert (family, what) == ("task_day", "extra")
        assert "2025-02-03" <= day <= "2026-03-09"
        days.add(day)
    assert len(days) > 1


def test_a_load_past_the_triggers_is_rebuilt(
    conn: psycopg.Connection, gym: UUID, login: Login
) -> None:
    other = make.workspace(conn)
    conn.execute("call ops.refresh()")
    conn.execute("set session_replication_role = replica")
    for place in (gym, other):
        make.call(conn, place, None, "2026-03-02 09:00+00", duration_seconds=5)
        make.call(conn, place, None, "2026-03-05 09:00+00", duration_seconds=5)
    conn.execute("reset session_replication_role")
    conn.execute("call ops.refresh()")
    lost = [("call_hour", day, "missing") for day in ("2026-03-02", "2026-03-05")]
    assert found(conn) == [*lost, *lost]
    before = conn.execute(
        "select workspace_id, version from ops.workspace_versions order by 1"
    ).fetchall()

    with login("test_ops") as operator:
        operator.execute("call ops.rebuild(%s, '2026-03-05', null)", (gym,))
        assert found(operator) == [lost[0], *lost]
        operator.execute("call ops.rebuild()")
        assert found(operator) == []

    assert model.stored(conn) == model.computed(model.read_facts(conn))
    after = conn.execute(
        "select workspace_id, version from ops.workspace_versions order by 1"
    ).fetchall()
    assert [new[1] - old[1] for old, new in zip(before, after, strict=True)] == [2, 1]
    # The views are behind now, and the next refresh knows.
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)


def test_a_rebuild_of_what_is_right_changes_nothing(conn: psycopg.Connection, gym: UUID) -> None:
    state = "select name, generation from ops.refresh_state order by name"
    before = conn.execute(state).fetchall()

    assert conn.execute("select ops.rebuild_workspace(%s, null, null)", (gym,)).fetchone() == (0,)
    assert conn.execute(state).fetchall() == before


def test_figures_of_a_workspace_that_is_gone_go_too(conn: psycopg.Connection) -> None:
    freeze(conn, NOON)
    gym = make.workspace(conn)
    make.lead(conn, gym)
    conn.execute("call ops.refresh()")
    conn.execute("delete from crm.leads")
    conn.execute("delete from crm.workspaces")
    conn.execute("call ops.refresh()")

    assert conn.execute("select count(*) from rollup.lead_day").fetchone() == (0,)
    assert found(conn) == []
