"""Kinds as words in a sentence, whatever kinds there are: a vendor may bring its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from provisioner.report.fields import MOST_OF_A_NAME, plain

_ENDINGS: Final = ((re.compile("ies$"), "y"), (re.compile("(ss|x|ch|sh)es$"), r"\1"), (re.compile("([^s])s$"), r"\1"))


def one_of(kind: str) -> str:
    """A kind, or a field that is a list, for one of it: ``pause_codes`` → ``pause code``."""
    words = many_of(kind)
    for ending, instead in _ENDINGS:
        found, hits = ending.subn(instead, words)
        if hits:
            return found
    return words


def many_of(kind: str) -> str:
    """The same for several: ``pause codes``."""
    return re.sub("[_-]", " ", kind)


def counted_of(number: int, kind: str, one: str = "") -> str:
    """``1 pause code``, ``3 pause codes``; ``one`` is what one is called, where the kind does not say it."""
    if number == 1:
        return f"1 {plain(one, MOST_OF_A_NAME) or one_of(kind)}"
    return f"{number} {many_of(kind)}"


def series(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
