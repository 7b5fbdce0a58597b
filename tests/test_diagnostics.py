"""Guesses at what was meant cost something, and there are not any number of them."""

from __future__ import annotations

from provisioner.diagnostics import Guesses


def test_a_guess_is_the_nearest_word() -> None:
    """Or nothing where none is near."""
    guesses = Guesses()

    assert guesses.nearest("sals", ["support", "sales"]) == "sales"
    assert guesses.nearest("zebra", ["support", "sales"]) is None


def test_guesses_end_when_they_have_cost_too_much() -> None:
    """The first is made whatever it costs; it is comparisons that count, not words that were asked for."""
    dear, cheap = Guesses(left=3), Guesses(left=3)

    first = [dear.nearest("sals", ["sales", "a", "b", "c"]) for _ in range(2)]
    more = [cheap.nearest("sals", ["sales"]) for _ in range(4)]

    assert first == ["sales", None]
    assert more == ["sales", "sales", "sales", None]
