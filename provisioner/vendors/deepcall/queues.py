"""Queues at DeepCall are its groups. Wire form: specs/deepcall.yaml, schemas ``Group`` and ``Relation``.

Who is in a group, and who of them gets its calls, is written from this end alone (D-13). What the vendor calls Queue is
live monitoring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from provisioner.kinds import queues
from provisioner.values import Value, VendorId
from provisioner.vendors.base import Call, Entity, Find, Offer, Write
from provisioner.vendors.deepcall.agents import LAG, Status
from provisioner.vendors.deepcall.answers import Unreadable, as_id, id_in
from provisioner.vendors.deepcall.wire import STATUS, TEXT, Attribute, from_wire, switch
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference, Unique

Name = Annotated[
    queues.QueueName,
    StringConstraints(max_length=100),
    Field(json_schema_extra={"expected": "1 to 100 characters"}),
]


class Member(TypedDict):
    """An agent in the group."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    agent: Reference
    receive_call: NotRequired[bool]


def _as_member(item: Any) -> Any:
    """A key alone is a member of whom nothing else is declared."""
    return {"agent": item} if isinstance(item, str) or (isinstance(item, dict) and item.keys() == {"id"}) else item


class Queue(Fields):
    """A named set of agents who are called for it."""

    name: Annotated[Name, Mark.NATURAL_KEY, Unique()]
    status: Annotated[Status, Field(description="Whether calls are given to the group.")] = UNSAID
    agents: Annotated[
        list[Annotated[Member, BeforeValidator(_as_member, json_schema_input_type=Reference | Member)]],
        Ref("agents"),
        Field(
            description="Who is in the group, in any order; `receive_call`: whether it gives them calls, true if new.",
            json_schema_extra={"expected": "a list of keys, or of maps such as {agent: jane, receive_call: false}"},
        ),
    ] = UNSAID


SHOWN = (Attribute("name", "name", TEXT), Attribute("status", "status", STATUS))
"""What is read of a group, members aside."""


def group_in(key: VendorId | None, record: Mapping[str, Any]) -> Entity:
    """The group in a record, by whichever member is its id, or by its key in a map; its members are unseen (D-12)."""
    vendor_id = id_in(record, "unique_id", "groupId", "id") or as_id(key)
    if vendor_id is None:
        raise Unreadable("it has no id")
    values, unseen = from_wire(SHOWN, record)
    return Entity(vendor_id, values, unseen=unseen | {"agents"})


def roster(group: VendorId, relations: Any) -> Value:
    """The members in ``relationData``, by number; raises Unreadable for what is none (D-14)."""
    if not isinstance(relations, list) and relations != {}:
        raise Unreadable("`relationData` is no list")
    members = dict(_member(group, relation) for relation in relations)
    return [
        {"agent": {"id": agent}, "receive_call": receives}
        for agent, receives in sorted(members.items(), key=lambda item: int(item[0]))
    ]


def _member(group: VendorId, relation: Any) -> tuple[VendorId, Value]:
    if not isinstance(relation, dict) or id_in(relation, "group_id") not in (None, group):
        raise Unreadable("`relationData` holds what is no member of the group")
    agent = id_in(relation, "agent_unique_id")
    if agent is None:
        raise Unreadable("`relationData` holds a member without an id")
    return agent, switch(relation.get("receive_call"))


QUEUES = Offer(
    Queue,
    Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
    sources={
        Call.LIST: "specs/deepcall.yaml, POST /api/v2/Group/list, then the call of a read for each group",
        Call.READ: "specs/deepcall.yaml, POST /api/v2/Group/getGroupAgentRelation",
        Call.CREATE: "specs/deepcall.yaml, POST /api/v2/Group/add, read back, then the calls of an update",
        Call.UPDATE: "specs/deepcall.yaml, POST /api/v2/Group/update and POST /api/v2/Group/submitAssignGroupToAgent",
        Call.DELETE: "specs/deepcall.yaml, POST /api/v2/Group/delete, for good",
    },
    find=Find.LIST,
    queued=True,
    write=Write.REPLACE_ALL,
    serial_writes=True,
    lag=LAG,
    numbered=True,
    page=1,  # each group is asked for its members
    enforces_unique=False,
    defaults=lambda _: {"status": "active", "agents": []},
)
