"""Which settings may a person change, and to what? A dataclass whose annotations say it.

Understood are plain JSON types, ``Literal`` for a choice, unions, ``list`` and ``dict`` of them, and
``Annotated[int, range(…)]`` for an integer within bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from provisioner.simulators.base import Refused

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def check(settings: DataclassInstance, changes: Mapping[str, Any]) -> None:
    """Raise Refused for an unknown name or a value that its annotation does not allow."""
    hints = get_type_hints(type(settings), include_extras=True)
    known = {each.name: hints[each.name] for each in fields(settings)}
    for name, value in changes.items():
        if name not in known:
            raise Refused(f"unknown setting `{name}`; there is: {', '.join(sorted(known))}")
        if not _fits(known[name], value):
            raise Refused(f"setting `{name}` is {_spelt(known[name])}")


def assign(settings: DataclassInstance, changes: Mapping[str, Any]) -> None:
    """Set the named ones. Raises Refused, and then sets none."""
    check(settings, changes)
    for name, value in changes.items():
        setattr(settings, name, value)


def give(settings: DataclassInstance, vendor: str, defaults: Mapping[str, str], credentials: Mapping[str, str]) -> None:
    """Set the credentials, those left out to their defaults. Raises Refused for one that the vendor does not know."""
    for name in credentials.keys() - defaults.keys():
        raise Refused(f"{vendor} has no credential `{name}`; it has: {', '.join(defaults)}")
    assign(settings, {**defaults, **credentials})


def _fits(annotation: Any, value: Any) -> bool:
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Literal:
            return any(type(value) is type(each) and value == each for each in arguments)
        case origin if origin is Annotated:
            return _fits(arguments[0], value) and value in arguments[1]
        case origin if origin in (Union, UnionType):
            return any(_fits(each, value) for each in arguments)
        case origin if origin is list:
            return isinstance(value, list) and all(_fits(arguments[0], each) for each in value)
        case origin if origin is dict:
            return isinstance(value, dict) and all(_fits(arguments[1], each) for each in value.values())
    return annotation is Any or type(value) is annotation


_JSON = {bool: "a boolean", int: "an integer", str: "a string", NoneType: "null", Any: "anything"}


def _spelt(annotation: Any) -> str:
    """The annotation in words: `a list of a string`, `an integer from 1 to 100`."""
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Literal:
            return f"one of: {', '.join(map(str, arguments))}"
        case origin if origin is Annotated:
            return f"{_spelt(arguments[0])} from {arguments[1].start} to {arguments[1].stop - 1}"
        case origin if origin in (Union, UnionType):
            return " or ".join(map(_spelt, arguments))
        case origin if origin is list:
            return f"a JSON array, each {_spelt(arguments[0])}"
        case origin if origin is dict:
            return f"a JSON object, each value {_spelt(arguments[1])}"
    return _JSON[annotation]
