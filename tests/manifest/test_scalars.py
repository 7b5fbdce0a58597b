"""Unquoted scalars mean what YAML 1.2 says, and nothing that YAML 1.1 said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.manifest.scalars import FIRST_CHARACTERS, Oddity, oddity, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("true", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("0", 0),
        ("-17", -17),
        ("+17", 17),
        ("0o14", 12),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2024-01-31", "2024-01-31"),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("1e", "1e"),
        ("-", "-"),
        ("+", "+"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("nan", "nan"),
        ("Inf", "Inf"),
        ("١٢", "١٢"),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    """Type and value are those of the core schema."""
    meaning = plain(text)

    assert meaning == value
    assert type(meaning) is type(value)


def test_special_floats() -> None:
    """Infinity and not-a-number have the spellings of the core schema."""
    assert plain(".inf") == math.inf
    assert plain("-.INF") == -math.inf
    nan = plain(".NaN")
    assert isinstance(nan, float)
    assert math.isnan(nan)


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("0100", Oddity.LEADING_ZERO),
        ("-07", Oddity.LEADING_ZERO),
        ("00", Oddity.LEADING_ZERO),
        ("0", None),
        ("0o14", None),
        ("0.5", None),
        (".inf", Oddity.NOT_FINITE),
        ("1e999", Oddity.NOT_FINITE),
        ("9" * 5000, Oddity.NOT_FINITE),
        ("x" * 5000, None),
        ("text", None),
    ],
)
def test_oddities(text: str, odd: Oddity | None) -> None:
    """What would lose its zeros or cannot be written as JSON is told apart."""
    assert oddity(text) is odd


@given(st.text(min_size=1))
def test_the_readers_short_cut_is_sound(text: str) -> None:
    """Text that starts with none of the listed characters is always text."""
    if text[0] not in FIRST_CHARACTERS:
        assert plain(text) == text
