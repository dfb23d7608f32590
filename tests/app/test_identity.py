"""Who is asking: by verified claim for the service, by app.principals for every other login."""

import json
from uuid import UUID

import psycopg
import pytest

from tests import builders as build
from tests.sessions import as_login

UNKNOWN = UUID(int=0xDEAD)

Identity = tuple[UUID | None, list[UUID], list[UUID], list[UUID]]
NOBODY: Identity = (None, [], [], [])


def identity(connection: psycopg.Connection) -> Identity:
    """The person, and the workspaces and branches it is member, admin and manager of."""
    row = connection.execute(
        """
        select
            app.current_user_id(), app.member_workspaces(), app.admin_workspaces(),
            app.managed_branches()
        """
    ).fetchone()
    assert row is not None
    person, member, admin, managed = row
    return person, sorted(member), sorted(admin), sorted(managed)


def identity_of(connection: psycopg.Connection, user_id: UUID | None) -> Identity:
    """What the service is, acting for a person."""
    with connection.transaction(force_rollback=True), as_login(connection, "leadboard_api"):
        connection.execute("select app.act_as(%s)", (user_id,))
        return identity(connection)


@pytest.mark.parametrize(
    ("role", "is_admin", "is_manager"),
    [
        ("owner", True, False),
        ("admin", True, False),
        ("manager", False, True),
        ("agent", False, False),
        ("partner", False, False),
    ],
)
def test_each_role(tx: psycopg.Connection, role: str, is_admin: bool, is_manager: bool) -> None:
    workspace = build.workspace(tx)
    branch = build.branch(tx, workspace)
    person = build.member(tx, workspace, role, branch_id=branch)
    assert identity_of(tx, person) == (
        person,
        [workspace],
        [workspace] if is_admin else [],
        [branch] if is_manager else [],
    )


def test_several_memberships(tx: psycopg.Connection) -> None:
    first, second, third, foreign = sorted(build.workspace(tx) for _ in range(4))
    branch = build.branch(tx, second)
    person = build.member(tx, first, "owner")
    build.member(tx, second, "manager", user_id=person, branch_id=branch)
    build.member(tx, third, "partner", user_id=person)
    build.member(tx, foreign, "owner")
    assert identity_of(tx, person) == (person, [first, second, third], [first], [branch])


def test_manager_without_branch_manages_none(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    person = build.member(tx, workspace, "manager")
    assert identity_of(tx, person) == (person, [workspace], [], [])


def test_deactivated_member_keeps_the_other_memberships(tx: psycopg.Connection) -> None:
    left, stayed = build.workspace(tx), build.workspace(tx)
    branch = build.branch(tx, left)
    person = build.member(tx, left, "manager", branch_id=branch, deactivated_at=build.START)
    assert identity_of(tx, person) == (person, [], [], [])
    build.member(tx, stayed, "admin", user_id=person)
    assert identity_of(tx, person) == (person, [stayed], [stayed], [])


@pytest.mark.parametrize("role", ["owner", "manager", "agent"])
def test_erased_person_is_nobody(tx: psycopg.Connection, role: str) -> None:
    workspace = build.workspace(tx)
    person = build.member(tx, workspace, role)
    assert identity_of(tx, person)[1] == [workspace]
    tx.execute("select crm.erase_user(%s)", (person,))
    assert identity_of(tx, person) == NOBODY


@pytest.mark.parametrize("user_id", [UNKNOWN, UUID(int=0), None])
def test_unknown_and_unset_are_nobody(tx: psycopg.Connection, user_id: UUID | None) -> None:
    build.member(tx, build.workspace(tx), "owner")
    assert identity_of(tx, user_id) == NOBODY


def test_last_claim_of_a_transaction_counts(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    first, second = build.member(tx, workspace), build.member(tx, workspace)
    with as_login(tx, "leadboard_api"):
        for person in (first, second, None, first):
            tx.execute("select app.act_as(%s)", (person,))
            assert identity(tx)[0] == person


def test_bi_login_is_what_principals_says(tx: psycopg.Connection) -> None:
    workspace, other = build.workspace(tx), build.workspace(tx)
    person = build.member(tx, workspace, "agent")
    build.member(tx, other, "owner", user_id=person, deactivated_at=build.START)

    def of_login() -> Identity:
        with as_login(tx, "test_bi"):
            return identity(tx)

    assert of_login() == NOBODY
    build.principal(tx, "test_bi", user_id=person)
    assert of_login() == (person, [workspace], [], [])
    tx.execute("delete from app.principals")
    build.principal(tx, "test_bi", workspace_id=workspace)
    assert of_login() == (None, [workspace], [workspace], [])


def test_principals_do_not_bind_the_service(tx: psycopg.Connection) -> None:
    """A row for the service's login would give every caller a workspace: it is not looked at."""
    workspace = build.workspace(tx)
    build.principal(tx, "leadboard_api", workspace_id=workspace)
    assert identity_of(tx, None) == NOBODY


def test_principal_stands_for_one(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    person = build.member(tx, workspace)
    for user_id, workspace_id in ((person, workspace), (None, None)):
        with pytest.raises(psycopg.errors.CheckViolation), tx.transaction():
            build.principal(tx, "test_bi", user_id=user_id, workspace_id=workspace_id)


def test_operator_is_the_login_and_not_the_role(tx: psycopg.Connection) -> None:
    """The deploying login stays an operator in every role; no other login becomes one."""
    query = "select app.is_operator()"
    assert tx.execute(query).fetchone() == (True,)
    tx.execute("create role house_dba login in role leadboard_owner")
    for name, expected in (("house_dba", True), ("leadboard_api", False)):
        with as_login(tx, name):
            assert tx.execute(query).fetchone() == (expected,)
    # Inside a definer function of the owner the caller stays who it is.
    tx.execute(
        """
        create function app.asked_inside() returns boolean language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select app.is_operator()';
        alter function app.asked_inside() owner to leadboard_owner;
        grant execute on function app.asked_inside() to leadboard_api;
        """
    )
    with as_login(tx, "leadboard_api"):
        assert tx.execute("select app.asked_inside()").fetchone() == (False,)


def test_current_member(tx: psycopg.Connection) -> None:
    workspace, foreign = build.workspace(tx), build.workspace(tx)
    branch = build.branch(tx, workspace)
    manager = build.member(tx, workspace, "manager", branch_id=branch)
    left = build.member(tx, workspace, "owner", deactivated_at=build.START)
    query = "select role, branch_id from app.current_member(%s)"
    with as_login(tx, "leadboard_api"):
        tx.execute("select app.act_as(%s)", (manager,))
        assert tx.execute(query, (workspace,)).fetchall() == [("manager", branch)]
        assert tx.execute(query, (foreign,)).fetchall() == []
        tx.execute("select app.act_as(%s)", (left,))
        assert tx.execute(query, (workspace,)).fetchall() == []


# The workspace of a request


def resolved(connection: psycopg.Connection, user_id: UUID, workspace_id: UUID | None) -> UUID:
    with connection.transaction(force_rollback=True), as_login(connection, "leadboard_api"):
        connection.execute("select app.act_as(%s)", (user_id,))
        row = connection.execute("select app.resolve_workspace(%s)", (workspace_id,)).fetchone()
        assert row is not None
        return row[0]


def refusal(
    connection: psycopg.Connection, user_id: UUID, workspace_id: UUID | None
) -> psycopg.errors.Diagnostic:
    with pytest.raises(psycopg.Error) as refused, connection.transaction():
        resolved(connection, user_id, workspace_id)
    return refused.value.diag


def test_workspace_of_a_request(tx: psycopg.Connection) -> None:
    one, two = build.workspace(tx, "One"), build.workspace(tx, "Two")
    person = build.member(tx, one, "agent")
    assert resolved(tx, person, None) == one
    assert resolved(tx, person, one) == one

    build.member(tx, two, "agent", user_id=person)
    assert resolved(tx, person, two) == two
    ambiguous = refusal(tx, person, None)
    assert ambiguous.sqlstate == "LB400"
    assert json.loads(ambiguous.message_detail or "")["workspaces"] == [
        {"workspace_id": str(one), "name": "One"},
        {"workspace_id": str(two), "name": "Two"},
    ]


def test_foreign_workspace_is_like_none(tx: psycopg.Connection) -> None:
    person = build.member(tx, build.workspace(tx), "owner")
    foreign = refusal(tx, person, build.workspace(tx, "Foreign"))
    missing = refusal(tx, person, UNKNOWN)
    assert foreign.sqlstate == missing.sqlstate == "LB404"
    assert foreign.message_primary == missing.message_primary
    assert foreign.message_detail is missing.message_detail is None


def test_person_without_workspace(tx: psycopg.Connection) -> None:
    assert refusal(tx, build.user(tx), None).sqlstate == "LB403"
    assert refusal(tx, UNKNOWN, None).sqlstate == "LB403"


def test_names_of_own_workspaces_only(tx: psycopg.Connection) -> None:
    own, foreign = build.workspace(tx, "Own"), build.workspace(tx, "Foreign")
    person = build.member(tx, own)
    with as_login(tx, "leadboard_api"):
        tx.execute("select app.act_as(%s)", (person,))
        rows = tx.execute("select name from app.workspace_names(%s)", ([own, foreign],)).fetchall()
    assert rows == [("Own",)]
