"""What operators see of a request: a request id, one log line, and Prometheus figures; and the
headers that every answer carries.

One ASGI layer outside everything else, so that refusals of the router and of the token check are
seen as well.
"""

import asyncio
import logging
import os
import re
import time
from pathlib import Path
from typing import cast
from uuid import uuid4

import psutil
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType]
)

from api.logs import REQUEST_ID
from api.problems import Problem

METRICS_MEDIA_TYPE = "text/plain"
METRICS_CONTENT_TYPE = CONTENT_TYPE_LATEST

LABELS = ("method", "path", "status")
REQUESTS = Counter("leadboard_requests", "Requests answered.", LABELS)
SECONDS = Histogram(
    "leadboard_request_seconds",
    "Seconds from the request's arrival to the end of its answer.",
    ("method", "path"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RUNNING = Gauge(
    "leadboard_requests_running", "Requests being answered now.", multiprocess_mode="livesum"
)
POOL = Gauge(
    "leadboard_pool_connections",
    "Connections to the database: those busy now, and the limit.",
    ("state",),
    multiprocess_mode="livesum",
)
DATABASE_UP = Gauge(
    "leadboard_database_up", "1 while the database answers, else 0.", multiprocess_mode="min"
)
GENERATION = Gauge(
    "leadboard_refresh_generation",
    "Refreshes that may have changed figures.",
    multiprocess_mode="max",
)
AGE = Gauge(
    "leadboard_refresh_age_seconds", "Seconds since the last good refresh.", multiprocess_mode="min"
)

HEADERS: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# An answer of the API is data and never a page. A page that needs more sets a policy of its own.
CONTENT_SECURITY_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; frame-ancestors 'none'",
)

BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})
BODY_TIMEOUT = 30
"""Seconds between two pieces of a request body."""

ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")

_COUNTED: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

_LOG = logging.getLogger("leadboard.requests")


class Telemetry:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], *HEADERS, (b"x-request-id", request_id)]
                if not any(name == CONTENT_SECURITY_POLICY[0] for name, _ in headers):
                    headers.append(CONTENT_SECURITY_POLICY)
                message["headers"] = headers
            await send(message)

        async def receive_in_time() -> ReceiveMessage:
            # A client that stops in the middle of its body must not hold a place for ever.
            try:
                async with asyncio.timeout(BODY_TIMEOUT):
                    return await receive()
            except TimeoutError as error:
                raise Problem(408, "The request body did not arrive in time.") from error

        REQUEST_ID.set(request_id.decode())
        RUNNING.inc()
        try:
            has_body = scope["method"] in BODY_METHODS
            await self._app(scope, receive_in_time if has_body else receive, send_with_headers)
        finally:
            RUNNING.dec()
            _report(scope, scope["method"], status, time.perf_counter() - started)


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one request. Labels are looked up once per combination, of which there are few."""
    key = (method, route, status)
    if key not in _COUNTED:
        _COUNTED[key] = (REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route))
    requests, histogram = _COUNTED[key]
    requests.inc()
    histogram.observe(seconds)


def render_metrics() -> bytes:
    """Everything measured, in the text format of Prometheus; of all processes of the service when
    they share ``PROMETHEUS_MULTIPROC_DIR``."""
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if directory is None:
        return generate_latest(REGISTRY)
    # What a process that was killed had going on is over.
    for file in Path(directory).glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not psutil.pid_exists(pid):
            mark_process_dead(pid, directory)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def _request_id(scope: Scope) -> bytes:
    """The sender's own id when it is harmless, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and ACCEPTED_ID.fullmatch(value):
            return value
    return uuid4().hex.encode()


def _report(scope: Scope, method: str, status: int, seconds: float) -> None:
    # The template, not the path: figures per route, and no ids of people in labels or logs.
    route = str(cast("dict[str, object]", scope).get("path_template", "(none)"))
    count(method, route, status, seconds)
    _LOG.info(
        "request",
        extra={
            "fields": {
                "method": method,
                "path": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 2),
            }
        },
    )
