"""Lists of references as people read them: who comes, who goes, and what changes of those who stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from provisioner.plan.called import mark
from provisioner.plan.document import Action, Change, FieldChange, Plan
from provisioner.plan.leaf import ABSENT, Maybe
from provisioner.values import Value, added, addition, id_in

MOST_CALLED: Final = 40
"""Characters of what people call somebody: the key or id behind it must still be read."""

_ADDRESS: Final = re.compile(r"[a-z0-9_-]+\.([a-z0-9_-]+)@[a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Member:
    """One member: what tells it from others, what people call it, and the fields beside its reference.

    ``name`` has the key or id behind what people call it, ``called`` is that alone, empty where nobody knows. ``units``
    are what the numbers in those fields are counted in.
    """

    mark: str
    name: str
    called: str = ""
    fields: Mapping[str, Value] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turnover:
    """What becomes of a list: whom it gains and loses, what changes of a member (field → before and after).

    ``sizes`` are the numbers before and after, None where the list is only added to: nobody counts the others.
    """

    gained: Sequence[Member]
    lost: Sequence[Member]
    altered: Sequence[tuple[Member, Mapping[str, tuple[Maybe, Maybe]]]]
    sizes: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a field's references read: what the others are called, where ids count, the units of fields beside them."""

    names: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    units: Mapping[str, str] = field(default_factory=dict)

    def member(self, item: Value) -> Member | None:
        """A member, if it is one: a map names it by the one of its values that is a reference."""
        alone = self.reference(item)
        if alone is not None or not isinstance(item, dict):
            return Member(*alone) if alone is not None else None
        named = [(key, known) for key, value in item.items() if (known := self.reference(value)) is not None]
        if len(named) != 1:
            return None
        ((key, known),) = named
        return Member(*known, {name: value for name, value in item.items() if name != key}, self.units)

    def reference(self, value: Value) -> tuple[str, str, str] | None:
        """A reference's mark, its name with its key or id, and the name alone; None for any other value."""
        found = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
        known = mark(value, self.place) if found is not None or isinstance(value, dict) else None
        if known is None:
            return None
        handle = f"id {id_in(value)}" if found is None else f"`{found[1]}`"
        name = _short(self.names.get(known, ""))
        return known, f"{name} ({handle})" if name else handle, name


PLAIN: Final = Reading()


def reading_of(item: FieldChange) -> Reading:
    """How the references in a field read."""
    return Reading(item.names, item.refers_to or "", item.member_units)


def _short(name: str) -> str:
    return name if len(name) <= MOST_CALLED else f"{name[:MOST_CALLED]}..."


def members_of(value: Maybe, reading: Reading = PLAIN) -> list[Member] | None:
    """The members of a list of references, exclusive or added to; None for whatever else."""
    items = value if isinstance(value, list) else None if value is ABSENT else added(value)
    found = [reading.member(item) for item in items] if items is not None else [None]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def with_adopted(plan: Plan) -> Plan:
    """The plan as a reader takes it: whoever it adopts goes by the address in ``before`` as well, not by the id.

    Nobody has the address before; yet a member that is only adopted neither comes nor goes.
    """
    adopted: dict[Place, dict[str, str]] = {}
    for change in plan.changes:
        if change.action is Action.ADOPT and change.moved_from is None and change.id is not None:
            place = change.address.connection, change.address.kind
            adopted.setdefault(place, {})[change.id] = str(change.address)
    if not adopted:
        return plan
    return replace(plan, changes=tuple(_with_adopted(change, adopted) for change in plan.changes))


Place: TypeAlias = tuple[str, str]
"""A connection and a kind, within which an id means one entity."""


def _with_adopted(change: Change, adopted: Mapping[Place, Mapping[str, str]]) -> Change:
    def told(item: FieldChange) -> FieldChange:
        names = adopted.get((change.address.connection, _kind_of_members(item)))
        if not names:
            return item
        known = {names[by_id]: name for one, name in item.names.items() if (by_id := one.partition("#")[2]) in names}
        return replace(item, before=_renamed(item.before, names), names={**known, **item.names})

    return replace(change, fields=tuple(told(item) for item in change.fields)) if change.fields else change


def _kind_of_members(item: FieldChange) -> str:
    """What a list's members are; of a plan that does not say it: what those that are declared are, else the field."""
    if item.refers_to is not None:
        return item.refers_to.partition("@")[0]
    kinds = {one.mark.partition(".")[0] for one in members_of(item.after) or () if _ADDRESS.fullmatch(one.mark)}
    return kinds.pop() if len(kinds) == 1 else item.path.removesuffix("[]").rpartition(".")[2]


def _renamed(value: Maybe, names: Mapping[str, str]) -> Maybe:
    """A list whose references by id go by the names that they have, alone or in a map; added to or not."""

    def one(item: Value) -> Value:
        if isinstance(item, dict) and id_in(item) is None:
            return {key: one(inner) for key, inner in item.items()}
        return names.get(id_in(item) or "", item)

    several = None if value is ABSENT else added(value)
    if several is not None:
        return addition([one(item) for item in several])
    return [one(item) for item in value] if isinstance(value, list) else value


def turnover(before: Maybe, after: Maybe, reading: Reading = PLAIN) -> Turnover | None:
    """What becomes of a list of references; None for what is none, or has no member on either side."""
    had = members_of([] if before is ABSENT or before is None else before, reading)
    has = members_of(after, reading)
    if had is None or has is None or not (had or has):
        return None
    there, then = {one.mark: one for one in had}, {one.mark: one for one in has}
    altered = [(one, _altered(there[one.mark], one)) for one in has if one.mark in there]
    exclusive = isinstance(before, list) and isinstance(after, list)
    return Turnover(
        gained=[one for one in has if one.mark not in there],
        lost=[one for one in had if one.mark not in then],
        altered=[(one, fields) for one, fields in altered if fields],
        sizes=(len(had), len(has)) if exclusive else None,
    )


def _altered(before: Member, after: Member) -> Mapping[str, tuple[Maybe, Maybe]]:
    """The fields that are declared for a member and are otherwise there."""
    return {
        name: (before.fields.get(name, ABSENT), value)
        for name, value in sorted(after.fields.items())
        if name not in before.fields or before.fields[name] != value
    }
