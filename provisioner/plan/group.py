"""What is known of one kind on one connection: the planner's unit of decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from provisioner.address import Address
from provisioner.plan.desired import Instance
from provisioner.plan.differ import sent_attributes, shown
from provisioner.plan.identity import Names
from provisioner.state.document import Bound, Intent, Tombstone, Unknown
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.base import Entity, Offer, each_value
from provisioner.vendors.fields import Mark
from provisioner.vendors.live import Seen, hashable

STRONG = frozenset({"email", "username"})
"""The PERSONAL fields of which one alone tells a person (design section 4, "Same person")."""


@dataclass(frozen=True)
class Group:
    """Desired, prior and live of one kind on one connection.

    ``outside`` are managed addresses that a partial plan leaves out: they still own their entities, and nothing is
    decided about them; ``elsewhere`` those whose declaration lives on other connections only. ``kept`` are addresses
    that a ``removed`` block wants forgotten, not deleted. ``replaced`` are those that the command line wants replaced.
    ``moved`` says for an address which one it was bound under before, ``stuck`` why a ``moved`` block could not move
    it. ``open`` are creates of unbound addresses of which nobody could tell the end yet, although the kind can be read.
    ``blanks``: by the connection's settings, updates may blank secrets that nobody declares.
    """

    connection: str
    kind: str
    vendor: str
    spoken: str
    account: str
    offer: Offer
    seen: Seen
    names: Names
    desired: Mapping[Address, Instance]
    bound: Mapping[Address, Bound]
    unknown: Mapping[Address, Unknown] = field(default_factory=dict)
    tombstones: Mapping[Address, Tombstone] = field(default_factory=dict)
    imports: Mapping[Address, VendorId] = field(default_factory=dict)
    parked: Mapping[Address, Attributes] = field(default_factory=dict)
    outside: frozenset[Address] = frozenset()
    elsewhere: frozenset[Address] = frozenset()
    kept: frozenset[Address] = frozenset()
    replaced: frozenset[Address] = frozenset()
    moved: Mapping[Address, Address] = field(default_factory=dict)
    stuck: Mapping[Address, str] = field(default_factory=dict)
    open: Mapping[Address, Intent] = field(default_factory=dict)
    destroy: bool = False
    blanks: bool = False

    @cached_property
    def owners(self) -> Mapping[VendorId, Address]:
        """Which address state binds to an entity; addresses left out of the plan included."""
        return {bound.id: address for address, bound in self.bound.items()}

    def key_of(self, instance: Instance) -> tuple[Value, ...]:
        """The instance's natural key as the vendor compares it."""
        key = self.offer.natural_key(instance.attributes)
        if key is None:
            raise AssertionError(f"{instance.address} was let through without a natural key")
        return key

    @cached_property
    def reserved(self) -> frozenset[VendorId]:
        """The records of tombstones whose addresses are declared again and not bound: nobody else's."""
        return frozenset(
            stone.id
            for address, stone in self.tombstones.items()
            if address in self.desired and address not in self.bound and address not in self.outside
        )

    @cached_property
    def by_sent_key(self) -> Mapping[tuple[object, ...], tuple[Address, ...]]:
        """The managed addresses by the natural key (``hashable``) last sent, for a kind that cannot be read."""
        found: dict[tuple[object, ...], list[Address]] = {}
        for address, bound in sorted(self.bound.items()):
            view = shown(self.offer, sent_attributes(self.offer, bound), self.names)
            found.setdefault(hashable(self.offer.natural_key(view) or bound.natural_key), []).append(address)
        return {key: tuple(addresses) for key, addresses in found.items()}

    def entity_key(self, entity: Entity) -> tuple[Value, ...] | None:
        return self.offer.natural_key(entity.attributes)


@dataclass
class Claims:
    """Which address each entity goes to in this plan, and the addresses that lost theirs to another."""

    by_id: dict[VendorId, Address] = field(default_factory=dict)
    moved_away: set[Address] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An address about which nothing can be decided without ``needs``, which a partial plan leaves out."""

    address: Address
    needs: Address
    why: str


def known(value: object) -> bool:
    """True for a value that says something: neither nothing, null nor blank."""
    return value is not None and value != ""


def same_person(offer: Offer, one: Attributes, other: Attributes) -> bool:
    """Whether two sets of attributes mean the same person, beside the natural key.

    An e-mail or username known on both sides decides; if none is, first and last name do. Kinds without PERSONAL
    fields, and people of whom nothing is known on both sides, count as the same.
    """
    shared = [
        path
        for path in offer.personal_paths
        if (offer.either_key or path not in offer.key_paths) and known(one.get(path)) and known(other.get(path))
    ]
    strong = [path for path in shared if path in STRONG]
    if strong:
        return any(_meet(one[path], other[path]) for path in strong)
    return all(_meet(one[path], other[path]) for path in shared)


def _meet(one: Value, other: Value) -> bool:
    """True where two values are equal as vendors compare them; of a field with several, one is enough."""
    if isinstance(one, list) or isinstance(other, list):
        return not {folded(item) for item in each_value(one)}.isdisjoint(folded(item) for item in each_value(other))
    return folded(one) == folded(other)


def shares_strong(offer: Offer, one: Attributes, other: Attributes) -> bool:
    """True where an e-mail or username, beside the natural key, is known on both sides and equal."""
    return any(
        known(one.get(path)) and known(other.get(path)) and _meet(one[path], other[path])
        for path in offer.personal_paths
        if path in STRONG and path not in offer.key_paths
    )


def shares_any(offer: Offer, entity: Attributes, *others: Attributes) -> bool:
    """True where any PERSONAL field of the entity equals one of the others'."""
    return any(
        known(entity.get(path)) and known(other.get(path)) and _meet(entity[path], other[path])
        for path in offer.personal_paths
        for other in others
    )


def telling_paths(offer: Offer) -> tuple[str, ...]:
    """The STRONG fields that nobody can write: they tell who is meant, and another value is another person."""
    return tuple(path for path in offer.personal_paths if path in STRONG and offer.specs[path].has(Mark.MATCH_ONLY))


def mistaken_in(offer: Offer, declared: Attributes, there: Attributes) -> tuple[str, ...]:
    """The telling fields of an entity that are known on both sides, where none of them is as declared; else none."""
    both = (declared, there)
    shared = [path for path in telling_paths(offer) if all(each_value(side.get(path)) for side in both)]
    return () if any(_meet(declared[path], there[path]) for path in shared) else tuple(shared)
