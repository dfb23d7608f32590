"""The worker: a loop without logic. SQL says what is due, SQL does it (or hands out what only the
world outside can do: send reports), the worker asks again.

Any number of workers may run: one refresh at a time holds an advisory lock in the database, the
others find nothing due. A worker that loses the server keeps trying, more and more slowly.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Literal

import asyncpg
import msgspec

from api.live import CHANNEL
from api.settings import DatabaseUrl, Settings
from jobs.delivery import Postman

LOG = logging.getLogger("leadboard.worker")

# Seconds after the first failure; doubled with every further one.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0

# Seconds between two looks for offers past their deadline and leads that wait.
ROUTING_PAUSE = 1.0

# How many times as long as they took these rest, so that they leave room for the rollups where
# there are few processors.
VIEW_REST = 1.0
GOALS_REST = 9.0

# Seconds between two looks for reports that were kept long enough.
REMOVAL_PAUSE = 600.0

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


Work = Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[None]]


class Task(msgspec.Struct, frozen=True):
    """Something that SQL knows how to do, or hands out to be done."""

    name: str
    every: float
    """Seconds between the beginnings of two looks; what takes longer is followed by the next."""
    due: str | None
    """A statement that answers whether there is work; None: always."""
    work: str | Work
    """The statement that does the work: its rows, if any, are findings and logged as errors. Or
    what does it outside of the database."""
    eager: bool = False
    """Looks again at once while there is work."""
    hears: str | None = None
    """A channel: looks again when something is told there, too."""
    rest: float = 0
    """After work pauses so many times as long as it took: however much there is to do, a part of
    the time is left to others."""


def prompt_tasks_of(settings: Settings) -> list[Task]:
    """What is over soon and others wait for: on a connection of its own, so that it does not wait
    for a materialized view."""
    return [
        Task(
            name="rollups",
            every=settings.refresh_interval,
            due="select ops.refresh_due('rollup')",
            work="call ops.refresh('rollup')",
        ),
        Task(
            name="routing",
            every=ROUTING_PAUSE,
            due="select exists (select from routing.due_workspaces())",
            # How many leads were looked at is no finding.
            work="select n from routing.expire_offers() as n where n < 0",
        ),
    ]


def view_tasks_of(settings: Settings) -> list[Task]:
    """What takes longer the more there is in the database, and is looked at most: on a connection
    of its own too."""
    return [
        Task(
            name="views",
            every=settings.refresh_interval,
            due="select ops.refresh_due('stats')",
            work="call ops.refresh('stats')",
            hears=CHANNEL,
            rest=VIEW_REST,
        ),
    ]


def thorough_tasks_of(settings: Settings) -> list[Task]:
    """What takes long and nobody waits for by the second."""
    tasks = [
        Task(
            name="segments",
            every=settings.refresh_interval,
            due="select ops.refresh_due('crm')",
            work="call ops.refresh('crm')",
        ),
        Task(
            name="goals",
            every=settings.refresh_interval,
            due="select ops.refresh_due('goals')",
            work="call ops.refresh('goals')",
            rest=GOALS_REST,
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


def database_tasks_of(settings: Settings) -> list[list[Task]]:
    """All that is done in the database; each list on a connection of its own."""
    return [prompt_tasks_of(settings), view_tasks_of(settings), thorough_tasks_of(settings)]


def reporting_tasks_of(settings: Settings, postman: Postman) -> list[Task]:
    """Making, sending and at last removing reports: on a connection of their own, so that no slow
    mail server holds up a refresh."""
    tasks = [
        Task(
            name="reports",
            every=settings.delivery_interval,
            due="select reporting.subscriptions_due()",
            work="select * from reporting.enqueue_due()",
        ),
        Task(
            name="delivery",
            every=settings.delivery_interval,
            due="select reporting.deliveries_due()",
            work=postman.work,
            eager=True,
        ),
    ]
    if settings.delivery_retention > 0:
        # How many are gone is no finding.
        days = settings.delivery_retention
        tasks.append(
            Task(
                name="removal",
                every=REMOVAL_PAUSE,
                due=f"select reporting.removal_due({days})",
                work=f"select n from reporting.remove_deliveries({days}) as n where n < 0",  # noqa: S608 - a number
                eager=True,
            )
        )
    return tasks


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Everything a worker does, until ``stop`` is set."""
    if settings.loopback_webhooks:
        LOG.warning(
            "LEADBOARD_LOOPBACK_WEBHOOKS is on: webhooks may reach this machine, without TLS; "
            "never set it where others may subscribe"
        )
    url = settings.worker_database()
    postman = Postman(settings)
    try:
        async with asyncio.TaskGroup() as group:
            for tasks in [*database_tasks_of(settings), reporting_tasks_of(settings, postman)]:
                group.create_task(run(url, tasks, stop))
    finally:
        await postman.close()


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
            await _wait(pause, stop)


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
    # When each is looked after next, and how much sooner what it hears may have it be.
    next_look = {task.name: 0.0 for task in tasks}
    soonest = dict(next_look)
    failures = dict.fromkeys(next_look, 0)
    told = asyncio.Event()

    def hear(*_: object) -> None:
        told.set()

    for channel in {task.hears for task in tasks if task.hears is not None}:
        await connection.add_listener(channel, hear)
    while not stop.is_set():
        task = min(tasks, key=lambda each: next_look[each.name])
        await _wait(next_look[task.name] - time.monotonic(), stop, told)
        if stop.is_set():
            return
        if told.is_set():
            told.clear()
            for each in tasks:
                if each.hears is not None:
                    next_look[each.name] = min(next_look[each.name], soonest[each.name])
            continue
        began = time.monotonic()
        attempt = await _attempt(connection, task)
        ended = time.monotonic()
        soonest[task.name] = ended
        if attempt == "failed":
            failures[task.name] += 1
            backoff = min(FIRST_PAUSE * 2 ** (failures[task.name] - 1), LONGEST_PAUSE)
            soonest[task.name] = next_look[task.name] = ended + max(task.every, backoff)
            continue
        failures[task.name] = 0
        if attempt == "worked":
            soonest[task.name] = ended + task.rest * (ended - began)
        eager = attempt == "worked" and task.eager
        next_look[task.name] = max(soonest[task.name], began + (0 if eager else task.every))


async def _attempt(
    connection: "asyncpg.Connection[asyncpg.Record]", task: Task
) -> Literal["idle", "worked", "failed"]:
    """What came of looking after a task. A lost connection is raised."""
    findings: list[asyncpg.Record] = []
    began = time.monotonic()
    try:
        if task.due is not None and not await connection.fetchval(task.due, timeout=DUE_TIMEOUT):
            return "idle"
        if isinstance(task.work, str):
            findings = await connection.fetch(task.work)
        else:
            await task.work(connection)
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise
        LOG.error("%s failed", task.name, extra={"fields": {"error": _words(error)}})
        return "failed"
    milliseconds = round((time.monotonic() - began) * 1000, 1)
    for finding in findings:
        LOG.error("%s found a difference", task.name, extra={"fields": dict(finding)})
    level = logging.INFO if task.due is not None else logging.DEBUG
    LOG.log(level, "%s done", task.name, extra={"fields": {"milliseconds": milliseconds}})
    return "worked"


async def _wait(seconds: float, *events: asyncio.Event) -> None:
    """Sleeps, but not past any of the events."""
    if seconds <= 0:
        return
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


def _words(error: BaseException) -> str:
    sqlstate = getattr(error, "sqlstate", None)
    words = str(error) or type(error).__name__
    return f"{sqlstate}: {words}" if sqlstate else words
