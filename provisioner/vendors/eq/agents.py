"""Agents at EQ. Wire form: specs/eq.yaml, schema ``Agent``.

EQ ties an agent to no extension, queue or supervisor: an agent picks the extension when signing in.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from provisioner.kinds.agents import AgentNumber, EmailAddress
from provisioner.secrets import SecretRef
from provisioner.vendors.base import Call, Deleted, Find, Offer
from provisioner.vendors.eq.people import FirstName, Language, LastName
from provisioner.vendors.eq.wire import SECRET, TEXT, Attribute, Kind, OnUpdate, create_defaults
from provisioner.vendors.fields import UNSAID, Fields, Like, Mark, Unique
from provisioner.vendors.usage import UseProbe

Number = Annotated[
    AgentNumber,
    Field(
        min_length=1,
        max_length=5,
        json_schema_extra={"expected": "1 to 5 digits, the first not 0, in quotes"},
    ),
]

Pin = Annotated[
    SecretRef,
    Like(r"[0-9]{3,10}", "3 to 10 digits"),
    Field(
        description="The code to sign in with, 3 to 10 digits; zeros in front count.",
        json_schema_extra={"expected": "{from_env: NAME} or another reference, to 3 to 10 digits"},
    ),
]


class Agent(Fields):
    """A person who takes calls."""

    number: Annotated[Number, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED, Unique(digits=5)]
    first_name: Annotated[FirstName, Mark.PERSONAL, Mark.CREATE_REQUIRED] = UNSAID
    last_name: Annotated[LastName | None, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    password: Annotated[Pin, Mark.CREATE_REQUIRED] = UNSAID
    email: Annotated[EmailAddress | None, Mark.PERSONAL, Mark.CLEARABLE, Unique()] = UNSAID
    language: Annotated[Language | None, Mark.CLEARABLE] = UNSAID


ATTRIBUTES = (
    Attribute("number", "number", TEXT),
    Attribute("first_name", "firstName", TEXT),
    Attribute("last_name", "lastName", TEXT, default=None, blank=None),
    Attribute("password", "password", SECRET, on_update=OnUpdate.KEPT, secret=True),
    Attribute("email", "emailAddress", TEXT, default=None, blank=None),
    Attribute("language", "language", TEXT, default=None, blank=None),
)

AGENTS = Kind(
    "agents",
    path="agent",
    item="id",
    attributes=ATTRIBUTES,
    offer=Offer(
        Agent,
        Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE | Call.UNDELETE,
        sources={
            Call.READ: "specs/eq.yaml, GET /agent/{id}",
            Call.CREATE: "specs/eq.yaml, POST /agent",
            Call.UPDATE: "specs/eq.yaml, PUT /agent/{id}",
            Call.DELETE: "specs/eq.yaml, DELETE /agent/{id}",
            Call.UNDELETE: "specs/eq.yaml, PUT /agent/{id}, parameter undelete",
        },
        find=Find.SCAN,
        numbered=True,
        deleted=Deleted.READABLE,
        licence="agents",
        defaults=create_defaults("agents", ATTRIBUTES),
        use=UseProbe("specs/eq.yaml, GET /active_agent_sessions", fields=frozenset({"number"})),
    ),
)
