"""What happens in the queues right now? Log-ins, status and calls, §5.1 and §5.2, F6 to F8."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.simulators.fonouc.directory import Directory
from provisioner.simulators.fonouc.errors import Failure
from provisioner.simulators.fonouc.settings import Settings
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity

_ACTIONS = {"login": True, "logout": False}
_SECONDS = {"minutes": 60}  # other units are not documented
_NO_TALK = {"hear": True, "speak": True}
_NO_CONFERENCE = {"id": "", "answered": False, "participants": 0, "duration": 0}


class Runtime:
    """Derived from rosters, log-ins and the calls that a person has set."""

    def __init__(self, directory: Directory, settings: Settings, lag: Lag) -> None:
        self._directory, self._settings, self._lag = directory, settings, lag

    def switch(self, user: str, action: str, queue: str | None) -> None:
        """Log the user in to the queue, or out; a repeat changes nothing. Raises Failure (F6)."""
        if action not in _ACTIONS:
            raise Failure(400, "Invalid action")
        if not queue:
            raise Failure(400, "queueID is required")
        found = self._directory.queue(queue)
        if found is None or self._directory.user(user) is None or user not in _roster(found):
            raise Failure(400, "Agent or queue is invalid")
        users = self._settings.logged_in.setdefault(queue, [])
        before, after = user in users, _ACTIONS[action]
        if before == after:
            return
        users.append(user) if after else users.remove(user)
        self._lag.wrote(("logged_in", queue, user), before)

    def leave(self, queue: str) -> None:
        """Whoever is on the queue's roster no more is not logged in there either."""
        found = self._directory.queue(queue)
        roster = _roster(found) if found else []
        users = [user for user in self._settings.logged_in.pop(queue, []) if user in roster]
        if users:
            self._settings.logged_in[queue] = users

    def status(self) -> Any:
        """The answer of ``/callcenter/queues/status`` (F7)."""
        entries = [self._entry(queue) for queue in self._directory.queues()]
        return entries[0] if self._settings.status_as == "object" and len(entries) == 1 else entries

    def calls(self) -> list[dict[str, Any]]:
        """The answer of ``/callcenter/queues/calls``."""
        return [self._call(call) for call in self._settings.calls]

    def _entry(self, queue: Entity) -> dict[str, Any]:
        attributes = queue.attributes
        agents = [self._agent(queue.id, entry) for entry in attributes["agents"]]
        logged_in = sum(agent["logged_in"] for agent in agents)
        unit = _SECONDS.get(attributes["max_time_caller_remains_unit"], 1)
        return {
            "id": queue.id,
            "name": attributes["name"],
            "max_time_caller_in_queue": attributes["max_time_caller_remains"] * unit,
            "strategy": attributes["strategy"],
            "agents": agents,
            "total_agents": len(agents),
            "logged_in_agents": logged_in,
            "logged_out_agents": len(agents) - logged_in,
        }

    def _agent(self, queue: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """One entry of a roster; of a user who is not there only the id is known."""
        key = entry["id"]
        user = self._directory.user(key)
        attributes: Mapping[str, Any] = user.attributes if user else {}
        truth = user is not None and key in self._settings.logged_in.get(queue, [])
        shown = {
            "id": key,
            "name": _name(attributes),
            "extension": attributes.get("presence_id", ""),
            "delay": entry["delay"],
            "timeout": entry["timeout"],
            "logged_in": self._lag.seen(("logged_in", queue, key), truth),
            "status": self._settings.agent_statuses.get(key, "idle"),
            "registered": user is not None and key not in self._settings.unregistered,
        }
        return {**shown, **self._conference(queue, key)}

    def _conference(self, queue: str, user: str) -> dict[str, Any]:
        """The agent's call in this queue; without one, what F8 allows."""
        for place, call in enumerate(self._settings.calls):
            if call["queue"] == queue and call.get("user") == user:
                duration = call.get("duration", 0)
                talk = {**_NO_TALK, "duration": duration}
                conference = {"id": f"fonouc_queue_app_{place}", "answered": True, "participants": 2}
                return {"conference": {**conference, "duration": duration, "agent": talk, "caller": _caller(call)}}
        match self._settings.conference_as:
            case "null":
                return {"conference": None}
            case "empty":
                return {"conference": dict(_NO_CONFERENCE)}
            case "absent":
                return {}

    def _call(self, call: Mapping[str, Any]) -> dict[str, Any]:
        queue = self._directory.queue(call["queue"])
        user = self._directory.user(call.get("user") or "")
        shown = {
            "name": queue.attributes["name"] if queue else "",
            "answered": user is not None,
            "participants": 1 if user is None else 2,
            "duration": call.get("duration", 0),
            "caller": _caller(call),
        }
        agents = [] if user is None else [_talking(user, call)]
        if self._settings.call_agent_as == "array":
            return {**shown, "agent": agents, "queue_id": call["queue"], "wait_time": call.get("duration", 0)}
        return {**shown, "agent": agents[0]} if agents else shown


def check_calls(calls: list[dict[str, Any]]) -> str | None:
    """What is wrong with calls that a person sets; None if nothing is."""
    types = {"queue": (str,), "user": (str, type(None)), "caller": (dict,), "duration": (int,)}
    for call in calls:
        if "queue" not in call:
            return "a call has a `queue`, the id of one"
        for name, value in call.items():
            if type(value) not in types.get(name, ()):
                return f"`{name}` of a call cannot be {value!r}; it has: {', '.join(types)}"
    return None


def _roster(queue: Entity) -> list[str]:
    return [agent["id"] for agent in queue.attributes["agents"]]


def _name(user: Mapping[str, Any]) -> str:
    return f"{user.get('first_name', '')} {user.get('last_name', '')}".strip()


def _caller(call: Mapping[str, Any]) -> dict[str, Any]:
    who = {"name": "", "number": "", **call.get("caller", {})}
    return {**who, **_NO_TALK, "duration": call.get("duration", 0)}


def _talking(user: Entity, call: Mapping[str, Any]) -> dict[str, Any]:
    extension = str(user.attributes["presence_id"])
    return {
        "id": user.id,
        "agent_name": _name(user.attributes),
        "ext": int(extension) if extension.isdecimal() else 0,
        **_NO_TALK,
        "duration": call.get("duration", 0),
    }
