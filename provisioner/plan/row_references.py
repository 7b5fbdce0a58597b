"""What do rows refer to that is declared nowhere? Each such value once, with the rows counted that have it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from provisioner.diagnostics import Diagnostic, Position
from provisioner.manifest.tables import letter
from provisioner.plan.columns import Column
from provisioner.plan.naming import YAML_WORDS, key_for, singular
from provisioner.plan.rows import Draft, Place, Targets

BY_ID = "write `id:17` for an entity that no manifest declares"

_PLAIN = re.compile(r"[^\W\d_][\w .-]*")
"""A name that YAML takes for text without quotes."""


@dataclass
class Unknown:
    """A value that is no key and no name: the rows that have it, and the connections on which they refer to it."""

    kind: str
    text: str
    column: Column
    drafts: list[Draft] = field(default_factory=list)
    connections: set[str] = field(default_factory=set)

    def add(self, draft: Draft, connection: str) -> None:
        """One more row that has it."""
        self.connections.add(connection)
        if not self.drafts or self.drafts[-1] is not draft:
            self.drafts.append(draft)

    def problem(self, targets: Targets, meant: str | None) -> Diagnostic:
        """The complaint, at the first of the rows; ``meant`` is a key or a name that is like the value."""
        message = f"no {singular(self.kind).replace('_', ' ')} is named `{self.text}`"
        declare = f"declare `{self._declaration(targets)}`, or {BY_ID}"
        hint = f"did you mean `{meant}`? Else {declare}" if meant else declare
        first, *others = self.drafts
        if not others:
            path = tuple(self.column.path.split("."))
            return first.origin.problem("unknown_reference", message, path, hint=hint)
        cell = f"{letter(self.column.index)}{first.row.number}, `{self.column.header}`"
        counted = f"{message} ({len(self.drafts)} rows, first {cell})"
        return first.origin.table.problem("unknown_reference", counted, first.row.number, self.column.index, hint=hint)

    def _declaration(self, targets: Targets) -> str:
        """What a manifest would say to declare it."""
        offers = {name: kinds[self.kind] for name, kinds in targets.kinds.items() if self.kind in kinds}
        where = [name for name in offers if name in self.connections] or list(offers)
        if not where:
            return f"{self.kind}: …"
        key = key_for(self.kind, offers[where[0]], {"name": self.text}, self.text)
        fields = [f"name: {_as_yaml(self.text)}"] if "name" in offers[where[0]].specs else ["…"]
        if not set(where) <= set(targets.default):
            fields.append(f"on: {where[0] if len(where) == 1 else '[' + ', '.join(where) + ']'}")
        return f"{self.kind}: {{{key}: {{{', '.join(fields)}}}}}"

    def positions(self) -> Iterator[Position]:
        """The cells that have the value."""
        for draft in self.drafts:
            yield Position(draft.origin.file, draft.row.number, self.column.index + 1)


def unknown_references(drafts: Iterable[Draft], targets: Targets, known: Mapping[str, Set[str]]) -> list[Unknown]:
    """Every value of a reference that is no ``known`` key (kind → keys), in the order of the rows.

    An empty key stands for all of a kind: nobody can tell which are declared.
    """
    found: dict[tuple[str, str, str], Unknown] = {}
    for draft in drafts:
        for place, value in draft.values.items():
            unknown = [
                (connection, kind, text)
                for connection, kind in _kinds(draft, targets, place).items()
                for text in _texts(value)
                if not known.get(kind, frozenset()) & {text, ""}
            ]
            for connection, kind, text in unknown:
                column = draft.origin.columns[place]
                one = found.setdefault((column.spelt, kind, text.casefold()), Unknown(kind, text, column))
                one.add(draft, connection)
    return list(found.values())


def _kinds(draft: Draft, targets: Targets, place: Place) -> dict[str, str]:
    """To which kind the row's value refers, by connection; nothing where the field is no reference."""
    where, path = place
    specs = {name: targets.offers[name].specs.get(path) for name in draft.connections if where in (None, name)}
    return {name: spec.ref.kind for name, spec in specs.items() if spec is not None and spec.ref is not None}


def _texts(value: Any) -> list[str]:
    """The keys that a value holds; what is referred to by its id is none."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _as_yaml(text: str) -> str:
    return (
        text if _PLAIN.fullmatch(text) and text.casefold() not in YAML_WORDS else json.dumps(text, ensure_ascii=False)
    )
