"""Values out of files and events: what is not exactly a value is null, and never an error."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

KEY = "0195a4c2-7c1e-7d3a-9b2f-3e4d5c6b7a80"


def one(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("YES", True),
        ("t", True),
        ("1", True),
        ("No", False),
        ("f", False),
        ("0", False),
        ("", None),
        ("maybe", None),
        (" true", None),
        ("2", None),
        (None, None),
    ],
)
def test_boolean(tx: psycopg.Connection, text: str | None, expected: bool | None) -> None:
    assert one(tx, "select app.try_boolean(%s)", text) is expected


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1234.5", ".", "1234.5"),
        ("-3", ".", "-3"),
        ("+3", ".", "3"),
        ("1,234.50", ".", "1234.50"),
        ("1,234,567", ".", "1234567"),
        ("1.234,50", ",", "1234.50"),
        ("1234,5", ",", "1234.5"),
        ("9" * 30, ".", "9" * 30),
        # Groups that are none.
        ("12,34", ".", None),
        ("1234,567", ".", None),
        (",5", ".", None),
        (".5", ".", None),
        ("5.", ".", None),
        # Not numbers here.
        ("1e5", ".", None),
        ("NaN", ".", None),
        ("Infinity", ".", None),
        ("€ 5", ".", None),
        ("9" * 31, ".", None),
        ("٣", ".", None),
        ("1 234", ".", None),
        ("", ".", None),
        (None, ".", None),
        ("1", ";", None),
        ("1", None, None),
    ],
)
def test_number(
    tx: psycopg.Connection, text: str | None, decimal: str | None, expected: str | None
) -> None:
    number = None if expected is None else Decimal(expected)
    assert one(tx, "select app.try_number(%s, %s)", text, decimal) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KEY, UUID(KEY)),
        (KEY.upper(), UUID(KEY)),
        (KEY.replace("-", ""), None),
        ("{" + KEY + "}", None),
        (KEY + "0", None),
        (KEY[:-1] + "g", None),
        ("", None),
        (None, None),
    ],
)
def test_uuid(tx: psycopg.Connection, text: str | None, expected: UUID | None) -> None:
    assert one(tx, "select app.try_uuid(%s)", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b", ["a", "b"]),
        (" a ; ;b; a", ["a", "b", "a"]),
        (";", None),
        ("", None),
        (None, None),
    ],
)
def test_list(tx: psycopg.Connection, text: str | None, expected: list[str] | None) -> None:
    assert one(tx, "select app.try_list(%s, ';')", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-1.5", -1.5),
        ("0", 0),
        ("007", "007"),
        ("1e5", "1e5"),
        ("1.", "1."),
        ("9" * 16, "9" * 16),
        ("true", "true"),
        ("{}", "{}"),
        ("", ""),
        (None, None),
    ],
)
def test_scalar(tx: psycopg.Connection, text: str | None, expected: object) -> None:
    assert one(tx, "select app.try_scalar(%s)", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('"\\ud83d\\ude00"', "😀"),
        # A NUL, half a pair, a number without end.
        ('"\\u0000"', None),
        ('"\\ud83d"', None),
        ("1e999999", None),
    ],
)
def test_json(tx: psycopg.Connection, text: str, expected: object) -> None:
    assert one(tx, "select app.try_json(%s::json)", text) == expected


@pytest.mark.parametrize(
    ("text", "format", "expected"),
    [
        ("2026-03-02", "iso", datetime(2026, 3, 1, 23, tzinfo=UTC)),
        ("2026-03-02 10:15", "iso", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("2026-03-02T10:15:30Z", "iso", datetime(2026, 3, 2, 10, 15, 30, tzinfo=UTC)),
        ("2026-03-02T10:15:30.25+05:30", "iso", datetime(2026, 3, 2, 4, 45, 30, 250000, UTC)),
        # The hour that summer time leaves out, and the one that comes twice.
        ("2026-03-29 02:30", "iso", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-10-25 02:30", "iso", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("31-12-2026 10:15", "DD-MM-YYYY HH24:MI", datetime(2026, 12, 31, 9, 15, tzinfo=UTC)),
        ("1767225600", "epoch", datetime(2026, 1, 1, tzinfo=UTC)),
        ("1767225600000", "epoch_ms", datetime(2026, 1, 1, tzinfo=UTC)),
        # Impossible, or not of the format.
        ("2026-02-30", "iso", None),
        ("2026-13-01", "iso", None),
        ("2026-03-02 25:00", "iso", None),
        ("02-03-2026", "iso", None),
        ("today", "iso", None),
        ("infinity", "iso", None),
        ("2026-03-02 and more", "iso", None),
        ("31-02-2026 10:15", "DD-MM-YYYY HH24:MI", None),
        ("31-12-2026 10:15 x", "DD-MM-YYYY HH24:MI", None),
        ("31/12/2026 10:15", "DD-MM-YYYY HH24:MI", None),
        ("-1", "epoch", None),
        ("1e9", "epoch", None),
        ("99999999999999", "epoch", None),
        ("", "iso", None),
        (None, "iso", None),
    ],
)
def test_time(
    tx: psycopg.Connection, text: str | None, format: str, expected: datetime | None
) -> None:
    """Without an offset a time is local: Amsterdam, an hour ahead in winter."""
    assert one(tx, "select app.try_time(%s, %s, 'Europe/Amsterdam')", text, format) == expected
