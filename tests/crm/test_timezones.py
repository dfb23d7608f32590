"""Time zones are IANA names, or the write is refused."""

import psycopg
import pytest

from tests import builders as make

GOOD = ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"]

# PostgreSQL itself takes all of these.
BAD = ["europe/berlin", "CEST", "Europe/Berln5", "<-03>3", "posix/Europe/Berlin", "UTC+3"]

# And none of these.
UNKNOWN = ["Mars/Base", "Europe/Berln", "+02:00", " UTC"]


@pytest.mark.parametrize("zone", GOOD)
def test_known_zone(tx: psycopg.Connection, zone: str) -> None:
    gym = make.workspace(tx, timezone=zone)
    make.branch(tx, gym, timezone=zone)
    tx.execute("update crm.branches set timezone = null")


@pytest.mark.parametrize("zone", BAD + UNKNOWN)
def test_other_zone(tx: psycopg.Connection, zone: str) -> None:
    gym = make.workspace(tx)
    make.branch(tx, gym, "A", timezone="Europe/Berlin")
    for statement in (
        "insert into crm.workspaces (name, timezone) values ('B', %s)",
        (
            "insert into crm.branches (workspace_id, name, timezone) "
            "select workspace_id, 'B', %s from crm.workspaces"
        ),
        "update crm.workspaces set timezone = %s",
        "update crm.branches set timezone = %s",
    ):
        with pytest.raises(psycopg.Error) as refusal, tx.transaction():
            tx.execute(statement, (zone,))
        assert refusal.value.sqlstate == "LB422", statement
        assert refusal.value.diag.message_primary == f'"{zone}" is not an IANA time zone.'


def test_one_bad_zone_among_many_refuses_the_statement(tx: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error, match="Atlantis/Port"), tx.transaction():
        tx.execute(
            "insert into crm.workspaces (name, timezone) "
            "values ('A', 'Asia/Tokyo'), ('B', 'UTC'), ('C', 'Atlantis/Port')"
        )
    assert tx.execute("select from crm.workspaces").fetchall() == []
