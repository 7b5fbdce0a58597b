"""Which agents serve which queues right now? Runtime state, changed by the queue agent action (EQ fact sheet, §6.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provisioner.simulators.eq.attributes import Problem, is_blank
from provisioner.simulators.eq.checks import NUMBER, Broken, code, digits
from provisioner.simulators.eq.content import Content, Invalid
from provisioner.simulators.eq.sessions import Sessions
from provisioner.simulators.eq.settings import Settings

_ACTIONS = ("signIn", "signOut", "pause", "resume", "exitWrapUp")
_NORMAL_SKILL = 3
_NUMBER = digits(NUMBER)


@dataclass(slots=True)
class Membership:
    """An agent signed in to a queue."""

    agent: int
    queue: str
    skill: int = _NORMAL_SKILL
    paused: bool = False
    pauseCode: int | None = None  # the name on the wire


class Memberships:
    """Every sign-in of an agent to a queue."""

    def __init__(self, content: Content, sessions: Sessions, settings: Settings) -> None:
        self._content, self._sessions, self._settings = content, sessions, settings
        self._members: dict[tuple[int, str], Membership] = {}

    def shown(self, queue: str | None, agent: int | None) -> list[dict[str, Any]]:
        """A status for every membership, of one queue or agent if named."""
        return [
            {**asdict(each), "status": "paused" if each.paused else "available"}
            for each in self._signed_in(agent)
            if queue in (None, each.queue)
        ]

    def combined(self) -> list[dict[str, Any]]:
        """A status for every agent: paused where the agent is paused in all queues."""
        paused: dict[int, bool] = {}
        for each in self._signed_in(None):
            paused[each.agent] = each.paused and paused.get(each.agent, True)
        return [{"agent": agent, "status": "paused" if all_ else "available"} for agent, all_ in paused.items()]

    def act(self, action: str, options: Mapping[str, Any]) -> None:
        """Sign in or out, pause, resume, end the wrap-up. Raises Invalid."""
        if action not in _ACTIONS:
            raise Invalid([Problem("action", "invalid")])
        agent = self._agent(options)
        queues = self._queues(action, agent, options)
        match action:
            case "signIn":
                self._sign_in(agent, queues, options)
            case "signOut":
                for queue in queues:
                    del self._members[agent, queue]
            case "pause":
                self._pause(agent, queues, options)
            case "resume":
                for queue in queues:
                    self._members[agent, queue].paused, self._members[agent, queue].pauseCode = False, None

    def snapshot(self) -> list[dict[str, Any]]:
        """All memberships as JSON."""
        return [asdict(each) for each in self._members.values()]

    def restore(self, snapshot: Iterable[Mapping[str, Any]]) -> None:
        """Become what `snapshot` told."""
        members = [Membership(**each) for each in snapshot]
        self._members = {(each.agent, each.queue): each for each in members}

    def _signed_in(self, agent: int | None) -> Iterator[Membership]:
        """Memberships count only while the agent is signed in to EQ, and the queue is there."""
        users = {session.user for session in self._sessions.active("agent")}
        queues = self._content.tables["call_queue"]
        for each in self._members.values():
            if agent in (None, each.agent) and each.agent in users and queues.live(each.queue):
                yield each

    def _agent(self, options: Mapping[str, Any]) -> int:
        if is_blank(options.get("agent")):
            raise Invalid([Problem("agent", "blank")])
        agent = int(_checked("agent", code(1), options["agent"]))
        if self._content.tables["agent"].live(str(agent)) is None:
            raise Invalid([Problem("agent", "nonexistent")])
        if not self._sessions.active("agent", agent):
            raise Invalid([Problem("agent", "not_signed_in")])
        return agent

    def _queues(self, action: str, agent: int, options: Mapping[str, Any]) -> list[str]:
        """The queues meant: the one given, those given, or all that are relevant to the action."""
        mine = [each.queue for each in self._signed_in(agent)]
        if not is_blank(options.get("queue")):
            queue = str(_checked("queue", _NUMBER, options["queue"]))
            self._must_exist([queue], "queue")
            if (queue in mine) == (action == "signIn"):
                raise Invalid([Problem("queue", "already_signed_in" if queue in mine else "not_signed_in")])
            return [queue]
        if action != "signIn":
            return mine
        if options.get("queues") is not None:
            queues = [str(_checked("queues", _NUMBER, each)) for each in _list("queues", options["queues"])]
            self._must_exist(queues, "queues")
            return queues
        return [str(queue) for queue in self._settings.bound_queues.get(str(agent), [])]

    def _must_exist(self, queues: list[str], name: str) -> None:
        if any(self._content.tables["call_queue"].live(queue) is None for queue in queues):
            raise Invalid([Problem(name, "nonexistent")])

    def _sign_in(self, agent: int, queues: list[str], options: Mapping[str, Any]) -> None:
        skills = _skills(options, len(queues))
        paused = options.get("paused") or False
        if not isinstance(paused, bool):
            raise Invalid([Problem("paused", "invalid")])
        for queue, skill in zip(queues, skills, strict=True):
            self._members[agent, queue] = Membership(agent, queue, skill, paused)

    def _pause(self, agent: int, queues: list[str], options: Mapping[str, Any]) -> None:
        pause_code = options.get("pauseCode")
        if not is_blank(pause_code):
            pause_code = _checked("pauseCode", code(1), pause_code)
            if self._content.tables["pause_code"].live(str(pause_code)) is None:
                raise Invalid([Problem("pauseCode", "nonexistent")])
        for queue in queues:
            member = self._members[agent, queue]
            member.paused, member.pauseCode = True, pause_code or None


def _skills(options: Mapping[str, Any], count: int) -> list[int]:
    """A penalty for each queue: ``skills`` beside ``queues``, else ``skill`` for all, 3 when there is none."""
    if options.get("skills") is not None and options.get("queues") is not None:
        skills = [_skill("skills", each) for each in _list("skills", options["skills"])]
        if len(skills) != count:
            raise Invalid([Problem("skills", "invalid")])
        return skills
    return [_skill("skill", options.get("skill"))] * count


def _skill(name: str, value: Any) -> int:
    return _NORMAL_SKILL if value is None else int(_checked(name, code(1, 5), value))


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid([Problem(name, "invalid")])
    return value


def _checked(name: str, check: Any, value: Any) -> Any:
    try:
        return check(value)
    except Broken as broken:
        raise Invalid([Problem(name, broken.complaint)]) from None
