"""How DeepCall writes what we call fields: the forms of values, and the two ways through a list of attributes.

All of it is pure, and nothing here knows of requests. Names and forms: specs/deepcall.yaml, components/schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from provisioner.values import Value
from provisioner.vendors.deepcall.answers import Unreadable, as_id, texts_in

Decode: TypeAlias = Callable[[Any], Value]
"""DeepCall's value in our form; raises Unreadable for any other than is known."""

Encode: TypeAlias = Callable[[Any], Any]
"""Our value (a secret as it is, a reference as an id) as DeepCall wants it."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to spell a value."""

    decode: Decode
    encode: Encode = lambda value: value


@dataclass(frozen=True, slots=True)
class Attribute:
    """One field: our path, DeepCall's name, the form of its value; ``also`` is its name in the other shape."""

    path: str
    name: str
    form: Form
    also: str = ""


def from_wire(attributes: Iterable[Attribute], record: Mapping[str, Any]) -> tuple[dict[str, Value], frozenset[str]]:
    """What a record says of every attribute, and the paths of which it says nothing that is known (D-21)."""
    values: dict[str, Value] = {}
    unseen: set[str] = set()
    for item in attributes:
        try:
            values[item.path] = item.form.decode(_at(record, item))
        except Unreadable:
            unseen.add(item.path)
    return values, frozenset(unseen)


def _at(record: Mapping[str, Any], attribute: Attribute) -> Any:
    for name in (attribute.name, attribute.also):
        if name in record:
            return record[name]
    raise Unreadable(f"it has no `{attribute.name}`")


def to_wire(attributes: Iterable[Attribute], values: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a body for the attributes of which ``values`` say anything."""
    return {item.name: item.form.encode(values[item.path]) for item in attributes if item.path in values}


# --- Forms --------------------------------------------------------------------------------------------------------


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unreadable("it is no text")
    return raw.strip()


def _lower(raw: Any) -> Value:
    found = _text(raw).lower()
    if not found:
        raise Unreadable("it is empty")
    return found


def _digits(raw: Any) -> Value:
    """A number with leading significance, which some answers may hold as a number."""
    return str(raw) if type(raw) is int else _text(raw)


def _numbers(raw: Any) -> Value:
    """A set of numbers; an empty one is spelt as empty text (§5.9)."""
    return [*sorted({item.strip() for item in texts_in([] if raw == "" else raw)})]


def choice(**codes: int) -> Form:
    """Words that DeepCall writes as numbers."""
    words = {code: word for word, code in codes.items()}

    def decode(raw: Any) -> Value:
        code = int(raw) if isinstance(raw, str) and raw in ("0", "1") else raw
        if type(code) is not int or code not in words:
            raise Unreadable("it is no known code")
        return words[code]

    return Form(decode, lambda word: codes[word])


def switch(raw: Any) -> Value:
    """0 or 1."""
    return STATUS.decode(raw) == "active"


def _referred(raw: Any) -> Value:
    found = as_id(raw)
    if found is None:
        raise Unreadable("it is no id")
    return {"id": found}


STATUS = choice(active=1, inactive=0)
TEXT = Form(_text)
OPTIONAL_TEXT = Form(lambda raw: _text(raw) or None, lambda value: "" if value is None else value)
LOWER_TEXT = Form(_lower)
DIGITS = Form(_digits)
NUMBERS = Form(_numbers, list)
SWITCH = Form(switch, int)
REFERENCE = Form(_referred)
