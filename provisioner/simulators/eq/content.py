"""What happens to EQ's entities when they are made, replaced, deleted and undeleted?

Every rule here is the EQ fact sheet's: §3 (conventions), §8 (semantics), A14 to A24, A31 to A33, A41,
A43. The API and a person in the administration come through the same functions.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from provisioner.simulators.base import Secrets
from provisioner.simulators.collection import laid_over
from provisioner.simulators.eq.attributes import Attribute, Problem, default_of, is_blank, read
from provisioner.simulators.eq.kinds import AGENT, KINDS, SUPERVISOR, Kind
from provisioner.simulators.eq.settings import Settings
from provisioner.simulators.store import Entity, Table


class Invalid(Exception):
    """The request breaks rules; every broken one is listed, in table order."""

    def __init__(self, problems: Iterable[Problem], status: int = 400) -> None:
        self.problems = tuple(problems)
        self.status = status
        super().__init__(self.problems)


class Content:
    """All entities of one account."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.tables = {name: Table(partial(_unique_keys, kind)) for name, kind in KINDS.items()}

    def create(self, kind: Kind, data: Mapping[str, Any]) -> Entity:
        """A new live entity. Raises Invalid."""
        entity = Entity("", self._checked(kind, data, None))
        entity.id = self._new_id(kind, entity.attributes)
        self._count_writes(kind, entity, data)
        self.tables[kind.name].add(entity)
        return entity

    def force(self, kind: Kind, attributes: Mapping[str, Any]) -> Entity:
        """A new live entity whatever the rules say; what is left out has its default. Raises Invalid without a key."""
        entity = Entity("", _merged(_defaults(kind.attributes), attributes))
        if kind.natural_key and is_blank(entity.attributes[kind.natural_key]):
            raise Invalid([Problem(kind.natural_key, "blank")])
        entity.id = self._new_id(kind, entity.attributes)
        self._count_writes(kind, entity, attributes)
        self.tables[kind.name].add(entity)
        return entity

    def replace(self, kind: Kind, entity: Entity, data: Mapping[str, Any]) -> None:
        """All attributes anew; what ``data`` leaves out has its default, but for a user's password. Raises Invalid."""
        self._store(kind, entity, self._checked(kind, data, entity), data)

    def merge(self, kind: Kind, entity: Entity, changes: Mapping[str, Any]) -> None:
        """Only the named attributes anew, by the same rules. Raises Invalid."""
        attributes = self._checked(kind, _merged(entity.attributes, changes), entity)
        self._store(kind, entity, attributes, changes)

    def force_merge(self, kind: Kind, entity: Entity, changes: Mapping[str, Any]) -> None:
        """Only the named attributes anew, whatever the rules say."""
        self._store(kind, entity, _merged(entity.attributes, changes), changes)

    def delete(self, kind: Kind, entity: Entity) -> None:
        """Flag it, or forget it where the kind has no flag (A21; alerts)."""
        if kind.soft:
            entity.deleted = True
        else:
            self.tables[kind.name].remove(entity.id)

    def undelete(self, kind: Kind, entity: Entity) -> None:
        """Live again, with its old attributes. Raises Invalid when a unique value was given away (A33)."""
        problems = [
            Problem(attribute.name, "in_use")
            for attribute, key in _uniques(kind, entity.attributes)
            if any(not other.deleted for other in self._others(kind, key, entity))
        ]
        if entity.deleted and problems:
            raise Invalid(problems)
        entity.deleted = False

    def wire(self, kind: Kind, entity: Entity) -> dict[str, Any]:
        """The entity as GET returns it (A12, A13)."""
        attributes = entity.attributes
        if not self._settings.return_secrets:
            attributes = _without_secrets(kind.attributes, attributes)
        shown = attributes if kind.natural_key else {"id": int(entity.id), **attributes}
        return {**shown, "deleted": entity.deleted} if kind.soft else shown

    def shown(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Everything, for a person."""
        return {
            name: {entity.id: _for_person(KINDS[name], entity, secrets) for entity in table}
            for name, table in self.tables.items()
        }

    def _store(self, kind: Kind, entity: Entity, attributes: dict[str, Any], sent: Mapping[str, Any]) -> None:
        key = str(attributes[kind.natural_key]) if kind.natural_key else entity.id
        self._count_writes(kind, entity, sent)
        self.tables[kind.name].change(entity, attributes, key)

    def _checked(self, kind: Kind, data: Mapping[str, Any], entity: Entity | None) -> dict[str, Any]:
        """What would be stored; the sheet's order of errors is the table's order of attributes (§7.3)."""
        before = entity.attributes if entity else None
        needs = kind.needs(data)
        values, problems = read(kind.attributes, data, needs, before)
        problems += self._taken(kind, values, entity)
        problems += self._missing_targets(kind, values, is_create=entity is None)
        if problems:
            raise Invalid(sorted(problems, key=partial(_table_order, kind)))
        return values

    def _taken(self, kind: Kind, values: Mapping[str, Any], entity: Entity | None) -> Iterator[Problem]:
        for attribute, key in _uniques(kind, values):
            if entity is not None and attribute.immutable:
                continue
            if any(self._counts(attribute, other) for other in self._others(kind, key, entity)):
                yield Problem(attribute.name, "in_use")

    def _counts(self, attribute: Attribute, other: Entity) -> bool:
        """Whether that holder of a unique value stands in the way (A18, A19)."""
        if not other.deleted or self._settings.unique_includes_deleted:
            return True
        kept = attribute.unique is not None and attribute.unique.holds_when_deleted
        return kept and not self._settings.reuse_deleted_queue

    def _others(self, kind: Kind, key: Hashable, entity: Entity | None) -> list[Entity]:
        return [other for other in self.tables[kind.name].holders(key) if other is not entity]

    def _missing_targets(self, kind: Kind, values: Mapping[str, Any], *, is_create: bool) -> Iterator[Problem]:
        """References that lead nowhere (A24); one that an update cannot write is not looked at."""
        for attribute in kind.attributes:
            value = values.get(attribute.name)
            if attribute.refers_to is None or value is None or (attribute.immutable and not is_create):
                continue
            if self.tables[attribute.refers_to].live(str(value)) is None:
                yield Problem(attribute.name, "nonexistent")

    def _new_id(self, kind: Kind, attributes: Mapping[str, Any]) -> str:
        if kind.natural_key:
            return str(attributes[kind.natural_key])
        shared = self._settings.shared_user_ids and kind in (SUPERVISOR, AGENT)
        tables = [self.tables[each.name] for each in ((SUPERVISOR, AGENT) if shared else (kind,))]
        number = 1 + max(table.last for table in tables)
        for table in tables:
            table.last = number
        return str(number)

    @staticmethod
    def _count_writes(kind: Kind, entity: Entity, data: Mapping[str, Any]) -> None:
        for path in _secret_paths(kind.attributes):
            if not is_blank(_at(data, path)):
                dotted = ".".join(path)
                entity.writes[dotted] = entity.writes.get(dotted, 0) + 1


def _unique_keys(kind: Kind, attributes: Mapping[str, Any]) -> Iterator[Hashable]:
    return (key for _, key in _uniques(kind, attributes))


def _uniques(kind: Kind, attributes: Mapping[str, Any]) -> Iterator[tuple[Attribute, Hashable]]:
    """The unique values among ``attributes``, as they are compared: trimmed, without case (A18, A43)."""
    for attribute in kind.attributes:
        value = attributes.get(attribute.name)
        if attribute.unique is None or is_blank(value):
            continue
        scope = attribute.unique.within
        if scope is None or scope in attributes:
            within = attributes[scope] if scope else None
            yield attribute, (attribute.name, within, str(value).strip().casefold())


def _table_order(kind: Kind, problem: Problem) -> int:
    first = (problem.parameter or "").partition(".")[0]
    return next(place for place, attribute in enumerate(kind.attributes) if attribute.name == first)


def _defaults(attributes: tuple[Attribute, ...]) -> dict[str, Any]:
    return {attribute.name: default_of(attribute) for attribute in attributes}


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``changes`` laid over it, group by group; what is no attribute is left out (A39)."""
    return laid_over(base, {name: value for name, value in changes.items() if name in base})


def _secret_paths(attributes: tuple[Attribute, ...], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for attribute in attributes:
        if attribute.secret:
            yield (*prefix, attribute.name)
        yield from _secret_paths(attribute.members, (*prefix, attribute.name))


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _without_secrets(attributes: tuple[Attribute, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(values)
    for attribute in attributes:
        if attribute.secret:
            shown.pop(attribute.name, None)
        elif attribute.members and isinstance(values.get(attribute.name), dict):
            shown[attribute.name] = _without_secrets(attribute.members, values[attribute.name])
    return shown


def _for_person(kind: Kind, entity: Entity, secrets: Secrets) -> dict[str, Any]:
    shown = {} if kind.natural_key else {"id": int(entity.id)}
    shown |= entity.attributes
    if secrets is Secrets.COUNTED:
        shown |= _counted(kind.attributes, entity.attributes, entity.writes)
    return {**shown, "deleted": entity.deleted} if kind.soft else shown


def _counted(
    attributes: tuple[Attribute, ...], values: Mapping[str, Any], writes: Mapping[str, int], prefix: str = ""
) -> dict[str, Any]:
    """``values`` with every secret as whether it is set, and how often a value was sent for it."""
    shown = dict(values)
    for attribute in attributes:
        name = attribute.name
        if attribute.secret:
            shown[name] = {"set": not is_blank(values.get(name)), "changes": writes.get(prefix + name, 0)}
        elif attribute.members and isinstance(values.get(name), dict):
            shown[name] = _counted(attribute.members, values[name], writes, f"{prefix}{name}.")
    return shown
