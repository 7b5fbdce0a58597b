"""Call queues at EQ. Wire form: specs/eq.yaml, schema ``CallQueue``.

Most attributes are FreePBX's settings of a queue, which EQ only passes on; what they mean was read in FreePBX's queue
page (github.com/FreePBX/queues, release/2.11). A delete removes the queue from Asterisk, and EQ keeps its record.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from provisioner.kinds import Switch, queues
from provisioner.kinds.queues import AgentRetryTime, AgentTimeout, AnnounceFrequency, MaxCallers, MaxWaitTime
from provisioner.units import Unit
from provisioner.vendors.base import Call, Deleted, Find, Offer
from provisioner.vendors.eq.numbers import DialledNumber
from provisioner.vendors.eq.wire import (
    BOOLEAN,
    INTEGER,
    TEXT,
    YES_NO,
    Attribute,
    Kind,
    OnUpdate,
    codes,
    create_defaults,
)
from provisioner.vendors.fields import UNSAID, Fields, Mark, Unique
from provisioner.vendors.usage import UseProbe

Name = Annotated[queues.QueueName, Field(max_length=35, json_schema_extra={"expected": "1 to 35 characters"})]

WrapUpTime = Annotated[
    queues.WrapUpTime,
    Field(
        description="Rest that an agent gets after a call, in seconds; 0 is without limit, null is none.",
        json_schema_extra={"expected": "a number of seconds, 0 for no limit, or null for none"},
    ),
]

SysResume = Annotated[
    int,
    Unit.SECONDS,
    Field(
        gt=0,
        description="EQ's `sysResume`, in seconds; null switches it off. EQ's documents do not say more.",
        json_schema_extra={"expected": "a number of seconds above 0, or null to switch it off"},
    ),
]

CidNamePrefix = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(
        description="Text put before the caller's name.",
        json_schema_extra={"expected": "at least 1 character, or null for none"},
    ),
]

Weight = Annotated[
    int,
    Field(
        ge=0,
        le=10,
        description="Of queues that share an agent, the one with the higher weight gets the agent first.",
        json_schema_extra={"expected": "a number from 0 to 10"},
    ),
]

RingStrategy = Annotated[
    Literal["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom"],
    Field(
        description="In which order agents are called; some take effect only after Asterisk is restarted.",
        json_schema_extra={
            "expected": "ringall, leastrecent, fewestcalls, random, rrmemory, rrordered, linear or wrandom"
        },
    ),
]

AgentRestrictions = Annotated[
    Literal["call_as_dialed", "no_follow_me_or_call_forward", "extensions_only"],
    Field(
        description="Whether an agent's follow-me and call forward apply to calls from the queue.",
        json_schema_extra={"expected": "call_as_dialed, no_follow_me_or_call_forward or extensions_only"},
    ),
]

Emptiness = Annotated[
    Literal["yes", "no", "strict", "ultrastrict", "loose"],
    Field(json_schema_extra={"expected": "yes, no, strict, ultrastrict or loose"}),
]


class Queue(Fields):
    """A waiting line for calls."""

    extension: DialledNumber
    name: Annotated[Name, Mark.CREATE_REQUIRED, Unique()] = UNSAID
    type: Annotated[
        Literal["inbound", "outbound"],
        Mark.CREATE_REQUIRED,
        Field(
            description="Whether calls come in through the queue or go out.",
            json_schema_extra={"expected": "inbound or outbound"},
        ),
    ] = UNSAID
    auto_answer_acd: Annotated[Switch, Field(description="Whether calls of the queue are answered automatically.")] = (
        UNSAID
    )
    sys_resume: Annotated[SysResume | None, Mark.CLEARABLE] = UNSAID
    wrap_up_time: Annotated[WrapUpTime | None, Mark.CLEARABLE] = UNSAID
    wrap_up_all_queues: Annotated[
        Switch, Field(description="Whether wrap-up after a call of this queue counts in all queues.")
    ] = UNSAID
    cid_name_prefix: Annotated[CidNamePrefix | None, Mark.CLEARABLE] = UNSAID
    agent_restrictions: AgentRestrictions = UNSAID
    ring_strategy: RingStrategy = UNSAID
    weight: Weight = UNSAID
    moh_class: Annotated[
        Literal["inherit", "default", "none"],
        Field(
            description="Music on hold; `inherit` keeps what the call already had.",
            json_schema_extra={"expected": "inherit, default or none"},
        ),
    ] = UNSAID
    ringing_moh: Annotated[Switch, Field(description="Whether callers hear ringing instead of music.")] = UNSAID
    recording_format: Annotated[
        Literal["wav"] | None,
        Mark.CLEARABLE,
        Field(
            description="The format of recordings; null for no recording.",
            json_schema_extra={"expected": "wav, or null"},
        ),
    ] = UNSAID
    recording_mode: Annotated[
        Literal["includeholdtime", "afteranswered"],
        Field(
            description="Whether a recording starts when the caller joins or when an agent answers.",
            json_schema_extra={"expected": "includeholdtime or afteranswered"},
        ),
    ] = UNSAID
    max_wait_time: Annotated[MaxWaitTime | None, Mark.CLEARABLE] = UNSAID
    agent_timeout: Annotated[AgentTimeout | None, Mark.CLEARABLE] = UNSAID
    agent_retry_time: Annotated[AgentRetryTime | None, Mark.CLEARABLE] = UNSAID
    max_callers: Annotated[MaxCallers | None, Mark.CLEARABLE] = UNSAID
    join_empty: Annotated[
        Emptiness, Field(description="Whether a caller may join while nobody can answer; `yes` always.")
    ] = UNSAID
    leave_empty: Annotated[
        Emptiness, Field(description="Whether waiting callers are sent away once nobody can answer; `no` never.")
    ] = UNSAID
    announce_frequency: AnnounceFrequency = UNSAID
    announce_position: Annotated[Switch, Field(description="Whether callers are told their place in the line.")] = (
        UNSAID
    )
    announce_hold_time: Annotated[
        Literal["yes", "no", "once"],
        Field(
            description="Whether callers are told how long they will wait.",
            json_schema_extra={"expected": "yes, no or once"},
        ),
    ] = UNSAID


TYPE = codes({"inbound": 0, "outbound": 1})
AGENT_RESTRICTIONS = codes({"call_as_dialed": 0, "no_follow_me_or_call_forward": 1, "extensions_only": 2})

ATTRIBUTES = (
    Attribute("extension", "extension", TEXT, on_update=OnUpdate.LEFT_OUT),
    Attribute("name", "name", TEXT),
    Attribute("type", "type", TYPE),
    Attribute("auto_answer_acd", "autoAnswerAcd", BOOLEAN, default=False),
    Attribute("sys_resume", "sysResume", INTEGER, default=None, blank=None),
    Attribute("wrap_up_time", "wrapUpTime", INTEGER, default=None, blank=None),
    Attribute("wrap_up_all_queues", "wrapUpAllQueues", BOOLEAN, default=False),
    Attribute("cid_name_prefix", "cidNamePrefix", TEXT, default=None, blank=None),
    Attribute("agent_restrictions", "agentRestrictions", AGENT_RESTRICTIONS, default="call_as_dialed"),
    Attribute("ring_strategy", "ringStrategy", TEXT, default="ringall"),
    Attribute("weight", "weight", INTEGER, default=0),
    Attribute("moh_class", "mohClass", TEXT, default="inherit"),
    Attribute("ringing_moh", "ringingMoh", BOOLEAN, default=False),
    Attribute("recording_format", "recordingFormat", TEXT, default=None, blank=None),
    Attribute("recording_mode", "recordingMode", TEXT, default="includeholdtime"),
    Attribute("max_wait_time", "maxWaitTime", INTEGER, default=None, blank=None),
    Attribute("agent_timeout", "agentTimeout", INTEGER, default=None, blank=None),
    Attribute("agent_retry_time", "agentRetryTime", INTEGER, default=None, blank=None),
    Attribute("max_callers", "maxCallers", INTEGER, default=None, blank=None),
    Attribute("join_empty", "joinEmpty", TEXT, default="yes"),
    Attribute("leave_empty", "leaveEmpty", TEXT, default="no"),
    Attribute("announce_frequency", "announceFrequency", INTEGER, default=0),
    Attribute("announce_position", "announcePosition", YES_NO, default=False),
    Attribute("announce_hold_time", "announceHoldTime", TEXT, default="no"),
)

QUEUES = Kind(
    "queues",
    path="call_queue",
    item="extension",
    attributes=ATTRIBUTES,
    offer=Offer(
        Queue,
        Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE | Call.UNDELETE,
        sources={
            Call.READ: "specs/eq.yaml, GET /call_queue/{extension}",
            Call.CREATE: "specs/eq.yaml, POST /call_queue",
            Call.UPDATE: "specs/eq.yaml, PUT /call_queue/{extension}",
            Call.DELETE: "specs/eq.yaml, DELETE /call_queue/{extension}",
            Call.UNDELETE: "specs/eq.yaml, PUT /call_queue/{extension}, parameter undelete",
        },
        find=Find.BY_KEY,
        queued=True,
        deleted=Deleted.HOLDS_KEY,
        licence="callQueues",
        defaults=create_defaults("queues", ATTRIBUTES),
        use=UseProbe("specs/eq.yaml, GET /queued_calls"),
    ),
)
