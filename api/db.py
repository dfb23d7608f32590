"""The one door to PostgreSQL, and the only importer of asyncpg.

A request is one statement on one pooled connection, in one round trip: a function of schema
``service`` sets the verified caller for its own transaction, checks the right, and returns the
freshness tag and the finished JSON. Errors of the database and of the pool leave here as problems.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast
from uuid import UUID

import asyncpg
from litestar import Request
from litestar.datastructures import State
from litestar.response.base import ASGIResponse

from api.auth import Caller, header_of
from api.problems import LOGGABLE_CLASSES, Problem, from_sqlstate, log_error
from api.telemetry import POOL

APPLICATION_NAME = "leadboard api"

CLOSE_TIMEOUT = 10
"""Seconds that running statements get to end when the service shuts down."""

GRACE = 2
"""Seconds beyond the statement timeout after which a server that does not answer is given up."""

LISTEN_AGAIN = 1
"""Seconds between two attempts to listen."""

LISTEN_CHECK = 5
"""Seconds between two looks whether the server is still there."""

NEVER_BY_COUNT = 2**31
"""A connection is not replaced for having served many statements."""

LENGTHEN = """
select
    set_config('statement_timeout', $1, true),
    set_config('idle_in_transaction_session_timeout', $1, true)
"""

BUSY = POOL.labels("busy")

_LOG = logging.getLogger("leadboard.db")

Parameter = UUID | str | int | bool | bytes | list[str] | None
Value = UUID | str | int | float | bool | bytes | None


class Database:
    """A pool of connections as the login ``leadboard_api``."""

    def __init__(
        self,
        url: str,
        *,
        pool_min: int,
        pool_max: int,
        acquire_timeout: float,
        statement_timeout: float,
    ) -> None:
        self._url = url
        self._pool_min = pool_min
        self._pool_max = pool_max
        self._acquire_timeout = acquire_timeout
        self._statement_timeout = statement_timeout
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Opens the pool. A server that is away is no reason not to start: connections are opened
        by the requests that need them, and until one succeeds they are answered 503."""
        try:
            self._pool = await self._create_pool(self._pool_min)
        except _FAILURES as error:
            _LOG.warning(
                "database not reachable at start", extra={"fields": {"error": type(error).__name__}}
            )
            self._pool = await self._create_pool(0)
        POOL.labels("limit").inc(self._pool_max)

    async def close(self) -> None:
        """Lets running statements end, then closes every connection."""
        if self._pool is None:
            return
        POOL.labels("limit").dec(self._pool_max)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def as_caller(
        self, request: Request[Caller, None, State], statement: str, *parameters: Parameter
    ) -> ASGIResponse:
        """Answers a GET by one statement ``select etag, body from service.<endpoint>($1, $2,
        ...)``, of which $1 is the verified user and $2 the tags that the client knows. No body
        means that what the client knows is still true: 304."""
        known = header_of(request.scope, b"if-none-match")
        row = await self.fetch_row(statement, request.user.user_id, known, *parameters)
        etag, body = cast("tuple[str | None, bytes | None]", row)
        headers = {"cache-control": "private, no-cache"}
        if etag is not None:
            headers["etag"] = etag
        if body is None:
            return ASGIResponse(status_code=304, headers=headers)
        return ASGIResponse(body=body, headers=headers, media_type="application/json")

    async def fetch_row(self, statement: str, *parameters: Parameter) -> tuple[Value, ...]:
        """The one row of a statement, run by itself, so it is its own transaction. Raises
        Problem."""
        connection = await self._acquire()
        try:
            row = await connection.fetchrow(
                statement, *parameters, timeout=self._statement_timeout + GRACE
            )
        except _FAILURES as error:
            raise _problem(error) from error
        finally:
            await self._release(connection)
        return () if row is None else tuple(row)

    @asynccontextmanager
    async def transaction(self, longest: float) -> AsyncGenerator["Transaction"]:
        """Several statements that hold together or not at all, each of which may take ``longest``
        seconds. Raises Problem."""
        connection = await self._acquire()
        try:
            async with connection.transaction():
                await connection.execute(LENGTHEN, _milliseconds(longest))
                yield Transaction(connection, longest)
        except _FAILURES as error:
            raise _problem(error) from error
        finally:
            await self._release(connection)

    async def listen(self, channel: str, hear: Callable[[str | None], None]) -> None:
        """Calls ``hear`` with the text of each notification, on a connection of its own, until it
        is cancelled. None stands for whatever was said while nobody listened: the connection is
        new."""
        while True:
            try:
                await self._listen(channel, hear)
            except _FAILURES as error:
                _LOG.warning("not listening", extra={"fields": {"error": type(error).__name__}})
            await asyncio.sleep(LISTEN_AGAIN)

    async def _listen(self, channel: str, hear: Callable[[str | None], None]) -> None:
        def heard(_connection: object, _pid: int, _channel: str, payload: object) -> None:
            hear(str(payload))

        connection = await asyncpg.connect(
            self._url,
            timeout=self._acquire_timeout,
            server_settings={"application_name": f"{APPLICATION_NAME}, listening"},
        )
        try:
            await connection.add_listener(channel, heard)
            hear(None)
            while True:
                await asyncio.sleep(LISTEN_CHECK)
                # A network that died without a word is noticed by asking.
                await connection.execute("select 1", timeout=GRACE)
        finally:
            connection.terminate()

    async def _acquire(self) -> asyncpg.pool.PoolConnectionProxy:
        pool = self._open_pool()
        # Waiting with a timeout costs a task of its own; an idle connection is there at once.
        patience = None if pool.get_idle_size() else self._acquire_timeout
        try:
            connection = await pool.acquire(timeout=patience)
        except TimeoutError as error:
            raise Problem(503, "All connections to the database are busy.") from error
        except _FAILURES as error:
            raise _problem(error) from error
        BUSY.inc()
        return connection

    async def _release(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        BUSY.dec()
        # A connection that cannot be given back in time is closed by the pool.
        with suppress(*_FAILURES):
            await self._open_pool().release(connection, timeout=GRACE)

    def _open_pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise Problem(503)
        return self._pool

    async def _create_pool(self, size: int) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._url,
            min_size=size,
            max_size=self._pool_max,
            max_queries=NEVER_BY_COUNT,
            timeout=self._acquire_timeout,
            init=_pass_json_through,
            reset=_reset,
            server_settings={
                "application_name": APPLICATION_NAME,
                "statement_timeout": _milliseconds(self._statement_timeout),
                "idle_in_transaction_session_timeout": _milliseconds(self._statement_timeout),
                "timezone": "UTC",
                "search_path": "pg_catalog",
                # Every statement is short; compiling one would cost more than running it.
                "jit": "off",
            },
        )


class Transaction:
    """A running transaction."""

    def __init__(self, connection: asyncpg.pool.PoolConnectionProxy, longest: float) -> None:
        self._connection = connection
        self._longest = longest

    async def fetch_row(self, statement: str, *parameters: Parameter) -> tuple[Value, ...]:
        """The one row of a statement."""
        row = await self._connection.fetchrow(statement, *parameters, timeout=self._longest + GRACE)
        return () if row is None else tuple(row)


# What asyncpg raises: an answer of the server, no answer in time, or no server.
_FAILURES = (
    asyncpg.PostgresError,
    TimeoutError,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


async def _pass_json_through(connection: asyncpg.Connection) -> None:
    """JSON travels as bytes: what SQL has built is not taken apart and put together again."""
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary"
    )


async def _reset(connection: asyncpg.Connection) -> None:
    """In place of asyncpg's own reset, which costs a round trip per request.

    Before this runs, asyncpg has rolled back a transaction that was left open. Nothing else is left
    to clear: claims and settings are transaction-local, every statement sets its own caller first,
    and no statement of the service takes a session lock, a cursor or a LISTEN.
    """


def _problem(error: Exception) -> Problem:
    if isinstance(error, TimeoutError):
        return Problem(504)
    if not isinstance(error, asyncpg.PostgresError):
        _LOG.warning("database not reachable", extra={"fields": {"error": type(error).__name__}})
        return Problem(503)
    sqlstate = error.sqlstate or "XX000"
    problem = from_sqlstate(sqlstate, str(error.args[0]), getattr(error, "detail", None))
    if not sqlstate.startswith("LB") and problem.status != 504:
        shown = sqlstate[:2] in LOGGABLE_CLASSES
        log_error(
            error,
            sqlstate=sqlstate,
            reason=str(error.args[0]) if shown else None,
            constraint=getattr(error, "constraint_name", None),
            place=_place(getattr(error, "context", None)),
        )
    return problem


def _place(context: str | None) -> list[str]:
    """The functions an error arose in, innermost first; not the statements, nor their values."""
    lines = (context or "").splitlines()
    return [line for line in lines if line.startswith(("PL/pgSQL function", "SQL function"))]


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
