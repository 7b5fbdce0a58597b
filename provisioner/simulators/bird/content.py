"""What happens to Bird's entities when they are made, changed and deleted? The API and a person come through here.

Rules are the Bird fact sheet's: A-1 (merging), A-2 (422 before 409), A-5 to A-11, A-15, A-19, A-21, A-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from provisioner.simulators.base import Absent
from provisioner.simulators.bird.checks import Problem
from provisioner.simulators.bird.errors import Failure, invalid
from provisioner.simulators.bird.ids import Ticks, id_of
from provisioner.simulators.bird.kinds import AGENT, CAPACITY_RULE, KINDS, SKILL, TEAM, USER, Kind, Write
from provisioner.simulators.bird.membership import Memberships
from provisioner.simulators.bird.references import references
from provisioner.simulators.collection import Collections
from provisioner.simulators.store import Entity, Table

_CLEARED_BY_BLANK = frozenset({"timezone", "defaultCountryCode", "defaultCallerId", "outOfOfficeResponse"})
_BY_MEMBERSHIP = frozenset({"teamIds", "members"})
_IN_USE = "The resource is in use"
_EXISTS = "The resource already exists"


class Content:
    """All entities of the workspace, and the users of the organisation. ``version`` goes up with every change."""

    def __init__(self) -> None:
        self.users = Collections(USER)
        self.tables = {
            name: Table(lambda attributes, name=name: _unique_keys(name, attributes))  # type: ignore[misc]
            for name in KINDS
        }
        self.memberships = Memberships()
        self.ticks = Ticks()
        self.version = 0

    def user(self, key: str) -> Mapping[str, Any] | None:
        """What is known of that user."""
        entity = self.users[USER.name].table.get(key)
        return None if entity is None else entity.attributes

    def touch(self) -> None:
        """A user came, changed or went."""
        self.version += 1

    def entity(self, kind: Kind, key: str) -> Entity:
        """For a person. Raises Absent."""
        entity = self.tables[kind.name].get(key)
        if entity is None:
            raise Absent(f"there is no {kind.name} `{key}`")
        return entity

    def create(self, kind: Kind, data: Mapping[str, Any], write: Write) -> Entity:
        """A new entity. Raises Failure."""
        problems = list(kind.problems(data, write))
        if write is Write.PERSON:
            problems += kind.missing(data)
        self._check(kind, data, problems, None)
        return self.force(kind, data)

    def force(self, kind: Kind, data: Mapping[str, Any]) -> Entity:
        """A new entity whatever the rules say."""
        table = self.tables[kind.name]
        table.last += 1
        now = self.ticks.stamp()
        attributes = {**deepcopy(dict(kind.defaults)), "createdAt": now, "updatedAt": now}
        entity = Entity(id_of(kind.name, table.last), self._merged(kind, attributes, data, now))
        table.add(entity)
        self._place(kind, entity, data, now)
        self.version += 1
        return entity

    def change(self, kind: Kind, entity: Entity, data: Mapping[str, Any], write: Write) -> None:
        """Merge at the top level (A-1). Raises Failure."""
        self._check(kind, data, list(kind.problems(data, write)), entity)
        if data:
            self.force_change(kind, entity, data)

    def force_change(self, kind: Kind, entity: Entity, data: Mapping[str, Any]) -> None:
        """The same, whatever the rules say."""
        now = self.ticks.stamp()
        attributes = self._merged(kind, {**entity.attributes, "updatedAt": now}, data, now)
        self.tables[kind.name].change(entity, attributes, entity.id)
        self._place(kind, entity, data, now)
        self.version += 1

    def set_availability(self, agent: Entity, data: Mapping[str, Any]) -> None:
        """Run-time state alone: the agent's ``updatedAt`` stays."""
        now = self.ticks.stamp()
        state = _status_set(agent.attributes, data["status"], now)
        given = {name: value for name, value in data.items() if name not in ("status", "activity")}
        if "activity" in data:
            given["lastActivitySet"] = now
        state["availability"] |= given
        attributes = {**agent.attributes, **state, "status": data["status"]}
        self.tables[AGENT.name].change(agent, attributes, agent.id)
        self.version += 1

    def delete(self, kind: Kind, entity: Entity) -> None:
        """For good: nothing comes back, and no id is used again (A-17). Raises Failure."""
        if self._is_in_use(kind, entity):
            raise Failure(409, _IN_USE)
        self.tables[kind.name].remove(entity.id)
        if kind is TEAM:
            self.memberships.forget_team(entity.id)
        elif kind is AGENT:
            self.memberships.set_user(entity.attributes.get("userId", ""), (), "")
            self._leave_capacity_rules(entity.id)
        self.version += 1

    def empty(self) -> None:
        """Nothing is left, and ids and times begin again."""
        for table in self.tables.values():
            table.clear()
        self.users.clear()
        self.memberships.restore({})
        self.ticks.count = 0
        self.version += 1

    def snapshot(self) -> dict[str, Any]:
        """All as JSON."""
        return {
            "tables": {name: table.snapshot() for name, table in self.tables.items()},
            "users": self.users.snapshot(),
            "memberships": self.memberships.snapshot(),
            "ticks": self.ticks.count,
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        for name, table in self.tables.items():
            table.restore(snapshot["tables"][name])
        self.users.restore(snapshot["users"])
        self.memberships.restore(snapshot["memberships"])
        self.ticks.count = int(snapshot["ticks"])
        self.version += 1

    def _check(self, kind: Kind, data: Mapping[str, Any], problems: list[Problem], entity: Entity | None) -> None:
        """Raises Failure: 422 first, then 409 (A-2)."""
        if not problems:
            problems = list(self._dangling(kind, data, entity))
        if problems:
            raise invalid(problems)
        if self._is_taken(kind, data, entity):
            raise Failure(409, _EXISTS)

    def _dangling(self, kind: Kind, data: Mapping[str, Any], entity: Entity | None) -> Iterator[Problem]:
        """References that lead nowhere, and what a queue says of its teams."""
        for each in references(data):
            if not self._is_there(each.kind, each.key, each.value):
                yield each.path, "does not exist"
        if kind.name == "routing_queue":
            yield from _team_types(data.get("teams", ()), entity)

    def _is_there(self, kind: str, key: str, value: str | None) -> bool:
        if kind == USER.name:
            return self.user(key) is not None
        entity = self.tables[kind].get(key)
        if entity is None or value is None:
            return entity is not None
        return any(each["id"] == value for each in entity.attributes["values"])

    def _is_taken(self, kind: Kind, data: Mapping[str, Any], entity: Entity | None) -> bool:
        """One agent for each user, one skill of a name, one default rule (A-15, §4.5)."""
        keys = _unique_keys(kind.name, data)
        return any(other is not entity for key in keys for other in self.tables[kind.name].holders(key))

    def _is_in_use(self, kind: Kind, entity: Entity) -> bool:
        """A-10 and A-11: a team that a queue has, a skill that an agent has, the default rule."""
        if kind is CAPACITY_RULE:
            return bool(entity.attributes["default"])
        holder = {TEAM.name: "routing_queue", SKILL.name: AGENT.name}.get(kind.name)
        return holder is not None and any(
            (each.kind, each.key) == (kind.name, entity.id)
            for other in self.tables[holder]
            for each in references(other.attributes)
        )

    def _merged(self, kind: Kind, base: Mapping[str, Any], data: Mapping[str, Any], now: str) -> dict[str, Any]:
        """``base`` with ``data`` over it at the top level, and with what follows from it."""
        merged = {**base, **{name: value for name, value in data.items() if name not in _BY_MEMBERSHIP}}
        if kind is AGENT:
            for name in _CLEARED_BY_BLANK & data.keys():
                if data[name] == "":
                    del merged[name]
            if "status" in data:
                merged |= _status_set(base, data["status"], now)
        if kind is SKILL and "values" in data:
            merged["values"] = list(self._with_ids(base["values"], data["values"], now))
        return merged

    def _with_ids(
        self, before: Iterable[Mapping[str, Any]], values: Iterable[Mapping[str, Any]], now: str
    ) -> Iterator[dict[str, Any]]:
        """Values of a skill; one whose text was there keeps its id (A-24)."""
        known = {each["value"]: each for each in before}
        for each in values:
            old = known.pop(each["value"], None)
            new = {"id": id_of("skill value", self.ticks.next()), "createdAt": now}
            yield {**({name: old[name] for name in new} if old else new), **each}

    def _place(self, kind: Kind, entity: Entity, data: Mapping[str, Any], now: str) -> None:
        """Who is in which team, as the request says."""
        if kind is TEAM and "members" in data:
            self.memberships.set_team(entity.id, [each["id"] for each in data["members"]], now)
        elif kind is AGENT and "teamIds" in data:
            user = entity.attributes.get("userId", "")
            is_new = entity.attributes["createdAt"] == now
            (self.memberships.join if is_new else self.memberships.set_user)(user, data["teamIds"], now)

    def _leave_capacity_rules(self, agent: str) -> None:
        for rule in self.tables[CAPACITY_RULE.name]:
            agents = rule.attributes["agents"]
            if agent in agents:
                rule.attributes = {**rule.attributes, "agents": [each for each in agents if each != agent]}


def _status_set(before: Mapping[str, Any], status: str, now: str) -> dict[str, Any]:
    """Run-time state that follows a status (A-6)."""
    availability = {**before.get("availability", {}), "lastStatusSet": now, "updatedAt": now}
    changes: dict[str, Any] = {"availability": availability}
    if status == "away":
        changes["lastSetToAwayAt"] = now
    if status == "offline" and before.get("status") != status:
        changes["statusBeforeOffline"] = before.get("status")
    return changes


def _team_types(teams: Iterable[Mapping[str, Any]], entity: Entity | None) -> Iterator[Problem]:
    """A-9: ``primary`` once; another type only where the queue has it already, since nobody knows which there are."""
    known = {"primary", *(each["type"] for each in (entity.attributes["teams"] if entity else ()))}
    for place, each in enumerate(teams):
        if each["type"] not in known:
            yield f"teams.{place}.type", "must be primary, once"
        known.discard(each["type"])


def _unique_keys(kind: str, attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    match kind:
        case AGENT.name if attributes.get("userId"):
            yield "userId", attributes["userId"]
        case SKILL.name if "name" in attributes:
            yield "name", attributes["name"]
        case CAPACITY_RULE.name if attributes.get("default") is True:
            yield "default", True
