"""Alerts at EQ. Wire form: specs/eq.yaml, schema ``Alert``.

EQ documents neither a read nor a list of alerts: nobody can ask what became of one. What an alert needs depends on its
type and on how it notifies; the tables below say it (specs/eq.yaml, schema ``AlertNeeds``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field

from provisioner.kinds import alerts
from provisioner.kinds.alerts import Color, Day, Days, Interval, Threshold, TimeOfDay
from provisioner.kinds.extensions import DIGITS
from provisioner.values import Attributes, Value, id_in
from provisioner.vendors.base import Call, Find, Offer, Problem
from provisioner.vendors.eq import wire
from provisioner.vendors.eq.wire import INTEGER, TEXT, Attribute, Form, Kind, OnUpdate, words
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference, Unique

Type: TypeAlias = Literal[
    "call_queue_calls_high",
    "call_queue_wait_time_high",
    "call_queue_agents_low",
    "call_queue_agents_available_low",
    "email_queue_emails_high",
    "email_queue_agents_low",
    "email_queue_agents_available_low",
    "license_exceeded",
    "process_stopped",
    "disk_usage_high",
]

Notification: TypeAlias = Literal["realtime", "email", "sms", "custom"]

Name = Annotated[alerts.AlertName, Field(max_length=48, json_schema_extra={"expected": "1 to 48 characters"})]


class Alert(Fields):
    """Who is told, how and when, that something passes a threshold."""

    supervisor: Annotated[
        Reference | None,
        Mark.NATURAL_KEY,
        Mark.IMMUTABLE,
        Mark.CLEARABLE,
        Ref("supervisors"),
        Field(
            description="The supervisor whom the alert is for; null or left out for the whole system (`custom` only).",
            json_schema_extra={"expected": "the key of a supervisor, {id: NUMBER}, or null"},
        ),
    ] = UNSAID
    name: Annotated[Name, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED, Unique(within="supervisor")]
    type: Annotated[
        Type,
        Mark.CREATE_REQUIRED,
        Field(
            description="What is watched; `…high` fires above the threshold, `…low` below.",
            json_schema_extra={"expected": "one of " + ", ".join(get_args(Type))},
        ),
    ] = UNSAID
    queue: Annotated[
        Reference,
        Ref("queues"),
        Field(
            description="The queue that is watched; `call_queue_…` types only.",
            json_schema_extra={"expected": "the key of a queue, or {id: NUMBER}"},
        ),
    ] = UNSAID
    email_queue: Annotated[
        int,
        Field(
            description="EQ's id of the e-mail queue that is watched; `email_queue_…` types only.",
            json_schema_extra={"expected": "a number"},
        ),
    ] = UNSAID
    threshold: Annotated[
        Threshold,
        Field(
            description="The figure that sets the alert off, in what the type counts: calls, seconds waited, agents,"
            " e-mails, percent of the disk; not for `license_exceeded` and `process_stopped`."
        ),
    ] = UNSAID
    notification: Annotated[
        Notification,
        Mark.CREATE_REQUIRED,
        Field(
            description="How the alert reaches its supervisor.",
            json_schema_extra={"expected": "realtime, email, sms or custom"},
        ),
    ] = UNSAID
    color: Annotated[Color, Field(description="The colour in which the alert shows; `realtime` only.")] = UNSAID
    interval: Annotated[
        Interval, Field(description="Minutes that must pass between two notifications; all but `realtime`.")
    ] = UNSAID
    days: Annotated[Days, Mark.CREATE_REQUIRED] = UNSAID
    from_: Annotated[
        TimeOfDay,
        Mark.CREATE_REQUIRED,
        Field(alias="from", description='The time of day from which the alert may fire, "00:00" to "23:59".'),
    ] = UNSAID
    to: Annotated[
        TimeOfDay,
        Mark.CREATE_REQUIRED,
        Field(description='The time of day until which the alert may fire, "00:01" to "24:00".'),
    ] = UNSAID


# --- What an alert needs ------------------------------------------------------------------------------------------

QUEUE, EMAIL_QUEUE, THRESHOLD, COLOR, INTERVAL = "queue", "email_queue", "threshold", "color", "interval"

BY_TYPE: Mapping[str, frozenset[str]] = {
    "call_queue_calls_high": frozenset({QUEUE, THRESHOLD}),
    "call_queue_wait_time_high": frozenset({QUEUE, THRESHOLD}),
    "call_queue_agents_low": frozenset({QUEUE, THRESHOLD}),
    "call_queue_agents_available_low": frozenset({QUEUE, THRESHOLD}),
    "email_queue_emails_high": frozenset({EMAIL_QUEUE, THRESHOLD}),
    "email_queue_agents_low": frozenset({EMAIL_QUEUE, THRESHOLD}),
    "email_queue_agents_available_low": frozenset({EMAIL_QUEUE, THRESHOLD}),
    "license_exceeded": frozenset(),
    "process_stopped": frozenset(),
    "disk_usage_high": frozenset({THRESHOLD}),
}
"""The fields that each type needs; the others of ``TYPED`` it does not take."""

BY_NOTIFICATION: Mapping[str, frozenset[str]] = {
    "realtime": frozenset({COLOR}),
    "email": frozenset({INTERVAL}),
    "sms": frozenset({INTERVAL}),
    "custom": frozenset({INTERVAL}),
}
"""The fields that each way of notifying needs; the others of ``NOTIFIED`` it does not take."""

TYPED = (QUEUE, EMAIL_QUEUE, THRESHOLD)
NOTIFIED = (COLOR, INTERVAL)

SYSTEM_WIDE = "custom"
"""The one notification for which an alert needs no supervisor."""


def rules(declared: Attributes) -> Iterator[Problem]:
    """What EQ would refuse although every field is well-formed by itself; also the times that EQ cannot hold.

    An alert cannot be read back, so what its type needs must stand in the manifest: nothing else could supply it.
    """
    yield from _applicable("type", declared, BY_TYPE, TYPED)
    yield from _applicable("notification", declared, BY_NOTIFICATION, NOTIFIED)
    yield from _supervised(declared)
    yield from _numbered(declared)
    if declared.get("from") == "24:00":
        yield Problem("from", "EQ has no `24:00` to start at, only to end at", 'the nearest is "23:59"')
    if declared.get("to") == "00:00":
        yield Problem(
            "to", "EQ reads `00:00` as the end of the day here", 'the nearest is "00:01"; the end of the day is "24:00"'
        )


def _applicable(
    path: str, declared: Attributes, needed_by: Mapping[str, frozenset[str]], fields: Iterable[str]
) -> Iterator[Problem]:
    """Which of ``fields`` are missing or out of place, given the word at ``path``."""
    word = declared.get(path)
    if not isinstance(word, str) or word not in needed_by:
        return
    for field in fields:
        if field in needed_by[word] and field not in declared:
            yield Problem(path, f"`{path}: {word}` needs `{field}`", f"`{field}` beside it")
        elif field not in needed_by[word] and field in declared:
            yield Problem(field, f"`{field}` has no place in an alert of `{path}: {word}`", f"no `{field}`")


def _supervised(declared: Attributes) -> Iterator[Problem]:
    notification = declared.get("notification")
    if notification in get_args(Notification) and notification != SYSTEM_WIDE and declared.get("supervisor") is None:
        yield Problem(
            "notification",
            f"`notification: {notification}` needs a `supervisor`",
            f"a supervisor, or `notification: {SYSTEM_WIDE}` for an alert of the whole system",
        )


_DIALLED = re.compile(DIGITS)


def _numbered(declared: Attributes) -> Iterator[Problem]:
    """References by id that cannot be EQ's."""
    for path in ("supervisor", "queue"):
        vendor_id = id_in(declared.get(path))
        if vendor_id is not None and not _DIALLED.fullmatch(vendor_id):
            yield Problem(path, f"`{vendor_id}` cannot be an id at EQ", "digits, the first not 0")


# --- Wire form ----------------------------------------------------------------------------------------------------

DAY_NUMBERS: Mapping[Day, int] = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}


def _days_to_wire(days: Iterable[Day]) -> list[int]:
    return sorted(DAY_NUMBERS[day] for day in days)


def _days_from_wire(raw: Any) -> Value:
    numbers = set(raw) if isinstance(raw, list) else set()
    if not numbers or not numbers <= set(DAY_NUMBERS.values()):
        raise ValueError("is not a list of days from 0 to 6")
    return [day for day in alerts.WEEK if DAY_NUMBERS[day] in numbers]


def _clock(time: str) -> str:
    """24 hours to EQ's twelve; midnight is ``12:00 AM`` at either end of the day."""
    hour, minute = int(time[:2]) % 24, time[3:]
    return f"{(hour - 1) % 12 + 1:02}:{minute} {'AM' if hour < 12 else 'PM'}"


def _time(raw: Any, *, midnight: str) -> Value:
    """EQ's twelve hours to 24, with or without the padding; raises ValueError for what is no time."""
    clock, _, half = str(raw).strip().upper().partition(" ")
    hour, _, minute = clock.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and half in ("AM", "PM") and 1 <= int(hour) <= 12):
        raise ValueError("is not a time")
    time = f"{int(hour) % 12 + (12 if half == 'PM' else 0):02}:{int(minute):02}"
    return midnight if time == "00:00" else time


DAYS = Form(_days_to_wire, _days_from_wire)
FROM = Form(_clock, lambda raw: _time(raw, midnight="00:00"))
TO = Form(_clock, lambda raw: _time(raw, midnight="24:00"))
COLOR_TEXT = Form(str.upper, lambda raw: str(raw).strip().upper())
SUPERVISOR_ID = Form(int, lambda raw: {"id": str(INTEGER.decode(raw))})
QUEUE_NUMBER = Form(str, lambda raw: {"id": str(TEXT.decode(raw))})


def _camel(word: str) -> str:
    first, *others = word.split("_")
    return first + "".join(other.capitalize() for other in others)


ATTRIBUTES = (
    Attribute("supervisor", "user", SUPERVISOR_ID, default=None, blank=None, on_update=OnUpdate.LEFT_OUT),
    Attribute("name", "name", TEXT),
    Attribute("type", "type", words({word: _camel(word) for word in BY_TYPE})),
    Attribute(QUEUE, "callQueue", QUEUE_NUMBER),
    Attribute(EMAIL_QUEUE, "emailQueue", INTEGER),
    Attribute(THRESHOLD, "threshold", INTEGER),
    Attribute("notification", "notificationType", TEXT),
    Attribute(COLOR, "color", COLOR_TEXT),
    Attribute(INTERVAL, "interval", INTEGER),
    Attribute("days", "daysOfWeek", DAYS),
    Attribute("from", "fromTime", FROM),
    Attribute("to", "toTime", TO),
)


def applicable(attributes: Iterable[Attribute], type_word: object, notification: object) -> tuple[Attribute, ...]:
    """The attributes that an alert of that type and notification has."""
    fits = BY_TYPE.get(str(type_word), frozenset()) | BY_NOTIFICATION.get(str(notification), frozenset())
    return tuple(
        attribute for attribute in attributes if attribute.path not in {*TYPED, *NOTIFIED} or attribute.path in fits
    )


def to_wire(
    attributes: Iterable[Attribute], values: Mapping[str, Any], *, create: bool, defaults: Attributes | None = None
) -> dict[str, Any]:
    """The body's ``data``; what does not apply is left out, and so is the supervisor on an update."""
    known = {**(defaults or {}), **values} if create else values
    fitting = applicable(attributes, known.get("type"), known.get("notification"))
    return wire.to_wire(fitting, values, create=create, defaults=defaults)


def from_wire(
    attributes: Iterable[Attribute], answer: Mapping[str, Any], renamed: Mapping[str, str] | None = None
) -> dict[str, Value]:
    """The inverse of ``to_wire``, which proves that nothing is lost on the way; EQ gives no alert back."""
    listed = tuple(attributes)
    shape = wire.from_wire((item for item in listed if item.path in ("type", "notification")), answer, renamed)
    return wire.from_wire(applicable(listed, shape["type"], shape["notification"]), answer, renamed)


ALERTS = Kind(
    "alerts",
    path="alert",
    item="id",
    attributes=ATTRIBUTES,
    offer=Offer(
        Alert,
        Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.CREATE: "specs/eq.yaml, POST /alert",
            Call.UPDATE: "specs/eq.yaml, PUT /alert/{id}",
            Call.DELETE: "specs/eq.yaml, DELETE /alert/{id}",
        },
        find=Find.NONE,
        numbered=True,
        readable=False,
        rules=rules,
    ),
    writer=to_wire,
    reader=from_wire,
)
