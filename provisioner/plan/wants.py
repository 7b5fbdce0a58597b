"""What must be read from the vendors before anything can be decided: as little as the evidence allows.

A bound entity is read by its id, or met in a listing, whichever takes fewer requests: a partial plan of a few among
thousands reads these few. A search is asked for only where something without a bound id needs it: a new
declaration, one whose entity is gone or deleted, a create whose end nobody could tell, or a bound one that is given a
new unique value. Since the second and the last are only seen once the first reads are in, wants are asked for in
rounds until nothing more is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.plan.desired import Instance
from provisioner.plan.differ import value_at
from provisioner.plan.document import ABSENT
from provisioner.plan.scope import Scope
from provisioner.plan.unmanaged import asked_about
from provisioner.state.document import Bound, Intent
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.base import Find, Offer
from provisioner.vendors.live import Live, Seen, Want


@dataclass
class _Wish:
    """A Want in the making; ``managed`` is how many entities of the kind state binds."""

    kind: str
    offer: Offer
    ids: set[VendorId]
    keys: dict[tuple[Value, ...], VendorId]
    sought: set[tuple[Value, ...]] = field(default_factory=set)
    search: bool = False
    known: int = 0
    managed: int = 0
    right_now: bool = False


def wanted(scope: Scope, live: Live) -> Mapping[str, tuple[Want, ...]]:
    """What is still to be read, by connection; empty when ``live`` holds all that is needed."""
    found: dict[str, list[Want]] = {}
    pointed = asked_about(scope)
    for connection, kind, offer in _places(scope, pointed):
        if not offer.readable:
            continue
        wish = _wish(scope, connection, kind, offer, live)
        wish.ids |= pointed.get((connection, kind), frozenset())
        want = _still(wish, live.seen(connection, kind))
        if want.ids or want.keys or want.search:
            found.setdefault(connection, []).append(want)
    return {connection: tuple(wants) for connection, wants in found.items()}


def _places(scope: Scope, pointed: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, Offer]]:
    """The kinds about which something is to be decided, and those to which something refers by id alone."""
    yield from scope.kinds()
    decided = {(connection, kind) for connection, kind, _ in scope.kinds()}
    for connection, kind in sorted(set(pointed) - decided):
        offer = scope.offer(connection, kind)
        if offer is not None:
            yield connection, kind, offer


def _still(wish: _Wish, seen: Seen | None) -> Want:
    """What of the wish was not read yet."""
    ids = frozenset(one for one in wish.ids if seen is None or not seen.has(one))
    keys = {key: one for key, one in wish.keys.items() if seen is None or not seen.has(one)}
    search = wish.search and (seen is None or not seen.searched)
    return Want(
        kind=wish.kind,
        offer=wish.offer,
        ids=ids,
        keys=frozenset(keys) | (wish.sought if search else frozenset()),
        key_ids=keys,
        search=search,
        known=wish.known,
        managed=wish.managed > 0,
        alone=len(ids) < _pages(wish),
        right_now=wish.right_now,
    )


def _pages(wish: _Wish) -> int:
    """How many requests a listing takes at least: all that state binds must be on it."""
    return 1 if wish.offer.page is None else -(-wish.managed // wish.offer.page)


def _wish(scope: Scope, connection: str, kind: str, offer: Offer, live: Live) -> _Wish:
    wish = _Wish(kind, offer, set(), {})
    seen, prior = live.seen(connection, kind), scope.prior
    wish.managed = sum(address in prior.bound for address in scope.everything(connection, kind))
    for address in scope.addresses(connection, kind):
        instance = scope.desired.get(address)
        bound = prior.bound.get(address)
        wish.right_now |= any(_names(side, path) for side in (instance, bound) for path in offer.member_paths)
        if bound is not None:
            wish.ids.add(bound.id)
        if address in scope.stones:
            wish.ids.add(scope.stones[address].id)
        if instance is not None:
            _wish_for_instance(wish, scope, instance, bound, seen)
    if connection in scope.rechecked:
        wish.ids.update(
            prior.bound[address].id for address in scope.everything(connection, kind) if address in prior.bound
        )
    for intent in scope.pending.values():
        if intent.address.connection == connection and intent.kind == kind:
            _wish_for_intent(wish, intent)
    wish.known = max([wish.known, *_numbers(scope.known_ids(connection, kind)), *_numbers(wish.ids)])
    return wish


def _names(side: Instance | Bound | None, path: str) -> bool:
    return side is not None and path in side.attributes


def _wish_for_instance(wish: _Wish, scope: Scope, instance: Instance, bound: Bound | None, seen: Seen | None) -> None:
    if bound is None:
        imported = scope.imports.get(instance.address)
        if imported is not None:
            wish.ids.add(imported)
        tombstone = scope.prior.tombstones.get(instance.address)
        account = scope.wanted.connections[instance.address.connection].account
        if tombstone is not None and tombstone.account == account:
            wish.ids.add(tombstone.id)
    if bound is None or _needs_search(wish.offer, instance, bound, seen):
        _search(wish, wish.offer.natural_key(instance.attributes), instance.attributes)


def _needs_search(offer: Offer, instance: Instance, bound: Bound, seen: Seen | None) -> bool:
    """True where the bound entity is gone or deleted, or is given a key or unique value that it does not have."""
    if seen is None or not seen.has(bound.id):
        return _is_given_more(offer, instance.attributes, bound.attributes, unsaid=False)
    if seen.is_unknown(bound.id) is not None:
        return False
    entity = seen.entity(bound.id)
    if entity is None or entity.deleted:
        return True
    return _is_given_more(offer, instance.attributes, entity.attributes, unsaid=True)


def _is_given_more(offer: Offer, after: Attributes, before: Attributes, *, unsaid: bool) -> bool:
    """True where a key or unique value differs; ``unsaid`` tells whether what is not there counts as different."""
    for path in (*offer.key_paths, *(spec.path for spec in offer.unique_specs)):
        value, there = after.get(path), value_at(before, path)
        if value is None or path in offer.ref_paths or (there is ABSENT and not unsaid):
            continue
        if there is ABSENT or folded(value) != folded(there):
            return True
    return False


def _search(wish: _Wish, key: tuple[Value, ...] | None, attributes: Attributes) -> None:
    if wish.offer.find is not Find.BY_KEY:
        wish.search = True
        wish.sought |= {key} if key is not None else set()
    elif key is not None:
        wish.keys[key] = VendorId(str(attributes[wish.offer.key_paths[0]]))


def _wish_for_intent(wish: _Wish, intent: Intent) -> None:
    """What settles an intent whose outcome is unknown."""
    wish.known = max(wish.known, intent.highest or 0)
    if intent.vendor_id is not None:
        wish.ids.add(intent.vendor_id)
    elif intent.verb == "create":
        _search(wish, intent.natural_key, intent.attributes)


def _numbers(ids: Iterable[VendorId]) -> list[int]:
    return [int(vendor_id) for vendor_id in ids if vendor_id.isdecimal()]
