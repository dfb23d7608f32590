"""``leadboard import``: a file as its users have it, the exit code, and the file of rejects."""

import csv
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from jobs import importer
from tests import builders
from tests.conftest import PASSWORD, url_as

ROOT = Path(importer.__file__).resolve().parents[1]

MAPPING = """
source_system = "crm"
time_zone = "UTC"

[columns]
external_id = "id"
created_at = "in"
status = "state"

[values.status]
converted = "won"
"""

LEADS = """id,in,state
L1,2026-03-01,converted
L2,31-02-2026,new
L3,2026-03-02,lost in space
L4,2026-03-03
L5,2026-03-04,new
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    return builders.workspace(conn)


@pytest.fixture
def run(database: str, tmp_path: Path) -> Run:
    """Runs ``leadboard import`` in a directory of its own."""

    def run_import(*arguments: object, command: str = "import") -> subprocess.CompletedProcess[str]:
        variables = {
            "LEADBOARD_DATABASE_URL": database,
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "300",
            "NO_COLOR": "1",
        }
        return subprocess.run(
            [sys.executable, "-m", "jobs", command, *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run_import


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    return write(tmp_path / "leads.toml", MAPPING)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def names(conn: psycopg.Connection) -> list[str]:
    rows = conn.execute("select external_id from crm.leads order by 1").fetchall()
    return [name for (name,) in rows]


def test_good_rows_land_and_the_rest_can_be_mended(
    run: Run, conn: psycopg.Connection, gym: UUID, mapping: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "leads.csv", LEADS)
    done = run("leads", file, "--mapping", mapping, "--workspace", gym)
    assert done.returncode == 3, done.stderr
    assert (
        "leads.csv: 5 leads: 2 new, 0 changed, 0 known, 3 rejected, 1 warned about" in done.stderr
    )
    assert "line 5: the row has 2 fields, the header has 3" in done.stderr
    assert names(conn) == ["L1", "L5"]

    rejects = tmp_path / "leads.rejects.csv"
    rows = list(csv.reader(rejects.open(encoding="utf-8", newline="")))
    assert rows[0] == ["id", "in", "state", "line", "column", "reason"]
    assert [row[:5] for row in rows[1:]] == [
        ["L2", "31-02-2026", "new", "3", "in"],
        ["L3", "2026-03-02", "lost in space", "4", "state"],
        ["L4", "2026-03-03", "", "5", ""],
    ]

    mended = rejects.read_text(encoding="utf-8").replace("31-02-2026", "2026-02-28")
    write(rejects, mended)
    done = run("leads", rejects, "--mapping", mapping, "--workspace", gym, "--rejects", "again.csv")
    assert done.returncode == 3, done.stderr
    assert names(conn) == ["L1", "L2", "L4", "L5"]
    rows = list(csv.reader((tmp_path / "again.csv").open(encoding="utf-8", newline="")))
    assert rows[0] == ["id", "in", "state", "line", "column", "reason"]
    assert [row[:5] for row in rows[1:]] == [["L3", "2026-03-02", "lost in space", "3", "state"]]


def test_repeat_is_harmless_and_leaves_no_rejects(
    run: Run, conn: psycopg.Connection, gym: UUID, mapping: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "leads.csv", "id,in,state\nL1,2026-03-01,new\n")
    write(tmp_path / "leads.rejects.csv", "of the last time")
    for words in ("1 new, 0 changed, 0 known", "0 new, 0 changed, 1 known"):
        done = run("leads", file, "--mapping", mapping, "--workspace", gym)
        assert done.returncode == 0, done.stderr
        assert words in done.stderr
    assert not (tmp_path / "leads.rejects.csv").exists()
    assert conn.execute("select count(*) from crm.imports").fetchone() == (2,)


def test_wrong_header_reads_nothing(
    run: Run, conn: psycopg.Connection, gym: UUID, mapping: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "leads.csv", "id,created,state\nL1,2026-03-01,new\n")
    done = run("leads", file, "--mapping", mapping, "--workspace", gym)
    assert done.returncode == 2
    assert 'columns.created_at: The file has no column "in".' in done.stderr
    assert "Its header is: id, created, state." in done.stderr
    assert conn.execute("select count(*) from crm.imports").fetchone() == (0,)


@pytest.mark.parametrize(
    ("content", "toml", "words"),
    [
        (b"", MAPPING, "The file is empty."),
        ("id,in,state\n".encode("utf-16"), MAPPING, 'set encoding = "utf-16"'),
        (b"id,in,state\n", "columns = ", "is no TOML"),
        (b"id,in,state\n", 'encoding = "klingon"\n' + MAPPING, "klingon is no encoding"),
        (b"id,in,state\n", 'delimiter = "::"\n' + MAPPING, "delimiter: this is one character"),
        (b"id,in,state\n", 'kind = "notes"\n' + MAPPING, "The mapping is for notes"),
    ],
)
def test_unreadable_file_or_mapping(
    run: Run, gym: UUID, tmp_path: Path, content: bytes, toml: str, words: str
) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(content)
    mapping = write(tmp_path / "leads.toml", toml)
    done = run("leads", file, "--mapping", mapping, "--workspace", gym)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr


def test_misuse(run: Run, gym: UUID, mapping: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "leads.csv", LEADS)
    assert run("leads", file).returncode == 2
    assert run("leads", tmp_path / "no.csv").returncode == 2
    unknown = run("leads", file, "--mapping", mapping, "--workspace", uuid4())
    assert unknown.returncode == 1
    assert "No such workspace." in unknown.stderr
    kind = run("people", file, "--mapping", mapping, "--workspace", gym)
    assert kind.returncode == 2
    assert "the kinds are" in kind.stderr
    itself = run("leads", file, "--mapping", mapping, "--workspace", gym, "--rejects", file)
    assert itself.returncode == 2
    assert file.read_text(encoding="utf-8") == LEADS


def test_bad_bytes_cost_their_rows_only(
    run: Run, conn: psycopg.Connection, gym: UUID, mapping: Path, tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(
        b"id,in,state\nL1,2026-03-01,new\n\x00L2,2026-03-01,new\nL3\xff,2026-03-01,new\n"
        b"L4,2026-03-01,"
        + b"x" * 10_000_000
        + b'\nL5,"2026-03-01,new\nL6,2026-03-01,new\nL7,2026-03-01,new'
    )
    done = run("leads", file, "--mapping", mapping, "--workspace", gym)
    assert done.returncode == 3, done.stderr
    for words in (
        "line 3, id: the field has a NUL byte",
        "line 4, id: the field is not in utf-8",
        "line 5, state: the field has 10000000 characters; 1000000 are allowed",
        "line 6: a quote is opened here and not closed",
    ):
        assert words in done.stderr
    assert names(conn) == ["L1", "L6", "L7"]


def test_manifest_makes_the_workspace_once(
    run: Run, conn: psycopg.Connection, tmp_path: Path
) -> None:
    write(tmp_path / "leads.toml", MAPPING)
    write(tmp_path / "notes.toml", '[columns]\nlead = "id"\nbody = "state"\ncreated_at = "in"\n')
    data = tmp_path / "data"
    data.mkdir()
    write(data / "leads.csv", LEADS)
    manifest = write(
        tmp_path / "all.toml",
        """
        [workspace]
        name = "Salon"
        time_zone = "Europe/Paris"

        [[files]]
        kind = "leads"
        file = "leads.csv"
        mapping = "leads.toml"

        [[files]]
        kind = "notes"
        file = "leads.csv"
        mapping = "notes.toml"
        """,
    )
    for _ in range(2):
        done = run("--manifest", manifest, "--directory", data, "--rejects", tmp_path / "bad")
        assert done.returncode == 3, done.stderr
    assert conn.execute("select name, timezone, currency from crm.workspaces").fetchall() == [
        ("Salon", "Europe/Paris", "EUR")
    ]
    assert names(conn) == ["L1", "L5"]
    assert sorted(path.name for path in (tmp_path / "bad").iterdir()) == [
        "leads.rejects.csv",
        "notes.rejects.csv",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("files = 1", "Expected `array`"),
        ('[[files]]\nkind = "leads"\nfile = "no.csv"\nmapping = "leads.toml"', "no.csv"),
        ('[[files]]\nkind = "leads"\nfile = "leads.toml"\nmapping = "no.toml"', "no.toml"),
        ('[[files]]\nkind = "leads"\nfile = "leads.toml"\nmapping = "leads.toml"', "no workspace"),
    ],
)
def test_wrong_manifest(run: Run, mapping: Path, tmp_path: Path, text: str, words: str) -> None:
    assert mapping.exists()
    done = run("--manifest", write(tmp_path / "all.toml", text))
    assert done.returncode == 2, done.stderr
    assert words in done.stderr


def test_missing_olist_is_skipped_with_a_word(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path, command="import-olist")
    assert done.returncode == 0
    assert "Skipped: there is no" in done.stderr


def test_file_is_one_transaction(
    database: str, conn: psycopg.Connection, gym: UUID, tmp_path: Path
) -> None:
    """A fault of the program, not of a row: nothing of the file is there."""
    conn.execute(
        """
        create function crm.fail() returns trigger language plpgsql as $$
        begin
            if (select count(*) from new_rows) > 1 then raise exception 'broken'; end if;
            return null;
        end $$;
        create trigger fail after insert on crm.leads referencing new table as new_rows
        for each statement execute function crm.fail();
        """
    )
    file = write(tmp_path / "leads.csv", LEADS)
    mapping = importer.read_mapping(write(tmp_path / "leads.toml", MAPPING))
    with pytest.raises(psycopg.Error, match="broken"):
        importer.import_file(database, gym, "leads", file, mapping)
    assert conn.execute(
        """
        select
            (select count(*) from crm.leads),
            (select count(*) from crm.imports),
            (select count(*) from crm.import_rows),
            (select count(*) from crm.import_rejects),
            (select count(*) from crm.lead_status_history)
        """
    ).fetchone() == (0, 0, 0, 0, 0)


def test_login_that_security_binds_imports_too(
    database: str, conn: psycopg.Connection, gym: UUID, tmp_path: Path
) -> None:
    """Where the deploying login is no superuser, COPY is refused; rows then go by the function."""
    conn.execute(
        f"""
        do $$ begin
            create role test_deployer login password '{PASSWORD}';
        exception when duplicate_object then null; end $$;
        grant leadboard_owner to test_deployer;
        """.encode()
    )
    database_name = conn.info.dbname
    conn.execute(f'grant connect on database "{database_name}" to test_deployer'.encode())
    file = write(tmp_path / "leads.csv", LEADS)
    mapping = importer.read_mapping(write(tmp_path / "leads.toml", MAPPING))
    url = url_as(database, "test_deployer")
    rejects = tmp_path / "rejects.csv"
    outcome = importer.import_file(url, gym, "leads", file, mapping, rejects)
    assert (outcome.inserted, outcome.rejected) == (2, 3)
    assert outcome.rejects == rejects
    assert names(conn) == ["L1", "L5"]


def test_same_file_by_two_at_once(
    database: str, conn: psycopg.Connection, gym: UUID, tmp_path: Path
) -> None:
    rows = "".join(f"L{number},2026-03-01,new\n" for number in range(500))
    file = write(tmp_path / "leads.csv", "id,in,state\n" + rows)
    mapping = importer.read_mapping(write(tmp_path / "leads.toml", MAPPING))
    outcomes: list[importer.Outcome] = []

    def work() -> None:
        outcomes.append(importer.import_file(database, gym, "leads", file, mapping))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((each.inserted, each.unchanged) for each in outcomes) == [
        (0, 500),
        (0, 500),
        (500, 0),
    ]
    assert len(names(conn)) == 500


def test_dates_of_toml_are_constants(tmp_path: Path) -> None:
    path = write(tmp_path / "m.toml", "[constants]\ncreated_at = 2026-03-01\nrating = 5\n")
    assert importer.read_mapping(path) == {"constants": {"created_at": "2026-03-01", "rating": 5}}
