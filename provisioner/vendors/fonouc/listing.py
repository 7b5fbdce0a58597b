"""How are all users, or all queues, read: one request each, since no pages are documented (F4).

FonoUC does not say how many there are. What cannot be read of an answer makes the evidence incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from provisioner.errors import VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Entity, Listing, Reading, Request
from provisioner.vendors.fonouc.settings import FonoucSettings
from provisioner.vendors.fonouc.wire import Kind, Unreadable
from provisioner.vendors.read_only import ReadOnly


@dataclass(frozen=True)
class Collection(ReadOnly):
    """The adapter of one kind on one connection."""

    kind: Kind
    settings: FonoucSettings
    connection: str

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every entity of the kind. Raises VendorFailed where the answer is no list."""
        request = Request("GET", self.kind.path)
        (answer,) = yield (request,)
        found: dict[VendorId, Entity] = {}
        doubt: str | None = None
        for place, item in enumerate(self._items(request, answer), 1):
            try:
                entity = self.kind.entity(item)
            except Unreadable as error:
                doubt = doubt or f"the answer to {request.call} holds {error}, at place {place}"
                continue
            if entity.id in found:
                doubt = doubt or f"the answer to {request.call} has id {entity.id} twice"
                continue
            found[entity.id] = entity
            nameless = entity.unseen & set(self.kind.offer.key_paths)
            if nameless:
                doubt = doubt or f"id {entity.id} has no `{min(nameless)}`: nobody can tell what it is"
        return Listing(tuple(found.values()), incomplete=doubt)

    def _items(self, request: Request, answer: Answer) -> Sequence[Any]:
        try:
            data = answer.data()
        except ValueError:
            data = None
        envelope = self.settings.envelope
        if envelope:
            data = data.get(envelope) if isinstance(data, dict) else None
        if isinstance(data, list):
            return data
        raise VendorFailed(
            f"the answer to {request.call} is not a list",
            connection=self.connection,
            call=request.call,
            status=answer.status,
            hint="where this FonoUC wraps its lists, name the member with `envelope`",
        )
