"""How fast reports are made and delivered: the SQL of a weekly report of a large branch, and
reports per second through one and two workers to a mail server on the loopback address.

A report of the second kind is whole: figures in SQL, four charts, HTML, text, and the mail handed
over. The ratio of the SQL is to counting the branch's leads by status, which any report has to do.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from uuid import UUID

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api import database_url
from bench import data
from bench.report import Row, percentile, ratio, row

ROOT = Path(__file__).parent.parent

LEADS = 100_000
TARGET_MS = 1_000.0
"""Milliseconds in which the weekly report of a branch with 100,000 leads is made."""

COUNTED = """
select count(*)
from (
    select status, count(*) from crm.leads
    where workspace_id = %s and branch_id = %s
    group by status
) as s
"""

REPORTS = 100
PATIENCE = 300

WORKER = """
import asyncio, os
from api import settings
from jobs import worker
asyncio.run(worker.work(settings.load(os.environ), asyncio.Event()))
"""


def run(rounds: int = 20) -> list[Row]:
    """The rows ``reports: ...``, on the small demo set and a branch made for this."""
    url = data.scratch("bench_reports")
    with psycopg.connect(url, autocommit=True, application_name="leadboard bench") as connection:
        connection.execute("set synchronous_commit = off")
        workspace, branch, person = _branch(connection)
        rows = _sql(connection, workspace, branch, rounds)
        for workers in (1, 2):
            seconds = _delivered(connection, url, (workspace, branch, person), workers)
            name = f"reports: made and delivered by {workers} worker{'s' * (workers > 1)}"
            rows.append(row(name, REPORTS / seconds, "/s"))
        data.check(connection, thorough=False)
    return rows


def _branch(connection: psycopg.Connection) -> tuple[UUID, UUID, UUID]:
    """A branch with so many leads of two years, worked by ten people, and the calls of two months.
    Returns workspace, branch and its manager."""
    found = connection.execute(
        """
        with workspace as (
            insert into crm.workspaces (workspace_id, name, timezone)
            values (gen_random_uuid(), 'Large', 'Europe/Amsterdam') returning workspace_id
        )
        insert into crm.branches (workspace_id, id, name)
        select workspace_id, gen_random_uuid(), 'Centre' from workspace returning workspace_id, id
        """
    ).fetchone()
    assert found is not None
    workspace, branch = found
    people = [
        person
        for (person,) in connection.execute(
            """
            with people as (
                insert into crm.users (id, email, name)
                select gen_random_uuid(), 'bench' || n || '@example.test', 'Person ' || n
                from generate_series(1, 11) as n returning id
            )
            insert into crm.members (workspace_id, user_id, role, branch_id, joined_at)
            select
                %(w)s, id,
                case when row_number() over () = 1 then 'manager' else 'agent' end, %(b)s, now()
            from people returning user_id
            """,
            {"w": workspace, "b": branch},
        ).fetchall()
    ]
    given = {"w": workspace, "b": branch, "p": people[1:], "n": LEADS}
    connection.execute(
        """
        insert into crm.leads (
            workspace_id, branch_id, owner_user_id, source, status, status_changed_at, created_at,
            first_contact_at
        )
        select
            %(w)s, %(b)s, (%(p)s::uuid[])[1 + n %% 10],
            (array['web', 'referral', 'walk_in', 'ads'])[1 + n %% 4],
            (array['new', 'contacted', 'qualified', 'won', 'lost'])[1 + n %% 5],
            c.at + interval '1 day', c.at, c.at + interval '40 minutes'
        from generate_series(1, %(n)s) as n
        cross join lateral (select now() - interval '2 years' * n / %(n)s as at) as c
        """,
        given,
    )
    connection.execute("analyze crm.leads")
    connection.execute(
        """
        insert into crm.call_logs (
            workspace_id, branch_id, lead_id, user_id, direction, status, outcome,
            duration_seconds, started_at
        )
        select
            %(w)s, %(b)s, l.id, l.owner_user_id, 'outbound',
            case when l.number %% 3 = 0 then 'missed' else 'completed' end,
            case when l.number %% 4 = 1 then 'interested' end, 60 + l.number %% 200,
            l.created_at + interval '1 hour' * (l.number %% 9)
        from (
            select id, owner_user_id, created_at, row_number() over (order by created_at) as number
            from crm.leads
            where workspace_id = %(w)s and created_at > now() - interval '60 days'
        ) as l
        """,
        given,
    )
    connection.execute("call ops.refresh()")
    connection.execute("analyze")
    return workspace, branch, people[0]


def _sql(connection: psycopg.Connection, workspace: UUID, branch: UUID, rounds: int) -> list[Row]:
    weekly: list[float] = []
    daily: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        for times, statement in (
            (
                weekly,
                "select reporting.weekly(%s, %s, current_date - 8, current_date - 1)",
            ),
            (daily, "select reporting.daily(%s, %s, current_date - 1)"),
            (
                bare,
                COUNTED,
            ),
        ):
            began = time.perf_counter()
            connection.execute(statement.encode(), (workspace, branch))
            times.append(time.perf_counter() - began)
    name = f"reports: branch with {LEADS:,} leads"
    return [
        row(f"{name}, weekly, SQL, median", percentile(weekly, 50) * 1000, "ms", at_most=TARGET_MS),
        row(f"{name}, weekly, SQL, p95", percentile(weekly, 95) * 1000, "ms"),
        row(f"{name}, daily, SQL, median", percentile(daily, 50) * 1000, "ms"),
        row(f"{name}, weekly, times a count of its leads by status", ratio(weekly, bare), "x"),
    ]


def _delivered(
    connection: psycopg.Connection, url: str, whose: tuple[UUID, UUID, UUID], workers: int
) -> float:
    """Seconds from the moment that the first of so many weekly reports arrived to the last, scaled
    to all of them: the start of the processes is left out."""
    workspace, branch, person = whose
    connection.execute("delete from reporting.subscriptions where workspace_id = %s", (workspace,))
    connection.execute(
        """
        with made as (
            insert into reporting.subscriptions (
                workspace_id, branch_id, report_type, delivery_method, delivery_time, delivery_days,
                created_by_user_id, scheduled_since, next_due_at
            )
            select
                %(w)s, %(b)s, 'weekly', 'email', '00:00', '{1,2,3,4,5,6,7}', %(u)s,
                now() - interval '25 hours', now() - interval '1 hour'
            from generate_series(1, %(n)s) returning id
        )
        insert into reporting.subscription_recipients (
            workspace_id, subscription_id, position, email
        )
        select %(w)s, id, 1, id || '@example.test' from made
        """,
        {"w": workspace, "b": branch, "u": person, "n": REPORTS},
    )
    with _mail_server() as (port, arrived):
        environment = {
            "PATH": os.environ["PATH"],
            "LEADBOARD_WORKER_DATABASE_URL": database_url.with_login(url, "leadboard_worker", None),
            "LEADBOARD_VERIFY_INTERVAL": "0",
            "LEADBOARD_DELIVERY_INTERVAL": "0.05",
            "LEADBOARD_SMTP_HOST": "127.0.0.1",
            "LEADBOARD_SMTP_PORT": str(port),
            "LEADBOARD_SMTP_SECURITY": "none",
        }
        crew = [
            subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environment)
            for _ in range(workers)
        ]
        try:
            deadline = time.monotonic() + PATIENCE
            while len(arrived) < REPORTS:
                if time.monotonic() > deadline:
                    raise data.BenchError(f"Only {len(arrived)} of {REPORTS} reports arrived.")
                time.sleep(0.02)
        finally:
            for worker in crew:
                worker.terminate()
                worker.wait()
    return (arrived[-1] - arrived[0]) * REPORTS / (REPORTS - 1)


class _Handler:
    """Takes every mail and notes when."""

    def __init__(self) -> None:
        self.arrived: list[float] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
    ) -> str:
        self.arrived.append(time.monotonic())
        return "250 taken"


class _AnyPort(Controller):
    """Listens where the system says, which its base asks too early."""

    chosen: int

    def _trigger_server(self) -> None:
        server = cast("asyncio.Server", self.server)
        self.chosen = server.sockets[0].getsockname()[1]
        self.port = self.chosen
        super()._trigger_server()


@contextmanager
def _mail_server() -> Generator[tuple[int, list[float]]]:
    handler = _Handler()
    controller = _AnyPort(handler, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.chosen, handler.arrived
    finally:
        controller.stop()
