"""The one clock, and local days."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from tests.sessions import as_login, freeze

MOMENT = datetime(2026, 3, 29, 12, tzinfo=UTC)


def one(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def test_clock_runs_unless_it_is_frozen(tx: psycopg.Connection) -> None:
    assert one(tx, "select app.now() = now()") is True
    freeze(tx, MOMENT)
    assert one(tx, "select app.now()") == MOMENT
    tx.execute("select set_config('app.now', '', false)")
    assert one(tx, "select app.now() = now()") is True


@pytest.mark.parametrize(
    ("name", "honoured"),
    [
        ("leadboard_api", True),
        ("leadboard_worker", True),
        ("test_ops", True),
        ("test_bi", False),
        ("test_router", False),
    ],
)
def test_only_trusted_logins_turn_the_clock(
    tx: psycopg.Connection, name: str, honoured: bool
) -> None:
    """A routing engine that turns the clock could slip past a daily cap."""
    freeze(tx, MOMENT)
    with as_login(tx, name):
        assert one(tx, "select app.now() = %s", MOMENT) is honoured
        assert one(tx, "select app.now() = now()") is not honoured


def test_clock_of_a_login_does_not_depend_on_the_role(tx: psycopg.Connection) -> None:
    """Inside a definer function the setting of an untrusted login is still not honoured."""
    tx.execute(
        """
        create function app.asked_inside() returns timestamptz language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select app.now()';
        alter function app.asked_inside() owner to leadboard_owner;
        grant execute on function app.asked_inside() to leadboard_router;
        """
    )
    freeze(tx, MOMENT)
    with as_login(tx, "test_router"):
        assert one(tx, "select app.asked_inside() = now()") is True


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        # Amsterdam is one hour ahead in winter, two in summer.
        ("2026-01-31 22:59:59+00", "Europe/Amsterdam", date(2026, 1, 31)),
        ("2026-01-31 23:00:00+00", "Europe/Amsterdam", date(2026, 2, 1)),
        ("2026-07-31 21:59:59+00", "Europe/Amsterdam", date(2026, 7, 31)),
        ("2026-07-31 22:00:00+00", "Europe/Amsterdam", date(2026, 8, 1)),
        # The far ends of the map.
        ("2026-03-01 10:00:00+00", "Pacific/Kiritimati", date(2026, 3, 2)),
        ("2026-03-01 10:00:00+00", "Pacific/Pago_Pago", date(2026, 2, 28)),
        (None, "UTC", None),
        ("2026-03-01 10:00:00+00", None, None),
    ],
)
def test_local_day(
    tx: psycopg.Connection, at: str | None, zone: str | None, expected: date | None
) -> None:
    assert one(tx, "select app.local_day(%s, %s)", at, zone) == expected


def test_local_day_of_an_unknown_zone_is_an_error(tx: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue), tx.transaction():
        one(tx, "select app.local_day(now(), 'Mars/Olympus')")


def test_today_follows_clock_and_zone(tx: psycopg.Connection) -> None:
    freeze(tx, "2026-03-28 23:30+00")
    assert one(tx, "select app.today('UTC')") == date(2026, 3, 28)
    assert one(tx, "select app.today('Europe/Amsterdam')") == date(2026, 3, 29)


def test_day_start_when_clocks_change(tx: psycopg.Connection) -> None:
    """The day summer time begins has 23 hours, the day it ends 25."""
    hours = """
        select extract(epoch from
            app.day_start(%s::date + 1, 'Europe/Amsterdam')
            - app.day_start(%s::date, 'Europe/Amsterdam')
        )::integer / 3600
    """
    for day, expected in (("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)):
        assert one(tx, hours, day, day) == expected
    assert one(tx, "select app.day_start('2026-03-29', 'Europe/Amsterdam')") == datetime(
        2026, 3, 28, 23, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        # Clocks go back from 01:00 to 00:00: midnight comes twice, the first one begins the day.
        ("Atlantic/Azores", "2025-10-26", "2025-10-26 00:00"),
        ("America/Havana", "2025-11-02", "2025-11-02 04:00"),
        # Clocks go forward from 00:00 to 01:00: the day begins at 01:00.
        ("America/Havana", "2026-03-08", "2026-03-08 05:00"),
    ],
)
def test_day_start_where_clocks_change_at_midnight(
    tx: psycopg.Connection, zone: str, day: str, start: str
) -> None:
    first = f"{start}+00"
    row = tx.execute(
        """
        select
            app.day_start(%(day)s, %(zone)s) = %(first)s::timestamptz,
            app.local_day(%(first)s, %(zone)s) = %(day)s::date,
            app.local_day(%(first)s::timestamptz - interval '1 microsecond', %(zone)s) < %(day)s
        """,
        {"day": day, "zone": zone, "first": first},
    ).fetchone()
    assert row == (True, True, True)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-03-29", "2026-07-01"])
def test_bounds_hold_in_every_zone(tx: psycopg.Connection, day: str) -> None:
    """earliest_start and latest_end enclose the local day of every zone the server knows."""
    outside = tx.execute(
        """
        select z.name from pg_timezone_names as z
        where app.earliest_start(%(day)s) > app.day_start(%(day)s, z.name)
            or app.latest_end(%(day)s::date + 1) < app.day_start(%(day)s::date + 1, z.name)
        """,
        {"day": day},
    ).fetchall()
    assert outside == []
    assert one(tx, "select count(*) > 400 from pg_timezone_names") is True
