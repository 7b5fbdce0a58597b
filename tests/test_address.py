"""Addresses and patterns over them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.address import Address, Pattern, is_name, matching
from provisioner.errors import UsageError

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)
JANE, JOE, FAR = (Address.parse(text) for text in ("agents.jane@pbx", "agents.joe@pbx", "agents.jane@far"))
QUEUE = Address.parse("queues.support@pbx")


@given(NAMES, NAMES, NAMES)
def test_text_and_back(kind: str, key: str, connection: str) -> None:
    """Every address can be written and read again."""
    address = Address(kind, key, connection)

    assert Address.parse(str(address)) == address
    assert str(address) == f"{address.declaration}@{connection}"


@pytest.mark.parametrize(
    "text", ["", "agents", "agents.jane", "agents@pbx", ".jane@pbx", "agents.Jane@pbx", "a.b@c@d", "a.b@"]
)
def test_what_is_no_address(text: str) -> None:
    """The refusal says what an address looks like."""
    with pytest.raises(UsageError) as caught:
        Address.parse(text)

    assert "KIND.KEY@CONNECTION" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("agents.jane@pbx", {JANE}),
        ("agents.jane", {JANE, FAR}),
        ("agents.j*@pbx", {JANE, JOE}),
        ("agents.jo?", {JOE}),
        ("*@pbx", {JANE, JOE, QUEUE}),
        ("*.jane", {JANE, FAR}),
        ("*", {JANE, JOE, FAR, QUEUE}),
        ("queues.*@*", {QUEUE}),
    ],
)
def test_patterns(pattern: str, matched: set[Address]) -> None:
    """Each part is matched whole; without `@` all connections are meant."""
    assert matching([Pattern.parse(pattern)], [JANE, JOE, FAR, QUEUE]) == matched


@pytest.mark.parametrize("text", ["", "jane", "agents.[jJ]ane", "Agents.*", "a.b@", "@pbx"])
def test_what_is_no_pattern(text: str) -> None:
    """Neither classes nor capitals, and no part is empty."""
    with pytest.raises(UsageError):
        Pattern.parse(text)


def test_a_pattern_that_matches_nothing() -> None:
    """A typo must not silently do nothing."""
    with pytest.raises(UsageError, match="matches nothing"):
        matching([Pattern.parse("agents.jnae")], [JANE])


@pytest.mark.parametrize(
    ("text", "good"), [("a", True), ("0-_", True), ("-a", False), ("A", False), ("a" * 64, False), ("a\n", False)]
)
def test_names(text: str, good: bool) -> None:  # noqa: FBT001 (a table's column)
    """Small letters, digits, `-` and `_`, at most 63, the first a letter or a digit."""
    assert is_name(text) is good
