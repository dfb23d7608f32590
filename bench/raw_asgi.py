"""The least that a service can be: the same statement on the same pool, answered by bare ASGI.

No routing, no check of the token, no parameters, no metrics, no error handling. What the real
handler adds to this is what it costs. User, workspace and partner are those of the variables
``BENCH_USER``, ``BENCH_WORKSPACE`` and ``BENCH_PARTNER``.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from uuid import UUID

from api.db import Database, Parameter
from api.settings import current

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def create_app() -> App:
    """The application, for the settings and the variables of the environment."""
    settings = current()
    database = Database(
        settings.service_database().reveal(),
        pool_min=settings.pool_min,
        pool_max=settings.pool_max,
        acquire_timeout=settings.pool_timeout,
        statement_timeout=settings.statement_timeout,
    )
    user, workspace, partner = (
        UUID(os.environ[f"BENCH_{name}"]) for name in ("USER", "WORKSPACE", "PARTNER")
    )
    statements: dict[str, tuple[str, tuple[Parameter, ...]]] = {
        "/one": (
            "select etag, body from service.partner_performance($1, $2, $3, $4)",
            (user, None, workspace, partner),
        ),
        "/board": (
            "select etag, body from service.partners_performance($1, $2, $3, $4, $5)",
            (user, None, workspace, 50, None),
        ),
    }

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(database, receive, send)
            return
        statement, parameters = statements[str(scope["path"])]
        _, body = await database.fetch_row(statement, *parameters)
        assert isinstance(body, bytes)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def _live(database: Database, receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await database.open()
            await send({"type": "lifespan.startup.complete"})
        else:
            await database.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
