"""What a secured read costs, through one connection of the service's own driver.

Three ways to get the same JSON: ``service.partner_performance``, which sets the verified caller,
checks the right and reads the guarded view in one round trip; a bare select of an unguarded view;
and the usual begin, set_config, select of the guarded view, commit.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import psycopg

from bench.report import Row, row

SQL = Path(__file__).parent / "sql"

# Turns in a round. Short ones: a shared machine is slow for a tenth of a second at a time, and what
# is compared should meet the same.
TURNS = 20

ONE = "select etag, body from service.partner_performance($1, $2, $3, $4)"
BOARD = "select etag, body from service.partners_performance($1, $2, $3, 50, null)"
BARE_ONE = "select r.body from bench_api.partner_rows($1) as r where r.partner_id = $2"
GUARDED_ONE = "select r.body from service.partner_rows($1) as r where r.partner_id = $2"
CLAIM = "select set_config('app.user_id', $1, true)"

Action = Callable[[], Awaitable[object]]


class Subject(msgspec.Struct, frozen=True):
    """Whose figures are asked for, and by whom."""

    admin_url: str
    service_url: str
    user_id: UUID
    workspace_id: UUID
    partner_id: UUID


def prepare(subject: Subject) -> None:
    """Makes the unguarded view, in a schema of its own."""
    with psycopg.connect(subject.admin_url, autocommit=True) as connection:
        connection.execute((SQL / "bare_rows.sql").read_bytes())


def run(subject: Subject, *, rounds: int, calls: int) -> list[Row]:
    """The rows ``api: statement ...`` and ``api: split ...``."""
    return asyncio.run(_run(subject, rounds, calls))


async def _run(subject: Subject, rounds: int, calls: int) -> list[Row]:
    service = await _connect(subject.service_url)
    user, workspace, partner = subject.user_id, subject.workspace_id, subject.partner_id

    async def claimed() -> object:
        async with service.transaction():
            await service.execute(CLAIM, str(user))
            return await service.fetchval(GUARDED_ONE, workspace, partner)

    actions: dict[str, Action] = {
        "secured": lambda: service.fetchrow(ONE, user, None, workspace, partner),
        "bare": lambda: service.fetchval(BARE_ONE, workspace, partner),
        "claimed": claimed,
        "board": lambda: service.fetchrow(BOARD, user, None, workspace),
        "empty": lambda: service.fetchval("select 1"),
    }
    try:
        assert await actions["bare"]() == await actions["claimed"]()
        took = await _interleaved(actions, rounds * TURNS, calls)
        inside = await _inside(service, subject, rounds * calls)
    finally:
        await service.close()
    return [*_statements(took), *_split(took, inside)]


def _statements(took: dict[str, float]) -> Iterator[Row]:
    yield row("api: statement, one partner, secured", took["secured"], "us")
    yield row("api: statement, one partner, bare select", took["bare"], "us")
    yield row(
        "api: statement, speed of the secured read to a bare select",
        took["bare"] / took["secured"],
        "x",
        at_least=0.55,
    )
    yield row(
        "api: statement, speed of the secured read to begin, set_config, select, commit",
        took["claimed"] / took["secured"],
        "x",
        at_least=2,
    )


def _split(took: dict[str, float], inside: dict[str, float]) -> Iterator[Row]:
    for name, what in (("one", "one partner"), ("board", "board of 50")):
        whole = took["secured" if name == "one" else "board"]
        sql = inside[name]
        encoding = max(inside[f"{name} body"] - inside[f"{name} plain"], 0.0)
        yield row(f"api: split, {what}, SQL without encoding", sql - encoding, "us")
        yield row(f"api: split, {what}, encoding JSON in SQL", encoding, "us")
        yield row(f"api: split, {what}, driver and wire to PostgreSQL", whole - sql, "us")
    yield row("api: split, an empty statement through the driver", took["empty"], "us")


async def _interleaved(actions: dict[str, Action], turns: int, calls: int) -> dict[str, float]:
    """Microseconds per call: the median of the turns."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(turns + 1):
        for name, action in actions.items():
            begun = time.perf_counter()
            for _ in range(calls):
                await action()
            # The first turn makes the plans.
            if turn:
                taken[name].append((time.perf_counter() - begun) / calls * 1e6)
    return {name: statistics.median(values) for name, values in taken.items()}


async def _inside(service: asyncpg.Connection, subject: Subject, calls: int) -> dict[str, float]:
    """Microseconds that PostgreSQL itself takes: the endpoint's function, and the rows of one
    partner and of the board with their JSON and without it."""
    user, workspace, partner = (
        f"'{value}'::uuid" for value in (subject.user_id, subject.workspace_id, subject.partner_id)
    )
    rows = f"service.partner_rows({workspace}) as r"
    one = f"where r.partner_id = {partner}"
    board = "order by r.performance_score desc nulls last, r.partner_name, r.partner_id limit 50"
    statements = {
        "one": f"select * from service.partner_performance({user}, null, {workspace}, {partner})",
        "one body": f"select r.body from {rows} {one}",
        "one plain": f"select r.performance_score from {rows} {one}",
        "board": f"select * from service.partners_performance({user}, null, {workspace}, 50, null)",
        "board body": f"select r.body, r.performance_score from {rows} {board}",
        "board plain": f"select r.performance_score from {rows} {board}",
    }
    taken: dict[str, list[float]] = {name: [] for name in statements}
    async with service.transaction():
        await service.execute(CLAIM, str(subject.user_id))
        for _ in range(calls):
            for name, statement in statements.items():
                plan = await service.fetchval(
                    f"explain (analyze, timing off, format json) {statement}"
                )
                taken[name].append(msgspec.json.decode(plan)[0]["Execution Time"] * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url, server_settings={"jit": "off", "search_path": "pg_catalog"})
