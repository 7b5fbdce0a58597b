"""Weekly schedules and holidays, which agents and business hours write in the same way.

Wire form: specs/bird.yaml, schemas ``WeeklySchedule`` and ``Holiday``. One interval a day, from a minute to a later one
of the same day; a day that is absent is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from provisioner.kinds.alerts import TimeOfDay
from provisioner.values import Attributes, Value
from provisioner.vendors.base import Problem
from provisioner.vendors.bird.wire import Form, items
from provisioner.vendors.fields import UNSAID, Fields, Mark

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

LEAP_YEAR = 2024
"""A year that has every date there is."""


class Hours(Fields):
    """When a day begins and ends."""

    from_: Annotated[TimeOfDay, Field(alias="from", description='When the day begins, from "00:00".')]
    to: Annotated[TimeOfDay, Field(description='When the day ends, up to "23:59".')]


Day = Annotated[
    Hours | None,
    Mark.CLEARABLE,
    Field(
        description="The hours of that day; null is closed.",
        json_schema_extra={"expected": '{from: "09:00", to: "17:00"}, or null for a closed day'},
    ),
]


class WeeklySchedule(Fields):
    """The hours of each day of the week."""

    monday: Day = UNSAID
    tuesday: Day = UNSAID
    wednesday: Day = UNSAID
    thursday: Day = UNSAID
    friday: Day = UNSAID
    saturday: Day = UNSAID
    sunday: Day = UNSAID


class Holiday(BaseModel):
    """A date that is closed every year."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    day: Annotated[int, Field(ge=1, le=31)]
    month: Annotated[int, Field(ge=1, le=12)]


def _in_order(holidays: list[Holiday]) -> list[Holiday]:
    return sorted(holidays, key=lambda item: (item.month, item.day, item.name))


Holidays = Annotated[
    list[Holiday],
    Field(
        description="The dates that are closed every year; their order says nothing.",
        json_schema_extra={"expected": "a list of {name: …, day: 1 to 31, month: 1 to 12}"},
    ),
    AfterValidator(_in_order),
]

Timezone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"),
    Field(
        description="The time zone of the hours, by its name in the IANA database.",
        json_schema_extra={"expected": "a time zone such as Europe/Madrid"},
    ),
]


# --- Offline rules ------------------------------------------------------------------------------------------------


def problems(declared: Attributes) -> Iterator[Problem]:
    """What Bird would refuse of the hours and holidays (assumption A-7)."""
    for day in WEEK:
        yield from _day_problems(f"weekly_schedule.{day}", declared)
    holidays = declared.get("holidays")
    for item in holidays if isinstance(holidays, list) else ():
        if isinstance(item, Mapping) and not _is_date(item):
            yield Problem("holidays", f"there is no day {item.get('day')} in month {item.get('month')}")


def _day_problems(path: str, declared: Attributes) -> Iterator[Problem]:
    first, last = declared.get(f"{path}.from"), declared.get(f"{path}.to")
    late = [name for name, time in (("from", first), ("to", last)) if time == "24:00"]
    for name in late:
        yield Problem(f"{path}.{name}", "Bird's days end at `23:59`", 'the nearest to "24:00" is "23:59"')
    if not late and isinstance(first, str) and isinstance(last, str) and first >= last:
        yield Problem(f"{path}.to", f"`to` ({last}) is not after `from` ({first})", "a later time of the same day")


def _is_date(holiday: Mapping[str, Any]) -> bool:
    try:
        date(LEAP_YEAR, holiday["month"], holiday["day"])
    except (KeyError, TypeError, ValueError):
        return False
    return True


# --- Wire form ----------------------------------------------------------------------------------------------------

CLOSED: dict[str, Value] = dict.fromkeys(WEEK)
"""A schedule of which nothing is set."""


def _schedule_to_wire(days: Mapping[str, Any], there: Any) -> dict[str, Any]:
    """The whole week: days that nobody declares as they are, and a part of a day over what is there of it."""
    week = dict(there) if isinstance(there, Mapping) else {}
    for day, hours in days.items():
        if hours is None:
            week.pop(day, None)
        else:
            week[day] = {**(week.get(day) or {}), **{end: _clock(time) for end, time in hours.items()}}
    return week


def _clock(time: str) -> dict[str, int]:
    hour, _, minute = time.partition(":")
    return {"hour": int(hour), "minute": int(minute)}


def _schedule_from_wire(raw: Any) -> Value:
    if not isinstance(raw, Mapping):
        raise ValueError("is not an object")
    return {day: _hours(raw.get(day)) for day in WEEK}


def _hours(raw: Any) -> Value:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise ValueError("has a day that is not an object")
    return {"from": _time(raw.get("from")), "to": _time(raw.get("to"))}


def _time(raw: Any) -> Value:
    match raw:
        case {"hour": int(hour), "minute": int(minute)}:
            return f"{hour:02}:{minute:02}"
        case _:
            raise ValueError("has a time without hour or minute")


def _holidays_from_wire(raw: Any) -> Value:
    found: list[dict[str, Any]] = [
        {name: item.get(name) for name in ("name", "day", "month")} for item in _objects(raw)
    ]
    if any(None in item.values() for item in found):
        raise ValueError("has a holiday without name, day or month")
    return [*sorted(found, key=lambda item: (item["month"], item["day"], item["name"]))]


def _objects(raw: Any) -> Iterable[Mapping[str, Any]]:
    for item in items(raw):
        if not isinstance(item, Mapping):
            raise ValueError("has an item that is not an object")
        yield item


SCHEDULE = Form(_schedule_to_wire, _schedule_from_wire, carries=True)
HOLIDAYS = Form(lambda holidays, _: list(holidays), _holidays_from_wire)
