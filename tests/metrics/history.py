"""A small history, and its partner figures worked out by hand.

The clock stands at 2026-03-31 02:00 UTC. In Berlin, the workspace's zone, it is 04:00 on the 31st
(UTC+2 since 29 March 01:00 UTC, before UTC+1); in New York it is 22:00 on the 30th (UTC-4 since
8 March 07:00 UTC, before UTC-5). So the last 30 days are

  in Berlin    2 March - 31 March     the last 7:  25 March - 31 March
  in New York  1 March - 30 March                  24 March - 30 March
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from tests import builders
from tests.sessions import freeze

NOW = "2026-03-31 02:00+00"


@dataclass(frozen=True)
class History:
    workspace: UUID
    new_york: UUID
    anna: UUID
    """Partner without branch: dated in Berlin."""
    ben: UUID
    """Agent of the branch in New York."""
    cleo: UUID
    """Admin with a routing profile, and no lead."""
    dora: UUID
    """Deactivated partner with a lead won."""
    emil: UUID
    """Owner without profile: no partner, though a lead is credited to him."""


def write(connection: psycopg.Connection) -> History:
    freeze(connection, NOW)
    workspace = builders.workspace(connection, timezone="Europe/Berlin")
    new_york = builders.branch(connection, workspace, "New York", timezone="America/New_York")
    history = History(
        workspace=workspace,
        new_york=new_york,
        anna=builders.member(connection, workspace, "partner"),
        ben=builders.member(connection, workspace, "agent", branch_id=new_york),
        cleo=builders.member(connection, workspace, "admin"),
        dora=builders.member(
            connection, workspace, "partner", deactivated_at="2026-03-20 12:00+00"
        ),
        emil=builders.member(connection, workspace, "owner"),
    )
    builders.profile(connection, workspace, history.anna, ai_risk_score=10)
    builders.profile(connection, workspace, history.cleo, ai_risk_score=30)
    _leads_of_anna(connection, history)
    _leads_of_ben(connection, history)
    builders.lead(
        connection,
        workspace,
        history.dora,
        "2026-03-10 12:00+00",
        status="won",
        won_at="2026-03-11 12:00+00",
        deal_value=9999,
    )
    builders.lead(connection, workspace, history.emil, "2026-03-10 12:00+00")
    return history


def _leads_of_anna(connection: psycopg.Connection, history: History) -> None:
    workspace, anna = history.workspace, history.anna

    def lead(created_at: str, **columns: object) -> UUID:
        return builders.lead(connection, workspace, anna, created_at, **columns)

    def contact(lead_id: UUID, occurred_at: str, type: str = "phone_call") -> None:
        builders.activity(connection, workspace, lead_id, anna, type, occurred_at)

    # 23:59 on 1 March in Berlin: the last minute before the window. Open.
    contact(lead("2026-03-01 22:59+00"), "2026-03-01 23:00+00")
    # 00:00 on 2 March: its first instant. Accepted after 10 minutes, contacted after 30 and again.
    first = lead(
        "2026-03-01 23:00+00",
        status="won",
        accepted_at="2026-03-01 23:10+00",
        won_at="2026-03-20 12:00+00",
        deal_value=1000,
    )
    contact(first, "2026-03-01 23:30+00")
    contact(first, "2026-03-05 10:00+00", "meeting")
    builders.activity(connection, workspace, first, anna, "note", "2026-03-05 11:00+00")
    # 00:30 on 29 March, the day of 23 hours. Contacted at 03:30 by the clock, which is 120 minutes
    # later, not 180.
    second = lead(
        "2026-03-28 23:30+00",
        status="lost",
        accepted_at="2026-03-29 00:00+00",
        lost_at="2026-03-30 12:00+00",
    )
    contact(second, "2026-03-29 01:30+00")
    # 23:59 on 24 March: in the 30 days, a minute before the 7. Never contacted. Open.
    lead("2026-03-24 22:59+00")
    # 00:00 on 31 March. Contacted before it came in: 0 minutes. Open.
    contact(lead("2026-03-30 22:00+00", status="in_progress"), "2026-03-30 21:00+00")
    # 05:30 on 2 March in Berlin, but of the branch in New York, where it is 23:30 on 1 March.
    lead("2026-03-02 04:30+00", branch_id=history.new_york, status="rejected")
    # 00:00 on 1 April: tomorrow. Open, and the latest to be assigned.
    lead("2026-03-31 22:00+00")

    builders.feedback(connection, workspace, first, anna, 5, "2026-03-10 12:00+00")
    builders.feedback(connection, workspace, first, anna, 1, "2026-02-20 12:00+00")
    builders.ticket(connection, workspace, second, anna, "complaint", "2026-03-30 12:00+00")
    builders.ticket(connection, workspace, second, anna, "question", "2026-03-30 12:00+00")
    builders.ticket(connection, workspace, first, anna, "complaint", "2026-03-01 22:59+00")


def _leads_of_ben(connection: psycopg.Connection, history: History) -> None:
    workspace, ben = history.workspace, history.ben

    def lead(created_at: str, **columns: object) -> UUID:
        return builders.lead(
            connection, workspace, ben, created_at, branch_id=history.new_york, **columns
        )

    # 00:00 on 1 March in New York: the first instant of the window. Contacted after exactly an
    # hour, and again.
    first = lead("2026-03-01 05:00+00", status="won", won_at="2026-03-03 12:00+00", deal_value=500)
    builders.activity(connection, workspace, first, ben, "whatsapp", "2026-03-01 06:00+00")
    builders.activity(connection, workspace, first, ben, "sms", "2026-03-02 06:00+00")
    # 23:59 on 23 March: a minute before the 7 days. Never contacted.
    lead("2026-03-24 03:59+00", status="lost", lost_at="2026-03-29 12:00+00")
    # 21:00 on 24 March. Contacted after exactly 24 hours. Completed after it was won.
    second = lead(
        "2026-03-25 01:00+00", status="completed", won_at="2026-03-29 12:00+00", deal_value=1500
    )
    builders.activity(connection, workspace, second, ben, "email_sent", "2026-03-26 01:00+00")
    # 00:00 on 31 March: tomorrow there.
    lead("2026-03-31 04:00+00", status="lost", lost_at="2026-03-31 05:00+00")
