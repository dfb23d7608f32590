"""What a change of facts leaves in rollup.dirty_cells."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests import builders as make
from tests.sessions import freeze

NOBODY = UUID(int=0)
EVER = "-infinity"

Entry = tuple[str, UUID, str]


@pytest.fixture
def gym(tx: psycopg.Connection) -> UUID:
    freeze(tx, "2026-03-20 12:00+00")
    return make.workspace(tx)


def logged(connection: psycopg.Connection, statement: str, values: Sequence[object]) -> set[Entry]:
    """Entries that a statement leaves, as (family, subject, hour in UTC)."""
    connection.execute("delete from rollup.dirty_cells")
    connection.execute(sql.SQL(statement), values)  # pyright: ignore[reportArgumentType]
    return entries(connection)


def entries(connection: psycopg.Connection) -> set[Entry]:
    found = connection.execute(
        """
        select family, subject_id,
            case when hour_at = '-infinity' then '-infinity'
            else to_char(hour_at at time zone 'UTC', 'MM-DD HH24:MI') end
        from rollup.dirty_cells
        """
    ).fetchall()
    assert len(found) == len(set(found)), "one statement logs an entry once"
    return set(found)


def test_a_contact_is_an_activity_and_work_and_counts_for_its_lead(
    tx: psycopg.Connection, gym: UUID
) -> None:
    ann = make.member(tx, gym)
    # Contacted before, so that this contact changes nothing in the lead.
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann, occurred_at="2026-03-01 09:00+00")
    statement = """
        insert into crm.lead_activities (workspace_id, lead_id, actor_user_id, type, occurred_at)
        values (%s, %s, %s, %s, '2026-03-05 10:59:59.999999+00')
    """

    assert logged(tx, statement, (gym, lead, ann, "sms")) == {
        ("activity_day", ann, "03-05 10:00"),
        ("worked_day", ann, "03-05 10:00"),
        ("contact", lead, "03-05 10:00"),
    }
    assert logged(tx, statement, (gym, lead, ann, "note")) == {("activity_day", ann, "03-05 10:00")}
    # By nobody: nobody's work, but a contact of the lead all the same.
    assert logged(tx, statement, (gym, lead, None, "sms")) == {
        ("activity_day", NOBODY, "03-05 10:00"),
        ("contact", lead, "03-05 10:00"),
    }


def test_a_change_logs_the_cells_of_before_and_after(tx: psycopg.Connection, gym: UUID) -> None:
    ann, ben = make.member(tx, gym), make.member(tx, gym)
    lead = make.lead(tx, gym, ann, status="won", won_at="2026-03-05 10:30+00")

    found = logged(tx, "update crm.leads set owner_user_id = %s where id = %s", (ben, lead))

    assert {entry for entry in found if entry[0] != "activity_day"} == {
        ("lead_day", ann, "03-02 09:00"),
        ("lead_day", ben, "03-02 09:00"),
        ("lead_contact_day", ann, "03-02 09:00"),
        ("lead_contact_day", ben, "03-02 09:00"),
        ("lead_service_day", ann, "03-02 09:00"),
        ("lead_service_day", ben, "03-02 09:00"),
        ("outcome_day", ann, "03-05 10:00"),
        ("outcome_day", ben, "03-05 10:00"),
    }


def test_a_lead_that_stays_where_it_is_leaves_what_was_done_with_it(
    tx: psycopg.Connection, gym: UUID
) -> None:
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym, ann)
    apart = {"lead_contact_day", "lead_service_day"}

    changed = logged(tx, "update crm.leads set deal_value = 9 where id = %s", (lead,))
    assert changed == {("lead_day", ann, "03-02 09:00")}
    new = "insert into crm.leads (workspace_id, owner_user_id) values (%s, %s)"
    assert not apart & {family for family, _, _ in logged(tx, new, (gym, ann))}
    moved = logged(tx, "update crm.leads set source = 'fair' where id = %s", (lead,))
    assert apart <= {family for family, _, _ in moved}


def test_what_hangs_on_the_lead_is_marked_not_listed(tx: psycopg.Connection, gym: UUID) -> None:
    ann, north = make.member(tx, gym), make.branch(tx, gym)
    lead = make.lead(tx, gym, ann)
    for day in range(1, 20):
        make.note(tx, gym, lead, ann, f"2026-03-{day} 09:00+00")

    assert logged(tx, "update crm.leads set branch_id = %s where id = %s", (north, lead)) == {
        ("lead_day", ann, "03-02 09:00"),
        ("lead_contact_day", ann, "03-02 09:00"),
        ("lead_service_day", ann, "03-02 09:00"),
        ("branch", lead, EVER),
    }
    assert ("recipient", lead, EVER) in logged(
        tx, "update crm.leads set status = 'won' where id = %s", (lead,)
    )


@pytest.mark.parametrize(
    "statement",
    [
        "update crm.leads set phone = '112', score = 7, tags = '{new}', first_name = 'Ida'",
        "update crm.lead_activities set title = 'Hello', metadata = '{\"a\": 1}'",
        "update crm.tasks set title = 'Hello'",
        "update crm.notes set body = 'Hello'",
        "update crm.call_logs set notes = 'Hello'",
        "update crm.campaign_leads set bounce_kind = 'soft'",
        "update crm.lead_feedback set comment = 'Hello'",
        "update crm.support_tickets set subject = 'Hello', status = 'closed'",
        # Read, but as it was.
        "update crm.leads set status = status, owner_user_id = owner_user_id",
        "update crm.lead_activities set occurred_at = occurred_at",
    ],
)
def test_what_no_figure_reads_is_not_logged(
    tx: psycopg.Connection, gym: UUID, statement: LiteralString
) -> None:
    ann = make.member(tx, gym)
    lead = make.lead(tx, gym, ann)
    make.activity(tx, gym, lead, ann)
    make.task(tx, gym, lead, ann)
    make.note(tx, gym, lead, ann)
    make.call(tx, gym, ann)
    make.recipient(tx, gym, make.campaign(tx, gym), lead)
    make.feedback(tx, gym, lead)
    make.ticket(tx, gym, lead)

    assert logged(tx, statement, ()) == set()


def test_bulk_statements_log_each_cell_once(tx: psycopg.Connection, gym: UUID) -> None:
    ann = make.member(tx, gym)
    statement = """
        insert into crm.leads (workspace_id, owner_user_id, created_at)
        select %s, %s, timestamptz '2026-03-05 10:00+00' + n * interval '36 seconds'
        from generate_series(0, 199) as n
    """

    assert logged(tx, statement, (gym, ann)) >= {
        ("lead_day", ann, "03-05 10:00"),
        ("lead_day", ann, "03-05 11:00"),
    }
    assert logged(tx, "delete from crm.leads where owner_user_id = %s", (ann,)) >= {
        ("lead_day", ann, "03-05 10:00"),
        ("lead_day", ann, "03-05 11:00"),
    }
    assert logged(tx, "delete from crm.leads where owner_user_id = %s", (ann,)) == set()


def test_what_goes_with_its_lead_is_logged_too(tx: psycopg.Connection, gym: UUID) -> None:
    ann, segment = make.member(tx, gym), make.segment(tx, gym)
    lead, campaign = make.lead(tx, gym, ann), make.campaign(tx, gym)
    make.note(tx, gym, lead, ann, "2026-03-03 09:00+00")
    make.feedback(tx, gym, lead, created_at="2026-03-04 09:00+00")
    make.call(tx, gym, ann, "2026-03-05 09:00+00", lead_id=lead)
    make.recipient(tx, gym, campaign, lead, "2026-03-06 09:00+00")
    tx.execute(
        """
        insert into crm.campaign_lead_segments
        (workspace_id, campaign_id, lead_id, segment_id, segment_version)
        values (%s, %s, %s, %s, 1)
        """,
        (gym, campaign, lead, segment),
    )

    assert logged(tx, "delete from crm.leads where id = %s", (lead,)) >= {
        ("lead_day", ann, "03-02 09:00"),
        ("lead_contact_day", ann, "03-02 09:00"),
        ("lead_service_day", ann, "03-02 09:00"),
        ("worked_day", ann, "03-03 09:00"),
        ("service_day", ann, "03-04 09:00"),
        ("call_hour", ann, "03-05 09:00"),
        ("activity_day", ann, "03-05 09:00"),
        ("campaign_day", ann, "03-06 09:00"),
        ("segment_day", ann, "03-06 09:00"),
    }


@pytest.mark.parametrize(
    ("statement", "family"),
    [
        ("update crm.workspaces set timezone = 'Asia/Tokyo' where workspace_id = %s", "all"),
        ("update crm.workspaces set name = 'Box' where workspace_id = %s", "shown"),
        ("update crm.branches set timezone = 'Asia/Tokyo' where workspace_id = %s", "all"),
        ("update crm.branches set name = 'North' where workspace_id = %s", "shown"),
        ("delete from crm.branches where workspace_id = %s", "all"),
        ("insert into crm.branches (workspace_id, name) values (%s, 'South')", "shown"),
        ("update crm.members set role = 'agent' where workspace_id = %s", "shown"),
        ("update crm.profiles set ai_risk_score = 3 where workspace_id = %s", "shown"),
        ("update crm.segments set name = 'Big' where workspace_id = %s", "shown"),
        ("delete from crm.goals where workspace_id = %s", "shown"),
        (
            """
            update crm.users set name = 'Ida'
            where id in (select user_id from crm.members where workspace_id = %s)
            """,
            "shown",
        ),
        (
            """
            insert into scoring.weights (workspace_id, version, part, weight)
            values (%s, 1, 'trust', 1)
            """,
            "shown",
        ),
    ],
)
def test_what_moves_everything_and_what_is_only_shown(
    tx: psycopg.Connection, gym: UUID, statement: LiteralString, family: str
) -> None:
    ann = make.member(tx, gym)
    make.profile(tx, gym, ann)
    make.branch(tx, gym)
    make.segment(tx, gym)
    make.goal(tx, gym)
    make.member(tx, make.workspace(tx))

    assert logged(tx, statement, (gym,)) == {(family, NOBODY, EVER)}
    assert tx.execute("select distinct workspace_id from rollup.dirty_cells").fetchall() == [(gym,)]


def test_default_weights_are_everybodys(tx: psycopg.Connection, gym: UUID) -> None:
    other = make.workspace(tx)
    tx.execute("delete from rollup.dirty_cells")
    tx.execute("update scoring.weights set weight = weight where workspace_id = %s", (NOBODY,))

    found = tx.execute("select workspace_id, family from rollup.dirty_cells").fetchall()

    assert {(gym, "shown"), (other, "shown")} <= set(found)


def test_a_truncate_makes_everything_dirty(tx: psycopg.Connection, gym: UUID) -> None:
    make.note(tx, gym, make.lead(tx, gym), None)

    assert logged(tx, "truncate crm.notes", ()) == {("all", NOBODY, EVER)}


def test_what_is_rolled_back_was_never_logged(tx: psycopg.Connection, gym: UUID) -> None:
    tx.execute("delete from rollup.dirty_cells")
    with tx.transaction(force_rollback=True):
        make.lead(tx, gym)

    assert entries(tx) == set()


def test_a_plan_made_for_one_row_serves_many(tx: psycopg.Connection, gym: UUID) -> None:
    """Old and new rows meet in a hash join: n rows cost n, not n squared."""
    ann = make.member(tx, gym)
    tx.execute(
        """
        insert into crm.notes (workspace_id, lead_id, created_by_user_id, body)
        select %s, %s, %s, 'x' from generate_series(1, 20000)
        """,
        (gym, make.lead(tx, gym), ann),
    )
    for _ in range(6):
        note = make.note(tx, gym, make.lead(tx, gym), ann)
        tx.execute("update crm.notes set created_at = created_at + '1 h' where id = %s", (note,))
    # Squared, this would take minutes.
    tx.execute("set local statement_timeout = '20s'")
    tx.execute("update crm.notes set created_at = created_at + interval '1 hour'")


def test_every_table_that_a_definition_reads_logs(tx: psycopg.Connection) -> None:
    """A table that a rollup comes to read needs its triggers."""
    read = {
        name
        for (name,) in tx.execute(
            r"""
            select distinct m[1]
            from pg_proc as p
            cross join lateral regexp_matches(p.prosrc, '\mcrm\.(\w+) as', 'g') as m
            where p.pronamespace = 'rollup'::regnamespace and p.proname ~ '_rows$|^work_o'
            """
        )
    }
    logging = {
        name
        for (name,) in tx.execute(
            """
            select c.relname
            from pg_trigger as t
            inner join pg_class as c on c.oid = t.tgrelid
            inner join pg_proc as p on p.oid = t.tgfoid
            where p.pronamespace = 'rollup'::regnamespace
            group by c.relname
            having bit_or(t.tgtype::integer & 60) = 60
            """
        )
    }

    assert len(read) >= 11
    assert read - logging == set()
