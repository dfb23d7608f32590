"""metrics.goal_progress: value, completion, pace, projection and status, of persons and teams."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from tests import builders as make
from tests.metrics import agent_model
from tests.metrics.model import Facts, Row, mean, seconds
from tests.metrics.test_model import MOMENTS, assert_same, seeded, write_random_facts
from tests.refreshing import refresh
from tests.sessions import as_login, as_user, freeze

ONE_DAY = timedelta(1)


def progress(connection: psycopg.Connection, goal: UUID) -> dict[str, object]:
    with connection.cursor(row_factory=dict_row) as cursor:
        (row,) = cursor.execute(
            "select p.* from crm.goals as g cross join lateral metrics.goal_progress(g) as p"
            " where g.id = %s",
            (goal,),
        ).fetchall()
    return row


@dataclass(frozen=True)
class Goal:
    """A goal as the recomputation sees it; person None is the team."""

    person: UUID | None
    kind: str
    target: Fraction
    start: date
    end: date


def expected(facts: Facts, goal: Goal, joined: dict[UUID, datetime], now: datetime) -> Row:
    """METRICS 2.2 in plain Python."""
    branch = next((m.branch for m in facts.members if m.id == goal.person), None)
    today = facts.day_of(now, branch)
    first = goal.start
    if goal.person is not None:
        first = max(first, facts.day_of(joined[goal.person], branch))
    days = max((goal.end - first).days, 0)
    elapsed = max((min(today + ONE_DAY, goal.end) - first).days, 0)
    people = {goal.person} if goal.person else {facts.credited(lead) for lead in facts.leads}
    span = (goal.start, min(goal.end, today + ONE_DAY))
    is_lower_better = goal.kind == "response_time"
    value: Fraction | None = None
    if elapsed and span[0] < span[1]:
        value = _value(facts, goal.kind, people, span)
    completion = pace = projected = None
    status = "no_data"
    if value is not None:
        is_over = today >= goal.end
        if is_lower_better:
            completion = max(Fraction(0), min(Fraction(1), 2 - value / goal.target))
            pace, projected = goal.target, value
            met = value <= goal.target
            status = ("reached" if met else "missed") if is_over else _track(met)
        else:
            completion = value / goal.target
            pace = goal.target * elapsed / days
            projected = value * days / elapsed
            if value >= goal.target:
                status = "reached"
            else:
                status = "missed" if is_over else _track(value >= pace)
    return {
        "from_day": first,
        "to_day": goal.end,
        "today": today,
        "days": days,
        "elapsed_days": elapsed,
        "is_lower_better": is_lower_better,
        "current_value": value,
        "completion": completion,
        "expected_value": pace,
        "projected_value": projected,
        "status": status,  # pyright: ignore[reportReturnType]
    }


def _track(is_met: bool) -> str:
    return "on_track" if is_met else "at_risk"


def _value(
    facts: Facts, kind: str, people: Collection[UUID | None], span: tuple[date, date]
) -> Fraction | None:
    if kind == "response_time":
        took = [
            seconds(times[0] - lead.created_at)
            for lead in facts.leads
            if facts.credited(lead) in people
            and span[0] <= facts.day_of(lead.created_at, lead.branch) < span[1]
            and (times := facts.contacts(lead))
        ]
        hours = mean(took)
        return None if hours is None else hours / 3600
    won = [
        lead
        for lead in facts.leads
        if agent_model.is_won(lead)
        and lead.won_at
        and facts.credited(lead) in people
        and span[0] <= facts.day_of(lead.won_at, lead.branch) < span[1]
    ]
    if kind == "conversions":
        return Fraction(len(won))
    return sum((agent_model.value_of(facts, lead) for lead in won), Fraction(0))


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), moment=st.sampled_from(MOMENTS))
def test_goals_of_a_random_history(tx: psycopg.Connection, seed: int, moment: str) -> None:
    with tx.transaction(force_rollback=True):
        now = datetime.fromisoformat(moment)
        freeze(tx, moment)
        dice = seeded(str(seed))
        workspace, facts = write_random_facts(tx, dice, now)
        joined: dict[UUID, datetime] = {}
        for member in facts.members:
            joined[member.id] = now - timedelta(dice.choice((0, 3, 20, 400)))
            tx.execute(
                "update crm.members set joined_at = %s where user_id = %s",
                (joined[member.id], member.id),
            )
        goals: dict[UUID, Goal] = {}
        for person in (None, *joined):
            for kind in ("conversions", "revenue", "response_time"):
                start = now.date() - timedelta(dice.choice((-3, 0, 1, 29, 45, 90)))
                goal = Goal(
                    person,
                    kind,
                    Fraction(dice.choice((1, 2, 5, 200, 9000))),
                    start,
                    start + timedelta(dice.choice((1, 30, 92))),
                )
                key = make.goal(
                    tx,
                    workspace,
                    person,
                    kind,
                    int(goal.target),
                    period_start=goal.start,
                    period_end=goal.end,
                )
                goals[key] = goal
        refresh(tx)
        for key, goal in goals.items():
            found, wanted = progress(tx, key), expected(facts, goal, joined, now)
            assert found.pop("status") == wanted.pop("status"), goal
            assert_same(found, wanted)


@pytest.fixture
def march(tx: psycopg.Connection) -> tuple[UUID, UUID]:
    """Workspace and agent; 10 March, noon."""
    freeze(tx, "2026-03-10 12:00+00")
    workspace = make.workspace(tx)
    agent = make.member(tx, workspace, "agent", joined_at="2026-01-01 00:00+00")
    return workspace, agent


def win(
    connection: psycopg.Connection, workspace: UUID, agent: UUID, day: str, value: float
) -> UUID:
    return make.lead(
        connection,
        workspace,
        agent,
        "2026-02-01 09:00+00",
        status="won",
        won_at=f"{day} 09:00+00",
        deal_value=value,
    )


def test_pace_and_projection_by_hand(tx: psycopg.Connection, march: tuple[UUID, UUID]) -> None:
    """10 of 31 days are through; 300 of 1,000 are 30 %, 32.3 % would be the pace."""
    workspace, agent = march
    for day, value in (("2026-02-28", 5000), ("2026-03-01", 200), ("2026-03-10", 100)):
        win(tx, workspace, agent, day, value)
    goal = make.goal(tx, workspace, agent, "revenue", 1000)
    refresh(tx)
    row = progress(tx, goal)

    assert (row["days"], row["elapsed_days"], row["current_value"]) == (31, 10, 300)
    assert row["completion"] == Decimal("0.3")
    assert row["expected_value"] == pytest.approx(Decimal(10000) / 31)
    assert row["projected_value"] == 930
    assert row["status"] == "at_risk"
    win(tx, workspace, agent, "2026-03-05", 23)
    refresh(tx)
    assert progress(tx, goal)["status"] == "on_track"
    # A refund takes it back again.
    win(tx, workspace, agent, "2026-03-06", -1)
    refresh(tx)
    assert progress(tx, goal)["status"] == "at_risk"
    win(tx, workspace, agent, "2026-03-07", 2000)
    refresh(tx)
    assert (progress(tx, goal)["status"], progress(tx, goal)["completion"]) == (
        "reached",
        Decimal("2.322"),
    )


def test_who_joins_during_the_period_is_measured_from_then(
    tx: psycopg.Connection, march: tuple[UUID, UUID]
) -> None:
    """From 6 March there are 26 days, of which 5 are through: 1 of 5 is the pace."""
    workspace, agent = march
    tx.execute("update crm.members set joined_at = '2026-03-06 20:00+00'")
    goal = make.goal(tx, workspace, agent, "conversions", 5)
    win(tx, workspace, agent, "2026-03-08", 1)
    refresh(tx)
    row = progress(tx, goal)

    assert (row["from_day"], row["days"], row["elapsed_days"]) == (date(2026, 3, 6), 26, 5)
    assert (row["expected_value"], row["status"]) == (pytest.approx(Decimal(25) / 26), "on_track")
    tx.execute("update crm.members set joined_at = '2026-04-06 20:00+00'")
    assert progress(tx, goal)["status"] == "no_data"


def test_lower_is_better_and_settled_at_the_end(
    tx: psycopg.Connection, march: tuple[UUID, UUID]
) -> None:
    workspace, agent = march
    goal = make.goal(tx, workspace, agent, "response_time", 2)
    refresh(tx)
    assert progress(tx, goal)["status"] == "no_data"
    lead = make.lead(tx, workspace, agent, "2026-03-03 09:00+00")
    make.activity(tx, workspace, lead, agent, "sms", "2026-03-03 10:00+00")
    refresh(tx)
    row = progress(tx, goal)
    # One hour against two: twice as good as it has to be is all there is.
    assert (row["current_value"], row["completion"], row["status"]) == (1, 1, "on_track")
    late = make.lead(tx, workspace, agent, "2026-03-04 09:00+00")
    make.activity(tx, workspace, late, agent, "sms", "2026-03-04 13:00+00")
    refresh(tx)
    row = progress(tx, goal)
    # (1 + 4) / 2 = 2.5 hours: 2 - 1.25.
    assert (row["current_value"], row["completion"], row["status"]) == (
        Decimal("2.5"),
        Decimal("0.75"),
        "at_risk",
    )
    freeze(tx, "2026-03-31 23:59+00")
    assert progress(tx, goal)["status"] == "at_risk"
    freeze(tx, "2026-04-01 00:00+00")
    assert progress(tx, goal)["status"] == "missed"
    tx.execute("update crm.goals set target_value = 3")
    assert progress(tx, goal)["status"] == "reached"


def test_a_kind_that_nobody_measures(tx: psycopg.Connection, march: tuple[UUID, UUID]) -> None:
    workspace, agent = march
    row = progress(tx, make.goal(tx, workspace, agent, "smiles", 3))
    assert (row["current_value"], row["completion"], row["status"]) == (None, None, "no_data")


def test_the_team_counts_everybody(tx: psycopg.Connection, march: tuple[UUID, UUID]) -> None:
    workspace, agent = march
    other = make.member(tx, workspace, "agent", deactivated_at="2026-03-09 09:00+00")
    for person in (agent, other):
        win(tx, workspace, person, "2026-03-02", 10)
    make.lead(
        tx, workspace, None, "2026-03-01 09:00+00", status="won", won_at="2026-03-03 09:00+00"
    )
    goal = make.goal(tx, workspace, None, "conversions", 6)
    refresh(tx)
    assert progress(tx, goal)["current_value"] == 3


def test_completion_is_told_to_those_who_may_see_the_goal(
    tx: psycopg.Connection, march: tuple[UUID, UUID]
) -> None:
    workspace, agent = march
    admin = make.member(tx, workspace, "admin")
    colleague = make.member(tx, workspace, "agent")
    make.goal(tx, workspace, agent, "conversions", 4)
    # The year's goal runs too; the month's is meant.
    make.goal(
        tx,
        workspace,
        agent,
        "conversions",
        100,
        period="yearly",
        period_start="2026-01-01",
        period_end="2027-01-01",
    )
    make.goal(tx, workspace, None, "conversions", 8)
    win(tx, workspace, agent, "2026-03-02", 1)
    refresh(tx)

    def told(asker: UUID, about: UUID | None, kind: str = "conversions") -> object:
        with as_login(tx, "leadboard_api"), as_user(tx, asker):
            row = tx.execute(
                "select goals.completion(%s, %s, %s)", (workspace, about, kind)
            ).fetchone()
        assert row is not None
        return row[0]

    assert told(agent, agent) == 25
    assert told(admin, agent) == 25
    assert told(colleague, agent) is None
    assert told(colleague, None) == Decimal("12.5")
    assert told(agent, agent, "revenue") is None
