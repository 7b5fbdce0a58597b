"""Questions to a vendor in a run: what became of a lost request, is a key still free, who holds a value."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from provisioner.address import Address
from provisioner.apply.link import Link
from provisioner.apply.settle import settle
from provisioner.apply.stale import Stale
from provisioner.errors import VendorError, VendorFailed
from provisioner.plan.document import Change
from provisioner.plan.group import known, shares_strong
from provisioner.state.document import Intent
from provisioner.state.entries import Settled
from provisioner.state.writer import Writer
from provisioner.values import VendorId, folded
from provisioner.vendors.base import Deleted, Entity, Find, Offer
from provisioner.vendors.live import Live, Seen, Want
from provisioner.vendors.read import read_connection


@dataclass
class Asker:
    """Asks, and remembers listings. ``listing`` is what the run read when it planned, if it planned itself."""

    writer: Writer
    listing: Live | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _scans: dict[tuple[str, str], asyncio.Task[Seen]] = field(default_factory=dict)
    _owners: dict[tuple[str, str], dict[VendorId, Address]] = field(default_factory=dict)

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

    async def check_absent(
        self, link: Link, change: Change, planned: frozenset[VendorId], *, first_look: bool = False
    ) -> None:
        """Raises Stale where somebody has made what is to be created since the plan was made.

        One read where the key is the vendor's id, else the run's one listing. ``planned`` are the entities that the
        plan changes: those give their key up first. ``first_look``: nobody has looked before, so that a deleted record
        may evidently be this one, too. Raises VendorFailed where nobody can tell.
        """
        kind = change.address.kind
        offer = link.offer(kind)
        key = offer.natural_key(change.after or {})
        if key is None or offer.find is Find.NONE:
            return
        if offer.find is Find.BY_KEY:
            await self._check_number(link, offer, change)
            return
        seen = await self.listed(link, kind, offer)
        strangers = [entity.id for entity in seen.active(key) if entity.id not in planned]
        if strangers:
            raise Stale(f"id {strangers[0]} has its natural key at the vendor by now")
        records = [entity for entity in seen.deleted(key) if first_look and entity.id not in planned]
        if any(shares_strong(offer, change.after or {}, entity.attributes) for entity in records):
            raise Stale("a deleted record there is evidently this one, to be brought back rather than made again")
        if not seen.decides(key):
            raise VendorFailed(
                f"not sent: it could not be checked that nobody has made it meanwhile: {seen.doubt}",
                connection=link.name,
                call=f"find {kind}",
            )

    async def _check_number(self, link: Link, offer: Offer, change: Change) -> None:
        entity = await self._by_key(link, offer, change)
        if entity is None:
            return
        if not entity.deleted:
            raise Stale(f"`{entity.id}` exists at the vendor by now")
        if offer.deleted is Deleted.HOLDS_KEY:
            raise Stale(f"the vendor keeps `{entity.id}` for a deleted record by now")

    async def _by_key(self, link: Link, offer: Offer, change: Change) -> Entity | None:
        value = VendorId(str((change.after or {})[offer.key_paths[0]]))
        return await link.engine.read(link.adapter(change.address.kind).read(value))

    async def who_holds(self, link: Link, change: Change, paths: Sequence[str]) -> str | None:
        """Who holds the values that the vendor calls taken, live or deleted, in words; None where it cannot be seen."""
        offer = link.offer(change.address.kind)
        try:
            entities = await self._everybody(link, change, offer)
        except VendorError:
            return None
        after = change.after or {}
        found = [
            f"`{path}` {after[path]!r} is held by {self._described(change, entity, offer)}"
            for path in paths
            if known(after.get(path))
            for entity in _holders(entities, change, path)
        ]
        return "; ".join(found) or None

    async def _everybody(self, link: Link, change: Change, offer: Offer) -> Sequence[Entity]:
        """Whoever may hold a value: all that can be listed, else whom the key names and whom anybody has seen."""
        kind = change.address.kind
        if offer.find is not Find.BY_KEY:
            return (await self.listed(link, kind, offer, fresh=True)).entities
        by_key = await self._by_key(link, offer, change)
        planned = self.listing.seen(link.name, kind) if self.listing is not None else None
        seen = {entity.id: entity for entity in planned.entities} if planned is not None else {}
        for address, bound in self.writer.document.bound.items():
            if (address.connection, address.kind) == (link.name, kind):
                seen[bound.id] = Entity(bound.id, bound.attributes)
        if by_key is not None:
            seen[by_key.id] = by_key
        return tuple(seen.values())

    def _described(self, change: Change, entity: Entity, offer: Offer) -> str:
        place = (change.address.connection, change.address.kind)
        if place not in self._owners:
            bound = self.writer.document.bound
            self._owners[place] = {b.id: a for a, b in bound.items() if (a.connection, a.kind) == place}
        owner = self._owners[place].get(entity.id)
        names = " ".join(
            str(entity.attributes[path])
            for path in dict.fromkeys((*offer.key_paths, *offer.personal_paths))
            if known(entity.attributes.get(path))
        )
        state = "deleted" if entity.deleted else "active"
        return f"{f'`{owner}`, ' if owner else ''}the {state} id {entity.id} ({names})"

    def has_listed(self, link: Link, kind: str, offer: Offer) -> bool:
        """Whether planning has listed the kind in this very run, so that asking for the listing costs nothing."""
        planned = self.listing.seen(link.name, kind) if self.listing is not None else None
        return offer.find is Find.LIST and planned is not None and planned.searched

    async def listed(self, link: Link, kind: str, offer: Offer, *, fresh: bool = False) -> Seen:
        """The run's one listing of a kind: what planning read, or one made now for everybody who asks."""
        planned = self.listing.seen(link.name, kind) if self.listing is not None and not fresh else None
        if planned is not None and planned.searched:
            return planned
        place = (link.name, kind)
        if place not in self._scans:
            self._scans[place] = asyncio.create_task(self._list(link, kind, offer))
        return await asyncio.shield(self._scans[place])

    async def _list(self, link: Link, kind: str, offer: Offer) -> Seen:
        ids = [
            bound.id
            for address, bound in self.writer.document.bound.items()
            if (address.connection, address.kind) == (link.name, kind)
        ]
        known = max([0] + [int(one) for one in ids if one.isdecimal()])
        want = Want(kind, offer, search=True, known=known, managed=bool(ids))
        return (await read_connection(link.engine, (want,), sleep=self.sleep))[kind]


def _holders(entities: Sequence[Entity], change: Change, path: str) -> Sequence[Entity]:
    """The others with the value that the change puts there; deleted ones only where no active one has it."""
    wanted = folded((change.after or {}).get(path))
    found = [item for item in entities if item.id != change.id and folded(item.attributes.get(path)) == wanted]
    return [item for item in found if not item.deleted] or found


def _want(intent: Intent, offer: Offer) -> Want:
    if intent.vendor_id is not None:
        right_now = any(path in intent.attributes for path in offer.member_paths)
        return Want(intent.kind, offer, ids=frozenset({intent.vendor_id}), alone=True, right_now=right_now)
    if offer.find is Find.BY_KEY:
        value = VendorId(str(intent.attributes[offer.key_paths[0]]))
        return Want(intent.kind, offer, keys=frozenset({intent.natural_key}), key_ids={intent.natural_key: value})
    keys = frozenset({intent.natural_key})  # not found, it is looked for once more after the lag
    return Want(intent.kind, offer, keys=keys, search=True, known=intent.highest or 0)
