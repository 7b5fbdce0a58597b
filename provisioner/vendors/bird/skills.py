"""Skills at Bird: what agents can be good at, each with the values that it may have. Schema ``AgentSkill``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from provisioner.values import Value
from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.bird.settings import PAGE
from provisioner.vendors.bird.wire import TEXT, Attribute, Form, Kind, items
from provisioner.vendors.fields import UNSAID, Fields, Mark, Unique

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class SkillValue(BaseModel):
    """One value, with the icon that the inbox shows beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    value: Text
    icon: Text = UNSAID


def _in_order(values: list[SkillValue]) -> list[SkillValue]:
    return sorted(values, key=lambda item: (item.value, item.icon or ""))


Values = Annotated[
    list[SkillValue],
    Field(
        description="What an agent may be given of it; their order says nothing.",
        json_schema_extra={"expected": "a list of {value: …}, each perhaps with an icon"},
    ),
    AfterValidator(_in_order),
]


class Skill(Fields):
    """Something that agents can be good at."""

    name: Annotated[
        Text,
        Mark.NATURAL_KEY,
        Mark.CREATE_REQUIRED,
        Unique(),
        Field(description="What the skill is called.", json_schema_extra={"expected": "at least 1 character"}),
    ]
    description: Annotated[
        Text,
        Mark.CREATE_REQUIRED,
        Field(description="What the skill is for.", json_schema_extra={"expected": "at least 1 character"}),
    ] = UNSAID
    value_type: Annotated[
        Literal["single", "multiple"],
        Mark.CREATE_REQUIRED,
        Field(
            description="Whether an agent has one of the values or several.",
            json_schema_extra={"expected": "single or multiple"},
        ),
    ] = UNSAID
    values: Values = UNSAID


def _values_to_wire(values: Iterable[Mapping[str, Any]], _: Any) -> list[dict[str, Any]]:
    return [dict(item) for item in values]


def _values_from_wire(raw: Any) -> Value:
    found = sorted((_value(item) for item in items(raw)), key=lambda item: (item["value"], item.get("icon", "")))
    return [*found]


def _value(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("value"), str):
        raise ValueError("has an item without a value")
    icon = raw.get("icon")
    return {"value": raw["value"], **({"icon": icon} if icon else {})}


SKILLS = Kind(
    "skills",
    path="inbox/skills",
    attributes=(
        Attribute("name", "name", TEXT),
        Attribute("description", "description", TEXT, blank=None),
        Attribute("value_type", "valueType", TEXT),
        Attribute("values", "values", Form(_values_to_wire, _values_from_wire), blank=[]),
    ),
    taken="name",
    offer=Offer(
        Skill,
        Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.LIST: "specs/bird.yaml, GET /workspaces/{workspaceId}/inbox/skills",
            Call.READ: "specs/bird.yaml, GET /workspaces/{workspaceId}/inbox/skills/{agentSkillId}",
            Call.CREATE: "specs/bird.yaml, POST /workspaces/{workspaceId}/inbox/skills",
            Call.UPDATE: "specs/bird.yaml, PATCH /workspaces/{workspaceId}/inbox/skills/{agentSkillId}"
            " (assumption A-11)",
            Call.DELETE: "specs/bird.yaml, DELETE /workspaces/{workspaceId}/inbox/skills/{agentSkillId}"
            " (assumption A-11)",
        },
        find=Find.LIST,
        write=Write.MERGE,
        page=PAGE,
        defaults=lambda _: {"values": []},
    ),
)
