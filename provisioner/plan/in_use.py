"""Which unique values anybody has or wants: declared, live, last applied, parked, or a deleted record's.

A parked value must be none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from provisioner.address import Address
from provisioner.plan.group import known
from provisioner.plan.scope import Scope
from provisioner.values import Value, folded
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live


@dataclass(frozen=True)
class InUse:
    """Every unique value that anybody knows of, collected when first asked for (only a parking step asks)."""

    scope: Scope
    live: Live

    def holds(self, address: Address, path: str, value: Value) -> bool:
        """True where that value is taken, as the vendor compares it, among those of that kind on that connection."""
        return (address.connection, address.kind, path, folded(value)) in self._values

    @cached_property
    def _values(self) -> frozenset[tuple[str, str, str, Value]]:
        return frozenset(self._collected())

    def _collected(self) -> Iterable[tuple[str, str, str, Value]]:
        scope = self.scope
        for address, instance in scope.wanted.instances.items():
            yield from _unique_values(address.connection, address.kind, instance.offer, instance.attributes)
        for (connection, kind), seen in self.live.kinds.items():
            for entity in seen.entities:
                yield from _unique_values(connection, kind, seen.offer, entity.attributes)
        for address, bound in scope.prior.bound.items():
            offer = scope.offer(address.connection, address.kind)
            if offer is not None:
                yield from _unique_values(address.connection, address.kind, offer, bound.attributes)
        for address, parked in scope.prior.parked.items():
            offer = scope.offer(address.connection, address.kind)
            if offer is not None:
                yield from _unique_values(address.connection, address.kind, offer, parked)
        for address, stone in scope.prior.tombstones.items():
            offer = scope.offer(address.connection, address.kind)
            if offer is not None:
                key = dict(zip(offer.key_paths, stone.natural_key, strict=False))
                yield from _unique_values(address.connection, address.kind, offer, {**stone.personal, **key})


def _unique_values(
    connection: str, kind: str, offer: Offer, attributes: Mapping[str, Value]
) -> Iterable[tuple[str, str, str, Value]]:
    for spec in offer.unique_specs:
        value = attributes.get(spec.path)
        if known(value) and isinstance(value, str):
            yield (connection, kind, spec.path, folded(value))
