"""What means the same is the same figure for reps, agents and partners, to the last digit."""

from datetime import datetime, timedelta

import psycopg
import pytest

from tests.metrics.test_agents import ROLES, one, rows
from tests.metrics.test_model import MOMENTS, seeded, write_random_facts
from tests.refreshing import refresh
from tests.sessions import freeze

# rep column, agent column, partner column; None where that system does not have it.
SAME: list[tuple[str, str, str | None]] = [
    ("new_leads_owned", "leads_assigned", "leads_assigned"),
    ("won_leads", "leads_won", "won_leads"),
    ("conversion_rate", "conversion_rate", None),
    ("leads_contacted", "leads_contacted", "leads_contacted"),
    ("response_seconds", "response_seconds", "response_seconds"),
]


@pytest.mark.parametrize("days", [1, 7, 30, 45, 90])
def test_three_systems_agree(tx: psycopg.Connection, days: int) -> None:
    now = datetime.fromisoformat(MOMENTS[0])
    freeze(tx, MOMENTS[0])
    workspace, facts = write_random_facts(tx, seeded(f"three {days}"), now, ROLES)
    refresh(tx)
    to_day = facts.day_of(now, None) + timedelta(1)
    window = (to_day - timedelta(days), to_day)
    partners = {
        row["partner_id"]: row
        for row in rows(
            tx, "select * from metrics.partner_performance(%s, %s, %s)", workspace, *window
        )
    }
    reps = rows(tx, "select * from metrics.rep_performance(%s, %s, %s)", workspace, *window)
    assert reps
    for rep in reps:
        agent = one(
            tx,
            "select * from metrics.agent_kpis(%s, %s, %s, %s)",
            workspace,
            rep["user_id"],
            *window,
        )
        partner = partners.get(rep["user_id"])
        for of_rep, of_agent, of_partner in SAME:
            assert rep[of_rep] == agent[of_agent], of_rep
            if partner is not None and of_partner is not None:
                assert rep[of_rep] == partner[of_partner], of_rep
