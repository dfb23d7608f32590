"""What happens when the database is slow, busy, away, or lies about who is asking."""

import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString

import psycopg
import pytest
from litestar.testing import TestClient

from api import settings
from api.app import create_app
from api.auth import TokenIssuer
from api.db import Database
from api.problems import Problem
from jobs import deploy, server
from tests.api.conftest import SECRET, Caller, Configure, Serve
from tests.api.gym import Gym
from tests.conftest import Login
from tests.sessions import as_user

PARTNERS = "/api/partners/performance"


@contextmanager
def blocked(conn: psycopg.Connection) -> Generator[None]:
    """Meanwhile nobody can read the figures of partners."""
    with conn.transaction(force_rollback=True):
        conn.execute("refresh materialized view stats.partner_performance_stats")
        yield


def test_identities_that_take_turns_on_one_connection_never_mix(serve: Serve) -> None:
    with serve(pool_max="1") as caller:
        # Far beyond the five executions after which a plan becomes generic.
        for _ in range(8):
            for name, number in (("olga", 4), ("pia", 1), ("ona", 2), ("mo", 2), ("sam", 1)):
                items = caller.get(name, PARTNERS).json()["items"]
                assert len(items) == number, name
            assert caller.get("nemo", PARTNERS).status_code == 403


async def test_a_claim_ends_with_its_statement(configure: Configure, gym: Gym) -> None:
    database = _database(configure(pool_max="1"))
    await database.open()
    try:
        claim = "select current_setting('app.user_id', true)"
        acting = await database.fetch_row(f"{claim} from app.act_as($1) as acting", gym["olga"])
        after = await database.fetch_row(claim)
        async with database.transaction(5) as run:
            await run.fetch_row("select app.act_as($1)", gym["olga"])
        later = await database.fetch_row(claim)

        assert acting == (str(gym["olga"]),)
        assert after == later == ("",)
    finally:
        await database.close()


async def test_a_transaction_that_fails_leaves_nothing_and_the_connection_is_good(
    configure: Configure, gym: Gym
) -> None:
    database = _database(configure(pool_max="1"))
    await database.open()
    try:
        with pytest.raises(Problem) as refusal:
            await _refused(database, gym)
        assert refusal.value.status == 404
        again = await database.fetch_row(
            "select current_setting('app.user_id', true), pg_current_xact_id_if_assigned() is null"
        )
        assert again == ("", True)
    finally:
        await database.close()


async def _refused(database: Database, gym: Gym) -> None:
    async with database.transaction(5) as run:
        await run.fetch_row("select app.act_as($1)", gym["olga"])
        await run.fetch_row("select app.resolve_workspace($1)", gym["nemo"])


IDENTITY = """
    select
        app.current_user_id(),
        (select array_agg(x order by x) from unnest(app.member_workspaces()) as m (x)),
        (select array_agg(x order by x) from unnest(app.admin_workspaces()) as a (x)),
        (select array_agg(x order by x) from unnest(app.managed_branches()) as b (x))
"""


@pytest.mark.parametrize("name", ["olga", "ada", "mo", "ann", "pia", "sam", "ona", "both", "gone"])
def test_what_is_found_at_the_beginning_is_what_would_be_looked_up(
    login: Login, conn: psycopg.Connection, gym: Gym, name: str
) -> None:
    if name == "gone":
        name = "ann"
        conn.execute(
            "update crm.users set erased_at = app.now(), email = null, name = null where id = %s",
            (gym["ann"],),
        )
        conn.execute("update crm.members set role = 'owner' where user_id = %s", (gym["ann"],))
    workspace = gym.copper if name == "ona" else gym.iron
    with login("leadboard_api") as service:
        with service.transaction():
            service.execute("select app.act_as(%s)", (gym[name],))
            looked_up = service.execute(IDENTITY).fetchone()
            role = service.execute(
                "select role, branch_id from app.current_member(%s)", (workspace,)
            ).fetchone()
        with service.transaction():
            if role is None:
                with pytest.raises(psycopg.Error) as refusal, service.transaction():
                    service.execute("select service.enter(%s, %s)", (gym[name], workspace))
                assert refusal.value.sqlstate == "LB404"
            else:
                entered = service.execute(
                    "select e.role, e.branch_id from service.enter(%s, %s) as e",
                    (gym[name], workspace),
                ).fetchone()
                assert entered == role
            assert service.execute(IDENTITY).fetchone() == looked_up
    assert (looked_up == (None, None, None, None)) is (role is None)


def test_what_was_found_of_one_person_does_not_serve_another(login: Login, gym: Gym) -> None:
    with login("leadboard_api") as service, service.transaction():
        service.execute("select service.enter(%s, %s)", (gym["olga"], gym.iron))
        service.execute("select app.act_as(%s)", (gym["ona"],))
        found = service.execute("select app.current_user_id(), app.admin_workspaces()").fetchone()
        service.execute("select app.act_as(null)")
        nobody = service.execute("select app.current_user_id(), app.admin_workspaces()").fetchone()

    assert found == (gym["ona"], [gym.copper])
    assert nobody == (None, [])


def test_another_login_cannot_say_what_was_found(login: Login, gym: Gym) -> None:
    claims = f"{gym['olga']} {{{gym.iron}}} {{{gym.iron}}} {{}}"
    with login("test_bi") as bi:
        bi.execute("select set_config('app.user_id', %s, false)", (str(gym["olga"]),))
        bi.execute("select set_config('app.claims', %s, false)", (claims,))
        found = bi.execute(IDENTITY).fetchone()
        rows = bi.execute("select count(*) from analytics.partner_performance_stats").fetchone()

    assert found == (None, None, None, None)
    assert rows == (0,)


def _database(config: settings.Settings) -> Database:
    return Database(
        config.service_database().reveal(),
        pool_min=config.pool_min,
        pool_max=config.pool_max,
        acquire_timeout=config.pool_timeout,
        statement_timeout=config.statement_timeout,
    )


def test_the_service_introduces_itself(serve: Serve, conn: psycopg.Connection) -> None:
    with serve() as caller:
        caller.get("olga", PARTNERS)
        found = conn.execute(
            """
            select distinct application_name, usename from pg_stat_activity
            where datname = current_database() and usename = 'leadboard_api'
            """
        ).fetchall()

    assert ("leadboard api", "leadboard_api") in found
    # The connection of the live streams is there at once, or a moment later.
    assert set(found) <= {
        ("leadboard api", "leadboard_api"),
        ("leadboard api, listening", "leadboard_api"),
    }


def test_a_slow_statement_is_504_and_the_next_one_is_served(
    serve: Serve, conn: psycopg.Connection
) -> None:
    with serve(pool_max="1", statement_timeout="0.3") as caller:
        with blocked(conn):
            slow = caller.get("olga", PARTNERS)
        after = caller.get("olga", PARTNERS)

    assert slow.status_code == 504
    assert slow.json()["title"] == "Timed out"
    assert after.status_code == 200


def test_when_all_connections_are_busy_the_answer_is_503(
    serve: Serve, conn: psycopg.Connection
) -> None:
    with (
        serve(pool_max="1", pool_timeout="0.3", statement_timeout="60") as caller,
        ThreadPoolExecutor(1) as pool,
    ):
        with blocked(conn):
            waiting = pool.submit(caller.get, "olga", PARTNERS)
            _until(conn, "select count(*) > 0 from pg_locks where not granted")
            busy = caller.get("pia", "/api/me")
            alive = caller.get(None, "/health/live")
        answered = waiting.result()

    assert busy.status_code == 503
    assert busy.headers["retry-after"] == "1"
    assert busy.json()["detail"] == "All connections to the database are busy."
    assert alive.status_code == 200
    assert answered.status_code == 200


def _until(conn: psycopg.Connection, question: LiteralString) -> None:
    deadline = time.monotonic() + 60
    while True:
        row = conn.execute(question).fetchone()
        if row == (True,):
            return
        assert time.monotonic() < deadline, question


def test_a_connection_that_was_cut_is_replaced(serve: Serve, conn: psycopg.Connection) -> None:
    with serve() as caller:
        assert caller.get("olga", PARTNERS).status_code == 200
        conn.execute(
            """
            select pg_terminate_backend(pid, 5000) from pg_stat_activity
            where usename = 'leadboard_api' and datname = current_database()
            """
        )
        answers = [caller.get("olga", PARTNERS).status_code for _ in range(4)]

    assert set(answers) <= {200, 503}
    assert answers[-1] == 200


def test_a_connection_that_is_cut_in_the_middle_is_503(
    serve: Serve, conn: psycopg.Connection
) -> None:
    with serve(pool_max="1") as caller, ThreadPoolExecutor(1) as pool:
        with blocked(conn):
            waiting = pool.submit(caller.get, "olga", PARTNERS)
            _until(conn, "select count(*) > 0 from pg_locks where not granted")
            conn.execute(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where usename = 'leadboard_api' and datname = current_database()
                """
            )
            cut = waiting.result()
        after = caller.get("olga", PARTNERS)

    assert cut.status_code == 503
    assert cut.json()["detail"] == "The service cannot answer just now. Please try again."
    assert after.status_code == 200


def test_the_service_starts_without_a_server_and_serves_when_it_is_back() -> None:
    with TemporaryDirectory(prefix="lb-", dir="/tmp") as directory:
        data = Path(directory) / "pg"
        running = server.start(data, "tests")
        url = running.url("leadboard")
        try:
            server.ensure_database(running.url("postgres"), "leadboard")
            deploy.deploy(url)
            with psycopg.connect(url, autocommit=True) as conn:
                gym = Gym.build(conn)
            # In order: a server in the mode of the tests may forget what was committed last.
            server.stop(data)

            config = settings.load(
                {
                    "LEADBOARD_API_DATABASE_URL": url.replace("postgres@", "leadboard_api@"),
                    "LEADBOARD_JWT_KEYS": f"tests:HS256:{SECRET}",
                    "LEADBOARD_POOL_TIMEOUT": "0.5",
                }
            )
            app = create_app(config)
            with TestClient(app, raise_server_exceptions=False) as client:
                caller = Caller(app, client, TokenIssuer.of(config), gym)
                for _ in range(2):
                    started = time.monotonic()
                    away = caller.get("olga", PARTNERS)
                    assert away.status_code == 503
                    assert away.headers["retry-after"] == "1"
                    assert time.monotonic() - started < 5
                    assert caller.get(None, "/health/ready").status_code == 503
                    assert caller.get(None, "/health/live").status_code == 200
                    assert "leadboard_database_up 0.0" in caller.get(None, "/metrics").text

                    server.start(data, "tests")
                    assert caller.get("olga", PARTNERS).status_code == 200
                    assert caller.get(None, "/health/ready").status_code == 200
                    assert "leadboard_database_up 1.0" in caller.get(None, "/metrics").text
                    server.stop(data, immediate=True)
        finally:
            server.stop(data, immediate=True)


def test_shutting_down_waits_for_the_request_that_runs(
    serve: Serve, conn: psycopg.Connection
) -> None:
    answered: list[int] = []
    with serve(pool_max="1") as caller, blocked(conn):
        request = threading.Thread(
            target=lambda: answered.append(caller.get("olga", PARTNERS).status_code)
        )
        request.start()
        _until(conn, "select count(*) > 0 from pg_locks where not granted")
    request.join()

    assert answered == [200]


def test_a_forged_claim_of_another_login_is_ignored(gym: Gym, database: str) -> None:
    """The service's own login is the only one whose claim counts."""
    with psycopg.connect(database, autocommit=True) as conn, as_user(conn, gym["olga"]):
        row = conn.execute("select app.current_user_id()").fetchone()

    assert row == (None,)
