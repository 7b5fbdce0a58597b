"""Who must give up a unique value before somebody else can take it (row 13), and who cannot have it at all.

A value is *taken* by a change that writes it, and *given* by a change after which its holder no longer has it. A taker
waits for the giver; where the holder keeps the value, the taker is a conflict. Since a conflict gives up nothing, the
pass is repeated until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.address import Address
from provisioner.plan import changes
from provisioner.plan.decide import Decisions
from provisioner.plan.differ import shown, value_at
from provisioner.plan.document import ABSENT, Action, Change
from provisioner.plan.group import Group, known
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.base import Deleted, FieldSpec

REMOVES = frozenset({Action.DELETE, Action.REPLACE})
WRITES_FIELDS = frozenset({Action.UPDATE, Action.ADOPT})


@dataclass(frozen=True)
class Handover:
    """``taker`` needs what ``giver`` has on ``path`` now; both are addresses with a change in the plan."""

    giver: Address
    taker: Address
    path: str
    value: Value


@dataclass(frozen=True)
class _Holder:
    """An active entity (or one that cannot be read, by its record) with a unique value."""

    id: VendorId
    attributes: Attributes
    owner: Address | None


def settle_uniques(group: Group, decisions: Decisions) -> tuple[Handover, ...]:
    """The handovers that the decisions need; takers of what nobody gives up become conflicts, in place."""
    while True:
        handovers: list[Handover] = []
        refused = False
        movers = {change.id: change for change in decisions.changes.values() if change.id is not None}
        for address in sorted(decisions.changes):
            found = _handovers(group, movers, decisions.changes[address])
            if isinstance(found, Change):
                decisions.changes[address] = found
                refused = True
            else:
                handovers.extend(found)
        if not refused:
            return tuple(handovers)


def _handovers(group: Group, movers: Mapping[VendorId, Change], change: Change) -> list[Handover] | Change:
    """What the change must wait for, or what becomes of it where it cannot have a value."""
    found: list[Handover] = []
    for spec, value in _taken(group, change):
        for holder in _holders(group, change, spec, value):
            giver = _giver(movers, holder, spec)
            if giver is None:
                return _cannot_have(group, change, spec, value, holder)
            found.append(Handover(giver, change.address, spec.path, value))
    return found


def _taken(group: Group, change: Change) -> Iterator[tuple[FieldSpec, Value]]:
    """The unique values that the change puts on its entity."""
    after = change.after or {}
    written = {item.path for item in change.writable}
    for spec in group.offer.unique_specs:
        if change.action is Action.UNDELETE:
            restored = value_at(_record(group, change), spec.path)
            if restored is not ABSENT and known(restored):
                yield spec, restored
        writes = change.action in (Action.CREATE, Action.REPLACE) or (
            change.action in {*WRITES_FIELDS, Action.UNDELETE} and spec.path in written
        )
        if writes and known(after.get(spec.path)):
            yield spec, after[spec.path]


def _record(group: Group, change: Change) -> Attributes:
    """All that a deleted record will bring back."""
    entity = group.seen.entity(change.id) if change.id is not None else None
    return shown(group.offer, entity.attributes, group.names) if entity else {}


def _holders(group: Group, change: Change, spec: FieldSpec, value: Value) -> Iterable[_Holder]:
    """Who has the value now, within the same scope, other than the change's own entity."""
    for holder in _everybody(group, spec, value):
        if holder.id != change.id and _same_scope(spec, holder.attributes, change.after or {}):
            yield holder


def _everybody(group: Group, spec: FieldSpec, value: Value) -> Iterator[_Holder]:
    if group.offer.readable:
        for entity in group.seen.holders(spec.path, value):
            view = shown(group.offer, entity.attributes, group.names)
            yield _Holder(entity.id, view, group.owners.get(entity.id))
        return
    for address, bound in sorted(group.bound.items()):
        if folded(bound.attributes.get(spec.path)) == folded(value):
            yield _Holder(bound.id, bound.attributes, address)


def _same_scope(spec: FieldSpec, one: Attributes, other: Attributes) -> bool:
    within = spec.unique.within if spec.unique else None
    return within is None or folded(one.get(within)) == folded(other.get(within))


def _giver(movers: Mapping[VendorId, Change], holder: _Holder, spec: FieldSpec) -> Address | None:
    """The address whose change takes the value off the holder."""
    other = movers.get(holder.id)
    if other is not None and (other.action in REMOVES or _moves_off(other, spec, holder)):
        return other.address
    return None


def _moves_off(change: Change, spec: FieldSpec, holder: _Holder) -> bool:
    if change.action not in WRITES_FIELDS:
        return False
    written = {item.path for item in change.writable}
    after = change.after or {}
    scope = spec.unique.within if spec.unique else None
    leaves_scope = scope is not None and scope in written
    leaves_value = spec.path in written and folded(after.get(spec.path)) != folded(holder.attributes.get(spec.path))
    return leaves_scope or leaves_value


def _cannot_have(group: Group, change: Change, spec: FieldSpec, value: Value, holder: _Holder) -> Change:
    """R13's conflict; for an undelete whose old value is taken, a create beside the deleted record if possible."""
    who = f"`{holder.owner}` (id {holder.id})" if holder.owner else f"id {holder.id}, which is not managed"
    after = change.after or {}
    old_value = change.action is Action.UNDELETE and folded(after.get(spec.path)) != folded(value)
    if old_value and group.offer.deleted is Deleted.READABLE:
        created = changes.creation(group.desired[change.address], group)
        return replace(created, moved_from=change.moved_from, lost=change.id).because(
            "record_blocked",
            f"its deleted record is id {change.id}, whose old `{spec.path}` {value!r} {who} holds by now: made anew",
        )
    text = f"`{spec.path}` {value!r} is held by {who}"
    hint = "free it there first, or declare another value"
    return replace(change, fields=(), before=None, after=None).becomes(Action.CONFLICT, "taken", f"{text}; {hint}")
