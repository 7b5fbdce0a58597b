"""What became of a request whose answer never came: told from what the vendor shows now.

A pure function, used three ways: in memory by commands that only look, before an apply plans, and in the middle of one
when an answer is lost. What cannot be told stays pending: nothing is sent again blindly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provisioner.address import Address
from provisioner.plan.differ import by_ids, equal, value_at
from provisioner.plan.document import ABSENT
from provisioner.plan.group import same_person
from provisioner.plan.identity import NO_NAMES
from provisioner.state.document import Document, Intent
from provisioner.state.entries import Settled, Settlement
from provisioner.values import VendorId
from provisioner.vendors.base import Entity, Offer
from provisioner.vendors.live import Live, Seen


def settlements(document: Document, live: Live, offers: Mapping[tuple[str, str], Offer]) -> tuple[Settled, ...]:
    """What can be said of every pending intent, in the order in which they were made.

    ``offers`` are the kinds of the connections that may be asked; intents elsewhere stay pending.
    """
    found: list[Settled] = []
    owners = {(bound.address.connection, address.kind, bound.id): address for address, bound in document.bound.items()}
    for number in sorted(document.pending):
        intent = document.pending[number]
        place = (intent.address.connection, intent.kind)
        if place not in offers:
            continue
        verdict = settle(intent, offers[place], live.seen(*place), _others(owners, intent))
        if verdict is not None:
            found.append(verdict)
            if verdict.vendor_id is not None:
                owners[(*place, verdict.vendor_id)] = intent.address
    return tuple(found)


def _others(owners: Mapping[tuple[str, str, VendorId], Address], intent: Intent) -> frozenset[VendorId]:
    """The ids that other addresses of the intent's kind are bound to."""
    place = (intent.address.connection, intent.kind)
    return frozenset(
        vendor_id for (*where, vendor_id), owner in owners.items() if tuple(where) == place and owner != intent.address
    )


def settle(intent: Intent, offer: Offer, seen: Seen | None, taken: Iterable[VendorId] = ()) -> Settled | None:
    """The end of one intent, or None where the evidence does not decide.

    ``taken`` are ids bound to other addresses: a found entity is not one of those.
    """
    if not offer.readable:
        return Settled(intent.id, Settlement.STUCK, detail="the vendor cannot be asked")
    if seen is None:
        return None
    if intent.verb == "create":
        return _create(intent, offer, seen, frozenset(taken))
    if intent.vendor_id is None or seen.is_unknown(intent.vendor_id) is not None:
        return None
    entity = seen.entity(intent.vendor_id)
    match intent.verb:
        case "update":
            return _update(intent, offer, entity)
        case "delete":
            gone = entity is None or entity.deleted
            return Settled(intent.id, Settlement.DONE if gone else Settlement.NO_EFFECT)
        case "undelete":
            back = entity is not None and not entity.deleted
            return Settled(intent.id, Settlement.DONE if back else Settlement.NO_EFFECT)
        case _:
            raise AssertionError(intent.verb)


def _create(intent: Intent, offer: Offer, seen: Seen, taken: frozenset[VendorId]) -> Settled | None:
    """Found by its natural key, the same person and nobody else's: it was made."""
    matches = [
        entity
        for entity in seen.active(intent.natural_key)
        if entity.id not in taken and same_person(offer, intent.attributes, entity.attributes)
    ]
    if len(matches) == 1:
        return Settled(intent.id, Settlement.DONE, vendor_id=matches[0].id)
    if not matches and seen.decides(intent.natural_key):
        return Settled(intent.id, Settlement.NO_EFFECT)
    return None


def _update(intent: Intent, offer: Offer, entity: Entity | None) -> Settled:
    if entity is None:
        return Settled(intent.id, Settlement.GONE)
    shows = all(_arrived(intent, offer, entity, path) for path in intent.attributes)
    if entity.deleted or not intent.attributes or not shows:
        return Settled(intent.id, Settlement.NO_EFFECT)
    return Settled(intent.id, Settlement.DONE)


def _arrived(intent: Intent, offer: Offer, entity: Entity, path: str) -> bool:
    """True where the entity shows what the request set.

    Of a list that was added to that cannot be told, and it is no list as the vendor shows one: whom the request was to
    take out is not in the intent. It is made again from what is there; nothing is sent where that is right already.
    """
    live = value_at(entity.attributes, path)
    live = None if live is ABSENT else live
    sent, spec = intent.attributes[path], offer.specs.get(path)
    if spec is None or spec.ref is None or path not in intent.references:
        return live == sent
    return equal(spec, live, live, by_ids(sent, intent.references[path], spec.ref), NO_NAMES)
