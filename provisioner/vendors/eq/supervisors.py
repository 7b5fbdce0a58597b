"""Supervisors at EQ. Wire form: specs/eq.yaml, schema ``Supervisor``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from provisioner.kinds import supervisors
from provisioner.kinds.agents import EmailAddress
from provisioner.secrets import SecretRef
from provisioner.vendors.base import Call, Deleted, Find, Offer
from provisioner.vendors.eq.people import FirstName, Language, LastName
from provisioner.vendors.eq.wire import SECRET, TEXT, Attribute, Kind, OnUpdate, create_defaults, words
from provisioner.vendors.fields import UNSAID, Fields, Like, Mark, Unique
from provisioner.vendors.usage import UseProbe

Username = Annotated[
    supervisors.Username,
    Field(
        min_length=3,
        max_length=20,
        pattern="^[A-Za-z0-9]+$",
        json_schema_extra={"expected": "3 to 20 letters and digits"},
    ),
]

Password = Annotated[
    SecretRef,
    Like(r"(?s).{4,20}", "4 to 20 characters"),
    Field(
        description="The password to sign in with, 4 to 20 characters.",
        json_schema_extra={"expected": "{from_env: NAME} or another reference, to 4 to 20 characters"},
    ),
]

Type = Annotated[
    Literal["full", "monitor_only"],
    Field(
        description="Whether the supervisor may change things or only look.",
        json_schema_extra={"expected": "full or monitor_only"},
    ),
]


class Supervisor(Fields):
    """A person who watches over agents and queues."""

    username: Annotated[Username, Mark.NATURAL_KEY, Mark.PERSONAL, Mark.CREATE_REQUIRED, Unique()]
    first_name: Annotated[FirstName, Mark.PERSONAL, Mark.CREATE_REQUIRED] = UNSAID
    last_name: Annotated[LastName | None, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    password: Annotated[Password, Mark.CREATE_REQUIRED] = UNSAID
    email: Annotated[EmailAddress, Mark.PERSONAL, Mark.CREATE_REQUIRED, Unique()] = UNSAID
    language: Annotated[Language | None, Mark.CLEARABLE] = UNSAID
    type: Annotated[Type, Mark.CREATE_REQUIRED] = UNSAID


ATTRIBUTES = (
    Attribute("username", "username", TEXT),
    Attribute("first_name", "firstName", TEXT),
    Attribute("last_name", "lastName", TEXT, default=None, blank=None),
    Attribute("password", "password", SECRET, on_update=OnUpdate.KEPT, secret=True),
    Attribute("email", "emailAddress", TEXT),
    Attribute("language", "language", TEXT, default=None, blank=None),
    Attribute("type", "type", words({"full": "full", "monitor_only": "monitorOnly"})),
)

SUPERVISORS = Kind(
    "supervisors",
    path="supervisor",
    item="id",
    attributes=ATTRIBUTES,
    offer=Offer(
        Supervisor,
        Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE | Call.UNDELETE,
        sources={
            Call.READ: "specs/eq.yaml, GET /supervisor/{id}",
            Call.CREATE: "specs/eq.yaml, POST /supervisor",
            Call.UPDATE: "specs/eq.yaml, PUT /supervisor/{id}",
            Call.DELETE: "specs/eq.yaml, DELETE /supervisor/{id}",
            Call.UNDELETE: "specs/eq.yaml, PUT /supervisor/{id}, parameter undelete",
        },
        find=Find.SCAN,
        numbered=True,
        deleted=Deleted.READABLE,
        licence="supervisors",
        defaults=create_defaults("supervisors", ATTRIBUTES),
        use=UseProbe("specs/eq.yaml, GET /active_supervisor_sessions", fields=frozenset({"username"})),
    ),
)
