"""The service as it is run: several processes behind one port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
import psycopg

from api import settings
from api.auth import TokenIssuer
from tests import builders as build
from tests.conftest import url_as

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
SHUTDOWN_TIMEOUT = 50
KEYS = "tests:HS256:" + "s" * 32
LIVE = re.compile(r'^leadboard_requests_total\{.*"/health/live".*\} (\d+)', re.MULTILINE)


def test_metrics_are_the_sum_of_all_processes(database: str, tmp_path: Path) -> None:
    with _serving(url_as(database, "leadboard_api"), tmp_path) as base:
        # Each request is a connection of its own, so both processes get some.
        for _ in range(40):
            _get(f"{base}/health/live")
        counts = {int(LIVE.findall(_get(f"{base}/metrics"))[0]) for _ in range(10)}
        # One that was killed leaves a file with the requests it was answering then.
        (shared,) = tmp_path.glob("leadboard-metrics-*")
        left = shared / f"gauge_livesum_{_pid_of_nobody()}.db"
        left.write_bytes(next(shared.glob("gauge_livesum_*.db")).read_bytes())
        _get(f"{base}/metrics")
        assert not left.exists()

    assert counts == {40}


def _pid_of_nobody() -> int:
    return next(pid for pid in range(2**22 - 1, 1, -1) if not psutil.pid_exists(pid))


@contextmanager
def _serving(url: str, directory: Path, workers: int = 2) -> Generator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    others = {
        k: v for k, v in os.environ.items() if not k.startswith(("LEADBOARD_", "PROMETHEUS_"))
    }
    given = {
        "LEADBOARD_API_DATABASE_URL": url,
        "LEADBOARD_DATABASE_URL": url,
        "LEADBOARD_JWT_KEYS": KEYS,
        "LEADBOARD_PORT": str(port),
        "LEADBOARD_SHUTDOWN_TIMEOUT": str(SHUTDOWN_TIMEOUT),
        "LEADBOARD_WORKERS": str(workers),
        "TMPDIR": str(directory),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "jobs", "serve"], cwd=ROOT, env=others | given
    ) as process:
        base = f"http://127.0.0.1:{port}"
        try:
            _wait_until_ready(process, base)
            yield base
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
    assert process.returncode == 0
    assert list(directory.iterdir()) == []


def _wait_until_ready(process: subprocess.Popen[bytes], base: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _get(f"{base}/health/ready")
            return
        except httpx.HTTPError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)


def _get(url: str) -> str:
    return httpx.get(url, timeout=10).raise_for_status().text


def test_stopping_does_not_wait_for_live_streams(database: str, tmp_path: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        person = build.member(connection, build.workspace(connection))
    issuer = TokenIssuer.of(settings.load({"LEADBOARD_JWT_KEYS": KEYS}))
    token = issuer.mint(person, 600)
    with ExitStack() as stack:
        begun = 0.0
        # One process: another might be starting when it is told to stop.
        with _serving(url_as(database, "leadboard_api"), tmp_path, workers=1) as base:
            stream = stack.enter_context(
                httpx.stream(
                    "GET",
                    f"{base}/api/live",
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=30,
                )
            )
            assert next(stream.iter_lines()).startswith("id")
            begun = time.monotonic()
        took = time.monotonic() - begun
    assert took < SHUTDOWN_TIMEOUT / 2
