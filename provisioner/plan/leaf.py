"""One leaf field before and after, in a plan or in what drifted, and how JSON spells it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, TypeAlias

from provisioner.plan import reading
from provisioner.values import Value


class Absent(Enum):
    """Says that a field has no value at all, which differs from null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
Maybe: TypeAlias = "Value | Absent"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One leaf field that changes, or that a person must change (``manual``).

    ``run_time``: it changes by itself, so that what is asked for need not stay.
    """

    path: str
    before: Maybe = ABSENT
    after: Maybe = ABSENT
    secret: bool = False
    manual: bool = False
    forces_replace: bool = False
    default_from: str | None = None
    run_time: bool = False


def sides_json(item: FieldChange) -> dict[str, Any]:
    """The path with both sides; a side without a value has no key."""
    shown: dict[str, Any] = {"path": item.path}
    if item.before is not ABSENT:
        shown["before"] = item.before
    if item.after is not ABSENT:
        shown["after"] = item.after
    return shown


def field_json(item: FieldChange) -> dict[str, Any]:
    """All of it, as a change in a plan shows it."""
    shown = sides_json(item) | {
        "secret": item.secret,
        "manual": item.manual,
        "forces_replace": item.forces_replace,
        "default_from": item.default_from,
    }
    return shown | {"run_time": True} if item.run_time else shown


def sides_of(item: reading.Members) -> FieldChange:
    """What ``sides_json`` wrote; raises KeyError or ValueError for anything else."""
    return FieldChange(path=reading.text(item, "path"), before=_side(item, "before"), after=_side(item, "after"))


def field_of(item: reading.Members) -> FieldChange:
    """What ``field_json`` wrote; raises KeyError or ValueError for anything else."""
    return replace(
        sides_of(item),
        secret=reading.flag(item, "secret"),
        manual=reading.flag(item, "manual"),
        forces_replace=reading.flag(item, "forces_replace"),
        default_from=reading.text_or_none(item, "default_from"),
        run_time="run_time" in item and reading.flag(item, "run_time"),
    )


def _side(item: reading.Members, name: str) -> Maybe:
    return reading.value(item, name) if name in item else ABSENT
