"""Rows for tests: each function inserts one row with sane defaults and returns its key.

Any column can be given by keyword. Keys count upwards within a process, so ties that end in the key
fall the same way in every run.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

_numbers = count(1)

# Far from any real key, and recognisable in a failure's output. Each process of a run has keys of
# its own, because they share templates.
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST_ID = 0x7E57_0000_0000_7000_8000_0000_0000_0000 + (_PROCESS << 32)

# A Monday, so that days and weeks are easy to count from it.
START = "2026-03-02 09:00+00"

Moment = datetime | str


def new_id() -> UUID:
    return UUID(int=_FIRST_ID + next(_numbers))


def workspace(
    connection: psycopg.Connection, name: str = "Gym", timezone: str = "UTC", **columns: object
) -> UUID:
    return _insert(
        connection,
        "crm.workspaces",
        {"workspace_id": new_id(), "name": name, "timezone": timezone} | columns,
    )["workspace_id"]


def branch(
    connection: psycopg.Connection, workspace_id: UUID, name: str | None = None, **columns: object
) -> UUID:
    number = new_id()
    return _insert(
        connection,
        "crm.branches",
        {"workspace_id": workspace_id, "id": number, "name": name or f"Branch {number.int % 10**6}"}
        | columns,
    )["id"]


def user(connection: psycopg.Connection, name: str | None = None, **columns: object) -> UUID:
    """A person, in no workspace yet."""
    number = new_id()
    label = number.int - _FIRST_ID
    return _insert(
        connection,
        "crm.users",
        {"id": number, "email": f"{number}@example.test", "name": name or f"Person {label}"}
        | columns,
    )["id"]


def member(
    connection: psycopg.Connection,
    workspace_id: UUID,
    role: str = "partner",
    user_id: UUID | None = None,
    **columns: object,
) -> UUID:
    """A membership; makes the person too when none is given. Returns the user's id."""
    person = user_id if user_id is not None else user(connection)
    return _insert(
        connection,
        "crm.members",
        {"workspace_id": workspace_id, "user_id": person, "role": role, "joined_at": START}
        | columns,
    )["user_id"]


def profile(
    connection: psycopg.Connection, workspace_id: UUID, user_id: UUID, **columns: object
) -> UUID:
    return _insert(
        connection,
        "crm.profiles",
        {"workspace_id": workspace_id, "user_id": user_id} | columns,
    )["user_id"]


def industry(connection: psycopg.Connection, name: str, **columns: object) -> UUID:
    return _insert(connection, "crm.industries", {"id": new_id(), "name": name} | columns)["id"]


def lead(
    connection: psycopg.Connection,
    workspace_id: UUID,
    owner_user_id: UUID | None = None,
    created_at: Moment = START,
    **columns: object,
) -> UUID:
    return _insert(
        connection,
        "crm.leads",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "owner_user_id": owner_user_id,
            "created_at": created_at,
        }
        | columns,
    )["id"]


def activity(
    connection: psycopg.Connection,
    workspace_id: UUID,
    lead_id: UUID,
    actor_user_id: UUID | None = None,
    type: str = "phone_call",
    occurred_at: Moment = START,
    **columns: object,
) -> UUID:
    return _insert(
        connection,
        "crm.lead_activities",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "lead_id": lead_id,
            "actor_user_id": actor_user_id,
            "type": type,
            "occurred_at": occurred_at,
        }
        | columns,
    )["id"]


def task(
    connection: psycopg.Connection,
    workspace_id: UUID,
    lead_id: UUID,
    created_by_user_id: UUID | None = None,
    created_at: Moment = START,
    **columns: object,
) -> UUID:
    """A task assigned to its creator, unless ``assigned_to_user_id`` says otherwise."""
    return _insert(
        connection,
        "crm.tasks",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "lead_id": lead_id,
            "created_by_user_id": created_by_user_id,
            "assigned_to_user_id": created_by_user_id,
            "title": "Call back",
            "created_at": created_at,
        }
        | columns,
    )["id"]


def note(
    connection: psycopg.Connection,
    workspace_id: UUID,
    lead_id: UUID,
    created_by_user_id: UUID | None = None,
    created_at: Moment = START,
    **columns: object,
) -> UUID:
    return _insert(
        connection,
        "crm.notes",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "lead_id": lead_id,
            "created_by_user_id": created_by_user_id,
            "body": "Asked for an offer.",
            "created_at": created_at,
        }
        | columns,
    )["id"]


def call(
    connection: psycopg.Connection,
    workspace_id: UUID,
    user_id: UUID | None = None,
    started_at: Moment = START,
    **columns: object,
) -> UUID:
    """A completed outbound call of two minutes, about no lead unless ``lead_id`` says otherwise."""
    return _insert(
        connection,
        "crm.call_logs",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "user_id": user_id,
            "direction": "outbound",
            "status": "completed",
            "duration_seconds": 120,
            "started_at": started_at,
        }
        | columns,
    )["id"]


def segment(
    connection: psycopg.Connection,
    workspace_id: UUID,
    name: str | None = None,
    filter: Mapping[str, object] | None = None,
    **columns: object,
) -> UUID:
    number = new_id()
    return _insert(
        connection,
        "crm.segments",
        {
            "workspace_id": workspace_id,
            "id": number,
            "name": name or f"Segment {number.int - _FIRST_ID}",
            "filter": Jsonb(dict(filter or {})),
        }
        | columns,
    )["id"]


def campaign(
    connection: psycopg.Connection,
    workspace_id: UUID,
    name: str = "Spring offer",
    created_at: Moment = START,
    **columns: object,
) -> UUID:
    return _insert(
        connection,
        "crm.campaigns",
        {"workspace_id": workspace_id, "id": new_id(), "name": name, "created_at": created_at}
        | columns,
    )["id"]


def recipient(
    connection: psycopg.Connection,
    workspace_id: UUID,
    campaign_id: UUID,
    lead_id: UUID,
    sent_at: Moment | None = START,
    **columns: object,
) -> UUID:
    """A lead's row in a campaign. Returns the lead's id, which with the campaign is the key."""
    return _insert(
        connection,
        "crm.campaign_leads",
        {
            "workspace_id": workspace_id,
            "campaign_id": campaign_id,
            "lead_id": lead_id,
            "sent_at": sent_at,
        }
        | columns,
    )["lead_id"]


def feedback(
    connection: psycopg.Connection,
    workspace_id: UUID,
    lead_id: UUID,
    user_id: UUID | None = None,
    rating: int = 5,
    created_at: Moment = START,
    **columns: object,
) -> UUID:
    return _insert(
        connection,
        "crm.lead_feedback",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "lead_id": lead_id,
            "user_id": user_id,
            "rating": rating,
            "created_at": created_at,
        }
        | columns,
    )["id"]


def ticket(
    connection: psycopg.Connection,
    workspace_id: UUID,
    lead_id: UUID,
    user_id: UUID | None = None,
    type: str = "complaint",
    created_at: Moment = START,
    **columns: object,
) -> UUID:
    return _insert(
        connection,
        "crm.support_tickets",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "lead_id": lead_id,
            "user_id": user_id,
            "type": type,
            "created_at": created_at,
        }
        | columns,
    )["id"]


def goal(
    connection: psycopg.Connection,
    workspace_id: UUID,
    user_id: UUID | None = None,
    goal_type: str = "conversions",
    target_value: int = 10,
    **columns: object,
) -> UUID:
    """A monthly goal for March 2026; a team's goal when no person is given."""
    return _insert(
        connection,
        "crm.goals",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "user_id": user_id,
            "period": "monthly",
            "goal_type": goal_type,
            "target_value": target_value,
            "period_start": "2026-03-01",
            "period_end": "2026-04-01",
        }
        | columns,
    )["id"]


def custom_metric(
    connection: psycopg.Connection,
    workspace_id: UUID,
    key: str = "replies_per_lead",
    expression: Mapping[str, object] | None = None,
    **columns: object,
) -> UUID:
    """Replies per lead worked, unless ``expression`` says otherwise."""
    ratio = {"op": "ratio", "numerator": "campaign_replies", "denominator": "leads_worked"}
    return _insert(
        connection,
        "crm.custom_metrics",
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "key": key,
            "title": key.replace("_", " ").capitalize(),
            "expression": Jsonb(dict(expression or ratio)),
        }
        | columns,
    )["id"]


def principal(
    connection: psycopg.Connection,
    login_name: str,
    user_id: UUID | None = None,
    workspace_id: UUID | None = None,
) -> None:
    """Binds a database login to a person or to a whole workspace."""
    connection.execute(
        "insert into app.principals (login_name, user_id, workspace_id) values (%s, %s, %s)",
        (login_name, user_id, workspace_id),
    )


def _insert(
    connection: psycopg.Connection, table: str, values: Mapping[str, object]
) -> dict[str, UUID]:
    """Inserts one row as given; returns the values that are keys."""
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    connection.execute(statement, list(values.values()))
    return {name: value for name, value in values.items() if isinstance(value, UUID)}
