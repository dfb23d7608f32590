"""What a template is given: the report as SQL made it, and the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from api.rendering import charts
from api.rendering.wording import (
    LABELS,
    WHOLE,
    change_text,
    day_text,
    hour_text,
    name_text,
    period_text,
    person_text,
    value_text,
)

Json = Mapping[str, object]
Rows = list[Json]

# More would be noise in a chart; the tables have them all.
MOST_SOURCES = 8


@dataclass(frozen=True)
class Chart:
    """A chart of a report: its specification and rows, and what it shows in a sentence."""

    name: str
    rows: Rows
    alt: str

    @property
    def key(self) -> str:
        """What templates call it."""
        return self.name.removeprefix("branch_")

    def png(self) -> bytes:
        return charts.png(self.name, self.rows)

    def svg(self) -> str:
        return charts.svg(self.name, self.rows)


def charts_of(report: Json) -> list[Chart]:
    """The charts that a report has something to show in."""
    leads = cast("Mapping[str, Rows]", report["leads"])
    calls = cast("Mapping[str, Rows]", report["calls"])
    found: list[Chart] = []
    if trend := cast("Rows", report.get("trend", [])):
        found.append(Chart("branch_trend", trend, "New leads and leads won per day."))
    if funnel := cast("Rows", report.get("funnel", [])):
        found.append(Chart("branch_funnel", funnel, "How far the new leads got."))
    if sources := leads["by_source"][:MOST_SOURCES]:
        found.append(Chart("branch_sources", sources, "New leads by source."))
    if calls["by_status"]:
        found.append(Chart("branch_hours", calls["hours"], "Calls per local hour."))
    return [] if report["is_empty"] else found


def context(report: Json, notes: Json, pictures: Mapping[str, str]) -> dict[str, object]:
    """Names of a template.

    ``report`` is the report as SQL made it; the others say the same in words: ``title``,
    ``subtitle``, ``period``, ``as_of``, ``figures`` (key, label, text, of, previous, change,
    direction, better), ``statuses``, ``sources``, ``pipeline``, ``outcomes``, ``interest`` (name,
    count, share), ``best_hour``, ``funnel``, ``staff``, ``missed``. ``charts`` holds addresses of
    pictures by name: trend, funnel, sources, hours.
    """
    branch = cast("Json", report["branch"])
    leads = cast("Mapping[str, Rows]", report["leads"])
    calls = cast("Mapping[str, Rows]", report["calls"])
    return {
        "report": report,
        "title": title(report),
        "branch": branch["name"],
        "workspace": cast("Json", report["workspace"])["name"],
        "period": period_text(cast("Json", report["period"])),
        "previous_period": period_text(cast("Json", report["previous_period"]))
        if "previous_period" in report
        else "",
        "as_of": _as_of(report),
        "is_empty": report["is_empty"],
        "is_late": bool(notes.get("is_late")),
        "missed": [day_text(day) for day in cast("list[object]", notes.get("missed_on") or [])],
        "figures": [_figure(each) for each in cast("Rows", report["figures"])],
        "statuses": _shares(leads["by_status"], "status"),
        "sources": _shares(leads["by_source"], "source"),
        "pipeline": _shares(leads["pipeline"], "status"),
        "outcomes": _shares(calls["by_outcome"], "outcome"),
        "directions": _shares(calls["by_direction"], "direction"),
        "interest": _shares(calls["interest"], "interest"),
        "best_hour": _best_hour(cast("Json | None", calls.get("best_hour"))),
        "funnel": [_stage(each) for each in cast("Rows", report.get("funnel", []))],
        "staff": [_person(each) for each in cast("Rows", report.get("staff", []))],
        "charts": dict(pictures),
        "alts": {chart.key: chart.alt for chart in charts_of(report)},
    }


def title(report: Json) -> str:
    """ "Weekly report" or "Daily report"."""
    return f"{name_text(report['report_type'])} report"


def subject(report: Json) -> str:
    """Of the mail: type, branch and days."""
    branch = cast("Json", report["branch"])["name"]
    return f"{title(report)}: {branch}, {period_text(cast('Json', report['period']))}"


def _as_of(report: Json) -> str:
    moment = report.get("as_of")
    if not isinstance(moment, str):
        return "not known"
    zone = str(cast("Json", report["period"])["timezone"])
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    return f"{local:%-d %b %Y, %H:%M} ({zone})"


def _figure(figure: Json) -> dict[str, object]:
    key, unit = str(figure["key"]), str(figure["unit"])
    numerator, denominator = figure.get("numerator"), figure.get("denominator")
    return {
        **figure,
        "label": LABELS.get(key, name_text(key)),
        "text": value_text(figure["value"], unit),
        "of": f"{value_text(numerator, 'count')} of {value_text(denominator, 'count')} {WHOLE[key]}"
        if key in WHOLE and denominator
        else "",
        "previous_text": value_text(figure["previous"], unit) if "previous" in figure else "",
        "change_text": change_text(figure),
    }


def _shares(rows: Rows, label: str) -> list[dict[str, object]]:
    return [
        {
            "name": name_text(row[label]),
            "count": value_text(row["count"], "count"),
            "share": value_text(row["share"], "percent"),
        }
        for row in rows
    ]


def _best_hour(best: Json | None) -> dict[str, object] | None:
    if best is None:
        return None
    return {
        **best,
        "text": hour_text(best["hour"]),
        "rate": value_text(best["interested_rate"], "percent"),
    }


def _stage(stage: Json) -> dict[str, object]:
    return {
        **stage,
        "name": name_text(stage["stage"]),
        "count": value_text(stage["leads"], "count"),
        "rate_text": value_text(stage["rate"], "percent"),
        "previous_text": value_text(stage["previous"], "count"),
        "change_text": change_text({**stage, "direction": None}),
    }


def _person(person: Json) -> dict[str, object]:
    return {
        "name": person_text(person.get("name"), person["user_id"]),
        "calls": value_text(person["calls"], "count"),
        "answered": value_text(person["answered"], "count"),
        "interested": value_text(person["interested"], "count"),
        "leads_contacted": value_text(person["leads_contacted"], "count"),
        "converted": value_text(person["converted"], "count"),
        "success_rate": value_text(person["success_rate"], "percent"),
    }
