"""stats.partner_performance_stats on a history worked out by hand (tests/metrics/history.py)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import log
from uuid import UUID

import psycopg
import pytest

from tests import builders
from tests.metrics import history
from tests.metrics.history import History
from tests.refreshing import refresh
from tests.sessions import freeze

PARTS = [
    "response_score",
    "deal_rate_score",
    "follow_up_score",
    "feedback_score",
    "complaints_score",
    "trust_score",
    "deal_value_score",
    "consistency_score",
]


@pytest.fixture
def past(tx: psycopg.Connection) -> History:
    written = history.write(tx)
    refresh(tx)
    return written


def stats(connection: psycopg.Connection, workspace: UUID) -> dict[UUID, dict[str, object]]:
    cursor = connection.execute(
        "select * from stats.partner_performance_stats where workspace_id = %s", (workspace,)
    )
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, values, strict=True)) for values in cursor]
    return {row["partner_id"]: row for row in rows}


def rounded(row: dict[str, object], columns: list[str]) -> list[object]:
    """Numbers to six decimals, as the expectations below are written."""
    return [
        round(value, 6) if isinstance(value, Decimal) else value
        for value in (row[column] for column in columns)
    ]


def test_who_has_a_row(tx: psycopg.Connection, past: History) -> None:
    """Active partners, agents and holders of a profile: not Dora, who left, nor Emil, the owner."""
    assert set(stats(tx, past.workspace)) == {past.anna, past.ben, past.cleo}


def test_windows_end_with_the_partners_own_today(tx: psycopg.Connection, past: History) -> None:
    rows = stats(tx, past.workspace)
    columns = ["window_to_day", "leads_assigned_30d", "leads_assigned_7d"]
    assert rounded(rows[past.anna], columns) == [date(2026, 4, 1), 4, 2]
    assert rounded(rows[past.ben], columns) == [date(2026, 3, 31), 3, 1]
    assert rounded(rows[past.cleo], columns) == [date(2026, 4, 1), 0, 0]


def test_seven_days(tx: psycopg.Connection, past: History) -> None:
    rows = stats(tx, past.workspace)
    columns = [
        "leads_contacted_7d",
        "response_seconds_7d",
        "avg_first_response_time_minutes_7d",
        "won_leads_7d",
        "lost_leads_7d",
        "deal_rate_7d",
    ]
    # Anna: the leads of 29 and 31 March, contacted after 120 and 0 minutes.
    assert rounded(rows[past.anna], columns) == [2, 7200, 60, 0, 1, 0]
    # Ben: the lead of 24 March.
    assert rounded(rows[past.ben], columns) == [1, 86400, 1440, 1, 0, 1]
    assert rounded(rows[past.cleo], columns) == [0, 0, None, 0, 0, None]


def test_now(tx: psycopg.Connection, past: History) -> None:
    rows = stats(tx, past.workspace)
    columns = ["open_leads_count", "last_lead_assigned_at", "ai_trust_score", "as_of"]
    as_of = datetime.fromisoformat(history.NOW + ":00")
    # Leads of all times: those of 1, 24 and 31 March and of 1 April.
    assert rounded(rows[past.anna], columns) == [
        4,
        datetime.fromisoformat("2026-03-31 22:00+00:00"),
        90,
        as_of,
    ]
    assert rounded(rows[past.ben], columns) == [
        0,
        datetime.fromisoformat("2026-03-31 04:00+00:00"),
        None,
        as_of,
    ]
    assert rounded(rows[past.cleo], columns) == [0, None, 70, as_of]


def test_small_samples_are_shrunk(tx: psycopg.Connection, past: History) -> None:
    rows = stats(tx, past.workspace)
    columns = [
        "prior_deal_rate_30d",
        "shrunk_deal_rate_30d",
        "prior_customer_rating_30d",
        "shrunk_customer_rating_30d",
        "prior_complaint_rate_30d",
        "shrunk_complaint_rate_30d",
        "p95_deal_value_30d",
    ]
    # Won 1 of 2 and 2 of 3: 3 of 5 together. One rating, a 5. One complaint on 4 + 3 leads. Values
    # 500, 1000, 1500: the 95th percentile of three is the largest. Dora's 9999 does not count.
    assert rounded(rows[past.anna], columns) == [
        Decimal("0.6"),
        Decimal("0.583333"),  # (1 + 6) / 12
        5,
        5,
        Decimal("0.142857"),  # 1 / 7
        Decimal("0.173469"),  # (1 + 10 / 7) / 14
        1500,
    ]
    assert rounded(rows[past.ben], columns) == [
        Decimal("0.6"),
        Decimal("0.615385"),  # (2 + 6) / 13
        5,
        None,
        Decimal("0.142857"),
        Decimal("0.109890"),  # (0 + 10 / 7) / 13
        1500,
    ]
    assert rounded(rows[past.cleo], columns) == [
        Decimal("0.6"),
        None,
        5,
        None,
        Decimal("0.142857"),
        None,
        1500,
    ]


def test_score(tx: psycopg.Connection, past: History) -> None:
    rows = stats(tx, past.workspace)
    # Both partners' deals are worth 1000 on average: a tie.
    deal_value = 100 * log(1001) / log(1501)
    parts: dict[UUID, list[float | None]] = {
        past.anna: [
            100 - 30 * 20 / 90,  # 50 minutes, on the line from (30, 100) to (120, 70)
            7 / 12 / 0.85 * 100,
            25,
            100,
            0,  # 17 % complaints
            90,
            deal_value,
            # Deal rate 0 against 0.5 loses 50; 60 against 50 minutes loses 50 x 10 / 50.
            40,
        ],
        past.ben: [
            70 - 30 * 630 / 1320,  # 750 minutes, on the line from (120, 70) to (1440, 40)
            8 / 13 / 0.85 * 100,
            100 / 3,
            None,
            0,  # 11 % complaints
            None,
            deal_value,
            # Deal rate 1 against 2/3 loses 25; 1440 against 750 minutes loses 50 x 690 / 750.
            29,
        ],
        past.cleo: [None, None, None, None, None, 70, None, None],
    }
    weights = [0.25, 0.25, 0.15, 0.10, 0.10, 0.05, 0.05, 0.05]
    measured = [
        [score for score in scores if score is not None]
        for scores in zip(*parts.values(), strict=True)
    ]
    means = [sum(scores) / len(scores) for scores in measured]
    for partner, expected in parts.items():
        effective = [
            mean if value is None else value for value, mean in zip(expected, means, strict=True)
        ]
        total = sum(weight * value for weight, value in zip(weights, effective, strict=True))
        row = rows[partner]
        found = [row[part] for part in PARTS]
        assert found == [
            None if value is None else pytest.approx(Decimal(value)) for value in expected
        ]
        assert [row[f"effective_{part}"] for part in PARTS] == [
            pytest.approx(Decimal(value)) for value in effective
        ]
        assert row["performance_score"] == pytest.approx(Decimal(total))


def test_a_workspace_where_nothing_was_measured(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    partner = builders.member(tx, workspace)
    refresh(tx)
    row = stats(tx, workspace)[partner]
    assert [row[part] for part in PARTS] == [None] * 8
    assert [row[f"effective_{part}"] for part in PARTS] == [50] * 8
    assert row["performance_score"] == 50


def test_without_partners_there_are_no_rows(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    builders.member(tx, workspace, "owner")
    refresh(tx)
    assert stats(tx, workspace) == {}


def test_ai_score_may_measure_trust(tx: psycopg.Connection, past: History) -> None:
    tx.execute(
        "update crm.workspaces set ai_score_measures = 'trust' where workspace_id = %s",
        (past.workspace,),
    )
    refresh(tx)
    assert stats(tx, past.workspace)[past.anna]["ai_trust_score"] == 10


def test_midnight_moves_the_windows_without_a_change_of_facts(
    tx: psycopg.Connection, past: History
) -> None:
    """At 04:00 UTC New York reaches 31 March and at 22:00 UTC Berlin 1 April."""
    seen: list[list[object]] = []
    for moment in ("03:59:59", "04:00:00", "21:59:59", "22:00:00"):
        freeze(tx, f"2026-03-31 {moment}+00")
        refresh(tx)
        rows = stats(tx, past.workspace)
        seen.append(
            rounded(rows[past.ben], ["won_leads_30d", "lost_leads_30d"])
            + rounded(rows[past.anna], ["won_leads_30d", "lost_leads_30d"])
        )
    assert seen == [
        [2, 1, 1, 1],
        # Ben: in comes the lost lead of 31 March, out goes the won one of 1 March.
        [1, 2, 1, 1],
        [1, 2, 1, 1],
        # Anna: the won lead of 2 March goes.
        [1, 2, 0, 1],
    ]


def test_equals_the_function_at_its_windows(tx: psycopg.Connection, past: History) -> None:
    """The precomputed and the ad-hoc figure are one definition."""
    refresh(tx)
    compared = 0
    for partner, row in stats(tx, past.workspace).items():
        to_day = row["window_to_day"]
        assert isinstance(to_day, date)
        for days in (7, 30):
            cursor = tx.execute(
                "select * from metrics.partner_performance(%s, %s, %s) where partner_id = %s",
                (past.workspace, to_day - timedelta(days), to_day, partner),
            )
            assert cursor.description is not None
            names = [column.name for column in cursor.description]
            (values,) = cursor.fetchall()
            for name, value in zip(names, values, strict=True):
                column = "avg_response_time_minutes" if days == 30 else ""
                column = column if name == column else f"{name}_{days}d"
                if column in row:
                    assert row[column] == value, column
                    compared += 1
    # 32 columns of 30 days and 7 of 7 days, for three partners.
    assert compared == 3 * (32 + 7)


def test_one_workspace_does_not_move_another(tx: psycopg.Connection, past: History) -> None:
    """Priors, means and the 95th percentile are the workspace's own."""
    before = stats(tx, past.workspace)
    other = builders.workspace(tx)
    partner = builders.member(tx, other)
    lead = builders.lead(
        tx,
        other,
        partner,
        "2026-03-30 12:00+00",
        status="won",
        won_at="2026-03-30 13:00+00",
        deal_value=10**6,
    )
    builders.feedback(tx, other, lead, partner, 1, "2026-03-30 14:00+00")
    refresh(tx)
    assert stats(tx, past.workspace) == before


def test_weights_of_the_workspace(tx: psycopg.Connection, past: History) -> None:
    tx.execute(
        """
        insert into scoring.weights (workspace_id, version, part, weight)
        values (%(workspace)s, 4, 'follow_up', 1), (%(workspace)s, 4, 'trust', 1)
        """,
        {"workspace": past.workspace},
    )
    refresh(tx)
    row = stats(tx, past.workspace)[past.anna]
    # Half of 25 + 90.
    assert row["performance_score"] == Decimal("57.5")
    assert (row["weights_version"], row["weights_are_default"]) == (4, False)
    assert (row["curves_version"], row["curves_are_default"]) == (1, True)


def test_unique_index_is_the_grain(tx: psycopg.Connection) -> None:
    row = tx.execute(
        """
        select pg_get_indexdef(i.indexrelid) from pg_index as i
        where i.indrelid = 'stats.partner_performance_stats'::regclass and i.indisunique
        """
    ).fetchone()
    assert row is not None
    assert row[0].endswith("(workspace_id, partner_id)")
