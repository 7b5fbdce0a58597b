"""What the record says of an entity once it is brought up to date with the vendor (``--refresh-only``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provisioner.address import Address
from provisioner.plan.blanking import newly_unknown
from provisioner.plan.leaf import ABSENT, Maybe
from provisioner.plan.members import is_list, members, target_of
from provisioner.state.document import Bound
from provisioner.values import Value, VendorId, flatten, id_in, overlaid
from provisioner.vendors.base import Offer


def refreshed(
    bound: Bound, seen: Mapping[str, Maybe], offer: Offer, id_of: Callable[[Address], VendorId | None]
) -> Bound:
    """The binding as if the values that the vendor was seen to have had been applied.

    What the vendor once made of a value is forgotten with that value; a map that others have made may hold secrets.
    ``id_of`` gives the id of a managed address.
    """
    now: dict[str, Value] = {path: None if value is ABSENT else value for path, value in seen.items()}
    attributes = overlaid(bound.attributes, flatten(now))
    refs = {path: offer.specs[path].ref for path in offer.ref_paths & now.keys()}
    ids = {path: _ids(now[path], ref.kind, id_of) for path, ref in sorted(refs.items()) if ref is not None}
    return replace(
        bound,
        natural_key=offer.natural_key(attributes) or bound.natural_key,
        attributes=attributes,
        secrets={**dict.fromkeys(newly_unknown(offer, bound.attributes, attributes), 0), **bound.secrets},
        references={**bound.references, **ids},
        learned={path: pair for path, pair in bound.learned.items() if path not in now},
    )


def _ids(value: Value, kind: str, id_of: Callable[[Address], VendorId | None]) -> Value:
    """What a reference field refers to, by ids alone."""
    if is_list(value):
        return [_ids(item, kind, id_of) for item in members(value)]
    target = target_of(value, kind)
    if isinstance(target, str):
        return id_of(Address.parse(target))
    return id_in(target)
