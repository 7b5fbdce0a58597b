"""Roles at DeepCall: what agents may see and do. Wire form: specs/deepcall.yaml, schema ``Role``.

What a role allows is set in DeepCall's portal. No call deletes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from provisioner.kinds import Switch
from provisioner.values import VendorId
from provisioner.vendors.base import (
    Adapter,
    Answer,
    Call,
    Changing,
    Effect,
    Entity,
    Find,
    Listing,
    Offer,
    Reading,
    Request,
    Write,
)
from provisioner.vendors.deepcall.agents import LAG, Status
from provisioner.vendors.deepcall.answers import Unreadable, as_id, id_in, new_id
from provisioner.vendors.deepcall.listing import Reader
from provisioner.vendors.deepcall.settings import PAGE, DeepcallSettings
from provisioner.vendors.deepcall.wire import STATUS, SWITCH, TEXT, Attribute, from_wire, to_wire
from provisioner.vendors.fields import UNSAID, Fields, Mark

LIST, ADD, UPDATE = (f"/api/v2/role/{action}" for action in ("list", "add", "update"))

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="What the role is called.", json_schema_extra={"expected": "at least 1 character"}),
]


class Role(Fields):
    """What some agents may see and do."""

    name: Annotated[Name, Mark.NATURAL_KEY]
    status: Annotated[Status, Mark.AFTER_CREATE, Field(description="Whether agents can be given the role.")] = UNSAID
    can_see: Annotated[
        Switch, Mark.AFTER_CREATE, Field(description="DeepCall's `can_see`, which no document explains.")
    ] = UNSAID


SHOWN = (
    Attribute("name", "name", TEXT),
    Attribute("status", "status", STATUS),
    Attribute("can_see", "can_see", SWITCH),
)


def role_in(key: VendorId | None, record: Mapping[str, Any]) -> Entity:
    """The role in a record (D-16)."""
    vendor_id = id_in(record, "roleid") or as_id(key)
    if vendor_id is None:
        raise Unreadable("it has no id")
    values, unseen = from_wire(SHOWN, record)
    return Entity(vendor_id, values, unseen=unseen)


@dataclass(frozen=True)
class RoleRecords(Adapter):
    """The adapter of roles on one connection."""

    settings: DeepcallSettings
    connection: str

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every role, page after page; see listing.py."""
        reader = Reader(self.connection, self._page, role_in, frozenset(ROLES.key_paths), self.settings.page_size)
        return (yield from reader.listed())

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the role; what differs from a new one's ways follows in a second request."""
        answer = yield Request(
            "POST",
            ADD,
            json={"name": values["name"]},
            effect=Effect.CREATE,
            paths=frozenset({"name"}),
            new_id=self._new_id,
        )
        vendor_id = self._new_id(answer)
        later = {path: value for path, value in values.items() if path != "name"}
        if later:
            yield from self.update(vendor_id, later, frozenset(later))
        return vendor_id

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Sends what changes."""
        yield Request(
            "POST",
            UPDATE,
            json={"roleid": int(vendor_id), **to_wire(SHOWN, values)},
            effect=Effect.UPDATE,
            paths=frozenset(values),
        )

    def _page(self, number: int) -> Request:
        return Request("POST", LIST, json={"page": number, "limit": self.settings.page_size})

    def _new_id(self, answer: Answer) -> VendorId:
        return new_id(f"POST {ADD}", answer, self.connection, "roleid")


ROLES = Offer(
    Role,
    Call.LIST | Call.CREATE | Call.UPDATE,
    sources={
        Call.LIST: "specs/deepcall.yaml, POST /api/v2/role/list",
        Call.CREATE: "specs/deepcall.yaml, POST /api/v2/role/add, then the call of an update",
        Call.UPDATE: "specs/deepcall.yaml, POST /api/v2/role/update",
    },
    find=Find.LIST,
    write=Write.MERGE,
    serial_writes=True,
    lag=LAG,
    counted=True,
    numbered=True,
    page=PAGE,
    enforces_unique=False,
    defaults=lambda _: {"status": "active", "can_see": False},
)
