"""Keys: ordered by time, well-formed, never twice."""

from uuid import UUID

import psycopg

from tests.sessions import freeze


def test_keys_are_version_7_and_unique(tx: psycopg.Connection) -> None:
    rows = tx.execute("select app.uuid_v7() from generate_series(1, 2000)").fetchall()
    keys: list[UUID] = [key for (key,) in rows]
    assert len(set(keys)) == 2000
    assert {key.version for key in keys} == {7}
    assert {key.variant for key in keys} == {"specified in RFC 4122"}


def test_keys_begin_with_the_time(tx: psycopg.Connection) -> None:
    row = tx.execute(
        "select app.uuid_v7(), extract(epoch from clock_timestamp()) * 1000"
    ).fetchone()
    assert row is not None
    milliseconds = row[0].int >> 80
    # The start of the transaction or the moment itself, as the server's version has it.
    assert 0 <= row[1] - milliseconds < 60_000


def test_later_keys_sort_later(tx: psycopg.Connection) -> None:
    query = "select app.uuid_v7()"
    earlier = tx.execute(query).fetchone()
    tx.execute("select pg_sleep(0.002)")
    freeze(tx, "2126-01-01 00:00+00")
    later = tx.execute(query).fetchone()
    assert earlier is not None
    assert later is not None
    assert earlier[0] < later[0]


def test_keys_of_one_transaction_sort_as_they_were_made(tx: psycopg.Connection) -> None:
    freeze(tx, "2126-01-01 00:00+00")
    keys: list[UUID] = []
    for _ in range(50):
        row = tx.execute("select app.uuid_v7()").fetchone()
        assert row is not None
        keys.append(row[0])
    assert keys == sorted(keys)


def test_nobody(tx: psycopg.Connection) -> None:
    assert tx.execute("select app.nobody()").fetchone() == (UUID(int=0),)
