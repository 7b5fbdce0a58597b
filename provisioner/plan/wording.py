"""What a report must know beyond the changes, so that people can read it: units, names for ids and keys, what is final.

A saved plan is shown where there is no vendor and no network. Whatever only the Offers, the state or the live accounts
can say is therefore copied into the plan when it is made, and only as far as the plan's own fields need it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from provisioner.address import Address
from provisioner.plan.called import called
from provisioner.plan.document import Action, Change, FieldChange, KindTold, Plan, Step
from provisioner.plan.drifted import Drifted, Moving
from provisioner.plan.scope import Scope
from provisioner.values import Attributes, VendorId
from provisioner.vendors.base import Deleted, Offer
from provisioner.vendors.live import Live

T = TypeVar("T", Drifted, Moving)


def worded(plan: Plan, scope: Scope, live: Live) -> Plan:
    """The plan with all of that; nothing else of it changes."""
    known = Known(scope, live)
    changes = tuple(_change(change, known) for change in plan.changes)
    return replace(plan, changes=changes, kinds=_kinds(changes, scope))


def drifted(item: T, known: Known) -> T:
    """What drifted or moves by itself, with its fields so that people can read them."""
    return replace(item, fields=known.explained(item.fields, item.address)) if item.fields else item


def _kinds(changes: Iterable[Change], scope: Scope) -> tuple[KindTold, ...]:
    """The kinds of the changes in the order in which a supervisor asks: people, queues, the rest."""
    offers: dict[str, list[Offer]] = {}
    for connection, kind in sorted({(change.address.connection, change.address.kind) for change in changes}):
        offer = scope.offer(connection, kind)
        offers.setdefault(kind, []).extend([offer] if offer is not None else [])
    people = {kind for kind, found in offers.items() if any(offer.personal_paths for offer in found)}
    queued = {kind for kind, found in offers.items() if any(offer.queued for offer in found)}
    ones = {kind: next((offer.one for offer in found if offer.one), "") for kind, found in offers.items()}
    ordered = sorted(offers, key=lambda kind: (kind not in people, kind not in queued, kind))
    return tuple(KindTold(kind, kind in people, ones[kind]) for kind in ordered)


def _change(change: Change, known: Known) -> Change:
    final = _is_final(change, known.scope)
    if not change.fields and not final:
        return change
    return replace(change, fields=known.explained(change.fields, change.address), for_good=final)


def _is_final(change: Change, scope: Scope) -> bool:
    """True where the vendor keeps nothing of what is deleted, so that nobody can bring it back."""
    deletes = change.action is Action.DELETE or (change.action is Action.REPLACE and change.step is Step.DELETE)
    offer = scope.offer(change.address.connection, change.address.kind) if deletes else None
    return offer is not None and offer.deleted is Deleted.ABSENT


# --- units and names ----------------------------------------------------------------------------------------------


def in_words(item: FieldChange, offer: Offer | None, connection: str) -> FieldChange:
    """The field with its units, and with what it refers to."""
    spec = offer.specs.get(item.path) if offer is not None else None
    if spec is None or not (spec.unit or spec.member_units or spec.ref):
        return item
    return replace(
        item,
        unit=spec.unit and str(spec.unit),
        member_units={name: str(unit) for name, unit in spec.member_units.items()},
        refers_to=f"{spec.ref.kind}@{connection}" if spec.ref is not None else None,
    )


@dataclass(frozen=True)
class Known:
    """What manifests, state and vendors know of whatever the fields refer to; each is looked up once."""

    scope: Scope
    live: Live
    found: dict[str, str | None] = field(default_factory=dict)

    def explained(self, fields: Iterable[FieldChange], address: Address) -> tuple[FieldChange, ...]:
        """The fields of an address with their units, and with what they refer to."""
        offer = self.scope.offer(address.connection, address.kind)
        return tuple(self._explained(item, offer, address.connection) for item in fields)

    def _explained(self, item: FieldChange, offer: Offer | None, connection: str) -> FieldChange:
        told = in_words(item, offer, connection)
        return told.with_names({mark: name for mark in told.marks if (name := self.name(mark)) is not None})

    def name(self, mark: str) -> str | None:
        """What people call an address or an unmanaged entity; None where nobody knows."""
        if mark not in self.found:
            self.found[mark] = next(called(self._attributes(mark)), None)
        return self.found[mark]

    def _attributes(self, mark: str) -> Attributes:
        """All that is known of it: what is declared wins over what is there, and that over what was last applied."""
        place, unmanaged, vendor_id = mark.partition("#")
        if unmanaged:
            kind, _, connection = place.partition("@")
            return self._shown(connection, kind, VendorId(vendor_id))
        address = Address.parse(mark)
        bound, instance = self.scope.prior.bound.get(address), self.scope.wanted.instances.get(address)
        return {
            **(bound.attributes if bound is not None else {}),
            **(self._shown(address.connection, address.kind, bound.id) if bound is not None else {}),
            **(instance.attributes if instance is not None else {}),
        }

    def _shown(self, connection: str, kind: str, vendor_id: VendorId) -> Attributes:
        """What the vendor shows of an entity; never a secret."""
        seen, offer = self.live.seen(connection, kind), self.scope.offer(connection, kind)
        entity = seen.entity(vendor_id) if seen is not None else None
        if entity is None or offer is None:
            return {}
        return {path: value for path, value in entity.attributes.items() if path not in offer.secret_paths}
