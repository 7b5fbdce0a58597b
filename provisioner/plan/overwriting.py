"""What does a declaration say with a row over it, and what must be written for that?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.kinds.headings import ON
from provisioner.manifest.declarations import Declaration, Origin
from provisioner.manifest.source import KeyPath
from provisioner.plan.matching import Difference
from provisioner.plan.rows import Draft, RowOrigin


@dataclass(frozen=True)
class _Both:
    """The Origin of a declaration with a row over it: the cell where the row has one."""

    row: RowOrigin
    declared: Origin
    paths: Collection[KeyPath]

    @property
    def file(self) -> str:
        return self.row.file

    def _origin(self, path: KeyPath) -> Origin:
        return self.row if any(path[: len(own)] == own for own in self.paths) else self.declared

    def position(self, path: KeyPath = (), *, of_key: bool = False) -> Position:
        return self._origin(path).position(path, of_key=of_key)

    def raw(self, path: KeyPath = ()) -> str | None:
        return self._origin(path).raw(path)

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
        origin = self._origin(path)
        return origin.problem(code, message, path, of_key=of_key, expected=expected, hint=hint, severity=severity)


def overwritten(own: Declaration, draft: Draft, differences: Sequence[Difference]) -> Declaration:
    """The declaration with the row's values in the place of its own."""
    if not differences:
        return own
    changes = edits(own, differences)
    tree: dict[str, Any] = {**_copied(own.fields)}
    if own.on is not None:
        tree[ON] = _copied(own.on)
    for path, value in changes.items():
        place = tree
        for name in path[:-1]:
            inner = place.get(name)
            place[name] = place = inner if isinstance(inner, dict) else {}
        place[path[-1]] = value
    on = tree.pop(ON, None)
    under = {name: fields or {} for name, fields in on.items()} if isinstance(on, dict) else None
    origin = _Both(draft.origin, own.origin, tuple(changes))
    return replace(own, fields=tree, on=under, origin=origin)


def _copied(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(inner) if isinstance(inner, Mapping) else inner for name, inner in value.items()}


def edits(own: Declaration, differences: Iterable[Difference]) -> dict[tuple[str, ...], Any]:
    """What must be set below the declaration so that it says what the row says: path → value."""
    found: dict[tuple[str, ...], Any] = {}
    for one in differences:
        connection, path = one.place
        if path == ON:
            found[ON, str(one.value)] = None
        elif connection:
            found[(ON, connection, *path.split("."))] = one.value
        else:
            found[tuple(path.split("."))] = one.value
    return found
