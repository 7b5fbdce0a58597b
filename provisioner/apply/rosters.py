"""What a list of references is sent as: always whole, made from what is there right before the call.

A member that is there keeps the fields beside its reference that nobody declares. Of ``{add: […]}`` everybody else
stays as well, in the order that they are in, but for whom the plan takes out; whoever is new comes at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from provisioner.plan.document import ABSENT, Maybe
from provisioner.plan.identity import Names, marks_of
from provisioner.plan.members import beside, is_list, member_name, members, target_of, with_target
from provisioner.values import Value, VendorId, added, id_in
from provisioner.vendors.fields import Ref


@dataclass(frozen=True)
class Writing:
    """How references of one kind are told apart and sent.

    ``names`` are those in which the plan's ``before`` was written, ``id_of`` gives the id that an address has now.
    """

    ref: Ref
    names: Names
    id_of: Callable[[str], VendorId]

    def sent(self, value: Value, there: Maybe = ABSENT, before: Maybe = ABSENT) -> Any:
        """A reference, or a whole list of them, as adapters take it: ids in place of references.

        ``there`` is what the vendor shows now, ``before`` what the plan saw of it.
        """
        if not is_list(value):
            return self.id_in(value)
        held = [(item, self._marks(item)) for item in (there if isinstance(there, list) else [])]
        wanted = [(item, self._marks(item) | {f"id {self.id_in(item)}"}) for item in members(value)]
        if added(value) is None:
            return [self._member(item, _first(held, marks)) for item, marks in wanted]
        gone = [self._marks(item) for item in members(None if before is ABSENT else before)]
        return self._added(held, wanted, frozenset().union(*gone))

    def ids(self, value: Value) -> Value:
        """The ids of a reference or of the declared members of a list, as the record keeps them."""
        found: list[Value] = [self.id_in(item) for item in members(value)]
        return found if is_list(value) else self.id_in(value)

    def as_read(self, sent: Any) -> Value:
        """What was sent, as an adapter would read it back."""
        if isinstance(sent, list):
            return [self.as_read(item) for item in sent]
        target = target_of(sent, self.ref.kind)
        return None if target is None else with_target(sent, self.ref.kind, {"id": target})

    def id_in(self, item: Value) -> VendorId | None:
        """The id that a reference, or the one in a member, has at the vendor."""
        target = target_of(item, self.ref.kind)
        by_id = id_in(target)
        return by_id if by_id is not None or target is None else self.id_of(str(target))

    def _added(self, held: _Known, wanted: _Known, gone: frozenset[str]) -> list[Any]:
        """Who is there, each where it is, without those that are gone; then who is new."""
        named = frozenset().union(*(marks for _, marks in wanted))
        kept, placed = [], set[str]()
        for item, marks in held:
            if not marks & (named | gone):
                kept.append(self._member(item, item))
            elif marks & named and not marks & placed:
                mine, known = next(one for one in wanted if one[1] & marks)
                placed |= known
                kept.append(self._member(mine, item))
        return [*kept, *(self._member(item, None) for item, marks in wanted if not marks & placed)]

    def _member(self, item: Value, there: Value) -> Any:
        """A member with the id that it has now; declared fields over those that it has."""
        kind = self.ref.kind
        name, vendor_id = member_name(kind), self.id_in(item)
        if not isinstance(item, dict) or name not in item:
            return vendor_id
        return {name: vendor_id, **beside(there, kind), **beside(item, kind)}

    def _marks(self, item: Value) -> frozenset[str]:
        return marks_of(target_of(item, self.ref.kind), self.ref.kind, self.names)


_Known: TypeAlias = Sequence[tuple[Value, frozenset[str]]]
"""Members with what each is known by."""


def _first(held: _Known, marks: frozenset[str]) -> Value:
    """The member that is there already, or None."""
    return next((item for item, known in held if known & marks), None)
