"""May this JSON value be stored as it stands?

A check gets a value that is neither null nor blank, and gives what EQ stores for it; it raises Broken otherwise.
Strings are trimmed first and lengths count characters (EQ fact sheet, A34).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

Check = Callable[[Any], Any]
Complaint = Literal["blank", "invalid", "in_use", "nonexistent"]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DIGITS = re.compile(r"[0-9]+")
NUMBER = re.compile(r"[1-9][0-9]*")
TIME = re.compile(r"(0[1-9]|1[0-2]):[0-5][0-9] (AM|PM)")


class Broken(Exception):
    """A value breaks its attribute's rule; ``complaint`` is the error type that EQ reports."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint)
        self.complaint: Complaint = complaint


def text(shortest: int = 0, longest: int | None = None, pattern: re.Pattern[str] | None = None) -> Check:
    """A JSON string of that many characters that is, whole, what the pattern says."""

    def check(value: Any) -> str:
        string = _string(value)
        if len(string) < shortest or (longest is not None and len(string) > longest):
            raise Broken("invalid")
        if pattern is not None and not pattern.fullmatch(string):
            raise Broken("invalid")
        return string

    return check


def digits(pattern: re.Pattern[str]) -> Check:
    """Digits that are text: leading zeros count. JSON integers are taken too, and stored as strings (A27)."""

    def check(value: Any) -> str:
        string = str(value) if type(value) is int else _string(value)
        if not pattern.fullmatch(string):
            raise Broken("invalid")
        return string

    return check


def choice(*values: str) -> Check:
    """One of these words, spelt exactly so."""
    return text(pattern=re.compile("|".join(map(re.escape, values))))


def flag(value: Any) -> bool:
    """``true`` or ``false`` (A28)."""
    if not isinstance(value, bool):
        raise Broken("invalid")
    return value


def whole(least: int | None = None, most: int | None = None) -> Check:
    """A JSON integer within these bounds, both inclusive."""

    def check(value: Any) -> int:
        if type(value) is not int:
            raise Broken("invalid")
        if (least is not None and value < least) or (most is not None and value > most):
            raise Broken("invalid")
        return value

    return check


def code(least: int, most: int | None = None) -> Check:
    """An id or a coded choice: an integer, or the same as a string of digits (A27)."""
    number = whole(least, most)

    def check(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value.strip(), re.ASCII):
            value = int(value)
        return int(number(value))

    return check


def days(value: Any) -> list[int]:
    """Days of the week, 0 (Sunday) to 6, at least one and none twice (A22)."""
    if not isinstance(value, list) or not value:
        raise Broken("invalid")
    numbers = [whole(0, 6)(day) for day in value]
    if len(set(numbers)) != len(numbers):
        raise Broken("invalid")
    return numbers


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Broken("invalid")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can spell it, no database can store it
        raise Broken("invalid") from None
    return value.strip()
