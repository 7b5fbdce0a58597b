"""Which address has which entity: as the plan saw it, and now.

References are ids at the vendor and addresses in plan and state. Before a call they are named as they were when the
run began, since that is what the plan's ``before`` was written in; afterwards as they are by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from provisioner.address import Address
from provisioner.plan.document import Action, Plan
from provisioner.plan.identity import Names
from provisioner.state.document import Document
from provisioner.state.writer import Writer


@dataclass
class Owners:
    """Names entities by address. ``start`` is the record as it was when the run began."""

    plan: Plan
    start: Document
    writer: Writer
    _then: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    _made: dict[tuple[str, str, str], Address] = field(default_factory=dict)

    def note(self, address: Address, vendor_id: str) -> None:
        """The address has this entity from now on."""
        self._made[address.connection, address.kind, vendor_id] = address

    def then(self, connection: str) -> Names:
        """References as the plan's ``before`` shows them.

        What the plan adopts was nobody's when it was made, whether or not an earlier run has adopted it already.
        """
        ids, adopted = self._ids_then(connection), self._adopted

        def address_of(kind: str, vendor_id: str) -> str | None:
            return None if (connection, kind, vendor_id) in adopted else ids.get((kind, vendor_id))

        return _names(address_of)

    def now(self, connection: str) -> Names:
        """References as they are now."""

        def address_of(kind: str, vendor_id: str) -> str | None:
            for text in self._candidates(connection, kind, vendor_id):
                bound = self.writer.bound(Address.parse(text))
                if bound is not None and bound.id == vendor_id:
                    return text
            return None

        return _names(address_of)

    @cached_property
    def _adopted(self) -> frozenset[tuple[str, str, str]]:
        """Connection, kind and id of what was not managed when the plan was made."""
        return frozenset(
            (change.address.connection, change.address.kind, str(change.id))
            for change in self.plan.changes
            if change.action is Action.ADOPT and change.moved_from is None
        )

    def _ids_then(self, connection: str) -> dict[tuple[str, str], str]:
        """Addresses by kind and id. What an earlier run of this plan took away, only the plan still knows."""
        if connection not in self._then:
            planned = {
                (change.address.kind, str(change.id)): str(change.address)
                for change in self.plan.changes
                if change.id is not None and change.address.connection == connection
            }
            bound = {
                (address.kind, str(bound.id)): str(address)
                for address, bound in self.start.bound.items()
                if address.connection == connection
            }
            moved = {
                (change.address.kind, str(change.id)): str(change.address)
                for change in self.plan.changes
                if change.moved_from is not None and change.id is not None and change.address.connection == connection
            }
            self._then[connection] = {**planned, **bound, **moved}
        return self._then[connection]

    def _candidates(self, connection: str, kind: str, vendor_id: str) -> Iterator[str]:
        made = self._made.get((connection, kind, vendor_id))
        if made is not None:
            yield str(made)
        known = self._ids_then(connection).get((kind, vendor_id))
        if known is not None:
            yield known


def _names(address_of: Callable[[str, str], str | None]) -> Names:
    return Names(address_of=address_of, changes_id=lambda _: False, id_of=lambda _: None)
