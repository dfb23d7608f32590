"""Five hundred reports, made and sent by workers that are killed again and again: none is lost,
none is made twice, and what is sent twice (a worker died between the mail server's answer and
writing it down) can be told by its Message-ID."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.conftest import url_as
from tests.jobs.receivers import MailBox, mail_server
from tests.reporting.desk import Desk

ROOT = Path(__file__).parents[2]
NOW = "2026-03-30 12:00+00"

REPORTS = 500
BETWEEN_KILLS = 25
PATIENCE = 120

WORKER = """
import asyncio, os
from api import settings
from jobs import worker
asyncio.run(worker.work(settings.load(os.environ), asyncio.Event()))
"""


class Crew:
    """Two workers in processes of their own; who is killed is replaced."""

    def __init__(self, connection: psycopg.Connection, environment: dict[str, str]) -> None:
        self.connection = connection
        self.environment = environment
        self.workers = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, place: int) -> None:
        victim = self.workers[place]
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        # What takes five minutes otherwise: the lease of the dead worker ends.
        self.connection.execute(
            "update reporting.delivery_recipients"
            " set lease_until = app.now(), next_attempt_at = app.now()"
            " where status = 'claimed' and claimed_by like %s",
            (f"%:{victim.pid}",),
        )
        self.workers[place] = self._start()

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()


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


def wait_for(box: MailBox, messages: int, desk: Desk) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(box.messages) < messages:
        assert time.monotonic() < deadline, (
            f"{len(box.messages)} arrived, {Counter(desk.statuses())}"
        )
        time.sleep(0.005)


@pytest.mark.slow
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
        crew = Crew(
            conn,
            {
                "PATH": os.environ["PATH"],
                "LEADBOARD_WORKER_DATABASE_URL": url_as(database, "leadboard_worker"),
                "LEADBOARD_DELIVERY_INTERVAL": "0.05",
                "LEADBOARD_VERIFY_INTERVAL": "0",
                "LEADBOARD_SMTP_HOST": "127.0.0.1",
                "LEADBOARD_SMTP_PORT": str(box.port),
                "LEADBOARD_SMTP_SECURITY": "none",
                "LEADBOARD_MAIL_FROM": "reports@gym.example",
            },
        )
        try:
            for number in range(1, REPORTS // BETWEEN_KILLS):
                wait_for(box, number * BETWEEN_KILLS, desk)
                # At any point of its work, not just after a mail.
                time.sleep(dice.uniform(0, 0.05))
                crew.kill(dice.randrange(2))
            deadline = time.monotonic() + PATIENCE
            while Counter(desk.statuses()) != {"sent": REPORTS}:
                assert time.monotonic() < deadline, Counter(desk.statuses())
                time.sleep(0.05)
        finally:
            crew.end()

        assert len(desk.deliveries()) == REPORTS, "each is made once"
        by_recipient = Counter(box.recipients)
        assert set(by_recipient) == {f"p{n}@example.test" for n in range(1, REPORTS + 1)}
        assert len(box.messages) - REPORTS <= REPORTS // 100
        ids = {(str(message["To"]), str(message["Message-ID"])) for message in box.messages}
        assert len(ids) == REPORTS, "a repeat is the same message"
