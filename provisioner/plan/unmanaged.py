"""References by id (``{id: 17}``) to what no manifest declares: is it there?

Asked only where the reference is about to be written: by an instance that is not bound yet, or that was last sent with
another id. One read each, of kinds that can be read; what nobody can ask about is left to the vendor to refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.address import Address
from provisioner.plan.desired import Instance
from provisioner.plan.differ import sent_attributes
from provisioner.plan.document import Action, Change
from provisioner.plan.members import members, target_of
from provisioner.plan.scope import Scope
from provisioner.values import Attributes, VendorId, id_in
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live

WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.ADOPT, Action.UNDELETE, Action.REPLACE})


@dataclass(frozen=True, slots=True)
class Pointer:
    """A field that is to refer to an entity of ``kind`` by its id."""

    path: str
    kind: str
    id: VendorId


def asked_about(scope: Scope) -> Mapping[tuple[str, str], frozenset[VendorId]]:
    """The ids to look at, by connection and kind."""
    found: dict[tuple[str, str], set[VendorId]] = {}
    for address, instance in scope.desired.items():
        if instance.offer.ref_paths and scope.includes(address):
            for pointer in _new(scope, instance):
                found.setdefault((address.connection, pointer.kind), set()).add(pointer.id)
    return {place: frozenset(ids) for place, ids in found.items()}


def refused(scope: Scope, live: Live, changes: Mapping[Address, Change]) -> dict[Address, Change]:
    """The changes that would refer to what is gone, deleted or not to be seen, as conflicts and unknowns."""
    found = {}
    for address, change in changes.items():
        instance = scope.desired.get(address)
        if instance is None or change.action not in WRITES or not instance.offer.ref_paths:
            continue
        written = {item.path for item in change.writable}
        before = change.before or {}
        pointers = [
            pointer
            for pointer in _new(scope, instance)
            if pointer.path in written and pointer.id not in _ids(before, pointer.path, pointer.kind)
        ]
        told = [why for pointer in pointers if (why := _why_not(live, instance, pointer)) is not None]
        if told:
            action, text = told[0]
            bare = replace(change, fields=(), before=None, after=None, deleted=False)
            found[address] = bare.becomes(action, "reference" if action is Action.CONFLICT else "evidence", text)
    return found


def _why_not(live: Live, instance: Instance, pointer: Pointer) -> tuple[Action, str] | None:
    """What stands against a reference; None where nothing does, or nobody was asked."""
    seen = live.seen(instance.address.connection, pointer.kind)
    if seen is None or not seen.has(pointer.id):
        return None
    why = seen.is_unknown(pointer.id)
    if why is not None:
        return Action.UNKNOWN, f"`{pointer.path}` refers to id {pointer.id} of {pointer.kind}: {why}"
    entity = seen.entity(pointer.id)
    if entity is not None and not entity.deleted:
        return None
    state = "does not exist" if entity is None else "is deleted"
    position = "" if instance.origin is None else instance.origin.position(instance.paths.get(pointer.path, ()))
    where = f" ({position})" if position else ""
    return Action.CONFLICT, (
        f"`{pointer.path}` refers to id {pointer.id} of {pointer.kind}, which {state}{where}; "
        "look the id up in the vendor's portal, or declare the entity and refer to its key"
    )


def _new(scope: Scope, instance: Instance) -> Iterator[Pointer]:
    """The references by id that the instance has and was not last sent with; only to kinds that can be read."""
    bound = scope.prior.bound.get(instance.address)
    sent = sent_attributes(instance.offer, bound) if bound is not None else {}
    for path in sorted(instance.offer.ref_paths & instance.attributes.keys()):
        ref = instance.offer.specs[path].ref
        offer: Offer | None = scope.offer(instance.address.connection, ref.kind) if ref is not None else None
        if ref is None or offer is None or not offer.readable or (bound is not None and path in instance.ignore):
            continue
        for vendor_id in sorted(_ids(instance.attributes, path, ref.kind) - _ids(sent, path, ref.kind)):
            yield Pointer(path, ref.kind, vendor_id)


def _ids(attributes: Attributes, path: str, kind: str) -> set[VendorId]:
    """The ids in a reference field: alone or in a list of either form."""
    items = members(attributes.get(path))
    return {vendor_id for item in items if (vendor_id := id_in(target_of(item, kind))) is not None}
