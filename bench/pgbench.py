"""pgbench, PostgreSQL's own load generator, from the wheel of the embedded server."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench.data import BenchError
from jobs import server

_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([0-9.]+) ms", re.MULTILINE)
_FAILED = re.compile(r"number of failed transactions: ([0-9]+)")


Script = tuple[Path, int]
"""A file and its weight."""


class Load(msgspec.Struct, frozen=True):
    """What pgbench measured: transactions per second, and their mean latency in milliseconds."""

    per_second: float
    latency_ms: float


def run(
    url: str,
    scripts: Sequence[Script],
    *,
    clients: int,
    seconds: float,
    rate: int | None = None,
    variables: Mapping[str, str | int] | None = None,
) -> Load:
    """Runs scripts, each with a weight, as prepared statements. ``rate`` limits them, per second.

    Raises BenchError when a statement fails.
    """
    command = [str(server.program("pgbench")), "-n", "-M", "prepared"]
    command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", f"{max(seconds, 1):.0f}"]
    if rate is not None:
        command += ["-R", str(rate)]
    for name, value in (variables or {}).items():
        command += ["-D", f"{name}={value}"]
    for script, weight in scripts:
        command += ["-f", f"{script}@{weight}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    tps = _TPS.search(done.stdout)
    failed = _FAILED.search(done.stdout)
    if done.returncode != 0 or tps is None or (failed is not None and failed[1] != "0"):
        raise BenchError(f"pgbench failed: {done.stderr.strip() or done.stdout.strip()}")
    latency = _LATENCY.search(done.stdout)
    return Load(float(tps[1]), float(latency[1]) if latency else 0.0)
