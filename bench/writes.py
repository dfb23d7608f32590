"""What keeping the rollups' log costs those who write, and what nobody may lose meanwhile.

The same writes run in turns with all triggers, without those that log dirty cells, and on bare
tables (no trigger at all, foreign keys excepted), on a server whose commits wait for the disk.
"""

import statistics
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from bench import data, pgbench, stress
from bench.report import Row, row

SQL = Path(__file__).parent / "sql"
MIX: list[pgbench.Script] = [
    (SQL / "write_activity.sql", 6),
    (SQL / "write_status.sql", 2),
    (SQL / "write_lead.sql", 2),
]
CLIENTS = 8

Mode = Literal["all", "no log", "bare"]
MODES: tuple[Mode, ...] = ("all", "no log", "bare")

ACTIVITIES = """
    select workspace_id, id as lead_id, owner_user_id as actor_user_id, 'email_sent' as type
    from bench.leads where n <= {rows}
"""
ACTIVITY_COLUMNS = "(workspace_id, lead_id, actor_user_id, type)"


def run(rows: int, rounds: int, seconds: float) -> list[Row]:
    """The rows ``writes: ...``; ``rows`` per bulk statement, ``seconds`` per turn of pgbench."""
    return measure(data.scratch("bench_writes"), rows, rounds, seconds)


def measure(url: str, rows: int, rounds: int, seconds: float) -> list[Row]:
    """The same over a database that holds demo data; it is not fit for anything else afterwards."""
    with psycopg.connect(url, autocommit=True, application_name="leadboard bench") as connection:
        prepare(connection)
        found = [
            *_clients(connection, url, rounds, seconds),
            *_bulk(connection, min(rows, count(connection)), rounds),
        ]
        # Writes without triggers named no cell.
        connection.execute("call ops.rebuild(null, null, null)")
        connection.execute("call ops.refresh()")
        data.check(connection, thorough=False)
        found += stress.run(connection, url, leads=count(connection), seconds=2 * seconds)
        data.check(connection, thorough=False)
    return found


def prepare(connection: psycopg.Connection) -> None:
    """Makes bench.leads, the leads that the scripts of MIX write to."""
    connection.execute((SQL / "prepare_writes.sql").read_bytes())


def _clients(
    connection: psycopg.Connection, url: str, rounds: int, seconds: float
) -> Iterator[Row]:
    leads = {"leads": count(connection)}
    per_second: dict[Mode, list[float]] = {mode: [] for mode in MODES}
    for turn in range(rounds):
        for mode in MODES[turn % 3 :] + MODES[: turn % 3]:
            with _triggers(connection, mode):
                load = pgbench.run(url, MIX, clients=CLIENTS, seconds=seconds, variables=leads)
            per_second[mode].append(load.per_second)
            connection.execute("select ops.refresh_rollups()")
    every, silent, bare = (statistics.median(per_second[mode]) for mode in MODES)
    yield row(f"writes: {CLIENTS} clients, all triggers", every, "writes/s")
    yield row(f"writes: {CLIENTS} clients, without the log", silent, "writes/s")
    yield row(f"writes: {CLIENTS} clients, bare tables", bare, "writes/s")
    yield row(
        f"writes: {CLIENTS} clients, with the log to without", every / silent, "x", at_least=0.75
    )
    yield row(f"writes: {CLIENTS} clients, all triggers to bare tables", every / bare, "x")


def _bulk(connection: psycopg.Connection, rows: int, rounds: int) -> Iterator[Row]:
    """One statement over many rows; rolled back, so that each turn finds the same tables."""
    lines = _copied(connection, ACTIVITIES.format(rows=rows))

    def copy() -> None:
        statement = f"copy crm.lead_activities {ACTIVITY_COLUMNS} from stdin"
        with connection.cursor().copy(statement.encode()) as into:
            into.write(lines)

    def execute(statement: str) -> Callable[[], None]:
        def action() -> None:
            connection.execute(statement.format(rows=rows).encode())

        return action

    actions = {
        "insert of leads": execute(
            """
            insert into crm.leads
            (workspace_id, branch_id, owner_user_id, source, status_changed_at)
            select workspace_id, branch_id, owner_user_id, 'website', now()
            from bench.leads where n <= {rows}
            """
        ),
        "insert of activities": execute(
            f"insert into crm.lead_activities {ACTIVITY_COLUMNS} {ACTIVITIES}"
        ),
        "copy of activities": copy,
        "update of a column no figure reads": execute(
            """
            update crm.leads as l set phone = '0' || coalesce(l.phone, '')
            from bench.leads as b
            where b.n <= {rows} and l.workspace_id = b.workspace_id and l.id = b.id
            """
        ),
        "update of a column that figures read": execute(
            """
            update crm.leads as l set price_at_purchase = coalesce(l.price_at_purchase, 0) + 1
            from bench.leads as b
            where b.n <= {rows} and l.workspace_id = b.workspace_id and l.id = b.id
            """
        ),
    }
    for what, action in actions.items():
        seconds: dict[Mode, list[float]] = {mode: [] for mode in MODES}
        for turn in range(rounds + 1):
            for mode in MODES[turn % 3 :] + MODES[: turn % 3]:
                taken = _rolled_back(connection, mode, action)
                # The first turn reads the tables into memory.
                if turn:
                    seconds[mode].append(taken)
            connection.execute("vacuum crm.leads, crm.lead_activities, rollup.dirty_cells")
        every, silent, bare = (statistics.median(seconds[mode]) for mode in MODES)
        name = f"writes: {what}, {rows} rows"
        yield row(f"{name}, all triggers", every * 1000, "ms")
        if what == "update of a column no figure reads":
            yield row(f"{name}, speed with the log to without", silent / every, "x", at_least=0.9)
        elif what.startswith("update"):
            yield row(f"{name}, time with the log to without", every / silent, "x")
        else:
            yield row(f"{name}, time with the log to without", every / silent, "x", at_most=1.3)
        yield row(f"{name}, time with all triggers to bare tables", every / bare, "x")


def _rolled_back(connection: psycopg.Connection, mode: Mode, action: Callable[[], None]) -> float:
    with _triggers(connection, mode), connection.transaction(force_rollback=True):
        begun = time.perf_counter()
        action()
        return time.perf_counter() - begun


@contextmanager
def _triggers(connection: psycopg.Connection, mode: Mode) -> Generator[None]:
    """Switches off the triggers that log (``no log``), or all but foreign keys (``bare``)."""
    triggers = connection.execute(
        """
        select n.nspname, c.relname, t.tgname
        from pg_catalog.pg_trigger as t
        inner join pg_catalog.pg_class as c on c.oid = t.tgrelid
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
        where
            n.nspname = 'crm' and not t.tgisinternal
            and (
                %(mode)s = 'bare'
                or (%(mode)s = 'no log' and p.pronamespace = 'rollup'::regnamespace)
            )
        """,
        {"mode": mode},
    ).fetchall()

    def switch(verb: Literal["disable", "enable"]) -> None:
        for schema, table, trigger in triggers:
            connection.execute(
                sql.SQL("alter table {} {} trigger {}").format(
                    sql.Identifier(schema, table), sql.SQL(verb), sql.Identifier(trigger)
                )
            )

    switch("disable")
    try:
        yield
    finally:
        switch("enable")


def _copied(connection: psycopg.Connection, query: str) -> bytes:
    with connection.cursor().copy(f"copy ({query}) to stdout".encode()) as out:
        return b"".join(bytes(block) for block in out)


def count(connection: psycopg.Connection) -> int:
    """How many leads there are to write to."""
    counted = connection.execute("select count(*) from bench.leads").fetchone()
    assert counted is not None
    return int(counted[0])
