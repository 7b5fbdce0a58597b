"""So many jobs at a time, and the first failure ends them all."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.vendors.concurrently import each


def test_every_item_is_done_so_many_at_a_time() -> None:
    """In order of beginning."""
    running, most, done = 0, 0, []

    async def do(item: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        done.append(item)
        running -= 1

    asyncio.run(each(range(10), do, at_once=3))

    assert done == list(range(10))
    assert most == 3


def test_nothing_is_done_for_no_items() -> None:
    """Nor does it wait."""

    async def do(_: int) -> None:
        raise AssertionError

    asyncio.run(each([], do, at_once=0))
    asyncio.run(each([], do, at_once=3))


def test_the_first_error_is_raised_by_itself_and_cancels_the_rest() -> None:
    """What is under way is cancelled, what waits is left out."""
    begun, cancelled = [], []

    async def do(item: int) -> None:
        begun.append(item)
        try:
            if item == 1:
                raise ValueError(item)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise

    with pytest.raises(ValueError, match="1") as caught:
        asyncio.run(each(range(9), do, at_once=2))

    assert (begun, cancelled) == ([0, 1], [0])
    assert caught.value.__context__ is None


def test_cancelling_it_cancels_its_jobs() -> None:
    """And passes through."""
    cancelled = []

    async def do(item: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(item)

    async def run() -> None:
        job = asyncio.ensure_future(each(range(2), do, at_once=2))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(run())

    assert sorted(cancelled) == [0, 1]
