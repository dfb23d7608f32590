"""Writers beside a refresh that never rests: does any cell end up wrong?

Each writer's transaction adds, moves, wins and deletes leads and dawdles before its commit, so that
commits come in another order than the writes. At the end one last refresh, and every cell is
compared with its definition. The same writers feed a rollup that is kept by a watermark on an
ascending number, see sql/watermark.sql: if the stress cannot catch that one, it proves nothing.
"""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psycopg

from bench.report import Row, row

SQL = Path(__file__).parent / "sql"
WRITERS = 6

ADD = """
    insert into crm.leads (workspace_id, branch_id, owner_user_id, source, created_at)
    select workspace_id, branch_id, owner_user_id, 'stress', now() - make_interval(days => %s)
    from bench.leads where n = %s
    returning workspace_id, id
"""
WIN = """
    update crm.leads set status = 'won', deal_value = 100
    where workspace_id = %s and id = %s
"""
MOVE = """
    update crm.leads set owner_user_id = (
        select user_id from crm.members
        where workspace_id = leads.workspace_id and deactivated_at is null and role = 'agent'
        order by user_id offset %s limit 1
    )
    where workspace_id = %s and id = %s
"""
CONTACT = """
    insert into crm.lead_activities (workspace_id, lead_id, type, occurred_at)
    values (%s, %s, 'phone_call', now() - make_interval(hours => %s))
"""
DELETE = "delete from crm.leads where workspace_id = %s and id = %s"

WRONG_BY_WATERMARK = """
    select count(*)
    from bench.cells() as c
    full join bench.leads_per_day as r using (workspace_id, subject_id, day)
    where coalesce(c.leads, 0) <> coalesce(r.leads, 0)
"""


def run(connection: psycopg.Connection, url: str, *, leads: int, seconds: float) -> list[Row]:
    """The rows ``writes: wrong cells ...``."""
    connection.execute((SQL / "watermark.sql").read_bytes())
    stop = Event()

    def write(number: int) -> int:
        dice = random.Random(number)
        transactions = 0
        with psycopg.connect(url, autocommit=True) as session:
            while not stop.is_set():
                with session.transaction():
                    _write_something(session, dice, leads)
                    time.sleep(dice.choice((0.0, 0.002, 0.05)))
                transactions += 1
        return transactions

    def refresh(statement: bytes) -> int:
        times = 0
        with psycopg.connect(url, autocommit=True) as session:
            while not stop.is_set():
                session.execute(statement)
                times += 1
        return times

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        real = pool.submit(refresh, b"select ops.refresh_rollups()")
        control = pool.submit(refresh, b"select bench.refresh_by_watermark()")
        time.sleep(seconds)
        stop.set()
        transactions = sum(writer.result() for writer in writers)
        refreshes = real.result()
        control.result()
    connection.execute("select ops.refresh_rollups()")
    connection.execute("select bench.refresh_by_watermark()")
    wrong = _count(connection, "select count(*) from ops.verify()")
    caught = _count(connection, WRONG_BY_WATERMARK)
    return [
        row("writes: stress, transactions", transactions, "transactions"),
        row("writes: stress, refreshes meanwhile", refreshes, "refreshes", at_least=10),
        row("writes: stress, wrong rows", wrong, "rows", at_most=0),
        row("writes: stress, wrong rows of the watermark control", caught, "rows", at_least=1),
    ]


def _write_something(session: psycopg.Connection, dice: random.Random, leads: int) -> None:
    days = dice.choice((0, 0, 1, 30, 200))
    added = session.execute(ADD, (days, dice.randint(1, leads))).fetchone()
    assert added is not None
    for _ in range(dice.randint(0, 3)):
        act = dice.random()
        if act < 0.3:
            session.execute(WIN, added)
        elif act < 0.55:
            session.execute(MOVE, (dice.randint(0, 3), *added))
        elif act < 0.9:
            session.execute(CONTACT, (*added, dice.randint(0, 50)))
        else:
            session.execute(DELETE, added)
            return


def _count(connection: psycopg.Connection, statement: str) -> int:
    counted = connection.execute(statement.encode()).fetchone()
    assert counted is not None
    return int(counted[0])
