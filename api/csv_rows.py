"""Reads a CSV file into rows, and into faults where it cannot be read.

A file is never refused for one bad place: a row in the wrong encoding, with a NUL byte, with too
few fields or with a quote that is never closed is one fault, and reading goes on after it.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import msgspec

MAX_CELL = 1_000_000
"""Characters of one field; far above what any target holds, far below what hurts."""

MAX_ROW = 4_000_000
"""Characters of one row: a row that grows beyond has a quote that is never closed."""

MAX_BROKEN_QUOTES = 100
"""After so many quotes that are never closed, no row is longer than its line: each such quote
costs a look ahead of up to MAX_ROW characters."""

_KEPT = 1_000
"""Characters that are kept of a field that is too long, so that a person can recognise it."""

# What the csv module says when a file ends inside quotes.
_UNCLOSED = "unexpected end of data"

_SNIFFED = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"PK\x03\x04": None}


class Readable(Protocol):
    """A file opened for bytes, or an upload."""

    def read(self, size: int, /) -> bytes: ...


class HeaderError(Exception):
    """The file has no header that could be read; the message says why."""


class Row(msgspec.Struct, frozen=True):
    """A row of the file, with as many cells as the header."""

    line: int
    """Line of the file on which the row begins; the header is line 1."""
    cells: list[str]


class Fault(msgspec.Struct, frozen=True):
    """A row that could not be read."""

    line: int
    column: str
    """Name of the column to blame; empty when it is the row."""
    reason: str
    cells: list[str]
    """What was read: NUL and bytes of a wrong encoding replaced, long fields cut."""


class CsvFile:
    """A CSV file after its header was read; iterating yields the rows and faults in file order.

    ``encoding`` is a Python codec, ``delimiter`` one character. Quotes are ``"``, doubled inside a
    quoted field. Blank lines are skipped. Raises HeaderError and LookupError (unknown codec).
    """

    header: list[str]

    def __init__(self, file: Readable, encoding: str = "utf-8", delimiter: str = ",") -> None:
        self._encoding = encoding
        self._delimiter = delimiter
        codec = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
        start = file.read(4)
        for mark, name in _SNIFFED.items():
            if start.startswith(mark) and not codec.lower().startswith("utf-16"):
                raise HeaderError(
                    "The file is no CSV file but a ZIP archive or a spreadsheet."
                    if name is None
                    else f'The file is in {name}, not in {encoding}: set encoding = "{name}".'
                )
        joined = io.BufferedReader(_Joined(start, file))
        self._lines = io.TextIOWrapper(joined, codec, errors="surrogateescape", newline="")
        # Lines that were read as part of a record that turned out to be none.
        self._given_back: deque[str] = deque()
        # Lines of the record that is being read.
        self._taken: list[str] = []
        self._broken_quotes = 0
        self._number = 1
        csv.field_size_limit(2**31 - 1)
        self._reader = self._new_reader()
        self.header = self._read_header()

    def __iter__(self) -> Iterator[Row | Fault]:
        while True:
            self._taken.clear()
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._give_back(str(error))
                continue
            line = self._number
            if len(record) != len(self.header) and len(self._taken) > 1:
                yield self._give_back(_UNCLOSED)
                continue
            self._number += len(self._taken)
            if record:
                yield self._checked(line, record)

    def _read_header(self) -> list[str]:
        try:
            names = [name.strip() for name in next(self._reader)]
        except StopIteration:
            raise HeaderError("The file is empty.") from None
        except csv.Error as error:
            raise HeaderError(f"The header cannot be read: {error}.") from error
        if not any(names):
            raise HeaderError("The first line, which names the columns, is empty.")
        if any("\x00" in name or _undecoded(name) for name in names):
            raise HeaderError(f"The header is not in {self._encoding}: set encoding.")
        self._number += len(self._taken)
        return names

    def _new_reader(self) -> "Iterator[list[str]]":
        return csv.reader(self._feed(), delimiter=self._delimiter, strict=True)

    def _feed(self) -> Iterator[str]:
        taken = self._taken
        size = 0
        while True:
            line = self._given_back.popleft() if self._given_back else self._lines.readline()
            if not line:
                return
            if taken:
                size += len(line)
                if size > MAX_ROW or self._broken_quotes > MAX_BROKEN_QUOTES:
                    self._given_back.appendleft(line)
                    raise csv.Error(_UNCLOSED)
            else:
                size = len(line)
            taken.append(line)
            yield line

    def _give_back(self, problem: str) -> Fault:
        """Gives up the first line of a record; the lines after it are read again."""
        first, *rest = self._taken
        self._given_back.extendleft(reversed(rest))
        self._reader = self._new_reader()
        line = self._number
        self._number += 1
        cells = [_shown(cell) for cell in first.rstrip("\r\n").split(self._delimiter)]
        if rest or _UNCLOSED in problem:
            self._broken_quotes += 1
            return Fault(line, "", "a quote is opened here and not closed", cells)
        return Fault(
            line, "", "a quote stands inside a field: double it, and quote the field", cells
        )

    def _checked(self, line: int, record: list[str]) -> Row | Fault:
        for number, cell in enumerate(record):
            reason = None
            if len(cell) > MAX_CELL:
                reason = f"the field has {len(cell)} characters; {MAX_CELL} are allowed"
            elif "\x00" in cell:
                reason = "the field has a NUL byte"
            elif not cell.isascii() and _undecoded(cell):
                reason = f"the field is not in {self._encoding}"
            if reason is not None:
                column = self.header[number] if number < len(self.header) else ""
                return Fault(line, column, reason, [_shown(each) for each in record])
        if len(record) != len(self.header):
            reason = f"the row has {len(record)} fields, the header has {len(self.header)}"
            return Fault(line, "", reason, record)
        return Row(line, record)


class _Joined(io.RawIOBase):
    """The first bytes of a file that were looked at, then the rest of it."""

    def __init__(self, start: bytes, rest: Readable) -> None:
        self._start = start
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        data = self._start[: len(buffer)] or self._rest.read(len(buffer))
        self._start = self._start[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _undecoded(text: str) -> bool:
    """Whether ``surrogateescape`` kept bytes that the codec does not know."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _shown(cell: str) -> str:
    short = cell if len(cell) <= MAX_CELL else f"{cell[:_KEPT]}..."
    replaced = short.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return replaced.encode("utf-8", "replace").decode("utf-8")
