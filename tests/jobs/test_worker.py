"""The worker: does what is due, survives failures and lost servers, stops when asked."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import psycopg
import pytest

from api.settings import DatabaseUrl, Settings
from jobs import worker
from jobs.delivery import Postman
from jobs.worker import Task
from tests import builders
from tests.conftest import url_as
from tests.reporting.desk import Desk

PATIENCE = 120


def task(name: str, work: str, due: str | None = None, every: float = 0.01) -> Task:
    return Task(name=name, every=every, due=due, work=work)


@asynccontextmanager
async def working(url: str, *tasks: Task) -> AsyncGenerator[None]:
    """The worker runs inside the block, and has ended in peace after it."""
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(DatabaseUrl(url), list(tasks), stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, PATIENCE)


async def until(connection: psycopg.Connection, query: str) -> None:
    """Returns when the query answers true."""

    def ask() -> bool:
        row = connection.execute(query.encode()).fetchone()
        return row is not None and bool(row[0])

    await until_true(ask)


async def until_true(ask: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        # Nothing tells the test that another session has come so far, so it asks.
        while not ask():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
def diary(conn: psycopg.Connection) -> psycopg.Connection:
    """A table for what the tasks of a test do, in a schema that the worker's login may use."""
    conn.execute("create schema diary")
    conn.execute("create table diary.entries (at timestamptz default clock_timestamp(), what text)")
    conn.execute("grant all on schema diary to leadboard_worker")
    conn.execute("grant all on diary.entries to leadboard_worker")
    return conn


@pytest.fixture
def url(database: str) -> str:
    return url_as(database, "leadboard_worker")


WRITE = "insert into diary.entries (what) values ('done')"


async def test_it_does_what_is_due_and_nothing_else(diary: psycopg.Connection, url: str) -> None:
    due = "select exists (select from diary.entries where what = 'wanted')"
    work = "update diary.entries set what = 'done' where what = 'wanted'"
    beat = task("beat", "insert into diary.entries (what) values ('beat')")
    async with working(url, task("work", work, due), beat):
        await until(diary, "select count(*) > 2 from diary.entries where what = 'beat'")
        assert diary.execute("select from diary.entries where what = 'done'").fetchone() is None

        diary.execute("insert into diary.entries (what) values ('wanted')")

        await until(diary, "select count(*) = 1 from diary.entries where what = 'done'")


async def test_it_works_as_its_own_login_in_utc(diary: psycopg.Connection, url: str) -> None:
    who = """
        insert into diary.entries (what)
        values (session_user || ' ' || current_setting('timezone')
            || ' ' || current_setting('application_name'))
    """
    async with working(url, task("who", who)):
        await until(diary, "select count(*) > 0 from diary.entries")

    row = diary.execute("select what from diary.entries limit 1").fetchone()
    assert row == ("leadboard_worker UTC leadboard worker",)


async def test_a_failure_is_logged_and_the_other_tasks_go_on(
    diary: psycopg.Connection, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with working(url, task("bad", "select 1 / 0"), task("good", WRITE)):
        await until(diary, "select count(*) > 2 from diary.entries")

    lines = [record for record in caplog.records if record.getMessage() == "bad failed"]
    assert lines
    assert lines[0].levelno == logging.ERROR
    assert vars(lines[0])["fields"] == {"error": "22012: division by zero"}
    # It backs off: half a second lies between the first two failures.
    assert len(lines) < 5


async def test_a_task_rests_in_proportion_to_its_work(diary: psycopg.Connection, url: str) -> None:
    work = "insert into diary.entries (what) select 'done' from pg_sleep(0.2)"
    slow = Task(name="slow", every=0.01, due=None, work=work, rest=2)
    async with working(url, slow):
        await until(diary, "select count(*) > 3 from diary.entries")

    assert _least_gap(diary) >= 0.6


def _least_gap(diary: psycopg.Connection) -> float:
    """Seconds from one entry to the next: the pause, and the work."""
    row = diary.execute(
        """
        select min(gap)::float from (
            select extract(epoch from at - lag(at) over (order by at)) as gap from diary.entries
        ) as g
        """
    ).fetchone()
    assert row is not None
    return row[0]


async def test_a_task_looks_at_once_when_it_hears_something(
    diary: psycopg.Connection, url: str
) -> None:
    hearing = Task(name="hearing", every=3600, due=None, work=WRITE, hears="news")
    async with working(url, hearing, task("deaf", "select from diary.entries", every=3600)):
        await until(diary, "select count(*) = 1 from diary.entries")
        diary.execute("notify news")
        await until(diary, "select count(*) = 2 from diary.entries")


async def test_what_it_hears_does_not_cut_its_rest_short(
    diary: psycopg.Connection, url: str
) -> None:
    work = """
        insert into diary.entries (what)
        select pg_notify('news', '')::text from pg_sleep(0.2)
    """
    talking = Task(name="talking", every=3600, due=None, work=work, hears="news", rest=2)
    async with working(url, talking):
        await until(diary, "select count(*) > 3 from diary.entries")

    assert _least_gap(diary) >= 0.6


async def test_findings_are_logged_as_errors(
    diary: psycopg.Connection, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = "insert into diary.entries (what) values ('x') returning 'lead_day' as family, 3 as n"
    async with working(url, task("verify", found, every=60)):
        await until(diary, "select count(*) = 1 from diary.entries")

    [line] = [each for each in caplog.records if each.getMessage() == "verify found a difference"]
    assert vars(line)["fields"] == {"family": "lead_day", "n": 3}


async def test_a_lost_connection_is_replaced(
    diary: psycopg.Connection, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0.01)
    async with working(url, task("work", WRITE)):
        await until(diary, "select count(*) > 0 from diary.entries")
        diary.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'leadboard worker' and datname = current_database()
            """
        )
        diary.execute("delete from diary.entries")

        await until(diary, "select count(*) > 0 from diary.entries")


async def test_it_waits_for_a_server_that_is_not_there_yet_and_still_stops_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nowhere = "postgresql://nobody:tops3cret@/nothing?host=/nowhere"
    async with working(nowhere, task("work", WRITE)):
        await until_true(lambda: bool(caplog.records))

    line = caplog.records[0]
    assert line.getMessage() == "the database is not available; trying again"
    assert vars(line)["fields"]["seconds"] == worker.FIRST_PAUSE
    assert "tops3cret" not in caplog.text


async def test_a_running_statement_is_finished_before_it_stops(
    diary: psycopg.Connection, url: str
) -> None:
    # The statement holds until the test lets go of the lock, which it does after asking to stop.
    diary.execute("select pg_advisory_lock(1)")
    work = """
        with waited as materialized (select pg_advisory_xact_lock(1) as ok)
        insert into diary.entries (what) select 'done' from waited
    """
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(DatabaseUrl(url), [task("slow", work)], stop))
    await until(
        diary,
        """
        select count(*) = 1 from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())
        """,
    )
    stop.set()
    diary.execute("select pg_advisory_unlock(1)")
    await asyncio.wait_for(running, PATIENCE)

    assert diary.execute("select count(*) from diary.entries").fetchone() == (1,)


def test_the_settings_say_how_often() -> None:
    settings = Settings(refresh_interval=0.2, verify_interval=5)
    rollups, routing = worker.prompt_tasks_of(settings)
    [views] = worker.view_tasks_of(settings)
    segments, goals, verify = worker.thorough_tasks_of(settings)

    assert (rollups.name, rollups.every) == ("rollups", 0.2)
    assert (routing.name, routing.every) == ("routing", worker.ROUTING_PAUSE)
    for each in (views, segments, goals):
        assert each.every == 0.2
    assert (verify.name, verify.every) == ("verify", 5)
    names = [each.name for each in worker.thorough_tasks_of(Settings(verify_interval=0))]
    assert names == ["segments", "goals"]


async def test_old_reports_are_removed(
    conn: psycopg.Connection, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In batches, by the worker's own login; unless the setting is 0."""
    desk = Desk(conn)
    old = [desk.generate() for _ in range(3)]
    conn.execute("update reporting.deliveries set created_at = now() - interval '8 days'")
    young = desk.generate()

    configured = Settings(delivery_retention=7)
    tasks = worker.reporting_tasks_of(configured, Postman(configured))
    assert [each.name for each in tasks] == ["reports", "delivery", "removal"]
    async with working(url, *tasks):
        await until(conn, "select count(*) = 1 from reporting.deliveries")
    assert [row["id"] for row in desk.deliveries()] == [young]
    assert young not in old
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]

    for_ever = Settings(delivery_retention=0)
    names = [each.name for each in worker.reporting_tasks_of(for_ever, Postman(for_ever))]
    assert names == ["reports", "delivery"]


async def test_an_offer_that_nobody_answers_times_out(conn: psycopg.Connection, url: str) -> None:
    """And the lead waits: the only partner let it go by."""
    gym = builders.workspace(conn)
    builders.profile(conn, gym, builders.member(conn, gym))
    lead = builders.lead(conn, gym)
    conn.execute("select routing.assign_lead(%s, %s)", (gym, lead))
    conn.execute("update routing.offers set deadline = now()")
    async with working(url, *worker.prompt_tasks_of(Settings())):
        await until(conn, "select count(*) = 1 from routing.waiting_leads")

    outcome = b"select outcome from routing.lead_assignment_logs order by hop"
    assert conn.execute(outcome).fetchall() == [("timed_out",), (None,)]


async def test_facts_become_figures_without_anybody_asking(
    conn: psycopg.Connection, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(refresh_interval=0.05, verify_interval=0.05)
    figures = "select count(*) = 1 from stats.partner_performance_stats where {} = 1"
    prompt, views, thorough = worker.database_tasks_of(settings)
    async with working(url, *prompt), working(url, *views), working(url, *thorough):
        gym = builders.workspace(conn)
        partner = builders.member(conn, gym, "partner")
        now = datetime.now(UTC)
        builders.lead(conn, gym, partner, now)
        await until(conn, figures.format("leads_assigned_30d"))

        conn.execute("update crm.leads set status = 'accepted', accepted_at = %s", (now,))
        await until(conn, figures.format("leads_accepted_30d"))

    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]


async def test_two_workers_do_not_disturb_each_other(
    conn: psycopg.Connection, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(refresh_interval=0.05, verify_interval=0)
    tasks = [task for tasks in worker.database_tasks_of(settings) for task in tasks]
    gym = builders.workspace(conn)
    partner = builders.member(conn, gym, "partner")
    async with working(url, *tasks), working(url, *tasks):
        for _ in range(20):
            builders.lead(conn, gym, partner, datetime.now(UTC))
        await until(
            conn, "select sum(leads_assigned_30d) = 20 from stats.partner_performance_stats"
        )

    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
    assert conn.execute("select count(*) from ops.verify()").fetchone() == (0,)


async def test_an_answer_that_breaks_off_is_a_lost_connection(
    diary: psycopg.Connection, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg calls it an internal error when a session ends in the middle of an answer."""
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0.01)
    attempt = vars(worker)["_attempt"]
    broken = iter([True])

    async def break_off_once(connection: object, each: Task) -> bool:
        if next(broken, False):
            raise asyncpg.InternalClientError("cannot switch to state 12")
        return await attempt(connection, each)

    monkeypatch.setattr(worker, "_attempt", break_off_once)
    async with working(url, task("work", WRITE)):
        await until(diary, "select count(*) > 0 from diary.entries")
