"""Making, renewing and taking away logins of BI tools."""

import psycopg
import pytest
from psycopg import sql

from jobs import deploy
from tests import builders as build
from tests.conftest import PASSWORD, url_as
from tests.sessions import as_login

# Roles belong to the whole server: made inside a transaction that is rolled back.
LOGIN = "acme_bi"


def settings_of(connection: psycopg.Connection, role: str) -> dict[str, str]:
    rows = connection.execute(
        "select unnest(s.setconfig) from pg_db_role_setting as s"
        " inner join pg_roles as r on r.oid = s.setrole where r.rolname = %s",
        (role,),
    ).fetchall()
    return dict(setting.split("=", 1) for (setting,) in rows)


def seen_by(connection: psycopg.Connection, role: str) -> list[object]:
    with connection.transaction(force_rollback=True):
        connection.execute(
            sql.SQL("set local session authorization {}").format(sql.Identifier(role))
        )
        rows = connection.execute("select user_id from analytics.members order by 1").fetchall()
    return [user_id for (user_id,) in rows]


def test_login_of_a_person_and_of_a_workspace(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    agent = build.member(tx, workspace, "agent")
    admin = build.member(tx, workspace, "admin")

    tx.execute("select ops.create_bi_login(%s, %s, null)", (LOGIN, agent))
    assert seen_by(tx, LOGIN) == [agent]
    assert settings_of(tx, LOGIN) == {
        "default_transaction_read_only": "on",
        "statement_timeout": "60s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
        "temp_file_limit": "1GB",
    }
    assert tx.execute(
        "select rolconnlimit, rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = %s",
        (LOGIN,),
    ).fetchone() == (10, True, False, False)

    # Called again it stands for something else.
    tx.execute("select ops.create_bi_login(%s, null, %s)", (LOGIN, workspace))
    assert seen_by(tx, LOGIN) == [agent, admin]

    tx.execute("select ops.drop_bi_login(%s)", (LOGIN,))
    assert tx.execute("select from pg_roles where rolname = %s", (LOGIN,)).fetchall() == []
    assert tx.execute("select from app.principals").fetchall() == []


def test_login_stays_within_its_limits(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    tx.execute("select ops.create_bi_login(%s, null, %s)", (LOGIN, workspace))
    with tx.transaction(force_rollback=True):
        tx.execute(f"set local role {LOGIN}".encode())
        for statement in ("set temp_file_limit = -1", f"alter role {LOGIN} connection limit -1"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), tx.transaction():
                tx.execute(statement.encode())


@pytest.mark.parametrize(
    ("name", "person", "tenant", "message"),
    [
        ("Acme", "person", None, "lower-case"),
        ("leadboard_x", "person", None, "are taken"),
        ("pg_x", "person", None, "are taken"),
        ('a"; drop role x; --', "person", None, "lower-case"),
        (None, "person", None, "lower-case"),
        (LOGIN, None, None, "one of the two"),
        (LOGIN, "person", "tenant", "one of the two"),
        (LOGIN, "unknown", None, "no active member"),
        (LOGIN, "left", None, "no active member"),
        (LOGIN, None, "unknown", "no workspace"),
        ("postgres_like", "person", None, "more rights"),
    ],
)
def test_refused(
    tx: psycopg.Connection, name: str | None, person: str | None, tenant: str | None, message: str
) -> None:
    workspace = build.workspace(tx)
    keys = {
        "person": build.member(tx, workspace),
        "left": build.member(tx, workspace, deactivated_at=build.START),
        "tenant": workspace,
        "unknown": build.new_id(),
    }
    tx.execute("create role postgres_like login createdb")
    with (
        pytest.raises(psycopg.errors.InvalidParameterValue, match=message),
        tx.transaction(),
    ):
        tx.execute(
            "select ops.create_bi_login(%s, %s, %s)",
            (name, keys[person] if person else None, keys[tenant] if tenant else None),
        )


def test_only_bi_logins_are_dropped(tx: psycopg.Connection) -> None:
    for name in ("leadboard_api", "postgres", "nobody_at_all", None):
        with (
            pytest.raises(psycopg.errors.InvalidParameterValue, match="no BI login"),
            tx.transaction(),
        ):
            tx.execute("select ops.drop_bi_login(%s)", (name,))


def test_a_dba_who_is_no_superuser(tx: psycopg.Connection) -> None:
    """May create roles and not set temp_file_limit: the login is made, and what lacks is told."""
    notices: list[str] = []
    tx.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
    workspace = build.workspace(tx)
    tx.execute("create role house_dba login createrole")
    tx.execute("grant leadboard_owner to house_dba")
    tx.execute("grant leadboard_bi to house_dba with admin option")
    with tx.transaction(force_rollback=True):
        tx.execute("set local session authorization house_dba")
        tx.execute("select ops.create_bi_login(%s, null, %s)", (LOGIN, workspace))
        tx.execute("reset session authorization")
        assert "temp_file_limit" not in settings_of(tx, LOGIN)
        assert settings_of(tx, LOGIN)["statement_timeout"] == "60s"
    assert notices == [f"temp_file_limit of {LOGIN} is not set: that takes a superuser."]


def test_operators_make_no_logins(tx: psycopg.Connection) -> None:
    workspace = build.workspace(tx)
    for role in ("test_ops", "test_bi", "leadboard_api"):
        with (
            as_login(tx, role),
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            tx.transaction(),
        ):
            tx.execute("select ops.create_bi_login(%s, null, %s)", (LOGIN, workspace))


def test_limits_hold_on_a_connection(conn: psycopg.Connection, database: str) -> None:
    """A login as the BI tool has it: made, given a password, used, taken away."""
    workspace = build.workspace(conn)
    build.member(conn, workspace, "agent")
    # Roles belong to the server, which other tests use at the same time.
    name = f"bi_{conn.info.backend_pid}"
    conn.execute("select ops.create_bi_login(%s, null, %s)", (name, workspace))
    try:
        deploy.set_password(database, name, PASSWORD)
        with psycopg.connect(url_as(database, name), autocommit=True) as bi:
            assert bi.execute("select count(*) from analytics.members").fetchone() == (1,)
            shown = {
                setting: (bi.execute(f"show {setting}".encode()).fetchone() or ("",))[0]
                for setting in ("statement_timeout", "temp_file_limit", "lock_timeout")
            }
            assert shown == {
                "statement_timeout": "1min",
                "temp_file_limit": "1GB",
                "lock_timeout": "5s",
            }
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                bi.execute("create table analytics.own (id integer)")
    finally:
        conn.execute("select ops.drop_bi_login(%s)", (name,))
