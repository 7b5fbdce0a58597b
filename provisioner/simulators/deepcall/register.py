"""Where does the account keep the entities of one kind, and what do readers see of them?

Writes go by the truth. Reads go by a search index that the vendor keeps beside its database, and that a person can make
late (D-17).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, NamedTuple

from provisioner.simulators.base import Secrets
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity, Table


class Indexed(NamedTuple):
    """An entity as the index knows it. Attributes are replaced, never changed, so an old one stays as it was.

    A named tuple and no dataclass: every page of a listing makes one for each entity there is.
    """

    id: str
    attributes: Mapping[str, Any]
    deleted: bool


class Register:
    """All entities of one kind, in the order of their ids, which count up from 1 and are not given again (§5.3).

    ``secrets`` are attributes that a person is shown as counts; ``soft`` says that deleting only flags.
    """

    def __init__(
        self,
        name: str,
        key_name: str,
        keys: Callable[[Mapping[str, Any]], Iterable[Hashable]],
        lag: Lag,
        *,
        secrets: tuple[str, ...] = (),
        soft: bool = False,
    ) -> None:
        self.name, self.soft = name, soft
        self.table = Table(keys)
        self._key_name, self._lag, self._secrets = key_name, lag, secrets

    def next_number(self) -> int:
        """The id that the next entity gets."""
        return self.table.last + 1

    def add(self, values: dict[str, Any], given: Mapping[str, Any]) -> Entity:
        """A new entity with these values, of which ``given`` were sent."""
        self.table.last += 1
        entity = Entity(str(self.table.last), values)
        self._count(entity, given)
        self._lag.wrote((self.name, entity.id), None)
        self.table.add(entity)
        return entity

    def store(self, entity: Entity, changes: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> None:
        """The entity has these values from now on; ``given`` is what was sent."""
        self._overwrite(entity)
        self._count(entity, given or {})
        self.table.change(entity, {**entity.attributes, **changes}, entity.id)

    def flag(self, entity: Entity, *, deleted: bool) -> None:
        """Delete softly, or take that back."""
        self._overwrite(entity)
        entity.deleted = deleted

    def remove(self, entity: Entity) -> None:
        """Forget it for good."""
        self._overwrite(entity)
        self.table.remove(entity.id)

    def live(self, key: str | None) -> Entity | None:
        """The entity of that id, unless it is deleted."""
        return None if key is None else self.table.live(key)

    def seen(self) -> list[Indexed]:
        """What a read shows, deleted entities too. Counts as a reading of each."""
        records = [_record(entity) for entity in self.table]
        late = [key[1] for key in self._lag.late() if isinstance(key, tuple) and key[0] == self.name]
        if not late:
            return records
        truth = {record.id: record for record in records}
        known = {**truth, **dict.fromkeys(key for key in late if key not in truth)}
        seen = [self._lag.seen((self.name, key), record) for key, record in known.items()]
        return sorted((record for record in seen if record is not None), key=lambda record: int(record.id))

    def shown(self, secrets: Secrets) -> dict[str, dict[str, Any]]:
        """The truth, for a person, by id."""
        return {entity.id: self._for_person(entity, secrets) for entity in self.table}

    def _for_person(self, entity: Entity, secrets: Secrets) -> dict[str, Any]:
        shown = {self._key_name: int(entity.id), **entity.attributes}
        if secrets is Secrets.COUNTED:
            for name in self._secrets:
                shown[name] = {"set": bool(entity.attributes.get(name)), "changes": entity.writes.get(name, 0)}
        return {**shown, "isDeleted": int(entity.deleted)} if self.soft else shown

    def _overwrite(self, entity: Entity) -> None:
        self._lag.wrote((self.name, entity.id), _record(entity))

    def _count(self, entity: Entity, given: Mapping[str, Any]) -> None:
        for name in self._secrets:
            if name in given:
                entity.writes[name] = entity.writes.get(name, 0) + 1


def _record(entity: Entity) -> Indexed:
    return Indexed(entity.id, entity.attributes, entity.deleted)
