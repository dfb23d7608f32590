"""The normal distribution, the test of two proportions, and who is probably the best."""

import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import NormalDist

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FEW = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_normal_distribution(tx: psycopg.Connection) -> None:
    values = [x / 8 for x in range(-120, 121)] + [-40.0, 40.0]
    rows = tx.execute(
        "select x, scoring.normal_cdf(x) from unnest(%s::float8[]) as v (x)", (values,)
    ).fetchall()
    for x, found in rows:
        # erfc keeps its digits in the far tail, where 1 - erf has none left.
        expected = math.erfc(-x / math.sqrt(2)) / 2
        assert found == pytest.approx(expected, rel=1e-9 if abs(x) < 7 else 1e-4, abs=1e-15), x


@pytest.mark.parametrize(
    ("arms", "p", "enough"),
    [
        # By hand: pooled rate 59/490, z = 0.049821 / sqrt(59/490 x 431/490 x (1/310 + 1/180)).
        ((43, 310, 16, 180), "0.102331", True),
        ((30, 100, 30, 100), "1.000000", True),
        # Nobody replied, or everybody: no difference, and too little to tell.
        ((0, 100, 0, 50), "1.000000", False),
        ((100, 100, 50, 50), "1.000000", False),
        # 19 sent.
        ((10, 19, 10, 100), "0.000005", False),
        # 10 of 40 pooled: exactly 5 replies to be expected on either side.
        ((2, 20, 8, 20), "0.028460", True),
        ((2, 20, 7, 20), "0.058330", False),
        ((0, 0, 5, 20), None, False),
    ],
)
def test_two_proportions(
    tx: psycopg.Connection, arms: tuple[int, ...], p: str | None, enough: bool
) -> None:
    row = tx.execute(
        """
        select round(scoring.two_proportion_p(%(a)s, %(b)s, %(c)s, %(d)s), 6),
            scoring.is_enough_to_compare(%(a)s, %(b)s, %(c)s, %(d)s)
        """,
        dict(zip("abcd", arms, strict=True)),
    ).fetchone()
    assert row == (None if p is None else Decimal(p), enough)


@FEW
@given(
    st.tuples(st.integers(0, 50), st.integers(50, 400), st.integers(0, 50), st.integers(50, 400))
)
def test_two_proportions_again(tx: psycopg.Connection, arms: tuple[int, int, int, int]) -> None:
    k1, n1, k2, n2 = arms
    pooled = (k1 + k2) / (n1 + n2)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    expected = 2 * NormalDist().cdf(-abs(k1 / n1 - k2 / n2) / spread) if spread else 1.0
    row = tx.execute("select scoring.two_proportion_p(%s, %s, %s, %s)", arms).fetchone()
    assert row is not None
    assert float(row[0]) == pytest.approx(expected, abs=1e-9)


def best(
    tx: psycopg.Connection, hits: Sequence[int], trials: Sequence[int], prior: float | None
) -> list[float | None]:
    row = tx.execute(
        "select scoring.best_probabilities(%s::bigint[], %s::bigint[], %s::numeric)",
        (hits, trials, prior),
    ).fetchone()
    assert row is not None
    return [None if chance is None else float(chance) for chance in row[0]]


def integrated(hits: Sequence[int], trials: Sequence[int], prior: float) -> list[float]:
    """The same by brute force: one fine, even grid over the rates themselves."""
    steps = 60_000
    shares: list[list[float]] = []
    for k, n in zip(hits, trials, strict=True):
        a, b = k + 10 * prior, n - k + 10 * (1 - prior)
        log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
        middles = [(i + 0.5) / steps for i in range(steps)]
        shares.append(
            [
                math.exp((a - 1) * math.log(x) + (b - 1) * math.log1p(-x) - log_beta) / steps
                for x in middles
            ]
        )
    below: list[list[float]] = []
    for share in shares:
        sums: list[float] = []
        total = 0.0
        for mass in share:
            sums.append(total + mass / 2)
            total += mass
        assert total == pytest.approx(1, abs=0.003)
        below.append(sums)
    return [
        sum(
            share[step] * math.prod(other[step] for j, other in enumerate(below) if j != i)
            for step in range(steps)
        )
        for i, share in enumerate(shares)
    ]


@pytest.mark.parametrize(
    ("hits", "trials", "prior"),
    [
        ([43, 16], [310, 180], 0.12),
        ([5, 5, 5], [50, 50, 50], 0.1),
        ([0, 40, 400], [3, 400, 4000], 0.1),
        # One with many trials among ones with few, all about as good.
        ([3, 30_000], [25, 300_000], 0.1),
        ([0, 1, 3], [20, 20, 25], 0.3),
        ([15, 14, 10], [20, 20, 20], 0.6),
    ],
)
def test_probability_to_be_the_best(
    tx: psycopg.Connection, hits: list[int], trials: list[int], prior: float
) -> None:
    found = best(tx, hits, trials, prior)
    assert found == pytest.approx(integrated(hits, trials, prior), abs=0.002)
    assert sum(chance or 0 for chance in found) == pytest.approx(1, abs=1e-5)


def test_two_known_in_closed_form(tx: psycopg.Connection) -> None:
    """P(A > B) of Beta(a, b) and Beta(c, d) with whole a: a finite sum (Miller 2015)."""
    k1, n1, k2, n2 = 12, 90, 9, 110
    a, b, c, d = k1 + 1, n1 - k1 + 9, k2 + 1, n2 - k2 + 9

    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    expected = sum(
        math.exp(log_beta(c + i, b + d) - math.log(b + i) - log_beta(1 + i, b) - log_beta(c, d))
        for i in range(a)
    )
    assert best(tx, [k1, k2], [n1, n2], 0.1) == pytest.approx([expected, 1 - expected], abs=0.001)


@pytest.mark.parametrize(
    ("hits", "trials", "prior", "expected"),
    [
        # No hits anywhere, or nothing but hits: all are alike. Without trials nothing is said.
        ([0, 0, 0], [20, 30, 0], 0, [0.5, 0.5, None]),
        ([20, 30], [20, 30], 1, [0.5, 0.5]),
        ([0], [20], None, [1]),
        ([3], [20], 0.1, [1]),
        ([0, 0], [0, 0], None, [None, None]),
    ],
)
def test_where_nothing_tells_them_apart(
    tx: psycopg.Connection,
    hits: list[int],
    trials: list[int],
    prior: float | None,
    expected: list[float | None],
) -> None:
    assert best(tx, hits, trials, prior) == expected


def test_twenty_alike_and_extremes(tx: psycopg.Connection) -> None:
    assert best(tx, [5] * 20, [50] * 20, 0.1) == pytest.approx([0.05] * 20, abs=1e-4)
    huge = best(tx, [10, 1_000_000, 2_000_000], [100, 10_000_000, 10_000_000], 0.15)
    assert huge == pytest.approx([0.0006, 0, 0.9994], abs=0.003)
