"""What Toy PBX has, and how it spells that: agents, and desks, a kind of its own. Wire form: API.md."""

from collections.abc import Mapping
from typing import Annotated, Any

from provisioner.kinds.agents import EmailAddress, FirstName, LastName
from provisioner.kinds.queues import WrapUpTime
from provisioner.secrets import SecretRef
from provisioner.values import Attributes
from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.fields import UNSAID, Fields, Like, Mark, Ref, Reference, Unique
from pydantic import Field


class Agent(Fields):
    """A person who takes calls."""

    email: Annotated[EmailAddress, Mark.NATURAL_KEY, Mark.PERSONAL, Unique()]
    first_name: Annotated[FirstName, Mark.PERSONAL, Mark.CREATE_REQUIRED] = UNSAID
    last_name: Annotated[LastName | None, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    wrap_up_time: WrapUpTime = UNSAID
    badge: Annotated[str | None, Mark.READ_ONLY, Field(description="What stands on the agent's badge.")] = UNSAID
    pin: Annotated[SecretRef, Mark.CREATE_REQUIRED, Like("[0-9]{4,8}", "4 to 8 digits")] = UNSAID


class Desk(Fields):
    """A place to work at."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique(), Field(min_length=1, description="What the desk is called.")]
    agent: Annotated[Reference | None, Ref("agents"), Mark.CLEARABLE, Field(description="Who sits there.")] = UNSAID


SAID = {Call.LIST: "GET /*", Call.CREATE: "POST /*", Call.UPDATE: "PATCH /*/{id}", Call.DELETE: "DELETE /*/{id}"}


def offer(fields: type[Fields], kind: str) -> Offer:
    calls = Call.LIST | Call.CREATE | Call.UPDATE | Call.DELETE
    sources = {call: f"API.md, {said.replace('*', kind)}" for call, said in SAID.items()}
    return Offer(fields, calls, sources, find=Find.LIST, write=Write.MERGE, counted=True)


KINDS = {"agents": offer(Agent, "agents"), "desks": offer(Desk, "desks")}
NAMES = {"email": "mail", "first_name": "givenName", "last_name": "familyName", "wrap_up_time": "restMs"}


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a request carries: these values in Toy PBX's names and units; references are ids by now."""
    return {NAMES.get(path, path): value * 1000 if path == "wrap_up_time" else value for path, value in values.items()}


def from_wire(offer: Offer, data: Mapping[str, Any]) -> Attributes:
    """The fields of an entity in an answer, in our names and units; raises KeyError where one is missing."""
    found = {path: data[NAMES.get(path, path)] for path, spec in offer.specs.items() if not spec.secret}
    if "wrap_up_time" in found:
        found["wrap_up_time"] //= 1000
    if found.get("agent") is not None:
        found["agent"] = {"id": found["agent"]}
    return found
