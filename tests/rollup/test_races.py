"""Two open transactions change what one cell is made of, and neither sees the other.

Whichever commits first, and with a refresh between the two commits, the figures end up right: what
depends on rows of others is looked up by the refresh, not by the writer.
"""

from collections.abc import Generator, Mapping
from contextlib import ExitStack
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders as make
from tests.rollup import model
from tests.sessions import freeze

Values = Mapping[str, UUID]

CONTACT: LiteralString = """
    insert into crm.lead_activities (workspace_id, lead_id, actor_user_id, type, occurred_at)
    values (%(gym)s, %(lead)s, %(ann)s, 'sms', '2026-03-05 12:00+00')
"""
NOTE: LiteralString = """
    insert into crm.notes (workspace_id, lead_id, created_by_user_id, body, created_at)
    values (%(gym)s, %(lead)s, %(ann)s, 'x', '2026-03-05 12:00+00')
"""
EARLIER_NOTE: LiteralString = """
    insert into crm.notes (workspace_id, lead_id, created_by_user_id, body, created_at)
    values (%(gym)s, %(lead)s, %(ann)s, 'x', '2026-03-04 12:00+00')
"""
TASK: LiteralString = """
    insert into crm.tasks (workspace_id, lead_id, created_by_user_id, created_at)
    values (%(gym)s, %(lead)s, %(ann)s, '2026-03-05 12:00+00')
"""
CALL: LiteralString = """
    insert into crm.call_logs (workspace_id, branch_id, user_id, direction, status, started_at)
    values (%(gym)s, %(north)s, %(ann)s, 'inbound', 'missed', '2026-03-05 12:00+00')
"""
RATING: LiteralString = """
    insert into crm.lead_feedback (workspace_id, lead_id, user_id, rating, created_at)
    values (%(gym)s, %(lead)s, %(ann)s, 3, '2026-03-05 12:00+00')
"""
COMPLAINT: LiteralString = """
    insert into crm.support_tickets (workspace_id, lead_id, user_id, type, created_at)
    values (%(gym)s, %(lead)s, %(ann)s, 'complaint', '2026-03-05 12:00+00')
"""
SENT: LiteralString = """
    insert into crm.campaign_leads (workspace_id, campaign_id, lead_id, owner_at_send, sent_at)
    values (%(gym)s, %(spring)s, %(lead)s, %(ann)s, '2026-03-05 12:00+00')
"""
OWNER: LiteralString = "update crm.leads set owner_user_id = %(ben)s where id = %(lead)s"
# Noon in UTC is another day in Auckland.
BRANCH: LiteralString = "update crm.leads set branch_id = %(auckland)s where id = %(lead)s"
WON: LiteralString = """
    update crm.leads set status = 'won', status_changed_at = '2026-03-06 12:00+00'
    where id = %(lead)s
"""
UNNOTED: LiteralString = "delete from crm.notes where lead_id = %(lead)s"
NEW_ZONE: LiteralString = """
    update crm.workspaces set timezone = 'Pacific/Auckland' where workspace_id = %(gym)s
"""
NEW_BRANCH_ZONE: LiteralString = """
    update crm.branches set timezone = 'Pacific/Auckland' where id = %(north)s
"""

PAIRS = [
    *((OWNER, other) for other in (CONTACT, RATING, COMPLAINT)),
    *((BRANCH, other) for other in (CONTACT, NOTE, TASK, RATING, SENT, UNNOTED)),
    *((NEW_ZONE, other) for other in (CONTACT, NOTE, TASK, SENT)),
    (NEW_BRANCH_ZONE, CALL),
    (WON, SENT),
    (NOTE, EARLIER_NOTE),
]


@pytest.fixture
def values(conn: psycopg.Connection) -> Values:
    freeze(conn, "2026-03-20 12:00+00")
    gym = make.workspace(conn)
    ann, ben = make.member(conn, gym), make.member(conn, gym)
    north = make.branch(conn, gym)
    auckland = make.branch(conn, gym, timezone="Pacific/Auckland")
    spring = make.campaign(conn, gym)
    lead = make.lead(conn, gym, ann)
    # Contacted and noted before, so that what comes now changes nothing in the lead itself.
    make.activity(conn, gym, lead, ann)
    make.note(conn, gym, lead, ann)
    conn.execute("call ops.refresh()")
    return {
        "gym": gym,
        "ann": ann,
        "ben": ben,
        "north": north,
        "auckland": auckland,
        "spring": spring,
        "lead": lead,
    }


@pytest.fixture
def sessions(database: str) -> Generator[tuple[psycopg.Connection, psycopg.Connection]]:
    with ExitStack() as stack:
        first, second = (stack.enter_context(psycopg.connect(database)) for _ in range(2))
        for session in (first, second):
            freeze(session, "2026-03-20 12:00+00")
            # Who waits here is no race; the test would have to be written otherwise.
            session.execute("set lock_timeout = '5s'")
            session.commit()
        yield first, second


def race(
    conn: psycopg.Connection,
    sessions: tuple[psycopg.Connection, psycopg.Connection],
    statements: tuple[LiteralString, LiteralString],
    values: Values,
) -> None:
    for session, statement in zip(sessions, statements, strict=True):
        session.execute(statement, values)
    for session in sessions:
        session.commit()
        conn.execute("select ops.refresh_rollups()")


@pytest.mark.parametrize("pair", [*PAIRS, *(pair[::-1] for pair in PAIRS)])
def test_neither_is_lost(
    conn: psycopg.Connection,
    sessions: tuple[psycopg.Connection, psycopg.Connection],
    values: Values,
    pair: tuple[LiteralString, LiteralString],
) -> None:
    race(conn, sessions, pair, values)

    assert model.stored(conn) == model.computed(model.read_facts(conn))


def test_a_writer_that_looks_for_itself_loses(
    conn: psycopg.Connection,
    sessions: tuple[psycopg.Connection, psycopg.Connection],
    values: Values,
) -> None:
    """The twin: a trigger that logs the lead's cell as it sees the lead credits the wrong one."""
    conn.execute(
        """
        create or replace function rollup.log_lead_feedback() returns trigger
        language plpgsql security definer as $$
        begin
            insert into rollup.dirty_cells (workspace_id, family, subject_id, hour_at)
            select l.workspace_id, 'lead_service_day', l.credited_user_id,
                date_bin('1 hour', l.created_at, 'epoch')
            from changed_rows as r
            inner join crm.leads as l on l.workspace_id = r.workspace_id and l.id = r.lead_id;
            return null;
        end $$
        """
    )
    race(conn, sessions, (OWNER, RATING), values)

    stored, computed = model.stored(conn), model.computed(model.read_facts(conn))
    assert stored["lead_service_day"] != computed["lead_service_day"]
