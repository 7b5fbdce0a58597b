"""What a field means at each vendor that has it: what to write, what it stands for, what is special about it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import did_you_mean, nearest
from provisioner.errors import UsageError
from provisioner.plan.model_schema import model_properties
from provisioner.plan.remarks import remarks
from provisioner.report.fields import plain
from provisioner.vendors.base import Offer, Vendor
from provisioner.vendors.fields import FieldSpec

WIDTH = 100
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
    """The meanings, each under its name, vendor by vendor."""
    return "\n\n".join("\n".join(_lines(item)) for item in found) + "\n"


def _lines(item: Meaning) -> Iterator[str]:
    offer, spec = item.vendor.kinds[item.kind], item.spec
    yield f"{item.kind}.{spec.path}  at {item.vendor.name} ({plain(item.vendor.title)})"
    if spec.description:
        yield from _wrapped("", spec.description)
    yield from _wrapped("type", _type(offer, spec))
    if spec.expected:
        yield from _wrapped("write", spec.expected)
    if spec.like is not None and spec.like.words not in spec.expected:
        yield from _wrapped("the secret", spec.like.words)
    for number, words in enumerate(remarks(spec)):
        yield from _wrapped("special" if not number else " ", words)


def _wrapped(label: str, text: str) -> list[str]:
    start = f"  {label.ljust(_LABEL)}" if label else "  "
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
    *above, name = spec.path.split(".")
    for part in above:
        properties = _fields_of(properties[part])
    return _in_words(properties[name])


def _fields_of(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a map that may be null."""
    options = (form, *form.get("anyOf", ()))
    found: Mapping[str, Any] = next(option["properties"] for option in options if "properties" in option)
    return found


def _in_words(form: Mapping[str, Any]) -> str:
    if "anyOf" in form:
        return ", or ".join(_in_words(option) for option in form["anyOf"])
    if "$ref" in form:
        return _reference(form["$ref"].rpartition("/")[2])
    if "enum" in form or "const" in form:
        return "one of " + ", ".join(map(str, form.get("enum", [form.get("const")])))
    if form.get("type") == "array" and isinstance(form.get("items"), dict):
        return f"a list, each item {_in_words(form['items'])}"
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
