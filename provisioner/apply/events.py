"""What an apply tells while it runs: one value for each thing that happens, for a progress display or ``--json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    STALE = "stale"
    HELD = "held"
    SKIPPED = "skipped"
    WAITING = "waiting"
    """It needs what a person must do first: no failure, and the next run goes on with it."""
    MANUAL = "manual"


class Kind(StrEnum):
    """What an event is about."""

    RUN_STARTED = "run_started"
    SETTLED = "settled"
    CHANGE_STARTED = "change_started"
    CHANGE_ENDED = "change_ended"
    NOTICE = "notice"
    RUN_ENDED = "run_ended"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``key`` is the change's, ``text`` a line for people (nothing secret in it)."""

    kind: Kind
    key: str = ""
    action: str = ""
    status: Status | None = None
    id: str | None = None
    text: str = ""
    hint: str | None = None


Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How one change ended, and why; ``id`` is the entity's where one is known."""

    key: str
    status: Status
    id: str | None = None
    why: str = ""
    hint: str | None = None
