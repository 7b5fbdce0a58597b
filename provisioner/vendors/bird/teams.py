"""Teams at Bird: what a routing queue serves, and what an agent joins when it is made. Schema ``Team``.

Who is in a team cannot be read in full nor changed afterwards, so a team's members are no field of it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from provisioner.kinds import Switch
from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.bird.settings import PAGE
from provisioner.vendors.bird.wire import BOOLEAN, TEXT, Attribute, Kind
from provisioner.vendors.fields import UNSAID, Fields, Mark

TeamName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=5, max_length=20),
    Field(description="What the team is called.", json_schema_extra={"expected": "5 to 20 characters"}),
]


Description = Annotated[
    str,
    StringConstraints(min_length=1, max_length=240),
    Field(description="What the team is for.", json_schema_extra={"expected": "1 to 240 characters, or null"}),
]


class Team(Fields):
    """Agents who share their work."""

    name: Annotated[TeamName, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED]
    description: Annotated[Description | None, Mark.CLEARABLE] = UNSAID
    hide_from_views: Annotated[Switch, Field(description="Whether the team is left out of the inbox's views.")] = UNSAID


TEAMS = Kind(
    "teams",
    path="teams",
    attributes=(
        Attribute("name", "name", TEXT),
        Attribute("description", "description", TEXT, blank=None),
        Attribute("hide_from_views", "hideFromViews", BOOLEAN, blank=False),
    ),
    offer=Offer(
        Team,
        Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.LIST: "specs/bird.yaml, GET /workspaces/{workspaceId}/teams",
            Call.READ: "specs/bird.yaml, GET /workspaces/{workspaceId}/teams/{teamId}",
            Call.CREATE: "specs/bird.yaml, POST /workspaces/{workspaceId}/teams",
            Call.UPDATE: "specs/bird.yaml, PATCH /workspaces/{workspaceId}/teams/{teamId}",
            Call.DELETE: "specs/bird.yaml, DELETE /workspaces/{workspaceId}/teams/{teamId} (assumption A-10)",
        },
        find=Find.LIST,
        write=Write.MERGE,
        counted=True,
        page=PAGE,
        enforces_unique=False,
        defaults=lambda _: {"description": None, "hide_from_views": False},
    ),
)
