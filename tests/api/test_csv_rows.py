"""api.csv_rows: rows out of good files, faults out of bad places, and reading on after them."""

import csv
import io
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.csv_rows import MAX_CELL, CsvFile, Fault, HeaderError, Row


def read(data: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[Row | Fault]:
    return list(CsvFile(io.BytesIO(data), encoding, delimiter))


def faults(items: Sequence[Row | Fault]) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.reason) for each in items if isinstance(each, Fault)]


def rows(items: Sequence[Row | Fault]) -> dict[int, list[str]]:
    return {each.line: each.cells for each in items if isinstance(each, Row)}


def test_lines_count_through_quotes_and_blank_lines() -> None:
    items = read(b'\xef\xbb\xbfa, b \r\n1,2\r\n\r\n"x\r\ny","q""q"\r\n,\r\n')
    assert rows(items) == {2: ["1", "2"], 4: ["x\r\ny", 'q"q'], 6: ["", ""]}
    assert faults(items) == []
    assert CsvFile(io.BytesIO(b"\xef\xbb\xbfa, b \r\n")).header == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert rows(read("a;b\né;ü".encode(encoding), encoding, ";")) == {2: ["é", "ü"]}


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"", "utf-8", "The file is empty."),
        (b"\n1,2", "utf-8", "The first line, which names the columns, is empty."),
        (b"PK\x03\x04...", "utf-8", "The file is no CSV file but a ZIP archive or a spreadsheet."),
        (
            "a,b".encode("utf-16"),
            "utf-8",
            'The file is in utf-16, not in utf-8: set encoding = "utf-16".',
        ),
        (b"caf\xe9,b\n", "utf-8", "The header is not in utf-8: set encoding."),
        (b'"a,b\n', "utf-8", "The header cannot be read: unexpected end of data."),
    ],
)
def test_no_header(data: bytes, encoding: str, message: str) -> None:
    with pytest.raises(HeaderError) as error:
        read(data, encoding)
    assert str(error.value) == message


def test_unknown_encoding() -> None:
    with pytest.raises(LookupError):
        read(b"a,b\n", "klingon")


def test_each_bad_row_is_one_fault() -> None:
    items = read(b'a,b\n1,2\n3\n4,5,6\n7,"8"9\n\x00,1\n1,\xff\xfe\n8,9')
    assert faults(items) == [
        (3, "", "the row has 1 fields, the header has 2"),
        (4, "", "the row has 3 fields, the header has 2"),
        (5, "", "a quote stands inside a field: double it, and quote the field"),
        (6, "a", "the field has a NUL byte"),
        (7, "b", "the field is not in utf-8"),
    ]
    assert rows(items) == {2: ["1", "2"], 8: ["8", "9"]}
    # What is kept of a bad row can be stored and shown.
    for item in items:
        assert "\x00" not in "".join(item.cells).encode().decode()


@pytest.mark.parametrize("rest", [b"3,4\n5,6\n", b'3,4\n5,"6"\n', b'"3",4\n5,6\n'])
def test_quote_that_is_never_closed_costs_its_line(rest: bytes) -> None:
    items = read(b'a,b\n1,"2\n' + rest)
    assert faults(items) == [(2, "", "a quote is opened here and not closed")]
    assert rows(items) == {3: ["3", "4"], 4: ["5", "6"]}


def test_half_a_file() -> None:
    items = read(b"a,b,c\n1,2,3\n4,5,6\n7,8")
    assert list(rows(items)) == [2, 3]
    assert faults(items) == [(4, "", "the row has 2 fields, the header has 3")]


def test_ten_megabytes_in_a_field() -> None:
    items = read(b"a,b\n1," + b"x" * 10_000_000 + b"\n1,2\n")
    assert faults(items) == [(2, "b", f"the field has 10000000 characters; {MAX_CELL} are allowed")]
    assert len(items[0].cells[1]) < 2000
    assert rows(items) == {3: ["1", "2"]}


def test_many_broken_quotes_take_no_longer_than_their_lines() -> None:
    """Each look ahead is bounded, and so is their number: minutes without, seconds with."""
    began = time.perf_counter()
    items = read(b"a,b\n" + b'"x,1\n' * 50_000)
    assert len(faults(items)) == 50_000
    assert time.perf_counter() - began < 30


cells = st.text(
    st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), max_size=20
)


@given(st.lists(st.tuples(cells, cells), max_size=20), st.sampled_from(",;\t|"))
def test_whatever_the_csv_module_writes_is_read(table: list[tuple[str, str]], mark: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    writer.writerows(table)
    items = read(text.getvalue().encode(), delimiter=mark)
    assert [tuple(item.cells) for item in items] == table
    assert faults(items) == []


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    items = read(b"a,b\n" + data)
    lines = [item.line for item in items]
    assert lines == sorted(set(lines))
    for item in rows(items).values():
        assert len(item) == 2
        assert "\x00" not in "".join(item).encode("utf-8").decode()
