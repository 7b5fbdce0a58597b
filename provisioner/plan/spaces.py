"""Values that several kinds of a vendor draw from (``Unique.space``): who of another kind has one that is to be taken?

Row 13 across kinds; within one kind ``uniques`` tells it. Looked at is what the plan has read anyway: all that is
managed on the connection, and whatever else was met. Nobody is asked about a number for this alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.address import Address
from provisioner.plan.document import Action, Change
from provisioner.plan.scope import Scope, addresses_by_id
from provisioner.plan.uniques import FREE, Handover
from provisioner.values import Value, VendorId, folded
from provisioner.vendors.live import Live

TAKES = frozenset({Action.CREATE, Action.REPLACE, Action.UNDELETE})


@dataclass
class Shared:
    """Who waits for whom of another kind, and the changes that cannot have their value."""

    handovers: list[Handover] = field(default_factory=list)
    refused: dict[Address, Change] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Holder:
    """An active entity of another kind that has the value at ``path``."""

    kind: str
    id: VendorId
    path: str


def across_kinds(scope: Scope, live: Live, changes: Mapping[Address, Change]) -> Shared:
    """What the changes take that entities of other kinds have."""
    shared = Shared()
    movers = {(address.connection, address.kind, change.id): change for address, change in changes.items()}
    owners = addresses_by_id(scope.prior)
    for address, change in sorted(changes.items()):
        for space, path, value in _taken(scope, change):
            for holder in _holders(live, address, space, value):
                place = (address.connection, holder.kind, holder.id)
                giver = movers.get(place)
                if giver is not None and _gives(giver, holder.path, value):
                    shared.handovers.append(Handover(giver.address, address, holder.path, value))
                    continue
                owner = owners.get(place)
                who = f"`{owner}`" if owner else f"id {holder.id} of {holder.kind}, which is not managed"
                bare = replace(change, fields=(), before=None, after=None, deleted=False)
                shared.refused[address] = bare.becomes(
                    Action.CONFLICT, "taken", f"`{path}` {value!r} is held by {who}; {FREE}"
                )
    return shared


def _taken(scope: Scope, change: Change) -> Iterator[tuple[str, str, Value]]:
    """The values of shared spaces that a change puts on its entity: space, path, value."""
    offer = scope.offer(change.address.connection, change.address.kind)
    if offer is None or change.action not in TAKES:
        return
    before, after = change.before or {}, change.after or {}
    for spec in offer.unique_specs:
        value = after.get(spec.path)
        kept = change.action is Action.REPLACE and folded(value) == folded(before.get(spec.path))
        if spec.unique is not None and spec.unique.space and value is not None and not kept:
            yield spec.unique.space, spec.path, value


def _holders(live: Live, address: Address, space: str, value: Value) -> Iterator[_Holder]:
    for (connection, kind), seen in sorted(live.kinds.items()):
        if connection != address.connection or kind == address.kind:
            continue
        for spec in seen.offer.unique_specs:
            if spec.unique is not None and spec.unique.space == space:
                for entity in seen.holders(spec.path, value):
                    yield _Holder(kind, entity.id, spec.path)


def _gives(change: Change, path: str, value: Value) -> bool:
    """Whether a change takes the value off its entity for good."""
    after = change.after or {}
    return change.action is Action.DELETE or (
        change.action is Action.REPLACE and folded(after.get(path)) != folded(value)
    )
