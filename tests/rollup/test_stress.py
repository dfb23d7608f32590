"""Many writers at once while refreshes run without a pause: in the end nothing is lost.

And the twin: a refresh that keeps a watermark on a counter instead of deleting what it has seen
loses changes, because counters are drawn in one order and transactions commit in another.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg
import pytest

from tests import builders as make
from tests.rollup import model
from tests.sessions import freeze

WRITERS = 6
ROUNDS = 3
TRANSACTIONS = 25
NOW = "2026-03-20 12:00+00"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

CHANGES: tuple[LiteralString, ...] = (
    """
    insert into crm.lead_activities (workspace_id, lead_id, actor_user_id, type, occurred_at)
    values (%(gym)s, %(lead)s, %(person)s, 'sms', %(at)s)
    """,
    """
    insert into crm.notes (workspace_id, lead_id, created_by_user_id, body, created_at)
    values (%(gym)s, %(lead)s, %(person)s, 'x', %(at)s)
    """,
    """
    insert into crm.tasks (workspace_id, lead_id, created_by_user_id, created_at, due_at)
    values (%(gym)s, %(lead)s, %(person)s, %(at)s, %(at)s)
    """,
    """
    insert into crm.leads (workspace_id, owner_user_id, created_at)
    values (%(gym)s, %(person)s, %(at)s)
    """,
    """
    insert into crm.lead_feedback (workspace_id, lead_id, user_id, rating, created_at)
    values (%(gym)s, %(lead)s, %(person)s, 4, %(at)s)
    """,
    "update crm.leads set owner_user_id = %(person)s where id = %(lead)s",
    "update crm.leads set branch_id = %(branch)s where id = %(lead)s",
    """
    update crm.leads set status = 'won', status_changed_at = %(at)s, deal_value = 10
    where id = %(lead)s
    """,
    "update crm.notes set created_at = %(at)s where lead_id = %(lead)s",
    "delete from crm.tasks where lead_id = %(lead)s",
)

Refresh = Callable[[psycopg.Connection], None]


class World:
    """One workspace with leads that writers fight over."""

    def __init__(self, connection: psycopg.Connection) -> None:
        freeze(connection, NOW)
        self.gym = make.workspace(connection, timezone="Europe/Berlin")
        # So many that few cells are made dirty twice: a change that was lost stays lost.
        self.people = [make.member(connection, self.gym) for _ in range(20)]
        self.branches = [None, make.branch(connection, self.gym, timezone="Pacific/Auckland")]
        self.leads = [make.lead(connection, self.gym, person) for person in self.people * 5]

    def values(self, chance: random.Random) -> dict[str, object]:
        return {
            "gym": self.gym,
            "lead": chance.choice(self.leads),
            "person": chance.choice(self.people),
            "branch": chance.choice(self.branches),
            "at": NEW_YEAR + chance.randrange(8000) * timedelta(hours=1),
        }


@pytest.fixture
def world(conn: psycopg.Connection) -> World:
    return World(conn)


def write(database: str, world: World, seed: int, gates: list[threading.Event]) -> None:
    """Transactions of a few changes each, as many a round; one that meets a deadlock is given up,
    as a whole."""
    chance = random.Random(seed)
    with psycopg.connect(database) as connection:
        connection.execute("set deadlock_timeout = '50ms'")
        freeze(connection, NOW)
        connection.commit()
        for gate in gates:
            gate.wait()
            for _ in range(TRANSACTIONS):
                with suppress(psycopg.errors.DeadlockDetected), connection.transaction():
                    for change in chance.sample(CHANGES, 4):
                        connection.execute(change, world.values(chance))


def stress(database: str, world: World, refresh: Refresh) -> None:
    """Writers beside a refresh that never pauses. A round of writing begins together with a
    refresh, so that there is one for each round, and as much to do, however slow the machine."""
    gates = [threading.Event() for _ in range(ROUNDS)]
    writing = threading.Event()
    writing.set()

    def refresh_all_the_time() -> None:
        closed = iter(gates)
        try:
            with psycopg.connect(database, autocommit=True) as connection:
                freeze(connection, NOW)
                while writing.is_set():
                    if gate := next(closed, None):
                        gate.set()
                    refresh(connection)
                refresh(connection)
        finally:
            # A refresh that failed keeps nobody waiting.
            for gate in closed:
                gate.set()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        refreshing = pool.submit(refresh_all_the_time)
        writers = [pool.submit(write, database, world, seed, gates) for seed in range(WRITERS)]
        try:
            for writer in writers:
                writer.result()
        finally:
            writing.clear()
        refreshing.result()


@pytest.mark.slow
def test_nothing_is_lost(database: str, conn: psycopg.Connection, world: World) -> None:
    stress(database, world, lambda session: session.execute("call ops.refresh()") and None)

    assert conn.execute("select count(*) from rollup.dirty_cells").fetchone() == (0,)
    assert model.stored(conn) == model.computed(model.read_facts(conn))
    assert conn.execute("select * from ops.verify()").fetchall() == []


@pytest.fixture
def watermark(conn: psycopg.Connection) -> Refresh:
    """A refresh that reads the log from where it stopped last time, by a counter in it."""
    conn.execute("alter table rollup.dirty_cells add column n bigint generated always as identity")
    seen = 0

    def refresh(session: psycopg.Connection) -> None:
        nonlocal seen
        row = session.execute(
            """
            with entries as (
                select
                    (e.workspace_id, e.family, e.subject_id, e.hour_at, n)::rollup.dirty_cells as d,
                    e.n
                from rollup.dirty_cells as e
                where e.n > %s
            ),

            cells as (
                select c.*
                from rollup.dirty_cells_of(array(select d from entries)) as c
            )

            select
                (select coalesce(max(n), %s) from entries),
                (
                    select count(*)
                    from rollup.write_dirty(
                        coalesce(array_agg(family), '{}'), array_agg(workspace_id),
                        array_agg(subject_id), array_agg(day)
                    )
                )
            from cells
            """,
            (seen, seen),
        ).fetchone()
        assert row is not None
        seen = row[0]

    return refresh


@pytest.mark.slow
def test_a_watermark_loses_changes(
    database: str, conn: psycopg.Connection, world: World, watermark: Refresh
) -> None:
    stress(database, world, watermark)

    assert model.stored(conn) != model.computed(model.read_facts(conn))
