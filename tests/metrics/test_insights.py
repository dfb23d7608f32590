"""metrics.insights: what is told, and what is not because it may be chance."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import class_row

from tests import builders as make
from tests.refreshing import refresh
from tests.sessions import freeze

NOW = "2026-03-31 12:00+00"
THIS_MONTH = "2026-03-10"
BEFORE = "2026-02-10"


@dataclass(frozen=True)
class Told:
    type: str
    metric: str
    subject: str | None
    value: float
    baseline: float
    low: float
    high: float
    cases: int
    better: bool | None
    sentence: str
    dutch: str


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, NOW)
    return make.workspace(tx)


def told(
    connection: psycopg.Connection, workspace: UUID, person: UUID, days: int = 30
) -> dict[tuple[str, str], Told]:
    refresh(connection)
    with connection.cursor(row_factory=class_row(Told)) as cursor:
        rows = cursor.execute(
            """
            select
                type, metric, subject, value::float8, baseline::float8, low::float8, high::float8,
                cases, better,
                metrics.insight_sentence(type, metric, subject, value, baseline, cases, 'en')
                    as sentence,
                metrics.insight_sentence(type, metric, subject, value, baseline, cases, 'nl')
                    as dutch
            from metrics.insights(%s, %s, %s)
            """,
            (workspace, person, days),
        ).fetchall()
    found = {(row.type, row.metric): row for row in rows}
    assert len(found) == len(rows)
    assert all(row.sentence.endswith(".") and row.dutch.endswith(".") for row in rows)
    return found


def leads(
    connection: psycopg.Connection,
    workspace: UUID,
    person: UUID,
    day: str,
    won: int,
    lost: int,
    **columns: object,
) -> None:
    for number in range(won + lost):
        make.lead(
            connection,
            workspace,
            person,
            f"{day} 09:00+00",
            status="won" if number < won else "lost",
            won_at=f"{day} 10:00+00" if number < won else None,
            **columns,
        )


def test_a_change_of_rate_is_told_when_it_is_no_chance(tx: psycopg.Connection, gym: UUID) -> None:
    """56 of 70 after 48 of 80 (Newcombe: 0.0524 to 0.3339); 6 of 10 after 4 of 10 is nothing."""
    ann, ben = (make.member(tx, gym, "agent") for _ in range(2))
    leads(tx, gym, ann, THIS_MONTH, 56, 14)
    leads(tx, gym, ann, BEFORE, 48, 32)
    leads(tx, gym, ben, THIS_MONTH, 6, 4)
    leads(tx, gym, ben, BEFORE, 4, 6)

    change = told(tx, gym, ann)["change", "conversion_rate"]
    assert (change.low, change.high) == (
        pytest.approx(0.0524, abs=5e-5),
        pytest.approx(0.3339, abs=5e-5),
    )
    assert change.better is True
    assert change.sentence == "The conversion rate went from 60.0% to 80.0%."
    assert change.dutch == "Het conversiepercentage ging van 60,0% naar 80,0%."
    assert ("change", "conversion_rate") not in told(tx, gym, ben)


def test_a_change_of_a_mean_is_told_when_it_is_no_chance(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = (make.member(tx, gym, "agent") for _ in range(2))
    for person, hours in ((ann, (1, 2, 1, 2, 1, 2)), (ben, (1, 2, 1, 2, 1, 99))):
        for day, factor in ((THIS_MONTH, 3), (BEFORE, 1)):
            for number in hours:
                created = datetime.fromisoformat(f"{day} 09:00+00:00").astimezone(UTC)
                contacted = created + timedelta(hours=number * factor)
                make.lead(tx, gym, person, created, first_contact_at=contacted)
    change = told(tx, gym, ann)["change", "response_time"]
    assert (change.value, change.baseline, change.better) == (4.5, 1.5, False)
    # Variances 2.7 and 0.3 of six each: standard error sqrt(0.5), 6.1 degrees, t 2.4386.
    assert (change.low, change.high) == pytest.approx((1.2756, 4.7244), abs=2e-3)
    assert ("change", "response_time") not in told(tx, gym, ben)


def test_ratings_that_fell(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym, "agent")
    lead = make.lead(tx, gym, ann, "2026-01-02 09:00+00")
    for day, stars in ((THIS_MONTH, (2, 2, 1, 2, 1)), (BEFORE, (5, 5, 4, 5, 5))):
        for rating in stars:
            make.feedback(tx, gym, lead, ann, rating, f"{day} 09:00+00")
    change = told(tx, gym, ann)["change", "satisfaction"]
    assert (change.better, change.cases) == (False, 5)
    assert change.sentence == "The customer rating went from 4.8 to 1.6."


def test_strongest_and_weakest_against_the_median_of_the_team(
    tx: psycopg.Connection, gym: UUID
) -> None:
    """Conversion 80%, 40%, 20%; response 4, 2 and 1 hours. Who has few cases is no team."""
    people = [make.member(tx, gym, "agent") for _ in range(3)]
    for person, won, hours in zip(people, (8, 4, 2), (4, 2, 1), strict=True):
        leads(
            tx,
            gym,
            person,
            THIS_MONTH,
            won,
            10 - won,
            first_contact_at=f"{THIS_MONTH} {9 + hours:02}:00+00",
        )
    few = make.member(tx, gym, "agent")
    leads(tx, gym, few, THIS_MONTH, 4, 0)
    gone = make.member(tx, gym, "agent", deactivated_at="2026-03-20 09:00+00")
    leads(tx, gym, gone, THIS_MONTH, 10, 0)

    found = told(tx, gym, people[0])
    strongest, weakest = found["strongest", "conversion_rate"], found["weakest", "response_time"]
    assert (strongest.value, strongest.baseline) == pytest.approx((0.8, 0.4))
    assert (weakest.value, weakest.baseline, weakest.better) == (4, 2, False)
    assert weakest.sentence == (
        "Most to gain is in the time to first contact: 4.0 hours, where half of the team have"
        " 2.0 hours."
    )
    assert strongest.dutch == (
        "Het sterkste cijfer is het conversiepercentage: 80,0%, waar de helft van het team"
        " 40,0% heeft."
    )
    # In the middle there is nothing to tell.
    assert not {kind for kind, _ in told(tx, gym, people[1])} & {"strongest", "weakest"}
    assert not {kind for kind, _ in told(tx, gym, few)} & {"strongest", "weakest"}


def test_best_weekday_hour_and_source(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym, "agent")
    # Wins: three on Tuesday 10 March, two on Friday 13 March.
    leads(tx, gym, ann, "2026-03-10", 3, 2, source="fair")
    leads(tx, gym, ann, "2026-03-13", 2, 4, source="web")
    for hour, answered, missed in ((9, 2, 4), (14, 5, 1), (16, 4, 0)):
        for number in range(answered + missed):
            make.call(
                tx,
                gym,
                ann,
                f"2026-03-11 {hour:02}:{number:02}+00",
                status="completed" if number < answered else "missed",
            )
    found = told(tx, gym, ann)
    weekday = found["best_weekday", "wins"]
    assert (weekday.subject, weekday.value, weekday.cases) == ("Tuesday", 3, 5)
    assert weekday.sentence == "Most wins are on a Tuesday: 3 of 5."
    assert weekday.dutch == "De meeste deals worden op dinsdag gewonnen: 3 van 5."
    # Four of four at 16:00 are too few.
    hour = found["best_hour", "answer_rate"]
    assert (hour.subject, hour.cases) == ("14", 6)
    assert hour.sentence == (
        "Calls between 14:00 and 14:59 are answered most: 83.3%, against 68.8% over the day."
    )
    source = found["best_source", "conversion_rate"]
    assert (source.subject, source.value, source.cases) == ("fair", 0.6, 5)


def test_a_streak_is_told_from_three_days_on(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym, "agent")
    lead = make.lead(tx, gym, ann, "2026-01-02 09:00+00")
    for day, is_told in ((27, False), (30, False), (31, True)):
        make.task(
            tx,
            gym,
            lead,
            ann,
            "2026-01-02 09:00+00",
            completed_at=f"2026-03-{day} 09:00+00",
            completed_by_user_id=ann,
        )
        assert (("streak", "tasks_completed") in told(tx, gym, ann)) is is_told


def test_a_rep_is_told_the_same_way(tx: psycopg.Connection, gym: UUID) -> None:
    """One definition for every member; a stranger and an empty month have nothing to tell."""
    rep = make.member(tx, gym, "partner")
    campaign = make.campaign(tx, gym)
    for day, replied in ((THIS_MONTH, 9), (BEFORE, 1)):
        for number in range(10):
            lead = make.lead(tx, gym, rep, "2026-01-02 09:00+00")
            make.recipient(
                tx,
                gym,
                make.campaign(tx, gym, f"{day} {number}") if number else campaign,
                lead,
                f"{day} 09:00+00",
                first_replied_at=f"{day} 10:00+00" if number < replied else None,
            )
    change = told(tx, gym, rep)["change", "reply_rate"]
    assert change.sentence == "The campaign reply rate went from 10.0% to 90.0%."
    assert told(tx, gym, make.member(tx, gym, "agent")) == {}
    assert told(tx, gym, make.user(tx)) == {}


KINDS = {
    "change": "reply_rate",
    "strongest": "contact_rate",
    "weakest": "task_completion_rate",
    "best_weekday": "wins",
    "best_hour": "answer_rate",
    "best_source": "conversion_rate",
    "streak": "tasks_completed",
}


@pytest.mark.parametrize(("kind", "metric"), KINDS.items())
def test_every_insight_can_be_said_in_both_languages(
    tx: psycopg.Connection, kind: str, metric: str
) -> None:
    """In words of the language, with its decimal sign; 100% sure signs in a source stay."""
    subject = {"best_weekday": "Sunday", "best_hour": "9", "best_source": "100%s"}.get(kind)
    said = [
        str(row[0])
        for language in ("en", "nl")
        for row in tx.execute(
            "select metrics.insight_sentence(%s, %s, %s, 0.5, 0.25, 7, %s)",
            (kind, metric, subject, language),
        )
    ]
    assert said[0] != said[1]
    assert "." not in said[1][:-1]
    assert not any("_" in sentence or "$" in sentence for sentence in said)
    if kind == "best_source":
        assert all("100%s" in sentence for sentence in said)
    if kind == "best_weekday":
        assert "zondag" in said[1]
