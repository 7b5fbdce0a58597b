"""Which fields do Bird's kinds have, and who may write them when? The tables of the Bird fact sheet, §4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any

from provisioner.simulators import collection
from provisioner.simulators.bird.checks import (
    Check,
    Problem,
    anything,
    array,
    country,
    flag,
    group,
    holidays,
    one_of,
    or_blank,
    phone_number,
    text,
    timezone,
    uuid,
    weekly_schedule,
    whole,
)
from provisioner.simulators.bird.ids import id_of
from provisioner.simulators.bird.locales import LOCALES


class Write(Flag):
    """Which request may carry a field. A person may write all of them."""

    CREATE = auto()
    UPDATE = auto()
    PERSON = auto()


BOTH = Write.CREATE | Write.UPDATE


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request."""

    name: str
    check: Check
    write: Write = BOTH
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection. ``defaults`` is what an entity has without being given it; ``has_total`` as §3.1 says."""

    name: str
    path: str
    key_name: str
    fields: tuple[Field, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    has_total: bool = False

    def problems(self, data: Mapping[str, Any], write: Write) -> Iterator[Problem]:
        """Everything that is wrong with ``data`` as it stands, in the order of the table."""
        for each in self.fields:
            if each.name not in data:
                if each.required and write is Write.CREATE:
                    yield each.name, "is required"
            elif write in each.write or write is Write.PERSON:
                yield from each.check(each.name, data[each.name])
        allowed = {each.name for each in self.fields if write in each.write or write is Write.PERSON}
        yield from ((name, "is not allowed") for name in data if name not in allowed)

    def missing(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        """What a person left out of a new entity."""
        yield from ((each.name, "is required") for each in self.fields if each.required and each.name not in data)


def _for_person(name: str, check: Check = anything) -> Field:
    """What changes by itself (§5.4), or is set in another place."""
    return Field(name, check, Write.PERSON)


def _on_update(name: str, check: Check) -> Field:
    return Field(name, check, Write.UPDATE)


_DATES = (_for_person("createdAt", text()), _for_person("updatedAt", text()))
STATUS = one_of("active", "away", "offline")
_SELECTED = group({"id": uuid, "value": text(), "icon": text()}, ("id",))
_ASSIGNED = group({"id": uuid, "name": text(), "valueType": text(), "selectedValues": array(_SELECTED)}, ("id",))

AGENT = Kind(
    name="agent",
    path="/agents",
    key_name="agentId",
    fields=(
        Field("type", one_of("user"), Write.CREATE, required=True),
        Field("userId", uuid, Write.CREATE, required=True),
        Field("name", text(1, 50)),
        Field("bio", text(0, 240)),
        Field("teamIds", array(uuid), Write.CREATE),
        Field("timezone", or_blank(timezone)),
        Field("defaultCountryCode", or_blank(country)),
        Field("weeklySchedule", weekly_schedule),
        Field("holidays", holidays),
        _on_update("status", STATUS),
        _on_update("avatarUrl", text()),
        _on_update("dropVms", array()),
        _on_update("wrapUpTime", whole(0, 900)),
        _on_update("defaultCallerId", or_blank(phone_number)),
        _on_update("forwardNumber", group({"enabled": flag, "number": phone_number, "maskCaller": flag})),
        _on_update("transcriptionLocale", one_of(*LOCALES)),
        _on_update("assignedSkills", array(_ASSIGNED)),
        _on_update("defaultSenderId", uuid),
        _on_update("outOfOfficeResponse", text(0, 1000)),
        _for_person("availability"),
        _for_person("workload", group({"messaging": whole(0), "email": whole(0)})),
        _for_person("statusBeforeOffline", STATUS),
        _for_person("tagCount", whole(0)),
        _for_person("lastAssignedAt", text()),
        _for_person("lastSetToAwayAt", text()),
        *_DATES,
    ),
    defaults={
        "bio": "",
        "avatarUrl": "",
        "status": "away",
        "statusBeforeOffline": "away",
        "tagCount": 0,
        "workload": {"messaging": 0, "email": 0},
    },
    has_total=True,
)

AVAILABILITY = (
    Field("status", STATUS, Write.UPDATE),
    Field("activity", text(), Write.UPDATE),
    Field("activityTtl", whole(10, 86_400), Write.UPDATE),
    Field("activityText", text(0, 48), Write.UPDATE),
)
"""What ``PATCH …/availability`` takes (§4.1.7)."""

TEAM = Kind(
    name="team",
    path="/teams",
    key_name="teamId",
    fields=(
        Field("name", text(5, 20), required=True),
        Field("description", text(0, 240)),
        Field("hideFromViews", flag),
        Field("members", array(group({"id": uuid, "type": one_of("user")}, ("id", "type"))), Write.CREATE),
        _for_person("visibility", text()),
        _for_person("accessibility", text()),
        _for_person("pendingMemberCount", whole(0)),
        *_DATES,
    ),
    defaults={
        "description": "",
        "hideFromViews": False,
        "visibility": "public",
        "accessibility": "open",
        "pendingMemberCount": 0,
    },
    has_total=True,
)

ROUTING_QUEUE = Kind(
    name="routing_queue",
    path="/inbox/routing-queues",
    key_name="routingQueueId",
    fields=(
        Field("name", text(1, 255), required=True),
        Field("description", text()),
        Field("priority", whole(0, 100), required=True),
        Field("teams", array(group({"type": text(1), "ids": array(uuid)}, ("type", "ids")))),
        _for_person("queuedItems"),
        *_DATES,
    ),
    defaults={"description": "", "teams": [], "queuedItems": {"email": [], "messaging": [], "voice": []}},
    has_total=True,
)

SKILL = Kind(
    name="skill",
    path="/inbox/skills",
    key_name="agentSkillId",
    fields=(
        Field("name", text(1), required=True),
        Field("description", text(), required=True),
        Field("valueType", one_of("single", "multiple"), required=True),
        Field("values", array(group({"value": text(1), "icon": text()}, ("value",)))),
        *_DATES,
    ),
    defaults={"values": []},
)

CAPACITY_RULE = Kind(
    name="capacity_rule",
    path="/inbox/capacity",
    key_name="capacityRuleId",
    fields=(
        Field("name", text(1, 255), required=True),
        Field("description", text(1, 255), required=True),
        Field("default", flag),
        Field("capacity", group({"messaging": whole(), "email": whole()})),
        Field("agents", array(uuid)),
        *_DATES,
    ),
    defaults={"default": False, "capacity": {}, "agents": []},
)

BUSINESS_HOURS = Kind(
    name="business_hours",
    path="/business-hours",
    key_name="businessHoursId",
    fields=(
        Field("name", text(1), required=True),
        Field("description", text()),
        Field("timezone", timezone, required=True),
        Field("weeklySchedule", weekly_schedule),
        Field("holidays", holidays),
        _for_person("assignedTeamIds", array(uuid)),
        _for_person("currentStatus", one_of("open", "closed")),
        _for_person("nextOpenTime", text()),
        _for_person("nextCloseTime", text()),
        *_DATES,
    ),
    defaults={
        "description": "",
        "weeklySchedule": {},
        "holidays": [],
        "assignedTeamIds": [],
        "currentStatus": "closed",
    },
)

_METRIC = array(group({"priority": text(), "breachThreshold": whole(), "warningThreshold": whole()}))

SLA_POLICY = Kind(
    name="sla_policy",
    path="/inbox/sla-policies",
    key_name="slaPolicyId",
    fields=(
        Field("name", text(1), required=True),
        Field("description", text(), required=True),
        Field("timeKeepingMethod", one_of("clock", "businessHours"), required=True),
        Field("metrics", group({"firstReplyTime": _METRIC, "nextReplyTime": _METRIC})),
        *_DATES,
    ),
)

_ENTITY = group({"entityType": text(1), "operation": text(1), "entityId": text(1)})

SENDER_PROFILE = Kind(
    name="sender_profile",
    path="/sender-profiles",
    key_name="senderProfileId",
    fields=(
        Field("name", text(1), required=True),
        Field("username", text()),
        Field("channelId", text(1, 60), required=True),
        Field("signature", text()),
        Field("allowedEntities", array(_ENTITY)),
        *_DATES,
    ),
    defaults={"username": "", "signature": "", "allowedEntities": []},
)

KINDS = {
    kind.name: kind
    for kind in (
        AGENT,
        TEAM,
        ROUTING_QUEUE,
        SKILL,
        CAPACITY_RULE,
        BUSINESS_HOURS,
        SLA_POLICY,
        SENDER_PROFILE,
    )
}

USER = collection.Kind(
    name="user",
    key_name="id",
    id_of=lambda number: id_of("user", number),
    fields=(
        collection.Field("name", "", needed=True),
        collection.Field("defaultEmail", "", needed=True),
        collection.Field("emails", []),
        collection.Field("phoneNumber", ""),
        collection.Field("avatarUrl", ""),
        collection.Field("roles", None),
    ),
)
"""A user of the organisation (§4.8). ``roles`` is what the user's agent shows: ``id``, ``type``, ``workspaces``."""
