"""When a request may leave, on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from provisioner.vendors.base import Limits
from provisioner.vendors.limits import Impatient, Pace


class Clock:
    """Time that only sleeping moves; ``during`` happens in the first nap."""

    def __init__(self) -> None:
        self.now = 0.0
        self.during: Callable[[], None] | None = None

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        happens, self.during = self.during, None
        if happens is not None:
            happens()
        self.now += seconds


def a_pace(clock: Clock, *, per_second: float | None = None) -> Pace:
    return Pace(Limits(requests_per_second=per_second), clock=clock.clock, sleep=clock.sleep)


def test_without_limits_a_request_leaves_at_once() -> None:
    """No waiting, no cost."""
    clock = Clock()

    assert asyncio.run(a_pace(clock).turn(0)) == 0
    assert clock.now == 0


def test_an_idle_connection_gathers_no_burst() -> None:
    """After a long rest requests leave as evenly as before."""
    clock = Clock()
    pace = a_pace(clock, per_second=2)
    left = []

    async def run() -> None:
        for rest in (0, 100, 0, 0):
            clock.now += rest
            await pace.turn(0)
            left.append(clock.now)

    asyncio.run(run())

    assert left == [0, 100, 100.5, 101]


def test_a_longer_pause_stays_when_a_shorter_one_is_asked_for() -> None:
    """Two answers may come in either order."""
    clock = Clock()
    pace = a_pace(clock)
    pace.pause(9)
    pace.pause(2)

    assert asyncio.run(pace.turn(10)) == 9
    assert clock.now == 9


def test_a_pause_that_is_made_longer_meanwhile_is_sat_out_to_its_end() -> None:
    """All of it counts against the patience."""
    clock = Clock()
    pace = a_pace(clock)
    pace.pause(2)
    clock.during = lambda: pace.pause(5)

    assert asyncio.run(pace.turn(10)) == 5


def test_a_pause_that_begins_while_waiting_for_the_rate_limit_is_sat_out() -> None:
    """A token lets nobody pass a 429; only the pause counts against the patience."""
    clock = Clock()
    pace = a_pace(clock, per_second=1)
    clock.during = lambda: pace.pause(9)

    async def run() -> float:
        await pace.turn(0)
        return await pace.turn(8)

    assert asyncio.run(run()) == 8
    assert clock.now == 9


def test_a_pause_beyond_patience_is_not_begun() -> None:
    """It says at once how long it would have been."""
    clock = Clock()
    pace = a_pace(clock)
    pace.pause(9)

    with pytest.raises(Impatient) as caught:
        asyncio.run(pace.turn(8))

    assert caught.value.seconds == 9
    assert clock.now == 0
