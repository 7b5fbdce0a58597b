"""An agent's working hours: days with the minutes between which calls are given to the agent.

Wire form: specs/deepcall.yaml, schemas ``Hours`` and ``NewHours``, in minutes after midnight; no time zone is known.
DeepCall's last minute of a day, 1439, stands for the end of the day where something ends in it (D-8, §5.15c).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict

from provisioner.kinds.alerts import WEEK, Days, TimeOfDay
from provisioner.values import Attributes, Value
from provisioner.vendors.base import Problem
from provisioner.vendors.deepcall.answers import Unreadable
from provisioner.vendors.deepcall.wire import Form

PATH = "working"

END_OF_DAY, LAST_MINUTE = "24:00", 1439

WIRE_DAYS = {day.upper(): day for day in WEEK}

Hours = TypedDict("Hours", {"days": Days, "from": TimeOfDay, "to": TimeOfDay})
"""Some days of the week, and from when to when."""
Hours.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[attr-defined]


def normal(hours: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The same hours in their one spelling: an item for each pair of times, with all its days, in order of time."""
    days: dict[tuple[str, str], set[str]] = {}
    for item in hours:
        days.setdefault((item["from"], item["to"]), set()).update(item["days"])
    return [
        {"days": sorted(days[times], key=[*WEEK].index), "from": times[0], "to": times[1]} for times in sorted(days)
    ]


Working = Annotated[
    list[Hours],
    AfterValidator(normal),
    Field(
        description="When the agent works; a day may have several items, and one without any is free.",
        json_schema_extra={"expected": 'a list such as [{days: [mon, tue], from: "09:00", to: "18:00"}]'},
    ),
]

ALWAYS: Value = [{"days": [*WEEK], "from": "00:00", "to": END_OF_DAY}]
"""What a new agent has where nothing is said (D-8)."""


def problems(declared: Attributes) -> Iterator[Problem]:
    """What DeepCall cannot hold of the hours."""
    hours = declared.get(PATH)
    for item in hours if isinstance(hours, list) else ():
        if isinstance(item, Mapping):
            yield from _problems(str(item["from"]), str(item["to"]))


def _problems(first: str, last: str) -> Iterator[Problem]:
    if last == "23:59":
        yield Problem(
            PATH, "DeepCall's last minute ends at `24:00`, not at `23:59`", 'the nearest to "23:59" is "24:00"'
        )
    if first == END_OF_DAY:
        yield Problem(PATH, "nothing begins at `24:00`", 'the nearest to "24:00" is "23:59"')
    elif first > last:
        expected = "two items, one for each day, for hours that pass midnight"
        yield Problem(PATH, f"`to` ({last}) is before `from` ({first})", expected)


def _to_wire(hours: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"wDays": [day.upper() for day in item["days"]], "from": _minutes(item["from"]), "to": _minutes(item["to"])}
        for item in hours
    ]


def _minutes(time: str) -> int:
    hour, _, minute = time.partition(":")
    return min(int(hour) * 60 + int(minute), LAST_MINUTE)


def _from_wire(raw: Any) -> Value:
    if not isinstance(raw, list):
        raise Unreadable("it is no list")
    return normal(_hours(item) for item in raw)


def _hours(item: Any) -> dict[str, Any]:
    match item:
        case {"wDays": [*days], "from": int(first), "to": int(last)} if all(day in WIRE_DAYS for day in days):
            end = END_OF_DAY if last == LAST_MINUTE else _clock(last)
            return {"days": [WIRE_DAYS[day] for day in days], "from": _clock(first), "to": end}
        case _:
            raise Unreadable("it has hours without days, `from` or `to`")


def _clock(minutes: int) -> str:
    if not 0 <= minutes <= LAST_MINUTE:
        raise Unreadable("it has a minute that no day has")
    return f"{minutes // 60:02}:{minutes % 60:02}"


HOURS = Form(_from_wire, _to_wire)
