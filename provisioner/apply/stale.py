"""Whether what the vendor shows right before a call is still what the plan saw."""

from __future__ import annotations

from provisioner.apply.moved import differing
from provisioner.errors import ProvisionerError
from provisioner.plan.differ import equal, named, same, value_at
from provisioner.plan.document import ABSENT, Change, Maybe
from provisioner.plan.identity import Names
from provisioner.plan.members import members
from provisioner.plan.rosters import spoken_of
from provisioner.values import Attributes, Value, addition
from provisioner.vendors.base import Entity, Offer
from provisioner.vendors.fields import FieldSpec


class Stale(ProvisionerError):
    """The entity moved since the plan was made; the change and all that needs it are refused."""

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="plan again, and review that")


def check(
    change: Change,
    offer: Offer,
    entity: Entity | None,
    names: Names,
    *,
    parked: Attributes,
    begun: bool,
) -> Entity:
    """The entity, if it is as the plan's ``before`` shows it; raises Stale otherwise.

    ``parked`` are temporary values that this plan has put on it. ``begun``: an earlier attempt of this very plan may
    have done part of the change, so that a field may show its ``after`` already, and a record be back.
    """
    if entity is None:
        raise Stale(f"id {change.id} is gone at the vendor")
    if entity.deleted and not change.deleted:
        raise Stale(f"id {entity.id} is deleted at the vendor")
    if entity.pending:
        raise Stale(f"id {entity.id} is being deleted by the vendor")
    if change.deleted and not entity.deleted and not begun:
        raise Stale(f"id {entity.id} is active again at the vendor")
    for path, before in sorted((change.before or {}).items()):
        spec = offer.specs.get(path)
        if spec is None:
            continue  # a field that an earlier version of the tool knew
        live = _decided_on(change, spec, value_at(entity.attributes, path), names)
        if same(spec, live, before) or _expected(change, spec, live, parked, names, begun=begun):
            continue
        raise Stale(differing(spec, before, live))
    return entity


def _decided_on(change: Change, spec: FieldSpec, there: Maybe, names: Names) -> Maybe:
    """What is there as plans show it; of a list of references the part that the plan was about.

    Whoever else has come to a list that is only added to does not change what the plan decided.
    """
    if spec.ref is None:
        return there
    before = (change.before or {}).get(spec.path)
    last = members(before) + [one for item in change.fields if item.path == spec.path for one in _members(item.before)]
    # A list that the plan saw tells by itself what it is about, whatever its members are called by now.
    declared = before if isinstance(before, list) else (change.after or {}).get(spec.path, before)
    return named(spec, spoken_of(there, declared, spec.ref, names, addition(last)), names)


def _members(value: Maybe) -> list[Value]:
    return [] if value is ABSENT else members(value)


def _expected(change: Change, spec: FieldSpec, live: Maybe, parked: Attributes, names: Names, *, begun: bool) -> bool:
    """Whether a field may be so although the plan saw something else: this plan has begun with it."""
    if spec.path in parked and same(spec, live, parked[spec.path]):
        return True
    after = change.after or {}
    return begun and spec.path in after and equal(spec, live, live, after[spec.path], names)
