"""The service under load, against less (bare ASGI, pgbench) and others (FastAPI, PostGraphile).

Every service is one process and has the same database, the same pool and the same number of
connections that ask without a pause; in each round all have their turn. Nothing is cached: each
200 is read from PostgreSQL.
"""

import contextlib
import os
import secrets
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import psycopg

from api import database_url, settings
from api.auth import TokenIssuer
from api.settings import DatabaseUrl, Secret, environment
from bench import data, load, pgbench, services, statements
from bench.load import Ask, Measured
from bench.report import Row, row
from bench.statements import Subject
from jobs import demo

CONNECTIONS = 16
DIRECTORY = Path(__file__).parent

# What is asked -> the statement behind it.
STATEMENTS = {
    "one partner": (
        "select etag, body"
        " from service.partner_performance('{user}', null, '{workspace}', '{partner}')"
    ),
    "board of 50": (
        "select etag, body"
        " from service.partners_performance('{user}', null, '{workspace}', 50, null)"
    ),
}


def run(leads: int, rounds: int, seconds: float) -> list[Row]:
    """The rows ``api: ...`` over a set of so many leads; ``seconds`` per turn."""
    url = data.filled(leads)
    subject = subject_of(url)
    statements.prepare(subject)
    rows = statements.run(subject, rounds=rounds, calls=50)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        asks = _start(stack, subject, directory)
        measured = _measure(asks, subject, directory, rounds, seconds)
    rows += _rows(measured)
    data.drop_own(url)
    with psycopg.connect(url, autocommit=True) as connection:
        data.check(connection, thorough=False)
    return rows


def subject_of(url: str) -> Subject:
    """The owner of the demo's marketplace asks about its partner. Refreshes the figures."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("call ops.refresh()")
        found = connection.execute(
            """
            select o.user_id, o.workspace_id, p.user_id
            from crm.members as o
            inner join crm.users as ou on ou.id = o.user_id
            inner join crm.members as p on p.workspace_id = o.workspace_id
            inner join crm.users as pu on pu.id = p.user_id
            where ou.email = %s and pu.email = %s
            """,
            (demo.PERSONAS["owner"], demo.PERSONAS["partner"]),
        ).fetchone()
    assert found is not None
    return Subject(url, database_url.with_login(url, "leadboard_api", None), *found)


def statements_of(subject: Subject) -> dict[str, str]:
    """The statements of STATEMENTS for the subject."""
    names = {
        "user": subject.user_id,
        "workspace": subject.workspace_id,
        "partner": subject.partner_id,
    }
    return {what: statement.format(**names) for what, statement in STATEMENTS.items()}


def _start(stack: ExitStack, subject: Subject, directory: Path) -> dict[str, Ask]:
    """Starts everything; returns what each is asked."""
    key = secrets.token_hex(32)
    config = msgspec.structs.replace(
        settings.current(),
        api_database_url=DatabaseUrl(subject.service_url),
        jwt_keys=Secret(f"bench:HS256:{key}"),
        log_level="error",
    )
    issuer = TokenIssuer.of(config)
    bearer = {"Authorization": f"Bearer {issuer.mint(subject.user_id, issuer.max_lifetime)}"}
    ours = environment(config) | services.raw_statements(statements_of(subject))
    rivals = {
        "BENCH_KEY": key,
        "BENCH_DATABASE": subject.admin_url.replace("postgresql:", "postgresql+asyncpg:"),
    }

    def start(name: str, command: list[str], port: int, variables: Mapping[str, str]) -> str:
        log = directory / f"{name}.log"
        return stack.enter_context(services.running(command, port, variables, log))

    ports = [services.free_port() for _ in range(6)]
    app, raw, rival = "api.app:create_app", "bench.raw_asgi:create_app", "bench.rival:app"
    bases = {
        "Granian": start("granian", services.granian(app, ports[0]), ports[0], ours),
        "uvicorn": start("uvicorn", services.uvicorn(app, ports[1]), ports[1], ours),
        "raw Granian": start("raw-granian", services.granian(raw, ports[2]), ports[2], ours),
        "raw uvicorn": start("raw-uvicorn", services.uvicorn(raw, ports[3]), ports[3], ours),
        "FastAPI": start(
            "fastapi", services.uvicorn(rival, ports[4], factory=False), ports[4], rivals
        ),
    }
    one = f"/api/partners/{subject.partner_id}/performance"
    board = "/api/partners/performance?limit=50"
    asks: dict[str, Ask] = {}
    for name in ("Granian", "uvicorn"):
        base = bases[name]
        tag = load.check(Ask(base + board, bearer)).headers["ETag"]
        asks[f"{name}: one partner"] = Ask(base + one, bearer)
        asks[f"{name}: board of 50"] = Ask(base + board, bearer)
        asks[f"{name}: 304"] = Ask(base + board, bearer | {"If-None-Match": tag}, status=304)
        for what in STATEMENTS:
            asks[f"raw {name}: {what}"] = Ask(bases[f"raw {name}"] + services.raw_path(what))
    query = f"?workspace_id={subject.workspace_id}"
    rival_one = f"{bases['FastAPI']}/partners/{subject.partner_id}/performance{query}"
    asks["FastAPI: one partner"] = Ask(rival_one, bearer)
    asks["FastAPI: board of 50"] = Ask(f"{bases['FastAPI']}/partners/performance{query}", bearer)
    postgraphile = _postgraphile()
    if postgraphile is None:
        print("PostGraphile is left out: it needs Node and npm, and their registry.")
        return asks
    base = start(
        "postgraphile",
        ["node", str(DIRECTORY / "postgraphile" / "server.cjs")],
        ports[5],
        {
            "NODE_PATH": str(postgraphile),
            "BENCH_DATABASE": _node_url(subject.service_url),
            "BENCH_USER": str(subject.user_id),
            "BENCH_PORT": str(ports[5]),
        },
    )
    asks["PostGraphile: one partner"] = _graphql(base, subject, one=True)
    asks["PostGraphile: board of 50"] = _graphql(base, subject, one=False)
    return asks


def _measure(
    asks: Mapping[str, Ask], subject: Subject, directory: Path, rounds: int, seconds: float
) -> dict[str, Measured]:
    """The medians of the rounds."""
    scripts: dict[str, Path] = {}
    for what, statement in statements_of(subject).items():
        scripts[f"pgbench: {what}"] = directory / f"{what.split()[0]}.sql"
        scripts[f"pgbench: {what}"].write_text(f"{statement};\n")
    found: dict[str, list[Measured]] = {name: [] for name in (*asks, *scripts)}
    for ask in asks.values():
        load.measure(ask, connections=CONNECTIONS, seconds=1)
    for _ in range(rounds):
        for name, ask in asks.items():
            found[name].append(load.measure(ask, connections=CONNECTIONS, seconds=seconds))
        for name, script in scripts.items():
            done = pgbench.run(
                subject.service_url, [(script, 1)], clients=CONNECTIONS, seconds=seconds
            )
            found[name].append(Measured(done.per_second, done.latency_ms, 0.0))
    return {
        name: Measured(
            statistics.median(each.per_second for each in turns),
            statistics.median(each.p50_ms for each in turns),
            statistics.median(each.p99_ms for each in turns),
        )
        for name, turns in found.items()
    }


def _rows(measured: Mapping[str, Measured]) -> Iterator[Row]:
    def times(fast: str, slow: str) -> float:
        return measured[fast].per_second / measured[slow].per_second

    for name, each in measured.items():
        yield row(f"api: {name}", each.per_second, "requests/s")
        if not name.startswith("pgbench"):
            yield row(f"api: {name}, p50", each.p50_ms, "ms")
            yield row(f"api: {name}, p99", each.p99_ms, "ms")
    kept = "Granian" if times("Granian: one partner", "uvicorn: one partner") >= 1 else "uvicorn"
    other = "uvicorn" if kept == "Granian" else "Granian"
    yield row(
        f"api: {kept} to {other}, one partner",
        times(f"{kept}: one partner", f"{other}: one partner"),
        "x",
    )
    served = "Granian"
    for what, least in (("one partner", 0.5), ("board of 50", None)):
        yield row(
            f"api: handler to raw ASGI on {served}, {what}",
            times(f"{served}: {what}", f"raw {served}: {what}"),
            "x",
            at_least=least,
        )
        yield row(
            f"api: handler to pgbench with the same SQL, {what}",
            times(f"{served}: {what}", f"pgbench: {what}"),
            "x",
        )
    yield row(
        "api: 304 to 200, board of 50",
        times(f"{served}: 304", f"{served}: board of 50"),
        "x",
        at_least=5,
    )
    for what, least in (("one partner", 10), ("board of 50", 50)):
        yield row(
            f"api: Leadboard to FastAPI and SQLAlchemy, {what}",
            times(f"{served}: {what}", f"FastAPI: {what}"),
            "x",
            at_least=least,
        )
        if f"PostGraphile: {what}" in measured:
            yield row(
                f"api: Leadboard to PostGraphile 4, {what}",
                times(f"{served}: {what}", f"PostGraphile: {what}"),
                "x",
                at_least=3,
            )


def _postgraphile() -> Path | None:
    """Where PostGraphile 4 is installed, or None where it cannot be."""
    modules = settings.current().data_dir.absolute() / "bench" / "postgraphile" / "node_modules"
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    if not (modules / "postgraphile" / "package.json").exists():
        modules.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
        command += ["--prefix", str(modules.parent), "postgraphile@4", "pg@8"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, check=False, capture_output=True, timeout=300)
    return modules if (modules / "postgraphile" / "package.json").exists() else None


def _node_url(url: str) -> str:
    """The same database as the driver of Node reads it: the socket's port is a variable there."""
    parts = urlsplit(url)
    host = next(pair[5:] for pair in parts.query.split("&") if pair.startswith("host="))
    os.environ["PGPORT"] = "5432"
    return f"socket://{parts.username}:@{host}?db={parts.path[1:]}"


def _graphql(base: str, subject: Subject, *, one: bool) -> Ask:
    fields = (
        "partnerId partnerName branchId branchName leadsAssigned30D leadsAccepted30D "
        "leadsRejected30D conversionRate30D avgResponseTimeMinutes openLeadsCount "
        "lastLeadAssignedAt leadsContacted30D avgFirstResponseTimeMinutes7D "
        "avgFirstResponseTimeMinutes30D medianFirstResponseTimeMinutes30D "
        "leadsContactedWithin1H30D pctContactedWithin1H30D leadsContactedWithin24H30D "
        "pctContactedWithin24H30D aiTrustScore wonLeads7D lostLeads7D dealRate7D wonLeads30D "
        "lostLeads30D dealRate30D dealRateLow30D dealRateHigh30D contactAttempts30D "
        "avgContactAttemptsPerLead30D leadsMin2Attempts30D pctLeadsMin2Attempts30D numRatings30D "
        "avgCustomerRating30D complaints30D complaintRate30D wonLeadsValued30D avgDealValue30D "
        "medianDealValue30D consistencyScore performanceScore responseScore dealRateScore "
        "followUpScore feedbackScore complaintsScore trustScore dealValueScore windowToDay asOf"
    )
    condition = f'workspaceId: "{subject.workspace_id}"'
    if one:
        condition += f', partnerId: "{subject.partner_id}"'
    query = (
        f"{{ allPartnerPerformanceStats(condition: {{{condition}}}, first: 50, "
        f"orderBy: PERFORMANCE_SCORE_DESC) {{ nodes {{ {fields} }} }} }}"
    )
    body = msgspec.json.encode({"query": query}).decode()
    return Ask(f"{base}/graphql", {"Content-Type": "application/json"}, body)
