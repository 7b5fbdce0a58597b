"""Whether what the vendor shows right before a call is still what the plan saw."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.errors import ProvisionerError
from provisioner.plan.differ import Names, same, shown, value_at
from provisioner.plan.document import ABSENT, Change, Maybe
from provisioner.values import Attributes
from provisioner.vendors.base import Entity, Offer


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
    view = shown(offer, entity.attributes, names)
    for path, before in sorted((change.before or {}).items()):
        if path not in offer.specs:
            continue  # a field that an earlier version of the tool knew
        live = value_at(view, path)
        if same(offer.specs.get(path), live, before) or _expected(path, live, change, parked, offer, begun=begun):
            continue
        raise Stale(f"`{path}` is {_said(live)} at the vendor, the plan saw {_said(before)}")
    return entity


def _expected(path: str, live: Maybe, change: Change, parked: Attributes, offer: Offer, *, begun: bool) -> bool:
    if path in parked and same(offer.specs.get(path), live, parked[path]):
        return True
    after: Mapping[str, object] = change.after or {}
    return begun and path in after and same(offer.specs.get(path), live, (change.after or {})[path])


def _said(value: Maybe) -> str:
    return "nothing" if value is ABSENT or value is None else f"{value!r}"
