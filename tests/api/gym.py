"""Two workspaces for the tests of the service, and everybody who may ask.

Iron Gym has the branches north (manager mo, agent ann, partner pia) and south (partner sam), an
owner, an admin and a deactivated partner. The other workspace, Copper Gym, has owner ona and
partner olaf. Both is an agent of both; nemo is known nowhere.
"""

from uuid import UUID

import msgspec
import psycopg
from psycopg import sql

from tests import builders as build

FROZEN = "2026-03-29 12:00+00"


class Gym(msgspec.Struct):
    """Keys by name."""

    iron: UUID
    copper: UUID
    north: UUID
    south: UUID
    people: dict[str, UUID]

    @classmethod
    def build(cls, connection: psycopg.Connection) -> "Gym":
        """Adds the rows."""
        iron = build.workspace(connection, "Iron Gym", "Europe/Amsterdam")
        gym = cls(
            iron=iron,
            copper=build.workspace(connection, "Copper Gym"),
            north=build.branch(connection, iron, "North"),
            south=build.branch(connection, iron, "South", timezone="UTC"),
            people={"nemo": UUID(int=0xDEAD)},
        )
        members = {
            "olga": ("owner", None),
            "ada": ("admin", None),
            "mo": ("manager", gym.north),
            "ann": ("agent", gym.north),
            "pia": ("partner", gym.north),
            "sam": ("partner", gym.south),
            "dee": ("partner", gym.north),
        }
        for name, (role, branch) in members.items():
            gym._join(connection, gym.iron, name, role, branch)
        gym._join(connection, gym.copper, "ona", "owner")
        gym._join(connection, gym.copper, "olaf", "partner")
        gym._join(connection, gym.iron, "both", "agent")
        gym._join(connection, gym.copper, "both", "agent")
        connection.execute(
            "update crm.members set deactivated_at = %s where user_id = %s",
            (FROZEN, gym["dee"]),
        )
        gym._work(connection)
        connection.execute("call ops.refresh()")
        return gym

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


def freeze_clock(connection: psycopg.Connection) -> None:
    """For the connection, and in its database for the service's login."""
    connection.execute("select set_config('app.now', %s, false)", (FROZEN,))
    connection.execute(
        sql.SQL("alter role leadboard_api in database {} set app.now = {}").format(
            sql.Identifier(connection.info.dbname), sql.Literal(FROZEN)
        )
    )
