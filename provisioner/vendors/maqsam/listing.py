"""How are all agents read, page by page, and when can one believe to have seen everybody?

Maqsam says neither how many agents there are nor which page is the last (M5): pages are asked for one after the other,
to the first empty one. Every sign that a page is not what it should be makes the evidence incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from provisioner.errors import NotFound, Rejected, VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Entity, Listing
from provisioner.vendors.maqsam.agents import Unreadable, from_wire, identifier
from provisioner.vendors.maqsam.settings import MaqsamSettings
from provisioner.vendors.requests import Answer, Reading, Request

PATH = "/v1/agents"

MOST_PAGES = 1000


@dataclass(frozen=True)
class Agents(Adapter):
    """The adapter of agents on one connection."""

    settings: MaqsamSettings
    connection: str

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every agent, active or not, once; a page that cannot be had ends it, and what was seen before it stays."""
        so_far = _SoFar(self.settings)
        for number in range(1, MOST_PAGES + 1):
            request = page(number)
            try:
                (answer,) = yield (request,)
                items = self._items(request, answer)
            except (VendorFailed, Rejected, NotFound) as error:
                return so_far.listing(f"page {number} could not be read: {error.message}")
            if not items:
                return so_far.listing(so_far.doubt)
            why = so_far.take(number, items)
            if why is not None:
                return so_far.listing(why)
        return so_far.listing(f"after {MOST_PAGES} pages there was still no end")

    def _items(self, request: Request, answer: Answer) -> Sequence[Any]:
        """The agents on a page; raises VendorFailed for anything that is not one."""
        try:
            data = answer.data()
        except ValueError:
            data = None
        if isinstance(data, dict) and data.get("result") == "success" and isinstance(data.get("message"), list):
            items: list[Any] = data["message"]
            return items
        raise VendorFailed(
            f"the answer to {request.call} is not a page of agents",
            connection=self.connection,
            call=request.call,
            status=answer.status,
        )


def page(number: int) -> Request:
    """The request for a page; the first goes without its number, which could be 0 as well as 1."""
    return Request("GET", PATH if number == 1 else f"{PATH}/page/{number}")


@dataclass
class _SoFar:
    """What the pages have shown until now.

    An agent may move between pages while they are read, and is taken once. ``doubt`` is why somebody may have been
    missed although the pages came to their end.
    """

    settings: MaqsamSettings
    found: dict[VendorId, Entity] = field(default_factory=dict)
    doubt: str | None = None
    short: int | None = None
    first: VendorId | None = None

    def take(self, number: int, items: Sequence[Any]) -> str | None:
        """Takes a page in; why the reading must end there, or None."""
        try:
            first = identifier(items[0])
        except Unreadable as error:
            first = None
            self._doubt(f"page {number} holds {error}")
        if first is not None and first == self.first:
            return f"page {number} begins with id {first}, as the page before it did: the vendor repeats a page"
        self.first = first
        self._measure(number, len(items))
        for item in items:
            self._take(number, item)
        return None

    def _measure(self, number: int, length: int) -> None:
        size = self.settings.page_size
        if self.short is not None:
            self._doubt(
                f"page {self.short} holds fewer than {size} agents and page {number} some more: the list changed while "
                "it was read, or `page_size` is not the vendor's"
            )
        if length > size:
            self._doubt(f"page {number} holds {length} agents, more than `page_size` ({size})")
        self.short = number if length < size and self.short is None else self.short

    def _take(self, number: int, item: Any) -> None:
        try:
            entity = from_wire(item, self.settings.groups_format)
        except Unreadable as error:
            self._doubt(f"page {number} holds {error}")
            return
        self.found.setdefault(entity.id, entity)
        if "email" in entity.unseen:
            self._doubt(f"id {entity.id} on page {number} has no `email`: nobody can tell who it is")

    def _doubt(self, why: str) -> None:
        self.doubt = self.doubt or why

    def listing(self, incomplete: str | None) -> Listing:
        return Listing(tuple(self.found.values()), incomplete=incomplete)
