"""What each action does: which calls, in which order, and what the record learns beside their outcomes.

Every action can be taken up again wherever it was left (``begun``): what an earlier attempt did is found out from the
record and from the vendor, and only what is missing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from provisioner.address import Address
from provisioner.apply import stale
from provisioner.apply.ask import Asker
from provisioner.apply.binding import adopted, buried
from provisioner.apply.events import Event, Kind, Listener
from provisioner.apply.link import Link
from provisioner.apply.looking import Looker, id_of
from provisioner.apply.recording import Recorder
from provisioner.apply.rings import Rings
from provisioner.apply.sending import Courier, Load
from provisioner.apply.usage import Use
from provisioner.apply.values import Body, Composer
from provisioner.apply.verify import check_person
from provisioner.errors import NotFound, OutcomeUnknown, Rejected
from provisioner.plan.differ import same, shown, value_at
from provisioner.plan.document import ABSENT, Action, Change, FieldChange, Plan, Step
from provisioner.state.document import Bound, Document, Unknown
from provisioner.state.entries import Forgot, Moved, Put, PutUnknown
from provisioner.state.writer import Writer
from provisioner.values import Attributes, VendorId
from provisioner.vendors.base import Entity, Offer


@dataclass
class Actions:
    """Makes the changes of one plan. ``start`` is the record as it was when the run began."""

    plan: Plan
    start: Document
    writer: Writer
    links: Mapping[str, Link]
    courier: Courier
    composer: Composer
    asker: Asker
    looker: Looker
    rings: Rings
    use: Use
    tell: Listener
    _planned: dict[tuple[str, str], frozenset[VendorId]] = field(default_factory=dict)

    async def perform(self, change: Change, *, begun: bool) -> str | None:
        """Makes the change and gives the entity's id. Raises Unsettled where an answer was lost."""
        await self._follow(change)
        match change.action, change.step:
            case Action.FORGET, _:
                return await self._recorder.forget(change)
            case Action.NONE, _:
                return await self._recorder.note(change)
            case Action.ADOPT, _:
                return await self._adopt(change, begun=begun)
            case (Action.DELETE, _) | (Action.REPLACE, Step.DELETE):
                return await self._delete(change, begun=begun)
            case (Action.UNDELETE, _):
                return await self._undelete(change, begun=begun)
            case (Action.CREATE, _) | (Action.REPLACE, Step.CREATE):
                return await (self._undelete(change, begun=begun) if change.undeletes else self._create(change))
            case Action.UPDATE, Step.PARK:
                return await self._park(change, begun=begun)
            case Action.UPDATE, _:
                return await self._update(change, begun=begun)
        raise AssertionError(change.key)

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(self.plan, self.start, self.writer, self.links, self.looker)

    async def _follow(self, change: Change) -> None:
        """Files what the record knows under the address that it has now; whatever is done follows under that."""
        if change.moved_from is not None and self.writer.bound(change.moved_from) is not None:
            await self.writer.append(Moved(change.moved_from, change.address))

    def _link(self, change: Change) -> tuple[Link, Offer]:
        link = self.links[change.address.connection]
        return link, link.offer(change.address.kind)

    # --- create -----------------------------------------------------------------------------------------------

    async def _create(self, change: Change) -> str | None:
        link, offer = self._link(change)
        bound = self.writer.bound(change.address)
        if bound is not None and bound.id not in self._leaving(change):
            return await self._complete(change, bound.id)
        self._may_be_sent(change, offer)
        if offer.readable:
            await self.asker.check_absent(link, change, self._known_ids(change), first_look=self.plan.no_refresh)
        body = self.composer.creation(change, offer)
        adapter = link.adapter(change.address.kind)
        try:
            vendor_id = await self.courier.drive(link, change, body.load, adapter.create(body.values))
        except Rejected as error:
            await self._taken(link, offer, change, body, error)
            raise
        await self._guarded(change)
        made = await self.looker.back(change, vendor_id, None)
        if made is not None:
            check_person(change, offer, vendor_id, made.attributes)
        return vendor_id

    def _leaving(self, change: Change) -> frozenset[VendorId]:
        """The ids that this plan takes away from the address, or that state had bound to it in vain."""
        going = self._replaced.get(change.address)
        return frozenset(vendor_id for vendor_id in (going, change.lost) if vendor_id is not None)

    @cached_property
    def _replaced(self) -> Mapping[Address, VendorId | None]:
        """The ids that the delete halves of replaces take away."""
        return {item.address: item.id for item in self.plan.changes if item.step is Step.DELETE}

    def _known_ids(self, change: Change) -> frozenset[VendorId]:
        """The entities of the kind that this plan changes: they give their key up first, if anybody needs it."""
        place = (change.address.connection, change.address.kind)
        if place not in self._planned:
            ids = (
                item.id
                for item in self.plan.changes
                if (item.address.connection, item.address.kind) == place and item.id is not None
            )
            self._planned[place] = frozenset(ids)
        return self._planned[place]

    def _may_be_sent(self, change: Change, offer: Offer) -> None:
        """Raises OutcomeUnknown for a create that was sent before, of which nobody can tell and nothing protects."""
        unknown = self.start.unknown.get(change.address)
        if offer.readable or unknown is None or (offer.enforces_unique and not unknown.taken):
            return
        raise OutcomeUnknown(
            "an earlier create had no answer, and the vendor cannot be asked whether it exists",
            connection=change.address.connection,
            call=str(change.action),
            hint=_ways_out(change),
        )

    async def _taken(self, link: Link, offer: Offer, change: Change, body: Body, error: Rejected) -> None:
        """Says who holds a value that the vendor calls taken; a create that cannot be asked about becomes unknown."""
        if offer.readable or not error.taken:
            await self._explain(change, error)
            return
        unknown = Unknown(
            change.address,
            link.account,
            body.load.natural_key,
            body.load.attributes,
            body.load.secrets,
            body.load.references,
            taken=True,
            file=change.file,
        )
        await self.writer.append(PutUnknown(unknown))
        error.hint = f"it exists already and cannot be read: {_ways_out(change)}"

    async def _explain(self, change: Change, error: Rejected) -> None:
        """Puts into the hint who holds the values that the vendor calls taken."""
        link, offer = self._link(change)
        if error.taken and offer.readable:
            error.hint = await self.asker.who_holds(link, change, error.taken) or error.hint

    # --- update, park, undelete -------------------------------------------------------------------------------

    async def _complete(self, change: Change, vendor_id: VendorId) -> str:
        """Brings an entity that is there to what the plan says: the rest of a create or an undelete."""
        _, offer = self._link(change)
        change, undeletes = replace(change, id=vendor_id), change.undeletes or change.action is Action.UNDELETE
        there = await self.looker.anyway(change)
        if not undeletes:
            check_person(change, offer, vendor_id, there)
        await self._write(change, there, whole=True)
        await self._guarded(change)
        return vendor_id

    async def _update(self, change: Change, *, begun: bool) -> str:
        await self._write(change, await self.looker.there(change, begun=begun), whole=False)
        await self.looker.parking.end(change.address)
        return id_of(change)

    async def _park(self, change: Change, *, begun: bool) -> str:
        """Puts a temporary value on a field, unless an earlier attempt has got beyond that already."""
        if begun and await self._has_its_own(change):
            return id_of(change)
        await self.rings.check(change, begun=begun)
        there = await self.looker.there(change, begun=begun)
        await self.use.check(self._own(change))
        values = {item.path: item.after for item in change.parked if item.after is not ABSENT}
        async with self.looker.parking.trying(change.address, values):
            await self._write(change, there, whole=False)
        return id_of(change)

    async def _has_its_own(self, park: Change) -> bool:
        """Whether the entity has the value already that its own change gives it after it was parked."""
        after = self._own(park).after or {}
        _, offer = self._link(park)
        there = await self.looker.anyway(park)
        return all(
            same(offer.specs[item.path], value_at(there, item.path), after.get(item.path)) for item in park.parked
        )

    def _own(self, park: Change) -> Change:
        """What a parked entity is parked for: its own change, which says all that becomes of it."""
        return next(item for item in self.plan.changes if item.key == str(park.address))

    async def give_back(self, park: Change) -> None:
        """Puts the value that was there before back on a parked field; Stale where somebody has changed it since.

        It may be there already: where the answer to the parking was lost, nobody knows whether it was parked at all.
        """
        before, after = park.before or {}, park.after or {}
        fields = tuple(FieldChange(item.path, item.after, item.before) for item in park.parked)
        now = {**before, **{item.path: after[item.path] for item in fields}}
        own = {**after, **{item.path: before.get(item.path) for item in fields}}
        await self._update(replace(park, before=now, after=own, fields=fields, step=None), begun=True)

    async def _write(self, change: Change, there: Attributes, *, whole: bool) -> None:
        """Sends what differs, in as many requests as the vendor takes, and reads it back."""
        link, offer = self._link(change)
        names = self.looker.owners.then(change.address.connection)
        body = self.composer.update(change, offer, there, names, whole=whole)
        if body.empty:
            return
        await self.use.check(change)
        adapter = link.adapter(change.address.kind)
        try:
            await self.courier.drive(link, change, body.load, adapter.update(id_of(change), body.values, body.changed))
        except Rejected as error:
            await self._explain(change, error)
            raise
        except NotFound as error:
            error.hint = (
                f"there is no id {change.id} at the vendor, so it is not bound: look the id up in the portal"
                if change.action is Action.ADOPT or change.doubtful
                else "it is gone at the vendor, so its binding is dropped: plan again, and it is created"
            )
            raise
        await self.looker.back(change, id_of(change), there, body.changed)

    async def _undelete(self, change: Change, *, begun: bool) -> str:
        link, offer = self._link(change)
        entity = await self.looker.checked(change, begun=begun)
        if entity.deleted:
            await self._secrets_unsent(change)
            undeleting = link.adapter(change.address.kind).undelete(id_of(change))
            try:
                await self.courier.drive(link, change, self._restored(change, offer, entity), undeleting)
            except Rejected as error:
                await self._explain(change, error)
                raise
        return await self._complete(change, id_of(change))

    async def _secrets_unsent(self, change: Change) -> None:
        """An undelete sends the secrets again: until that is done, the record must not say that it was."""
        bound = self.writer.bound(change.address)
        if bound is not None and bound.id == change.id and bound.secrets:
            await self.writer.append(Put(replace(bound, secrets=dict.fromkeys(bound.secrets, 0))), durable=False)

    def _restored(self, change: Change, offer: Offer, entity: Entity) -> Load:
        """What the record knows of an entity once it is back: the declared fields as its deleted record has them."""
        view = shown(offer, entity.attributes, self.looker.owners.now(change.address.connection))
        attributes = {
            path: value
            for path in {**(change.before or {}), **(change.after or {})}
            if path in offer.specs and path not in offer.secret_paths and (value := value_at(view, path)) is not ABSENT
        }
        return Load(attributes=attributes, natural_key=offer.natural_key(entity.attributes) or ())

    # --- delete, adopt ----------------------------------------------------------------------------------------

    async def _delete(self, change: Change, *, begun: bool) -> str | None:
        link, offer = self._link(change)
        bound = self.writer.bound(change.address)
        if begun and bound is None:
            return change.id  # the record says so: an earlier attempt was acknowledged
        personal: Attributes = {}
        key = bound.natural_key if bound else ()
        if offer.readable:
            entity = await self.looker.read(change, id_of(change))
            if entity is None or entity.deleted:
                await self._already_gone(change, bound, entity, offer)
                return change.id
            then = self.looker.owners.then(change.address.connection)
            stale.check(change, offer, entity, then, parked={}, begun=begun)
            personal = {path: entity.attributes.get(path) for path in offer.personal_paths}
            key = offer.natural_key(entity.attributes) or key
        load = Load(natural_key=key, personal=personal)
        await self.use.check(change)
        await self.courier.drive(link, change, load, link.adapter(change.address.kind).delete(id_of(change)))
        return change.id

    async def _already_gone(self, change: Change, bound: Bound | None, entity: Entity | None, offer: Offer) -> None:
        """Somebody else deleted it meanwhile: what was wanted is so. A binding to a newer entity stays."""
        if bound is None or bound.id == change.id:
            stone = buried(bound, offer, entity.attributes) if bound and entity else None
            await self.writer.append(Forgot(change.address, stone))
        text = "was deleted at the vendor meanwhile"
        self.tell(Event(Kind.NOTICE, change.key, str(change.action), id=change.id, text=text))

    async def _adopt(self, change: Change, *, begun: bool) -> str:
        link, offer = self._link(change)
        there: Attributes = {}
        key = offer.natural_key(change.after or {}) or ()
        if offer.readable:
            there = (await self.looker.checked(change, begun=begun)).attributes
            key = offer.natural_key(there) or key
        bound = adopted(change, link.account, key, offer, self.writer.bound(change.address))
        await self.writer.append(Put(bound))
        if change.writable:
            await self._write(change, there if offer.readable else bound.attributes, whole=False)
            await self.looker.parking.end(change.address)
        return id_of(change)

    async def _guarded(self, change: Change) -> None:
        """Keeps ``prevent_destroy`` in the record, where taking the block out does not take the guard away."""
        bound = self.writer.bound(change.address)
        if bound is not None and bound.prevent_destroy != change.prevent_destroy:
            await self.writer.append(Put(replace(bound, prevent_destroy=change.prevent_destroy)))


def _ways_out(change: Change) -> str:
    return (
        f"look up its id in the portal, then `provisioner state settle {change.address} --id ID`; "
        f"or delete it there, then `provisioner state settle {change.address} --absent`"
    )
