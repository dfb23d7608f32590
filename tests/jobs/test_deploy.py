"""Deploy, proved: on small trees written by each test, and on the real sql/."""

import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest

from jobs import deploy, server
from jobs.deploy import DeployError, Plan
from tests import builders

WriteTree = Callable[[Mapping[str, str]], Path]

CHANGE_NUMBER = re.compile(r"ALTER COLUMN \S+ SET \(pg_attver=\d+\);$")

FIRST = """
-- Just enough to deploy to.
create schema app;
create schema crm;
create schema ops;
create table ops.deployments (
    id bigint generated always as identity primary key,
    version text not null,
    replaceable_hash text not null,
    definitions_hash text not null,
    migrations_hash text not null,
    server_version integer not null,
    duration_ms integer not null,
    deployed_at timestamptz not null default now()
);
create table crm.workspaces (workspace_id integer primary key, name text);
"""

BASE = {
    "migrations/0001.create-base.sql": FIRST,
    "functions/app/one.sql": "create function app.one() returns int language sql as 'select 1';",
    "views/2_analytics/ones.sql": "create view app.ones as select app.one() as n;",
}


@pytest.fixture
def tree(tmp_path: Path) -> WriteTree:
    """Writes files below a sql/ of this test; a later call adds to it."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / "sql" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "sql"

    return write


def dump(url: str) -> str:
    """Every object with owner, rights and comments, as pg_dump writes it."""
    done = subprocess.run(
        [server.program("pg_dump"), "--schema-only", "--exclude-schema=yoyo", "--dbname", url],
        capture_output=True,
        text=True,
        check=True,
    )
    # \restrict carries a random key. Some servers number the changes of a column in an option.
    return "\n".join(
        line
        for line in done.stdout.splitlines()
        if not line.startswith(("\\restrict", "\\unrestr")) and not CHANGE_NUMBER.search(line)
    )


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def migrations_of(sql_dir: Path) -> list[Path]:
    return sorted((sql_dir / "migrations").glob("*.sql"))


# --- the real sql/ ---


@pytest.mark.usefixtures("deploy_lock")
def test_a_fresh_install_equals_an_upgrade_from_every_earlier_state(
    empty_database: str, database: str, tmp_path: Path
) -> None:
    old = tmp_path / "sql"
    shutil.copytree(deploy.SQL_DIR / "migrations", old / "migrations")
    held_back = migrations_of(old)[1:]
    for path in held_back:
        path.rename(path.with_suffix(".later"))
    deploy.migrate(empty_database, old)
    for path in held_back:
        path.with_suffix(".later").rename(path)
        assert deploy.migrate(empty_database, old) == [path.stem]

    deploy.deploy(empty_database)

    assert dump(empty_database) == dump(database)


@pytest.mark.usefixtures("deploy_lock")
def test_dropping_the_layer_leaves_no_residue(empty_database: str, database: str) -> None:
    deploy.migrate(empty_database)
    assert dump(database) != dump(empty_database)

    with psycopg.connect(database) as connection:
        deploy.drop_layer(connection)

    assert dump(database) == dump(empty_database)


def test_dropping_the_layer_of_an_upgraded_database_and_deploying_again_restores_it(
    database: str,
) -> None:
    before = dump(database)
    with psycopg.connect(database) as connection:
        deploy.drop_layer(connection)

    deploy.deploy(database, force=True)

    assert dump(database) == before


def test_the_second_deploy_finds_nothing_to_do(database: str) -> None:
    before = scalar(database, "select count(*) from ops.deployments")

    assert deploy.deploy(database) == Plan(migrations=[], layer=False, definitions=False)

    assert scalar(database, "select count(*) from ops.deployments") == before


def test_a_new_layer_ends_the_validity_of_every_etag(
    database: str, conn: psycopg.Connection
) -> None:
    gym = builders.workspace(conn)
    versions = "select version from ops.workspace_versions where workspace_id = %s"

    deploy.deploy(database, force=True)
    first = conn.execute(versions, (gym,)).fetchone()
    deploy.deploy(database, force=True)
    second = conn.execute(versions, (gym,)).fetchone()

    assert first is not None
    assert second is not None
    assert second[0] > first[0]


def test_a_running_refresh_is_waited_for(
    database: str, conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "LOCK_TIMEOUT", "50ms")
    said: list[str] = []
    with psycopg.connect(database) as refresh:
        refresh.execute("select ops.lock_refresh()")

        def report(message: str) -> None:
            said.append(message)
            if "holds a lock" in message:
                refresh.rollback()

        assert deploy.deploy(database, report=report, force=True).layer

    assert any("trying again" in message for message in said)
    assert conn.execute("select count(*) from ops.deployments").fetchone() == (2,)


# --- mechanics ---


def test_a_first_deploy_applies_everything_and_records_it(
    empty_database: str, tree: WriteTree
) -> None:
    plan = deploy.deploy(empty_database, tree(BASE))

    assert plan == Plan(migrations=["0001.create-base"], layer=True, definitions=False)
    assert scalar(empty_database, "select n from app.ones") == 1
    assert scalar(empty_database, "select count(*) from ops.deployments") == 1


def test_an_unchanged_deploy_takes_no_lock(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", (deploy.LOCK_KEY,))

        assert deploy.deploy(empty_database, sql_dir).empty


def test_other_line_ends_are_no_change(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    for path in sql_dir.rglob("*.sql"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert deploy.deploy(empty_database, sql_dir).empty


def test_a_changed_file_replaces_the_layer(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(
        BASE | {"functions/app/two.sql": BASE["functions/app/one.sql"].replace("one", "two")}
    )
    deploy.deploy(empty_database, sql_dir)
    (sql_dir / "functions/app/two.sql").unlink()

    plan = deploy.deploy(empty_database, sql_dir)

    assert plan.layer
    assert not plan.migrations
    assert scalar(empty_database, "select to_regproc('app.two') is null") is True


def test_a_function_may_name_a_view_that_is_built_later(
    empty_database: str, tree: WriteTree
) -> None:
    sql_dir = tree(
        BASE
        | {
            "functions/app/sum_of_ones.sql": (
                "create function app.sum_of_ones() returns bigint language sql "
                "as 'select sum(n) from app.ones';"
            )
        }
    )

    deploy.deploy(empty_database, sql_dir)

    assert scalar(empty_database, "select app.sum_of_ones()") == 1


def test_materialized_views_are_filled_in_order_of_dependency(
    empty_database: str, tree: WriteTree
) -> None:
    # By name the view `a_total` comes first, and it reads `b_ones`.
    sql_dir = tree(
        BASE
        | {
            "views/1_stats/0_ones.sql": (
                "create materialized view app.b_ones as select 1 as n with no data;"
            ),
            "views/1_stats/1_total.sql": (
                "create materialized view app.a_total as select sum(n) as total from app.b_ones "
                "with no data;"
            ),
        }
    )

    deploy.deploy(empty_database, sql_dir)

    assert scalar(empty_database, "select total from app.a_total") == 1


def test_a_new_server_version_rebuilds_the_layer(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as connection:
        connection.execute("update ops.deployments set server_version = 140000")

    assert deploy.deploy(empty_database, sql_dir).layer
    assert deploy.deploy(empty_database, sql_dir).empty


REBUILD = {
    "migrations/0002.create-rebuilds.sql": "create table ops.rebuilds (workspace integer);",
    "functions/ops/rebuild.sql": """
        create procedure ops.rebuild(p_workspace_id integer, p_from date, p_to date)
        language sql as 'insert into ops.rebuilds values (p_workspace_id)';
    """,
    "functions/rollup/rows.sql": """
        create function app.definition() returns integer language sql as 'select 1';
    """,
}


def test_a_changed_definition_rebuilds_the_rollups(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE | REBUILD)
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as connection:
        connection.execute("insert into crm.workspaces values (1, 'a'), (2, 'b')")
    tree({"functions/rollup/rows.sql": REBUILD["functions/rollup/rows.sql"].replace("1", "2")})

    assert deploy.deploy(empty_database, sql_dir).definitions

    rebuilt = "select array_agg(workspace order by workspace) from ops.rebuilds"
    assert scalar(empty_database, rebuilt) == [1, 2]
    assert deploy.deploy(empty_database, sql_dir).empty


def test_a_deploy_that_died_before_the_rebuild_is_finished_by_the_next(
    empty_database: str, tree: WriteTree
) -> None:
    sql_dir = tree(BASE | REBUILD)
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as connection:
        connection.execute("insert into crm.workspaces values (1, 'a')")
        # What the transaction that replaced the layer has committed by then.
        connection.execute("update ops.deployments set definitions_hash = ''")

    plan = deploy.deploy(empty_database, sql_dir)

    assert plan == Plan(migrations=[], layer=False, definitions=True)
    assert scalar(empty_database, "select count(*) from ops.rebuilds") == 1


# --- what is refused ---


def test_an_edited_applied_migration_is_refused(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    tree({"migrations/0001.create-base.sql": FIRST + "\ncreate table crm.more (x int);"})

    with pytest.raises(DeployError, match=r"0001\.create-base\.sql was edited after"):
        deploy.deploy(empty_database, sql_dir)

    assert scalar(empty_database, "select to_regclass('crm.more') is null") is True


def test_a_database_of_a_newer_version_is_refused(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE | {"migrations/0002.create-more.sql": "create table crm.more (x int);"})
    deploy.deploy(empty_database, sql_dir)
    (sql_dir / "migrations/0002.create-more.sql").unlink()

    with pytest.raises(DeployError, match=r"has the migration 0002\.create-more"):
        deploy.deploy(empty_database, sql_dir)


def test_a_migration_that_comes_too_late_is_refused(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE | {"migrations/0003.create-c.sql": "create table crm.c (x int);"})
    deploy.deploy(empty_database, sql_dir)
    tree({"migrations/0002.create-b.sql": "create table crm.b (x int);"})

    with pytest.raises(DeployError, match=r"0002\.create-b\.sql comes before 0003\.create-c"):
        deploy.deploy(empty_database, sql_dir)


def test_a_migration_may_not_depend_on_a_later_one(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(
        BASE
        | {
            "migrations/0002.create-b.sql": "-- depends: 0003.create-c\nselect 1;",
            "migrations/0003.create-c.sql": "create table crm.c (x int);",
        }
    )

    with pytest.raises(DeployError, match=r"0003\.create-c\.sql is needed by"):
        deploy.deploy(empty_database, sql_dir)


def test_a_tree_without_migrations_is_refused(empty_database: str, tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="no migrations"):
        deploy.deploy(empty_database, tmp_path)


def test_an_old_server_is_refused(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "MINIMUM_SERVER", 990000)

    with pytest.raises(DeployError, match="Leadboard needs 99 or newer"):
        deploy.deploy(empty_database)


@pytest.mark.parametrize(
    ("use", "lost"),
    [
        ("alter table crm.workspaces add check (app.one() = 1)", "constraint workspaces_check"),
        (
            "create index by_one on crm.workspaces ((workspace_id + app.one()))",
            r"index crm\.by_one",
        ),
        (
            "alter table crm.workspaces add column b int generated always as (app.one()) stored",
            r"column crm\.workspaces\.b",
        ),
    ],
)
def test_what_holds_rows_is_never_dropped_with_a_function(
    empty_database: str, tree: WriteTree, use: str, lost: str
) -> None:
    pure = BASE["functions/app/one.sql"].replace("language sql", "immutable language sql")
    sql_dir = tree(BASE | {"functions/app/one.sql": pure})
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as connection:
        connection.execute(use.encode())
    before = dump(empty_database)
    tree({"functions/app/two.sql": pure.replace("one", "two")})

    with pytest.raises(DeployError, match=f"would take away: .*{lost}"):
        deploy.deploy(empty_database, sql_dir)

    assert dump(empty_database) == before


# --- what fails ---


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "views/2_analytics/bad.sql",
            "-- A view.\ncreate view app.bad as\nselect nothing from app.one();",
            r'sql/views/2_analytics/bad\.sql:3: column "nothing" does not exist',
        ),
        (
            "functions/app/bad.sql",
            "create function app.bad() returns int language sql as 'select none';",
            r'sql/functions/app/bad\.sql: app\.bad\(\): column "none" does not exist\n  at: select',
        ),
        (
            "functions/app/bad.sql",
            "create function app.bad() returns int language plpgsql as 'begin retrun 1; end';",
            r"sql/functions/app/bad\.sql.*syntax error at or near",
        ),
        (
            "policies/crm.workspaces.sql",
            "create policy see on crm.nowhere using (true);",
            r'sql/policies/crm\.workspaces\.sql: relation "crm\.nowhere" does not exist',
        ),
    ],
)
def test_a_broken_file_is_named_and_nothing_changes(
    empty_database: str, tree: WriteTree, name: str, text: str, message: str
) -> None:
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    before = dump(empty_database)
    tree({name: text})

    with pytest.raises(DeployError, match=message):
        deploy.deploy(empty_database, sql_dir)

    assert dump(empty_database) == before
    assert scalar(empty_database, "select count(*) from ops.deployments") == 1


def test_a_broken_function_of_somebody_else_is_no_concern(
    empty_database: str, tree: WriteTree
) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("create schema theirs")
        connection.execute("set check_function_bodies = off")
        connection.execute("create function theirs.bad() returns int language sql as 'select none'")

    deploy.deploy(empty_database, tree(BASE))

    assert scalar(empty_database, "select to_regproc('theirs.bad') is not null")


def test_a_broken_migration_is_undone_and_those_before_it_stay(
    empty_database: str, tree: WriteTree
) -> None:
    sql_dir = tree(
        BASE
        | {
            "migrations/0002.create-b.sql": "create table crm.b (x int);",
            "migrations/0003.create-c.sql": "create table crm.c (x int);\ncreate tabel crm.d ();",
        }
    )

    with pytest.raises(DeployError, match=r'sql/migrations/0003\.create-c\.sql:2: .*"tabel"'):
        deploy.deploy(empty_database, sql_dir)

    assert scalar(empty_database, "select to_regclass('crm.c') is null") is True
    assert deploy.pending(empty_database, sql_dir).migrations == ["0003.create-c"]
    tree({"migrations/0003.create-c.sql": "create table crm.c (x int);"})
    assert deploy.deploy(empty_database, sql_dir).migrations == ["0003.create-c"]


def test_a_file_that_is_not_utf8_is_named(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    (sql_dir / "functions/app/one.sql").write_bytes(b"-- caf\xe9\nselect 1;")

    with pytest.raises(DeployError, match=r"sql/functions/app/one\.sql is not UTF-8"):
        deploy.deploy(empty_database, sql_dir)


def test_one_statement_may_run_outside_a_transaction(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(
        BASE
        | {
            "migrations/0002.add-index.sql": (
                "-- transactional: false\n"
                "create index concurrently by_name on crm.workspaces (name);"
            )
        }
    )

    deploy.deploy(empty_database, sql_dir)

    assert scalar(empty_database, "select to_regclass('crm.by_name') is not null") is True


# --- at the same time ---


def test_a_second_deploy_waits_and_says_so(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    said: list[str] = []
    waiting = threading.Event()
    plans: list[Plan] = []

    def report(message: str) -> None:
        said.append(message)
        waiting.set()

    def second() -> None:
        plans.append(deploy.deploy(empty_database, sql_dir, report))

    with psycopg.connect(empty_database, autocommit=True) as first:
        first.execute("select pg_advisory_lock(%s)", (deploy.LOCK_KEY,))
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(30)
        assert said == ["Another deploy is running on this database; waiting for it."]
        assert not plans
        first.execute("select pg_advisory_unlock(%s)", (deploy.LOCK_KEY,))
        thread.join(60)

    assert [plan.layer for plan in plans] == [True]


def test_of_two_deploys_at_once_one_does_the_work(empty_database: str, tree: WriteTree) -> None:
    sql_dir = tree(BASE)
    plans: list[Plan] = []
    start = threading.Barrier(2)

    def one() -> None:
        start.wait()
        plans.append(deploy.deploy(empty_database, sql_dir))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(plan.empty for plan in plans) == [False, True]
    assert scalar(empty_database, "select count(*) from ops.deployments") == 1


def test_a_lock_row_left_by_a_killed_deploy_is_no_obstacle(
    empty_database: str, tree: WriteTree
) -> None:
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as connection:
        connection.execute("insert into yoyo.yoyo_lock (locked, ctime, pid) values (1, now(), 1)")
    tree({"migrations/0002.create-b.sql": "create table crm.b (x int);"})

    assert deploy.deploy(empty_database, sql_dir).migrations == ["0002.create-b"]


def test_a_reader_in_the_way_is_waited_for(
    empty_database: str, tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "LOCK_TIMEOUT", "50ms")
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    said: list[str] = []
    with psycopg.connect(empty_database) as reader:
        reader.execute("select n from app.ones")

        def report(message: str) -> None:
            said.append(message)
            if "holds a lock" in message:
                reader.rollback()

        plan = deploy.deploy(empty_database, sql_dir, report, force=True)

    assert plan.layer
    assert [message for message in said if "trying again (1/" in message]


def test_a_reader_that_never_ends_is_named_as_the_reason(
    empty_database: str, tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(deploy, "LOCK_ATTEMPTS", 1)
    sql_dir = tree(BASE)
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as reader:
        reader.execute("select n from app.ones")

        with pytest.raises(DeployError, match="Look for long transactions"):
            deploy.deploy(empty_database, sql_dir, force=True)


# --- rights ---


def test_rights_given_by_a_dba_survive_and_ours_do_not(
    empty_database: str, tree: WriteTree, server_url: str
) -> None:
    del server_url
    sql_dir = tree(
        BASE
        | {
            "policies/crm.workspaces.sql": """
                alter table crm.workspaces enable row level security;
                grant select on crm.workspaces to leadboard_bi, public;
                grant update (name) on crm.workspaces to leadboard_api;
            """
        }
    )
    deploy.deploy(empty_database, sql_dir)
    with psycopg.connect(empty_database) as connection:
        connection.execute("grant select on crm.workspaces to test_anonymous")
    (sql_dir / "policies/crm.workspaces.sql").unlink()

    deploy.deploy(empty_database, sql_dir)

    who = """
        select array_agg(distinct grantee::text) from information_schema.role_table_grants
        where table_name = 'workspaces' and grantee <> grantor
    """
    assert scalar(empty_database, who) == ["test_anonymous"]
    columns = """
        select count(*) from pg_attribute
        where attacl is not null and attrelid = 'crm.workspaces'::regclass
    """
    assert scalar(empty_database, columns) == 0
    secured = "select relrowsecurity from pg_class where oid = 'crm.workspaces'::regclass"
    assert scalar(empty_database, secured) is False


def test_a_new_function_is_executable_by_nobody_else(
    empty_database: str, tree: WriteTree, server_url: str
) -> None:
    del server_url
    deploy.deploy(empty_database, tree(BASE))

    right = "select has_function_privilege('test_anonymous', 'app.one()', 'execute')"
    assert scalar(empty_database, right) is False


def test_an_ordinary_login_deploys_where_a_dba_has_made_the_roles() -> None:
    roles = {
        "leadboard_owner": "nologin",
        "leadboard_rollup": "nologin bypassrls",
        "leadboard_view": "nologin",
        "leadboard_bi": "nologin",
        "leadboard_router": "nologin",
        "leadboard_ops": "nologin",
        "leadboard_api": "login",
        "leadboard_worker": "login",
    }
    with server.temporary() as running:
        server.ensure_database(running.url("postgres"), "leadboard")
        with psycopg.connect(running.url("postgres"), autocommit=True) as connection:
            connection.execute("create role deployer login createrole")
            connection.execute("alter database leadboard owner to deployer")
            for role, attributes in roles.items():
                connection.execute(f"create role {role} {attributes}".encode())
                connection.execute(f"grant {role} to deployer with admin option".encode())
        url = running.url("leadboard", "deployer")

        assert deploy.deploy(url).layer
        assert deploy.deploy(url, force=True).layer
        assert deploy.deploy(url).empty


def test_a_password_is_stored_as_its_verifier(server_url: str) -> None:
    deploy.set_password(server_url, "test_anonymous", "only-for-tests")

    stored = "select rolpassword from pg_authid where rolname = 'test_anonymous'"
    assert str(scalar(server_url, stored)).startswith("SCRAM-SHA-256$")
