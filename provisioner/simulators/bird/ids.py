"""How does the simulated Bird name things, and date them? Both are invented, and the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

WORKSPACE = "5f0c7a3e-8d2b-4c57-9f4e-0b1d5a9c7e21"
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def id_of(kind: str, number: int) -> str:
    """The id of the n-th of a kind: a lower-case UUID (A-17)."""
    return str(uuid5(NAMESPACE_URL, f"https://bird.example.com/{kind}/{number}"))


class Ticks:
    """A clock that goes on by a millisecond with every reading, so that no two entities are of one moment."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> int:
        """A number that was not given before."""
        self.count += 1
        return self.count

    def stamp(self) -> str:
        """RFC 3339 in UTC with milliseconds (§1)."""
        moment = _FIRST + timedelta(milliseconds=self.next())
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
