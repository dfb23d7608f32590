"""When a report is due, and that it is enqueued once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests import builders as build
from tests.reporting.desk import HOOK, Desk
from tests.sessions import freeze


@pytest.fixture
def desk(tx: psycopg.Connection) -> Desk:
    freeze(tx, "2026-03-20 12:00+00")
    return Desk(tx)


@pytest.mark.parametrize(
    ("day", "time", "zone", "due"),
    [
        ("2026-03-28", "09:00", "Europe/Amsterdam", "2026-03-28 08:00"),
        # Clocks go from 02:00 to 03:00 at 01:00 UTC: 02:30 is skipped.
        ("2026-03-29", "02:30", "Europe/Amsterdam", "2026-03-29 01:00"),
        ("2026-03-29", "02:00", "Europe/Amsterdam", "2026-03-29 01:00"),
        ("2026-03-29", "01:59", "Europe/Amsterdam", "2026-03-29 00:59"),
        ("2026-03-29", "09:00", "Europe/Amsterdam", "2026-03-29 07:00"),
        # Clocks go from 03:00 back to 02:00 at 01:00 UTC: 02:30 comes twice.
        ("2026-10-25", "02:30", "Europe/Amsterdam", "2026-10-25 00:30"),
        ("2026-10-25", "03:00", "Europe/Amsterdam", "2026-10-25 02:00"),
        # Half an hour is skipped and repeated.
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03 15:30"),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04 14:45"),
        # Samoa had no 30 December 2011.
        ("2011-12-30", "09:00", "Pacific/Apia", "2011-12-30 10:00"),
        # Clocks that change over midnight: 8 March at 0:00 in Havana, 29 March in Beirut.
        ("2026-03-08", "00:30", "America/Havana", "2026-03-08 05:00"),
        ("2026-03-29", "00:00", "Asia/Beirut", "2026-03-28 22:00"),
        ("2026-07-01", "23:59", "Pacific/Kiritimati", "2026-07-01 09:59"),
        ("2026-07-01", "00:00", "Pacific/Pago_Pago", "2026-07-01 11:00"),
    ],
)
def test_due_at(tx: psycopg.Connection, day: str, time: str, zone: str, due: str) -> None:
    row = tx.execute("select reporting.due_at(%s, %s, %s)", (day, time, zone)).fetchone()
    assert row == (datetime.fromisoformat(due + "+00:00"),)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Amsterdam",
        "America/New_York",
        "America/Havana",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Antarctica/Troll",
        "Atlantic/Azores",
    ],
)
def test_due_at_equals_a_walk_through_the_minutes(tx: psycopg.Connection, zone: str) -> None:
    """The definition itself: the first minute of the day at which the clocks show the time or
    more. Around both clock changes of a year, at odd times."""
    local = ZoneInfo(zone)
    changes = [
        hour
        for hour in (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(8760))
        if hour.astimezone(local).utcoffset()
        != (hour + timedelta(hours=1)).astimezone(local).utcoffset()
    ]
    for change in changes or [datetime(2026, 5, 5, tzinfo=UTC)]:
        day = (change + timedelta(minutes=59)).astimezone(local).date()
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
        walk = [start + timedelta(minutes=n) for n in range(55 * 60)]
        shown = [(each, each.astimezone(local).replace(tzinfo=None)) for each in walk]
        for minutes in range(0, 24 * 60, 25):
            wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
            expected = next(each for each, clock in shown if clock >= wanted)
            row = tx.execute(
                "select reporting.due_at(%s, %s, %s)", (day, wanted.time(), zone)
            ).fetchone()
            assert row == (expected,), (zone, wanted)


def test_once_a_day_whoever_asks(tx: psycopg.Connection, desk: Desk) -> None:
    desk.subscribe()
    for hour in range(4 * 24):
        freeze(tx, datetime(2026, 3, 20, 12, tzinfo=UTC) + timedelta(hours=hour))
        assert desk.enqueue() == []
        assert desk.enqueue() == []

    # 09:00 in Amsterdam is 08:00 UTC, on the day of the change 07:00. Yesterday each time.
    assert [(d["due_on"], d["period_from"], d["period_to"]) for d in desk.deliveries()] == [
        (date(2026, 3, day), date(2026, 3, day - 1), date(2026, 3, day)) for day in (21, 22, 23, 24)
    ]
    assert desk.statuses() == ["pending"] * 8


@pytest.mark.parametrize(
    ("made", "first"),
    [
        ("2026-03-20 07:59+00", "2026-03-20 08:00+00"),
        ("2026-03-20 08:00+00", "2026-03-20 08:00+00"),
        ("2026-03-20 08:00:01+00", "2026-03-21 08:00+00"),
    ],
)
def test_a_subscription_made_just_before_its_time(
    tx: psycopg.Connection, desk: Desk, made: str, first: str
) -> None:
    freeze(tx, made)
    desk.subscribe()
    for later in range(0, 30 * 60, 5):
        freeze(tx, datetime(2026, 3, 20, 8, tzinfo=UTC) + timedelta(minutes=later))
        desk.enqueue()

    assert desk.deliveries()[0]["due_at"] == datetime.fromisoformat(first)


def test_skipped_and_repeated_hours_bring_one_report_each(
    tx: psycopg.Connection, desk: Desk
) -> None:
    desk.subscribe(delivery_time="02:30")
    for first in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        for minute in range(0, 36 * 60, 20):
            freeze(tx, first + timedelta(minutes=minute))
            desk.enqueue()

    days = [(d["due_on"], d["due_at"]) for d in desk.deliveries()]
    assert days[-1] == (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert (date(2026, 3, 29), datetime(2026, 3, 29, 1, tzinfo=UTC)) in days
    assert len({day for day, _ in days}) == len(days)


def test_zones_east_and_west(tx: psycopg.Connection) -> None:
    """Yesterday is the branch's. At nine in Auckland on Tuesday the 24th it is Monday in New York
    and Sunday is over there."""
    freeze(tx, "2026-03-20 12:00+00")
    desk = Desk(tx, timezone="America/New_York")
    desk.subscribe(timezone="Pacific/Auckland", delivery_days=["Tuesday"])
    desk.subscribe(report_type="weekly", timezone="Pacific/Auckland")
    freeze(tx, "2026-03-24 02:00+00")
    desk.enqueue()

    periods = {
        (d["report_type"], d["due_on"], d["period_from"], d["period_to"]) for d in desk.deliveries()
    }
    assert periods == {
        # Due on Monday 23:00 UTC of the 23rd, 16:00 in New York.
        ("daily", date(2026, 3, 24), date(2026, 3, 22), date(2026, 3, 23)),
        # Monday nine in Auckland is Sunday in New York, where that week is not over.
        ("weekly", date(2026, 3, 23), date(2026, 3, 9), date(2026, 3, 16)),
    }


def test_weekly_without_days_comes_on_monday(tx: psycopg.Connection, desk: Desk) -> None:
    desk.subscribe(report_type="weekly")
    freeze(tx, "2026-03-30 12:00+00")
    desk.enqueue()

    [delivery] = desk.deliveries()
    assert delivery["due_on"] == date(2026, 3, 30)
    assert delivery["missed_on"] == [date(2026, 3, 23)]
    assert (delivery["period_from"], delivery["period_to"]) == (
        date(2026, 3, 23),
        date(2026, 3, 30),
    )
    assert delivery["report_data"]["period"]["days"] == 7


def test_after_an_outage_the_latest_is_sent_late(tx: psycopg.Connection, desk: Desk) -> None:
    desk.subscribe(delivery_days=["Monday", "Wednesday", "Friday"])
    freeze(tx, "2026-03-29 12:00+00")
    desk.enqueue()

    [delivery] = desk.deliveries()
    assert delivery["due_on"] == date(2026, 3, 27)
    assert delivery["period_from"] == date(2026, 3, 26)
    assert delivery["is_late"]
    assert delivery["missed_on"] == [date(2026, 3, 25), date(2026, 3, 23)]


def test_pausing_and_resuming(tx: psycopg.Connection, desk: Desk) -> None:
    subscription = desk.subscribe()
    freeze(tx, "2026-03-21 08:01+00")
    desk.enqueue()
    desk.change(subscription, is_active=False)
    assert desk.statuses() == ["suppressed", "suppressed"]
    assert desk.deliveries()[0]["status"] == "suppressed"

    freeze(tx, "2026-03-25 12:00+00")
    desk.enqueue()
    desk.change(subscription, is_active=True)
    desk.enqueue()
    assert len(desk.deliveries()) == 1, "what was due while it was paused is not made up for"
    freeze(tx, "2026-03-26 08:00+00")
    desk.enqueue()
    assert desk.deliveries()[-1]["missed_on"] == []


def test_changes_between_enqueuing_and_sending(tx: psycopg.Connection, desk: Desk) -> None:
    subscription = desk.subscribe()
    freeze(tx, "2026-03-21 08:01+00")
    desk.enqueue()

    # The time moved to the afternoon: the report of the day has been made and comes once.
    desk.change(subscription, delivery_time="17:00")
    freeze(tx, "2026-03-21 16:01+00")
    desk.enqueue()
    assert len(desk.deliveries()) == 1

    desk.change(subscription, recipients=["ann@example.test", "cleo@example.test"])
    assert [(s["email"], s["status"]) for s in desk.sendings()] == [
        ("ann@example.test", "pending"),
        ("bob@example.test", "suppressed"),
    ]
    freeze(tx, "2026-03-22 16:01+00")
    desk.enqueue()
    assert [s["email"] for s in desk.sendings()[2:]] == ["ann@example.test", "cleo@example.test"]

    desk.call(desk.mo, "delete_subscription", desk.workspace, subscription)
    assert desk.statuses() == ["suppressed"] * 4
    assert [d["subscription_id"] for d in desk.deliveries()] == [None, None]
    freeze(tx, "2026-03-23 16:01+00")
    desk.enqueue()
    assert len(desk.deliveries()) == 2


def test_a_creator_without_the_right_gets_no_report(tx: psycopg.Connection, desk: Desk) -> None:
    subscription = desk.subscribe(desk.mo)
    other = desk.subscribe(desk.olga)
    tx.execute("update crm.members set branch_id = %s where user_id = %s", (desk.south, desk.mo))
    freeze(tx, "2026-03-21 08:01+00")
    desk.enqueue()

    assert [d["subscription_id"] for d in desk.deliveries()] == [other]
    [row] = desk.rows("select * from reporting.subscriptions where id = %s", subscription)
    assert not row["is_active"]
    assert "may no longer see" in row["paused_reason"]


def test_a_right_lost_before_sending(tx: psycopg.Connection, desk: Desk) -> None:
    desk.subscribe(desk.mo)
    freeze(tx, "2026-03-21 08:01+00")
    desk.enqueue()
    tx.execute("update crm.members set deactivated_at = app.now() where user_id = %s", (desk.mo,))

    assert desk.claim() == []
    assert desk.statuses() == ["suppressed", "suppressed"]


def test_a_report_waits_for_facts_that_are_not_counted_yet(
    tx: psycopg.Connection, desk: Desk
) -> None:
    desk.subscribe()
    tx.execute("update ops.refresh_state set last_success_at = '2026-03-21 07:59+00'")
    build.lead(tx, desk.workspace, created_at="2026-03-20 09:00+00", branch_id=desk.north)
    freeze(tx, "2026-03-21 08:01+00")
    desk.enqueue(refreshed=False)
    assert desk.deliveries() == []

    # Not for ever: a refresh that fails must not silence the reports.
    freeze(tx, "2026-03-21 08:11+00")
    desk.enqueue(refreshed=False)
    assert len(desk.deliveries()) == 1


def test_a_new_zone_of_the_branch_counts_at_once(tx: psycopg.Connection, desk: Desk) -> None:
    desk.subscribe()
    desk.enqueue()
    tx.execute("update crm.branches set timezone = 'Pacific/Auckland' where id = %s", (desk.north,))
    # 09:00 on the 21st in Auckland is 20:00 UTC on the 20th.
    freeze(tx, "2026-03-20 20:00+00")
    desk.enqueue()
    assert [d["due_on"] for d in desk.deliveries()] == [date(2026, 3, 21)]


def test_a_report_that_cannot_be_made_holds_up_nobody(tx: psycopg.Connection, desk: Desk) -> None:
    broken = desk.subscribe(delivery_time="08:00")
    good = desk.subscribe()
    tx.execute(
        "alter table reporting.deliveries add constraint broken check (due_at::time <> '07:00')"
    )
    freeze(tx, "2026-03-21 08:01+00")

    [failure] = desk.enqueue()
    assert failure["subscription_id"] == broken
    assert "23514" in failure["error"]
    assert [d["subscription_id"] for d in desk.deliveries()] == [good]
    assert desk.enqueue() == [], "it is tried again in a minute"
    freeze(tx, "2026-03-21 08:03+00")
    assert len(desk.enqueue()) == 1


def test_secrets_are_kept_apart_and_go_with_their_subscription(
    tx: psycopg.Connection, desk: Desk
) -> None:
    subscription: UUID = desk.subscribe(delivery_method="slack", recipients=[HOOK])
    [secret] = desk.rows("select * from reporting.channel_secrets")
    assert secret["url"] == HOOK
    assert secret["display"] == "https://hooks.slack.com/...mnop"
    freeze(tx, "2026-03-21 08:01+00")
    desk.enqueue()
    [sending] = desk.sendings()
    assert sending["display"] == secret["display"]

    # What was shown may be given back: the webhook stays, and what waits for it too.
    desk.change(subscription, recipients=[secret["display"]])
    assert desk.statuses() == ["pending"]
    [claim] = desk.claim()
    assert claim["url"] == HOOK
    desk.change(subscription, delivery_method="email", recipients=["a@example.test"])
    assert desk.rows("select * from reporting.channel_secrets") == []
