"""Partner figures worked out once more, in plain Python, from the facts and METRICS section 3.

Shares nothing with sql/: fractions instead of numeric, zoneinfo instead of PostgreSQL's time zones,
lists instead of rollups. Slow and simple.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

CONTACTS = {"phone_call", "email_sent", "whatsapp", "sms", "meeting", "status_change_contacted"}
OPEN = {"new", "accepted", "contacted", "in_progress", "qualified"}

Points = Sequence[tuple[Fraction, Fraction]]

WEIGHTS = {
    "response": Fraction("0.25"),
    "deal_rate": Fraction("0.25"),
    "follow_up": Fraction("0.15"),
    "feedback": Fraction("0.10"),
    "complaints": Fraction("0.10"),
    "trust": Fraction("0.05"),
    "deal_value": Fraction("0.05"),
    "consistency": Fraction("0.05"),
}
CURVES: dict[str, Points] = {
    "response": [
        (Fraction(x), Fraction(y))
        for x, y in ((0, 100), (30, 100), (120, 70), (1440, 40), (10080, 0))
    ],
    "deal_rate": [(Fraction(0), Fraction(0)), (Fraction("0.85"), Fraction(100))],
    "feedback": [(Fraction(1), Fraction(0)), (Fraction(5), Fraction(100))],
    "complaints": [
        (Fraction(x), Fraction(y)) for x, y in (("0", 100), ("0.02", 80), ("0.05", 50), ("0.1", 0))
    ],
}

Value = int | Fraction | datetime | date | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Member:
    id: UUID
    role: str
    branch: UUID | None
    is_active: bool
    has_profile: bool
    ai_risk_score: int | None


@dataclass(frozen=True)
class Lead:
    id: UUID
    branch: UUID | None
    owner: UUID | None
    creator: UUID | None
    status: str
    created_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    rejected_at: datetime | None
    won_at: datetime | None
    deal_value: Fraction | None
    price_at_purchase: Fraction | None
    interested_at: datetime | None = None
    source: str = "unknown"


@dataclass(frozen=True)
class Activity:
    lead: UUID
    actor: UUID | None
    type: str
    occurred_at: datetime


@dataclass(frozen=True)
class Feedback:
    lead: UUID
    rated: UUID
    rating: int
    created_at: datetime


@dataclass(frozen=True)
class Ticket:
    lead: UUID
    about: UUID
    type: str
    created_at: datetime


@dataclass
class Facts:
    zone: str
    deal_value_basis: str
    ai_score_measures: str
    branch_zones: dict[UUID, str | None] = field(default_factory=dict[UUID, str | None])
    members: list[Member] = field(default_factory=list[Member])
    leads: list[Lead] = field(default_factory=list[Lead])
    activities: list[Activity] = field(default_factory=list[Activity])
    feedback: list[Feedback] = field(default_factory=list[Feedback])
    tickets: list[Ticket] = field(default_factory=list[Ticket])

    def zone_of(self, branch: UUID | None) -> str:
        return (self.branch_zones[branch] if branch else None) or self.zone

    def day_of(self, moment: datetime, branch: UUID | None) -> date:
        return moment.astimezone(ZoneInfo(self.zone_of(branch))).date()

    def partners(self) -> list[Member]:
        return [m for m in self.members if m.role in {"partner", "agent"} or m.has_profile]

    def credited(self, lead: Lead) -> UUID | None:
        if lead.owner or lead.creator:
            return lead.owner or lead.creator
        acted = [a for a in self.activities if a.lead == lead.id and a.actor]
        return min(acted, key=lambda a: a.occurred_at).actor if acted else None

    def contacts(self, lead: Lead) -> list[datetime]:
        return sorted(
            a.occurred_at for a in self.activities if a.lead == lead.id and a.type in CONTACTS
        )


def window(facts: Facts, partner: UUID, from_day: date, to_day: date) -> Row:
    """What metrics.partner_performance says of one partner; ``deal_values`` left out."""

    def inside(moment: datetime, branch: UUID | None) -> bool:
        return from_day <= facts.day_of(moment, branch) < to_day

    branch_of = {lead.id: lead.branch for lead in facts.leads}
    cohort = [
        lead
        for lead in facts.leads
        if facts.credited(lead) == partner and inside(lead.created_at, lead.branch)
    ]
    accepted = [seconds(lead.accepted_at - lead.created_at) for lead in cohort if lead.accepted_at]
    contacts = [facts.contacts(lead) for lead in cohort]
    responses = sorted(
        seconds(times[0] - lead.created_at)
        for lead, times in zip(cohort, contacts, strict=True)
        if times
    )
    won = [lead for lead in cohort if is_won(lead)]
    lost = sum(lead.status == "lost" for lead in cohort)
    values = sorted(deal_values(facts, won))
    ratings = [
        f.rating
        for f in facts.feedback
        if f.rated == partner and inside(f.created_at, branch_of[f.lead])
    ]
    complaints = sum(
        t.about == partner and t.type == "complaint" and inside(t.created_at, branch_of[t.lead])
        for t in facts.tickets
    )
    leads = len(cohort)
    attempts = sum(len(times) for times in contacts)
    twice = sum(len(times) >= 2 for times in contacts)
    hour = sum(response <= 3600 for response in responses)
    day = sum(response <= 86400 for response in responses)
    low, high = wilson(len(won), len(won) + lost)
    middle = (leads + 1) // 2
    return {
        "leads_assigned": leads,
        "leads_accepted": len(accepted),
        "leads_rejected": sum(lead.rejected_at is not None for lead in cohort),
        "conversion_rate": ratio(len(accepted), leads),
        "acceptance_seconds": sum(accepted, Fraction(0)),
        "avg_response_time_minutes": minutes(mean(accepted)),
        "leads_contacted": len(responses),
        "response_seconds": sum(responses, Fraction(0)),
        "avg_first_response_time_minutes": minutes(mean(responses)),
        "median_first_response_time_minutes": (
            minutes(responses[middle - 1]) if leads and middle <= len(responses) else None
        ),
        "leads_contacted_within_1h": hour,
        "pct_contacted_within_1h": percent(hour, leads),
        "leads_contacted_within_24h": day,
        "pct_contacted_within_24h": percent(day, leads),
        "won_leads": len(won),
        "lost_leads": lost,
        "deal_rate": ratio(len(won), len(won) + lost),
        "deal_rate_low": low,
        "deal_rate_high": high,
        "contact_attempts": attempts,
        "avg_contact_attempts_per_lead": ratio(attempts, leads),
        "leads_min_2_attempts": twice,
        "pct_leads_min_2_attempts": percent(twice, leads),
        "num_ratings": len(ratings),
        "rating_sum": sum(ratings),
        "avg_customer_rating": ratio(sum(ratings), len(ratings)),
        "complaints": complaints,
        "complaint_rate": ratio(complaints, leads),
        "won_leads_valued": len(values),
        "deal_value_sum": sum(values, Fraction(0)),
        "avg_deal_value": mean(values),
        "median_deal_value": median(values),
    }


def stats(facts: Facts, now: datetime) -> dict[UUID, Row]:
    """What stats.partner_performance_stats says of a workspace with the default weights."""
    rows: dict[UUID, Row] = {}
    values: list[Fraction] = []
    partners = [m for m in facts.partners() if m.is_active]
    for partner in partners:
        today = facts.day_of(now, partner.branch)
        month = window(facts, partner.id, today - timedelta(29), today + timedelta(1))
        week = window(facts, partner.id, today - timedelta(6), today + timedelta(1))
        row: Row = {"window_to_day": today + timedelta(1), "as_of": now}
        for name, value in month.items():
            # The one column of the window whose old name tells no window.
            column = name if name == "avg_response_time_minutes" else f"{name}_30d"
            row[column] = value
        for name in (
            "leads_assigned",
            "leads_contacted",
            "response_seconds",
            "avg_first_response_time_minutes",
            "won_leads",
            "lost_leads",
            "deal_rate",
        ):
            row[f"{name}_7d"] = week[name]
        owned = [lead for lead in facts.leads if lead.owner == partner.id]
        row["open_leads_count"] = sum(
            lead.status in OPEN and facts.credited(lead) == partner.id for lead in facts.leads
        )
        row["last_lead_assigned_at"] = max(
            (lead.assigned_at for lead in owned if lead.assigned_at), default=None
        )
        row["ai_trust_score"] = trust(partner.ai_risk_score, facts.ai_score_measures)
        rows[partner.id] = row
        values += deal_values(
            facts,
            [
                lead
                for lead in facts.leads
                if is_won(lead)
                and facts.credited(lead) == partner.id
                and today - timedelta(29) <= facts.day_of(lead.created_at, lead.branch) <= today
            ],
        )
    _score(rows, sorted(values))
    return rows


def _score(rows: dict[UUID, Row], values: Sequence[Fraction]) -> None:
    """Adds priors, parts and total to the rows of one workspace."""

    def total(column: str) -> Fraction:
        return sum((number(row[column]) for row in rows.values()), Fraction(0))

    decided = total("won_leads_30d") + total("lost_leads_30d")
    priors = {
        "deal_rate": ratio(total("won_leads_30d"), decided),
        "customer_rating": ratio(total("rating_sum_30d"), total("num_ratings_30d")),
        "complaint_rate": ratio(total("complaints_30d"), total("leads_assigned_30d")),
    }
    # The smallest value that at least 95 % of the values do not exceed.
    p95 = values[math.ceil(Fraction(95, 100) * len(values)) - 1] if values else None
    for row in rows.values():
        won = number(row["won_leads_30d"])
        shrunk = {
            "deal_rate": shrink(won, won + number(row["lost_leads_30d"]), priors["deal_rate"]),
            "customer_rating": shrink(
                number(row["rating_sum_30d"]),
                number(row["num_ratings_30d"]),
                priors["customer_rating"],
            ),
            "complaint_rate": shrink(
                number(row["complaints_30d"]),
                number(row["leads_assigned_30d"]),
                priors["complaint_rate"],
            ),
        }
        for name, prior in priors.items():
            row[f"prior_{name}_30d"] = prior
            row[f"shrunk_{name}_30d"] = shrunk[name]
        row["p95_deal_value_30d"] = p95
        response = row["avg_first_response_time_minutes_30d"]
        row["response_score"] = on_curve("response", response)
        row["deal_rate_score"] = on_curve("deal_rate", shrunk["deal_rate"])
        row["follow_up_score"] = row["pct_leads_min_2_attempts_30d"]
        row["feedback_score"] = on_curve("feedback", shrunk["customer_rating"])
        row["complaints_score"] = on_curve("complaints", shrunk["complaint_rate"])
        row["trust_score"] = row["ai_trust_score"]
        row["deal_value_score"] = deal_value_score(row["avg_deal_value_30d"], p95)
        row["consistency_score"] = consistency_score(
            row["deal_rate_7d"],
            row["deal_rate_30d"],
            row["avg_first_response_time_minutes_7d"],
            response,
        )
    for part in WEIGHTS:
        measured = [
            number(row[f"{part}_score"])
            for row in rows.values()
            if row[f"{part}_score"] is not None
        ]
        stand_in = sum(measured, Fraction(0)) / len(measured) if measured else Fraction(50)
        for row in rows.values():
            score = row[f"{part}_score"]
            row[f"effective_{part}_score"] = stand_in if score is None else score
    for row in rows.values():
        row["performance_score"] = sum(
            (weight * number(row[f"effective_{part}_score"]) for part, weight in WEIGHTS.items()),
            Fraction(0),
        )


def is_won(lead: Lead) -> bool:
    return lead.status == "won" or (lead.status == "completed" and lead.won_at is not None)


def deal_values(facts: Facts, won: Iterable[Lead]) -> list[Fraction]:
    paid = facts.deal_value_basis == "price_at_purchase"
    values = (lead.price_at_purchase if paid else lead.deal_value for lead in won)
    return [value for value in values if value is not None]


def seconds(duration: timedelta) -> Fraction:
    """Never below 0."""
    return max(Fraction(0), Fraction(duration // timedelta(microseconds=1), 10**6))


def minutes(duration: Fraction | None) -> Fraction | None:
    return None if duration is None else duration / 60


def ratio(numerator: int | Fraction, denominator: int | Fraction) -> Fraction | None:
    return Fraction(numerator) / Fraction(denominator) if denominator else None


def percent(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(100 * numerator, denominator) if denominator else None


def mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def median(values: Sequence[Fraction]) -> Fraction | None:
    if not values:
        return None
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def wilson(hits: int, trials: int) -> tuple[Fraction | None, Fraction | None]:
    if not trials:
        return None, None
    z = 1.959963984540054
    rate = hits / trials
    centre = rate + z * z / (2 * trials)
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return Fraction((centre - spread) / scale), Fraction((centre + spread) / scale)


def shrink(hits: Fraction, trials: Fraction, prior: Fraction | None) -> Fraction | None:
    if not trials:
        return None
    assert prior is not None
    return (hits + 10 * prior) / (trials + 10)


def trust(ai_score: int | None, measures: str) -> int | None:
    if ai_score is None:
        return None
    return 100 - ai_score if measures == "risk" else ai_score


def number(value: Value) -> Fraction:
    assert isinstance(value, int | Fraction)
    return Fraction(value)


def on_curve(curve: str, value: Value) -> Fraction | None:
    if value is None:
        return None
    x = number(value)
    points = CURVES[curve]
    if x <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return points[-1][1]


def deal_value_score(value: Value, p95: Value) -> Fraction | None:
    if value is None or p95 is None or number(p95) <= 0:
        return None
    score = 100 * math.log1p(max(0, number(value))) / math.log1p(number(p95))
    return Fraction(min(score, 100.0))


def consistency_score(
    deal_7d: Value, deal_30d: Value, response_7d: Value, response_30d: Value
) -> Fraction | None:
    if None in (deal_7d, deal_30d, response_7d, response_30d):
        return None
    week, month = number(deal_7d), number(deal_30d)
    fast, usual = number(response_7d), number(response_30d)
    return (
        100
        - 50 * min(Fraction(1), abs(week - month) / max(month, Fraction("0.05")))
        - 50 * min(Fraction(1), abs(fast - usual) / max(usual, Fraction(1)))
    )
