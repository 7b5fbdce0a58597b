"""Capacity rules at Bird: how many conversations an agent is given at once. Schema ``CapacityRule``.

An agent is tied to its rule from the rule's end.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from provisioner.kinds import Switch
from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.bird.settings import PAGE
from provisioner.vendors.bird.wire import BOOLEAN, INTEGER, REFERENCES, TEXT, Attribute, Kind, part_of
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=255),
    Field(json_schema_extra={"expected": "1 to 255 characters"}),
]

Count = Annotated[int, Field(ge=0, json_schema_extra={"expected": "a number, 0 or more"})]


class Capacity(Fields):
    """How many conversations of each sort."""

    messaging: Annotated[Count, Field(description="Conversations in messages at once.")] = UNSAID
    email: Annotated[Count, Field(description="Conversations in e-mail at once.")] = UNSAID


class CapacityRule(Fields):
    """How much the agents of the rule are given at once."""

    name: Annotated[Text, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED, Field(description="What the rule is called.")]
    description: Annotated[Text, Mark.CREATE_REQUIRED, Field(description="What the rule is for.")] = UNSAID
    default: Annotated[
        Switch, Field(description="Whether it holds for agents that no rule names; one rule of a workspace may.")
    ] = UNSAID
    capacity: Annotated[Capacity, Field(description="How many conversations at once.")] = UNSAID
    agents: Annotated[list[Reference], Ref("agents"), Field(description="The agents for whom the rule holds.")] = UNSAID


CAPACITY_RULES = Kind(
    "capacity_rules",
    path="inbox/capacity",
    attributes=(
        Attribute("name", "name", TEXT),
        Attribute("description", "description", TEXT, blank=None),
        Attribute("default", "default", BOOLEAN, blank=False),
        Attribute(
            "capacity",
            "capacity",
            part_of({"messaging": ("messaging", INTEGER), "email": ("email", INTEGER)}),
            blank=None,
        ),
        Attribute("agents", "agents", REFERENCES, shown="assignedAgentIds", blank=[]),
    ),
    taken="default",
    offer=Offer(
        CapacityRule,
        Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.LIST: "specs/bird.yaml, GET /workspaces/{workspaceId}/inbox/capacity",
            Call.READ: "specs/bird.yaml, GET /workspaces/{workspaceId}/inbox/capacity/{capacityRuleId}",
            Call.CREATE: "specs/bird.yaml, POST /workspaces/{workspaceId}/inbox/capacity",
            Call.UPDATE: "specs/bird.yaml, PATCH /workspaces/{workspaceId}/inbox/capacity/{capacityRuleId}",
            Call.DELETE: "specs/bird.yaml, DELETE /workspaces/{workspaceId}/inbox/capacity/{capacityRuleId}"
            " (assumption A-11)",
        },
        find=Find.LIST,
        write=Write.MERGE,
        page=PAGE,
        enforces_unique=False,
        defaults=lambda _: {"default": False, "capacity": None, "agents": []},
    ),
)
