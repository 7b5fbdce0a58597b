"""Which entities does the content of a request, or of an entity, refer to? §5.10."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reference:
    """An id at a dotted path; ``value`` is the id of one of a skill's values."""

    path: str
    kind: str
    key: str
    value: str | None = None


_ONE = {"userId": "user", "defaultSenderId": "sender_profile"}
_MANY = {"teamIds": "team", "agents": "agent", "assignedTeamIds": "team"}


def references(data: Mapping[str, Any]) -> Iterator[Reference]:
    """Every one of them; ``data`` keeps to its kind's table."""
    for name, value in data.items():
        if name in _ONE:
            yield Reference(name, _ONE[name], value)
        elif name in _MANY:
            yield from (Reference(f"{name}.{place}", _MANY[name], key) for place, key in enumerate(value))
        elif name in _OF_OBJECTS:
            yield from _OF_OBJECTS[name](value)


def _members(members: list[Mapping[str, Any]]) -> Iterator[Reference]:
    """A team's members are users, not agents (A-10)."""
    for place, member in enumerate(members):
        yield Reference(f"members.{place}.id", "user", member["id"])


def _teams(groups: list[Mapping[str, Any]]) -> Iterator[Reference]:
    for place, each in enumerate(groups):
        for number, key in enumerate(each["ids"]):
            yield Reference(f"teams.{place}.ids.{number}", "team", key)


def _skills(skills: list[Mapping[str, Any]]) -> Iterator[Reference]:
    for place, skill in enumerate(skills):
        path = f"assignedSkills.{place}"
        yield Reference(f"{path}.id", "skill", skill["id"])
        for number, value in enumerate(skill.get("selectedValues", ())):
            yield Reference(f"{path}.selectedValues.{number}.id", "skill", skill["id"], value["id"])


_OF_OBJECTS = {"members": _members, "teams": _teams, "assignedSkills": _skills}
