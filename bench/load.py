"""Requests over HTTP, as many as a number of connections can ask one after the other.

By ``wrk`` where it is installed (Debian: ``apt install wrk``), else by a small client on asyncio,
which takes more of the processor for itself.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx
import msgspec

from bench.data import BenchError
from bench.report import percentile

_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_PERCENTILE = re.compile(r"^\s+(50|99)%\s+([0-9.]+)(us|ms|s)\s*$", re.MULTILINE)
_FAILED = re.compile(r"(Non-2xx or 3xx responses: [0-9]+|Socket errors: .*)")
SLOW = 0.2
"""Seconds for one answer."""

STRETCH, STRETCH_SECONDS = 100, 0.25
"""A stretch of a steady load: so many requests, and no less than so long."""

_IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Ask(msgspec.Struct, frozen=True):
    """A request that is made again and again."""

    url: str
    headers: Mapping[str, str] = {}
    body: str | None = None
    """Sent by POST; without one it is a GET."""
    status: int = 200


class Measured(msgspec.Struct, frozen=True):
    """Requests per second, and latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


def measure(ask: Ask, *, connections: int, seconds: float) -> Measured:
    """Raises BenchError when an answer is not the expected one.

    Where one answer takes long, two connections ask, for as long as ten answers take: with more,
    none would be done in time. So what is slow is not slowed down by its own queue.
    """
    took = min(_once(ask) for _ in range(3))
    if took > SLOW:
        connections = min(connections, 2)
        seconds = max(seconds, 10 * took)
    if shutil.which("wrk") is not None:
        return _by_wrk(ask, connections, seconds)
    asked = asyncio.run(_by_asyncio(ask, connections, seconds))
    rate = len(asked.latencies) / asked.seconds
    return Measured(rate, asked.percentile_ms(50), asked.percentile_ms(99))


class Paced(msgspec.Struct, frozen=True):
    """A steady load: requests per second wanted and reached, and latencies in milliseconds of all
    requests, and the median over stretches, so that what disturbs a few of them does not count."""

    wanted_per_second: float
    per_second: float
    p50_ms: float
    p99_ms: float
    stretch_p50_ms: float
    stretch_p99_ms: float


def pace(ask: Ask, *, connections: int, seconds: float, share: float) -> Paced:
    """Requests begun at a steady rate, a ``share`` of the most that the same client can ask,
    whatever became of those before. A latency counts from when the request was due, so that waiting
    for a free connection is part of it.

    Always by the client on asyncio: wrk knows no rate."""
    most = asyncio.run(_by_asyncio(ask, connections, seconds))
    rate = share * len(most.latencies) / most.seconds
    paced = asyncio.run(_by_asyncio(ask, connections, seconds, rate))
    length = max(STRETCH, round(STRETCH_SECONDS * rate))
    starts = range(0, max(len(paced.latencies) - length, 0) + 1, length)
    stretches = [paced.latencies[start : start + length] for start in starts]
    return Paced(
        wanted_per_second=rate,
        per_second=len(paced.latencies) / paced.seconds,
        p50_ms=paced.percentile_ms(50),
        p99_ms=paced.percentile_ms(99),
        stretch_p50_ms=median(percentile(s, 50) for s in stretches) * 1000,
        stretch_p99_ms=median(percentile(s, 99) for s in stretches) * 1000,
    )


def _once(ask: Ask) -> float:
    begun = time.perf_counter()
    check(ask)
    return time.perf_counter() - begun


def tool() -> str:
    """What measures."""
    return "wrk" if shutil.which("wrk") is not None else "the asyncio client"


def check(ask: Ask) -> httpx.Response:
    """Asks once. Raises BenchError for another status than the expected one."""
    method = "GET" if ask.body is None else "POST"
    response = httpx.request(
        method, ask.url, headers=dict(ask.headers), content=ask.body, timeout=60
    )
    if response.status_code != ask.status or '"errors"' in response.text[:200]:
        raise BenchError(f"{ask.url}: {response.status_code} {response.text[:300]}")
    return response


def _by_wrk(ask: Ask, connections: int, seconds: float) -> Measured:
    command = ["wrk", "--latency", "--timeout", "60s", "-t1"]
    command += [f"-c{connections}", f"-d{max(round(seconds), 1)}s"]
    for name, value in ask.headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as directory:
        if ask.body is not None:
            script = Path(directory) / "post.lua"
            script.write_text(f'wrk.method = "POST"\nwrk.body = [==[{ask.body}]==]\n')
            command += ["-s", str(script)]
        done = subprocess.run([*command, ask.url], capture_output=True, text=True, check=False)
    failed = _FAILED.search(done.stdout)
    rate = _RATE.search(done.stdout)
    if done.returncode != 0 or rate is None or failed is not None:
        raise BenchError(f"wrk: {failed[0] if failed else done.stderr or done.stdout}")
    found = {name: float(value) * _IN_MS[unit] for name, value, unit in _percentiles(done.stdout)}
    return Measured(float(rate[1]), found["50"], found["99"])


def _percentiles(text: str) -> list[tuple[str, str, str]]:
    return [(m[1], m[2], m[3]) for m in _PERCENTILE.finditer(text)]


class _Asked(msgspec.Struct, frozen=True):
    """Seconds of each answer, in the order in which they were due, and of all together."""

    latencies: list[float]
    seconds: float

    def percentile_ms(self, percent: float) -> float:
        return percentile(self.latencies, percent) * 1000


async def _by_asyncio(
    ask: Ask, connections: int, seconds: float, per_second: float | None = None
) -> _Asked:
    parts = urlsplit(ask.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    body = (ask.body or "").encode()
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in ask.headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    request = "\r\n".join([*lines, "", ""]).encode() + body
    expected = f"HTTP/1.1 {ask.status} ".encode()
    latencies: list[tuple[float, float]] = []
    start = time.perf_counter()
    end = start + seconds
    turns = count()

    async def due() -> float:
        """When the next request begins."""
        if per_second is None:
            return time.perf_counter()
        at = start + next(turns) / per_second
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        return at

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while (begun := await due()) < end:
            writer.write(request)
            await _read_answer(reader, expected)
            latencies.append((begun, time.perf_counter() - begun))
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(connections)))
    taken = time.perf_counter() - begun
    return _Asked([latency for _, latency in sorted(latencies)], taken)


async def _read_answer(reader: asyncio.StreamReader, expected: bytes) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(expected):
        raise BenchError(f"An answer begins with {head[:40]!r}.")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
            return
        if line.startswith(b"transfer-encoding: chunked"):
            while (size := int(await reader.readline(), 16)) > 0:
                await reader.readexactly(size + 2)
            await reader.readline()
            return
