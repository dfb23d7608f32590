"""Whether two rates or two means differ: intervals against published values."""

import math
from decimal import Decimal

import psycopg
import pytest


@pytest.mark.parametrize(
    ("hits", "trials", "other", "others", "low", "high"),
    [
        # Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10.
        (56, 70, 48, 80, "0.0524", "0.3339"),
        (9, 10, 3, 10, "0.1705", "0.8090"),
        (6, 7, 2, 7, "0.0582", "0.8062"),
        (5, 56, 0, 29, "-0.0381", "0.1926"),
        (0, 10, 0, 20, "-0.1611", "0.2775"),
        (0, 10, 0, 10, "-0.2775", "0.2775"),
        (10, 10, 0, 20, "0.6791", "1.0000"),
        (10, 10, 0, 10, "0.6075", "1.0000"),
    ],
)
def test_newcombe(
    tx: psycopg.Connection,
    hits: int,
    trials: int,
    other: int,
    others: int,
    low: str,
    high: str,
) -> None:
    row = tx.execute(
        """
        select
            round(scoring.newcombe_low(%(k)s, %(n)s, %(l)s, %(m)s), 4),
            round(scoring.newcombe_high(%(k)s, %(n)s, %(l)s, %(m)s), 4)
        """,
        {"k": hits, "n": trials, "l": other, "m": others},
    ).fetchone()
    assert row == (Decimal(low), Decimal(high))


def test_no_trials_no_interval(tx: psycopg.Connection) -> None:
    row = tx.execute(
        "select scoring.newcombe_low(0, 0, 1, 2), scoring.newcombe_high(1, 2, 0, 0),"
        " scoring.welch_margin(null, 1, 2, 5), scoring.welch_margin(2, 5, null, 1)"
    ).fetchone()
    assert row == (None, None, None, None)


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    # Tables of Student's t, 97.5 %.
    [(4, 2.776), (5, 2.571), (10, 2.228), (20, 2.086), (60, 2.000), (1000, 1.962)],
)
def test_quantile_of_t(tx: psycopg.Connection, degrees: int, quantile: float) -> None:
    row = tx.execute("select scoring.t_quantile(%s)", (degrees,)).fetchone()
    assert row is not None
    assert float(row[0]) == pytest.approx(quantile, abs=0.0011)


def test_welch(tx: psycopg.Connection) -> None:
    """Two samples of 15 (a textbook's: variances 7.9 and 3.1): by hand, t from a table."""
    row = tx.execute("select scoring.welch_margin(7.9, 15, 3.1, 15)").fetchone()
    assert row is not None
    a, b = 7.9 / 15, 3.1 / 15
    degrees = (a + b) ** 2 / (a**2 / 14 + b**2 / 14)
    assert degrees == pytest.approx(23.53, abs=0.01)
    # Between 2.069 (23 degrees) and 2.064 (24).
    assert float(row[0]) == pytest.approx(2.0662 * math.sqrt(a + b), rel=5e-4)


def test_means_that_do_not_vary_differ_for_sure(tx: psycopg.Connection) -> None:
    assert tx.execute("select scoring.welch_margin(0, 5, 0, 7)").fetchone() == (0,)
