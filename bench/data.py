"""The databases of the bench: on a server of its own, with durable commits, filled once."""

from pathlib import Path

import psycopg
from psycopg import sql

from api import settings
from jobs import demo, deploy, server

INVARIANTS = Path(__file__).parent / "invariants.sql"


class BenchError(Exception):
    """A measurement would be worth nothing; the message says why."""


def running() -> server.EmbeddedServer:
    """The bench's own embedded server, started if need be. Its settings are those of `make run`:
    fsync on, commits wait for the disk."""
    return server.start(settings.current().data_dir / "bench" / "pg")


def stop() -> None:
    """Stops the bench's server; the data stay for the next run."""
    server.stop(settings.current().data_dir / "bench" / "pg")


def filled(leads: int) -> str:
    """URL of a deployed database with so many demo leads, made when it is missing or half-made."""
    own = running()
    name = f"bench_{leads}"
    url = own.url(name)
    server.ensure_database(own.url("postgres"), name)
    drop_own(url)
    deploy.deploy(url, report=_say)
    try:
        _load(url, leads)
    except demo.DemoError:
        # The run that was filling it was interrupted.
        url = _anew(own, name)
        _load(url, leads)
    return url


def drop_own(url: str) -> None:
    """Drops what the bench itself has made in a database: after a run, and before the next one, in
    case it was interrupted. A deploy does not expect strangers that lean on its functions."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set client_min_messages = warning")
        connection.execute("drop schema if exists bench, bench_api cascade")


def scratch(name: str) -> str:
    """URL of a deployed database with the small demo set, made anew."""
    url = _anew(running(), name)
    demo.load(url, bulk=True)
    return url


def check(connection: psycopg.Connection, *, thorough: bool) -> None:
    """Raises BenchError when the rollups differ from their definition. ``thorough`` also asks
    whether every lead is as the triggers would have written it."""
    wrong = connection.execute("select count(*) from ops.verify()").fetchone()
    if wrong is not None and wrong[0]:
        raise BenchError(f"ops.verify() finds {wrong[0]} wrong rows after the run.")
    if not thorough:
        return
    statement = f"select rule, count(*) from ({INVARIANTS.read_text()}) as r group by rule"
    broken = connection.execute(statement.encode()).fetchall()
    if broken:
        raise BenchError(f"Leads break a rule: {broken}")


def _load(url: str, leads: int) -> None:
    demo.load(url, scale=leads / demo.LEADS, bulk=True, report=_say, advance=_advance)


def _anew(own: server.EmbeddedServer, name: str) -> str:
    with psycopg.connect(own.url("postgres"), autocommit=True) as connection:
        statement = sql.SQL("drop database if exists {} with (force)")
        connection.execute(statement.format(sql.Identifier(name)))
    server.ensure_database(own.url("postgres"), name)
    deploy.deploy(own.url(name))
    return own.url(name)


def _say(message: str) -> None:
    print(message, flush=True)


def _advance(done: int, total: int) -> None:
    # A line per tenth; a bar would fill the log of a long run.
    if done == total or done * 10 // total != (done - demo.CHUNK) * 10 // total:
        print(f"  {done:,} of {total:,} leads", flush=True)
