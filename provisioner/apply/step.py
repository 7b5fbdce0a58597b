"""One change of a plan: read what is there, see that it is what the plan saw, do it, read it back.

What an earlier attempt has done already is found out from the record, so that the same change can be taken up again
wherever it was left: after a lost answer in this run, or after a kill.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from provisioner.address import Address
from provisioner.apply import stale
from provisioner.apply.ask import Asker
from provisioner.apply.events import Event, Kind, Listener
from provisioner.apply.link import Link
from provisioner.apply.sending import Courier, Load, Unsettled
from provisioner.apply.stale import Stale
from provisioner.apply.values import Body, Composer, version_of
from provisioner.apply.verify import altered, side_effects
from provisioner.errors import OutcomeUnknown, Rejected, VendorError
from provisioner.plan.differ import Names
from provisioner.plan.document import ABSENT, Action, Change, Plan, Step
from provisioner.state.document import Bound, Document, Tombstone, Unknown
from provisioner.state.entries import Forgot, Moved, Parked, Put, PutUnknown, Settlement, Unparked
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId, is_secret
from provisioner.vendors.base import Deleted, Entity, Offer

ATTEMPTS = 3
"""How often a change is taken up again after an answer was lost."""


@dataclass
class Stepper:
    """Does changes of one plan, one after the other or many at once.

    ``start`` is the record as it was when the run began; ``begun`` are the keys of changes that an earlier run of this
    plan may have begun.
    """

    plan: Plan
    start: Document
    writer: Writer
    links: Mapping[str, Link]
    courier: Courier
    composer: Composer
    asker: Asker
    tell: Listener
    begun: frozenset[str] = frozenset()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _names: dict[str, Names] = field(default_factory=dict)

    async def do(self, change: Change) -> str | None:
        """Does the change and gives the entity's id, if it has one.

        Raises Stale, or a VendorError that says what became of it. A change that a kill interrupts is taken up by
        doing it again.
        """
        begun = change.key in self.begun
        for attempt in range(ATTEMPTS):
            try:
                return await self._perform(change, begun=begun)
            except Unsettled as lost:
                await self._settle(change, lost)
                begun = True
                await self.sleep(0.2 * 2**attempt)
        raise self._undecided(change)

    def _undecided(self, change: Change) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"the vendor's answers were lost {ATTEMPTS} times",
            connection=change.address.connection,
            call=str(change.action),
            hint="run `provisioner apply` again: it asks first what became of it",
        )

    async def _settle(self, change: Change, lost: Unsettled) -> None:
        """Asks the vendor what became of a request; raises where it cannot tell now."""
        link = self.links[change.address.connection]
        verdict = await self.asker.settle(link, lost.intent)
        if verdict is None:
            lost.error.hint = "run `provisioner apply` again: it asks first what became of it"
            raise lost.error
        await self.writer.append(verdict)
        self.tell(Event(Kind.SETTLED, change.key, text=f"an answer was lost; asked the vendor: {verdict.result}"))
        if verdict.result is Settlement.STUCK and lost.intent.verb == "create":
            self._must_be_repeatable(link, change, lost)

    def _must_be_repeatable(self, link: Link, change: Change, lost: Unsettled) -> None:
        if not link.offer(change.address.kind).enforces_unique:
            raise lost.error

    async def _perform(self, change: Change, *, begun: bool) -> str | None:
        match change.action, change.step:
            case Action.FORGET, _:
                return await self._forget(change)
            case Action.ADOPT, _:
                return await self._adopt(change, begun=begun)
            case Action.UNDELETE, _:
                return await self._undelete(change, begun=begun)
            case (Action.DELETE, _) | (Action.REPLACE, Step.DELETE):
                return await self._delete(change, begun=begun)
            case (Action.CREATE, _) | (Action.REPLACE, Step.CREATE):
                if change.undeletes:
                    return await self._undelete(change, begun=begun)
                return await self._create(change)
            case Action.UPDATE, Step.PARK:
                return await self._park(change, begun=begun)
            case Action.UPDATE, _:
                return await self._update(change, begun=begun)
        raise AssertionError(change.key)

    # --- what is there ----------------------------------------------------------------------------------------

    def _link(self, change: Change) -> tuple[Link, Offer]:
        link = self.links[change.address.connection]
        return link, link.offer(change.address.kind)

    def names(self, connection: str) -> Names:
        """References as they were when the run began: that is what the plan's ``before`` was written in."""
        if connection not in self._names:
            ids = {
                (address.kind, bound.id): str(address)
                for address, bound in self.start.bound.items()
                if address.connection == connection
            }
            self._names[connection] = Names(
                address_of=lambda kind, vendor_id: ids.get((kind, VendorId(vendor_id))),
                changes_id=lambda _: False,
                id_of=lambda _: None,
            )
        return self._names[connection]

    async def _read(self, change: Change, vendor_id: VendorId) -> Entity | None:
        link, _ = self._link(change)
        return await link.engine.read(link.adapter(change.address.kind).read(vendor_id))

    async def _read_checked(self, change: Change, *, begun: bool) -> Entity:
        _, offer = self._link(change)
        entity = await self._read(change, _id(change))
        return stale.check(
            change,
            offer,
            entity,
            self.names(change.address.connection),
            parked=self.writer.document.parked.get(change.address, {}) if self._parks else {},
            begun=begun,
        )

    @cached_property
    def _parks(self) -> bool:
        """True where there may be parked values: asking the record for them copies it."""
        return bool(self.start.parked) or any(change.step is Step.PARK for change in self.plan.changes)

    # --- actions ----------------------------------------------------------------------------------------------

    async def _create(self, change: Change) -> str | None:
        link, offer = self._link(change)
        bound = self.writer.bound(change.address)
        if bound is not None and bound.id not in self._leaving(change):
            return await self._complete(change, bound.id)
        if offer.readable:
            await self.asker.check_absent(link, change, self._known_ids())
        body = self.composer.creation(change, offer)
        try:
            vendor_id = await self.courier.drive(
                link, change, body.load, link.adapter(change.address.kind).create(body.values)
            )
        except Rejected as error:
            await self._taken(link, offer, change, body, error)
            raise
        await self._guarded(change)
        await self._read_back(change, vendor_id, None)
        return vendor_id

    def _leaving(self, change: Change) -> frozenset[VendorId]:
        """The ids that this plan takes away from the address, or that state had bound to it in vain."""
        gone = {item.id for item in self.plan.changes if item.address == change.address and item.step is Step.DELETE}
        return frozenset(vendor_id for vendor_id in (*gone, change.lost) if vendor_id is not None)

    def _known_ids(self) -> frozenset[VendorId]:
        """The entities that the plan or the record knows: whoever else has a wanted key came in between."""
        planned = {change.id for change in self.plan.changes if change.id is not None}
        return frozenset(planned | {bound.id for bound in self.start.bound.values()})

    async def _taken(self, link: Link, offer: Offer, change: Change, body: Body, error: Rejected) -> None:
        """Says who holds a value that the vendor calls taken; a create that cannot be asked about becomes unknown."""
        if not error.taken:
            return
        if offer.readable:
            error.hint = await self.asker.who_holds(link, change, error.taken) or error.hint
            return
        await self.writer.append(
            PutUnknown(
                Unknown(
                    change.address,
                    link.account,
                    body.load.natural_key,
                    body.load.attributes,
                    body.load.secrets,
                    body.load.references,
                    taken=True,
                    file=change.file,
                )
            )
        )
        error.hint = (
            f"it exists already and cannot be read: look up its id in the portal, then `provisioner state settle "
            f"{change.address} --id ID`; or delete it there, then `provisioner state settle {change.address} --absent`"
        )

    async def _complete(self, change: Change, vendor_id: VendorId) -> str:
        """Brings an entity that is there to what the plan says: the rest of a create or an undelete."""
        _, offer = self._link(change)
        change = replace(change, id=vendor_id)
        there = await self._there(change, offer)
        await self._write(change, there, all_secrets=True)
        await self._guarded(change)
        return vendor_id

    async def _there(self, change: Change, offer: Offer) -> Attributes:
        """What the entity has now, or what was last sent where it cannot be read."""
        if not offer.readable:
            bound = self.writer.bound(change.address)
            if bound is None:
                raise Stale("it is not bound any more")
            return bound.attributes
        entity = await self._read(change, _id(change))
        if entity is None or entity.deleted:
            raise Stale(f"id {change.id} is gone or deleted at the vendor")
        return entity.attributes

    async def _update(self, change: Change, *, begun: bool) -> str:
        _, offer = self._link(change)
        if offer.readable:
            there = (await self._read_checked(change, begun=begun)).attributes
        else:
            there = await self._there(change, offer)
        await self._write(change, there, all_secrets=False)
        if self._parks and change.address in self.writer.document.parked:
            await self.writer.append(Unparked(change.address), durable=False)
        return _id(change)

    async def _park(self, change: Change, *, begun: bool) -> str:
        """Puts a temporary value on a field; the record knows of it before the vendor does."""
        values = {item.path: item.after for item in change.fields if item.after is not ABSENT}
        await self.writer.append(Parked(change.address, values))
        there = (await self._read_checked(change, begun=begun)).attributes
        await self._write(change, there, all_secrets=False)
        return _id(change)

    async def _write(self, change: Change, there: Attributes, *, all_secrets: bool) -> None:
        """Sends what differs, in as many requests as the vendor takes, and reads it back."""
        link, offer = self._link(change)
        body = self.composer.update(change, offer, there, all_secrets=all_secrets)
        if body.empty:
            return
        adapter = link.adapter(change.address.kind)
        try:
            await self.courier.drive(link, change, body.load, adapter.update(_id(change), body.values, body.changed))
        except Rejected as error:
            if error.taken and offer.readable:
                error.hint = await self.asker.who_holds(link, change, error.taken) or error.hint
            raise
        await self._read_back(change, _id(change), there, body.changed)

    async def _undelete(self, change: Change, *, begun: bool) -> str:
        link, offer = self._link(change)
        entity = await self._read_checked(change, begun=begun)
        if entity.deleted:
            load = Load(
                attributes=change.before or {},
                natural_key=offer.natural_key(entity.attributes) or (),
            )
            try:
                await self.courier.drive(link, change, load, link.adapter(change.address.kind).undelete(_id(change)))
            except Rejected as error:
                if error.taken:
                    error.hint = await self.asker.who_holds(link, change, error.taken) or error.hint
                raise
        return await self._complete(change, _id(change))

    async def _delete(self, change: Change, *, begun: bool) -> str | None:
        link, offer = self._link(change)
        bound = self.writer.bound(change.address)
        if begun and (bound is None or bound.id != change.id):
            return change.id
        personal: Attributes = {}
        key = bound.natural_key if bound else ()
        if offer.readable:
            entity = await self._read(change, _id(change))
            if entity is None or entity.deleted:
                await self._already_gone(change, bound, entity, offer)
                return change.id
            stale.check(change, offer, entity, self.names(change.address.connection), parked={}, begun=begun)
            personal = {path: entity.attributes.get(path) for path in offer.personal_paths}
            key = offer.natural_key(entity.attributes) or key
        load = Load(natural_key=key, personal=personal)
        await self.courier.drive(link, change, load, link.adapter(change.address.kind).delete(_id(change)))
        return change.id

    async def _already_gone(self, change: Change, bound: Bound | None, entity: Entity | None, offer: Offer) -> None:
        """Somebody else deleted it meanwhile: what was wanted is so."""
        stone = _tombstone(bound, offer, entity.attributes) if bound and entity else None
        await self.writer.append(Forgot(change.address, stone))
        self.tell(Event(Kind.NOTICE, change.key, text="was deleted at the vendor meanwhile"))

    async def _adopt(self, change: Change, *, begun: bool) -> str:
        link, offer = self._link(change)
        there: Attributes = {}
        key = offer.natural_key(change.after or {}) or ()
        if offer.readable:
            entity = await self._read_checked(change, begun=begun)
            there = entity.attributes
            key = offer.natural_key(there) or key
        await self._bind(link, change, key, offer)
        if change.writable:
            there = there if offer.readable else await self._there(change, offer)
            await self._write(change, there, all_secrets=False)
        return _id(change)

    async def _bind(self, link: Link, change: Change, key: tuple[Value, ...], offer: Offer) -> None:
        """Binds the entity: what is declared and equal counts as applied, and so do the versions of the secrets."""
        if change.moved_from is not None and self.writer.bound(change.moved_from) is not None:
            await self.writer.append(Moved(change.moved_from, change.address))
        kept = self.writer.bound(change.address)
        after, before = change.after or {}, change.before or {}
        pending = {item.path for item in change.fields}
        equal = {
            path: before.get(path) if path in pending else value
            for path, value in after.items()
            if not is_secret(value)
        }
        own = kept is not None and kept.id == change.id
        if kept is not None and own and not offer.readable:
            equal = dict(kept.attributes)
        secrets = {path: version_of(value) for path, value in after.items() if is_secret(value)}
        bound = Bound(
            address=change.address,
            account=link.account,
            id=_id(change),
            natural_key=key,
            attributes=equal,
            secrets=secrets if not (kept and own) else {**secrets, **kept.secrets},
            references=kept.references if kept and own else {},
            made=kept.made if kept and own else False,
            prevent_destroy=change.prevent_destroy,
            file=change.file,
        )
        await self.writer.append(Put(bound))

    async def _forget(self, change: Change) -> str | None:
        bound = self.writer.bound(change.address)
        offer = None
        if change.address.connection in self.links:
            offer = self.links[change.address.connection].vendor.kinds.get(change.address.kind)
        stone = None
        if change.deleted and bound is not None and offer is not None:
            stone = _tombstone(bound, offer, bound.attributes)
        await self.writer.append(Forgot(change.address, stone))
        return change.id

    # --- afterwards -------------------------------------------------------------------------------------------

    async def _guarded(self, change: Change) -> None:
        """Keeps ``prevent_destroy`` in the record, where taking the block out does not take the guard away."""
        bound = self.writer.bound(change.address)
        if bound is not None and bound.prevent_destroy != change.prevent_destroy:
            await self.writer.append(Put(replace(bound, prevent_destroy=change.prevent_destroy)))

    async def _read_back(
        self,
        change: Change,
        vendor_id: VendorId,
        before: Attributes | None,
        changed: frozenset[str] = frozenset(),
    ) -> None:
        """Compares what is there now with what was sent; what the vendor altered is told and remembered."""
        link, offer = self._link(change)
        if not offer.readable:
            return
        try:
            entity = await self._read(change, vendor_id)
        except VendorError as error:
            self.tell(Event(Kind.NOTICE, change.key, text=f"done, but could not be read back: {error.message}"))
            return
        bound = self.writer.bound(change.address)
        if entity is None or bound is None:
            self.tell(Event(Kind.NOTICE, change.key, text="done, but the vendor does not show it now"))
            return
        kept = altered(bound, offer, entity, self._current_names(change.address), changed or None)
        for path, (sent, shown) in kept.items():
            self.tell(Event(Kind.NOTICE, change.key, text=f"`{path}`: sent {sent!r}, the vendor made it {shown!r}"))
        if kept:
            await self.writer.append(Put(replace(bound, learned={**bound.learned, **kept})))
        for path, (was, now) in side_effects(offer, before, entity, changed).items():
            self.tell(
                Event(Kind.NOTICE, change.key, text=f"`{path}` was not sent and changed: {was!r} before, {now!r} now")
            )

    def _current_names(self, address: Address) -> Names:
        """References as they are now: what was just written is compared with."""

        def address_of(kind: str, vendor_id: str) -> str | None:
            for other, bound in self.writer.document.bound.items():
                if (other.connection, other.kind, bound.id) == (address.connection, kind, vendor_id):
                    return str(other)
            return None

        return Names(address_of=address_of, changes_id=lambda _: False, id_of=lambda _: None)


def _id(change: Change) -> VendorId:
    if change.id is None:
        raise AssertionError(f"{change.key} has no id")
    return change.id


def _tombstone(bound: Bound, offer: Offer, attributes: Attributes) -> Tombstone | None:
    if offer.deleted is Deleted.ABSENT:
        return None
    personal = {path: attributes.get(path) for path in offer.personal_paths}
    return Tombstone(bound.address, bound.account, bound.id, bound.natural_key, personal, bound.made)
