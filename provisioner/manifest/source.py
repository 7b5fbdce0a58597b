"""One manifest file, and where everything in it stands.

Reading gives plain values without positions, since nearly all of them are never asked for. When one is, the file is
composed once more into ruamel.yaml's node graph, whose nodes carry marks, and the path is looked up in it. The reader
has bounded the depth by then, because composing recurses in C.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # it is the documented place, without `__all__`
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.manifest.masking import masked

KeyPath: TypeAlias = tuple[str | int, ...]
Node: TypeAlias = "ScalarNode | SequenceNode | MappingNode"

NO_TAG = "-"
"""What nodes carry that have no tag of their own."""

_LINE = re.compile(r"\r\n|\n|\r")


class _Composer(CParser):  # type: ignore[misc]  # the C extension has no stubs
    """ruamel.yaml's C composer without its resolver: what a scalar means is said by ``scalars.py``."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)

    def resolve(self, _kind: Any, _value: Any, _implicit: Any) -> str:
        return NO_TAG

    def descend_resolver(self, _node: Any, _index: Any) -> None:
        """Nothing depends on the way to a node."""

    def ascend_resolver(self) -> None:
        """Nothing depends on the way to a node."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text, in characters from its start."""

    start: int
    end: int


@dataclass
class Source:
    """A file's text, and what is needed to point into it.

    ``secret_names`` gives the vendors' secret fields, so that a quoted line hides their literals.
    """

    file: str
    text: str
    secret_names: Callable[[], Collection[str]] = field(default=tuple, repr=False)

    def owner(self, _path: KeyPath) -> Source:
        """The file that holds the value at a path: this one."""
        return self

    @cached_property
    def lines(self) -> list[str]:
        return _LINE.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE.finditer(self.text))]

    @cached_property
    def root(self) -> Node | None:
        """The node graph; only for text that the reader has read to its end."""
        root: Node | None = _Composer(self.text).get_single_node()
        return root

    @cached_property
    def _entries(self) -> dict[int, dict[str, tuple[Node, Node]]]:
        return {}

    def position(self, index: int) -> Position:
        """The place of a character."""
        line = bisect_right(self._starts, index)
        return Position(self.file, line, index - self._starts[line - 1] + 1)

    def start_of(self, line: int) -> int:
        """The index of a line's first character; lines count from 1."""
        return self._starts[line - 1]

    def problem(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """A diagnostic about a stretch of the text, with the line it starts on."""
        position = self.position(span.start)
        line = self.lines[position.line - 1]
        shown = masked(self.lines, position.line, self.secret_names())
        rest = (line if shown == line else shown)[position.column - 1 :]
        width = max(1, min(span.end - span.start, len(rest)))
        return Diagnostic(
            code,
            message,
            position,
            source=shown,
            width=width,
            expected=expected,
            hint=hint,
            severity=severity,
        )

    def span(self, path: KeyPath, *, of_key: bool = False) -> Span:
        """Where the value (or the key) at ``path`` stands; its nearest parent where it is not in the file."""
        place = self._find(path, of_key=of_key)
        return place if place is not None else Span(0, 0)

    def raw(self, path: KeyPath) -> str | None:
        """The scalar at ``path`` as it is written, without quotes; None for anything but a scalar."""
        node: Node | None = self.root
        for segment in path:
            entry = self._entry(node, segment) if node is not None else None
            node = entry[1] if entry else None
        return node.value if isinstance(node, ScalarNode) else None

    def _find(self, path: KeyPath, *, of_key: bool) -> Span | None:
        node = self.root
        if node is None:
            return None
        found = _span(node)
        for depth, segment in enumerate(path):
            entry = self._entry(node, segment)
            if entry is None:
                return found
            key, value = entry
            last = depth == len(path) - 1
            found = _span(key) if key is not None and (not last or of_key) else self._value_span(key, value)
            node = value
        return found

    def _value_span(self, key: Node | None, value: Node) -> Span:
        """The value's own place, also where the value is an alias: a shared node has the place of its anchor."""
        if key is None or value.start_mark.index >= key.end_mark.index:
            span = _span(value)
            return span if isinstance(value, ScalarNode) else Span(span.start, span.start + 1)
        star = self.text.find("*", key.end_mark.index)
        alias = re.compile(r"\*[\w-]+").match(self.text, star) if star >= 0 else None
        return Span(star, alias.end()) if alias else _span(key)

    def _entry(self, node: Node, segment: str | int) -> tuple[Node | None, Node] | None:
        """Key and value at one step; a name may also stand in a list, or alone (``on: pbx``)."""
        if isinstance(node, MappingNode):
            return self._pairs(node).get(str(segment))
        if isinstance(node, SequenceNode):
            if isinstance(segment, int):
                return (None, node.value[segment]) if segment < len(node.value) else None
            named = [item for item in node.value if isinstance(item, ScalarNode) and item.value == segment]
            return (None, named[0]) if named else None
        return (None, node) if node.value == segment else None

    def _pairs(self, node: MappingNode) -> dict[str, tuple[Node, Node]]:
        """The map's entries by key as text; the first of a doubled key, as the reader takes it."""
        pairs = self._entries.get(id(node))
        if pairs is None:
            pairs = {}
            for key, value in node.value:
                if isinstance(key, ScalarNode):
                    pairs.setdefault(key.value, (key, value))
            self._entries[id(node)] = pairs
        return pairs


def _span(node: Node) -> Span:
    return Span(node.start_mark.index, node.end_mark.index)


class Text(Protocol):
    """What values were read from: a file, or a file with others merged over it."""

    def owner(self, path: KeyPath, /) -> Source:
        """The file that holds the value at ``path``, or its nearest parent."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """The Origin of a map: what it was read from and the path to it.

    An empty path below it means the map itself, and is shown at the key that holds it.
    """

    source: Text
    path: KeyPath = ()

    @property
    def file(self) -> str:
        return self.source.owner(self.path).file

    def below(self, *path: str | int) -> Place:
        """The place of what stands at ``path`` in this map."""
        return Place(self.source, self.path + path)

    def above(self) -> Place:
        """The place of the map that holds this one."""
        return Place(self.source, self.path[:-1])

    def here(self) -> tuple[Place, KeyPath]:
        """This map as a path in the one that holds it: where the value stands, not its key."""
        return self.above(), self.path[-1:]

    def raw(self, path: KeyPath = ()) -> str | None:
        """The scalar at ``path`` as written, or None where there is none."""
        whole = self.path + path
        return self.source.owner(whole).raw(whole)

    def position(self, path: KeyPath = (), *, of_key: bool = False) -> Position:
        source, span = self._found(path, of_key=of_key)
        return source.position(span.start)

    def problem(
        self,
        code: str,
        message: str,
        path: KeyPath = (),
        *,
        of_key: bool = False,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        source, span = self._found(path, of_key=of_key)
        return source.problem(code, message, span, expected=expected, hint=hint, severity=severity)

    def _found(self, path: KeyPath, *, of_key: bool) -> tuple[Source, Span]:
        whole = self.path + path
        source = self.source.owner(whole)
        return source, source.span(whole, of_key=of_key or not path)
