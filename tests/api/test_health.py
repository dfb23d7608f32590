"""What load balancers, Prometheus and the log are told."""

import gc
import json
import logging
import os
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql

from api import logs, settings
from api.app import create_app
from api.health import Live, Ready
from tests.api.conftest import Caller, Configure, Reader
from tests.api.gym import FROZEN

PARTNERS = "/api/partners/performance"


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def searched() -> Generator[None]:
    """Everything is searched for garbage, which the tests have spared themselves."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.mark.usefixtures("searched")
async def test_what_is_there_at_the_start_is_not_searched_for_garbage(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configure()
    async with create_app(config).lifespan():
        # The process may have something else to do.
        assert gc.get_freeze_count() == 0
    for name, value in settings.environment(config).items():
        monkeypatch.setenv(name, value)
    async with create_app().lifespan():
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0


def test_alive_without_asking_anybody(reader: Reader) -> None:
    response = reader.get(None, "/health/live")

    assert msgspec.json.decode(response.content, type=Live) == Live("live")


def test_ready_says_how_fresh_the_figures_are(caller: Caller, conn: psycopg.Connection) -> None:
    fresh = msgspec.json.decode(caller.get(None, "/health/ready").content, type=Ready)
    conn.execute(
        sql.SQL("alter role leadboard_api in database {} set app.now = {}").format(
            sql.Identifier(conn.info.dbname), sql.Literal("2026-03-30 12:00+00")
        )
    )
    conn.execute(
        """
        select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where usename = 'leadboard_api' and datname = current_database()
        """
    )
    caller.get(None, "/health/ready")
    stale = msgspec.json.decode(caller.get(None, "/health/ready").content, type=Ready)

    assert (fresh.status, fresh.age_seconds, fresh.is_overdue) == ("ready", 0, False)
    assert fresh.refreshed_at == datetime.fromisoformat(FROZEN)
    assert fresh.generation >= 1
    assert (stale.status, stale.age_seconds, stale.is_overdue) == ("ready", 86400, True)
    assert stale.generation == fresh.generation


def test_before_the_first_refresh_it_is_ready_too(caller: Caller, conn: psycopg.Connection) -> None:
    conn.execute("delete from ops.refresh_state")
    found = msgspec.json.decode(caller.get(None, "/health/ready").content, type=Ready)

    assert (found.generation, found.refreshed_at, found.age_seconds) == (0, None, None)


def test_metrics_count_by_route_and_never_by_person(reader: Reader) -> None:
    route = "/api/partners/{partner_id}/performance"
    labels = {"method": "GET", "path": route, "status": "404"}
    key = ("leadboard_requests_total", frozenset(labels.items()))
    before = samples(reader.get(None, "/metrics").text).get(key, 0)
    reader.get("olga", f"/api/partners/{reader.gym['nemo']}/performance")
    reader.get("olga", "/no/such/route")
    response = reader.get(None, "/metrics")
    after = samples(response.text)

    assert response.headers["content-type"].startswith("text/plain; version=")
    assert after[key] == before + 1
    assert str(reader.gym["nemo"]) not in response.text
    assert "/no/such/route" not in response.text
    timed = frozenset({"method": "GET", "path": route}.items())
    assert after["leadboard_request_seconds_count", timed] >= 1
    assert after["leadboard_pool_connections", frozenset({("state", "limit")})] >= 2
    assert after["leadboard_pool_connections", frozenset({("state", "busy")})] == 0
    assert after["leadboard_database_up", frozenset()] == 1
    assert after["leadboard_refresh_generation", frozenset()] >= 1
    assert after["leadboard_refresh_age_seconds", frozenset()] == 0


def test_processes_of_one_service_are_counted_together(tmp_path: Path) -> None:
    """Two processes that share PROMETHEUS_MULTIPROC_DIR show one sum."""
    program = (
        "from api import telemetry;"
        "telemetry.REQUESTS.labels('GET', '/x', '200').inc();"
        "print(telemetry.render_metrics().decode())"
    )
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]

    key = (
        "leadboard_requests_total",
        frozenset({"method": "GET", "path": "/x", "status": "200"}.items()),
    )
    assert [samples(output)[key] for output in outputs] == [1, 2]


def test_a_request_is_one_line_without_secrets(
    caller: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    token = caller.token("olga")
    path = f"/api/partners/{caller.gym['pia']}/performance"
    caller.client.get(
        path,
        params={"workspace_id": str(caller.gym.iron)},
        headers={"Authorization": f"Bearer {token}", "X-Request-Id": "r-1"},
    )
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "r-1"]

    assert line.keys() == {
        "at",
        "level",
        "logger",
        "message",
        "request_id",
        "method",
        "path",
        "status",
        "milliseconds",
    }
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["path"] == "/api/partners/{partner_id}/performance"
    for secret in (token, str(caller.gym["pia"]), str(caller.gym.iron)):
        assert secret not in written


def test_an_error_is_logged_with_its_place_and_without_values(
    caller: Caller, conn: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    conn.execute(
        """
        create or replace function service.own_profile() returns json language plpgsql as $$
        begin
            raise exception 'the password is %', 'swordfish' using detail = 'Key (x)=(tuna)';
        end $$
        """
    )
    caller.get("olga", "/api/me", headers={"X-Request-Id": "r-2"})
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    (error,) = [line for line in lines if line["level"] == "error"]

    assert error["request_id"] == "r-2"
    assert error["sqlstate"] == "P0001"
    assert error["reason"] is None
    assert error["place"][0].startswith("PL/pgSQL function service.own_profile()")
    assert "swordfish" not in written
    assert "tuna" not in written


def test_the_log_may_be_text_for_people() -> None:
    record = logging.LogRecord("leadboard.x", logging.INFO, "", 0, "request", None, None)
    record.fields = {"path": "/x", "status": 200}
    record.created = datetime(2026, 3, 29, 12, 0, 1, tzinfo=UTC).timestamp()

    assert logs.TextFormatter().format(record) == "12:00:01 info    request path=/x status=200"


def test_configuring_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logs.configure("warning")
    logging.getLogger("leadboard.x").info("quiet")
    logging.getLogger("leadboard.x").warning("loud")
    logs.configure("info")

    assert capsys.readouterr().err.count('"loud"') == 1


def test_what_the_driver_says_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    try:
        int("swordfish")
    except ValueError:
        logging.getLogger("asyncpg.pool").exception("cannot connect")
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert (line["message"], line["error"]) == ("cannot connect", "ValueError")
    assert "swordfish" not in str(line)
