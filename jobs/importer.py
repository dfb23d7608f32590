"""Imports CSV files of facts as a mapping says (docs/import.md).

A file is read row by row, staged by COPY and applied by ``crm.apply_import``, in one transaction:
it lands as a whole, less its rejected rows, or not at all. What the mapping means is decided in
SQL; here are only the options that reading needs (``encoding``, ``delimiter``).
"""

import csv
import json
import tomllib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
import psycopg

from api.csv_rows import CsvFile, Fault, HeaderError, Readable, Row

OLIST = Path(__file__).resolve().parent.parent / "examples" / "olist" / "import.toml"

CHUNK = 20_000
"""Rows that are staged at once; read faults wait until then."""

REJECT_COLUMNS = ["line", "column", "reason"]

# Tables whose statistics a large import makes untrue: until PostgreSQL renews them by itself it
# takes a new workspace for an empty one, and plans accordingly.
MANY = 1_000
FILLED = {
    "leads": "crm.leads, crm.lead_status_history, crm.lead_ownership, crm.lead_activities",
    "activities": "crm.lead_activities, crm.leads",
    "tasks": "crm.tasks",
    "notes": "crm.notes",
    "calls": "crm.call_logs, crm.lead_activities",
    "recipients": "crm.campaign_leads, crm.campaign_lead_segments, crm.lead_activities",
    "feedback": "crm.lead_feedback",
    "tickets": "crm.support_tickets",
}

Mapping = dict[str, object]
Advance = Callable[[int, int], None]
"""Told (bytes read, bytes in all)."""


class ImportFailedError(Exception):
    """A file that cannot be imported at all; nothing of it was."""


class MappingError(Exception):
    """A mapping, manifest or header that does not fit; nothing was imported."""


class NewWorkspace(msgspec.Struct, forbid_unknown_fields=True):
    """The workspace of a manifest: found by its name, else made."""

    name: str
    time_zone: str = "UTC"
    currency: str = "EUR"


class ManifestFile(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    file: str
    """Below the directory that is given."""
    mapping: str
    """Beside the manifest."""


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """Several files, in the order in which they are imported."""

    files: list[ManifestFile]
    workspace: NewWorkspace | None = None


class Remark(msgspec.Struct):
    """Why a row was rejected, or what looks wrong with one that landed."""

    line: int
    column: str
    reason: str


class Outcome(msgspec.Struct):
    """What became of a file."""

    file: Path
    kind: str
    rows: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int
    rejects: Path | None
    """The rejects file, where there is one."""
    remarks: list[Remark]
    """The first faults, then the first warnings, for people."""


def read_mapping(path: Path) -> Mapping:
    """A mapping from a TOML file. Raises MappingError."""
    mapping = _read_toml(path)
    # Dates that TOML knows are constants like any other text.
    return json.loads(json.dumps(mapping, default=str))


def read_manifest(path: Path) -> Manifest:
    """A manifest from a TOML file. Raises MappingError."""
    try:
        return msgspec.convert(_read_toml(path), Manifest)
    except msgspec.ValidationError as error:
        raise MappingError(f"{path}: {error}") from error


def missing_files(path: Path, directory: Path) -> list[Path]:
    """The files of a manifest that are not there. Raises MappingError."""
    files = [directory / each.file for each in read_manifest(path).files]
    return [file for file in files if not file.is_file()]


def import_manifest(
    url: str,
    path: Path,
    directory: Path | None = None,
    workspace_id: UUID | None = None,
    rejects_directory: Path | None = None,
    advance: Advance | None = None,
) -> Iterator[Outcome]:
    """Imports the files of a manifest one after the other; each is a transaction of its own.

    Every mapping and file is looked for before the first import. ``rejects_directory``, made when
    it is not there, is where ``<mapping>.rejects.csv`` goes, by default the current directory.
    Raises MappingError and ImportFailedError.
    """
    manifest = read_manifest(path)
    jobs = [
        (each, (directory or path.parent) / each.file, path.parent / each.mapping)
        for each in manifest.files
    ]
    mappings = [read_mapping(mapping) for _, _, mapping in jobs]
    if missing := missing_files(path, directory or path.parent):
        raise MappingError(f"There is no file {missing[0]}.")
    if workspace_id is None:
        if manifest.workspace is None:
            raise MappingError(f"{path} names no workspace: give one.")
        workspace_id = ensure_workspace(url, manifest.workspace)
    if rejects_directory is not None:
        rejects_directory.mkdir(parents=True, exist_ok=True)
    for (each, file, mapping_path), mapping in zip(jobs, mappings, strict=True):
        rejects = (rejects_directory or Path()) / f"{mapping_path.stem}.rejects.csv"
        yield import_file(url, workspace_id, each.kind, file, mapping, rejects, advance)


def ensure_workspace(url: str, wanted: NewWorkspace) -> UUID:
    """The workspace of that name, made when there is none. Raises MappingError for several."""
    with psycopg.connect(url, application_name="leadboard import") as connection:
        # Two first imports at the same time make one workspace.
        connection.execute("select pg_advisory_xact_lock(hashtext('leadboard import'))")
        found = connection.execute(
            "select workspace_id from crm.workspaces where name = %s", (wanted.name,)
        ).fetchall()
        if len(found) > 1:
            raise MappingError(f"Several workspaces are named {wanted.name}: say which by its id.")
        if not found:
            found = connection.execute(
                """
                insert into crm.workspaces (workspace_id, name, timezone, currency)
                values (app.uuid_v7(), %s, %s, %s) returning workspace_id
                """,
                (wanted.name, wanted.time_zone, wanted.currency),
            ).fetchall()
        return found[0][0]


def import_file(
    url: str,
    workspace_id: UUID,
    kind: str,
    file: Path,
    mapping: Mapping,
    rejects: Path | None = None,
    advance: Advance | None = None,
) -> Outcome:
    """Imports one CSV file; the login must be the deploying one.

    The rejects file is written when rows were rejected, and removed when none was. Raises
    MappingError and ImportFailedError.
    """
    if rejects is not None and rejects.resolve() == file.resolve():
        raise MappingError(f"The rejects of {file} need a file of their own.")
    with (
        _opened(file) as raw,
        psycopg.connect(url, application_name="leadboard import") as connection,
    ):
        counted = _Counted(raw, file.stat().st_size, advance)
        delimiter = _delimiter(mapping)
        source = _csv(file, counted, mapping, delimiter)
        import_id = _create(connection, workspace_id, kind, file, mapping, source.header)
        _stage(connection, workspace_id, import_id, source)
        row = connection.execute(
            """
            select row_count, inserted_count, updated_count, unchanged_count, rejected_count,
                   warning_count
            from crm.apply_import(%s, %s)
            """,
            (workspace_id, import_id),
        ).fetchone()
        if row is None:
            raise ImportFailedError(f"{file}: the import vanished.")
        connection.commit()
        rows, inserted, updated, unchanged, rejected, warnings = row
        if inserted + updated >= MANY and kind in FILLED:
            connection.execute(f"analyze {FILLED[kind]}".encode())
            connection.commit()
        written = None
        if rejects is not None:
            written = _write_rejects(
                connection, workspace_id, import_id, rejects, source.header, mapping, delimiter
            )
        remarks = _remarks(connection, workspace_id, import_id)
    return Outcome(
        file, kind, rows, inserted, updated, unchanged, rejected, warnings, written, remarks
    )


def _read_toml(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise MappingError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path} is no TOML: {error}.") from error


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise ImportFailedError(f"{file} cannot be read: {error.strerror}.") from error


def _csv(file: Path, raw: Readable, mapping: Mapping, delimiter: str) -> CsvFile:
    encoding = str(mapping.get("encoding", "utf-8"))
    try:
        return CsvFile(raw, encoding, delimiter)
    except HeaderError as error:
        raise MappingError(f"{file}: {error}") from error
    except LookupError as error:
        raise MappingError(f"encoding: {encoding} is no encoding that Python knows.") from error


def _delimiter(mapping: Mapping) -> str:
    delimiter = str(mapping.get("delimiter", ","))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise MappingError("delimiter: this is one character, and neither a quote nor a line end.")
    return delimiter


def _create(
    connection: psycopg.Connection,
    workspace_id: UUID,
    kind: str,
    file: Path,
    mapping: Mapping,
    header: list[str],
) -> UUID:
    try:
        row = connection.execute(
            "select crm.create_import(%s, %s, %s, %s, %s)",
            (workspace_id, kind, file.name, json.dumps(mapping), header),
        ).fetchone()
    except psycopg.Error as error:
        if error.sqlstate == "LB422" and error.diag.message_detail:
            faults = json.loads(error.diag.message_detail)["errors"]
            lines = [f"  {fault['field']}: {fault['message']}" for fault in faults]
            raise MappingError("\n".join([f"{file}: the mapping does not fit.", *lines])) from error
        raise
    if row is None:
        raise ImportFailedError(f"{file}: no import was begun.")
    return row[0]


def _stage(
    connection: psycopg.Connection, workspace_id: UUID, import_id: UUID, source: CsvFile
) -> None:
    items = iter(source)
    may_copy = _may_copy(connection)
    while chunk := list(islice(items, CHUNK)):
        if may_copy:
            _copy(connection, workspace_id, import_id, chunk)
        else:
            connection.execute(
                "select crm.stage_import_rows(%s, %s, %s)",
                (workspace_id, import_id, msgspec.json.encode(chunk).decode()),
            )


def _may_copy(connection: psycopg.Connection) -> bool:
    """PostgreSQL refuses COPY into a table for those whom row-level security binds."""
    row = connection.execute(
        "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    return row is not None and bool(row[0])


def _copy(
    connection: psycopg.Connection, workspace_id: UUID, import_id: UUID, chunk: list[Row | Fault]
) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(
            "copy crm.import_rows (workspace_id, import_id, line, cells) from stdin"
        ) as copy:
            for item in chunk:
                if isinstance(item, Row):
                    copy.write_row((workspace_id, import_id, item.line, item.cells))
        with cursor.copy(
            """
            copy crm.import_rejects (workspace_id, import_id, line, column_name, reason, cells)
            from stdin
            """
        ) as copy:
            for item in chunk:
                if isinstance(item, Fault):
                    copy.write_row(
                        (workspace_id, import_id, item.line, item.column, item.reason, item.cells)
                    )


def _write_rejects(
    connection: psycopg.Connection,
    workspace_id: UUID,
    import_id: UUID,
    path: Path,
    header: list[str],
    mapping: Mapping,
    delimiter: str,
) -> Path | None:
    """Writes the rejected rows as they were, each with its line, columns and reasons."""
    # A rejects file that is imported again has these columns from the last time.
    own = len(header) - 3 if header[-3:] == REJECT_COLUMNS else len(header)
    path.unlink(missing_ok=True)
    with connection.cursor("rejects") as cursor:
        cursor.execute(
            """
            select line, string_agg(column_name, ', ' order by column_name)
                   filter (where column_name <> ''),
                   string_agg(reason, '; ' order by column_name),
                   min(cells)
            from crm.import_rejects
            where workspace_id = %s and import_id = %s and not is_warning
            group by line
            order by line
            """,
            (workspace_id, import_id),
        )
        first = cursor.fetchone()
        if first is None:
            return None
        encoding = str(mapping.get("encoding", "utf-8"))
        with path.open("w", newline="", encoding=encoding, errors="replace") as file:
            writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
            writer.writerow([*header[:own], *REJECT_COLUMNS])
            for line, column, reason, cells in (first, *cursor):
                padded = [*cells[:own], *[""] * (own - len(cells))]
                writer.writerow([*padded, line, column or "", reason])
    return path


def _remarks(
    connection: psycopg.Connection, workspace_id: UUID, import_id: UUID, most: int = 20
) -> list[Remark]:
    rows = connection.execute(
        """
        select line, column_name, reason from crm.import_rejects
        where workspace_id = %s and import_id = %s
        order by is_warning, line, column_name limit %s
        """,
        (workspace_id, import_id, most),
    )
    return [Remark(line, column, reason) for line, column, reason in rows]


class _Counted:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, size: int, advance: Advance | None) -> None:
        self._file = file
        self._size = size
        self._advance = advance
        self._done = 0

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        self._done += len(data)
        if self._advance is not None:
            self._advance(self._done, self._size)
        return data
