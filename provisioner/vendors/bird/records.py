"""How each kind is read and written: the calls of an adapter, the same for every kind of Bird.

What differs between kinds stands in their ``Kind``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from provisioner.values import VendorId
from provisioner.vendors.answers import unusable, without_id
from provisioner.vendors.base import Adapter, Answer, Changing, Effect, Entity, Listing, Reading, Request
from provisioner.vendors.bird.answers import object_in
from provisioner.vendors.bird.listing import Page, listed, page_in
from provisioner.vendors.bird.settings import BirdSettings
from provisioner.vendors.bird.wire import Kind, Sent, Unreadable, from_wire, id_of, said_of, to_wire, unseen_in


@dataclass(frozen=True)
class Records(Adapter):
    """The adapter of one kind on one connection."""

    kind: Kind
    settings: BirdSettings
    connection: str

    @property
    def collection(self) -> str:
        """The path below which the kind's entities are."""
        return f"/workspaces/{self.settings.workspace_id}/{self.kind.path}"

    # --- Reading ------------------------------------------------------------------------------------------------

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        """The entity; None for 404. Raises VendorFailed where Bird answers with anything else."""
        request = self._get(vendor_id, absent_ok=True)
        (answer,) = yield (request,)
        if answer.absent:
            return None
        data = self._object(request, answer)
        return self._entity(request, answer, data, vendor_id)

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every entity of the kind, page after page; see listing.py."""
        return (yield from listed(self._page_request, self._page, self._entities))

    def _get(self, vendor_id: VendorId, *, absent_ok: bool) -> Request:
        return Request("GET", self._item(vendor_id), absent_ok=absent_ok)

    def _page_request(self, token: str | None) -> Request:
        following = () if token is None else (("pageToken", token),)
        return Request("GET", self.collection, query=(("limit", str(self.settings.page_size)), *following))

    def _page(self, request: Request, answer: Answer) -> Page:
        try:
            return page_in(object_in(answer))
        except ValueError as error:
            raise unusable(request, answer, self.connection, error) from error

    def _entities(self, request: Request, answer: Answer, page: Page) -> Iterable[Entity]:
        return [self._entity(request, answer, data) for data in page.objects]

    def _object(self, request: Request, answer: Answer) -> Mapping[str, Any]:
        try:
            return object_in(answer)
        except ValueError as error:
            raise unusable(request, answer, self.connection, error) from error

    def _entity(
        self, request: Request, answer: Answer, data: Mapping[str, Any], wanted: VendorId | None = None
    ) -> Entity:
        """The entity in an object; VendorFailed for what is none, or is not the one that was asked for.

        Of an object that is not managed nothing is told but its type, so that no declaration can be taken for it.
        """
        try:
            vendor_id = VendorId(id_of(data))
            if wanted not in (None, vendor_id):
                raise Unreadable(f"its `id` is `{vendor_id}`")
            if not self.kind.managed(data):
                return Entity(vendor_id, {"type": str(data.get("type"))})
            attributes = self.kind.attributes
            return Entity(vendor_id, from_wire(attributes, data), unseen=unseen_in(attributes, data))
        except ValueError as error:
            raise unusable(request, answer, self.connection, error) from error

    # --- Changing -----------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the entity; what Bird takes only of an update follows in a second request."""
        first = self.kind.sent_by(Sent.CREATE, values)
        now = said_of(first, values)
        answer = yield Request(
            "POST",
            self.collection,
            json={**self.kind.constants, **to_wire(first, now, {})},
            effect=Effect.CREATE,
            paths=frozenset(now),
            new_id=self._new_id,
        )
        vendor_id = self._new_id(answer)
        later = {path: value for path, value in values.items() if path not in now}
        if later:
            yield from self._patch(vendor_id, later, object_in(answer))
        return vendor_id

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Sends what changes. Where Bird takes a map whole and only a part of it changes, the map is read first."""
        there: Mapping[str, Any] = {}
        if any(item.form.carries for item in self.kind.sent_by(Sent.UPDATE, values)):
            request = self._get(vendor_id, absent_ok=False)
            answer = yield request
            there = self._object(request, answer)
        yield from self._patch(vendor_id, values, there)

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        """Deletes it for good; that it is not there counts as done."""
        yield Request("DELETE", self._item(vendor_id), effect=Effect.DELETE, absent_ok=True)

    def _patch(self, vendor_id: VendorId, values: Mapping[str, Any], there: Mapping[str, Any]) -> Changing[None]:
        sent = self.kind.sent_by(Sent.UPDATE, values)
        said = said_of(sent, values)
        if said:
            yield Request(
                "PATCH",
                self._item(vendor_id),
                json=to_wire(sent, said, there),
                effect=Effect.UPDATE,
                paths=frozenset(said),
            )

    def _item(self, vendor_id: VendorId) -> str:
        return f"{self.collection}/{quote(vendor_id, safe='')}"

    def _new_id(self, answer: Answer) -> VendorId:
        """The id in the answer to a create; OutcomeUnknown where there is none, since something was made."""
        try:
            return VendorId(id_of(object_in(answer)))
        except ValueError as error:
            raise without_id(f"POST {self.collection}", answer, self.connection) from error
