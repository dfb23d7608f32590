"""Each column of each fact, changed alone: the refresh makes of it what the definition says.

The random histories of test_history.py seldom change one column and nothing else, and a column that
a trigger forgets shows only then. The values to change to are those that other rows of the table
have, and NULL, and for times a few days later.
"""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests import builders as make
from tests.sessions import freeze

START = datetime(2026, 3, 2, 9, tzinfo=UTC)

TABLES = (
    "leads",
    "lead_activities",
    "tasks",
    "notes",
    "call_logs",
    "campaign_leads",
    "campaign_lead_segments",
    "lead_feedback",
    "support_tickets",
    "branches",
    "workspaces",
)
# Of every table so few rows that each can be tried; of leads one per status that counts.
MOST_VALUES = 3


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, START + timedelta(days=20))
    gym = make.workspace(tx, timezone="Europe/Berlin")
    make.workspace(tx, timezone="Pacific/Auckland")
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    north = make.branch(tx, gym, timezone="Pacific/Auckland")
    make.branch(tx, gym, timezone=None)
    offers = [make.campaign(tx, gym), make.campaign(tx, gym)]
    segments = [make.segment(tx, gym), make.segment(tx, gym)]
    day = timedelta(days=1)
    for number, status in enumerate(("won", "lost", "completed", "qualified")):
        at = START + number * day
        owner = (ann, ben)[number % 2]
        lead = make.lead(
            tx, gym, owner, at, status=status, branch_id=north if number < 2 else None,
            source=("web", "fair")[number % 2], won_at=at + 4 * day, lost_at=at + 5 * day,
            interested_at=at + day, accepted_at=at + day / 4, deal_value=100 + number,
            price_at_purchase=number, created_by_user_id=ben,
        )  # fmt: skip
        make.activity(tx, gym, lead, ann, "phone_call", at + day, duration_seconds=60)
        make.activity(tx, gym, lead, ben, "note", at + 2 * day, duration_seconds=90)
        make.note(tx, gym, lead, owner, at + 3 * day)
        make.task(
            tx, gym, lead, owner, at, due_at=at + 2 * day, assigned_to_user_id=ann,
            completed_at=at + day * (1 + number), completed_by_user_id=ben,
        )  # fmt: skip
        make.recipient(
            tx, gym, offers[0], lead, at, variant=("A", "B")[number % 2],
            delivered_at=at + day / 8, first_opened_at=at + day / 4, first_clicked_at=at + day / 3,
            first_replied_at=at + day / 2, bounced_at=None if number else at + day,
            bounce_kind=None if number else "hard", machine_opened=number == 1,
        )  # fmt: skip
        tx.execute(
            "insert into crm.campaign_lead_segments"
            " (workspace_id, campaign_id, lead_id, segment_id, segment_version)"
            " values (%s, %s, %s, %s, 1)",
            (gym, offers[0], lead, segments[number % 2]),
        )
        make.feedback(tx, gym, lead, owner, 2 + number % 3, at + day)
        make.ticket(
            tx, gym, lead, owner, ("complaint", "question")[number % 2], at + day,
            upheld=number == 0,
        )  # fmt: skip
        make.call(
            tx, gym, owner, at + day / 5, branch_id=north if number else None,
            direction=("inbound", "outbound")[number % 2],
            status=("completed", "missed", "failed", "completed")[number],
            outcome=("interested", "not_interested")[number % 2], duration_seconds=30 * number,
        )  # fmt: skip
    tx.execute("select ops.refresh_rollups()")
    return gym


@pytest.mark.parametrize("table", TABLES)
def test_a_column_changed_alone(tx: psycopg.Connection, gym: UUID, table: str) -> None:
    tried, overlooked = _try_all(tx, gym, table)

    assert overlooked == []
    # So that a test that can try nothing does not pass.
    assert tried >= 2


@pytest.mark.parametrize(
    ("table", "sabotage"),
    [
        ("leads", "lost_at"),
        ("leads", "deal_value"),
        ("call_logs", "outcome"),
        ("support_tickets", "upheld"),
        ("campaign_leads", "variant"),
    ],
)
def test_a_trigger_that_forgets_a_column_is_found(
    tx: psycopg.Connection, gym: UUID, table: str, sabotage: str
) -> None:
    function = sql.Identifier("rollup", f"log_{table}")
    row = tx.execute("select pg_get_functiondef(%s::regproc)", (f"rollup.log_{table}",)).fetchone()
    assert row is not None
    forgetful = row[0].replace(f"o.{sabotage}", "null").replace(f"n.{sabotage}", "null")
    assert forgetful != row[0], function
    tx.execute(forgetful)

    _, overlooked = _try_all(tx, gym, table, sabotage)

    assert overlooked


def _try_all(
    tx: psycopg.Connection, gym: UUID, table: str, only: str | None = None
) -> tuple[int, list[str]]:
    """How many changes were tried, and those that the refresh made something else of."""
    tried = 0
    overlooked: list[str] = []
    for name, place, column, value in _changes(tx, gym, table):
        if only not in (None, column):
            continue
        try:
            with tx.transaction(force_rollback=True):
                tx.execute(
                    sql.SQL("update {} set {} = %s where ctid = %s").format(
                        sql.Identifier("crm", table), sql.Identifier(column)
                    ),
                    (value, place),
                )
                tried += 1
                tx.execute("select ops.refresh_rollups()")
                if found := tx.execute("select * from ops.verify()").fetchall():
                    overlooked.append(f"{name} -> {value}: {found[0]}")
        except psycopg.IntegrityError:
            # A value that this row may not have.
            continue
        except psycopg.Error as error:
            if error.sqlstate is None or not error.sqlstate.startswith("LB"):
                raise
    return tried, overlooked


def _changes(
    tx: psycopg.Connection, gym: UUID, table: str
) -> Generator[tuple[str, str, str, object]]:
    """(what, which row, column, value) of each change that is tried."""
    relation = sql.Identifier("crm", table)
    columns = tx.execute(
        "select a.attname, a.atttypid::regtype::text from pg_attribute as a"
        " where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped"
        " and a.attname not in ('workspace_id', 'id', 'updated_at')",
        (f"crm.{table}",),
    ).fetchall()
    places = tx.execute(
        sql.SQL("select ctid::text from {} where workspace_id = %s order by ctid").format(relation),
        (gym,),
    ).fetchall()
    for column, kind in columns:
        named = sql.Identifier(column)
        values = [] if kind in ("jsonb", "text[]") else _values(tx, relation, named)
        for number, (place,) in enumerate(places):
            row = tx.execute(
                sql.SQL("select {} from {} where ctid = %s").format(named, relation), (place,)
            ).fetchone()
            assert row is not None
            wanted = [*values, None]
            if kind.startswith("timestamp") and row[0] is not None:
                wanted = [row[0] + timedelta(days=3), None]
            for value in wanted:
                if value != row[0]:
                    yield f"{table}.{column} of row {number}", place, column, value


def _values(
    tx: psycopg.Connection, relation: sql.Identifier, column: sql.Identifier
) -> list[object]:
    rows = tx.execute(
        sql.SQL("select distinct {} from {} where {} is not null order by 1 limit %s").format(
            column, relation, column
        ),
        (MOST_VALUES,),
    ).fetchall()
    return [value for (value,) in rows]
