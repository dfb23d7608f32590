"""Charts: the Vega-Lite specifications of the dashboard, drawn on the server.

A specification names its data ``rows``; here they are put in. It may load nothing from anywhere.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

import vl_convert

SPECS = Path(__file__).parent.parent / "dashboard" / "charts"

# Pixels per CSS pixel: sharp on a telephone.
SCALE = 2


def png(name: str, rows: Sequence[object]) -> bytes:
    """A chart as a picture, on white."""
    return vl_convert.vegalite_to_png(_filled(name, rows), scale=SCALE, allowed_base_urls=[])


def svg(name: str, rows: Sequence[object]) -> str:
    """A chart as a drawing, on white."""
    return vl_convert.vegalite_to_svg(_filled(name, rows), allowed_base_urls=[])


@cache
def _spec(name: str) -> dict[str, object]:
    text = (SPECS / f"{name}.json").read_text(encoding="utf-8")
    return cast("dict[str, object]", json.loads(text))


def _filled(name: str, rows: Sequence[object]) -> dict[str, object]:
    return {**_spec(name), "data": {"name": "rows", "values": list(rows)}}
