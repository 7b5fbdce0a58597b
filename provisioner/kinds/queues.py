"""Queues: waiting lines for calls, and how agents are called from them.

Durations are in seconds. Where a limit may be absent, null means that there is none; zero is not null.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from provisioner.units import Unit

QueueName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="What the queue is called.", json_schema_extra={"expected": "at least 1 character"}),
]

WrapUpTime = Annotated[
    int,
    Unit.SECONDS,
    Field(
        ge=0,
        description="Rest that an agent gets after a call, in seconds.",
        json_schema_extra={"expected": "a number of seconds, 0 or more"},
    ),
]

MaxWaitTime = Annotated[
    int,
    Unit.SECONDS,
    Field(
        gt=0,
        description="How long a caller waits at most, in seconds; null for no limit.",
        json_schema_extra={"expected": "a number of seconds above 0, or null for no limit"},
    ),
]

MaxCallers = Annotated[
    int,
    Field(
        gt=0,
        description="How many callers may wait at once; null for no limit.",
        json_schema_extra={"expected": "a number above 0, or null for no limit"},
    ),
]

AgentTimeout = Annotated[
    int,
    Unit.SECONDS,
    Field(
        gt=0,
        description="How long one agent's phone rings, in seconds; null for no limit.",
        json_schema_extra={"expected": "a number of seconds above 0, or null for no limit"},
    ),
]

AgentRetryTime = Annotated[
    int,
    Unit.SECONDS,
    Field(
        ge=0,
        description="Pause before agents are tried again, in seconds; null for no second try.",
        json_schema_extra={"expected": "a number of seconds, 0 or more, or null for no second try"},
    ),
]

AnnounceFrequency = Annotated[
    int,
    Unit.SECONDS,
    Field(
        ge=0,
        description="Time between two announcements to a waiting caller, in seconds; 0 for none.",
        json_schema_extra={"expected": "a number of seconds, 0 or more"},
    ),
]
