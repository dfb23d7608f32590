"""Shrunk rates and means, and the Wilson interval."""

from decimal import Decimal, getcontext

import psycopg
import pytest


@pytest.mark.parametrize(
    ("hits", "trials", "prior", "strength", "rate"),
    [
        (1, 1, "0.3", 10, "0.363636363636"),  # (1 + 10 x 0.3) / 11
        (80, 100, "0.3", 10, "0.754545454545"),  # 83 / 110
        (0, 5, "0", 10, "0"),
        (7, 4, "0.5", 10, "0.857142857143"),  # 12 / 14: complaints may outnumber leads
        (3, 4, "0.5", 0, "0.75"),  # no prior strength: the raw rate
        (0, 0, "0.3", 10, None),
        (1, 1, None, 10, None),
        (None, None, "0.3", 10, None),
    ],
)
def test_shrunk_rate(
    tx: psycopg.Connection,
    hits: int | None,
    trials: int | None,
    prior: str | None,
    strength: int,
    rate: str | None,
) -> None:
    row = tx.execute(
        """
        select
            round(scoring.shrunk_rate(%(hits)s, %(trials)s, %(prior)s::numeric, %(strength)s), 12),
            round(scoring.shrunk_mean(%(hits)s, %(trials)s, %(prior)s::numeric, %(strength)s), 12)
        """,
        {"hits": hits, "trials": trials, "prior": prior, "strength": strength},
    ).fetchone()
    expected = None if rate is None else Decimal(rate)
    assert row == (expected, expected)


def test_ten_trials_are_the_default_strength(tx: psycopg.Connection) -> None:
    row = tx.execute(
        "select scoring.shrunk_rate(5, 10, 0.1), scoring.shrunk_mean(50, 10, 4)"
    ).fetchone()
    # Six of twenty, and 90 over twenty.
    assert row == (Decimal("0.3"), Decimal("4.5"))


def test_a_small_sample_ranks_below_a_proven_one(tx: psycopg.Connection) -> None:
    row = tx.execute(
        "select scoring.shrunk_rate(1, 1, 0.5) < scoring.shrunk_rate(80, 100, 0.5)"
    ).fetchone()
    assert row == (True,)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # Published values of the interval (Newcombe 1998, table I): 81/263, 15/148, 0/20, 1/29.
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        (20, 20, "0.8389", "1.0000"),  # the mirror image of 0/20
    ],
)
def test_wilson_published(
    tx: psycopg.Connection, hits: int, trials: int, low: str, high: str
) -> None:
    row = tx.execute(
        """
        select
            round(scoring.wilson_low(%(k)s, %(n)s), 4),
            round(scoring.wilson_high(%(k)s, %(n)s), 4)
        """,
        {"k": hits, "n": trials},
    ).fetchone()
    assert row == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (None, 5), (1, None), (3, 2), (-1, 2)])
def test_wilson_without_trials(
    tx: psycopg.Connection, hits: int | None, trials: int | None
) -> None:
    row = tx.execute(
        """
        select
            scoring.wilson_low(%(k)s::numeric, %(n)s),
            scoring.wilson_high(%(k)s::numeric, %(n)s)
        """,
        {"k": hits, "n": trials},
    ).fetchone()
    assert row == (None, None)


def test_wilson_solves_its_equation(tx: psycopg.Connection) -> None:
    """The ends are the rates p with |k/n - p| = z sqrt(p (1 - p) / n)."""
    getcontext().prec = 40
    z = Decimal("1.959963984540054")
    for trials in (1, 2, 7, 10, 100, 12345):
        for hits in {0, 1, trials // 2, trials}:
            row = tx.execute(
                "select scoring.wilson_low(%(k)s, %(n)s), scoring.wilson_high(%(k)s, %(n)s)",
                {"k": hits, "n": trials},
            ).fetchone()
            assert row is not None
            raw = Decimal(hits) / Decimal(trials)
            for end in row:
                assert 0 <= end <= 1
                distance = (raw - end) ** 2 - z * z * end * (1 - end) / trials
                assert abs(distance) < Decimal("1e-10")
            assert row[0] <= raw <= row[1]
