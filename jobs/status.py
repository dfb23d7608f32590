"""How the figures are: what ``leadboard status`` shows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import psycopg
from psycopg.rows import class_row, dict_row


class Refreshed(msgspec.Struct, frozen=True):
    """One row of ``ops.refresh_state``: all rollups together, or one materialized view."""

    name: str
    generation: int
    last_success_at: datetime | None
    age_seconds: float | None
    duration_ms: float | None
    row_count: int | None
    last_error: str | None
    last_error_at: datetime | None


class Status(msgspec.Struct, frozen=True):
    """Everything at one moment."""

    generation: int
    """Raised by every refresh that may have changed a figure."""
    last_success_at: datetime | None
    age_seconds: float | None
    """Since the last good refresh; None before the first."""
    waiting_entries: int
    """Logged changes that no refresh has worked off yet."""
    is_due: bool
    """Whether a refresh would have something to do."""
    last_errors: dict[str, str]
    """What failed and has not succeeded since: name -> message."""
    refreshed: Sequence[Refreshed]


def read(url: str) -> Status:
    """Reads the state as the login of ``url``, which is an operator's. Raises psycopg.Error."""
    with psycopg.connect(url, autocommit=True, application_name="leadboard status") as connection:
        with connection.cursor(row_factory=class_row(Refreshed)) as cursor:
            refreshed = cursor.execute(
                """
                select
                    s.name,
                    s.generation,
                    s.last_success_at,
                    extract(epoch from app.now() - s.last_success_at)::float8 as age_seconds,
                    s.duration_ms::float8 as duration_ms,
                    s.row_count,
                    s.last_error,
                    s.last_error_at
                from ops.refresh_state as s
                order by s.name
                """
            ).fetchall()
        with connection.cursor(row_factory=dict_row) as cursor:
            health = cursor.execute(
                """
                select
                    h.generation,
                    h.last_success_at,
                    h.age_seconds::float8 as age_seconds,
                    h.waiting_entries,
                    h.is_due,
                    h.last_errors
                from ops.health() as h
                """
            ).fetchone()
    return msgspec.convert({**(health or {}), "refreshed": refreshed}, Status)
