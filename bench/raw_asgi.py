"""The least that a service can be: the same statement on the same pool, answered by bare ASGI.

No routing, no check of the token, no parameters, no metrics, no error handling. What the real
handler adds to this is what it costs. The variable ``BENCH_STATEMENTS`` is a JSON object: path ->
statement that gives the columns ``etag`` and ``body``.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping

import msgspec

from api.db import Database
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
    statements = msgspec.json.decode(os.environ["BENCH_STATEMENTS"], type=dict[str, str])

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(database, receive, send)
            return
        _, body = await database.fetch_row(statements[str(scope["path"])])
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
