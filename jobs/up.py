"""Everything at once: what ``make run`` calls. Database, deploy, demo data, worker and service."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from types import FrameType
from uuid import UUID

import psycopg

from api.auth import TokenIssuer
from api.settings import PREFIX, Settings, environment
from jobs import database, demo, deploy, serving

READY_SECONDS = 60
# Granian gives its processes the shutdown timeout of the settings; this is on top.
STOP_MARGIN = 10

Report = Callable[[str], None]


class UpError(Exception):
    """One of the parts did not come up, or ended by itself; the message says which."""


def prepare(settings: Settings, report: Report) -> Settings:
    """Server, schema, demo data on the first start, figures. Returns the located settings."""
    serving.check_port(settings)
    embedded = settings.embedded
    settings = database.located(settings)
    assert settings.database_url is not None  # noqa: S101 - located says so
    url = settings.database_url.reveal()
    deploy.deploy(url, report=report)
    if embedded and settings.demo and _is_empty(url):
        demo.load(url, report=report)
        demo.route(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("call ops.refresh()")
    return settings


def personas(settings: Settings) -> dict[str, str]:
    """A token for each person of the demo data: role -> token. Empty without demo data."""
    assert settings.database_url is not None  # noqa: S101 - located says so
    with psycopg.connect(settings.database_url.reveal()) as connection:
        rows = connection.execute(
            "select email, id from crm.users where email = any(%s)",
            (list(demo.PERSONAS.values()),),
        ).fetchall()
    ids: dict[str, UUID] = dict(rows)
    issuer = TokenIssuer.of(settings)
    return {
        role: issuer.mint(ids[email], issuer.max_lifetime)
        for role, email in demo.PERSONAS.items()
        if email in ids
    }


def run(settings: Settings, ready: Callable[[], None]) -> None:
    """Runs worker and service as children until a signal ends this program or a child ends.

    ``ready`` is called when the service answers. Raises UpError when a child ends by itself.
    """
    children = {name: _start(settings, name) for name in ("worker", "serve")}
    stopping = _Stop()
    try:
        _wait_ready(settings, children, stopping)
        if not stopping.asked:
            ready()
        while not stopping.asked:
            _check(children)
            time.sleep(0.2)
    finally:
        _stop(children, settings.shutdown_timeout + STOP_MARGIN)
        stopping.restore()


class _Stop:
    """Remembers that somebody asked to stop, instead of unwinding in the middle of something."""

    def __init__(self) -> None:
        self.asked = False
        self._before = {
            number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)
        }

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True

    def restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _is_empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("select from crm.workspaces limit 1").fetchone() is None


def _start(settings: Settings, command: str) -> subprocess.Popen[bytes]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    # A session of its own: Ctrl-C reaches this program only, which stops the children in order.
    return subprocess.Popen(
        [sys.executable, "-m", "jobs", command],
        env=others | environment(settings),
        start_new_session=True,
    )


def _wait_ready(
    settings: Settings, children: Mapping[str, subprocess.Popen[bytes]], stopping: _Stop
) -> None:
    url = f"http://{settings.host}:{settings.port}/health/ready"
    deadline = time.monotonic() + READY_SECONDS
    while not stopping.asked:
        _check(children)
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                raise UpError(
                    f"The service is not ready after {READY_SECONDS} s: {error}"
                ) from error
        time.sleep(0.1)


def _check(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        code = child.poll()
        if code is not None:
            raise UpError(f"`leadboard {name}` ended by itself with exit code {code}; see its log.")


def _stop(children: Mapping[str, subprocess.Popen[bytes]], seconds: float) -> None:
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + seconds
    for child in children.values():
        try:
            child.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
