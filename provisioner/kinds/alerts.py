"""Alerts: who is told, how, and when, that something in the contact centre passes a threshold.

A day is written `mon` to `sun`, a time of day `"HH:MM"` in 24 hours, with `"24:00"` for the end of the day.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from provisioner.units import Unit

AlertName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="What the alert is called.", json_schema_extra={"expected": "at least 1 character"}),
]

Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _in_order(days: list[Day]) -> list[Day]:
    """The days from Monday on; a day that is named twice is an error, since one of the two was meant otherwise."""
    twice = [day for day in WEEK if days.count(day) > 1]
    if twice:
        raise PydanticCustomError("day_twice", "`{day}` stands there twice", {"day": twice[0]})
    return sorted(days, key=WEEK.index)


Days = Annotated[
    list[Day],
    Field(
        min_length=1,
        description="The days on which the alert may fire.",
        json_schema_extra={"expected": "a list of at least one of mon, tue, wed, thu, fri, sat, sun, each once"},
    ),
    AfterValidator(_in_order),
]

TimeOfDay = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$"),
    Field(
        description='A time of day, 24 hours; "24:00" is the end of the day.',
        json_schema_extra={"expected": '"HH:MM" from "00:00" to "24:00", in quotes'},
    ),
    AfterValidator(lambda time: time.zfill(5)),
]

Threshold = Annotated[
    int,
    Field(
        ge=0,
        description="The figure that sets the alert off; its unit depends on the alert's type.",
        json_schema_extra={"expected": "a number, 0 or more"},
    ),
]

Interval = Annotated[
    int,
    Unit.MINUTES,
    Field(
        ge=1,
        description="Time that must pass between two notifications, in minutes.",
        json_schema_extra={"expected": "a number of minutes, 1 or more"},
    ),
]

Color = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^#[0-9A-Fa-f]{6}$"),
    Field(
        description="The colour in which the alert shows.",
        json_schema_extra={"expected": '"#RRGGBB", in quotes'},
    ),
]
