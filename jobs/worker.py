"""The worker: a loop without logic. SQL says what is due, SQL does it, the worker asks again.

Any number of workers may run: one refresh at a time holds an advisory lock in the database, the
others find nothing due. A worker that loses the server keeps trying, more and more slowly.
"""

import asyncio
import logging
import time

import asyncpg
import msgspec

from api.settings import DatabaseUrl, Settings

LOG = logging.getLogger("leadboard.worker")

# Seconds after the first failure; doubled with every further one.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0

# Seconds between two looks for offers past their deadline and leads that wait.
ROUTING_PAUSE = 1.0

# A refresh may take as long as it takes; asking whether there is work may not, so that a network
# that died without a word is noticed.
CONNECT_TIMEOUT = 10
DUE_TIMEOUT = 30
CLOSE_TIMEOUT = 5

# What asyncpg raises when the server is away or goes away. InternalClientError is what comes of a
# server that ends a session in the middle of an answer.
_TROUBLE = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


class Task(msgspec.Struct, frozen=True):
    """Something that SQL knows how to do."""

    name: str
    every: float
    """Seconds between two looks."""
    due: str | None
    """A statement that answers whether there is work; None: always."""
    work: str
    """The statement that does the work. Its rows, if any, are findings and logged as errors."""


def tasks_of(settings: Settings) -> list[Task]:
    tasks = [
        Task(
            name="refresh",
            every=settings.refresh_interval,
            due="select ops.refresh_due()",
            work="call ops.refresh()",
        ),
        Task(
            name="routing",
            every=ROUTING_PAUSE,
            due="select exists (select from routing.due_workspaces())",
            # How many leads were looked at is no finding.
            work="select n from routing.expire_offers() as n where n < 0",
        ),
    ]
    if settings.verify_interval > 0:
        tasks.append(
            Task(
                name="verify",
                every=settings.verify_interval,
                due=None,
                work="select * from ops.verify_sample()",
            )
        )
    return tasks


async def run(url: DatabaseUrl, tasks: list[Task], stop: asyncio.Event) -> None:
    """Works until ``stop`` is set; a statement that is running then is finished first."""
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        try:
            await _work_connected(url, tasks, stop)
        except _TROUBLE as error:
            # A connection that had worked for a while earns a quick second try.
            failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
            pause = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
            LOG.error(
                "the database is not available; trying again",
                extra={"fields": {"error": _words(error), "seconds": pause}},
            )
            await _wait(stop, pause)


async def _work_connected(url: DatabaseUrl, tasks: list[Task], stop: asyncio.Event) -> None:
    connection = await asyncpg.connect(
        url.reveal(),
        timeout=CONNECT_TIMEOUT,
        server_settings={"application_name": "leadboard worker", "timezone": "UTC"},
    )
    LOG.info("connected", extra={"fields": {"database": str(url)}})
    try:
        await _forever(connection, tasks, stop)
        await connection.close(timeout=CLOSE_TIMEOUT)
    finally:
        # Does nothing to a connection that is closed.
        connection.terminate()


async def _forever(
    connection: "asyncpg.Connection[asyncpg.Record]", tasks: list[Task], stop: asyncio.Event
) -> None:
    """Looks after each task when its time comes. One statement at a time: one connection."""
    next_look = {task.name: 0.0 for task in tasks}
    failures = dict.fromkeys(next_look, 0)
    while not stop.is_set():
        task = min(tasks, key=lambda each: next_look[each.name])
        await _wait(stop, next_look[task.name] - time.monotonic())
        if stop.is_set():
            return
        if await _attempt(connection, task):
            failures[task.name] = 0
            pause = task.every
        else:
            failures[task.name] += 1
            backoff = min(FIRST_PAUSE * 2 ** (failures[task.name] - 1), LONGEST_PAUSE)
            pause = max(task.every, backoff)
        next_look[task.name] = time.monotonic() + pause


async def _attempt(connection: "asyncpg.Connection[asyncpg.Record]", task: Task) -> bool:
    """True unless the statement failed. A lost connection is raised."""
    began = time.monotonic()
    try:
        if task.due is not None and not await connection.fetchval(task.due, timeout=DUE_TIMEOUT):
            return True
        findings = await connection.fetch(task.work)
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise
        LOG.error("%s failed", task.name, extra={"fields": {"error": _words(error)}})
        return False
    milliseconds = round((time.monotonic() - began) * 1000, 1)
    for finding in findings:
        LOG.error("%s found a difference", task.name, extra={"fields": dict(finding)})
    level = logging.INFO if task.due is not None else logging.DEBUG
    LOG.log(level, "%s done", task.name, extra={"fields": {"milliseconds": milliseconds}})
    return True


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    """Sleeps, but not past ``stop``."""
    if seconds <= 0:
        return
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _words(error: BaseException) -> str:
    sqlstate = getattr(error, "sqlstate", None)
    words = str(error) or type(error).__name__
    return f"{sqlstate}: {words}" if sqlstate else words
