"""A workspace whose leads are routed, and what a test asks of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests import builders as build

Decision = Mapping[str, Any]


class Market:
    """Partners with profiles in one workspace. Nothing is frozen here: tests freeze the clock."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.id = build.workspace(connection, "Market")

    def partner(self, name: str = "Partner", **profile: object) -> UUID:
        person = build.user(self.connection, name)
        build.member(self.connection, self.id, "partner", person)
        return build.profile(self.connection, self.id, person, **profile)

    def lead(
        self, owner: UUID | None = None, created_at: str = build.START, **columns: object
    ) -> UUID:
        return build.lead(self.connection, self.id, owner, created_at, **columns)

    def set(self, **settings: object) -> None:
        self.connection.execute(
            "select routing.change_settings(%s, %s)", (self.id, Jsonb(settings))
        )

    def fair(self) -> None:
        """Nothing counts but fairness."""
        self.set(regionWeight=0, performanceWeight=0, fairnessWeight=100)

    def assign(self, lead: UUID, key: str | None = None) -> Decision:
        return self._json("select routing.assign_lead(%s, %s, %s)", self.id, lead, key)

    def respond(
        self, lead: UUID, partner: UUID, response: str, reason: str | None = None
    ) -> Decision:
        return self._json(
            "select routing.respond(%s, %s, %s, %s, %s)", self.id, lead, partner, response, reason
        )

    def simulate(self, start: str, end: str, **settings: object) -> Decision:
        return self._json(
            "select routing.simulate(%s, %s, %s, %s)", self.id, start, end, Jsonb(settings)
        )

    def explain(self, decision: Decision, language: str = "en") -> str:
        body = self._json(
            "select routing.explain(%s, %s, %s)", self.id, decision["decision_id"], language
        )
        return str(body["sentence"])

    def refusals(self, lead: UUID) -> dict[UUID, list[str]]:
        """Reason codes by partner; empty for the eligible."""
        rows = self.connection.execute(
            "select user_id, refusals from routing.candidates(%s, %s)", (self.id, lead)
        ).fetchall()
        return dict(rows)

    def ranking(self, lead: UUID) -> list[UUID]:
        rows = self.connection.execute(
            "select user_id from routing.candidates(%s, %s) where is_eligible", (self.id, lead)
        ).fetchall()
        return [user for (user,) in rows]

    def credit(self) -> dict[UUID, Decimal]:
        rows = self.connection.execute(
            "select user_id, credit from routing.partner_credit where workspace_id = %s", (self.id,)
        ).fetchall()
        return dict(rows)

    def load(self) -> dict[UUID, tuple[int, int, int]]:
        """Open, routed on the latest day, routed in its month."""
        rows = self.connection.execute(
            "select user_id, open_leads, routed_today, routed_this_month"
            " from routing.current_load(%s)",
            (self.id,),
        ).fetchall()
        return {user: (opened, today, month) for user, opened, today, month in rows}

    def owner(self, lead: UUID) -> UUID | None:
        return cast("UUID | None", self._one("select owner_user_id from crm.leads", lead))

    def waiting(self, lead: UUID) -> str | None:
        """The queue the lead waits in."""
        row = self.connection.execute(
            "select queue from routing.waiting_leads where workspace_id = %s and lead_id = %s",
            (self.id, lead),
        ).fetchone()
        return None if row is None else str(row[0])

    def expire(self) -> int:
        row = self.connection.execute("select routing.expire_offers()").fetchone()
        assert row is not None
        return int(row[0])

    def untrue(self) -> list[tuple[object, ...]]:
        """Loads that differ from their definition."""
        return self.connection.execute(
            "select * from routing.load_differences(%s)", (self.id,)
        ).fetchall()

    def _json(self, statement: str, *parameters: object) -> Decision:
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return cast("Decision", row[0])

    def _one(self, statement: str, lead: UUID) -> object:
        row = self.connection.execute(
            f"{statement} where workspace_id = %s and id = %s".encode(), (self.id, lead)
        ).fetchone()
        assert row is not None
        return row[0]
