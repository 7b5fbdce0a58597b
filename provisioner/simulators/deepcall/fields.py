"""What may stand in a field of an entity, what is stored for it, and what if it is left out?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.deepcall.errors import Failure

Check = Callable[[Any], Any]
"""Gives what is stored for a value. Raises Failure; a field that had to be sent and was not is None."""

CREATED = 1_720_000_000  # July 2024; times are invented, and the same in every run
_IDENTIFIER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be set; two ``names`` where one is nothing without the other.

    ``check`` gets the values of all names and gives what is stored for them. ``default`` gets the number of the entity;
    without one the field must be sent.
    """

    names: tuple[str, ...]
    check: Callable[..., tuple[Any, ...]]
    default: Callable[[int], Any] | None = None

    def is_in(self, given: Mapping[str, Any]) -> bool:
        """Whether any of it was sent."""
        return any(name in given for name in self.names)

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is stored. Raises Failure."""
        values = self.check(*(given.get(name) for name in self.names))
        return dict(zip(self.names, values, strict=True))

    def left_out(self, number: int) -> dict[str, Any]:
        """What is stored when nothing was sent; empty text for what must be, which only a person can bring about."""
        default = self.default or (lambda _: "")
        return {name: default(number) for name in self.names}


def needed(name: str, check: Check) -> Field:
    """A field that must be sent."""
    return Field((name,), lambda value: (check(value),))


def optional(name: str, check: Check, default: Any) -> Field:
    """A field that may be left out."""
    return computed(name, check, lambda _: default)


def computed(name: str, check: Check, default: Callable[[int], Any]) -> Field:
    """A field whose default depends on the entity's number."""
    return Field((name,), lambda value: (check(value),), default)


def read_all(fields: Collection[Field], given: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The values of a new entity, checked in the order of ``fields``. Raises Failure at the first that is wrong."""
    values: dict[str, Any] = {}
    for field in fields:
        is_left_out = field.default is not None and not field.is_in(given)
        values |= field.left_out(number) if is_left_out else field.read(given)
    return values


def read_some(fields: Collection[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the fields that were sent. Raises Failure at the first that is wrong."""
    values: dict[str, Any] = {}
    for field in fields:
        if field.is_in(given):
            values |= field.read(given)
    return values


def identifier(value: Any) -> str | None:
    """An id as it is kept: decimal text. The server takes numbers as well (D-5); None if it is neither."""
    text = str(value) if type(value) is int else value
    is_one = isinstance(text, str) and _IDENTIFIER.fullmatch(text) is not None
    return str(int(text)) if is_one else None


def matching(pattern: re.Pattern[str], code: int) -> Check:
    """Text that is, whole, what the pattern says."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Failure(code)
        return value

    return check


def text(code: int) -> Check:
    """Any text."""
    return matching(re.compile(r"(?s).*"), code)


def zero_or_one(code: int) -> Check:
    """A switch as a number; neither a boolean nor text."""

    def check(value: Any) -> int:
        if type(value) is not int or value not in (0, 1):
            raise Failure(code)
        return value

    return check


def seconds(value: Any) -> int:
    """A moment."""
    if type(value) is not int:
        raise Failure(1000)
    return value
