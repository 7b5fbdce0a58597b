"""How each kind is read and written: the calls of an adapter, the same for all six kinds.

What differs between kinds stands in their ``Kind``: the attributes, the key, the rules of their bodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from provisioner.errors import Fault, Rejected
from provisioner.values import VendorId
from provisioner.vendors.answers import dig, unusable, without_id
from provisioner.vendors.base import Answer, Call, Changing, Entity, Listing, Reading, Request
from provisioner.vendors.eq.answers import value_in
from provisioner.vendors.eq.calls import Calls
from provisioner.vendors.eq.extensions import other_options
from provisioner.vendors.eq.scan import scanned, sought
from provisioner.vendors.eq.settings import EqSettings
from provisioner.vendors.eq.usage import Usage
from provisioner.vendors.eq.wire import Incomplete, Kind, Unreadable, boolean, is_blank


@dataclass(frozen=True)
class Records:
    """The adapter of one kind on one connection."""

    kind: Kind
    settings: EqSettings
    connection: str

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.kind, self.settings)

    # --- Reading ------------------------------------------------------------------------------------------------

    def visit(self, vendor_id: VendorId) -> Request:
        """The request that reads one entity."""
        return self.calls.read(vendor_id)

    def usage(self) -> Request:
        """The request for what the licence counts."""
        return Usage(self.settings, self.connection).counts()

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        """The entity, deleted or not; None for 404.

        Raises VendorFailed where EQ answers with anything that is not that entity, whole: what cannot be read is not
        known, and a full replacement would reset it.
        """
        request = self.calls.read(vendor_id)
        (answer,) = yield (request,)
        return self.entity(request, answer, vendor_id)

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every id from ``start`` on, or for kinds without ids every number in ``scan.ranges``; see scan.py."""
        if self.kind.numbered:
            return (yield from scanned(self, known=known, start=start, held=held))
        return (yield from sought(self))

    def entity(self, request: Request, answer: Answer, vendor_id: VendorId) -> Entity | None:
        """What the answer to ``request`` holds; None for 404, VendorFailed for what is not that entity."""
        if answer.absent:
            return None
        try:
            return self._entity(value_in(answer, self.settings), vendor_id)
        except ValueError as error:
            raise unusable(request, answer, self.connection, error) from error

    def _entity(self, data: Any, vendor_id: VendorId) -> Entity:
        names = self.settings.renamed(self.kind.name)
        if not isinstance(data, dict):
            raise Unreadable("it is not an object")
        self._same(dig(data, names.get(self.kind.item, self.kind.item)), vendor_id)
        attributes = self.kind.from_wire(data, names)
        if self.kind.name == "extensions" and self.settings.extension.allow_extra_vm_options:
            attributes |= other_options(data)
        return Entity(vendor_id, attributes, deleted=self._deleted(dig(data, names.get("deleted", "deleted"))))

    def _same(self, named: Any, vendor_id: VendorId) -> None:
        """An answer about somebody else must not pass for this one; one that does not say is believed."""
        if not is_blank(named) and str(named).strip() != vendor_id:
            raise Unreadable(f"its `{self.kind.item}` is `{named}`")

    def _deleted(self, flag: Any) -> bool:
        """Only a flag that is set means deleted; for a kind that is never flagged there is none to read."""
        if is_blank(flag) or not self.kind.offer.can(Call.UNDELETE):
            return False
        try:
            return boolean(flag)
        except ValueError as error:
            raise Unreadable(f"`deleted` {error}") from error

    def counted(self, answer: Answer) -> int | None:
        """How many live entities of the kind the licence counts, or None where it does not say."""
        licence = self.kind.offer.licence
        return None if licence is None else Usage(self.settings, self.connection).counted(answer, licence)

    def in_use(self, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Who of these is in use right now; see usage.py."""
        return Usage(self.settings, self.connection).in_use(self.kind.name, ids)

    # --- Changing -----------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the entity. Raises Rejected, before anything is sent, where a value is missing that has no default."""
        try:
            data = self.kind.to_wire(values, create=True, defaults=self.settings.defaults_of(self.kind.name))
        except Incomplete as error:
            why = "EQ makes none without"
            raise self._unsent(error.paths, self.settings.methods.create, why) from error
        request = self.calls.create(data, frozenset(values), self._new_id)
        answer = yield request
        return self._new_id(answer)

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Replaces the entity by ``values``, which hold everything.

        Raises Rejected, before anything is sent, where something is missing that EQ would reset; a secret of an
        extension among it, which is blanked only where ``values`` say null.
        """
        whole = self.kind.replacement(values, changed)
        try:
            data = self.kind.to_wire(whole, create=False, defaults=self.settings.defaults_of(self.kind.name))
        except Incomplete as error:
            why = "EQ would reset what is neither declared nor known:"
            raise self._unsent(error.paths, self.settings.methods.update, why) from error
        yield self.calls.update(vendor_id, data, changed)

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        """Deletes it; that it is not there, or is deleted, counts as done."""
        yield self.calls.delete(vendor_id)

    def undelete(self, vendor_id: VendorId) -> Changing[None]:
        """Brings it back as it was. Raises Rejected where somebody else has its unique values by now."""
        yield self.calls.undelete(vendor_id)

    def _new_id(self, answer: Answer) -> VendorId:
        """The id in the answer to a create; OutcomeUnknown where there is none, since something was made."""
        try:
            data = value_in(answer, self.settings)
        except ValueError:
            data = None
        text = str(data).strip() if isinstance(data, (int, str)) and not isinstance(data, bool) else ""
        if not text.isascii() or not text.isdigit() or not int(text):
            call = f"{self.settings.methods.create} {self.settings.path(self.kind.path)}"
            hint = "where this EQ wraps its answers, name the key with `response_envelope`"
            raise without_id(call, answer, self.connection, hint)
        return VendorId(text)

    def _unsent(self, paths: Iterable[str], method: str, why: str) -> Rejected:
        listed = ", ".join(f"`{path}`" for path in paths)
        call = f"{method} {self.settings.path(self.kind.path)}"
        return Rejected(
            f"{call} was not sent: {why} {listed}",
            connection=self.connection,
            call=call,
            hint=f"declare {listed}",
            faults=tuple(Fault(path, "blank", "neither declared nor known") for path in paths),
        )
