"""What does each row of a table declare, with the place of every value in the table?

A row becomes a declaration like any that a manifest holds, so that the same checks hold for it; what they object to is
told at the cell (``people.csv:7:3``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.address import is_name
from provisioner.diagnostics import Diagnostic, Position, Severity, did_you_mean, listed
from provisioner.kinds.headings import KEY, ON
from provisioner.manifest.declarations import Declaration, Lifecycle
from provisioner.manifest.source import KeyPath
from provisioner.manifest.tables import Row, Table, letter
from provisioner.manifest.traps import has_control_character, suggestion
from provisioner.plan.cells import CellReader, Damaged, KeyOf
from provisioner.plan.columns import Column
from provisioner.plan.complaints import Complaint
from provisioner.plan.model_schema import model_properties
from provisioner.plan.naming import slug_of_variable
from provisioner.vendors.base import Offer

_LONGEST_SHOWN = 60
_ORDINARY = Lifecycle()

Place = tuple[str | None, str]
"""A field: the connection that it is written under (None beside ``on``), and its dotted path."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Where rows of a kind live unless they say otherwise, and the connections on which they can.

    ``usual`` is empty where each row has to say it. ``said``: the command line names the connections, so they count for
    what is declared already, too. ``kinds`` is what each of the tenant's connections has, ``default`` what the
    manifests say of where things live.
    """

    kind: str
    offers: Mapping[str, Offer]
    usual: tuple[str, ...]
    implied: tuple[str, ...]
    said: bool
    default: tuple[str, ...]
    kinds: Mapping[str, Mapping[str, Offer]]

    def lives_on(self, declared: Declaration) -> tuple[str, ...]:
        """The connections of a declaration of the kind."""
        return tuple(declared.on) if declared.on is not None else self.implied


@dataclass(frozen=True)
class RowOrigin:
    """The Origin of a declaration that is a row: paths in it lead to cells."""

    table: Table
    row: Row
    columns: Mapping[Place, Column]

    @property
    def file(self) -> str:
        return self.table.file

    def position(self, path: KeyPath = (), *, of_key: bool = False) -> Position:
        column = self._column(path)
        return Position(self.file, self.row.number, column.index + 1 if column else 1)

    def raw(self, path: KeyPath = ()) -> str | None:
        column = self._column(path)
        return self.row.cell(column.index) if column else None

    def problem(
        self,
        code: str,
        message: str,
        path: KeyPath = (),
        *,
        of_key: bool = False,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        column = self._column(path)
        return self.table.problem(
            code,
            f"{message} ({self._told(column, message)})" if column else f"{message} (row {self.row.number})",
            self.row.number,
            column.index if column else 0,
            expected=expected.removesuffix(", in quotes") if expected else None,
            hint=_in_a_cell(hint),
            severity=severity,
        )

    def _told(self, column: Column, message: str) -> str:
        """The cell, and what it says where the message does not."""
        text = " ".join(self.row.cell(column.index).split())
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        cell = f"{letter(column.index)}{self.row.number}, `{column.header}`"
        if not text:
            return f"{cell}, is empty"
        return cell if _shows(message, text) else f"{cell}, says `{shown}`"

    def _column(self, path: KeyPath) -> Column | None:
        """The column of what stands at a path below the declaration, or of its nearest parent that has one."""
        connection: str | None = None
        if path[:1] == (ON,):
            if len(path) < 3:
                return self.columns.get((None, ON))
            connection, path = str(path[1]), path[2:]
        names = [str(part) for part in path if isinstance(part, str)]
        for length in range(len(names), 0, -1):
            name = ".".join(names[:length])
            column = self.columns.get((connection, name)) or self.columns.get((None, name))
            column = column or next((one for (_, held), one in self.columns.items() if held == name), None)
            if column is not None:
                return column
        return None


def is_of_a_cell(problem: Diagnostic) -> bool:
    """False for what a RowOrigin tells of a row as a whole, which stands at its first cell."""
    return problem.position is None or f"(row {problem.position.line})" not in problem.message


def _shows(message: str, text: str) -> bool:
    """True where a message has the text in back-ticks, alone or behind a field's name."""
    return f"`{text}`" in message or f": {text}`" in message


def _in_a_cell(hint: str | None) -> str | None:
    """A hint about a manifest, in the words of a table; None where it says nothing there."""
    if hint is None or "quotes" in hint:
        return None
    if hint.startswith("leave the line out"):
        return "leave the cell empty to leave the field as it is"
    if hint.startswith("write `") and ": " in hint:
        return None
    return hint.replace("`{id: …}`", "`id:17`")


@dataclass
class Draft:
    """One row on its way: its values by (connection or None, path), its connections, its key once it has one."""

    row: Row
    origin: RowOrigin
    values: dict[Place, Any]
    connections: tuple[str, ...]
    said: bool
    key: str = ""
    wrong: set[str] = field(default_factory=set)

    def value(self, connection: str, path: str) -> Any:
        """What the row says of a field on a connection; None where it says nothing."""
        own = self.values.get((connection, path))
        return own if own is not None else self.values.get((None, path))

    def on(self, connection: str, offer: Offer) -> dict[str, Any]:
        """All that the row says on one connection, flat."""
        found = {path: value for (where, path), value in self.values.items() if where is None and path in offer.specs}
        return found | {path: value for (where, path), value in self.values.items() if where == connection}


@dataclass
class Reader:
    """Reads rows for one kind; ``problems`` are those of cells, in the order of the rows."""

    table: Table
    columns: Sequence[Column]
    targets: Targets
    find: KeyOf
    problems: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._places: dict[Place, Column] = {(one.connection, one.path): one for one in self.columns}
        self._keys = [one for one in self.columns if one.path == KEY]
        self._ons = [one for one in self.columns if one.path == ON]
        self._readers = [
            (one, CellReader(one.path, _form(self.targets, one), self.find))
            for one in self.columns
            if one.path not in (KEY, ON)
        ]

    def drafts(self) -> Iterator[Draft]:
        """One for each row that is no copy of another, and of which it is known where it lives."""
        first: dict[tuple[str, ...], Row] = {}
        for row in self.table.rows:
            other = first.setdefault(row.filled, row)
            if other is not row:
                self.problems.append(_copied(self.table, row, other))
                continue
            draft = self._draft(row)
            if draft.connections:
                yield draft

    def _draft(self, row: Row) -> Draft:
        origin = RowOrigin(self.table, row, self._places)
        draft = Draft(row, origin, {}, self.targets.usual, self.targets.said)
        for column in self._ons:
            if row.cell(column.index):
                self._connections(draft, row.cell(column.index))
        if not draft.connections and not any(row.cell(column.index) for column in self._ons):
            self.problems.append(self._nowhere(draft))
        for column in self._keys:
            self._key(draft, row.cell(column.index))
        for column, reader in self._readers:
            text = row.cell(column.index)
            if text:
                self._value(draft, column, reader, text)
        return draft

    def _value(self, draft: Draft, column: Column, reader: CellReader, text: str) -> None:
        path = (*((ON, column.connection) if column.connection else ()), *column.path.split("."))
        try:
            if has_control_character(text):
                raise Damaged(Complaint("control_character", (column.path,), "the cell holds a control character"))
            value = reader.value(text)
        except Damaged as damaged:
            told = damaged.complaint
            self.problems.append(draft.origin.problem(told.code, told.message, path, hint=told.hint))
            draft.wrong.add(column.path)
            return
        draft.values[column.connection, column.path] = value
        problem = self._misplaced(draft, column, path)
        if problem is not None:
            self.problems.append(problem)
            draft.wrong.add(column.path)

    def _nowhere(self, draft: Draft) -> Diagnostic:
        return draft.origin.problem(
            "no_on",
            "nothing says on which connection this row lives",
            (ON,),
            expected="one or more of " + listed(self.targets.offers),
            hint=f"name it in the cell; `--on {next(iter(self.targets.offers))}` is for rows that name none",
        )

    def _misplaced(self, draft: Draft, column: Column, path: KeyPath) -> Diagnostic | None:
        """What is wrong where none of the row's connections can take the field."""
        having = [name for name, offer in self.targets.offers.items() if column.path in offer.specs]
        takers = [column.connection] if column.connection else having
        if not draft.connections or set(takers) & set(draft.connections):
            return None
        message = f"`{column.path}` is for {listed(takers, ' or ')}, and this row lives on {listed(draft.connections)}"
        hint = f"leave the cell empty, or let the row live on {listed(takers, ' or ')}, too"
        return draft.origin.problem("unknown_field", message, path, hint=hint)

    def _connections(self, draft: Draft, text: str) -> None:
        names = tuple(dict.fromkeys(name.strip() for name in re.split(r"[;,\n]", text) if name.strip()))
        known = self.targets.offers
        unknown = [name for name in names if name not in known]
        for name in unknown:
            self.problems.append(
                draft.origin.problem(
                    "unknown_connection",
                    f"{self.targets.kind} cannot be imported to `{name}`",
                    (ON,),
                    expected="one or more of " + listed(known),
                    hint=did_you_mean(name, known),
                )
            )
        if names and not unknown:
            draft.connections, draft.said = names, True

    def _key(self, draft: Draft, text: str) -> None:
        if text and not is_name(text):
            draft.wrong.add(KEY)
            self.problems.append(
                draft.origin.problem(
                    "key",
                    f"`{text}` may not be a key",
                    (KEY,),
                    expected="a small letter or a digit, then up to 62 small letters, digits, `-` or `_`",
                    hint=f"write `{suggestion(text)}`",
                )
            )
        else:
            draft.key = text


def _copied(table: Table, row: Row, other: Row) -> Diagnostic:
    message = f"row {row.number} says the same as row {other.number}"
    return table.problem("row_twice", message, row.number, hint="take one of them out")


def _form(targets: Targets, column: Column) -> Mapping[str, Any]:
    """The JSON Schema of the column's field, at the first vendor that has it."""
    offers = [targets.offers[column.connection]] if column.connection else list(targets.offers.values())
    offer = next(one for one in offers if column.path in one.specs)
    properties: Mapping[str, Any] = model_properties(offer.fields, offer.specs)
    *above, name = column.path.split(".")
    for part in above:
        options = (properties[part], *properties[part].get("anyOf", ()))
        properties = next(option["properties"] for option in options if "properties" in option)
    form: Mapping[str, Any] = properties[name]
    return form


# --- Declarations -------------------------------------------------------------------------------------------------


def placed(draft: Draft, offers: Mapping[str, Offer], connections: Sequence[str]) -> dict[Place, Any]:
    """The row's values where a manifest has them: beside ``on``, or under it where only one vendor has the field."""
    found: dict[Place, Any] = {}
    for (where, path), value in draft.values.items():
        having = [name for name in connections if path in offers[name].specs]
        alone = len(connections) == 1 or (where is None and len(having) != 1)
        found[None if alone else where or having[0], path] = value
    return found


def declaration(draft: Draft, targets: Targets, templates: Mapping[str, str]) -> Declaration:
    """The row as a declaration: fields in the vendors' order, ``on`` only where it says more than the defaults do."""
    values = placed(with_secrets(draft, targets, templates), targets.offers, draft.connections)
    order = {path: number for number, path in enumerate(_order(targets))}
    ordered = sorted(values.items(), key=lambda item: order.get(item[0][1], 0))
    fields = nested((path, value) for (where, path), value in ordered if where is None)
    under = {
        name: nested((path, value) for (where, path), value in ordered if where == name) for name in draft.connections
    }
    said = any(under.values()) or set(draft.connections) != set(targets.implied)
    return Declaration(
        targets.kind, draft.key, fields, under if said else None, _ORDINARY, draft.origin, draft.origin.file
    )


def with_secrets(draft: Draft, targets: Targets, templates: Mapping[str, str]) -> Draft:
    """The draft with a reference for each template whose field one of its connections has."""
    made: dict[Place, Any] = {
        (None, path): {"from_env": variable(template, draft.key)}
        for path, template in templates.items()
        if any(path in targets.offers[name].specs for name in draft.connections)
    }
    return replace(draft, values={**draft.values, **made}) if made else draft


def variable(template: str, key: str) -> str:
    """The variable that a template names for a key: ``{KEY}_PIN`` → ``JANE_ROE_PIN``."""
    return template.replace("{KEY}", slug_of_variable(key))


def _order(targets: Targets) -> Iterable[str]:
    return dict.fromkeys(path for offer in targets.offers.values() for path in offer.specs)


def nested(flat: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Dotted paths as maps, in their order."""
    root: dict[str, Any] = {}
    for path, value in flat:
        *above, name = path.split(".")
        place = root
        for part in above:
            place = place.setdefault(part, {})
        place[name] = value
    return root
