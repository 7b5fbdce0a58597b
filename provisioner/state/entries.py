"""What can be written in the journal: every way in which the record changes, one frozen value each.

A mutating request is three steps::

    IntentMade ── the request leaves ──┬─ Outcome done / no_effect / gone     the record changes, the intent ends
                                       └─ Outcome unknown, or a crash         the intent stays pending
                                              └─ Settled …                    what asking the vendor brought to light

``replay.py`` says what each entry does to the record, ``journal.py`` how it is spelled on a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from provisioner.address import Address
from provisioner.state.document import Bound, Intent, Run, Tombstone, Unknown
from provisioner.values import Attributes, VendorId


class Result(StrEnum):
    """How a request ended."""

    DONE = "done"
    NO_EFFECT = "no_effect"
    UNKNOWN = "unknown"
    GONE = "gone"
    """The vendor has no such entity (404 to an update): its binding is dropped in the same line."""


class Settlement(StrEnum):
    """What asking about a request without outcome brought to light."""

    DONE = "done"
    NO_EFFECT = "no_effect"
    GONE = "gone"
    STUCK = "stuck"
    """Nobody can tell, and asking again will not help."""


@dataclass(frozen=True, slots=True)
class WriterOpened:
    """Somebody took the lock and is about to write; the Writer puts it before its first entry by itself."""

    who: str
    host: str
    command: str
    at: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command that ends what a run left open (``state settle``): the serial rises once for it.

    The run can be gone on with; whatever else changes a binding overtakes it.
    """

    command: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """An apply begins. ``accounts`` (connection → account) are added to those known before, and so
    are ``credentials`` (a reference as spelled → the accounts that it is sent to).

    A run with the id of the last one goes on with it: what was done stays done. Where it does not say who runs it, and
    by which command, the Writer fills in its own.
    """

    run: Run
    tenant: str
    accounts: Mapping[str, str]
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunFinished:
    """An apply ended; ``completed`` iff every change in its plan is done. ``totals`` go to the history as they are."""

    run_id: str
    completed: bool
    at: str = ""
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeDone:
    """Every request of one change of the plan is done."""

    run_id: str
    key: str


@dataclass(frozen=True, slots=True)
class IntentMade:
    """A request is about to leave; it must be on stable storage before."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended. ``vendor_id`` is what a create was given; ``times`` how often it was sent (429)."""

    intent_id: int
    result: Result
    vendor_id: VendorId | None = None
    detail: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Settled:
    """What asking the vendor said of a request without outcome.

    ``taken`` with ``stuck``: a repeated create was answered "taken", so the entity exists.
    """

    intent_id: int
    result: Settlement
    vendor_id: VendorId | None = None
    taken: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Put:
    """A binding as it now stands: adopted, bound to another id, read back, guarded."""

    bound: Bound


@dataclass(frozen=True, slots=True)
class PutUnknown:
    """A create whose end nobody could tell, as it now stands."""

    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Forgot:
    """An address is no longer managed; ``tombstone`` stays of it, if given.

    ``everything`` drops all that the record knows of the address: its tombstone, unknown, intents and parked values.
    """

    address: Address
    tombstone: Tombstone | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    """Temporary values were put on unique fields of an entity; they are added to those parked before."""

    address: Address
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Unparked:
    """No temporary value is left on an entity."""

    address: Address


@dataclass(frozen=True, slots=True)
class Moved:
    """All that the record knows of ``source`` is now known of ``target``.

    References to ``source`` in other resources' attributes stay as they were last sent.
    """

    source: Address
    target: Address


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account each connection leads to, in place of what was known."""

    accounts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HistoryWritten:
    """The history holds the run; ``head`` is the SHA-256 of its line. The Writer writes it by itself."""

    run_id: str
    head: str


Entry: TypeAlias = (
    WriterOpened
    | Commanded
    | RunStarted
    | RunFinished
    | ChangeDone
    | IntentMade
    | Outcome
    | Settled
    | Put
    | PutUnknown
    | Forgot
    | Parked
    | Unparked
    | Moved
    | Accounts
    | HistoryWritten
)
