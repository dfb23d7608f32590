"""What the public views say beside the figures: names, membership, freshness, and how to total.

Who sees which rows is the matrix of tests/policies/test_rows.py.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests import builders
from tests.metrics import history
from tests.metrics.history import History
from tests.refreshing import FAMILIES, refresh
from tests.sessions import as_login, as_user

COHORT = ("lead_day", "lead_contact_day", "lead_service_day")
"""What analytics.lead_day shows side by side."""


@pytest.fixture
def past(tx: psycopg.Connection) -> History:
    written = history.write(tx)
    refresh(tx)
    return written


@contextmanager
def acting(connection: psycopg.Connection, user: UUID) -> Generator[psycopg.Connection]:
    with as_login(connection, "leadboard_api"), as_user(connection, user):
        yield connection


def seen(
    connection: psycopg.Connection,
    user: UUID,
    query: LiteralString,
    parameters: Sequence[object] = (),
) -> list[tuple[object, ...]]:
    with acting(connection, user) as api:
        return api.execute(query, parameters).fetchall()


def test_figures_are_those_of_the_private_view(tx: psycopg.Connection, past: History) -> None:
    """The public view adds names and takes no figure away."""
    columns = tx.execute(
        """
        select array_agg(a.attname order by a.attname) from pg_attribute as a
        where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
        """,
        ("stats.partner_performance_stats",),
    ).fetchall()
    private = tx.execute(
        """
        select s.partner_id, to_jsonb(s) as row from stats.partner_performance_stats as s
        where s.workspace_id = %s order by s.partner_id
        """,
        (past.workspace,),
    ).fetchall()
    public = seen(
        tx,
        past.emil,
        """
        select s.partner_id, to_jsonb(s) - '{partner_name,branch_id,branch_name}'::text[] as row
        from analytics.partner_performance_stats as s order by s.partner_id
        """,
    )
    assert len(private) == 3
    assert public == private
    assert set(columns[0][0]) == set(private[0][1])


NAMES = """
    select partner_name, branch_id, branch_name from analytics.partner_performance_stats
    where partner_id = %s
"""


def test_names_are_those_of_now(tx: psycopg.Connection, past: History) -> None:
    """A new name, an erased person and one who left show at once, not with the next refresh."""
    tx.execute("update crm.users set name = 'Ben Adler' where id = %s", (past.ben,))
    assert seen(tx, past.emil, NAMES, [past.ben]) == [("Ben Adler", past.new_york, "New York")]

    tx.execute(
        "update crm.users set name = null, email = null, erased_at = app.now() where id = %s",
        (past.ben,),
    )
    assert seen(tx, past.emil, NAMES, [past.ben]) == [(str(past.ben), past.new_york, "New York")]

    tx.execute("update crm.members set deactivated_at = app.now() where user_id = %s", (past.ben,))
    assert seen(tx, past.emil, NAMES, [past.ben]) == []


def test_a_manager_of_the_old_branch_sees_no_more(tx: psycopg.Connection, past: History) -> None:
    """Who may see a partner follows the branch of now, too."""
    manager = builders.member(tx, past.workspace, "manager", branch_id=past.new_york)
    partners = "select partner_id from analytics.partner_performance_stats"
    assert seen(tx, manager, partners) == [(past.ben,)]
    tx.execute("update crm.members set branch_id = null where user_id = %s", (past.ben,))
    assert seen(tx, manager, partners) == []


def test_members_keep_those_who_left(tx: psycopg.Connection, past: History) -> None:
    rows = seen(
        tx,
        past.emil,
        "select user_id, role, branch_name, timezone, is_active from analytics.members",
    )
    assert set(rows) == {
        (past.anna, "partner", None, "Europe/Berlin", True),
        (past.ben, "agent", "New York", "America/New_York", True),
        (past.cleo, "admin", None, "Europe/Berlin", True),
        (past.dora, "partner", None, "Europe/Berlin", False),
        (past.emil, "owner", None, "Europe/Berlin", True),
    }


def test_branches_and_workspaces(tx: psycopg.Connection, past: History) -> None:
    heidelberg = builders.branch(tx, past.workspace, "Heidelberg")
    builders.workspace(tx, "Another")
    assert set(seen(tx, past.anna, "select branch_id, name, timezone from analytics.branches")) == {
        (past.new_york, "New York", "America/New_York"),
        (heidelberg, "Heidelberg", "Europe/Berlin"),
    }
    assert seen(
        tx, past.anna, "select workspace_id, timezone, currency from analytics.workspaces"
    ) == [(past.workspace, "Europe/Berlin", "EUR")]


@pytest.mark.parametrize("family", FAMILIES)
def test_rollups_are_shown_as_they_are(tx: psycopg.Connection, family: str) -> None:
    """Same columns, same comments; only previous_day, which may be null, says so. The three rollups
    of a cohort are one view."""
    difference = tx.execute(
        """
        with described as (
            select
                c.relnamespace = 'rollup'::regnamespace as is_rollup,
                a.attname as name,
                format_type(a.atttypid, a.atttypmod) as type,
                case when a.attname <> 'previous_day' then col_description(c.oid, a.attnum) end
                    as comment
            from pg_class as c
            inner join pg_attribute as a
                on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.oid = any(%(rollups)s::regclass[]) or c.oid = %(view)s::regclass
            group by 1, 2, 3, 4
        )
        select d.name, d.type, d.comment from described as d
        group by d.name, d.type, d.comment
        having count(*) <> 2
        """,
        {
            "rollups": [f"rollup.{each}" for each in COHORT if family == "lead_day"]
            or [f"rollup.{family}"],
            "view": f"analytics.{family}",
        },
    ).fetchall()
    assert difference == []


def test_leads_of_a_day_are_shown_with_what_was_done_with_them(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    owner = builders.member(tx, workspace, "owner")
    builders.lead(tx, workspace, owner, source="fair")
    told = builders.lead(tx, workspace, owner, source="web")
    builders.activity(tx, workspace, told, owner, occurred_at="2026-03-05 09:00+00")
    rated = builders.lead(tx, workspace, owner, source="phone")
    builders.feedback(tx, workspace, rated, rating=4)
    builders.ticket(tx, workspace, rated)
    refresh(tx)

    rows = """
        select
            source, leads, contact_attempts, leads_min_2_attempts, complaints, ratings, rating_sum
        from analytics.lead_day order by source
    """
    assert seen(tx, owner, rows) == [
        ("fair", 1, 0, 0, 0, 0, 0),
        ("phone", 1, 0, 0, 1, 1, 4),
        ("web", 1, 1, 0, 0, 0, 0),
    ]


def test_distinct_leads_worked_in_any_window(tx: psycopg.Connection) -> None:
    """The formula of the view's comment, against counting the leads."""
    workspace = builders.workspace(tx)
    owner = builders.member(tx, workspace, "owner")
    agent = builders.member(tx, workspace, "agent")
    first, second = (builders.lead(tx, workspace, agent) for _ in range(2))
    for lead, day in ((first, 2), (first, 4), (first, 9), (second, 4)):
        builders.note(tx, workspace, lead, agent, f"2026-03-{day:02} 12:00+00")
    refresh(tx)
    worked = """
        select coalesce(sum(leads), 0)::integer from analytics.worked_day
        where
            subject_id = %(agent)s
            and day >= %(from)s::date
            and day < %(to)s::date
            and (previous_day is null or previous_day < %(from)s::date)
    """
    with acting(tx, owner) as api:
        counts = [
            api.execute(
                worked, {"agent": agent, "from": f"2026-03-{a:02}", "to": f"2026-03-{b:02}"}
            ).fetchone()
            for a, b in ((2, 10), (2, 4), (3, 10), (5, 9), (5, 10))
        ]
        unseen_before = api.execute(
            "select count(*) from analytics.worked_day where previous_day is null"
        ).fetchone()
    # Both; the first; both; none on the 5th to 8th; the first again.
    assert counts == [(2,), (1,), (2,), (0,), (1,)]
    assert unseen_before == (2,)


def test_freshness(database: str) -> None:
    """As old as the oldest object; versions are the workspace's own."""
    with psycopg.connect(database, autocommit=True) as owner:
        quiet, busy = builders.workspace(owner), builders.workspace(owner)
        person = builders.member(owner, quiet, "owner")
        builders.member(owner, busy, "owner", user_id=person)
        owner.execute("call ops.refresh()")
        before = freshness(owner, person)
        builders.lead(owner, busy, person)
        owner.execute("call ops.refresh()")
        after = freshness(owner, person)
        oldest = owner.execute("select min(last_success_at) from ops.refresh_state").fetchone()
    assert set(before) == set(after) == {quiet, busy}
    assert oldest is not None
    assert after[quiet][0] == after[busy][0] == oldest[0]
    assert after[quiet][1] == before[quiet][1]
    assert after[busy][1] > before[busy][1]


def freshness(connection: psycopg.Connection, user: UUID) -> dict[UUID, tuple[object, int]]:
    with acting(connection, user) as api:
        rows = api.execute("select workspace_id, as_of, version from analytics.freshness")
        return {workspace: (as_of, version) for workspace, as_of, version in rows}
