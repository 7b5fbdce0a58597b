"""Who are the agents, and what happens when they are made, changed and deleted? D-7 to D-10, D-19, D-23."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import Any

from provisioner.simulators.deepcall import checks
from provisioner.simulators.deepcall.errors import Failure
from provisioner.simulators.deepcall.fields import (
    CREATED,
    Field,
    computed,
    identifier,
    matching,
    needed,
    optional,
    read_all,
    read_some,
    seconds,
    text,
    zero_or_one,
)
from provisioner.simulators.deepcall.groups import Groups
from provisioner.simulators.deepcall.register import Indexed, Register
from provisioner.simulators.deepcall.roles import Roles
from provisioner.simulators.deepcall.settings import Settings
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity

ROOT = "root"
SECRETS = ("password", "call_pass")


class Agents:
    """All agents, deleted ones too. Each knows its groups, and those of them whose calls it receives."""

    def __init__(self, groups: Groups, roles: Roles, settings: Settings, lag: Lag) -> None:
        self._groups, self._roles, self._settings = groups, roles, settings
        self.register = Register("agent", "unique_id", _keys, lag, secrets=SECRETS, soft=True)
        self.sent = (
            needed("name", matching(checks.NAME, 1515)),
            needed("email", matching(checks.EMAIL, 1000)),
            needed("phone", matching(checks.PHONE, 1514)),
            Field(("dest_type", "dest_value"), checks.destination),
            needed("role", self._role),
            optional("parent", self._parent, ROOT),
            computed("working", checks.working, lambda _: [dict(hours) for hours in checks.ALWAYS]),
            optional("allowDid", checks.numbers, ""),
            optional("address", text(1000), ""),
            optional("status", zero_or_one(1508), 1),
            computed("call_pass", checks.call_password, lambda number: f"{_drawn(number, 'call') % 10**8:08}"),
            computed("password", checks.password, lambda number: f"{_drawn(number, 'portal'):x}"[:12]),
        )
        """What the API takes, in the order of D-8."""
        self.fields = (
            *self.sent,
            computed("group", self._known_groups, lambda _: []),
            computed("receive_call", self._known_groups, lambda _: []),
            optional("favorite", text(1528), ""),
            optional("preDeleted", zero_or_one(1000), 0),
            optional("create_date", seconds, CREATED),
        )
        """And what only a person can set."""

    def create(self, given: Mapping[str, Any]) -> Entity:
        """A new agent. Raises Failure (D-8, D-20)."""
        values = _receiving(read_all(self.fields, given, self.register.next_number()), given)
        self._must_be_free(values, None)
        if self.register.table.live_count() >= self._settings.agtLimit:
            raise Failure(1522)
        return self.register.add(values, given)

    def change(self, key: str | None, given: Mapping[str, Any]) -> None:
        """Some fields anew, each of them whole. Raises Failure (D-9)."""
        values = read_some(self.fields, given)
        entity = self.live(key)
        if "parent" in values:
            self._must_not_be_below_itself(entity, values["parent"])
        changed = _receiving({**entity.attributes, **values}, given)
        self._must_be_free(changed, entity)
        self.register.store(entity, changed, given)

    def delete(self, key: str | None) -> None:
        """Flag the agent, who leaves all groups. Raises Failure (D-10)."""
        entity = self.live(key)
        if any(not child.deleted for child in self.register.table.holders(("parent", entity.id))):
            raise Failure(1518)
        self.register.store(entity, {"status": 0, "group": [], "receive_call": []})
        self.register.flag(entity, deleted=True)

    def undelete(self, entity: Entity) -> None:
        """Only a person can. Raises Failure when the e-mail address was given away."""
        if entity.deleted:
            self._must_be_free(entity.attributes, entity)
            self.register.flag(entity, deleted=False)

    def live(self, key: str | None) -> Entity:
        """Raises Failure."""
        entity = self.register.live(key)
        if entity is None:
            raise Failure(1507)
        return entity

    def assign(self, group: Entity, members: Collection[str], receivers: Collection[str]) -> None:
        """The group's members are these and no others, and these of them receive its calls (D-13). Raises Failure."""
        number = int(group.id)
        for entity in self.register.table.holders(("group", group.id)):
            if entity.id not in members:
                self._join(entity, number, is_member=False, is_receiver=False)
        for member in members:
            self._join(self.live(member), number, is_member=True, is_receiver=member in receivers)

    def leave(self, group: Entity) -> None:
        """The group is going, and nobody is in it any more (D-15)."""
        self.assign(group, (), ())

    def wire(self, record: Indexed) -> dict[str, Any]:
        """An agent as a listing shows it, secrets in plain text (§4.1)."""
        own = {name: value for name, value in record.attributes.items() if name != "receive_call"}
        user = self._settings.user_id
        return {
            **{"create_by": user, "create_by_type": "", "user_id": user},
            **own,
            "unique_id": int(record.id),
            "parent": self._chain(own["parent"]),
            "working": _for_agent(own["working"], int(record.id)),
            "groupNames": self._groups.names(own["group"]),
            "roleName": self._roles.name(own["role"]),
            "isDeleted": int(record.deleted),
        }

    def _join(self, entity: Entity, group: int, *, is_member: bool, is_receiver: bool) -> None:
        """Nothing is written for an agent for whom nothing changes."""
        wanted = {"group": is_member, "receive_call": is_receiver}
        changed = {
            name: _with(entity.attributes[name], group) if is_in else _without(entity.attributes[name], group)
            for name, is_in in wanted.items()
            if (group in entity.attributes[name]) is not is_in
        }
        if changed:
            self.register.store(entity, changed)

    def _role(self, value: Any) -> str:
        role = self._roles.register.live(identifier(value))
        if role is None or role.attributes["status"] != 1:
            raise Failure(1503)
        return role.id

    def _parent(self, value: Any) -> str:
        if value == ROOT:
            return ROOT
        parent = self.register.live(identifier(value))
        if parent is None:
            raise Failure(1504)
        return parent.id

    def _known_groups(self, value: Any) -> list[int]:
        found = [self._groups.register.live(identifier(each)) for each in value] if isinstance(value, list) else [None]
        numbers = {int(group.id) for group in found if group is not None}
        if len(numbers) != len(found):
            raise Failure(1505)
        return sorted(numbers)

    def _must_be_free(self, values: Mapping[str, Any], entity: Entity | None) -> None:
        """Nobody else has that e-mail address; somebody who has the same telephone number, too, is told apart (D-8)."""
        for other in self.register.table.holders(_email(values)):
            if other is not entity and not other.deleted:
                raise Failure(1523 if other.attributes["phone"] == values["phone"] else 1512)

    def _must_not_be_below_itself(self, entity: Entity, parent: str) -> None:
        if parent == entity.id:
            raise Failure(1506)
        if entity.id in self._above(parent):
            raise Failure(1504)

    def _chain(self, parent: str) -> str:
        """The parent and everybody above, the highest first (§3)."""
        return ",".join(["", "START", *reversed(self._above(parent)), ""])

    def _above(self, parent: str) -> list[str]:
        """The parent and everybody above; a ring, which only a person can make, ends where it closes."""
        found: list[str] = []
        while parent != ROOT and parent not in found:
            found.append(parent)
            entity = self.register.table.get(parent)
            parent = entity.attributes["parent"] if entity else ROOT
        return found


def _receiving(values: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` of somebody who receives the calls of no group but his own. Raises Failure."""
    receives = [group for group in values["receive_call"] if group in values["group"]]
    if "receive_call" in given and receives != values["receive_call"]:
        raise Failure(1505)
    return {**values, "receive_call": receives}


def _keys(attributes: Mapping[str, Any]) -> Iterator[Hashable]:
    yield _email(attributes)
    yield "parent", attributes["parent"]
    for group in attributes["group"]:
        yield "group", str(group)


def _email(attributes: Mapping[str, Any]) -> tuple[str, str]:
    return "email", str(attributes["email"]).casefold()


def _drawn(number: int, what: str) -> int:
    """A number that looks random, and is the same in every run: rehearsals should repeat."""
    return int(hashlib.sha256(f"{what} {number}".encode()).hexdigest(), 16)


def _for_agent(hours: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [{**each, "agentId": number} for each in hours]


def _with(numbers: list[int], number: int) -> list[int]:
    return sorted({*numbers, number})


def _without(numbers: list[int], number: int) -> list[int]:
    return [each for each in numbers if each != number]
