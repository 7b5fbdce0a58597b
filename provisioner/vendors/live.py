"""What the vendors say now, and how far it can be believed: the planner's third input.

Values only; ``read.py`` makes them. Absence is never assumed: an entity is gone only where a complete, successful read
found nothing, and everything else that is not there is *unknown*, with the reason in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from provisioner.values import Value, VendorId, folded
from provisioner.vendors.base import Entity, Find, Offer


@dataclass(frozen=True)
class Want:
    """What must be read of one kind on one connection.

    ``ids`` are entities to read, ``keys`` natural keys to look up (with the vendor's id for each, where the key is the
    id), ``search`` that something must be found without an id, ``known`` the greatest numeric id anybody knows of.
    ``managed``: state binds entities of the kind there, whether they are asked for or not. ``alone``: reading each id
    by itself, where the vendor can, takes fewer requests than a listing. ``right_now``: somebody declares a member's
    field that changes by itself, or has: it takes requests of its own.
    """

    kind: str
    offer: Offer
    ids: frozenset[VendorId] = frozenset()
    keys: frozenset[tuple[Value, ...]] = frozenset()
    key_ids: Mapping[tuple[Value, ...], VendorId] = field(default_factory=dict)
    search: bool = False
    known: int = 0
    managed: bool = False
    alone: bool = False
    right_now: bool = False


def _by_number(entity: Entity) -> tuple[int, str]:
    return (int(entity.id) if entity.id.isdecimal() else 0, entity.id)


@dataclass(frozen=True)
class Seen:
    """What was read of one kind on one connection.

    ``by_id`` holds every id that was asked for or met; None means certainly gone. ``failures`` says for an id (or for
    the whole kind, under ``"*"``) why it could not be read. ``searched``: a listing or scan was tried; ``incomplete``:
    why it cannot have seen everything. ``keys`` are the natural keys that were looked up one by one.
    """

    offer: Offer
    by_id: Mapping[VendorId, Entity | None] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[tuple[Value, ...]] = frozenset()
    searched: bool = False
    incomplete: str | None = None
    highest: int = 0

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """Every entity that was seen, deleted ones included, by number."""
        return tuple(sorted((entity for entity in self.by_id.values() if entity is not None), key=_by_number))

    def has(self, vendor_id: VendorId) -> bool:
        """True where that id was asked for, whatever came of it."""
        return vendor_id in self.by_id or vendor_id in self.failures or "*" in self.failures or self._listed

    @property
    def _listed(self) -> bool:
        return self.searched and self.offer.find is Find.LIST

    @property
    def half_listed(self) -> str | None:
        """Why a listing cannot have shown everything; None where it did, or nothing was listed."""
        return self.incomplete if self._listed else None

    def entity(self, vendor_id: VendorId) -> Entity | None:
        """The entity of that id, deleted or not; None where it is gone or was never read."""
        return self.by_id.get(vendor_id)

    def is_unknown(self, vendor_id: VendorId) -> str | None:
        """Why nobody can tell whether that id exists; None where the evidence is complete."""
        if self.by_id.get(vendor_id) is not None:
            return None
        failure = self.failures.get(vendor_id) or self.failures.get("*")
        if failure is not None:
            return failure
        if vendor_id in self.by_id:
            return None
        if self._listed:
            return self.incomplete
        return f"id {vendor_id} was not read"

    def decides(self, key: tuple[Value, ...]) -> bool:
        """True where not finding that natural key means that nothing has it."""
        if "*" in self.failures:
            return False
        if self.offer.find is Find.BY_KEY:
            return key in self.keys or (len(key) == 1 and key[0] in self._ids_read)
        return self.searched and self.incomplete is None and not self.failures

    @cached_property
    def _ids_read(self) -> frozenset[Value]:
        """What was read by id, as natural keys are compared, where the one is the other."""
        return frozenset(folded(vendor_id) for vendor_id in self.by_id)

    @property
    def doubt(self) -> str:
        """Why a search does not decide, in words."""
        reasons = [self.failures.get("*"), self.incomplete, *(self.failures[key] for key in sorted(self.failures))]
        return next((reason for reason in reasons if reason), "it was not looked for")

    def active(self, key: tuple[Value, ...]) -> tuple[Entity, ...]:
        """The active entities of that natural key."""
        return tuple(entity for entity in self._by_key.get(hashable(key), ()) if not entity.deleted)

    def deleted(self, key: tuple[Value, ...]) -> tuple[Entity, ...]:
        """The deleted records of that natural key."""
        return tuple(entity for entity in self._by_key.get(hashable(key), ()) if entity.deleted)

    def holders(self, path: str, value: Value) -> tuple[Entity, ...]:
        """The active entities whose field has that value, as the vendor compares it; nobody holds a blank."""
        return self._by_value.get((path, _hashable(folded(value))), ())

    @cached_property
    def _by_key(self) -> Mapping[tuple[object, ...], tuple[Entity, ...]]:
        found: dict[tuple[object, ...], list[Entity]] = {}
        for entity in self.entities:
            for key in self.offer.natural_keys(entity.attributes):
                found.setdefault(hashable(key), []).append(entity)
        return {key: tuple(entities) for key, entities in found.items()}

    @cached_property
    def _by_value(self) -> Mapping[tuple[str, object], tuple[Entity, ...]]:
        found: dict[tuple[str, object], list[Entity]] = {}
        paths = [spec.path for spec in self.offer.unique_specs]
        for entity in self.entities:
            for path in () if entity.deleted else paths:
                value = entity.attributes.get(path)
                if value not in (None, ""):
                    found.setdefault((path, _hashable(folded(value))), []).append(entity)
        return {mark: tuple(entities) for mark, entities in found.items()}

    def merged(self, later: Seen) -> Seen:
        """Both rounds together; what the later one read wins.

        An id that could not be read stays unknown until it was read or met: a search that did not meet it need not
        have looked there.
        """
        searched = later.searched and later.incomplete is None
        answered = {key for key in self.failures if key in later.by_id or (key == "*" and searched)}
        return Seen(
            offer=self.offer,
            by_id={**self.by_id, **later.by_id},
            failures={key: why for key, why in self.failures.items() if key not in answered} | dict(later.failures),
            keys=self.keys | later.keys,
            searched=self.searched or later.searched,
            incomplete=later.incomplete if later.searched else self.incomplete,
            highest=max(self.highest, later.highest),
        )


def _hashable(value: Value) -> object:
    return str(value) if isinstance(value, list | dict) else value


def hashable(key: tuple[Value, ...]) -> tuple[object, ...]:
    """A natural key to look things up by: a part of it may be a reference, which is a map."""
    return tuple(_hashable(part) for part in key)


@dataclass(frozen=True)
class Live:
    """What was read, by connection and kind."""

    kinds: Mapping[tuple[str, str], Seen] = field(default_factory=dict)

    def seen(self, connection: str, kind: str) -> Seen | None:
        """What was read of a kind; None where nothing was asked for."""
        return self.kinds.get((connection, kind))

    def merged(self, later: Live) -> Live:
        """Both rounds together."""
        kinds = dict(self.kinds)
        for place, seen in later.kinds.items():
            kinds[place] = kinds[place].merged(seen) if place in kinds else seen
        return Live(kinds)

    @staticmethod
    def of(connection: str, seen: Iterable[tuple[str, Seen]]) -> Live:
        return Live({(connection, kind): one for kind, one in seen})
