"""What a YAML file says: plain values, in one pass over the C parser's events.

The pass is kept bare, since it sees every scalar of every tenant: it builds dicts, lists and scalars, and only notes
that something was odd (a doubled key, a tag, a number with leading zeros…). ``traps.py`` then goes over such a file
again, node by node, and says what and where. What cannot be read on at all ends the file with one problem.

Events rather than ruamel.yaml's composer, because that recurses in C: a few kilobytes of ``[`` would end the process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # it is the documented place, without `__all__`
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from provisioner.diagnostics import Diagnostic
from provisioner.manifest import traps
from provisioner.manifest.scalars import FIRST_CHARACTERS, Scalar, oddity, plain
from provisioner.manifest.source import Source, Span

DEEPEST = 60
"""How deep maps and lists may nest; a manifest needs about eight."""

MOST_REPEATED = 10_000
"""How many values aliases may repeat, beyond ten times the values that the file writes out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's value and its problems; ``whole`` is False where reading had to stop, and what follows is not known."""

    value: Any
    problems: tuple[Diagnostic, ...] = ()
    whole: bool = True


def read(source: Source) -> Reading:
    """The one document of a file. An empty file reads as None."""
    unreadable = traps.characters(source)
    if unreadable:
        return Reading(None, unreadable, whole=False)
    try:
        builder = _Builder(source.text)
        value = builder.document()
    except _Stop as stop:
        return Reading(None, (source.problem(stop.code, stop.message, stop.span, hint=stop.hint),), whole=False)
    except YAMLError as error:
        return Reading(None, (traps.syntax(source, error),), whole=False)
    return Reading(value, tuple(traps.oddities(source)) if builder.odd else ())


class _Stop(Exception):
    """The file cannot be read any further; only ``read`` sees it."""

    def __init__(self, code: str, message: str, event: Any, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint
        self.span = Span(event.start_mark.index, event.end_mark.index)


class _Plain(dict[str, Scalar]):
    """What each unquoted text means; remembers whether one was odd."""

    odd = False

    def __missing__(self, text: str) -> Scalar:
        value = plain(text)
        if oddity(text) is not None:
            self.odd = True
        self[text] = value
        return value


_UNFINISHED = object()

_SUSPECT = FIRST_CHARACTERS | {"<"}
"""First characters of unquoted keys that need a second look."""


class _Builder:
    """Events in, values out, for one file."""

    def __init__(self, text: str) -> None:
        self._next: Callable[[], Any] = CParser(text).get_event
        self._plain = _Plain()
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0
        self._repeated = 0
        self._odd = False

    @property
    def odd(self) -> bool:
        """True when ``traps.oddities`` will find something."""
        return self._odd or self._plain.odd

    def document(self) -> Any:
        """The value of the only document; None where there is none."""
        self._next()
        start = self._next()
        if isinstance(start, StreamEndEvent):
            return None
        _check_start(start)
        value = self._value(self._next(), 0)
        end = self._next()
        if not isinstance(end, DocumentEndEvent):
            raise AssertionError(f"a document ended in {end!r}")
        after = self._next()
        if isinstance(after, DocumentStartEvent):
            raise _Stop(
                "second_document",
                "a second document starts here, and a manifest holds one",
                after,
                hint="take the `---` line out, or put what follows it into a file of its own",
            )
        return value

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event)
        if kind is ScalarEvent:
            return self._scalar(event) if event.anchor is None else self._anchored(event, depth)
        if event.anchor is not None:
            return self._anchored(event, depth)
        return self._collection(event, kind, depth)

    def _collection(self, event: Any, kind: type[Any], depth: int) -> Any:
        if depth >= DEEPEST:
            raise _Stop(
                "too_deep",
                f"maps and lists nest deeper than {DEEPEST} levels here",
                event,
                hint="a manifest needs about eight levels; is a bracket missing?",
            )
        if event.ctag is not None:
            self._odd = True
        if kind is MappingStartEvent:
            return self._map(depth + 1)
        if kind is SequenceStartEvent:
            return self._list(depth + 1)
        raise AssertionError(f"no value starts with {event!r}")

    def _map(self, depth: int) -> dict[str, Any]:
        following, meaning = self._next, self._plain
        result: dict[str, Any] = {}
        while True:
            event = following()
            if type(event) is not ScalarEvent:
                if type(event) is MappingEndEvent:
                    return result
                self._odd = True
                self._value(event, depth)
                key = None
            else:
                key = event.value
                if event.anchor is not None:
                    raise _Stop("key", "a key takes no anchor", event, hint="set the anchor at the value")
                if event.style != "" or not key or key[0] in _SUSPECT:
                    self._odd = self._odd or self._is_odd_key(event)
                elif event.ctag is not None:
                    self._odd = True
            event = following()
            if type(event) is ScalarEvent and event.anchor is None and event.ctag is None and event.style == "":
                self._values += 1
                text = event.value
                value = meaning[text] if not text or text[0] in FIRST_CHARACTERS else text
            else:
                value = self._value(event, depth)
            if key in result:
                self._odd = True
            elif key is not None:
                result[key] = value

    def _is_odd_key(self, event: Any) -> bool:
        """A key that is no text, is tagged, would merge, or holds a control character."""
        key = event.value
        if event.ctag is not None:
            return True
        if event.style != "":
            return traps.has_control_character(key)
        return key == "<<" or not isinstance(self._plain[key], str)

    def _list(self, depth: int) -> list[Any]:
        result: list[Any] = []
        while True:
            event = self._next()
            if type(event) is SequenceEndEvent:
                return result
            result.append(self._value(event, depth))

    def _scalar(self, event: Any) -> Scalar:
        self._values += 1
        text: str = event.value
        if event.ctag is not None:
            self._odd = True
        if event.style != "":
            if not text.isprintable():
                self._odd = self._odd or traps.has_control_character(text)
            return text
        return self._plain[text] if not text or text[0] in FIRST_CHARACTERS else text

    def _anchored(self, event: Any, depth: int) -> Any:
        name = event.anchor
        if name in self._anchors:
            raise _Stop(
                "anchor_twice",
                f"the anchor `&{name}` is set a second time",
                event,
                hint="give each anchor a name of its own",
            )
        self._anchors[name] = (_UNFINISHED, 0)
        before = self._values + self._repeated
        kind = type(event)
        value = self._scalar(event) if kind is ScalarEvent else self._collection(event, kind, depth)
        self._anchors[name] = (value, self._values + self._repeated - before)
        return value

    def _alias(self, event: Any) -> Any:
        name = event.anchor
        if name not in self._anchors:
            raise _Stop(
                "unknown_alias",
                f"the alias `*{name}` refers to an anchor that is not set above it",
                event,
                hint=f"set it with `&{name}` further up in the same file, or put the text in quotes",
            )
        value, size = self._anchors[name]
        if value is _UNFINISHED:
            raise _Stop(
                "recursive_alias",
                f"the alias `*{name}` refers to what it is part of, which would never end",
                event,
                hint="write out what is meant there",
            )
        self._repeated += size
        if self._repeated > MOST_REPEATED + 10 * self._values:
            raise _Stop(
                "exploding_aliases",
                f"aliases repeat more than {MOST_REPEATED} values by here",
                event,
                hint="use `defaults:` for what many declarations share, and no aliases of aliases",
            )
        return value


def _check_start(start: Any) -> None:
    """Refuses directives; ``%YAML 1.2`` says what is the case anyway."""
    if start.version is not None and tuple(start.version) != (1, 2):
        version = ".".join(str(part) for part in start.version)
        raise _Stop(
            "yaml_version",
            f"`%YAML {version}` asks for other rules than YAML 1.2",
            start,
            hint="take the `%YAML` line out: manifests are YAML 1.2, where `yes`, `no`, `on` and `off` are text",
        )
    if start.tags:
        raise _Stop("tag", "`%TAG` declares tags, and manifests have none", start, hint="take the `%TAG` line out")
