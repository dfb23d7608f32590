"""Figures of agents: over random facts against the recomputation of agent_model.py, over histories
worked out by hand, and equal to what partner performance says where it is the same figure."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from tests import builders
from tests.metrics import agent_model
from tests.metrics.model import Facts
from tests.metrics.test_model import MOMENTS, assert_same, seeded, write_random_facts
from tests.refreshing import refresh
from tests.sessions import freeze

ROLES = ("agent", "agent", "agent", "agent", "agent", "agent", "partner", "manager")

# The same in partner performance: column there -> column here.
SAME = {
    "leads_assigned": "leads_assigned",
    "won_leads": "leads_won",
    "leads_contacted": "leads_contacted",
    "response_seconds": "response_seconds",
    "num_ratings": "num_ratings",
    "rating_sum": "rating_sum",
    "avg_customer_rating": "avg_rating",
}


def rows(
    connection: psycopg.Connection, statement: str, *values: object
) -> list[dict[str, object]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), values).fetchall()


def one(connection: psycopg.Connection, statement: str, *values: object) -> dict[str, object]:
    (row,) = rows(connection, statement, *values)
    return row


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 10**6), moment=st.sampled_from(MOMENTS), days=st.sampled_from((1, 7, 45))
)
def test_every_figure_of_a_random_history(
    tx: psycopg.Connection, seed: int, moment: str, days: int
) -> None:
    with tx.transaction(force_rollback=True):
        now = datetime.fromisoformat(moment)
        freeze(tx, moment)
        workspace, facts = write_random_facts(tx, seeded(str(seed)), now, ROLES)
        refresh(tx)
        for member in facts.members:
            today = facts.day_of(now, member.branch)
            window = (today + timedelta(1 - days), today + timedelta(1))
            asked = (workspace, member.id, *window)
            assert_same(
                one(tx, "select * from metrics.agent_kpis(%s, %s, %s, %s)", *asked),
                agent_model.kpis(facts, member.id, *window),
            )
            assert_same(
                one(tx, "select * from metrics.funnel(%s, %s, %s, %s)", *asked),
                agent_model.funnel(facts, member.id, *window),
            )
            _same_sources(tx, facts, workspace, member.id, window)
            _same_revenue(tx, facts, workspace, member.id, today)
            found = rows(
                tx, "select * from metrics.response_days(%s, %s, %s, %s) order by day", *asked
            )
            expected = agent_model.response_days(facts, member.id, *window)
            for row, day in zip(found, expected, strict=True):
                assert_same(row, day)
        for length in (7, 30, 90, days):
            _same_ranking(tx, facts, workspace, now, length)


def _same_sources(
    tx: psycopg.Connection,
    facts: Facts,
    workspace: UUID,
    person: UUID,
    window: tuple[date, date],
) -> None:
    found = {
        row.pop("source"): row
        for row in rows(
            tx, "select * from metrics.lead_sources(%s, %s, %s, %s)", workspace, person, *window
        )
    }
    expected = agent_model.sources(facts, person, *window)
    assert found.keys() == expected.keys()
    for source, row in found.items():
        assert isinstance(source, str)
        assert_same(row, expected[source])


def _same_revenue(
    tx: psycopg.Connection, facts: Facts, workspace: UUID, person: UUID, today: date
) -> None:
    for unit, number in (("day", 30), ("week", 12), ("month", 12)):
        found = rows(
            tx,
            "select * from metrics.revenue_trend(%s, %s, %s, %s, %s) order by bucket",
            workspace,
            person,
            unit,
            number,
            today,
        )
        expected = agent_model.buckets(unit, number, today)
        for row, (start, end) in zip(found, expected, strict=True):
            assert_same(
                row,
                {
                    "bucket": start,
                    "leads_won": agent_model.wins(facts, person, start, end),
                    "revenue": agent_model.revenue(facts, person, start, end),
                },
            )
    month = today.replace(day=1)
    before = (month - timedelta(1)).replace(day=1)
    same_length = min(before + (today + timedelta(1) - month), month)
    assert_same(
        one(tx, "select * from metrics.month_revenue(%s, %s, %s)", workspace, person, today),
        {
            "revenue": agent_model.revenue(facts, person, month, today + timedelta(1)),
            "previous_revenue": agent_model.revenue(facts, person, before, same_length),
        },
    )


def _same_ranking(
    tx: psycopg.Connection, facts: Facts, workspace: UUID, now: datetime, days: int
) -> None:
    function = rows(
        tx, "select * from metrics.team_ranking(%s, %s) order by user_id", workspace, days
    )
    if days in (7, 30, 90):
        stored = rows(
            tx,
            "select * from stats.team_ranking where workspace_id = %s and days = %s"
            " order by user_id",
            workspace,
            days,
        )
        for row in stored:
            assert (row.pop("workspace_id"), row.pop("days")) == (workspace, days)
            assert row.pop("as_of") == now
        assert stored == function
    current = agent_model.scores(facts, now, days, 0)
    previous = agent_model.scores(facts, now, days, 1)
    scored = {key: row.score for key, row in current.items() if row.score is not None}
    both = [key for key in scored if previous[key].score is not None]
    rank = agent_model.places(scored)
    rank_now = agent_model.places({key: scored[key] for key in both})
    rank_before = agent_model.places(
        {key: score for key in both if (score := previous[key].score) is not None}
    )
    assert {row["user_id"] for row in function} == current.keys()
    for row in function:
        key = row["user_id"]
        assert isinstance(key, UUID)
        conversion, satisfaction, response = current[key].parts
        assert_same(
            {name: row[name] for name in RANKED},
            {
                "conversion_score": conversion,
                "satisfaction_score": satisfaction,
                "response_score": response,
                "ranking_score": current[key].score,
                "previous_ranking_score": previous[key].score,
                "rank": rank.get(key),
                "ranked_agents": len(scored),
                "rank_change": rank_before[key] - rank_now[key] if key in both else None,
            },
        )


RANKED = (
    "conversion_score",
    "satisfaction_score",
    "response_score",
    "ranking_score",
    "previous_ranking_score",
    "rank",
    "ranked_agents",
    "rank_change",
)


def test_what_means_the_same_is_the_same_in_partner_performance(tx: psycopg.Connection) -> None:
    now = datetime.fromisoformat(MOMENTS[0])
    freeze(tx, MOMENTS[0])
    workspace, facts = write_random_facts(tx, seeded("the same"), now, ROLES)
    refresh(tx)
    to_day = facts.day_of(now, None) + timedelta(1)
    compared = 0
    for days in (7, 30, 90):
        window = (to_day - timedelta(days), to_day)
        partners = rows(
            tx, "select * from metrics.partner_performance(%s, %s, %s)", workspace, *window
        )
        for partner in partners:
            agent = one(
                tx,
                "select * from metrics.agent_kpis(%s, %s, %s, %s)",
                workspace,
                partner["partner_id"],
                *window,
            )
            for there, here in SAME.items():
                assert partner[there] == agent[here], there
            minutes, hours = partner["avg_first_response_time_minutes"], agent["avg_response_hours"]
            assert (minutes is None) == (hours is None)
            if isinstance(minutes, Decimal) and isinstance(hours, Decimal):
                assert minutes == pytest.approx(hours * 60)
                compared += 1
            if partner["won_leads_valued"]:
                value = tx.execute(
                    "select sum(revenue) from metrics.lead_sources(%s, %s, %s, %s)",
                    (workspace, partner["partner_id"], *window),
                ).fetchone()
                assert value == (partner["deal_value_sum"],)
    assert compared > 10


def test_daily_view_adds_up_to_the_window(tx: psycopg.Connection) -> None:
    """analytics.agent_performance_metrics holds the sums and counts of any window."""
    now = datetime.fromisoformat(MOMENTS[0])
    freeze(tx, MOMENTS[0])
    workspace, facts = write_random_facts(tx, seeded("daily"), now, ROLES)
    refresh(tx)
    builders.principal(tx, "test_bi", workspace_id=workspace)
    to_day = facts.day_of(now, None) + timedelta(1)
    window = (to_day - timedelta(30), to_day)
    tx.execute("set local session authorization test_bi")
    days = {
        row["agent_id"]: row
        for row in rows(
            tx,
            "select agent_id, sum(leads_assigned) as leads, sum(leads_contacted) as contacted,"
            " sum(leads_interested) as interested, sum(leads_converted) as converted,"
            " sum(revenue_generated) as revenue, sum(response_seconds) as seconds,"
            " sum(response_count) as responses, sum(satisfaction_sum) as rating_sum,"
            " sum(satisfaction_count) as ratings"
            " from analytics.agent_performance_metrics where date >= %s and date < %s"
            " group by agent_id",
            *window,
        )
    }
    tx.execute("reset session authorization")
    assert days
    for person, row in days.items():
        assert isinstance(person, UUID)
        figures = agent_model.kpis(facts, person, *window)
        stages = agent_model.funnel(facts, person, *window)
        assert_same(
            {name: value for name, value in row.items() if name != "agent_id"},
            {
                "leads": figures["leads_assigned"],
                "contacted": stages["contacted"],
                "interested": stages["interested"],
                "converted": stages["converted"],
                "revenue": figures["revenue"],
                "seconds": figures["response_seconds"],
                "responses": figures["leads_contacted"],
                "rating_sum": figures["rating_sum"],
                "ratings": figures["num_ratings"],
            },
        )


def test_an_agent_with_leads_in_two_zones_on_a_day_of_23_hours(tx: psycopg.Connection) -> None:
    """Each lead is dated where it belongs; the window is the agent's own."""
    freeze(tx, "2026-03-29 21:59+00")  # 23:59 in Berlin, 17:59 in New York
    workspace = builders.workspace(tx, timezone="Europe/Berlin")
    new_york = builders.branch(tx, workspace, timezone="America/New_York")
    agent = builders.member(tx, workspace, "agent")
    for created_at, branch in (
        ("2026-03-28 23:00+00", None),  # 00:00 on the 29th in Berlin
        ("2026-03-28 22:59+00", None),  # a minute before
        ("2026-03-29 04:00+00", new_york),  # 00:00 on the 29th in New York
        ("2026-03-29 03:59+00", new_york),  # still the 28th there
        ("2026-03-29 22:00+00", None),  # tomorrow in Berlin
        ("2026-03-30 03:59+00", new_york),  # still the 29th in New York, though not yet lived
    ):
        builders.lead(tx, workspace, agent, created_at, branch_id=branch)
    refresh(tx)
    row = one(
        tx,
        "select * from metrics.agent_kpis(%s, %s, '2026-03-29', '2026-03-30')",
        workspace,
        agent,
    )
    assert (row["leads_assigned"], row["previous_leads_assigned"]) == (3, 2)


def test_a_lead_given_away_and_one_opened_again(tx: psycopg.Connection) -> None:
    """Figures follow the owner of now; what is no longer won brings no revenue."""
    freeze(tx, "2026-03-20 12:00+00")
    workspace = builders.workspace(tx)
    ann, ben = (builders.member(tx, workspace, "agent") for _ in range(2))
    given, opened, kept = (
        builders.lead(
            tx,
            workspace,
            ann,
            "2026-03-10 09:00+00",
            status="won",
            won_at="2026-03-12 09:00+00",
            deal_value=value,
        )
        for value in (100, 50, 7)
    )
    tx.execute("update crm.leads set owner_user_id = %s where id = %s", (ben, given))
    tx.execute("update crm.leads set status = 'in_progress' where id = %s", (opened,))
    refund = builders.lead(
        tx,
        workspace,
        ann,
        "2026-03-11 09:00+00",
        status="won",
        won_at="2026-03-13 09:00+00",
        deal_value="-3.50",
    )
    assert kept != refund
    refresh(tx)
    figures = [
        one(
            tx,
            "select leads_assigned, leads_won, revenue"
            " from metrics.agent_kpis(%s, %s, '2026-03-01', '2026-03-21')",
            workspace,
            person,
        )
        for person in (ann, ben)
    ]
    assert figures == [
        {"leads_assigned": 3, "leads_won": 2, "revenue": Decimal("3.50")},
        {"leads_assigned": 1, "leads_won": 1, "revenue": 100},
    ]
    # The open one had been interested and contacted by being won; only stages it keeps count.
    stages = one(
        tx,
        "select assigned, contacted, interested, converted"
        " from metrics.funnel(%s, %s, '2026-03-01', '2026-03-21')",
        workspace,
        ann,
    )
    assert stages["converted"] == 2


def test_the_same_number_of_days_of_a_shorter_month(tx: psycopg.Connection) -> None:
    """31 March against all of February, 15 March against its first 15 days."""
    workspace = builders.workspace(tx)
    agent = builders.member(tx, workspace, "agent")
    for won_at, value in (
        ("2026-01-31", 1000),
        ("2026-02-01", 1),
        ("2026-02-15", 2),
        ("2026-02-16", 4),
        ("2026-02-28", 8),
        ("2026-03-01", 16),
        ("2026-03-15", 32),
        ("2026-03-31", 64),
    ):
        builders.lead(
            tx,
            workspace,
            agent,
            "2026-01-02 09:00+00",
            status="won",
            won_at=f"{won_at} 09:00+00",
            deal_value=value,
        )
    freeze(tx, "2026-03-31 12:00+00")
    refresh(tx)
    found = [
        one(tx, "select * from metrics.month_revenue(%s, %s, %s)", workspace, agent, day)
        for day in ("2026-03-15", "2026-03-31")
    ]
    assert found == [
        {"revenue": 48, "previous_revenue": 3},
        {"revenue": 112, "previous_revenue": 15},
    ]


def test_who_is_ranked(tx: psycopg.Connection) -> None:
    """Active agents with a lead in the window; equal ones share a place; who joins moves nobody."""
    freeze(tx, "2026-03-31 12:00+00")
    workspace = builders.workspace(tx)
    ann, ben, cas, dan, eve = (builders.member(tx, workspace, "agent") for _ in range(5))
    builders.member(tx, workspace, "partner")
    gone = builders.member(tx, workspace, "agent", deactivated_at="2026-03-30 12:00+00")
    # Before: ben won, ann lost. Now: ann won, ben lost, cas is new and won; dan and eve none.
    for person, created_at, status in (
        (ann, "2026-02-20", "lost"),
        (ben, "2026-02-20", "won"),
        (ann, "2026-03-20", "won"),
        (ben, "2026-03-20", "lost"),
        (cas, "2026-03-20", "won"),
        (gone, "2026-03-20", "won"),
        (dan, "2026-02-20", "won"),
    ):
        builders.lead(tx, workspace, person, f"{created_at} 09:00+00", status=status)
    refresh(tx)
    found = {
        row["user_id"]: (row["rank"], row["rank_change"], row["ranked_agents"])
        for row in rows(
            tx,
            "select user_id, rank, rank_change, ranked_agents from stats.team_ranking"
            " where workspace_id = %s and days = 30",
            workspace,
        )
    }
    assert found == {
        ann: (1, 1, 3),
        ben: (3, -1, 3),
        cas: (1, None, 3),
        dan: (None, None, 3),
        eve: (None, None, 3),
    }


def test_parts_of_the_ranking_by_hand(tx: psycopg.Connection) -> None:
    freeze(tx, "2026-03-31 12:00+00")
    workspace = builders.workspace(tx)
    ann, ben = (builders.member(tx, workspace, "agent") for _ in range(2))
    # Ann: 2 of 2 won, contacted after 30 minutes, one rating of 5. Ben: 0 of 3 won, no contact, no
    # rating.
    leads = [
        builders.lead(tx, workspace, ann, "2026-03-20 09:00+00", status="won") for _ in range(2)
    ]
    for lead in leads:
        builders.activity(tx, workspace, lead, ann, "sms", "2026-03-20 09:30+00")
    builders.feedback(tx, workspace, leads[0], ann, 5, "2026-03-21 09:00+00")
    for _ in range(3):
        builders.lead(tx, workspace, ben, "2026-03-20 09:00+00", status="lost")
    refresh(tx)
    found = {
        row.pop("user_id"): row
        for row in rows(tx, "select * from metrics.team_ranking(%s, 30)", workspace)
    }
    # Prior 2 of 5: (2 + 4) / 12 and (0 + 4) / 13. Rating 5 of prior 5. Half an hour: 100 points.
    half, third = Fraction(6, 12), Fraction(4, 13)
    expected = {
        ann: (half, 100, 100, Fraction(40) * half + 35 + 25),
        # Ben's missing parts take the workspace's means, which are Ann's.
        ben: (third, None, None, Fraction(40) * third + 35 + 25),
    }
    for person, (conversion, satisfaction, response, score) in expected.items():
        row = found[person]
        assert_same(
            {
                name: row[name]
                for name in (
                    "conversion_score",
                    "satisfaction_score",
                    "response_score",
                    "ranking_score",
                )
            },
            {
                "conversion_score": 100 * conversion,
                "satisfaction_score": satisfaction,
                "response_score": response,
                "ranking_score": score,
            },
        )


def test_working_days(tx: psycopg.Connection) -> None:
    """Friday and Monday follow each other; the weekend has no number."""
    numbers = tx.execute(
        "select array_agg(app.working_day(d::date) order by d)"
        " from generate_series('2026-03-05'::timestamp, '2026-03-10', '1 day') as d"
    ).fetchone()
    assert numbers is not None
    thursday = numbers[0][0]
    assert numbers[0] == [thursday, thursday + 1, None, None, thursday + 2, thursday + 3]


@pytest.mark.parametrize(
    ("today", "streak"),
    [
        ("2026-03-10", 4),  # Thursday, Friday, Monday, Tuesday
        ("2026-03-11", 4),  # nothing yet today
        ("2026-03-12", 0),  # nothing yesterday
        ("2026-03-09", 3),
        ("2026-03-08", 2),  # Sunday, after Thursday and Friday; the task of Saturday is no day
        ("2026-03-07", 2),
    ],
)
def test_current_streak(tx: psycopg.Connection, today: str, streak: int) -> None:
    freeze(tx, "2026-03-12 12:00+00")
    workspace = builders.workspace(tx)
    agent = builders.member(tx, workspace, "agent")
    lead = builders.lead(tx, workspace, agent, "2026-03-01 09:00+00")
    for day in ("03", "05", "06", "07", "09", "10"):
        builders.task(
            tx,
            workspace,
            lead,
            agent,
            "2026-03-01 09:00+00",
            completed_at=f"2026-03-{day} 09:00+00",
            completed_by_user_id=agent,
        )
    refresh(tx)
    row = tx.execute(
        "select metrics.current_streak(%s, %s, %s)", (workspace, agent, today)
    ).fetchone()
    assert row == (streak,)


@pytest.mark.parametrize(
    ("now", "before", "lower", "told"),
    [
        (12, 10, False, {"previous": 10, "percent": 20, "new": False, "better": True}),
        (12, 10, True, {"previous": 10, "percent": 20, "new": False, "better": False}),
        (10, 10, False, {"previous": 10, "percent": 0, "new": False, "better": None}),
        # From nothing to something is new, not a percentage.
        (3, 0, False, {"previous": 0, "percent": None, "new": True, "better": True}),
        (3, None, True, {"previous": None, "percent": None, "new": True, "better": None}),
        (0, 0, False, {"previous": 0, "percent": None, "new": False, "better": None}),
        (None, 4, True, {"previous": 4, "percent": None, "new": False, "better": None}),
        (0, 4, False, {"previous": 4, "percent": -100, "new": False, "better": False}),
    ],
)
def test_changes(
    tx: psycopg.Connection,
    now: int | None,
    before: int | None,
    lower: bool,
    told: dict[str, object],
) -> None:
    row = tx.execute("select service.change(%s, %s, %s)", (now, before, lower)).fetchone()
    assert row == (told,)
