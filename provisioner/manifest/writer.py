"""How are declarations spelled that a program made: whole files, and one more in a file that somebody wrote?

Everything is spelled so that no reader of YAML takes it for something else: what is not plainly text is quoted. A
declaration is added as text where its kind's last one ends, so that nothing else in the file changes; only a kind that
is written in braces is spelled anew, by ruamel.yaml, which keeps comments.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.errors import UsageError
from provisioner.manifest.source import Source

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
    return all_added(text, kind, (entry,), file)


def all_added(text: str, kind: str, entries: Sequence[Entry], file: str) -> str:
    """The same with several declarations, in the order given."""
    end = "\r\n" if "\r\n" in text else "\n"
    root = _composed(text, file)
    if root is None:
        return text + _lines([f"{kind}:", *_declarations(entries, STEP)], end, after=text)
    held = _held(root, kind)
    if held is not None and _is_map(held[1]) and held[1].value and not held[1].flow_style:
        first = held[1].value[0][0].start_mark
        return _inserted(text, _last_line(held[1]), _declarations(entries, " " * first.column), end)
    if held is not None and held[1].id == "scalar" and held[1].value == "" and not root.flow_style:
        return _inserted(text, held[0].start_mark.line, _declarations(entries, STEP), end)
    if held is None and not root.flow_style:
        return _inserted(text, _last_line(root), ["", f"{kind}:", *_declarations(entries, STEP)], end)
    return _spelled_anew(text, kind, entries, file)


def _declarations(entries: Iterable[Entry], indent: str) -> list[str]:
    return [line for entry in entries for line in _declaration(entry, indent)]


def _held(root: Any, kind: str) -> Any:
    """The top node's pair for a kind, None where there is none."""
    return next((pair for pair in root.value if pair[0].value == kind), None)


def changed(text: str, kind: str, edits: Mapping[str, Mapping[tuple[str, ...], Any]], file: str) -> str:
    """A manifest's text with values set in declarations that it holds: key → path below the declaration → value.

    What is not named stays, comments too. A declaration is spelled anew by itself, and the rest of the file not at
    all, unless the kind is written in braces. Raises UsageError for a declaration that does not stand by itself.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    root = _composed(text, file)
    held = _held(root, kind) if root is not None else None
    if held is None or not _is_map(held[1]):
        raise UsageError(f"`{file}` declares no {kind} that could be changed")
    if held[1].flow_style or root.flow_style:
        return _edited(text, (kind,), edits, file)
    lines = text.splitlines(keepends=True)
    for key, value in reversed(held[1].value):
        if key.value in edits:
            first, last = key.start_mark.line, max(key.end_mark.line, _last_line(value))
            indent = " " * key.start_mark.column
            own = "".join(line.removeprefix(indent) for line in lines[first : last + 1]).replace("\r\n", "\n")
            edited = _edited(own, (), {key.value: edits[key.value]}, file)
            lines[first : last + 1] = [
                f"{indent}{line}{end}" if line else end for line in edited.rstrip("\n").split("\n")
            ]
    return "".join(lines)


def _edited(text: str, above: tuple[str, ...], edits: Mapping[str, Mapping[tuple[str, ...], Any]], file: str) -> str:
    """The text with the values set, by ruamel.yaml; ``above`` leads to the map that holds the declarations."""
    from ruamel.yaml.error import YAMLError

    yaml = _round_trip()
    try:
        document = yaml.load(text)
    except YAMLError as error:
        raise UsageError(
            f"`{', '.join(edits)}` in `{file}` cannot be changed by itself",
            hint="an anchor elsewhere in the file is the likely cause: change it by hand",
        ) from error
    for key, values in edits.items():
        for path, value in values.items():
            _set(document, (*above, key, *path), _round_trip().load(f"x: {flow(value)}")["x"])
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _set(document: Any, path: tuple[str, ...], value: Any) -> None:
    """Puts a value at a path; a list or a text on the way (``on: [pbx]``) becomes a map of the same names."""
    holder = document
    for name in path[:-1]:
        inner = holder.get(name)
        if not isinstance(inner, dict):
            names = [inner] if isinstance(inner, str) else list(inner or ())
            holder[name] = inner = dict.fromkeys(names)
        holder = holder[name]
    holder[path[-1]] = value


def _round_trip() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    return yaml


def _null(representer: Any, _: None) -> Any:
    """Null as ``fmt`` spells it; ruamel.yaml would leave the place empty."""
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _composed(text: str, file: str) -> Any:
    """The document's top node, which is a map; None where there is none."""
    from ruamel.yaml.error import YAMLError

    try:
        root = Source(file, text.replace("\r\n", "\n")).root
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


def _spelled_anew(text: str, kind: str, entries: Sequence[Entry], file: str) -> str:
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
    for entry in entries:
        held[entry.key] = yaml.load("".join(f"{line}\n" for line in _declaration(entry, "")))[entry.key]
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()
