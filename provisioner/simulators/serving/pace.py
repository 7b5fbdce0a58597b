"""How slow is the simulated vendor, and when does it say "too many requests"?"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from typing import Any

from provisioner.simulators.base import Refused

NAMES = frozenset({"latency", "seed", "requests_per_second"})


class Pace:
    """Latency in seconds (a number, or ``{"min", "max"}`` drawn with ``seed``), and a limit (null: none)."""

    def __init__(self, latency: Any = 0.0, requests_per_second: Any = None, seed: Any = 0) -> None:
        """Raises Refused for values that make no sense."""
        self._shortest, self._longest = _bounds(latency)
        self._limit = _limit(requests_per_second)
        if type(seed) is not int:
            raise Refused("`seed` is an integer")
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311  # rehearsals should repeat; nothing here is secret
        self._second = self._served = 0

    def settings(self) -> dict[str, Any]:
        """All of them as JSON."""
        range_ = {"min": self._shortest, "max": self._longest}
        return {
            "latency": self._shortest if self._shortest == self._longest else range_,
            "requests_per_second": self._limit,
            "seed": self._seed,
        }

    def changed(self, changes: Mapping[str, Any]) -> Pace:
        """A pace with the named ones changed. Raises Refused."""
        return Pace(**{**self.settings(), **changes})

    def over_limit(self) -> bool:
        """Count a request, and tell whether it is one too many in this second."""
        if self._limit is None:
            return False
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._served = second, 0
        self._served += 1
        return self._served > self._limit

    async def wait(self) -> None:
        """Pass the latency."""
        if self._longest > 0:
            await asyncio.sleep(self._random.uniform(self._shortest, self._longest))


def _bounds(latency: Any) -> tuple[float, float]:
    try:
        pair = (latency["min"], latency["max"]) if isinstance(latency, Mapping) else (latency, latency)
        shortest, longest = map(float, pair)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused('`latency` is a number of seconds, or {"min": …, "max": …}') from error
    if not 0 <= shortest <= longest:
        raise Refused("`latency` is not negative, and its min not above its max")
    return shortest, longest


def _limit(value: Any) -> int | None:
    if value is None or (type(value) is int and value > 0):
        return value
    raise Refused("`requests_per_second` is a positive integer or null")
