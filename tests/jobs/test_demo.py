"""Demo data: believable, repeatable, and the same through the triggers and past them."""

from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from jobs import demo

INVARIANTS = (Path(__file__).parents[2] / "bench" / "invariants.sql").read_text(encoding="utf-8")

# The first Monday after the clocks of Europe went forward; Sydney's went back the day before.
PRESENT = "2026-04-06 10:30:00+00"
SMALL = 0.05

# Keys and bookkeeping of rows that a trigger writes are new each time; everything else is compared.
TABLES: dict[str, LiteralString] = {
    "workspaces": "*",
    "branches": "*",
    "users": "*",
    "members": "*",
    "profiles": "*",
    "goals": "*",
    "segments": "*",
    "segment_versions": "*",
    "campaigns": "*",
    "leads": "*",
    "lead_status_history": "workspace_id, lead_id, status, changed_at, changed_by_user_id",
    "lead_ownership": "workspace_id, lead_id, user_id, during",
    "lead_activities": """
        workspace_id, lead_id, actor_user_id, type, title, description, duration_seconds, metadata,
        call_log_id, source_system, external_id, occurred_at, recorded_at
    """,
    "call_logs": "*",
    "tasks": "*",
    "notes": "*",
    "campaign_leads": "*",
    "campaign_lead_segments": """
        workspace_id, campaign_id, lead_id, segment_id, segment_version, sent_at, is_recomputed
    """,
    "lead_feedback": "*",
    "support_tickets": "*",
}

# Everything that figures have to cope with: what it is -> where it is found.
OCCURRING = {
    "deactivated members": "crm.members where deactivated_at is not null",
    "an erased person": "crm.users where erased_at is not null",
    "people of two workspaces": """
        (select from crm.members group by user_id having count(*) > 1) as x
    """,
    "erased leads": "crm.leads where erased_at is not null",
    "leads of nobody": "crm.leads where owner_basis = 'nobody'",
    "leads of their creator": "crm.leads where owner_basis = 'creator'",
    "leads of their first actor": "crm.leads where owner_basis = 'first_actor'",
    "refunds": "crm.leads where deal_value < 0 and won_at is not null",
    "leads re-assigned": """
        crm.lead_ownership where not upper_inf(during) and user_id is not null
    """,
    "leads re-opened": """
        crm.leads where lost_at is not null and status in ('in_progress', 'won')
    """,
    "late entries": """
        crm.lead_activities
        where recorded_at > occurred_at + interval '1 day' and source_system = 'demo'
    """,
    "acts of nobody": """
        crm.lead_activities where actor_user_id is null and type = 'email_sent'
    """,
    "calls of nobody's lead": "crm.call_logs where lead_id is null",
    "missed calls": "crm.call_logs where status = 'missed'",
    "replies before sending": "crm.campaign_leads where first_replied_at < sent_at",
    "replies of machines": "crm.lead_activities where (metadata ->> 'auto_reply')::boolean",
    "opens of machines": "crm.campaign_leads where machine_opened",
    "bounces": "crm.campaign_leads where bounce_kind = 'soft'",
    "recipients without snapshot": "crm.campaign_leads where segments_taken_at is null",
    "recipients matched afterwards": "crm.campaign_lead_segments where is_recomputed",
    "overdue tasks": """
        crm.tasks where due_at < app.now() and num_nonnulls(completed_at, cancelled_at) = 0
    """,
    "complaints": "crm.support_tickets where type = 'complaint' and upheld",
}


@pytest.fixture
def frozen(database: str) -> str:
    """The clone, for sessions whose clock stands still."""
    return make_conninfo(database, options=f"-c app.now={PRESENT.replace(' ', chr(92) + ' ')}")


def _facts(connection: psycopg.Connection) -> dict[str, set[str]]:
    facts: dict[str, set[str]] = {}
    for table, columns in TABLES.items():
        statement = sql.SQL(
            "select (to_jsonb(x) - 'updated_at')::text from (select {} from crm.{}) as x"
        )
        rows = connection.execute(
            statement.format(sql.SQL(columns), sql.Identifier(table))
        ).fetchall()
        facts[table] = {row[0] for row in rows}
    return facts


def _keys(connection: psycopg.Connection) -> list[tuple[str, str | None]]:
    """Every index of the facts, with the constraint that it backs."""
    return connection.execute(
        """
        select pg_get_indexdef(i.indexrelid), k.conname || ': ' || pg_get_constraintdef(k.oid)
        from pg_index as i
        inner join pg_class as c on c.oid = i.indexrelid
        left join pg_constraint as k on k.conindid = c.oid and k.contype <> 'f'
        where c.relnamespace = 'crm'::regnamespace and i.indisvalid
        order by 1
        """
    ).fetchall()


def _clear(connection: psycopg.Connection) -> None:
    connection.execute("truncate crm.workspaces, crm.users, crm.industries cascade")
    connection.execute("call ops.refresh()")


def _broken(connection: psycopg.Connection) -> list[tuple[str, int]]:
    statement = f"select rule, count(*) from ({INVARIANTS}) as broken group by rule"  # noqa: S608
    return connection.execute(statement.encode()).fetchall()


def test_bulk_load_equals_what_the_triggers_write(frozen: str) -> None:
    with psycopg.connect(frozen, autocommit=True) as connection:
        demo.load(frozen, scale=SMALL, bulk=False)
        through = _facts(connection)
        assert _broken(connection) == []
        _clear(connection)
        keys = _keys(connection)
        demo.load(frozen, scale=SMALL, bulk=True)
        past = _facts(connection)
        assert _broken(connection) == []
        # It drops them for a while.
        assert _keys(connection) == keys
    for table in TABLES:
        assert past[table] == through[table], table


def test_the_same_seed_makes_the_same_data_and_another_seed_other_data(frozen: str) -> None:
    made: list[set[str]] = []
    with psycopg.connect(frozen, autocommit=True) as connection:
        for seed in (7, 7, 8):
            _clear(connection)
            demo.load(frozen, seed=seed, scale=0.01, bulk=True)
            made.append(_facts(connection)["leads"])
    assert made[0] == made[1]
    assert made[0] & made[2] == set()


def test_the_small_set_is_what_it_says(frozen: str) -> None:
    demo.load(frozen, bulk=True)
    with psycopg.connect(frozen) as connection:
        [figures] = connection.execute(
            """
            select
                (select count(*) from crm.workspaces),
                (select count(*) from crm.users),
                (select count(distinct role) from crm.members),
                (select count(*) from crm.leads),
                (select min(created_at)::date from crm.leads),
                (select max(created_at) from crm.leads) <= app.now(),
                (
                    select count(distinct coalesce(b.timezone, w.timezone))
                    from crm.leads as l
                    inner join crm.workspaces as w on w.workspace_id = l.workspace_id
                    inner join crm.branches as b
                        on b.workspace_id = l.workspace_id and b.id = l.branch_id
                )
            """
        ).fetchall()
        # 400 local days ending on 2026-04-06 begin on 2025-03-03; in Sydney that day begins at
        # 13:00 UTC of the day before.
        assert figures[:4] == (3, 40, 5, 20_000)
        assert str(figures[4]) in ("2025-03-02", "2025-03-03")
        assert figures[5:] == (True, 8)
        for what, where in OCCURRING.items():
            statement = f"select count(*) from {where}"  # noqa: S608
            [(count,)] = connection.execute(statement.encode()).fetchall()
            assert count > 0, what
        personas = connection.execute(
            """
            select m.role, u.email
            from crm.users as u
            inner join crm.members as m on m.user_id = u.id
            where u.email = any(%s)
            """,
            (list(demo.PERSONAS.values()),),
        ).fetchall()
        assert dict(personas) == demo.PERSONAS
        assert connection.execute("select * from ops.verify()").fetchall() == []
        # Sizes are known to the planner; nothing analyses by itself on the tests' server.
        unknown = """
            select relname from pg_class
            where relnamespace = 'rollup'::regnamespace and relkind = 'r' and reltuples < 0
        """
        assert connection.execute(unknown).fetchall() == []


@pytest.mark.parametrize(
    ("leads", "campaigns", "days"),
    # A list of 28 campaigns in each of the 3 workspaces at 20,000 leads; (100,000 / 20,000)^0.75 =
    # 3.3 and 100^0.75 = 31.6 lists. A round of 14 days sends on as many days as there are lists.
    [(1_000, 84, 28), (20_000, 84, 28), (100_000, 252, 84), (2_000_000, 2688, 392)],
)
def test_campaigns_grow_with_the_set(
    tx: psycopg.Connection, leads: int, campaigns: int, days: int
) -> None:
    settings = {"seed": "1", "leads": str(leads), "people": "40", "now": PRESENT}
    for name, value in settings.items():
        tx.execute("select set_config(%s, %s, true)", (f"demo.{name}", value))
    for file in ("1_chance.sql", "2_cast.sql"):
        tx.execute((demo.DIRECTORY / file).read_bytes())

    found = tx.execute(
        """
        select count(*), count(distinct id), count(distinct (workspace_no, external_id)),
            count(distinct (c.sent_at at time zone w.zone)::date) filter (where workspace_no = 1)
        from demo_campaigns as c
        inner join demo_workspaces as w on w.no = c.workspace_no
        """
    ).fetchone()

    assert found == (campaigns, campaigns, campaigns, days)


def test_a_second_load_changes_nothing(frozen: str) -> None:
    assert demo.load(frozen, scale=0.01)
    with psycopg.connect(frozen, autocommit=True) as connection:
        before = _facts(connection)
        assert not demo.load(frozen, scale=0.01, seed=2)
        assert _facts(connection) == before


def test_real_workspaces_are_left_alone(conn: psycopg.Connection, database: str) -> None:
    conn.execute(
        "insert into crm.workspaces (workspace_id, name) values (gen_random_uuid(), 'Real')"
    )
    with pytest.raises(demo.DemoError, match="--force"):
        demo.load(database, scale=0.01)
    assert conn.execute("select count(*) from crm.workspaces").fetchone() == (1,)
    assert demo.load(database, scale=0.01, force=True)
    assert conn.execute("select count(*) from crm.workspaces").fetchone() == (4,)


def test_an_interrupted_bulk_load_is_not_taken_for_a_whole_one(
    conn: psycopg.Connection, database: str
) -> None:
    demo.load(database, scale=0.01, bulk=True)
    conn.execute(
        "update crm.workspaces set settings = jsonb_set(settings, '{demo,complete}', 'false')"
    )
    with pytest.raises(demo.DemoError, match="interrupted"):
        demo.load(database, scale=0.01, bulk=True)


@pytest.mark.parametrize("scale", [0, -1, 501])
def test_a_scale_out_of_bounds_is_refused(scale: float) -> None:
    with pytest.raises(demo.DemoError, match="scale"):
        demo.load("postgresql://nowhere", scale=scale)
