"""GET /api/me: the caller, the memberships, and which workspace a request is about."""

import msgspec
import psycopg
import pytest

from api.me import Me
from tests.api.conftest import Caller, Reader

PATH = "/api/me"


def me(body: bytes) -> Me:
    return msgspec.json.decode(body, type=Me)


def test_a_member_of_one_workspace(reader: Reader) -> None:
    gym = reader.gym
    found = me(reader.get("mo", PATH).content)

    assert (found.user.id, found.user.name) == (gym["mo"], "Mo")
    assert found.workspace == found.memberships[0]
    membership = found.memberships[0]
    assert (membership.workspace_id, membership.workspace_name) == (gym.iron, "Iron Gym")
    assert (membership.role, membership.branch_id) == ("manager", gym.north)
    assert (membership.timezone, membership.currency) == ("Europe/Amsterdam", "EUR")


def test_a_branch_has_its_own_time_zone(reader: Reader) -> None:
    found = me(reader.get("sam", PATH).content)

    assert found.memberships[0].timezone == "UTC"


def test_a_member_of_two_chooses(reader: Reader) -> None:
    gym = reader.gym
    both = me(reader.get("both", PATH).content)
    chosen = me(reader.get("both", PATH, {"workspace_id": str(gym.copper)}).content)

    assert both.workspace is None
    assert [m.workspace_name for m in both.memberships] == ["Copper Gym", "Iron Gym"]
    assert chosen.workspace is not None
    assert chosen.workspace.workspace_id == gym.copper


@pytest.mark.parametrize("workspace", ["copper", "nemo"])
def test_a_workspace_of_others_is_one_that_does_not_exist(reader: Reader, workspace: str) -> None:
    key = {"copper": reader.gym.copper, "nemo": reader.gym["nemo"]}[workspace]
    response = reader.get("mo", PATH, {"workspace_id": str(key)})

    assert response.status_code == 404
    assert response.json() == {
        "type": "urn:leadboard:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "No such workspace.",
        "instance": PATH,
    }


def test_the_unknown_and_the_erased_are_not_known(caller: Caller, conn: psycopg.Connection) -> None:
    conn.execute(
        "update crm.users set erased_at = app.now(), email = null, name = null where id = %s",
        (caller.gym["ann"],),
    )

    assert caller.get("nemo", PATH).status_code == 403
    assert caller.get("ann", PATH).status_code == 403


def test_without_an_active_membership_there_is_no_workspace(reader: Reader) -> None:
    found = me(reader.get("dee", PATH).content)

    assert found.memberships == []
    assert found.workspace is None
    assert reader.get("dee", "/api/partners/performance").status_code == 403


def test_what_the_client_knows_is_304_until_it_changes(
    caller: Caller, conn: psycopg.Connection
) -> None:
    known = {"If-None-Match": caller.get("mo", PATH).headers["etag"]}
    assert caller.get("mo", PATH, headers=known).status_code == 304

    conn.execute("update crm.users set name = 'Moses' where id = %s", (caller.gym["mo"],))
    assert me(caller.get("mo", PATH, headers=known).content).user.name == "Moses"
