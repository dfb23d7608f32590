"""Two sessions at once on one lead. Whoever comes second waits, then sees what the first one did.

Each test runs the second statement while the first session's transaction is open, waits until
PostgreSQL says that it is blocked by the first one, and only then commits. So every order of events
is the one that is meant, and a guard that does not make the second session wait fails the test.
"""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.crm.ledger import at, change, credit, first_contact, ownership
from tests.sessions import freeze

ADD: LiteralString = """
    insert into crm.lead_activities (workspace_id, lead_id, actor_user_id, type, occurred_at)
    values (%s, %s, %s, 'sms', %s)
"""
DELETE: LiteralString = """
    delete from crm.lead_activities where workspace_id = %s and lead_id = %s and occurred_at = %s
"""
OWN: LiteralString = "update crm.leads set owner_user_id = %s where workspace_id = %s and id = %s"

Race = Callable[[LiteralString, Sequence[object], LiteralString, Sequence[object]], None]


@pytest.fixture
def race(database: str, conn: psycopg.Connection) -> Generator[Race]:
    """Runs one statement, a second one beside it that must wait for it, and commits both."""
    with (
        psycopg.connect(database) as first,
        psycopg.connect(database) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        for session in (first, second):
            freeze(session, at("03-20 12:00"))
            session.commit()

        def run(
            sql: LiteralString,
            arguments: Sequence[object],
            other_sql: LiteralString,
            other_arguments: Sequence[object],
        ) -> None:
            first.execute(sql, arguments)
            blocked = pool.submit(second.execute, other_sql, other_arguments)
            wait_until_blocked(conn, second.info.backend_pid, by=first.info.backend_pid)
            first.commit()
            blocked.result(timeout=120)
            second.commit()

        yield run


def wait_until_blocked(conn: psycopg.Connection, pid: int, by: int) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        row = conn.execute("select %s = any(pg_blocking_pids(%s))", (by, pid)).fetchone()
        if row == (True,):
            return
    raise AssertionError("The second session did not wait for the first one.")


@pytest.fixture
def gym(conn: psycopg.Connection) -> UUID:
    freeze(conn, at("03-20 12:00"))
    return make.workspace(conn)


@pytest.fixture
def ann(conn: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(conn, gym)


@pytest.fixture
def bob(conn: psycopg.Connection, gym: UUID) -> UUID:
    return make.member(conn, gym)


@pytest.mark.parametrize("order", [("03-05 10:00", "03-10 10:00"), ("03-10 10:00", "03-05 10:00")])
def test_two_first_contacts(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID, order: tuple[str, str]
) -> None:
    lead = make.lead(conn, gym, ann)
    race(
        ADD, (gym, lead, ann, at(order[0])),
        ADD, (gym, lead, ann, at(order[1])),
    )  # fmt: skip
    assert first_contact(conn, lead) == "03-05 10:00"


def test_contact_added_while_the_first_one_is_being_deleted(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(conn, gym, ann)
    make.activity(conn, gym, lead, ann, "sms", at("03-03 10:00"))
    race(
        DELETE, (gym, lead, at("03-03 10:00")),
        ADD, (gym, lead, ann, at("03-05 10:00")),
    )  # fmt: skip
    assert first_contact(conn, lead) == "03-05 10:00"


def test_first_contact_deleted_while_another_is_being_added(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID
) -> None:
    """The one that is added changes nothing of the lead yet: only its foreign key is in the way."""
    lead = make.lead(conn, gym, ann)
    make.activity(conn, gym, lead, ann, "sms", at("03-03 10:00"))
    race(
        ADD, (gym, lead, ann, at("03-05 10:00")),
        DELETE, (gym, lead, at("03-03 10:00")),
    )  # fmt: skip
    assert first_contact(conn, lead) == "03-05 10:00"


@pytest.mark.parametrize("order", [("03-03 10:00", "03-05 10:00"), ("03-05 10:00", "03-03 10:00")])
def test_two_contacts_deleted(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID, order: tuple[str, str]
) -> None:
    lead = make.lead(conn, gym, ann)
    for when in (*order, "03-09 10:00"):
        make.activity(conn, gym, lead, ann, "sms", at(when))
    race(
        DELETE, (gym, lead, at(order[0])),
        DELETE, (gym, lead, at(order[1])),
    )  # fmt: skip
    assert first_contact(conn, lead) == "03-09 10:00"


def test_first_contact_moved_while_another_is_deleted(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(conn, gym, ann)
    make.activity(conn, gym, lead, ann, "sms", at("03-03 10:00"))
    make.activity(conn, gym, lead, ann, "sms", at("03-05 10:00"))
    race(
        DELETE, (gym, lead, at("03-05 10:00")),
        "update crm.lead_activities set occurred_at = %s where lead_id = %s and occurred_at = %s",
        (at("03-08 10:00"), lead, at("03-03 10:00")),
    )  # fmt: skip
    assert first_contact(conn, lead) == "03-08 10:00"


@pytest.mark.parametrize("order", [("03-05 10:00", "03-10 10:00"), ("03-10 10:00", "03-05 10:00")])
def test_two_first_actors(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID, bob: UUID, order: tuple[str, str]
) -> None:
    lead = make.lead(conn, gym)
    actors = {"03-05 10:00": ann, "03-10 10:00": bob}
    race(
        ADD, (gym, lead, actors[order[0]], at(order[0])),
        ADD, (gym, lead, actors[order[1]], at(order[1])),
    )  # fmt: skip
    assert credit(conn, lead) == (ann, "first_actor")


def test_owner_taken_away_while_somebody_acts(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(conn, gym, bob, first_contact_at=at("03-03 10:00"))
    race(
        ADD, (gym, lead, ann, at("03-05 10:00")),
        OWN, (None, gym, lead),
    )  # fmt: skip
    assert credit(conn, lead) == (ann, "first_actor")


def test_somebody_acts_while_the_owner_is_taken_away(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID, bob: UUID
) -> None:
    lead = make.lead(conn, gym, bob, first_contact_at=at("03-03 10:00"))
    race(
        OWN, (None, gym, lead),
        ADD, (gym, lead, ann, at("03-05 10:00")),
    )  # fmt: skip
    assert credit(conn, lead) == (ann, "first_actor")


def test_first_contact_taken_away_by_a_writer_while_one_is_being_added(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID
) -> None:
    lead = make.lead(conn, gym, ann, first_contact_at=at("03-03 10:00"))
    race(
        ADD, (gym, lead, ann, at("03-05 10:00")),
        "update crm.leads set first_contact_at = null where id = %s", (lead,),
    )  # fmt: skip
    assert first_contact(conn, lead) == "03-05 10:00"


def test_two_owner_changes(
    conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID, bob: UUID
) -> None:
    cem = make.member(conn, gym)
    lead = make.lead(conn, gym, ann)
    timed: LiteralString = """
        update crm.leads set owner_user_id = %s, assigned_at = %s
        where workspace_id = %s and id = %s
    """
    race(
        timed, (bob, at("03-05 10:00"), gym, lead),
        timed, (cem, at("03-07 10:00"), gym, lead),
    )  # fmt: skip
    assert ownership(conn, lead) == [
        (ann, "03-02 09:00", "03-05 10:00"),
        (bob, "03-05 10:00", "03-07 10:00"),
        (cem, "03-07 10:00", None),
    ]
    # The second session may well have begun, and taken its time, before the first one.
    race(
        timed, (ann, at("03-12 10:00"), gym, lead),
        timed, (bob, at("03-11 10:00"), gym, lead),
    )  # fmt: skip
    assert ownership(conn, lead)[2:] == [
        (cem, "03-07 10:00", "03-11 10:00"),
        (bob, "03-11 10:00", None),
    ]


def test_two_status_changes(conn: psycopg.Connection, race: Race, gym: UUID, ann: UUID) -> None:
    lead = make.lead(conn, gym, ann)
    timed: LiteralString = """
        update crm.leads set status = %s, status_changed_at = %s where workspace_id = %s and id = %s
    """
    race(
        timed, ("contacted", at("03-05 10:00"), gym, lead),
        timed, ("won", at("03-06 10:00"), gym, lead),
    )  # fmt: skip
    told = conn.execute(
        """
        select metadata ->> 'from', metadata ->> 'to' from crm.lead_activities order by occurred_at
        """
    ).fetchall()
    assert told == [("new", "contacted"), ("contacted", "won")]


def test_recipient_dated_anew_while_its_segment_is_added(
    conn: psycopg.Connection, race: Race, gym: UUID
) -> None:
    campaign, segment, lead = (
        make.campaign(conn, gym),
        make.segment(conn, gym),
        make.lead(conn, gym),
    )
    make.recipient(conn, gym, campaign, lead, at("03-05 10:00"))
    resend: LiteralString = "update crm.campaign_leads set sent_at = %s"
    add: LiteralString = """
        insert into crm.campaign_lead_segments
        (workspace_id, campaign_id, lead_id, segment_id, segment_version)
        values (%s, %s, %s, %s, 1)
    """
    wrong: LiteralString = """
        select count(*) from crm.campaign_lead_segments as s
        inner join crm.campaign_leads as r using (workspace_id, campaign_id, lead_id)
        where r.sent_at <> s.sent_at
    """
    other = make.segment(conn, gym)
    race(resend, (at("03-06 10:00"),), add, (gym, campaign, lead, segment))
    assert conn.execute(wrong).fetchone() == (0,)
    race(add, (gym, campaign, lead, other), resend, (at("03-07 10:00"),))
    assert conn.execute(wrong).fetchone() == (0,)
    assert conn.execute("select count(*) from crm.campaign_lead_segments").fetchone() == (2,)


def test_many_sessions_add_contacts_to_the_same_leads(
    database: str, conn: psycopg.Connection, gym: UUID, ann: UUID
) -> None:
    """Eight sessions, each adding contacts to the same thirty leads in an order of its own. Locks
    are taken in one order, so nobody deadlocks, and the earliest contact counts for each lead."""
    leads = [make.lead(conn, gym) for _ in range(30)]

    def add(number: int) -> None:
        order = leads[number:] + leads[:number]
        with psycopg.connect(database, autocommit=True) as session:
            for lot in (-1, 0, 1):
                session.execute(
                    """
                    insert into crm.lead_activities
                    (workspace_id, lead_id, actor_user_id, type, occurred_at)
                    select
                        %s, l.id, %s, 'sms',
                        timestamptz '2026-03-03 00:00+00' - %s * interval '1 hour'
                    from unnest(%s) with ordinality as l (id, n) order by l.n
                    """,
                    # 1 to 15 hours before, some earlier and some later than what others add.
                    (gym, ann, (number * 7 % 8) * lot + 8, order),
                )

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(add, number) for number in range(8)]:
            done.result(timeout=60)
    rows = conn.execute(
        """
        select l.first_contact_at = min(a.occurred_at), l.credited_user_id, l.owner_basis, count(*)
        from crm.leads as l
        inner join crm.lead_activities as a on a.lead_id = l.id
        group by l.workspace_id, l.id
        """
    ).fetchall()
    assert rows == [(True, ann, "first_actor", 24)] * 30


def test_change_in_a_transaction_of_several(
    conn: psycopg.Connection, gym: UUID, ann: UUID, bob: UUID
) -> None:
    """What a transaction wrote itself it sees, and a roll-back takes everything back."""
    lead = make.lead(conn, gym, ann)
    with conn.transaction(force_rollback=True):
        change(conn, lead, owner_user_id=None)
        make.activity(conn, gym, lead, bob, "sms", at("03-05 10:00"))
        assert credit(conn, lead) == (bob, "first_actor")
    assert credit(conn, lead) == (ann, "owner")
    assert first_contact(conn, lead) is None
    assert ownership(conn, lead) == [(ann, "03-02 09:00", None)]
