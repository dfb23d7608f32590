"""A report as HTML, with its pictures either attached (mail) or within (browser), and as text."""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import minijinja

from api.rendering import sample, sandbox
from api.rendering.context import charts_of, context

Json = Mapping[str, object]

TEMPLATES = Path(__file__).parent / "templates"


def pictures(report: Json) -> dict[str, bytes]:
    """The charts of a report as PNG, by name."""
    return {chart.key: chart.png() for chart in charts_of(report)}


def embedded(drawn: Mapping[str, bytes]) -> dict[str, str]:
    """Addresses of pictures that hold the picture itself."""
    return {
        name: f"data:image/png;base64,{base64.b64encode(png).decode()}"
        for name, png in drawn.items()
    }


def html(
    report: Json, notes: Json, addresses: Mapping[str, str], template: str | None = None
) -> str:
    """The HTML of a report in the built-in layout, or by a template of the members' own, which is
    rendered in the sandbox. ``addresses`` are those of the pictures, by name. Raises
    sandbox.TemplateError."""
    names = context(report, notes, addresses)
    if template is not None:
        return sandbox.render(template, names)
    return _environment().render_template(f"{report['report_type']}.html", **names)


def try_template(template: str) -> None:
    """Renders a template on a daily and a weekly sample. Raises sandbox.TemplateError."""
    for report in (sample.daily(), sample.weekly()):
        addresses = {chart.key: "data:," for chart in charts_of(report)}
        html(report, {}, addresses, template)


def text(report: Json, notes: Json) -> str:
    """The report in plain text."""
    return _environment().render_template("report.txt", **context(report, notes, {}))


def notice(report: Json, reason: str) -> str:
    """What the creator of a subscription that was paused is told, in plain text."""
    return _environment().render_template("notice.txt", **context(report, {}, {}), reason=reason)


@cache
def _environment() -> minijinja.Environment:
    return minijinja.Environment(
        loader=lambda name: (TEMPLATES / name).read_text(encoding="utf-8"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined_behavior="strict",
    )
