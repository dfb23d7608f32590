"""However many rows a file has, the service holds only some of them at a time."""

import asyncio
import tracemalloc
from typing import cast

import pytest
from litestar import Litestar, Router
from litestar.middleware import DefineMiddleware
from litestar.params import FromQuery
from litestar.response.base import ASGIResponse
from litestar.types import HTTPReceiveMessage, HTTPScope, Message, Scope
from litestar.types.asgi_types import HTTPDisconnectEvent, HTTPRequestEvent

from api import exports
from api.app import create_app
from api.auth import Authentication, TokenIssuer
from api.openapi import Answer
from api.parameters import ApiRequest
from tests.api.conftest import Configure
from tests.api.gym import Gym

FEW, MANY = 1_000, 20_000
MOST = 3_000_000
"""Bytes that a file of 8 MB may cost more than one of 0.4 MB."""


class Line(Answer, frozen=True):
    """A row of the file."""

    number: int
    text: str


ROWS = """
    select
        null::text as etag,
        json_build_object('items', json_agg(json_build_object(
            'number', n, 'text', n || repeat('x', 400)
        ))) as body
    from generate_series(1, $3::int) as n
    where $1::uuid is not null and $2::text is null
"""
REPORT = exports.Report(
    "lines", ROWS, (exports.Table("Lines", Line, "service.left_rows('{items}')"),)
)


@exports.get("/lines", REPORT, Line, {}, summary="Lines", tag="tests")
async def lines(request: ApiRequest, rows: FromQuery[int]) -> ASGIResponse:
    return await exports.answer(request, REPORT, rows)


async def peak(app: Litestar, token: str, kind: str, rows: int) -> tuple[int, int]:
    """Bytes sent, and the most that was in memory while they were."""
    scope = cast(
        "HTTPScope",
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.1"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": f"/api/lines.{kind}",
            "raw_path": f"/api/lines.{kind}".encode(),
            "root_path": "",
            "query_string": f"rows={rows}".encode(),
            "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())],
            "client": None,
            "server": ("localhost", 80),
            "extensions": {},
            "state": {},
        },
    )
    sent = 0

    begun, ended = False, asyncio.Event()

    async def receive() -> HTTPReceiveMessage:
        nonlocal begun
        if not begun:
            begun = True
            return HTTPRequestEvent(type="http.request", body=b"", more_body=False)
        await ended.wait()
        return HTTPDisconnectEvent(type="http.disconnect")

    async def send(message: Message) -> None:
        nonlocal sent
        if message["type"] == "http.response.start":
            assert message["status"] == 200
        elif message["type"] == "http.response.body":
            sent += len(message["body"])
            if not message["more_body"]:
                ended.set()

    tracemalloc.start()
    try:
        await app(cast("Scope", scope), receive, send)
        return sent, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def grown(configure: Configure, gym: Gym, kind: str) -> int:
    """How much more memory many rows take than a few."""
    config = configure()
    issuer = TokenIssuer.of(config)
    token = issuer.mint(gym["olga"], 600)
    app = create_app(config)
    app.register(
        Router("/api", route_handlers=lines, middleware=[DefineMiddleware(Authentication)])
    )
    async with app.lifespan():
        await peak(app, token, kind, 1)
        few = await peak(app, token, kind, FEW)
        many = await peak(app, token, kind, MANY)
    assert many[0] > 15 * few[0]
    return many[1] - few[1]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_long_file_takes_no_more_memory(configure: Configure, gym: Gym, kind: str) -> None:
    assert await grown(configure, gym, kind) < MOST


async def test_a_file_kept_in_memory_would_be_noticed(
    configure: Configure, gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "IN_MEMORY", 1 << 30)

    assert await grown(configure, gym, "csv") > MOST
