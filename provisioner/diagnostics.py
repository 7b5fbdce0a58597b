"""What is wrong with a manifest or a plan, where, and what to do: values that reports turn into text."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a manifest: file relative to the tenant folder, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem or notice.

    ``code`` is a stable snake_case word for programs; ``message`` one line without a full stop, with what the user
    typed in back-ticks; ``source`` the line of the file as it stands; ``width`` how many characters the caret
    underlines; ``expected`` what would have been right; ``hint`` what to do.
    """

    code: str
    message: str
    position: Position | None = None
    source: str | None = None
    width: int = 1
    expected: str | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR
    address: str | None = None


def listed(words: Iterable[str], joint: str = ", ") -> str:
    """The words in back-ticks, as a message names several things."""
    return joint.join(f"`{word}`" for word in words)


NEAR = 0.6
"""How alike a slip and what was meant are at least, of 1: for words of a list."""

NEARLY_SAME = 0.75
"""For names of people, many of which are alike: another person is not what was meant."""


def nearest(word: str, known: Iterable[str], cutoff: float = NEAR) -> str | None:
    """The known word that was probably meant, or None where nothing is close."""
    close = difflib.get_close_matches(word, tuple(known), n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint with the known word that was probably meant, or None."""
    close = nearest(word, known)
    return f"did you mean `{close}`?" if close else None


@dataclass
class Guesses:
    """``nearest`` for many words, until it has cost too much: a guess compares with every known word.

    ``left`` counts comparisons, some 30,000 of which take a second. A tenant of thousands that is wrong throughout is
    told what is wrong, and of the first few what was probably meant.
    """

    left: int = 50_000

    def nearest(self, word: str, known: Collection[str], cutoff: float = NEAR) -> str | None:
        """The known word that was probably meant; None where nothing is close, and when all is spent."""
        if self.left <= 0:
            return None
        self.left -= len(known)
        return nearest(word, known, cutoff)
