"""Local midnight moves the windows, though no fact has changed."""

from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.sessions import freeze

VIEW = "stats.partner_performance_stats"


@pytest.fixture
def gyms(conn: psycopg.Connection) -> tuple[UUID, UUID]:
    """One in Auckland (UTC+13 until 5 April 2026) and one in Honolulu (UTC-10)."""
    auckland = make.workspace(conn, timezone="Pacific/Auckland")
    honolulu = make.workspace(conn, timezone="Pacific/Honolulu")
    for gym in (auckland, honolulu):
        make.lead(conn, gym, make.member(conn, gym), "2026-03-02 12:00+00")
    return auckland, honolulu


def leads(connection: psycopg.Connection, gym: UUID) -> int:
    row = connection.execute(
        "select leads_assigned_30d from stats.partner_performance_stats where workspace_id = %s",
        (gym,),
    ).fetchone()
    assert row is not None
    return row[0]


def version(connection: psycopg.Connection, gym: UUID) -> int:
    row = connection.execute(
        "select version from ops.workspace_versions where workspace_id = %s", (gym,)
    ).fetchone()
    assert row is not None
    return row[0]


def test_windows_move_at_each_local_midnight(
    conn: psycopg.Connection, gyms: tuple[UUID, UUID]
) -> None:
    auckland, honolulu = gyms
    # The lead came in on 2 March in Honolulu: the last of its 30 days is 31 March, which ends at
    # 10:00 UTC of the next. In Auckland it was 3 March: an hour more.
    freeze(conn, "2026-04-01 09:59:59+00")
    conn.execute("call ops.refresh()")
    before = {gym: version(conn, gym) for gym in gyms}
    assert [leads(conn, gym) for gym in gyms] == [1, 1]
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)

    freeze(conn, "2026-04-01 10:00+00")
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")

    assert [leads(conn, gym) for gym in gyms] == [1, 0]
    assert version(conn, honolulu) > before[honolulu]
    assert version(conn, auckland) == before[auckland]
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)

    freeze(conn, "2026-04-01 11:00+00")
    conn.execute("call ops.refresh()")
    assert [leads(conn, gym) for gym in gyms] == [0, 0]
    assert version(conn, auckland) > before[auckland]


def test_a_clock_that_was_turned_back(conn: psycopg.Connection, gyms: tuple[UUID, UUID]) -> None:
    freeze(conn, "2026-04-20 12:00+00")
    conn.execute("call ops.refresh()")
    assert [leads(conn, gym) for gym in gyms] == [0, 0]

    freeze(conn, "2026-03-20 12:00+00")
    assert conn.execute("select ops.refresh_due()").fetchone() == (True,)
    conn.execute("call ops.refresh()")

    assert [leads(conn, gym) for gym in gyms] == [1, 1]
    assert conn.execute("select ops.refresh_due()").fetchone() == (False,)


def test_one_view_alone_notices_too(conn: psycopg.Connection, gyms: tuple[UUID, UUID]) -> None:
    freeze(conn, "2026-04-01 10:59:59+00")
    conn.execute("call ops.refresh()")
    freeze(conn, "2026-04-01 11:00+00")

    assert conn.execute("select ops.refresh_view(%s)", (VIEW,)).fetchone() == ([gyms[0]],)
    assert leads(conn, gyms[0]) == 0


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("UTC", "2026-03-20 00:00+00", "2026-03-21 00:00+00"),
        ("Europe/Berlin", "2026-03-28 23:00+00", "2026-03-29 22:00+00"),
        # Clocks go forward at midnight: the day begins at 01:00.
        ("Asia/Beirut", "2026-03-28 12:00+00", "2026-03-28 22:00+00"),
        # Clocks go back at 01:00 to 00:00: the first of the two midnights counts.
        ("America/Havana", "2026-10-31 12:00+00", "2026-11-01 04:00+00"),
    ],
)
def test_the_next_midnight(tx: psycopg.Connection, zone: str, now: str, midnight: str) -> None:
    freeze(tx, now)
    tx.execute("delete from crm.workspaces")
    gym = make.workspace(tx, timezone=zone)
    far = make.workspace(tx, timezone=zone)
    make.branch(tx, far, timezone=zone)
    make.branch(tx, gym, timezone=None)

    assert tx.execute("select ops.next_midnight() = %s", (midnight,)).fetchone() == (True,)
    # And there it is another day, but not a moment before.
    assert tx.execute(
        """
        select app.local_day(%(at)s::timestamptz, %(zone)s)
            - app.local_day(%(at)s::timestamptz - interval '1 microsecond', %(zone)s)
        """,
        {"at": midnight, "zone": zone},
    ).fetchone() == (1,)
