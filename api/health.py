"""Is the service alive, is it ready, and what are its figures: for load balancers and
Prometheus."""

from datetime import datetime
from typing import cast

from litestar import MediaType, Response, get
from litestar.datastructures import State

from api import telemetry
from api.db import Database
from api.openapi import Answer, DocumentedOperation, answers
from api.problems import Problem

HEALTH = "select generation, refreshed_at, age_seconds::float8, is_overdue from service.health()"


class Live(Answer, frozen=True):
    """The process answers."""

    status: str


class Ready(Answer, frozen=True):
    """The database answers. ``generation`` counts refreshes of the figures; the time of the last
    one is null before the first; ``is_overdue``: a midnight has passed since and figures show
    yesterday."""

    status: str
    generation: int
    refreshed_at: datetime | None
    age_seconds: float | None
    is_overdue: bool


@get(
    "/health/live",
    summary="Is the process alive",
    tags=["operations"],
    operation_class=DocumentedOperation,
    responses=answers(Live, {"status": "live"}),
)
async def live() -> Live:
    """Answers as long as the process runs; asks nobody else."""
    return Live("live")


@get(
    "/health/ready",
    summary="Is the service ready",
    tags=["operations"],
    operation_class=DocumentedOperation,
    responses=answers(
        Ready,
        {
            "status": "ready",
            "generation": 4711,
            "refreshed_at": "2026-03-29T12:00:00Z",
            "age_seconds": 0.8,
            "is_overdue": False,
        },
        problems=(503, 504),
    ),
)
async def ready(state: State) -> Ready:
    """Answers 503 while the database is away. Old figures are no reason to: they are served, and
    say of when they are."""
    return await _health(state)


@get(
    "/metrics",
    summary="Figures for Prometheus",
    tags=["operations"],
    media_type=MediaType.TEXT,
    operation_class=DocumentedOperation,
    responses=answers(
        str,
        "leadboard_refresh_generation 4711.0\n",
        media_type=telemetry.METRICS_MEDIA_TYPE,
    ),
)
async def metrics(state: State) -> Response[bytes]:
    """Requests, latencies, the pool, and generation and age of the refresh; the last two are left
    as they were while the database is away."""
    try:
        health = await _health(state)
    except Problem:
        telemetry.DATABASE_UP.set(0)
    else:
        telemetry.DATABASE_UP.set(1)
        telemetry.GENERATION.set(health.generation)
        if health.age_seconds is not None:
            telemetry.AGE.set(health.age_seconds)
    headers = {"Content-Type": telemetry.METRICS_CONTENT_TYPE}
    return Response(telemetry.render_metrics(), headers=headers)


async def _health(state: State) -> Ready:
    database: Database = state.database
    row = await database.fetch_row(HEALTH)
    generation, refreshed_at, age_seconds, is_overdue = cast(
        "tuple[int, datetime | None, float | None, bool]", row
    )
    return Ready("ready", generation, refreshed_at, age_seconds, is_overdue)
