"""metrics.partner_performance: figures of any window, worked out by hand (see history.py)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from tests import builders
from tests.metrics import history
from tests.metrics.history import History
from tests.refreshing import refresh


@pytest.fixture
def past(tx: psycopg.Connection) -> History:
    written = history.write(tx)
    refresh(tx)
    return written


def row(
    connection: psycopg.Connection, past: History, partner: UUID, from_day: str, to_day: str
) -> dict[str, object]:
    cursor = connection.execute(
        "select * from metrics.partner_performance(%s, %s, %s) where partner_id = %s",
        (past.workspace, from_day, to_day, partner),
    )
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    (values,) = cursor.fetchall()
    return dict(zip(names, values, strict=True))


def test_every_partner_has_a_row(tx: psycopg.Connection, past: History) -> None:
    """Active or not; members with another role and no routing profile have none."""
    partners = tx.execute(
        "select partner_id from metrics.partner_performance(%s, '2026-03-02', '2026-04-01')",
        (past.workspace,),
    ).fetchall()
    assert {partner for (partner,) in partners} == {past.anna, past.ben, past.cleo, past.dora}


def test_thirty_days(tx: psycopg.Connection, past: History) -> None:
    found = row(tx, past, past.anna, "2026-03-02", "2026-04-01")
    low, high = found.pop("deal_rate_low"), found.pop("deal_rate_high")
    assert found == {
        "workspace_id": past.workspace,
        "partner_id": past.anna,
        # 2, 24, 29 and 31 March
        "leads_assigned": 4,
        "leads_accepted": 2,
        "leads_rejected": 0,
        "conversion_rate": Decimal("0.5"),
        # 10 + 30 minutes
        "acceptance_seconds": 2400,
        "avg_response_time_minutes": 20,
        "leads_contacted": 3,
        # 30 + 120 + 0 minutes
        "response_seconds": 9000,
        "avg_first_response_time_minutes": 50,
        # 0, 30, 120, never: half of the four were contacted within 30
        "median_first_response_time_minutes": 30,
        "leads_contacted_within_1h": 2,
        "pct_contacted_within_1h": 50,
        "leads_contacted_within_24h": 3,
        "pct_contacted_within_24h": 75,
        "won_leads": 1,
        "lost_leads": 1,
        "deal_rate": Decimal("0.5"),
        # 2 + 1 + 0 + 1; the note is no contact
        "contact_attempts": 4,
        "avg_contact_attempts_per_lead": 1,
        "leads_min_2_attempts": 1,
        "pct_leads_min_2_attempts": 25,
        "num_ratings": 1,
        "rating_sum": 5,
        "avg_customer_rating": 5,
        "complaints": 1,
        "complaint_rate": Decimal("0.25"),
        "won_leads_valued": 1,
        "deal_value_sum": 1000,
        "avg_deal_value": 1000,
        "median_deal_value": 1000,
        "deal_values": [1000],
    }
    # Wilson: (1 + 1.9208 -+ 1.96 sqrt(0.5 + 0.9604)) / (2 + 3.8415)
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert (round(low, 4), round(high, 4)) == (Decimal("0.0945"), Decimal("0.9055"))


def test_days_are_those_of_the_leads_branch(tx: psycopg.Connection, past: History) -> None:
    """The function takes local dates: 1-30 March are Ben's 30 days."""
    found = row(tx, past, past.ben, "2026-03-01", "2026-03-31")
    assert {name: found[name] for name in ("leads_assigned", "won_leads", "lost_leads")} == {
        "leads_assigned": 3,
        "won_leads": 2,
        "lost_leads": 1,
    }
    # 60, 1440, never: the second of three.
    assert found["median_first_response_time_minutes"] == 1440
    assert found["avg_first_response_time_minutes"] == 750
    # Exactly an hour and exactly a day are within it.
    assert found["leads_contacted_within_1h"] == 1
    assert found["leads_contacted_within_24h"] == 2
    assert found["deal_values"] == [500, 1500]
    assert found["median_deal_value"] == 1000
    assert found["conversion_rate"] == 0
    # Nothing to divide by.
    assert found["avg_response_time_minutes"] is None
    assert found["avg_customer_rating"] is None
    assert found["complaint_rate"] == 0


@pytest.mark.parametrize(
    ("from_day", "to_day", "leads"),
    [
        ("2026-03-29", "2026-03-30", 1),  # the day of 23 hours
        ("2026-03-30", "2026-03-31", 0),
        ("2026-03-01", "2026-03-02", 2),  # one each in Berlin and in New York
        ("2026-04-01", "2026-04-02", 1),
        ("2026-03-31", "2026-03-31", 0),  # an empty window
        ("2025-04-01", "2026-04-02", 7),  # 366 days: all there is
    ],
)
def test_half_open_windows(
    tx: psycopg.Connection, past: History, from_day: str, to_day: str, leads: int
) -> None:
    assert row(tx, past, past.anna, from_day, to_day)["leads_assigned"] == leads


def test_nothing_happened(tx: psycopg.Connection, past: History) -> None:
    found = row(tx, past, past.cleo, "2026-03-02", "2026-04-01")
    counts = {name for name, value in found.items() if value == 0}
    missing = {name for name, value in found.items() if value is None}
    assert counts == {
        "leads_assigned",
        "leads_accepted",
        "leads_rejected",
        "acceptance_seconds",
        "leads_contacted",
        "response_seconds",
        "leads_contacted_within_1h",
        "leads_contacted_within_24h",
        "won_leads",
        "lost_leads",
        "contact_attempts",
        "leads_min_2_attempts",
        "num_ratings",
        "rating_sum",
        "complaints",
        "won_leads_valued",
        "deal_value_sum",
    }
    assert missing == set(found) - counts - {"workspace_id", "partner_id"}


def test_median_is_null_when_more_than_half_were_never_contacted(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    partner = builders.member(tx, workspace)
    leads = [builders.lead(tx, workspace, partner, "2026-03-02 09:00+00") for _ in range(3)]
    medians: list[object] = []
    for lead in leads:
        refresh(tx)
        medians.extend(median(tx, workspace))
        builders.activity(tx, workspace, lead, partner, "sms", "2026-03-02 09:30+00")
    refresh(tx)
    medians.extend(median(tx, workspace))
    # 0, 1, 2 and 3 of 3 contacted.
    assert medians == [None, None, 30, 30]


def test_deal_value_basis(tx: psycopg.Connection) -> None:
    """What the partner paid is the value only where the workspace says so."""
    workspace = builders.workspace(tx)
    partner = builders.member(tx, workspace)
    for value, price in ((100, 10), (None, 20), (300, None), (0, 60)):
        builders.lead(
            tx,
            workspace,
            partner,
            status="won",
            won_at="2026-03-03 09:00+00",
            deal_value=value,
            price_at_purchase=price,
        )
    refresh(tx)
    values = """
        select won_leads, won_leads_valued, deal_value_sum, median_deal_value, deal_values
        from metrics.partner_performance(%s, '2026-03-02', '2026-03-03')
    """
    assert tx.execute(values, (workspace,)).fetchall() == [(4, 3, 400, 100, [0, 100, 300])]
    tx.execute(
        "update crm.workspaces set deal_value_basis = 'price_at_purchase' where workspace_id = %s",
        (workspace,),
    )
    assert tx.execute(values, (workspace,)).fetchall() == [(4, 3, 90, 20, [10, 20, 60])]


def test_workspaces_do_not_mix(tx: psycopg.Connection, past: History) -> None:
    """The same person in another workspace has other figures."""
    other = builders.workspace(tx)
    builders.member(tx, other, user_id=past.anna)
    builders.lead(tx, other, past.anna, "2026-03-10 12:00+00")
    refresh(tx)
    rows = tx.execute(
        """
        select partner_id, leads_assigned
        from metrics.partner_performance(%s, '2026-03-02', '2026-04-01')
        """,
        (other,),
    ).fetchall()
    assert rows == [(past.anna, 1)]


def test_partners(tx: psycopg.Connection, past: History) -> None:
    rows = tx.execute(
        "select partner_id, zone, is_active from metrics.partners(%s)", (past.workspace,)
    ).fetchall()
    assert set(rows) == {
        (past.anna, "Europe/Berlin", True),
        (past.ben, "America/New_York", True),
        (past.cleo, "Europe/Berlin", True),
        (past.dora, "Europe/Berlin", False),
    }


def median(connection: psycopg.Connection, workspace: UUID) -> list[object]:
    rows = connection.execute(
        """
        select median_first_response_time_minutes
        from metrics.partner_performance(%s, %s, %s)
        """,
        (workspace, date(2026, 3, 2), date(2026, 3, 3)),
    ).fetchall()
    return [value for (value,) in rows]
