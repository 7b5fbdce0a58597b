"""Which roles can agents have? §4.12, D-16, D-22: names need not be unique, and nothing deletes one but a person."""

from __future__ import annotations

from collections.abc import Mapping
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

_FIRST = {"name": "agent"}


class Roles:
    """All roles, deleted ones too."""

    def __init__(self, settings: Settings, lag: Lag) -> None:
        self._settings = settings
        self.register = Register("role", "roleid", lambda _: (), lag, soft=True)
        self.fields = (
            needed("name", _name),
            optional("can_see", zero_or_one(1000), 0),
            optional("status", zero_or_one(1000), 1),
            optional("create_date", seconds, CREATED),
        )
        self.begin()

    def begin(self) -> None:
        """Every account starts with role 1 (D-16)."""
        self.register.add(read_all(self.fields, _FIRST, 1), _FIRST)

    def create(self, given: Mapping[str, Any]) -> Entity:
        """A new role. Raises Failure."""
        return self.register.add(read_all(self.fields, given, self.register.next_number()), given)

    def change(self, key: Any, given: Mapping[str, Any]) -> None:
        """Only what is given. Raises Failure."""
        values = read_some(self.fields, given)
        entity = self.register.live(identifier(key))
        if entity is None:
            raise Failure(1000)
        self.register.store(entity, values)

    def name(self, key: Any) -> str:
        """The name of the role of that id; empty if there is none."""
        role = self.register.table.get(str(key))
        return str(role.attributes["name"]) if role else ""

    def wire(self, record: Indexed) -> dict[str, Any]:
        """A role as a listing shows it (D-16)."""
        made_by = {"create_by": self._settings.user_id, "create_by_type": ""}
        return {"roleid": int(record.id), **made_by, **record.attributes}


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Failure(1000)
    return value
