"""How are many awaitable jobs done, so many at a time, with the first failure ending them all?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def each(items: Iterable[T], do: Callable[[T], Awaitable[None]], *, at_once: int) -> None:
    """Does every item, in order of beginning, ``at_once`` at a time.

    The first error cancels what is under way, leaves out what is not, and is raised by itself (no exception group).
    """
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    first: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
    except BaseExceptionGroup as errors:
        first = errors.exceptions[0]
    if first is not None:
        raise first  # outside of the block: the group adds nothing to the chain
