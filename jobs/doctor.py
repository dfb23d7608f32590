"""What is missing, and how to mend it: what ``leadboard doctor`` shows."""

import shutil
from collections.abc import Generator
from typing import Literal

import msgspec
import psycopg

from api.auth import KeyRingError, TokenIssuer
from api.settings import DatabaseUrl, Settings, SettingsError
from jobs import deploy

ROLES = (
    "leadboard_owner",
    "leadboard_rollup",
    "leadboard_view",
    "leadboard_api",
    "leadboard_worker",
    "leadboard_bi",
    "leadboard_router",
    "leadboard_ops",
)
LOW_DISK_BYTES = 1024**3
CONNECT_TIMEOUT = 5

Level = Literal["good", "note", "bad"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    level: Level
    subject: str
    text: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything that can be looked at; the settings name their database."""
    findings = list(_keys(settings))
    if settings.database_url is None:
        return [*findings, Finding("bad", "database", "No database is named.", "leadboard up")]
    try:
        with psycopg.connect(
            settings.database_url.reveal(), autocommit=True, connect_timeout=CONNECT_TIMEOUT
        ) as connection:
            findings += _server(connection)
            findings += _login(connection)
            findings += _roles(connection)
            findings += _deployment(settings.database_url, connection)
            findings += _connections(settings, connection)
            findings += _worker(connection)
    except psycopg.OperationalError as error:
        findings.append(
            Finding(
                "bad",
                "database",
                f"{settings.database_url} does not answer: {_words(error)}",
                "Start the server, or correct LEADBOARD_DATABASE_URL.",
            )
        )
        return findings
    findings += _reach("service", settings.service_database(), "LEADBOARD_API_PASSWORD")
    findings += _reach("worker login", settings.worker_database(), "LEADBOARD_WORKER_PASSWORD")
    if settings.read_url is not None:
        findings += _reach("replica", settings.read_url, "LEADBOARD_READ_URL")
    findings += _disk(settings)
    return findings


def _keys(settings: Settings) -> Generator[Finding]:
    try:
        kid = TokenIssuer.of(settings).ring.signing_kid()
    except SettingsError as error:
        yield Finding("bad", "token keys", str(error), "Set LEADBOARD_JWT_KEYS.")
    except KeyRingError as error:
        if "private half" in str(error):
            yield Finding("note", "token keys", "Keys verify only: `leadboard token` cannot sign.")
        else:
            yield Finding("bad", "token keys", str(error), "Correct LEADBOARD_JWT_KEYS.")
    else:
        yield Finding("good", "token keys", f"Tokens are signed and verified with key {kid}.")


def _server(connection: psycopg.Connection) -> Generator[Finding]:
    version = connection.info.server_version
    shown = f"PostgreSQL {version // 10000}.{version % 10000}"
    if version < deploy.MINIMUM_SERVER:
        yield Finding("bad", "server", f"{shown} is too old.", "Leadboard needs 15 or newer.")
    else:
        yield Finding("good", "server", f"{shown}.")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        yield Finding(
            "bad",
            "encoding",
            f"The database is {encoding}.",
            "Create it with encoding 'UTF8' template template0.",
        )


def _login(connection: psycopg.Connection) -> Generator[Finding]:
    row = connection.execute(
        """
        select
            r.rolname,
            r.rolsuper,
            pg_has_role(d.datdba, 'usage') and coalesce(
                (
                    select bool_and(pg_has_role(o.oid, 'member'))
                    from pg_roles as o
                    where o.rolname in ('leadboard_owner', 'leadboard_rollup', 'leadboard_view')
                ),
                r.rolcreaterole
            )
        from pg_roles as r
        cross join pg_database as d
        where r.rolname = current_user and d.datname = current_database()
        """
    ).fetchone()
    if row is None:
        return
    name, is_super, may_deploy = row
    if is_super or may_deploy:
        yield Finding("good", "deploying login", f"{name} may deploy.")
    else:
        yield Finding(
            "bad",
            "deploying login",
            f"{name} may not deploy.",
            f"As a superuser: alter database ... owner to {name}; "
            f"grant leadboard_owner, leadboard_rollup, leadboard_view to {name};",
        )


def _roles(connection: psycopg.Connection) -> Generator[Finding]:
    rows = connection.execute(
        "select rolname, rolbypassrls or rolsuper from pg_roles where rolname = any(%s)",
        (list(ROLES),),
    ).fetchall()
    found = dict(rows)
    missing = [role for role in ROLES if role not in found]
    if missing:
        yield Finding("bad", "roles", f"Missing: {', '.join(missing)}.", "leadboard deploy")
        return
    yield Finding("good", "roles", f"All {len(ROLES)} exist.")
    if not found["leadboard_rollup"]:
        yield Finding(
            "note",
            "roles",
            "leadboard_rollup lacks BYPASSRLS; its policies let it read everything instead.",
            "Faster, as a superuser: alter role leadboard_rollup bypassrls;",
        )


def _deployment(url: DatabaseUrl, connection: psycopg.Connection) -> Generator[Finding]:
    try:
        plan = deploy.pending(url.reveal())
    except deploy.DeployError as error:
        yield Finding("bad", "deployment", str(error))
        return
    if plan.empty:
        row = connection.execute(
            "select version, deployed_at from ops.deployments order by id desc limit 1"
        ).fetchone()
        text = "" if row is None else f"Version {row[0]}, deployed at {row[1]:%Y-%m-%d %H:%M} UTC."
        yield Finding("good", "deployment", text)
    else:
        lacks = [f"{len(plan.migrations)} migration(s)"] if plan.migrations else []
        lacks += ["the current functions and views"] if plan.layer else []
        lacks += ["a rebuild of the rollups"] if plan.definitions else []
        yield Finding("bad", "deployment", f"Lacks {', '.join(lacks)}.", "leadboard deploy")


def _connections(settings: Settings, connection: psycopg.Connection) -> Generator[Finding]:
    row = connection.execute(
        """
        select
            current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
        """
    ).fetchone()
    allowed = 0 if row is None else row[0]
    # Each process has a second pool when it reads from a replica, but on another server.
    wanted = settings.processes * settings.pool_max
    if wanted > allowed:
        yield Finding(
            "note",
            "connections",
            f"{settings.processes} processes may open {wanted} connections; "
            f"the server allows {allowed}.",
            "Lower LEADBOARD_POOL_MAX or LEADBOARD_WORKERS, or raise max_connections.",
        )


def _worker(connection: psycopg.Connection) -> Generator[Finding]:
    row = connection.execute(
        """
        select
            count(*) filter (where application_name = 'leadboard worker'),
            exists (select from pg_extension where extname = 'pg_cron')
        from pg_stat_activity
        """
    ).fetchone()
    if row is None:
        return
    workers, has_cron = row
    if workers:
        yield Finding("good", "worker", f"{workers} connected.")
    elif has_cron:
        yield Finding("good", "worker", "None connected; pg_cron is present and can refresh.")
    else:
        yield Finding(
            "note",
            "worker",
            "None is connected, so figures stay as they are.",
            "leadboard worker, or `leadboard refresh` by hand",
        )


def _reach(subject: str, url: DatabaseUrl, variable: str) -> Generator[Finding]:
    try:
        psycopg.connect(url.reveal(), connect_timeout=CONNECT_TIMEOUT).close()
    except psycopg.OperationalError as error:
        yield Finding(
            "bad",
            subject,
            f"{url} cannot connect: {_words(error)}",
            f"Set {variable} and run `leadboard deploy`, or allow the login in pg_hba.conf.",
        )
    else:
        yield Finding("good", subject, f"{url} connects.")


def _disk(settings: Settings) -> Generator[Finding]:
    if not settings.data_dir.exists():
        return
    free = shutil.disk_usage(settings.data_dir).free
    if free < LOW_DISK_BYTES:
        yield Finding(
            "note",
            "disk",
            f"{free // 1024**2} MB are free at {settings.data_dir}.",
            "Make room: PostgreSQL stops when the disk is full.",
        )


def _words(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
