"""What the manifests say once the files named by ``-f`` are merged over them, and which file said what.

Maps merge by key at every depth; lists, texts and numbers replace what stood there, and so does ``null``, which
clears a field. Where nothing may follow a name anyway (``agents:``, ``jane:``) an empty value says nothing, as in any
manifest. Of a secret's sources a later one replaces an earlier: there is only ever one. A later overlay wins over an
earlier one. A ``state`` of another back-end replaces the former one: nothing that this was told is meant for that.

The paths of a value are the same in every file. So a merged file is its layers, lowest first, and the one that a
diagnostic should point at is found by walking them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from provisioner.manifest.sections import SECTIONS
from provisioner.manifest.source import KeyPath, Source, Text
from provisioner.secrets import SecretSource

Tree: TypeAlias = Mapping[str, Any]

_BY_NAME = ("connections", "defaults")
"""Sections whose entries may stand in several files, as a kind's declarations may; the others stand in one."""

_LISTS = ("moved", "removed", "imports")
"""Sections that all files may add to; an overlay's list replaces them all."""

_SOURCES = frozenset(source.value for source in SecretSource)
_SECRET_WORDS = _SOURCES | {"version"}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's map, and whom to ask where its values stand."""

    source: Text
    value: Tree


@dataclass(frozen=True, slots=True)
class Layers:
    """A file with overlays over it; ``parts`` are lowest first."""

    parts: tuple[tuple[Source, Tree], ...]

    @property
    def file(self) -> str:
        return self.parts[0][0].file

    def owner(self, path: KeyPath) -> Source:
        """The file whose value counts at ``path``; of a map that several files write, the lowest."""
        said: list[tuple[Source, Any]] = list(self.parts)
        for depth, name in enumerate(path, 1):
            below = [(source, value[name]) for source, value in said if _reaches(value, name)]
            if not below:
                break
            said = _counting(below, path[:depth])
        return said[0][0]


def overlaid(base: Sequence[tuple[Source, Tree]], overlays: Sequence[tuple[Source, Tree]]) -> Iterator[Document]:
    """The files with the overlays merged over them; what only overlays say comes last, as a file of its own."""
    if not overlays:
        yield from (Document(source, value) for source, value in base)
        return
    over: Tree = {}
    for _, value in overlays:
        over = merged(over, value)
    lists = {name for name in _LISTS if over.get(name) is not None}
    left = {path: _at(over, path) for path in _units(over)}
    for source, value in base:
        tree = {name: inner for name, inner in value.items() if name not in lists}
        for path in [path for path in left if _holds(tree, path)]:
            tree = merged(tree, _nested(path, left.pop(path)))
        yield Document(Layers(((source, value), *overlays)), tree)
    rest: Tree = {}
    for path, value in left.items():
        rest = merged(rest, _nested(path, value))
    if rest:
        yield Document(Layers(tuple(overlays)), rest)


def merged(lower: Tree, upper: Tree, at: KeyPath = ()) -> dict[str, Any]:
    """Both maps as one, ``upper`` winning; ``at`` is the path that leads to them."""
    result = dict(lower)
    if _SOURCES & upper.keys() and result.keys() <= _SECRET_WORDS:
        result = {name: value for name, value in result.items() if name not in _SOURCES}
    for name, value in upper.items():
        path = (*at, name)
        if name not in result:
            result[name] = value
        elif _goes_over(value, result[name], path):
            result[name] = merged(result[name], value, path)
        elif not _says_nothing(value, path):
            result[name] = value
    return result


def _counting(said: list[tuple[Source, Any]], path: KeyPath) -> list[tuple[Source, Any]]:
    """Of the values at one path, those that the merged one is made of, lowest first."""
    counting: list[tuple[Source, Any]] = []
    for source, value in said:
        if counting and _says_nothing(value, path):
            continue
        if not all(_goes_over(value, other, path) for _, other in counting):
            counting = []
        counting.append((source, value))
    return counting


def _goes_over(upper: object, lower: object, path: KeyPath) -> bool:
    """True for two maps that merge by key."""
    return isinstance(upper, dict) and isinstance(lower, dict) and not _is_another(lower, upper, path)


def _is_another(lower: Tree, upper: Tree, path: KeyPath) -> bool:
    """True for a ``state`` that names another back-end than the one below it."""
    return path == ("state",) and lower.get("backend", "") != upper.get("backend", lower.get("backend", ""))


def _reaches(value: object, name: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(name, int) and name < len(value)
    return isinstance(value, dict) and name in value


def _says_nothing(value: object, path: KeyPath) -> bool:
    """True for an empty value where manifests take it for an empty map: a section, a declaration, ``on.NAME``."""
    if value is not None or path[0] == "tenant":
        return False
    if path[0] == "connections":
        return len(path) == 1
    return len(path) <= 2 or (len(path) == 4 and path[2] == "on" and path[0] not in SECTIONS)


# --- Units: what one file must hold whole -------------------------------------------------------------------------


def _units(tree: Tree) -> Iterator[KeyPath]:
    """The paths at which an overlay meets the one file that has the same: ``tenant``, ``agents.jane``."""
    for name, value in tree.items():
        if isinstance(value, dict) and (name not in SECTIONS or name in _BY_NAME):
            yield from ((name, key) for key in value)
        else:
            yield (name,)


def _holds(tree: Tree, path: KeyPath) -> bool:
    value: Any = tree
    for name in path:
        if not _reaches(value, name):
            return False
        value = value[name]
    return True


def _at(tree: Tree, path: KeyPath) -> Any:
    value: Any = tree
    for name in path:
        value = value[name]
    return value


def _nested(path: KeyPath, value: object) -> Tree:
    for name in reversed(path):
        value = {name: value}
    if not isinstance(value, dict):
        raise AssertionError("a unit has a name")
    return value
