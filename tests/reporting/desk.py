"""A branch with people who may and may not manage its reports, and what a test asks of them."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests import builders as build
from tests.sessions import as_login

Json = dict[str, Any]

HOOK = "https://hooks.slack.com/services/T0001/B0002/abcdefghijklmnop"


class Desk:
    """Workspace in Amsterdam, branch north in the same zone unless told otherwise."""

    def __init__(self, connection: psycopg.Connection, timezone: str | None = None) -> None:
        self.connection = connection
        self.workspace = build.workspace(connection, "Iron Gym", "Europe/Amsterdam")
        self.north = build.branch(connection, self.workspace, "North", timezone=timezone)
        self.south = build.branch(connection, self.workspace, "South")
        self.olga = build.member(connection, self.workspace, "owner")
        self.mo = build.member(connection, self.workspace, "manager", branch_id=self.north)
        self.max = build.member(connection, self.workspace, "manager", branch_id=self.south)
        self.ann = build.member(connection, self.workspace, "agent", branch_id=self.north)

    @contextmanager
    def as_person(self, person: UUID) -> Generator[None]:
        with as_login(self.connection, "leadboard_api"), self.connection.transaction():
            self.connection.execute("select app.act_as(%s)", (person,))
            yield
        # Inside an outer transaction the setting would outlive this block.
        self.connection.execute("select set_config('app.user_id', '', true)")

    def call(self, person: UUID, function: str, *arguments: object) -> UUID:
        """The key that a function of schema reporting answers a person, if any."""
        places = ", ".join(["%s"] * len(arguments))
        given = [Jsonb(each) if isinstance(each, dict) else each for each in arguments]
        with self.as_person(person):
            row = self.connection.execute(
                f"select reporting.{function}({places})".encode(), given
            ).fetchone()
        assert row is not None
        return row[0]

    def subscribe(self, person: UUID | None = None, **fields: object) -> UUID:
        """A daily report of north by e-mail at nine, unless told otherwise."""
        body: Json = {
            "branch_id": str(self.north),
            "report_type": "daily",
            "delivery_method": "email",
            "recipients": ["ann@example.test", "bob@example.test"],
            "delivery_time": "09:00",
        }
        return self.call(
            person or self.mo, "save_subscription", self.workspace, None, body | fields
        )

    def change(self, subscription: UUID, **fields: object) -> None:
        self.call(self.olga, "save_subscription", self.workspace, subscription, fields)

    def generate(self, person: UUID | None = None, **fields: object) -> UUID:
        body: Json = {"branch_id": str(self.north), "report_type": "daily"}
        return self.call(person or self.mo, "generate", self.workspace, body | fields)

    def rows(self, query: str, *arguments: object) -> list[Json]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), arguments).fetchall()

    def deliveries(self) -> list[Json]:
        return self.rows(
            "select * from reporting.deliveries where workspace_id = %s order by due_on, id",
            self.workspace,
        )

    def sendings(self) -> list[Json]:
        return self.rows(
            "select * from reporting.delivery_recipients where workspace_id = %s"
            " order by delivery_id, position, id",
            self.workspace,
        )

    def statuses(self) -> list[str]:
        return [sending["status"] for sending in self.sendings()]

    def enqueue(self, refreshed: bool = True) -> list[Json]:
        """Enqueues what is due, with rollups that know all facts."""
        if refreshed:
            self.connection.execute("delete from rollup.dirty_cells")
        return self.rows("select * from reporting.enqueue_due()")

    def claim(self, limit: int = 10, worker: str = "w1") -> list[Json]:
        return self.rows(
            "select * from reporting.claim_deliveries(%s, %s, 'reports.test')", worker, limit
        )

    def finish(
        self, claim: Json, outcome: str = "sent", error: str | None = None, retry: int | None = None
    ) -> bool:
        [row] = self.rows(
            "select reporting.finish_delivery(%s, %s, %s, %s, %s, %s, %s) as done",
            claim["workspace_id"],
            claim["id"],
            claim["token"],
            outcome,
            error,
            error,
            retry,
        )
        return row["done"]
