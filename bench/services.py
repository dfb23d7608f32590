"""Starts the services that are measured, each as one process on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from api.settings import PREFIX
from bench.data import BenchError

ROOT = Path(__file__).parent.parent
READY_SECONDS = 60
SINK = "aiosmtpd.handlers.Sink"


@contextmanager
def running(
    command: Sequence[str], port: int, environment: Mapping[str, str], log: Path
) -> Generator[str]:
    """The base URL of a service while it runs. Raises BenchError when it does not come up."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=others | dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def granian(target: str, port: int, *, factory: bool = True) -> list[str]:
    """Granian as ``leadboard serve`` runs it, with one process."""
    options = ["--interface", "asgi", "--workers", "1", "--no-ws", "--log-level", "warning"]
    return _python("granian", target, port, [*options, *(["--factory"] if factory else [])])


def uvicorn(target: str, port: int, *, factory: bool = True) -> list[str]:
    """uvicorn with its fast loop and parser, without its access log."""
    options = ["--loop", "uvloop", "--http", "httptools", "--ws", "none", "--no-access-log"]
    options += ["--log-level", "warning"]
    return _python("uvicorn", target, port, [*options, *(["--factory"] if factory else [])])


def raw_path(what: str) -> str:
    """Where ``bench.raw_asgi`` answers what is asked under this name."""
    return "/" + what.replace(" ", "-")


def raw_statements(statements: Mapping[str, str]) -> dict[str, str]:
    """The environment of ``bench.raw_asgi``: what is asked -> the statement behind it."""
    paths = {raw_path(what): statement for what, statement in statements.items()}
    return {"BENCH_STATEMENTS": msgspec.json.encode(paths).decode()}


def mail_sink(port: int) -> list[str]:
    """A mail server that takes everything and keeps nothing."""
    return [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", SINK]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _python(server: str, target: str, port: int, options: Sequence[str]) -> list[str]:
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", server, target, *address, *options]


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise BenchError(f"A service did not come up:\n{log.read_text(errors='replace')[-2000:]}")
