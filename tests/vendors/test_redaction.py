"""No spelling of a secret passes."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.errors import Fault, Rejected
from provisioner.secrets import Secret
from provisioner.vendors.redaction import redact_error, redacted, secrets_in

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, slashes kept": quote,
    "percent, lower case": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent, twice": lambda text: quote(quote(text, safe="")),
    "form": quote_plus,
    "URL": lambda text: str(httpx.URL("http://x/", params={"a": text}).query, "ascii")[2:],
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, readable": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON as PHP writes it": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON as Go writes it": lambda text: json.dumps(text)[1:-1].replace("<", "\\u003c").replace("&", "\\u0026"),
    "JSON in a form": lambda text: urlencode({"": json.dumps(text)})[4:-3],
    "Python": lambda text: repr(text)[1:-1],
    "HTML": html.escape,
    "HTML by number": lambda text: "".join(char if char.isalnum() else f"&#{ord(char)};" for char in text),
}

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="…"), min_size=1, max_size=12)


@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(max_examples=40, deadline=None)
@given(secret=TEXT)
def test_a_secret_is_found_however_it_is_spelt(spelling: str, secret: str) -> None:
    """What URLs, forms, JSON, logs and error pages make of it."""
    assert redacted(SPELLINGS[spelling](secret), [Secret(secret)]) == "…"


@settings(max_examples=40, deadline=None)
@given(secrets=st.lists(TEXT, max_size=3), before=TEXT, after=TEXT)
def test_all_secrets_are_found_within_text(secrets: list[str], before: str, after: str) -> None:
    """The longer one first, where one holds another."""
    text = redacted(before + "-".join(secrets) + after, [Secret(value) for value in secrets])

    assert not [value for value in secrets if value in text]


@pytest.mark.parametrize("secrets", [[], [Secret("")]])
def test_without_a_secret_nothing_is_hidden(secrets: list[Secret]) -> None:
    """An empty one would be everywhere."""
    assert redacted("all of it", secrets) == "all of it"


def test_a_longer_secret_leaves_nothing_of_itself_behind() -> None:
    """One may begin with another."""
    assert redacted("abcdef abc", [Secret("abc"), Secret("abcdef")]) == "… …"


def test_secrets_are_found_at_any_depth() -> None:
    """Maps, lists and tuples; order as they stand."""
    value = {"a": [Secret("1"), ({"b": Secret("2")},)], "c": "3", "d": 4}

    assert [secret.reveal() for secret in secrets_in(value)] == ["1", "2"]


def test_every_part_of_an_error_is_redacted() -> None:
    """Message, arguments, hint, call, words, faults; and the chain is cut."""
    error = Rejected(
        "PIN 0042",
        connection="pbx",
        call="GET /0042",
        words="0042!",
        hint="not 0042",
        faults=[Fault("password", "invalid", "0042 is short")],
    )
    error.__cause__ = error.__context__ = ValueError("0042")

    redact_error(error, [Secret("0042")])

    assert "0042" not in repr((vars(error), error.args, str(error)))
    assert error.faults == (Fault("password", "invalid", "… is short"),)
    assert error.__cause__ is error.__context__ is None
