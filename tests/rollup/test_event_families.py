"""Families that count what happened: activities, tasks, outcomes, service and calls."""

from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.rollup.tables import rows
from tests.sessions import freeze

NOBODY = UUID(int=0)


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, "2026-03-20 12:00+00")
    return make.workspace(tx)


def test_activities_by_actor_type_and_branch_of_the_lead(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    hawaii = make.branch(tx, gym, timezone="Pacific/Honolulu")
    near, far = make.lead(tx, gym), make.lead(tx, gym, branch_id=hawaii)
    make.activity(tx, gym, near, ann, duration_seconds=60)
    make.activity(tx, gym, near, ann, duration_seconds=30)
    make.activity(tx, gym, near, ann, type="sms")
    make.activity(tx, gym, near, None, type="sms")
    # 09:00 UTC is 23:00 of the day before in Honolulu.
    make.activity(tx, gym, far, ann, type="meeting", occurred_at="2026-03-02 09:00+00")
    columns = "day::text, subject_id, branch_id, type, activities, duration_seconds"

    everyone = rows(tx, "activity_day", gym, columns)

    assert everyone == [
        ("2026-03-01", ann, hawaii, "meeting", 1, 0),
        ("2026-03-02", NOBODY, NOBODY, "sms", 1, 0),
        ("2026-03-02", ann, NOBODY, "phone_call", 2, 90),
        ("2026-03-02", ann, NOBODY, "sms", 1, 0),
    ]
    assert rows(tx, "activity_day", gym, columns, subject_id=NOBODY) == [everyone[1]]
    assert rows(tx, "activity_day", gym, columns, subject_id=ann, to_day="2026-03-02") == [
        everyone[0]
    ]


def test_tasks_by_creator_completer_and_assignee(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    lead = make.lead(tx, gym)
    # Ann sets it for Ben on the 2nd, due the 4th; he does it at the last moment.
    make.task(tx, gym, lead, ann, assigned_to_user_id=ben, due_at="2026-03-04 17:00+00",
              completed_at="2026-03-04 17:00+00", completed_by_user_id=ben)  # fmt: skip
    # Done too late, by nobody known.
    make.task(tx, gym, lead, ann, due_at="2026-03-04 09:00+00",
              completed_at="2026-03-05 09:00+00")  # fmt: skip
    # Cancelled: created, but not due.
    make.task(tx, gym, lead, ann, due_at="2026-03-04 09:00+00",
              cancelled_at="2026-03-03 09:00+00")  # fmt: skip
    # Never done, nobody to do it.
    make.task(tx, gym, lead, ann, assigned_to_user_id=None, due_at="2026-03-04 09:00+00")
    # Made by nobody: nobody's.
    make.task(tx, gym, lead, None)

    assert rows(
        tx,
        "task_day",
        gym,
        "day::text, subject_id, created, created_completed, completed, due, done_on_time",
    ) == [
        ("2026-03-02", ann, 4, 2, 0, 0, 0),
        ("2026-03-04", ann, 0, 0, 0, 1, 0),
        ("2026-03-04", ben, 0, 0, 1, 1, 1),
    ]
    assert rows(tx, "task_day", gym, "due", subject_id=NOBODY) == []


def test_outcomes_by_the_day_they_happened(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    make.lead(tx, gym, ann, status="won", won_at="2026-03-05 23:59:59+00", deal_value=100,
              price_at_purchase=7)  # fmt: skip
    # A refund stays won and counts below zero.
    make.lead(tx, gym, ann, status="won", won_at="2026-03-05 00:00+00", deal_value="-30.25")
    make.lead(tx, gym, ann, status="won", won_at="2026-03-06 00:00+00")
    # Won once, lost now: a loss, on the day of the loss.
    make.lead(tx, gym, ann, status="lost", won_at="2026-03-05 12:00+00",
              lost_at="2026-03-07 12:00+00", deal_value=50)  # fmt: skip
    # Won once, open again: neither.
    make.lead(tx, gym, ann, status="in_progress", won_at="2026-03-05 12:00+00")
    # Completed without having been won: neither.
    make.lead(tx, gym, ann, status="completed")
    make.lead(tx, gym, None, status="lost", lost_at="2026-03-05 12:00+00")

    assert rows(tx, "outcome_day", gym, "day::text, subject_id, won, lost, revenue, price") == [
        ("2026-03-05", NOBODY, 0, 1, 0, 0),
        ("2026-03-05", ann, 2, 0, Decimal("69.75"), 7),
        ("2026-03-06", ann, 1, 0, 0, 0),
        ("2026-03-07", ann, 0, 1, 0, 0),
    ]


def test_ratings_and_tickets_by_whom_they_are_about(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    lead = make.lead(tx, gym, ann)
    make.feedback(tx, gym, lead, rating=4)
    # Whoever was credited when it was given stays rated.
    tx.execute("update crm.leads set owner_user_id = %s where id = %s", (ben, lead))
    make.feedback(tx, gym, lead, rating=1)
    make.feedback(tx, gym, lead, rating=2, created_at="2026-03-03 00:00+00")
    make.ticket(tx, gym, lead, upheld=True)
    make.ticket(tx, gym, lead, upheld=False)
    make.ticket(tx, gym, lead)
    # What is no complaint cannot be an upheld one.
    make.ticket(tx, gym, lead, type="question", upheld=True)
    # About nobody: counted for nobody.
    make.ticket(tx, gym, make.lead(tx, gym, None))

    assert rows(
        tx,
        "service_day",
        gym,
        "day::text, subject_id, ratings, rating_sum, tickets, complaints, upheld_complaints",
    ) == [
        ("2026-03-02", ann, 1, 4, 0, 0, 0),
        ("2026-03-02", ben, 1, 1, 4, 3, 1),
        ("2026-03-03", ben, 1, 2, 0, 0, 0),
    ]


def test_calls_by_local_hour_of_their_own_branch(tx: psycopg.Connection) -> None:
    freeze(tx, "2026-11-20 12:00+00")
    gym = make.workspace(tx, timezone="Europe/Berlin")
    ann = make.member(tx, gym)
    york = make.branch(tx, gym, timezone="America/New_York")
    lead = make.lead(tx, gym, branch_id=york)
    # The hour from 2 to 3 comes twice on 25 October 2026 in Berlin: both passes are hour 2.
    make.call(tx, gym, ann, "2026-10-25 00:30+00", lead_id=lead, outcome="interested")
    make.call(tx, gym, ann, "2026-10-25 01:30+00", lead_id=lead, outcome="interested")
    # The lead's branch does not date a call, the call's does: 18:00 of the day before.
    make.call(tx, gym, ann, "2026-10-24 22:00+00", branch_id=york, lead_id=lead)
    make.call(tx, gym, None, "2026-10-24 22:00+00", direction="inbound", status="missed",
              duration_seconds=0)  # fmt: skip

    assert rows(
        tx,
        "call_hour",
        gym,
        "day::text, hour, subject_id, branch_id, direction, status, outcome, calls,"
        " duration_seconds",
    ) == [
        ("2026-10-24", 18, ann, york, "outbound", "completed", "", 1, 120),
        ("2026-10-25", 0, NOBODY, NOBODY, "inbound", "missed", "", 1, 0),
        ("2026-10-25", 2, ann, NOBODY, "outbound", "completed", "interested", 2, 240),
    ]
