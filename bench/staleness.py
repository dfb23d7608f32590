"""How old a figure gets: from a write's commit until the refresh that shows it has ended.

1,000 writes a second come in; each second ``call ops.refresh()`` begins, or as soon as the one
before has ended. Among the writes are probes: leads with a source of their own, for which
rollup.lead_day has a row as soon as they are counted.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg

from bench import pgbench
from bench.report import Row, percentile, row

RATE = 1000
CYCLE = 1.0
PROBE_PAUSE = 0.04

PROBE = """
    insert into crm.leads (workspace_id, branch_id, owner_user_id, source)
    select workspace_id, branch_id, owner_user_id, %s from bench.leads where n = 1
"""
SHOWN = """
    select r.source
    from rollup.lead_day as r
    where
        r.workspace_id = (select workspace_id from bench.leads where n = 1)
        and r.day >= (now() - interval '2 days')::date
        and r.source like 'probe-%'
"""


def run(url: str, mix: list[pgbench.Script], *, leads: int, seconds: float) -> list[Row]:
    """The rows ``writes: staleness ...``; the probes' leads stay in the database."""
    stop = Event()
    committed: dict[str, float] = {}
    shown: dict[str, float] = {}
    refreshes: list[float] = []

    def probe() -> None:
        with psycopg.connect(url, autocommit=True) as session:
            while not stop.is_set():
                source = f"probe-{len(committed)}"
                session.execute(PROBE, (source,))
                committed[source] = time.perf_counter()
                time.sleep(PROBE_PAUSE)

    def refresh() -> None:
        with psycopg.connect(url, autocommit=True) as session:
            while not stop.is_set() or len(shown) < len(committed):
                begun = time.perf_counter()
                session.execute("call ops.refresh()")
                ended = time.perf_counter()
                refreshes.append(ended - begun)
                for (source,) in session.execute(SHOWN).fetchall():
                    shown.setdefault(source, ended)
                time.sleep(max(0.0, begun + CYCLE - time.perf_counter()))

    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(probe), pool.submit(refresh)]
        try:
            load = pgbench.run(
                url, mix, clients=8, seconds=seconds, rate=RATE, variables={"leads": leads}
            )
        finally:
            stop.set()
        for task in tasks:
            task.result()
    ages = [shown[source] - at for source, at in committed.items()]
    return [
        row("writes: staleness, writes", load.per_second, "writes/s", at_least=0.95 * RATE),
        row("writes: staleness, refresh, median", percentile(refreshes, 50) * 1000, "ms"),
        row("writes: staleness, median", percentile(ages, 50), "s"),
        row("writes: staleness, p99", percentile(ages, 99), "s", at_most=2),
    ]
