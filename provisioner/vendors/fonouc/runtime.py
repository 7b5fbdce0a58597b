"""What goes on in the queues right now: who is logged in, who is on a call, and how a member is logged in or out.

The calls: specs/fonouc.yaml, GET /callcenter/queues/status, GET /callcenter/queues/calls and
PUT /callcenter/admin/agent/{user_id}/{action}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from provisioner.errors import VendorError, VendorFailed
from provisioner.values import Value, VendorId, id_in
from provisioner.vendors.base import Entity, Listing
from provisioner.vendors.fonouc.listing import items_in
from provisioner.vendors.requests import Answer, Changing, Effect, Reading, Request

LOGGED_IN = "agents[].logged_in"

STATUS = Request("GET", "/callcenter/queues/status")
CALLS = Request("GET", "/callcenter/queues/calls")


@dataclass(frozen=True, slots=True)
class Seat:
    """One agent in one queue; ``logged_in`` is None where the answer does not say."""

    logged_in: bool | None
    on_a_call: bool


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One queue: its name, and its agents by their ids."""

    name: str
    seats: Mapping[VendorId, Seat]


@dataclass(frozen=True)
class Runtime:
    """The questions and requests about one connection's queues."""

    connection: str

    def status(self) -> Reading[Mapping[VendorId, QueueNow]]:
        """Every queue by its id. Raises VendorFailed for an answer that is none (F7)."""
        (answer,) = yield (STATUS,)
        return self.read_status(answer)

    def read_status(self, answer: Answer) -> Mapping[VendorId, QueueNow]:
        """The same out of its answer."""
        found = {}
        for data in items_in(STATUS, answer, self.connection, alone=True):
            vendor_id, agents = _text(data, "id"), data.get("agents") if isinstance(data, Mapping) else None
            if not vendor_id or not isinstance(agents, list):
                raise VendorFailed(
                    f"the answer to {STATUS.call} holds a queue without `id` or `agents`",
                    connection=self.connection,
                    call=STATUS.call,
                    status=answer.status,
                )
            seats = {VendorId(user): _seat(agent) for agent in agents if (user := _text(agent, "id"))}
            found[VendorId(vendor_id)] = QueueNow(_text(data, "name"), seats)
        return found

    def on_a_call(self, users: Iterable[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Which of the users are on a call, and in which queue; one request."""
        queues = yield from self.status()
        wanted, found = frozenset(users), dict[VendorId, str]()
        for queue in queues.values():
            busy = [user for user, seat in queue.seats.items() if seat.on_a_call]
            found |= {user: f"on a call of queue {queue.name[:60]}" for user in busy if user in wanted}
        return found

    def waiting(self, queues: Mapping[VendorId, str]) -> Reading[Mapping[VendorId, str]]:
        """In which of the queues (their names by id) callers wait; one request. A call that names no queue is in all.

        Raises VendorFailed for an answer that is no list: it does not say that nobody waits.
        """
        (answer,) = yield (CALLS,)
        counts = dict.fromkeys(queues, 0)
        for call in items_in(CALLS, answer, self.connection):
            for vendor_id, name in queues.items():
                counts[vendor_id] += _waits(call, vendor_id, name)
        return {
            vendor_id: f"{count} caller{' is' if count == 1 else 's are'} waiting"
            for vendor_id, count in counts.items()
            if count
        }

    def switch(self, queue: VendorId, wanted: Mapping[VendorId, bool]) -> Changing[None]:
        """Logs the members in or out who are not as ``wanted``: looks first, then one request for each.

        The field counts as applied with the last of them. Raises what stops it, with how many were done.
        """
        seats = self._seats(queue, (yield STATUS))
        absent = sorted(wanted.keys() - seats.keys())
        if absent:
            raise VendorFailed(
                f"not sent: id {absent[0]} is not among the queue's agents",
                connection=self.connection,
                call=STATUS.call,
                hint="put the agent on the queue's roster in FonoUC's portal, and run this again",
            )
        left = [(user, state) for user, state in sorted(wanted.items()) if seats[user].logged_in is not state]
        for done, (user, state) in enumerate(left):
            last = done == len(left) - 1
            try:
                yield _switching(queue, user, state=state, paths=LOGGED_IN if last else f"{LOGGED_IN} of {user}")
            except VendorError as error:
                if len(left) > 1:
                    error.message = f"{error.message} ({done} of {len(left)} members done)"
                raise

    def _seats(self, queue: VendorId, answer: Answer) -> Mapping[VendorId, Seat]:
        found = self.read_status(answer).get(queue)
        if found is None:
            raise VendorFailed(
                "not sent: the status does not name the queue", connection=self.connection, call=STATUS.call
            )
        return found.seats


def with_status(listing: Listing, queues: Mapping[VendorId, QueueNow]) -> Listing:
    """The listed queues with who of their rosters is logged in; unknown where one of the roster is not told."""
    return replace(listing, entities=tuple(_with_status(entity, queues.get(entity.id)) for entity in listing.entities))


def _with_status(entity: Entity, queue: QueueNow | None) -> Entity:
    told = _told(entity.attributes.get("agents"), queue.seats if queue is not None else {})
    if told is None:
        return replace(entity, unseen=entity.unseen | {LOGGED_IN})
    return replace(entity, attributes={**entity.attributes, LOGGED_IN: told})


def _told(roster: Value, seats: Mapping[VendorId, Seat]) -> list[Value] | None:
    """Who of the roster is logged in; None where that is not told of everybody, or there is no roster."""
    told: list[Value] = []
    for member in roster if isinstance(roster, list) else [None]:
        user = id_in(member["agent"]) if isinstance(member, dict) else None
        seat = seats.get(user) if user is not None else None
        if seat is None or seat.logged_in is None:
            return None
        told.append({"agent": {"id": str(user)}, "logged_in": seat.logged_in})
    return told


def _switching(queue: VendorId, user: VendorId, *, state: bool, paths: str) -> Request:
    action = "login" if state else "logout"
    return Request(
        "PUT",
        f"/callcenter/admin/agent/{quote(user, safe='')}/{action}",
        query=(("queueID", queue),),
        effect=Effect.UPDATE,
        paths=frozenset({paths}),
    )


def _seat(agent: Mapping[str, Any]) -> Seat:
    logged_in, conference = agent.get("logged_in"), agent.get("conference")
    talking = bool(_text(conference, "id")) if isinstance(conference, Mapping) else False  # F8
    return Seat(logged_in if isinstance(logged_in, bool) else None, talking)


def _text(data: Any, name: str) -> str:
    value = data.get(name) if isinstance(data, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def _waits(call: Any, queue: VendorId, name: str) -> bool:
    """True for a call that nobody has answered yet, in that queue as far as it says so."""
    if not isinstance(call, Mapping):
        return True  # nobody can tell what it is
    if call.get("answered") is True or call.get("agent"):
        return False
    there, called = _text(call, "queue_id"), _text(call, "name")
    return there == queue if there else not called or called.casefold() == name.strip().casefold()
