"""Two workspaces for the tests of the service, and everybody who may ask.

Iron Gym has the branches north (manager mo, agent ann, partner pia) and south (partner sam), an
owner, an admin and a deactivated partner. The other workspace, Copper Gym, has owner ona and
partner olaf. Both is an agent of both; nemo is known nowhere.
"""

from uuid import UUID

import psycopg

from tests import builders as build

FROZEN = "2026-03-29 12:00+00"


class Gym:
    """Keys by name."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.iron = build.workspace(connection, "Iron Gym", "Europe/Amsterdam")
        self.copper = build.workspace(connection, "Copper Gym")
        self.north = build.branch(connection, self.iron, "North")
        self.south = build.branch(connection, self.iron, "South", timezone="UTC")
        iron = {
            "olga": ("owner", None),
            "ada": ("admin", None),
            "mo": ("manager", self.north),
            "ann": ("agent", self.north),
            "pia": ("partner", self.north),
            "sam": ("partner", self.south),
            "dee": ("partner", self.north),
        }
        self.people: dict[str, UUID] = {"nemo": UUID(int=0xDEAD)}
        for name, (role, branch) in iron.items():
            self._join(connection, self.iron, name, role, branch)
        self._join(connection, self.copper, "ona", "owner")
        self._join(connection, self.copper, "olaf", "partner")
        self._join(connection, self.iron, "both", "agent")
        self._join(connection, self.copper, "both", "agent")
        connection.execute(
            "update crm.members set deactivated_at = %s where user_id = %s",
            (FROZEN, self.people["dee"]),
        )
        self._work(connection)
        connection.execute("call ops.refresh()")

    def __getitem__(self, name: str) -> UUID:
        return self.people[name]

    def name_of(self, person: UUID) -> str:
        return next(name for name, key in self.people.items() if key == person)

    def _join(
        self,
        connection: psycopg.Connection,
        workspace: UUID,
        name: str,
        role: str,
        branch: UUID | None = None,
    ) -> None:
        if name not in self.people:
            self.people[name] = build.user(connection, name.title())
        build.member(connection, workspace, role, self.people[name], branch_id=branch)

    def _work(self, connection: psycopg.Connection) -> None:
        """Pia answers fast and wins, Sam answers late and loses, the others have no leads."""
        for number in range(6):
            build.lead(
                connection,
                self.iron,
                self["pia"],
                created_at=f"2026-03-{20 + number} 09:00+00",
                branch_id=self.north,
                first_contact_at=f"2026-03-{20 + number} 09:2{number}+00",
                status="won" if number < 4 else "lost",
                deal_value=100 * (number + 1),
            )
        for number in range(3):
            build.lead(
                connection,
                self.iron,
                self["sam"],
                created_at=f"2026-03-{20 + number} 09:00+00",
                branch_id=self.south,
                first_contact_at=f"2026-03-{21 + number} 09:00+00",
                status="lost",
            )
