"""Brings a database to the state of ``sql/``: migrations first, then the replaceable layer.

Migrations hold rows: append-only, applied once, never edited. Everything else under ``sql/`` is
dropped and rebuilt as a whole, in one transaction, whenever a file of it has changed. Readers see
the old layer or the new one. When nothing has changed, nothing is locked or written.
"""

import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Protocol, cast

import msgspec
import psycopg
import yoyo
from psycopg import sql
from yoyo.exceptions import BadMigration
from yoyo.migrations import topological_sort

from api import __version__, database_url

SQL_DIR = Path(__file__).resolve().parent.parent / "sql"
MINIMUM_SERVER = 150000

# Build order of the replaceable layer; within a folder in path order.
LAYERS = ("functions", "views/1_stats", "views/2_analytics", "triggers", "policies")

# Files behind the rollups: when one of them changes, the stored rollups may differ from their
# definition and are rebuilt.
DEFINITIONS = ("functions/app", "functions/crm", "functions/rollup")

# Any number that no other program takes on this database.
LOCK_KEY = 5_323_230_846

# A deploy must not queue behind a long query, because everybody else would queue behind the deploy.
LOCK_TIMEOUT = "3s"
LOCK_ATTEMPTS = 20

Report = Callable[[str], None]


def _say_nothing(message: str, /) -> None:
    del message


class DeployError(Exception):
    """The database is as it was before; the message names the file, the line and the reason."""


class Plan(msgspec.Struct, frozen=True):
    """What a database still lacks."""

    migrations: list[str]
    """Ids of the migrations to apply, in order."""
    layer: bool
    """Whether the replaceable layer has to be rebuilt."""
    definitions: bool
    """Whether the rollups have to be rebuilt, because what defines them may have changed."""

    @property
    def empty(self) -> bool:
        return not (self.migrations or self.layer or self.definitions)


class Source(msgspec.Struct, frozen=True):
    """One file of ``sql/``, read."""

    name: str
    """Path below ``sql/``."""
    text: str


class Tree(msgspec.Struct, frozen=True):
    """All files of ``sql/``, read once so that a deploy cannot see half of an edit."""

    directory: Path
    migrations: list[Source]
    layer: list[Source]

    @property
    def migrations_hash(self) -> str:
        return _digest(self.migrations)

    @property
    def layer_hash(self) -> str:
        return _digest(self.layer)

    @property
    def definitions_hash(self) -> str:
        return _digest([file for file in self.layer if file.name.startswith(DEFINITIONS)])


def deploy(
    url: str, sql_dir: Path = SQL_DIR, report: Report = _say_nothing, *, force: bool = False
) -> Plan:
    """Brings the database at ``url`` to the state of ``sql_dir``; returns what was done.

    The login must own the database and be a member of the ``leadboard_*`` owner roles; a superuser
    is. ``force`` rebuilds the replaceable layer even when nothing has changed. A second deploy at
    the same time waits for the first. Raises DeployError, after a roll-back, for a file that fails.
    """
    tree = read_tree(sql_dir)
    with _connect(url) as connection:
        plan = _plan(connection, tree, force=force)
        if plan.empty:
            return plan
        with _exclusive(connection, report):
            # The deploy that was waited for may have done everything.
            plan = _plan(connection, tree, force=force)
            if plan.empty:
                return plan
            started = time.monotonic()
            _apply_migrations(url, tree, plan.migrations, report)
            if plan.layer:
                _attempt(lambda: _replace_layer(connection, tree, plan, started, report), report)
            if plan.definitions:
                _rebuild_rollups(connection, tree, report)
    return plan


def pending(url: str, sql_dir: Path = SQL_DIR) -> Plan:
    """What a deploy would do. Changes nothing."""
    with _connect(url) as connection:
        return _plan(connection, read_tree(sql_dir), force=False)


def migrate(url: str, sql_dir: Path = SQL_DIR, report: Report = _say_nothing) -> list[str]:
    """Applies pending migrations only; returns their ids. What is left lacks the layer."""
    tree = read_tree(sql_dir)
    with _connect(url) as connection, _exclusive(connection, report):
        names = _plan(connection, tree, force=False).migrations
        _apply_migrations(url, tree, names, report)
    return names


def drop_layer(connection: psycopg.Connection) -> None:
    """Drops the replaceable layer inside the caller's transaction; migrations stay."""
    connection.execute(_statement("drop_layer.sql"))


def set_password(url: str, role: str, password: str) -> None:
    """Sets the password of a login. Only its SCRAM verifier travels, so no log can show it."""
    with psycopg.connect(url, autocommit=True) as connection:
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        )
        connection.execute(
            sql.SQL("alter role {} password {}").format(
                sql.Identifier(role), sql.Literal(verifier.decode())
            )
        )


def read_tree(sql_dir: Path) -> Tree:
    """Reads every file below ``sql_dir``. Raises DeployError when there is none."""
    migrations = _read(sql_dir, sorted(sql_dir.glob("migrations/*.sql")))
    if not migrations:
        raise DeployError(f"There are no migrations in {sql_dir / 'migrations'}.")
    layer = [
        file
        for folder in LAYERS
        for file in _read(sql_dir, sorted((sql_dir / folder).rglob("*.sql")))
    ]
    return Tree(directory=sql_dir, migrations=migrations, layer=layer)


def _read(sql_dir: Path, paths: list[Path]) -> list[Source]:
    files: list[Source] = []
    for path in paths:
        name = path.relative_to(sql_dir).as_posix()
        try:
            # Universal newlines: a checkout with other line ends has the same hash.
            files.append(Source(name, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError as error:
            raise DeployError(f"sql/{name} is not UTF-8: {error.reason}") from error
    return files


def _digest(files: list[Source]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{len(file.text)}\0{file.text}\0".encode())
    return digest.hexdigest()


def _connect(url: str) -> psycopg.Connection:
    connection = psycopg.connect(url, autocommit=True, application_name="leadboard deploy")
    version = connection.info.server_version
    if version < MINIMUM_SERVER:
        connection.close()
        raise DeployError(
            f"The server is PostgreSQL {version // 10000}; Leadboard needs "
            f"{MINIMUM_SERVER // 10000} or newer."
        )
    if connection.info.parameter_status("server_encoding") != "UTF8":
        connection.close()
        raise DeployError("The database is not UTF8: create it with encoding 'UTF8'.")
    # Names are written in full in every file; a search path would only hide a mistake.
    connection.execute("select set_config('search_path', '', false)")
    connection.execute("set timezone = 'UTC'")
    connection.execute("set client_min_messages = warning")
    connection.execute("select set_config('lock_timeout', %s, false)", (LOCK_TIMEOUT,))
    return connection


def _plan(connection: psycopg.Connection, tree: Tree, *, force: bool) -> Plan:
    applied = _applied(connection)
    known = {_migration_id(file): _migration_hash(file) for file in tree.migrations}
    for name, recorded in applied.items():
        if name not in known:
            raise DeployError(
                f"The database has the migration {name}, which is not in "
                f"{tree.directory / 'migrations'}: it was deployed by a newer Leadboard, "
                f"or the file was removed. Deploy that version, or bring the file back."
            )
        if known[name] != recorded:
            raise DeployError(
                f"sql/migrations/{name}.sql was edited after it had been applied. Undo the edit "
                f"and write the change as a new migration."
            )
    missing = [name for name in known if name not in applied]
    if missing and applied and missing[0] < max(applied):
        raise DeployError(
            f"sql/migrations/{missing[0]}.sql comes before {max(applied)}, which is already "
            f"applied. Give it a higher number."
        )
    last = _last_deployment(connection)
    layer = force or bool(missing) or last is None
    definitions = last is not None
    if last is not None:
        layer_hash, definitions_hash, major = last
        server_changed = major != connection.info.server_version // 10000
        layer = layer or layer_hash != tree.layer_hash or server_changed
        definitions = definitions_hash != tree.definitions_hash
    return Plan(migrations=missing, layer=layer, definitions=definitions)


def _applied(connection: psycopg.Connection) -> dict[str, str]:
    if not _exists(connection, "yoyo._yoyo_migration"):
        return {}
    rows = connection.execute(
        "select migration_id, migration_hash from yoyo._yoyo_migration order by migration_id"
    )
    return dict(rows)


def _last_deployment(connection: psycopg.Connection) -> tuple[str, str, int] | None:
    if not _exists(connection, "ops.deployments"):
        return None
    return connection.execute(
        """
        select replaceable_hash, definitions_hash, server_version / 10000
        from ops.deployments order by id desc limit 1
        """
    ).fetchone()


def _exists(connection: psycopg.Connection, relation: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", (relation,)).fetchone()
    return row is not None and bool(row[0])


@contextmanager
def _exclusive(connection: psycopg.Connection, report: Report) -> Generator[None]:
    row = connection.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone()
    if row is None or not row[0]:
        report("Another deploy is running on this database; waiting for it.")
        connection.execute("set lock_timeout = 0")
        connection.execute("select pg_advisory_lock(%s)", (LOCK_KEY,))
        connection.execute("select set_config('lock_timeout', %s, false)", (LOCK_TIMEOUT,))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", (LOCK_KEY,))


def _attempt(action: Callable[[], None], report: Report) -> None:
    """Runs a transaction again while somebody else's lock is in its way."""
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            action()
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            if attempt == LOCK_ATTEMPTS:
                raise DeployError(
                    f"Somebody holds a lock that the deploy needs: {error.diag.message_primary}. "
                    f"Look for long transactions in pg_stat_activity and deploy again."
                ) from error
            report(f"A running query holds a lock; trying again ({attempt}/{LOCK_ATTEMPTS}).")
            time.sleep(1)


def _apply_migrations(url: str, tree: Tree, names: list[str], report: Report) -> None:
    if not names:
        return
    with _connect(url) as connection:
        connection.execute("create schema if not exists yoyo")
    backend = yoyo.get_backend(database_url.for_yoyo(url))  # pyright: ignore[reportUnknownMemberType]
    try:
        # The advisory lock is ours, so a lock row can only be what a killed deploy left behind.
        backend.break_lock()
        backend.ensure_internal_schema_updated()
    finally:
        backend.connection.close()
    files = {_migration_id(file): file for file in tree.migrations}
    for migration in _in_order(tree):
        if migration.id not in names:
            continue
        report(f"Applying {migration.id}.")
        file = files[migration.id]
        _attempt(partial(_apply_one, url, migration, file), report)


class _Migration(Protocol):
    """What yoyo, which carries no types, knows about one file."""

    id: str
    use_transactions: bool


def _in_order(tree: Tree) -> list[_Migration]:
    """All migrations as yoyo sorts them; refused when that is not the order of their names."""
    directory = str(tree.directory / "migrations")
    try:
        found = topological_sort(yoyo.read_migrations(directory))  # pyright: ignore[reportUnknownMemberType]
    except BadMigration as error:
        raise DeployError(f"sql/migrations: {error}") from error
    migrations = cast("list[_Migration]", list(found))
    names = [migration.id for migration in migrations]
    if names != sorted(names):
        late = next(name for name, place in zip(names, sorted(names), strict=True) if name != place)
        raise DeployError(
            f"sql/migrations/{late}.sql is needed by a migration with a lower number."
        )
    return migrations


def _apply_one(url: str, migration: _Migration, file: Source) -> None:
    """Runs one migration and marks it as applied, both in one transaction.

    yoyo itself splits a file into statements, which loses the position of an error, and marks in a
    second transaction, which a crash can separate from the first.
    """
    mark = """
        insert into yoyo._yoyo_migration (migration_hash, migration_id, applied_at_utc)
        values (%s, %s, now() at time zone 'utc')
    """
    # `-- transactional: false` is for one statement that refuses a transaction, such as create
    # index concurrently.
    with (
        _connect(url) as connection,
        connection.transaction() if migration.use_transactions else nullcontext(),
    ):
        _run(connection, file)
        connection.execute(mark, (_migration_hash(file), migration.id))


def _replace_layer(
    connection: psycopg.Connection, tree: Tree, plan: Plan, started: float, report: Report
) -> None:
    report(f"Rebuilding functions, views, triggers and policies ({len(tree.layer)} files).")
    with connection.transaction():
        connection.execute("set local check_function_bodies = off")
        # A refresh that is running would lock the same views in another order.
        _call_if_there(connection, "ops.lock_refresh()", "select ops.lock_refresh()")
        try:
            drop_layer(connection)
        except psycopg.errors.DependentObjectsStillExist as error:
            raise DeployError(_message(error)) from error
        connection.execute(_statement("secure_layer.sql"))
        for file in tree.layer:
            _run(connection, file)
        _check_functions(connection, tree)
        _populate(connection, report)
        # The same facts may be answered otherwise now: no ETag given out before may match.
        _call_if_there(
            connection,
            "ops.raise_versions(uuid[], bigint)",
            "select ops.raise_versions(array(select workspace_id from crm.workspaces), null)",
        )
        connection.execute(
            """
            insert into ops.deployments
            (version, replaceable_hash, definitions_hash, migrations_hash, server_version,
             duration_ms)
            values (%s, %s, %s, %s, %s, %s)
            """,
            (
                __version__,
                tree.layer_hash,
                # Recorded after the rebuild: a deploy that dies in between is finished by the next.
                "" if plan.definitions else tree.definitions_hash,
                tree.migrations_hash,
                connection.info.server_version,
                round((time.monotonic() - started) * 1000),
            ),
        )


def _call_if_there(connection: psycopg.Connection, signature: str, statement: str) -> None:
    """Calls a function of the layer, which the first deploy and an old database do not have.

    As its owner: BYPASSRLS, which lets it see every workspace, comes with the role only.
    """
    row = connection.execute("select to_regprocedure(%s) is not null", (signature,)).fetchone()
    if row is not None and row[0]:
        connection.execute("set local role leadboard_rollup")
        connection.execute(statement.encode())
        connection.execute("reset role")


def _check_functions(connection: psycopg.Connection, tree: Tree) -> None:
    """Checks every body of the layer, now that everything a body may name exists."""
    folders = {Path(file.name).parent for file in tree.layer}
    connection.execute("set local check_function_bodies = on")
    functions = connection.execute(
        """
        select p.oid, p.oid::regprocedure::text, n.nspname, p.proname, v.proname
        from pg_catalog.pg_proc as p
        inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        inner join pg_catalog.pg_language as l on l.oid = p.prolang
        inner join pg_catalog.pg_proc as v on v.oid = l.lanvalidator
        where n.nspname = any(%s) and l.lanname in ('sql', 'plpgsql')
        order by 2
        """,
        ([folder.name for folder in folders if folder.parent.name == "functions"],),
    ).fetchall()
    for oid, signature, schema, name, validator in functions:
        check = sql.SQL("select pg_catalog.{}(%s::oid)").format(sql.Identifier(validator))
        try:
            with connection.transaction():
                connection.execute(check, (oid,))
        except psycopg.Error as error:
            raise DeployError(
                f"sql/functions/{schema}/{name}.sql: {signature}: {_message(error)}"
            ) from error


def _populate(connection: psycopg.Connection, report: Report) -> None:
    """Fills the materialized views that were made without data, lower ones first."""
    views = connection.execute(
        """
        with recursive edges as (
            select distinct r.ev_class as view, d.refobjid as source
            from pg_catalog.pg_rewrite as r
            inner join pg_catalog.pg_depend as d
                on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
                and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
            inner join pg_catalog.pg_class as s on s.oid = d.refobjid and s.relkind in ('v', 'm')
        ),
        levels as (
            select c.oid, 0 as level from pg_catalog.pg_class as c where c.relkind in ('v', 'm')
            union
            select e.view, l.level + 1 from levels as l inner join edges as e on e.source = l.oid
        )
        select n.nspname, c.relname
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        inner join levels as l on l.oid = c.oid
        where c.relkind = 'm' and not c.relispopulated
        group by n.nspname, c.relname
        order by max(l.level), 1, 2
        """
    ).fetchall()
    refresh = sql.SQL("refresh materialized view {}")
    for schema, name in views:
        report(f"Filling {schema}.{name}.")
        try:
            connection.execute(refresh.format(sql.Identifier(schema, name)))
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            raise
        except psycopg.Error as error:
            raise DeployError(f"Filling {schema}.{name} failed: {_message(error)}") from error


def _rebuild_rollups(connection: psycopg.Connection, tree: Tree, report: Report) -> None:
    """Refills the rollups after a change of their definition."""
    workspaces = connection.execute(
        "select workspace_id, name from crm.workspaces order by name, workspace_id"
    ).fetchall()
    for number, (workspace, name) in enumerate(workspaces, start=1):
        report(f"Rebuilding the rollups of {name} ({number}/{len(workspaces)}).")
        connection.execute("call ops.rebuild(%s, null, null)", (workspace,))
    connection.execute(
        """
        update ops.deployments set definitions_hash = %s
        where id = (select max(id) from ops.deployments)
        """,
        (tree.definitions_hash,),
    )


def _run(connection: psycopg.Connection, file: Source) -> None:
    try:
        connection.execute(file.text.encode())
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        raise
    except psycopg.Error as error:
        raise DeployError(f"{_place(error, file)}: {_message(error)}") from error


def _place(error: psycopg.Error, file: Source) -> str:
    position = error.diag.statement_position
    if position is None:
        return f"sql/{file.name}"
    line = file.text.count("\n", 0, int(position) - 1) + 1
    return f"sql/{file.name}:{line}"


def _message(error: psycopg.Error) -> str:
    diag = error.diag
    lines = [diag.message_primary or str(error).strip()]
    if diag.internal_query and diag.internal_position:
        number = diag.internal_query.count("\n", 0, int(diag.internal_position) - 1)
        lines.append(f"  at: {diag.internal_query.splitlines()[number].strip()}")
    if diag.message_detail:
        lines.append(f"  detail: {diag.message_detail}")
    if diag.message_hint:
        lines.append(f"  hint: {diag.message_hint}")
    if diag.context:
        lines.append(f"  context: {diag.context}")
    return "\n".join(lines)


def _statement(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()


def _migration_id(file: Source) -> str:
    return Path(file.name).stem


def _migration_hash(file: Source) -> str:
    # yoyo hashes the name only. With the text in it, an edit of an applied file shows.
    return hashlib.sha256(f"{_migration_id(file)}\0{file.text}".encode()).hexdigest()
