"""Desired, prior and live taken together by kind and connection, those that are referred to first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from provisioner.address import Address, Pattern
from provisioner.plan.decide import Decisions
from provisioner.plan.document import Action, Change
from provisioner.plan.group import Group
from provisioner.plan.identity import Names
from provisioner.plan.options import Options
from provisioner.plan.scope import Scope
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live, Seen

T = TypeVar("T")

NEW_ID = frozenset({Action.CREATE, Action.REPLACE})


@dataclass
class Ids:
    """Which entity each address has before and after what was decided so far."""

    scope: Scope
    decided: dict[str, str | None] = field(default_factory=dict)
    renewed: set[str] = field(default_factory=set)
    moved: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str, str], str]:
        return {
            (bound.address.connection, bound.address.kind, bound.id): str(address)
            for address, bound in self.scope.prior.bound.items()
        }

    @cached_property
    def _bound(self) -> Mapping[str, str]:
        return {str(address): bound.id for address, bound in self.scope.prior.bound.items()}

    def names(self, connection: str) -> Names:
        """How references on a connection are read."""

        def address_of(kind: str, vendor_id: str) -> str | None:
            place = (connection, kind, vendor_id)
            return self.moved.get(place) or self._by_id.get(place)

        return Names(address_of=address_of, changes_id=self.renewed.__contains__, id_of=self._id_of)

    def _id_of(self, text: str) -> str | None:
        return self.decided[text] if text in self.decided else self._bound.get(text)

    def learn(self, group: Group, decisions: Decisions) -> bool:
        """Takes in what was decided for a group; True where that says anything new."""
        before = dict(self.decided), len(self.renewed), len(self.moved)
        for address, change in decisions.changes.items():
            text, bound = str(address), group.bound.get(address)
            if change.action in NEW_ID or (change.action is Action.MANUAL and change.intent in NEW_ID):
                self.decided[text] = _foretold(group.offer, change)
                if bound is None or bound.id != self.decided[text]:
                    self.renewed.add(text)
            elif change.action in (Action.ADOPT, Action.UNDELETE) and change.id is not None:
                self.decided[text] = change.id
                if bound is not None and bound.id != change.id:
                    self.renewed.add(text)
                if change.moved_from is not None:
                    self.moved[group.connection, group.kind, change.id] = text
        return before != (self.decided, len(self.renewed), len(self.moved))


def _foretold(offer: Offer, change: Change) -> str | None:
    """The id that a new entity will have, where its natural key is what the vendor calls it."""
    value = (change.after or {}).get(offer.key_paths[0]) if offer.key_is_id else None
    return None if value is None else str(value)


def referred_first(scope: Scope) -> list[tuple[str, str, Offer]]:
    """Kinds after those that they refer to, so that a new id below is known above; rings in any order."""
    places = {(connection, kind): offer for connection, kind, offer in scope.kinds()}
    graph = {place: sorted(_referred(place, offer, places)) for place, offer in sorted(places.items())}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        order = sorted(places)
    return [(connection, kind, places[connection, kind]) for connection, kind in order]


def _referred(
    place: tuple[str, str], offer: Offer, places: Mapping[tuple[str, str], Offer]
) -> Iterable[tuple[str, str]]:
    targets = {(place[0], spec.ref.kind) for spec in offer.specs.values() if spec.ref}
    return (target for target in targets if target in places and target != place)


def group_of(scope: Scope, live: Live, options: Options, place: tuple[str, str], offer: Offer, ids: Ids) -> Group:
    """All that is known of one kind on one connection."""
    connection, kind = place
    everything = scope.everything(connection, kind)
    prior, connected = scope.prior, scope.wanted.connections[connection]
    replaces = [Pattern.parse(text) for text in options.replaces]
    kept = [pattern for pattern, destroy in scope.wanted.removed if not destroy]
    return Group(
        connection=connection,
        kind=kind,
        vendor=connected.vendor.name,
        spoken=connected.vendor.spoken,
        account=connected.account,
        offer=offer,
        seen=live.seen(connection, kind) or Seen(offer),
        names=ids.names(connection),
        desired=_among(everything, scope.desired),
        bound=_among(everything, prior.bound),
        unknown=_among(everything, prior.unknown),
        tombstones={
            address: stone
            for address, stone in prior.tombstones.items()
            if (address.connection, address.kind) == place and stone.account == connected.account
        },
        imports=_among(everything, scope.imports),
        parked=prior.parked,
        outside=frozenset(address for address in everything if not scope.includes(address)),
        elsewhere=frozenset(
            address
            for address in everything
            if address not in scope.wanted.instances and address.declaration in scope.declared
        ),
        kept=_matched(everything, kept),
        replaced=_matched(everything, replaces),
        moved=scope.moved,
        stuck=scope.stuck,
        open=_among(everything, scope.open),
        destroy=options.destroy,
        blanks=offer.blanks(connected.settings),
    )


def _among(addresses: Iterable[Address], values: Mapping[Address, T]) -> dict[Address, T]:
    return {address: values[address] for address in addresses if address in values}


def _matched(addresses: Iterable[Address], patterns: list[Pattern]) -> frozenset[Address]:
    if not patterns:
        return frozenset()
    return frozenset(address for address in addresses if any(pattern.matches(address) for pattern in patterns))
