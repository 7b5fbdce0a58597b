"""How does a person change what the account holds, within the vendor's rules or (forced) against them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.simulators.base import Absent, Checks, Refused
from provisioner.simulators.deepcall.agents import Agents
from provisioner.simulators.deepcall.fields import Field
from provisioner.simulators.deepcall.groups import Groups
from provisioner.simulators.deepcall.roles import Roles
from provisioner.simulators.deepcall.settings import Settings
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity

_MODULES = {"agent": "Agent", "group": "Group", "role": "role"}
_SHAPES: dict[str, tuple[type, type | None]] = {
    "name": (str, None),
    "email": (str, None),
    "phone": (str, None),
    "parent": (str, None),
    "group": (list, int),
    "receive_call": (list, int),
    "working": (list, dict),
}
"""What even a forced attribute must be, so that there is something to look up; and each element of an array."""


class Content:
    """All that is in one account, by kind."""

    def __init__(self, settings: Settings, lag: Lag) -> None:
        self.groups, self.roles = Groups(settings, lag), Roles(settings, lag)
        self.agents = Agents(self.groups, self.roles, settings, lag)
        self.kinds: dict[str, Agents | Groups | Roles] = {
            "agent": self.agents,
            "group": self.groups,
            "role": self.roles,
        }

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of a new entity. Raises Absent, Refused, Failure."""
        owner = self._of(kind)
        if checks is Checks.ALL:
            _known(owner.fields, attributes)
            return owner.create(attributes).id
        _check_shapes(attributes)
        values: dict[str, Any] = {}
        for field in owner.fields:
            values |= field.left_out(owner.register.next_number())
        return owner.register.add({**values, **attributes}, attributes).id

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes. Raises Absent, Refused, Failure."""
        owner, entity = self._of(kind), self._entity(kind, key)
        if checks is Checks.NONE:
            _check_shapes(attributes)
            owner.register.store(entity, attributes, attributes)
            return
        _known(owner.fields, attributes)
        if entity.deleted:
            raise Refused(f"{kind} `{key}` is deleted")
        owner.change(key, {**_partners(owner.fields, entity, attributes), **attributes})

    def delete(self, kind: str, key: str) -> None:
        """Softly where the vendor flags. Raises Absent, Failure."""
        entity = self._entity(kind, key)
        match self._of(kind):
            case Agents() as agents if not entity.deleted:
                agents.delete(key)
            case Groups() as groups:
                self.agents.leave(entity)
                groups.register.remove(entity)
            case Roles() as roles:
                roles.register.flag(entity, deleted=True)

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Live again, but in no group. Raises Absent, Failure."""
        owner, entity = self._of(kind), self._entity(kind, key)
        if isinstance(owner, Agents) and checks is Checks.ALL:
            owner.undelete(entity)
        else:
            owner.register.flag(entity, deleted=False)

    def empty(self) -> None:
        """As the account began."""
        for kind in self.kinds.values():
            kind.register.table.clear()
        self.roles.begin()

    def snapshot(self) -> dict[str, Any]:
        """All tables as JSON."""
        return {name: kind.register.table.snapshot() for name, kind in self.kinds.items()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        for name, kind in self.kinds.items():
            kind.register.table.restore(snapshot[name])

    @staticmethod
    def module(kind: str) -> str:
        """The vendor's module, whose codes tell what is wrong with an entity of that kind."""
        return _MODULES[kind]

    def _of(self, kind: str) -> Agents | Groups | Roles:
        if kind not in self.kinds:
            raise Absent(f"there is no kind `{kind}`; there is: {', '.join(self.kinds)}")
        return self.kinds[kind]

    def _entity(self, kind: str, key: str) -> Entity:
        entity = self._of(kind).register.table.get(key)
        if entity is None:
            raise Absent(f"there is no {kind} `{key}`")
        return entity


def _known(fields: tuple[Field, ...], attributes: Mapping[str, Any]) -> None:
    names = {name for field in fields for name in field.names}
    for name in attributes:
        if name not in names:
            raise Refused(f"`{name}` cannot be set; there is: {', '.join(sorted(names))}")


def _partners(fields: tuple[Field, ...], entity: Entity, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What stands already in the other half of a field of which one half is given."""
    return {name: entity.attributes[name] for field in fields if field.is_in(attributes) for name in field.names}


def _check_shapes(attributes: Mapping[str, Any]) -> None:
    for name, value in attributes.items():
        shape, of_elements = _SHAPES.get(name, (object, None))
        elements = value if isinstance(value, list) and of_elements else []
        if not isinstance(value, shape) or not all(type(each) is of_elements for each in elements):
            raise Refused(f"`{name}` cannot be {value!r}, not even by force")
