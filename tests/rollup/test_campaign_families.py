"""rollup.campaign_day_rows and rollup.segment_day_rows: recipients by the day they were sent to."""

from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.rollup.tables import rows
from tests.sessions import freeze

NOBODY = UUID(int=0)
SENT = "2026-03-02 09:00+00"
MEASURES = (
    "sent, delivered, opened, machine_opened, clicked, replied, bounced, converted, reply_seconds"
)


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, "2026-03-20 12:00+00")
    return make.workspace(tx)


def test_recipients_by_owner_at_send_and_variant(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    spring = make.campaign(tx, gym)
    first, second, third, fourth, fifth = (make.lead(tx, gym, ann) for _ in range(5))
    make.recipient(tx, gym, spring, first, variant="A", delivered_at="2026-03-02 09:01+00",
                   first_opened_at="2026-03-02 10:00+00", first_clicked_at="2026-03-02 10:01+00",
                   first_replied_at="2026-03-02 10:00+00")  # fmt: skip
    # A reply at the very moment counts and took no time; one from before the send is none.
    make.recipient(tx, gym, spring, second, variant="A", machine_opened=True,
                   first_replied_at=SENT)  # fmt: skip
    make.recipient(tx, gym, spring, third, variant="A",
                   first_replied_at="2026-03-02 08:59:59+00")  # fmt: skip
    make.recipient(tx, gym, spring, fourth, variant="B", bounced_at="2026-03-02 09:05+00",
                   bounce_kind="hard")  # fmt: skip
    # Not sent: not counted. Nobody's lead: nobody's recipient.
    make.recipient(tx, gym, spring, fifth, None, variant="B")
    make.recipient(tx, gym, spring, make.lead(tx, gym))
    # Who owns the lead later changes nothing.
    tx.execute("update crm.leads set owner_user_id = null where id = %s", (first,))

    found = rows(tx, "campaign_day", gym, f"day::text, subject_id, variant, {MEASURES}")

    assert found == [
        ("2026-03-02", NOBODY, "", 1, 0, 0, 0, 0, 0, 0, 0, 0),
        ("2026-03-02", ann, "A", 3, 1, 1, 1, 1, 2, 0, 0, 3600),
        ("2026-03-02", ann, "B", 1, 0, 0, 0, 0, 0, 1, 0, 0),
    ]


def test_converted_is_won_after_the_send(tx: psycopg.Connection, gym: UUID) -> None:
    spring, autumn = make.campaign(tx, gym), make.campaign(tx, gym, "Autumn")
    won = make.lead(tx, gym, status="won", won_at="2026-03-05 09:00+00")
    lost = make.lead(tx, gym, status="lost", won_at="2026-03-05 09:00+00")
    for lead in (won, lost):
        make.recipient(tx, gym, spring, lead, "2026-03-05 08:59:59+00")
        make.recipient(tx, gym, autumn, lead, "2026-03-05 09:00+00")

    assert rows(tx, "campaign_day", gym, "campaign_id, converted") == [(spring, 1), (autumn, 0)]


def test_a_recipient_counts_in_each_of_its_segments(tx: psycopg.Connection) -> None:
    freeze(tx, "2026-03-20 12:00+00")
    gym = make.workspace(tx, timezone="Asia/Kolkata")
    spring = make.campaign(tx, gym)
    ann = make.member(tx, gym)
    big, small = make.segment(tx, gym), make.segment(tx, gym)
    first, second = make.lead(tx, gym), make.lead(tx, gym, ann)
    # 18:30 UTC is midnight in Kolkata.
    make.recipient(tx, gym, spring, first, "2026-03-02 18:29:59+00",
                   first_opened_at="2026-03-02 19:00+00")  # fmt: skip
    make.recipient(tx, gym, spring, second, "2026-03-02 18:30+00", variant="B")
    for lead, segment in ((first, big), (second, big), (second, small)):
        tx.execute(
            """
            insert into crm.campaign_lead_segments
            (workspace_id, campaign_id, lead_id, segment_id, segment_version)
            values (%s, %s, %s, %s, 1)
            """,
            (gym, spring, lead, segment),
        )

    found = rows(
        tx, "segment_day", gym, "subject_id, segment_id, day::text, variant, hour, sent, opened"
    )

    # The builder's segments get ascending keys.
    assert found == [
        (NOBODY, big, "2026-03-02", "", 23, 1, 1),
        (ann, big, "2026-03-03", "B", 0, 1, 0),
        (ann, small, "2026-03-03", "B", 0, 1, 0),
    ]
    assert rows(tx, "segment_day", gym, "segment_id, sent", subject_id=NOBODY) == [(big, 1)]
    assert rows(tx, "segment_day", gym, "sent", subject_id=make.member(tx, gym)) == []
