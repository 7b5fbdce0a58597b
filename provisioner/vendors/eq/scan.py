"""Finding entities where EQ can list nothing: by visiting ids, or the numbers that the settings name.

Ids count up from 1 and a deleted entity still answers, so visiting them until a long enough run of 404s meets
everything that ever was. Source: specs/eq.yaml, GET /agent/{id}; that ids count up is assumed (settings
``scan.first``, ``scan.gap``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Entity, Listing, Reading, Request
from provisioner.vendors.eq.settings import EqSettings
from provisioner.vendors.eq.wire import Kind

BATCH = 500
"""How many requests are handed over at once: enough to keep any limit busy, and little enough to hold."""


class Visitor(Protocol):
    """What a scan needs of the kind's adapter."""

    @property
    def kind(self) -> Kind: ...

    @property
    def settings(self) -> EqSettings: ...

    def visit(self, vendor_id: VendorId) -> Request:
        """The request that reads one entity."""
        ...

    def usage(self) -> Request:
        """The request for what the licence counts."""
        ...

    def entity(self, request: Request, answer: Answer, vendor_id: VendorId) -> Entity | None:
        """What the answer holds; None for 404, VendorFailed for what is no such entity."""
        ...

    def counted(self, answer: Answer) -> int | None:
        """How many live entities the licence counts; None where it does not say."""
        ...


def scanned(
    visitor: Visitor, *, known: int, start: int, held: Mapping[VendorId, Entity] = MappingProxyType({})
) -> Reading[Listing]:
    """Every entity with an id from ``start`` on: to ``known`` in any case, then until the gap behind the last hit.

    Where the licence counts the kind and the scan began at the first id, a licence that counts more live entities than
    were found makes it incomplete. A failed request ends it: what was not read is not known. What is ``held`` is not
    read again.
    """
    scan = visitor.settings.scan
    lowest = following = max(scan.first, start)
    last = max(known, following - 1) + scan.gap
    entities: list[Entity] = []
    highest: int | None = None
    while following <= last:
        ids = range(following, min(last, following + BATCH - 1) + 1)
        for entity in (yield from _visited(visitor, [VendorId(str(number)) for number in ids], held)):
            entities.append(entity)
            highest = int(entity.id)
        last = max(last, (highest or 0) + scan.gap)
        following = ids.stop
    incomplete = (yield from _missing(visitor, entities)) if start <= scan.first else None
    return Listing(tuple(entities), incomplete, highest, lowest=lowest)


def _missing(visitor: Visitor, entities: Sequence[Entity]) -> Reading[str | None]:
    """Why the scan must have missed some, told by the licence's count; None where it agrees or cannot be asked."""
    counted, found = yield from _counts(visitor, entities)
    if counted is None or found >= counted:
        return None
    return (
        f"the scan of {visitor.kind.name} found {found} active, the licence counts {counted}: "
        f"raise `scan.gap` (now {visitor.settings.scan.gap})"
    )


def _counts(visitor: Visitor, entities: Sequence[Entity]) -> Reading[tuple[int | None, int]]:
    """How many live ones the licence counts (None where it does not say), and how many were found."""
    counted = None
    if visitor.kind.offer.licence is not None:
        (answer,) = yield (visitor.usage(),)
        counted = visitor.counted(answer)
    return counted, sum(not entity.deleted for entity in entities)


def sought(visitor: Visitor) -> Reading[Listing]:
    """What stands at the numbers of ``scan.ranges``.

    No range is known to hold everything: that is complete only where the licence counts no more than were found.
    """
    name, ranges = visitor.kind.name, f"scan.ranges.{visitor.kind.name}"
    numbers = [VendorId(str(number)) for number in visitor.settings.scan.ranges.numbers(name)]
    entities: list[Entity] = []
    for batch in _batches(numbers):
        entities += yield from _visited(visitor, batch)
    counted, found = yield from _counts(visitor, entities)
    if counted is not None and counted <= found:
        return Listing(tuple(entities))
    why = f"EQ cannot list {name}: " + (
        f"only the {len(numbers)} numbers in `{ranges}` were looked at"
        if numbers
        else f"name the numbers to look at in `{ranges}`"
    )
    if counted is None:
        return Listing(tuple(entities), why)
    return Listing(
        tuple(entities), f"{why} (found {found} active, the licence counts {counted})", missing=counted - found
    )


def _batches(ids: Sequence[VendorId]) -> Iterator[Sequence[VendorId]]:
    return (ids[place : place + BATCH] for place in range(0, len(ids), BATCH))


def _visited(
    visitor: Visitor, ids: Sequence[VendorId], held: Mapping[VendorId, Entity] = MappingProxyType({})
) -> Reading[list[Entity]]:
    """The entities among the ids, in their order; what is held is not asked for."""
    requests = {vendor_id: visitor.visit(vendor_id) for vendor_id in ids if vendor_id not in held}
    answers = (yield tuple(requests.values())) if requests else ()
    found: dict[VendorId, Entity | None] = {
        vendor_id: visitor.entity(request, answer, vendor_id)
        for (vendor_id, request), answer in zip(requests.items(), answers, strict=True)
    }
    there = (held.get(vendor_id) or found.get(vendor_id) for vendor_id in ids)
    return [entity for entity in there if entity is not None]
