"""Agents at Maqsam. Wire form: specs/maqsam.yaml, schema ``Agent``.

Nothing of them can be written: a difference is a person's work, in Maqsam's portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from provisioner.kinds import Switch
from provisioner.kinds.agents import EmailAddress
from provisioner.values import Value, VendorId
from provisioner.vendors.base import Call, Entity, Find, Offer
from provisioner.vendors.fields import UNSAID, Fields, Mark
from provisioner.vendors.maqsam.settings import GroupsFormat


class Unreadable(ValueError):
    """What an answer holds instead of what it should."""


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="The person's whole name.", json_schema_extra={"expected": "at least 1 character"}),
]

Group = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

Groups = Annotated[
    list[Group],
    AfterValidator(lambda names: sorted(set(names))),
    Field(
        description="The groups that the agent belongs to, by name, in any order.",
        json_schema_extra={"expected": "a list of names"},
    ),
]


class Agent(Fields):
    """A person who takes calls or chats."""

    email: Annotated[EmailAddress, AfterValidator(str.lower), Mark.NATURAL_KEY, Mark.READ_ONLY, Mark.PERSONAL]
    name: Annotated[Name, Mark.READ_ONLY, Mark.PERSONAL] = UNSAID
    active: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the agent can work at all.")] = UNSAID
    groups: Annotated[Groups, Mark.READ_ONLY] = UNSAID
    outgoing_enabled: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the agent may call customers.")] = (
        UNSAID
    )
    incoming_enabled: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the agent is given calls.")] = UNSAID
    whatsapp_enabled: Annotated[
        Switch, Mark.READ_ONLY, Field(description="Whether the agent is given WhatsApp conversations.")
    ] = UNSAID


AGENTS = Offer(
    Agent,
    Call.LIST,
    sources={Call.LIST: "specs/maqsam.yaml, GET /v1/agents and GET /v1/agents/page/{page}"},
    find=Find.LIST,
    enforces_unique=False,
)

_TEXTS = {"name": "name", "email": "email"}
_SWITCHES = {
    "active": "active",
    "outgoing_enabled": "outgoingEnabled",
    "incoming_enabled": "incomingEnabled",
    "whatsapp_enabled": "whatsappEnabled",
}


def identifier(data: Any) -> VendorId:
    """The agent's id; a number is taken in decimal (M1). Raises Unreadable where there is none."""
    if not isinstance(data, Mapping):
        raise Unreadable("an agent that is not an object")
    value = data.get("identifier")
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not text:
        raise Unreadable("an agent without `identifier`")
    return VendorId(text)


def from_wire(data: Mapping[str, Any], groups_format: GroupsFormat) -> Entity:
    """The agent in our names; what is missing, or in no known form, is ``unseen``: unknown, which is not false."""
    values: dict[str, Value | None] = {path: _text(data.get(name)) for path, name in _TEXTS.items()}
    if isinstance(values["email"], str):
        values["email"] = values["email"].lower()
    values |= {path: _switch(data.get(name)) for path, name in _SWITCHES.items()}
    values["groups"] = _groups(data["groups"], groups_format) if "groups" in data else None
    return Entity(
        identifier(data),
        {path: value for path, value in values.items() if value is not None},
        unseen=frozenset(path for path, value in values.items() if value is None),
    )


def _text(value: Any) -> Value | None:
    return value.strip() or None if isinstance(value, str) else None


def _switch(value: Any) -> Value | None:
    return value if isinstance(value, bool) else None


def _groups(value: Any, groups_format: GroupsFormat) -> Value | None:
    """The names of the groups, each once, sorted; None where they are not in that form (M2)."""
    match value:
        case None:
            return []
        case str() if groups_format in ("auto", "text"):
            names: list[Any] = value.split(",")
        case list() if all(isinstance(item, str) for item in value) and groups_format in ("auto", "names"):
            names = value
        case list() if all(isinstance(item, Mapping) for item in value) and groups_format in ("auto", "objects"):
            names = [item.get("name") or item.get("identifier") for item in value]
        case _:
            return None
    if not all(isinstance(name, str) for name in names):
        return None
    return sorted({name.strip() for name in names if name.strip()})
