"""Members of JSON that somebody may have written by hand: each function gives what it promises, or raises ValueError.

Without that, a wrong type in a plan file would be met as a traceback, somewhere in a report or in the middle of an
apply. A missing member raises KeyError.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

from provisioner.address import Address, is_name
from provisioner.values import Attributes, Value, VendorId, flatten

Members: TypeAlias = Mapping[str, Any]

DEEPEST: Final = 32
"""How far values may be nested; deeper ones are no vendor's, and a report of them would never end."""

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def _of(kind: type[T], value: object, name: str) -> T:
    if type(value) is not kind:  # a bool is an int otherwise
        raise ValueError(f"`{name}` is no {kind.__name__}")
    return value


def text(item: Members, name: str) -> str:
    return _of(str, item[name], name)


def text_or_none(item: Members, name: str) -> str | None:
    return None if item[name] is None else text(item, name)


def texts(item: Members, name: str) -> tuple[str, ...]:
    return tuple(_of(str, one, name) for one in _of(list, item[name], name))


def flag(item: Members, name: str) -> bool:
    return _of(bool, item[name], name)


def count(item: Members, name: str) -> int:
    """A whole number, 0 or more."""
    number = _of(int, item[name], name)
    if number < 0:
        raise ValueError(f"`{name}` is negative")
    return number


def count_or_none(item: Members, name: str) -> int | None:
    return None if item[name] is None else count(item, name)


def member(item: Members, name: str) -> Members:
    """A map in a map."""
    return _of(dict, item[name], name)


def members(item: Members, name: str) -> Iterator[Members]:
    """The maps of a list."""
    return (_of(dict, one, name) for one in _of(list, item[name], name))


def word(item: Members, name: str, words: type[E]) -> E:
    """One of an enumeration."""
    return words(text(item, name))


def word_or_none(item: Members, name: str, words: type[E]) -> E | None:
    return None if item[name] is None else word(item, name, words)


def address(item: Members, name: str) -> Address:
    """An address as it is written."""
    spelt = text(item, name)
    declaration, _, connection = spelt.partition("@")
    kind, _, key = declaration.partition(".")
    if not all(map(is_name, (kind, key, connection))):
        raise ValueError(f"`{name}` is no address")
    return Address(kind, key, connection)


def address_or_none(item: Members, name: str) -> Address | None:
    return None if item[name] is None else address(item, name)


def vendor_id(item: Members, name: str) -> VendorId:
    return VendorId(text(item, name))


def vendor_id_or_none(item: Members, name: str) -> VendorId | None:
    return None if item[name] is None else vendor_id(item, name)


def value(item: Members, name: str) -> Value:
    """What a field can hold."""
    return _checked(item[name], 0)


def values(item: Members, name: str) -> tuple[Value, ...]:
    """A list of what fields can hold."""
    return tuple(_checked(one, 0) for one in _of(list, item[name], name))


def attributes(nested: Members) -> Attributes:
    """The leaves of nested maps by dotted path, as ``values.flatten`` names them."""
    checked = {name: _checked(one, 0) for name, one in nested.items()}
    flat = flatten(checked)
    if _dotted(checked):
        raise ValueError("a dot in a name, which parts the names of a path")
    return flat


def _dotted(nested: Mapping[str, Value]) -> bool:
    return any("." in name or (isinstance(one, dict) and _dotted(one)) for name, one in nested.items())


def _checked(one: Any, depth: int) -> Value:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(one, float) and not math.isfinite(one):
        raise ValueError("no number")
    for inner in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
        _checked(inner, depth + 1)
    result: Value = one
    return result
