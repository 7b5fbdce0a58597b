"""Where does a simulator keep a kind's entities, so that looking up who holds a unique value costs the same at ten
thousand as at ten?
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Entity:
    """One entity. ``writes`` counts, for every secret (dotted path), how often a value was sent for it."""

    id: str
    attributes: dict[str, Any]
    deleted: bool = False
    writes: dict[str, int] = field(default_factory=dict)


class Table:
    """All entities of one kind, live and deleted, by id, with an index over their unique values.

    ``keys`` gives the unique values that an entity with these attributes takes. The index does not enforce
    anything: who may share a value is the vendor's rule, and a person's odd data may break it.
    """

    def __init__(self, keys: Callable[[Mapping[str, Any]], Iterable[Hashable]]) -> None:
        self._keys = keys
        self._holders: dict[Hashable, set[str]] = {}
        self._entities: dict[str, Entity] = {}
        self.last = 0

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._entities.values())

    def get(self, key: str) -> Entity | None:
        """The entity, deleted or not."""
        return self._entities.get(key)

    def live(self, key: str) -> Entity | None:
        """The entity unless it is deleted."""
        entity = self._entities.get(key)
        return None if entity is None or entity.deleted else entity

    def live_count(self) -> int:
        """How many entities are not deleted."""
        return sum(not entity.deleted for entity in self)

    def holders(self, key: Hashable) -> list[Entity]:
        """Everybody, deleted or not, who has that unique value."""
        return [self._entities[holder] for holder in self._holders.get(key, ())]

    def add(self, entity: Entity) -> None:
        """Take in an entity, in place of one with the same id."""
        self.remove(entity.id)
        self._entities[entity.id] = entity
        for key in self._keys(entity.attributes):
            self._holders.setdefault(key, set()).add(entity.id)

    def remove(self, key: str) -> None:
        """Forget an entity for good, if it is there."""
        entity = self._entities.pop(key, None)
        if entity is None:
            return
        for unique in self._keys(entity.attributes):
            self._holders[unique].discard(key)

    def change(self, entity: Entity, attributes: dict[str, Any], key: str) -> None:
        """Replace all attributes, and the id where the vendor renumbers."""
        if key != entity.id:
            self.remove(entity.id)
            self.add(Entity(key, attributes, entity.deleted, entity.writes))
            return
        for unique in self._keys(entity.attributes):
            self._holders[unique].discard(key)
        entity.attributes = attributes
        for unique in self._keys(attributes):
            self._holders.setdefault(unique, set()).add(key)

    def clear(self) -> None:
        """No entity is left, and ids start again."""
        self._entities.clear()
        self._holders.clear()
        self.last = 0

    def snapshot(self) -> dict[str, Any]:
        """The table as JSON."""
        return {"last": self.last, "entities": [asdict(entity) for entity in self]}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        self.clear()
        for entity in snapshot["entities"]:
            self.add(Entity(**entity))
        self.last = int(snapshot["last"])
