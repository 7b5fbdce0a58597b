"""What an unquoted scalar means: the core schema of YAML 1.2, section 10.3.2, and nothing of YAML 1.1.

So ``yes``, ``no``, ``on``, ``off``, ``1_000``, ``0b1``, ``1:30`` and ISO dates are text. Two spellings are numbers by
that schema and mistakes in a manifest; ``oddity`` tells them apart so that nobody's PIN loses its zeros.
"""

from __future__ import annotations

import math
import re
from enum import Enum, auto

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")

MOST_DIGITS = 300
"""Longer numbers are mistakes, and slow to convert; they stay text and are reported."""

FIRST_CHARACTERS = frozenset("0123456789+-.~ntfNTF")
"""An unquoted scalar that starts with anything else is text; the reader asks before it calls ``plain``."""

Scalar = str | int | float | bool | None


class Oddity(Enum):
    """Why an unquoted number is not taken at its word."""

    LEADING_ZERO = auto()
    """``0100``: one hundred by YAML 1.2, sixty-four by YAML 1.1, an extension to whoever wrote it."""
    NOT_FINITE = auto()
    """``.inf``, ``.nan``, ``1e999``, thousands of digits: no vendor takes it and JSON cannot say it."""


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > MOST_DIGITS:
        return text
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(text.lower().replace(".", ""))
    return text


def oddity(text: str) -> Oddity | None:
    """What is wrong with an unquoted number, or None for a good one and for everything else."""
    if len(text) > MOST_DIGITS:
        return Oddity.NOT_FINITE if _FLOAT.fullmatch(text) else None
    if _LEADING_ZERO.fullmatch(text):
        return Oddity.LEADING_ZERO
    value = plain(text)
    if isinstance(value, float) and not math.isfinite(value):
        return Oddity.NOT_FINITE
    return None
