"""The leaderboard of a team, against the same figures straight from the facts in one statement.

Two workspaces, of 50 and of 1,000 reps, share the leads of a database made for this. What is
compared is compared for equality first: both must say the same of everybody.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from api import database_url
from bench import data
from bench.report import Row, ratio, row
from jobs import deploy, server

REPS = (50, 1_000)
DAYS = (7, 30, 45, 365)
TARGET_LEADS = 2_000_000
"""Targets hold from this size on; smaller sets are told without."""
TIMES_FASTER = 30.0
TIMES_PRECOMPUTED = 5.0

SQL = Path(__file__).parent / "sql"
NAMESPACE = UUID("6b1f6a4e-8f6e-4c53-9f4d-0c7a4a1f2f10")
PASSWORD = "only-for-the-bench"  # noqa: S105

FIGURES = """
    select
        user_id, new_leads_owned, source_leads, leads_contacted, response_seconds, won_leads,
        leads_worked, activities, tasks_created, tasks_created_completed, tasks_completed,
        campaign_leads_sent, campaign_opens, campaign_replies, campaign_bounces
"""
PRECOMPUTED = f"""{FIGURES} from stats.rep_performance_stats
    where workspace_id = %(workspace)s and days = %(days)s order by user_id"""
COMPUTED = f"""{FIGURES} from metrics.rep_standing(%(workspace)s, %(days)s) order by user_id"""
BOARD = (
    "select body::text from service.leaderboard(%(owner)s, null, %(workspace)s, %(days)s, %(by)s)"
)


def run(leads: int, rounds: int) -> list[Row]:
    """The rows ``leaderboard: ...``, for a set of so many leads."""
    own = data.running()
    name = f"bench_leaderboard_{leads}"
    server.ensure_database(own.url("postgres"), name)
    deploy.deploy(own.url(name))
    return measure(own.url(name), leads, rounds)


def measure(url: str, leads: int, rounds: int, reps: Sequence[int] = REPS) -> list[Row]:
    """The same in a deployed database, which is filled when it is empty."""
    judged = leads >= TARGET_LEADS
    deploy.set_password(url, "leadboard_api", PASSWORD)
    service_url = database_url.with_login(url, "leadboard_api", PASSWORD)
    rows: list[Row] = []
    with (
        psycopg.connect(url, autocommit=True, application_name="leadboard bench") as connection,
        psycopg.connect(service_url, autocommit=True) as service,
    ):
        connection.execute("set jit = off")
        service.execute("set jit = off")
        for size in reps:
            _fill(connection, size, leads // len(reps))
        # Windows end with today, also when the data are of yesterday.
        connection.execute("call ops.refresh()")
        for size in reps:
            rows += _board(connection, service, size, rounds, judged)
        data.check(connection, thorough=False)
    return rows


def _board(
    connection: psycopg.Connection,
    service: psycopg.Connection,
    reps: int,
    rounds: int,
    judged: bool,
) -> list[Row]:
    workspace, owner = _workspace(reps), _person(connection, reps)
    facts = (SQL / "leaderboard_from_facts.sql").read_text()
    rows: list[Row] = []
    answers: dict[int, list[float]] = {}
    for days in DAYS:
        window = connection.execute(
            "select app.today('UTC') - %s::integer + 1, app.today('UTC') + 1", (days,)
        ).fetchone()
        assert window is not None
        asked: dict[str, object] = {
            "workspace": workspace,
            "owner": owner,
            "days": days,
            "by": "replies",
            "from_day": window[0],
            "to_day": window[1],
        }
        figures = PRECOMPUTED if days in (7, 30, 90) else COMPUTED
        if _rows(connection, figures, asked) != _rows(connection, facts, asked):
            raise data.BenchError(f"Figures of {days} days differ from the facts.")
        slow: list[float] = []
        fast: list[float] = []
        answers[days] = []
        for _ in range(rounds):
            slow.append(_timed(connection, facts, asked))
            fast += [_timed(connection, figures, asked) for _ in range(3)]
            answers[days] += [_timed(service, BOARD, asked) for _ in range(3)]
        name = f"leaderboard: {reps:,} reps, {days} days"
        rows += [
            row(f"{name}, figures", min(fast) * 1000, "ms"),
            row(f"{name}, from the facts", min(slow) * 1000, "ms"),
            row(
                f"{name}, times faster",
                ratio(slow, fast),
                "x",
                at_least=TIMES_FASTER if judged else None,
            ),
            row(f"{name}, whole answer", min(answers[days]) * 1000, "ms"),
        ]
    rows.append(
        row(
            f"leaderboard: {reps:,} reps, whole answer, 45 days to 30",
            ratio(answers[45], answers[30]),
            "x",
            at_most=TIMES_PRECOMPUTED if judged else None,
        )
    )
    return rows


def _fill(connection: psycopg.Connection, reps: int, leads: int) -> None:
    workspace = _workspace(reps)
    known = connection.execute(
        "select 1 from crm.workspaces where workspace_id = %s", (workspace,)
    ).fetchone()
    if known is not None:
        return
    print(f"  {leads:,} leads of {reps:,} reps", flush=True)
    connection.execute((SQL / "key.sql").read_text().encode())
    asked = {"workspace": workspace, "name": f"Team of {reps}", "reps": reps, "leads": leads}
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute((SQL / "fill_leaderboard.sql").read_text().encode(), asked)
    connection.execute("analyze")
    connection.execute(sql.SQL("call ops.rebuild({})").format(sql.Literal(workspace)))
    connection.execute("analyze")


def _workspace(reps: int) -> UUID:
    return uuid5(NAMESPACE, f"team of {reps}")


def _person(connection: psycopg.Connection, reps: int) -> UUID:
    """The owner of the workspace."""
    found = connection.execute(
        "select user_id from crm.members where workspace_id = %s and role = 'owner'",
        (_workspace(reps),),
    ).fetchone()
    assert found is not None
    return found[0]


def _rows(
    connection: psycopg.Connection, statement: str, asked: dict[str, object]
) -> list[tuple[object, ...]]:
    return connection.execute(statement.encode(), asked).fetchall()


def _timed(connection: psycopg.Connection, statement: str, asked: dict[str, object]) -> float:
    """Seconds until the client has the rows."""
    began = time.perf_counter()
    _rows(connection, statement, asked)
    return time.perf_counter() - began
