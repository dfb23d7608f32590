"""Rep performance and the leaderboard worked out once more, in plain Python, from the facts as they
lie in the tables and from METRICS sections 0 and 1.

Shares nothing with sql/: fractions instead of numeric, zoneinfo instead of PostgreSQL's time zones,
sets of leads instead of rollups.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import cast
from uuid import UUID

from tests.rollup.model import CONTACTS, Fact, Facts

Figure = int | Fraction | dict[str, int] | None
Figures = dict[str, Figure]

TENTHS = 1000
FIRM = 20


@dataclass(frozen=True)
class Place:
    """Where somebody stands on a leaderboard."""

    person: UUID
    rank: int | None
    rank_change: int | None
    is_provisional: bool


@dataclass(frozen=True)
class Metric:
    """A figure to sort by: a count by name, or a ratio of two."""

    count: str | None = None
    hits: str | None = None
    trials: str | None = None


METRICS = {
    "replies": Metric("campaign_replies"),
    "leads_worked": Metric("leads_worked"),
    "tasks_completed": Metric("tasks_completed"),
    "new_leads": Metric("new_leads_owned"),
    "reply_rate": Metric(hits="campaign_replies", trials="campaign_leads_sent"),
    "conversion_rate": Metric(hits="won_leads", trials="new_leads_owned"),
}


def figures(facts: Facts, workspace: UUID, person: UUID, from_day: date, to_day: date) -> Figures:
    """What metrics.rep_performance says of one member."""

    def here(table: str) -> list[Fact]:
        return [fact for fact in facts.tables[table] if fact["workspace_id"] == workspace]

    def inside(at: object, lead: Fact) -> bool:
        return at is not None and from_day <= facts.day(at, lead) < to_day

    cohort = [
        lead
        for lead in here("leads")
        if lead["credited_user_id"] == person and inside(lead["created_at"], lead)
    ]
    waits = [
        max(Fraction(0), _seconds(cast("datetime", lead["first_contact_at"]) - _created(lead)))
        for lead in cohort
        if lead["first_contact_at"] is not None
    ]
    won = sum(
        lead["status"] == "won" or (lead["status"] == "completed" and lead["won_at"] is not None)
        for lead in cohort
    )
    work = [
        fact["lead_id"]
        for table, who, when in (
            ("tasks", "created_by_user_id", "created_at"),
            ("notes", "created_by_user_id", "created_at"),
            ("lead_activities", "actor_user_id", "occurred_at"),
        )
        for fact in here(table)
        if fact[who] == person
        and (table != "lead_activities" or fact["type"] in CONTACTS)
        and inside(fact[when], facts.lead_of(fact))
    ]
    created = [
        task
        for task in here("tasks")
        if task["created_by_user_id"] == person and inside(task["created_at"], facts.lead_of(task))
    ]
    done = sum(task["completed_at"] is not None for task in created)
    completed = sum(
        task["completed_by_user_id"] == person and inside(task["completed_at"], facts.lead_of(task))
        for task in here("tasks")
    )
    sent = [
        recipient
        for recipient in here("campaign_leads")
        if recipient["owner_at_send"] == person
        and inside(recipient["sent_at"], facts.lead_of(recipient))
    ]
    opened = sum(recipient["first_opened_at"] is not None for recipient in sent)
    replied = sum(
        recipient["first_replied_at"] is not None
        and cast("datetime", recipient["first_replied_at"])
        >= cast("datetime", recipient["sent_at"])
        for recipient in sent
    )
    bounced = sum(recipient["bounced_at"] is not None for recipient in sent)
    distinct = len(set(work))
    return {
        "new_leads_owned": len(cohort),
        "source_leads": dict(Counter(str(lead["source"]) for lead in cohort)),
        "leads_contacted": len(waits),
        "response_seconds": sum(waits, Fraction(0)),
        "avg_first_response_time_minutes": (
            sum(waits, Fraction(0)) / len(waits) / 60 if waits else None
        ),
        "leads_never_contacted": len(cohort) - len(waits),
        "never_contacted_rate": _ratio(len(cohort) - len(waits), len(cohort)),
        "won_leads": won,
        "conversion_rate": _ratio(won, len(cohort)),
        "leads_worked": distinct,
        "activities": len(work),
        "activities_per_lead": _ratio(len(work), distinct),
        "tasks_created": len(created),
        "tasks_created_completed": done,
        "tasks_completed": completed,
        "task_completion_rate": _ratio(done, len(created)),
        "campaign_leads_sent": len(sent),
        "campaign_opens": opened,
        "campaign_machine_opens": sum(recipient["machine_opened"] is True for recipient in sent),
        "campaign_clicks": sum(recipient["first_clicked_at"] is not None for recipient in sent),
        "campaign_replies": replied,
        "campaign_bounces": bounced,
        "campaign_open_rate": _ratio(opened, len(sent)),
        "campaign_reply_rate": _ratio(replied, len(sent)),
        "campaign_bounce_rate": _ratio(bounced, len(sent)),
    }


def median_response_minutes(
    facts: Facts, workspace: UUID, person: UUID, from_day: date, to_day: date
) -> Fraction | None:
    """Over the contacted leads of the cohort."""
    waits = sorted(
        max(Fraction(0), _seconds(cast("datetime", lead["first_contact_at"]) - _created(lead))) / 60
        for lead in facts.tables["leads"]
        if lead["workspace_id"] == workspace
        and lead["credited_user_id"] == person
        and lead["first_contact_at"] is not None
        and from_day <= facts.day(lead["created_at"], lead) < to_day
    )
    if not waits:
        return None
    return (waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2


def attribution(
    facts: Facts, workspace: UUID, person: UUID, from_day: date, to_day: date
) -> dict[str, tuple[int, int]]:
    """Leads and won leads by model."""
    found = {"owner": [0, 0], "first_touch": [0, 0], "last_touch": [0, 0]}
    for lead in facts.tables["leads"]:
        if lead["workspace_id"] != workspace:
            continue
        if not from_day <= facts.day(lead["created_at"], lead) < to_day:
            continue
        touches = sorted(
            (cast("datetime", fact[when]), cast("UUID", fact[who]))
            for table, who, when in (
                ("tasks", "created_by_user_id", "created_at"),
                ("notes", "created_by_user_id", "created_at"),
                ("lead_activities", "actor_user_id", "occurred_at"),
            )
            for fact in facts.about(table, lead)
            if fact[who] is not None and (table != "lead_activities" or fact["type"] in CONTACTS)
        )
        credited = {"owner": lead["credited_user_id"]}
        if touches:
            credited |= {"first_touch": touches[0][1], "last_touch": touches[-1][1]}
        won = lead["status"] == "won" or (
            lead["status"] == "completed" and lead["won_at"] is not None
        )
        for model, who in credited.items():
            if who == person:
                found[model][0] += 1
                found[model][1] += won
    return {model: (leads, won) for model, (leads, won) in found.items()}


def shares(counts: Mapping[str, int]) -> dict[str, Fraction]:
    """Percentages with one decimal that add up to 100, by largest remainder."""
    total = sum(counts.values())
    if not total:
        return {}
    floors = {name: TENTHS * count // total for name, count in counts.items()}
    left = TENTHS - sum(floors.values())
    order = sorted(counts, key=lambda name: (-(TENTHS * counts[name] % total), -counts[name], name))
    return {
        name: Fraction(floors[name] + (name in order[:left]), 10)
        for name in sorted(counts, key=lambda name: (-counts[name], name))
        if counts[name]
    }


def leaderboard(
    now: Mapping[UUID, Figures],
    before: Mapping[UUID, Figures],
    names: Mapping[UUID, str],
    metric: Metric,
) -> list[Place]:
    """Everybody's place, in the order of the list."""
    keys, keys_before = _keys(now, metric), _keys(before, metric)
    ranks = _ranks(keys)
    both = keys.keys() & keys_before.keys()
    ranks_now = _ranks({person: keys[person] for person in both})
    ranks_before = _ranks({person: keys_before[person] for person in both})

    def order(person: UUID) -> tuple[object, ...]:
        trials = _int(now[person][metric.trials]) if metric.trials else 0
        return (
            person not in ranks,
            ranks.get(person, 0),
            -trials,
            names[person],
            person,
        )

    return [
        Place(
            person,
            ranks.get(person),
            ranks_before[person] - ranks_now[person] if person in both else None,
            person in keys and keys[person][0],
        )
        for person in sorted(now, key=order)
    ]


def _keys(rows: Mapping[UUID, Figures], metric: Metric) -> dict[UUID, tuple[bool, Fraction]]:
    """Provisional or not, and the negated score: the smaller, the better."""
    if metric.count is not None:
        return {person: (False, -Fraction(_int(row[metric.count]))) for person, row in rows.items()}
    assert metric.hits is not None
    assert metric.trials is not None
    hits = {person: _int(row[metric.hits]) for person, row in rows.items()}
    trials = {person: _int(row[metric.trials]) for person, row in rows.items()}
    total = sum(trials.values())
    if not total:
        return {}
    prior = Fraction(sum(hits.values()), total)
    return {
        person: (trials[person] < FIRM, -(hits[person] + 10 * prior) / (trials[person] + 10))
        for person in rows
        if trials[person]
    }


def _ranks(keys: Mapping[UUID, tuple[bool, Fraction]]) -> dict[UUID, int]:
    return {person: 1 + sum(other < key for other in keys.values()) for person, key in keys.items()}


def _created(lead: Fact) -> datetime:
    return cast("datetime", lead["created_at"])


def _seconds(duration: timedelta) -> Fraction:
    return Fraction(duration // timedelta(microseconds=1), 10**6)


def _ratio(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(numerator, denominator) if denominator else None


def _int(value: Figure) -> int:
    assert isinstance(value, int)
    return value


def percent(numerator: int, denominator: int) -> Fraction | None:
    """One decimal, half up."""
    return (
        Fraction((2000 * numerator + denominator) // (2 * denominator), 10) if denominator else None
    )


def names_in_order(places: Sequence[Place]) -> list[UUID]:
    return [place.person for place in places]
