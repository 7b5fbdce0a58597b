"""What does Bird answer to a request? Who asks, what is there, what is wrong, what conflicts: A-2's order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.base import Answer, Request
from provisioner.simulators.bird.access import admit
from provisioner.simulators.bird.checks import Problem
from provisioner.simulators.bird.content import Content
from provisioner.simulators.bird.errors import Failure, absent, failed, invalid, json_answer
from provisioner.simulators.bird.kinds import AGENT, AVAILABILITY, KINDS, SENDER_PROFILE, Kind, Write
from provisioner.simulators.bird.listing import Listing
from provisioner.simulators.bird.settings import Settings
from provisioner.simulators.bird.wire import Wire
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity

_NOTHING = Answer(204)
_WORKSPACE = re.compile(r"/workspaces/([^/]+)(/.+)")
_ALL_AGENTS = "/all-agents"
_OF_AGENT = ("availability", "workload")
_PATHS = {kind.path: kind for kind in KINDS.values()}


@dataclass(frozen=True, slots=True)
class _Target:
    """What a path below the workspace names: a collection, or with ``key`` an entity, or a part of it."""

    kind: Kind
    key: str = ""
    part: str = ""


class Api:
    """The vendor's side of the workspace's HTTP interface."""

    def __init__(self, content: Content, wire: Wire, listing: Listing, settings: Settings, lag: Lag) -> None:
        self._content, self._wire, self._listing = content, wire, listing
        self._settings, self._lag = settings, lag

    def answer(self, request: Request) -> Answer:
        """The answer, after the effect."""
        try:
            admit(request, self._settings)
            return self._call(request)()
        except Failure as failure:
            return failed(failure)

    def _call(self, request: Request) -> Callable[[], Answer]:
        """What the method and path ask for. Raises Failure where there is no such call (A-22)."""
        match = _WORKSPACE.fullmatch(request.path)
        if match is None or match[1] != self._settings.workspace_id:
            raise absent()
        if (request.method, match[2]) == ("GET", _ALL_AGENTS):
            return lambda: json_answer(200, self._listing.everybody())
        target = _target(match[2])
        if target is None:
            raise absent()
        call = self._part_call(target, request) if target.part else self._entity_call(target, request)
        if call is None:
            raise absent()
        return call

    def _entity_call(self, target: _Target, request: Request) -> Callable[[], Answer] | None:
        kind, key = target.kind, target.key
        match request.method, bool(key):
            case "GET", False:
                return lambda: json_answer(200, self._listing.page(kind, request))
            case "POST", False:
                return lambda: self._create(kind, request)
            case "GET", True:
                return lambda: json_answer(200, self._wire.shown(kind, self._seen(kind, key)))
            case "PATCH", True:
                return lambda: self._change(kind, key, request)
            case "DELETE", True:
                return lambda: self._delete(kind, key)
        return None

    def _part_call(self, target: _Target, request: Request) -> Callable[[], Answer] | None:
        match request.method, target.part:
            case "GET", "availability":
                return lambda: json_answer(200, self._wire.availability(self._seen(AGENT, target.key)))
            case "PATCH", "availability":
                return lambda: self._set_availability(target.key, request)
            case "GET", "workload":
                return lambda: json_answer(200, self._wire.workload(self._seen(AGENT, target.key)))
        return None

    def _create(self, kind: Kind, request: Request) -> Answer:
        entity = self._content.create(kind, _body(request), Write.CREATE)
        self._lag.wrote((kind.name, entity.id), None)
        if kind is SENDER_PROFILE:
            return Answer(201)  # its id is found only by listing (§4.8)
        return json_answer(201, self._wire.shown(kind, entity))

    def _change(self, kind: Kind, key: str, request: Request) -> Answer:
        entity = self._there(kind, key)
        before = Entity(entity.id, entity.attributes)
        data = _body(request)
        self._content.change(kind, entity, data, Write.UPDATE)
        if data:
            self._lag.wrote((kind.name, key), before)
        return json_answer(200, self._wire.shown(kind, entity))

    def _delete(self, kind: Kind, key: str) -> Answer:
        entity = self._there(kind, key)
        self._content.delete(kind, entity)
        self._lag.wrote((kind.name, key), entity)
        return _NOTHING

    def _set_availability(self, key: str, request: Request) -> Answer:
        agent = self._there(AGENT, key)
        data = _body(request)
        problems = list(_availability_problems(data))
        if problems:
            raise invalid(problems)
        before = Entity(agent.id, agent.attributes)
        self._content.set_availability(agent, data)
        self._lag.wrote((AGENT.name, key), before)
        return json_answer(200, self._wire.availability(agent))

    def _there(self, kind: Kind, key: str) -> Entity:
        """The truth, for writers: what lags is only what readers see."""
        return _or_absent(self._content.tables[kind.name].get(key))

    def _seen(self, kind: Kind, key: str) -> Entity:
        return _or_absent(self._listing.read(kind, key))


def template(path: str) -> str:
    """``path`` with its variable parts named."""
    match = _WORKSPACE.fullmatch(path)
    if match is None:
        return path
    target = _target(match[2])
    below = match[2]
    if target is not None and target.key:
        part = f"/{target.part}" if target.part else ""
        below = f"{target.kind.path}/{{{target.kind.key_name}}}{part}"
    return f"/workspaces/{{workspaceId}}{below}"


def _target(path: str) -> _Target | None:
    """A malformed id is as good as any: it is not there (A-17)."""
    if path in _PATHS:
        return _Target(_PATHS[path])
    head, _, last = path.rpartition("/")
    if head in _PATHS and last:
        return _Target(_PATHS[head], last)
    above, _, key = head.rpartition("/")
    if above == AGENT.path and key and last in _OF_AGENT:
        return _Target(AGENT, key, last)
    return None


def _or_absent(entity: Entity | None) -> Entity:
    if entity is None:
        raise absent()
    return entity


def _body(request: Request) -> dict[str, Any]:
    """The JSON object that the request carries. Raises Failure."""
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise invalid([("body", "must be sent as application/json")])
    try:
        body = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise invalid([("body", "must be JSON")]) from None
    if not isinstance(body, dict):
        raise invalid([("body", "must be an object")])
    return body


def _refuse(constant: str) -> None:
    """``NaN`` and the infinities are Python's, not JSON's."""
    raise ValueError(constant)


def _availability_problems(data: Mapping[str, Any]) -> Iterable[Problem]:
    known = {each.name: each for each in AVAILABILITY}
    if "status" not in data:
        yield "status", "is required"
    for name, value in data.items():
        if name in known:
            yield from known[name].check(name, value)
        else:
            yield name, "is not allowed"
