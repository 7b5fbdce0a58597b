"""What a field means at the vendors that have it, side by side: what to write, what is special about it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import did_you_mean, nearest
from provisioner.errors import UsageError
from provisioner.plan.model_schema import model_properties
from provisioner.plan.remarks import remarks
from provisioner.report.fields import plain
from provisioner.vendors.base import Offer, Vendor
from provisioner.vendors.fields import FieldSpec

WIDTH = 80
"""Columns that every terminal has."""

_LABEL = 12


@dataclass(frozen=True, slots=True)
class Meaning:
    """One field of one kind at one vendor."""

    vendor: Vendor
    kind: str
    spec: FieldSpec


def meanings(asked: str, vendors: Iterable[Vendor]) -> list[Meaning]:
    """Every field that ``asked`` names: ``agents.number``, ``number`` (of any kind), or ``agents`` (all of its fields).

    Raises UsageError with a guess where there is none.
    """
    every = [
        Meaning(vendor, kind, spec)
        for vendor in vendors
        for kind, offer in vendor.kinds.items()
        for spec in offer.specs.values()
    ]
    found = [item for item in every if _names(asked, item)]
    if not found:
        raise UsageError(f"no vendor has a field `{asked}`", hint=_hint(asked, every))
    return found


def _hint(asked: str, every: Iterable[Meaning]) -> str:
    """What may have been meant; of a kind that there is, all that it has where nothing is close."""
    kind, dot, field = asked.partition(".")
    paths = {item.spec.path: None for item in every if item.kind == kind}
    if dot and paths:
        close = nearest(field, paths)
        return f"did you mean `{kind}.{close}`?" if close else f"{kind} have {', '.join(f'`{path}`' for path in paths)}"
    words = {word for item in every for word in (item.kind, item.spec.path, f"{item.kind}.{item.spec.path}")}
    return did_you_mean(asked, sorted(words)) or "write a field (`wrap_up_time`), or KIND.FIELD (`agents.number`)"


def _names(asked: str, item: Meaning) -> bool:
    path, whole = item.spec.path, f"{item.kind}.{item.spec.path}"
    return asked in (item.kind, whole, path) or path.endswith(f".{asked}")


def explained(found: Iterable[Meaning]) -> str:
    """Each field once, by kind, with what all of its vendors say alike, and what only some of them say."""
    fields: dict[str, list[Meaning]] = {}
    for item in found:
        fields.setdefault(f"{item.kind}.{item.spec.path}", []).append(item)
    return "\n\n".join("\n".join(_lines(name, items)) for name, items in fields.items()) + "\n"


def _lines(name: str, items: Sequence[Meaning]) -> Iterator[str]:
    vendors = [item.vendor for item in items]
    title = f" ({plain(vendors[0].title)})" if len(vendors) == 1 else ""
    yield f"{name}  at {', '.join(vendor.name for vendor in vendors)}{title}"
    before = ""
    for (label, words), sayers in _told(items):
        some = f" ({', '.join(sayers)})" if len(sayers) < len(vendors) else ""
        yield from _wrapped(label, words + some, again=label == before)
        before = label


def _told(items: Iterable[Meaning]) -> list[tuple[tuple[str, str], list[str]]]:
    """Each fact with the vendors that it holds at, those of one label together, what most of them say first."""
    told: dict[tuple[str, str], list[str]] = {}
    for item in items:
        for fact in _facts(item):
            told.setdefault(fact, []).append(item.vendor.name)
    labels = ("", "type", "write", "the secret", "special")
    return sorted(told.items(), key=lambda fact: (labels.index(fact[0][0]), -len(fact[1])))


def _facts(item: Meaning) -> Iterator[tuple[str, str]]:
    """What there is to say of a field at one vendor, each with its label."""
    spec = item.spec
    if spec.description:
        yield "", spec.description
    yield "type", _type(item.vendor.kinds[item.kind], spec)
    if spec.expected:
        yield "write", spec.expected
    if spec.like is not None and spec.like.words not in spec.expected:
        yield "the secret", spec.like.words
    for words in remarks(spec):
        yield "special", words


def _wrapped(label: str, text: str, *, again: bool) -> list[str]:
    """A fact below its label, which is written once; the description has none."""
    start = f"  {'' if again else label:<{_LABEL}}" if label else "  "
    return textwrap.wrap(
        plain(text), WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False
    )


# --- Types in words -----------------------------------------------------------------------------------------------

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a map",
    "array": "a list",
    "null": "null",
}


def _type(offer: Offer, spec: FieldSpec) -> str:
    properties: Mapping[str, Any] = model_properties(offer.fields, offer.specs)
    first, *below = spec.path.replace("[]", "").split(".")
    form: Mapping[str, Any] = properties[first]
    for name in below:
        form = next(_named(name, form))
    return _in_words(form)


def _named(name: str, form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The field of that name in a map, which may be null or the item of a list."""
    if name in form.get("properties", {}):
        yield form["properties"][name]
    for inner in (*form.get("anyOf", ()), *([form["items"]] if isinstance(form.get("items"), dict) else [])):
        yield from _named(name, inner)


def _in_words(form: Mapping[str, Any]) -> str:
    if "anyOf" in form:
        return ", or ".join(_in_words(option) for option in form["anyOf"])
    if "$ref" in form:
        return _reference(form["$ref"].rpartition("/")[2])
    if "enum" in form or "const" in form:
        return "one of " + ", ".join(map(str, form.get("enum", [form.get("const")])))
    if form.get("type") == "array" and isinstance(form.get("items"), dict):
        return f"a list, each item {_in_words(form['items'])}"
    if form.get("type") == "object" and form.get("properties", {}).keys() == {"add"}:
        return "{add: […]} of the same"
    if form.get("type") == "object" and form.get("properties"):
        return "a map of " + ", ".join(form["properties"])
    return _TYPES.get(str(form.get("type")), "any value")


def _reference(name: str) -> str:
    match name:
        case "secret":
            return "a reference to a secret"
        case "by_id":
            return "{id: …} of an entity that no manifest declares"
        case _:
            return f"the key of one of {name.removeprefix('key_')}"
