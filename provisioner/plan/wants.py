"""What must be read from the vendors before anything can be decided: as little as the evidence allows.

A bound entity is read by its id. A search is asked for only where something without a bound id needs it: a new
declaration, one whose entity is gone or deleted, a create whose end nobody could tell, or a bound one that is given a
new unique value. Since the second and the last are only seen once the first reads are in, wants are asked for in
rounds until nothing more is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.plan.desired import Instance
from provisioner.plan.differ import value_at
from provisioner.plan.document import ABSENT
from provisioner.plan.scope import Scope
from provisioner.state.document import Bound, Intent
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.base import Find, Offer
from provisioner.vendors.live import Live, Seen, Want


@dataclass
class _Wish:
    """A Want in the making."""

    kind: str
    offer: Offer
    ids: set[VendorId]
    keys: dict[tuple[Value, ...], VendorId]
    search: bool = False
    known: int = 0


def wanted(scope: Scope, live: Live) -> Mapping[str, tuple[Want, ...]]:
    """What is still to be read, by connection; empty when ``live`` holds all that is needed."""
    wishes: dict[tuple[str, str], _Wish] = {}
    for connection, kind, offer in scope.kinds():
        wish = _Wish(kind, offer, set(), {})
        _wish(wish, scope, connection, live)
        wishes[connection, kind] = wish
    found: dict[str, list[Want]] = {}
    for (connection, _), wish in sorted(wishes.items()):
        want = Want(
            kind=wish.kind,
            offer=wish.offer,
            ids=frozenset(wish.ids),
            keys=frozenset(wish.keys),
            key_ids=dict(wish.keys),
            search=wish.search,
            known=wish.known,
        )
        if _is_new(want, live.seen(connection, wish.kind)):
            found.setdefault(connection, []).append(want)
    return {connection: tuple(wants) for connection, wants in found.items()}


def _is_new(want: Want, seen: Seen | None) -> bool:
    """True where the want asks for more than was read."""
    if not want.offer.readable:
        return False
    if seen is None:
        return bool(want.ids or want.keys or want.search)
    if want.search and not seen.searched:
        return True
    return any(not seen.has(vendor_id) for vendor_id in (*want.ids, *want.key_ids.values()))


def _wish(wish: _Wish, scope: Scope, connection: str, live: Live) -> None:
    if not wish.offer.readable:
        return
    seen = live.seen(connection, wish.kind)
    prior = scope.prior
    for address in scope.addresses(connection, wish.kind):
        instance = scope.desired.get(address)
        bound = prior.bound.get(address)
        if bound is not None:
            wish.ids.add(bound.id)
        if instance is not None:
            _wish_for_instance(wish, scope, instance, bound, seen)
    for intent in prior.pending.values():
        if intent.address.connection == connection and intent.kind == wish.kind:
            _wish_for_intent(wish, intent)
    wish.known = max([wish.known, *_numbers(scope.known_ids(connection, wish.kind)), *_numbers(wish.ids)])


def _wish_for_instance(wish: _Wish, scope: Scope, instance: Instance, bound: Bound | None, seen: Seen | None) -> None:
    key = wish.offer.natural_key(instance.attributes)
    if bound is None:
        imported = scope.imports.get(instance.address)
        if imported is not None:
            wish.ids.add(imported)
        tombstone = scope.prior.tombstones.get(instance.address)
        if tombstone is not None:
            wish.ids.add(tombstone.id)
    if bound is None or _needs_search(wish.offer, instance, bound, seen):
        _search(wish, key, instance.attributes)


def _needs_search(offer: Offer, instance: Instance, bound: Bound, seen: Seen | None) -> bool:
    """True where the bound entity is gone or deleted, or is given a unique value that it does not have."""
    if _new_unique(offer, instance.attributes, bound.attributes):
        return True
    if seen is None or seen.is_unknown(bound.id) is not None:
        return False
    entity = seen.entity(bound.id)
    if entity is None or entity.deleted:
        return True
    return _new_unique(offer, instance.attributes, entity.attributes)


def _new_unique(offer: Offer, after: Attributes, before: Attributes) -> bool:
    for spec in offer.unique_specs:
        value = after.get(spec.path)
        there = value_at(before, spec.path)
        if value is not None and there is not ABSENT and folded(value) != folded(there):
            return True
    return False


def _search(wish: _Wish, key: tuple[Value, ...] | None, attributes: Attributes) -> None:
    if wish.offer.find is Find.BY_KEY:
        if key is not None:
            wish.keys[key] = VendorId(str(attributes[wish.offer.key_paths[0]]))
    else:
        wish.search = True


def _wish_for_intent(wish: _Wish, intent: Intent) -> None:
    """What settles an intent whose outcome is unknown."""
    wish.known = max(wish.known, intent.highest or 0)
    if intent.vendor_id is not None:
        wish.ids.add(intent.vendor_id)
    elif intent.verb == "create":
        _search(wish, intent.natural_key, intent.attributes)


def _numbers(ids: Iterable[VendorId]) -> list[int]:
    return [int(vendor_id) for vendor_id in ids if vendor_id.isdecimal()]
