"""Reports made and delivered: by one worker and by two, and what the figures of a weekly report of
a large branch cost.

The workers are those of `leadboard worker`, the mail server takes everything. The large branch and
the small ones are in a database made for this.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from api import database_url
from api.settings import PREFIX
from bench import data, services
from bench.report import Row, ratio, row
from jobs import deploy, server

LEADS = 100_000
SMALL = 500
"""Leads of each small branch (sql/fill_reports.sql)."""
BRANCHES = 40
REPORTS = 200
WARM = 20
"""Reports before the clock starts: each worker has drawn some by then."""
STANDSTILL = 120
TIMES_HISTORY = 5.0

SQL = Path(__file__).parent / "sql"
ROOT = Path(__file__).parent.parent
WORKSPACE = UUID("b8a2a7b4-4f0a-4a8f-9b52-5a6e8d0f7c31")
PASSWORD = "only-for-the-bench"  # noqa: S105

SENT = "select count(*) from reporting.delivery_recipients where status = 'sent'"
WORKER = """
import asyncio, os
from api import settings
from jobs import worker
asyncio.run(worker.work(settings.load(os.environ), asyncio.Event()))
"""

WEEKLY = "select reporting.weekly(%(workspace)s, %(branch)s, %(day)s - 7, %(day)s)"
STATUSES = """
    select status, leads
    from metrics.branch_statuses(%(workspace)s, %(branch)s, %(day)s - 7, %(day)s)
    order by status
"""
FROM_HISTORY = (SQL / "statuses_from_history.sql").read_text()


def run(
    rounds: int, leads: int = LEADS, branches: int = BRANCHES, reports: int = REPORTS
) -> list[Row]:
    """The rows ``reports: ...``."""
    own = data.running()
    name = f"bench_reports_{leads}"
    server.ensure_database(own.url("postgres"), name)
    deploy.deploy(own.url(name))
    return measure(own.url(name), rounds, leads, branches, reports)


def measure(
    url: str, rounds: int, leads: int, branches: int, reports: int, warm: int = WARM
) -> list[Row]:
    """The same in a deployed database, which is filled when it is empty."""
    deploy.set_password(url, "leadboard_worker", PASSWORD)
    with psycopg.connect(url, autocommit=True, application_name="leadboard bench") as connection:
        connection.execute("set jit = off")
        _fill(connection, leads, branches)
        # Windows end with today, also when the data are of yesterday.
        connection.execute("call ops.refresh()")
        rows = _cost(connection, rounds, leads)
        rows += _throughput(connection, url, branches, reports, warm)
        data.check(connection, thorough=False)
    return rows


def _cost(connection: psycopg.Connection, rounds: int, leads: int) -> list[Row]:
    """What the database does for a report, in the large branch and in a small one."""
    large, small = (_asked(connection, branch) for branch in (0, 1))
    if _rows(connection, STATUSES, large) != _rows(connection, FROM_HISTORY, large):
        raise data.BenchError("Statuses at the end of the period differ from the history.")
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, statement, asked in (
            ("large", WEEKLY, large),
            ("small", WEEKLY, small),
            ("statuses", STATUSES, large),
            ("history", FROM_HISTORY, large),
        ):
            # The first finds its pages, and its plans.
            _timed(connection, statement, asked)
            found = times.setdefault(name, [])
            found += [_timed(connection, statement, asked) for _ in range(3)]
    name = "reports: weekly report in SQL, a branch of"
    return [
        row(f"{name} {leads:,} leads", min(times["large"]) * 1000, "ms"),
        row(f"{name} {SMALL:,} leads", min(times["small"]) * 1000, "ms"),
        row(
            f"reports: status of {leads:,} leads at the end of the week",
            min(times["statuses"]) * 1000,
            "ms",
        ),
        row(
            "reports: the same from all history, to it",
            ratio(times["history"], times["statuses"]),
            "x",
            at_least=TIMES_HISTORY,
        ),
    ]


def _throughput(
    connection: psycopg.Connection, url: str, branches: int, reports: int, warm: int
) -> list[Row]:
    """Reports a second: only made, and made and delivered by one worker and by two."""
    worker = database_url.with_login(url, "leadboard_worker", PASSWORD)
    _subscribe(connection, branches, reports)
    began = time.perf_counter()
    with psycopg.connect(worker, autocommit=True) as session:
        while _number(connection, "select count(*) from reporting.deliveries") < reports:
            faults = session.execute("select error from reporting.enqueue_due()").fetchall()
            if faults:
                raise data.BenchError(f"Reports could not be made: {faults}")
    made = reports / (time.perf_counter() - began)

    delivered = {
        workers: _delivered(connection, worker, workers, branches, reports, warm)
        for workers in (1, 2)
    }
    return [
        row("reports: made, one session", made, "reports/s"),
        row("reports: made and delivered, 1 worker", delivered[1], "reports/s"),
        row("reports: made and delivered, 2 workers", delivered[2], "reports/s"),
        row("reports: 2 workers to 1", delivered[2] / delivered[1], "x"),
    ]


def _delivered(
    connection: psycopg.Connection, url: str, workers: int, branches: int, reports: int, warm: int
) -> float:
    port = services.free_port()
    environment = {
        "LEADBOARD_WORKER_DATABASE_URL": url,
        "LEADBOARD_DELIVERY_INTERVAL": "0.05",
        "LEADBOARD_VERIFY_INTERVAL": "0",
        "LEADBOARD_SMTP_HOST": "127.0.0.1",
        "LEADBOARD_SMTP_PORT": str(port),
        "LEADBOARD_SMTP_SECURITY": "none",
        "LEADBOARD_MAIL_FROM": "reports@leadboard.example",
    }
    with ExitStack() as running:
        log = Path(running.enter_context(tempfile.TemporaryDirectory())) / "mail.log"
        running.enter_context(services.running(services.mail_sink(port), port, {}, log))
        for number in range(workers):
            running.enter_context(_worker(environment, log.with_name(f"worker-{number}.log")))
        _subscribe(connection, branches, warm * workers)
        _await_sent(connection, warm * workers)
        _subscribe(connection, branches, reports)
        began = time.perf_counter()
        _await_sent(connection, reports)
        return reports / (time.perf_counter() - began)


@contextmanager
def _worker(environment: Mapping[str, str], log: Path) -> Generator[None]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env=others | dict(environment),
            stderr=output,
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _subscribe(connection: psycopg.Connection, branches: int, reports: int) -> None:
    """Weekly reports of the small branches that are due now, and none besides."""
    connection.execute("truncate reporting.deliveries, reporting.subscriptions cascade")
    connection.execute(
        (SQL / "subscribe_reports.sql").read_text().encode(),
        {"workspace": WORKSPACE, "branches": branches, "reports": reports},
    )


def _await_sent(connection: psycopg.Connection, reports: int) -> None:
    """Raises BenchError when no report is sent for long."""
    sent, since = 0, time.monotonic()
    while sent < reports:
        time.sleep(0.02)
        before, sent = sent, _number(connection, SENT)
        if sent > before:
            since = time.monotonic()
        if time.monotonic() - since > STANDSTILL:
            raise data.BenchError(f"Only {sent} of {reports} reports are sent.")


def _fill(connection: psycopg.Connection, leads: int, branches: int) -> None:
    if _number(connection, "select count(*) from crm.workspaces"):
        return
    print(f"  {leads:,} leads in one branch", flush=True)
    connection.execute((SQL / "key.sql").read_text().encode())
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            (SQL / "fill_reports.sql").read_text().encode(),
            {"workspace": WORKSPACE, "leads": leads, "branches": branches},
        )
    connection.execute("analyze")
    connection.execute(sql.SQL("call ops.rebuild({})").format(sql.Literal(WORKSPACE)))
    # As autovacuum leaves tables behind.
    connection.execute("vacuum analyze")


def _asked(connection: psycopg.Connection, branch: int) -> dict[str, object]:
    """The last seven local days of a branch, by its number."""
    found = connection.execute(
        "select b.id, app.today('UTC') from crm.branches as b"
        " where b.workspace_id = %s and b.name = %s",
        (WORKSPACE, f"Branch {branch}"),
    ).fetchone()
    assert found is not None
    return {"workspace": WORKSPACE, "branch": found[0], "day": found[1]}


def _number(connection: psycopg.Connection, query: str) -> int:
    found = connection.execute(query.encode()).fetchone()
    assert found is not None
    return found[0]


def _rows(
    connection: psycopg.Connection, statement: str, asked: Mapping[str, object]
) -> list[tuple[object, ...]]:
    return connection.execute(statement.encode(), asked).fetchall()


def _timed(connection: psycopg.Connection, statement: str, asked: Mapping[str, object]) -> float:
    """Seconds until the client has the rows."""
    began = time.perf_counter()
    _rows(connection, statement, asked)
    return time.perf_counter() - began
