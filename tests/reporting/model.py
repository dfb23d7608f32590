"""Branch reports worked out once more, in plain Python, from the facts and METRICS section 5.

Shares nothing with sql/: zoneinfo instead of PostgreSQL's time zones, fractions instead of numeric,
lists of calls and leads instead of rollups. Slow and simple.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

INTERESTED = {"interested", "booked", "converted"}
CONTACTS = {"phone_call", "email_sent", "whatsapp", "sms", "meeting", "status_change_contacted"}
STAFF_ROLES = {"agent", "partner", "manager"}

Row = dict[str, Any]
Json = dict[str, Any]


class Facts:
    """What lies in the tables about one branch, and all calls of its workspace."""

    def __init__(self, connection: psycopg.Connection, workspace: UUID, branch: UUID) -> None:
        self.connection = connection
        self.workspace = workspace
        self.branch = branch
        self.calls = self._rows("select * from crm.call_logs where workspace_id = %s")
        self.leads = {
            row["id"]: row
            for row in self._rows("select * from crm.leads where workspace_id = %s")
            if row["branch_id"] == branch
        }
        self.history = self._rows(
            "select * from crm.lead_status_history where workspace_id = %s order by changed_at, id"
        )
        self.activities = self._rows("select * from crm.lead_activities where workspace_id = %s")
        self.members = self._rows("select * from crm.members where workspace_id = %s")
        zones = self._rows(
            "select b.id, coalesce(b.timezone, w.timezone) as zone from crm.branches as b"
            " inner join crm.workspaces as w on w.workspace_id = b.workspace_id"
            " where b.workspace_id = %s"
        )
        self.zones = {row["id"]: ZoneInfo(row["zone"]) for row in zones}
        self.zone = self.zones[branch]
        home = self._rows("select timezone from crm.workspaces where workspace_id = %s")
        self.home = ZoneInfo(home[0]["timezone"])

    def _rows(self, query: LiteralString) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, (self.workspace,)).fetchall()

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def calls_in(self, days: "Days") -> list[Row]:
        return [
            call
            for call in self.calls
            if call["branch_id"] == self.branch and self.day(call["started_at"]) in days
        ]

    def leads_in(self, days: "Days") -> list[Row]:
        return [lead for lead in self.leads.values() if self.day(lead["created_at"]) in days]

    def won_in(self, days: "Days") -> list[Row]:
        return [
            lead
            for lead in self.leads.values()
            if is_won(lead) and lead["won_at"] and self.day(lead["won_at"]) in days
        ]

    def status_at(self, lead: Row, moment: datetime) -> str:
        rows = [
            row
            for row in self.history
            if row["lead_id"] == lead["id"] and row["changed_at"] < moment
        ]
        return rows[-1]["status"] if rows else "new"


class Days:
    """The local days from one to another, the latter left out."""

    def __init__(self, first: date, after: date) -> None:
        self.first = first
        self.after = after

    def __len__(self) -> int:
        return (self.after - self.first).days

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day < self.after

    def before(self) -> "Days":
        return Days(self.first - timedelta(days=len(self)), self.first)


def is_won(lead: Row) -> bool:
    return lead["status"] == "won" or (lead["status"] == "completed" and bool(lead["won_at"]))


def answered(calls: Iterable[Row]) -> list[Row]:
    return [call for call in calls if call["status"] == "completed"]


def interested(calls: Iterable[Row]) -> list[Row]:
    return [call for call in answered(calls) if call["outcome"] in INTERESTED]


def outbound(calls: Iterable[Row]) -> list[Row]:
    return [call for call in calls if call["direction"] == "outbound"]


def rounded(value: Fraction | int | None, digits: int) -> float | None:
    """Half away from zero, as numeric rounds."""
    if value is None:
        return None
    exact = Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def quotient(above: Fraction | int, below: int) -> Fraction | None:
    return Fraction(above) / below if below else None


def percent(above: int, below: int) -> float | None:
    return rounded(quotient(100 * above, below), 1)


def shares(label: str, names: Iterable[str]) -> list[Json]:
    counts = Counter(names)
    return [
        {label: name, "count": n, "share": percent(n, counts.total())}
        for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def values(
    facts: Facts, days: Days
) -> dict[str, tuple[Fraction | None, str, int | None, int | None]]:
    """Figure -> value, unit, numerator and denominator of a percentage."""
    leads, calls = facts.leads_in(days), facts.calls_in(days)
    contacted = [lead for lead in leads if lead["first_contact_at"]]
    waited = sum(
        (
            max(
                Fraction(
                    round(
                        (lead["first_contact_at"] - lead["created_at"]) / timedelta(microseconds=1)
                    )
                ),
                Fraction(0),
            )
            / 1_000_000
            for lead in contacted
        ),
        Fraction(0),
    )
    won = sum(map(is_won, leads))
    spoken = answered(calls)
    successes = len(interested(outbound(calls)))
    seconds = sum(call["duration_seconds"] for call in spoken)

    def count(n: int) -> tuple[Fraction | None, str, None, None]:
        return Fraction(n), "count", None, None

    def rate(above: int, below: int) -> tuple[Fraction | None, str, int, int]:
        return quotient(100 * above, below), "percent", above, below

    return {
        "new_leads": count(len(leads)),
        "converted": count(len(facts.won_in(days))),
        "conversion_rate": rate(won, len(leads)),
        "first_response_minutes": (quotient(waited / 60, len(contacted)), "minutes", None, None),
        "calls": count(len(calls)),
        "answered": count(len(spoken)),
        "answer_rate": rate(len(spoken), len(calls)),
        "interested": count(len(interested(calls))),
        "success_rate": rate(successes, len(outbound(spoken))),
        "mean_duration_seconds": (quotient(seconds, len(spoken)), "seconds", None, None),
    }


DIGITS = {"count": 0, "seconds": 0, "percent": 1, "minutes": 1}


def figures(facts: Facts, days: Days, with_previous: bool) -> list[Json]:
    now = values(facts, days)
    before = values(facts, days.before())
    found: list[Json] = []
    for key, (value, unit, numerator, denominator) in now.items():
        figure: Json = {
            "key": key,
            "unit": unit,
            "value": rounded(value, DIGITS[unit]),
            "numerator": numerator,
            "denominator": denominator,
        }
        if with_previous:
            previous = before[key][0]
            lower = key == "first_response_minutes"
            figure |= {
                "previous": rounded(previous, DIGITS[unit]),
                "change": None,
                "direction": None,
                "better": None,
                "new": bool(value and not previous),
            }
            if value is not None and previous:
                figure["change"] = rounded(100 * (value - previous) / previous, 1)
            if value is not None and previous is not None:
                figure["direction"] = (
                    "up" if value > previous else "down" if value < previous else "flat"
                )
                if value != previous:
                    figure["better"] = (value > previous) != lower
        found.append(figure)
    return found


def hours(facts: Facts, days: Days) -> tuple[list[Json], Json | None]:
    calls = facts.calls_in(days)
    listed: list[Json] = []
    for hour in range(24):
        of_hour = [c for c in calls if c["started_at"].astimezone(facts.zone).hour == hour]
        listed.append(
            {
                "hour": hour,
                "calls": len(of_hour),
                "answered": len(answered(of_hour)),
                "interested": len(interested(of_hour)),
            }
        )
    # The prior is the whole workspace's; each call is dated in the zone of its own branch.
    everybody = [
        c
        for c in facts.calls
        if c["started_at"].astimezone(facts.zones.get(c["branch_id"], facts.home)).date() in days
    ]
    enough = [h for h in listed if h["calls"] >= 5]
    if not enough or not any(h["interested"] for h in listed):
        return listed, None
    prior = Fraction(len(interested(everybody)), len(everybody))
    best = max(
        enough,
        key=lambda h: ((h["interested"] + 10 * prior) / (h["calls"] + 10), h["calls"], -h["hour"]),
    )
    return listed, best | {"interested_rate": percent(best["interested"], best["calls"])}


def call_part(facts: Facts, days: Days) -> Json:
    calls = facts.calls_in(days)

    def interest(call: Row) -> str:
        if call["outcome"] in INTERESTED:
            return "interested"
        return "not_interested" if call["outcome"] == "not_interested" else "undecided"

    listed, best = hours(facts, days)
    return {
        "by_direction": shares("direction", (c["direction"] for c in calls)),
        "by_status": shares("status", (c["status"] for c in calls)),
        "by_outcome": shares("outcome", (c["outcome"] or "unknown" for c in calls)),
        "interest": shares("interest", map(interest, answered(calls))),
        "hours": listed,
        "best_hour": best,
    }


def lead_part(facts: Facts, days: Days) -> Json:
    end = datetime.combine(days.after, datetime.min.time(), facts.zone)
    new = facts.leads_in(days)
    known = [lead for lead in facts.leads.values() if facts.day(lead["created_at"]) < days.after]
    return {
        "by_status": shares("status", (facts.status_at(lead, end) for lead in new)),
        "by_source": shares("source", (lead["source"] for lead in new)),
        "pipeline": shares("status", (facts.status_at(lead, end) for lead in known)),
    }


def funnel(facts: Facts, days: Days) -> list[Json]:
    def stages(leads: list[Row]) -> dict[str, int]:
        qualified = [lead for lead in leads if lead["interested_at"] or is_won(lead)]
        contacted = [lead for lead in leads if lead["first_contact_at"] or lead in qualified]
        return {
            "new": len(leads),
            "contacted": len(contacted),
            "qualified": len(qualified),
            "converted": sum(map(is_won, leads)),
        }

    now, before = stages(facts.leads_in(days)), stages(facts.leads_in(days.before()))
    return [
        {
            "stage": stage,
            "leads": n,
            "rate": percent(n, now["new"]),
            "previous": before[stage],
            "previous_rate": percent(before[stage], before["new"]),
            "change": percent(n - before[stage], before[stage]),
            "new": n > 0 and not before[stage],
        }
        for stage, n in now.items()
    ]


def staff(facts: Facts, days: Days) -> list[Json]:
    calls, won = facts.calls_in(days), facts.won_in(days)
    contacts = [
        a
        for a in facts.activities
        if a["lead_id"] in facts.leads
        and a["type"] in CONTACTS
        and facts.day(a["occurred_at"]) in days
    ]
    people: set[UUID | None] = {
        m["user_id"]
        for m in facts.members
        if m["branch_id"] == facts.branch and m["role"] in STAFF_ROLES and not m["deactivated_at"]
    }
    people |= {c["user_id"] for c in calls} | {lead["credited_user_id"] for lead in won}
    people |= {a["actor_user_id"] for a in contacts if a["actor_user_id"]}
    rows: list[Json] = []
    for person in people:
        own = [c for c in calls if c["user_id"] == person]
        tried = len(outbound(answered(own)))
        successes = len(outbound(interested(own)))
        rows.append(
            {
                "user_id": str(person) if person else None,
                "calls": len(own),
                "answered": len(answered(own)),
                "interested": len(interested(own)),
                "leads_contacted": len(
                    {a["lead_id"] for a in contacts if a["actor_user_id"] == person}
                )
                if person
                else None,
                "converted": sum(lead["credited_user_id"] == person for lead in won),
                "success_rate": percent(successes, tried),
                "successful": successes,
                "answered_outbound": tried,
            }
        )
    return sorted(
        rows,
        key=lambda r: (-r["converted"], -r["interested"], -r["calls"], r["user_id"] or ""),
    )


def trend(facts: Facts, days: Days) -> list[Json]:
    rows: list[Json] = []
    for day in days:
        one = Days(day, day + timedelta(days=1))
        calls = facts.calls_in(one)
        rows.append(
            {
                "day": str(day),
                "new_leads": len(facts.leads_in(one)),
                "converted": len(facts.won_in(one)),
                "calls": len(calls),
                "answered": len(answered(calls)),
                "interested": len(interested(calls)),
            }
        )
    return rows


def daily(facts: Facts, days: Days) -> Json:
    return {
        "figures": figures(facts, days, with_previous=False),
        "leads": lead_part(facts, days),
        "calls": call_part(facts, days),
    }


def weekly(facts: Facts, days: Days) -> Json:
    return {
        "figures": figures(facts, days, with_previous=True),
        "leads": lead_part(facts, days),
        "calls": call_part(facts, days),
        "funnel": funnel(facts, days),
        "staff": staff(facts, days),
        "trend": trend(facts, days),
    }
