"""Diagnostics as text for people, as JSON for programs, as annotations for GitHub.

``diagnostics_schema.py`` describes the JSON::

    {"format_version": "1", "valid": false, "errors": 1, "warnings": 0, "notices": 0,
     "diagnostics": [{"severity": "error", "code": "unknown_field", "message": "…", "file": "agents.yaml", "line": 3,
                      "column": 5, "width": 4, "source": "    nmae: Jane", "expected": null, "hint": "…",
                      "address": "agents.jane@pbx"}]}
"""

from __future__ import annotations

import json as jsonlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.report.escape import harmless

FORMAT_VERSION: Final = "1"
"""Rises when a member goes or changes its meaning, not when one is added."""

_ORDER = {severity: number for number, severity in enumerate(Severity)}
"""From the worst to the least."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTICE: "36"}
_BOLD = "1"

MOST_SHOWN = 100

_LONGEST_LINE = 160
"""Longer lines of a manifest are shown around the caret only."""


def text(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """Each diagnostic as a block: place and message, the line with a caret, what was expected, what to do.

    Of very many the first hundred are shown, and how many there are beside: a folder that is none of a tenant's gives
    thousands. The other formats tell all.
    """
    listed = list(diagnostics)
    blocks = [_block(diagnostic, color=color) for diagnostic in listed[:MOST_SHOWN]]
    if len(listed) > MOST_SHOWN:
        blocks.append(f"and {len(listed) - MOST_SHOWN} more; is this the folder of one tenant?\n")
    return "\n".join(blocks)


def _block(diagnostic: Diagnostic, *, color: bool) -> str:
    severity = _painted(str(diagnostic.severity), _COLOURS[diagnostic.severity], color=color)
    place = f"{harmless(str(diagnostic.position))}: " if diagnostic.position else ""
    lines = [f"{place}{severity}: {_painted(harmless(diagnostic.message), _BOLD, color=color)}"]
    if diagnostic.source is not None and diagnostic.position is not None:
        lines += _quoted(
            diagnostic, diagnostic.source, diagnostic.position.line, diagnostic.position.column, color=color
        )
    if diagnostic.expected:
        lines.append(f"  expected: {harmless(diagnostic.expected)}")
    if diagnostic.hint:
        lines.append(f"  hint: {harmless(diagnostic.hint)}")
    return "\n".join(lines) + "\n"


def _quoted(diagnostic: Diagnostic, source: str, line: int, column: int, *, color: bool) -> list[str]:
    source, column = _around(source, column)
    before, marked = source[: column - 1], source[column - 1 : column - 1 + diagnostic.width]
    margin = f"  {line} | "
    caret = "^" * max(1, _columns(harmless(marked)))
    caret = _painted(caret, _COLOURS[diagnostic.severity], color=color)
    gap = " " * _columns(harmless(before))
    return [f"{margin}{harmless(source)}", f"{' ' * (len(margin) - 2)}| {gap}{caret}"]


def _around(source: str, column: int) -> tuple[str, int]:
    """A long line's part around the column, and the column in it."""
    if len(source) <= _LONGEST_LINE:
        return source, column
    start = max(0, min(column - _LONGEST_LINE // 2, len(source) - _LONGEST_LINE))
    part = source[start : start + _LONGEST_LINE]
    head, tail = ("…" if start else ""), ("…" if start + _LONGEST_LINE < len(source) else "")
    return f"{head}{part}{tail}", column - start + len(head)


def _columns(shown: str) -> int:
    """How many columns a terminal gives to the text."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in shown)
    combining = sum(unicodedata.combining(character) > 0 for character in shown)
    return len(shown) + wide - combining


def _painted(shown: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{shown}\x1b[0m" if color else shown


def json(diagnostics: Sequence[Diagnostic]) -> str:
    """One JSON document, in ASCII, indented, with a line end at the end."""
    counts = {severity: sum(item.severity is severity for item in diagnostics) for severity in Severity}
    document = {
        "format_version": FORMAT_VERSION,
        "valid": counts[Severity.ERROR] == 0,
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "notices": counts[Severity.NOTICE],
        "diagnostics": [as_map(item) for item in diagnostics],
    }
    return jsonlib.dumps(document, indent=2) + "\n"


def as_map(diagnostic: Diagnostic) -> dict[str, Any]:
    """All of a diagnostic, keys in reading order; what is not known is None."""
    position = diagnostic.position
    return {
        "severity": str(diagnostic.severity),
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": position.file if position else None,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "width": diagnostic.width if position else None,
        "source": diagnostic.source,
        "expected": diagnostic.expected,
        "hint": diagnostic.hint,
        "address": diagnostic.address,
    }


def github(diagnostics: Iterable[Diagnostic], *, place: Callable[[str], str] = str) -> str:
    """A workflow command for each diagnostic, errors first: of each severity GitHub shows ten for a step.

    ``place`` gives a file its path from the top of the repository. The place is in the message, too, since the log of
    the job shows nothing else of a command.
    """
    worst_first = sorted(diagnostics, key=lambda diagnostic: _ORDER[diagnostic.severity])
    return "".join(_annotation(diagnostic, place) for diagnostic in worst_first)


def _annotation(diagnostic: Diagnostic, place: Callable[[str], str]) -> str:
    position, where, message = diagnostic.position, {}, diagnostic.message
    if position is not None:
        file = place(position.file)
        where = {
            "file": file,
            "line": str(position.line),
            "col": str(position.column),
            "endColumn": str(position.column + diagnostic.width),
        }
        message = f"{file}:{position.line}:{position.column}: {message}"
    properties = {**where, "title": diagnostic.code}
    listed = ",".join(f"{name}={_property(harmless(value))}" for name, value in properties.items())
    parts = [message]
    parts += [f"expected: {diagnostic.expected}"] if diagnostic.expected else []
    parts += [f"hint: {diagnostic.hint}"] if diagnostic.hint else []
    data = escaped("\n".join(harmless(part) for part in parts))
    return f"::{diagnostic.severity} {listed}::{data}\n"


def escaped(shown: str) -> str:
    """A text as the message of a workflow command."""
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(shown: str) -> str:
    return escaped(shown).replace(":", "%3A").replace(",", "%2C")
