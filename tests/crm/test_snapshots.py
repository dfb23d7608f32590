"""Who is rated, who is addressed, whom a campaign's result belongs to: kept from that moment on."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.crm.ledger import at, change
from tests.sessions import freeze


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, at("03-20 12:00"))
    return make.workspace(tx)


@pytest.fixture
def ann(tx: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(tx, gym)


@pytest.fixture
def bob(tx: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(tx, gym)


@pytest.mark.parametrize("table", ["lead_feedback", "support_tickets"])
def test_feedback_and_tickets_stay_with_whom_they_were_about(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID, table: LiteralString
) -> None:
    add = make.feedback if table == "lead_feedback" else make.ticket
    lead = make.lead(tx, gym, ann)
    before = add(tx, gym, lead)
    given = add(tx, gym, lead, bob)
    change(tx, lead, owner_user_id=bob)
    after = add(tx, gym, lead)
    about = dict(tx.execute(f"select id, user_id from crm.{table}").fetchall())  # noqa: S608
    assert about == {before: ann, given: bob, after: bob}


@pytest.mark.parametrize("table", ["lead_feedback", "support_tickets"])
def test_feedback_on_nobodys_lead_is_about_nobody(
    tx: psycopg.Connection, gym: UUID, table: LiteralString
) -> None:
    add = make.feedback if table == "lead_feedback" else make.ticket
    lead = make.lead(tx, gym)
    add(tx, gym, lead)
    assert tx.execute(f"select user_id from crm.{table}").fetchall() == [(None,)]  # noqa: S608
    with pytest.raises(psycopg.errors.ForeignKeyViolation), tx.transaction():
        add(tx, gym, make.new_id())


def test_owner_at_send_is_taken_when_it_is_sent(
    tx: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    campaign = make.campaign(tx, gym)
    at_once, given_at_once, later, given_later, unsent = (make.lead(tx, gym, ann) for _ in range(5))
    nobodys = make.lead(tx, gym)
    make.recipient(tx, gym, campaign, at_once)
    make.recipient(tx, gym, campaign, nobodys)
    make.recipient(tx, gym, campaign, given_at_once, owner_at_send=bob)
    for lead in (later, given_later, unsent):
        make.recipient(tx, gym, campaign, lead, None)
    tx.execute("update crm.leads set owner_user_id = %s", (bob,))
    tx.execute("update crm.campaign_leads set sent_at = app.now() where lead_id = %s", (later,))
    tx.execute(
        "update crm.campaign_leads set sent_at = app.now(), owner_at_send = %s where lead_id = %s",
        (ann, given_later),
    )
    # Neither a result nor a corrected time of sending asks again.
    tx.execute("update crm.campaign_leads set first_opened_at = app.now()")
    tx.execute(
        "update crm.campaign_leads set sent_at = %s where lead_id = any(%s)",
        (at("03-04 10:00"), [at_once, nobodys]),
    )
    owners = dict(tx.execute("select lead_id, owner_at_send from crm.campaign_leads").fetchall())
    assert owners == {
        at_once: ann,
        nobodys: None,
        given_at_once: bob,
        later: bob,
        given_later: ann,
        unsent: None,
    }


def add_to_segment(
    tx: psycopg.Connection, gym: UUID, campaign: UUID, lead: UUID, segment: UUID
) -> None:
    tx.execute(
        """
        insert into crm.campaign_lead_segments
        (workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at)
        values (%s, %s, %s, %s, 1, '2020-01-01')
        """,
        (gym, campaign, lead, segment),
    )


def sent_days(tx: psycopg.Connection) -> list[tuple[UUID, str]]:
    return tx.execute(
        """
        select lead_id, to_char(sent_at at time zone 'UTC', 'MM-DD HH24:MI')
        from crm.campaign_lead_segments order by lead_id
        """
    ).fetchall()


def test_segments_of_a_recipient_carry_its_time(tx: psycopg.Connection, gym: UUID) -> None:
    campaign, segment = make.campaign(tx, gym), make.segment(tx, gym)
    first, second = make.lead(tx, gym), make.lead(tx, gym)
    for lead in (first, second):
        make.recipient(tx, gym, campaign, lead, at("03-05 10:00"))
        # Whatever time the writer thinks it was.
        add_to_segment(tx, gym, campaign, lead, segment)
    assert sent_days(tx) == [(first, "03-05 10:00"), (second, "03-05 10:00")]

    tx.execute("update crm.campaign_lead_segments set sent_at = '2020-01-01'")
    assert sent_days(tx) == [(first, "03-05 10:00"), (second, "03-05 10:00")]

    tx.execute(
        "update crm.campaign_leads set sent_at = %s where lead_id = %s", (at("03-06 10:00"), first)
    )
    assert sent_days(tx) == [(first, "03-06 10:00"), (second, "03-05 10:00")]

    tx.execute("update crm.campaign_leads set sent_at = null where lead_id = %s", (first,))
    assert sent_days(tx) == [(second, "03-05 10:00")]


def test_unsent_recipient_has_no_segments(tx: psycopg.Connection, gym: UUID) -> None:
    campaign, segment = make.campaign(tx, gym), make.segment(tx, gym)
    lead = make.lead(tx, gym)
    make.recipient(tx, gym, campaign, lead, None)
    with pytest.raises(psycopg.Error, match="when the campaign") as refusal, tx.transaction():
        add_to_segment(tx, gym, campaign, lead, segment)
    assert refusal.value.sqlstate == "LB422"
    with pytest.raises(psycopg.errors.ForeignKeyViolation), tx.transaction():
        add_to_segment(tx, gym, campaign, make.new_id(), segment)
