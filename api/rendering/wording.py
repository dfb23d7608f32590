"""Figures and names of a report in words: labels, units, dashes for what is not known."""

from collections.abc import Mapping
from datetime import date
from typing import cast

Json = Mapping[str, object]

DASH = "–"  # noqa: RUF001 - the sign for "nothing to say"

LABELS = {
    "new_leads": "New leads",
    "converted": "Converted",
    "conversion_rate": "Conversion rate",
    "first_response_minutes": "First response",
    "calls": "Calls",
    "answered": "Answered",
    "answer_rate": "Answer rate",
    "interested": "Interested",
    "success_rate": "Success rate",
    "mean_duration_seconds": "Mean call",
}

WHOLE = {
    "conversion_rate": "new leads",
    "answer_rate": "calls",
    "success_rate": "answered outbound",
}

ARROWS = {"up": "▲", "down": "▼", "flat": "■"}


def value_text(value: object, unit: str) -> str:
    """``None`` is a dash; counts have thousands separated."""
    if not isinstance(value, (int, float)):
        return DASH
    match unit:
        case "percent":
            return f"{value:.1f} %"
        case "minutes" if value >= 120:
            hours, minutes = divmod(int(value), 60)
            return f"{hours:,} h {minutes} min"
        case "minutes":
            return f"{value:.1f} min"
        case "seconds":
            minutes, seconds = divmod(int(value), 60)
            return f"{minutes}:{seconds:02} min"
        case _:
            return f"{value:,.0f}"


def name_text(name: object) -> str:
    """``walk_in`` is "Walk in"."""
    return str(name).replace("_", " ").capitalize()


def person_text(name: object, user_id: object) -> str:
    """Who is not named any more, or never was."""
    if isinstance(name, str):
        return name
    return "Nobody named" if user_id is None else "Former member"


def change_text(figure: Json) -> str:
    """The change against the previous period; empty where a report has none."""
    if "change" not in figure:
        return ""
    if figure.get("new"):
        return "new"
    change = figure["change"]
    if not isinstance(change, (int, float)):
        return DASH
    arrow = ARROWS.get(str(figure.get("direction")), "")
    return f"{arrow} {abs(change):.1f} %".strip()


def day_text(day: object) -> str:
    """``2026-03-29`` is "Sun 29 Mar 2026"."""
    return f"{date.fromisoformat(str(day)):%a %-d %b %Y}"


def hour_text(hour: object) -> str:
    """``9`` is "9:00 to 10:00"."""
    first = int(cast("int", hour))
    return f"{first}:00 to {first + 1}:00"


def period_text(period: Json) -> str:
    """One day, or the first and the last."""
    start, end = period["start"], period["end"]
    if start == end:
        return day_text(start)
    return f"{day_text(start)} to {day_text(end)}"
