"""What do the calls that only read answer? §4.1, §4.6, §4.11, §4.12; they show what the index has seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.simulators.deepcall.agents import Agents
from provisioner.simulators.deepcall.errors import Failure
from provisioner.simulators.deepcall.fields import identifier
from provisioner.simulators.deepcall.groups import Groups, named
from provisioner.simulators.deepcall.listing import as_map, as_response, asked, page_of
from provisioner.simulators.deepcall.register import Indexed
from provisioner.simulators.deepcall.roles import Roles
from provisioner.simulators.deepcall.settings import Settings

Body = Mapping[str, Any]

_OF_MAP = {"name": "nm", "email": "email", "phone": "phone", "dest_type": "dest_type", "dest_value": "dest_value"}
_OF_MAP |= {"group": "group", "status": "status"}
_QUICK_AGENT = ("unique_id", "name", "email", "status", "group")
_DETAILS_OF_GROUP = ("user_id", "create_date")
_AGENTS_ON_A_PAGE = 100
_ROLES_ON_A_PAGE = 10
_STATUSES = (None, "active", "inactive", "deleted")


class Reading:
    """Every listing of one account."""

    def __init__(self, agents: Agents, groups: Groups, roles: Roles, settings: Settings) -> None:
        self._agents, self._groups, self._roles, self._settings = agents, groups, roles, settings

    def agents(self, body: Body) -> dict[str, Any]:
        """A page of the agents that all filters fit, with the quota beside it."""
        is_quick = _flag(body, "quick", 1502)
        fits = _Filter(body, 1502)
        fits.by_id("agentId")
        group = fits.id_of("groupid", "groupId")
        if group is not None and self._groups.register.live(group) is None:
            raise Failure(1006)
        wanted = asked(body, _AGENTS_ON_A_PAGE, 1502)
        found = [
            agent
            for agent in self._agents.register.seen()
            if (self._settings.deleted_listed or not agent.deleted)
            and fits.takes(agent)
            and (group is None or int(group) in agent.attributes["group"])
        ]
        records, counters = page_of(found, wanted, "Agent/list", self._settings)
        return {**self._shaped(records, is_quick=is_quick), "agtLimit": self._settings.agtLimit, **counters}

    def groups(self, body: Body) -> dict[str, Any]:
        """All groups that the filters fit; no pages (D-12)."""
        is_quick = _flag(body, "quick", 1000)
        if not _flag(body, "forward", 1000) and "AGENT_TO_AGENT_CALL" in self._settings.denied:
            raise Failure(1015)
        fits = _Filter(body, 1000)
        fits.by_id("groupid", "groupId")
        found = [group for group in self._groups.register.seen() if fits.takes(group)]
        details = _DETAILS_OF_GROUP if is_quick else ()
        shown = {group.id: _without(self._groups.wire(group), details) for group in found}
        is_map = self._settings.groups_as == "map"
        return as_map(shown, self._settings) if is_map else as_response(list(shown.values()), self._settings)

    def relations(self, body: Body) -> dict[str, Any]:
        """A group, its members, and which of them receive its calls (D-14, D-24)."""
        key = identifier(named(body.get("groupId")))
        is_complete = _flag(body, "quick", 1000)
        fits = _Filter(body, 1000)
        group = next((each for each in self._groups.register.seen() if each.id == key), None)
        if group is None:
            raise Failure(1503)
        if not fits.takes(group):
            return {"response": {}}
        shown: dict[str, Any] = {"groupData": self._groups.wire(group)}
        if is_complete:
            shown |= self._members(int(group.id))
        return {"response": shown}

    def roles(self, body: Body) -> dict[str, Any]:
        """A page of the roles that all filters fit. `search_params` does nothing: what it holds is not documented."""
        status = body.get("status")
        if status not in _STATUSES or not isinstance(body.get("search_params", {}), dict):
            raise Failure(1000)
        key = self._role_of(body)
        wanted = asked(body, _ROLES_ON_A_PAGE, 1000)
        found = [role for role in self._roles.register.seen() if _is(role, status) and key in (None, role.id)]
        records, counters = page_of(found, wanted, "role/list", self._settings)
        return {**as_response([self._roles.wire(role) for role in records], self._settings), **counters}

    def _shaped(self, records: Any, *, is_quick: bool) -> dict[str, Any]:
        """Full records, or less of them (D-6, D-21)."""
        wire = [(agent.id, self._agents.wire(agent)) for agent in records]
        if is_quick:
            wire = [(key, {name: agent[name] for name in _QUICK_AGENT}) for key, agent in wire]
        if self._settings.agents_as == "map":
            return as_map({key: _of_map(agent) for key, agent in wire}, self._settings)
        return as_response([agent for _, agent in wire], self._settings)

    def _members(self, group: int) -> dict[str, Any]:
        members = [agent for agent in self._agents.register.seen() if group in agent.attributes["group"]]
        return {
            "agentData": [{"unique_id": int(each.id), "name": each.attributes["name"]} for each in members],
            "relationData": [
                {
                    "agent_unique_id": int(each.id),
                    "group_id": group,
                    "receive_call": int(group in each.attributes["receive_call"]),
                }
                for each in members
            ],
        }

    def _role_of(self, body: Body) -> str | None:
        """The role of the agent that is asked about; None if none is."""
        if body.get("agentid") is None:
            return None
        agent = self._agents.register.live(identifier(body["agentid"]))
        return "" if agent is None else str(agent.attributes["role"])


class _Filter:
    """What a record must be, by id and by a part of its name, in which case does not count. Bad ones raise Failure."""

    def __init__(self, body: Body, code: int) -> None:
        self._body, self._code = body, code
        self._ids: set[str] = set()
        part = body.get("name", "")
        if not isinstance(part, str):
            raise Failure(code)
        self._part = part.casefold()

    def by_id(self, *names: str) -> None:
        """Only the record of the id that stands under any of these names."""
        key = self.id_of(*names)
        if key is not None:
            self._ids.add(key)

    def id_of(self, *names: str) -> str | None:
        """The id that was sent; a text that can be none is nobody's (D-6)."""
        for name in names:
            value = self._body.get(name)
            if value is not None:
                if not isinstance(value, str) and type(value) is not int:
                    raise Failure(self._code)
                return identifier(value) or "0"
        return None

    def takes(self, record: Indexed) -> bool:
        """Whether the record is asked for."""
        if self._ids and record.id not in self._ids:
            return False
        return not self._part or self._part in record.attributes["name"].casefold()


def _is(role: Indexed, status: str | None) -> bool:
    """Without a filter all but the deleted ones (§4.12; what is left out then is not documented)."""
    if role.deleted:
        return status == "deleted"
    return status in (None, "active" if role.attributes["status"] == 1 else "inactive")


def _flag(body: Body, name: str, code: int) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Failure(code)
    return value


def _of_map(agent: Mapping[str, Any]) -> dict[str, Any]:
    return {shown: agent[name] for name, shown in _OF_MAP.items() if name in agent}


def _without(shown: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}
