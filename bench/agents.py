"""The endpoints of agents under load: each alone on Granian, beside bare ASGI and pgbench with the
same SQL, and at 80 % of what it can do, where its slowest answers are told from its usual ones.

The agent is the one of the demo's marketplace with the most leads. Nothing is cached.
"""

import os
import secrets
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg

from api import database_url, settings
from api.auth import TokenIssuer
from api.settings import DatabaseUrl, Secret, environment
from bench import data, load, pgbench, services
from bench.api import CONNECTIONS
from bench.load import Ask, Measured
from bench.report import Row, row

SHARE = 0.8
"""Of the requests per second that an endpoint can answer: the load of an ordinary busy day."""

# Name -> address, and the statement behind it.
ENDPOINTS = {
    "kpis": (
        "/agent/analytics/kpis",
        "service.agent_kpis('{user}', null, '{workspace}', 30)",
    ),
    "ranking": (
        "/agent/analytics/ranking",
        "service.agent_ranking('{user}', null, '{workspace}', 30)",
    ),
    "funnel": (
        "/agent/analytics/funnel",
        "service.agent_funnel('{user}', null, '{workspace}', 30)",
    ),
    "lead sources": (
        "/agent/analytics/lead-sources",
        "service.agent_lead_sources('{user}', null, '{workspace}', 30)",
    ),
    "revenue trend": (
        "/agent/analytics/revenue-trends?period=monthly",
        "service.agent_revenue_trends('{user}', null, '{workspace}', 'monthly')",
    ),
    "response times": (
        "/agent/analytics/response-times",
        "service.agent_response_times('{user}', null, '{workspace}', 30)",
    ),
    "timeline of 50": (
        "/agent/analytics/activities",
        "service.agent_activities('{user}', null, '{workspace}', 'all', 50, null)",
    ),
    "timeline of 50 calls": (
        "/agent/analytics/activities?filter=calls",
        "service.agent_activities('{user}', null, '{workspace}', 'calls', 50, null)",
    ),
    "timeline of 50 for others": (
        "/api/reports/users/{user}/activities",
        "service.member_activities('{user}', null, '{workspace}', '{user}', 'all', 50, null)",
    ),
    "insights": (
        "/agent/analytics/insights",
        "service.agent_insights('{user}', null, '{workspace}', 30, 'en')",
    ),
    "goals": ("/agent/goals", "service.agent_goals('{user}', null, '{workspace}', 'monthly')"),
    "achievements": (
        "/agent/achievements",
        "service.agent_achievements('{user}', null, '{workspace}')",
    ),
}


def run(leads: int, rounds: int, seconds: float) -> list[Row]:
    """The rows ``agents: ...`` over a set of so many leads; ``seconds`` per turn."""
    url = data.filled(leads)
    rows = measure(url, rounds, seconds)
    data.drop_own(url)
    with psycopg.connect(url, autocommit=True) as connection:
        data.check(connection, thorough=False)
    return rows


def measure(url: str, rounds: int, seconds: float) -> list[Row]:
    """The same over a database that is there."""
    user, workspace = _busiest_agent(url)
    service_url = database_url.with_login(url, "leadboard_api", None)
    config = msgspec.structs.replace(
        settings.current(),
        api_database_url=DatabaseUrl(service_url),
        pool_max=(os.cpu_count() or 1) + 1,
        jwt_keys=Secret(f"bench:HS256:{secrets.token_hex(32)}"),
        log_level="error",
    )
    issuer = TokenIssuer.of(config)
    bearer = {"Authorization": f"Bearer {issuer.mint(user, issuer.max_lifetime)}"}
    statements = {
        endpoint: f"select etag, body from {function.format(user=user, workspace=workspace)}"
        for endpoint, (_, function) in ENDPOINTS.items()
    }
    variables = environment(config) | services.raw_statements(statements)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        directory = Path(name)

        def start(target: str) -> str:
            port = services.free_port()
            command = services.granian(target, port)
            log = directory / f"{target.partition(':')[0]}.log"
            return stack.enter_context(services.running(command, port, variables, log))

        base, raw = start("api.app:create_app"), start("bench.raw_asgi:create_app")
        for endpoint, (path, _) in ENDPOINTS.items():
            script = directory / "statement.sql"
            script.write_text(f"{statements[endpoint]};\n")
            ask = Ask(base + path.format(user=user), bearer)
            raw_ask = Ask(raw + services.raw_path(endpoint))
            rows += _rows(endpoint, ask, raw_ask, service_url, script, rounds, seconds)
    return rows


def _rows(
    endpoint: str,
    ask: Ask,
    raw_ask: Ask,
    service_url: str,
    script: Path,
    rounds: int,
    seconds: float,
) -> Iterator[Row]:
    for each in (ask, raw_ask):
        load.measure(each, connections=CONNECTIONS, seconds=1)
    full: list[Measured] = []
    raw: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        full.append(load.measure(ask, connections=CONNECTIONS, seconds=seconds))
        raw.append(load.measure(raw_ask, connections=CONNECTIONS, seconds=seconds).per_second)
        done = pgbench.run(service_url, [(script, 1)], clients=CONNECTIONS, seconds=seconds)
        bare.append(done.per_second)
    most = statistics.median(each.per_second for each in full)
    paced = [
        load.pace(ask, connections=CONNECTIONS, seconds=seconds, share=SHARE) for _ in range(rounds)
    ]
    p50 = statistics.median(each.stretch_p50_ms for each in paced)
    p99 = statistics.median(each.stretch_p99_ms for each in paced)
    p99_of_all = statistics.median(each.p99_ms for each in paced)
    to_raw, to_bare = most / statistics.median(raw), most / statistics.median(bare)
    yield row(f"agents: {endpoint}", most, "requests/s")
    yield row(f"agents: {endpoint}, p99", statistics.median(e.p99_ms for e in full), "ms")
    yield row(f"agents: {endpoint}, pgbench", statistics.median(bare), "requests/s")
    yield row(f"agents: {endpoint}, handler to raw ASGI", to_raw, "x", at_least=0.5)
    yield row(f"agents: {endpoint}, handler to pgbench", to_bare, "x")
    yield row(f"agents: {endpoint}, at 80 % load, p50", p50, "ms")
    yield row(f"agents: {endpoint}, at 80 % load, p99", p99, "ms")
    yield row(f"agents: {endpoint}, at 80 % load, p99 of all", p99_of_all, "ms")
    yield row(f"agents: {endpoint}, at 80 % load, p99 to p50", p99 / p50, "x", at_most=5)


def _busiest_agent(url: str) -> tuple[UUID, UUID]:
    """User and workspace of the agent with the most leads of 30 days. Refreshes the figures."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("call ops.refresh()")
        found = connection.execute(
            "select user_id, workspace_id from stats.team_ranking"
            " where days = 30 order by leads desc, user_id limit 1"
        ).fetchone()
    assert found is not None
    return found
