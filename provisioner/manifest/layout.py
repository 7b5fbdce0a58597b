"""A manifest as it is laid out: its values as a tree that still knows where each stood, and its comments.

What ``formatting.py`` works on. Unlike the reader's plain values the tree keeps anchors, aliases, quotes and the
difference between block and flow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # it is the documented place, without `__all__`
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

BLANK = " \t\r\n"
"""What YAML takes for blank; Python's ``strip`` takes a no-break space along, which is text."""


@dataclass(slots=True)
class Scalar:
    """A text, a number…, or an alias; ``style`` is that of the parser: empty for plain, a quote, ``|`` or ``>``."""

    text: str
    style: str
    start: int
    end: int
    anchor: str | None = None
    alias: bool = False

    @property
    def first(self) -> int:
        return self.start


@dataclass(slots=True)
class Collection:
    """A map (``keys`` has as many as ``values``) or a list (``keys`` is None)."""

    start: int
    flow: bool
    anchor: str | None
    keys: list[Scalar] | None
    values: list[Node] = field(default_factory=list)
    end: int = 0

    @property
    def first(self) -> int:
        """Where the first thing in it stands that is written out."""
        if self.flow or self.anchor:
            return self.start
        inner = self.keys[0] if self.keys else self.values[0]
        return min(self.start, inner.first)


Node: TypeAlias = Scalar | Collection


@dataclass(frozen=True, slots=True)
class Comment:
    """``# …`` with its place; ``alone`` where nothing but spaces stands before it on its line."""

    text: str
    start: int
    line: int
    column: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's text with its tree; ``head`` is everything down to a ``---`` that stands in it, as written."""

    text: str
    lines: list[str]
    head: str
    root: Node | None
    comments: tuple[Comment, ...]
    starts: list[int]

    def line(self, index: int) -> int:
        """The line, from 0, of a character."""
        return self.text.count("\n", 0, index)


def layout_of(text: str) -> Layout:
    """The layout of a text that the reader has read without a problem; its lines end in ``\\n``."""
    builder = _Builder(text)
    root = builder.document()
    head = text[: builder.start]
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return Layout(text, lines, head, root, tuple(_comments(text, builder.start, builder.texts)), starts)


class _Builder:
    """Events in, a tree out."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: Callable[[], Any] = CParser(text).get_event
        self.start = 0
        self.texts: list[tuple[int, int]] = []

    def document(self) -> Node | None:
        self._next()
        start = self._next()
        if isinstance(start, StreamEndEvent):
            return None
        if start.explicit:
            self.start = start.end_mark.index
        return self._node(self._next())

    def _node(self, event: Any) -> Node:
        if isinstance(event, (AliasEvent, ScalarEvent)):
            return self._scalar(event)
        is_map = isinstance(event, MappingStartEvent)
        made = Collection(event.start_mark.index, bool(event.flow_style), event.anchor, [] if is_map else None)
        while not isinstance(event := self._next(), (MappingEndEvent, SequenceEndEvent)):
            if made.keys is not None:
                made.keys.append(self._scalar(event))
                event = self._next()
            made.values.append(self._node(event))
        made.end = event.end_mark.index
        return made

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, AliasEvent):
            return Scalar(f"*{event.anchor}", "", start, end, alias=True)
        if event.style in ("|", ">"):
            # The parser's mark stands behind the blank lines, or in the next line's indentation.
            end = max(start, len(self._text[:end].rstrip(BLANK)))
        if end > start:
            self.texts.append((start, end))
        return Scalar(event.value, event.style, start, end, event.anchor)


_HASH = re.compile(r"(?:^|(?<=[ \t\n]))#[^\n]*", re.MULTILINE)


def _comments(text: str, start: int, texts: list[tuple[int, int]]) -> list[Comment]:
    """Every comment after ``start``; ``texts`` are the stretches in which a ``#`` is part of a value."""
    found: list[Comment] = []
    position, line, line_start, following = start, text.count("\n", 0, start), text.rfind("\n", 0, start) + 1, 0
    while (match := _HASH.search(text, position)) is not None:
        while following < len(texts) and texts[following][1] <= match.start():
            following += 1
        if following < len(texts) and texts[following][0] <= match.start():
            position = texts[following][1]
            continue
        line += text.count("\n", line_start, match.start())
        line_start = text.rfind("\n", 0, match.start()) + 1
        before = text[line_start : match.start()]
        found.append(Comment(match[0].rstrip(BLANK), match.start(), line, len(before), not before.strip(BLANK)))
        position = match.end()
    return found
