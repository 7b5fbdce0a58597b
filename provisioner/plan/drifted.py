"""What became of managed entities at their vendors since the last apply: values, and how JSON spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from provisioner.address import Address
from provisioner.plan import reading
from provisioner.plan.leaf import FieldChange, sides_json, sides_of
from provisioner.values import Attributes, VendorId


class Drift(StrEnum):
    """In which way an entity is not as it was last applied; the order is that of a report."""

    CHANGED = "changed"
    DELETED = "deleted"
    """A record of it is left."""
    DELETING = "deleting"
    """The vendor has taken a deletion and not finished it."""
    GONE = "gone"
    SOMEBODY_ELSE = "somebody_else"
    """The id names another person by now."""
    ACTIVE_AGAIN = "active_again"
    """On record as deleted, by an apply or seen so by one, and active at the vendor."""
    PARKED = "parked"
    """On a temporary value that a run put there which did not end."""


FORGOTTEN = frozenset({Drift.DELETED, Drift.GONE})
"""What a refresh of the record drops."""


@dataclass(frozen=True)
class Drifted:
    """One entity that is not as it was last applied.

    ``fields`` are those that differ (``before`` as last applied, ``after`` as the vendor shows it now), references as
    addresses. ``applied`` is what was last acknowledged of it, flat, or what its tombstone keeps.
    """

    address: Address
    drift: Drift
    id: VendorId
    fields: tuple[FieldChange, ...] = ()
    applied: Attributes = field(default_factory=dict)
    vendor: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """An address of which nobody can tell whether it drifted: ``why``, and what to do about it."""

    address: Address
    id: VendorId | None
    why: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many entities of a kind on a connection cannot be read at all."""

    connection: str
    kind: str
    count: int

    @property
    def text(self) -> str:
        what = self.kind.removesuffix("s") if self.count == 1 else self.kind
        return f"{self.count} {what} on `{self.connection}` cannot be read: not compared"


@dataclass(frozen=True, slots=True)
class Moving:
    """Fields of an entity that change by themselves (mark RUN_TIME): worth a look, never drift."""

    address: Address
    id: VendorId
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Compared:
    """Everything that state binds, held against what the vendors show; each part by address.

    ``unchanged`` counts what was read and is as last applied.
    """

    drift: tuple[Drifted, ...] = ()
    unknown: tuple[Untold, ...] = ()
    moving: tuple[Moving, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    unchanged: int = 0


def drifted_json(item: Drifted) -> dict[str, Any]:
    """The entity for programs, keys in reading order."""
    return {
        "address": str(item.address),
        "kind": item.address.kind,
        "connection": item.address.connection,
        "vendor": item.vendor,
        "drift": str(item.drift),
        "id": item.id,
        "fields": [sides_json(one) for one in item.fields],
        "applied": dict(sorted(item.applied.items())),
        "file": item.file,
    }


def drifted_of(item: reading.Members, names: Mapping[str, str]) -> Drifted:
    """What ``drifted_json`` wrote, with the names that it needs; raises KeyError or ValueError for anything else."""
    applied = reading.member(item, "applied")
    return Drifted(
        address=reading.address(item, "address"),
        drift=reading.word(item, "drift", Drift),
        id=reading.vendor_id(item, "id"),
        fields=tuple(sides_of(one).with_names(names) for one in reading.members(item, "fields")),
        applied={path: reading.value(applied, path) for path in applied},
        vendor=reading.text(item, "vendor"),
        file=reading.text(item, "file"),
    )
