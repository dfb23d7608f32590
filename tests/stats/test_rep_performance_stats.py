"""stats.rep_performance_stats is metrics.rep_performance at 7, 30 and 90 days, in everybody's own
window."""

import random
from datetime import timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.metrics.test_rep_performance import NOW, World
from tests.refreshing import refresh
from tests.sessions import freeze


@pytest.fixture
def world(tx: psycopg.Connection) -> World:
    freeze(tx, NOW)
    written = World(tx, random.Random("a world with work in it"))
    refresh(tx)
    return written


def test_equals_the_function_at_its_windows(tx: psycopg.Connection, world: World) -> None:
    """The precomputed and the ad-hoc figure are one definition."""
    with tx.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select * from stats.rep_performance_stats where workspace_id = %s",
            (world.workspace,),
        ).fetchall()
        assert {(row["days"], row["user_id"]) for row in rows} == {
            (days, person) for days in (7, 30, 90) for person in world.windows(days)
        }
        for row in rows:
            window = world.windows(row["days"])[row["user_id"]]
            assert (row.pop("window_from_day"), row.pop("window_to_day")) == window
            assert row.pop("as_of") == NOW
            del row["days"]
            direct = cursor.execute(
                "select * from metrics.rep_performance(%s, %s, %s) where user_id = %s",
                (world.workspace, *window, row["user_id"]),
            ).fetchone()
            assert row == direct
    assert any(row["new_leads_owned"] and row["leads_worked"] for row in rows)


def test_the_rows_that_leaderboards_of_other_days_compute_are_the_same(
    tx: psycopg.Connection, world: World
) -> None:
    for days in (7, 30, 90):
        asked = (world.workspace, days)
        stored = tx.execute(
            """
            select to_jsonb(s) - array['days', 'as_of'] from stats.rep_performance_stats as s
            where workspace_id = %s and days = %s order by user_id
            """,
            asked,
        ).fetchall()
        computed = tx.execute(
            "select to_jsonb(s) from metrics.rep_standing(%s, %s) as s order by user_id", asked
        ).fetchall()
        assert stored == computed
        assert stored


def test_who_left_is_not_in_it(tx: psycopg.Connection, world: World) -> None:
    people = tx.execute(
        "select distinct user_id from stats.rep_performance_stats where workspace_id = %s",
        (world.workspace,),
    ).fetchall()

    assert world.leaver not in {person for (person,) in people}


def test_midnight_moves_the_windows(tx: psycopg.Connection, world: World) -> None:
    freeze(tx, NOW + timedelta(1))
    refresh(tx)
    moved = tx.execute(
        "select distinct s.window_to_day - (%s::timestamptz at time zone p.timezone)::date"
        " from stats.rep_performance_stats as s"
        " inner join stats.people as p using (workspace_id, user_id) where workspace_id = %s",
        (NOW, world.workspace),
    ).fetchall()

    assert moved == [(2,)]


def test_unique_index_is_the_grain(tx: psycopg.Connection) -> None:
    row = tx.execute(
        """
        select pg_get_indexdef(i.indexrelid) from pg_index as i
        where i.indrelid = 'stats.rep_performance_stats'::regclass and i.indisunique
        """
    ).fetchone()
    assert row is not None
    assert row[0].endswith("(workspace_id, days, user_id)")
