"""Agent figures worked out once more, in plain Python, from the facts and METRICS section 2.

Shares nothing with sql/ (see model.py): fractions, zoneinfo and lists. Slow and simple.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from tests.metrics.model import (
    Facts,
    Lead,
    Member,
    Row,
    is_won,
    mean,
    on_curve,
    ratio,
    seconds,
    shrink,
)

ONE_DAY = timedelta(1)


def value_of(facts: Facts, lead: Lead) -> Fraction:
    paid = facts.deal_value_basis == "price_at_purchase"
    return (lead.price_at_purchase if paid else lead.deal_value) or Fraction(0)


def cohort(facts: Facts, person: UUID, from_day: date, to_day: date) -> list[Lead]:
    """Leads that came in during the window and are credited to the person."""
    return [
        lead
        for lead in facts.leads
        if facts.credited(lead) == person
        and from_day <= facts.day_of(lead.created_at, lead.branch) < to_day
    ]


def responses(facts: Facts, leads: Sequence[Lead]) -> list[Fraction]:
    """Seconds to the first contact of those contacted."""
    contacts = [(lead, facts.contacts(lead)) for lead in leads]
    return [seconds(times[0] - lead.created_at) for lead, times in contacts if times]


def ratings(facts: Facts, person: UUID, from_day: date, to_day: date) -> list[int]:
    branch_of = {lead.id: lead.branch for lead in facts.leads}
    return [
        given.rating
        for given in facts.feedback
        if given.rated == person
        and from_day <= facts.day_of(given.created_at, branch_of[given.lead]) < to_day
    ]


def revenue(facts: Facts, person: UUID, from_day: date, to_day: date) -> Fraction:
    """Value of the leads won in the window, by the day of winning."""
    return sum(
        (
            value_of(facts, lead)
            for lead in facts.leads
            if is_won(lead)
            and lead.won_at
            and facts.credited(lead) == person
            and from_day <= facts.day_of(lead.won_at, lead.branch) < to_day
        ),
        Fraction(0),
    )


def wins(facts: Facts, person: UUID, from_day: date, to_day: date) -> int:
    return sum(
        is_won(lead)
        and lead.won_at is not None
        and facts.credited(lead) == person
        and from_day <= facts.day_of(lead.won_at, lead.branch) < to_day
        for lead in facts.leads
    )


def kpis(facts: Facts, person: UUID, from_day: date, to_day: date) -> Row:
    """What metrics.agent_kpis says."""
    row: Row = {}
    length = to_day - from_day
    for prefix, first, last in (
        ("", from_day, to_day),
        ("previous_", from_day - length, from_day),
    ):
        leads = cohort(facts, person, first, last)
        took = responses(facts, leads)
        given = ratings(facts, person, first, last)
        won = sum(map(is_won, leads))
        hours = mean(took)
        row |= {
            f"{prefix}leads_assigned": len(leads),
            f"{prefix}leads_won": won,
            f"{prefix}conversion_rate": ratio(won, len(leads)),
            f"{prefix}leads_contacted": len(took),
            f"{prefix}response_seconds": sum(took, Fraction(0)),
            f"{prefix}avg_response_hours": None if hours is None else hours / 3600,
            f"{prefix}revenue": revenue(facts, person, first, last),
            f"{prefix}num_ratings": len(given),
            f"{prefix}rating_sum": sum(given),
            f"{prefix}avg_rating": ratio(sum(given), len(given)),
        }
    return row


def funnel(facts: Facts, person: UUID, from_day: date, to_day: date) -> Row:
    """What metrics.funnel says: each stage reached or passed."""
    leads = cohort(facts, person, from_day, to_day)
    converted = [lead for lead in leads if is_won(lead)]
    interested = [lead for lead in leads if lead.interested_at or is_won(lead)]
    contacted = [
        lead for lead in leads if facts.contacts(lead) or lead.interested_at or is_won(lead)
    ]
    return {
        "assigned": len(leads),
        "contacted": len(contacted),
        "interested": len(interested),
        "converted": len(converted),
        "contact_rate": ratio(len(contacted), len(leads)),
        "interest_rate": ratio(len(interested), len(leads)),
        "conversion_rate": ratio(len(converted), len(leads)),
    }


def sources(facts: Facts, person: UUID, from_day: date, to_day: date) -> dict[str, Row]:
    """What metrics.lead_sources says, by source."""
    leads = cohort(facts, person, from_day, to_day)
    return {
        source: {
            "leads": len(own),
            "leads_won": sum(map(is_won, own)),
            "conversion_rate": ratio(sum(map(is_won, own)), len(own)),
            "revenue": sum((value_of(facts, lead) for lead in own if is_won(lead)), Fraction(0)),
        }
        for source in {lead.source for lead in leads}
        if (own := [lead for lead in leads if lead.source == source])
    }


def buckets(unit: str, number: int, today: date) -> list[tuple[date, date]]:
    """First day and day after the last of so many days, ISO weeks or months up to today."""
    found: list[tuple[date, date]] = []
    end = today + ONE_DAY
    for _ in range(number):
        last = end - ONE_DAY
        match unit:
            case "day":
                start = last
            case "week":
                start = last - timedelta(last.isoweekday() - 1)
            case _:
                start = last.replace(day=1)
        found.append((start, end))
        end = start
    return found[::-1]


def response_days(facts: Facts, person: UUID, from_day: date, to_day: date) -> list[Row]:
    """What metrics.response_days says."""
    rows: list[Row] = []
    for offset in range((to_day - from_day).days):
        day = from_day + timedelta(offset)
        own = responses(facts, cohort(facts, person, day, day + ONE_DAY))
        week = responses(facts, cohort(facts, person, day - timedelta(6), day + ONE_DAY))
        own_mean, week_mean = mean(own), mean(week)
        rows.append(
            {
                "day": day,
                "leads_contacted": len(own),
                "response_seconds": sum(own, Fraction(0)),
                "avg_response_hours": None if own_mean is None else own_mean / 3600,
                "leads_contacted_7d": len(week),
                "response_seconds_7d": sum(week, Fraction(0)),
                "avg_response_hours_7d": None if week_mean is None else week_mean / 3600,
            }
        )
    return rows


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking; parts as measured."""

    parts: tuple[Fraction | None, Fraction | None, Fraction | None]
    score: Fraction | None


def scores(facts: Facts, now: datetime, days: int, periods_ago: int) -> dict[UUID, Ranked]:
    """Parts and score of every active agent, over the last days or the days before."""
    agents = [m for m in facts.members if m.role == "agent" and m.is_active]
    spans = {agent.id: _span(facts, agent, now, days, periods_ago) for agent in agents}
    leads = {key: cohort(facts, key, *span) for key, span in spans.items()}
    given = {key: ratings(facts, key, *span) for key, span in spans.items()}
    won = {key: sum(map(is_won, own)) for key, own in leads.items()}
    conversion = ratio(sum(won.values()), sum(map(len, leads.values())))
    satisfaction = ratio(sum(map(sum, given.values())), sum(map(len, given.values())))
    parts: dict[UUID, tuple[Fraction | None, Fraction | None, Fraction | None]] = {}
    for key, own in leads.items():
        rate = shrink(Fraction(won[key]), Fraction(len(own)), conversion)
        rating = shrink(Fraction(sum(given[key])), Fraction(len(given[key])), satisfaction)
        took = mean(responses(facts, own))
        parts[key] = (
            None if rate is None else 100 * rate,
            None if rating is None else (rating - 1) * 25,
            on_curve("response", None if took is None else took / 60),
        )
    fallback: list[Fraction] = []
    for number in range(3):
        measured = [own[number] for own in parts.values()]
        fallback.append(mean([part for part in measured if part is not None]) or Fraction(50))
        if any(part is not None for part in measured):
            fallback[number] = mean([p for p in measured if p is not None]) or Fraction(0)
    weights = (Fraction("0.40"), Fraction("0.35"), Fraction("0.25"))
    found: dict[UUID, Ranked] = {}
    for key, own in parts.items():
        filled = [part if part is not None else fallback[n] for n, part in enumerate(own)]
        total = sum((w * part for w, part in zip(weights, filled, strict=True)), Fraction(0))
        found[key] = Ranked(own, total if leads[key] else None)
    return found


def places(values: dict[UUID, Fraction]) -> dict[UUID, int]:
    """1 for the highest; equal values share a place."""
    return {
        key: 1 + sum(other > value for other in values.values()) for key, value in values.items()
    }


def _span(facts: Facts, agent: Member, now: datetime, days: int, ago: int) -> tuple[date, date]:
    end = facts.day_of(now, agent.branch) + ONE_DAY - timedelta(days * ago)
    return end - timedelta(days), end
