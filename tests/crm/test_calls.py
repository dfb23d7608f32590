"""Calls with a lead are among its activities."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.crm.ledger import activities, at, credit, first_contact
from tests.sessions import freeze


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, at("03-20 12:00"))
    return make.workspace(tx)


@pytest.fixture
def ann(tx: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(tx, gym)


@pytest.fixture
def lead(tx: psycopg.Connection, gym: UUID, ann: UUID) -> UUID:
    return make.lead(tx, gym, ann)


@pytest.mark.parametrize(
    ("direction", "status", "is_contact"),
    [
        ("outbound", "completed", True),
        ("outbound", "missed", True),
        ("outbound", "failed", False),
        ("inbound", "completed", True),
        ("inbound", "missed", False),
        ("inbound", "failed", False),
    ],
)
def test_which_calls_are_contacts(
    tx: psycopg.Connection,
    gym: UUID,
    ann: UUID,
    lead: UUID,
    direction: str,
    status: str,
    is_contact: bool,
) -> None:
    make.call(
        tx,
        gym,
        ann,
        at("03-05 10:00"),
        lead_id=lead,
        direction=direction,
        status=status,
        outcome="interested",
    )
    told = {"direction": direction, "status": status, "outcome": "interested"}
    assert activities(tx, lead) == [("phone_call", "03-05 10:00", ann, told)] * is_contact
    assert first_contact(tx, lead) == ("03-05 10:00" if is_contact else None)


def test_call_without_lead_is_nobodys_activity(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    make.call(tx, gym, ann)
    assert tx.execute("select from crm.lead_activities").fetchall() == []


def test_activity_follows_its_call(
    tx: psycopg.Connection, gym: UUID, ann: UUID, lead: UUID
) -> None:
    bob = make.member(tx, gym)
    call = make.call(tx, gym, ann, at("03-05 10:00"), lead_id=lead)
    tx.execute(
        """
        update crm.lead_activities
        set description = 'Nice talk', metadata = metadata || '{"mood": "good"}'
        """
    )
    tx.execute(
        """
        update crm.call_logs
        set user_id = %s, started_at = %s, duration_seconds = 30, status = 'missed'
        where id = %s
        """,
        (bob, at("03-06 10:00"), call),
    )
    rows = tx.execute(
        """
        select
            title, duration_seconds, actor_user_id, call_log_id, description,
            metadata ->> 'mood', metadata ->> 'status'
        from crm.lead_activities
        """
    ).fetchall()
    assert rows == [("Outbound call, not answered", 30, bob, call, "Nice talk", "good", "missed")]
    assert first_contact(tx, lead) == "03-06 10:00"


def test_activity_comes_and_goes_with_the_calls_state(
    tx: psycopg.Connection, gym: UUID, ann: UUID, lead: UUID
) -> None:
    call = make.call(tx, gym, ann, at("03-05 10:00"), lead_id=lead, status="failed")
    other = make.lead(tx, gym)
    seen: list[tuple[str | None, str | None]] = []
    steps: list[tuple[LiteralString, object]] = [
        ("status", "completed"),
        ("lead_id", other),
        ("lead_id", None),
        ("lead_id", lead),
        ("status", "failed"),
    ]
    for column, value in steps:
        tx.execute(f"update crm.call_logs set {column} = %s where id = %s", (value, call))  # noqa: S608
        seen.append((first_contact(tx, lead), first_contact(tx, other)))
    assert seen == [
        ("03-05 10:00", None),
        (None, "03-05 10:00"),
        (None, None),
        ("03-05 10:00", None),
        (None, None),
    ]
    assert credit(tx, other) == (None, "nobody")


def test_irrelevant_change_of_a_call_leaves_the_activity_alone(
    tx: psycopg.Connection, gym: UUID, ann: UUID, lead: UUID
) -> None:
    call = make.call(tx, gym, ann, lead_id=lead)
    tx.execute("update crm.lead_activities set duration_seconds = 99")
    tx.execute("update crm.call_logs set notes = 'Call again' where id = %s", (call,))
    assert tx.execute("select duration_seconds from crm.lead_activities").fetchall() == [(99,)]


def test_deleted_call_takes_its_activity_and_the_first_contact(
    tx: psycopg.Connection, gym: UUID, ann: UUID, lead: UUID
) -> None:
    call = make.call(tx, gym, ann, at("03-05 10:00"), lead_id=lead)
    make.call(tx, gym, ann, at("03-07 10:00"), lead_id=lead)
    tx.execute("delete from crm.call_logs where id = %s", (call,))
    assert first_contact(tx, lead) == "03-07 10:00"
    assert len(activities(tx, lead)) == 1


def test_call_credits_its_caller_where_nobody_owns_the_lead(
    tx: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(tx, gym)
    make.call(tx, gym, ann, lead_id=lead)
    assert credit(tx, lead) == (ann, "first_actor")
