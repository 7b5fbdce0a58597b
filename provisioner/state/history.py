"""Who applied what when: an append-only file, a line for each apply, each with the SHA-256 of the line before.

The record keeps the SHA-256 of the last line (``Document.history_head``), so that a changed or missing last line
shows as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from provisioner.errors import StateError
from provisioner.state.document import Document, Requested
from provisioner.state.form import COUNT, REQUESTED, TEXT, Form, Malformed, listing, mapping, one_of

FIRST = "0" * 64
"""What stands for the line before the first one."""

UNDECIDED = "nothing that `plan` or `apply` decide rests on it; compare it with a backup"


class Status(StrEnum):
    """How an apply ended."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    """It came to its end; something failed, was stale or was skipped."""
    INTERRUPTED = "interrupted"
    """It never said that it ended; whoever wrote next told its story from the journal."""


@dataclass(frozen=True, slots=True)
class Record:
    """One apply. ``requests`` are in the order of their intents, earlier runs' that were settled since among them."""

    run: str
    who: str
    command: str
    plan: str
    started: str
    finished: str
    status: Status
    requests: tuple[Requested, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)


def record_of(document: Document) -> Record | None:
    """What the history must still tell of the last run, or None where it has told it or nothing ever ran."""
    run = document.last_run
    if run is None or run.recorded:
        return None
    status = Status.COMPLETED if run.completed else Status.INCOMPLETE if run.finished else Status.INTERRUPTED
    requests = tuple(document.requests[number] for number in sorted(document.requests))
    totals = dict(run.totals) or _totals(requests)
    return Record(run.id, run.who, run.command, run.plan, run.started, run.finished, status, requests, totals)


def _totals(requests: tuple[Requested, ...]) -> dict[str, int]:
    """How many requests ended how."""
    counts: dict[str, int] = {}
    for request in requests:
        counts[request.result] = counts.get(request.result, 0) + 1
    return dict(sorted(counts.items()))


_RECORD = Form(
    Record,
    run=TEXT,
    who=TEXT,
    command=TEXT,
    plan=TEXT,
    started=TEXT,
    finished=TEXT,
    status=one_of(Status),
    requests=listing(REQUESTED.spelling),
    totals=mapping(COUNT),
)


def record_json(record: Record) -> dict[str, Any]:
    """The record as a line of the history spells it, but for the line before."""
    return _RECORD.write(record)


def line_of(record: Record, previous: str) -> bytes:
    """The record's line, without its end; ``previous`` is the SHA-256 of the line before, or FIRST."""
    raw = {"previous": previous, **_RECORD.write(record)}
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def next_line(record: Record, last: bytes | None, head: str) -> bytes:
    """The record's line behind ``last``, the last one there; ``head`` is what the state remembers of that one.

    It follows what the state remembers, whatever is there: a line that somebody took away is missing for good, and an
    apply that comes after it does not hide that.
    """
    return line_of(record, head or head_of(last))


def head_of(line: bytes | None) -> str:
    """What the line after this one must name; None stands for no line at all."""
    return FIRST if line is None else hashlib.sha256(line).hexdigest()


def tells(line: bytes | None, record: Record) -> bool:
    """True for the line of this very record; a run that was gone on with has one for each time."""
    try:
        return line is not None and _read(line)[1] == record
    except Malformed:
        return False


def _read(line: bytes) -> tuple[str, Record]:
    try:
        raw = json.loads(line)
        previous = TEXT.read(raw.pop("previous"))
        return previous, _RECORD.read(raw)
    except Malformed:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed(f"not a line of this history ({error})") from error


@dataclass(frozen=True, slots=True)
class History:
    """The lines so far, oldest first, without a torn last one.

    ``head`` is what the record says of the last line, empty where it says nothing. ``told`` is False while the record
    does not know yet that the last run was told: then a line more than ``head`` knows of is in order.
    """

    location: str
    lines: tuple[bytes, ...]
    head: str = ""
    told: bool = True

    def records(self) -> tuple[Record, ...]:
        """Every apply, oldest first; raises StateError naming the first line that cannot be read."""
        return tuple(self._line(number)[1] for number in range(len(self.lines)))

    def verify(self) -> int:
        """How many lines there are, all of them as they were written.

        Raises StateError naming the first line that is not: changed, or out of its place.
        """
        previous = FIRST
        for number, line in enumerate(self.lines):
            named, _ = self._line(number)
            if named != previous:
                raise self._bad(number, "it does not follow the line before, one of the two was changed or removed")
            previous = head_of(line)
        known = [head_of(line) for line in self.lines[-1 if self.told else -2 :]]
        if self.head and not self.lines:
            raise StateError(
                f"the history `{self.location}` is damaged: none is there, and the state remembers one",
                hint=UNDECIDED,
            )
        if self.head and self.head not in known:
            raise self._bad(max(len(self.lines) - 1, 0), "it is not the last line that the state remembers")
        return len(self.lines)

    def _line(self, number: int) -> tuple[str, Record]:
        try:
            return _read(self.lines[number])
        except Malformed as error:
            raise self._bad(number, str(error)) from error

    def _bad(self, number: int, why: str) -> StateError:
        return StateError(
            f"the history `{self.location}` is damaged at line {number + 1}: {why}",
            hint=UNDECIDED,
        )
