"""How fast leads are routed: decisions per second, and the ranking of candidates by itself.

The ratio is to a bare ``select 1`` in a wrapper like that of ``routing.candidates`` (PL/pgSQL,
definer, the same right asked first), so that what is left is the ranking.
"""

import time
from uuid import UUID

import psycopg

from bench import data
from bench.report import Row, percentile, ratio, row

CANDIDATES = (10, 100, 1_000)
TARGET_MS = 10.0
"""Milliseconds in which a thousand candidates are ranked."""

FACTS = ("leads", "lead_activities", "call_logs", "tasks", "notes", "campaign_leads")


def run(rounds: int = 200) -> list[Row]:
    """The rows ``routing: ...``, on the small demo set and workspaces made for this."""
    url = data.scratch("bench_routing")
    rows: list[Row] = []
    with psycopg.connect(url, autocommit=True, application_name="leadboard bench") as connection:
        connection.execute("set synchronous_commit = off")
        _create_wrapper(connection)
        for count in CANDIDATES:
            workspace = _market(connection, count)
            rows += _measure(connection, workspace, count, rounds)
            _refuse_scans(connection, workspace)
        data.check(connection, thorough=False)
    return rows


def _measure(connection: psycopg.Connection, workspace: UUID, count: int, rounds: int) -> list[Row]:
    leads = [
        lead
        for (lead,) in connection.execute(
            """
            insert into crm.leads (workspace_id, province, postcode)
            select %s, 'Utrecht', '3511AB' from generate_series(1, %s) returning id
            """,
            (workspace, rounds),
        ).fetchall()
    ]
    ranking: list[float] = []
    bare: list[float] = []
    for lead in leads:
        ranking.append(
            _timed(connection, "select count(*) from routing.candidates(%s, %s)", workspace, lead)
        )
        bare.append(_timed(connection, "select count(*) from bench.bare(%s, %s)", workspace, lead))
    began = time.perf_counter()
    for lead in leads:
        connection.execute("select routing.assign_lead(%s, %s)", (workspace, lead))
    took = time.perf_counter() - began
    # The first calls of a session make the plans.
    warm, warm_bare = ranking[10:], bare[10:]
    name = f"{count:,} candidates"
    return [
        row(f"routing: {name}, decisions a second", rounds / took, "/s"),
        row(
            f"routing: {name}, ranked, median",
            percentile(warm, 50) * 1000,
            "ms",
            at_most=TARGET_MS if count == CANDIDATES[-1] else None,
        ),
        row(f"routing: {name}, ranked, p99", percentile(warm, 99) * 1000, "ms"),
        row(f"routing: {name}, ranked, times a bare select", ratio(warm, warm_bare), "x"),
    ]


def _market(connection: psycopg.Connection, count: int) -> UUID:
    """A workspace with so many partners, two thirds of whom list regions or postcodes."""
    row = connection.execute(
        """
        insert into crm.workspaces (workspace_id, name)
        values (gen_random_uuid(), 'Market') returning workspace_id
        """
    ).fetchone()
    assert row is not None
    workspace: UUID = row[0]
    connection.execute(
        """
        with people as (
            insert into crm.users (id, name)
            select gen_random_uuid(), 'Partner ' || n from generate_series(1, %(n)s) as n
            returning id
        ),
        members as (
            insert into crm.members (workspace_id, user_id, role, joined_at)
            select %(w)s, id, 'partner', now() from people
            returning user_id
        )
        insert into crm.profiles (
            workspace_id, user_id, base_weight, regions, lead_locations, max_open_leads, daily_cap,
            monthly_cap
        )
        select
            %(w)s,
            m.user_id,
            1 + m.number %% 5,
            case when m.number %% 3 = 1 then array['Utrecht', 'Noord-Holland'] else '{}' end,
            case when m.number %% 3 = 2 then array['1012', '3511', '35'] else '{}' end,
            100000,
            100000,
            100000
        from (select user_id, row_number() over () as number from members) as m
        """,
        {"w": workspace, "n": count},
    )
    connection.execute("call ops.refresh()")
    connection.execute("analyze")
    return workspace


def _create_wrapper(connection: psycopg.Connection) -> None:
    connection.execute("create schema if not exists bench")
    connection.execute(
        """
        create or replace function bench.bare(p_workspace_id uuid, p_lead_id uuid)
        returns table (one integer)
        language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
        begin
            perform routing.require_right(p_workspace_id);
            return query select 1;
        end
        $$
        """
    )


def _refuse_scans(connection: psycopg.Connection, workspace: UUID) -> None:
    """Raises BenchError when the plan of the ranking reads a table of facts from end to end."""
    lead = connection.execute(
        "select id from crm.leads where workspace_id = %s limit 1", (workspace,)
    ).fetchone()
    assert lead is not None
    with connection.transaction():
        connection.execute("set local enable_nestloop = off")
        plan = connection.execute(
            f"explain select * from routing.evaluate('{workspace}', '{lead[0]}')".encode()
        ).fetchall()
    lines = [line for (line,) in plan]
    for table in FACTS:
        if any(f"Seq Scan on {table} " in line for line in lines):
            raise data.BenchError(f"The ranking of candidates scans crm.{table}.")


def _timed(connection: psycopg.Connection, statement: str, *parameters: object) -> float:
    """Seconds that a statement takes, as its client sees it."""
    began = time.perf_counter()
    connection.execute(statement.encode(), parameters)
    return time.perf_counter() - began
