"""Which addresses a plan is about: everything, or what ``--target`` and ``--exclude`` leave.

A partial plan never means absence: an address that is left out still owns its entity, and nothing is decided about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from provisioner.address import Address
from provisioner.plan.desired import Desired, Instance
from provisioner.plan.differ import sent_attributes
from provisioner.plan.members import members, target_of
from provisioner.state.document import Document, Intent, Tombstone
from provisioner.values import Attributes, VendorId, id_in
from provisioner.vendors.base import Offer


@dataclass(frozen=True)
class Scope:
    """Desired and prior with what the command line leaves of them.

    ``selected`` is None for a whole plan. ``prior`` has ``moved`` blocks and renamed connections applied already;
    ``connections`` are those whose account is the one that state knows, or new; ``reset`` those whose bindings were
    dropped because another account stands behind them now; ``rechecked`` those with another account that the command
    line allows, so that every binding there must be looked at. ``excluded`` are left out by name, ``dropped`` because
    they need one of those (its address). ``stones`` are tombstones whose records are looked at, too. ``stuck`` says
    of a binding why a ``moved`` block that names it could not move it.
    """

    wanted: Desired
    prior: Document
    selected: frozenset[Address] | None = None
    moved: Mapping[Address, Address] = field(default_factory=dict)
    connections: frozenset[str] = frozenset()
    destroy: bool = False
    targets: frozenset[Address] = frozenset()
    included_by: Mapping[Address, str] = field(default_factory=dict)
    reset: tuple[str, ...] = ()
    rechecked: frozenset[str] = frozenset()
    excluded: frozenset[Address] = frozenset()
    dropped: Mapping[Address, Address] = field(default_factory=dict)
    stones: Mapping[Address, Tombstone] = field(default_factory=dict)
    stuck: Mapping[Address, str] = field(default_factory=dict)

    @cached_property
    def desired(self) -> Mapping[Address, Instance]:
        """The instances that are wanted: none where everything is to be destroyed."""
        if self.destroy:
            return {}
        return {a: i for a, i in self.wanted.instances.items() if a.connection in self.connections}

    @property
    def imports(self) -> Mapping[Address, VendorId]:
        return {} if self.destroy else self.wanted.imports

    @cached_property
    def declared(self) -> frozenset[str]:
        """Every declaration that lives anywhere."""
        return frozenset(address.declaration for address in self.wanted.instances)

    def includes(self, address: Address) -> bool:
        return self.selected is None or address in self.selected

    def addresses(self, connection: str, kind: str) -> tuple[Address, ...]:
        """The selected addresses of a kind on a connection, declared or managed."""
        return tuple(address for address in self._by_place.get((connection, kind), ()) if self.includes(address))

    def everything(self, connection: str, kind: str) -> tuple[Address, ...]:
        """The same with those that a partial plan leaves out."""
        return self._by_place.get((connection, kind), ())

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], tuple[Address, ...]]:
        places: dict[tuple[str, str], list[Address]] = {}
        known = self.desired.keys() | self.prior.bound.keys() | self.prior.unknown.keys() | self.open.keys()
        known |= self.stones.keys()
        for address in sorted(known):
            places.setdefault((address.connection, address.kind), []).append(address)
        return {place: tuple(addresses) for place, addresses in places.items()}

    @cached_property
    def pending(self) -> Mapping[int, Intent]:
        """The open intents that may be asked about: of this account, and of nothing that is left out by name."""
        connections = self.wanted.connections
        return {
            number: intent
            for number, intent in self.prior.pending.items()
            if intent.address not in self.excluded
            and intent.address.connection in self.connections
            and connections[intent.address.connection].account == intent.account
        }

    @cached_property
    def open(self) -> Mapping[Address, Intent]:
        """Creates of addresses that are not bound, of which nobody could tell the end yet."""
        return {
            intent.address: intent
            for intent in self.pending.values()
            if intent.verb == "create" and intent.address not in self.prior.bound
        }

    def offer(self, connection: str, kind: str) -> Offer | None:
        """What the connection's vendor offers for the kind."""
        connected = self.wanted.connections.get(connection)
        return connected.vendor.kinds.get(kind) if connected else None

    def kinds(self) -> Iterator[tuple[str, str, Offer]]:
        """Every (connection, kind) about which something is to be decided or settled, in order."""
        places = {(a.connection, a.kind) for place in self._by_place.values() for a in place if self.includes(a)}
        places |= {(intent.address.connection, intent.kind) for intent in self.pending.values()}
        places |= {(address.connection, address.kind) for address in self.prior.bound if self._is_rechecked(address)}
        for connection, kind in sorted(places):
            offer = self.offer(connection, kind)
            if offer is not None and connection in self.connections:
                yield connection, kind, offer

    def _is_rechecked(self, address: Address) -> bool:
        return address.connection in self.rechecked

    def known_ids(self, connection: str, kind: str) -> Iterable[VendorId]:
        """Every vendor id of that kind that state has heard of."""
        prior = self.prior
        for address, bound in prior.bound.items():
            if address.connection == connection and address.kind == kind:
                yield bound.id
        for address, tombstone in prior.tombstones.items():
            if address.connection == connection and address.kind == kind:
                yield tombstone.id

    def with_more(self, addresses: Mapping[Address, str]) -> Scope:
        """A partial plan that takes in more addresses; the mapping says because of which."""
        if self.selected is None:
            return self
        addresses = {address: why for address, why in addresses.items() if address not in self.excluded}
        return replace(
            self,
            selected=self.selected | addresses.keys(),
            included_by={**{a: why for a, why in addresses.items() if a not in self.selected}, **self.included_by},
        )


def referred(desired: Mapping[Address, Instance], start: Iterable[Address]) -> dict[Address, str]:
    """What the declarations of ``start`` refer to, and so on: address → who refers to it."""
    found: dict[Address, str] = {}
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        instance = desired.get(address)
        for targets in instance.references.values() if instance else ():
            for target in targets:
                if target not in found:
                    found[target] = str(address)
                    waiting.append(target)
    return found


def prior_references(
    prior: Document, offers: Mapping[Address, Offer], moved: Mapping[Address, Address]
) -> Mapping[Address, tuple[Address, ...]]:
    """What each managed address referred to when it was last applied, under the names that the addresses have now.

    Told by the ids that were sent, where the record has them: an address may have been renamed since.
    """
    by_id = addresses_by_id(prior)
    renamed = {str(old): new for new, old in moved.items()}
    found: dict[Address, tuple[Address, ...]] = {}
    for address, bound in prior.bound.items():
        offer = offers.get(address)
        if offer is not None and offer.ref_paths:
            raw = sent_attributes(offer, bound)
            found[address] = tuple(referred_by(address, offer, raw, by_id, renamed))
    return found


ById: TypeAlias = Mapping[tuple[str, str, VendorId], Address]
"""Managed addresses by connection, kind and vendor id."""


def addresses_by_id(prior: Document) -> ById:
    """Which address state binds each entity to."""
    return {(bound.address.connection, bound.address.kind, bound.id): address for address, bound in prior.bound.items()}


def referred_by(
    address: Address, offer: Offer, raw: Attributes, by_id: ById, renamed: Mapping[str, Address]
) -> Iterator[Address]:
    """The managed addresses that these attributes refer to, by id or (as they were called) by name."""
    for path in sorted(offer.ref_paths & raw.keys()):
        spec, value = offer.specs[path], raw[path]
        for member in members(value):
            item = target_of(member, spec.ref.kind) if spec.ref is not None else member
            vendor_id = id_in(item)
            if vendor_id is not None and spec.ref is not None:
                target = by_id.get((address.connection, spec.ref.kind, vendor_id))
                if target is not None:
                    yield target
            elif isinstance(item, str):
                yield renamed.get(item) or Address.parse(item)


def referring(references: Mapping[Address, Iterable[Address]], start: Iterable[Address]) -> dict[Address, str]:
    """Managed addresses that refer to ``start`` by what was last applied, and so on."""
    back: dict[Address, list[Address]] = {}
    for address, targets in references.items():
        for target in targets:
            back.setdefault(target, []).append(address)
    found: dict[Address, str] = {}
    waiting = list(start)
    while waiting:
        target = waiting.pop()
        for address in back.get(target, ()):
            if address not in found:
                found[address] = str(target)
                waiting.append(address)
    return found
