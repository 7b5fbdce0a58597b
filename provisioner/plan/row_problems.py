"""Which problems of rows are told, where each check says all that it sees? None twice, and no mere consequence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from provisioner.diagnostics import Diagnostic, Position
from provisioner.kinds.headings import ON
from provisioner.manifest.declarations import Declaration
from provisioner.manifest.tables import Table
from provisioner.plan.building import in_order
from provisioner.plan.matching import MISSING, Difference
from provisioner.plan.rows import Draft, is_of_a_cell

_NO_KEY = ("missing", "spreadsheet", "pattern", "control_character")
"""Complaints after which a row may have no natural key."""

_LACKS = re.compile(r"(`.*`) is missing \(row [0-9]+\)( \(on .*\))?")
"""How it is told that a row lacks a field that has no column."""

_CONNECTION = re.compile(r"@[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Told:
    """What is told before the checks of manifests: cells, the other places of doubled values, rows without a key."""

    cells: frozenset[Position | None]
    others: frozenset[str]
    keyless: frozenset[int]

    @staticmethod
    def of(told: Iterable[Diagnostic], found: Iterable[Diagnostic], lost: Iterable[Position] = ()) -> Told:
        """All that ``told`` says, also of ``lost`` cells; a row lacks its natural key where any of both says so."""
        told, found = tuple(told), tuple(found)
        doubles = [one.message.partition(" (")[0] for one in told if one.code == "declared_twice"]
        keyless = (one.position.line for one in (*told, *found) if one.position is not None and one.code in _NO_KEY)
        return Told(
            frozenset((*lost, *(one.position for one in told if is_of_a_cell(one)))),
            frozenset(message.rpartition(", at ")[2] for message in doubles),
            frozenset(keyless),
        )

    def says(self, problem: Diagnostic) -> bool:
        """True for a problem that follows from what is told.

        That is another one of the same cell, the other side of a doubled value, and that rows without a natural key are
        all alike.
        """
        if problem.code == "declared_twice":
            if problem.position is not None and not is_of_a_cell(problem):
                return problem.position.line in self.keyless
            if str(problem.position) in self.others:
                return True
        return is_of_a_cell(problem) and problem.position in self.cells


def once(problems: Iterable[Diagnostic], file: str) -> tuple[Diagnostic, ...]:
    """Each problem once; of a cell that several connections object to in one way, the first."""
    seen: set[tuple[Position | None, str, str]] = set()
    kept: list[Diagnostic] = []
    for problem in in_order(problems):
        ours = problem.position is not None and problem.position.file == file and is_of_a_cell(problem)
        name = (problem.position, problem.code, _CONNECTION.sub("", problem.message) if ours else problem.message)
        if name not in seen:
            seen.add(name)
            kept.append(problem)
    return tuple(kept)


def without_columns(table: Table, given: Collection[str], problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The problems; that rows lack what no column gives is told once for all of them.

    ``given`` are the fields that a column gives.
    """
    rows: dict[tuple[str, str], list[Diagnostic]] = {}
    for problem in problems:
        found = _LACKS.fullmatch(problem.message) if problem.code == "missing" else None
        if found is None or any(f"`{path}`" in found[1] for path in given):
            yield problem
        else:
            rows.setdefault((found[1], found[2] or ""), []).append(problem)
    for (what, where), lacking in rows.items():
        yield table.problem(
            "missing",
            f"no column gives {what}, which {_who(table, lacking)}{where}",
            table.header.number,
            expected=lacking[0].expected,
            hint=f"`--map 'COLUMN={what.split('`')[1]}'` names the column that does",
        )


def _who(table: Table, lacking: Iterable[Diagnostic]) -> str:
    """Which rows need it."""
    lines = [problem.position.line for problem in lacking if problem.position is not None]
    if len(lines) == 1:
        return f"row {lines[0]} needs"
    return (
        "all rows need" if len(lines) == len(table.rows) else f"{len(lines)} rows need, the first in row {min(lines)}"
    )


def declared_otherwise(draft: Draft, own: Declaration, difference: Difference) -> Diagnostic:
    """The complaint about a row that says something else than what is declared."""
    connection, path = difference.place
    name = f"{own.kind}.{own.key}"
    below = (ON, connection, *path.split(".")) if connection else tuple(path.split("."))
    if path == ON:
        message = f"`{name}` is declared at {own.origin.position()}, and not on `{difference.value}`"
    elif difference.there is MISSING:
        message = f"`{name}` is declared at {own.origin.position()} without `{path}`"
    else:
        message = f"`{name}` has another `{path}` at {own.origin.position(below)}"
    return draft.origin.problem(
        "declared_otherwise", message, below, hint="`--update` writes what the table says into the manifest"
    )
