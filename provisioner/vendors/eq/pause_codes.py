"""Pause codes at EQ. Wire form: specs/eq.yaml, schema ``PauseCode``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from provisioner.kinds.pause_codes import PauseCodeName
from provisioner.vendors.base import Call, Deleted, Find, Offer
from provisioner.vendors.eq.wire import TEXT, Attribute, Kind
from provisioner.vendors.fields import Fields, Mark, Unique

Name = Annotated[PauseCodeName, Field(max_length=16, json_schema_extra={"expected": "1 to 16 characters"})]


class PauseCode(Fields):
    """A reason that an agent can give for taking no calls."""

    name: Annotated[Name, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED, Unique()]


ATTRIBUTES = (Attribute("name", "name", TEXT),)

PAUSE_CODES = Kind(
    "pause_codes",
    path="pause_code",
    item="id",
    attributes=ATTRIBUTES,
    offer=Offer(
        PauseCode,
        Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE | Call.UNDELETE,
        sources={
            Call.READ: "specs/eq.yaml, GET /pause_code/{id}",
            Call.CREATE: "specs/eq.yaml, POST /pause_code",
            Call.UPDATE: "specs/eq.yaml, PUT /pause_code/{id}",
            Call.DELETE: "specs/eq.yaml, DELETE /pause_code/{id}",
            Call.UNDELETE: "specs/eq.yaml, PUT /pause_code/{id}, parameter undelete",
        },
        find=Find.SCAN,
        numbered=True,
        deleted=Deleted.READABLE,
    ),
)
