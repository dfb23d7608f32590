"""The bench runs, finds what it must find, and writes what it found. Its figures are not judged
here: a test machine is busy."""

import json
import shutil
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bench import (
    agents,
    api,
    leaderboard,
    load,
    pgbench,
    refresh,
    report,
    reports,
    services,
    staleness,
    statements,
    writes,
)
from bench.data import BenchError
from bench.load import Ask
from bench.report import Row, row
from jobs import demo
from tests.conftest import PASSWORD, clone, run_dir, url_as


def _named(rows: list[Row]) -> dict[str, Row]:
    return {each.name: each for each in rows}


@pytest.fixture(scope="module")
def template(module_database: str) -> str:
    """Name of a database with demo data."""
    demo.load(module_database, scale=0.05, bulk=True)
    return str(conninfo_to_dict(module_database)["dbname"])


@pytest.fixture
def filled(server_url: str, run_prefix: str, template: str) -> Generator[str]:
    """Superuser's URL of a copy of it for this test alone."""
    with clone(server_url, run_prefix, template) as url:
        yield url


def test_a_row_is_judged_by_its_bound() -> None:
    assert row("a: b", 100.0, "x", at_least=100) == Row("a: b", 100.0, "x", ">= 100", ok=True)
    assert not row("a: b", 99.99, "x", at_least=100).ok
    assert row("a: b", 10.0, "ms", at_most=10).ok
    assert not row("a: b", 10.01, "ms", at_most=10).ok
    assert row("a: b", 1.0, "ms") == Row("a: b", 1.0, "ms", None, ok=True)


def test_a_part_replaces_its_own_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    report.README.write_text(f"before\n{report.BEGIN}old\n{report.END}after\n")
    report.save("refresh", [row("refresh: one", 1, "x")])
    report.save("api", [row("api: one", 2, "x", at_least=3)])
    rows = report.save("refresh", [row("refresh: other", 4, "x")])
    assert [each.name for each in rows] == ["api: one", "refresh: other"]
    assert json.loads(report.RESULTS.read_text()) == [
        {"name": "api: one", "value": 2.0, "unit": "x", "target": ">= 3", "ok": False},
        {"name": "refresh: other", "value": 4.0, "unit": "x", "target": None, "ok": True},
    ]
    report.write_readme(rows, "here")
    text = report.README.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| api: one | 2 | x | >= 3 | **no** |" in text
    assert "old" not in text


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(number) for number in range(1, 101)]
    assert report.percentile(values, 50) == 51
    assert report.percentile(values, 99) == 100
    assert report.percentile([7.0], 99) == 7


@pytest.mark.slow
def test_refresh_is_measured(filled: str) -> None:
    rows = _named(refresh.measure(filled, 1000, 1))
    changed = "refresh: 1 k leads, 1 % changed"
    assert rows[f"{changed}, cells"].value > 0
    for ending in ("", ", full, concurrently", ", times faster than full"):
        assert rows[f"{changed}{ending}"].value > 0
    assert all(each.target is None for each in rows.values())
    with psycopg.connect(filled) as connection:
        left = connection.execute("select to_regnamespace('bench')").fetchone()
    assert left == (None,)


@pytest.mark.slow
def test_writes_are_measured_and_the_control_is_caught(filled: str) -> None:
    rows = _named(writes.measure(filled, 200, 1, 1))
    assert rows["writes: 8 clients, all triggers"].value > 0
    assert rows["writes: insert of leads, 200 rows, time with the log to without"].value > 0
    assert rows["writes: stress, wrong rows"].value == 0
    assert rows["writes: stress, wrong rows of the watermark control"].value > 0


@pytest.mark.slow
def test_staleness_is_measured(filled: str) -> None:
    rows = _named(staleness.measure(filled, 1))
    assert 0 < rows["staleness: rollups, median"].value <= rows["staleness: rollups, p99"].value
    assert rows["staleness: materialized view, median"].value > 0


def test_leaderboards_are_measured_and_say_what_the_facts_say(database: str) -> None:
    rows = _named(leaderboard.measure(database, 600, 1, reps=(3, 7)))
    for reps in (3, 7):
        for days in (7, 30, 45, 365):
            assert rows[f"leaderboard: {reps} reps, {days} days, times faster"].value > 0
        assert rows[f"leaderboard: {reps} reps, whole answer, 45 days to 30"].value > 0
    assert all(each.target is None for each in rows.values())
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("update rollup.member_day set leads = leads + 1")
        connection.execute("refresh materialized view stats.rep_performance_stats")
        with pytest.raises(BenchError, match="differ from the facts"):
            leaderboard.measure(database, 600, 1, reps=(3, 7))


def test_reports_are_measured_and_say_what_the_history_says(database: str) -> None:
    rows = _named(reports.measure(database, 1, leads=300, branches=2, reports=4, warm=1))
    assert rows["reports: weekly report in SQL, a branch of 300 leads"].value > 0
    assert rows["reports: made and delivered, 1 worker"].value > 0
    assert rows["reports: made and delivered, 2 workers"].value > 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update crm.leads set status = 'accepted'")
        with pytest.raises(BenchError, match="differ from the history"):
            reports.measure(database, 1, leads=300, branches=2, reports=4, warm=1)


def test_statements_are_measured(filled: str) -> None:
    found = api.subject_of(filled)
    subject = statements.Subject(
        filled,
        url_as(filled, "leadboard_api"),
        found.user_id,
        found.workspace_id,
        found.partner_id,
    )
    statements.prepare(subject)
    rows = _named(statements.run(subject, rounds=1, calls=3))
    assert rows["api: statement, one partner, secured"].value > 0
    assert rows["api: split, board of 50, SQL without encoding"].value > 0


@pytest.mark.parametrize("tool", ["wrk", "asyncio"])
def test_a_service_is_asked(
    tool: str, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tool == "wrk" and shutil.which("wrk") is None:
        pytest.skip("wrk is not installed")
    if tool == "asyncio":
        monkeypatch.setenv("PATH", str(tmp_path))
    subject = api.subject_of(filled)
    environment = {
        "LEADBOARD_API_DATABASE_URL": url_as(filled, "leadboard_api"),
        **services.raw_statements(api.statements_of(subject)),
    }
    port = services.free_port()
    command = services.granian("bench.raw_asgi:create_app", port)
    with services.running(command, port, environment, tmp_path / "log") as base:
        answer = load.check(Ask(f"{base}/one-partner")).json()
        assert answer["partner_id"] == str(subject.partner_id)
        measured = load.measure(Ask(f"{base}/board-of-50"), connections=2, seconds=1)
        assert measured.per_second > 0
        assert 0 < measured.p50_ms <= measured.p99_ms
        with pytest.raises(BenchError, match="200"):
            load.measure(Ask(f"{base}/one-partner", status=304), connections=1, seconds=1)


@pytest.mark.slow
def test_endpoints_of_agents_are_measured(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    # Shared by the workers: making the chart library takes seconds.
    monkeypatch.setenv("LEADBOARD_DATA_DIR", str(run_dir()))
    name = "timeline of 50 for others"
    monkeypatch.setattr(agents, "ENDPOINTS", {name: agents.ENDPOINTS[name]})
    rows = _named(agents.measure(filled, rounds=1, seconds=1))
    assert rows[f"agents: {name}"].value > 0
    assert rows[f"agents: {name}, handler to raw ASGI"].value > 0
    p50, p99 = (rows[f"agents: {name}, at 80 % load, {p}"].value for p in ("p50", "p99"))
    assert 0 < p50 <= p99


def test_a_service_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = services.uvicorn("bench.no_such_module:app", port := services.free_port())
    with (
        pytest.raises(BenchError, match="no_such_module"),
        services.running(command, port, {}, tmp_path / "log"),
    ):
        pass


def test_pgbench_does_not_hide_a_failing_statement(database: str, tmp_path: Path) -> None:
    script = tmp_path / "fails.sql"
    script.write_text("select 1 / 0;\n")
    with pytest.raises(BenchError, match="division by zero"):
        pgbench.run(database, [(script, 1)], clients=1, seconds=1)


def test_a_steady_rate_is_kept(filled: str, tmp_path: Path) -> None:
    subject = api.subject_of(filled)
    environment = {
        "LEADBOARD_API_DATABASE_URL": url_as(filled, "leadboard_api"),
        **services.raw_statements(api.statements_of(subject)),
    }
    port = services.free_port()
    command = services.granian("bench.raw_asgi:create_app", port)
    with services.running(command, port, environment, tmp_path / "log") as base:
        paced = load.pace(Ask(f"{base}/one-partner"), connections=2, seconds=1, share=0.1)
    assert 0.5 <= paced.per_second / paced.wanted_per_second <= 1.25
    assert 0 < paced.p50_ms <= paced.p99_ms
    assert 0 < paced.stretch_p50_ms <= paced.stretch_p99_ms
