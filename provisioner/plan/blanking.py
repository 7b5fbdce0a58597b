"""Secrets that a full replacement would blank, since nobody declares them: what an update may make of them.

    the entity                                        an update
    this tool made it without the secret              sends it blank, and the plan lists it: so it was made
    has the secret, or may have it                    is a person's, unless the connection's settings let it blank
      (adopted, brought back, no longer declared, or  the secret
      in a map that somebody else has made)

A map that is not there (no mailbox) has no secret to lose. The plan decides and lists in ``Change.blanks``; apply looks
at what is there by then (``lost``), and sends nothing that would blank more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.address import Address
from provisioner.plan.group import Group
from provisioner.state.document import Bound
from provisioner.values import Attributes, VendorId, overlaid, parents
from provisioner.vendors.base import Offer
from provisioner.vendors.fields import Mark


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Paths of secrets that an update leaves out or empties.

    Nobody declares ``blank`` ones, blank as this tool made them, and ``exposed`` ones, which may be set; ``none`` are
    declared as null.
    """

    blank: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


def undeclared(group: Group, address: Address, vendor_id: VendorId | None) -> Undeclared:
    """The secrets of an entity that an update of it would leave out of a replacement."""
    instance = group.desired[address]
    entity = group.seen.entity(vendor_id) if vendor_id is not None else None
    owner = group.owners.get(vendor_id) if vendor_id is not None else None
    bound = group.bound[owner] if owner is not None else None
    there = entity.attributes if entity is not None else bound.attributes if bound is not None else {}
    secrets = group.offer.secret_paths
    declared = {
        path: value for path, value in instance.attributes.items() if path in secrets or path not in instance.ignore
    }
    paths = lost(group.offer, there, overlaid(there, declared))
    blank = {path for path in paths if bound is not None and _made_blank(group.offer, bound, path)}
    return Undeclared(
        blank=tuple(path for path in paths if path in blank),
        exposed=tuple(path for path in paths if path not in blank),
        none=tuple(
            path for path in sorted(secrets & declared.keys()) if declared[path] is None and _cleared(bound, path)
        ),
    )


def _cleared(bound: Bound | None, path: str) -> bool:
    """True where the record says that there is none: it was made without, or cleared already."""
    return bound is not None and path not in bound.secrets


def lost(offer: Offer, there: Attributes, body: Mapping[str, object]) -> tuple[str, ...]:
    """The secrets that are gone once ``body`` replaces what is ``there``: left out of it, in no map that is null."""
    null = {path for values in (there, body) for path, value in values.items() if value is None}
    return tuple(
        path
        for path in sorted(offer.secret_paths - body.keys())
        if offer.specs[path].has(Mark.BLANKED) and null.isdisjoint(parents(path))
    )


def unrecorded_maps(offer: Offer, attributes: Attributes) -> dict[str, None]:
    """Maps with such secrets of which the record says nothing, as null: taken for not there where nobody looks.

    Where one is there after all, apply sends nothing: no plan has listed what it would blank.
    """
    maps = {parent for path in offer.secret_paths for parent in _optional(offer, path)}
    return {path: None for path in sorted(maps - attributes.keys()) if not _has(attributes, path)}


def newly_unknown(offer: Offer, before: Attributes, after: Attributes) -> frozenset[str]:
    """The secrets in maps that the record learns of although this tool did not make them: they may be set."""
    return frozenset(
        path
        for path in offer.secret_paths
        if any(_has(after, parent) and not _has(before, parent) for parent in _optional(offer, path))
    )


def _made_blank(offer: Offer, bound: Bound, path: str) -> bool:
    """Whether the record shows that this tool made the entity, and the maps in it, without the secret."""
    maps = all(_has(bound.attributes, parent) for parent in _optional(offer, path))
    return bound.made and path not in bound.secrets and maps


def _optional(offer: Offer, path: str) -> Iterator[str]:
    """The maps around a secret that need not be there, where an update would blank it."""
    around = parents(path) if offer.specs[path].has(Mark.BLANKED) else ()
    return (parent for parent in around if offer.specs[parent].nullable)


def _has(attributes: Attributes, path: str) -> bool:
    return any(name.startswith(f"{path}.") for name in attributes)
