"""How groups are read and written.

DeepCall gives a group whose name is taken another one and says nothing (§5.7), so that every name that was sent is read
back. Leaving ``status`` out would make a group active (§5.1), so that name and status are always sent together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from provisioner.errors import Rejected, VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Answer, Changing, Effect, Entity, Listing, Reading, Request
from provisioner.vendors.deepcall.answers import Unreadable, is_absent, members, new_id, unusable
from provisioner.vendors.deepcall.listing import Reader, one_in
from provisioner.vendors.deepcall.queues import QUEUES, SHOWN, group_in, roster
from provisioner.vendors.deepcall.settings import DeepcallSettings
from provisioner.vendors.deepcall.wire import to_wire

LIST, ADD, UPDATE, DELETE, ASSIGN, RELATION = (
    f"/api/v2/Group/{action}"
    for action in ("list", "add", "update", "delete", "submitAssignGroupToAgent", "getGroupAgentRelation")
)

LOOKS = 5
"""How often a group is looked for again that was just written (D-17)."""

OWN = frozenset({"name", "status"})
"""What an update of the group itself carries; the rest is its members."""


@dataclass(frozen=True)
class GroupRecords(Adapter):
    """The adapter of groups on one connection. ``lag`` is for how many seconds a change may not show."""

    settings: DeepcallSettings
    connection: str
    lag: float

    # --- Reading ------------------------------------------------------------------------------------------------

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        """The group with its members, None where it is gone; what one call does not show of it, another is asked."""
        request = self._relation(vendor_id)
        (answer,) = yield (request,)
        if is_absent(request, answer):
            return None
        entity = self._group(request, answer, vendor_id)
        if not entity.unseen & OWN:
            return entity
        request = self._by_id(vendor_id)
        (answer,) = yield (request,)
        shown = one_in(request, answer, self.connection, vendor_id, group_in)
        if shown is None:
            return entity
        return replace(
            entity, attributes={**entity.attributes, **shown.attributes}, unseen=entity.unseen & shown.unseen
        )

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every group, then the members of each, which are asked for at once."""
        reader = Reader(self.connection, self._all, group_in, frozenset(QUEUES.key_paths))
        listing = yield from reader.listed()
        requests = [self._relation(entity.id) for entity in listing.entities]
        answers = (yield requests) if requests else ()
        entities, doubt = [], listing.incomplete
        for entity, request, answer in zip(listing.entities, requests, answers, strict=True):
            if is_absent(request, answer):
                doubt = doubt or f"group {entity.id} was listed and is not there: it changed while it was read"
                continue
            found = self._group(request, answer, entity.id)
            entities.append(
                replace(
                    entity,
                    attributes={**entity.attributes, "agents": found.attributes["agents"]},
                    unseen=entity.unseen - {"agents"},
                )
            )
        return replace(listing, entities=tuple(entities), incomplete=doubt)

    def _all(self, number: int) -> Request:
        """The one page that there is; were there a second one, its answer would say that it is the first."""
        return Request("POST", LIST, json={})

    def _by_id(self, vendor_id: VendorId, *, after: float = 0.0) -> Request:
        return Request("POST", LIST, json={"groupid": vendor_id}, absent_ok=True, after=after)

    def _relation(self, vendor_id: VendorId) -> Request:
        return Request("POST", RELATION, json={"groupId": vendor_id, "quick": True}, absent_ok=True)

    def _group(self, request: Request, answer: Answer, vendor_id: VendorId) -> Entity:
        """The group with its members, as far as the relations show it."""
        try:
            found = members(answer).get("response")
            data = found.get("groupData") if isinstance(found, dict) else None
            if not isinstance(found, dict) or not isinstance(data, dict):
                raise Unreadable("it holds no `groupData`")
            entity = group_in(vendor_id, data)
            if entity.id != vendor_id:
                raise Unreadable(f"it is about group {entity.id}")
            attributes = {**entity.attributes, "agents": roster(vendor_id, found.get("relationData"))}
        except Unreadable as error:
            raise unusable(request, answer, self.connection, str(error)) from None
        return replace(entity, attributes=attributes, unseen=entity.unseen - {"agents"})

    # --- Changing -----------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the group, sees to it that it has its name, then sets the rest.

        Raises Rejected, and leaves no group behind, where DeepCall gave it another name.
        """
        made = {"name", *(path for path in ("status",) if values.get(path) == "active")}
        answer = yield Request(
            "POST",
            ADD,
            json={"name": values["name"]},
            effect=Effect.CREATE,
            paths=frozenset(made),
            new_id=self._new_id,
        )
        vendor_id = self._new_id(answer)
        stored = yield from self._stored_name(vendor_id, f"POST {ADD}", values["name"])
        if stored != values["name"]:
            yield from self.delete(vendor_id)
            raise self._renamed(f"POST {ADD}", values["name"], stored, "it was deleted again")
        whole = {"status": "active", **values}
        yield from self._write(vendor_id, whole, frozenset(values) - made)
        return vendor_id

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Sends name and status together where one of them changes, and all members where any does.

        Raises Rejected, after the old name was put back, where DeepCall gave it another name.
        """
        before = (yield from self._name_now(vendor_id)) if "name" in changed else None
        yield from self._write(vendor_id, values, changed & OWN)
        if before is not None:
            stored = yield from self._stored_name(vendor_id, f"POST {UPDATE}", values["name"])
            if stored != values["name"]:
                yield from self._write(vendor_id, {**values, "name": before}, frozenset({"name"}))
                raise self._renamed(f"POST {UPDATE}", values["name"], stored, f"`{before}` was put back")
        yield from self._write(vendor_id, values, changed - OWN)

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        """Deletes it for good, and nobody is in it any more; that it is not there counts as done."""
        yield Request("POST", DELETE, json={"groupId": vendor_id}, effect=Effect.DELETE, absent_ok=True)

    def _write(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        if changed & OWN:
            if not values.keys() >= OWN:
                raise VendorFailed(
                    f"not sent: group {vendor_id} does not show its status, and leaving it out would make it active",
                    connection=self.connection,
                    call=f"POST {UPDATE}",
                )
            body = {"groupId": vendor_id, **to_wire(SHOWN, values)}
            yield Request("POST", UPDATE, json=body, effect=Effect.UPDATE, paths=changed & OWN)
        if "agents" in changed:
            body = {"groupId": vendor_id, **_assigned(values["agents"])}
            yield Request("POST", ASSIGN, json=body, effect=Effect.UPDATE, paths=frozenset({"agents"}))

    def _name_now(self, vendor_id: VendorId) -> Changing[Any]:
        request = self._by_id(vendor_id)
        answer = yield request
        return self._shown_name(request, answer, vendor_id)

    def _stored_name(self, vendor_id: VendorId, call: str, wanted: str) -> Changing[Any]:
        """The name that the group has, looked for until it is the wanted one or the lag has passed.

        Raises VendorFailed where the group does not show at all: nobody can tell then what it is called.
        """
        stored = None
        for look in range(LOOKS + 1 if self.lag else 1):
            request = self._by_id(vendor_id, after=self.lag / LOOKS if look else 0.0)
            answer = yield request
            stored = self._shown_name(request, answer, vendor_id)
            if stored == wanted:
                return stored
        if stored is None:
            raise VendorFailed(
                f"{call} was done, but group {vendor_id} does not show: nobody can tell whether it has its name",
                connection=self.connection,
                call=call,
            )
        return stored

    def _shown_name(self, request: Request, answer: Answer, vendor_id: VendorId) -> Any:
        if is_absent(request, answer):
            return None
        entity = one_in(request, answer, self.connection, vendor_id, group_in)
        return None if entity is None else entity.attributes.get("name")

    def _renamed(self, call: str, wanted: str, stored: str, then: str) -> Rejected:
        return Rejected(
            f"DeepCall named the group `{stored}`, since another one is called `{wanted}`: {then}",
            connection=self.connection,
            call=call,
            taken=("name",),
        )

    def _new_id(self, answer: Answer) -> VendorId:
        return new_id(f"POST {ADD}", answer, self.connection, "groupId")


def _assigned(members: Sequence[Any]) -> dict[str, list[str]]:
    """Who is in the group, and who of them gets its calls: whoever is new does, where nothing is said (D-13)."""
    receives = dict(_members(members))
    agents = sorted(receives, key=int)
    return {"agent_unique_id": agents, "receive_call": [agent for agent in agents if receives[agent]]}


def _members(members: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    for member in members:
        if isinstance(member, Mapping):
            yield str(member["agent"]), bool(member.get("receive_call", True))
        else:
            yield str(member), True
