"""Reads a rollup's definition as a table that a test can write down."""

from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import sql


def rows(
    connection: psycopg.Connection,
    family: str,
    workspace_id: UUID,
    columns: LiteralString,
    *,
    subject_id: UUID | None = None,
    from_day: str = "2026-01-01",
    to_day: str = "2027-01-01",
) -> list[tuple[object, ...]]:
    """``columns`` of ``rollup.<family>_rows(...)``, sorted; days are best asked for as text."""
    query = sql.SQL("select {} from {}(%s, %s, %s, %s) as r order by {}").format(
        sql.SQL(columns),
        sql.Identifier("rollup", f"{family}_rows"),
        sql.SQL(", ").join(sql.Literal(n + 1) for n in range(columns.count(",") + 1)),
    )
    return connection.execute(query, (workspace_id, subject_id, from_day, to_day)).fetchall()
