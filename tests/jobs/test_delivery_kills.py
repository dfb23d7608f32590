"""Five hundred reports, made and sent by workers that are killed again and again: none is lost,
none is made twice, and what is sent twice (a worker died between the mail server's answer and
writing it down) can be told by its Message-ID."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from operator import eq, le
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from psycopg import sql

from tests.conftest import url_as
from tests.jobs.receivers import mail_server
from tests.reporting.desk import Desk

ROOT = Path(__file__).parents[2]
NOW = "2026-03-30 12:00+00"

Seen = TypeVar("Seen")

REPORTS = 500
BETWEEN_KILLS = 25

# Seconds in which nothing at all moves. There is no limit to how slow the machine may be.
STANDSTILL = 180

WORKER = """
import asyncio, os
from api import settings
from jobs import worker
asyncio.run(worker.work(settings.load(os.environ), asyncio.Event()))
"""


class Worker:
    """A worker in a process of its own, with its four sessions in the database."""

    def __init__(self, connection: psycopg.Connection, environment: dict[str, str]) -> None:
        self._connection = connection
        others = sessions(connection)
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        self._sessions = wait_until(
            lambda: sessions(connection) - others, lambda found: len(found) == 4
        )

    def kill(self) -> None:
        """Kills it; its lease, which takes five minutes otherwise, ends once its sessions have: a
        statement that was on its way is carried out by the server all the same."""
        self.end()
        wait_until(lambda: sessions(self._connection), self._sessions.isdisjoint)
        self._connection.execute(
            "update reporting.delivery_recipients"
            " set lease_until = app.now(), next_attempt_at = app.now()"
            " where status = 'claimed' and claimed_by like %s",
            (f"%:{self._process.pid}",),
        )

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def subscribe(desk: Desk) -> None:
    """Daily reports, each for somebody else, all due this morning."""
    desk.connection.execute(
        """
        with made as (
            insert into reporting.subscriptions (
                workspace_id, branch_id, report_type, delivery_method, delivery_time, delivery_days,
                created_by_user_id, scheduled_since, next_due_at
            )
            select
                %(w)s, %(b)s, 'daily', 'email', '09:00', '{1,2,3,4,5,6,7}', %(u)s,
                '2026-03-30 00:00+00', '2026-03-30 07:00+00'
            from generate_series(1, %(n)s)
            returning id
        )
        insert into reporting.subscription_recipients (
            workspace_id, subscription_id, position, email
        )
        select %(w)s, m.id, 1, 'p' || row_number() over () || '@example.test' from made as m
        """,
        {"w": desk.workspace, "b": desk.north, "u": desk.mo, "n": REPORTS},
    )


def sessions(connection: psycopg.Connection) -> set[int]:
    """Of workers, in this database."""
    rows = connection.execute(
        "select pid from pg_stat_activity"
        " where datname = current_database() and application_name = 'leadboard worker'"
    )
    return {pid for (pid,) in rows}


def wait_until(look: Callable[[], Seen], enough: Callable[[Seen], bool]) -> Seen:
    """What is seen once it is enough; given up only when it has long stayed the same."""
    seen, since = look(), time.monotonic()
    while not enough(seen):
        time.sleep(0.01)
        before, seen = seen, look()
        if seen != before:
            since = time.monotonic()
        assert time.monotonic() - since < STANDSTILL, seen
    return seen


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_workers_lose_nothing(conn: psycopg.Connection, database: str) -> None:
    dice = random.Random(20260330)
    conn.execute("select set_config('app.now', %s, false)", (NOW,))
    conn.execute(
        sql.SQL("alter role leadboard_worker in database {} set app.now = {}").format(
            sql.Identifier(conn.info.dbname), sql.Literal(NOW)
        )
    )
    desk = Desk(conn)
    conn.execute("call ops.refresh()")
    subscribe(desk)
    with mail_server() as box:
        environment = {
            "PATH": os.environ["PATH"],
            "LEADBOARD_WORKER_DATABASE_URL": url_as(database, "leadboard_worker"),
            "LEADBOARD_DELIVERY_INTERVAL": "0.05",
            "LEADBOARD_VERIFY_INTERVAL": "0",
            "LEADBOARD_SMTP_HOST": "127.0.0.1",
            "LEADBOARD_SMTP_PORT": str(box.port),
            "LEADBOARD_SMTP_SECURITY": "none",
            "LEADBOARD_MAIL_FROM": "reports@gym.example",
        }
        crew: list[Worker] = []
        try:
            crew += [Worker(conn, environment), Worker(conn, environment)]
            for number in range(1, REPORTS // BETWEEN_KILLS):
                began = time.monotonic()
                wait_until(lambda: len(box.messages), partial(le, number * BETWEEN_KILLS))
                # At any point of its work, not just after a mail: within the time of four of them.
                pace = (time.monotonic() - began) / BETWEEN_KILLS
                time.sleep(dice.uniform(0, 4 * pace))
                victim = crew.pop(dice.randrange(2))
                victim.kill()
                crew.append(Worker(conn, environment))
            wait_until(lambda: Counter(desk.statuses()), partial(eq, {"sent": REPORTS}))
        finally:
            for worker in crew:
                worker.end()

        assert len(desk.deliveries()) == REPORTS, "each is made once"
        by_recipient = Counter(box.recipients)
        assert set(by_recipient) == {f"p{n}@example.test" for n in range(1, REPORTS + 1)}
        assert len(box.messages) - REPORTS <= REPORTS // 100
        ids = {(str(message["To"]), str(message["Message-ID"])) for message in box.messages}
        assert len(ids) == REPORTS, "a repeat is the same message"
