"""What may start now: every change whose needs are done, as many at once as its connection allows.

No I/O and no clock: the same plan and the same ends give the same starts.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.apply.events import Ended, Status
from provisioner.plan.document import Change

AHEAD = 2
"""Changes under way for each request that a connection takes at once: while some wait for the journal, the others keep
the connection busy."""

FATES = {
    Status.FAILED: "which failed",
    Status.STALE: "which was refused as stale",
    Status.HELD: "which was held",
    Status.SKIPPED: "which was skipped",
    Status.MANUAL: "which a person must do",
    Status.WAITING: "which waits for a person",
}

FOR_A_PERSON = frozenset({Status.MANUAL, Status.WAITING})
"""What is open without anything having gone wrong; so is whatever needs it."""


@dataclass
class Schedule:
    """Which changes may start, which are under way, and how the others ended.

    ``changes`` are in the plan's order, by which ties are decided. ``limits`` says for each connection how many
    changes may be under way at once (1 where it says nothing), ``parallelism`` how many in all (None: no limit).
    """

    changes: Mapping[str, Change]
    limits: Mapping[str, int]
    parallelism: int | None
    ended: dict[str, Ended] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, set[str]] = field(default_factory=dict)
    _dependants: dict[str, list[str]] = field(default_factory=dict)
    _ready: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _order: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._order = {key: number for number, key in enumerate(self.changes)}
        for key, change in self.changes.items():
            self._waiting[key] = {need for need in change.needs if need in self.changes}
            for need in self._waiting[key]:
                self._dependants.setdefault(need, []).append(key)
        for key in self.changes:
            if not self._waiting[key]:
                self._make_ready(key)

    def _make_ready(self, key: str) -> None:
        connection = self.changes[key].address.connection
        heapq.heappush(self._ready.setdefault(connection, []), (self._order[key], key))

    def take(self) -> Change | None:
        """A change that may start now, of a connection that has room; None where there is none."""
        if self.parallelism is not None and sum(self.running.values()) >= self.parallelism:
            return None
        for connection in sorted(self._ready):
            if self.running.get(connection, 0) >= self.limits.get(connection, 1):
                continue
            change = self._next(connection)
            if change is not None:
                self.running[connection] = self.running.get(connection, 0) + 1
                return change
        return None

    def _next(self, connection: str) -> Change | None:
        """The first change of a connection that is ready and has not ended without being run."""
        queue = self._ready[connection]
        while queue:
            _, key = heapq.heappop(queue)
            if key not in self.ended:
                return self.changes[key]
        return None

    def finish(self, change: Change, ended: Ended) -> list[Ended]:
        """Notes how a change that was under way ended; gives what is skipped because of it."""
        self.running[change.address.connection] -= 1
        return self.settle(ended)

    def settle(self, ended: Ended) -> list[Ended]:
        """Notes how a change ended that was not under way; gives what is skipped because of it, nearest first."""
        self.ended[ended.key] = ended
        skipped: list[Ended] = []
        spreading = [ended]
        for cause in spreading:
            for key in self._dependants.get(cause.key, ()):
                if key in self.ended:
                    continue
                if cause.status is Status.DONE:
                    self._need_done(key, cause.key)
                    continue
                status = Status.WAITING if cause.status in FOR_A_PERSON else Status.SKIPPED
                skip = Ended(key, status, self.changes[key].id, f"needs `{cause.key}`, {FATES[cause.status]}")
                self.ended[key] = skip
                spreading.append(skip)
                skipped.append(skip)
        return skipped

    def _need_done(self, key: str, need: str) -> None:
        self._waiting[key].discard(need)
        if not self._waiting[key]:
            self._make_ready(key)

    def left(self) -> list[str]:
        """The keys that have not ended, in order."""
        return [key for key in self.changes if key not in self.ended]

    def number(self, change: Change) -> int:
        """The change's place in the plan."""
        return self._order[change.key]
