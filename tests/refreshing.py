"""Brings figures up to date inside a test's own transaction."""

import psycopg
from psycopg import sql

UNSHOWN = ("lead_contact_day", "lead_service_day", "lead_work_day")
"""Rollups without a public view of their own; worked_day, which sums the last, is filled after."""

FAMILIES = (
    "lead_day",
    "activity_day",
    "task_day",
    "outcome_day",
    "worked_day",
    "service_day",
    "call_hour",
    "campaign_day",
    "segment_day",
)
"""Rollups that have a public view."""

SUMS = ("member_day", "member_week", "segment_hour")
"""Rollups of rollups, to be filled after them, in this order."""


def refresh(connection: psycopg.Connection) -> None:
    """Fills every rollup from its definition, then the materialized views.

    ``ops.refresh()`` commits, so tests on uncommitted rows (fixture ``tx``) cannot use it.
    """
    for family in (*UNSHOWN, *FAMILIES, *SUMS):
        table = sql.Identifier("rollup", family)
        connection.execute(sql.SQL("delete from {}").format(table))
        connection.execute(
            sql.SQL(
                """
                insert into {} select r.* from crm.workspaces as w
                cross join lateral {}(w.workspace_id, null, '2000-01-01', '2100-01-01') as r
                """
            ).format(table, sql.Identifier("rollup", f"{family}_rows"))
        )
    connection.execute("refresh materialized view stats.partner_performance_stats")
    connection.execute("refresh materialized view stats.rep_performance_stats")
    connection.execute("refresh materialized view stats.segment_performance_stats")
    connection.execute("refresh materialized view stats.team_ranking")
