"""A report on paper: PDF by Typst, with the charts as drawings. The layout is the built-in one,
whatever template the mail had."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import cast

import typst

from api.rendering.context import charts_of, context

Json = Mapping[str, object]

LAYOUT = Path(__file__).parent / "templates" / "report.typ"


def pdf(report: Json, notes: Json) -> bytes:
    """The report as PDF. It reads nothing but what it is given here."""
    drawings = {chart.key: chart.svg() for chart in charts_of(report)}
    names = context(report, notes, {name: f"{name}.svg" for name in drawings})
    files = {"main.typ": _layout(), "names.json": json.dumps(names).encode()}
    files |= {f"{name}.svg": svg.encode() for name, svg in drawings.items()}
    # Its types know paths and single files only.
    compile_files = cast("Callable[..., bytes]", typst.compile)
    return compile_files(files, format="pdf")


@cache
def _layout() -> bytes:
    return LAYOUT.read_bytes()
