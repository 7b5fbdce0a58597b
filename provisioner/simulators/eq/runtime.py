"""What does EQ answer about the running system: licence, phones, calls, who serves which queue, sign-ins?

The EQ fact sheet, §5 and §6. Nothing here is configuration. Calls and phones do not exist in a simulator: what such
endpoints list is what the settings say, and what they set in motion is only checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.simulators.eq.attributes import Problem, is_blank
from provisioner.simulators.eq.checks import NUMBER, Broken, Check, choice, code, digits, text
from provisioner.simulators.eq.content import Content, Invalid
from provisioner.simulators.eq.membership import Memberships
from provisioner.simulators.eq.parameters import json_parameter
from provisioner.simulators.eq.sessions import Sessions
from provisioner.simulators.eq.settings import Settings

Parameters = Mapping[str, Any]
Call = Callable[[Parameters], Any]

_KEYS = re.compile(
    r"line[1-9][0-9]*|soft_key[1-9][0-9]*|up|down|left|right|enter|cancel|volume_up|volume_down|headset|speaker|mute"
    r"|menu|messages|applications|directory|dnd|conference|transfer|redial|hold|[0-9]|star|pound"
)
_NUMBER = digits(NUMBER)
_ANYTHING = text(1)
_ZERO_OR_ONE = code(0, 1)


class Runtime:
    """The calls of §6 that are about no entity, and the sign-ins of §5."""

    def __init__(self, content: Content, sessions: Sessions, memberships: Memberships, settings: Settings) -> None:
        self._content, self._sessions = content, sessions
        self._memberships, self._settings = memberships, settings
        self._calls: dict[tuple[str, str], Call] = {
            ("GET", "license"): lambda _: settings.license,
            ("GET", "license_usage"): self._usage,
            ("GET", "configuration_check"): lambda _: {"problems": settings.problems},
            ("GET", "phone"): self._phone,
            ("GET", "active_supervisor_sessions"): lambda _: self._active("supervisor"),
            ("GET", "active_agent_sessions"): lambda _: self._active("agent"),
            ("GET", "queued_calls"): self._queued_calls,
            ("GET", "parked_calls"): lambda _: settings.parked_calls,
            ("GET", "active_calls"): self._active_calls,
            ("GET", "active_conferences"): lambda _: settings.active_conferences,
            ("GET", "call_recordings"): self._call_recordings,
            ("GET", "call_queue_agent_status"): self._agent_status,
            ("GET", "call_queue_statistics"): self._statistics,
            ("POST", "call_queue_agent_action"): self._agent_action,
            ("POST", "steal_queued_call"): _redirect_call,
            ("POST", "pick_up_parked_call"): _redirect_call,
            ("POST", "extension_action"): self._extension_action,
            ("POST", "call_recording_action"): self._recording_action,
            ("POST", "call_monitor_action"): self._monitor_action,
            ("POST", "phone_command"): self._phone_command,
        }

    def call(self, method: str, name: str) -> Call | None:
        """The call at that path, which gives the JSON value to answer; None if there is none."""
        return self._calls.get((method, name))

    def sign_in(self, role: str, parameters: Parameters) -> str:
        """A session token. An agent must name an extension, a supervisor may. Raises Invalid."""
        asked = _Asked(parameters)
        user = asked.required("user", code(1))
        extension = (asked.required if role == "agent" else asked.optional)("extension", _NUMBER)
        force = asked.optional("force", _ZERO_OR_ONE)
        asked.settle()
        return self._sessions.sign_in(role, user, extension, force=force == 1)

    def _usage(self, _: Parameters) -> dict[str, int]:
        names = {"supervisors": "supervisor", "agents": "agent", "callQueues": "call_queue"}
        return {name: self._content.tables[kind].live_count() for name, kind in names.items()}

    def _active(self, role: str) -> list[dict[str, Any]]:
        return [{"user": each.user, "extension": each.extension} for each in self._sessions.active(role)]

    def _phone(self, parameters: Parameters) -> Any:
        asked = _Asked(parameters)
        extension = asked.required("extension", _NUMBER)
        asked.settle()
        if extension not in self._settings.phones:
            raise Invalid([Problem("phone", "nonexistent")], status=404)
        return {"extension": extension, **self._settings.phones[extension]}

    def _queued_calls(self, parameters: Parameters) -> list[dict[str, Any]]:
        queue = parameters.get("queue")
        return [each for each in self._settings.queued_calls if is_blank(queue) or each.get("queue") == queue]

    def _active_calls(self, parameters: Parameters) -> list[dict[str, Any]]:
        asked = _Asked(parameters)
        extension = asked.required("extension", _NUMBER)
        asked.settle()
        return [each for each in self._settings.active_calls if each.get("extension", extension) == extension]

    def _call_recordings(self, parameters: Parameters) -> Any:
        call = parameters.get("call") or parameters.get("call_unique_id")
        if is_blank(call):
            raise Invalid([Problem("call", "blank")])
        return self._settings.call_recordings.get(str(call), [])

    def _agent_status(self, parameters: Parameters) -> list[dict[str, Any]]:
        asked = _Asked(parameters)
        queue = asked.optional("queue", _NUMBER)
        agent = asked.optional("agent", code(1))
        combined = asked.optional("combined", _ZERO_OR_ONE)
        if combined == 1 and (queue, agent) != (None, None):
            asked.problems.append(Problem("combined", "invalid"))
        asked.settle()
        return self._memberships.combined() if combined == 1 else self._memberships.shown(queue, agent)

    def _statistics(self, parameters: Parameters) -> Any:
        asked = _Asked(parameters)
        queue = asked.optional("queue", _NUMBER)
        asked.settle()
        table = self._content.tables["call_queue"]
        if queue is None:
            return [self._queue_statistics(each.id) for each in table if not each.deleted]
        if table.live(queue) is None:
            raise Invalid([Problem("queue", "nonexistent")])
        return self._queue_statistics(queue)

    def _queue_statistics(self, queue: str) -> dict[str, Any]:
        return {
            "queue": queue,
            "callsWaiting": len(self._queued_calls({"queue": queue})),
            "agentsSignedIn": len(self._memberships.shown(queue, None)),
        }

    def _agent_action(self, parameters: Parameters) -> None:
        asked = _Asked(parameters)
        action = asked.required("action", text(1))
        asked.settle()
        self._memberships.act(action, json_parameter(parameters, "options"))

    def _extension_action(self, parameters: Parameters) -> None:
        asked = _Asked(parameters)
        extension = asked.required("extension", _NUMBER)
        action = asked.required("action", choice("dial", "blindTransfer", "park", "hangUp"))
        if action in ("dial", "blindTransfer"):
            asked.required("destination", _ANYTHING)
        self._must_exist(asked, "extension", extension)
        asked.settle()

    def _recording_action(self, parameters: Parameters) -> None:
        asked = _Asked(parameters)
        extension = asked.required("extension", _NUMBER)
        asked.required("action", choice("start", "stop", "cancel"))
        self._must_exist(asked, "extension", extension)
        asked.settle()

    def _monitor_action(self, parameters: Parameters) -> None:
        asked = _Asked(parameters)
        asked.required("action", choice("spy", "bargeIn", "whisper"))
        for name in ("targetExtension", "monitorExtension"):
            self._must_exist(asked, name, asked.required(name, _NUMBER))
        asked.settle()

    def _phone_command(self, parameters: Parameters) -> None:
        asked = _Asked(parameters)
        if is_blank(parameters.get("phone")):
            extension = asked.required("extension", _NUMBER)
            self._must_exist(asked, "extension", extension)
        else:
            extension = str(json_parameter(parameters, "phone").get("extension"))
        if not asked.problems and extension not in self._settings.phones:
            asked.problems.append(Problem("phone", "nonexistent"))
        asked.required("key", text(pattern=_KEYS))
        asked.settle()

    def _must_exist(self, asked: _Asked, name: str, extension: str | None) -> None:
        if extension is not None and self._content.tables["extension"].live(extension) is None:
            asked.problems.append(Problem(name, "nonexistent"))


class _Asked:
    """Parameters as they are checked one by one; `settle` refuses with everything that was wrong."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self.problems: list[Problem] = []

    def required(self, name: str, check: Check) -> Any:
        """The checked value; None, and a problem more, where it is missing or wrong."""
        if is_blank(self._parameters.get(name)):
            self.problems.append(Problem(name, "blank"))
            return None
        return self.optional(name, check)

    def optional(self, name: str, check: Check) -> Any:
        """The checked value; None where it is blank, and with a problem more where it is wrong."""
        value = self._parameters.get(name)
        if is_blank(value):
            return None
        try:
            return check(value)
        except Broken as broken:
            self.problems.append(Problem(name, broken.complaint))
            return None

    def settle(self) -> None:
        """Go on only if nothing was wrong. Raises Invalid."""
        if self.problems:
            raise Invalid(self.problems)


def _redirect_call(parameters: Parameters) -> None:
    asked = _Asked(parameters)
    asked.required("channel", _ANYTHING)
    asked.required("destination", _ANYTHING)
    asked.settle()
