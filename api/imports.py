"""Files of facts: uploaded, read row by row, staged and applied in one transaction.

A file lands as a whole, less its rejected rows, or not at all. docs/import.md describes the
mapping; what it means is decided in SQL, here are only the options that reading needs (encoding,
delimiter).
"""

import asyncio
import csv
import io
import json
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.openapi.spec import OpenAPIMediaType, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import PathParameter
from litestar.response import Stream
from litestar.response.base import ASGIResponse

from api.csv_rows import CsvFile, Fault, HeaderError, Row
from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, Cursor, Limit, WorkspaceId, database_of
from api.problems import FieldError, Problem

BEGIN = "select workspace_id, import_id from service.begin_import($1, $2, $3, $4, $5, $6)"
STAGE = "select row_count from service.stage_import($1, $2, $3, $4)"
FINISH = "select body from service.finish_import($1, $2, $3)"
LIST = "select etag, body from service.imports($1, $2, $3, $4, $5)"
ONE = "select etag, body from service.import($1, $2, $3, $4)"
REJECTS = "select etag, body from service.import_rejects($1, $2, $3, $4, $5, $6)"
REJECT_LINES = "select body from service.import_reject_lines($1, $2, $3, $4, $5)"

MULTIPART = "multipart/form-data"
CHUNK = 2_000
"""Rows that are staged at once."""

LONGEST = 300
"""Seconds that one statement of an import may take."""

REJECT_COLUMNS = ["line", "column", "reason"]
REJECT_LINES_AT_ONCE = 5_000


class Import(Answer, frozen=True):
    """One file. The counts are of rows; those that were inserted, updated, unchanged and rejected
    add up to all. Nobody (null) imports from the command line."""

    id: UUID
    kind: str
    file_name: str
    source_system: str
    status: str
    row_count: int
    inserted_count: int
    updated_count: int
    unchanged_count: int
    rejected_count: int
    warning_count: int
    created_by_user_id: UUID | None
    created_at: datetime
    finished_at: datetime | None


class ImportFault(Answer, frozen=True):
    """Why a line was rejected (then with the cells as read), or what looks wrong with one that
    landed. ``column`` is empty when the line as a whole is to blame; the header is line 1."""

    line: int
    column: str
    reason: str
    is_warning: bool
    cells: list[str]


class ImportReport(Answer, frozen=True):
    """An import and the faults and warnings of its first hundred faulty lines."""

    # Named as in the JSON.
    import_: Import = msgspec.field(name="import")
    faults: list[ImportFault]


class ImportPage(Answer, frozen=True):
    """Imports, newest first. ``next_cursor`` is null on the last page."""

    items: list[Import]
    next_cursor: str | None


class FaultPage(Answer, frozen=True):
    """Faults in the order of the file. Pages are counted in lines; ``next_cursor`` is null on the
    last."""

    items: list[ImportFault]
    next_cursor: str | None


class _RejectLine(msgspec.Struct):
    line: int
    column: str
    reason: str
    cells: list[str]


class _RejectLines(msgspec.Struct):
    header: list[str]
    encoding: str
    delimiter: str
    lines: list[_RejectLine]
    after: int | None


ImportId = Annotated[UUID, PathParameter(description="The import.")]

_IMPORT = {
    "id": "0195f3c0-0000-7000-8000-0000000000aa",
    "kind": "leads",
    "file_name": "leads.csv",
    "source_system": "crm",
    "status": "applied",
    "row_count": 8000,
    "inserted_count": 7990,
    "updated_count": 6,
    "unchanged_count": 3,
    "rejected_count": 1,
    "warning_count": 0,
    "created_by_user_id": "0195f3c0-0000-7000-8000-000000000003",
    "created_at": "2026-03-29T12:00:00+00:00",
    "finished_at": "2026-03-29T12:00:02+00:00",
}
_FAULT = {
    "line": 17,
    "column": "created",
    "reason": "31-02-2026 is no time in the form DD-MM-YYYY.",
    "is_warning": False,
    "cells": ["4711", "31-02-2026"],
}
_REPORT = {"import": _IMPORT, "faults": [_FAULT]}


class UploadOperation(DocumentedOperation):
    """The form is read by hand, because a mapping comes as a text or as a file."""

    def __post_init__(self) -> None:
        super().__post_init__()
        text = Schema(type=OpenAPIType.STRING)
        form = Schema(
            type=OpenAPIType.OBJECT,
            required=["file", "kind", "mapping"],
            properties={
                "file": Schema(
                    type=OpenAPIType.STRING,
                    content_media_type="text/csv",
                    description="The CSV file; its first line names the columns.",
                ),
                "kind": Schema(
                    type=OpenAPIType.STRING,
                    description="What the rows are: leads, members, profiles, activities, tasks, "
                    "notes, calls, campaigns, recipients, feedback or tickets.",
                ),
                "mapping": text,
            },
            description="`mapping`: which column is what, in TOML or JSON; see docs/import.md.",
        )
        self.request_body = RequestBody(
            required=True, content={MULTIPART: OpenAPIMediaType(schema=form)}
        )


@post(
    "/imports",
    status_code=201,
    summary="Import a file",
    tags=["facts"],
    operation_class=UploadOperation,
    responses=answers(
        ImportReport, _REPORT, status=201, problems=(*GUARDED, 408, 409, 413, 415, 422)
    ),
)
async def create(request: ApiRequest, workspace_id: WorkspaceId = None) -> Response[bytes]:
    """Lands the good rows of a CSV file and reports the others. The same file again changes
    nothing. Owners and admins only."""
    async with slot(request):
        if request.content_type[0] != MULTIPART:
            raise Problem(415, f"A file comes as {MULTIPART}.")
        try:
            form = await request.form()
        except (UnicodeError, LookupError) as error:
            raise Problem(
                400, "A part of the form is not in the encoding that it names."
            ) from error
        import_id, body = await land(
            request, workspace_id, {name: form.getall(name) for name in form}
        )
    return Response(
        body,
        media_type="application/json",
        headers={"Location": f"/api/imports/{import_id}", "Cache-Control": "private, no-store"},
    )


def slot(request: ApiRequest) -> asyncio.Semaphore:
    """The place that an import takes, from before its file is read. Raises Problem when all are
    taken."""
    slots: asyncio.Semaphore = request.app.state.import_slots
    if slots.locked():
        raise Problem(503, "Other files are being imported. Please try again later.")
    return slots


async def land(
    request: ApiRequest, workspace_id: UUID | None, fields: Mapping[str, Sequence[object]]
) -> tuple[UUID, bytes]:
    """Lands the file of a form as the caller: the import and its report. Raises Problem."""
    upload, kind, mapping = await _read_fields(fields)
    source = _open(upload, mapping)
    return await _land(request, workspace_id, source, kind, upload.filename, mapping)


@get(
    "/imports",
    summary="What was imported",
    tags=["facts"],
    operation_class=DocumentedOperation,
    responses=answers(
        ImportPage,
        {"items": [_IMPORT], "next_cursor": "WyIwMTk1Il0"},
        problems=GUARDED,
        cached=True,
    ),
)
async def list_imports(
    request: ApiRequest,
    workspace_id: WorkspaceId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """Imports of the workspace, newest first. Owners and admins only."""
    return await database_of(request).as_caller(request, LIST, workspace_id, limit, cursor)


@get(
    "/imports/{import_id:uuid}",
    summary="What became of one import",
    tags=["facts"],
    operation_class=DocumentedOperation,
    responses=answers(ImportReport, _REPORT, problems=GUARDED, cached=True),
)
async def one_import(
    request: ApiRequest, import_id: ImportId, workspace_id: WorkspaceId = None
) -> ASGIResponse:
    """Counts, and the faults and warnings of the first hundred faulty lines."""
    return await database_of(request).as_caller(request, ONE, workspace_id, import_id)


@get(
    "/imports/{import_id:uuid}/rejects",
    summary="What is wrong with the lines of one import",
    tags=["facts"],
    operation_class=DocumentedOperation,
    responses=answers(
        FaultPage, {"items": [_FAULT], "next_cursor": "WyIxNyJd"}, problems=GUARDED, cached=True
    ),
)
async def list_rejects(
    request: ApiRequest,
    import_id: ImportId,
    workspace_id: WorkspaceId = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ASGIResponse:
    """Faults and warnings in the order of the file; ``limit`` counts lines."""
    return await database_of(request).as_caller(
        request, REJECTS, workspace_id, import_id, limit, cursor
    )


@get(
    "/imports/{import_id:uuid}/rejects.csv",
    summary="The rejected lines as a file",
    tags=["facts"],
    operation_class=DocumentedOperation,
    responses=answers(
        str,
        "id,created,line,column,reason\n4711,31-02-2026,17,created,no time\n",
        media_type="text/csv",
        problems=GUARDED,
    ),
)
async def download_rejects(
    request: ApiRequest, import_id: ImportId, workspace_id: WorkspaceId = None
) -> Stream:
    """The rejected lines with line, column and reason after their own columns, in the encoding of
    the file: mend them and import them again with the same mapping."""
    return await rejects_file(request, workspace_id, import_id)


async def rejects_file(request: ApiRequest, workspace_id: UUID | None, import_id: UUID) -> Stream:
    """The same as the caller of ``request``."""
    first = await _reject_lines(request, workspace_id, import_id, None)

    async def pages() -> AsyncIterator[bytes]:
        page = first
        yield _written(first, [*_own(first.header), *REJECT_COLUMNS])
        while page.after is not None:
            page = await _reject_lines(request, workspace_id, import_id, page.after)
            yield _written(page)

    return Stream(
        pages(),
        headers={
            "Content-Type": f"text/csv; charset={first.encoding}",
            "Content-Disposition": f'attachment; filename="rejects-{import_id}.csv"',
        },
    )


async def _read_fields(
    fields: Mapping[str, Sequence[object]],
) -> tuple[UploadFile, str, dict[str, object]]:
    """File, kind and mapping of the upload. Raises Problem."""
    errors = [
        FieldError(name, "Required.") for name in ("file", "kind", "mapping") if name not in fields
    ]
    errors += [
        FieldError(name, "There is no such part here.")
        for name in fields
        if name not in ("file", "kind", "mapping")
    ]
    errors += [
        FieldError(name, "Given more than once.") for name in fields if len(fields[name]) > 1
    ]
    if errors:
        raise Problem(400, errors=errors)
    upload, kind, mapping = fields["file"][0], fields["kind"][0], fields["mapping"][0]
    if not isinstance(upload, UploadFile):
        raise Problem(400, errors=[FieldError("file", "This is a text; a file is needed.")])
    if not isinstance(kind, str):
        raise Problem(400, errors=[FieldError("kind", "This is a file; a text is needed.")])
    text = await mapping.read() if isinstance(mapping, UploadFile) else str(mapping)
    return upload, kind, _read_mapping(text)


def _read_mapping(text: str | bytes) -> dict[str, object]:
    """A mapping, in JSON when it begins with a brace, else in TOML. Raises Problem."""
    try:
        plain = text.decode() if isinstance(text, bytes) else text
        mapping = json.loads(plain) if plain.lstrip()[:1] == "{" else tomllib.loads(plain)
        # Dates that TOML knows are constants like any other text; what cannot be stored is refused.
        stored = json.dumps(mapping, default=str, allow_nan=False, ensure_ascii=False)
        stored.encode()
    except (ValueError, RecursionError) as error:
        raise _unfit("mapping", "This is neither JSON nor TOML.") from error
    if "\\u0000" in stored:
        raise _unfit("mapping", "A text has a NUL character.")
    return cast("dict[str, object]", json.loads(stored))


def _open(upload: UploadFile, mapping: dict[str, object]) -> CsvFile:
    """The file after its header was read. Raises Problem."""
    encoding, delimiter = mapping.get("encoding", "utf-8"), mapping.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise _unfit("mapping.delimiter", "One character, and neither a quote nor a line end.")
    try:
        return CsvFile(upload.file, str(encoding), delimiter)
    except HeaderError as error:
        raise _unfit("file", str(error)) from error
    except (LookupError, ValueError) as error:
        raise _unfit("mapping.encoding", "This is no encoding that Python knows.") from error


async def _land(
    request: ApiRequest,
    workspace_id: UUID | None,
    source: CsvFile,
    kind: str,
    file_name: str,
    mapping: dict[str, object],
) -> tuple[UUID, bytes]:
    """Stages and applies the rows of a file in one transaction, and answers the report."""
    user_id = request.user.user_id
    async with database_of(request).transaction(LONGEST) as run:
        begun = await run.fetch_row(
            BEGIN, user_id, workspace_id, kind, file_name, json.dumps(mapping), source.header
        )
        workspace, import_id = cast("tuple[UUID, UUID]", begun)
        rows = iter(source)
        # Reading is work for a thread: other requests are answered meanwhile.
        while chunk := await asyncio.to_thread(_next_chunk, rows):
            await run.fetch_row(STAGE, user_id, workspace, import_id, chunk)
        (body,) = await run.fetch_row(FINISH, user_id, workspace, import_id)
    return import_id, cast("bytes", body)


def _next_chunk(rows: Iterator[Row | Fault]) -> bytes | None:
    """The next rows as JSON, None at the end. Raises Problem when the file cannot be read on."""
    try:
        chunk = list(islice(rows, CHUNK))
    except UnicodeError as error:
        raise _unfit("file", "The file is not in the encoding that the mapping names.") from error
    return msgspec.json.encode(chunk) if chunk else None


async def _reject_lines(
    request: ApiRequest, workspace_id: UUID | None, import_id: UUID, after: int | None
) -> _RejectLines:
    (body,) = await database_of(request).fetch_row(
        REJECT_LINES, request.user.user_id, workspace_id, import_id, after, REJECT_LINES_AT_ONCE
    )
    return msgspec.json.decode(cast("bytes", body), type=_RejectLines)


def _written(page: _RejectLines, header: list[str] | None = None) -> bytes:
    """Lines of the rejects file, as the file itself was written."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=page.delimiter, lineterminator="\n")
    if header is not None:
        writer.writerow(header)
    own = len(_own(page.header))
    for line in page.lines:
        cells = [*line.cells[:own], *[""] * (own - len(line.cells))]
        writer.writerow([*cells, line.line, line.column, line.reason])
    return text.getvalue().encode(page.encoding, "replace")


def _own(header: list[str]) -> list[str]:
    """The columns of the file; a rejects file that is imported again has ours from the last
    time."""
    return header[:-3] if header[-3:] == REJECT_COLUMNS else header


def _unfit(field: str, message: str) -> Problem:
    return Problem(422, "The file cannot be imported.", errors=[FieldError(field, message)])
