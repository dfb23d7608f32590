"""Vega-Lite specifications. They hold the figures of the API as they are: no aggregate, no bin, no
calculation. Colours and fonts are the page's; see static/charts.js."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

Spec = dict[str, object]
Value = str | int | float | date | None
Row = Mapping[str, Value]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

MOST_POINTS = 62


def daily_bars(rows: Sequence[Row], title: str) -> Spec:
    """Bars per day, one behind the other by ``what``. Rows: day, figure, what."""
    return _spec(
        rows,
        {
            "mark": {"type": "bar", "cornerRadiusEnd": 2},
            "encoding": {
                "x": _days(),
                "y": _amount(title) | {"stack": None},
                "color": _kinds(rows),
                "tooltip": [_tip("day"), _tip("what"), _tip("figure")],
            },
        },
        height=180,
    )


def daily_line(rows: Sequence[Row], title: str) -> Spec:
    """A line per ``what`` over days. Rows: day, figure, what."""
    return _spec(
        rows,
        {
            "mark": {"type": "line", "point": _points(rows), "strokeWidth": 2},
            "encoding": {
                "x": _days(),
                "y": _amount(title),
                "color": _kinds(rows),
                "tooltip": [_tip("day"), _tip("what"), _tip("figure")],
            },
        },
        height=180,
    )


def level_bars(rows: Sequence[Row], title: str, most: float | None = None) -> Spec:
    """Lying bars in the order of the rows. Rows: what, figure."""
    scale = {} if most is None else {"scale": {"domain": [0, most]}}
    return _spec(
        rows,
        {
            "mark": {"type": "bar", "cornerRadiusEnd": 3, "height": {"band": 0.62}},
            "encoding": {
                "y": {
                    "field": "what",
                    "type": "nominal",
                    "sort": None,
                    "title": None,
                    "axis": {"labelLimit": 150, "ticks": False, "domain": False},
                },
                "x": {
                    "field": "figure",
                    "type": "quantitative",
                    "title": title,
                    "axis": {"tickCount": 6, "tickMinStep": 1},
                }
                | scale,
                "tooltip": [_tip("what"), _tip("figure")],
            },
        },
        height=26 * max(len(rows), 1),
    )


def level_shares(rows: Sequence[Row], title: str) -> Spec:
    """Lying bars of fractions 0-1, shown in percent. Rows: what, figure."""
    return _in_percent(level_bars(rows, title), "x")


def daily_shares(rows: Sequence[Row], title: str) -> Spec:
    """A line per ``what`` of fractions 0-1, shown in percent. Rows: day, figure, what."""
    return _in_percent(daily_line(rows, title), "y")


def _in_percent(spec: Spec, axis: str) -> Spec:
    encoding = cast("dict[str, object]", spec["encoding"])
    figure = cast("Spec", encoding[axis])
    tips = [tip for tip in cast("list[Spec]", encoding["tooltip"]) if tip["field"] != "figure"]
    shown = {"field": "figure", "type": "quantitative", "format": ".2%"}
    percent = figure | {"axis": {"format": "%", "tickCount": 4}}
    return spec | {"encoding": encoding | {axis: percent, "tooltip": [*tips, shown]}}


def _spec(rows: Sequence[Row], view: Spec, height: int) -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": [_plain(row) for row in rows]},
        **view,
    }


def _plain(row: Row) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }


def _days() -> Spec:
    # In UTC, as the days were written, or a zone west of it would show the day before.
    return {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},
        "timeUnit": "utcyearmonthdate",
        "title": None,
        "axis": {"format": "%-d %b", "grid": False, "tickCount": 6, "labelOverlap": True},
    }


def _amount(title: str) -> Spec:
    return {
        "field": "figure",
        "type": "quantitative",
        "title": title,
        "axis": {"tickCount": 4, "tickMinStep": 1},
    }


def _points(rows: Sequence[Row]) -> bool | Spec:
    """Days that can be told apart have a point each."""
    return {"size": 28} if len(rows) <= MOST_POINTS else False


def _kinds(rows: Sequence[Row]) -> Spec:
    kinds = list(dict.fromkeys(row["what"] for row in rows))
    return {
        "field": "what",
        "type": "nominal",
        "title": None,
        "sort": kinds,
        "legend": {"orient": "top"} if len(kinds) > 1 else None,
    }


def _tip(field: str) -> Spec:
    return {"field": field, "type": "nominal"}
