"""Agents at DeepCall: the people who take calls. Wire form: specs/deepcall.yaml, schemas ``Agent`` to ``AgentUpdate``.

Which groups an agent is in is the groups' matter (D-13). The passwords that a listing shows are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from provisioner.kinds import agents
from provisioner.secrets import SecretRef
from provisioner.values import Attributes, Value, VendorId
from provisioner.vendors.base import Call, Entity, Find, Offer, Problem, Write
from provisioner.vendors.deepcall import hours
from provisioner.vendors.deepcall.answers import Unreadable, as_id, id_in
from provisioner.vendors.deepcall.hours import ALWAYS, HOURS, Working
from provisioner.vendors.deepcall.settings import PAGE
from provisioner.vendors.deepcall.wire import (
    DIGITS,
    LOWER_TEXT,
    NUMBERS,
    OPTIONAL_TEXT,
    REFERENCE,
    STATUS,
    TEXT,
    Attribute,
    Form,
    from_wire,
)
from provisioner.vendors.fields import UNSAID, Fields, Like, Mark, Ref, Reference, Unique

LICENCE = "agents"
"""The name of the one thing that an account may have only so many of, ``agtLimit``."""

LAG = 5.0
"""Seconds for which a change may not show: DeepCall keeps a search index beside its database (D-17)."""

NAME = r"^(?:[^\W_]|[ ._-]){1,100}$"
NAME_IN_WORDS = "1 to 100 letters, digits, spaces, `.`, `_` or `-`"

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=NAME),
    Field(
        description="What the person is called; a create takes first and last name where it is left out.",
        json_schema_extra={"expected": NAME_IN_WORDS},
    ),
]

Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{10,15}$"),
    Field(
        description="The person's telephone number with its country code; a string, so quote it.",
        json_schema_extra={"expected": '10 to 15 digits such as "15555550101", without `+`, in quotes'},
    ),
]

Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="Where the person works.", json_schema_extra={"expected": "at least 1 character, or null"}),
]

DestType = Annotated[
    Literal["MOBILE", "SIP"],
    Field(description="What kind of place calls for the agent go to.", json_schema_extra={"expected": "MOBILE or SIP"}),
]

DestValue = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(
        description="Where calls for the agent go: a national number, or a SIP name; a string, so quote it.",
        json_schema_extra={"expected": '"5555550101" for MOBILE, a name such as jane.roe for SIP'},
    ),
]

DESTINATIONS: Mapping[str, tuple[str, str]] = {
    "MOBILE": (r"[0-9]{6,15}", "6 to 15 digits"),
    "SIP": (r"[A-Za-z0-9._@-]{1,64}", "1 to 64 letters, digits, `.`, `_`, `-` or `@`"),
}
"""What a destination of each type is (D-7)."""


def _once(numbers: list[str]) -> list[str]:
    """A set of numbers in its one spelling."""
    twice = sorted({one for one in numbers if numbers.count(one) > 1})
    if twice:
        raise PydanticCustomError("number_twice", "`{number}` stands there twice", {"number": twice[0]})
    return sorted(numbers)


Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]+$")]

Numbers = Annotated[
    list[Number],
    AfterValidator(_once),
    Field(
        description="The public numbers from which the agent may call, in any order.",
        json_schema_extra={"expected": 'a list of digits in quotes, such as ["15555550100"]'},
    ),
]

Status = Annotated[Literal["active", "inactive"], Field(json_schema_extra={"expected": "active or inactive"})]


class Agent(Fields):
    """A person who takes calls."""

    email: Annotated[agents.EmailAddress, AfterValidator(str.lower), Mark.NATURAL_KEY, Mark.PERSONAL, Unique()]
    name: Annotated[Name, Mark.PERSONAL, Mark.CREATE_REQUIRED] = UNSAID
    first_name: Annotated[agents.FirstName, Mark.MATCH_ONLY] = UNSAID
    last_name: Annotated[agents.LastName | None, Mark.MATCH_ONLY] = UNSAID
    phone: Annotated[Phone, Mark.CREATE_REQUIRED] = UNSAID
    dest_type: Annotated[DestType, Mark.CREATE_REQUIRED] = UNSAID
    dest_value: Annotated[DestValue, Mark.CREATE_REQUIRED] = UNSAID
    role: Annotated[
        Reference, Ref("roles"), Mark.CREATE_REQUIRED, Field(description="What the agent may see and do.")
    ] = UNSAID
    parent: Annotated[
        Reference | None,
        Ref("agents"),
        Mark.CLEARABLE,
        Field(description="The agent above this one; null for the top, DeepCall's `root`."),
    ] = UNSAID
    working: Working = UNSAID
    allow_did: Numbers = UNSAID
    address: Annotated[Address | None, Mark.CLEARABLE] = UNSAID
    status: Annotated[Status, Field(description="Whether the agent takes part.")] = UNSAID
    call_pass: Annotated[
        SecretRef,
        Like(r"[0-9]{8}", "eight digits"),
        Field(description="The password that the agent gives on the telephone, eight digits."),
    ] = UNSAID
    password: Annotated[SecretRef, Field(description="The password of the agent's portal.")] = UNSAID


def _rules(declared: Attributes) -> Iterator[Problem]:
    yield from _name_problems(declared)
    yield from _destination_problems(declared)
    yield from hours.problems(declared)


def _name_problems(declared: Attributes) -> Iterator[Problem]:
    """What first and last name make together must be a name, too."""
    name = agents.full_name(declared).get("name")
    if isinstance(name, str) and re.fullmatch(NAME, name) is None:
        text = f"first and last name make `{name}`, which is no name that DeepCall takes"
        yield Problem("first_name", text, f"a `name` beside them: {NAME_IN_WORDS}")


def _destination_problems(declared: Attributes) -> Iterator[Problem]:
    kind, value = declared.get("dest_type"), declared.get("dest_value")
    if isinstance(kind, str) and isinstance(value, str):
        pattern, expected = DESTINATIONS[kind]
        if re.fullmatch(pattern, value) is None:
            yield Problem("dest_value", f"`{value}` is no destination of type {kind}", expected)


# --- Wire form ----------------------------------------------------------------------------------------------------

TOP = "root"


def _parent(raw: Any) -> Value:
    """The nearest in a chain of ids, ``,START,4,``; null at the top (§3)."""
    if not isinstance(raw, str):
        raise Unreadable("it is no text")
    nearest = [part for part in raw.split(",") if part.strip()][-1:]
    if not nearest:
        raise Unreadable("it is no chain")
    if nearest == ["START"]:
        return None
    found = as_id(nearest[0])
    if found is None:
        raise Unreadable("it holds something that is no id")
    return {"id": found}


PARENT = Form(_parent, lambda value: TOP if value is None else value)

SHOWN = (
    Attribute("email", "email", LOWER_TEXT),
    Attribute("name", "name", TEXT, also="nm"),
    Attribute("phone", "phone", DIGITS),
    Attribute("dest_type", "dest_type", TEXT),
    Attribute("dest_value", "dest_value", DIGITS),
    Attribute("role", "role", REFERENCE),
    Attribute("parent", "parent", PARENT),
    Attribute("working", "working", HOURS),
    Attribute("allow_did", "allowDid", NUMBERS),
    Attribute("address", "address", OPTIONAL_TEXT),
    Attribute("status", "status", STATUS),
)
"""What is read of an agent."""

SECRET = (Attribute("call_pass", "call_pass", TEXT), Attribute("password", "password", TEXT))
"""What is only written."""


def agent_in(key: VendorId | None, record: Mapping[str, Any]) -> Entity | None:
    """The agent in a record, by its own id or its key in a map (D-6); None for one that is deleted (§5.3)."""
    vendor_id = id_in(record, "unique_id") or as_id(key)
    if vendor_id is None:
        raise Unreadable("it has no id")
    if _flag(record, "isDeleted"):
        return None
    values, unseen = from_wire(SHOWN, record)
    return Entity(vendor_id, values, pending=_flag(record, "preDeleted"), unseen=unseen)


def _flag(record: Mapping[str, Any], name: str) -> bool:
    return record.get(name) in (1, "1", True)


AGENTS = Offer(
    Agent,
    Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
    sources={
        Call.LIST: "specs/deepcall.yaml, POST /api/v2/Agent/list",
        Call.READ: "specs/deepcall.yaml, POST /api/v2/Agent/list with `agentId`",
        Call.CREATE: "specs/deepcall.yaml, POST /api/v2/Agent/create (assumption D-8)",
        Call.UPDATE: "specs/deepcall.yaml, POST /api/v2/Agent/update (assumption D-9)",
        Call.DELETE: "specs/deepcall.yaml, POST /api/v2/Agent/delete, for good (assumption D-10)",
    },
    find=Find.LIST,
    write=Write.ONE_FIELD,
    serial_writes=True,
    lag=LAG,
    counted=True,
    numbered=True,
    page=PAGE,
    licence=LICENCE,
    derived=agents.full_name,
    rules=_rules,
    defaults=lambda _: {
        "parent": None,
        "working": ALWAYS,
        "allow_did": [],
        "address": None,
        "status": "active",
    },
)
