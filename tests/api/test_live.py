"""GET /api/live: who is told what, and what many and slow readers cost."""

import asyncio
import json
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest

from api.app import create_app
from api.auth import TokenIssuer
from api.live import News, Stream, Streams
from tests import builders as build
from tests.api.conftest import Configure, Reader
from tests.api.gym import Gym
from tests.api.loopback import on_loopback

PATH = "/api/live"
LISTENING = "from pg_stat_activity where application_name = 'leadboard api, listening'"

Event = tuple[str, str, dict[str, object]]


class Service:
    """The service and readers of its streams."""

    def __init__(self, base: str, issuer: TokenIssuer, gym: Gym) -> None:
        self.base = base
        self.gym = gym
        self._issuer = issuer

    def token(self, name: str, lifetime: int = 600) -> str:
        return self._issuer.mint(self.gym[name], lifetime)

    @contextmanager
    def stream(
        self, name: str, last_id: str | None = None, lifetime: int = 600
    ) -> Generator[Iterator[Event]]:
        headers = {"Authorization": f"Bearer {self.token(name, lifetime)}"}
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        with httpx.stream("GET", self.base + PATH, headers=headers, timeout=120) as response:
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            assert "no-store" in response.headers["cache-control"]
            yield events(response)


def events(response: httpx.Response) -> Iterator[Event]:
    """(event, id, data) of each message; comments are no messages."""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield fields["event"], fields["id"], json.loads(fields["data"])
            fields = {}


@pytest.fixture
def service(configure: Configure, gym: Gym, conn: psycopg.Connection) -> Generator[Service]:
    config = configure()
    with on_loopback(create_app(config)) as base:
        until_listening(conn)
        yield Service(base, TokenIssuer.of(config), gym)


def until_listening(conn: psycopg.Connection, than: int | None = None) -> int:
    """pid of the connection that listens, when there is one, and another one than ``than``."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        row = conn.execute(
            f"select pid {LISTENING} and datname = current_database()"
            " and state = 'idle' and query like '%LISTEN%'".encode()
        ).fetchone()
        if row is not None and row[0] != than:
            return row[0]
        time.sleep(0.02)
    raise AssertionError("Nobody listens.")


def win(conn: psycopg.Connection, workspace: UUID, owner: UUID) -> None:
    build.lead(conn, workspace, owner)
    conn.execute("call ops.refresh()")


def generation(conn: psycopg.Connection) -> int:
    row = conn.execute("select generation from ops.refresh_state where name = 'rollup'").fetchone()
    assert row is not None
    return row[0]


def test_members_are_told_of_their_workspaces_and_of_no_other(
    service: Service, conn: psycopg.Connection
) -> None:
    gym = service.gym
    begun = generation(conn)
    with service.stream("mo") as mo, service.stream("both") as both:
        assert next(mo) == ("ready", str(begun), {"generation": begun, "workspaces": []})
        assert next(both)[0] == "ready"

        win(conn, gym.copper, gym["olaf"])
        win(conn, gym.iron, gym["pia"])

        copper = {"generation": begun + 1, "workspaces": [str(gym.copper)]}
        iron = {"generation": begun + 2, "workspaces": [str(gym.iron)]}
        assert next(mo) == ("refresh", str(begun + 2), iron)
        told = next(both)
        # Two pieces of news that come together are one.
        if told[1] == str(begun + 1):
            assert told[2] == copper
            assert next(both)[2] == iron
        else:
            assert told[2]["workspaces"] == sorted([str(gym.copper), str(gym.iron)])


def test_who_missed_something_is_told_at_once(service: Service, conn: psycopg.Connection) -> None:
    now = generation(conn)
    with service.stream("mo", last_id=str(now - 1)) as missed:
        assert next(missed)[0] == "ready"
        assert next(missed) == (
            "refresh",
            str(now),
            {"generation": now, "workspaces": [str(service.gym.iron)]},
        )
    with service.stream("mo", last_id=str(now)) as current:
        assert next(current)[0] == "ready"
        win(conn, service.gym.iron, service.gym["pia"])
        assert next(current)[1] == str(now + 1)


def test_a_lost_connection_is_made_again_and_nothing_is_missed(
    service: Service, conn: psycopg.Connection
) -> None:
    with service.stream("mo") as mo:
        assert next(mo)[0] == "ready"
        pid = until_listening(conn)
        conn.execute("select pg_terminate_backend(%s)", (pid,))
        win(conn, service.gym.iron, service.gym["pia"])
        assert next(mo)[2]["workspaces"] == [str(service.gym.iron)]
        until_listening(conn, than=pid)


def test_many_readers_share_one_connection_and_a_slow_one_holds_nobody_up(
    service: Service, conn: psycopg.Connection
) -> None:
    with ExitStack() as stack:
        # It asks, and never reads.
        address = urlsplit(service.base)
        slow = stack.enter_context(socket.create_connection((address.hostname, address.port)))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        slow.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token('mo')}"
            "\r\n\r\n".encode()
        )
        readers = [stack.enter_context(service.stream("mo")) for _ in range(50)]
        for reader in readers:
            assert next(reader)[0] == "ready"
        row = conn.execute(f"select count(*) {LISTENING} and datname = current_database()".encode())
        assert row.fetchone() == (1,)

        win(conn, service.gym.iron, service.gym["pia"])
        told = str(generation(conn))
        assert {next(reader)[1] for reader in readers} == {told}


def test_a_stream_ends_with_its_token(service: Service) -> None:
    with service.stream("mo", lifetime=2) as short:
        assert [event for event, _, _ in short] == ["ready"]


def test_strangers_are_refused(reader: Reader) -> None:
    assert reader.get(None, PATH).status_code == 401
    assert reader.get("nemo", PATH).status_code == 403


async def test_what_a_slow_reader_has_not_read_is_one_message() -> None:
    mine, other = UUID(int=1), UUID(int=2)
    streams = Streams()
    stream = Stream(frozenset({mine}), 1)
    streams.add(stream)
    for number in range(2, 1000):
        streams.hear(json.dumps({"generation": number, "workspaces": [str(mine), str(other)]}))

    assert await stream.next(1) == News(999, [mine])
    assert await stream.next(0.001) is None
    # Too many to name: any may have changed.
    streams.hear(json.dumps({"generation": 1000, "workspaces": None}))
    assert await stream.next(1) == News(1000, [mine])
    streams.hear(json.dumps({"generation": 1001, "workspaces": [str(other)]}))
    assert await stream.next(0.001) is None
    waiting = asyncio.create_task(stream.next(30))
    streams.close()
    assert await waiting is None
    assert stream.is_closed
