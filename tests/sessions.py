"""Who is asking and what time it is: the session state that a test sets."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import sql


def freeze(connection: psycopg.Connection, moment: datetime | str) -> None:
    """Stops ``app.now()`` of this session at a moment; a string needs its offset."""
    connection.execute("select set_config('app.now', %s, false)", (str(moment),))


@contextmanager
def as_login(connection: psycopg.Connection, role: str) -> Generator[psycopg.Connection]:
    """Makes a superuser's session that of another login, ``session_user`` included.

    For uncommitted rows (fixture ``tx``), which no other connection can see.
    """
    connection.execute(sql.SQL("set session authorization {}").format(sql.Identifier(role)))
    try:
        yield connection
    finally:
        # In a failed transaction the roll-back resets it.
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
            connection.execute("reset session authorization")


@contextmanager
def as_user(connection: psycopg.Connection, user_id: UUID | None) -> Generator[psycopg.Connection]:
    """A transaction in which the service (login ``leadboard_api``) acts for a person."""
    with connection.transaction():
        connection.execute("select app.act_as(%s)", (user_id,))
        try:
            yield connection
        finally:
            # Inside an outer transaction the setting would outlive this block.
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
                connection.execute("select app.act_as(null)")
