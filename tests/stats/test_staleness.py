"""Whatever a partner's figures depend on: once it has changed, a refresh shows it."""

from typing import LiteralString

import psycopg
import pytest

from tests.metrics import history
from tests.metrics.history import History

CHANGES: dict[str, LiteralString] = {
    "a lead": "update crm.leads set status = 'won' where status = 'lost'",
    "a lead of long ago": """
        update crm.leads set status = 'qualified' where created_at < '2026-03-02'
    """,
    "an owner": """
        update crm.leads set owner_user_id = %(cleo)s where owner_user_id = %(anna)s
    """,
    "a contact": "delete from crm.lead_activities where type = 'meeting'",
    "a rating": "update crm.lead_feedback set rating = 2",
    "a complaint": "update crm.support_tickets set type = 'complaint'",
    "an assessment": "update crm.profiles set ai_risk_score = 55",
    "a profile": """
        insert into crm.profiles (workspace_id, user_id) values (%(workspace)s, %(emil)s)
    """,
    "a role": "update crm.members set role = 'partner' where user_id = %(emil)s",
    "a branch": """
        update crm.members set branch_id = %(new_york)s where user_id = %(anna)s
    """,
    "a departure": "update crm.members set deactivated_at = app.now() where user_id = %(anna)s",
    "a return": "update crm.members set deactivated_at = null",
    "the zone of the workspace": "update crm.workspaces set timezone = 'Asia/Tokyo'",
    "the zone of a branch": "update crm.branches set timezone = 'Asia/Kolkata'",
    "what a deal is worth": """
        update crm.workspaces set deal_value_basis = 'price_at_purchase'
    """,
    "what an assessment means": "update crm.workspaces set ai_score_measures = 'trust'",
    "weights": """
        insert into scoring.weights (workspace_id, version, part, weight)
        values (%(workspace)s, 2, 'trust', 1)
    """,
    "default weights": """
        insert into scoring.weights (workspace_id, version, part, weight)
        values ('00000000-0000-0000-0000-000000000000', 2, 'trust', 1)
    """,
    "curves": """
        insert into scoring.curves (workspace_id, version, curve, x, y)
        values (%(workspace)s, 2, 'response', 0, 7)
    """,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_refresh_shows(conn: psycopg.Connection, change: str) -> None:
    past = history.write(conn)
    conn.execute("call ops.refresh()")
    before = shown(conn)
    conn.execute(CHANGES[change], people(past))
    conn.execute("call ops.refresh()")
    # The change did move a figure, so a refresh that overlooks it is found out.
    after = shown(conn)
    assert after != before
    # And nothing is left that a complete one would find.
    assert conn.execute("select * from ops.verify()").fetchall() == []
    conn.execute("refresh materialized view stats.partner_performance_stats")
    assert shown(conn) == after


def shown(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select * from stats.partner_performance_stats order by workspace_id, partner_id"
    ).fetchall()


def people(past: History) -> dict[str, object]:
    return {
        "workspace": past.workspace,
        "new_york": past.new_york,
        "anna": past.anna,
        "cleo": past.cleo,
        "emil": past.emil,
    }
