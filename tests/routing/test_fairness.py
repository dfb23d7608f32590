"""Credit and shares over many leads: the sum is zero, shares come true, nobody is flooded."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.routing.market import Market


def many(market: Market, count: int) -> list[UUID]:
    """So many leads, assigned one after the other; who got each, in order."""
    return [
        user
        for (user,) in market.connection.execute(
            """
            with added as materialized (
                insert into crm.leads (workspace_id)
                select %(w)s from generate_series(1, %(n)s)
                returning id
            )
            select id from added
            """,
            {"w": market.id, "n": count},
        ).fetchall()
    ]


def route(market: Market, count: int) -> list[UUID]:
    leads = many(market, count)
    with market.connection.cursor() as cursor:
        cursor.executemany(
            "select routing.assign_lead(%s, %s)", [(market.id, lead) for lead in leads]
        )
    owners = dict(
        market.connection.execute(
            "select id, owner_user_id from crm.leads where id = any(%s)", (leads,)
        ).fetchall()
    )
    return [owners[lead] for lead in leads]


@pytest.mark.parametrize("weights", [(5, 3, 1, 1)])
def test_shares_come_true_and_stay_true(tx: psycopg.Connection, weights: tuple[int, ...]) -> None:
    """At every point of 1,000 leads each partner is less than 1.5 leads from the share."""
    market = Market(tx)
    market.fair()
    shares = {market.partner(base_weight=weight): weight / sum(weights) for weight in weights}
    had: Counter[UUID] = Counter()
    worst = 0.0
    for number, user in enumerate(route(market, 1000), start=1):
        had[user] += 1
        worst = max(worst, *(abs(had[p] - number * share) for p, share in shares.items()))

    assert worst < 1.5
    assert sum(market.credit().values()) == 0
    assert market.untrue() == []


def test_whoever_returns_is_not_flooded(tx: psycopg.Connection) -> None:
    """An absent partner accrues nothing, so afterwards gets the share of before: one in four, and
    never two in a row."""
    market = Market(tx)
    market.fair()
    partners = [market.partner() for _ in range(4)]
    route(market, 20)
    away = "update crm.profiles set is_active_for_routing = %s where user_id = %s"
    tx.execute(away, (False, partners[0]))
    assert partners[0] not in route(market, 60)
    tx.execute(away, (True, partners[0]))
    back = route(market, 40)

    assert abs(back.count(partners[0]) - 10) <= 1
    assert all(back[n : n + 2] != [partners[0]] * 2 for n in range(39))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    weights=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    story=st.lists(
        st.sampled_from(["assign", "accept", "reject", "time out", "pause", "wake", "close"]),
        min_size=4,
        max_size=14,
    ),
)
def test_credit_sums_to_zero_whatever_happens(
    tx: psycopg.Connection, weights: list[int], story: list[str]
) -> None:
    """Every step of any story leaves the sum of credit at zero and every load true."""
    with tx.transaction(force_rollback=True):
        market = Market(tx)
        partners = [market.partner(base_weight=weight, max_open_leads=3) for weight in weights]
        for number, step in enumerate(story):
            _step(market, partners[number % len(partners)], step)
            assert sum(market.credit().values(), Decimal(0)) == 0
            assert market.untrue() == []


def _step(market: Market, partner: UUID, step: str) -> None:
    offer = market.connection.execute(
        "select lead_id, user_id from routing.offers where workspace_id = %s order by lead_id",
        (market.id,),
    ).fetchone()
    if step == "assign" or offer is None:
        market.assign(market.lead())
    elif step in ("accept", "reject"):
        market.respond(offer[0], offer[1], step)
    elif step == "time out":
        market.connection.execute(
            "update routing.offers set deadline = app.now() where lead_id = %s", (offer[0],)
        )
        market.expire()
    elif step == "close":
        market.connection.execute("update crm.leads set status = 'lost' where id = %s", (offer[0],))
    else:
        market.connection.execute(
            "update crm.profiles set is_active_for_routing = %s where user_id = %s",
            (step == "wake", partner),
        )
