"""Rounding at the edge, change against the previous period, and the median."""

from decimal import Decimal

import psycopg
import pytest


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (32, 47, "68.1"),
        (0, 5, "0.0"),
        (5, 5, "100.0"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 800, "0.1"),  # 0.125: below the half
        (3, 2000, "0.2"),  # 0.15: the half goes up
        (1, 2000, "0.1"),  # 0.05
        (49999999999, 100000000000, "50.0"),
        (14999999999999, 10**16, "0.1"),  # 0.14999...: not pushed over the half
        (3, 0, None),
        (None, 5, None),
        (3, None, None),
    ],
)
def test_percent(
    tx: psycopg.Connection, numerator: int | None, denominator: int | None, percent: str | None
) -> None:
    row = tx.execute("select metrics.percent(%s, %s)", (numerator, denominator)).fetchone()
    assert row == (None if percent is None else Decimal(percent),)


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (12, 10, "20.0"),
        (8, 10, "-20.0"),
        (10, 10, "0.0"),
        (1, 3, "-66.7"),
        (0, 4, "-100.0"),
        (5, 0, None),  # new, not a percentage
        (5, None, None),
        (None, 5, None),
        (0, 0, None),
    ],
)
def test_change_percent(
    tx: psycopg.Connection, now: int | None, before: int | None, change: str | None
) -> None:
    row = tx.execute("select metrics.change_percent(%s, %s)", (now, before)).fetchone()
    assert row == (None if change is None else Decimal(change),)


@pytest.mark.parametrize(
    ("values", "median"),
    [
        (None, None),
        ([], None),
        (["7"], "7"),
        (["1", "2"], "1.5"),
        (["1", "2", "100"], "2"),
        (["-5", "1", "2", "3"], "1.5"),
        (["999999999999.99", "1000000000000.00"], "999999999999.995"),
    ],
)
def test_median(tx: psycopg.Connection, values: list[str] | None, median: str | None) -> None:
    row = tx.execute("select metrics.median(%s::numeric[])", (values,)).fetchone()
    assert row == (None if median is None else Decimal(median),)
