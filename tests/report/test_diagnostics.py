"""Diagnostics as text, JSON and GitHub annotations: complete, stable, and harmless to whoever prints them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.report import diagnostics as report

FULL = Diagnostic(
    "unknown_field",
    "there is no field `nmae`",
    Position("agents.yaml", 12, 5),
    source="    nmae: Jane",
    width=4,
    expected="one of `name`, `number`",
    hint="did you mean `name`?",
    address="agents.jane@pbx",
)
BARE = Diagnostic("no_manifests", "there is nothing here", severity=Severity.WARNING)


def test_text() -> None:
    """Place, message, line, caret, expectation, hint."""
    assert report.text([FULL, BARE]) == (
        "agents.yaml:12:5: error: there is no field `nmae`\n"
        "  12 |     nmae: Jane\n"
        "     |     ^^^^\n"
        "  expected: one of `name`, `number`\n"
        "  hint: did you mean `name`?\n"
        "\n"
        "warning: there is nothing here\n"
    )


def test_colour_adds_nothing_but_colour() -> None:
    """The words are the same."""
    colored = report.text([FULL], color=True)

    assert "\x1b[31merror\x1b[0m" in colored
    for code in ("31", "1", "0"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == report.text([FULL])


def test_the_caret_stands_under_wide_and_spelt_out_characters() -> None:
    """A terminal gives two columns to some characters, none to others, and four to a spelt-out escape."""
    wide = Diagnostic("x", "y", Position("a.yaml", 1, 6), source="名\x1be\u0301: z", width=1)

    shown = report.text([wide]).splitlines()

    assert shown[1] == "  1 | 名\\x1be\u0301: z"
    assert shown[2] == "    | " + " " * (2 + 4 + 1 + 1) + "^"


def test_a_long_line_is_cut_around_the_caret() -> None:
    """A file in one line does not fill the screen."""
    long = Diagnostic("x", "y", Position("a.yaml", 1, 5001), source="a" * 5000 + "B" + "c" * 5000, width=1)

    _, quoted, caret = report.text([long]).splitlines()

    assert len(quoted) < 200
    assert quoted[caret.index("^")] == "B"


def test_json() -> None:
    """The documented form, in plain ASCII."""
    document = json.loads(report.json([FULL, BARE]))

    assert document == {
        "format_version": "1",
        "valid": False,
        "errors": 1,
        "warnings": 1,
        "notices": 0,
        "diagnostics": [
            {
                "severity": "error",
                "code": "unknown_field",
                "message": "there is no field `nmae`",
                "file": "agents.yaml",
                "line": 12,
                "column": 5,
                "width": 4,
                "source": "    nmae: Jane",
                "expected": "one of `name`, `number`",
                "hint": "did you mean `name`?",
                "address": "agents.jane@pbx",
            },
            {
                "severity": "warning",
                "code": "no_manifests",
                "message": "there is nothing here",
                "file": None,
                "line": None,
                "column": None,
                "width": None,
                "source": None,
                "expected": None,
                "hint": None,
                "address": None,
            },
        ],
    }


def test_json_without_problems() -> None:
    """Valid is what has no errors; warnings may stand."""
    assert json.loads(report.json([]))["valid"] is True
    assert json.loads(report.json([BARE]))["valid"] is True


def test_github() -> None:
    """One line each, errors first; the runner's own characters are escaped, in properties more of them."""
    odd = Diagnostic("x", "100% of `a`\nb", Position("a,b:c.yaml", 3, 7), hint="do", severity=Severity.NOTICE)

    assert report.github([odd, BARE, FULL], place="tenants/acme/{}".format) == (
        "::error file=tenants/acme/agents.yaml,line=12,col=5,endColumn=9,title=unknown_field"
        "::tenants/acme/agents.yaml:12:5: there is no field `nmae`"
        "%0Aexpected: one of `name`, `number`%0Ahint: did you mean `name`?\n"
        "::warning title=no_manifests::there is nothing here\n"
        "::notice file=tenants/acme/a%2Cb%3Ac.yaml,line=3,col=7,endColumn=8,title=x"
        "::tenants/acme/a,b:c.yaml:3:7: 100%25 of `a`\\nb%0Ahint: do\n"
    )


@given(st.text(min_size=1), st.text(), st.text(), st.integers(1, 50), st.integers(1, 50))
def test_reports_keep_to_their_lines(message: str, source: str, file: str, column: int, width: int) -> None:
    """A hostile manifest cannot forge a line of a report or a command of the runner."""
    hostile = Diagnostic("x", message, Position(file, 1, column), source=source, width=width, hint=message)

    assert len(report.text([hostile]).splitlines()) == 4
    assert report.github([hostile]).count("\n") == 1
    assert json.loads(report.json([hostile]))["diagnostics"][0]["message"] == message
