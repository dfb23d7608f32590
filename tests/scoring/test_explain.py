"""scoring.explain and scoring.performance_score: every step, and who may ask."""

from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from tests import builders
from tests.metrics import history
from tests.metrics.history import History
from tests.refreshing import refresh
from tests.sessions import as_login, as_user


@pytest.fixture
def past(tx: psycopg.Connection) -> History:
    written = history.write(tx)
    refresh(tx)
    return written


def explain(
    connection: psycopg.Connection, workspace: UUID, partner: UUID
) -> list[dict[str, object]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select * from scoring.explain(%s, %s)", (workspace, partner)
        ).fetchall()


def score(connection: psycopg.Connection, workspace: UUID, partner: UUID) -> object:
    row = connection.execute(
        "select scoring.performance_score(%s, %s)", (workspace, partner)
    ).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def acting(connection: psycopg.Connection, user: UUID) -> Generator[psycopg.Connection]:
    with as_login(connection, "leadboard_api"), as_user(connection, user):
        yield connection


def test_every_step(tx: psycopg.Connection, past: History) -> None:
    """Ben's figures, see tests/stats."""
    steps = explain(tx, past.workspace, past.ben)
    assert [step["ordinal"] for step in steps] == list(range(1, 9))
    columns = ("part", "input_name", "n", "x0", "y0", "x1", "y1", "is_prior", "weight")
    assert [tuple(step[column] for column in columns) for step in steps] == [
        (
            "response",
            "avg_first_response_time_minutes_30d",
            2,
            *(120, 70, 1440, 40),
            False,
            Decimal("0.25"),
        ),
        ("deal_rate", "deal_rate_30d", 3, 0, 0, Decimal("0.85"), 100, False, Decimal("0.25")),
        (
            "follow_up",
            "pct_leads_min_2_attempts_30d",
            3,
            *(0, 0, 100, 100),
            False,
            Decimal("0.15"),
        ),
        ("feedback", "avg_customer_rating_30d", 0, *[None] * 4, True, Decimal("0.10")),
        # Beyond the last point the curve is flat.
        (
            "complaints",
            "complaint_rate_30d",
            3,
            *(Decimal("0.10"), 0, None, None),
            False,
            Decimal("0.10"),
        ),
        ("trust", "ai_trust_score", 0, *[None] * 4, True, Decimal("0.05")),
        ("deal_value", "avg_deal_value_30d", 2, *(0, 0, 1500, 100), False, Decimal("0.05")),
        ("consistency", "consistency_score", 1, *[None] * 4, False, Decimal("0.05")),
    ]
    inputs = {step["part"]: step for step in steps}
    assert inputs["response"]["input_value"] == 750
    assert inputs["response"]["shrunk_value"] is None
    assert inputs["deal_rate"]["prior"] == Decimal("0.6")
    assert inputs["deal_rate"]["shrunk_value"] == pytest.approx(Decimal(8) / 13)
    # Taken from the workspace: Anna's rating part, and the mean of 90 and 70.
    assert (inputs["feedback"]["score"], inputs["feedback"]["effective_score"]) == (None, 100)
    assert (inputs["trust"]["score"], inputs["trust"]["effective_score"]) == (None, 80)


def test_contributions_add_up_to_the_last_digit(tx: psycopg.Connection, past: History) -> None:
    for partner in (past.anna, past.ben, past.cleo):
        steps = explain(tx, past.workspace, partner)
        total = tx.execute(
            """
            select sum(e.contribution) = s.performance_score
            from scoring.explain(%(workspace)s, %(partner)s) as e
            cross join stats.partner_performance_stats as s
            where s.workspace_id = %(workspace)s and s.partner_id = %(partner)s
            group by s.performance_score
            """,
            {"workspace": past.workspace, "partner": partner},
        ).fetchone()
        assert len(steps) == 8
        assert total == (True,)


def test_score_is_that_of_the_view(tx: psycopg.Connection, past: History) -> None:
    row = tx.execute(
        """
        select performance_score from stats.partner_performance_stats
        where workspace_id = %s and partner_id = %s
        """,
        (past.workspace, past.anna),
    ).fetchone()
    assert row == (score(tx, past.workspace, past.anna),)


def test_explains_with_the_weights_the_score_was_made_with(
    tx: psycopg.Connection, past: History
) -> None:
    before = explain(tx, past.workspace, past.anna)
    tx.execute(
        """
        insert into scoring.weights (workspace_id, version, part, weight)
        values (%s, 1, 'trust', 1)
        """,
        (past.workspace,),
    )
    tx.execute(
        """
        insert into scoring.curves (workspace_id, version, curve, x, y)
        values (%s, 1, 'response', 0, 10)
        """,
        (past.workspace,),
    )
    # In force, but the score that is shown was made before.
    assert explain(tx, past.workspace, past.anna) == before
    refresh(tx)
    steps = {step["part"]: step for step in explain(tx, past.workspace, past.anna)}
    assert steps["trust"]["contribution"] == score(tx, past.workspace, past.anna) == 90
    assert steps["response"]["weight"] == 0
    assert steps["response"]["score"] == 10
    # The new version has no curve for it.
    assert steps["deal_rate"]["score"] is None


def test_admins_and_owners_may_ask(tx: psycopg.Connection, past: History) -> None:
    expected = score(tx, past.workspace, past.anna)
    for admin in (past.cleo, past.emil):
        with acting(tx, admin) as api:
            assert score(api, past.workspace, past.anna) == expected
            assert len(explain(api, past.workspace, past.anna)) == 8


@pytest.mark.parametrize("function", ["performance_score", "explain"])
def test_others_may_not(tx: psycopg.Connection, past: History, function: str) -> None:
    other = builders.workspace(tx)
    stranger = builders.member(tx, other, "owner")
    partner_elsewhere = builders.member(tx, other, "partner")
    refresh(tx)
    manager = builders.member(tx, past.workspace, "manager", branch_id=past.new_york)
    call = sql.SQL("select * from {}(%s, %s)").format(sql.Identifier("scoring", function))

    def refusal(user: UUID, workspace: UUID, partner: UUID) -> tuple[str | None, str | None]:
        with (
            acting(tx, user) as api,
            pytest.raises(psycopg.Error) as caught,
            api.transaction(),
        ):
            api.execute(call, (workspace, partner))
        return caught.value.sqlstate, caught.value.diag.message_primary

    # Not even about oneself: how scores are made is for owners and admins.
    assert refusal(past.ben, past.workspace, past.ben)[0] == "LB403"
    assert refusal(manager, past.workspace, past.ben)[0] == "LB403"
    # To a stranger neither the workspace nor its partners exist.
    assert refusal(stranger, past.workspace, past.ben)[0] == "LB404"
    assert refusal(stranger, builders.new_id(), past.ben) == refusal(
        stranger, past.workspace, past.ben
    )
    assert refusal(past.cleo, past.workspace, partner_elsewhere) == refusal(
        past.cleo, past.workspace, builders.new_id()
    )
    # Nor does one who left.
    assert refusal(past.cleo, past.workspace, past.dora)[0] == "LB404"
