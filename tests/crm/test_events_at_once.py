"""Batches of events at the same time: each event counts once, and nobody waits for ever."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import builders

Event = dict[str, str]

SESSIONS = 4


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    gym = builders.workspace(conn)
    for number in range(50):
        builders.lead(conn, gym, external_id=f"L{number}")
    return gym


def event(type: str, **fields: str) -> Event:
    return {
        "type": type,
        "event_id": str(uuid4()),
        "occurred_at": "2026-03-03T09:00:00Z",
    } | fields


def note(lead: int) -> Event:
    return event("note.created", lead_external_id=f"L{lead}", body="x")


def won(lead: int) -> Event:
    return event("lead.status_changed", lead_external_id=f"L{lead}", status="won")


def send(database: str, gym: UUID, events: list[Event]) -> list[str]:
    """Results of one batch in a session of its own; the SQLSTATE when it fails as a whole."""
    with psycopg.connect(database, autocommit=True) as connection:
        try:
            rows = connection.execute(
                "select result from crm.record_events(%s, %s) order by ordinal",
                (gym, json.dumps(events)),
            ).fetchall()
        except psycopg.Error as error:
            return [error.sqlstate or ""]
        return [result for (result,) in rows]


def at_once(*calls: Callable[[], list[str]]) -> list[list[str]]:
    start = Barrier(len(calls))

    def run(call: Callable[[], list[str]]) -> list[str]:
        start.wait(timeout=120)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def count(conn: psycopg.Connection, query: str) -> int:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_same_batch_from_several_senders_counts_once(
    database: str, conn: psycopg.Connection, gym: UUID
) -> None:
    events = [note(number % 50) for number in range(100)]
    results = at_once(*[partial(send, database, gym, events)] * SESSIONS)
    total = Counter(result for each in results for result in each)
    assert total == {"applied": 100, "duplicate": 100 * (SESSIONS - 1)}
    assert count(conn, "select count(*) from crm.notes") == 100
    assert count(conn, "select count(*) from crm.events") == 100


def test_batches_that_share_some_events_in_another_order(
    database: str, conn: psycopg.Connection, gym: UUID
) -> None:
    events = [note(number % 50) for number in range(100)]
    results = at_once(
        partial(send, database, gym, events),
        partial(send, database, gym, events[::-1]),
        partial(send, database, gym, events[50:] + events[:50]),
    )
    assert Counter(result for each in results for result in each)["applied"] == 100
    assert count(conn, "select count(*) from crm.notes") == 100


def test_opposite_orders_on_the_same_leads_do_not_deadlock(
    database: str, conn: psycopg.Connection, gym: UUID
) -> None:
    forward = [won(number) for number in range(50)]
    backward = [won(number) for number in reversed(range(50))]
    results = at_once(partial(send, database, gym, forward), partial(send, database, gym, backward))
    assert results == [["applied"] * 50] * 2
    assert count(conn, "select count(*) from crm.leads where status = 'won'") == 50


def test_same_new_leads_in_opposite_orders_can_be_sent_again(
    database: str, conn: psycopg.Connection, gym: UUID
) -> None:
    """The one conflict that no order of locks excludes: a whole batch is refused, then lands."""
    batches = [
        [event("lead.created", external_id=f"N{number}") for number in range(200)] for _ in range(2)
    ]
    batches[1].reverse()
    results = at_once(*[partial(send, database, gym, batch) for batch in batches])
    for batch, result in zip(batches, results, strict=True):
        if result == ["LB409"]:
            send(database, gym, batch)
        else:
            assert set(result) <= {"applied", "rejected"}
    assert count(conn, "select count(*) from crm.leads where external_id like 'N%'") == 200
    assert count(conn, "select count(*) from crm.events") == 200


def test_batch_that_was_rolled_back_can_be_sent_again(
    database: str, conn: psycopg.Connection, gym: UUID
) -> None:
    events = [note(number) for number in range(10)]
    with psycopg.connect(database) as connection:
        connection.execute(
            "select count(*) from crm.record_events(%s, %s)", (gym, json.dumps(events))
        )
        connection.rollback()
    assert count(conn, "select count(*) from crm.events") == 0
    assert send(database, gym, events) == ["applied"] * 10
