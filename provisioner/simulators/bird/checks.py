"""May Bird store this JSON value? Checks that are put together to a schema.

A check gets the dotted path of a value and the value, and gives everything that is wrong with it. Nothing is converted,
trimmed or ignored: null and members that nobody knows are wrong everywhere (A-1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

Problem = tuple[str, str]
"""A dotted path, and a complaint in the vendor's voice."""

Check = Callable[[str, Any], Iterator[Problem]]

_LEAP_YEAR = 2000
_E164 = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def anything(path: str, value: Any) -> Iterator[Problem]:
    """Whatever is not null."""
    if value is None:
        yield path, "must not be null"


def flag(path: str, value: Any) -> Iterator[Problem]:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        yield path, "must be a boolean"


def text(shortest: int = 0, longest: int | None = None) -> Check:
    """A string of that many characters."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if not _is_text(value):
            yield path, "must be a string"
        elif len(value) < shortest:
            yield path, f"must have at least {shortest} characters"
        elif longest is not None and len(value) > longest:
            yield path, f"must have at most {longest} characters"

    return check


def whole(least: int | None = None, most: int | None = None) -> Check:
    """A JSON integer within these bounds, both inclusive."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if type(value) is not int:
            yield path, "must be an integer"
        elif least is not None and value < least:
            yield path, f"must be at least {least}"
        elif most is not None and value > most:
            yield path, f"must be at most {most}"

    return check


def one_of(*values: str) -> Check:
    """One of these words."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if not isinstance(value, str) or value not in values:
            yield path, f"must be one of {', '.join(values)}"

    return check


def matching(holds: Callable[[str], bool], what: str) -> Check:
    """A string for which that holds."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if not _is_text(value) or not holds(value):
            yield path, f"must be {what}"

    return check


def or_blank(inner: Check) -> Check:
    """What the inner check wants, or an empty string, which clears it (A-19)."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if value != "":
            yield from inner(path, value)

    return check


def array(inner: Check | None = None) -> Check:
    """A list, each element as the inner check wants it; without one, of anything."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield path, "must be an array"
            return
        for place, each in enumerate(value if inner else ()):
            if inner:
                yield from inner(f"{path}.{place}", each)

    return check


def group(members: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with these members, some of them required, and no other."""

    def check(path: str, value: Any) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield path, "must be an object"
            return
        for name in required:
            if name not in value:
                yield f"{path}.{name}", "is required"
        for name, each in value.items():
            if name in members:
                yield from members[name](f"{path}.{name}", each)
            else:
                yield f"{path}.{name}", "is not allowed"

    return check


def _is_text(value: Any) -> bool:
    """JSON can spell half of a surrogate pair; no text can hold it."""
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


uuid = matching(_is_uuid, "a UUID")
timezone = matching(lambda value: value in _zones(), "an IANA time zone")
country = matching(lambda value: _COUNTRY.fullmatch(value) is not None, "an ISO 3166-1 alpha-2 code in upper case")
phone_number = matching(lambda value: _E164.fullmatch(value) is not None, "a telephone number in E.164 form")

_TIME = group({"hour": whole(0, 23), "minute": whole(0, 59)}, ("hour", "minute"))
_INTERVAL = group({"from": _TIME, "to": _TIME}, ("from", "to"))


def interval(path: str, value: Any) -> Iterator[Problem]:
    """Opening hours of a day; they begin before they end (A-7)."""
    problems = list(_INTERVAL(path, value))
    yield from problems
    if not problems and _minutes(value["from"]) >= _minutes(value["to"]):
        yield path, "must begin before it ends"


def _minutes(time: Mapping[str, int]) -> int:
    return time["hour"] * 60 + time["minute"]


_HOLIDAY = group({"name": text(), "day": whole(1, 31), "month": whole(1, 12)}, ("name", "day", "month"))


def holiday(path: str, value: Any) -> Iterator[Problem]:
    """A day of every year; 29 February is one (A-7)."""
    problems = list(_HOLIDAY(path, value))
    yield from problems
    if not problems and not _is_date(value["month"], value["day"]):
        yield path, "must be a date that there is"


def _is_date(month: int, day: int) -> bool:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


weekly_schedule = group(dict.fromkeys(DAYS, interval))
holidays = array(holiday)
