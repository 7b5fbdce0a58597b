"""Questions to a vendor in the middle of a run: what became of a lost request, is a key still free, who holds a value."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from provisioner.apply.link import Link
from provisioner.apply.settle import settle
from provisioner.apply.stale import Stale
from provisioner.errors import VendorError
from provisioner.plan.document import Change
from provisioner.state.document import Intent
from provisioner.state.entries import Settled
from provisioner.state.writer import Writer
from provisioner.values import VendorId, folded
from provisioner.vendors.base import Entity, Find, Offer
from provisioner.vendors.live import Live, Seen, Want
from provisioner.vendors.read import read_connection


@dataclass
class Asker:
    """Asks, and remembers listings. ``listing`` is what the run read when it planned, if it planned itself."""

    writer: Writer
    listing: Live | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _scans: dict[tuple[str, str], asyncio.Task[Seen]] = field(default_factory=dict)

    async def settle(self, link: Link, intent: Intent) -> Settled | None:
        """The end of a request whose answer was lost; None where the vendor cannot tell now.

        A negative answer is asked for again until the vendor's consistency lag has passed.
        """
        offer = link.offer(intent.kind)
        if not offer.readable:
            return settle(intent, offer, None)
        others = frozenset(
            bound.id
            for address, bound in self.writer.document.bound.items()
            if (address.connection, address.kind) == (intent.address.connection, intent.kind)
            and address != intent.address
        )
        try:
            seen = await self._look(link, intent, offer)
        except VendorError:
            return None
        return settle(intent, offer, seen, others)

    async def _look(self, link: Link, intent: Intent, offer: Offer) -> Seen:
        """What there is to see of the entity; where ids count up, only those that were not known before."""
        if intent.verb == "create" and offer.find is Find.SCAN:
            if offer.lag:
                await self.sleep(offer.lag)
            since = (intent.highest or 0) + 1
            listing = await link.engine.read(link.adapter(intent.kind).find_all(known=since, start=since))
            return Seen(
                offer,
                by_id={entity.id: entity for entity in listing.entities},
                searched=True,
                incomplete=listing.incomplete,
            )
        seen = await read_connection(link.engine, (_want(intent, offer),), sleep=self.sleep)
        return seen[intent.kind]

    async def check_absent(self, link: Link, change: Change, known: frozenset[VendorId]) -> None:
        """Raises Stale where somebody has made what is to be created since the plan was made.

        One read where the key is the vendor's id, else the run's one listing. ``known`` are the entities that the plan
        knew: those give their key up first.
        """
        kind = change.address.kind
        offer = link.offer(kind)
        key = offer.natural_key(change.after or {})
        if key is None or offer.find is Find.NONE:
            return
        if offer.find is Find.BY_KEY:
            vendor_id = VendorId(str((change.after or {})[offer.key_paths[0]]))
            entity = await link.engine.read(link.adapter(kind).read(vendor_id))
            if entity is not None and not entity.deleted:
                raise Stale(f"`{vendor_id}` exists at the vendor by now")
            return
        seen = await self._listed(link, kind, offer)
        strangers = [entity.id for entity in seen.active(key) if entity.id not in known]
        if strangers:
            raise Stale(f"id {strangers[0]} has its natural key at the vendor by now")

    async def who_holds(self, link: Link, change: Change, paths: Sequence[str]) -> str | None:
        """Who holds the values that the vendor calls taken, live or deleted, in words; None where it cannot be seen."""
        kind = change.address.kind
        offer = link.offer(kind)
        found: list[str] = []
        try:
            entities = await self._everybody(link, change, offer)
        except VendorError:
            return None
        for path in paths:
            value = (change.after or {}).get(path)
            for entity in entities:
                if entity.id != change.id and folded(entity.attributes.get(path)) == folded(value):
                    found.append(f"`{path}` {value!r} is held by {self._described(change, entity, offer)}")
        return "; ".join(found) or None

    async def _everybody(self, link: Link, change: Change, offer: Offer) -> Sequence[Entity]:
        if offer.find is Find.BY_KEY:
            path = offer.key_paths[0]
            entity = await link.engine.read(
                link.adapter(change.address.kind).read(VendorId(str((change.after or {})[path])))
            )
            return [entity] if entity else []
        seen = await self._listed(link, change.address.kind, offer, fresh=True)
        return seen.entities

    def _described(self, change: Change, entity: Entity, offer: Offer) -> str:
        state = "deleted" if entity.deleted else "active"
        owner = next(
            (
                f"`{address}`, "
                for address, bound in self.writer.document.bound.items()
                if (address.connection, address.kind, bound.id)
                == (change.address.connection, change.address.kind, entity.id)
            ),
            "",
        )
        names = " ".join(
            str(entity.attributes[path])
            for path in (*offer.key_paths, *offer.personal_paths)
            if entity.attributes.get(path) not in (None, "")
        )
        return f"{owner}the {state} id {entity.id} ({names})"

    async def _listed(self, link: Link, kind: str, offer: Offer, *, fresh: bool = False) -> Seen:
        """The run's one listing of a kind: what planning read, or one made now for everybody who asks."""
        planned = self.listing.seen(link.name, kind) if self.listing is not None and not fresh else None
        if planned is not None and planned.searched:
            return planned
        place = (link.name, kind)
        if place not in self._scans:
            self._scans[place] = asyncio.create_task(self._list(link, kind, offer))
        return await asyncio.shield(self._scans[place])

    async def _list(self, link: Link, kind: str, offer: Offer) -> Seen:
        known = max(
            [0]
            + [
                int(bound.id)
                for address, bound in self.writer.document.bound.items()
                if (address.connection, address.kind) == (link.name, kind) and bound.id.isdecimal()
            ]
        )
        want = Want(kind, offer, search=True, known=known)
        return (await read_connection(link.engine, (want,), sleep=self.sleep))[kind]


def _want(intent: Intent, offer: Offer) -> Want:
    if intent.vendor_id is not None:
        return Want(intent.kind, offer, ids=frozenset({intent.vendor_id}))
    if offer.find is Find.BY_KEY:
        value = VendorId(str(intent.attributes[offer.key_paths[0]]))
        return Want(intent.kind, offer, keys=frozenset({intent.natural_key}), key_ids={intent.natural_key: value})
    return Want(intent.kind, offer, search=True, known=intent.highest or 0)
