"""The yardstick for reading and creating agents: the same requests over the same client, and nothing done with them.

    python -m benchmarks.bare_loop BASE_URL read|create COUNT

As many workers as the connection allows. Each sends, reads the body to its end, and takes the next: no check, no
evidence, no record. A worker that creates reads back what it made, since the tool does; before that it visits the ids
that a scan of an empty account visits.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable

import httpx

from benchmarks.agents import CONCURRENCY, KEY, PIN, agent
from provisioner.vendors.base import Limits, Settings
from provisioner.vendors.wire import open_transport

HEADERS = {"accept": "application/json", "accept-encoding": "gzip, deflate"}
SCANNED = 20
"""Ids in a row that must be absent before a scan of an empty account ends."""

LICENCE = ("/license_usage", "/license", "/license_usage")
"""Asked once for the scan (has it missed any) and once for the guard `capacity` (does the licence hold them all)."""

Send = Callable[..., Awaitable[bytes]]


async def read(send: Send, count: int) -> None:
    """Every id once."""
    await _each(range(1, count + 1), lambda number: send("GET", f"/agent/{number}"))


async def create(send: Send, count: int) -> None:
    """The scan, what the licence counts and allows, then every agent made and read back."""
    await read(send, SCANNED)
    for path in LICENCE:
        await send("GET", path)

    async def one(index: int) -> None:
        made = await send("POST", "/agent", {"data": json.dumps({**agent(index), "language": None, "password": PIN})})
        await send("GET", f"/agent/{int(made)}")

    await _each(range(count), one)


async def _each(items: Iterable[int], do: Callable[[int], Awaitable[object]]) -> None:
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


async def run(base_url: str, mode: str, count: int) -> None:
    """Sends it all over one transport."""
    settings = Settings(vendor="bench", limits=Limits(concurrency=CONCURRENCY))
    transport = open_transport(httpx.URL(base_url), settings, connection="bench")

    async def send(method: str, path: str, form: dict[str, str] | None = None) -> bytes:
        request = httpx.Request(method, f"{base_url}{path}?auth_key={KEY}", headers=HEADERS, data=form)
        response = await transport.handle_async_request(request)
        try:
            return await response.aread()
        finally:
            await response.aclose()

    try:
        await {"read": read, "create": create}[mode](send, count)
    finally:
        await transport.aclose()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
