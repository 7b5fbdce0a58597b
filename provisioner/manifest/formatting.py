"""A manifest in canonical layout, with the same meaning and the same comments.

What is made alike: two spaces a level, a list's items one level below its key; one space after ``:`` and ``,`` and
before a comment; double quotes; quotes around text that YAML 1.1 would take for something else (``yes``, ``08:00``);
``null``, ``true`` and ``false`` in these spellings; at most one empty line anywhere, none at the ends. What stays as
the author has it: the order of everything, flow or block, quotes that are not needed, which flow collections span
several lines (they then have a line for each entry), and the lines of a text in block style.

The tree is written out by hand rather than by ruamel.yaml's round trip, which moves comments between the levels of a
map and loses some inside of brackets. Whoever calls this checks the outcome with ``same``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, deque

from provisioner.manifest.layout import BLANK, Collection, Comment, Layout, Node, Scalar, layout_of
from provisioner.manifest.reader import read
from provisioner.manifest.scalars import plain
from provisioner.manifest.source import Source

STEP = "  "

_OTHERWISE = re.compile(
    r"[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?0b[01_]+|[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
)
"""Text by YAML 1.2 that YAML 1.1 takes for a truth value, a number or a date."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}

_HEADER = re.compile(r"([|>])([-+]?)([1-9]?)([-+]?)")


def formatted(text: str) -> str:
    """The text of a manifest, laid out; only for what the reader has read without a problem."""
    return _Writer(layout_of(text.replace("\r\n", "\n").replace("\r", "\n"))).written()


def same(before: str, after: str) -> bool:
    """True where both say the same, comments included, and formatting ``after`` changes nothing."""
    old, new = read(Source("", before)), read(Source("", after))
    return (
        not new.problems
        and _typed(old.value) == _typed(new.value)
        and _said(before) == _said(after)
        and formatted(after) == after
    )


def _typed(value: object) -> str:
    """A text for every value: ``1``, ``1.0`` and ``true`` are equal in Python and not in a manifest."""
    return repr(value)


def _said(text: str) -> Counter[str]:
    return Counter(comment.text for comment in layout_of(text.replace("\r\n", "\n").replace("\r", "\n")).comments)


class _Writer:
    """Writes one layout, comments in between as they come."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._comments = deque(layout.comments)
        self._lines: list[str] = []
        self._current = ""
        self._written_to = 0
        self._keeps_blanks = False

    def written(self) -> str:
        root = self._layout.root
        if self._layout.head:
            *above, self._current = (line.rstrip(BLANK) for line in self._layout.head.split("\n"))
            self._lines += above
            self._written_to = len(self._layout.head)
            self._end_line()
        if root is not None:
            self._before(root.first, "")
            self._value(root, "", inline=False, parent=-1)
            self._end_line()
        self._before(len(self._layout.text) + 1, "")
        text = "\n".join(self._lines)
        return (text if self._keeps_blanks else text.rstrip("\n")) + "\n" if text.strip(BLANK) else ""

    # --- Lines ----------------------------------------------------------------------------------------------------

    def _line_of(self, index: int) -> int:
        return bisect_right(self._layout.starts, index) - 1

    def _end_line(self) -> None:
        """Ends the line, with the comment that stood behind what is on it."""
        line = self._line_of(max(0, self._written_to - 1))
        while self._comments and not self._comments[0].alone and self._comments[0].line <= line:
            comment = self._comments.popleft()
            self._current += f" {comment.text}" if self._current else comment.text
            self._flush()
        self._flush()

    def _flush(self) -> None:
        if self._current:
            self._lines.append(self._current.rstrip(BLANK))
        self._current = ""

    def _blank(self, line: int) -> None:
        """An empty line, where one stood above ``line`` and something is above it."""
        blank = line > 0 and not self._layout.lines[line - 1].strip(BLANK)
        if blank and self._lines and self._lines[-1] and not self._keeps_blanks:
            self._lines.append("")

    def _before(self, index: int, indent: str) -> None:
        """The comments that stand before a place, each on its own line; then the empty line above the place."""
        while self._comments and self._comments[0].start < index:
            self._comment(indent)
        if index <= len(self._layout.text):
            self._blank(self._line_of(index))
            self._keeps_blanks = False

    def _below(self, column: int, indent: str) -> None:
        """The comments that follow from a column on: they belong to what was written last, or to what holds it."""
        while self._comments and self._comments[0].column >= column and self._is_next(self._comments[0]):
            self._comment(indent)

    def _comment(self, indent: str) -> None:
        comment = self._comments.popleft()
        self._blank(comment.line)
        self._lines.append(indent + comment.text)
        self._keeps_blanks = False

    def _is_next(self, comment: Comment) -> bool:
        """True where nothing but comments stands between what is written and a comment on a line of its own."""
        between = self._layout.text[self._written_to : comment.start].split("\n")[1:]
        return comment.alone and all(not line.strip(BLANK) or line.lstrip(BLANK).startswith("#") for line in between)

    # --- Values ---------------------------------------------------------------------------------------------------

    def _value(self, node: Node, indent: str, *, inline: bool, parent: int) -> None:
        """A value at the end of the current line; ``indent`` is that of what it stands in, ``parent`` its column."""
        self._anchor(node.anchor)
        if isinstance(node, Scalar):
            self._scalar(node, indent)
        elif node.flow:
            self._flow(node, indent)
        else:
            self._block(node, indent, inline=inline and not node.anchor, parent=parent)

    def _anchor(self, anchor: str | None) -> None:
        if anchor:
            self._space()
            self._current += f"&{anchor}"

    def _space(self) -> None:
        if self._current.strip(BLANK) and not self._current.endswith((" ", "{", "[")):
            self._current += " "

    def _block(self, node: Collection, indent: str, *, inline: bool, parent: int) -> None:
        """A map or a list with a line for each entry; ``inline``: the first goes on behind the ``-`` of an item."""
        if self._current.strip(BLANK) and not inline:
            self._end_line()
        column = 0
        for number, value in enumerate(node.values):
            key = node.keys[number] if node.keys is not None else None
            start = key.start if key is not None else value.first
            if number or not inline:
                self._before(start, indent)
                self._current = indent
            column = self._column(node, start)
            if key is not None:
                self._key(key)
                deeper = isinstance(value, Collection) and not value.flow
                self._value(value, indent + STEP if deeper else indent, inline=False, parent=column)
            else:
                self._current += "- "
                self._written_to = max(self._written_to, value.first)
                self._value(value, indent + STEP, inline=True, parent=column)
            self._end_line()
            # Below a text in block style, a comment as deep as the text would be part of it.
            is_text = isinstance(value, Scalar) and value.style in ("|", ">")
            self._below(column + 1, indent if is_text else indent + STEP)
        self._below(max(column, parent + 1), indent)

    def _column(self, node: Collection, start: int) -> int:
        """Where the entries of a block begin in the file: its keys, or its dashes."""
        at = start if node.keys is not None else node.start
        return at - self._layout.starts[self._line_of(at)]

    def _key(self, key: Scalar) -> None:
        self._current += key.text if key.alias else _key_text(key)
        self._current += ":"
        self._written_to = max(self._written_to, key.end)

    def _scalar(self, node: Scalar, indent: str) -> None:
        if node.style in ("|", ">"):
            self._text_block(node, indent)
            return
        text = node.text if node.alias else _scalar_text(node)
        if text:
            self._space()
            self._current += text
        self._written_to = max(self._written_to, node.end)

    def _text_block(self, node: Scalar, indent: str) -> None:
        """A text in block style, its lines moved as one."""
        first = self._line_of(node.start)
        lines = self._layout.lines[first : self._line_of(node.end - 1) + 1]
        header = lines[0][node.start - self._layout.starts[first] :]
        style = _HEADER.search(header)
        if style is None:
            raise AssertionError(f"a text in block style begins with {header!r}")
        chomp = style[2] or style[4]
        if not node.text.endswith("\n"):
            chomp = "-"  # the file ends in the text without a line end, and will have one
        body = lines[1:]
        margin = min((len(line) - len(line.lstrip(" ")) for line in body if line.strip(BLANK)), default=0)
        if style[3]:
            margin = _margin(node.text, body)
        explicit = "2" if node.text[:1] in (" ", "\n") or style[3] else ""
        self._space()
        self._current += f"{style[1]}{explicit}{chomp}{_header_comment(header[style.end() :])}"
        self._flush()
        inner = indent + STEP
        moved = [inner + line[margin:] for line in body]
        self._lines += [line if line.strip(BLANK) else "" for line in moved]
        self._written_to = max(self._written_to, node.end)
        if chomp == "+":
            self._lines += [""] * (len(node.text) - len(node.text.rstrip("\n")) - 1)
            self._keeps_blanks = True

    # --- Flow -----------------------------------------------------------------------------------------------------

    def _flow(self, node: Collection, indent: str) -> None:
        """``{…}`` or ``[…]``: on one line, or with a line for each entry where it had several lines."""
        opening, closing = ("[", "]") if node.keys is None else ("{", "}")
        self._space()
        self._current += opening
        inside = self._layout.text[node.start : node.end]
        several = "\n" in inside and (bool(node.values) or "#" in inside)
        self._written_to = max(self._written_to, node.start + 1)
        for number, value in enumerate(node.values):
            key = node.keys[number] if node.keys is not None else None
            if several:
                self._end_line()
                self._before(key.start if key is not None else value.first, indent + STEP)
                self._current = indent + STEP
            elif number:
                self._current += " "
            self._entry(key, value, indent + STEP if several else indent)
            if number + 1 < len(node.values):
                self._current += ","
        if several:
            self._end_line()
            self._before(node.end - 1, indent + STEP)
            self._current = indent
        self._current += closing
        self._written_to = max(self._written_to, node.end)

    def _entry(self, key: Scalar | None, value: Node, indent: str) -> None:
        if key is not None:
            self._key(key)
        if isinstance(value, Scalar) and not value.text and not value.style:
            self._anchor(value.anchor)
            self._space()
            self._current += "null"
            self._written_to = max(self._written_to, value.end)
        else:
            self._value(value, indent, inline=False, parent=0)


def _key_text(key: Scalar) -> str:
    """A key: as it is written, or in double quotes. ``on`` and its like are words of manifests and stay bare."""
    return key.text if not key.style and "\n" not in key.text else _quoted(key.text)


def _scalar_text(node: Scalar) -> str:
    if node.style or "\n" in node.text or _OTHERWISE.fullmatch(node.text):
        return _quoted(node.text)
    value = plain(node.text)
    if value is None:
        return "null" if node.text else ""
    return str(value).lower() if isinstance(value, bool) else node.text


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character) or _escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character.isprintable():
        return character
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _margin(text: str, body: list[str]) -> int:
    """How far the lines of a text with a stated indentation are indented: what its first line lacks in the value."""
    for said, line in zip(text.split("\n"), body, strict=False):
        if said.strip(BLANK):
            return len(line) - len(said)
    return 0


def _header_comment(rest: str) -> str:
    return f" {rest.strip(BLANK)}" if rest.strip(BLANK) else ""
