"""What is there: read right before a call and held against the plan, and read again after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from provisioner.address import Address
from provisioner.apply import stale
from provisioner.apply.ask import Asker
from provisioner.apply.events import Event, Kind, Listener
from provisioner.apply.link import Link
from provisioner.apply.owners import Owners
from provisioner.apply.stale import Stale
from provisioner.apply.verify import altered, side_effects
from provisioner.errors import ProvisionerError, VendorError
from provisioner.plan.document import Action, Change
from provisioner.state.entries import Parked, Put, Unparked
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId
from provisioner.vendors.base import Call, Entity, Offer
from provisioner.vendors.read import in_listing, read_one

LOOKS = 5
"""How often what was written is looked for again while it may not show yet, spread over the vendor's lag."""


@dataclass
class Parking:
    """Whoever is on a temporary value: kept beside the record, since asking that for it copies it."""

    writer: Writer
    values: dict[Address, Attributes] = field(default_factory=dict)

    async def park(self, address: Address, values: Attributes) -> None:
        """Notes temporary values; the record knows of them before the vendor does."""
        self.values[address] = {**self.values.get(address, {}), **values}
        await self.writer.append(Parked(address, values), durable=False)

    @asynccontextmanager
    async def trying(self, address: Address, values: Attributes) -> AsyncIterator[None]:
        """Temporary values for as long as nobody says that they were refused: then it is as it was before."""
        before = self.values.get(address, {})
        await self.park(address, values)
        try:
            yield
        except ProvisionerError:
            await self.end(address)
            if before:
                await self.park(address, before)
            raise

    async def end(self, address: Address) -> None:
        """Notes that no temporary value is left."""
        if self.values.pop(address, None) is not None:
            await self.writer.append(Unparked(address), durable=False)


@dataclass
class Looker:
    """Reads entities for one run."""

    links: Mapping[str, Link]
    writer: Writer
    owners: Owners
    parking: Parking
    asker: Asker
    tell: Listener

    async def read(self, change: Change, vendor_id: VendorId) -> Entity | None:
        """The entity as it is now, deleted or not; None where there is none.

        Where nothing is sent, the run's one listing tells: if it was made already, or the vendor has nothing else.
        """
        link, kind = self.links[change.address.connection], change.address.kind
        offer = link.offer(kind)
        nothing_sent = change.action is Action.ADOPT and not change.writable
        if nothing_sent and (not offer.can(Call.READ) or self.asker.has_listed(link, kind, offer)):
            return in_listing(await self.asker.listed(link, kind, offer), vendor_id, link.name, kind)
        return await read_one(link.engine, kind, offer, vendor_id)

    async def checked(self, change: Change, *, begun: bool) -> Entity:
        """The entity, if it is as the plan saw it; raises Stale otherwise."""
        link = self.links[change.address.connection]
        return stale.check(
            change,
            link.offer(change.address.kind),
            await self.read(change, id_of(change)),
            self.owners.then(change.address.connection),
            parked=self.parking.values.get(change.address, {}),
            begun=begun,
        )

    async def there(self, change: Change, *, begun: bool) -> Attributes:
        """What the entity has now, as the plan saw it; for one that cannot be read, what was last sent."""
        if self.links[change.address.connection].offer(change.address.kind).readable:
            return (await self.checked(change, begun=begun)).attributes
        return self.last_sent(change)

    async def anyway(self, change: Change) -> Attributes:
        """The same, whatever the plan saw: of an entity that this run has just made or brought back."""
        if not self.links[change.address.connection].offer(change.address.kind).readable:
            return self.last_sent(change)
        entity = await self.read(change, id_of(change))
        if entity is None or entity.deleted:
            raise Stale(f"id {change.id} is gone or deleted at the vendor")
        return entity.attributes

    def last_sent(self, change: Change) -> Attributes:
        """What was last sent, of a kind that cannot be read."""
        bound = self.writer.bound(change.address)
        if bound is None or bound.id != change.id:
            raise Stale("it is not bound to that id any more")
        return bound.attributes

    async def back(
        self,
        change: Change,
        vendor_id: VendorId,
        before: Attributes | None,
        changed: frozenset[str] | None = None,
    ) -> Entity | None:
        """Compares what is there now with what was sent; what the vendor altered is told and remembered.

        Gives what is there, None where it cannot be seen.
        ``before`` are the attributes as they were (None for what was just made), ``changed`` the paths that were
        written (None for all that is known).
        """
        link = self.links[change.address.connection]
        offer = link.offer(change.address.kind)
        if not offer.readable:
            return None
        try:
            entity, kept = await self._as_it_settles(change, vendor_id, offer, changed)
        except VendorError as error:
            self._notice(change, f"done, but could not be read back: {error.message}")
            return None
        bound = self.writer.bound(change.address)
        if entity is None or entity.deleted:
            self._notice(change, "done, but the vendor does not show it now")
            return None
        if bound is not None:
            for path, (sent, shown) in kept.items():
                self._notice(change, f"`{path}`: sent {sent!r}, the vendor made it {shown!r}")
            if kept:
                await self.writer.append(Put(replace(bound, learned={**bound.learned, **kept})), durable=False)
        for path, (was, now) in side_effects(offer, before, entity, changed or frozenset()).items():
            self._notice(change, f"`{path}` was not sent and changed: {was!r} before, {now!r} now")
        return entity

    async def _as_it_settles(
        self, change: Change, vendor_id: VendorId, offer: Offer, changed: frozenset[str] | None
    ) -> tuple[Entity | None, Mapping[str, tuple[Value, Value]]]:
        """The entity, and what of the fields that were sent it shows otherwise.

        Looked at again as long as it may not show yet, until the vendor's consistency lag has passed.
        """
        names = self.owners.now(change.address.connection)
        looks = LOOKS if offer.lag else 0
        while True:
            entity = await self.read(change, vendor_id)
            bound, is_there = self.writer.bound(change.address), entity is not None and not entity.deleted
            kept = altered(bound, offer, entity, names, changed) if bound and entity and is_there else {}
            if (is_there and not kept) or looks == 0:
                return entity, kept
            looks -= 1
            await self.asker.sleep(offer.lag / LOOKS)

    def _notice(self, change: Change, text: str) -> None:
        self.tell(Event(Kind.NOTICE, change.key, str(change.action), id=change.id, text=text))


def id_of(change: Change) -> VendorId:
    """The id of a change of something that exists."""
    if change.id is None:
        raise AssertionError(f"{change.key} has no id")
    return change.id
