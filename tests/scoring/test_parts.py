"""Each part of the performance score at its knots, between them, beyond both ends, and at NULL."""

import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

# The curves of METRICS 3.1, read from the rows that migration 0010 wrote.
DEFAULT_CURVE = """
select c.xs, c.ys from scoring.active_curves('00000000-0000-0000-0000-000000000000') as c
where c.curve = %s
"""


def one(
    connection: psycopg.Connection,
    query: LiteralString | sql.Composed,
    parameters: Sequence[object] = (),
) -> object:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    return row[0]


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("minutes", "score"),
    [
        (None, None),
        ("-5", "100"),
        ("0", "100"),
        ("15", "100"),
        ("30", "100"),
        ("75", "85"),  # half way from 30 to 120
        ("120", "70"),
        ("780", "55"),  # half way from 120 to 1440
        ("1440", "40"),
        ("5760", "20"),  # half way from 1440 to 10080
        ("10080", "0"),
        ("20000", "0"),
    ],
)
def test_response(tx: psycopg.Connection, minutes: str | None, score: str | None) -> None:
    assert on_default_curve(tx, "response", minutes) == number(score)


@pytest.mark.parametrize(
    ("rate", "score"),
    [
        (None, None),
        ("-0.1", "0"),
        ("0", "0"),
        ("0.17", "20"),
        ("0.425", "50"),
        ("0.85", "100"),
        ("1", "100"),
    ],
)
def test_deal_rate(tx: psycopg.Connection, rate: str | None, score: str | None) -> None:
    assert on_default_curve(tx, "deal_rate", rate) == number(score)


@pytest.mark.parametrize(
    ("rating", "score"),
    [
        (None, None),
        ("0.5", "0"),
        ("1", "0"),
        ("2", "25"),
        ("3", "50"),
        ("4.5", "87.5"),
        ("5", "100"),
        ("6", "100"),
    ],
)
def test_feedback(tx: psycopg.Connection, rating: str | None, score: str | None) -> None:
    assert on_default_curve(tx, "feedback", rating) == number(score)


@pytest.mark.parametrize(
    ("rate", "score"),
    [
        (None, None),
        ("-1", "100"),
        ("0", "100"),
        ("0.01", "90"),
        ("0.02", "80"),
        ("0.035", "65"),
        ("0.05", "50"),
        ("0.075", "25"),
        ("0.10", "0"),
        ("1.5", "0"),  # more complaints than leads
    ],
)
def test_complaints(tx: psycopg.Connection, rate: str | None, score: str | None) -> None:
    assert on_default_curve(tx, "complaints", rate) == number(score)


@pytest.mark.parametrize("part", ["follow_up", "trust"])
@pytest.mark.parametrize("value", [None, "0", "33.3", "100"])
def test_taken_as_it_is(tx: psycopg.Connection, part: str, value: str | None) -> None:
    score = sql.SQL("select {}(%s::numeric)").format(sql.Identifier("scoring", f"{part}_score"))
    assert one(tx, score, [value]) == number(value)


@pytest.mark.parametrize(
    ("ai_score", "measures", "trust"),
    [
        ("0", "risk", "100"),
        ("20", "risk", "80"),
        ("100", "risk", "0"),
        ("20", "trust", "20"),
        (None, "risk", None),
        (None, "trust", None),
        ("20", None, None),
    ],
)
def test_ai_trust(
    tx: psycopg.Connection, ai_score: str | None, measures: str | None, trust: str | None
) -> None:
    assert one(tx, "select scoring.ai_trust(%s::numeric, %s)", [ai_score, measures]) == number(
        trust
    )


@pytest.mark.parametrize(
    ("value", "p95", "score"),
    [
        (None, "100", None),
        ("100", None, None),
        ("100", "0", None),  # nothing to measure on
        ("100", "-5", None),
        ("0", "100", "0"),
        ("-50", "100", "0"),  # refunds
        ("9", "99", "50"),  # ln 10 is half of ln 100
        ("99", "99", "100"),
        ("5000", "99", "100"),  # capped
        ("0.001", "0.001", "100"),
    ],
)
def test_deal_value(
    tx: psycopg.Connection, value: str | None, p95: str | None, score: str | None
) -> None:
    found = one(
        tx, "select round(scoring.deal_value_score(%s::numeric, %s::numeric), 9)", [value, p95]
    )
    assert found == number(score)


@pytest.mark.parametrize(
    ("deal_7d", "deal_30d", "minutes_7d", "minutes_30d", "score"),
    [
        ("0.5", "0.5", "60", "60", "100"),
        ("0.5", "0.4", "60", "60", "87.5"),  # 50 x 0.1 / 0.4
        ("0.3", "0.4", "60", "60", "87.5"),  # either way
        ("0.5", "0.5", "90", "60", "75"),  # 50 x 30 / 60
        ("0.035", "0.01", "60", "60", "75"),  # floor of the deal rate: 0.025 / 0.05
        ("0.5", "0.5", "0.75", "0.25", "75"),  # floor of the response time: 0.5 / 1
        ("0", "0", "0", "0", "100"),
        ("1", "0.1", "600", "60", "0"),  # each half is lost once, not more
        (None, "0.5", "60", "60", None),
        ("0.5", None, "60", "60", None),
        ("0.5", "0.5", None, "60", None),
        ("0.5", "0.5", "60", None, None),
    ],
)
def test_consistency(
    tx: psycopg.Connection,
    deal_7d: str | None,
    deal_30d: str | None,
    minutes_7d: str | None,
    minutes_30d: str | None,
    score: str | None,
) -> None:
    found = one(
        tx,
        """
        select scoring.consistency_score(%s::numeric, %s::numeric, %s::numeric, %s::numeric)
        """,
        [deal_7d, deal_30d, minutes_7d, minutes_30d],
    )
    assert found == number(score)


def test_a_curve_without_points_measures_nothing(tx: psycopg.Connection) -> None:
    assert one(tx, "select scoring.piecewise_linear(1, '{}', '{}')") is None
    assert one(tx, "select scoring.piecewise_linear(1, null, null)") is None


@pytest.mark.parametrize("x", [-1, 5, 7])
def test_a_curve_of_one_point_is_flat(tx: psycopg.Connection, x: int) -> None:
    assert one(tx, "select scoring.piecewise_linear(%s, '{5}', '{42}')", [x]) == 42


def test_piecewise_linear_against_fractions(tx: psycopg.Connection) -> None:
    """Any ascending curve, any x: the formula worked out once more, exactly."""
    dice = random.Random(17)
    for _ in range(300):
        count = dice.randint(2, 7)
        xs = sorted({Fraction(dice.randint(-500, 500), 10) for _ in range(count)})
        ys = [Fraction(dice.randint(0, 1000), 10) for _ in xs]
        x = Fraction(dice.randint(-600, 600), 10) if dice.random() < 0.8 else dice.choice(xs)
        found = one(
            tx,
            "select scoring.piecewise_linear(%s, %s::numeric[], %s::numeric[])",
            [decimal(x), [decimal(value) for value in xs], [decimal(value) for value in ys]],
        )
        assert isinstance(found, Decimal)
        assert abs(Fraction(found) - line(x, xs, ys)) < Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("x", "segment"),
    [
        (None, (None, None, None, None)),
        (-1, (None, None, 0, 100)),
        (0, (0, 100, 10, 50)),
        (5, (0, 100, 10, 50)),
        (10, (10, 50, 20, 0)),
        (20, (20, 0, None, None)),
        (99, (20, 0, None, None)),
    ],
)
def test_curve_segment(
    tx: psycopg.Connection, x: int | None, segment: tuple[int | None, ...]
) -> None:
    row = tx.execute(
        "select * from scoring.curve_segment(%s::numeric, '{0,10,20}', '{100,50,0}')", [x]
    ).fetchone()
    assert row == segment


def on_default_curve(
    connection: psycopg.Connection, part: str, value: str | None
) -> Decimal | None:
    row = connection.execute(DEFAULT_CURVE, [part]).fetchone()
    assert row is not None
    found = one(
        connection,
        sql.SQL("select {}(%s::numeric, %s::numeric[], %s::numeric[])").format(
            sql.Identifier("scoring", f"{part}_score")
        ),
        [value, row[0], row[1]],
    )
    assert found is None or isinstance(found, Decimal)
    return found


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def line(x: Fraction, xs: Sequence[Fraction], ys: Sequence[Fraction]) -> Fraction:
    if x <= xs[0]:
        return ys[0]
    for left, right, low, high in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return ys[-1]
