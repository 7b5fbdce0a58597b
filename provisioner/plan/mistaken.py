"""Is the entity of a declaration somebody else than the one who is declared?

An id from the wrong line binds a declaration to another person. Where the vendor has personal fields that nobody can
write (a user's e-mail), a declared one that is not among the live ones shows it: before anything is changed further,
and as soon as what was made is read back. A field that can be written proves nothing: another value is an update.
"""

from __future__ import annotations

from provisioner.address import Address
from provisioner.plan.group import known, mistaken_in
from provisioner.values import Attributes, Value, VendorId
from provisioner.vendors.base import Offer, each_value


def told(offer: Offer, address: Address, vendor_id: VendorId, declared: Attributes, there: Attributes) -> str | None:
    """That the entity is somebody else, in words; None where nothing says so."""
    paths = mistaken_in(offer, declared, there)
    if not paths:
        return None
    who, meant = _values(there, paths), _values(declared, paths)
    return f"id {vendor_id} is {who}, `{address.declaration}` declares {meant}: {_question(offer, declared, paths)}?"


def way_out(offer: Offer, address: Address, declared: Attributes, there: Attributes) -> str:
    """What to do about it."""
    paths = mistaken_in(offer, declared, there)
    named, ids = _listed(paths), _listed(_ids(offer, declared, paths))
    anew = f"`provisioner state rm {address}`, so that it is looked for anew"
    if not ids:
        return f"correct {named}; if somebody else is meant, {anew}"
    return f"correct {ids}, then {anew}; or correct {named}, if that is what is wrong"


def _question(offer: Offer, declared: Attributes, paths: tuple[str, ...]) -> str:
    return "are two ids exchanged" if _ids(offer, declared, paths) else "is somebody else meant"


def _ids(offer: Offer, declared: Attributes, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The declared key that led to the entity, where it was another than what tells that it is the wrong one."""
    keys = [path for path in offer.key_paths if path not in paths and known(declared.get(path))]
    return tuple(keys[:1] if offer.either_key else keys)


def _values(attributes: Attributes, paths: tuple[str, ...]) -> str:
    values: list[Value] = [value for path in paths for value in each_value(attributes[path])]
    return ", ".join(f"`{value}`" for value in values)


def _listed(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)
