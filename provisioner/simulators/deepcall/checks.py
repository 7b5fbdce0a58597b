"""What may the fields of an agent be? D-7, D-8, D-23, in so far as it needs no look at what else is there."""

from __future__ import annotations

import re
from typing import Any

from provisioner.simulators.deepcall.errors import Failure

NAME = re.compile(r"(?=.*\S)(?:[^\W_]|[ ._-]){1,100}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"[0-9]{10,15}")

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
LAST_MINUTE = 1439  # of a day
ALWAYS = ({"wDays": list(DAYS), "from": 0, "to": LAST_MINUTE},)

_DESTINATIONS = {"MOBILE": re.compile(r"[0-9]{6,15}"), "SIP": re.compile(r"[A-Za-z0-9._@-]{1,64}")}
_CALL_PASSWORD = re.compile(r"[0-9]{8}")
_DIGITS = re.compile(r"[0-9]+")


def destination(type_: Any, value: Any) -> tuple[str, str]:
    """Where calls ring: `dest_type`, and the `dest_value` that fits it (D-7)."""
    if not isinstance(type_, str) or type_ not in _DESTINATIONS:
        raise Failure(1513)
    if not isinstance(value, str) or not _DESTINATIONS[type_].fullmatch(value):
        raise Failure(1510)
    return type_, value


def working(value: Any) -> list[dict[str, Any]]:
    """Working hours, without the `agentId` that a listing adds (D-23)."""
    if not isinstance(value, list):
        raise Failure(1511)
    return [_hours(each) for each in value]


def _hours(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != {"wDays", "from", "to"}:
        raise Failure(1511)
    days, start, end = value["wDays"], value["from"], value["to"]
    if not isinstance(days, list) or not days or len({str(day) for day in days}) != len(days):
        raise Failure(1511)
    if not all(day in DAYS for day in days) or not (_is_minute(start) and _is_minute(end)):
        raise Failure(1511)
    if start > end:
        raise Failure(1530)
    return {"wDays": list(days), "from": start, "to": end}


def _is_minute(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LAST_MINUTE


def numbers(value: Any) -> Any:
    """Numbers that an agent may use; none are kept as empty text, which cannot be sent (D-8, D-23)."""
    if not isinstance(value, list) or not all(isinstance(each, str) and _DIGITS.fullmatch(each) for each in value):
        raise Failure(1516)
    return list(value) or ""


def call_password(value: Any) -> str:
    """Eight digits as text or as a number, kept as text."""
    spelt = str(value) if type(value) is int else value
    if not isinstance(spelt, str) or not _CALL_PASSWORD.fullmatch(spelt):
        raise Failure(1519)
    return spelt


def password(value: Any) -> str:
    """Any text but none."""
    if not isinstance(value, str) or not value:
        raise Failure(1000)
    return value
