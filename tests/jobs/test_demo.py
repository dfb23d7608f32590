"""Demo data: believable, repeatable, and the same whether triggers wrote it or the bulk load did."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from jobs import demo

INVARIANTS = (Path(__file__).parents[2] / "bench" / "invariants.sql").read_text(encoding="utf-8")

# The first Monday after the clocks of Europe went forward; Sydney's went back the day before.
PRESENT = "2026-04-06 10:30:00+00"
SMALL = 0.05

# Keys and bookkeeping of rows that a trigger writes are new each time; everything else is compared.
TABLES = {
    "workspaces": "*",
    "branches": "*",
    "users": "*",
    "members": "*",
    "profiles": "*",
    "goals": "*",
    "segments": "*",
    "campaigns": "*",
    "leads": "*",
    "lead_status_history": "workspace_id, lead_id, status, changed_at, changed_by_user_id",
    "lead_ownership": "workspace_id, lead_id, user_id, during",
    "lead_activities": """
        workspace_id, lead_id, actor_user_id, type, title, description, duration_seconds, metadata,
        call_log_id, source_system, external_id, occurred_at, recorded_at
    """,
    "call_logs": "*",
    "tasks": "*",
    "notes": "*",
    "campaign_leads": "*",
    "campaign_lead_segments": "*",
    "lead_feedback": "*",
    "support_tickets": "*",
}


@pytest.fixture
def frozen(database: str) -> str:
    """The clone, for sessions whose clock stands still."""
    return make_conninfo(database, options=f"-c app.now={PRESENT.replace(' ', chr(92) + ' ')}")


def _facts(connection: psycopg.Connection) -> dict[str, set[str]]:
    facts: dict[str, set[str]] = {}
    for table, columns in TABLES.items():
        rows = connection.execute(
            f"""
            select (to_jsonb(x) - 'updated_at')::text
            from (select {columns} from crm.{table}) as x
            """  # pyright: ignore[reportArgumentType]
        ).fetchall()
        facts[table] = {row[0] for row in rows}
    return facts


def _clear(connection: psycopg.Connection) -> None:
    connection.execute("truncate crm.workspaces, crm.users, crm.industries cascade")


def _broken(connection: psycopg.Connection) -> list[tuple[str, int]]:
    return connection.execute(
        f"select rule, count(*) from ({INVARIANTS}) as broken group by rule"  # pyright: ignore
    ).fetchall()


def test_bulk_load_equals_what_the_triggers_write(frozen: str) -> None:
    with psycopg.connect(frozen, autocommit=True) as connection:
        demo.load(frozen, scale=SMALL, bulk=False)
        through = _facts(connection)
        assert _broken(connection) == []
        _clear(connection)
        demo.load(frozen, scale=SMALL, bulk=True)
        past = _facts(connection)
        assert _broken(connection) == []
    for table in TABLES:
        assert past[table] == through[table], table
