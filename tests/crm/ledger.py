"""What the triggers wrote about a lead, in short words: times as ``MM-DD HH:MI`` in UTC.

Every test here plays in March 2026, so a time fits on a line of an expected table.
"""

from uuid import UUID

import psycopg
from psycopg import sql

STAGES = (
    "assigned_at",
    "accepted_at",
    "rejected_at",
    "first_contact_at",
    "interested_at",
    "won_at",
    "lost_at",
)


def at(short: str) -> str:
    """``03-05 10:00`` as PostgreSQL reads it."""
    return f"2026-{short}+00"


def stages(connection: psycopg.Connection, lead_id: UUID) -> dict[str, str]:
    """The stage times that a lead has."""
    columns = sql.SQL(", ").join(
        sql.SQL("to_char({} at time zone 'UTC', 'MM-DD HH24:MI')").format(sql.Identifier(name))
        for name in STAGES
    )
    query = sql.SQL("select {} from crm.leads where id = %s").format(columns)
    row = connection.execute(query, (lead_id,)).fetchone()
    assert row is not None
    return {name: when for name, when in zip(STAGES, row, strict=True) if when is not None}


def status_history(
    connection: psycopg.Connection, lead_id: UUID
) -> list[tuple[str, str, UUID | None]]:
    """(status, time, person), in order."""
    return connection.execute(
        """
        select status, to_char(changed_at at time zone 'UTC', 'MM-DD HH24:MI'), changed_by_user_id
        from crm.lead_status_history where lead_id = %s order by changed_at, id
        """,
        (lead_id,),
    ).fetchall()


def ownership(
    connection: psycopg.Connection, lead_id: UUID
) -> list[tuple[UUID | None, str, str | None]]:
    """(owner, from, to), in order; no end for the present one."""
    return connection.execute(
        """
        select
            user_id,
            to_char(lower(during) at time zone 'UTC', 'MM-DD HH24:MI'),
            to_char(upper(during) at time zone 'UTC', 'MM-DD HH24:MI')
        from crm.lead_ownership where lead_id = %s order by lower(during)
        """,
        (lead_id,),
    ).fetchall()


def activities(
    connection: psycopg.Connection, lead_id: UUID
) -> list[tuple[str, str, UUID | None, dict[str, object]]]:
    """(type, time, actor, metadata), in order."""
    return connection.execute(
        """
        select
            type, to_char(occurred_at at time zone 'UTC', 'MM-DD HH24:MI'), actor_user_id, metadata
        from crm.lead_activities where lead_id = %s order by occurred_at, id
        """,
        (lead_id,),
    ).fetchall()


def credit(connection: psycopg.Connection, lead_id: UUID) -> tuple[UUID | None, str]:
    """Whom the lead is credited to, and why."""
    row = connection.execute(
        "select credited_user_id, owner_basis from crm.leads where id = %s", (lead_id,)
    ).fetchone()
    assert row is not None
    return row


def first_contact(connection: psycopg.Connection, lead_id: UUID) -> str | None:
    return stages(connection, lead_id).get("first_contact_at")


def change(connection: psycopg.Connection, lead_id: UUID, **columns: object) -> None:
    """Updates the lead, naming exactly these columns."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns
    )
    query = sql.SQL("update crm.leads set {} where id = %s").format(assignments)
    connection.execute(query, (*columns.values(), lead_id))
