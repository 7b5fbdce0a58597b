"""A list of references against one that is declared: which part of it does the declaration speak of, and is it so?

An exclusive list speaks of every member, of ``{add: […]}`` only the members that it names now or named when it was
last applied. Of the fields beside a reference only those count that are declared for that member.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from provisioner.plan.identity import Names, marks_of, sent_mark, wanted_mark
from provisioner.plan.leaf import ABSENT, Maybe
from provisioner.plan.members import are_as_wanted, beside, is_list, member_name, members, target_of
from provisioner.values import Value, added, addition
from provisioner.vendors.fields import Ref


def spoken_of(there: Maybe, declared: Value, ref: Ref, names: Names, last: Value = None) -> Maybe:
    """The part of a list ``there`` that ``declared`` is about, in the form of ``declared``.

    ``last`` is what was last applied: members that an earlier ``add`` named and that are still there belong to it.
    A member that stays is shown with the fields that are declared for it, one that is to go without any. Whatever is
    no list, or is held against none, is given back as it is.
    """
    if not is_list(declared) or (there is not ABSENT and there is not None and not isinstance(there, list)):
        return there
    held = there if isinstance(there, list) else []
    wanted = [(_marks(item, ref, names), item) for item in members(declared)]
    if ref.partial:
        asked = frozenset[str]().union(*(marks for marks, _ in wanted))
        return [item for item in held if _marks(item, ref, names) & asked]
    if isinstance(declared, list):
        return [_cut(item, wanted, ref.kind, names) for item in held] if isinstance(there, list) else there
    before = members(last) if added(last) is not None else []
    named = frozenset[str]().union(*(marks for marks, _ in wanted), *(_marks(item, ref, names) for item in before))
    return addition([_cut(item, wanted, ref.kind, names) for item in held if _marks(item, ref, names) & named])


def _marks(item: Value, ref: Ref, names: Names) -> frozenset[str]:
    return marks_of(target_of(item, ref.kind), ref.kind, names)


def _cut(item: Value, wanted: Iterable[tuple[frozenset[str], Value]], kind: str, names: Names) -> Value:
    """The member with only those fields beside its reference that are declared for it."""
    fields = beside(item, kind)
    if not fields or not isinstance(item, dict):
        return item
    marks = marks_of(target_of(item, kind), kind, names)
    said: Collection[str] = next((beside(one, kind) for known, one in wanted if known & marks), {})
    return {name: value for name, value in item.items() if name == member_name(kind) or name in said}


def as_declared(there: Value, declared: Value, ref: Ref, names: Names) -> bool:
    """Whether a reference, or the part of a list that is spoken of, is what is declared: the same ids, whatever they
    are called, and the declared fields beside them. A list of one form is never one of the other."""
    if ref.partial:
        part = spoken_of(there, declared, ref, names)
        there = part if isinstance(part, list) else []
    if (added(there) is None) is not (added(declared) is None):
        return False
    ordered = ref.ordered and added(declared) is None
    held = _told(there, ref, lambda target: sent_mark(target, names), ordered=ordered)
    asked = _told(declared, ref, lambda target: wanted_mark(target, names), ordered=ordered)
    if [mark for mark, _ in held] != [mark for mark, _ in asked]:
        return False
    return are_as_wanted([fields for _, fields in held], [fields for _, fields in asked])


def _told(
    value: Value, ref: Ref, mark: Callable[[Value], str], *, ordered: bool
) -> Sequence[tuple[str, dict[str, Value]]]:
    """What each reference means, with the fields beside it; sorted where the order does not count."""
    found = [(mark(target_of(item, ref.kind)), beside(item, ref.kind)) for item in members(value)]
    return found if ordered else sorted(found, key=lambda member: member[0])
