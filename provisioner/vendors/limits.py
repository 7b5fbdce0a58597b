"""When may the next request of a connection leave: so many at once, so many a second, none during a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from provisioner.vendors.base import Limits


class Impatient(Exception):
    """A pause outlasts the caller's patience; ``seconds`` is what is left of it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"paused for another {seconds:.0f} s")
        self.seconds = seconds


class Pace:
    """The limits of one connection, shared by everybody who uses it.

    ``slots`` is held while a request is on its way. ``turn`` is awaited in a slot, right before sending. The rate is a
    bucket that holds one token: requests leave evenly, without a burst that a vendor's own window might count twice.
    """

    def __init__(
        self, limits: Limits, *, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self.slots = asyncio.Semaphore(limits.concurrency)
        self._interval = 1 / limits.requests_per_second if limits.requests_per_second else 0.0
        self._clock, self._sleep = clock, sleep
        self._free_at = 0.0
        self._paused_until = 0.0

    def pause(self, seconds: float) -> None:
        """Nobody sends for so many seconds; a longer pause that is already on stays."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def turn(self, patience: float) -> float:
        """Waits until one request may leave, and gives the seconds that pauses cost.

        Raises Impatient, at once, when a pause would take more than ``patience`` seconds. Waiting for the rate limit
        does not count.
        """
        waited = await self._sit_out(patience)
        if self._interval and (delay := self._token()) > 0:
            await self._sleep(delay)
            waited += await self._sit_out(patience - waited)
        return waited

    async def _sit_out(self, patience: float) -> float:
        waited = 0.0
        while (left := self._paused_until - self._clock()) > 0:
            if waited + left > patience:
                raise Impatient(left)
            await self._sleep(left)
            waited += left
        return waited

    def _token(self) -> float:
        """Takes the next token; seconds until it may be used."""
        now = self._clock()
        usable_at = max(self._free_at, now)
        self._free_at = usable_at + self._interval
        return usable_at - now
