"""What was asked of the simulator, when, and how often?"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.base import Account, Request

_REMEMBERED = 200_000  # requests; the counts go on beyond that


@dataclass(slots=True)
class Entry:
    """One request. ``start`` and ``end`` are seconds of a monotonic clock; ``status`` is what the client saw."""

    n: int
    request: Request
    start: float
    end: float | None = None
    status: int | str | None = None


class Record:
    """The log and the counts. Bodies are decoded when the log is read, not when the request is served."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_REMEMBERED)
        self._methods: Counter[str] = Counter()
        self._templates: Counter[str] = Counter()
        self._n = self._in_flight = self._peak = 0

    def clear(self) -> None:
        """Remember nothing; requests in flight stay in flight."""
        self._entries.clear()
        self._methods.clear()
        self._templates.clear()
        self._n, self._peak = 0, self._in_flight

    def begin(self, request: Request, template: str) -> Entry:
        """A request came in."""
        self._n += 1
        self._methods[request.method] += 1
        self._templates[f"{request.method} {template}"] += 1
        self._in_flight += 1
        self._peak = max(self._peak, self._in_flight)
        entry = Entry(self._n, request, time.monotonic())
        self._entries.append(entry)
        return entry

    def end(self, entry: Entry, status: int | str) -> None:
        """It was answered, or dropped."""
        self._in_flight -= 1
        entry.status, entry.end = status, time.monotonic()

    def log(self, account: Account, since: int) -> list[dict[str, Any]]:
        """Every remembered request after number ``since``, oldest first, without secrets."""
        return [_shown(entry, account) for entry in self._entries if entry.n > since]

    def counts(self) -> dict[str, Any]:
        """Requests by method, by path template, and the most that were in flight at once."""
        return {**self._methods, "paths": dict(self._templates), "peak_concurrency": self._peak}


def _shown(entry: Entry, account: Account) -> dict[str, Any]:
    query, data = account.shown(entry.request)
    return {
        "n": entry.n,
        "method": entry.request.method,
        "path": entry.request.path,
        "query": dict(query),
        "data": data,
        "status": entry.status,
        "start": entry.start,
        "end": entry.end,
    }
