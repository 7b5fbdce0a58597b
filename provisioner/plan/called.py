"""What do people call an entity, and whatever a field refers to? By which of its fields, under which mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provisioner.values import Attributes, Value, added, id_in

NAMES: Final = (("name",), ("first_name", "last_name"), ("username",), ("number",), ("extension",), ("email",))
"""Fields by which people recognise something, most telling first; those of one group are one name."""

HANDLES: Final = frozenset({"username", "number", "extension", "email"})
"""Those of them that are no name: what somebody signs in with, is dialled or is written to by."""


def called(attributes: Attributes) -> Iterator[str]:
    """The values by which people recognise an entity, most telling first; nothing where there are none."""
    for group in NAMES:
        words = [str(attributes[path]) for path in group if isinstance(attributes.get(path), str) and attributes[path]]
        if words:
            yield " ".join(words)


def mark(target: Value, place: str) -> str | None:
    """What tells a reference from others: an address, or ``agents@pbx#17`` of what nobody manages; None for no such.

    ``place`` is the kind and the connection that it leads to.
    """
    vendor_id = id_in(target)
    if vendor_id is not None:
        return f"{place}#{vendor_id}"
    return target if isinstance(target, str) else None


def marks(value: Value, place: str) -> Iterator[str]:
    """The marks of all that a reference field leads to, alone, in a list of either form, or beside fields of a member.

    Text in such a field beside its references is taken for one: nobody is called that.
    """
    alone = mark(value, place)
    if alone is not None:
        yield alone
        return
    inner = value if isinstance(value, list) else added(value)
    if inner is None and isinstance(value, dict):
        inner = list(value.values())
    for item in inner or ():
        yield from marks(item, place)
