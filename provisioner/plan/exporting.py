"""What becomes of a whole account as manifests? Which entity gets which key, what is left out, and why.

Pure: the command line reads the account and writes the files. A draft is checked like any manifest and planned like any
tenant; what a plan would still change is taken out of it, until all that a plan shows is adoptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.manifest.writer import Entry
from provisioner.plan.describing import Speaker, describe, who
from provisioner.plan.naming import Taken, key_for
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.base import Entity, Find, Listing, Offer
from provisioner.vendors.live import Live, Seen, hashable


@dataclass(frozen=True)
class Found:
    """What a vendor shows of one kind. ``defaults`` are a create's, by the connection's settings."""

    kind: str
    offer: Offer
    listing: Listing
    defaults: Attributes = field(default_factory=dict)

    @property
    def active(self) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.listing.entities if not entity.deleted)

    @property
    def deleted(self) -> int:
        """How many records are left out because they are deleted."""
        return len(self.listing.entities) - len(self.active)

    def seen(self) -> Seen:
        """The same as a planner's evidence."""
        entities = self.listing.entities
        keys = [self.offer.natural_key(entity.attributes) for entity in entities]
        return Seen(
            self.offer,
            by_id={entity.id: entity for entity in entities},
            keys=frozenset(key for key in keys if key is not None) if self.offer.key_is_id else frozenset(),
            searched=not self.offer.key_is_id,
            highest=self.listing.highest or 0,
        )


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the account holds and the manifests do not say; ``what`` is an entity, or a field of some."""

    kind: str
    what: str
    why: str


@dataclass
class Item:
    """An entity that is to be declared, and the fields that it must be declared without."""

    kind: str
    key: str
    entity: Entity
    without: dict[str, str] = field(default_factory=dict)


@dataclass
class Draft:
    """The declarations of one connection's account, by (kind, key), in the order of the kinds and of the ids."""

    connection: str
    found: tuple[Found, ...]
    items: dict[tuple[str, str], Item]
    losses: list[Loss]

    def entries(self) -> dict[str, list[Entry]]:
        """The declarations of each kind. What cannot be declared at all becomes a loss and is no longer an item."""
        keys = {(item.kind, str(item.entity.id)): item.key for item in self.items.values()}
        variables = Taken()
        by_kind = {found.kind: found for found in self.found}
        made: dict[str, list[Entry]] = {}
        for item in list(self.items.values()):
            entry = self._entry(item, by_kind[item.kind], keys, variables)
            if entry is not None:
                made.setdefault(item.kind, []).append(entry)
        return made

    def _entry(self, item: Item, found: Found, keys: Mapping[tuple[str, str], str], variables: Taken) -> Entry | None:
        def variable(path: str) -> str:
            return variables.variable(self.connection, item.kind, item.key, path)

        speaker = Speaker(lambda kind, vendor_id: keys.get((kind, vendor_id)), variable)
        told = describe(found.offer, found.defaults, item.entity.attributes, speaker, without=item.without)
        if told.problem is not None:
            self.drop(item, told.problem)
            return None
        for path, why in told.left_out.items():
            self.leave_out(item, path, why)
        comments = tuple(f"`{path}` is left out: {why}" for path, why in sorted(item.without.items()))
        return Entry(item.key, told.fields, comments)

    def drop(self, item: Item, why: str) -> None:
        """Takes an entity out, and says so."""
        del self.items[item.kind, item.key]
        self.losses.append(Loss(item.kind, self._told(item), why))

    def leave_out(self, item: Item, path: str, why: str) -> None:
        """Takes a field out of a declaration, and says so once."""
        if path not in item.without:
            item.without[path] = why
            self.losses.append(Loss(item.kind, f"`{path}` of {self._told(item)}", why))

    def _told(self, item: Item) -> str:
        offer = next(found.offer for found in self.found if found.kind == item.kind)
        return f"{who(item.kind, offer, item.entity.attributes)}, id {item.entity.id}"

    def live(self) -> Live:
        """What was read, as a planner's evidence."""
        return Live({(self.connection, found.kind): found.seen() for found in self.found})


def draft(connection: str, found: Iterable[Found]) -> Draft:
    """A first draft of all that is active; what two entities share that only one may have is left out of both."""
    made = Draft(connection, tuple(found), {}, [])
    for one in made.found:
        keys = Taken()
        doubled = set(_same_key(one, made.losses))
        for entity in one.active:
            if entity.id not in doubled:
                key = keys.key(key_for(one.kind, one.offer, entity.attributes, entity.id))
                made.items[one.kind, key] = Item(one.kind, key, entity)
        _same_values(one, made)
    return made


def _same_key(found: Found, losses: list[Loss]) -> Iterator[VendorId]:
    """The active entities whose natural key is not theirs alone: nobody could say which one a declaration means."""
    holders: dict[tuple[object, ...], list[Entity]] = {}
    for entity in found.active:
        key = found.offer.natural_key(entity.attributes)
        holders.setdefault(hashable(key or ("id", entity.id)), []).append(entity)
    for same in holders.values():
        if len(same) > 1:
            ids = ", ".join(entity.id for entity in same)
            told = who(found.kind, found.offer, same[0].attributes)
            why = "several active entities have this natural key: delete or rename all but one in the vendor's portal"
            losses.append(Loss(found.kind, f"{told}, ids {ids}", why))
            yield from (entity.id for entity in same)


def _same_values(found: Found, made: Draft) -> None:
    """A unique value that several active entities have is declared for none of them."""
    for spec in found.offer.unique_specs:
        if spec.unique is None or spec.path in found.offer.key_paths:
            continue
        holders: dict[tuple[object, ...], list[Item]] = {}
        for item in made.items.values():
            value = item.entity.attributes.get(spec.path)
            if item.kind == found.kind and value not in (None, ""):
                within = item.entity.attributes.get(spec.unique.within) if spec.unique.within else None
                holders.setdefault(hashable((_comparable(value), _comparable(within))), []).append(item)
        for same in holders.values():
            for item in same if len(same) > 1 else ():
                others = ", ".join(other.entity.id for other in same if other is not item)
                made.leave_out(item, spec.path, f"it is unique, and id {others} has the same")


def _comparable(value: Value) -> Value:
    return folded(value)


def exportable(offer: Offer) -> bool:
    """Whether the vendor can be asked what there is of a kind."""
    return offer.readable and offer.find is not Find.NONE
