"""How agents are read and written: an update is one field a request (D-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from provisioner.errors import NotFound, VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Answer, Changing, Effect, Entity, Listing, Reading, Request
from provisioner.vendors.deepcall.agents import AGENTS, LICENCE, SECRET, SHOWN, agent_in
from provisioner.vendors.deepcall.answers import Unreadable, members, new_id, unusable
from provisioner.vendors.deepcall.listing import Reader, one_in, page_in
from provisioner.vendors.deepcall.settings import DeepcallSettings
from provisioner.vendors.deepcall.wire import to_wire
from provisioner.vendors.usage import Licence

LIST, CREATE, UPDATE, DELETE = (f"/api/v2/Agent/{action}" for action in ("list", "create", "update", "delete"))

DESTINATION = frozenset({"dest_type", "dest_value"})

STEPS: tuple[frozenset[str], ...] = (
    frozenset({"name"}),
    frozenset({"email"}),
    frozenset({"phone"}),
    DESTINATION,
    frozenset({"role"}),
    frozenset({"parent"}),
    frozenset({"working"}),
    frozenset({"allow_did"}),
    frozenset({"address"}),
    frozenset({"call_pass"}),
    frozenset({"password"}),
)
"""What one request of an update sets, in the order in which they are sent (D-9)."""

STATUS = frozenset({"status"})
"""The one that is first when the agent becomes inactive, and last otherwise."""


@dataclass(frozen=True)
class AgentRecords(Adapter):
    """The adapter of agents on one connection."""

    settings: DeepcallSettings
    connection: str

    # --- Reading ------------------------------------------------------------------------------------------------

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        """The agent; None where no listing shows it, which is all that is known of deleted ones."""
        request = Request("POST", LIST, json={"agentId": vendor_id}, absent_ok=True)
        (answer,) = yield (request,)
        return self._one(request, answer, vendor_id)

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every agent, page after page; see listing.py."""
        reader = Reader(self.connection, self._page, agent_in, frozenset(AGENTS.key_paths), self.settings.page_size)
        return (yield from reader.listed())

    def licences(self) -> Reading[Mapping[str, Licence]]:
        """How many agents the account may have and has, pending deletions included (D-19); nothing where it is unsaid.

        One agent is asked for, without its passwords.
        """
        request = Request("POST", LIST, json={"page": 1, "limit": 1, "quick": True})
        (answer,) = yield (request,)
        try:
            limit, used = members(answer).get("agtLimit"), page_in(answer).total
        except Unreadable as error:
            raise unusable(request, answer, self.connection, str(error)) from None
        return {LICENCE: Licence(limit, used)} if type(limit) is int else {}

    def _page(self, number: int) -> Request:
        return Request("POST", LIST, json={"page": number, "limit": self.settings.page_size})

    def _one(self, request: Request, answer: Answer, vendor_id: VendorId) -> Entity | None:
        return one_in(request, answer, self.connection, vendor_id, agent_in)

    # --- Changing -----------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the agent, in one request."""
        answer = yield Request(
            "POST",
            CREATE,
            json=to_wire((*SHOWN, *SECRET), values),
            effect=Effect.CREATE,
            paths=frozenset(values),
            new_id=self._new_id,
        )
        return self._new_id(answer)

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Sends what changes, one field a request. A half of the destination goes with the half that is there."""
        whole = {**(yield from self._other_half(vendor_id, values)), **values}
        for step in steps(values):
            yield Request(
                "POST",
                UPDATE,
                json={"agentId": vendor_id, **to_wire(_attributes(step), whole)},
                effect=Effect.UPDATE,
                paths=step & values.keys(),
            )

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        """Deletes it for good, as far as the API goes; that it is not there counts as done (D-10)."""
        yield Request("POST", DELETE, json={"agentId": vendor_id}, effect=Effect.DELETE, absent_ok=True)

    def _other_half(self, vendor_id: VendorId, values: Mapping[str, Any]) -> Changing[Mapping[str, Any]]:
        """The destination as it is, where a half of it changes: both halves must be sent."""
        if len(DESTINATION & values.keys()) != 1:
            return {}
        request = Request("POST", LIST, json={"agentId": vendor_id})
        answer = yield request
        entity = self._one(request, answer, vendor_id)
        place: dict[str, Any] = {"connection": self.connection, "call": request.call, "status": answer.status}
        if entity is None:
            raise NotFound(f"there is no agent {vendor_id}", **place)
        if entity.unseen & DESTINATION:
            raise VendorFailed(f"agent {vendor_id} does not show where its calls go", **place)
        return {path: entity.attributes[path] for path in DESTINATION}

    def _new_id(self, answer: Answer) -> VendorId:
        return new_id(f"POST {CREATE}", answer, self.connection, "agentId")


def steps(values: Mapping[str, Any]) -> Iterator[frozenset[str]]:
    """The fields of each request of an update, in order."""
    if values.get("status") == "inactive":
        yield STATUS
    yield from (step for step in STEPS if step & values.keys())
    if values.get("status") == "active":
        yield STATUS


def _attributes(step: frozenset[str]) -> list[Any]:
    return [item for item in (*SHOWN, *SECRET) if item.path in step]
