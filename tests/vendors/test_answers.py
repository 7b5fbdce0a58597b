"""What an answer says, whichever vendor's it is."""

from __future__ import annotations

import pytest

from provisioner.vendors.answers import EXCERPT, about, dig, shortened, words_of
from provisioner.vendors.base import Answer, Request


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"message": "Not\\n  now."}', "Not now"),
        ('{"message": "", "error": "later"}', "later"),
        ('{"message": 17}', '{"message": 17}'),
        ('["message"]', '["message"]'),
        ("<p>no</p>\n", "<p>no</p>"),
        ("", ""),
    ],
)
def test_the_words_of_a_refusal(body: str, said: str) -> None:
    """The first of the members that says anything, else the whole answer; one line, no full stop."""
    assert words_of(Answer(400, body), "message", "error") == said


@pytest.mark.parametrize(("name", "value"), [("a.b", 1), ("a", {"b": 1}), ("a.b.c", None), ("x.y", None), ("n", None)])
def test_what_stands_at_a_dotted_name(name: str, value: object) -> None:
    """Nothing is as good as null, at whatever depth the way ends."""
    assert dig({"a": {"b": 1}, "n": None}, name) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no", "no"),
        ("x" * EXCERPT, "x" * EXCERPT),
        ("x" * (EXCERPT + 1), ""),
        (f"the key {'k' * EXCERPT}", "the key"),
        (f"{'x' * EXCERPT} and more", "x" * EXCERPT),
    ],
)
def test_words_are_cut_between_words(text: str, shown: str) -> None:
    """The word at the cut may be half a secret, which nobody would find any more."""
    assert shortened(text) == shown


@pytest.mark.parametrize(
    ("path", "found"), [("/agents", 1), ("/agents/7", 1), ("/agentsx", None), ("/queues/1", 2), ("/", None)]
)
def test_what_a_request_is_about(path: str, found: int | None) -> None:
    """The collection itself, or anything below it."""
    assert about(Request("GET", path), [("/agents", 1), ("/queues", 2)]) == found
