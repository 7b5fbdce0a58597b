"""One leaf field before and after, in a plan or in what drifted, and how JSON spells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, TypeAlias

from provisioner.plan import reading
from provisioner.plan.called import marks
from provisioner.values import Value


class Absent(Enum):
    """Says that a field has no value at all, which differs from null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
Maybe: TypeAlias = "Value | Absent"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One leaf field that changes, or that a person must change (``manual``).

    ``run_time``: it changes by itself, so that what is asked for need not stay. ``unit`` is what the number is counted
    in, ``member_units`` the same for fields that a list's members have beside their reference. ``refers_to`` is the
    kind and the connection of whatever a reference leads to (``agents@pbx``), None for any other value. ``names`` is
    what people call those, by their marks (``called.mark``); in JSON it stands once for the whole plan.
    """

    path: str
    before: Maybe = ABSENT
    after: Maybe = ABSENT
    secret: bool = False
    manual: bool = False
    forces_replace: bool = False
    default_from: str | None = None
    run_time: bool = False
    unit: str | None = None
    member_units: Mapping[str, str] = field(default_factory=dict)
    refers_to: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def marks(self) -> Iterator[str]:
        """The marks of all that either side refers to."""
        if self.refers_to is not None:
            for side in (self.before, self.after):
                yield from marks(side, self.refers_to) if side is not ABSENT else ()

    def with_names(self, names: Mapping[str, str]) -> FieldChange:
        """The same with those of the names that it needs."""
        if self.refers_to is None or not names:
            return self
        return replace(self, names={one: names[one] for one in self.marks if one in names})


def sides_json(item: FieldChange) -> dict[str, Any]:
    """The path with both sides, and what they mean; a side without a value has no key, nor has what does not apply."""
    shown: dict[str, Any] = {"path": item.path}
    if item.before is not ABSENT:
        shown["before"] = item.before
    if item.after is not ABSENT:
        shown["after"] = item.after
    if item.unit is not None:
        shown["unit"] = item.unit
    if item.member_units:
        shown["member_units"] = dict(sorted(item.member_units.items()))
    if item.refers_to is not None:
        shown["refers_to"] = item.refers_to
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
    units = reading.member(item, "member_units") if "member_units" in item else {}
    return FieldChange(
        path=reading.text(item, "path"),
        before=_side(item, "before"),
        after=_side(item, "after"),
        unit=reading.text(item, "unit") if "unit" in item else None,
        member_units={name: reading.text(units, name) for name in units},
        refers_to=reading.text(item, "refers_to") if "refers_to" in item else None,
    )


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
