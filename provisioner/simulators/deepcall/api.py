"""What does DeepCall answer to a request? The order of checks of D-20, and the envelope of D-4."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.base import Answer, Request
from provisioner.simulators.deepcall.agents import Agents
from provisioner.simulators.deepcall.errors import Failure, message
from provisioner.simulators.deepcall.fields import identifier
from provisioner.simulators.deepcall.groups import Groups, named
from provisioner.simulators.deepcall.reading import Reading
from provisioner.simulators.deepcall.roles import Roles
from provisioner.simulators.deepcall.settings import Settings

Body = Mapping[str, Any]

_PREFIX = "/api/v2/"
_CREDENTIALS = frozenset({"ssid", "userId", "token"})
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Call:
    """An action: the members that it knows, and what it answers beside the envelope."""

    members: frozenset[str]
    serve: Callable[[Body], dict[str, Any]]
    writes: bool = True


class Api:
    """The vendor's side of one account's HTTP interface. ``now`` is a clock in seconds that only goes on."""

    def __init__(
        self, agents: Agents, groups: Groups, roles: Roles, settings: Settings, now: Callable[[], float]
    ) -> None:
        self._agents, self._groups, self._roles, self._settings, self._now = agents, groups, roles, settings, now
        self._busy_until = now()
        reading = Reading(agents, groups, roles, settings)
        sent = {name for field in agents.sent for name in field.names}
        self._calls = {
            "Agent/list": _read(reading.agents, "agentId", "name", "groupid", "groupId", "quick", "page", "limit"),
            "Agent/create": _Call(frozenset(sent), self._create_agent),
            "Agent/update": _Call(frozenset({"agentId", *sent}), self._update_agent),
            "Agent/delete": _write(self._delete_agent, "agentId"),
            "Group/list": _read(reading.groups, "groupid", "groupId", "name", "quick", "forward"),
            "Group/add": _write(self._add_group, "name"),
            "Group/update": _write(self._update_group, "groupId", "name", "status"),
            "Group/delete": _write(self._delete_group, "groupId"),
            "Group/submitAssignGroupToAgent": _write(self._assign, "groupId", "agent_unique_id", "receive_call"),
            "Group/getGroupAgentRelation": _read(reading.relations, "groupId", "quick", "name"),
            "role/list": _read(reading.roles, "agentid", "status", "search_params", "page", "limit"),
            "role/add": _write(self._add_role, "name"),
            "role/update": _write(self._update_role, "roleid", "name", "can_see", "status"),
        }

    def answer(self, request: Request) -> Answer:
        """The answer, after the effect; a write's takes as long as the settings say."""
        name = _name(request.path)
        call = self._calls.get(name)
        if call is None:
            return Answer(404)
        if request.method != "POST":
            return Answer(405, headers=(("allow", "POST"),))
        module = name.partition("/")[0]
        try:
            members = self._served(name, call, request)
        except Failure as failure:
            return self._enveloped(self._error(module, failure.code))
        seconds = self._settings.write_milliseconds / 1000 if call.writes else 0.0
        if seconds > 0:
            self._busy_until = max(self._busy_until, self._now() + seconds)
        return self._enveloped({**members, "status": "success", "code": 200}, seconds)

    def _served(self, name: str, call: _Call, request: Request) -> dict[str, Any]:
        body = json_body(request)
        self._check_credentials(body)
        if self._settings.suspended:
            raise Failure(1039)
        if name in self._settings.denied:
            raise Failure(1015)
        # Only the module Agent has a code for it; the same number means something else in the module Group (§4.13).
        is_agents = name.startswith("Agent/")
        if call.writes and is_agents and self._now() < self._busy_until:
            raise Failure(1501)
        members = {key: value for key, value in body.items() if key not in _CREDENTIALS}
        if not members.keys() <= call.members:
            raise Failure(1521 if is_agents else 1000)
        return call.serve(members)

    def _check_credentials(self, body: Body) -> None:
        """One of the two forms, whole; and it must be known (D-3)."""
        given = {name: body[name] for name in _CREDENTIALS if name in body}
        if given.keys() not in ({"ssid"}, {"userId", "token"}):
            raise Failure(1000)
        if not all(isinstance(value, str) and value for value in given.values()):
            raise Failure(1000)
        known = {"ssid": self._settings.ssid, "userId": self._settings.user_id, "token": self._settings.token}
        if not all(hmac.compare_digest(value.encode(), known[name].encode()) for name, value in given.items()):
            raise Failure(1014)

    def _create_agent(self, body: Body) -> dict[str, Any]:
        return {"message": "Agent created", "agentId": int(self._agents.create(body).id)}

    def _update_agent(self, body: Body) -> dict[str, Any]:
        """One field a request; the two halves of a destination are one (D-9)."""
        number = sum(field.is_in(body) for field in self._agents.sent)
        if number != 1:
            raise Failure(1520 if number else 1521)
        key = identifier(body.get("agentId"))
        if key is None:
            raise Failure(1507)
        self._agents.change(key, {name: value for name, value in body.items() if name != "agentId"})
        return {"message": "Agent updated"}

    def _delete_agent(self, body: Body) -> dict[str, Any]:
        self._agents.delete(identifier(body.get("agentId")))
        return {"message": "Agent deleted"}

    def _add_group(self, body: Body) -> dict[str, Any]:
        return {"groupId": int(self._groups.create(body).id)}

    def _update_group(self, body: Body) -> dict[str, Any]:
        self._groups.replace(body.get("groupId"), body)
        return {"message": "Group updated"}

    def _delete_group(self, body: Body) -> dict[str, Any]:
        group = self._groups.live(body.get("groupId"))
        self._agents.leave(group)
        self._groups.register.remove(group)
        return {"message": "Group deleted"}

    def _assign(self, body: Body) -> dict[str, Any]:
        key = named(body.get("groupId"))
        members, receivers = (_identifiers(body.get(name, [])) for name in ("agent_unique_id", "receive_call"))
        if not receivers <= members:
            raise Failure(1000)
        group = self._groups.live(key)
        if any(self._agents.register.live(member) is None for member in members):
            raise Failure(1000)
        self._agents.assign(group, members, receivers)
        return {"message": "Agents assigned"}

    def _add_role(self, body: Body) -> dict[str, Any]:
        return {"roleid": int(self._roles.create(body).id)}

    def _update_role(self, body: Body) -> dict[str, Any]:
        self._roles.change(body.get("roleid"), body)
        return {"message": "Role updated"}

    def _error(self, module: str, code: int) -> dict[str, Any]:
        code = self._settings.other_codes.get(f"{module}/{code}", code)
        names = {"code": ("code",), "errCode": ("errCode",), "both": ("code", "errCode")}[self._settings.error_code_as]
        return {"status": "error", "message": message(module, code), **dict.fromkeys(names, code)}

    def _enveloped(self, members: Mapping[str, Any], seconds: float = 0.0) -> Answer:
        shown = {name: value for name, value in members.items() if name not in self._settings.omitted_members}
        return Answer(200, json.dumps(shown, ensure_ascii=False).encode(), _JSON, seconds=seconds)


def template(path: str) -> str:
    """``path`` without the slash that it may end with (D-1)."""
    return f"{_PREFIX}{_name(path)}" if path.startswith(_PREFIX) else path


def json_body(request: Request) -> dict[str, Any]:
    """The object in the body, whatever its content type says (D-2). Raises Failure."""
    try:
        body = json.loads(request.body, parse_constant=_refuse)
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair: JSON can spell it, nothing can store it
    except (ValueError, RecursionError) as error:
        raise Failure(1047) from error
    if not isinstance(body, dict) or not body:
        raise Failure(1047)
    return body


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _name(path: str) -> str:
    return path.removeprefix(_PREFIX).removesuffix("/") if path.startswith(_PREFIX) else ""


def _identifiers(value: Any) -> set[str]:
    """The ids in an array. Raises Failure (D-13)."""
    found = [identifier(each) for each in value] if isinstance(value, list) else [None]
    if None in found:
        raise Failure(1000)
    return {each for each in found if each is not None}


def _read(serve: Callable[[Body], dict[str, Any]], *members: str) -> _Call:
    return _Call(frozenset(members), serve, writes=False)


def _write(serve: Callable[[Body], dict[str, Any]], *members: str) -> _Call:
    return _Call(frozenset(members), serve)
