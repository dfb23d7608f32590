"""Statuses at a moment: what they cost follows what changed since, and they are the history's."""

import psycopg
import pytest

from tests import builders as build
from tests.sessions import freeze

LEADS = 4000
CHANGED = 20

READ = """
    select
        coalesce(sum(t.seq_tup_read + t.idx_tup_fetch + i.entries), 0)::integer,
        coalesce(sum(t.seq_scan), 0)::integer
    from pg_stat_xact_user_tables as t
    cross join lateral (
        select coalesce(sum(pg_stat_get_xact_tuples_returned(x.indexrelid)), 0) as entries
        from pg_index as x
        where x.indrelid = t.relid
    ) as i
    where t.schemaname = 'crm' and t.relname = %s
"""


@pytest.fixture
def crowd(tx: psycopg.Connection) -> dict[str, object]:
    """A branch whose leads were all contacted in March; some were won today, the 20th of April."""
    freeze(tx, "2026-04-20 12:00+00")
    workspace = build.workspace(tx)
    branch = build.branch(tx, workspace)
    asked: dict[str, object] = {
        "workspace": workspace,
        "branch": branch,
        "leads": LEADS,
        "changed": CHANGED,
    }
    tx.execute(
        """
        insert into crm.leads (
            workspace_id, branch_id, external_id, created_at, status, status_changed_at
        )
        select
            %(workspace)s, %(branch)s, n, timestamptz '2026-03-01' + n * interval '1 minute',
            'contacted', timestamptz '2026-03-01' + n * interval '5 minutes'
        from generate_series(1, %(leads)s) as n
        """,
        asked,
    )
    tx.execute(
        """
        update crm.leads set status = 'won'
        where workspace_id = %(workspace)s and external_id::integer <= %(changed)s
        """,
        asked,
    )
    tx.execute("analyze crm.leads, crm.lead_status_history")
    return asked


def statuses(tx: psycopg.Connection, asked: dict[str, object], day: str) -> dict[str, int]:
    rows = tx.execute(
        """
        select status, leads
        from metrics.branch_statuses(%(workspace)s, %(branch)s, %(day)s::date - 7, %(day)s)
        """,
        asked | {"day": day},
    ).fetchall()
    return dict(rows)


def history_read(tx: psycopg.Connection, asked: dict[str, object], day: str) -> tuple[int, int]:
    """Rows and index entries of the history that are read for a report, and scans of the whole."""

    def count() -> tuple[int, int]:
        row = tx.execute(READ, ("lead_status_history",)).fetchone()
        assert row is not None
        return row

    before = count()
    statuses(tx, asked, day)
    after = count()
    return after[0] - before[0], after[1] - before[1]


def test_statuses_before_and_after_what_changed(
    tx: psycopg.Connection, crowd: dict[str, object]
) -> None:
    assert statuses(tx, crowd, "2026-04-20") == {"contacted": LEADS}
    assert statuses(tx, crowd, "2026-04-21") == {"contacted": LEADS - CHANGED, "won": CHANGED}
    # 1440 minutes after the first of March: 1439 leads had come in, 287 of them contacted.
    assert statuses(tx, crowd, "2026-03-02") == {"new": 1152, "contacted": 287}
    assert statuses(tx, crowd, "2026-03-01") == {}


def test_only_what_changed_since_is_read(tx: psycopg.Connection, crowd: dict[str, object]) -> None:
    read, scans = history_read(tx, crowd, "2026-04-20")
    # Each of them once as changed since, once with what it was before.
    assert CHANGED <= read <= 10 * CHANGED
    assert scans == 0

    # The count bites: of a moment long ago, all has changed.
    read, _ = history_read(tx, crowd, "2026-03-02")
    assert read > LEADS
