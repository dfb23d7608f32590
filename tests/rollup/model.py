"""The rollups, computed a second time: in plain Python, from the facts as they lie in the tables.

Nothing here is taken from ``sql/``: time zones are zoneinfo's, sums are Decimal, words are counted
from what docs/metrics.md and the comments of the tables say. A difference to ``rollup.<family>`` is
a fault of one of the two.

A row is a dict of column to value as JSON has it: keys and dates are strings, counts are int, sums
of time and money are Decimal, leads by source are a dict.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

Fact = Mapping[str, object]
Number = int | Decimal
Row = dict[str, str | Number | dict[str, Number]]
Rows = dict[tuple[tuple[str, str | int], ...], dict[str, Number]]

NOBODY = "00000000-0000-0000-0000-000000000000"
CONTACTS = {"phone_call", "email_sent", "whatsapp", "sms", "meeting", "status_change_contacted"}
TABLES = (
    "workspaces",
    "branches",
    "leads",
    "lead_activities",
    "tasks",
    "notes",
    "call_logs",
    "campaign_leads",
    "campaign_lead_segments",
    "lead_feedback",
    "support_tickets",
)


class Facts:
    """All facts of a database, as they are now."""

    def __init__(self, tables: Mapping[str, list[Fact]]) -> None:
        self.tables = tables
        self.workspace_zones = {
            fact["workspace_id"]: ZoneInfo(str(fact["timezone"])) for fact in tables["workspaces"]
        }
        self.branch_zones = {
            (fact["workspace_id"], fact["id"]): ZoneInfo(str(fact["timezone"]))
            for fact in tables["branches"]
            if fact["timezone"] is not None
        }
        self.leads = {(fact["workspace_id"], fact["id"]): fact for fact in tables["leads"]}

    def lead_of(self, fact: Fact) -> Fact:
        return self.leads[fact["workspace_id"], fact["lead_id"]]

    def day(self, at: object, placed: Fact) -> date:
        """Local day of a moment, in the zone of a lead's (or call's) branch or workspace."""
        return self.local(at, placed).date()

    def local(self, at: object, placed: Fact) -> datetime:
        workspace, branch = placed["workspace_id"], placed["branch_id"]
        zone = self.branch_zones.get((workspace, branch), self.workspace_zones[workspace])
        return _moment(at).astimezone(zone)

    def about(self, table: str, lead: Fact) -> list[Fact]:
        return [
            fact
            for fact in self.tables[table]
            if (fact["workspace_id"], fact["lead_id"]) == (lead["workspace_id"], lead["id"])
        ]


def read_facts(connection: psycopg.Connection) -> Facts:
    """One snapshot of all facts; call it inside a transaction if others write."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return Facts(
            {
                table: list(
                    cursor.execute(sql.SQL("select * from {}").format(sql.Identifier("crm", table)))
                )
                for table in TABLES
            }
        )


def computed(facts: Facts) -> dict[str, list[Row]]:
    """Every rollup from the facts, each as its sorted rows."""
    families = {family: definition(facts) for family, definition in FAMILIES.items()}
    rows = {
        family: sort({**dict(key), **sums} for key, sums in found.items())
        for family, found in families.items()
    }
    return rows | {
        "member_day": sort(member_sums(families, weekly=False)),
        "member_week": sort(member_sums(families, weekly=True)),
        "segment_hour": sort(segment_sums(families["segment_day"])),
    }


def stored(connection: psycopg.Connection) -> dict[str, list[Row]]:
    """Every rollup as it is stored, sorted alike."""
    return {
        family: sort(
            json.loads(text, parse_float=Decimal)
            for (text,) in connection.execute(
                sql.SQL("select to_json(r)::text from {} as r").format(
                    sql.Identifier("rollup", family)
                )
            )
        )
        for family in (*FAMILIES, *SUMS)
    }


def sort(rows: Iterable[Row]) -> list[Row]:
    def place(row: Row) -> list[object]:
        return [
            sorted(value.items()) if isinstance(value, dict) else value
            for _, value in sorted(row.items())
        ]

    return sorted(rows, key=place)


def lead_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for lead in facts.tables["leads"]:
        created_at = _moment(lead["created_at"])
        accepted = lead["accepted_at"] is not None
        contacted = lead["first_contact_at"] is not None
        interested = lead["interested_at"] is not None
        won = _is_won(lead)
        response = _wait(created_at, lead["first_contact_at"])
        _add(
            rows,
            _came_in(facts, lead),
            {
                "leads": 1,
                "assigned": int(lead["assigned_at"] is not None),
                "accepted": int(accepted),
                "rejected": int(lead["rejected_at"] is not None),
                "acceptance_seconds": _wait(created_at, lead["accepted_at"]),
                "contacted": int(contacted),
                "contacted_1h": int(contacted and response <= 3600),
                "contacted_24h": int(contacted and response <= 86400),
                "response_seconds": response,
                "reached_contacted": int(contacted or interested or won),
                "reached_interested": int(interested or won),
                "won": int(won),
                "lost": int(lead["status"] == "lost"),
                "won_value": _money(lead["deal_value"]) if won else Decimal(0),
                "won_valued": int(won and lead["deal_value"] is not None),
                "won_price": _money(lead["price_at_purchase"]) if won else Decimal(0),
                "won_priced": int(won and lead["price_at_purchase"] is not None),
            },
        )
    return rows


def lead_contact_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for lead in facts.tables["leads"]:
        attempts = sum(fact["type"] in CONTACTS for fact in facts.about("lead_activities", lead))
        if attempts:
            _add(
                rows,
                _came_in(facts, lead),
                {"contact_attempts": attempts, "leads_min_2_attempts": int(attempts >= 2)},
            )
    return rows


def lead_service_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for lead in facts.tables["leads"]:
        ratings = [_integer(fact["rating"]) for fact in facts.about("lead_feedback", lead)]
        complaints = sum(
            ticket["type"] == "complaint" for ticket in facts.about("support_tickets", lead)
        )
        if ratings or complaints:
            _add(
                rows,
                _came_in(facts, lead),
                {"complaints": complaints, "ratings": len(ratings), "rating_sum": sum(ratings)},
            )
    return rows


def _came_in(facts: Facts, lead: Fact) -> dict[str, str]:
    return {
        "workspace_id": str(lead["workspace_id"]),
        "day": facts.day(lead["created_at"], lead).isoformat(),
        "subject_id": _or_nobody(lead["credited_user_id"]),
        "branch_id": _or_nobody(lead["branch_id"]),
        "source": str(lead["source"]),
    }


def activity_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for activity in facts.tables["lead_activities"]:
        lead = facts.lead_of(activity)
        _add(
            rows,
            {
                "workspace_id": str(activity["workspace_id"]),
                "day": facts.day(activity["occurred_at"], lead).isoformat(),
                "subject_id": _or_nobody(activity["actor_user_id"]),
                "branch_id": _or_nobody(lead["branch_id"]),
                "type": str(activity["type"]),
            },
            {"activities": 1, "duration_seconds": _integer(activity["duration_seconds"])},
        )
    return rows


def task_day(facts: Facts) -> Rows:
    rows: Rows = {}

    def count(task: Fact, person: object, at: object, measures: Mapping[str, int]) -> None:
        if person is None or at is None:
            return
        key = {
            "workspace_id": str(task["workspace_id"]),
            "day": facts.day(at, facts.lead_of(task)).isoformat(),
            "subject_id": str(person),
        }
        nothing = dict.fromkeys(
            ("created", "created_completed", "completed", "due", "done_on_time"), 0
        )
        _add(rows, key, {**nothing, **measures})

    for task in facts.tables["tasks"]:
        done = task["completed_at"]
        count(
            task,
            task["created_by_user_id"],
            task["created_at"],
            {"created": 1, "created_completed": int(done is not None)},
        )
        count(task, task["completed_by_user_id"], done, {"completed": 1})
        if task["cancelled_at"] is None and task["due_at"] is not None:
            on_time = done is not None and _moment(done) <= _moment(task["due_at"])
            count(
                task,
                task["assigned_to_user_id"],
                task["due_at"],
                {"due": 1, "done_on_time": int(on_time)},
            )
    return rows


def outcome_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for lead in facts.tables["leads"]:
        won = _is_won(lead)
        at = lead["won_at"] if won else lead["lost_at"] if lead["status"] == "lost" else None
        if at is None:
            continue
        _add(
            rows,
            {
                "workspace_id": str(lead["workspace_id"]),
                "day": facts.day(at, lead).isoformat(),
                "subject_id": _or_nobody(lead["credited_user_id"]),
                "branch_id": _or_nobody(lead["branch_id"]),
                "source": str(lead["source"]),
            },
            {
                "won": int(won),
                "lost": int(not won),
                "revenue": _money(lead["deal_value"]) if won else Decimal(0),
                "price": _money(lead["price_at_purchase"]) if won else Decimal(0),
            },
        )
    return rows


def _worked(facts: Facts) -> Iterable[tuple[dict[str, str], str, str, int]]:
    """Workspace, day and the day before that, lead, person and pieces of their work."""
    days: dict[tuple[object, object, object], Counter[date]] = defaultdict(Counter)

    def work(fact: Fact, person: object, at: object) -> None:
        if person is not None:
            key = (fact["workspace_id"], person, fact["lead_id"])
            days[key][facts.day(at, facts.lead_of(fact))] += 1

    for fact in (*facts.tables["tasks"], *facts.tables["notes"]):
        work(fact, fact["created_by_user_id"], fact["created_at"])
    for fact in facts.tables["lead_activities"]:
        if fact["type"] in CONTACTS:
            work(fact, fact["actor_user_id"], fact["occurred_at"])

    for (workspace, person, lead), worked in days.items():
        previous = "-infinity"
        for day in sorted(worked):
            key = {
                "workspace_id": str(workspace),
                "day": day.isoformat(),
                "previous_day": previous,
            }
            yield key, str(lead), str(person), worked[day]
            previous = day.isoformat()


def lead_work_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for key, lead, person, works in _worked(facts):
        _add(rows, {**key, "subject_id": lead, "actor_id": person}, {"works": works})
    return rows


def worked_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for key, _, person, works in _worked(facts):
        _add(rows, {**key, "subject_id": person}, {"leads": 1, "works": works})
    return rows


def service_day(facts: Facts) -> Rows:
    rows: Rows = {}

    def count(fact: Fact, measures: Mapping[str, int]) -> None:
        if fact["user_id"] is None:
            return
        nothing = dict.fromkeys(
            ("ratings", "rating_sum", "tickets", "complaints", "upheld_complaints"), 0
        )
        _add(
            rows,
            {
                "workspace_id": str(fact["workspace_id"]),
                "day": facts.day(fact["created_at"], facts.lead_of(fact)).isoformat(),
                "subject_id": str(fact["user_id"]),
            },
            {**nothing, **measures},
        )

    for rating in facts.tables["lead_feedback"]:
        count(rating, {"ratings": 1, "rating_sum": _integer(rating["rating"])})
    for ticket in facts.tables["support_tickets"]:
        complaint = ticket["type"] == "complaint"
        upheld = complaint and ticket["upheld"] is True
        count(
            ticket, {"tickets": 1, "complaints": int(complaint), "upheld_complaints": int(upheld)}
        )
    return rows


def call_hour(facts: Facts) -> Rows:
    rows: Rows = {}
    for call in facts.tables["call_logs"]:
        local = facts.local(call["started_at"], call)
        _add(
            rows,
            {
                "workspace_id": str(call["workspace_id"]),
                "day": local.date().isoformat(),
                "subject_id": _or_nobody(call["user_id"]),
                "branch_id": _or_nobody(call["branch_id"]),
                "hour": local.hour,
                "direction": str(call["direction"]),
                "status": str(call["status"]),
                "outcome": str(call["outcome"] or ""),
            },
            {"calls": 1, "duration_seconds": _integer(call["duration_seconds"])},
        )
    return rows


def campaign_day(facts: Facts) -> Rows:
    rows: Rows = {}
    for recipient in facts.tables["campaign_leads"]:
        if recipient["sent_at"] is None:
            continue
        lead = facts.lead_of(recipient)
        _add(
            rows,
            {
                "workspace_id": str(recipient["workspace_id"]),
                "day": facts.day(recipient["sent_at"], lead).isoformat(),
                "subject_id": _or_nobody(recipient["owner_at_send"]),
                "campaign_id": str(recipient["campaign_id"]),
                "variant": str(recipient["variant"]),
            },
            _sending(recipient, lead),
        )
    return rows


def segment_day(facts: Facts) -> Rows:
    recipients = {
        (fact["workspace_id"], fact["campaign_id"], fact["lead_id"]): fact
        for fact in facts.tables["campaign_leads"]
    }
    rows: Rows = {}
    for place in facts.tables["campaign_lead_segments"]:
        lead = facts.lead_of(place)
        recipient = recipients[place["workspace_id"], place["campaign_id"], place["lead_id"]]
        _add(
            rows,
            {
                "workspace_id": str(place["workspace_id"]),
                "day": facts.day(place["sent_at"], lead).isoformat(),
                "subject_id": _or_nobody(recipient["owner_at_send"]),
                "segment_id": str(place["segment_id"]),
                "variant": str(recipient["variant"]),
                "segment_version": _integer(place["segment_version"]),
                "campaign_id": str(place["campaign_id"]),
                "hour": facts.local(place["sent_at"], lead).hour,
            },
            {**_sending(recipient, lead), "recomputed": int(place["is_recomputed"] is True)},
        )
    return rows


def member_sums(families: Mapping[str, Rows], *, weekly: bool) -> Iterable[Row]:
    """The sums over four of the families, per member and day, or week from Monday on."""
    measures = {
        "lead_day": {"leads": "leads", "contacted": "contacted", "won": "won",
                     "response_seconds": "response_seconds"},
        "worked_day": {"works": "works"},
        "task_day": {"created": "tasks_created", "created_completed": "tasks_created_completed",
                     "completed": "tasks_completed"},
        "campaign_day": {name: name for name in ("sent", "opened", "machine_opened", "clicked",
                                                 "replied", "bounced")},
    }  # fmt: skip
    names = ["first_worked", *(name for named in measures.values() for name in named.values())]
    found: dict[tuple[str, str, str], tuple[Counter[str], dict[str, Number]]] = {}
    for family, named in measures.items():
        for key, sums in families[family].items():
            row = dict(key)
            figures = {name: sums[old] for old, name in named.items()}
            if row.get("previous_day") == "-infinity":
                figures["first_worked"] = sums["leads"]
            if row["subject_id"] == NOBODY or not any(figures.values()):
                continue
            day = date.fromisoformat(str(row["day"]))
            first = day - timedelta(day.weekday()) if weekly else day
            sources, totals = found.setdefault(
                (str(row["workspace_id"]), first.isoformat(), str(row["subject_id"])),
                (Counter(), dict.fromkeys(names, 0)),
            )
            for name, value in figures.items():
                totals[name] += value
            if "source" in row:
                sources[str(row["source"])] += int(sums["leads"])
    for (workspace, day, subject), (sources, totals) in found.items():
        yield {
            "workspace_id": workspace,
            "day": day,
            "subject_id": subject,
            "source_leads": {**sources},
            **totals,
        }


def segment_sums(recipients: Rows) -> Iterable[Row]:
    """The sums of segment_day per segment, day and hour."""
    rows: Rows = {}
    for key, sums in recipients.items():
        place = {name: dict(key)[name] for name in ("workspace_id", "day", "segment_id", "hour")}
        _add(rows, place | {"subject_id": NOBODY}, sums)
    return ({**dict(key), **sums} for key, sums in rows.items())


SUMS = ("member_day", "member_week", "segment_hour")
"""Rollups of rollups."""

FAMILIES: dict[str, Callable[[Facts], Rows]] = {
    "lead_day": lead_day,
    "lead_contact_day": lead_contact_day,
    "lead_service_day": lead_service_day,
    "activity_day": activity_day,
    "task_day": task_day,
    "outcome_day": outcome_day,
    "lead_work_day": lead_work_day,
    "worked_day": worked_day,
    "service_day": service_day,
    "call_hour": call_hour,
    "campaign_day": campaign_day,
    "segment_day": segment_day,
}


def _sending(recipient: Fact, lead: Fact) -> dict[str, Number]:
    sent_at = _moment(recipient["sent_at"])
    replied_at = recipient["first_replied_at"]
    replied = replied_at is not None and _moment(replied_at) >= sent_at
    won_at = lead["won_at"]
    return {
        "sent": 1,
        "delivered": int(recipient["delivered_at"] is not None),
        "opened": int(recipient["first_opened_at"] is not None),
        "machine_opened": int(recipient["machine_opened"] is True),
        "clicked": int(recipient["first_clicked_at"] is not None),
        "replied": int(replied),
        "bounced": int(recipient["bounced_at"] is not None),
        "converted": int(_is_won(lead) and won_at is not None and _moment(won_at) > sent_at),
        "reply_seconds": _seconds(_moment(replied_at) - sent_at) if replied else Decimal(0),
    }


def _add(rows: Rows, key: Mapping[str, str | int], measures: Mapping[str, Number]) -> None:
    sums = rows.setdefault(tuple(key.items()), {})
    for name, value in measures.items():
        sums[name] = sums.get(name, 0) + value


def _is_won(lead: Fact) -> bool:
    return lead["status"] == "won" or (lead["status"] == "completed" and lead["won_at"] is not None)


def _wait(start: datetime, end: object) -> Decimal:
    """Seconds from start to end: 0 while there is no end, and when it lies before the start."""
    return Decimal(0) if end is None else max(_seconds(_moment(end) - start), Decimal(0))


def _seconds(duration: timedelta) -> Decimal:
    return Decimal(duration // timedelta(microseconds=1)) / 1_000_000


def _moment(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


def _integer(value: object) -> int:
    assert value is None or isinstance(value, int)
    return value or 0


def _money(value: object) -> Decimal:
    assert value is None or isinstance(value, Decimal)
    return value or Decimal(0)


def _or_nobody(value: object) -> str:
    return NOBODY if value is None else str(value)
