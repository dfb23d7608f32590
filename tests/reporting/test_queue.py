"""Claiming and finishing: each sending to one worker, retries, and what pauses a subscription."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tests import builders as build
from tests.reporting.desk import HOOK, Desk
from tests.sessions import freeze

NOW = datetime(2026, 3, 21, 12, tzinfo=UTC)


@pytest.fixture
def desk(tx: psycopg.Connection) -> Desk:
    freeze(tx, NOW)
    return Desk(tx)


def test_a_report_asked_for_by_hand_without_recipients_is_only_made(desk: Desk) -> None:
    desk.generate()
    [delivery] = desk.deliveries()
    assert delivery["status"] == "generated"
    assert desk.sendings() == []
    assert desk.claim() == []


def test_what_is_claimed_is_nobody_elses_and_is_finished_once(desk: Desk) -> None:
    desk.generate(recipients=["ann@example.test", "bob@example.test"])
    first = desk.claim(limit=1)
    second = desk.claim(limit=5, worker="w2")

    assert [c["email"] for c in [*first, *second]] == ["ann@example.test", "bob@example.test"]
    assert desk.claim() == []
    assert first[0]["message_id"] == f"<{first[0]['id']}@reports.test>"
    assert desk.finish(first[0])
    assert not desk.finish(first[0]), "twice"
    assert desk.deliveries()[0]["status"] == "pending"
    assert desk.finish(second[0])
    assert desk.deliveries()[0]["status"] == "sent"


def test_a_claim_that_was_taken_over_can_finish_nothing(tx: psycopg.Connection, desk: Desk) -> None:
    desk.generate(recipients=["ann@example.test"])
    [slow] = desk.claim()
    freeze(tx, NOW + timedelta(minutes=5))
    [fast] = desk.claim(worker="w2")

    assert fast["token"] == slow["token"] + 1
    assert fast["message_id"] == slow["message_id"]
    assert not desk.finish(slow)
    assert desk.statuses() == ["claimed"]
    assert desk.finish(fast)


def test_transient_failures_are_tried_again_later_and_later_and_then_given_up(
    tx: psycopg.Connection, desk: Desk
) -> None:
    desk.generate(recipients=["ann@example.test"])
    now = NOW
    pauses: list[float] = []
    for attempt in range(12):
        [claim] = desk.claim()
        assert claim["attempts"] == attempt + 1
        desk.finish(claim, "transient", "refused")
        [sending] = desk.sendings()
        assert desk.deliveries()[0]["status"] == "failed"
        if attempt < 11:
            pauses.append((sending["next_attempt_at"] - now).total_seconds())
            assert desk.claim() == []
            now = sending["next_attempt_at"]
            freeze(tx, now)

    for number, pause in enumerate(pauses):
        whole = min(30 * 2**number, 3600)
        assert 0.5 * whole <= pause <= 1.5 * whole
    [sending] = desk.sendings()
    assert (sending["status"], sending["last_error_class"]) == ("dead", "refused")
    freeze(tx, now + timedelta(days=9))
    assert desk.claim() == []


def test_who_says_when_to_come_back_is_heeded(desk: Desk) -> None:
    desk.generate(recipients=["ann@example.test"])
    [claim] = desk.claim()
    desk.finish(claim, "transient", "http_429", retry=7200)
    [sending] = desk.sendings()
    assert sending["next_attempt_at"] == NOW + timedelta(hours=2)


def test_one_bad_recipient_of_three(desk: Desk) -> None:
    desk.generate(recipients=["a@example.test", "b@example.test", "c@example.test"])
    good, bad, other = desk.claim()
    desk.finish(good)
    desk.finish(bad, "permanent", "smtp_5xx")
    desk.finish(other)
    assert desk.statuses() == ["sent", "dead", "sent"]
    assert desk.deliveries()[0]["status"] == "failed"


def test_a_worker_that_dies_of_a_sending_again_and_again(
    tx: psycopg.Connection, desk: Desk
) -> None:
    desk.generate(recipients=["ann@example.test"])
    for attempt in range(13):
        freeze(tx, NOW + timedelta(hours=attempt))
        claimed = len(desk.claim())
        assert claimed == (1 if attempt < 12 else 0)
    [sending] = desk.sendings()
    assert (sending["status"], sending["last_error_class"]) == ("dead", "worker_lost")


def test_a_webhook_that_is_gone_pauses_its_subscription_and_its_creator_is_told(
    tx: psycopg.Connection, desk: Desk
) -> None:
    desk.subscribe(
        delivery_method="slack",
        recipients=[HOOK, HOOK.replace("abcdef", "zyxwvu")],
        delivery_time="14:00",
    )
    freeze(tx, NOW + timedelta(hours=1))
    desk.enqueue()
    [gone] = desk.claim(limit=1)
    desk.finish(gone, "gone", "http_404")

    [subscription] = desk.rows("select * from reporting.subscriptions")
    assert not subscription["is_active"]
    assert "https://hooks.slack.com/...mnop" in subscription["paused_reason"]
    assert HOOK not in subscription["paused_reason"]
    [notice] = desk.claim()
    assert notice["kind"] == "notice"
    [mail] = desk.rows("select email from crm.users where id = %s", desk.mo)
    assert notice["email"] == mail["email"]
    assert desk.finish(notice)
    assert sorted(desk.statuses()) == ["dead", "sent", "suppressed"]
    assert desk.deliveries()[0]["status"] == "failed"
    freeze(tx, NOW + timedelta(days=3))
    desk.enqueue()
    assert len(desk.deliveries()) == 1


def test_sending_once_more_shows_the_same_figures(tx: psycopg.Connection, desk: Desk) -> None:
    delivery = desk.generate(recipients=["ann@example.test"])
    [claim] = desk.claim()
    desk.finish(claim)
    build.call(tx, desk.workspace, desk.ann, "2026-03-20 10:00+00", branch_id=desk.north)

    desk.call(desk.olga, "send", desk.workspace, {"delivery_id": str(delivery)})
    # Asking twice sends once.
    desk.call(desk.olga, "send", desk.workspace, {"delivery_id": str(delivery)})
    desk.call(
        desk.mo,
        "send",
        desk.workspace,
        {"delivery_id": str(delivery), "recipients": ["new@x.test"]},
    )
    again = desk.claim()

    assert [c["email"] for c in again] == ["ann@example.test", "new@x.test"]
    assert again[0]["report_data"] == claim["report_data"]
    # A mail of its own, asked for by a person.
    assert again[0]["message_id"] != claim["message_id"]


def test_names_are_looked_up_when_a_report_is_read(tx: psycopg.Connection, desk: Desk) -> None:
    tx.execute("update crm.users set name = 'Ann Smith' where id = %s", (desk.ann,))
    desk.generate(report_type="weekly", recipients=["x@example.test"])
    assert "Ann Smith" not in str(desk.deliveries()[0]["report_data"])
    [claim] = desk.claim()
    assert "Ann Smith" in [person["name"] for person in claim["report_data"]["staff"]]

    tx.execute("select crm.erase_user(%s)", (desk.ann,))
    freeze(tx, NOW + timedelta(minutes=6))
    [claim] = desk.claim()
    assert "Ann Smith" not in str(claim["report_data"])


def test_an_erased_person_is_no_recipient_any_more(tx: psycopg.Connection, desk: Desk) -> None:
    [mail] = desk.rows("select email from crm.users where id = %s", desk.ann)
    desk.subscribe(recipients=[mail["email"], "bob@example.test"])
    desk.generate(recipients=[mail["email"]])
    tx.execute("select crm.erase_user(%s)", (desk.ann,))

    assert desk.rows("select email from reporting.subscription_recipients") == [
        {"email": "bob@example.test"}
    ]
    [sending] = desk.sendings()
    assert (sending["email"], sending["status"], sending["display"]) == (
        None,
        "suppressed",
        "erased",
    )


def test_claims_of_workers_at_once_do_not_meet(database: str) -> None:
    """Many sessions claim at the same time: every sending has one claim."""
    with psycopg.connect(database, autocommit=True) as connection:
        desk = Desk(connection)
        desk.generate(recipients=[f"person{n}@example.test" for n in range(40)])
        claimed: list[UUID] = []
        with psycopg.connect(database) as one, psycopg.connect(database) as two:
            # Neither has committed when the other asks.
            for session in (one, two, one, two):
                claimed += [
                    key
                    for (key,) in session.execute(
                        "select id from reporting.claim_deliveries('w', 10, 'reports.test')"
                    ).fetchall()
                ]
        assert len(set(claimed)) == len(claimed) == 40


@pytest.mark.parametrize(
    ("recipients", "fields"),
    [
        ([], ["recipients"]),
        (["nobody"], ["recipients[0]"]),
        (["a@b.test\r\nBcc: c@d.test"], ["recipients[0]"]),
        (["=?utf-8?q?a?=@b.test"], ["recipients[0]"]),
        (["Ann <a@b.test>"], ["recipients[0]"]),
        (["a@b.test", "A@b.test"], ["recipients[1]"]),
        ([f"{n}@b.test" for n in range(51)], ["recipients"]),
    ],
)
def test_bad_recipients(desk: Desk, recipients: list[str], fields: list[str]) -> None:
    with pytest.raises(psycopg.errors.DatabaseError) as refusal, desk.connection.transaction():
        desk.subscribe(recipients=recipients)
    assert refusal.value.sqlstate == "LB400"
    assert [
        f'"field": "{field}"' in str(refusal.value.diag.message_detail) for field in fields
    ] == [True for _ in fields]
    assert desk.rows("select * from reporting.subscriptions") == []
