"""What only the record learns: what it forgets, and what it notes down as the vendor shows it.

Nothing is sent, so that no vendor's refusal stops a record from going wrong: each entity is read once more right
before, and what the plan showed of it must still be so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from provisioner.address import Address
from provisioner.apply.binding import buried
from provisioner.apply.link import Link
from provisioner.apply.looking import Looker, id_of
from provisioner.apply.refresh import refreshed
from provisioner.apply.stale import Stale
from provisioner.plan.differ import altered_values
from provisioner.plan.document import Change, Plan
from provisioner.state.document import Document
from provisioner.state.entries import Forgot, Put
from provisioner.state.writer import Writer
from provisioner.values import VendorId
from provisioner.vendors.base import Offer


@dataclass
class Recorder:
    """Changes the record alone. ``start`` is the record as it was when the run began."""

    plan: Plan
    start: Document
    writer: Writer
    links: Mapping[str, Link]
    looker: Looker

    async def forget(self, change: Change) -> str | None:
        """Drops the binding; a deleted entity leaves a tombstone. Raises Stale where what is missing is there."""
        bound, offer = self.writer.bound(change.address), self._offer(change.address)
        if change.missing and offer is not None and offer.readable:
            if bound is None or bound.id != change.id:
                return change.id  # the record says so: an earlier attempt was done
            await self._still_missing(change)
        stone = buried(bound, offer, bound.attributes) if change.deleted and bound and offer else None
        await self.writer.append(Forgot(change.address, stone))
        return change.id

    async def _still_missing(self, change: Change) -> None:
        if change.deleted:
            await self.looker.checked(change, begun=False)
            return
        entity = await self.looker.read(change, id_of(change))
        if entity is not None:
            state = "deleted" if entity.deleted else "there again"
            raise Stale(f"id {change.id} is {state} at the vendor, and the plan saw nothing of it")

    async def note(self, change: Change) -> str | None:
        """Notes down what the plan saw as last applied; raises Stale where something else is there by now."""
        bound = self.writer.bound(change.address)
        offer = self._offer(change.address)
        if bound is None or bound.id != change.id or offer is None:
            raise Stale("it is not bound to that id any more")
        known = {**bound.attributes, **altered_values(bound)}
        who = {path: known[path] for path in (*offer.key_paths, *offer.personal_paths) if path in known}
        seen = {item.path: item.after for item in change.fields}
        await self.looker.checked(replace(change, before={**who, **(change.before or {})}), begun=False)
        await self.writer.append(Put(refreshed(bound, seen, offer, self._ids.get)), durable=False)
        return change.id

    def _offer(self, address: Address) -> Offer | None:
        link = self.links.get(address.connection)
        return link.vendor.kinds.get(address.kind) if link is not None else None

    @cached_property
    def _ids(self) -> Mapping[Address, VendorId]:
        """The ids of managed addresses as the plan knew them: what is forgotten by now may still be referred to."""
        forgotten = {item.address: item.id for item in self.plan.changes if item.id is not None}
        return {**forgotten, **{address: bound.id for address, bound in self.start.bound.items()}}
