"""How a value of FonoUC's is read: what is there in a known form, and what is unknown because it is not.

Nothing is ever sent, so there is only this direction. Fields that are missing are unknown, neither null nor false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from provisioner.values import Value, VendorId
from provisioner.vendors.base import Entity, Offer


class Unreadable(ValueError):
    """What an answer holds instead of what it should."""


Read: TypeAlias = Callable[[Any], Value]
"""One value in our form; raises Unreadable for any other than is known."""


@dataclass(frozen=True)
class Attribute:
    """One field: our dotted path, FonoUC's dotted name, and how its value is read."""

    path: str
    name: str
    read: Read


@dataclass(frozen=True)
class Kind:
    """One kind: its name in manifests, its path in the API, its fields."""

    name: str
    path: str
    attributes: tuple[Attribute, ...]
    offer: Offer

    def entity(self, data: Any) -> Entity:
        """The entity in our names. Raises Unreadable where it is none, or has no id."""
        if not isinstance(data, Mapping):
            raise Unreadable("something that is not an object")
        vendor_id = data.get("id")
        if not isinstance(vendor_id, str) or not vendor_id.strip():
            raise Unreadable("something without an `id`")
        values: dict[str, Value] = {}
        unseen: set[str] = set()
        for attribute in self.attributes:
            try:
                values[attribute.path] = attribute.read(_at(data, attribute.name))
            except Unreadable:
                unseen.add(attribute.path)
        return Entity(VendorId(vendor_id.strip()), values, unseen=frozenset(unseen))


def _at(data: Any, name: str) -> Any:
    """What stands under a dotted name, all of it for none; raises Unreadable where nothing does."""
    for part in name.split(".") if name else ():
        if not isinstance(data, Mapping) or part not in data:
            raise Unreadable(f"it has no `{name}`")
        data = data[part]
    return data


def text(value: Any) -> Value:
    if not isinstance(value, str):
        raise Unreadable("it is no text")
    return value.strip()


def text_or_none(value: Any) -> Value:
    """Text, null where it is blank."""
    return text(value) or None


def lower_text(value: Any) -> Value:
    found = text(value)
    if not found:
        raise Unreadable("it is empty")
    return str(found).lower()


def switch(value: Any) -> Value:
    if not isinstance(value, bool):
        raise Unreadable("it is neither true nor false")
    return value


def number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable("it is no whole number")
    return value


def texts(value: Any) -> Value:
    """A set of texts, sorted."""
    if not isinstance(value, list):
        raise Unreadable("it is no list")
    found: list[Value] = [*sorted({str(text(item)) for item in value})]
    return found


def items(value: Any, reads: Mapping[str, Read]) -> list[dict[str, Value]]:
    """A list of maps with these members, each as it is read; all of them must be there."""
    if not isinstance(value, list):
        raise Unreadable("it is no list")
    return [{name: read(_at(item, name)) for name, read in reads.items()} for item in value]
