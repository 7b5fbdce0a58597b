"""What an answer says, whichever vendor's it is."""

from __future__ import annotations

import pytest

from provisioner.vendors.answers import dig, words_of
from provisioner.vendors.base import Answer


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
