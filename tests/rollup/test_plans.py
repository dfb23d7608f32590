"""A cell is computed through indexes, however many facts there are; a rebuild reads them once."""

from collections.abc import Generator, Iterator, Sequence
from datetime import date
from typing import LiteralString
from uuid import UUID

import msgspec
import psycopg
import pytest
from psycopg import sql

from tests import builders as make
from tests.rollup.model import FAMILIES
from tests.sessions import freeze

FACTS = {
    "leads",
    "lead_activities",
    "tasks",
    "notes",
    "call_logs",
    "campaign_leads",
    "campaign_lead_segments",
    "lead_feedback",
    "support_tickets",
}


@pytest.fixture(scope="module")
def crowded(module_database: str) -> Generator[tuple[psycopg.Connection, UUID]]:
    """Some thousand facts of every kind, analysed, in a transaction that is rolled back."""
    with (
        psycopg.connect(module_database, autocommit=True) as connection,
        connection.transaction(force_rollback=True),
    ):
        gym = crowd(connection, 8000)
        connection.execute("analyze")
        # As in rollup.write_<family>.
        connection.execute("set local join_collapse_limit = 1")
        connection.execute("set local from_collapse_limit = 1")
        yield connection, gym


@pytest.fixture
def uncounted(conn: psycopg.Connection) -> tuple[psycopg.Connection, UUID]:
    """A young workspace of which PostgreSQL has no statistics yet, and nobody else's dead rows:
    without statistics plans follow the size of the files."""
    gym = crowd(conn, 400)
    # As in rollup.write_<family>.
    conn.execute("set join_collapse_limit = 1")
    conn.execute("set from_collapse_limit = 1")
    return conn, gym


def crowd(connection: psycopg.Connection, leads: int) -> UUID:
    """A workspace of twenty people with so many leads, and facts of every kind for each of them."""
    freeze(connection, "2026-04-20 12:00+00")
    gym = make.workspace(connection)
    names = {
        "gym": gym,
        "leads": leads,
        "people": [make.member(connection, gym) for _ in range(20)],
        "segment": make.segment(connection, gym),
        "campaign": make.campaign(connection, gym),
        "blast": make.campaign(connection, gym, "Blast"),
    }
    for statement in CROWD:
        connection.execute(statement, names)
    connection.execute(
        "insert into rollup.lead_work_day"
        " select * from rollup.lead_work_day_rows(%s, null, '-infinity', 'infinity')",
        (gym,),
    )
    return gym


CROWD: tuple[LiteralString, ...] = (
    # One of 21 leads is nobody's.
    """
    insert into crm.leads (workspace_id, owner_user_id, created_at, status, status_changed_at)
    select %(gym)s, (%(people)s::uuid[])[1 + n %% 21], t.at,
        (array['won', 'lost', 'contacted', 'new'])[1 + n %% 4], t.at + interval '1 day'
    from generate_series(1, %(leads)s) as n
    cross join lateral (select timestamptz '2025-04-01 00:00+00' + n * interval '1 hour') as t (at)
    """,
    """
    insert into crm.tasks (workspace_id, lead_id, created_by_user_id, assigned_to_user_id,
        completed_by_user_id, created_at, due_at, completed_at)
    select workspace_id, id, credited_user_id, credited_user_id, credited_user_id,
        created_at, created_at + interval '1 day', created_at + interval '2 days'
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.notes (workspace_id, lead_id, created_by_user_id, body, created_at)
    select workspace_id, id, credited_user_id, 'x', created_at
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.call_logs (workspace_id, lead_id, user_id, direction, status, started_at)
    select workspace_id, id, credited_user_id, 'outbound', 'completed', created_at
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.lead_feedback (workspace_id, lead_id, user_id, rating, created_at)
    select workspace_id, id, credited_user_id, 5, created_at
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.support_tickets (workspace_id, lead_id, user_id, type, created_at)
    select workspace_id, id, credited_user_id, 'complaint', created_at
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.campaign_leads (workspace_id, campaign_id, lead_id, owner_at_send, sent_at)
    select workspace_id, %(campaign)s, id, credited_user_id, created_at
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.campaign_leads (workspace_id, campaign_id, lead_id, owner_at_send, sent_at)
    select workspace_id, %(blast)s, id, credited_user_id,
        timestamptz '2026-04-01 09:00+00' + random() * interval '1 hour'
    from crm.leads where workspace_id = %(gym)s
    """,
    """
    insert into crm.campaign_lead_segments
    (workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at)
    select workspace_id, campaign_id, lead_id, %(segment)s, 1, sent_at
    from crm.campaign_leads where workspace_id = %(gym)s
    """,
)


@pytest.mark.parametrize(
    ("family", "of_nobody"),
    [(family, False) for family in FAMILIES]
    + [(family, True) for family in ("lead_day", "activity_day", "outcome_day", "call_hour")]
    + [("campaign_day", True), ("segment_day", True)],
)
def test_a_cell_is_index_probes(
    crowded: tuple[psycopg.Connection, UUID], family: str, of_nobody: bool
) -> None:
    connection, gym = crowded
    definition = sql.Identifier("rollup", f"{family}_rows")
    cell = connection.execute(
        sql.SQL(
            """
            select array[r.workspace_id], array[r.subject_id], array[r.day]
            from {}(%s, null, '2025-09-01', '2025-10-01') as r
            where (r.subject_id = %s) = %s
            limit 1
            """
        ).format(definition),
        (gym, UUID(int=0), of_nobody),
    ).fetchone()
    assert cell is not None
    plan = explain(connection, cell_query(family), cell)

    assert scanned_whole(plan) & FACTS == set()
    # Read are the cell's own facts and those of the hours around its day, no more.
    assert most_rows(plan) < 100


def test_no_cell_is_computed_once_per_lead(uncounted: tuple[psycopg.Connection, UUID]) -> None:
    """Not even where the planner has to guess: leads are found for the work, not work for leads."""
    connection, gym = uncounted
    for family in ("activity_day", "service_day", "task_day", "lead_work_day"):
        definition = sql.Identifier("rollup", f"{family}_rows")
        cell = connection.execute(
            sql.SQL(
                """
                select array[r.workspace_id], array[r.subject_id], array[r.day]
                from {}(%s, null, '-infinity', 'infinity') as r
                where r.subject_id <> app.nobody()
                limit 1
                """
            ).format(definition),
            (gym,),
        ).fetchone()
        assert cell is not None
        plan = explain(connection, cell_query(family), cell)

        assert max(node.loops for node in nodes(plan)) < 20, family


def test_plans_made_when_tables_were_empty_serve_a_few_cells_only(conn: psycopg.Connection) -> None:
    """A session that saw the first lead goes on to refresh what a file with thousands brought."""
    young = make.workspace(conn)
    member = make.member(conn, young)
    for number in range(2):
        lead = make.lead(conn, young, member, f"2026-04-0{1 + number} 12:00+00")
        make.activity(conn, young, lead, member, occurred_at="2026-04-02 12:00+00")
        conn.execute("select ops.refresh_rollups()")
    gym = crowd(conn, 4000)
    # Of one person is enough.
    conn.execute(
        "delete from rollup.dirty_cells where subject_id <> (select user_id from crm.members"
        " where workspace_id = %s limit 1)",
        (gym,),
    )

    assert reads_per_lead(conn) < 50
    # The guard taken away.
    conn.execute(
        "create or replace function rollup.choose_plans(p_count bigint) returns void language sql"
        " begin atomic select set_config('plan_cache_mode', 'force_generic_plan', true); end"
    )
    assert reads_per_lead(conn) > 100


def reads_per_lead(connection: psycopg.Connection) -> float:
    """How many rows of facts a refresh reads for each lead that there is."""
    with connection.transaction(force_rollback=True):
        connection.execute("select ops.refresh_rollups()")
        row = connection.execute(
            """
            select sum(x.seq_tup_read + x.idx_tup_fetch) / (select count(*) from crm.leads)
            from pg_stat_xact_user_tables as x
            where x.schemaname = 'crm' and x.relname = any(%s)
            """,
            (list(FACTS),),
        ).fetchone()
    assert row is not None
    return float(row[0])


@pytest.mark.parametrize("family", ["campaign_day", "segment_day"])
def test_a_reply_to_a_big_send_counts_its_owners_recipients_only(
    crowded: tuple[psycopg.Connection, UUID], family: str
) -> None:
    connection, gym = crowded
    lead = connection.execute(
        "select id, credited_user_id from crm.leads where workspace_id = %s and owner_user_id"
        " is not null limit 1",
        (gym,),
    ).fetchone()
    assert lead is not None
    with connection.transaction(force_rollback=True):
        connection.execute("delete from rollup.dirty_cells")
        connection.execute(
            "update crm.campaign_leads set first_replied_at = sent_at + interval '1 minute'"
            " where workspace_id = %s and lead_id = %s and sent_at >= '2026-04-01'",
            (gym, lead[0]),
        )
        cells = connection.execute(
            """
            select array_agg(c.workspace_id), array_agg(c.subject_id), array_agg(c.day)
            from rollup.dirty_cells_of(array(select d from rollup.dirty_cells as d)) as c
            where c.family = %s
            """,
            (family,),
        ).fetchone()
    assert cells is not None
    assert cells == ([gym], [lead[1]], [date(2026, 4, 1)])
    plan = explain(connection, cell_query(family), cells)

    assert scanned_whole(plan) & FACTS == set()
    # One of 21 shares of 8,000 recipients.
    assert 300 < most_rows(plan) < 450


def test_what_changed_is_found_without_reading_the_whole_rollup(
    crowded: tuple[psycopg.Connection, UUID],
) -> None:
    """Though the planner expects more rows of each cell than there are."""
    connection, gym = crowded
    with connection.transaction(force_rollback=True):
        connection.execute("select ops.refresh_rollups()")
        connection.execute("analyze rollup.activity_day")
        connection.execute(
            """
            create temporary table cells as
            select distinct workspace_id, subject_id, day from rollup.activity_day
            where workspace_id = %s and day >= '2025-09-01' and day < '2025-10-01'
            """,
            (gym,),
        )
        connection.execute("analyze cells")
        statement = connection.execute(
            """
            select rollup.store_statement(
                'activity_day',
                'select r.* from cells as c inner join rollup.activity_day as r'
                ' using (workspace_id, day, subject_id)',
                'select r.* from cells as c cross join lateral'
                ' rollup.activity_day_rows(c.workspace_id, c.subject_id, c.day, c.day + 1) as r'
            )
            """
        ).fetchone()
        assert statement is not None
        plan = explain(connection, sql.SQL(statement[0]), [])

    assert "activity_day" not in scanned_whole(plan)


def test_a_rebuild_reads_each_table_once(crowded: tuple[psycopg.Connection, UUID]) -> None:
    connection, gym = crowded
    for family, tables in (
        ("lead_day", {"leads"}),
        ("lead_contact_day", {"leads", "lead_activities"}),
        ("lead_service_day", {"leads", "lead_feedback", "support_tickets"}),
    ):
        definition = sql.Identifier("rollup", f"{family}_rows")
        plan = explain(
            connection,
            sql.SQL("select * from {}(%s, null, '-infinity', 'infinity')").format(definition),
            [gym],
        )

        reads = {node.relation: node.loops for node in nodes(plan) if node.relation in FACTS}
        assert set(reads) == tables
        # One pass each, or one per parallel process.
        assert max(reads.values()) <= 3, family


@pytest.mark.parametrize("family", ["lead_day", "segment_day", "lead_work_day"])
def test_a_rebuild_of_nothing_writes_in_the_order_of_the_days(
    crowded: tuple[psycopg.Connection, UUID], family: str
) -> None:
    """Which a window is read from few pages by; what is there already stays where it is."""
    connection, gym = crowded
    with connection.transaction(force_rollback=True):
        table = sql.Identifier("rollup", family)
        write = "select rollup.write_window(%s, %s, '-infinity', 'infinity')"
        connection.execute(sql.SQL("truncate {}").format(table))
        written = connection.execute(write, (family, gym)).fetchone()
        days = connection.execute(
            sql.SQL("select array_agg(day order by ctid) from {}").format(table)
        ).fetchone()
        assert written is not None
        assert days is not None
        assert len(days[0]) == written[0] > 100
        assert days[0] == sorted(days[0])
        assert connection.execute(write, (family, gym)).fetchone() == (0,)


def test_the_planner_knows_how_many_weekdays_there_are(
    crowded: tuple[psycopg.Connection, UUID],
) -> None:
    """It would expect one for each day, and sort what it can add up in memory."""
    connection, gym = crowded
    with connection.transaction(force_rollback=True):
        connection.execute(
            "select rollup.write_window('segment_day', %s, '-infinity', 'infinity')", (gym,)
        )
        connection.execute("analyze rollup.segment_day")
        plan = connection.execute(
            "explain (format json) select 1 from rollup.segment_day group by metrics.weekday(day)"
        ).fetchone()

    assert plan is not None
    assert plan[0][0]["Plan"]["Plan Rows"] <= 7


def test_the_proof_can_fail(crowded: tuple[psycopg.Connection, UUID]) -> None:
    """The usual way to write an optional subject reads every lead for one cell."""
    connection, gym = crowded
    plan = explain(
        connection,
        sql.SQL(
            """
            select l.id
            from unnest(%s::uuid[], %s::uuid[]) as c (workspace_id, subject_id)
            inner join crm.leads as l
                on l.workspace_id = c.workspace_id
                and (c.subject_id is null or l.credited_user_id = c.subject_id)
            """
        ),
        [[gym], [UUID(int=1)]],
    )

    assert most_rows(plan) >= 8000


class Node(msgspec.Struct):
    """A node of a plan that was run."""

    kind: str = msgspec.field(name="Node Type")
    rows: float = msgspec.field(name="Actual Rows")
    loops: float = msgspec.field(name="Actual Loops")
    relation: str | None = msgspec.field(name="Relation Name", default=None)
    filtered: float = msgspec.field(name="Rows Removed by Filter", default=0)
    joined_away: float = msgspec.field(name="Rows Removed by Join Filter", default=0)
    plans: list["Node"] = msgspec.field(name="Plans", default_factory=list["Node"])


class Explained(msgspec.Struct):
    plan: Node = msgspec.field(name="Plan")


def cell_query(family: str) -> sql.Composed:
    """As the refresh asks: cells that the plan does not know, joined laterally."""
    return sql.SQL(
        """
        select r.*
        from unnest(%s::uuid[], %s::uuid[], %s::date[]) as c (workspace_id, subject_id, day)
        cross join lateral {}(c.workspace_id, c.subject_id, c.day, c.day + 1) as r
        """
    ).format(sql.Identifier("rollup", f"{family}_rows"))


def explain(
    connection: psycopg.Connection, query: sql.Composable, values: Sequence[object]
) -> Node:
    row = connection.execute(
        sql.SQL("explain (analyze, timing off, format json) {}").format(query), values
    ).fetchone()
    assert row is not None
    return msgspec.convert(row[0], list[Explained])[0].plan


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for child in plan.plans:
        yield from nodes(child)


def scanned_whole(plan: Node) -> set[str | None]:
    """What is for all subjects stands in the plan of one cell, and is never run."""
    return {node.relation for node in nodes(plan) if node.kind == "Seq Scan" and node.loops > 0}


def most_rows(plan: Node) -> float:
    """Most rows that one node of the plan had in its hands."""
    return max((node.rows + node.filtered + node.joined_away) * node.loops for node in nodes(plan))
