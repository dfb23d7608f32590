"""rollup.lead_day_rows, lead_contact_day_rows, lead_service_day_rows: the cohort of a local day."""

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


def test_every_measure_of_one_day(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    lead = make.lead
    # Day 2 March, created 09:00. Contacted after 30 min and accepted after 10 min.
    quick = lead(tx, gym, ann, accepted_at="2026-03-02 09:10+00")
    make.activity(tx, gym, quick, ann, occurred_at="2026-03-02 09:30+00")
    make.activity(tx, gym, quick, ann, type="email_sent", occurred_at="2026-03-09 10:00+00")
    make.activity(tx, gym, quick, ann, type="note", occurred_at="2026-03-09 11:00+00")
    # Contacted after exactly 1 hour: still within it.
    exact = lead(tx, gym, ann)
    make.activity(tx, gym, exact, ann, occurred_at="2026-03-02 10:00+00")
    # Contacted after a day and a second: not within 24 hours.
    late = lead(tx, gym, ann, rejected_at="2026-03-03 09:00+00")
    make.activity(tx, gym, late, ann, occurred_at="2026-03-03 09:00:01+00")
    # Won for 100.50, bought for 20; nobody logged a contact.
    lead(tx, gym, ann, status="won", won_at="2026-03-05 09:00+00", deal_value="100.50",
         price_at_purchase=20)  # fmt: skip
    # Won without a known value.
    lead(tx, gym, ann, status="completed", won_at="2026-03-05 09:00+00")
    lost = lead(tx, gym, ann, status="lost", deal_value=900, lost_at="2026-03-06 09:00+00")
    make.ticket(tx, gym, lost)
    make.ticket(tx, gym, lost, type="question")
    make.feedback(tx, gym, lost, rating=2)
    make.feedback(tx, gym, quick, rating=5)
    # Qualified and then lost: interested, not won.
    lead(tx, gym, ann, status="lost", interested_at="2026-03-04 09:00+00")

    found = rows(
        tx,
        "lead_day",
        gym,
        "leads, assigned, accepted, rejected, acceptance_seconds, contacted, contacted_1h,"
        " contacted_24h, response_seconds, reached_contacted, reached_interested, won, lost,"
        " won_value, won_valued, won_price, won_priced",
    )

    assert found == [
        (
            7, 7, 1, 1, 600,
            3, 2, 2,
            1800 + 3600 + 86401,
            # Contacted three; won two and interested one without a contact.
            6, 3,
            2, 2,
            Decimal("100.50"), 1, 20, 1,
        )
    ]  # fmt: skip
    # Two on the first lead (the note is none), one each on two others.
    assert rows(tx, "lead_contact_day", gym, "contact_attempts, leads_min_2_attempts") == [(4, 1)]
    assert rows(tx, "lead_service_day", gym, "complaints, ratings, rating_sum") == [(1, 2, 7)]


def test_a_row_per_owner_branch_and_source(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    north = make.branch(tx, gym)
    make.lead(tx, gym, ann, source="web")
    make.lead(tx, gym, ann, source="web")
    make.lead(tx, gym, ann, source="referral")
    make.lead(tx, gym, ann, source="web", branch_id=north)
    # Without an owner the creator is credited, but nothing is assigned.
    make.lead(tx, gym, None, source="web", created_by_user_id=ben)
    make.lead(tx, gym, None, source="web")

    found = rows(tx, "lead_day", gym, "subject_id, branch_id, source, leads, assigned")

    assert found == [
        (NOBODY, NOBODY, "web", 1, 0),
        (ann, NOBODY, "referral", 1, 1),
        (ann, NOBODY, "web", 2, 2),
        (ann, north, "web", 1, 1),
        (ben, NOBODY, "web", 1, 0),
    ]


def test_one_subject_is_a_part_of_all(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    for owner in (ann, ann, ben, None):
        make.lead(tx, gym, owner)

    assert rows(tx, "lead_day", gym, "subject_id, leads", subject_id=ann) == [(ann, 2)]
    assert rows(tx, "lead_day", gym, "subject_id, leads", subject_id=NOBODY) == [(NOBODY, 1)]
    assert rows(tx, "lead_day", gym, "subject_id, leads") == [(NOBODY, 1), (ann, 2), (ben, 1)]


def test_no_lead_no_row(tx: psycopg.Connection, gym: UUID) -> None:
    make.lead(tx, gym, make.member(tx, gym))

    assert rows(tx, "lead_day", gym, "leads", from_day="2026-03-03") == []
    assert rows(tx, "lead_day", gym, "leads", subject_id=make.member(tx, gym)) == []
    assert rows(tx, "lead_day", make.workspace(tx), "leads") == []


def test_what_came_before_the_lead_took_no_time(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym, ann, accepted_at="2026-03-01 09:00+00")
    make.activity(tx, gym, lead, ann, occurred_at="2026-03-02 08:00+00")
    columns = "contacted_1h, contacted_24h, response_seconds, acceptance_seconds"

    assert rows(tx, "lead_day", gym, columns) == [(1, 1, 0, 0)]


def test_exactly_at_a_limit_is_within_it(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    for at in ("2026-03-02 10:00+00", "2026-03-02 10:00:01+00",
               "2026-03-03 09:00+00", "2026-03-03 09:00:01+00"):  # fmt: skip
        make.activity(tx, gym, make.lead(tx, gym, ann), ann, occurred_at=at)

    assert rows(tx, "lead_day", gym, "contacted, contacted_1h, contacted_24h") == [(4, 1, 3)]


def test_a_day_is_local_and_half_open(tx: psycopg.Connection) -> None:
    freeze(tx, "2026-04-20 12:00+00")
    gym = make.workspace(tx, timezone="Europe/Berlin")
    tokyo = make.branch(tx, gym, timezone="Asia/Tokyo")
    plain = make.branch(tx, gym, timezone=None)
    # 29 March 2026 has 23 hours in Berlin: 23:00 UTC on the 28th to 22:00 UTC on the 29th.
    for created_at, branch in (
        ("2026-03-28 22:59:59.999999+00", None),
        ("2026-03-28 23:00+00", plain),
        ("2026-03-29 21:59:59.999999+00", None),
        ("2026-03-29 22:00+00", None),
        # 15:00 UTC is midnight in Tokyo.
        ("2026-03-28 14:59+00", tokyo),
        ("2026-03-28 15:00+00", tokyo),
    ):
        make.lead(tx, gym, created_at=created_at, branch_id=branch)

    assert rows(tx, "lead_day", gym, "day::text, branch_id, leads") == [
        ("2026-03-28", NOBODY, 1),
        ("2026-03-28", tokyo, 1),
        ("2026-03-29", NOBODY, 1),
        ("2026-03-29", tokyo, 1),
        ("2026-03-29", plain, 1),
        ("2026-03-30", NOBODY, 1),
    ]
    assert rows(tx, "lead_day", gym, "sum(leads)", from_day="2026-03-29", to_day="2026-03-30") == [
        (3,)
    ]
