"""The HTTP service: ``create_app`` puts the parts together."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler

from api import (
    agent,
    branches,
    dashboard,
    events,
    freshness,
    health,
    imports,
    insights,
    live,
    logs,
    me,
    openapi,
    ops,
    partners,
    reporting,
    reps,
    routing,
    segments,
    settings,
)
from api.auth import Authentication, TokenChecker, TokenIssuer
from api.dashboard.assets import Library
from api.db import Database
from api.parameters import KnownParameters
from api.problems import Problem, answer_exception, answer_http_exception, answer_problem
from api.settings import DatabaseUrl, Settings
from api.telemetry import Telemetry

GUARDED_HANDLERS: list[ControllerRouterHandler] = [
    me.me,
    branches.list_branches,
    freshness.freshness,
    live.live,
    partners.list_performance,
    partners.one_performance,
    partners.partners_daily,
    partners.performance_debug,
    *reps.rep_performance,
    *reps.leaderboard,
    *reps.user_performance,
    *reps.user_trends,
    *reps.compare,
    reps.user_activities,
    reps.team_goals,
    reps.list_metrics,
    reps.create_metric,
    reps.one_metric,
    reps.change_metric,
    reps.remove_metric,
    insights.member_insights,
    routing.candidates,
    routing.assign,
    routing.respond,
    routing.explanation,
    routing.decisions,
    routing.waiting,
    routing.simulate,
    routing.routing_settings,
    routing.change_routing_settings,
    ops.refreshes,
    ops.verification,
    *segments.top_segments,
    *segments.performance,
    *segments.compare,
    *segments.trend,
    segments.one_performance,
    segments.list_segments,
    segments.create_segment,
    segments.one_segment,
    segments.change_segment,
    segments.archive_segment,
    segments.preview,
    segments.segment_leads,
    reporting.list_templates,
    reporting.create_template,
    reporting.one_template,
    reporting.change_template,
    reporting.delete_template,
    reporting.list_subscriptions,
    reporting.create_subscription,
    reporting.one_subscription,
    reporting.change_subscription,
    reporting.delete_subscription,
    reporting.generate,
    reporting.send,
    reporting.list_deliveries,
    reporting.one_delivery,
    reporting.delivery_page,
    reporting.delivery_pdf,
    events.record,
    imports.create,
    imports.list_imports,
    imports.one_import,
    imports.list_rejects,
    imports.download_rejects,
]
AGENT_HANDLERS: list[ControllerRouterHandler] = [
    agent.kpis,
    agent.ranking,
    agent.funnel,
    agent.lead_sources,
    agent.revenue_trends,
    agent.response_times,
    agent.activities,
    agent.insights,
    agent.goals,
    agent.create_goals,
    agent.replace_goals,
    agent.achievements,
]
OPEN_HANDLERS: list[ControllerRouterHandler] = [health.live, health.ready, health.metrics]


def create_app(config: Settings | None = None) -> Litestar:
    """The application. Without ``config`` it is what its process is for: the settings are those of
    the environment, and nothing else there is searched for garbage. Raises SettingsError and
    KeyRingError before anything is opened."""
    lifespan = [_connected] if config else [_connected, _kept]
    config = config or settings.current()
    logs.configure(config.log_level, config.log_format)
    app = Litestar(
        route_handlers=[
            *(
                Router(
                    path,
                    route_handlers=handlers,
                    middleware=[DefineMiddleware(Authentication)],
                    security=[{openapi.SECURITY: []}],
                )
                for path, handlers in (("/api", GUARDED_HANDLERS), ("/agent", AGENT_HANDLERS))
            ),
            *OPEN_HANDLERS,
            dashboard.pages(),
        ],
        middleware=[DefineMiddleware(KnownParameters)],
        exception_handlers={
            Problem: answer_problem,
            HTTPException: answer_http_exception,
            Exception: answer_exception,
        },
        lifespan=lifespan,
        openapi_config=openapi.config(events.schemas()),
        request_max_body_size=config.max_body,
        state=resources(config),
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = Telemetry(app.asgi_handler)
    return app


def resources(config: Settings) -> State:
    """What requests share: pools of connections, limits, keys. Nothing is open yet."""
    database = _database(config, config.service_database())
    return State(
        {
            "database": database,
            "replica": database if config.read_url is None else _database(config, config.read_url),
            "streams": live.Streams(),
            # Of the connections, most are left to those who only ask.
            "import_slots": asyncio.Semaphore(max(1, config.pool_max // 4)),
            # Drawing pages and PDFs must not take every processor.
            "drawing_slots": asyncio.Semaphore(2),
            "loopback_webhooks": config.loopback_webhooks,
            "token_checker": TokenChecker(TokenIssuer.of(config)),
            "library": Library(config.data_dir),
        }
    )


@asynccontextmanager
async def _connected(app: Litestar) -> AsyncGenerator[None]:
    database: Database = app.state.database
    replica: Database = app.state.replica
    streams: live.Streams = app.state.streams
    pools = [database] if replica is database else [database, replica]
    for pool in pools:
        await pool.open()
    listening = asyncio.create_task(database.listen(live.CHANNEL, streams.hear))
    try:
        yield
    finally:
        listening.cancel()
        streams.close()
        for pool in pools:
            await pool.close()


@asynccontextmanager
async def _kept(_: Litestar) -> AsyncGenerator[None]:
    """What is there at the start stays: a search for garbage that walks through all of it takes
    longer than twenty answers."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _database(config: Settings, url: DatabaseUrl) -> Database:
    return Database(
        url.reveal(),
        pool_min=config.pool_min,
        pool_max=config.pool_max,
        acquire_timeout=config.pool_timeout,
        statement_timeout=config.statement_timeout,
    )
