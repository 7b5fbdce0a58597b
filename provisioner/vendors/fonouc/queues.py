"""Queues at FonoUC. Wire form: specs/fonouc.yaml, schema ``Queue``.

The one documented write logs a member in to a queue or out (``runtime.py``). Not read are ``misconfigured_agents``,
which the server computes, and the addresses in ``crm`` and ``after_call_actions_list``: they may hold other systems'
secrets, and what is compared is shown.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from provisioner.kinds import Switch, queues
from provisioner.units import Unit
from provisioner.values import Value
from provisioner.vendors.base import Call, Find, Offer, Write
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference
from provisioner.vendors.fonouc.wire import Attribute, Kind, Unreadable, items, number, switch, text
from provisioner.vendors.usage import UseProbe

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
"""Units of the longest wait; minutes is the one that is documented."""

STRICT = ConfigDict(extra="forbid", strict=True)


def _number(pattern: str, description: str, expected: str) -> Any:
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, pattern=pattern),
        Field(description=description, json_schema_extra={"expected": expected}),
    ]


Word = Annotated[str, StringConstraints(strip_whitespace=True), Field(json_schema_extra={"expected": "text"})]

Seconds = Annotated[int, Unit.SECONDS, Field(ge=0, json_schema_extra={"expected": "a number of seconds, 0 or more"})]


class QueueExtension(TypedDict):
    """An internal number of a queue."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    extension: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]+$")]
    prepend: NotRequired[str]
    emergency_mode: NotRequired[bool]


class QueueDid(TypedDict):
    """A public number of a queue."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    did: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9]+$")]
    prepend: NotRequired[str]
    emergency_mode: NotRequired[bool]


class PreConnect(TypedDict):
    """Something that is played while a caller waits."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    type: str
    action: str
    media_id: str
    time: Annotated[int, Field(ge=0)]


def _by_number(name: str) -> Any:
    """Whole items, by their numbers: what an item leaves out is as the document's example has it; each number once."""

    def normal(found: list[Any]) -> list[Any]:
        whole = [{name: item[name], "prepend": "", "emergency_mode": False, **item} for item in found]
        numbers = [item[name] for item in whole]
        twice = sorted({one for one in numbers if numbers.count(one) > 1})
        if twice:
            raise PydanticCustomError("number_twice", "`{number}` stands there twice", {"number": twice[0]})
        return sorted(whole, key=lambda item: str(item[name]))

    return normal


LOGGED_IN = "Whether the agent is logged in to the queue right now; asked for by every apply that finds it otherwise."


class Member(TypedDict):
    """An agent on the queue's roster."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    agent: Reference
    delay: NotRequired[Annotated[int, Unit.SECONDS, Field(ge=0)]]
    timeout: NotRequired[Annotated[int, Unit.SECONDS, Field(ge=0)]]
    logged_in: NotRequired[Annotated[bool, Mark.RUN_TIME, Field(description=LOGGED_IN)]]


def _as_member(item: Any) -> Any:
    """A key alone is a member of whom nothing else is declared."""
    return {"agent": item} if isinstance(item, str) or (isinstance(item, dict) and item.keys() == {"id"}) else item


class Crm(Fields):
    """What the queue does with a customer system; its address is not read."""

    enabled: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether a customer system is opened for a call.")] = (
        UNSAID
    )


class Csat(Fields):
    """The survey after a call; texts may be empty."""

    callflow: Annotated[Word, Mark.READ_ONLY, Field(description="The id of the survey's call flow.")] = UNSAID
    direction: Annotated[Word, Mark.READ_ONLY, Field(description="Which calls the survey follows.")] = UNSAID
    note: Annotated[Word, Mark.READ_ONLY, Field(description="A note on the survey.")] = UNSAID


class Queue(Fields):
    """A waiting line for calls."""

    name: Annotated[queues.QueueName, Mark.NATURAL_KEY, Mark.READ_ONLY]
    max_wait_time: Annotated[queues.MaxWaitTime, Mark.READ_ONLY] = UNSAID
    ring_strategy: Annotated[
        Word, Mark.READ_ONLY, Field(description="How agents are called; `simultaneous` is the one known value.")
    ] = UNSAID
    wrap_up_time: Annotated[queues.WrapUpTime, Mark.READ_ONLY] = UNSAID
    agent_timeout: Annotated[
        Seconds, Mark.READ_ONLY, Field(description="How long one agent's phone rings, in seconds.")
    ] = UNSAID
    moh: Annotated[Word, Mark.READ_ONLY, Field(description="The id of the music that waiting callers hear.")] = UNSAID
    outbound_calls: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the queue may make calls.")] = UNSAID
    call_only_if_registered_agents: Annotated[
        Switch, Mark.READ_ONLY, Field(description="Whether only agents whose phone is registered are called.")
    ] = UNSAID
    is_disposition_mandatory: Annotated[
        Switch, Mark.READ_ONLY, Field(description="Whether an agent must say how a call ended.")
    ] = UNSAID
    auto_answer: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether phones answer by themselves.")] = UNSAID
    skills_routing: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether skills decide who is called.")] = (
        UNSAID
    )
    disable_call_rating: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether calls are not rated.")] = UNSAID
    call_screen_recording: Annotated[
        Switch, Mark.READ_ONLY, Field(description="Whether the agent's screen is recorded.")
    ] = UNSAID
    ai_assist: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the assistant listens in.")] = UNSAID
    extensions: Annotated[
        list[QueueExtension],
        AfterValidator(_by_number("extension")),
        Mark.READ_ONLY,
        Field(
            description="The queue's internal numbers, in any order.",
            json_schema_extra={"expected": 'a list such as [{extension: "7000", prepend: "", emergency_mode: false}]'},
        ),
    ] = UNSAID
    dids: Annotated[
        list[QueueDid],
        AfterValidator(_by_number("did")),
        Mark.READ_ONLY,
        Field(
            description="The queue's public numbers, in any order.",
            json_schema_extra={"expected": 'a list such as [{did: "+15550100", prepend: "", emergency_mode: false}]'},
        ),
    ] = UNSAID
    agents: Annotated[
        list[Annotated[Member, BeforeValidator(_as_member, json_schema_input_type=Reference | Member)]],
        Ref("agents", ordered=True),
        Mark.READ_ONLY,
        Field(
            description="Who belongs to the queue, in order; `delay` and `timeout` in seconds, `logged_in` for now.",
            json_schema_extra={"expected": "a list of keys, or of maps such as {agent: jane, delay: 0, timeout: 20}"},
        ),
    ] = UNSAID
    pre_connect: Annotated[
        list[PreConnect],
        Mark.READ_ONLY,
        Field(
            description="What is played while a caller waits, in order.",
            json_schema_extra={"expected": "a list such as [{type: every, action: play_file, media_id: …, time: 30}]"},
        ),
    ] = UNSAID
    crm: Crm = UNSAID
    csat: Csat = UNSAID


def _longest_wait(value: Any) -> Value:
    """The longest wait in seconds, out of the whole queue: the number and its unit stand beside each other."""
    unit = text(value.get("max_time_caller_remains_unit"))
    if unit not in SECONDS:
        raise Unreadable(f"`{unit}` is no known unit")
    return number(value.get("max_time_caller_remains")) * SECONDS[str(unit)]


def _numbers(name: str) -> Any:
    """Numbers in the order of the manifests' form."""
    reads = {name: text, "prepend": text, "emergency_mode": switch}
    return lambda value: sorted(items(value, reads), key=lambda item: str(item[name]))


def _roster(value: Any) -> Value:
    """The members in order. One that is no user, or of a form that nobody knows, makes the whole roster unknown."""
    found = items(value, {"type": text, "id": text, "delay": number, "timeout": number})
    if any(item["type"] != "user" for item in found):
        raise Unreadable("a member is no user")
    return [{"agent": {"id": item["id"]}, "delay": item["delay"], "timeout": item["timeout"]} for item in found]


def _pre_connect(value: Any) -> Value:
    found: list[Value] = [*items(value, {"type": text, "action": text, "media_id": text, "time": number})]
    return found


QUEUES = Kind(
    "queues",
    path="/config/queues",
    attributes=(
        Attribute("name", "name", text),
        Attribute("max_wait_time", "", _longest_wait),
        Attribute("ring_strategy", "strategy", text),
        Attribute("wrap_up_time", "wrap_up_time", number),
        Attribute("agent_timeout", "timeout", number),
        Attribute("moh", "moh", text),
        *(
            Attribute(name, name, switch)
            for name in (
                "outbound_calls",
                "call_only_if_registered_agents",
                "is_disposition_mandatory",
                "auto_answer",
                "skills_routing",
                "disable_call_rating",
                "call_screen_recording",
                "ai_assist",
            )
        ),
        Attribute("extensions", "extensions", _numbers("extension")),
        Attribute("dids", "dids", _numbers("did")),
        Attribute("agents", "agents", _roster),
        Attribute("pre_connect", "pre_connect", _pre_connect),
        Attribute("crm.enabled", "crm.enabled", switch),
        *(Attribute(f"csat.{name}", f"csat.{name}", text) for name in ("callflow", "direction", "note")),
    ),
    offer=Offer(
        Queue,
        Call.LIST | Call.UPDATE,
        sources={
            Call.LIST: "specs/fonouc.yaml, GET /config/queues and GET /callcenter/queues/status",
            Call.UPDATE: "specs/fonouc.yaml, PUT /callcenter/admin/agent/{user_id}/{action} (logs in or out)",
        },
        find=Find.LIST,
        queued=True,
        write=Write.MERGE,
        use=UseProbe(
            "specs/fonouc.yaml, GET /callcenter/queues/calls: callers who wait",
            leaves=frozenset({"agents[].logged_in"}),
        ),
        enforces_unique=False,
    ),
)
