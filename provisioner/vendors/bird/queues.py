"""Routing queues at Bird: conversations wait in one for an agent of its teams. Schema ``RoutingQueue``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from provisioner.kinds import queues
from provisioner.values import Value
from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.bird.settings import PAGE
from provisioner.vendors.bird.wire import INTEGER, TEXT, Attribute, Form, Kind, items, references
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference

PRIMARY = "primary"
"""The one type of a queue's teams that any document names; teams of another type are carried on."""

Name = Annotated[queues.QueueName, Field(max_length=255, json_schema_extra={"expected": "1 to 255 characters"})]

Description = Annotated[
    str,
    StringConstraints(min_length=1),
    Field(description="What it is for.", json_schema_extra={"expected": "at least 1 character, or null"}),
]

Priority = Annotated[
    int,
    Field(
        ge=0,
        le=100,
        description="Which queue an agent is given work from first.",
        json_schema_extra={"expected": "a number from 0 to 100"},
    ),
]


class Queue(Fields):
    """A waiting line for conversations."""

    name: Annotated[Name, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED]
    description: Annotated[Description | None, Mark.CLEARABLE] = UNSAID
    priority: Annotated[Priority, Mark.CREATE_REQUIRED] = UNSAID
    teams: Annotated[
        list[Reference], Ref("teams"), Field(description="The teams whose agents serve the queue, Bird's `primary`.")
    ] = UNSAID


def _teams_to_wire(ids: Iterable[str], there: Any) -> list[dict[str, Any]]:
    """The primary teams, and those of other types as they are."""
    others = [dict(entry) for entry in there or () if entry.get("type") != PRIMARY]
    primary = {"type": PRIMARY, "ids": list(ids)}
    return [primary, *others] if primary["ids"] else others


def _teams_from_wire(raw: Any) -> Value:
    ids: list[Any] = []
    for entry in items(raw):
        if not isinstance(entry, Mapping):
            raise ValueError("has an entry that is not an object")
        if entry.get("type") == PRIMARY:
            ids += items(entry.get("ids"))
    return references(ids)


QUEUES = Kind(
    "queues",
    path="inbox/routing-queues",
    attributes=(
        Attribute("name", "name", TEXT),
        Attribute("description", "description", TEXT, blank=None),
        Attribute("priority", "priority", INTEGER),
        Attribute("teams", "teams", Form(_teams_to_wire, _teams_from_wire, carries=True), blank=[]),
    ),
    offer=Offer(
        Queue,
        Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.LIST: "specs/bird.yaml, GET /workspaces/{workspaceId}/inbox/routing-queues",
            Call.READ: "specs/bird.yaml, GET /workspaces/{workspaceId}/inbox/routing-queues/{routingQueueId}",
            Call.CREATE: "specs/bird.yaml, POST /workspaces/{workspaceId}/inbox/routing-queues",
            Call.UPDATE: "specs/bird.yaml, PATCH /workspaces/{workspaceId}/inbox/routing-queues/{routingQueueId}"
            " (assumption A-9)",
            Call.DELETE: "specs/bird.yaml, DELETE /workspaces/{workspaceId}/inbox/routing-queues/{routingQueueId}"
            " (assumption A-9)",
        },
        find=Find.LIST,
        queued=True,
        write=Write.MERGE,
        counted=True,
        page=PAGE,
        enforces_unique=False,
        defaults=lambda _: {"description": None, "teams": []},
    ),
)
