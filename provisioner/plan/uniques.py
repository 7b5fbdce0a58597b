"""Who must give up a unique value before somebody else can take it (row 13), and who cannot have it at all.

A value is *taken* by a change that puts it on its entity, and *given* by a change after which its holder no longer has
it. A taker waits for the giver; where the holder keeps the value, the taker is a conflict. A deleted record that comes
back has its old values for a moment, whatever is written next: it takes them, and gives them again where they change.
Since a conflict gives up nothing, the pass is repeated until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from provisioner.address import Address
from provisioner.plan import capability, changes
from provisioner.plan.decide import Decisions
from provisioner.plan.differ import sent_attributes, shown, value_at
from provisioner.plan.document import ABSENT, Action, Change
from provisioner.plan.group import Group, LeftOut, known
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.base import Deleted, Entity
from provisioner.vendors.fields import FieldSpec

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


@dataclass(frozen=True)
class _Need:
    """A unique value that a change puts on its entity; ``passing``: only until its own next write."""

    spec: FieldSpec
    value: Value
    passing: bool = False


def settle_uniques(group: Group, decisions: Decisions) -> tuple[Handover, ...]:
    """The handovers that the decisions need; takers of what nobody gives up become conflicts, in place."""
    while True:
        book = _Book(group, decisions)
        handovers: list[Handover] = []
        refused = False
        for address in sorted(decisions.changes):
            found = book.handovers(decisions.changes[address])
            if isinstance(found, list):
                handovers.extend(found)
                continue
            refused = True
            if isinstance(found, LeftOut):
                decisions.left_out[address] = found
                del decisions.changes[address]
            else:
                decisions.changes[address] = found
        if not refused and not _exchange_of_ids(group, decisions, handovers):
            return tuple(handovers)


def revived(group: Group, change: Change) -> Entity | None:
    """The deleted record that a change brings back: an undelete's, or what holds the key that a replace wants."""
    if change.id is not None and change.action is Action.UNDELETE:
        return group.seen.entity(change.id)
    if change.action is not Action.REPLACE or group.offer.deleted is not Deleted.HOLDS_KEY:
        return None
    key = group.offer.natural_key(change.after or {})
    records = group.seen.deleted(key) if key is not None else ()
    return records[0] if records else None


class _Book:
    """Who has which value now, and who will."""

    def __init__(self, group: Group, decisions: Decisions) -> None:
        self.group = group
        self.changes = decisions.changes
        self.absent = group.outside | decisions.left_out.keys()
        self.movers = {change.id: change for change in decisions.changes.values() if change.id is not None}

    @cached_property
    def _sent(self) -> Mapping[tuple[str, str], tuple[_Holder, ...]]:
        """The managed entities of a kind that cannot be read, by the unique values that were last sent."""
        found: dict[tuple[str, str], list[_Holder]] = {}
        for address, bound in sorted(self.group.bound.items()):
            view = shown(self.group.offer, sent_attributes(self.group.offer, bound), self.group.names)
            holder = _Holder(bound.id, view, address)
            for spec in self.group.offer.unique_specs:
                if known(view.get(spec.path)):
                    found.setdefault((spec.path, str(folded(view[spec.path]))), []).append(holder)
        return {mark: tuple(holders) for mark, holders in found.items()}

    @cached_property
    def _passing(self) -> Mapping[tuple[str, str], tuple[Change, ...]]:
        """The changes that bring a record back, by the unique values that it had."""
        found: dict[tuple[str, str], list[Change]] = {}
        for _, change in sorted(self.changes.items()):
            record = self._record(change)
            for spec in self.group.offer.unique_specs if record else ():
                if known(record.get(spec.path)):
                    found.setdefault((spec.path, str(folded(record[spec.path]))), []).append(change)
        return {mark: tuple(changing) for mark, changing in found.items()}

    def _record(self, change: Change) -> Attributes:
        """All that a deleted record will bring back."""
        entity = revived(self.group, change)
        return shown(self.group.offer, entity.attributes, self.group.names) if entity else {}

    def handovers(self, change: Change) -> list[Handover] | Change | LeftOut:
        """What the change must wait for, or what becomes of it where it cannot have a value."""
        found: list[Handover] = []
        for need in self._needs(change):
            for holder in self._holders(change, need):
                giver = self._giver(holder, need.spec)
                if giver is None:
                    return self._cannot_have(change, need, holder)
                if self._keeps_key(need, giver):
                    return _conflict(change, need, f"`{giver.address}` gives it up, and the vendor keeps it", EXCHANGE)
                found.append(Handover(giver.address, change.address, need.spec.path, need.value))
            for other in self._passing.get((need.spec.path, str(folded(need.value))), ()):
                if other.address == change.address or not _same_scope(need.spec, self._record(other), change):
                    continue
                if self._passes_first(other, change, need):
                    found.append(Handover(other.address, change.address, need.spec.path, need.value))
                elif self._clashes(other, change, need):
                    return _conflict(change, need, f"the deleted record of `{other.address}` brings it back", FREE)
        return found

    def _needs(self, change: Change) -> Iterator[_Need]:
        """The unique values that the change puts on its entity."""
        after = change.after or {}
        record = self._record(change)
        written = {item.path for item in change.writable}
        for spec in self.group.offer.unique_specs:
            restored = value_at(record, spec.path)
            if restored is not ABSENT and known(restored):
                yield _Need(spec, restored, passing=self._final(change, spec, restored) != folded(restored))
            scope = spec.unique.within if spec.unique else None
            writes = change.action in (Action.CREATE, Action.REPLACE) or (
                change.action in {*WRITES_FIELDS, Action.UNDELETE} and bool(written & {spec.path, scope})
            )
            if writes and known(after.get(spec.path)):
                yield _Need(spec, after[spec.path])

    def _final(self, change: Change, spec: FieldSpec, restored: Value) -> Value:
        """What a field of a record that comes back has in the end, folded."""
        written = {item.path for item in change.writable}
        return folded((change.after or {}).get(spec.path) if spec.path in written else restored)

    def _passes_first(self, other: Change, change: Change, need: _Need) -> bool:
        """True where the other record must have come back and given the value up before the change."""
        moves_off = self._final(other, need.spec, need.value) != folded(need.value)
        return moves_off and (not need.passing or other.address < change.address)

    def _clashes(self, other: Change, change: Change, need: _Need) -> bool:
        """True where both would have the value in the end; told at the later one of two that bring it back."""
        stays = self._final(other, need.spec, need.value) == folded(need.value)
        brings_back = folded(self._record(change).get(need.spec.path)) == folded(need.value)
        return stays and not need.passing and (not brings_back or other.address < change.address)

    def _holders(self, change: Change, need: _Need) -> Iterable[_Holder]:
        """Who has the value now, within the same scope, other than the change's own entity."""
        for holder in self._everybody(need):
            if holder.id != change.id and _same_scope(need.spec, holder.attributes, change):
                yield holder

    def _everybody(self, need: _Need) -> Iterator[_Holder]:
        if not self.group.offer.readable:
            yield from self._sent.get((need.spec.path, str(folded(need.value))), ())
            return
        for entity in self.group.seen.holders(need.spec.path, need.value):
            view = shown(self.group.offer, entity.attributes, self.group.names)
            yield _Holder(entity.id, view, self.group.owners.get(entity.id))

    def _giver(self, holder: _Holder, spec: FieldSpec) -> Change | None:
        """The change that takes the value off the holder."""
        other = self.movers.get(holder.id)
        return other if other is not None and (other.action in REMOVES or _moves_off(other, spec, holder)) else None

    def _keeps_key(self, need: _Need, giver: Change) -> bool:
        """True where the giver's deleted record still holds the key, so that nobody else can have it."""
        offer = self.group.offer
        keeps = offer.deleted is Deleted.HOLDS_KEY or (offer.key_is_id and offer.deleted is not Deleted.ABSENT)
        return keeps and giver.action in REMOVES and need.spec.path in offer.key_paths

    def _cannot_have(self, change: Change, need: _Need, holder: _Holder) -> Change | LeftOut:
        """R13's conflict; for an undelete whose old value is taken, a create beside the deleted record if possible."""
        absent = self._absent_giver(holder, need.spec)
        if absent is not None:
            return LeftOut(change.address, absent, f"`{need.spec.path}` {need.value!r} is held by `{absent}`")
        who = f"`{holder.owner}` (id {holder.id})" if holder.owner else f"id {holder.id}, which is not managed"
        path = need.spec.path
        wanted = folded((change.after or {}).get(path)) == folded(need.value)
        if change.action is Action.UNDELETE and not wanted and self.group.offer.deleted is Deleted.READABLE:
            created = changes.creation(self.group.desired[change.address], self.group)
            created = replace(created, moved_from=change.moved_from, lost=change.id).because(
                "record_blocked",
                f"its deleted record is id {change.id}, whose old `{path}` {need.value!r} {who} holds by now",
            )
            return capability.within(created, self.group)
        return _conflict(change, need, f"is held by {who}", FREE)

    def _absent_giver(self, holder: _Holder, spec: FieldSpec) -> Address | None:
        """The holder's address, if the plan leaves it out and it would give the value up, were it in it."""
        if holder.owner is None or holder.owner not in self.absent:
            return None
        heir = self.group.desired.get(holder.owner)
        if heir is None:
            return holder.owner
        declared = heir.attributes.get(spec.path, ABSENT)
        gives = declared is not ABSENT and folded(declared) != folded(holder.attributes.get(spec.path))
        return holder.owner if gives else None


FREE = "free it there first, or declare another value"
EXCHANGE = "exchange their other fields instead"


def _same_scope(spec: FieldSpec, one: Attributes, change: Change) -> bool:
    within = spec.unique.within if spec.unique else None
    return within is None or folded(one.get(within)) == folded((change.after or {}).get(within))


def _moves_off(change: Change, spec: FieldSpec, holder: _Holder) -> bool:
    if change.action not in WRITES_FIELDS:
        return False
    written = {item.path for item in change.writable}
    after = change.after or {}
    scope = spec.unique.within if spec.unique else None
    leaves_scope = scope is not None and scope in written
    leaves_value = spec.path in written and folded(after.get(spec.path)) != folded(holder.attributes.get(spec.path))
    return leaves_scope or leaves_value


def _conflict(change: Change, need: _Need, why: str, hint: str) -> Change:
    text = f"`{need.spec.path}` {need.value!r}: {why}; {hint}"
    return replace(change, fields=(), before=None, after=None, deleted=False).becomes(Action.CONFLICT, "taken", text)


def _exchange_of_ids(group: Group, decisions: Decisions, handovers: list[Handover]) -> bool:
    """Makes conflicts of a ring of handovers of what the vendor calls its entities; True where there was one."""
    if not group.offer.key_is_id:
        return False
    givers: dict[Address, list[Address]] = {}
    for handover in handovers:
        if handover.path in group.offer.key_paths:
            givers.setdefault(handover.taker, []).append(handover.giver)
    try:
        TopologicalSorter(givers).prepare()
    except CycleError as error:
        for address in sorted(set(error.args[1])):
            change = decisions.changes[address]
            decisions.changes[address] = replace(change, fields=(), before=None, after=None).becomes(
                Action.CONFLICT, "taken", f"the natural key is what the vendor calls the entity; {EXCHANGE}"
            )
        return True
    return False
