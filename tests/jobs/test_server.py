"""The embedded server: made, joined, stopped, and back after every kind of accident."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import asyncpg
import psycopg
import pytest

from jobs import server
from jobs.server import EmbeddedServer, ServerError
from tests.conftest import kill_server


@pytest.fixture
def data_dir(server_dir: Path) -> Path:
    return server_dir / "pg"


def start(data_dir: Path) -> EmbeddedServer:
    return server.start(data_dir, "tests")


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_it_is_made_joined_and_stopped(data_dir: Path) -> None:
    assert server.find(data_dir) is None

    first = start(data_dir)
    second = start(data_dir)

    assert second == first == server.find(data_dir)
    assert server.stop(data_dir)
    assert server.find(data_dir) is None
    assert not server.stop(data_dir)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url("postgres"))


def test_it_speaks_utf8_in_utc_and_folds_case_everywhere_alike(data_dir: Path) -> None:
    running = start(data_dir)
    assert server.ensure_database(running.url("postgres"), "leadboard")
    assert not server.ensure_database(running.url("postgres"), "leadboard")

    assert one(running.url(), "show server_encoding") == "UTF8"
    assert one(running.url(), "show timezone") == "UTC"
    assert one(running.url(), "select lower('ÉCOLE')") == "école"
    assert one(running.url(), "select 'Z' < 'a' and 'z' < 'é'") is True
    assert one(running.url(), "show jit") == "off"


def test_its_url_serves_asyncpg_too(data_dir: Path) -> None:
    running = start(data_dir)

    async def ask() -> object:
        connection = await asyncpg.connect(running.url("postgres"))
        try:
            return await connection.fetchval("select 1")
        finally:
            await connection.close()

    assert asyncio.run(ask()) == 1


def test_only_its_own_user_can_enter_the_socket(data_dir: Path) -> None:
    running = start(data_dir)

    assert running.socket_dir.stat().st_mode & 0o077 == 0
    assert one(running.url("postgres"), "show listen_addresses") == ""


def test_it_outlives_the_program_that_started_it(data_dir: Path) -> None:
    code = (
        f"from pathlib import Path; from jobs import server; server.start(Path({str(data_dir)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(server.__file__).parents[1])

    running = server.find(data_dir)

    assert running is not None
    assert one(running.url("postgres"), "show fsync") == "on"


def test_after_a_crash_it_comes_back_with_what_was_committed(data_dir: Path) -> None:
    running = start(data_dir)
    with psycopg.connect(running.url("postgres")) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (1)")
        connection.commit()
        connection.execute("checkpoint")
    kill_server(running.pid)
    assert (data_dir / "postmaster.pid").exists()
    assert server.find(data_dir) is None

    again = start(data_dir)

    assert again.pid != running.pid
    assert one(again.url("postgres"), "select n from kept") == 1


def test_a_stale_pid_that_now_is_another_process_is_not_believed(data_dir: Path) -> None:
    running = start(data_dir)
    kill_server(running.pid)
    pid_file = data_dir / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    assert server.find(data_dir) is None
    again = start(data_dir)

    assert one(again.url("postgres"), "select 1") == 1
    os.kill(os.getpid(), 0)


def test_of_two_starts_at_once_the_second_joins(data_dir: Path) -> None:
    found: list[EmbeddedServer] = []
    threads = [threading.Thread(target=lambda: found.append(start(data_dir))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len({running.pid for running in found}) == 1
    assert len(found) == 3


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(server_dir: Path) -> None:
    data_dir = server_dir / ("long " + "x" * 90) / "it's pg"
    try:
        running = start(data_dir)

        assert running.socket_dir != data_dir
        assert running.socket_dir.stat().st_mode & 0o077 == 0
        assert one(running.url("postgres"), "select 1") == 1
    finally:
        server.stop(data_dir, immediate=True)
    assert not running.socket_dir.exists()


def test_a_first_start_that_was_killed_is_begun_again(data_dir: Path) -> None:
    half_made = data_dir.with_name("pg.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    running = start(data_dir)

    assert one(running.url("postgres"), "select 1") == 1
    assert not half_made.exists()


def test_a_single_user_session_is_no_server(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "postmaster.pid").write_text("-4711\n")

    assert server.find(data_dir) is None


def test_a_directory_of_another_version_is_refused(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "PG_VERSION").write_text("16\n")

    with pytest.raises(ServerError, match="was made by PostgreSQL 16, this Leadboard brings 18"):
        start(data_dir)


def test_a_directory_with_something_else_in_it_is_refused(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "holiday.jpg").touch()

    with pytest.raises(ServerError, match=r"neither empty nor a PostgreSQL data directory"):
        start(data_dir)

    assert (data_dir / "holiday.jpg").exists()


def test_a_server_that_cannot_start_shows_its_log(data_dir: Path) -> None:
    start(data_dir)
    server.stop(data_dir, immediate=True)
    (data_dir / "local.conf").write_text("shared_buffers = 'a lot'\n")

    with pytest.raises(ServerError, match=r"(?s)did not start.*shared_buffers"):
        start(data_dir)


def test_own_settings_survive_a_restart(data_dir: Path) -> None:
    start(data_dir)
    server.stop(data_dir, immediate=True)
    (data_dir / "local.conf").write_text("work_mem = '7MB'\n")

    assert one(start(data_dir).url("postgres"), "show work_mem") == "7MB"


def test_a_server_that_does_not_answer_is_an_error_in_time() -> None:
    with pytest.raises(ServerError, match="does not answer"):
        server.wait_ready("postgresql://postgres@/postgres?host=/nowhere", 0.2)


def test_the_callers_environment_does_not_reach_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGPORT": "6543",
        "PGUSER": "nobody",
        "LC_ALL": "xx_XX.broken",
        "TZ": "Asia/Tokyo",
    }.items():
        monkeypatch.setenv(name, value)

    running = start(data_dir)

    assert one(running.url("postgres"), "select current_user::text") == "postgres"
    assert one(running.url("postgres"), "show log_timezone") == "UTC"


def test_a_stop_signal_to_the_program_leaves_the_server_running(data_dir: Path) -> None:
    # A shell that started the tests in the background has it ignored.
    code = (
        "import signal, sys, time; from pathlib import Path; from jobs import server; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        f"server.start(Path({str(data_dir)!r}), 'tests'); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(server.__file__).parents[1],
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        program.send_signal(signal.SIGINT)
        program.wait(120)

    assert server.find(data_dir) is not None
