"""Which groups are there, and under which names? D-12; who is in them, the agents know."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import count
from typing import Any

from provisioner.simulators.deepcall.errors import Failure
from provisioner.simulators.deepcall.fields import (
    CREATED,
    identifier,
    needed,
    optional,
    read_all,
    read_some,
    seconds,
    zero_or_one,
)
from provisioner.simulators.deepcall.register import Indexed, Register
from provisioner.simulators.deepcall.settings import Settings
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity

_LONGEST = 100  # characters


class Groups:
    """All groups. No two have one name: the server appends a number, and does not say so (§5.7)."""

    def __init__(self, settings: Settings, lag: Lag) -> None:
        self._settings = settings
        self.register = Register("group", "unique_id", _keys, lag)
        self.fields = (
            needed("name", _name),
            optional("status", zero_or_one(1000), 1),
            optional("create_date", seconds, CREATED),
        )

    def create(self, given: Mapping[str, Any]) -> Entity:
        """A new group. Raises Failure."""
        values = read_all(self.fields, given, self.register.next_number())
        return self.register.add({**values, "name": self._free(values["name"], None)}, given)

    def replace(self, key: Any, given: Mapping[str, Any]) -> None:
        """Name and status anew; a status that is left out is 1 (§4.8). Raises Failure."""
        named(key)
        values = read_all(self.fields, given, 0)
        entity = self.live(key)
        wanted = {"name": self._free(values["name"], entity), "status": values["status"]}
        self.register.store(entity, wanted)

    def change(self, key: Any, given: Mapping[str, Any]) -> None:
        """Only what is given; a person's way. Raises Failure."""
        values = read_some(self.fields, given)
        entity = self.live(key)
        if "name" in values:
            values["name"] = self._free(values["name"], entity)
        self.register.store(entity, values)

    def live(self, key: Any) -> Entity:
        """Raises Failure."""
        entity = self.register.live(identifier(named(key)))
        if entity is None:
            raise Failure(1503)
        return entity

    def names(self, numbers: list[int]) -> list[dict[str, str]]:
        """Groups with their names; groups may be gone (§5.10)."""
        found = [(number, self.register.live(str(number))) for number in numbers]
        return [
            {str(number): group.attributes["name"] if group else f"Unknown group ({number})"} for number, group in found
        ]

    def wire(self, record: Indexed) -> dict[str, Any]:
        """A group as a listing shows it (D-12)."""
        shown = {"user_id": self._settings.user_id, **record.attributes}
        name = self._settings.group_id_as
        return shown if name == "absent" else {name: int(record.id), **shown}

    def _free(self, name: str, entity: Entity | None) -> str:
        """The name, or with the first number behind it that nobody has (D-12)."""
        names = (name if number == 0 else f"{name} {number}" for number in count())
        return next(each for each in names if not self._is_taken(each, entity))

    def _is_taken(self, name: str, entity: Entity | None) -> bool:
        return any(other is not entity for other in self.register.table.holders(_folded(name)))


def named(key: Any) -> Any:
    """``key``, if there is one. Raises Failure: naming none is told from naming one that is not there (D-12)."""
    if key is None or key == "":
        raise Failure(1502)
    return key


def _name(value: Any) -> str:
    if value is None:
        raise Failure(1501)
    if not isinstance(value, str):
        raise Failure(1000)
    name = value.strip()
    if not name:
        raise Failure(1501)
    if len(name) > _LONGEST:
        raise Failure(1000)
    return name


def _keys(attributes: Mapping[str, Any]) -> Iterator[Hashable]:
    yield _folded(str(attributes["name"]))


def _folded(name: str) -> str:
    return name.strip().casefold()
