"""POST /api/imports and what is told of imports afterwards."""

import asyncio
import csv
import io
import json
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest

from api.imports import FaultPage, ImportPage, ImportReport
from tests.api.conftest import Caller, Serve

PATH = "/api/imports"

MAPPING = """
source_system = "crm"
create = ["branches"]
[columns]
external_id = "id"
created_at = "created"
company = "name"
owner = "owner"
[formats]
created_at = "DD-MM-YYYY"
"""
AS_JSON = json.dumps(
    {
        "source_system": "crm",
        "create": ["branches"],
        "columns": {
            "external_id": "id",
            "created_at": "created",
            "company": "name",
            "owner": "owner",
        },
        "formats": {"created_at": "DD-MM-YYYY"},
    }
)
HEADER = "id,created,name,owner"


def file(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


def upload(
    caller: Caller,
    name: str | None = "olga",
    content: bytes = b"",
    mapping: str = MAPPING,
    kind: str = "leads",
    file_name: str = "leads.csv",
    params: dict[str, str] | None = None,
) -> httpx.Response:
    return caller.post(
        name,
        PATH,
        params,
        data={"kind": kind, "mapping": mapping},
        files={"file": (file_name, content, "text/csv")},
    )


def report(response: httpx.Response, status: int = 201) -> ImportReport:
    assert response.status_code == status, response.text
    return msgspec.json.decode(response.content, type=ImportReport)


def counts(found: ImportReport) -> tuple[int, int, int, int, int]:
    one = found.import_
    return (
        one.row_count,
        one.inserted_count,
        one.updated_count,
        one.unchanged_count,
        one.rejected_count,
    )


@pytest.fixture
def caller(caller: Caller, conn: psycopg.Connection) -> Caller:
    conn.execute(
        "update crm.users set email = 'pia@example.test' where id = %s", (caller.gym["pia"],)
    )
    return caller


GOOD = ["1,01-03-2026,Acme,pia@example.test", "2,02-03-2026,Bolt,", "3,03-03-2026,,"]
BAD = ["4,31-02-2026,Cog,", "5,04-03-2026,Dyne,nobody@example.test", "6,05-03-2026"]


def test_good_rows_land_and_the_others_are_reported(
    caller: Caller, conn: psycopg.Connection
) -> None:
    found = report(upload(caller, content=file(*GOOD, *BAD)))

    assert counts(found) == (6, 3, 0, 0, 3)
    assert [(f.line, f.column, f.is_warning) for f in found.faults] == [
        (5, "created", False),
        (6, "owner", False),
        (7, "", False),
    ]
    assert found.faults[0].cells == ["4", "31-02-2026", "Cog", ""]
    assert (found.import_.kind, found.import_.file_name) == ("leads", "leads.csv")
    assert (found.import_.status, found.import_.source_system) == ("applied", "crm")
    assert found.import_.created_by_user_id == caller.gym["olga"]
    landed = conn.execute(
        """
        select external_id, company, owner_user_id from crm.leads
        where source_system = 'crm' order by external_id
        """
    ).fetchall()
    assert landed == [("1", "Acme", caller.gym["pia"]), ("2", "Bolt", None), ("3", None, None)]
    assert conn.execute("select count(*) from crm.import_rows").fetchone() == (0,)


def test_the_same_file_again_changes_nothing(caller: Caller) -> None:
    report(upload(caller, content=file(*GOOD)))

    assert counts(report(upload(caller, content=file(*GOOD)))) == (3, 0, 0, 3, 0)


def test_a_mapping_may_be_json_or_a_file(caller: Caller) -> None:
    as_json = upload(caller, content=file(*GOOD), mapping=AS_JSON)
    as_file = caller.post(
        "olga",
        PATH,
        data={"kind": "leads"},
        files={
            "file": ("leads.csv", file(*GOOD), "text/csv"),
            "mapping": ("leads.toml", MAPPING.encode(), "application/toml"),
        },
    )

    assert counts(report(as_json)) == (3, 3, 0, 0, 0)
    assert counts(report(as_file)) == (3, 0, 0, 3, 0)


@pytest.mark.parametrize(
    ("content", "mapping", "kind", "field"),
    [
        (b"", MAPPING, "leads", "file"),
        (b"\n", MAPPING, "leads", "file"),
        (b"PK\x03\x04rest", MAPPING, "leads", "file"),
        (b"\xff\xfei\x00d\x00", MAPPING, "leads", "file"),
        (b"a,b\n", MAPPING, "leads", "columns.external_id"),
        (file(*GOOD), "no toml", "leads", "mapping"),
        (file(*GOOD), "{no json", "leads", "mapping"),
        (file(*GOOD), '{"a": "\\u0000"}', "leads", "mapping"),
        (file(*GOOD), '{"a": "\\ud800"}', "leads", "mapping"),
        (file(*GOOD), '{"a": NaN}', "leads", "mapping"),
        (file(*GOOD), '{"a":' * 100_000, "leads", "mapping"),
        (file(*GOOD), 'encoding = "klingon"', "leads", "mapping.encoding"),
        (file(*GOOD), 'encoding = "zlib"', "leads", "mapping.encoding"),
        (file(*GOOD), "encoding = 7", "leads", "mapping.encoding"),
        (file(*GOOD), 'delimiter = "ab"', "leads", "mapping.delimiter"),
        (file(*GOOD), "delimiter = 7", "leads", "mapping.delimiter"),
        (file(*GOOD), MAPPING, "unicorns", "kind"),
        (file(*GOOD), MAPPING, "a\x00b", None),
    ],
)
def test_a_file_that_cannot_be_imported_says_why_and_leaves_nothing(
    caller: Caller,
    conn: psycopg.Connection,
    content: bytes,
    mapping: str,
    kind: str,
    field: str | None,
) -> None:
    response = upload(caller, content=content, mapping=mapping, kind=kind)

    if field is None:
        assert response.status_code == 400, response.text
    else:
        assert response.status_code == 422, response.text
        assert field in [error["field"] for error in response.json()["errors"]], response.text
    assert conn.execute("select count(*) from crm.imports").fetchone() == (0,)


def test_a_form_that_is_none_is_refused(caller: Caller) -> None:
    as_json = caller.post("olga", PATH, json={})
    empty = caller.post("olga", PATH, files={"other": ("x", b"x", "text/plain")})
    text = caller.post("olga", PATH, files={"kind": ("k", b"leads", "text/plain")}, data={
        "file": "x", "mapping": "x"
    })  # fmt: skip
    broken = caller.post(
        "olga",
        PATH,
        content=b"--x\r\nnonsense",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    unbounded = caller.post(
        "olga", PATH, content=b"", headers={"Content-Type": "multipart/form-data"}
    )
    encoded = caller.post(
        "olga",
        PATH,
        content=b'--x\r\nContent-Disposition: form-data; name="kind"\r\n'
        b"Content-Type: text/plain; charset=klingon\r\n\r\nleads\r\n--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )

    assert as_json.status_code == 415
    assert {e["field"] for e in empty.json()["errors"]} == {"file", "kind", "mapping", "other"}
    assert text.json()["errors"][0]["field"] == "file"
    for response in (empty, text, broken, unbounded, encoded):
        assert response.status_code == 400, response.text


def test_a_file_above_the_limit_is_refused(serve: Serve) -> None:
    with serve(max_body="2048") as small:
        response = upload(small, content=b"x" * 4096)

    assert response.status_code == 413


@pytest.mark.parametrize(
    ("name", "status"), [("ada", 201), ("mo", 403), ("ann", 403), ("pia", 403), (None, 401)]
)
def test_owners_and_admins_import(caller: Caller, name: str | None, status: int) -> None:
    assert upload(caller, name, file(*GOOD)).status_code == status


def test_nobody_else_sees_what_was_imported(caller: Caller) -> None:
    key = report(upload(caller, content=file(*GOOD, *BAD))).import_.id
    paths = [PATH, f"{PATH}/{key}", f"{PATH}/{key}/rejects", f"{PATH}/{key}/rejects.csv"]

    for path in paths:
        assert caller.get("ada", path).status_code == 200, path
        assert caller.get("mo", path).status_code == 403, path
        assert caller.get("pia", path).status_code == 403, path
    for path in paths[1:]:
        foreign = caller.get("ona", path)
        missing = caller.get("ona", path.replace(str(key), str(UUID(int=9))))
        assert foreign.status_code == missing.status_code == 404, path
    assert caller.get("ona", PATH).json()["items"] == []


def test_imports_are_listed_newest_first_in_pages(caller: Caller) -> None:
    keys = [
        report(upload(caller, content=file(row), file_name=f"dir/{row[0]}.csv")).import_.id
        for row in GOOD
    ]
    first = caller.get("olga", PATH, {"limit": "2"})
    newest = msgspec.json.decode(first.content, type=ImportPage)
    second = caller.get("olga", PATH, {"limit": "2", "cursor": newest.next_cursor or ""})
    oldest = msgspec.json.decode(second.content, type=ImportPage)

    assert [one.id for one in newest.items + oldest.items] == keys[::-1]
    assert [one.file_name for one in oldest.items] == ["1.csv"]
    assert oldest.next_cursor is None
    assert caller.get("olga", PATH, {"cursor": "x"}).status_code == 400
    known = {"If-None-Match": first.headers["etag"]}
    assert caller.get("olga", PATH, {"limit": "2"}, headers=known).status_code == 304


def test_one_import_is_what_was_answered_when_it_was_made(caller: Caller) -> None:
    made = upload(caller, content=file(*GOOD, *BAD))

    assert caller.get("olga", made.headers["location"]).content == made.content


def test_faults_are_paged_by_line(caller: Caller) -> None:
    made = upload(caller, content=file(*BAD, "7,x,,nobody@example.test"))
    path = made.headers["location"] + "/rejects"
    seen: list[tuple[int, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        response = caller.get("olga", path, {"limit": "2"} | ({"cursor": cursor} if cursor else {}))
        page = msgspec.json.decode(response.content, type=FaultPage)
        assert len({fault.line for fault in page.items}) == 2
        seen += [(fault.line, fault.column) for fault in page.items]
        cursor = page.next_cursor

    assert seen == [(2, "created"), (3, "owner"), (4, ""), (5, "created"), (5, "owner")]


def test_the_rejects_mended_and_sent_again_land(caller: Caller) -> None:
    made = upload(caller, content=file(*GOOD, *BAD))
    rejects = caller.get("olga", made.headers["location"] + "/rejects.csv")

    assert rejects.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in rejects.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(rejects.text)))
    assert rows[0] == ["id", "created", "name", "owner", "line", "column", "reason"]
    assert [row[:6] for row in rows[1:]] == [
        ["4", "31-02-2026", "Cog", "", "5", "created"],
        ["5", "04-03-2026", "Dyne", "nobody@example.test", "6", "owner"],
        ["6", "05-03-2026", "", "", "7", ""],
    ]
    mended = rejects.text.replace("31-02", "28-02").replace("nobody@", "pia@")
    again = report(upload(caller, content=mended.encode()))
    assert counts(again) == (3, 3, 0, 0, 0)


def test_rejects_keep_encoding_and_delimiter_of_the_file(caller: Caller) -> None:
    mapping = 'encoding = "latin-1"\ndelimiter = ";"\n' + MAPPING
    content = "id;created;name;owner\n1;31-02-2026;Café;\n".encode("latin-1")
    made = upload(caller, content=content, mapping=mapping)
    rejects = caller.get("olga", made.headers["location"] + "/rejects.csv")

    assert rejects.headers["content-type"] == "text/csv; charset=latin-1"
    assert rejects.content.decode("latin-1").splitlines()[1].startswith("1;31-02-2026;Café;;2;")


def test_many_rows_are_staged_in_pieces(caller: Caller) -> None:
    content = file(*[f"{n},01-03-2026,Acme {n}," for n in range(5_000)])

    assert counts(report(upload(caller, content=content))) == (5000, 5000, 0, 0, 0)


def test_a_file_cut_off_in_the_middle_of_a_character_rejects_the_row(caller: Caller) -> None:
    content = file(*GOOD) + '7,06-03-2026,"Café'.encode()[:-1]

    assert counts(report(upload(caller, content=content))) == (4, 3, 0, 0, 1)


def test_only_some_connections_import(caller: Caller) -> None:
    slots = caller.app.state.import_slots
    caller.app.state.import_slots = asyncio.Semaphore(0)
    refused = upload(caller, content=file(*GOOD))
    caller.app.state.import_slots = slots

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert upload(caller, content=file(*GOOD)).status_code == 201
