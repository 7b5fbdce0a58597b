"""Valid ``data`` for each of EQ's kinds; whatever a test is about, it names."""

from __future__ import annotations

from typing import Any


def a_supervisor(**attributes: Any) -> dict[str, Any]:
    return {
        "username": "samlee",
        "firstName": "Sam",
        "password": "s3cret",
        "emailAddress": "sam@example.com",
        "type": "full",
        **attributes,
    }


def an_agent(**attributes: Any) -> dict[str, Any]:
    return {"number": "1001", "firstName": "Jane", "password": "0042", **attributes}


def a_queue(**attributes: Any) -> dict[str, Any]:
    return {"extension": "500", "name": "Support", "type": 0, **attributes}


def a_pause_code(**attributes: Any) -> dict[str, Any]:
    return {"name": "Lunch", **attributes}


def an_extension(**attributes: Any) -> dict[str, Any]:
    return {"extension": "101", "name": "Desk 101", **attributes}


def an_alert(**attributes: Any) -> dict[str, Any]:
    """A system-wide one, which refers to nothing."""
    return {
        "name": "Disk",
        "type": "diskUsageHigh",
        "threshold": 90,
        "notificationType": "custom",
        "interval": 60,
        "daysOfWeek": [1, 2, 3],
        "fromTime": "09:00 AM",
        "toTime": "12:00 AM",
        **attributes,
    }


VALID = {
    "supervisor": a_supervisor,
    "agent": an_agent,
    "call_queue": a_queue,
    "pause_code": a_pause_code,
    "extension": an_extension,
    "alert": an_alert,
}
