"""What was written in the manifests, before any vendor is asked what its fields are.

Values are plain Python as YAML 1.2 reads them (secrets and references still as written); every value's place in its
file can be asked for, so that later stages can point at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from provisioner.address import Address, Pattern
from provisioner.diagnostics import Diagnostic, Position, Severity


class Origin(Protocol):
    """The place of a map in its file."""

    def position(self, path: tuple[str | int, ...] = (), *, of_key: bool = False) -> Position:
        """Where the value (or the key) at ``path`` below this map stands; the nearest parent where it does not."""
        ...

    def problem(
        self,
        code: str,
        message: str,
        path: tuple[str | int, ...] = (),
        *,
        of_key: bool = False,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """A diagnostic located at ``path``, with the file's line and the width of what stands there."""
        ...

    def raw(self, path: tuple[str | int, ...] = ()) -> str | None:
        """The scalar at ``path`` as it is written, without quotes; None where there is no scalar."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """A map as written, with its place."""

    value: Mapping[str, Any]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """``lifecycle:`` of a declaration; ``prevent_destroy`` is None where nothing is said."""

    prevent_destroy: bool | None = None
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """``agents.jane``: the fields beside ``on``, and what stands under ``on`` for each connection.

    ``on`` is None where the declaration does not say where it lives. ``origin`` is that of the declaration's map;
    paths below it are as written (``("on", "pbx", "number")``).
    """

    kind: str
    key: str
    fields: Mapping[str, Any]
    on: Mapping[str, Mapping[str, Any]] | None
    lifecycle: Lifecycle
    origin: Origin
    file: str


@dataclass(frozen=True, slots=True)
class Connection:
    """``connections.NAME`` as written."""

    name: str
    block: Block


@dataclass(frozen=True, slots=True)
class Defaults:
    """``defaults:``: where resources live, and fields per kind or per (kind, connection)."""

    on: tuple[str, ...] | None = None
    on_origin: Origin | None = None
    kinds: Mapping[tuple[str, str | None], Block] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """``moved: [{from, to}]``."""

    source: Pattern
    target: Pattern
    origin: Origin


@dataclass(frozen=True, slots=True)
class Removed:
    """``removed: [{address, destroy: false}]``."""

    address: Pattern
    destroy: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Import:
    """``imports: [{address, id}]``."""

    address: Address
    id: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Manifests:
    """Everything that a tenant folder declares, all files together; declarations sorted by kind, then key.

    ``kinds`` are the top-level keys that are no section, with the place where each was first met: which of them are
    kinds is for the vendors to say, and ``malformed`` (kind, problem) matters only for those that are. ``broken`` are
    names, as (section or kind, key), that are declared but could not be used, so that nobody is told that they are
    missing. ``written`` are the sections that stand in a file, be they empty. ``whole`` is False when a file
    could not be read: what seems to be missing may then stand there. ``overlays`` are those of ``files`` that were
    merged over the others.
    """

    tenant: str
    connections: Mapping[str, Connection]
    defaults: Defaults
    declarations: tuple[Declaration, ...]
    moved: tuple[Moved, ...] = ()
    removed: tuple[Removed, ...] = ()
    imports: tuple[Import, ...] = ()
    guards: Block | None = None
    state: Block | None = None
    files: tuple[str, ...] = ()
    overlays: frozenset[str] = frozenset()
    kinds: Mapping[str, Origin] = field(default_factory=dict)
    malformed: tuple[tuple[str, Diagnostic], ...] = ()
    broken: frozenset[tuple[str, str]] = frozenset()
    written: frozenset[str] = frozenset()
    whole: bool = True
