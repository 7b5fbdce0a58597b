"""How Bird writes what we call fields: attributes, the forms of their values, and the two ways through them.

Each kind lists its ``Attribute`` values; ``to_wire`` and ``from_wire`` walk such a list. All of it is pure, and nothing
here knows of requests. Names and forms: specs/bird.yaml, components/schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from typing import Any, TypeAlias

from provisioner.values import Attributes, Value, flatten, nest
from provisioner.vendors.answers import dig
from provisioner.vendors.base import Offer


class Unreadable(ValueError):
    """Bird's answer holds something that cannot be taken for the attribute that it should be."""


class No(Enum):
    """What an attribute has instead of a value."""

    BLANK = auto()
    """Neither null nor blank nor absence has a meaning: an answer with that is unreadable."""
    UNSEEN = auto()
    """They say nothing: what the entity has there is unknown."""


class Sent(Flag):
    """Which requests may carry an attribute."""

    CREATE = auto()
    UPDATE = auto()
    ALWAYS = CREATE | UPDATE


Encode: TypeAlias = Callable[[Any, Any], Any]
"""Our value (never null; a map as a map) and what Bird holds now (None where it holds nothing) as Bird wants it."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to spell a value: ``encode`` for a request, ``decode`` for what an answer holds (never blank).

    ``carries``: Bird takes the value whole, and a declaration may say a part of it only, so what is there goes along.
    """

    encode: Encode
    decode: Callable[[Any], Value]
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: our path at the top, Bird's name in requests, the form of its value.

    ``shown`` is its dotted name in answers where that is another. ``blank`` is what null, ``""`` or absence in an
    answer means; ``cleared`` what a request says for null, since Bird takes no null.
    """

    path: str
    name: str
    form: Form
    sent: Sent = Sent.ALWAYS
    shown: str = ""
    blank: Any = No.BLANK
    cleared: Any = ""


# --- Forms --------------------------------------------------------------------------------------------------------


def plain(decode: Callable[[Any], Value]) -> Form:
    """A value that travels as it is."""
    return Form(lambda value, _: value, decode)


def _text(raw: Any) -> Value:
    if isinstance(raw, str):
        return raw
    raise ValueError("is not text")


def _integer(raw: Any) -> Value:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise ValueError("is not an integer")


def _boolean(raw: Any) -> Value:
    if isinstance(raw, bool):
        return raw
    raise ValueError("is neither true nor false")


def id_of(raw: Any) -> str:
    """The id that a string is, or that an object has; raises ValueError for anything else."""
    found = raw.get("id") if isinstance(raw, Mapping) else raw
    if isinstance(found, str) and found:
        return found
    raise ValueError("names something without an id")


def items(raw: Any) -> list[Any]:
    """A list; raises ValueError for anything else."""
    if isinstance(raw, list):
        return raw
    raise ValueError("is not a list")


def references(raw: Any) -> Value:
    """A list of ids, or of objects that have one, as references in a fixed order."""
    return [{"id": one} for one in sorted({id_of(item) for item in items(raw)})]


TEXT = plain(_text)
INTEGER = plain(_integer)
BOOLEAN = plain(_boolean)
REFERENCES = Form(lambda ids, _: list(ids), references)


def part_of(names: Mapping[str, tuple[str, Form]]) -> Form:
    """A map of our names, each with Bird's name and form; what nobody declares of it is carried on."""

    def encode(values: Mapping[str, Any], there: Any) -> dict[str, Any]:
        whole = dict(there) if isinstance(there, Mapping) else {}
        return whole | {names[name][0]: names[name][1].encode(value, None) for name, value in values.items()}

    def decode(raw: Any) -> Value:
        if not isinstance(raw, Mapping):
            raise ValueError("is not an object")
        found = {
            name: form.decode(raw[theirs]) for name, (theirs, form) in names.items() if not is_blank(raw.get(theirs))
        }
        return found or None

    return Form(encode, decode, carries=True)


# --- The two ways -------------------------------------------------------------------------------------------------


def to_wire(attributes: Iterable[Attribute], values: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """A body with the attributes of which ``values`` (flat) say anything; ``there`` is Bird's object as it is now."""
    nested: Mapping[str, Any] = nest(values)
    return {
        item.name: item.cleared
        if nested[item.path] is None
        else item.form.encode(nested[item.path], _there(item, there))
        for item in attributes
        if item.path in nested
    }


def _there(attribute: Attribute, there: Mapping[str, Any]) -> Any:
    return dig(there, attribute.shown or attribute.name)


def from_wire(attributes: Iterable[Attribute], answer: Mapping[str, Any]) -> dict[str, Value]:
    """What an answer says of every attribute, flat and in our words; what is no attribute is passed over.

    Raises Unreadable for what is missing or makes no sense.
    """
    found: dict[str, Value] = {}
    for item in attributes:
        if not _is_unseen(item, answer):
            found |= flatten({item.path: _value(item, _there(item, answer))})
    return found


def unseen_in(attributes: Iterable[Attribute], answer: Mapping[str, Any]) -> frozenset[str]:
    """The attributes of which an answer says nothing."""
    return frozenset(item.path for item in attributes if _is_unseen(item, answer))


def _is_unseen(attribute: Attribute, answer: Mapping[str, Any]) -> bool:
    return attribute.blank is No.UNSEEN and is_blank(_there(attribute, answer))


def _value(attribute: Attribute, raw: Any) -> Value:
    name = attribute.shown or attribute.name
    if is_blank(raw):
        if attribute.blank is No.BLANK:
            raise Unreadable(f"`{name}` is missing")
        blank: Value = attribute.blank
        return blank
    try:
        return attribute.form.decode(raw)
    except ValueError as error:
        raise Unreadable(f"`{name}` {error}") from error


def is_blank(raw: Any) -> bool:
    """True for null, for absence (which ``dig`` gives as None) and for empty text: Bird means the same by them."""
    return raw is None or raw == ""


# --- Kinds --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One kind at Bird: what it offers, how it is written, and where it is found.

    ``path`` is its collection below the workspace, ``constants`` what every create says, ``taken`` the field that a 409
    to a create is about. ``managed`` tells an object that this tool may look at closely from one that it leaves alone.
    """

    name: str
    path: str
    offer: Offer
    attributes: tuple[Attribute, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)
    taken: str | None = None
    managed: Callable[[Mapping[str, Any]], bool] = lambda _: True

    def sent_by(self, request: Sent, values: Attributes) -> tuple[Attribute, ...]:
        """The attributes that the request carries for these values."""
        return tuple(item for item in self.attributes if request in item.sent and _is_said(item, values))


def _is_said(attribute: Attribute, values: Attributes) -> bool:
    return any(path == attribute.path or path.startswith(f"{attribute.path}.") for path in values)


def said_of(attributes: Iterable[Attribute], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that belong to the attributes."""
    paths = {item.path for item in attributes}
    return {path: value for path, value in values.items() if path.partition(".")[0] in paths}
