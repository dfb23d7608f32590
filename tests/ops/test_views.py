"""Refreshing materialized views: their order, their first filling, their failures."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.sessions import freeze

VIEW = "stats.partner_performance_stats"
NOON = "2026-03-20 12:00+00"


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    freeze(conn, NOON)
    return make.workspace(conn)


def make_view(
    connection: psycopg.Connection, name: LiteralString, query: LiteralString, key: LiteralString
) -> None:
    """A materialized view of schema stats, as the layer makes them, not filled yet."""
    connection.execute(f"create materialized view stats.{name} as {query} with no data")
    connection.execute(f"create unique index on stats.{name} ({key})")
    connection.execute(f"alter materialized view stats.{name} owner to leadboard_rollup")


def order(connection: psycopg.Connection) -> list[tuple[str, Sequence[str]]]:
    return connection.execute("select name, sources from ops.materialized_views()").fetchall()


def test_a_view_comes_after_those_it_reads(conn: psycopg.Connection) -> None:
    make_view(conn, "a_top", "select sum(leads) as leads from rollup.lead_day", "leads")
    conn.execute("drop materialized view stats.a_top")
    make_view(conn, "z_base", "select subject_id, sum(leads) as n from rollup.lead_day group by 1",
              "subject_id")  # fmt: skip
    # Through a plain view, and against the alphabet.
    conn.execute("create view stats.between as select sum(n) as n from stats.z_base")
    make_view(conn, "a_top", "select n from stats.between", "n")

    found = order(conn)
    assert (VIEW, []) in found
    assert [view for view in found if view[0] in ("stats.a_top", "stats.z_base")] == [
        ("stats.z_base", []),
        ("stats.a_top", ["stats.z_base"]),
    ]


def test_the_first_filling_needs_no_rows(conn: psycopg.Connection, gym: UUID) -> None:
    make_view(conn, "counts", "select count(*) as n from rollup.lead_day", "n")
    make.lead(conn, gym)

    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")

    assert conn.execute("select n from stats.counts").fetchall() == [(1,)]
    assert conn.execute(
        "select row_count, last_success_at from ops.refresh_state where name = 'stats.counts'"
    ).fetchone() == (1, conn.execute("select app.now()").fetchone()[0])  # pyright: ignore[reportOptionalSubscript]
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)


def test_a_failure_is_noted_and_raised_and_stops_nobody_else(
    conn: psycopg.Connection, gym: UUID
) -> None:
    # Fails from the second lead on.
    make_view(
        conn, "a_fragile", "select 1 / (2 - sum(leads))::integer as n from rollup.lead_day", "n"
    )
    make_view(conn, "b_upon_it", "select n from stats.a_fragile", "n")
    make_view(conn, "c_sound", "select sum(leads) as n from rollup.lead_day", "n")
    make.lead(conn, gym)
    conn.execute("call ops.refresh()")
    make.lead(conn, gym)

    with pytest.raises(psycopg.Error) as failed:
        conn.execute("call ops.refresh()")

    assert failed.value.sqlstate == "LB500"
    assert "Not refreshed: stats.a_fragile: division by zero" in str(failed.value)
    assert conn.execute("select n from stats.a_fragile").fetchall() == [(1,)]
    assert conn.execute("select n from stats.c_sound").fetchall() == [(2,)]
    assert conn.execute(
        """
        select name, generation, last_error
        from ops.refresh_state where name ~ '^stats[.]._' or name = %s
        order by name
        """,
        (VIEW,),
    ).fetchall() == [
        ("stats.a_fragile", 1, "division by zero"),
        # Up to what it reads, no further: it follows when the other has recovered.
        ("stats.b_upon_it", 1, None),
        ("stats.c_sound", 2, None),
        (VIEW, 2, None),
    ]

    # Tried again only after a while, by the worker; at once, by a call.
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)
    freeze(conn, "2026-03-20 12:00:10+00")
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("delete from crm.leads")
    conn.execute("call ops.refresh()")
    assert conn.execute(
        "select count(*) from ops.refresh_state where last_error is not null or generation <> 3"
    ).fetchone() == (0,)


def test_whoever_locks_the_view_is_waited_for_but_not_forever(
    conn: psycopg.Connection, gym: UUID, database: str
) -> None:
    conn.execute("call ops.refresh()")
    make.lead(conn, gym, make.member(conn, gym))
    with psycopg.connect(database) as holder:
        holder.execute("refresh materialized view concurrently stats.partner_performance_stats")
        with pytest.raises(psycopg.Error, match="lock timeout"):
            conn.execute("call ops.refresh()")
    # The rollups were refreshed all the same, and the setting of the session is as it was.
    assert conn.execute("select sum(leads)::integer from rollup.lead_day").fetchone() == (1,)
    assert conn.execute("show lock_timeout").fetchone() == ("0",)

    conn.execute("call ops.refresh()")
    assert conn.execute(
        "select leads_assigned_30d from stats.partner_performance_stats"
    ).fetchall() == [(1,)]


def test_a_name_that_is_no_view(conn: psycopg.Connection) -> None:
    for name in ("stats.nothing", "rollup.lead_day", "pg_catalog.pg_class", "x; drop table y"):
        with pytest.raises(psycopg.Error) as refused:
            conn.execute("select ops.refresh_view(%s)", (name,))
        assert refused.value.sqlstate == "LB404"
