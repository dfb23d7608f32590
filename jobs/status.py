"""How the figures are: what ``leadboard status`` shows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import psycopg
from psycopg.rows import class_row


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
    age_seconds: float | None
    """Since the oldest of the last successes; None before the first refresh."""
    dirty_cells: int
    """Logged changes that no refresh has worked off yet."""
    refreshed: Sequence[Refreshed]

    @property
    def failing(self) -> list[str]:
        return [each.name for each in self.refreshed if each.last_error is not None]


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
        row = connection.execute("select count(*) from rollup.dirty_cells").fetchone()
    ages = [each.age_seconds for each in refreshed if each.age_seconds is not None]
    return Status(
        generation=max((each.generation for each in refreshed), default=0),
        age_seconds=max(ages, default=None),
        dirty_cells=0 if row is None else row[0],
        refreshed=refreshed,
    )
