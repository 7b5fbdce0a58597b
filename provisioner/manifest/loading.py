"""What a tenant folder declares: every manifest read, checked in form, and merged into one.

No vendor is asked here. A top-level key that is no section is taken for a kind; whether it is one is decided where the
vendors are known.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.address import is_name
from provisioner.diagnostics import Diagnostic
from provisioner.manifest import files
from provisioner.manifest.declarations import Declaration, Lifecycle, Manifests, Origin
from provisioner.manifest.forms import LEAVE_OUT, bad_key, kind_of, names, not_a, unknown_keys
from provisioner.manifest.overlays import Document, Tree, overlaid
from provisioner.manifest.reader import read
from provisioner.manifest.sections import SECTIONS, Sections, take, twice
from provisioner.manifest.source import Place, Source

_NOTHING: Mapping[str, Any] = {}
_ORDINARY = Lifecycle()


def load(
    folder: Path, *, overlays: Sequence[Path] = (), secret_names: Callable[[], Collection[str]] = tuple
) -> tuple[Manifests | None, list[Diagnostic]]:
    """The folder's manifests as one, and every problem of form in them.

    ``overlays`` are files whose values are merged over the rest, each over those before it; paths are relative to the
    folder. None where there was nothing to read, or tenants of several folders. With problems the Manifests hold what
    could be used, so that checking can go on; nothing may be planned from them. ``secret_names`` are fields whose
    literals no diagnostic may show.
    """
    found = files.find(folder, secret_names, overlays=overlays)
    if not found.sources:
        return None, found.problems
    merging = _Merging(problems=list(found.problems), whole=not found.problems)
    base, over = merging.read(found.sources), merging.read(found.overlays)
    several = _several_tenants(folder, base)
    if several is not None:
        return None, [several]
    merging.overlays = frozenset(source.file for source in found.overlays)
    for document in overlaid(base, over):
        merging.add(document)
    return merging.manifests(), merging.problems


def _several_tenants(folder: Path, base: Iterable[tuple[Source, Tree]]) -> Diagnostic | None:
    """The one thing to say of a folder above those of several tenants: nothing in them belongs together."""
    tenants: dict[str, str] = {}
    for source, tree in base:
        if isinstance(tree.get("tenant"), str):
            tenants.setdefault(os.path.dirname(source.file), tree["tenant"])
    if len(tenants) < 2 or "" in tenants:
        return None
    shown = sorted(tenants)[:_MOST_FOLDERS]
    some = ", ".join(f"`{tenants[at]}` {'is ' if at == shown[0] else ''}in `{at}`" for at in shown)
    more = f" and {len(tenants) - len(shown)} more" if len(tenants) > len(shown) else ""
    return Diagnostic(
        "several_tenants",
        f"this is not the folder of one tenant: {some}{more}",
        hint=f"name one of them: provisioner -C {folder / shown[0]} …; a tenant of several folders has one `tenant:`",
    )


_MOST_FOLDERS = 5


@dataclass
class _Merging:
    """What the files said so far."""

    problems: list[Diagnostic]
    whole: bool
    sections: Sections = field(default_factory=Sections)
    declared: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    origins: dict[tuple[str, str], Origin] = field(default_factory=dict)
    kinds: dict[str, Origin] = field(default_factory=dict)
    malformed: list[tuple[str, Diagnostic]] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)
    files: list[str] = field(default_factory=list)
    overlays: frozenset[str] = frozenset()

    def read(self, sources: Iterable[Source]) -> list[tuple[Source, Tree]]:
        """The maps that the files hold; what holds none is left out, with a problem unless it is empty."""
        good: list[tuple[Source, Tree]] = []
        for source in sources:
            reading = read(source)
            self.problems += reading.problems
            self.whole = self.whole and reading.whole
            self.files.append(source.file)
            if isinstance(reading.value, dict):
                good.append((source, reading.value))
            elif reading.value is not None:
                self.whole = False
                self.problems.append(
                    Place(source).problem(
                        "wrong_form",
                        f"a manifest must be a map, and this is {kind_of(reading.value)}",
                        expected="`tenant:`, `connections:` or a kind such as `queues:` at the top",
                    )
                )
        return good

    def add(self, document: Document) -> None:
        """Merges what one file declares."""
        for name, value in document.value.items():
            place = Place(document.source, (name,))
            if name in SECTIONS:
                take(self.sections, name, value, place, self.problems)
            else:
                self._kind(name, value, place)

    def _kind(self, kind: str, value: object, place: Place) -> None:
        self.kinds.setdefault(kind, place)
        if value is None:
            return
        if not isinstance(value, dict):
            self.malformed.append((kind, not_a("a map from keys to declarations", value, f"`{kind}`", *place.here())))
            self.broken.add((kind, ""))
            return
        for key, fields in value.items():
            self._declaration(kind, key, fields, place.below(key))

    def _declaration(self, kind: str, key: str, fields: Any, place: Place) -> None:
        name = (kind, key)
        if name in self.origins:
            self.malformed.append((kind, twice(f"`{kind}.{key}`", self.origins[name], place)))
            return
        self.origins[name] = place
        problems: list[Diagnostic] = []
        if not is_name(key):
            problems.append(bad_key(key, "a key", place))
        elif fields is not None and not isinstance(fields, dict):
            problems.append(not_a("a map of fields", fields, f"`{kind}.{key}`", *place.here()))
        else:
            declaration = _declaration(kind, key, fields or _NOTHING, place, problems)
            if declaration is not None:
                self.declared[name] = declaration
        if name not in self.declared:
            self.broken.add(name)
        self.malformed += [(kind, problem) for problem in problems]

    def manifests(self) -> Manifests:
        """All files as one."""
        sections = self.sections
        return Manifests(
            tenant=sections.tenant[0] if sections.tenant else "",
            connections=sections.connections,
            defaults=sections.defaults(),
            declarations=tuple(self.declared[name] for name in sorted(self.declared)),
            moved=tuple(sections.moved),
            removed=tuple(sections.removed),
            imports=tuple(sections.imports),
            guards=sections.guards,
            state=sections.state,
            files=tuple(self.files),
            overlays=self.overlays,
            kinds=self.kinds,
            malformed=tuple(self.malformed),
            broken=frozenset(self.broken | sections.broken),
            written=frozenset(sections.written),
            whole=self.whole,
        )


def _declaration(
    kind: str, key: str, fields: Mapping[str, Any], place: Place, problems: list[Diagnostic]
) -> Declaration | None:
    """The declaration as written, or None where nobody can tell where it lives."""
    if "on" not in fields and "lifecycle" not in fields:
        return Declaration(kind, key, fields, None, _ORDINARY, place, place.file)
    on: Mapping[str, Mapping[str, Any]] | None = None
    if "on" in fields:
        on = _on(fields["on"], place, problems)
        if on is None:
            return None
    lifecycle = _lifecycle(fields.get("lifecycle"), place, problems)
    own = {name: value for name, value in fields.items() if name not in ("on", "lifecycle")}
    return Declaration(kind, key, own, on, lifecycle, place, place.file)


def _on(value: object, place: Place, problems: list[Diagnostic]) -> Mapping[str, Mapping[str, Any]] | None:
    """``on`` in its three forms as a map from connections to the fields under them."""
    if not isinstance(value, dict):
        listed = names(value, "`on`", place, ("on",), problems)
        return None if listed is None else dict.fromkeys(listed, _NOTHING)
    if not value:
        problems.append(
            place.problem(
                "empty_on",
                "`on` is an empty map, so that this would live nowhere",
                ("on",),
                hint=f"name a connection{LEAVE_OUT}",
            )
        )
        return None
    on: dict[str, Mapping[str, Any]] = {}
    for name, fields in value.items():
        if fields is not None and not isinstance(fields, dict):
            problems.append(not_a("a map of fields, or nothing", fields, f"`on.{name}`", place, ("on", name)))
        on[name] = fields if isinstance(fields, dict) else _NOTHING
    return on


def _lifecycle(value: object, place: Place, problems: list[Diagnostic]) -> Lifecycle:
    if value is None:
        return _ORDINARY
    if not isinstance(value, dict):
        problems.append(not_a("a map", value, "`lifecycle`", place, ("lifecycle",)))
        return _ORDINARY
    problems += unknown_keys(value, ("prevent_destroy", "ignore_changes"), "`lifecycle`", place, ("lifecycle",))
    prevent, ignore = value.get("prevent_destroy"), value.get("ignore_changes")
    if prevent is not None and not isinstance(prevent, bool):
        problems.append(not_a("true or false", prevent, "`prevent_destroy`", place, ("lifecycle", "prevent_destroy")))
        prevent = None
    if ignore is not None and not (isinstance(ignore, list) and all(isinstance(name, str) for name in ignore)):
        problems.append(not_a("a list of fields", ignore, "`ignore_changes`", place, ("lifecycle", "ignore_changes")))
        ignore = None
    return Lifecycle(prevent, tuple(ignore or ()))
