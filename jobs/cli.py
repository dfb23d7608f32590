"""The command line ``leadboard``: a command parses its options and calls the module that works.

Expected failures (a wrong setting, a server that is away, a file that fails) end with one message
on standard error and exit code 1; misuse with 2; an interrupt with 130. Anything else is a bug and
shows its traceback.
"""
# rich_click declares its decorators with a generic type that it leaves open.
# pyright: reportUnknownMemberType=false

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID

import msgspec
import psycopg
import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api import __version__, settings
from api.settings import Settings, SettingsError

if TYPE_CHECKING:
    from jobs import importer

OUT = Console()
ERR = Console(stderr=True, highlight=False)

Day = click.DateTime(formats=["%Y-%m-%d"])
Existing = click.Path(exists=True, dir_okay=False, path_type=Path)
Folder = click.Path(exists=True, file_okay=False, path_type=Path)
Target = click.Path(path_type=Path)


def main() -> NoReturn:
    """Runs one command and exits with its honest code."""
    try:
        code = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        ERR.print("Interrupted.")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output went away, `leadboard status | head` for one.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if not _is_expected(error):
            raise
        ERR.print(_words(error), style="red", markup=False)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="leadboard")
def cli() -> None:
    """How well people and companies work their sales leads.

    Settings come from LEADBOARD_* variables: see docs/settings.md, or `leadboard doctor`. Without
    LEADBOARD_DATABASE_URL an embedded PostgreSQL is used and started when it is needed.
    """


# --- everything at once ---


@cli.command()
def up() -> None:
    """Start everything: database, demo data on the first start, worker, API."""
    from jobs import up as everything

    def ready() -> None:
        base = f"http://{located.host}:{located.port}"
        OUT.print()
        OUT.out(f"Dashboard   {base}/", highlight=False)
        OUT.out(f"API         {base}/schema", highlight=False)
        OUT.out(f"Health      {base}/health/ready", highlight=False)
        OUT.out(f"Database    {located.database_url}", highlight=False)
        tokens = everything.personas(located)
        if tokens:
            hours = located.jwt_max_lifetime // 3600
            OUT.print(f"\nThe dashboard as each person of the demo, good for {hours} hours:\n")
            for role, token in tokens.items():
                # Behind the #, which browsers send to nobody and no log keeps.
                OUT.out(f"{role:<11} {base}/sign-in#{token}", highlight=False)
            OUT.print("\nThe same tokens for the API:\n")
            for role, token in tokens.items():
                OUT.out(f"{role.upper()}={token}", highlight=False)
            OUT.out(
                f'\ncurl -H "Authorization: Bearer $OWNER" {base}/api/partners/performance',
                highlight=False,
            )
        else:
            OUT.print("\nA token:    leadboard token E-MAIL", highlight=False)
        OUT.print("\nCtrl-C stops worker and API. PostgreSQL keeps running: `leadboard stop`.")

    wanted = settings.current()
    if f"{settings.PREFIX}LOG_FORMAT" not in os.environ:
        # Somebody is looking at a terminal.
        wanted = msgspec.structs.replace(wanted, log_format="text")
    located = everything.prepare(wanted, _say)
    everything.run(located, ready)
    _say("Stopped.")


@cli.command()
def stop() -> None:
    """Stop the embedded PostgreSQL."""
    from jobs import database, server

    if server.stop(database.data_dir(settings.current())):
        _say("Stopped.")
    else:
        _say("It is not running.")


@cli.command()
@click.option("--host", help="Address to listen on; wins over LEADBOARD_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Wins over LEADBOARD_PORT.")
@click.option("--workers", type=click.IntRange(0, 256), help="Processes; 0 is one per processor.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Run the HTTP service until a signal ends it."""
    from jobs import serving

    given = {"host": host, "port": port, "workers": workers}
    chosen = {name: value for name, value in given.items() if value is not None}
    serving.serve(msgspec.structs.replace(_located(), **chosen))


@cli.command()
def worker() -> None:
    """Refresh whenever something changed, make and send reports, until a signal ends it."""
    from api import logs
    from jobs import worker as loop

    located = _located()
    logs.configure(located.log_level, located.log_format)

    async def work() -> None:
        stop = asyncio.Event()
        running = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            running.add_signal_handler(number, stop.set)
        await loop.work(located, stop)

    asyncio.run(work())


# --- the database ---


@cli.command()
@click.option("--force", is_flag=True, help="Rebuild functions and views even if nothing changed.")
@click.option("--check", is_flag=True, help="Only say what would be done; exit 1 if anything.")
def deploy(force: bool, check: bool) -> int:
    """Bring the database to the state of sql/."""
    from jobs import deploy as deployment

    located = _located()
    url = _url(located)
    if check:
        plan = deployment.pending(url)
        for name in plan.migrations:
            _say(f"Would apply {name}.")
        if plan.layer:
            _say("Would rebuild functions, views, triggers and policies.")
        if plan.definitions:
            _say("Would rebuild the rollups.")
        if plan.empty:
            _say("Nothing to do.")
        return 0 if plan.empty else 1
    plan = deployment.deploy(url, report=_say, force=force)
    for role, password in (
        ("leadboard_api", located.api_password),
        ("leadboard_worker", located.worker_password),
    ):
        if password is not None:
            deployment.set_password(url, role, password.reveal())
            _say(f"Password of {role} set.")
    _say("Nothing to do." if plan.empty else "Deployed.")
    return 0


@cli.command()
def refresh() -> None:
    """Bring the figures up to date."""
    with _connected("leadboard refresh") as connection, _busy("Refreshing"):
        connection.execute("call ops.refresh()")
    _say("Refreshed.")


@cli.command()
@click.option("--workspace", type=click.UUID, help="One workspace; all of them without.")
@click.option("--from", "from_day", type=Day, help="First day, 2026-03-01; without: the first.")
@click.option("--to", "to_day", type=Day, help="The day after the last one; without: all.")
def rebuild(workspace: UUID | None, from_day: datetime | None, to_day: datetime | None) -> None:
    """Recompute the rollups from the facts: after a load that went past the triggers."""
    days = [None if day is None else day.date() for day in (from_day, to_day)]
    with _connected("leadboard rebuild") as connection, _progress("workspaces") as advance:
        workspaces = _workspaces(connection) if workspace is None else [workspace]
        for number, each in enumerate(workspaces):
            advance(number, len(workspaces))
            connection.execute("call ops.rebuild(%s, %s, %s)", (each, *days))
        advance(len(workspaces), len(workspaces))
        connection.execute("call ops.refresh()")
    _say("Rebuilt.")


@cli.command()
def verify() -> int:
    """Compare the rollups with their definition; exit 1 if they differ."""
    differences: list[tuple[object, ...]] = []
    with _connected("leadboard verify") as connection, _progress("workspaces") as advance:
        workspaces = _workspaces(connection)
        for number, workspace in enumerate(workspaces):
            advance(number, len(workspaces))
            differences += connection.execute(
                """
                select d.family, d.workspace_id, d.subject_id, d.day, d.what
                from ops.verify(%s) as d
                """,
                (workspace,),
            ).fetchall()
        advance(len(workspaces), len(workspaces))
    if not differences:
        _say("Every rollup equals its definition.")
        return 0
    table = _table("family", "workspace", "subject", "day", "what")
    for difference in differences[:100]:
        table.add_row(*map(str, difference))
    OUT.print(table)
    _say(f"{len(differences)} difference(s). `leadboard rebuild` mends them; find out why first.")
    return 1


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> int:
    """Show generation, age, waiting changes and the last error of each view; exit 1 on an error."""
    from jobs import status as state

    now = state.read(_url(_located()))
    if as_json:
        OUT.out(msgspec.json.encode(now).decode(), highlight=False)
        return 1 if now.last_errors else 0
    age = "never refreshed" if now.age_seconds is None else f"{_duration(now.age_seconds)} old"
    OUT.print(f"Generation {now.generation}, {age}, {now.waiting_entries:,} changes waiting.")
    table = _table("refreshed", "generation", "age", "took", "rows", "last error")
    for each in now.refreshed:
        table.add_row(
            each.name,
            str(each.generation),
            _duration(each.age_seconds),
            "" if each.duration_ms is None else f"{each.duration_ms:,.0f} ms",
            "" if each.row_count is None else f"{each.row_count:,}",
            each.last_error or "",
        )
    OUT.print(table)
    return 1 if now.last_errors else 0


@cli.command()
def doctor() -> int:
    """Look for what is missing, and say how to mend it; exit 1 if anything is."""
    from jobs import doctor as practice

    located = _located()
    findings = practice.examine(located)
    signs = {"good": "[green]good[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}
    table = _table("", "what", "how it is", "how to mend it")
    for finding in findings:
        table.add_row(signs[finding.level], finding.subject, finding.text, finding.mend)
    OUT.print(table)
    table = _table("setting", "in force")
    for variable, value in settings.shown(located).items():
        table.add_row(variable, value)
    OUT.print(table)
    return 1 if any(finding.level == "bad" for finding in findings) else 0


# --- facts ---


@cli.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same data.")
@click.option("--scale", type=float, default=1, show_default=True, help="1 is 20,000 leads.")
@click.option("--force", is_flag=True, help="Even beside real workspaces.")
def demo(seed: int, scale: float, force: bool) -> None:
    """Fill the database with invented, believable data."""
    from jobs import demo as generator

    url = _url(_located())
    with _progress("leads") as advance:
        made = generator.load(
            url, seed=seed, scale=scale, force=force, report=_say, advance=advance
        )
    _say("Done." if made else "Demo data is there already.")


@cli.command("import")
@click.argument("kind", required=False)
@click.argument("file", required=False, type=Existing)
@click.option("--mapping", type=Existing, help="TOML: which column is what. docs/import.md")
@click.option("--manifest", type=Existing, help="TOML: several files, instead of KIND and FILE.")
@click.option("--directory", type=Folder, help="Where the manifest's files are; else beside it.")
@click.option("--workspace", type=click.UUID, help="Into which workspace.")
@click.option("--rejects", type=Target, help="Where rejected rows go; else <name>.rejects.csv.")
def import_facts(
    kind: str | None,
    file: Path | None,
    mapping: Path | None,
    manifest: Path | None,
    directory: Path | None,
    workspace: UUID | None,
    rejects: Path | None,
) -> int:
    """Import a CSV FILE of leads, members, profiles, activities, tasks, notes, calls, campaigns,
    recipients, feedback or tickets. Exits with 3 when rows were rejected; the rest landed.
    """
    from jobs import importer

    url = _url(_located())
    if manifest is not None:
        if kind or file or mapping:
            raise click.UsageError("A manifest names kinds, files and mappings itself.")
        with _progress("bytes") as advance:
            return _imported(
                importer.import_manifest(url, manifest, directory, workspace, rejects, advance)
            )
    if kind is None or file is None or mapping is None or workspace is None:
        raise click.UsageError("Give KIND, FILE, --mapping and --workspace, or --manifest.")
    with _progress("bytes") as advance:
        return _imported(
            importer.import_file(
                url,
                workspace,
                kind,
                each,
                importer.read_mapping(mapping),
                rejects or Path(f"{each.stem}.rejects.csv"),
                advance,
            )
            for each in [file]
        )


@cli.command("import-olist")
@click.argument("directory", type=click.Path(path_type=Path))
def import_olist(directory: Path) -> int:
    """Import the Olist data set (Kaggle, "Marketing Funnel by Olist") from DIRECTORY."""
    from jobs import importer

    if missing := importer.missing_files(importer.OLIST, directory):
        _say(f"Skipped: there is no {missing[0]}. The data set is not part of Leadboard.")
        return 0
    with _progress("bytes") as advance:
        return _imported(
            importer.import_manifest(_url(_located()), importer.OLIST, directory, advance=advance)
        )


def _imported(outcomes: Iterable["importer.Outcome"]) -> int:
    """Shows what became of each file; 0 when every row landed, 2 for a wrong mapping, else 3."""
    from jobs import importer

    rejected = 0
    try:
        for each in outcomes:
            rejected += each.rejected
            _say(
                f"{each.file.name}: {each.rows:,} {each.kind}: {each.inserted:,} new, "
                f"{each.updated:,} changed, {each.unchanged:,} known, "
                f"{each.rejected:,} rejected, {each.warnings:,} warned about"
            )
            for remark in each.remarks:
                column = f", {remark.column}" if remark.column else ""
                _say(f"  line {remark.line}{column}: {remark.reason}")
            if each.rejects is not None:
                _say(f"  The rejected rows are in {each.rejects}.")
    except importer.MappingError as error:
        ERR.print(str(error), style="red", markup=False, soft_wrap=True)
        return 2
    return 3 if rejected else 0


# --- tokens and documents ---


@cli.command()
@click.argument("person")
@click.option("--lifetime", type=click.IntRange(1), help="Seconds; the longest allowed without.")
def token(person: str, lifetime: int | None) -> None:
    """Print a token for PERSON: an e-mail address, or a user id."""
    from api.auth import TokenIssuer

    located = _located()
    issuer = TokenIssuer.of(located)
    with psycopg.connect(_url(located)) as connection:
        row = connection.execute(
            "select id from crm.users where email = lower(%(person)s) or id::text = %(person)s",
            {"person": person},
        ).fetchone()
    if row is None:
        raise click.ClickException(f"Nobody is known as {person}.")
    try:
        made = issuer.mint(row[0], lifetime or issuer.max_lifetime)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    OUT.out(made, highlight=False)


@cli.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is out of date.")
def docs(check: bool) -> int:
    """Renew the parts of the documentation that are made from the database and the settings."""
    from jobs import docs as generator
    from jobs import server

    with server.temporary() as running:
        url = running.url("postgres")
        files = generator.stale(url) if check else generator.write(url)
    for file in files:
        _say(f"{'Out of date' if check else 'Renewed'}: {file.relative_to(Path.cwd())}")
    if check and files:
        _say("`make docs` renews them.")
    return 1 if check and files else 0


@cli.command()
def picture() -> None:
    """Take the picture of the dashboard in the README anew."""
    from jobs import picture as painter

    try:
        painter.draw(_say)
    except painter.PictureError as error:
        _say(f"The picture stays as it is: {error}")
    else:
        _say(f"Renewed: {painter.PICTURE.name}")


# --- shared ---


def _located() -> Settings:
    from jobs import database

    return database.located(settings.current())


def _url(located: Settings) -> str:
    if located.database_url is None:
        raise SettingsError("No database is named.")
    return located.database_url.reveal()


@contextmanager
def _connected(name: str) -> Generator[psycopg.Connection]:
    with psycopg.connect(_url(_located()), autocommit=True, application_name=name) as connection:
        # A second refresh at the same time waits for the first, or says so: the notice is shown.
        connection.add_notice_handler(lambda notice: _say(notice.message_primary or ""))
        yield connection


def _table(*headers: str) -> Table:
    """A table whose long cells are folded, not cut."""
    table = Table()
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _workspaces(connection: psycopg.Connection) -> list[UUID]:
    rows = connection.execute("select id from ops.known_workspaces() as w (id) order by id")
    return [workspace for (workspace,) in rows]


@contextmanager
def _busy(what: str) -> Generator[None]:
    with ERR.status(f"{what} ..."):
        yield


@contextmanager
def _progress(unit: str) -> Generator[Callable[[int, int], None]]:
    """A bar that appears with the first call of what it yields: (done, total)."""
    columns = (TextColumn(unit), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR) as progress:
        bar = progress.add_task(unit, visible=False)

        def advance(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total, visible=True)

        yield advance


def _say(message: str) -> None:
    ERR.print(message, markup=False, soft_wrap=True)


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


_NOT_DEPLOYED = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)


def _is_expected(error: Exception) -> bool:
    """Whether the message of an error is all that its reader needs."""
    if isinstance(error, SettingsError | psycopg.Error | OSError):
        return True
    # By name: importing every module for its errors would make each command slow.
    return type(error).__module__.partition(".")[0] in {"api", "jobs"}


def _words(error: Exception) -> str:
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        lines = [error.diag.message_primary, error.diag.message_detail, error.diag.message_hint]
        if isinstance(error, _NOT_DEPLOYED):
            lines[-1] = "Is the database deployed? `leadboard deploy`"
        return "\n".join(line for line in lines if line)
    return str(error).strip() or type(error).__name__
