"""How old a figure gets: from a write's commit until a reader sees it.

1,000 writes a second come in while the worker refreshes as it always does, each second. Among the
writes are probes: leads of a partner of their own. A reader asks all the time how many of them the
rollup lead_day has, from which windows of days are summed, and how many the materialized view
partner_performance_stats shows.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg

from api.settings import DatabaseUrl, Settings
from bench import data, pgbench, writes
from bench.report import Row, percentile, row
from jobs import worker

RATE = 1000
CYCLE = 1.0
PROBE_PAUSE = 0.04
LOOK_PAUSE = 0.01

PARTNER = """
    with person as (
        insert into crm.users (email, name)
        values (gen_random_uuid() || '@example.test', 'Probe') returning id
    )
    insert into crm.members (workspace_id, user_id, role)
    select workspace_id, p.id, 'partner' from bench.leads, person as p where n = 1
    returning workspace_id, user_id
"""
PROBE = "insert into crm.leads (workspace_id, owner_user_id, source) values (%s, %s, 'website')"
SHOWN = """
    select
        (
            select coalesce(sum(d.leads), 0)
            from rollup.lead_day as d
            where d.workspace_id = p.workspace_id and d.subject_id = p.user_id
        ),
        (
            select coalesce(sum(s.leads_assigned_30d), 0)
            from stats.partner_performance_stats as s
            where s.workspace_id = p.workspace_id and s.partner_id = p.user_id
        )
    from (values (%s::uuid, %s::uuid)) as p (workspace_id, user_id)
"""


def run(leads: int, seconds: float) -> list[Row]:
    """The rows ``staleness: ...`` for a set of so many leads."""
    url = data.filled(leads)
    rows = measure(url, seconds)
    data.drop_own(url)
    return rows


def measure(url: str, seconds: float) -> list[Row]:
    """The same over a database that holds demo data; what was written stays in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        writes.prepare(connection)
        writable = writes.count(connection)
        partner = connection.execute(PARTNER).fetchone()
        assert partner is not None
        connection.execute("call ops.refresh()")
        load, committed, seen = _watch(url, partner, writable, seconds)
        data.check(connection, thorough=False)
    rollups, view = (
        [at - since for at, since in zip(each, committed, strict=True)] for each in seen
    )
    return [
        row("staleness: writes", load.per_second, "writes/s", at_least=0.95 * RATE),
        row("staleness: rollups, median", percentile(rollups, 50), "s"),
        row("staleness: rollups, p99", percentile(rollups, 99), "s", at_most=2),
        row("staleness: materialized view, median", percentile(view, 50), "s"),
        row("staleness: materialized view, p99", percentile(view, 99), "s", at_most=2),
    ]


def _watch(
    url: str, partner: tuple[object, ...], writable: int, seconds: float
) -> tuple[pgbench.Load, list[float], tuple[list[float], list[float]]]:
    """What the load was; when each probe was committed, and when each of the two showed it."""
    stop, end = Event(), Event()
    committed: list[float] = []
    seen: tuple[list[float], list[float]] = ([], [])

    def probe() -> None:
        with psycopg.connect(url, autocommit=True) as session:
            while not stop.is_set():
                session.execute(PROBE, partner)
                committed.append(time.perf_counter())
                time.sleep(PROBE_PAUSE)

    def look() -> None:
        try:
            with psycopg.connect(url, autocommit=True) as session:
                while not stop.is_set() or min(map(len, seen)) < len(committed):
                    shown = session.execute(SHOWN, partner).fetchone()
                    now = time.perf_counter()
                    assert shown is not None
                    # A probe may be counted before its writer has learnt of its commit.
                    for times, count in zip(seen, shown, strict=True):
                        times.extend([now] * (int(count) - len(times)))
                    time.sleep(LOOK_PAUSE)
        finally:
            end.set()

    with ThreadPoolExecutor(3) as pool:
        tasks = [pool.submit(probe), pool.submit(look), pool.submit(asyncio.run, _work(url, end))]
        try:
            load = pgbench.run(
                url,
                writes.MIX,
                clients=writes.CLIENTS,
                seconds=seconds,
                rate=RATE,
                variables={"leads": writable},
            )
        finally:
            stop.set()
        for task in tasks:
            task.result()
    return load, committed, seen


async def _work(url: str, end: Event) -> None:
    """The worker's refreshing, until the end."""
    settings = Settings(refresh_interval=CYCLE, verify_interval=0)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for tasks in worker.database_tasks_of(settings):
            group.create_task(worker.run(DatabaseUrl(url), tasks, stop))
        await asyncio.to_thread(end.wait)
        stop.set()
