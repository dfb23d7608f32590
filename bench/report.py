"""What a run found: rows of a name, a value, its unit, the target and whether it was met."""

import datetime as dt
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil
import psycopg
from rich.console import Console
from rich.table import Table

DIRECTORY = Path(__file__).parent
RESULTS = DIRECTORY / "results.json"
README = DIRECTORY / "README.md"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->\n"


class Row(msgspec.Struct, frozen=True):
    """One figure. ``name`` begins with the part of the suite: ``refresh: ...``."""

    name: str
    value: float
    unit: str
    target: str | None
    """``>= 100`` or ``<= 10``; null for a figure that is only told."""
    ok: bool
    """Whether the target is met; true without one."""


def row(
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Row:
    """A row, checked against at most one of the two bounds."""
    rounded = float(f"{value:.4g}")
    if at_least is not None:
        return Row(name, rounded, unit, f">= {at_least:g}", value >= at_least)
    if at_most is not None:
        return Row(name, rounded, unit, f"<= {at_most:g}", value <= at_most)
    return Row(name, rounded, unit, None, ok=True)


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """How many times longer ``slow`` takes than ``fast``: of the medians of interleaved runs."""
    return statistics.median(slow) / statistics.median(fast)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many percent of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


def load() -> list[Row]:
    """The rows of the last run; empty when there was none."""
    if not RESULTS.exists():
        return []
    return msgspec.json.decode(RESULTS.read_bytes(), type=list[Row])


def save(part: str, rows: Sequence[Row]) -> list[Row]:
    """Replaces the rows of one part in bench/results.json; returns all rows."""
    prefix = f"{part}: "
    others = [each for each in load() if not each.name.startswith(prefix)]
    every = sorted([*others, *rows], key=lambda each: each.name.partition(":")[0])
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(every), indent=2) + b"\n")
    return every


def show(rows: Sequence[Row]) -> None:
    """The table in the terminal."""
    table = Table("what", "value", "unit", "target", "met")
    for each in rows:
        met = "" if each.target is None else "[green]yes[/]" if each.ok else "[red]no[/]"
        table.add_row(each.name, f"{each.value:,.4g}", each.unit, each.target or "", met)
    Console().print(table)


def machine(url: str) -> str:
    """The machine and the programs of this run, in one line."""
    with psycopg.connect(url) as connection:
        version = connection.execute("show server_version").fetchone()
        settings = connection.execute(
            """
            select string_agg(name || ' ' || current_setting(name), ', ' order by name)
            from pg_catalog.pg_settings
            where name in ('shared_buffers', 'work_mem', 'fsync', 'synchronous_commit')
            """
        ).fetchone()
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} processors, "
        f"{memory:.0f} GB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, PostgreSQL {version[0] if version else '?'} "
        f"({settings[0] if settings else ''})"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def write_readme(rows: Sequence[Row], described: str) -> None:
    """Puts the table into bench/README.md, between its two marks."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = [f"Measured {described}.", "", "| what | value | unit | target | met |"]
    lines.append("|---|---:|---|---|---|")
    for each in rows:
        met = "" if each.target is None else "yes" if each.ok else "**no**"
        value = f"{each.value:,.4g}"
        lines.append(f"| {each.name} | {value} | {each.unit} | {each.target or ''} | {met} |")
    table = "\n".join(lines)
    README.write_text(f"{before}{BEGIN}{table}\n{END}{after}", encoding="utf-8")
