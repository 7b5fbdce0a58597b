"""What a spreadsheet's file says, in every encoding and with every delimiter."""

from __future__ import annotations

import io
import zipfile

import pytest

from provisioner.diagnostics import Severity
from provisioner.manifest.tables import DELIMITERS, Row, Table, letter, read_table


def a_table(data: bytes, **options: str) -> Table:
    table, problems = read_table(data, "people.csv", **options)
    assert table is not None, problems
    return table


@pytest.mark.parametrize("delimiter", DELIMITERS.values(), ids=list(DELIMITERS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_encoding_and_delimiter_are_found_out(encoding: str, delimiter: str, end: str) -> None:
    """Also where other delimiters stand in the cells."""
    rows = (("Name", "E-mail, work"), ("José; Núñez", "a|b"), ("Zoë", "c\td"))
    text = end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + end

    table = a_table(text.encode(encoding))

    assert [row.cells for row in (table.header, *table.rows)] == list(rows)


def test_a_quoted_cell_holds_anything() -> None:
    """Line ends, doubled quotes, the delimiter; the row after it has the number that a spreadsheet shows."""
    table = a_table(b'Name,Bio\r\nJane,"one\r\ntwo, ""three"""\r\nLuis,x\r\n')

    assert table.rows == (Row(2, ("Jane", 'one\ntwo, "three"')), Row(3, ("Luis", "x")))


def test_blank_rows_and_empty_columns_say_nothing() -> None:
    """They count all the same, so that places are those of the spreadsheet."""
    table = a_table(b"Name,,\n,,\n\nJane,,\n")

    assert table.header.cells == ("Name",)
    assert [(row.number, row.cell(0), row.cell(7)) for row in table.rows] == [(4, "Jane", "")]


def test_a_line_that_names_the_delimiter_is_no_row() -> None:
    """No spreadsheet shows it, so it does not count."""
    table = a_table(b"sep=;\r\nName;Bio\r\nJane;a,b,c\r\n")

    assert (table.header, table.delimiter) == (Row(1, ("Name", "Bio")), ";")


def test_spaces_of_any_kind_are_trimmed() -> None:
    """Those that no break may be made at, and those without width, which nobody sees."""
    assert a_table("Name\n\u00a0Jane\u202fRoe \u200b\n".encode()).rows[0].cells == ("Jane Roe",)


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        (b'Name,Bio\nJane,"x\nLuis,y\n', "people.csv:2:1", "does not end"),
        (b"", "people.csv:1:1", "nothing in this file"),
        ("Name\nJane\n".encode("utf-16-le"), "people.csv:1:1", "zero bytes"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(data: bytes, place: str, said: str) -> None:
    """There is no table then, and one problem says why."""
    table, problems = read_table(data, "people.csv")

    assert table is None
    assert [str(problem.position) for problem in problems] == [place]
    assert said in problems[0].message


def test_a_header_alone_is_told_of() -> None:
    """It is no error: there is nobody to be declared."""
    table, problems = read_table(b"Name\n", "people.csv")

    assert table is not None
    assert [(problem.code, problem.severity) for problem in problems] == [("no_rows", Severity.WARNING)]


def test_an_encoding_that_is_asked_for_is_held_to() -> None:
    """It is not replaced by one that happens to fit."""
    table, problems = read_table("Name\nJosé\n".encode("cp1252"), "people.csv", encoding="utf-8")

    assert table is None
    assert str(problems[0].position) == "people.csv:2:1"


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_in_a_spreadsheet(column: int, name: str) -> None:
    """By letters, two of them behind Z and three behind ZZ."""
    assert letter(column) == name


def _zip(*members: str) -> bytes:
    """What a program that keeps documents in archives writes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in members:
            archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "<x/>")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "this is an Excel workbook"),
        (_zip("mimetype", "content.xml"), "this is an OpenDocument spreadsheet"),
        (_zip("people.csv"), "this is a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "this is an Excel workbook"),
        (b"%PDF-1.7\n1 0 obj\n", "this is a PDF"),
    ],
)
@pytest.mark.parametrize("encoding", [None, "cp1252"])
def test_a_file_of_another_program_is_told_for_what_it_is(data: bytes, said: str, encoding: str | None) -> None:
    """With what to do, also where an encoding is named that takes any byte."""
    table, problems = read_table(data, "people.xlsx", encoding=encoding)

    assert table is None
    assert [(problem.code, problem.message.partition(",")[0]) for problem in problems] == [("not_text", said)]
    assert "save it as CSV (UTF-8)" in str(problems[0].hint)
