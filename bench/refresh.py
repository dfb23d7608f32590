"""Refresh after a change, against refreshing materialized views of the same figures over the facts.

A is ``ops.refresh_rollups()``. B is ``refresh materialized view concurrently`` of materialized
views, one per rollup family with figures, each defined as the family's own definition over all
facts: the same rows. Each round changes leads for A, runs A, changes as many for B, runs B; the
order alternates.
"""

import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

from bench import data
from bench.report import Row, ratio, row

SHARES = {"0.01 %": 0.01, "0.1 %": 0.1, "1 %": 1.0}

# Targets hold from this size on; smaller sets are told without.
TARGET_LEADS = 2_000_000
AT_LEAST = {"0.1 %": 100.0, "1 %": 15.0}

# Stored, worked_day sums rows of lead_work_day; over the facts it is this.
WORKED = """
    (
        select d.workspace_id, d.day, d.actor_id as subject_id, d.previous_day,
            count(*) as leads, sum(d.works)::bigint as works
        from rollup.lead_work_day_rows(w.workspace_id, null, '-infinity', 'infinity') as d
        group by d.workspace_id, d.day, d.actor_id, d.previous_day
    )
"""


def run(leads: int, rounds: int) -> list[Row]:
    """The rows ``refresh: ...`` for a set of so many leads."""
    return measure(data.filled(leads), leads, rounds)


def measure(url: str, leads: int, rounds: int) -> list[Row]:
    """The same over a database that holds the demo data."""
    judged = leads >= TARGET_LEADS
    size = f"{leads / 1e6:g} M" if leads >= 1_000_000 else f"{leads // 1000} k"
    with psycopg.connect(url, autocommit=True, application_name="leadboard bench") as connection:
        # Nobody waits for the disk here: A and B are compared in what they compute and write.
        connection.execute("set synchronous_commit = off")
        families = _families(connection)
        _create_views(connection, families)
        connection.execute("call ops.refresh()")
        _check_worked(connection)
        rows: list[Row] = []
        for number, (share, percent) in enumerate(SHARES.items()):
            rows += _share(connection, families, size, share, percent, number, rounds, judged)
        rows += _small(connection, size, judged)
        data.check(connection, thorough=leads <= 200_000)
    data.drop_own(url)
    return rows


def _share(
    connection: psycopg.Connection,
    families: Sequence[str],
    size: str,
    share: str,
    percent: float,
    number: int,
    rounds: int,
    judged: bool,
) -> list[Row]:
    incremental: list[float] = []
    full: list[float] = []
    warm: list[float] = []
    again: list[float] = []
    warm_again: list[float] = []
    whole: list[float] = []
    cells = 0
    for turn in range(rounds):
        seed = (number * 1000 + turn) * 4
        for step in (("A", "B"), ("B", "A"))[turn % 2]:
            _change(connection, percent, seed + (step == "B"))
            if step == "A":
                cells = _remember_cells(connection)
                incremental.append(_timed(connection, "select ops.refresh_rollups()"))
                warm.append(_read_warm(connection, families))
                # The same leads, so that the refresh, too, finds in memory what it reads.
                _change(connection, percent, seed)
                _remember_cells(connection)
                warm_again.append(_read_warm(connection, families))
                again.append(_timed(connection, "select ops.refresh_rollups()"))
            else:
                connection.execute("select ops.refresh_rollups()")
                full.append(sum(_refresh_view(connection, view) for view in _views(families)))
        _change(connection, percent, seed + 2)
        whole.append(_timed(connection, "call ops.refresh()"))
    return [
        row(f"refresh: {size} leads, {share} changed, cells", cells, "cells"),
        row(f"refresh: {size} leads, {share} changed", _ms(incremental), "ms"),
        row(f"refresh: {size} leads, {share} changed, full, concurrently", _ms(full), "ms"),
        row(
            f"refresh: {size} leads, {share} changed, times faster than full",
            ratio(full, incremental),
            "x",
            at_least=AT_LEAST.get(share) if judged else None,
        ),
        row(
            f"refresh: {size} leads, {share} changed, times a warm read of the cells",
            ratio(incremental, warm),
            "x",
            at_most=3 if judged else None,
        ),
        row(
            f"refresh: {size} leads, {share} changed again, times a warm read of the cells",
            ratio(again, warm_again),
            "x",
            at_most=3 if judged else None,
        ),
        row(
            f"refresh: {size} leads, {share} changed, call ops.refresh() with all views",
            _ms(whole),
            "ms",
        ),
    ]


def _small(connection: psycopg.Connection, size: str, judged: bool) -> list[Row]:
    """One change, and nothing to do; each many times, the first ones for warming up. With all views
    fewer: they are computed whole."""
    one: list[float] = []
    nothing: list[float] = []
    one_call: list[float] = []
    nothing_call: list[float] = []
    lead = connection.execute(
        "select workspace_id, id from crm.leads order by created_at desc limit 1"
    ).fetchone()
    assert lead is not None
    # The large changes before have left a log full of dead entries, for autovacuum to take away.
    connection.execute("vacuum rollup.dirty_cells")
    for turn in range(30):
        _set_value(connection, lead, 1000 + turn)
        one.append(_timed(connection, "select ops.refresh_rollups()"))
        nothing.append(_timed(connection, "select ops.refresh_rollups()"))
    for turn in range(5):
        connection.execute("call ops.refresh()")
        _set_value(connection, lead, 2000 + turn)
        one_call.append(_timed(connection, "call ops.refresh()"))
        nothing_call.append(_timed(connection, "call ops.refresh()"))
    return [
        row(
            f"refresh: {size} leads, one lead changed",
            _ms(one[10:]),
            "ms",
            at_most=10 if judged else None,
        ),
        row(
            f"refresh: {size} leads, nothing changed",
            _ms(nothing[10:]),
            "ms",
            at_most=1 if judged else None,
        ),
        row(f"refresh: {size} leads, one lead changed, call ops.refresh()", _ms(one_call), "ms"),
        row(f"refresh: {size} leads, nothing changed, call ops.refresh()", _ms(nothing_call), "ms"),
    ]


def _families(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "select family from rollup.families() where parts is null order by family"
    ).fetchall()
    return [family for (family,) in rows]


def _views(families: Sequence[str]) -> list[str]:
    """Those that are figures: lead_work_day is only what worked_day sums."""
    return [family for family in families if family != "lead_work_day"]


def _create_views(connection: psycopg.Connection, families: Sequence[str]) -> None:
    """Schema bench: per family a materialized view of its definition, with the family's key."""
    with connection.transaction():
        connection.execute("drop schema if exists bench cascade")
        connection.execute("create schema bench")
        for family in _views(families):
            key = connection.execute(
                """
                select array_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
                from pg_catalog.pg_index as i
                inner join pg_catalog.pg_attribute as a
                    on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
                where i.indrelid = format('rollup.%%I', %s::text)::regclass and i.indisprimary
                """,
                (family,),
            ).fetchone()
            assert key is not None
            names = {
                "view": sql.Identifier("bench", family),
                "rows": sql.SQL(WORKED)
                if family == "worked_day"
                else sql.SQL("{}(w.workspace_id, null, '-infinity', 'infinity')").format(
                    sql.Identifier("rollup", f"{family}_rows")
                ),
                "key": sql.SQL(", ").join(map(sql.Identifier, key[0])),
            }
            connection.execute(
                sql.SQL(
                    """
                    create materialized view {view} as
                    select r.*
                    from crm.workspaces as w
                    cross join lateral {rows} as r
                    """
                ).format(**names)
            )
            connection.execute(sql.SQL("create unique index on {view} ({key})").format(**names))
            connection.execute(sql.SQL("analyze {view}").format(**names))


def _check_worked(connection: psycopg.Connection) -> None:
    """Raises BenchError when WORKED says something else than the rollup does."""
    different = connection.execute(
        """
        select count(*)
        from (
            (table bench.worked_day except table rollup.worked_day)
            union all
            (table rollup.worked_day except table bench.worked_day)
        ) as d
        """
    ).fetchone()
    if different != (0,):
        raise data.BenchError(f"worked_day and its materialized view differ: {different}")


def _refresh_view(connection: psycopg.Connection, family: str) -> float:
    statement = sql.SQL("refresh materialized view concurrently {}")
    return _timed(connection, statement.format(sql.Identifier("bench", family)))


def _change(connection: psycopg.Connection, percent: float, seed: int) -> None:
    """Gives random leads of all ages another status, as one statement through the triggers. Drawn
    by key: tablesample draws places, and what an earlier run changed has left its own."""
    connection.execute(
        """
        update crm.leads as l
        set status = case when l.status = 'qualified' then 'lost' else 'qualified' end
        where abs(hashtextextended(l.id::text, %s)) %% 1000000 < %s
        """,
        (seed, round(percent * 10_000)),
    )


def _set_value(connection: psycopg.Connection, lead: tuple[object, ...], value: float) -> None:
    connection.execute(
        "update crm.leads set price_at_purchase = %s where workspace_id = %s and id = %s",
        (value, *lead),
    )


def _remember_cells(connection: psycopg.Connection) -> int:
    """Keeps the cells that the log names in bench.cells; returns how many there are."""
    connection.execute("drop table if exists bench.cells")
    connection.execute(
        """
        create table bench.cells as
        select c.*
        from (
            select array_agg(distinct d) as entries from rollup.dirty_cells as d
        ) as log
        cross join lateral rollup.dirty_cells_of(log.entries) as c
        """
    )
    connection.execute("analyze bench.cells")
    count = connection.execute("select count(*) from bench.cells").fetchone()
    assert count is not None
    return int(count[0])


def _read_warm(connection: psycopg.Connection, families: Sequence[str]) -> float:
    """Seconds of the second reading: what was read from disk is in memory then."""
    for family in families:
        _read_cells(connection, family)
    return sum(_read_cells(connection, family) for family in families)


def _read_cells(connection: psycopg.Connection, family: str) -> float:
    statement = sql.SQL(
        """
        select count(r)
        from bench.cells as c
        cross join lateral {}(c.workspace_id, c.subject_id, c.day, c.day + 1) as r
        where c.family = {}
        """
    )
    return _timed(
        connection,
        statement.format(sql.Identifier("rollup", f"{family}_rows"), sql.Literal(family)),
    )


def _timed(connection: psycopg.Connection, statement: str | sql.Composed) -> float:
    """Seconds that a statement takes, as its client sees it."""
    query = statement.encode() if isinstance(statement, str) else statement
    begun = time.perf_counter()
    connection.execute(query)
    return time.perf_counter() - begun


def _ms(seconds: Sequence[float]) -> float:
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1000
