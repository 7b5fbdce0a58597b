"""How does a simulator keep entities that (nearly) only a person makes, since the vendor's API does not write them?

A `Collection` is a kind: a table of `Field`s, and the entities. The rules are few because none is documented: JSON
types, and what the vendor could not do without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.base import Absent, Checks, Refused, Secrets
from provisioner.simulators.store import Entity, Table


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute. Its JSON type is that of ``default``; None says that anything goes.

    ``members`` are those of an object, or of each object in a list; a list without members holds strings.
    """

    name: str
    default: Any
    needed: bool = False
    secret: bool = False
    members: tuple[Field, ...] = ()


def on(name: str) -> Field:
    """A switch that is on when it is left out."""
    return Field(name, default=True)


def off(name: str) -> Field:
    """A switch that is off when it is left out."""
    return Field(name, default=False)


Rule = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]
"""What else is wrong with a whole entity: dotted names, and complaints."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind's name, what its id is called, how the n-th id looks, its fields, and a further rule."""

    name: str
    key_name: str
    id_of: Callable[[int], str]
    fields: tuple[Field, ...]
    rule: Rule = lambda _: ()


class Collection:
    """All entities of one kind, in the order in which they were made."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._secrets = frozenset(field.name for field in kind.fields if field.secret)
        self.table = Table(lambda _: ())

    def create(self, attributes: Mapping[str, Any], checks: Checks) -> Entity:
        """A new entity; what is left out has its default. Raises Refused."""
        values = self._checked(laid_over(_defaults(self._kind.fields), attributes), attributes, checks)
        self.table.last += 1
        entity = Entity(self._kind.id_of(self.table.last), values)
        self._store(entity, values, attributes)
        return entity

    def change(self, entity: Entity, changes: Mapping[str, Any], checks: Checks) -> None:
        """The named attributes anew, group by group. Raises Refused."""
        values = self._checked(laid_over(entity.attributes, changes), changes, checks)
        self._store(entity, values, changes)

    def entity(self, key: str) -> Entity:
        """Raises Absent."""
        entity = self.table.get(key)
        if entity is None:
            raise Absent(f"there is no {self._kind.name} `{key}`")
        return entity

    def wire(self, entity: Entity) -> dict[str, Any]:
        """The id and all attributes but the secret ones."""
        public = {name: value for name, value in entity.attributes.items() if name not in self._secrets}
        return {self._kind.key_name: entity.id, **public}

    def shown(self, secrets: Secrets) -> dict[str, dict[str, Any]]:
        """Everything, for a person, by id."""
        return {entity.id: self._for_person(entity, secrets) for entity in self.table}

    def _for_person(self, entity: Entity, secrets: Secrets) -> dict[str, Any]:
        shown = {self._kind.key_name: entity.id, **entity.attributes}
        if secrets is Secrets.COUNTED:
            for name in self._secrets:
                shown[name] = {"set": bool(entity.attributes.get(name)), "changes": entity.writes.get(name, 0)}
        return shown

    def _checked(self, values: Mapping[str, Any], given: Mapping[str, Any], checks: Checks) -> dict[str, Any]:
        """``values``, with what is missing inside of lists filled in. Of their types only the ``given`` are checked."""
        if checks is Checks.ALL:
            problems = [*_problems(self._kind.fields, given, ""), *self._missing(values)]
            _refuse(problems or list(self._kind.rule(values)))
        return _filled(self._kind.fields, values)

    def _missing(self, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for field in self._kind.fields:
            if field.needed and not values.get(field.name):
                yield field.name, "blank"

    def _store(self, entity: Entity, values: dict[str, Any], given: Mapping[str, Any]) -> None:
        for name in self._secrets:
            if given.get(name):
                entity.writes[name] = entity.writes.get(name, 0) + 1
        if self.table.get(entity.id) is None:
            self.table.add(entity)
        else:
            self.table.change(entity, values, entity.id)


class Collections:
    """All kinds of one account, as a person uses them."""

    def __init__(self, *kinds: Kind) -> None:
        self._collections = {kind.name: Collection(kind) for kind in kinds}

    def __getitem__(self, kind: str) -> Collection:
        """Raises Absent."""
        if kind not in self._collections:
            raise Absent(f"there is no kind `{kind}`; there is: {', '.join(self._collections)}")
        return self._collections[kind]

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity."""
        return {name: collection.shown(secrets) for name, collection in self._collections.items()}

    def clear(self) -> None:
        """No entity is left, and ids start again."""
        for collection in self._collections.values():
            collection.table.clear()

    def snapshot(self) -> dict[str, Any]:
        """All tables as JSON."""
        return {name: collection.table.snapshot() for name, collection in self._collections.items()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        for name, collection in self._collections.items():
            collection.table.restore(snapshot[name])


def _refuse(problems: list[tuple[str, str]]) -> None:
    if problems:
        reasons = tuple({"parameter": name, "type": complaint} for name, complaint in problems)
        raise Refused("; ".join(f"{name}: {complaint}" for name, complaint in problems), reasons)


def _defaults(fields: Iterable[Field]) -> dict[str, Any]:
    return {field.name: _default(field) for field in fields}


def _default(field: Field) -> Any:
    """A group has its members' defaults, a list none."""
    return _defaults(field.members) if field.default == {} else deepcopy(field.default)


def laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``changes`` over it, objects member by member."""
    merged = dict(base)
    for name, value in changes.items():
        inner = merged.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            merged[name] = laid_over(inner, value)
        else:
            merged[name] = value
    return merged


def _filled(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with the defaults of members that are missing, inside lists too."""
    filled = dict(values)
    for field in fields:
        value = filled.setdefault(field.name, _default(field))
        if not field.members:
            continue
        if isinstance(value, list):
            filled[field.name] = [_filled(field.members, each) if isinstance(each, dict) else each for each in value]
        elif isinstance(value, dict):
            filled[field.name] = _filled(field.members, value)
    return filled


def _problems(fields: Iterable[Field], given: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    known = {field.name: field for field in fields}
    for name, value in given.items():
        if name in known:
            yield from _problems_of(known[name], value, prefix + name)
        else:
            yield prefix + name, "unknown"


def _problems_of(field: Field, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if field.default is None:
        return
    if type(value) is not type(field.default):
        yield path, "invalid"
    elif isinstance(value, dict):
        yield from _problems(field.members, value, f"{path}.")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _problems_of_element(field, each, f"{path}.{place}")


def _problems_of_element(field: Field, element: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(element, dict if field.members else str):
        yield path, "invalid"
    elif isinstance(element, dict):
        yield from _problems(field.members, element, f"{path}.")
