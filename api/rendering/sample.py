"""A report to try templates on, and to show in the documentation: nobody's."""

import json
from functools import cache
from pathlib import Path
from typing import cast

SAMPLE = Path(__file__).with_name("sample.json")

# What a daily report does not have.
_WEEKLY_ONLY = ("previous_period", "funnel", "staff", "trend")
_CHANGES = ("previous", "change", "direction", "better", "new")


@cache
def weekly() -> dict[str, object]:
    """A weekly report, with names."""
    return cast("dict[str, object]", json.loads(SAMPLE.read_text(encoding="utf-8")))


@cache
def daily() -> dict[str, object]:
    """The same figures as those of one day."""
    report = {key: value for key, value in weekly().items() if key not in _WEEKLY_ONLY}
    figures = cast("list[dict[str, object]]", report["figures"])
    period = cast("dict[str, object]", report["period"])
    return report | {
        "report_type": "daily",
        "period": period | {"start": period["end"], "days": 1},
        "figures": [
            {key: value for key, value in figure.items() if key not in _CHANGES}
            for figure in figures
        ],
    }
