"""What state learns without a call: what manifests say of an address now, and where a vendor has come round to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from provisioner.plan.desired import Instance
from provisioner.plan.differ import (
    altered_values,
    equal,
    part_at,
    seen_at,
    sent_attributes,
    shown,
    value_at,
)
from provisioner.plan.document import ABSENT, Agreed, Record
from provisioner.plan.identity import Names
from provisioner.plan.members import is_list, members, target_of
from provisioner.plan.scope import Scope
from provisioner.state.document import Bound
from provisioner.values import Value, id_in, overlaid
from provisioner.vendors.base import Entity
from provisioner.vendors.fields import FieldSpec
from provisioner.vendors.live import Live


def records(scope: Scope, live: Live, names: Callable[[str], Names]) -> Iterable[Record]:
    """What state must learn of unchanged or changed addresses without a call; the account of a moved one included.

    ``names`` says how the references on a connection are read, after this plan.
    """
    for address in sorted(scope.desired.keys() & scope.prior.bound.keys()):
        if not scope.includes(address):
            continue
        instance, bound = scope.desired[address], scope.prior.bound[address]
        agreed = _agreed(instance, bound, live, names(address.connection))
        released = tuple(sorted(_released(instance, bound)))
        protected = bound.prevent_destroy if instance.prevent_destroy is None else instance.prevent_destroy
        moved = scope.wanted.connections[address.connection].account != bound.account
        if agreed or released or moved or protected != bound.prevent_destroy or instance.file != bound.file:
            yield Record(address, released, protected, instance.file, agreed)


# --- what vendor and manifest say alike ---------------------------------------------------------------------------


def _agreed(instance: Instance, bound: Bound, live: Live, names: Names) -> Agreed | None:
    """The declared fields that the vendor shows as declared, although state has last applied something else.

    Somebody has changed them there, and then the manifest was made to say the same, or a person has done what was left
    to one. Without such a record they would count as drift for ever.
    """
    seen = live.seen(instance.address.connection, instance.address.kind)
    entity = seen.entity(bound.id) if seen is not None and instance.offer.readable else None
    if entity is None or entity.deleted or entity.pending:
        return None
    found: dict[str, Value] = {path: instance.attributes[path] for path in _alike(instance, bound, entity, names)}
    if not found:
        return None
    offer = instance.offer
    return Agreed(
        attributes=found,
        references={path: _ids(found[path], offer.specs[path], names) for path in found if path in offer.ref_paths},
        natural_key=offer.natural_key(overlaid(bound.attributes, found)) or bound.natural_key,
    )


def _alike(instance: Instance, bound: Bound, entity: Entity, names: Names) -> Iterator[str]:
    offer = instance.offer
    known = {**sent_attributes(offer, bound), **altered_values(bound)}
    recorded = shown(offer, known, names)
    skipped = instance.ignore | offer.secret_paths | bound.uncertain | entity.unseen
    for path in sorted(instance.attributes.keys() - skipped):
        spec, wanted = offer.specs[path], instance.attributes[path]
        before, now = value_at(recorded, path), seen_at(instance, path, entity.attributes, names, bound)
        if not spec.compared or now is ABSENT:
            continue
        if before is not ABSENT and equal(spec, before, value_at(known, path), wanted, names):
            continue
        if equal(spec, now, part_at(instance, path, entity.attributes, names, bound), wanted, names):
            yield path


def _ids(value: Value, spec: FieldSpec, names: Names) -> Value:
    """What a declared reference field refers to, by ids alone: what is there, since that is as declared."""
    kind = spec.ref.kind if spec.ref is not None else ""
    targets = [target_of(item, kind) for item in members(value)]
    ids: list[Value] = [names.id_of(target) if isinstance(target, str) else id_in(target) for target in targets]
    return ids if is_list(value) else next(iter(ids), None)


# --- what is no longer declared -----------------------------------------------------------------------------------


def _released(instance: Instance, bound: Bound) -> Iterable[str]:
    """The fields that were applied and are no longer declared, neither themselves nor within or around another."""
    if not instance.offer.readable:
        return
    secrets = instance.offer.secret_paths
    known = {path for path, value in bound.attributes.items() if path not in secrets or value is not None}
    known |= {path for path, version in bound.secrets.items() if version}
    offer = instance.offer
    said = instance.attributes.keys() | offer.derived(instance.attributes).keys()
    said |= set(offer.key_paths if offer.either_key else ())  # an adopt records the ones that nobody declared, too
    for path in known - said - instance.ignore:
        related = any(other.startswith(f"{path}.") or path.startswith(f"{other}.") for other in instance.attributes)
        if path in instance.offer.specs and not related:
            yield path
