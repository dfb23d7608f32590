"""Answers as files: CSV, XLSX and, where a report has a template, PDF.

A file holds the very rows that its endpoint answers as JSON. The endpoint's own statement checks
the right and builds the JSON, which stays in the transaction (``service.leave_answer``); PostgreSQL
copies CSV out of it, XLSX is written row by row. Neither is ever whole in the service's memory.
The columns are the fields of the row's Struct.

``@exports.get(path, report, ...)`` makes the handlers of an address: JSON at ``path``, which also
answers a file when the header Accept prefers one, and a file at ``path.csv``, ``path.xlsx``, ....
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Literal, cast

import litestar
import msgspec
import typst
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.db import Parameter, Transaction
from api.openapi import GUARDED, Answer, DocumentedOperation, answers
from api.parameters import ApiRequest, replica_of
from api.problems import Problem

LONGEST = 60
"""Seconds that one statement of an export may take."""

IN_MEMORY = 1_000_000
"""Bytes of a file that are kept in memory before it goes on disk."""

CHUNK = 65_536

MOST_LINES = 1_048_576
"""Lines of a sheet, as Excel defines it."""

WIDTH = 18

Kind = Literal["json", "csv", "xlsx", "pdf"]

MEDIA_TYPES: dict[Kind, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}

DESCRIPTIONS: dict[Kind, str] = {
    "csv": "The same rows as CSV, UTF-8. Lists and objects are JSON; a text that a spreadsheet "
    "would take for a formula begins with an apostrophe.",
    "xlsx": "The same rows as an Excel workbook; instants in UTC.",
    "pdf": "The same rows as a page to print.",
}


@dataclass(frozen=True)
class Table:
    """One list of an answer, and one sheet of a workbook. ``row`` is what an element is, ``source``
    the SQL that gives the elements, by default the answer as a whole."""

    name: str
    row: type[Answer]
    source: str = "service.left_rows('{}')"


@dataclass(frozen=True)
class Report:
    """What can be had as a file. ``statement`` is that of the endpoint, ``select etag, body from
    service.<endpoint>($1, $2, ...)``. A CSV file holds the first table only. ``template`` is a
    Typst document that reads the JSON from ``sys.inputs.body``."""

    name: str
    statement: str
    tables: tuple[Table, ...]
    template: Path | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of file there are."""
        return ("csv", "xlsx") if self.template is None else ("csv", "xlsx", "pdf")


Handler = Callable[..., Coroutine[None, None, ASGIResponse]]


def get(
    path: str,
    report: Report,
    container: type,
    example: object,
    *,
    summary: str,
    tag: str,
    problems: Sequence[int] = GUARDED,
) -> Callable[[Handler], list[HTTPRouteHandler]]:
    """The handlers of an address and of its files, from one function, which ends with ``return
    await exports.answer(request, report, ...)``."""

    def handlers(function: Handler) -> list[HTTPRouteHandler]:
        as_json = litestar.get(
            path,
            summary=summary,
            tags=[tag],
            operation_class=_also_as(report.kinds),
            responses=answers(container, example, problems=problems, cached=True),
        )(function)
        as_files = [
            litestar.get(
                f"{path}.{kind}",
                summary=f"{summary}, as {kind.upper()}",
                tags=[tag],
                operation_class=_only_as(kind),
                responses=answers(str, "", problems=problems, media_type=MEDIA_TYPES[kind]),
                opt={"kind": kind},
            )(function)
            for kind in report.kinds
        ]
        return [as_json, *as_files]

    return handlers


async def answer(request: ApiRequest, report: Report, *parameters: Parameter) -> ASGIResponse:
    """What was asked for: by the suffix of the address, else by the header Accept, else JSON.
    ``parameters`` are those of the statement from $3 on."""
    kind = _kind(request, report)
    if kind == "json":
        return await replica_of(request).as_caller(request, report.statement, *parameters)
    file = cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed below
    try:
        await _FILL[kind](request, report, parameters, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return ASGIStreamingResponse(
        iterator=_chunks(file),
        media_type=MEDIA_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{report.name}.{kind}"',
            "Cache-Control": "private, no-store",
        },
    )


def _kind(request: ApiRequest, report: Report) -> Kind:
    fixed = request.route_handler.opt.get("kind")
    if fixed is not None:
        return cast("Kind", fixed)
    offered: dict[str, Kind] = {MEDIA_TYPES[kind]: kind for kind in ("json", *report.kinds)}
    return offered[request.accept.best_match(list(offered), MEDIA_TYPES["json"])]


async def _write_csv(
    request: ApiRequest, report: Report, parameters: Sequence[Parameter], file: BinaryIO
) -> None:
    async with replica_of(request).transaction(LONGEST) as run:
        await _leave(run, request, report, parameters)
        await run.copy_csv(_csv_query(report.tables[0]), file)


async def _write_xlsx(
    request: ApiRequest, report: Report, parameters: Sequence[Parameter], file: BinaryIO
) -> None:
    # Row by row to a file of its own, and texts are never taken for formulas or links.
    options = {"constant_memory": True, "remove_timezone": True}
    workbook = Workbook(file, options)
    formats = _Formats.of(workbook)
    async with replica_of(request).transaction(LONGEST) as run:
        await _leave(run, request, report, parameters)
        for table in report.tables:
            add = cast("Callable[[str], Worksheet]", workbook.add_worksheet)  # pyright: ignore[reportUnknownMemberType]
            sheet = _Sheet(add(table.name), table.row, formats)
            query = f"select r.row::json from {table.source} as r (row)"  # noqa: S608 - our own
            async for batch in run.batches(query):
                # Writing is work for a thread: other requests are answered meanwhile.
                await asyncio.to_thread(sheet.write, cast("list[tuple[bytes]]", batch))
    await asyncio.to_thread(workbook.close)


async def _write_pdf(
    request: ApiRequest, report: Report, parameters: Sequence[Parameter], file: BinaryIO
) -> None:
    _, body = await replica_of(request).fetch_row(
        report.statement, request.user.user_id, None, *parameters
    )
    inputs = {"body": cast("bytes", body).decode()}
    file.write(await asyncio.to_thread(_compiled, cast("Path", report.template), inputs))


def _compiled(template: Path, inputs: dict[str, str]) -> bytes:
    """The fonts are those inside the wheel, so that a page looks the same everywhere."""
    return typst.compile(
        template.read_bytes(), format="pdf", ignore_system_fonts=True, sys_inputs=inputs
    )


_FILL: dict[
    Kind,
    Callable[[ApiRequest, Report, Sequence[Parameter], BinaryIO], Coroutine[None, None, None]],
] = {"csv": _write_csv, "xlsx": _write_xlsx, "pdf": _write_pdf}


async def _leave(
    run: Transaction, request: ApiRequest, report: Report, parameters: Sequence[Parameter]
) -> None:
    """Lets the endpoint answer into the transaction. Its problems are raised here, before a byte
    is sent."""
    await run.fetch_row(
        f"select service.leave_answer(a.body) from ({report.statement}) as a",  # noqa: S608 - ours
        request.user.user_id,
        None,
        *parameters,
    )


def _csv_query(table: Table) -> str:
    columns = ", ".join(
        f"service.csv_cell(r.row -> '{name}') as \"{name}\"" for name in _columns(table.row)
    )
    return f"select {columns} from {table.source} as r (row)"  # noqa: S608 - our own names


def _columns(row: type[Answer]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(row)]


@dataclass(frozen=True)
class _Formats:
    header: Format
    text: Format
    day: Format
    instant: Format

    @classmethod
    def of(cls, workbook: Workbook) -> "_Formats":
        add = cast("Callable[[dict[str, object]], Format]", workbook.add_format)  # pyright: ignore[reportUnknownMemberType]
        return cls(
            header=add({"bold": True, "bottom": 1}),
            # Stays text when somebody edits the cell.
            text=add({"quote_prefix": True}),
            day=add({"num_format": "yyyy-mm-dd"}),
            instant=add({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )


class _Sheet:
    """A worksheet whose columns are the fields of a Struct."""

    def __init__(self, sheet: Worksheet, row: type[Answer], formats: _Formats) -> None:
        self._sheet = sheet
        self._formats = formats
        self._decoder = msgspec.json.Decoder(row)
        self._lines = 0
        names = _columns(row)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) - 1, WIDTH)
        self._write_row(names, formats.header)

    def write(self, batch: Sequence[tuple[bytes]]) -> None:
        """Writes rows, each as JSON. Raises Problem when the sheet is full."""
        for (row,) in batch:
            self._write_row(msgspec.structs.astuple(self._decoder.decode(row)), self._formats.text)

    def _write_row(self, values: Sequence[object], text: Format) -> None:
        if self._lines >= MOST_LINES:
            raise Problem(422, "There are more rows than a sheet can hold. Ask for CSV.")
        for column, value in enumerate(values):
            self._write_cell(column, value, text)
        self._lines += 1

    def _write_cell(self, column: int, value: object, text: Format) -> None:
        match value:
            case None:
                return
            case bool():
                self._sheet.write_boolean(self._lines, column, value)
            case int() | float():
                self._sheet.write_number(self._lines, column, value)
            case datetime():
                self._sheet.write_datetime(self._lines, column, value, self._formats.instant)
            case date():
                day = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day has no zone
                self._sheet.write_datetime(self._lines, column, day, self._formats.day)
            case _:
                plain = value if isinstance(value, str) else _as_text(value)
                self._sheet.write_string(self._lines, column, plain, text)


def _as_text(value: object) -> str:
    encoded = msgspec.json.encode(value).decode()
    return encoded[1:-1] if encoded.startswith('"') else encoded


async def _chunks(file: BinaryIO) -> AsyncGenerator[bytes]:
    with closing(file):
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def _only_as(kind: Kind) -> type[DocumentedOperation]:
    """The success of an operation is a file of that kind."""

    class FileOperation(DocumentedOperation):
        def __post_init__(self) -> None:
            super().__post_init__()
            success = cast("dict[str, OpenAPIResponse]", self.responses)["200"]
            success.description = DESCRIPTIONS[kind]
            success.content = {MEDIA_TYPES[kind]: _file()}

    return FileOperation


def _also_as(kinds: Sequence[Kind]) -> type[DocumentedOperation]:
    """The success of an operation is JSON, or one of the files."""

    class NegotiatedOperation(DocumentedOperation):
        def __post_init__(self) -> None:
            super().__post_init__()
            success = cast("dict[str, OpenAPIResponse]", self.responses)["200"]
            success.content = (success.content or {}) | {MEDIA_TYPES[k]: _file() for k in kinds}

    return NegotiatedOperation


def _file() -> OpenAPIMediaType:
    return OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
