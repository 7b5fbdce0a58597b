"""What does EQ answer to a request? Keys, paths, sessions, items, data: the order of checks of A40."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from provisioner.simulators.base import Answer, Request
from provisioner.simulators.eq.attributes import Problem
from provisioner.simulators.eq.content import Content, Invalid
from provisioner.simulators.eq.kinds import KINDS, Kind
from provisioner.simulators.eq.parameters import body_of, json_parameter
from provisioner.simulators.eq.runtime import Runtime
from provisioner.simulators.eq.sessions import ROLES, Sessions
from provisioner.simulators.eq.settings import Settings
from provisioner.simulators.store import Entity

_DESCRIPTIONS = {
    "blank": "A value is required",
    "invalid": "The value is not valid",
    "in_use": "Another one has this value already",
    "nonexistent": "There is no such thing, or it is deleted",
    "already_signed_in": "The user is signed in with another session",
    "not_signed_in": "The user is not signed in there",
}
_NOTHING = Answer(200)
_NO_SUCH_CALL = Answer(404, b'{"errors": []}', "application/json")  # unknown path or method: no error is named (§7.3)


class Api:
    """The vendor's side of one account's HTTP interface."""

    def __init__(self, content: Content, sessions: Sessions, runtime: Runtime, settings: Settings) -> None:
        self._content, self._sessions, self._runtime, self._settings = content, sessions, runtime, settings

    def answer(self, request: Request) -> Answer:
        """The answer, after the effect."""
        body = body_of(request)
        problem = self._key_problem(request, body)
        if problem:
            return _errors(401, [problem])
        call = self._call(request, body)
        if call is None:
            return _NO_SUCH_CALL
        problem = self._session_problem(request, body)
        if problem:
            return _errors(401, [problem])
        try:
            return call()
        except Invalid as invalid:
            return _errors(invalid.status, invalid.problems)

    def _key_problem(self, request: Request, body: Mapping[str, Any]) -> Problem | None:
        """The key may be in the query string or in the body; the query string is looked at first."""
        key = request.query.get("auth_key") or body.get("auth_key")
        if not key:
            return Problem("auth_key", "blank")
        return None if key == self._settings.api_key else Problem("auth_key", "invalid")

    def _session_problem(self, request: Request, body: Mapping[str, Any]) -> Problem | None:
        """At most one session counts, and the supervisor's comes first (§5)."""
        for role in ROLES:
            name = f"auth_{role}_session"
            token = request.query.get(name, body.get(name))
            if token is not None:
                return None if self._sessions.refresh(role, str(token)) else Problem(name, "invalid")
        return None

    def _call(self, request: Request, body: Mapping[str, Any]) -> Callable[[], Answer] | None:
        """What the method and path ask for; None if there is no such call."""
        head, slash, item = request.path.removeprefix("/").partition("/")
        if "/" in item or (slash and not item):
            return None
        if head in KINDS:
            return self._entity_call(KINDS[head], request, body, item)
        if head in ("supervisor_session", "agent_session"):
            return self._session_call(head.removesuffix("_session"), request.method, body, item)
        if item:
            return None
        call = self._runtime.call(request.method, head)
        return None if call is None else lambda: _value(call(request.query if request.method == "GET" else body))

    def _entity_call(
        self, kind: Kind, request: Request, body: Mapping[str, Any], item: str
    ) -> Callable[[], Answer] | None:
        match request.method, bool(item):
            case "POST", False:
                return lambda: self._create(kind, body)
            case "GET", True if kind.readable:
                return lambda: self._get(kind, item)
            case "PUT", True if request.query.get("undelete") == "1":
                return lambda: self._undelete(kind, item)
            case "PUT", True:
                return lambda: self._replace(kind, item, body)
            case "DELETE", True:
                return lambda: self._delete(kind, item)
        return None

    def _create(self, kind: Kind, body: Mapping[str, Any]) -> Answer:
        entity = self._content.create(kind, json_parameter(body, "data"))
        return _json(200, entity.id if kind.natural_key else int(entity.id))

    def _get(self, kind: Kind, item: str) -> Answer:
        entity = self._content.tables[kind.name].get(item)
        return _gone(kind) if entity is None else _json(200, self._content.wire(kind, entity))

    def _replace(self, kind: Kind, item: str, body: Mapping[str, Any]) -> Answer:
        entity = self._live(kind, item)
        if entity is None:
            return _gone(kind)
        self._content.replace(kind, entity, json_parameter(body, "data"))
        return _NOTHING

    def _undelete(self, kind: Kind, item: str) -> Answer:
        entity = self._content.tables[kind.name].get(item)
        if entity is None or not kind.soft:
            return _gone(kind)
        self._content.undelete(kind, entity)
        return _NOTHING

    def _delete(self, kind: Kind, item: str) -> Answer:
        entity = self._live(kind, item)
        if entity is None:
            return _gone(kind)
        self._content.delete(kind, entity)
        return _NOTHING

    def _live(self, kind: Kind, item: str) -> Entity | None:
        return self._content.tables[kind.name].live(item)

    def _session_call(self, role: str, method: str, body: Mapping[str, Any], item: str) -> Callable[[], Answer] | None:
        match method, bool(item):
            case "POST", False:
                return lambda: _json(200, self._runtime.sign_in(role, body))
            case "DELETE", True:
                return lambda: self._sign_out(role, item)
        return None

    def _sign_out(self, role: str, token: str) -> Answer:
        if self._sessions.sign_out(role, token):
            return _NOTHING
        return _errors(404, [Problem("token", "nonexistent")])


_ITEM = re.compile(r"^/(\w+)/[^/]+$")


def template(path: str) -> str:
    """``path`` with its key named."""
    match = _ITEM.match(path)
    if match is None:
        return path
    head = match[1]
    if head in KINDS:
        return f"/{head}/{{{KINDS[head].key_name}}}"
    return f"/{head}/{{token}}" if head.endswith("_session") else path


def _gone(kind: Kind) -> Answer:
    return _errors(404, [Problem(kind.key_name, "nonexistent")])


def _value(value: Any) -> Answer:
    """Nothing to return is an empty body (A11)."""
    return _NOTHING if value is None else _json(200, value)


def _errors(status: int, problems: Iterable[Problem]) -> Answer:
    entries = [
        {"parameter": each.parameter, "type": each.type, "description": _DESCRIPTIONS[each.type]} for each in problems
    ]
    return _json(status, {"errors": entries})


def _json(status: int, value: Any) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")
