"""What does one attribute of an EQ entity demand, and how is a whole ``data`` object held against its table?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from provisioner.simulators.eq.checks import Broken, Check, flag


class Need(Enum):
    """When an attribute must be there."""

    ALWAYS = auto()
    ON_CREATE = auto()
    """Left out of an update it stays as it is: user passwords (A14)."""
    NEVER = auto()
    INAPPLICABLE = auto()
    """Ignored when sent and stored as null: alert attributes of another type (A22)."""


class Empty(Enum):
    """What an optional attribute makes of ``null`` and ``""`` (§3, A38)."""

    REFUSED = auto()
    NULL = auto()
    NULL_OR_BLANK = auto()


@dataclass(frozen=True, slots=True)
class Unique:
    """No two live entities of the kind share the value, within the same value of another attribute if named."""

    within: str | None = None
    holds_when_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row of §4's tables. ``default`` is what EQ stores for one that is left out (A15)."""

    name: str
    check: Check
    need: Need = Need.NEVER
    empty: Empty = Empty.REFUSED
    default: Any = None
    unique: Unique | None = None
    refers_to: str | None = None
    immutable: bool = False
    secret: bool = False
    members: tuple[Attribute, ...] = ()
    free_members: bool = False
    """Whether members beside the documented ones are kept, as strings (A35)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of an error answer; ``parameter`` is dotted for nested attributes."""

    parameter: str | None
    type: str


def required(name: str, check: Check, **more: Any) -> Attribute:
    """An attribute that neither create nor update may leave out."""
    return Attribute(name, check, need=Need.ALWAYS, **more)


def optional(name: str, check: Check, default: Any, **more: Any) -> Attribute:
    """An attribute with a default that null and blank do not stand for."""
    return Attribute(name, check, default=default, **more)


def off(name: str) -> Attribute:
    """A switch that is off when it is left out."""
    return Attribute(name, flag, default=False)


def clearable(name: str, check: Check, **more: Any) -> Attribute:
    """Text that may be blank, which is the same as null."""
    return Attribute(name, check, empty=Empty.NULL_OR_BLANK, **more)


def nullable(name: str, check: Check, **more: Any) -> Attribute:
    """A value or null; blank is refused (A38)."""
    return Attribute(name, check, empty=Empty.NULL, **more)


def read(
    attributes: tuple[Attribute, ...],
    data: Mapping[str, Any],
    needs: Mapping[str, Need],
    before: Mapping[str, Any] | None,
    prefix: str = "",
) -> tuple[dict[str, Any], list[Problem]]:
    """What would be stored for ``data``, and everything wrong with it in table order.

    ``needs`` overrides the table's own; ``before`` is what an update replaces, None for a create. A value that is
    wrong is missing from the first result.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for attribute in attributes:
        need = needs.get(attribute.name, attribute.need)
        try:
            if attribute.members:
                values[attribute.name] = _read_members(attribute, data, prefix, problems)
            elif before is not None and attribute.immutable:
                values[attribute.name] = _kept(need, before[attribute.name])
            else:
                values[attribute.name] = _read_one(attribute, need, data, before)
        except Broken as broken:
            problems.append(Problem(prefix + attribute.name, broken.complaint))
    return values, problems


def is_blank(value: Any) -> bool:
    """Null, or nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def default_of(attribute: Attribute) -> Any:
    """What is stored for an attribute that is left out; a group that cannot be null has its members' defaults."""
    if attribute.members and attribute.empty is Empty.REFUSED:
        return {member.name: default_of(member) for member in attribute.members}
    return attribute.default


def _read_one(attribute: Attribute, need: Need, data: Mapping[str, Any], before: Mapping[str, Any] | None) -> Any:
    if need is Need.INAPPLICABLE:
        return None
    value = data.get(attribute.name)
    if not is_blank(value):
        return attribute.check(value)
    if need is Need.ON_CREATE and before is not None:
        return before[attribute.name]
    if need is not Need.NEVER:
        raise Broken("blank")
    if attribute.name not in data:
        return default_of(attribute)
    _must_be_emptiable(attribute, value)
    return None


def _kept(need: Need, value: Any) -> Any:
    """An update cannot set this one, but may make it necessary (A41)."""
    if need is Need.ALWAYS and is_blank(value):
        raise Broken("blank")
    return value


def _must_be_emptiable(attribute: Attribute, value: Any) -> None:
    """Null or blank was sent for an optional attribute: where its table allows that, it becomes null."""
    if attribute.empty is Empty.REFUSED or (attribute.empty is Empty.NULL and value is not None):
        raise Broken("invalid")


def _read_members(
    group: Attribute, data: Mapping[str, Any], prefix: str, problems: list[Problem]
) -> dict[str, Any] | None:
    if group.name not in data:
        return default_of(group)  # type: ignore[no-any-return]  # a group's default is a mapping or null
    value = data[group.name]
    if value is None:
        _must_be_emptiable(group, value)
        return None
    if not isinstance(value, dict):
        raise Broken("invalid")
    inner = f"{prefix}{group.name}."
    values, wrong = read(group.members, value, {}, None, inner)
    problems.extend(wrong)
    if group.free_members:
        known = {member.name for member in group.members}
        extra = {name: option for name, option in value.items() if name not in known}
        problems.extend(Problem(inner + name, "invalid") for name, option in extra.items() if not _sound(name, option))
        values.update(extra)
    return values


def _sound(name: str, option: Any) -> bool:
    return isinstance(option, str) and (name + option).isprintable()
