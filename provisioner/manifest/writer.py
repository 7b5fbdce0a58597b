"""How are declarations spelled that a program made: whole files, and one more in a file that somebody wrote?

Everything is spelled so that no reader of YAML takes it for something else: what is not plainly text is quoted. A
declaration is added as text where its kind's last one ends, so that nothing else in the file changes; only a kind that
is written in braces is spelled anew, by ruamel.yaml, which keeps comments.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.errors import UsageError

STEP = "  "

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.@/+()' -]*[A-Za-z0-9_.@/+()'-])?")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})


@dataclass(frozen=True)
class Entry:
    """One declaration: its key, its fields (nested), and comments above them, a line each."""

    key: str
    fields: Mapping[str, Any]
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A manifest's text, and the line (from 1) at which each declaration begins."""

    text: str
    lines: Mapping[str, int]


def manifest(kind: str, entries: Iterable[Entry], about: Iterable[str] = ()) -> Written:
    """A file of one kind, the declarations in the order given, with comments above all."""
    lines = [*(f"# {_one_line(comment)}" for comment in about), f"{kind}:"]
    starts: dict[str, int] = {}
    for entry in entries:
        starts[entry.key] = len(lines) + 1
        lines += _declaration(entry, STEP)
    return Written("".join(f"{line}\n" for line in lines), starts)


def section(name: str, value: Any) -> str:
    """A top-level key with its value."""
    return "".join(f"{line}\n" for line in _member(name, value, ""))


def _declaration(entry: Entry, indent: str) -> list[str]:
    inner = indent + STEP
    comments = [f"{inner}# {_one_line(comment)}" for comment in entry.comments]
    members = [line for name, value in entry.fields.items() for line in _member(name, value, inner)]
    if not members:
        return [f"{indent}{scalar(entry.key)}: {{}}", *comments]
    return [f"{indent}{scalar(entry.key)}:", *comments, *members]


def _member(name: str, value: Any, indent: str) -> list[str]:
    """``name: value``; a map of more than references goes on below."""
    if isinstance(value, Mapping) and value and not _is_reference(value):
        inner = [line for key, item in value.items() for line in _member(key, item, indent + STEP)]
        return [f"{indent}{_name(name)}:", *inner]
    return [f"{indent}{_name(name)}: {flow(value)}"]


def _name(name: str) -> str:
    """A field's name; ``on`` stands without quotes in every manifest."""
    return name if name == "on" else scalar(name)


def _is_reference(value: Mapping[str, Any]) -> bool:
    return bool(value.keys() & {"from_env", "from_file", "from_command"}) or value.keys() == {"id"}


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(name))}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A leaf; text in quotes unless nobody could take it for anything else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
            return value if plain else '"' + "".join(map(_spelt, value)) + '"'
    raise AssertionError(f"no scalar: {type(value).__name__}")


def _spelt(character: str) -> str:
    """One character between double quotes."""
    if character in '"\\':
        return f"\\{character}"
    if character == "\n":
        return "\\n"
    if character == " " or character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _one_line(comment: str) -> str:
    return "".join(character if character.isprintable() else " " for character in comment)


# --- adding to a file ---------------------------------------------------------------------------------------------


def added(text: str, kind: str, entry: Entry, file: str) -> str:
    """A manifest's text with one declaration more, behind the last one of its kind.

    Nothing else changes but where the kind is written in braces. Raises UsageError for a file that is no map.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    root = _composed(text, file)
    if root is None:
        return text + _lines([f"{kind}:", *_declaration(entry, STEP)], end, after=text)
    held = next((pair for pair in root.value if pair[0].value == kind), None)
    if held is not None and _is_map(held[1]) and held[1].value and not held[1].flow_style:
        first = held[1].value[0][0].start_mark
        return _inserted(text, _last_line(held[1]), _declaration(entry, " " * first.column), end)
    if held is not None and held[1].id == "scalar" and held[1].value == "" and not root.flow_style:
        return _inserted(text, held[0].start_mark.line, _declaration(entry, STEP), end)
    if held is None and not root.flow_style:
        return _inserted(text, _last_line(root), ["", f"{kind}:", *_declaration(entry, STEP)], end)
    return _spelled_anew(text, kind, entry, file)


def _composed(text: str, file: str) -> Any:
    """The document's top node, which is a map; None where there is none."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML().compose(io.StringIO(text.replace("\r\n", "\n")))
    except YAMLError as error:
        raise UsageError(f"`{file}` cannot be read as YAML", hint="`provisioner validate` says where") from error
    if root is not None and not _is_map(root):
        raise UsageError(f"`{file}` holds no map, so nothing can be declared in it")
    return root


def _is_map(node: Any) -> bool:
    return bool(node.id == "mapping")


def _last_line(node: Any) -> int:
    """The line (from 0) on which the last leaf of a node ends."""
    if node.value and isinstance(node.value, list) and not node.flow_style:
        last = node.value[-1]
        if not isinstance(last, tuple):
            return _last_line(last)
        return max(int(last[0].end_mark.line), _last_line(last[1]))
    ends_at_margin = node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
    line: int = node.end_mark.line
    return line - 1 if ends_at_margin else line


def _inserted(text: str, after: int, lines: list[str], end: str) -> str:
    """The text with lines behind line ``after`` (from 0), not counting empty ones at that place."""
    before = text.splitlines(keepends=True)
    place = min(after + 1, len(before))
    while place and not before[place - 1].strip():
        place -= 1
    head = "".join(before[:place])
    return head + _lines(lines, end, after=head) + "".join(before[place:])


def _lines(lines: list[str], end: str, *, after: str) -> str:
    start = "" if not after or after.endswith("\n") else end
    return start + "".join(f"{line}{end}" for line in lines)


def _spelled_anew(text: str, kind: str, entry: Entry, file: str) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    document = yaml.load(text)
    held = document.get(kind)
    if held is not None and not isinstance(held, dict):
        raise UsageError(f"`{kind}` in `{file}` is no map, so nothing can be declared in it")
    if held is None:
        document[kind] = held = {}
    held[entry.key] = yaml.load("".join(f"{line}\n" for line in _declaration(entry, "")))[entry.key]
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()
