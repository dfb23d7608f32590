"""The Olist data set, imported with the shipped mappings, against a second computation in Python.

8,000 real leads of a marketplace. The files are not part of the project; without them the tests are
skipped. OLIST names their directory, as it does for ``make import-olist``.
"""

import csv
import math
import os
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row

from jobs import importer
from tests import sessions

ROOT = Path(importer.__file__).resolve().parents[1]
FILES = Path(os.environ.get("OLIST", ROOT.parent / "shared" / "data" / "olist"))
LEADS_FILE = FILES / "olist_marketing_qualified_leads_dataset.csv"
DEALS_FILE = FILES / "olist_closed_deals_dataset.csv"

pytestmark = pytest.mark.skipif(
    not (LEADS_FILE.exists() and DEALS_FILE.exists()), reason=f"there is no data set in {FILES}"
)

ZONE = ZoneInfo("America/Sao_Paulo")

# The closer whose figures are worked out one by one.
CLOSER = "4ef15afb4b2723d8f3d81e51ec7afefe"

Row = dict[str, str]


class Deal(NamedTuple):
    """A lead with its deal, read straight from the files."""

    closer: str
    came_in: date
    source: str
    won_at: datetime
    declared: Decimal


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    # A date of the files is local; nothing here depends on the zone of the machine.
    return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=ZONE)


def deals() -> list[Deal]:
    leads = {row["mql_id"]: row for row in read(LEADS_FILE)}
    return [
        Deal(
            row["sr_id"],
            day(leads[row["mql_id"]]["first_contact_date"]),
            leads[row["mql_id"]]["origin"] or "unknown",
            moment(row["won_date"]),
            Decimal(row["declared_monthly_revenue"]),
        )
        for row in read(DEALS_FILE)
    ]


def median(values: list[Decimal]) -> Decimal | None:
    return statistics.median(values) if values else None


def wilson_low(hits: int, trials: int) -> float:
    """Lower end of the 95 % Wilson interval, from the textbook's formula."""
    z = statistics.NormalDist().inv_cdf(0.975)
    share = hits / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (centre - spread) / (1 + z * z / trials)


Load = Callable[[], list[importer.Outcome]]


@pytest.fixture
def load(database: str, tmp_path: Path) -> Load:
    """Imports the files with the shipped manifest."""
    return lambda: list(
        importer.import_manifest(database, importer.OLIST, FILES, rejects_directory=tmp_path)
    )


def pairs(conn: psycopg.Connection, query: str) -> dict[object, object]:
    return dict(conn.execute(query.encode()).fetchall())


def test_everything_lands_as_the_files_say(conn: psycopg.Connection, load: Load) -> None:
    lead_rows, deal_rows, won = read(LEADS_FILE), read(DEALS_FILE), deals()
    outcomes = load()
    assert [outcome.rejected for outcome in outcomes] == [0] * 5
    assert [outcome.inserted for outcome in outcomes] == [22, 19, 8000, 0, 842]
    assert outcomes[3].updated == 842

    # What the data set is known to hold.
    assert (len(lead_rows), len(won)) == (8000, 842)
    assert len({row["origin"] for row in lead_rows}) == 11
    assert len({row["sdr_id"] for row in deal_rows}) == 32

    assert conn.execute("select name, timezone, currency from crm.workspaces").fetchone() == (
        "Olist",
        "America/Sao_Paulo",
        "BRL",
    )
    assert pairs(conn, "select source, count(*) from crm.leads group by 1") == Counter(
        row["origin"] or "unknown" for row in lead_rows
    )
    assert pairs(
        conn,
        """
        select app.local_day(created_at, 'America/Sao_Paulo'), count(*) from crm.leads group by 1
        """,
    ) == Counter(day(row["first_contact_date"]) for row in lead_rows)
    assert pairs(conn, "select external_id, status from crm.leads where status <> 'new'") == {
        row["mql_id"]: "won" for row in deal_rows
    }
    assert pairs(conn, "select external_id, won_at from crm.leads where won_at is not null") == {
        row["mql_id"]: moment(row["won_date"]) for row in deal_rows
    }
    assert pairs(
        conn,
        """
        select l.external_id, m.external_id from crm.leads as l
        inner join crm.members as m on m.user_id = l.owner_user_id
        """,
    ) == {row["mql_id"]: row["sr_id"] for row in deal_rows}
    assert pairs(
        conn,
        """
        select l.external_id, m.external_id from crm.lead_activities as a
        inner join crm.leads as l on l.id = a.lead_id
        inner join crm.members as m on m.user_id = a.actor_user_id
        where a.type = 'qualified'
        """,
    ) == {row["mql_id"]: row["sdr_id"] for row in deal_rows}
    assert pairs(
        conn,
        """
        select l.external_id, i.name from crm.leads as l
        inner join crm.industries as i on i.id = l.industry_id
        """,
    ) == {row["mql_id"]: row["business_segment"] for row in deal_rows if row["business_segment"]}
    assert pairs(
        conn,
        """
        select external_id, metadata ->> 'declared_monthly_revenue' from crm.lead_activities
        where metadata ? 'declared_monthly_revenue'
        """,
    ) == {
        row["mql_id"]: row["declared_monthly_revenue"]
        for row in deal_rows
        if row["declared_monthly_revenue"] != "0"
    }
    assert conn.execute(
        "select count(*) from crm.leads where deal_value is not null"
    ).fetchone() == (0,)
    closers = {row["sr_id"] for row in deal_rows}
    roles = pairs(conn, "select external_id, role from crm.members")
    assert roles == {
        person: "partner" if person in closers else "agent"
        for row in deal_rows
        for person in (row["sr_id"], row["sdr_id"])
    }


def test_deal_before_its_lead_is_kept_and_reported(conn: psycopg.Connection, load: Load) -> None:
    odd = [
        line
        for line, deal in enumerate(deals(), start=2)
        if deal.won_at < datetime.combine(deal.came_in, datetime.min.time(), ZONE)
    ]
    assert len(odd) == 1
    outcome = load()[3]
    assert (outcome.rejected, outcome.warnings) == (0, 1)
    assert [(remark.line, remark.column) for remark in outcome.remarks] == [(odd[0], "won_date")]
    assert "won_at lies before the lead came in" in outcome.remarks[0].reason
    assert conn.execute(
        """
        select l.won_at, o.user_id = l.owner_user_id from crm.leads as l
        inner join crm.lead_ownership as o on o.lead_id = l.id
        where l.won_at < l.created_at
        """
    ).fetchall() == [(deals()[odd[0] - 2].won_at, True)]


def test_second_import_changes_nothing(conn: psycopg.Connection, load: Load) -> None:
    state = """
        select 'l' || l.*::text from crm.leads as l
        union all select 'a' || a.*::text from crm.lead_activities as a
        union all select 'h' || h.*::text from crm.lead_status_history as h
        union all select 'o' || o.*::text from crm.lead_ownership as o
        union all select 'm' || m.*::text from crm.members as m
    """
    load()
    before = sorted(conn.execute(state).fetchall())
    again = load()
    assert [(each.inserted, each.updated, each.rejected) for each in again] == [(0, 0, 0)] * 5
    assert sorted(conn.execute(state).fetchall()) == before


def test_every_figure_of_one_closer(database: str, conn: psycopg.Connection, load: Load) -> None:
    load()
    won = deals()
    assert Counter(deal.closer for deal in won)[CLOSER] == 133
    workspace, closer = _ids(conn)
    sessions.freeze(conn, "2018-12-01 12:00-02:00")
    conn.execute("call ops.refresh()")

    windows = [
        (date(2017, 6, 1), date(2018, 12, 1)),
        (date(2018, 1, 1), date(2018, 2, 1)),
        (date(2018, 4, 25), date(2018, 5, 2)),
    ]
    for window in windows:
        expected = _expected(won, *window, valued=False)
        assert expected["leads_assigned"]
        assert _figures(conn, workspace, closer, *window) == expected

    # Figures by the day of the outcome: the local days on which deals were won.
    assert pairs(
        conn,
        """
        select o.day, sum(o.won)::int from rollup.outcome_day as o
        inner join crm.members as m on m.user_id = o.subject_id
        where m.external_id = '4ef15afb4b2723d8f3d81e51ec7afefe' group by 1
        """,
    ) == Counter(deal.won_at.date() for deal in won if deal.closer == CLOSER)
    assert max(deal.won_at for deal in won).date() == date(2018, 11, 14)
    assert conn.execute("select max(day) from rollup.outcome_day").fetchone() == (
        date(2018, 11, 14),
    )
    assert conn.execute("select * from ops.verify()").fetchall() == []

    # A workspace that takes the declared revenue for the deal's value says so in its mapping.
    mapping = importer.read_mapping(importer.OLIST.parent / "deals.toml")
    columns = mapping["columns"]
    assert isinstance(columns, dict)
    columns["deal_value"] = "declared_monthly_revenue"
    mapping["values"] = {"deal_value": {"0": ""}}
    outcome = importer.import_file(database, workspace, "leads", DEALS_FILE, mapping)
    assert outcome.updated == sum(deal.declared > 0 for deal in won)
    conn.execute("call ops.refresh()")
    for window in windows:
        assert _figures(conn, workspace, closer, *window) == _expected(won, *window, valued=True)


def test_standing_of_one_closer_on_a_day(conn: psycopg.Connection, load: Load) -> None:
    """The view as it stood at noon of 20 February 2018, with all that came of the leads."""
    load()
    won = deals()
    workspace, closer = _ids(conn)
    sessions.freeze(conn, "2018-02-20 12:00-03:00")
    conn.execute("call ops.refresh()")
    month = _expected(won, date(2018, 1, 22), date(2018, 2, 21), valued=False)
    week = _expected(won, date(2018, 2, 14), date(2018, 2, 21), valued=False)
    assert month["won_leads"] != week["won_leads"] != 0
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select * from stats.partner_performance_stats
            where workspace_id = %s and partner_id = %s
            """,
            (workspace, closer),
        ).fetchone()
    assert row is not None
    in_month = {name.removesuffix("_30d"): row[name] for name in row if name.endswith("_30d")}
    for name in month.keys() & in_month.keys():
        actual = in_month[name]
        number = float(actual) if isinstance(actual, Decimal) else actual
        assert number == pytest.approx(month[name], abs=1e-9), name
    assert {"leads_assigned", "won_leads", "deal_rate", "deal_rate_low"} <= month.keys() & (
        in_month.keys()
    )
    for name in ("leads_assigned", "leads_contacted", "won_leads", "lost_leads", "deal_rate"):
        assert row[f"{name}_7d"] == week[name], name
    assert row["open_leads_count"] == 0
    assert row["last_lead_assigned_at"] == max(deal.won_at for deal in won if deal.closer == CLOSER)
    # Everybody's deals in these files were won, so the prior and the shrunk rate are 1 as well:
    # the deal rate's part is full. No complaint, prior 0: full. No lead was contacted twice: 0.
    # Response, feedback, trust, deal value and consistency were measured for nobody: 50 each.
    parts = {
        "response": (None, 50, 0.25),
        "deal_rate": (100, 100, 0.25),
        "follow_up": (0, 0, 0.15),
        "feedback": (None, 50, 0.10),
        "complaints": (100, 100, 0.10),
        "trust": (None, 50, 0.05),
        "deal_value": (None, 50, 0.05),
        "consistency": (None, 50, 0.05),
    }
    assert row["shrunk_deal_rate_30d"] == 1
    for name, (part, effective, _) in parts.items():
        assert row[f"{name}_score"] == part, name
        assert row[f"effective_{name}_score"] == effective, name
    # .25 x 50 + .25 x 100 + .10 x 50 + .10 x 100 + .15 x 50 of the last three = 60
    total = sum(effective * weight for _, effective, weight in parts.values())
    assert total == pytest.approx(60)
    assert float(row["performance_score"]) == pytest.approx(total)


def _ids(conn: psycopg.Connection) -> tuple[UUID, UUID]:
    row = conn.execute(
        "select workspace_id, user_id from crm.members where external_id = %s", (CLOSER,)
    ).fetchone()
    assert row is not None
    return row


def _figures(
    conn: psycopg.Connection, workspace: UUID, closer: UUID, first: date, end: date
) -> dict[str, object]:
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select * from metrics.partner_performance(%s, %s, %s) where partner_id = %s",
            (workspace, first, end, closer),
        ).fetchone()
    assert row is not None
    # Exact, but for what has no exact decimal form.
    inexact = ("deal_rate_low", "avg_deal_value")
    return {
        name: pytest.approx(float(value)) if name in inexact and value is not None else value
        for name, value in row.items()
        if name not in ("workspace_id", "partner_id")
    }


def _expected(won: list[Deal], first: date, end: date, *, valued: bool) -> dict[str, object]:
    """Every column of metrics.partner_performance for the closer, from the files."""
    cohort = [deal for deal in won if deal.closer == CLOSER and first <= deal.came_in < end]
    leads = len(cohort)
    values = sorted(deal.declared for deal in cohort if valued and deal.declared > 0)
    return {
        # The files know who won a lead and when; nobody accepted, rejected, contacted or rated.
        "leads_assigned": leads,
        "leads_accepted": 0,
        "leads_rejected": 0,
        "conversion_rate": 0,
        "acceptance_seconds": 0,
        "avg_response_time_minutes": None,
        "leads_contacted": 0,
        "response_seconds": 0,
        "avg_first_response_time_minutes": None,
        "median_first_response_time_minutes": None,
        "leads_contacted_within_1h": 0,
        "pct_contacted_within_1h": 0,
        "leads_contacted_within_24h": 0,
        "pct_contacted_within_24h": 0,
        "won_leads": leads,
        "lost_leads": 0,
        "deal_rate": 1,
        "deal_rate_low": wilson_low(leads, leads),
        "deal_rate_high": 1,
        "contact_attempts": 0,
        "avg_contact_attempts_per_lead": 0,
        "leads_min_2_attempts": 0,
        "pct_leads_min_2_attempts": 0,
        "num_ratings": 0,
        "rating_sum": 0,
        "avg_customer_rating": None,
        "complaints": 0,
        "complaint_rate": 0,
        "won_leads_valued": len(values),
        "deal_value_sum": sum(values),
        "avg_deal_value": float(sum(values) / len(values)) if values else None,
        "median_deal_value": median(values),
        "deal_values": values or None,
    }


def test_dates_of_the_files_are_local() -> None:
    """The clock of São Paulo jumped over midnight on 15 October 2017."""
    assert day("15-10-2017") - day("14-10-2017") == timedelta(days=1)
    assert moment("14-10-2017 12:00").utcoffset() == timedelta(hours=-3)
    assert moment("15-10-2017 12:00").utcoffset() == timedelta(hours=-2)
