"""What is odd about a YAML file, in words: each of the format's traps has a message of its own.

Three stages, of which a file fails in at most one: characters that YAML does not allow, syntax that the parser could
not follow, and oddities of a file that can be read to its end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from provisioner.diagnostics import Diagnostic
from provisioner.manifest.masking import is_secret_name
from provisioner.manifest.scalars import Oddity, oddity, plain
from provisioner.manifest.source import NO_TAG, Node, Source, Span

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ALIAS_AS_KEY = re.compile(r"\*[\w-]+(?=\s*:)")
_MOST_CHARACTERS = 20
"""A binary file is told by its first few odd characters."""


def has_control_character(text: str) -> bool:
    """True for text that would ring, blink or move the cursor when it is printed; tabs and line ends may stand."""
    return _CONTROL.search(text) is not None


# --- Characters --------------------------------------------------------------------------------------------------


def characters(source: Source) -> tuple[Diagnostic, ...]:
    """Characters that may not stand in a YAML file, one diagnostic for each line that has some."""
    if source.text.isascii() and source.text.replace("\n", "").replace("\r", "").isprintable():
        return ()
    found: dict[int, Diagnostic] = {}
    for match in _FORBIDDEN.finditer(source.text):
        line = source.position(match.start()).line
        if line not in found:
            found[line] = _forbidden(source, match)
        if len(found) == _MOST_CHARACTERS:
            break
    return tuple(found.values())


def _forbidden(source: Source, match: re.Match[str]) -> Diagnostic:
    code = ord(match[0])
    return source.problem(
        "control_character",
        f"the character U+{code:04X} may not stand in a manifest",
        Span(match.start(), match.end()),
        hint="delete it; it is invisible in most editors and often comes with text that was copied",
    )


# --- Syntax ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """How a complaint of the parser is put; ``at_context`` points to where the thing began, not where it broke."""

    code: str
    message: str
    hint: str
    at_context: bool = False


_INDENT = "compare the indentation with the lines above: what belongs together starts in the same column"

_SYNTAX: dict[tuple[str, str], _Words] = {
    ("mapping values are not allowed", ""): _Words(
        "colon",
        "a second `: ` within one value, or a line that is indented too far",
        'put text that holds `: ` in quotes, as in `name: "Sales: north"`; else correct the indentation',
    ),
    ("found unexpected end of stream", "quoted scalar"): _Words(
        "open_quote", "this quote is never closed", "add the closing quote at the end of the text", at_context=True
    ),
    ("found unexpected document indicator", "quoted scalar"): _Words(
        "open_quote", "this quote is never closed", "add the closing quote at the end of the text", at_context=True
    ),
    ("found unknown escape character", ""): _Words(
        "escape",
        "this is not an escape that YAML knows",
        "write `\\\\` for a backslash, or use single quotes, in which a backslash is itself",
    ),
    ("did not find expected hexdecimal number", ""): _Words(
        "escape", "this escape needs hexadecimal digits", "`\\x` takes two of them, `\\u` four, `\\U` eight"
    ),
    ("did not find expected ',' or ']'", ""): _Words(
        "open_bracket", "this `[` is never closed, or a comma is missing in it", "add the `]`", at_context=True
    ),
    ("did not find expected ',' or '}'", ""): _Words(
        "open_bracket", "this `{` is never closed, or a comma is missing in it", "add the `}`", at_context=True
    ),
    ("did not find expected node content", ""): _Words(
        "syntax", "a value is expected here", "look for a bracket that is not closed, or a comma too many"
    ),
    ("found unexpected ':'", ""): _Words(
        "colon",
        "this `:` needs a space after it, or the text around it quotes",
        'write `key: value`; inside `{…}` a text with a colon, a URL or a time, must be in quotes: `url: "https://…"`',
    ),
    ("could not find expected ':'", ""): _Words(
        "no_colon", "this line is neither `key: value` nor part of a list", "add `: ` after the key", at_context=True
    ),
    ("did not find expected '-' indicator", ""): _Words("indentation", "a list item (`- …`) is expected here", _INDENT),
    ("did not find expected key", ""): _Words("indentation", "a key is expected here", _INDENT),
    ("block sequence entries are not allowed", ""): _Words(
        "indentation", "a list item may not start here", "start each list item on a line of its own"
    ),
    ("did not find expected <document start>", ""): _Words(
        "indentation", "nothing may follow here: what is above ended with a smaller indentation", _INDENT
    ),
    ("found incompatible YAML document", ""): _Words(
        "yaml_version", "the `%YAML` line asks for another version of YAML", "take the line out: manifests are YAML 1.2"
    ),
    ("", "scanning a directive"): _Words(
        "directive",
        "a line that starts with `%` is a directive, and manifests have none",
        "take the line out",
        at_context=True,
    ),
    ("", "%YAML directive"): _Words("yaml_version", "this `%YAML` line cannot be read", "take the line out"),
    ("", "%TAG directive"): _Words("tag", "`%TAG` declares tags, and manifests have none", "take the line out"),
    ("", "a tag"): _Words(
        "tag", "`!` starts a tag, and manifests have none", "put text that starts with `!` in quotes"
    ),
    ("undefined tag handle", ""): _Words(
        "tag", "`!` starts a tag, and manifests have none", "put text that starts with `!` in quotes"
    ),
    ("", "scanning an alias"): _Words(
        "alias", "`*` starts an alias, which needs a name", "put text that starts with `*` in quotes"
    ),
    ("", "scanning an anchor"): _Words(
        "anchor", "`&` starts an anchor, which needs a name", "put text that starts with `&` in quotes"
    ),
    ("", "block scalar"): _Words(
        "block_text", "this block of text is not laid out right", "start it with `|` alone, and indent its lines alike"
    ),
}


def syntax(source: Source, error: YAMLError) -> Diagnostic:
    """The one problem that ended the parsing, as near to its cause as the parser can tell."""
    problem, context = str(getattr(error, "problem", "") or ""), str(getattr(error, "context", "") or "")
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return source.problem("syntax", "this file cannot be read as YAML", Span(0, 1))
    index = min(mark.index, max(0, len(source.text) - 1))
    tab = _indenting_tab(source, index)
    if tab is not None:
        return source.problem(
            "tab",
            "a tab indents this line, and YAML takes spaces only",
            Span(tab, tab + 1),
            hint="replace each tab by spaces; most editors can be told to do that",
        )
    if problem == "found character that cannot start any token":
        return _reserved(source, index)
    for (in_problem, in_context), words in _SYNTAX.items():
        if in_problem in problem and in_context in context:
            start = getattr(error, "context_mark", None) if words.at_context else None
            at = start.index if start is not None else index
            return source.problem(words.code, words.message, Span(at, at + 1), hint=words.hint)
    return source.problem("syntax", "the file is not YAML from here on", Span(index, index + 1), hint=_INDENT)


def _indenting_tab(source: Source, index: int) -> int | None:
    """A tab before the first word of the line at ``index`` or of the one above it."""
    line = source.position(index).line
    for number in (line, line - 1):
        if number < 1:
            continue
        text = source.lines[number - 1]
        tab = text[: len(text) - len(text.lstrip())].find("\t")
        if tab >= 0 and text.strip():
            return source.start_of(number) + tab
    return None


def _reserved(source: Source, index: int) -> Diagnostic:
    character = source.text[index : index + 1]
    if character == "\t":
        return source.problem(
            "tab", "a tab stands where YAML takes spaces only", Span(index, index + 1), hint="replace it by spaces"
        )
    return source.problem(
        "reserved_character",
        f"`{character}` may not start an unquoted value",
        Span(index, index + 1),
        hint=f'put the whole text in quotes, as in `name: "{character}…"`',
    )


# --- Oddities ----------------------------------------------------------------------------------------------------


def oddities(source: Source) -> Iterator[Diagnostic]:
    """What YAML allows and a manifest does not, in the order of the file."""
    if source.root is not None:
        yield from _Oddities(source).visit(source.root, secret=False)


class _Oddities:
    """One walk over a file's nodes; a node that aliases share is visited once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: set[int] = set()
        self._secret_names = source.secret_names()

    def visit(self, node: Node, *, secret: bool) -> Iterator[Diagnostic]:
        """``secret`` is True below a secret field, whose value no message may repeat."""
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        if node.ctag is not None and node.tag != NO_TAG:
            yield self._tag(node)
        match node:
            case MappingNode():
                yield from self._map(node, secret=secret)
            case SequenceNode():
                for item in node.value:
                    yield from self.visit(item, secret=secret)
            case ScalarNode():
                yield from self._scalar(node, secret=secret)

    def _problem(self, code: str, message: str, node: Node, hint: str, expected: str | None = None) -> Diagnostic:
        span = Span(node.start_mark.index, node.end_mark.index)
        return self._source.problem(code, message, span, hint=hint, expected=expected)

    def _tag(self, node: Node) -> Diagnostic:
        written = re.compile(r"!\S*").match(self._source.text, node.start_mark.index)
        shown = f"the tag `{written[0]}`" if written else "a tag"
        return self._source.problem(
            "tag",
            f"{shown} has no meaning in a manifest",
            Span(node.start_mark.index, written.end() if written else node.start_mark.index + 1),
            hint="take it out; put a value in quotes to make it text",
        )

    def _scalar(self, node: ScalarNode, *, secret: bool) -> Iterator[Diagnostic]:
        text = node.value
        if node.style:
            if has_control_character(text):
                yield self._problem(
                    "control_character",
                    "the text holds a control character",
                    node,
                    "take the escape out: such a character would garble every screen that shows the value",
                )
            return
        match oddity(text):
            case Oddity.LEADING_ZERO:
                yield self._leading_zero(node, secret=secret)
            case Oddity.NOT_FINITE:
                shown = "this" if secret or len(text) > _MOST_CHARACTERS else f"`{text}`"
                yield self._problem(
                    "odd_number",
                    f"{shown} is not a number that can be used here",
                    node,
                    "put it in quotes to make it text",
                )
            case None:
                return

    def _leading_zero(self, node: ScalarNode, *, secret: bool) -> Diagnostic:
        text = node.value
        if secret:
            return self._problem(
                "leading_zero", "an unquoted number loses its leading zeros", node, "put it in quotes to make it text"
            )
        return self._problem(
            "leading_zero",
            f"the unquoted number `{text}` would lose its leading zeros",
            node,
            f'write `"{text}"` if the zeros matter (an extension, a PIN), `{plain(text)}` if it is a number',
        )

    def _map(self, node: MappingNode, *, secret: bool) -> Iterator[Diagnostic]:
        first: dict[str, Node] = {}
        for key, value in node.value:
            below = secret
            if isinstance(key, ScalarNode):
                yield from self._key(key, first, secret=secret)
                below = secret or is_secret_name(key.value, self._secret_names)
            else:
                yield self._problem(
                    "key",
                    "a key must be text",
                    key,
                    "a line that starts with `? ` or a bracket before `:` makes such keys",
                )
            yield from self.visit(value, secret=below)

    def _alias_as_key(self, key: ScalarNode) -> Diagnostic:
        """At the alias: the node itself has the place of the anchor, which stands further up."""
        alias = _ALIAS_AS_KEY.search(self._source.text, key.end_mark.index)
        span = Span(alias.start(), alias.end()) if alias else Span(key.start_mark.index, key.end_mark.index)
        return self._source.problem(
            "key", "a key must be written out, and this is an alias", span, hint="write the key"
        )

    def _key(self, key: ScalarNode, first: dict[str, Node], *, secret: bool) -> Iterator[Diagnostic]:
        text = key.value
        shown = "this key" if secret else f"the key `{text}`"
        shared = id(key) in self._seen
        self._seen.add(id(key))
        if shared:
            yield self._alias_as_key(key)
        if key.ctag is not None and key.tag != NO_TAG:
            yield self._tag(key)
        if text in first:
            where = self._source.position(first[text].start_mark.index)
            yield self._problem(
                "duplicate_key",
                f"{shown} is already given in line {where.line}",
                key,
                f"a map has each key once: merge the two, or rename one (the first stands at {where})",
            )
        first.setdefault(text, key)
        if text == "<<" and not key.style:
            yield self._problem(
                "merge_key",
                "`<<` merges maps in YAML 1.1, and has no meaning in YAML 1.2",
                key,
                "use `defaults:` for what declarations share, or an alias for one whole value",
            )
        elif has_control_character(text):
            yield self._problem("control_character", "the key holds a control character", key, "take it out")
        elif not key.style and not isinstance(plain(text), str):
            yield self._problem(
                "key",
                f"{shown} is {_what(text)}, and a key must be text",
                key,
                "put it in quotes, or start it with a letter"
                + ("" if secret else f': `"{text}"` or `{suggestion(text)}`'),
            )


def _what(text: str) -> str:
    value: Any = plain(text)
    if value is None:
        return "empty" if not text else "null"
    return "true or false" if isinstance(value, bool) else "a number"


def suggestion(text: str) -> str:
    """A key that is allowed, and near to what was written."""
    if plain(text) is None:
        return "name"
    word = re.sub(r"[^a-z0-9_-]+", "-", _folded(text)).strip("-_")[:63].strip("-_")
    return f"k{word}" if not isinstance(plain(text), str) and word else word or "name"


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
