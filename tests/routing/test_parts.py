"""The pure parts of routing, by table: region fit, industry, fairness, total, the draw."""

from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders as build


@pytest.mark.parametrize(
    ("postcode", "province", "locations", "regions", "match", "fit"),
    [
        # Exact: the postcode, or the beginning of it, whatever its case and spaces.
        ("1012 AB", "Noord-Holland", ["1012ab"], ["Noord-Holland"], "location", 100),
        ("1012AB", None, ["1012"], [], "location", 100),
        ("1012AB", None, ["10"], [], "location", 100),
        ("1012", "Utrecht", ["1012AB"], ["Utrecht"], "region", 70),
        # Region.
        ("3511", " utrecht ", ["1012"], ["Utrecht"], "region", 70),
        (None, "Utrecht", [], ["Zeeland", "Utrecht"], "region", 70),
        # National: nothing listed.
        ("3511", "Utrecht", [], [], "national", 40),
        (None, None, [], [], "national", 40),
        # The lead does not say.
        (None, None, ["1012"], [], "unknown", 40),
        ("3511", None, ["1012"], ["Utrecht"], "unknown", 40),
        (None, "Utrecht", ["1012"], ["Zeeland"], "unknown", 40),
        ("", " ", ["1012"], ["Zeeland"], "unknown", 40),
        # Elsewhere.
        ("3511", "Utrecht", ["1012"], ["Zeeland"], None, None),
        ("3511", None, ["1012"], [], None, None),
        (None, "Utrecht", [], ["Zeeland"], None, None),
    ],
)
def test_region_fit(
    tx: psycopg.Connection,
    postcode: str | None,
    province: str | None,
    locations: list[str],
    regions: list[str],
    match: str | None,
    fit: int | None,
) -> None:
    row = tx.execute(
        """
        select m.match, routing.region_fit(m.match)
        from (
            select routing.region_match(
                routing.postcode_starts(%s), %s, %s::text[], %s::text[]
            ) as match
        ) as m
        """,
        (postcode, province, locations, regions),
    ).fetchone()
    assert row == (match, fit)


@pytest.mark.parametrize(
    ("industry", "listed", "match"),
    [
        ("Fitness", ["solar", "fitness"], "listed"),
        ("Fitness", [], "any"),
        (None, [], "any"),
        (None, ["Fitness"], "unknown"),
        ("Fitness", ["Solar"], None),
    ],
)
def test_industry(
    tx: psycopg.Connection, industry: str | None, listed: list[str], match: str | None
) -> None:
    row = tx.execute("select routing.industry_match(%s, %s::text[])", (industry, listed)).fetchone()
    assert row == (match,)


@pytest.mark.parametrize(
    ("credit", "fairness"),
    [
        (Decimal(0), Decimal(50)),
        (Decimal(3), Decimal(100)),
        (Decimal(-3), Decimal(0)),
        (Decimal("1.5"), Decimal(75)),
        (Decimal(300), Decimal(100)),
        (Decimal(-300), Decimal(0)),
    ],
)
def test_fairness(tx: psycopg.Connection, credit: Decimal, fairness: Decimal) -> None:
    assert tx.execute("select routing.fairness_score(%s)", (credit,)).fetchone() == (fairness,)


@pytest.mark.parametrize(
    ("parts", "weights", "total"),
    [
        ((100, 50, 50), (1, 1, 0), Decimal(75)),
        # (70 x 30 + 80 x 40 + 50 x 30) / 100
        ((70, 80, 50), (30, 40, 30), Decimal(68)),
        ((70, 80, 50), (0, 0, 100), Decimal(50)),
        ((None, 80, 50), (30, 40, 30), None),
        ((70, 80, 50), (0, 0, 0), None),
    ],
)
def test_total(
    tx: psycopg.Connection,
    parts: tuple[int | None, int, int],
    weights: tuple[int, int, int],
    total: Decimal | None,
) -> None:
    row = tx.execute(
        "select routing.total_score(%s::numeric, %s::numeric, %s::numeric, %s, %s, %s)",
        (*parts, *weights),
    ).fetchone()
    assert row == (total,)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hop=st.integers(1, 50), lead=st.uuids())
def test_draw_is_a_share_and_reproducible(tx: psycopg.Connection, hop: int, lead: object) -> None:
    row = tx.execute(
        "select routing.draw(%(l)s, %(h)s, 'a'), routing.draw(%(l)s, %(h)s, 'a')",
        {"l": lead, "h": hop},
    ).fetchone()
    assert row is not None
    assert 0 <= row[0] < 1
    assert row[0] == row[1]


def test_draws_are_spread(tx: psycopg.Connection) -> None:
    """Of 2,000 draws each tenth holds 200, give or take five standard deviations (of 13.4)."""
    counts = tx.execute(
        """
        select count(*) from generate_series(1, 2000) as n
        group by floor(
            routing.draw(lpad(to_hex(n), 32, '0')::uuid, 1, 'explore') * 10
        )
        """
    ).fetchall()
    assert len(counts) == 10
    assert all(abs(count - 200) <= 67 for (count,) in counts)


def test_sliders_all_zero_are_no_settings(tx: psycopg.Connection) -> None:
    gym = build.workspace(tx)
    with (
        pytest.raises(psycopg.Error, match="not possible") as refusal,
        tx.transaction(),
    ):
        tx.execute(
            """select routing.change_settings(
            %s, '{"regionWeight": 0, "performanceWeight": 0, "fairnessWeight": 0}')""",
            (gym,),
        )
    assert refusal.value.sqlstate == "LB400"
    assert "may not all be 0" in str(refusal.value.diag.message_detail)
