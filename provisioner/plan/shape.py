"""What fields a pydantic model has, nested ones included, in the names that manifests use.

One view for both models that a manifest is checked against: a kind's fields and a connection's settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from provisioner.manifest.source import KeyPath
from provisioner.secrets import SecretRef
from provisioner.vendors.fields import ById, is_roster


@dataclass(frozen=True)
class Leaf:
    """One field: ``expected`` is a sentence for people, empty where the type says it all.

    ``listed``: it wants a tuple; ``roster``: it is a list of references.
    """

    path: str
    expected: str
    secret: bool
    reference: bool
    listed: bool
    roster: bool
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """The fields of a model by dotted path; ``maps`` are the paths that hold further fields."""

    model: type[BaseModel]
    leaves: Mapping[str, Leaf]
    maps: frozenset[str]

    @cached_property
    def tops(self) -> frozenset[str]:
        """The names of the fields at the top."""
        return frozenset(path for path in self.leaves if "." not in path)

    @cached_property
    def secrets(self) -> tuple[tuple[str, ...], ...]:
        """The way to each secret field."""
        return tuple(tuple(path.split(".")) for path, leaf in self.leaves.items() if leaf.secret)

    @cached_property
    def rosters(self) -> tuple[tuple[str, ...], ...]:
        """The way to each list of references."""
        return tuple(tuple(path.split(".")) for path, leaf in self.leaves.items() if leaf.roster)

    @cached_property
    def tuples(self) -> frozenset[str]:
        """Fields at the top that want a tuple, which no YAML gives."""
        return frozenset(path for path in self.tops if self.leaves[path].listed)

    def names_at(self, parent: str) -> tuple[str, ...]:
        """The names of the fields directly below a map, or in a list's member (``agents.1``); of the top for ``""``."""
        listed, _, at = parent.rpartition(".")
        if at.isdecimal() and listed in self.leaves:
            return self.leaves[listed].members
        prefix = f"{parent}." if parent else ""
        return tuple(
            path.removeprefix(prefix)
            for path in self.leaves
            if path.startswith(prefix) and "." not in path.removeprefix(prefix)
        )

    def holds(self, path: str) -> bool:
        """True for a field, and for anything below a field that is no map of fields."""
        if path in self.leaves:
            return True
        parent = path.rpartition(".")[0]
        return bool(parent) and parent not in self.maps and self.holds(parent)

    def paths_of(self, value: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
        """Every declared leaf with the way to it; maps of fields are entered, and nothing else."""
        yield from self._paths(value, ())

    def _paths(self, value: Mapping[str, Any], above: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
        for name, inner in value.items():
            path = (*above, name)
            if isinstance(inner, dict) and inner and ".".join(map(str, path)) in self.maps:
                yield from self._paths(inner, path)
            else:
                yield path, inner


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a model; made once for each."""
    leaves: dict[str, Leaf] = {}
    maps: set[str] = set()
    for path, info in _fields(model, ""):
        leaves[path] = _leaf(path, info)
        if _inner(info) is not None:
            maps.add(path)
    return Shape(model, leaves, frozenset(maps))


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        path = f"{prefix}{info.alias or name}"
        yield path, info
        inner = _inner(info)
        if inner is not None:
            yield from _fields(inner, f"{path}.")


def _inner(info: FieldInfo) -> type[BaseModel] | None:
    """The model of a field that is a map of fields; a reference by id is none, nor is a list of maps."""
    if get_origin(info.annotation) in (list, tuple):
        return None
    for candidate in (info.annotation, *get_args(info.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel) and candidate is not ById:
            return candidate
    return None


def _leaf(path: str, info: FieldInfo) -> Leaf:
    parts = list(_parts(info.annotation))
    infos = [*(part for part in parts if isinstance(part, FieldInfo)), info]
    extras = [item.json_schema_extra for item in infos]
    said = [str(extra["expected"]) for extra in extras if isinstance(extra, dict) and "expected" in extra]
    return Leaf(
        path,
        expected=said[-1] if said else "",
        secret=SecretRef in parts,
        reference=ById in parts,
        listed=any(getattr(part, "__origin__", None) is tuple for part in parts),
        roster=is_roster(info),
        members=next((names for names in map(_member_names, parts) if names), ()),
    )


def _member_names(part: Any) -> tuple[str, ...]:
    """The fields of a list's members, where these are maps of fields."""
    if is_typeddict(part):
        return tuple(part.__annotations__)
    if get_origin(part) in (list, tuple):
        models = [item for item in get_args(part) if isinstance(item, type) and issubclass(item, BaseModel)]
        return tuple(info.alias or name for model in models for name, info in model.model_fields.items())
    return ()


def _parts(annotation: Any) -> Iterable[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
    yield from getattr(annotation, "__metadata__", ())
