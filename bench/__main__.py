"""``python -m bench`` measures everything, ``python -m bench refresh`` one part.

BENCH_LEADS is how many leads (200,000; the targets of the refresh are for 2,000,000). BENCH_ROUNDS
and BENCH_SECONDS say how often and how long; the database of a size is made once and kept in the
data directory. Exit code 1 when a target is missed.
"""
# rich_click declares its decorators with a generic type that it leaves open.
# pyright: reportUnknownMemberType=false

import sys
import time
from collections.abc import Callable, Iterable

import rich_click as click

from bench import (
    agents,
    api,
    data,
    leaderboard,
    load,
    refresh,
    report,
    reports,
    routing,
    staleness,
    writes,
)
from bench.report import Row

PARTS = (
    "refresh",
    "writes",
    "staleness",
    "api",
    "agents",
    "routing",
    "leaderboard",
    "reports",
)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--leads", envvar="BENCH_LEADS", type=click.IntRange(1000), default=200_000)
@click.option("--rounds", envvar="BENCH_ROUNDS", type=click.IntRange(1), default=3)
@click.option("--seconds", envvar="BENCH_SECONDS", type=click.FloatRange(1), default=5)
def main(parts: tuple[str, ...], leads: int, rounds: int, seconds: float) -> None:
    """Measure; without PARTS everything."""
    started = time.monotonic()
    measurements: dict[str, Callable[[], Iterable[Row]]] = {
        "refresh": lambda: refresh.run(leads, rounds),
        "writes": lambda: writes.run(min(leads, 200_000), rounds, seconds),
        "staleness": lambda: staleness.run(leads, 4 * seconds),
        "api": lambda: api.run(leads, rounds, seconds),
        "agents": lambda: agents.run(leads, rounds, seconds),
        "routing": routing.run,
        "leaderboard": lambda: leaderboard.run(leads, rounds),
        "reports": lambda: reports.run(rounds),
    }
    rows: list[Row] = []
    try:
        for part in parts or PARTS:
            print(f"Measuring: {part}.", flush=True)
            rows = report.save(part, list(measurements[part]()))
        described = report.machine(data.running().url("postgres"))
    finally:
        data.stop()
    report.write_readme(rows, f"{described}, requests by {load.tool()}")
    report.show(rows)
    missed = [each.name for each in rows if not each.ok]
    print(f"Took {time.monotonic() - started:.0f} s. {len(missed)} target(s) missed.")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
