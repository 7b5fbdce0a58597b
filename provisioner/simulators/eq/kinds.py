"""Which attributes do EQ's six kinds have? The tables of the EQ fact sheet, §4, row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.eq.attributes import (
    Attribute,
    Empty,
    Need,
    Unique,
    clearable,
    nullable,
    off,
    optional,
    required,
)
from provisioner.simulators.eq.checks import (
    DIGITS,
    EMAIL,
    NUMBER,
    TIME,
    choice,
    code,
    days,
    digits,
    text,
    whole,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of §2's matrix. ``natural_key`` names the attribute that is its id; without one EQ counts ids up."""

    name: str
    attributes: tuple[Attribute, ...]
    natural_key: str | None = None
    soft: bool = True
    readable: bool = True

    @property
    def key_name(self) -> str:
        """What errors about the item in the URL call it."""
        return self.natural_key or "id"

    def needs(self, data: Mapping[str, Any]) -> Mapping[str, Need]:
        """What ``data`` itself makes necessary or inapplicable; only alerts have such attributes."""
        return _alert_needs(data) if self is ALERT else {}


_NAME = required("firstName", text(1, 32))
_LAST_NAME = clearable("lastName", text(1, 32))
_LANGUAGE = clearable("language", choice("en", "es", "he"))
_DIGITS = digits(DIGITS)
_NUMBER = digits(NUMBER)
_EMAIL = text(pattern=EMAIL)
_YES_NO = choice("yes", "no")
_ANYTHING = text()

SUPERVISOR = Kind(
    "supervisor",
    (
        required("username", text(pattern=re.compile("[A-Za-z0-9]{3,20}")), unique=Unique()),
        _NAME,
        _LAST_NAME,
        Attribute("password", text(4, 20), need=Need.ON_CREATE, secret=True),
        required("emailAddress", _EMAIL, unique=Unique()),
        _LANGUAGE,
        required("type", choice("full", "monitorOnly")),
    ),
)

AGENT = Kind(
    "agent",
    (
        required("number", digits(re.compile("[1-9][0-9]{0,4}")), unique=Unique()),
        _NAME,
        _LAST_NAME,
        Attribute("password", digits(re.compile("[0-9]{3,10}")), need=Need.ON_CREATE, secret=True),
        clearable("emailAddress", _EMAIL, unique=Unique()),
        _LANGUAGE,
    ),
)

_JOIN_LEAVE = choice("yes", "no", "strict", "ultrastrict", "loose")
_STRATEGY = choice("ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom")

CALL_QUEUE = Kind(
    "call_queue",
    (
        required("extension", _NUMBER, unique=Unique(holds_when_deleted=True), immutable=True),
        required("name", text(1, 35), unique=Unique()),
        required("type", code(0, 1)),
        off("autoAnswerAcd"),
        nullable("sysResume", whole(1)),
        nullable("wrapUpTime", whole(0)),  # 0 is unlimited, null is off: two different things
        off("wrapUpAllQueues"),
        clearable("cidNamePrefix", _ANYTHING),
        optional("agentRestrictions", code(0, 2), 0),
        optional("ringStrategy", _STRATEGY, "ringall"),
        optional("weight", whole(0, 10), 0),
        optional("mohClass", choice("inherit", "default", "none"), "inherit"),
        off("ringingMoh"),
        clearable("recordingFormat", choice("wav")),
        optional("recordingMode", choice("includeholdtime", "afteranswered"), "includeholdtime"),
        nullable("maxWaitTime", whole(1)),
        nullable("agentTimeout", whole(1)),
        nullable("agentRetryTime", whole(0)),  # null is no retry, 0 is at once
        nullable("maxCallers", whole(1)),
        optional("joinEmpty", _JOIN_LEAVE, "yes"),
        optional("leaveEmpty", _JOIN_LEAVE, "no"),
        optional("announceFrequency", whole(0), 0),
        optional("announcePosition", _YES_NO, "no"),
        optional("announceHoldTime", choice("yes", "no", "once"), "no"),
    ),
    natural_key="extension",
)

PAUSE_CODE = Kind("pause_code", (required("name", text(1, 16), unique=Unique()),))


def _group(name: str, *members: Attribute, **more: Any) -> Attribute:
    return Attribute(name, _ANYTHING, members=members, **more)  # its members are checked, not itself


_RECORDING = tuple(
    optional(direction, choice("dontcare", "always", "never"), "dontcare")
    for direction in ("inboundExternal", "inboundInternal", "outboundExternal", "outboundInternal")
)
_OPTIONS = tuple(optional(name, _YES_NO, "no") for name in ("attach", "saycid", "envelope", "delete"))

EXTENSION = Kind(
    "extension",
    (
        required("extension", _NUMBER, unique=Unique()),
        required("name", text(1, 50), unique=Unique()),
        clearable("cidMasquerade", _DIGITS),
        clearable("outboundCid", _DIGITS),
        clearable("emergencyCid", _DIGITS),
        off("callWaiting"),
        _group("recording", *_RECORDING, off("onDemand")),
        _group(
            "sip",
            clearable("secret", _ANYTHING, secret=True),
            optional("dtmfMode", choice("rfc2833", "inband", "auto", "info", "shortinfo"), "rfc2833"),
            clearable("context", _ANYTHING),
            optional("nat", choice("yes", "no", "never", "route"), "no"),
        ),
        _group(
            "voicemail",
            clearable("context", _ANYTHING),
            clearable("password", _DIGITS, secret=True),
            clearable("emailAddress", _EMAIL),
            clearable("pagerEmailAddress", _EMAIL),
            _group("options", *_OPTIONS, empty=Empty.NULL, free_members=True),
            empty=Empty.NULL,
        ),
    ),
    natural_key="extension",
    soft=False,
)

_CALL_QUEUE_ALERTS = (
    "callQueueCallsHigh",
    "callQueueWaitTimeHigh",
    "callQueueAgentsLow",
    "callQueueAgentsAvailableLow",
)
_EMAIL_QUEUE_ALERTS = ("emailQueueEmailsHigh", "emailQueueAgentsLow", "emailQueueAgentsAvailableLow")
_SYSTEM_ALERTS = ("licenseExceeded", "processStopped", "diskUsageHigh")

ALERT = Kind(
    "alert",
    (
        nullable("user", code(1), refers_to="supervisor", immutable=True),
        required("name", text(1, 48), unique=Unique(within="user")),
        required("type", choice(*_CALL_QUEUE_ALERTS, *_EMAIL_QUEUE_ALERTS, *_SYSTEM_ALERTS)),
        Attribute("callQueue", _NUMBER, need=Need.INAPPLICABLE, refers_to="call_queue"),
        Attribute("emailQueue", code(1), need=Need.INAPPLICABLE),  # nothing in the API to check it against
        Attribute("threshold", whole(0), need=Need.INAPPLICABLE),
        required("notificationType", choice("realtime", "email", "sms", "custom")),
        Attribute("color", text(pattern=re.compile("#[0-9A-Fa-f]{6}")), need=Need.INAPPLICABLE),
        Attribute("interval", whole(1), need=Need.INAPPLICABLE),
        required("daysOfWeek", days),
        required("fromTime", text(pattern=TIME)),
        required("toTime", text(pattern=TIME)),
    ),
    soft=False,
    readable=False,
)

KINDS = {
    kind.name: kind for kind in (SUPERVISOR, AGENT, CALL_QUEUE, PAUSE_CODE, EXTENSION, ALERT)
}  # The paths of §3.1 carry the same names (A1).


def _alert_needs(data: Mapping[str, Any]) -> Mapping[str, Need]:
    """§4.6.1: what the type and the notification type ask for; nothing is asked for when they make no sense."""
    needs: dict[str, Need] = {}
    kind, notification = _word(data.get("type")), _word(data.get("notificationType"))
    if kind in _CALL_QUEUE_ALERTS:
        needs |= {"callQueue": Need.ALWAYS, "threshold": Need.ALWAYS}
    elif kind in _EMAIL_QUEUE_ALERTS:
        needs |= {"emailQueue": Need.ALWAYS, "threshold": Need.ALWAYS}
    elif kind == "diskUsageHigh":
        needs |= {"threshold": Need.ALWAYS}
    if notification == "realtime":
        needs |= {"color": Need.ALWAYS, "user": Need.ALWAYS}
    elif notification in {"email", "sms"}:
        needs |= {"interval": Need.ALWAYS, "user": Need.ALWAYS}
    elif notification == "custom":
        needs |= {"interval": Need.ALWAYS}
    return needs


def _word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
