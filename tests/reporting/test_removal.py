"""Old deliveries go, with all that hangs on them; what is not over stays."""

import psycopg
import pytest

from tests.reporting.desk import HOOK, Desk
from tests.sessions import freeze

DAYS = 400
THEN = "2025-02-20 12:00+00"
"""404 days before NOW."""
NOW = "2026-03-31 12:00+00"


@pytest.fixture
def desk(tx: psycopg.Connection) -> Desk:
    freeze(tx, THEN)
    return Desk(tx)


def remove(tx: psycopg.Connection, *arguments: int) -> int:
    places = ", ".join(["%s"] * len(arguments))
    row = tx.execute(f"select reporting.remove_deliveries({places})".encode(), arguments).fetchone()
    assert row is not None
    return row[0]


def is_due(tx: psycopg.Connection, days: int = DAYS) -> bool:
    row = tx.execute("select reporting.removal_due(%s)", (days,)).fetchone()
    assert row is not None
    return row[0]


def send_all(desk: Desk, outcome: str = "sent") -> None:
    for claim in desk.claim(100):
        assert desk.finish(claim, outcome, None if outcome == "sent" else "refused")


def test_what_is_over_goes_with_recipients_and_webhooks(tx: psycopg.Connection, desk: Desk) -> None:
    desk.generate(recipients=["ann@example.test", "bob@example.test"])
    desk.generate(recipients=[HOOK], delivery_method="slack")
    desk.generate()
    send_all(desk)
    dead = desk.generate(recipients=["nobody@example.test"])
    send_all(desk, "permanent")
    assert len(desk.deliveries()) == 4
    assert [row["status"] for row in desk.deliveries() if row["id"] == dead] == ["failed"]

    # 400 days to the second are not over yet.
    freeze(tx, "2026-03-27 12:00+00")
    assert not is_due(tx)
    assert remove(tx, DAYS) == 0
    freeze(tx, NOW)
    young = desk.generate(recipients=[HOOK], delivery_method="slack")
    assert is_due(tx)
    assert remove(tx, DAYS) == 4
    assert not is_due(tx)
    assert [row["id"] for row in desk.deliveries()] == [young]
    assert [row["delivery_id"] for row in desk.sendings()] == [young]
    [secret] = desk.rows("select id from reporting.channel_secrets")
    assert secret["id"] == desk.sendings()[0]["secret_id"]


def test_what_is_not_over_stays_however_old(tx: psycopg.Connection, desk: Desk) -> None:
    waiting = desk.generate(recipients=["ann@example.test"])
    freeze(tx, NOW)
    assert not is_due(tx)
    assert remove(tx, DAYS) == 0
    # Failed for now is tried again, and claimed is on its way.
    [claim] = desk.claim()
    assert remove(tx, DAYS) == 0
    desk.finish(claim, "transient", "smtp_4xx")
    assert [row["status"] for row in desk.deliveries()] == ["failed"]
    assert remove(tx, DAYS) == 0
    assert [row["id"] for row in desk.deliveries()] == [waiting]

    tx.execute("update reporting.delivery_recipients set next_attempt_at = app.now()")
    send_all(desk)
    assert remove(tx, DAYS) == 0, "it was sent today"
    freeze(tx, "2027-05-06 12:00+00")
    assert remove(tx, DAYS) == 1


def test_what_was_sent_again_lately_stays(tx: psycopg.Connection, desk: Desk) -> None:
    again = desk.generate(recipients=["ann@example.test"])
    send_all(desk)
    freeze(tx, "2026-03-01 12:00+00")
    desk.call(desk.mo, "send", desk.workspace, {"delivery_id": str(again)})
    send_all(desk)
    freeze(tx, NOW)
    assert remove(tx, DAYS) == 0
    assert len(desk.sendings()) == 2


def test_a_batch_at_a_time(tx: psycopg.Connection, desk: Desk) -> None:
    """The oldest of a workspace first."""
    made = [desk.generate() for _ in range(5)]
    freeze(tx, NOW)
    assert remove(tx, DAYS, 2) == 2
    assert {row["id"] for row in desk.deliveries()} < set(made)
    assert [remove(tx, DAYS, 2) for _ in range(3)] == [2, 1, 0]


def test_a_report_that_was_removed_is_not_made_again(tx: psycopg.Connection, desk: Desk) -> None:
    desk.subscribe()
    freeze(tx, "2025-02-21 12:00+00")
    assert desk.enqueue() == []
    send_all(desk)
    [sent] = desk.deliveries()
    tx.execute("update reporting.subscriptions set next_due_at = '-infinity'")
    freeze(tx, NOW)
    assert remove(tx, DAYS) == 1
    assert desk.enqueue() == []
    [latest] = desk.deliveries()
    assert latest["due_on"].isoformat() == "2026-03-31"
    assert sent["due_on"] not in latest["missed_on"]


def test_somebody_elses_delivery_is_left_for_the_next_time(database: str) -> None:
    with (
        psycopg.connect(database, autocommit=True) as first,
        psycopg.connect(database, autocommit=True) as second,
    ):
        freeze(first, THEN)
        desk = Desk(first)
        held, free = desk.generate(), desk.generate()
        freeze(first, NOW)
        freeze(second, NOW)
        with second.transaction():
            second.execute("select from reporting.deliveries where id = %s for update", (held,))
            assert remove(first, DAYS) == 1
            assert [row["id"] for row in desk.deliveries()] == [held]
        assert remove(first, DAYS) == 1
        assert free != held
