"""What does Bird list, in which order and on which page? §3.1, §4.1.1, A-12, A-14.

An order is worked out once and kept until anything changes: a page of ten thousand agents costs no more than one of
ten. A token names a place in the order, so that what comes and goes between two pages moves the others.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioner.simulators.base import Request
from provisioner.simulators.bird.checks import Problem, one_of, uuid
from provisioner.simulators.bird.content import Content
from provisioner.simulators.bird.errors import invalid
from provisioner.simulators.bird.kinds import AGENT, STATUS, TEAM, Kind
from provisioner.simulators.bird.settings import MOST_ON_A_PAGE, Settings
from provisioner.simulators.bird.wire import Wire
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity

_LONGEST_TOKEN = 8000
_KEPT_ORDERS = 16
_SORTS = {
    AGENT.name: one_of("createdAt", "statusAssignedCount", "assignedCount", "name"),
    TEAM.name: one_of("name"),
}
_FILTERS = ("name", "email", "roleIds", "agentStatuses", "lastStatusActivitySince", "lastStatusActivityUpto")
_BOUNDS = ("lastStatusActivitySince", "lastStatusActivityUpto")


@dataclass(frozen=True, slots=True)
class _Page:
    """What a request asks for: ``number`` entries from ``start`` on."""

    start: int
    limit: int

    @property
    def number(self) -> str:
        """Which page it is, by the settings' count; the first is 1."""
        return str(self.start // self.limit + 1)


class Listing:
    """The lists of all kinds."""

    def __init__(self, content: Content, wire: Wire, settings: Settings, lag: Lag) -> None:
        self._content, self._wire, self._settings, self._lag = content, wire, settings, lag
        self._orders: dict[tuple[Any, ...], Sequence[Entity]] = {}
        self._orders_of = -1

    def page(self, kind: Kind, request: Request) -> dict[str, Any]:
        """The answer to a list request. Raises Failure."""
        query = _parameters(request)
        if kind is AGENT and "agentIds" in query:
            return self._by_ids(query["agentIds"])
        page = self._asked(kind, query)
        order = self._ordered(kind, query)
        settings = self._settings
        if settings.repeat_from is not None:
            page = _Page(min(page.start, (settings.repeat_from - 1) * page.limit), page.limit)
        length = min(settings.page_lengths.get(page.number, page.limit), page.limit)
        entries = order[page.start : page.start + length]
        answer: dict[str, Any] = {"results": [self._wire.shown(kind, each) for each in entries]}
        if kind.has_total and settings.total_shown:
            answer["total"] = settings.totals.get(page.number, len(order))
        return answer | self._next(kind, page, len(order))

    def everybody(self) -> dict[str, Any]:
        """``all-agents``: no pages, whatever is asked (§4.1.2)."""
        return {"results": [self._wire.minimal(agent) for agent in self._visible(AGENT)]}

    def read(self, kind: Kind, key: str) -> Entity | None:
        """The entity as readers see it."""
        seen: Entity | None = self._lag.seen((kind.name, key), self._content.tables[kind.name].get(key))
        return seen

    def _by_ids(self, keys: Sequence[str]) -> dict[str, Any]:
        """Exactly these agents; every other parameter is ignored (§4.1.1)."""
        problems = [problem for place, key in enumerate(keys) for problem in uuid(f"agentIds.{place}", key)]
        if problems:
            raise invalid(problems)
        wanted = set(keys)
        found = [self._wire.shown(AGENT, agent) for agent in self._visible(AGENT) if agent.id in wanted]
        return {"results": found, "total": len(found)} if self._settings.total_shown else {"results": found}

    def _visible(self, kind: Kind) -> Sequence[Entity]:
        """All entities that readers see, in the order in which they were made."""
        table = self._content.tables[kind.name]
        late = {each[1] for each in self._lag.late() if isinstance(each, tuple) and each[0] == kind.name}
        if not late:
            return list(table)
        truth = {entity.id: entity for entity in table}
        keys = dict.fromkeys([*truth, *late])
        seen = [self.read(kind, key) if key in late else truth[key] for key in keys]
        return sorted((entity for entity in seen if entity is not None), key=_made)

    def _ordered(self, kind: Kind, query: Mapping[str, Sequence[str]]) -> Sequence[Entity]:
        """All that the request is about."""
        is_late = bool(self._lag.late())
        if self._orders_of != self._content.version or len(self._orders) >= _KEPT_ORDERS:
            self._orders.clear()
            self._orders_of = -1 if is_late else self._content.version
        asked = tuple(
            (name, tuple(values)) for name, values in sorted(query.items()) if name not in ("limit", "pageToken")
        )
        key = (kind.name, asked)
        if key not in self._orders:
            self._orders[key] = self._sorted(kind, query)
        return self._orders[key]

    def _sorted(self, kind: Kind, query: Mapping[str, Sequence[str]]) -> Sequence[Entity]:
        entities: Iterable[Entity] = self._visible(kind)
        if kind is AGENT:
            entities = self._filtered(entities, query)
        sort_by = _last(query, "sortBy") or "createdAt"
        is_reversed = _last(query, "reverse") == "true"
        return sorted(entities, key=lambda each: (self._first(kind, sort_by, each), *_made(each)), reverse=is_reversed)

    def _first(self, kind: Kind, sort_by: str, entity: Entity) -> tuple[Any, ...]:
        """What counts before the time of creation."""
        match sort_by:
            case "name":
                return (self._name(kind, entity),)
            case "assignedCount":
                return (_assigned_count(entity),)
            case "statusAssignedCount":
                return entity.attributes["status"], _assigned_count(entity)
        return ()

    def _name(self, kind: Kind, entity: Entity) -> str:
        return self._wire.name_of(entity) if kind is AGENT else str(entity.attributes.get("name", ""))

    def _filtered(self, agents: Iterable[Entity], query: Mapping[str, Sequence[str]]) -> Iterator[Entity]:
        """A-12; statuses and the times of their last change as the parameters' names say."""
        name, email = (_last(query, each).casefold() for each in ("name", "email"))
        statuses, roles = set(query.get("agentStatuses", ())), set(query.get("roleIds", ()))
        since, upto = (_moment(_last(query, each)) for each in _BOUNDS)
        if not any(each in query for each in _FILTERS):
            yield from agents
            return
        for agent in agents:
            changed = _moment(self._wire.availability(agent)["lastStatusSet"])
            is_meant = (
                name in self._wire.name_of(agent).casefold(),
                not email or email in (each.casefold() for each in self._wire.emails_of(agent)),
                not statuses or agent.attributes["status"] in statuses,
                not roles or bool(roles & self._wire.roles_of(agent)),
                since is None or (changed is not None and changed >= since),
                upto is None or (changed is not None and changed <= upto),
            )
            if all(is_meant):
                yield agent

    def _asked(self, kind: Kind, query: Mapping[str, Sequence[str]]) -> _Page:
        problems = list(_problems(kind, query))
        limit = _limit(_last(query, "limit"), self._settings.page_size)
        start = _place(kind, _last(query, "pageToken"))
        if limit is None:
            problems.append(("limit", f"must be an integer from 1 to {MOST_ON_A_PAGE}"))
        if start is None:
            problems.append(("pageToken", "cannot be decoded"))
        if problems or limit is None or start is None:
            raise invalid(problems)
        return _Page(start, limit)

    def _next(self, kind: Kind, page: _Page, total: int) -> dict[str, str | None]:
        """The token of the page behind this one; the last page says it in one of three ways (§3.1)."""
        settings, behind = self._settings, page.start + page.limit
        repeats = settings.repeat_from is not None and int(page.number) >= settings.repeat_from
        ends = settings.last_page is not None and int(page.number) >= settings.last_page
        if repeats or (behind < total and not ends):
            return {"nextPageToken": _token(kind, behind)}
        match settings.last_token_as:
            case "missing":
                return {}
            case "null":
                return {"nextPageToken": None}
            case "empty":
                return {"nextPageToken": ""}


def _parameters(request: Request) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    for name, value in request.pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def _last(query: Mapping[str, Sequence[str]], name: str) -> str:
    return query[name][-1] if name in query else ""


def _problems(kind: Kind, query: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    if _last(query, "reverse") not in ("", "true", "false"):
        yield "reverse", "must be a boolean"
    if kind.name in _SORTS and "sortBy" in query:
        yield from _SORTS[kind.name]("sortBy", _last(query, "sortBy"))
    if kind is not AGENT:
        return
    for place, key in enumerate(query.get("roleIds", ())):
        yield from uuid(f"roleIds.{place}", key)
    for place, status in enumerate(query.get("agentStatuses", ())):
        yield from STATUS(f"agentStatuses.{place}", status)
    for name in _BOUNDS:
        if name in query and _moment(_last(query, name)) is None:
            yield name, "must be a date and time"


def _limit(text: str, default: int) -> int | None:
    if not text:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ON_A_PAGE))
    return int(text) if is_number and 1 <= int(text) <= MOST_ON_A_PAGE else None


def _token(kind: Kind, start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([kind.name, start]).encode()).decode()


def _place(kind: Kind, token: str) -> int | None:
    """Where the page of that token begins; None if it is no token of this list."""
    if not token:
        return 0
    if len(token) > _LONGEST_TOKEN:
        return None
    try:
        name, start = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    return start if name == kind.name and type(start) is int and start >= 0 else None


def _moment(text: str) -> datetime | None:
    """With a zone, or else in none: then it is nothing to compare with."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _made(entity: Entity) -> tuple[str, str]:
    return str(entity.attributes["createdAt"]), entity.id


def _assigned_count(agent: Entity) -> int:
    return sum(agent.attributes["workload"].values())
