"""Which entity does a reference mean? By its id at the vendor, or by the address of its declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.values import Value, id_in


@dataclass(frozen=True)
class Names:
    """Vendor ids and addresses of the resources that references of one connection can mean.

    ``address_of(kind, id)`` is the managed address of an entity; ``changes_id(address)`` is True where this plan gives
    the address an entity with another id, so that whoever refers to it must be written again; ``id_of(address)`` is
    the id that it has after this plan, None where that is not known yet.
    """

    address_of: Callable[[str, str], str | None]
    changes_id: Callable[[str], bool]
    id_of: Callable[[str], str | None]


NO_NAMES = Names(address_of=lambda _, __: None, changes_id=lambda _: False, id_of=lambda _: None)
"""Nothing is called anything: references are told by their ids alone."""


def wanted_mark(target: Value, names: Names) -> str:
    """What a declared reference will mean after this plan; nothing that is there has the mark of what is not made."""
    if isinstance(target, str):
        found = names.id_of(target)
        return f"{target} to be" if found is None and names.changes_id(target) else _id_mark(found, target)
    return _id_mark(id_in(target), target)


def sent_mark(target: Value, names: Names) -> str:
    """What a reference that is there means; by name only for what was sent by an older record."""
    if isinstance(target, str):
        return f"{target} as it was" if names.changes_id(target) else _id_mark(names.id_of(target), target)
    return _id_mark(id_in(target), target)


def _id_mark(vendor_id: str | None, target: Value) -> str:
    return str(target) if vendor_id is None else f"id {vendor_id}"


def marks_of(target: Value, kind: str, names: Names) -> frozenset[str]:
    """All that a reference is known by, its address and its id: two that share one of them are about the same.

    An address whose entity is replaced keeps its address, and an entity that is renamed its id.
    """
    if isinstance(target, str):
        known = names.id_of(target)
        return frozenset((target,) if known is None else (target, f"id {known}"))
    vendor_id = id_in(target)
    if vendor_id is None:
        return frozenset((str(target),))
    address = names.address_of(kind, vendor_id)
    return frozenset((f"id {vendor_id}",) if address is None else (f"id {vendor_id}", address))
