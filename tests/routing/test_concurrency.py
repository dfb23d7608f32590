"""Twenty routing engines at once, and one that is killed: caps hold, nothing is half done."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from uuid import UUID

import psycopg
import pytest

from jobs import deploy, server
from tests import builders as build
from tests.conftest import url_as
from tests.routing.market import Market

CLIENTS = 20
LEADS = 2000
CAPS = [20, 40, 60, 80, 100, 120, 140, 160, 180, 200]
"""1,100 places for 2,000 leads."""


@pytest.fixture
def market(conn: psycopg.Connection) -> Market:
    market = Market(conn)
    build.principal(conn, "test_router", workspace_id=market.id)
    return market


def new_leads(market: Market, count: int) -> list[UUID]:
    return [
        lead
        for (lead,) in market.connection.execute(
            "insert into crm.leads (workspace_id) select %s from generate_series(1, %s)"
            " returning id",
            (market.id, count),
        ).fetchall()
    ]


def test_caps_are_filled_exactly_and_never_exceeded(
    market: Market, conn: psycopg.Connection, database: str
) -> None:
    partners = [market.partner(max_open_leads=cap) for cap in CAPS]
    leads = new_leads(market, LEADS)
    # Every lead is asked for by two clients at about the same time.
    wanted: Iterator[UUID] = iter([lead for lead in leads for _ in range(2)])
    turn = threading.Lock()
    errors: list[psycopg.Error] = []

    def client(_: int) -> None:
        with psycopg.connect(url_as(database, "test_router"), autocommit=True) as router:
            # Nobody waits for the disk here: it is order that is tested.
            router.execute("set synchronous_commit = off")
            while True:
                with turn:
                    batch = list(islice(wanted, 10))
                if not batch:
                    return
                for lead in batch:
                    try:
                        router.execute("select routing.assign_lead(%s, %s)", (market.id, lead))
                    except psycopg.Error as error:
                        errors.append(error)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))

    assert errors == []
    held = dict(
        conn.execute(
            "select owner_user_id, count(*) from crm.leads where owner_user_id is not null"
            " group by owner_user_id"
        ).fetchall()
    )
    assert held == dict(zip(partners, CAPS, strict=True))
    # Each lead was assigned once or waits.
    assert conn.execute(
        """
        select count(*), count(distinct lead_id), count(*) filter (where kind = 'best')
        from routing.lead_assignment_logs
        """
    ).fetchone() == (LEADS, LEADS, sum(CAPS))
    assert conn.execute("select count(*) from routing.waiting_leads").fetchone() == (
        LEADS - sum(CAPS),
    )
    assert conn.execute("select count(*) from routing.offers").fetchone() == (sum(CAPS),)
    assert sum(market.credit().values()) == 0
    assert market.untrue() == []


def test_a_killed_engine_leaves_nothing_half_done(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The backend is killed (kill -9) after the assignment and before the commit. On a server of
    its own, because the server ends every session when one dies like that."""
    data = tmp_path_factory.mktemp("pg")
    try:
        url = server.start(data, "tests").url("postgres")
        deploy.deploy(url)
        with psycopg.connect(url, autocommit=True) as connection:
            market = Market(connection)
            partner = market.partner(max_open_leads=1)
            (lead,) = new_leads(market, 1)
            # The server of the tests does not wait for the disk; from here on this must last.
            connection.execute("checkpoint")
        router = psycopg.connect(url)
        witness = psycopg.connect(url, autocommit=True)
        router.execute("select routing.assign_lead(%s, %s)", (market.id, lead))
        os.kill(router.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            router.execute("select 1")
        # Who connects before the server has noticed is thrown out again.
        with suppress(psycopg.OperationalError):
            while True:
                witness.execute("select 1")
        server.wait_ready(url, 30)
        with psycopg.connect(url, autocommit=True) as connection:
            market.connection = connection
            assert market.owner(lead) is None
            assert market.credit() == {}
            assert sum(opened for opened, _, _ in market.load().values()) == 0
            for table in ("lead_assignment_logs", "offers", "waiting_leads"):
                statement = f"select count(*) from routing.{table}"  # noqa: S608
                assert connection.execute(statement.encode()).fetchone() == (0,)
            assert market.untrue() == []
            assert market.assign(lead)["partner_id"] == str(partner)
    finally:
        server.stop(data, immediate=True)
