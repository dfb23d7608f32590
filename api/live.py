"""GET /api/live: server-sent events, one after each refresh that may have changed the figures of a
workspace of the caller.

All streams of a process are fed by one connection to the database. What a stream has not sent yet
is kept as one message, which newer news are merged into: a slow reader misses nothing that
matters, holds nobody else up and costs no more memory than a fast one.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import cast
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import ServerSentEvent, ServerSentEventMessage
from prometheus_client import Gauge

from api.auth import header_of
from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, database_of
from api.problems import Problem

LIVE = "select body from service.live($1)"

CHANNEL = "leadboard_refresh"

MOST_STREAMS = 5000
"""Streams of one process."""

HEARTBEAT = 15.0
"""Seconds after which a stream without news says that it lives, lest somebody between closes it."""

LONGEST = 600.0
"""Seconds after which a stream ends and the client begins another: memberships may have ended."""

RETRY_MILLISECONDS = 2000

ALIVE = ServerSentEventMessage(data=None, comment="alive")

STREAMS = Gauge("leadboard_live_streams", "Streams of live events.", multiprocess_mode="livesum")


class News(Answer, frozen=True):
    """``generation`` is the number of the refresh; ``workspaces`` are those of the caller whose
    figures may have changed."""

    generation: int
    workspaces: list[UUID]


class _Announcement(msgspec.Struct, frozen=True):
    """What ops.announce says; ``workspaces`` is None when any may have changed."""

    generation: int
    workspaces: list[UUID] | None


class Stream:
    """What one reader has not been told yet."""

    def __init__(self, workspaces: frozenset[UUID], generation: int) -> None:
        self._workspaces = workspaces
        self._generation = generation
        self._changed: set[UUID] = set()
        self._wake = asyncio.Event()
        self._closed = False

    def tell(self, generation: int | None, workspaces: frozenset[UUID] | None) -> None:
        """News; None stands for a generation or workspaces that are not known."""
        changed = self._workspaces if workspaces is None else self._workspaces & workspaces
        if generation is not None:
            self._generation = generation
        if changed:
            self._changed |= changed
            self._wake.set()

    def close(self) -> None:
        self._closed = True
        self._wake.set()

    async def next(self, patience: float) -> News | None:
        """What is new, waited for no longer than ``patience`` seconds; None when there is
        nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._wake.wait()
        if not self._changed:
            return None
        news = News(self._generation, sorted(self._changed))
        self._changed.clear()
        if not self._closed:
            self._wake.clear()
        return news

    @property
    def is_closed(self) -> bool:
        return self._closed


class Streams:
    """The streams of this process."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._heard = 0

    @property
    def heard(self) -> int:
        """How many notifications came in so far."""
        return self._heard

    def hear(self, payload: str | None) -> None:
        """Passes a notification on to every stream; None when some may have been missed."""
        self._heard += 1
        if payload is None:
            generation, workspaces = None, None
        else:
            heard = msgspec.json.decode(payload, type=_Announcement)
            generation = heard.generation
            workspaces = None if heard.workspaces is None else frozenset(heard.workspaces)
        for stream in self._streams:
            stream.tell(generation, workspaces)

    def close(self) -> None:
        for stream in self._streams:
            stream.close()

    def refuse_too_many(self) -> None:
        """Raises Problem when no further stream can be opened."""
        if len(self._streams) >= MOST_STREAMS:
            raise Problem(503, "Too many live streams are open.")

    def add(self, stream: Stream) -> None:
        self._streams.add(stream)
        STREAMS.inc()

    def remove(self, stream: Stream) -> None:
        self._streams.discard(stream)
        STREAMS.dec()


@get(
    "/live",
    summary="Live news of the figures",
    tags=["live"],
    operation_class=DocumentedOperation,
    media_type="text/event-stream",
    responses=answers(
        str,
        "event: ready\r\nid: 41\r\n"
        'data: {"generation":41,"workspaces":[]}\r\n\r\n'
        "event: refresh\r\nid: 42\r\n"
        'data: {"generation":42,"workspaces":["0195f3c0-0000-7000-8000-000000000001"]}\r\n\r\n',
        media_type="text/event-stream",
        problems=GUARDED,
    ),
)
async def live(request: ApiRequest) -> ServerSentEvent:
    """Server-sent events. ``ready`` comes first, ``refresh`` whenever figures of a workspace of the
    caller may have changed, both as ``{"generation": n, "workspaces": [...]}``. A client that
    connects again with ``Last-Event-ID`` is told of everything when it has missed something. A
    stream ends with its token, and after ten minutes; begin another then."""
    streams: Streams = request.app.state.streams
    streams.refuse_too_many()
    heard = streams.heard
    (body,) = await database_of(request).fetch_row(LIVE, request.user.user_id)
    known = msgspec.json.decode(cast("bytes", body), type=News)
    ends_at = min(request.user.expires_at, time.time() + LONGEST)
    return ServerSentEvent(
        _events(streams, heard, known, header_of(request.scope, b"last-event-id"), ends_at),
        headers={"cache-control": "no-store"},
    )


async def _events(
    streams: Streams, heard: int, known: News, last_id: str | None, ends_at: float
) -> AsyncGenerator[ServerSentEventMessage]:
    """``heard`` is ``streams.heard`` from before ``known`` was read."""
    stream = Stream(frozenset(known.workspaces), known.generation)
    streams.add(stream)
    try:
        ready = _message("ready", News(known.generation, []))
        ready.retry = RETRY_MILLISECONDS
        yield ready
        if streams.heard != heard or last_id not in (None, ready.id):
            stream.tell(None, None)
        while not stream.is_closed and (left := ends_at - time.time()) > 0:
            news = await stream.next(min(left, HEARTBEAT))
            yield _message("refresh", news) if news else ALIVE
    finally:
        streams.remove(stream)


def _message(event: str, news: News) -> ServerSentEventMessage:
    return ServerSentEventMessage(
        event=event, id=str(news.generation), data=msgspec.json.encode(news).decode()
    )
