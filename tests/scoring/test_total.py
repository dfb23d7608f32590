"""The total of the parts, and which weights and curves are in force."""

from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from tests import builders

NOBODY = UUID(int=0)
PARTS = [
    "response",
    "deal_rate",
    "follow_up",
    "feedback",
    "complaints",
    "trust",
    "deal_value",
    "consistency",
]
DEFAULT = ["0.25", "0.25", "0.15", "0.10", "0.10", "0.05", "0.05", "0.05"]
NONE: list[str | None] = [None] * 8


@pytest.mark.parametrize(
    ("parts", "means", "weights", "total"),
    [
        (["80"] * 8, NONE, DEFAULT, "80"),
        # Nobody has anything: 50 each.
        (NONE, NONE, DEFAULT, "50"),
        # Only the response is measured: .25 x 100 + .75 x 50.
        (["100", *NONE[1:]], NONE, DEFAULT, "62.5"),
        # The workspace's means stand in: .25 x 100 + .75 x 40.
        (["100", *NONE[1:]], ["10", *["40"] * 7], DEFAULT, "55"),
        # All different: 25 + 22.5 + 12 + 7 + 6 + 2.5 + 2 + 1.5.
        (["100", "90", "80", "70", "60", "50", "40", "30"], NONE, DEFAULT, "78.5"),
        # Weights need not add up to 1: (3 x 100 + 1 x 20) / 4.
        (["100", "20", *["77"] * 6], NONE, ["3", "1", *["0"] * 6], "80"),
        (["100"] * 8, NONE, ["0"] * 8, None),
    ],
)
def test_total(
    tx: psycopg.Connection,
    parts: list[str | None],
    means: list[str | None],
    weights: list[str],
    total: str | None,
) -> None:
    row = tx.execute(
        """
        select round(
            scoring.total(
                %(parts)s::numeric[], %(means)s::numeric[], %(weights)s::numeric[], %(sum)s
            ),
            12
        )
        """,
        {
            "parts": parts,
            "means": means,
            "weights": weights,
            "sum": sum(Decimal(weight) for weight in weights),
        },
    ).fetchone()
    assert row == (None if total is None else Decimal(total),)


def test_default_weights(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    assert active_weights(tx, workspace) == [
        (position, part, Decimal(weight), 1, True)
        for position, (part, weight) in enumerate(zip(PARTS, DEFAULT, strict=True), start=1)
    ]
    assert sum(Decimal(weight) for weight in DEFAULT) == 1


def test_the_highest_version_of_the_workspace_counts(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    other = builders.workspace(tx)
    add_weights(tx, workspace, 1, {"response": "1"})
    add_weights(tx, workspace, 2, {"response": "0.5", "trust": "0.5"})
    add_weights(tx, NOBODY, 9, {"feedback": "1"})
    # A part that a version does not list weighs nothing.
    weights = {row[1]: row[2] for row in active_weights(tx, workspace)}
    assert weights == dict.fromkeys(PARTS, Decimal(0)) | {
        "response": Decimal("0.5"),
        "trust": Decimal("0.5"),
    }
    assert {row[3:] for row in active_weights(tx, workspace)} == {(2, False)}
    # The other workspace has the default's newest version.
    assert {row[3:] for row in active_weights(tx, other)} == {(9, True)}


def test_curves_of_the_workspace(tx: psycopg.Connection) -> None:
    workspace = builders.workspace(tx)
    for x, y in ((60, 50), (10, 100), (100, 0)):
        tx.execute(
            """
            insert into scoring.curves (workspace_id, version, curve, x, y)
            values (%s, 3, 'response', %s, %s)
            """,
            (workspace, x, y),
        )
    rows = tx.execute("select * from scoring.active_curves(%s)", (workspace,)).fetchall()
    assert rows == [("response", [10, 60, 100], [100, 50, 0], 3, False)]


def active_weights(
    connection: psycopg.Connection, workspace_id: UUID
) -> list[tuple[int, str, Decimal, int, bool]]:
    return connection.execute(
        "select * from scoring.active_weights(%s) order by ordinal", (workspace_id,)
    ).fetchall()


def add_weights(
    connection: psycopg.Connection, workspace_id: UUID, version: int, weights: dict[str, str]
) -> None:
    for part, weight in weights.items():
        connection.execute(
            """
            insert into scoring.weights (workspace_id, version, part, weight)
            values (%s, %s, %s, %s)
            """,
            (workspace_id, version, part, weight),
        )
