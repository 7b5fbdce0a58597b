"""What does a spreadsheet's file say: its header and its rows, whatever its encoding and its delimiter?

Cells are counted as a spreadsheet counts them: a row of the file is a record, however many lines its quoted cells
have; blank rows count, and the line ``sep=;``, which no spreadsheet shows, does not. Positions are ``file:row:column``
with the column as a number; messages say it as a spreadsheet does (``C7``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from provisioner.diagnostics import Diagnostic, Position, Severity

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}

FALLBACK = "cp1252"
"""What Windows programs write where they write no UTF-8."""

_SEPARATOR = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SPACES = {ord(space): " " for space in "\u00a0\u2007\u202f"} | {ord(nothing): None for nothing in "\u200b\ufeff"}
_OFFICE = {
    b"PK\x03\x04": (
        (b"xl/workbook", "an Excel workbook"),
        (b"opendocument.spreadsheet", "an OpenDocument spreadsheet"),
        (b"", "a ZIP archive"),
    ),
    b"\xd0\xcf\x11\xe0": ((b"", "an Excel workbook"),),
    b"%PDF-": ((b"", "a PDF"),),
}
"""How a file begins that is no text, and what it is if it holds a name besides, the first that it does."""

_SAMPLE = 50
"""Rows that are looked at to find the delimiter."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells without spaces around them."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells without the empty ones at the end."""
        return self.cells[: max((index for index, cell in enumerate(self.cells, 1) if cell), default=0)]

    def cell(self, column: int) -> str:
        """What stands in a column, from 0; empty where the row is shorter."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and its rows, none of them blank."""

    file: str
    header: Row
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str

    def problem(
        self,
        code: str,
        message: str,
        row: int,
        column: int = 0,
        *,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """A diagnostic at a cell; ``column`` from 0."""
        place = Position(self.file, row, column + 1)
        return Diagnostic(code, message, place, expected=expected, hint=hint, severity=severity)


def letter(column: int) -> str:
    """The column, from 0, as a spreadsheet calls it: ``A``, ``Z``, ``AA``."""
    name, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def read_table(
    data: bytes, file: str, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[Table | None, list[Diagnostic]]:
    """The table in the bytes of a file, and what is to be said of it; None where it cannot be read.

    ``encoding`` and ``delimiter`` are found out where they are not given. ``encoding`` is one that Python knows.
    """
    decoded = _decoded(data, file, encoding)
    if isinstance(decoded, Diagnostic):
        return None, [decoded]
    text, used = decoded
    told = [] if encoding or used != FALLBACK else [_guessed(file)]
    said = _SEPARATOR.match(text)
    if said:
        text = text[said.end() :]
    chosen = delimiter or (said[1] if said else _delimiter(text))
    records: list[Row] = []
    try:
        records += _records(text, chosen)
    except csv.Error as error:
        return None, [*told, _broken(file, text, chosen, error)]
    filled = [row for row in records if any(row.cells)]
    if not filled:
        return None, [*told, Diagnostic("empty_table", "there is nothing in this file", Position(file, 1, 1))]
    header, *rows = filled
    if not rows:
        message = "this table has a header and no rows"
        told.append(Diagnostic("no_rows", message, Position(file, header.number, 1), severity=Severity.WARNING))
    return Table(file, _trimmed(header), tuple(rows), used, chosen), told


def _trimmed(header: Row) -> Row:
    """The header without empty cells at its end."""
    return Row(header.number, header.filled)


# --- Encoding -----------------------------------------------------------------------------------------------------


def _decoded(data: bytes, file: str, encoding: str | None) -> tuple[str, str] | Diagnostic:
    """The text, and how it was decoded."""
    other = next((_office(data, kinds) for start, kinds in _OFFICE.items() if data.startswith(start)), None)
    if other is not None:
        hint = "save it as CSV (UTF-8) in the program that made it, and import that file"
        return Diagnostic("not_text", f"this is {other}, and no table of text", Position(file, 1, 1), hint=hint)
    if encoding is not None:
        return _as(data, encoding, file)
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return _as(data, name, file)
    if b"\0" in data:
        hint = "save it as UTF-8, or say `--encoding utf-16-le`"
        return Diagnostic("not_text", "this file holds zero bytes, so it is no text", Position(file, 1, 1), hint=hint)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _as(data, FALLBACK, file)


def _office(data: bytes, kinds: Iterable[tuple[bytes, str]]) -> str:
    """What the file is, in words."""
    return next(words for name, words in kinds if name in data)


def _as(data: bytes, encoding: str, file: str) -> tuple[str, str] | Diagnostic:
    try:
        return data.decode(encoding).removeprefix("\ufeff"), encoding
    except UnicodeDecodeError as error:
        place = Position(file, data.count(b"\n", 0, error.start) + 1, 1)
        found = f"the byte 0x{data[error.start]:02X} is not {encoding}"
        return Diagnostic("encoding", found, place, hint="save the file as UTF-8, or name its encoding: `--encoding`")


def _guessed(file: str) -> Diagnostic:
    return Diagnostic(
        "encoding",
        "this file is not UTF-8, so it was read as Windows-1252",
        Position(file, 1, 1),
        hint="look at the accents in what is written; `--encoding` names another",
        severity=Severity.NOTICE,
    )


# --- Records ------------------------------------------------------------------------------------------------------


def _records(text: str, delimiter: str) -> Iterator[Row]:
    """Every record with its number, blank ones included. Raises csv.Error."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number, cells in enumerate(reader, 1):
        yield Row(number, tuple(map(_cleaned, cells)))


def _cleaned(cell: str) -> str:
    """A cell with plain spaces, none at its ends, and with ``\\n`` for the end of a line in it."""
    if cell.isascii():
        return cell.strip().replace("\r\n", "\n")
    return cell.translate(_SPACES).strip().replace("\r\n", "\n")


def _broken(file: str, text: str, delimiter: str, error: csv.Error) -> Diagnostic:
    """Where a record that cannot be read begins."""
    good = 0
    with suppress(csv.Error):
        for row in _records(text, delimiter):
            good = row.number
    ends = "unexpected end" in str(error)
    what = "a quote that begins in this row does not end" if ends else f"this row cannot be read: {error}"
    return Diagnostic(
        "broken_row", what, Position(file, good + 1, 1), hint='inside of quotes, a quote is written twice: `""`'
    )


def _delimiter(text: str) -> str:
    """The delimiter at which most rows have as many cells as the header; of several, the one with most cells."""
    scores = {delimiter: _score(text, delimiter) for delimiter in DELIMITERS.values()}
    return max(scores, key=scores.__getitem__)


def _score(text: str, delimiter: str) -> tuple[float, int]:
    rows: list[Sequence[str]] = []
    with suppress(csv.Error):  # what comes before a broken row tells enough
        rows += (row.cells for row in islice(_records(text, delimiter), _SAMPLE) if any(row.cells))
    if not rows or len(rows[0]) == 1:
        return 0.0, 0
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0])
