"""Databases for the tests.

One PostgreSQL per test run, shared by all xdist workers: the embedded one, or the server named by
``LEADBOARD_TEST_DATABASE_URL`` (a superuser's URL). On it one template database, deployed once
through the code path of ``leadboard deploy``. Every test works on a clone of it:

``tx``        the fast default: a superuser's connection inside a transaction that is rolled back
``database``  URL of a clone made for this test alone, for what must commit or needs several logins
``conn``      a superuser's autocommit connection to ``database``
``login``     opens connections to ``database`` as another login: ``with login("test_bi") as bi:``
"""

import fcntl
import gc
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pytest_postgresql.janitor import DatabaseJanitor

from api import database_url
from jobs import deploy, server

RUN_DIR = "LEADBOARD_TEST_RUN_DIR"
GIVEN_SERVER = "LEADBOARD_TEST_DATABASE_URL"

PASSWORD = "only-for-tests"

# Logins of the personas that are not people; the service logs in as leadboard_api.
PERSONAS = {
    "test_bi": "leadboard_bi",
    "test_router": "leadboard_router",
    "test_ops": "leadboard_ops",
    "test_anonymous": None,
}

# Bytes that a run's databases may take.
ROOM_IN_MEMORY = 4 * 2**30

Login = Callable[[str], AbstractContextManager[psycopg.Connection]]

_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    # Settings of the developer's shell must not reach the code under test.
    for name in list(os.environ):
        if name.startswith("LEADBOARD_") and name != GIVEN_SERVER:
            del os.environ[name]
    # Workers inherit the environment. The path is short: it holds a socket.
    os.environ[RUN_DIR] = tempfile.mkdtemp(prefix="leadboard-", dir=_memory())


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or RUN_DIR not in os.environ:
        return
    directory = run_dir()
    state = directory / "server.json"
    if state.exists():
        # Workers have ended; what one of them left behind when it was killed goes too.
        _drop_databases(json.loads(state.read_text())["url"], directory.name)
    server.stop(directory / "pg", immediate=True)
    shutil.rmtree(directory, ignore_errors=True)
    del os.environ[RUN_DIR]


def pytest_collection_finish() -> None:
    # The tests stay: a search for garbage need not walk through all of them.
    gc.freeze()


@pytest.fixture(scope="session")
def server_url() -> str:
    """Superuser's URL of the run's server, database ``postgres``."""
    return _prepared()


@pytest.fixture(scope="session")
def run_prefix() -> str:
    """What the names of all databases of this run begin with."""
    return run_dir().name


@pytest.fixture
def database(server_url: str, run_prefix: str) -> Generator[str]:
    """Superuser's URL of a fresh clone of the deployed template."""
    with clone(server_url, run_prefix) as url:
        yield url


@pytest.fixture
def conn(database: str) -> Generator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def module_database(server_url: str, run_prefix: str) -> Generator[str]:
    """A fresh clone for the tests of one module: nobody else's dead rows and statistics."""
    with clone(server_url, run_prefix) as url:
        yield url


@pytest.fixture(scope="session")
def shared_database(server_url: str, run_prefix: str) -> Generator[str]:
    """A clone for all ``tx`` tests of this worker. Nothing is ever committed to it."""
    with clone(server_url, run_prefix) as url:
        yield url


@pytest.fixture(scope="session")
def shared_connection(shared_database: str) -> Generator[psycopg.Connection]:
    """A superuser's session for all ``tx`` tests of this worker: what it has compiled, and read of
    the catalog, serves the next test too."""
    with psycopg.connect(shared_database, autocommit=True, prepare_threshold=None) as connection:
        yield connection


@pytest.fixture
def tx(shared_connection: psycopg.Connection) -> Generator[psycopg.Connection]:
    """A superuser's connection in a transaction that is rolled back; commit() is refused.

    Expect an error inside a savepoint: ``with pytest.raises(...), tx.transaction(): ...``.
    """
    with shared_connection.transaction(force_rollback=True):
        yield shared_connection
    # What a rollback does not undo.
    shared_connection.execute("deallocate all; select pg_advisory_unlock_all()")


@pytest.fixture
def login(database: str) -> Login:
    """Opens autocommit connections to ``database`` as another login."""

    @contextmanager
    def open_login(role: str) -> Generator[psycopg.Connection]:
        with psycopg.connect(url_as(database, role), autocommit=True) as connection:
            yield connection

    return open_login


@pytest.fixture
def empty_database(server_url: str, run_prefix: str) -> Generator[str]:
    """Superuser's URL of a database that nothing was deployed to."""
    name = _next_name(run_prefix)
    server.ensure_database(server_url, name)
    try:
        yield database_url.with_database(server_url, name)
    finally:
        _janitor(server_url, name).drop()


@pytest.fixture
def server_dir() -> Generator[Path]:
    """A directory for a server of the test's own; its data directory is ``server_dir / "pg"``.

    Not below tmp_path: pytest closes that to other users whenever it starts, and a server that root
    starts runs as another user. And short, because it holds a socket.
    """
    path = Path(tempfile.mkdtemp(prefix="leadboard-"))
    yield path
    server.stop(path / "pg", immediate=True)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def deploy_lock() -> Generator[None]:
    """Held by tests that run migrations: roles belong to the server, and PostgreSQL answers two
    databases that grant the same role at the same time with `tuple concurrently updated`."""
    with run_lock():
        yield


def url_as(url: str, role: str) -> str:
    """The same database for another login; all logins of the tests share one password."""
    return database_url.with_login(url, role, PASSWORD)


def kill_server(pid: int) -> None:
    """The whole server dies at once, as with a power cut. ``pid``: of its postmaster."""
    postmaster = psutil.Process(pid)
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        # A session that was just ending is gone by now.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=120)


def run_dir() -> Path:
    """What the workers of this run share."""
    return Path(os.environ[RUN_DIR])


@contextmanager
def run_lock() -> Generator[None]:
    """Held by one worker at a time."""
    with (run_dir() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _memory() -> Path | None:
    """A directory that is held in memory, if there is enough of that: a disk takes several times as
    long to make and drop a database, of which a run has some six hundred."""
    directory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes one of its own in it
    if not directory.is_dir() or not os.access(directory, os.W_OK):
        return None
    room = min(shutil.disk_usage(directory).free, psutil.virtual_memory().available // 2)
    return directory if room >= ROOM_IN_MEMORY else None


def _prepared() -> str:
    """Server and template, made by whichever worker comes first."""
    directory = run_dir()
    state = directory / "server.json"
    with run_lock():
        if not state.exists():
            url = os.environ.get(GIVEN_SERVER) or _embedded(directory)
            state.write_text(json.dumps({"url": url}))
        url: str = json.loads(state.read_text())["url"]
        template_made = directory / "template-made"
        if not template_made.exists():
            template = template_name(directory.name)
            server.ensure_database(url, template)
            if failure := _deploy_failure(database_url.with_database(url, template)):
                pytest.fail(f"sql/ cannot be deployed:\n{failure}", pytrace=False)
            _create_logins(url)
            template_made.touch()
    return url


def _deploy_failure(url: str) -> str | None:
    try:
        deploy.deploy(url)
    except deploy.DeployError as error:
        return str(error)
    return None


def _embedded(directory: Path) -> str:
    return server.start(directory / "pg", "tests").url("postgres")


def _create_logins(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for role, group in PERSONAS.items():
            try:
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
            except psycopg.errors.DuplicateObject:
                continue
            if group is not None:
                grant = sql.SQL("grant {} to {}")
                connection.execute(grant.format(sql.Identifier(group), sql.Identifier(role)))
    for role in (*PERSONAS, "leadboard_api", "leadboard_worker"):
        deploy.set_password(url, role, PASSWORD)


@contextmanager
def clone(server_url: str, run_prefix: str, template: str | None = None) -> Generator[str]:
    """URL of a copy of the deployed template, or of another one; it goes with the context."""
    name = _next_name(run_prefix)
    try:
        yield copy_database(server_url, template or template_name(run_prefix), name)
    finally:
        _janitor(server_url, name).drop()


def copy_database(server_url: str, source: str, target: str) -> str:
    """URL of the copy."""
    # Copied as files: half the time of the usual way, which writes every page to the log.
    statement = sql.SQL("create database {} template {} strategy file_copy")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(target), sql.Identifier(source)))
        _copy_rights(connection, source, target)
    return database_url.with_database(server_url, target)


def _janitor(server_url: str, name: str) -> DatabaseJanitor:
    server_info = conninfo_to_dict(server_url)
    return DatabaseJanitor(
        user=str(server_info["user"]),
        host=str(server_info["host"]),
        port=str(server_info.get("port") or 5432),
        password=str(server_info["password"]) if "password" in server_info else None,
        dbname=name,
    )


def _copy_rights(connection: psycopg.Connection, source: str, target: str) -> None:
    """CREATE DATABASE copies neither the rights on the database nor its settings."""
    name = sql.Identifier(target)
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    rights = connection.execute(
        """
        select acl.privilege_type, acl.grantee::regrole::text
        from pg_database as d cross join aclexplode(d.datacl) as acl
        where d.datname = %s and acl.grantee <> 0 and acl.grantee <> d.datdba
        """,
        (source,),
    ).fetchall()
    for right, grantee in rights:
        statement = sql.SQL("grant {} on database {} to {}")
        connection.execute(statement.format(sql.SQL(right), name, sql.Identifier(grantee)))
    settings = connection.execute(
        """
        select unnest(s.setconfig) from pg_db_role_setting as s
        inner join pg_database as d on d.oid = s.setdatabase
        where d.datname = %s and s.setrole = 0
        """,
        (source,),
    ).fetchall()
    for (setting,) in settings:
        key, _, value = setting.partition("=")
        statement = sql.SQL("alter database {} set {} = {}")
        connection.execute(statement.format(name, sql.Identifier(key), sql.Literal(value)))


def _drop_databases(url: str, prefix: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "select datname from pg_database where starts_with(datname, %s)", (prefix,)
        ).fetchall()
        for (name,) in names:
            statement = sql.SQL("drop database if exists {} with (force)")
            connection.execute(statement.format(sql.Identifier(name)))


def template_name(run_prefix: str) -> str:
    """The database that the others are copies of."""
    return f"{run_prefix}-template"


def _next_name(run_prefix: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{run_prefix}-{worker}-{next(_numbers)}"
