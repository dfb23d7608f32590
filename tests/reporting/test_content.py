"""What reports say, against a second computation and against figures worked out by hand."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests import builders as build
from tests.refreshing import refresh
from tests.reporting import model
from tests.reporting.model import Days, Facts
from tests.sessions import freeze

Json = dict[str, Any]

OUTCOMES = [None, "interested", "booked", "converted", "not_interested", "callback", "wrong_number"]
STATUSES = ["accepted", "contacted", "qualified", "won", "lost", "completed", "rejected"]


def report(connection: psycopg.Connection, kind: str, *arguments: object) -> Json:
    call = {
        "daily": "select reporting.daily(%s, %s, %s)",
        "weekly": "select reporting.weekly(%s, %s, %s, %s)",
    }[kind]
    row = connection.execute(call.encode(), arguments).fetchone()
    assert row is not None
    return row[0]


class History:
    """Two branches in different zones, with a past that a seed decides."""

    def __init__(self, connection: psycopg.Connection, seed: int) -> None:
        self.connection = connection
        self.dice = random.Random(seed)
        self.workspace = build.workspace(connection, timezone="Europe/Amsterdam")
        zone = self.dice.choice([None, "America/New_York", "Pacific/Auckland", "UTC"])
        self.branch = build.branch(connection, self.workspace, timezone=zone)
        self.other = build.branch(connection, self.workspace, timezone="Asia/Kolkata")
        self.people: list[UUID | None] = [
            build.member(connection, self.workspace, role, branch_id=branch)
            for role, branch in (
                ("agent", self.branch),
                ("partner", self.branch),
                ("manager", self.branch),
                ("agent", self.other),
                ("owner", None),
            )
        ]
        self.people.append(None)
        for _ in range(60):
            self._lead()
        for _ in range(150):
            self._call()

    def moment(self) -> datetime:
        """Of the weeks around a clock change, at any minute."""
        first = datetime(2026, 3, 16, tzinfo=UTC)
        return first + timedelta(minutes=self.dice.randrange(21 * 24 * 60))

    def _lead(self) -> None:
        dice = self.dice
        created = self.moment()
        lead = build.lead(
            self.connection,
            self.workspace,
            dice.choice(self.people),
            created_at=created,
            branch_id=dice.choice([self.branch, self.branch, self.other, None]),
            source=dice.choice(["web", "referral", "walk_in"]),
        )
        for _ in range(dice.randrange(4)):
            build.activity(
                self.connection,
                self.workspace,
                lead,
                dice.choice(self.people),
                type=dice.choice(["phone_call", "email_sent", "note", "meeting"]),
                occurred_at=created + timedelta(minutes=dice.randrange(-500, 9000)),
            )
        changed = created
        for _ in range(dice.randrange(4)):
            # At times dated before the status that it ends.
            changed += timedelta(minutes=dice.randrange(-300, 9000))
            self.connection.execute(
                "update crm.leads set status = %s, status_changed_at = %s"
                " where workspace_id = %s and id = %s",
                (dice.choice(STATUSES), changed, self.workspace, lead),
            )

    def _call(self) -> None:
        dice = self.dice
        build.call(
            self.connection,
            self.workspace,
            dice.choice(self.people),
            started_at=self.moment(),
            branch_id=dice.choice([self.branch, self.branch, self.other, None]),
            direction=dice.choice(["outbound", "outbound", "inbound"]),
            status=dice.choice(["completed", "completed", "missed", "failed"]),
            outcome=dice.choice(OUTCOMES),
            duration_seconds=dice.randrange(600),
        )


@pytest.mark.parametrize("seed", range(6))
def test_reports_equal_a_second_computation(tx: psycopg.Connection, seed: int) -> None:
    freeze(tx, "2026-04-10 12:00+00")
    history = History(tx, seed)
    refresh(tx)
    facts = Facts(tx, history.workspace, history.branch)

    # The weeks have 167 to 169 hours, where the clocks change; a report of other days is possible.
    for first, length in ((23, 7), (30, 7), (25, 3)):
        days = Days(date(2026, 3, first), date(2026, 3, first) + timedelta(days=length))
        said = report(tx, "weekly", history.workspace, history.branch, days.first, days.after)
        expected = model.weekly(facts, days)
        assert {key: said[key] for key in expected} == expected
        assert not said["is_empty"]

    for day in (28, 29, 30):
        days = Days(date(2026, 3, day), date(2026, 3, day + 1))
        said = report(tx, "daily", history.workspace, history.branch, days.first)
        expected = model.daily(facts, days)
        assert {key: said[key] for key in expected} == expected


def test_an_empty_period_says_so(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx, "Gym", "Europe/Amsterdam")
    branch = build.branch(tx, workspace, "North")
    freeze(tx, "2026-03-30 12:00+00")
    refresh(tx)

    said = report(tx, "weekly", workspace, branch, "2026-03-23", "2026-03-30")

    assert said["is_empty"]
    assert said["period"] == {
        "start": "2026-03-23",
        "end": "2026-03-29",
        "days": 7,
        "timezone": "Europe/Amsterdam",
        "is_complete": True,
    }
    assert said["previous_period"] == {"start": "2026-03-16", "end": "2026-03-22"}
    by_key = {figure["key"]: figure for figure in said["figures"]}
    assert by_key["new_leads"]["value"] == 0
    assert by_key["conversion_rate"]["value"] is None
    assert by_key["conversion_rate"]["change"] is None
    assert said["calls"]["best_hour"] is None
    assert said["calls"]["by_status"] == []
    assert len(said["trend"]) == 7
    assert said["staff"] == []


def test_figures_by_hand(tx: psycopg.Connection) -> None:
    """One day, one agent. 8 calls: 6 outbound, of which 4 answered and 1 of these interested, 1
    booked; 2 inbound, 1 answered and interested. 3 leads, of which 1 won the same day."""
    workspace = build.workspace(tx, "Gym", "UTC")
    branch = build.branch(tx, workspace, "North")
    agent = build.member(tx, workspace, "agent", branch_id=branch)
    for direction, status, outcome, seconds in (
        ("outbound", "completed", "interested", 100),
        ("outbound", "completed", "booked", 200),
        ("outbound", "completed", "not_interested", 60),
        ("outbound", "completed", None, 41),
        ("outbound", "missed", None, 0),
        ("outbound", "failed", None, 0),
        ("inbound", "completed", "interested", 100),
        ("inbound", "missed", None, 0),
    ):
        build.call(
            tx,
            workspace,
            agent,
            "2026-03-28 10:30+00",
            branch_id=branch,
            direction=direction,
            status=status,
            outcome=outcome,
            duration_seconds=seconds,
        )
    for number in range(3):
        build.lead(
            tx,
            workspace,
            agent,
            "2026-03-28 09:00+00",
            branch_id=branch,
            first_contact_at=f"2026-03-28 09:{10 * (number + 1)}+00",
            status="won" if number == 0 else "new",
            status_changed_at="2026-03-28 11:00+00",
        )
    freeze(tx, "2026-03-29 08:00+00")
    refresh(tx)

    said = report(tx, "daily", workspace, branch, "2026-03-28")

    assert {figure["key"]: figure["value"] for figure in said["figures"]} == {
        "new_leads": 3,
        "converted": 1,
        "conversion_rate": 33.3,
        # Ten, twenty and thirty minutes.
        "first_response_minutes": 20.0,
        "calls": 8,
        "answered": 5,
        # 5 of 8
        "answer_rate": 62.5,
        "interested": 3,
        # 2 of 4 answered outbound
        "success_rate": 50.0,
        # (100 + 200 + 60 + 41 + 100) / 5 = 100.2
        "mean_duration_seconds": 100,
    }
    assert said["leads"]["by_status"] == [
        {"status": "new", "count": 2, "share": 66.7},
        {"status": "won", "count": 1, "share": 33.3},
    ]
    assert said["calls"]["best_hour"] == {
        "hour": 10,
        "calls": 8,
        "answered": 5,
        "interested": 3,
        "interested_rate": 37.5,
    }
    assert said["calls"]["interest"] == [
        {"interest": "interested", "count": 3, "share": 60.0},
        {"interest": "not_interested", "count": 1, "share": 20.0},
        {"interest": "undecided", "count": 1, "share": 20.0},
    ]


def test_statuses_are_those_at_the_end_of_the_period(tx: psycopg.Connection) -> None:
    """Won on Monday morning: still new in the week before, whenever that is asked."""
    workspace = build.workspace(tx, "Gym", "Europe/Amsterdam")
    branch = build.branch(tx, workspace, "North")
    lead = build.lead(tx, workspace, created_at="2026-03-27 09:00+00", branch_id=branch)
    freeze(tx, "2026-04-10 08:00+00")
    tx.execute(
        "update crm.leads set status = 'won', status_changed_at = '2026-03-29 22:30+00'"
        " where workspace_id = %s and id = %s",
        (workspace, lead),
    )
    refresh(tx)

    # In Amsterdam, 22:30 UTC on the 29th is half past midnight on Monday the 30th.
    said = report(tx, "weekly", workspace, branch, "2026-03-23", "2026-03-30")
    assert said["leads"]["by_status"] == [{"status": "new", "count": 1, "share": 100.0}]
    assert said["figures"][1] | {"value": 0} == said["figures"][1]
    later = report(tx, "weekly", workspace, branch, "2026-03-30", "2026-04-06")
    assert later["leads"]["pipeline"] == [{"status": "won", "count": 1, "share": 100.0}]
    assert later["figures"][1]["value"] == 1


def test_a_branch_that_does_not_exist_has_no_report(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    row = tx.execute(
        "select reporting.daily(%s, %s, '2026-03-28')", (workspace, build.new_id())
    ).fetchone()
    assert row == (None,)
