"""Business hours at Bird: when a team is there, in which time zone. Schema ``BusinessHours``.

Which teams keep them is set in Bird's portal: no document says how an API client could.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.bird import hours
from provisioner.vendors.bird.hours import CLOSED, HOLIDAYS, SCHEDULE, Holidays, Timezone, WeeklySchedule
from provisioner.vendors.bird.settings import PAGE
from provisioner.vendors.bird.wire import TEXT, Attribute, Kind
from provisioner.vendors.fields import UNSAID, Fields, Mark

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="What the hours are called.", json_schema_extra={"expected": "at least 1 character"}),
]

Description = Annotated[
    str,
    StringConstraints(min_length=1),
    Field(description="What they are for.", json_schema_extra={"expected": "at least 1 character, or null"}),
]


class BusinessHours(Fields):
    """The hours at which somebody is there."""

    name: Annotated[Name, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED]
    description: Annotated[Description | None, Mark.CLEARABLE] = UNSAID
    timezone: Annotated[Timezone, Mark.CREATE_REQUIRED] = UNSAID
    weekly_schedule: Annotated[WeeklySchedule, Field(description="The hours of each day.")] = UNSAID
    holidays: Holidays = UNSAID


BUSINESS_HOURS = Kind(
    "business_hours",
    path="business-hours",
    attributes=(
        Attribute("name", "name", TEXT),
        Attribute("description", "description", TEXT, blank=None),
        Attribute("timezone", "timezone", TEXT),
        Attribute("weekly_schedule", "weeklySchedule", SCHEDULE, blank=CLOSED),
        Attribute("holidays", "holidays", HOLIDAYS, blank=[]),
    ),
    offer=Offer(
        BusinessHours,
        Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.LIST: "specs/bird.yaml, GET /workspaces/{workspaceId}/business-hours",
            Call.READ: "specs/bird.yaml, GET /workspaces/{workspaceId}/business-hours/{businessHoursId}"
            " (assumption A-11)",
            Call.CREATE: "specs/bird.yaml, POST /workspaces/{workspaceId}/business-hours",
            Call.UPDATE: "specs/bird.yaml, PATCH /workspaces/{workspaceId}/business-hours/{businessHoursId}"
            " (assumption A-11)",
            Call.DELETE: "specs/bird.yaml, DELETE /workspaces/{workspaceId}/business-hours/{businessHoursId}"
            " (assumption A-11)",
        },
        find=Find.LIST,
        one="set of business hours",
        write=Write.MERGE,
        page=PAGE,
        enforces_unique=False,
        rules=hours.problems,
        defaults=lambda _: {
            "description": None,
            "holidays": [],
            **dict.fromkeys(f"weekly_schedule.{day}" for day in CLOSED),
        },
    ),
)
