"""The command line as its users meet it: a process with an environment, output and an exit code."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import jwt
import psycopg
import pytest

from jobs import deploy, server
from tests import builders
from tests.conftest import PASSWORD

ROOT = Path(deploy.__file__).parents[1]
SECRET = "0123456789abcdef0123456789abcdef-only-for-tests"
NOWHERE = "postgresql://nobody:tops3cret@/nothing?host=/nowhere"

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**variables: str) -> dict[str, str]:
    """The test's own settings, and a terminal wide enough not to break lines."""
    return os.environ | {"COLUMNS": "300", "NO_COLOR": "1"} | variables


@pytest.fixture
def run(database: str) -> Run:
    """Runs one command against the test's database."""

    def run_command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "LEADBOARD_DATABASE_URL": database,
            "LEADBOARD_API_PASSWORD": PASSWORD,
            "LEADBOARD_WORKER_PASSWORD": PASSWORD,
            "LEADBOARD_JWT_KEYS": f"main:HS256:{SECRET}",
        }
        return subprocess.run(
            [sys.executable, "-m", "jobs", *arguments],
            cwd=ROOT,
            env=environment(**(settings | variables)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run_command


# --- failures are words and an exit code ---


def test_help_lists_every_verb(run: Run) -> None:
    done = run("--help")

    assert done.returncode == 0
    verbs = (
        "deploy serve worker refresh rebuild verify demo import token status doctor up stop docs"
    )
    missing = [
        verb for verb in verbs.split() if not re.search(rf"^\W+{verb} ", done.stdout, re.MULTILINE)
    ]
    assert not missing


def test_misuse_is_exit_code_2(run: Run) -> None:
    done = run("refrehs")

    assert done.returncode == 2
    assert "No such command 'refrehs'" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("LEADBOARD_PORT", "http", "LEADBOARD_PORT: 'http' is not allowed; allowed: 1 to 65535"),
        ("LEADBOARD_PROT", "1", "LEADBOARD_PROT is not a setting; did you mean LEADBOARD_PORT?"),
        ("LEADBOARD_DATABASE_URL", NOWHERE, "No such file or directory"),
    ],
)
def test_an_expected_failure_is_one_message(run: Run, variable: str, value: str, says: str) -> None:
    done = run("status", **{variable: value})

    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "tops3cret" not in done.stdout + done.stderr


def test_a_database_that_is_not_deployed_is_named_as_the_reason(
    run: Run, empty_database: str
) -> None:
    for command in ("status", "refresh", "verify"):
        done = run(command, LEADBOARD_DATABASE_URL=empty_database)

        assert done.returncode == 1
        assert "Is the database deployed? `leadboard deploy`" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_traceback(database: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "jobs", "status"],
        cwd=ROOT,
        env=environment(LEADBOARD_DATABASE_URL=database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.wait(60)

    assert "Traceback" not in said


# --- deploy ---


@pytest.mark.usefixtures("deploy_lock")
def test_deploy_says_what_it_does_and_then_that_there_is_nothing_to_do(
    run: Run, empty_database: str
) -> None:
    before = run("deploy", "--check", LEADBOARD_DATABASE_URL=empty_database)
    assert before.returncode == 1
    assert "Would apply 0001.create-roles-and-schemas." in before.stderr

    first = run("deploy", LEADBOARD_DATABASE_URL=empty_database)
    assert (first.returncode, first.stderr.splitlines()[-1]) == (0, "Deployed.")

    second = run("deploy", LEADBOARD_DATABASE_URL=empty_database)
    assert (second.returncode, second.stderr.splitlines()[-1]) == (0, "Nothing to do.")
    after = run("deploy", "--check", LEADBOARD_DATABASE_URL=empty_database)
    assert (after.returncode, after.stderr) == (0, "Nothing to do.\n")


def test_deploy_sets_the_passwords_that_are_configured(run: Run) -> None:
    done = run("deploy")

    assert "Password of leadboard_api set." in done.stderr
    assert "Password of leadboard_worker set." in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


# --- figures ---


def test_refresh_brings_the_figures_up_to_date(run: Run, conn: psycopg.Connection) -> None:
    gym = builders.workspace(conn)
    builders.lead(conn, gym, builders.member(conn, gym))

    done = run("refresh")

    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "Refreshed.")
    rows = conn.execute("select sum(leads)::int from rollup.lead_day").fetchone()
    assert rows == (1,)


def test_verify_finds_a_difference_and_rebuild_mends_it(run: Run, conn: psycopg.Connection) -> None:
    gym = builders.workspace(conn)
    builders.lead(conn, gym, builders.member(conn, gym))
    assert run("refresh").returncode == 0
    assert run("verify").returncode == 0
    conn.execute("update rollup.lead_day set leads = leads + 1")

    found = run("verify")
    mended = run("rebuild", "--workspace", str(gym))
    again = run("verify")

    assert found.returncode == 1
    assert "lead_day" in found.stdout
    # The day, and the member's sum of it.
    assert "2 difference(s)" in found.stderr
    assert (mended.returncode, again.returncode) == (0, 0)


def test_rebuild_refuses_a_day_that_is_none(run: Run) -> None:
    done = run("rebuild", "--from", "2026-02-30")

    assert done.returncode == 2
    assert "2026-02-30" in done.stderr


def test_status_shows_generation_age_and_what_waits(run: Run, conn: psycopg.Connection) -> None:
    gym = builders.workspace(conn)
    run("refresh")
    builders.lead(conn, gym, builders.member(conn, gym))

    done = run("status")
    parsed = json.loads(run("status", "--json").stdout)

    assert done.returncode == 0
    assert re.search(r"Generation \d+, .* old, [1-9]\d* changes waiting\.", done.stdout)
    assert parsed["waiting_entries"] > 0
    assert parsed["is_due"] is True
    assert "stats.partner_performance_stats" in {each["name"] for each in parsed["refreshed"]}


def test_status_fails_when_a_refresh_has(run: Run, conn: psycopg.Connection) -> None:
    run("refresh")
    conn.execute(
        """
        update ops.refresh_state set last_error = 'disk full', last_error_at = now()
        where name = 'stats.partner_performance_stats'
        """
    )

    done = run("status")

    assert done.returncode == 1
    assert "disk full" in done.stdout


# --- doctor ---


def test_doctor_finds_a_deployed_database_healthy(run: Run) -> None:
    done = run("doctor")

    assert done.returncode == 0, done.stdout
    assert not re.search(r"\bbad\b", done.stdout)
    assert "All 8 exist." in done.stdout
    assert SECRET not in done.stdout
    assert f":{PASSWORD}@" not in done.stdout


def test_doctor_says_how_to_mend(run: Run, empty_database: str) -> None:
    done = run("doctor", LEADBOARD_DATABASE_URL=empty_database, LEADBOARD_JWT_KEYS="")

    assert done.returncode == 1
    assert "Set LEADBOARD_JWT_KEYS." in done.stdout
    assert re.search(
        r"bad .* deployment .* Lacks \d+ migration\(s\).*leadboard deploy", done.stdout
    )


def test_doctor_names_a_server_that_is_away(run: Run) -> None:
    done = run("doctor", LEADBOARD_DATABASE_URL=NOWHERE)

    assert done.returncode == 1
    assert "does not answer" in done.stdout
    assert "tops3cret" not in done.stdout


# --- tokens ---


def test_token_speaks_for_a_person(run: Run, conn: psycopg.Connection) -> None:
    person = builders.user(conn, email="ada@example.test")

    for name in ("Ada@example.test", str(person)):
        done = run("token", name, "--lifetime", "60")
        claims = jwt.decode(done.stdout.strip(), SECRET, algorithms=["HS256"], audience="leadboard")
        assert UUID(claims["sub"]) == person
        assert claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody@example.test"], "Nobody is known as nobody@example.test."),
        (
            ["ada@example.test", "--lifetime", "86401"],
            "A token may be valid for 1 to 86400 seconds.",
        ),
    ],
)
def test_a_token_that_cannot_be_made(
    run: Run, conn: psycopg.Connection, arguments: list[str], says: str
) -> None:
    builders.user(conn, email="ada@example.test")

    done = run("token", *arguments)

    assert done.returncode == 1
    assert says in done.stderr
    assert done.stdout == ""


# --- everything at once ---


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.usefixtures("deploy_lock")
def test_up_starts_everything_and_stops_it_again(server_dir: Path) -> None:
    port = free_port()
    settings = environment(
        LEADBOARD_DATA_DIR=str(server_dir), LEADBOARD_PORT=str(port), LEADBOARD_DEMO="false"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "jobs", "up"],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C stops" not in said:
            line = process.stdout.readline()
            if not line:
                _, errors = process.communicate(timeout=30)
                pytest.fail(f"It ended by itself:\n{said}\n{errors}")
            said += line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
            assert answer.status == 200
        taken = subprocess.run(
            [sys.executable, "-m", "jobs", "serve"],
            cwd=ROOT,
            env=settings,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}/schema" in said
    assert taken.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in taken.stderr
    # Worker and service are gone, the database stays.
    running = server.find(server_dir / "pg")
    assert running is not None
    with psycopg.connect(running.url("postgres")) as connection:
        clients = connection.execute(
            "select count(*) from pg_stat_activity where application_name like 'leadboard%'"
        ).fetchone()
    assert clients == (0,)
    stopped = subprocess.run(
        [sys.executable, "-m", "jobs", "stop"], cwd=ROOT, env=settings, check=False
    )
    assert stopped.returncode == 0
    assert server.find(server_dir / "pg") is None
