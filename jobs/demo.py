"""Demo data: three believable workspaces, the same for the same seed and the same present.

The SQL in ``demo/`` invents people, leads and what happens to them by hashing the seed with a
row's number, so any range of leads can be made by any session. The small set (scale 1: 40 people,
20,000 leads, 400 days ending today) passes through the triggers as life would. Larger ones are
written past them, several sessions side by side, with everything that triggers would have written.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event

import msgspec
import psycopg

DIRECTORY = Path(__file__).parent / "demo"

LEADS = 20_000
PEOPLE = 40
MAX_SCALE = 500

PERSONAS = {
    "owner": "owner@demo.example",
    "admin": "admin@demo.example",
    "manager": "manager@demo.example",
    "agent": "agent@demo.example",
    "partner": "partner@demo.example",
}
"""One person of each role, all in the workspace Leadlink: role -> e-mail address."""

ROUTED_WORKSPACE = "Leadlink"
ROUTED_LEADS = 40

NEWEST_UNOWNED = """
    select l.workspace_id, l.id
    from crm.leads as l
    inner join crm.workspaces as w on w.workspace_id = l.workspace_id
    where w.settings ? 'demo' and w.name = %s and l.owner_user_id is null and l.status = 'new'
    order by l.created_at desc, l.id
    limit %s
"""

# Leads made in one transaction: their story fits into the memory of a session.
CHUNK = 25_000
# More sessions than processors only wait for each other.
SESSIONS = 2

# Any number that no other program takes on this database.
LOCK_KEY = 5_323_230_848

Report = Callable[[str], None]
Advance = Callable[[int, int], None]


class DemoError(Exception):
    """The demo data cannot be loaded into this database; the message says why."""


class Plan(msgspec.Struct, frozen=True):
    """What is to be made."""

    seed: int
    leads: int
    people: int
    present: str
    """The moment at which the 400 days end, as text that PostgreSQL reads."""
    bulk: bool
    """Whether the rows are written past the triggers."""


def load(
    url: str,
    *,
    seed: int = 1,
    scale: float = 1,
    force: bool = False,
    bulk: bool | None = None,
    report: Report = lambda _: None,
    advance: Advance = lambda _done, _total: None,
) -> bool:
    """Fills the database with demo data and refreshes the figures; False when it is there already.

    ``scale`` multiplies the 20,000 leads; people and campaigns grow more slowly (40 and 84 x
    scale^0.75). ``bulk`` is chosen by size unless given; it needs a superuser, because it switches
    the triggers off. ``force`` loads beside real workspaces. Raises DemoError, with nothing
    written, when the database holds other workspaces, or half of an earlier bulk load.
    """
    if not 0 < scale <= MAX_SCALE:
        raise DemoError(f"The scale lies between 0 and {MAX_SCALE}; {scale:g} does not.")
    with psycopg.connect(url, autocommit=True, application_name="leadboard demo") as connection:
        # A second load at the same time waits here, and then finds the first one's data.
        connection.execute("select pg_advisory_lock(%s)", (LOCK_KEY,))
        if _is_loaded(connection, force=force):
            return False
        row = connection.execute("select app.now()::text").fetchone()
        assert row is not None  # noqa: S101
        plan = Plan(
            seed=seed,
            leads=max(round(LEADS * scale), 1),
            people=max(round(PEOPLE * scale**0.75), PEOPLE),
            present=row[0],
            bulk=scale > 1 if bulk is None else bulk,
        )
        if plan.bulk:
            _load_bulk(url, connection, plan, report, advance)
        else:
            _load_small(connection, plan, report)
    return True


def route(url: str) -> int:
    """Routes the newest leads that nobody has in the marketplace, and answers most offers, as the
    partners would; returns how many. For somebody who looks: the set itself has no decisions."""
    with psycopg.connect(url, autocommit=True, application_name="leadboard demo") as connection:
        leads = connection.execute(NEWEST_UNOWNED, (ROUTED_WORKSPACE, ROUTED_LEADS)).fetchall()
        for place, (workspace_id, lead_id) in enumerate(leads):
            row = connection.execute(
                "select routing.assign_lead(%s, %s) ->> 'partner_id'", (workspace_id, lead_id)
            ).fetchone()
            if row is None or row[0] is None or place % 4 == 0:
                continue
            answer, reason = ("reject", "Too far away.") if place % 4 == 1 else ("accept", None)
            connection.execute(
                "select routing.respond(%s, %s, %s, %s, %s)",
                (workspace_id, lead_id, row[0], answer, reason),
            )
        connection.execute("call ops.refresh()")
        return len(leads)


def _is_loaded(connection: psycopg.Connection, *, force: bool) -> bool:
    row = connection.execute(
        """
        select
            count(*) filter (where settings ? 'demo'),
            count(*) filter (where settings -> 'demo' ->> 'complete' = 'false'),
            count(*) filter (where not settings ? 'demo')
        from crm.workspaces
        """
    ).fetchone()
    assert row is not None  # noqa: S101
    demos, incomplete, others = row
    if incomplete:
        raise DemoError(
            "An earlier load of demo data was interrupted. "
            "Drop the database, deploy and load again."
        )
    if demos:
        return True
    if others and not force:
        raise DemoError(
            f"The database holds {others} other workspace(s). Demo data does not belong beside "
            f"real data; use --force if you want it there all the same."
        )
    return False


def _load_small(connection: psycopg.Connection, plan: Plan, report: Report) -> None:
    report(f"Making {plan.leads:,} leads and what happens to them.")
    with connection.transaction():
        _prepare(connection, plan)
        _run(connection, "3_people.sql")
        _load_chunk(connection, plan, 0, plan.leads)
        _run(connection, "9_finish.sql")
    _analyze(connection, "crm", "analyze", report)
    _refresh(connection, report)


def _load_bulk(
    url: str, connection: psycopg.Connection, plan: Plan, report: Report, advance: Advance
) -> None:
    report(f"Making {plan.leads:,} leads and {plan.people:,} people, past the triggers.")
    with connection.transaction():
        _prepare(connection, plan)
        _run(connection, "3_people.sql")
    indexes = _drop_indexes(connection)
    ranges = [(first, min(first + CHUNK, plan.leads)) for first in range(0, plan.leads, CHUNK)]
    _load_ranges(url, plan, ranges, advance)
    report("Building the indexes.")
    _create_indexes(url, connection, indexes)
    with connection.transaction():
        _run(connection, "9_finish.sql")
    _analyze(connection, "crm", "vacuum (analyze)", report)
    _refresh(connection, report)


class Index(msgspec.Struct, frozen=True):
    """An index of the facts, as the statements that drop it and make it again."""

    drop: str
    build: str
    constrain: str | None
    """Makes the built index a key of its table, where it was one."""


def _drop_indexes(connection: psycopg.Connection) -> list[Index]:
    """Drops the indexes of the facts; returns them.

    Keeping them up to date row by row costs more than all the rest of a large load. Those that
    foreign keys refer to stay, and beside real data all that make a key. A load that dies before
    they are back is refused to be gone on with, see _is_loaded.
    """
    rows = connection.execute(
        """
        select
            case
                when k.oid is null then format('drop index crm.%I', c.relname)
                else format('alter table crm.%I drop constraint %I', t.relname, k.conname)
            end,
            pg_get_indexdef(i.indexrelid),
            case when k.oid is not null then format(
                'alter table crm.%I add constraint %I %s using index %I',
                t.relname,
                k.conname,
                case k.contype when 'p' then 'primary key' when 'u' then 'unique' end,
                c.relname
            ) end
        from pg_catalog.pg_index as i
        inner join pg_catalog.pg_class as c on c.oid = i.indexrelid
        inner join pg_catalog.pg_class as t on t.oid = i.indrelid
        left join pg_catalog.pg_constraint as k
            on k.conindid = i.indexrelid and k.contype in ('p', 'u')
        where
            c.relnamespace = 'crm'::regnamespace
            and not exists (
                select from pg_catalog.pg_constraint as f
                where f.conindid = i.indexrelid and f.contype = 'f'
            )
            and (
                k.oid is null
                or not exists (select from crm.workspaces as w where not w.settings ? 'demo')
            )
        order by c.relname
        """
    ).fetchall()
    indexes = [Index(drop, build, constrain) for drop, build, constrain in rows]
    with connection.transaction():
        for index in indexes:
            connection.execute(index.drop.encode())
    return indexes


def _create_indexes(url: str, connection: psycopg.Connection, indexes: list[Index]) -> None:
    def build(index: Index) -> None:
        with psycopg.connect(url, autocommit=True, application_name="leadboard demo") as session:
            session.execute("set maintenance_work_mem = '256MB'")
            session.execute("set synchronous_commit = off")
            session.execute(index.build.encode())

    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(build, indexes))
    with connection.transaction():
        for index in indexes:
            if index.constrain is not None:
                connection.execute(index.constrain.encode())


def _load_ranges(url: str, plan: Plan, ranges: list[tuple[int, int]], advance: Advance) -> None:
    """Shares the ranges out among sessions; the first failure stops all of them."""
    failed = Event()

    def work(own: list[tuple[int, int]]) -> None:
        with psycopg.connect(url, autocommit=True, application_name="leadboard demo") as session:
            with session.transaction():
                _prepare(session, plan)
            for first, end in own:
                if failed.is_set():
                    return
                with session.transaction():
                    _load_chunk(session, plan, first, end)
                finished.append(end - first)
                advance(sum(finished), plan.leads)

    finished: list[int] = []
    with ThreadPoolExecutor(SESSIONS) as pool:
        tasks = [pool.submit(work, ranges[number::SESSIONS]) for number in range(SESSIONS)]
        for task in as_completed(tasks):
            if task.exception() is not None:
                failed.set()
        for task in tasks:
            task.result()


def _prepare(connection: psycopg.Connection, plan: Plan) -> None:
    """Makes the cast of the demo known to this session."""
    settings = {
        "demo.seed": str(plan.seed),
        "demo.leads": str(plan.leads),
        "demo.people": str(plan.people),
        "demo.now": plan.present,
        # Whatever the triggers date by the clock is dated alike.
        "app.now": plan.present,
        "timezone": "UTC",
        "search_path": "",
        "client_min_messages": "warning",
        "work_mem": "128MB",
        "temp_buffers": "128MB",
        "jit": "off",
        "synchronous_commit": "off",
    }
    if plan.bulk:
        settings["session_replication_role"] = "replica"
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, false)", (name, value))
    _run(connection, "1_chance.sql")
    _run(connection, "2_cast.sql")


def _load_chunk(connection: psycopg.Connection, plan: Plan, first: int, end: int) -> None:
    connection.execute("select set_config('demo.first_lead', %s, true)", (str(first),))
    connection.execute("select set_config('demo.end_lead', %s, true)", (str(end),))
    _run(connection, "4_leads.sql")
    _run(connection, "5_facts.sql")
    _run(connection, "6_past_triggers.sql" if plan.bulk else "6_through_triggers.sql")
    _run(connection, "7_around.sql")
    _run(connection, "8_forget.sql")


def _analyze(connection: psycopg.Connection, schema: str, command: str, report: Report) -> None:
    report("Collecting statistics.")
    tables = connection.execute(
        """
        select format('%%I.%%I', n.nspname, c.relname)
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = %s and c.relkind = 'r'
        order by 1
        """,
        (schema,),
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"{command} {table}".encode())


def _refresh(connection: psycopg.Connection, report: Report) -> None:
    report("Computing the figures.")
    # The clock runs again, and triggers fire.
    connection.execute("reset all")
    connection.execute("set work_mem = '128MB'")
    connection.execute("call ops.refresh('crm')")
    connection.execute("call ops.refresh('rollup')")
    # Views of many people are planned badly over rollups of which nobody knows how large they are.
    _analyze(connection, "rollup", "analyze", report)
    connection.execute("call ops.refresh()")


def _run(connection: psycopg.Connection, name: str) -> None:
    connection.execute((DIRECTORY / name).read_text(encoding="utf-8").encode())
