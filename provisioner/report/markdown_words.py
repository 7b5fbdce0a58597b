"""Words in a comment: somebody else's stand in code spans, and nothing outside of those is obeyed by anybody.

GitHub and GitLab make something of far more than Markdown: ``@name``, ``#12``, ``owner/repo#1``, ``:emoji:``, commit
ids, addresses of the web and of e-mail. Both leave code alone: html-pipeline's MentionFilter and GitLab's
ReferenceFilter ignore text within ``pre`` and ``code``. ``<code>`` with everything escaped is no way to get there: the
parser has decoded it when the autolink extension of cmark-gfm looks for e-mail addresses, and it finds them. Back-ticks
are seen before anything else on their line.

GitLab's quick actions (``/close``) and Markdown's own blocks begin a line; what is made here only goes on with one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count, groupby
from operator import itemgetter
from typing import Final, TypeAlias

from provisioner.report.escape import harmless
from provisioner.report.fields import MOST_OF_A_TEXT, plain

ARROW: Final = "→"
_TYPED: Final = re.compile(r"`([^`]+)`")
_TICKS: Final = re.compile("`+")
_OBEYED: Final = re.compile(r"[!-,/:-@\[-^`{-~]")
"""Every mark of ASCII's but the hyphen, the dot and the underscore."""

_OPENING: Final = r"""[("']*"""
_CLOSING: Final = r"""[)"',.;:!?]*"""
_LETTERS: Final = r"(?![A-Fa-f]{7,}\b)[A-Za-zÀ-ÖØ-öø-ɏ]+"
_WORD: Final = re.compile(rf"{_OPENING}(?:{_LETTERS}(?:['-]{_LETTERS})*|[0-9]{{1,6}})?{_CLOSING}")
"""What stays as it is: a word in Latin letters or a number, which may end a sentence; nothing that may be a commit.

Letters that run from right to left would reorder what stands around them; so they, and all others, are code.
"""

_PARTS: Final = re.compile(rf"({_OPENING})(.*?)({_CLOSING})", re.DOTALL)
_ITEM: Final = re.compile(r"[0-9]+[.)]")
"""What would begin a list where a text begins with it."""


def size(text: str) -> int:
    """How long the text is to the host that counts the most: in halves of UTF-16, as Java and JavaScript do."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def code(text: str) -> str:
    """A code span that shows the text and nothing else, whatever the text is.

    Its back-ticks are as many as the text has nowhere in a row, the fewest such: cmark takes 81 for no span at all.
    """
    shown = harmless(text) or " "
    within = {len(run) for run in _TICKS.findall(shown)}
    ticks = "`" * next(number for number in count(1) if number not in within)
    edge = " " if shown.strip() and not {shown[0], shown[-1]}.isdisjoint("` ") else ""
    return f"{ticks}{edge}{shown}{edge}{ticks}"


def code_in_html(text: str) -> str:
    """The same where only HTML is read, as in a summary."""
    return f"<code>{_OBEYED.sub(lambda found: f'&#{ord(found[0])};', harmless(text))}</code>"


def prose(text: str, most: int = MOST_OF_A_TEXT) -> str:
    """A sentence of ours, in which others' words may stand: what is in back-ticks, or is no plain word, is code."""
    return _sentence(plain(text, most), code)


def prose_in_html(text: str) -> str:
    """The same where only HTML is read."""
    return _sentence(plain(text), code_in_html)


Span: TypeAlias = Callable[[str], str]
"""What makes code of a text."""

Piece: TypeAlias = tuple[bool, str]
"""A piece of a sentence: whether it is code, and what it says."""


def _sentence(text: str, span: Span) -> str:
    """The pieces in a row; what is code and touches is one span, since back-ticks that touch would be one mark."""
    pieces = [piece for piece in _pieces(text) if piece[1]]
    runs = ((is_code, "".join(said for _, said in run)) for is_code, run in groupby(pieces, key=itemgetter(0)))
    return "".join(span(said) if is_code else said for is_code, said in runs)


def _pieces(text: str) -> Iterator[Piece]:
    for number, part in enumerate(_TYPED.split(text)):
        if number % 2:
            yield True, part
        else:
            yield from _loose(part, first=not number)


def _loose(text: str, *, first: bool) -> Iterator[Piece]:
    """What stands outside back-ticks: a run of what is no plain word is one piece."""
    others: list[str] = []
    for place, word in enumerate(text.split(" ")):
        before, within, after = _parts(word)
        kept = _is_kept(word) and not (first and not place and _ITEM.match(word))
        if others and (kept or before):
            yield from ((True, " ".join(others)), (False, " "))
            others = []
        elif place and not others:
            yield False, " "
        if kept:
            yield False, ARROW if word == "->" else word
        elif before or after:
            yield from ((False, before), (True, " ".join((*others, within))), (False, after))
            others = []
        else:
            others.append(within)
    yield True, " ".join(others)


def _is_kept(word: str) -> bool:
    return word == "->" or _WORD.fullmatch(word) is not None


def _parts(word: str) -> tuple[str, str, str]:
    """The word without the marks around it, and those: they belong to the sentence."""
    found = _PARTS.fullmatch(word)
    if found is None:
        raise AssertionError(word)
    before, within, after = found.groups()
    return before, within, after


def several(number: int, one: str) -> str:
    """The number with the word, which takes an s."""
    return f"{number} {one}{'' if number == 1 else 's'}"


def elsewhere(why: str) -> str:
    """Where a command stands that is too long for the comment."""
    return f"{why}: `provisioner show` of the attached plan says what to type"


def typed(command: str) -> list[str]:
    """What a reader copies, as a block; it begins with a word of ours, so it cannot end the block."""
    return ["```", harmless(command), "```"]
