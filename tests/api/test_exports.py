"""Files of an answer hold its rows, and nothing in them is run by the program that opens them."""

import csv
import io
import json
from collections.abc import Generator
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec
import openpyxl
import psycopg
import pytest
from litestar import Router
from litestar.middleware import DefineMiddleware
from litestar.response.base import ASGIResponse
from openpyxl.utils.escape import unescape

from api import exports
from api.auth import Authentication
from api.parameters import ApiRequest, WorkspaceId
from api.partners import LIST, PartnerPage, PartnerPerformance
from tests.api.conftest import Caller, Reader, Serve, reading

REPORT = exports.Report(
    "partners",
    LIST,
    (exports.Table("Partners", PartnerPerformance, "service.left_rows('{items}')"),),
)
XLSX = exports.MEDIA_TYPES["xlsx"]


@exports.get("/files", REPORT, PartnerPage, {}, summary="Partners", tag="tests")
async def files(request: ApiRequest, workspace_id: WorkspaceId = None) -> ASGIResponse:
    return await exports.answer(request, REPORT, workspace_id, 200, None)


def routes() -> Router:
    return Router("/api", route_handlers=files, middleware=[DefineMiddleware(Authentication)])


@pytest.fixture(scope="module")
def reader(server_url: str, run_prefix: str) -> Generator[Reader]:
    with reading(server_url, run_prefix, routes()) as (running, _):
        yield running


@pytest.fixture
def caller(serve: Serve) -> Generator[Caller]:
    with serve(routes()) as running:
        yield running


def items(response: httpx.Response) -> list[dict[str, Any]]:
    """Numbers are Decimal, so that 13.0 and 13.00 can be told apart as texts."""
    return json.loads(response.content, parse_float=Decimal)["items"]


def csv_rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text), strict=True))


def sheet_rows(response: httpx.Response) -> list[dict[str, object]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == XLSX
    (sheet,) = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(cast("tuple[str, ...]", header), row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", ["olga", "mo", "sam"])
def test_a_file_holds_the_rows_and_columns_of_the_answer(reader: Reader, name: str) -> None:
    rows = items(reader.get(name, "/api/files"))
    found = csv_rows(reader.get(name, "/api/files.csv"))
    cells = sheet_rows(reader.get(name, "/api/files.xlsx"))

    fields = [field.name for field in msgspec.structs.fields(PartnerPerformance)]
    assert len(rows) == len(found) == len(cells) > 0
    for row, line, cell in zip(rows, found, cells, strict=True):
        assert list(row) == list(line) == list(cell) == fields
        assert line == {key: _as_csv(value) for key, value in row.items()}
        assert msgspec.convert(line | _nulls(line), PartnerPerformance, strict=False) == (
            msgspec.convert(row, PartnerPerformance, strict=False)
        )
        for key, value in row.items():
            if not isinstance(value, str):
                assert cell[key] == (float(value) if isinstance(value, Decimal) else value), key
        assert cell["partner_id"] == row["partner_id"]


def _as_csv(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nulls(line: dict[str, str]) -> dict[str, None]:
    return {key: None for key, value in line.items() if value == ""}


def test_a_name_is_never_a_formula(caller: Caller, conn: psycopg.Connection) -> None:
    for start in ("=", "+", "-", "@", "\t", "\r", "\n", "＝"):  # noqa: RUF001
        name = f'{start}HYPERLINK("http://evil", "a,b")'
        conn.execute("update crm.users set name = %s where id = %s", (name, caller.gym["sam"]))
        conn.execute("call ops.refresh()")

        (line,) = csv_rows(caller.get("sam", "/api/files.csv"))
        response = caller.get("sam", "/api/files.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
        (cell,) = [c for c in sheet["2"] if c.column == 2]

        assert line["partner_name"] == f"'{name}"
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert unescape(str(cell.value)) == name


def test_a_negative_number_stays_a_number(conn: psycopg.Connection) -> None:
    found = conn.execute(
        """
        select service.csv_cell(v) from jsonb_array_elements(
            '[-3, "-3", "a-3", "", null, true, [1.50], {"=a": "=b"}]'
        ) as v
        """
    ).fetchall()

    assert [cell for (cell,) in found] == [
        "-3",
        "'-3",
        "a-3",
        "",
        None,
        "true",
        "[1.50]",
        '{"=a": "=b"}',
    ]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.5, application/json", "application/json"),
        (XLSX, XLSX),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        ("", "application/json"),
        ("nonsense;;q=x,", "application/json"),
    ],
)
def test_the_header_accept_chooses_as_well(reader: Reader, accept: str, media_type: str) -> None:
    response = reader.get("olga", "/api/files", headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == media_type


def test_a_file_is_offered_under_its_name_and_kept_by_no_cache(reader: Reader) -> None:
    response = reader.get("olga", "/api/files.csv")

    assert response.headers["content-disposition"] == 'attachment; filename="partners.csv"'
    assert response.headers["cache-control"] == "private, no-store"
    assert "etag" not in response.headers


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_refusal_is_a_problem_and_no_file(reader: Reader, kind: str) -> None:
    gym = reader.gym
    path = f"/api/files.{kind}"

    assert reader.get(None, path).status_code == 401
    assert reader.get("nemo", path).status_code == 403
    other = reader.get("olga", path, {"workspace_id": str(gym.copper)})
    missing = reader.get("olga", path, {"workspace_id": str(UUID(int=1))})
    assert other.status_code == missing.status_code == 404
    assert other.content == missing.content
    assert reader.get("both", path).status_code == 400
    assert reader.get("olga", path, {"limit": "1"}).status_code == 400


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_rows_are_a_header(caller: Caller, conn: psycopg.Connection, kind: str) -> None:
    conn.execute("update crm.members set role = 'manager' where user_id = %s", (caller.gym["mo"],))
    conn.execute("update crm.members set branch_id = null where user_id = %s", (caller.gym["mo"],))
    conn.execute("call ops.refresh()")

    response = caller.get("mo", f"/api/files.{kind}")

    assert (csv_rows(response) if kind == "csv" else sheet_rows(response)) == []
