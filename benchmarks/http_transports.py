"""What does one request cost: httpx over its own pool, over aiohttp, and through this tool's engine?

    .venv/bin/python benchmarks/http_transports.py [--requests 2000] [--repeat 5]

A minimal HTTP server runs in a process of its own and answers every GET with one agent. For each client and each number
of connections it prints the best of several runs: CPU time of this process and wall time, both per request. A second
table lets the server answer after 10 ms, and compares reading known ids with a bare loop over the same transport.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Call, Entity, Find, Limits, Offer, Reading, Request, Settings
from provisioner.vendors.fields import Fields
from provisioner.vendors.http import Engine
from provisioner.vendors.live import Want
from provisioner.vendors.read import read_connection
from provisioner.vendors.wire import open_transport

BODY = json.dumps(
    {
        "id": 12,
        "number": "101",
        "firstName": "Ana",
        "lastName": None,
        "emailAddress": "ana@example.com",
        "language": "en",
        "deleted": False,
    }
).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY

Get = Callable[[int], Awaitable[object]]


# --- The server ----------------------------------------------------------------------------------------------------


class Server(asyncio.Protocol):
    """Answers whatever ends in an empty line, after ``delay`` seconds."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            _, _, self.pending = self.pending.partition(b"\r\n\r\n")
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.transport.write, ANSWER)
            else:
                self.transport.write(ANSWER)


def serve(listening: socket.socket, delay: float) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Server(delay), sock=listening)
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def a_server(delay: float = 0.0) -> Iterator[str]:
    """The base URL of a server in another process."""
    listening = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=serve, args=(listening, delay), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/eq/api/2.0"
    finally:
        process.terminate()
        process.join()
        listening.close()


# --- The clients ---------------------------------------------------------------------------------------------------


class Session:
    """A vendor that puts a key in the query and reads agents by id."""

    redactions = ()

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def sign(self, request: Request) -> Request:
        return Request(request.method, request.path, query=(("auth_key", "0123456789abcdef"), *request.query))

    def check(self, request: Request, answer: Answer) -> None:
        if answer.status != 200:
            raise AssertionError(answer)

    def adapter(self, kind: str) -> Any:
        return self

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        (answer,) = yield (Request("GET", f"/agent/{vendor_id}"),)
        return Entity(vendor_id, answer.data())

    def licences(self) -> Reading[Mapping[str, Any]]:
        raise AssertionError("its Offers name no licence")


def settings(connections: int) -> Settings:
    return Settings(vendor="bench", limits=Limits(concurrency=connections))


async def drive(count: int, connections: int, get: Get) -> None:
    numbers = iter(range(1, count + 1))

    async def work() -> None:
        for number in numbers:
            await get(number)

    await asyncio.gather(*(work() for _ in range(connections)))


def own_pool(connections: int) -> httpx.AsyncBaseTransport:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncHTTPTransport(limits=limits)


def over_aiohttp(base: str, connections: int) -> httpx.AsyncBaseTransport:
    return open_transport(httpx.URL(base), settings(connections), connection="bench")


def with_client(transport: httpx.AsyncBaseTransport, base: str) -> Get:
    client = httpx.AsyncClient(transport=transport, trust_env=False)

    async def get(number: int) -> object:
        return (await client.get(f"{base}/agent/{number}?auth_key=0123456789abcdef")).text

    return get


def bare(transport: httpx.AsyncBaseTransport, base: str) -> Get:
    async def get(number: int) -> object:
        request = httpx.Request("GET", f"{base}/agent/{number}?auth_key=0123456789abcdef")
        response = await transport.handle_async_request(request)
        try:
            return json.loads(await response.aread())
        finally:
            await response.aclose()

    return get


async def through_engine(transport: httpx.AsyncBaseTransport, base: str, count: int, connections: int) -> None:
    engine = Engine(Session(base), settings(connections), connection="bench", transport=transport)
    offer = Offer(Fields, Call.READ, {}, Find.SCAN)
    want = Want("agents", offer, ids=frozenset(VendorId(str(number)) for number in range(1, count + 1)))
    seen = (await read_connection(engine, [want]))["agents"]
    if len(seen.by_id) != count or seen.failures:
        raise AssertionError(seen.failures)


# --- The measurement -----------------------------------------------------------------------------------------------

CLIENTS = (
    "AsyncClient, httpx's own pool",
    "AsyncClient, aiohttp transport",
    "transport alone, httpx's own pool",
    "transport alone, aiohttp",
    "read_connection (engine over aiohttp)",
)


async def measured(client: str, base: str, count: int, connections: int) -> tuple[float, float]:
    """CPU and wall seconds per request, warmed up."""
    transport = own_pool(connections) if "own pool" in client else over_aiohttp(base, connections)

    async def run(number: int) -> None:
        if client.startswith("read_connection"):
            await through_engine(transport, base, number, connections)
        else:
            get = with_client(transport, base) if client.startswith("AsyncClient") else bare(transport, base)
            await drive(number, connections, get)

    try:
        await run(5 * connections)
        cpu, wall = time.process_time(), time.perf_counter()
        await run(count)
        return (time.process_time() - cpu) / count, (time.perf_counter() - wall) / count
    finally:
        await transport.aclose()


def best(client: str, base: str, count: int, connections: int, repeat: int) -> tuple[float, float]:
    runs = [asyncio.run(measured(client, base, count, connections)) for _ in range(repeat)]
    return min(cpu for cpu, _ in runs), min(wall for _, wall in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    print(f"{'microseconds per request':40} {'connections':>11} {'CPU':>7} {'wall':>7}")  # noqa: T201  it is a report
    with a_server() as base:
        for client in CLIENTS:
            for connections in (10, 50):
                cpu, wall = best(client, base, asked.requests, connections, asked.repeat)
                print(f"{client:40} {connections:11} {cpu * 1e6:7.0f} {wall * 1e6:7.0f}")  # noqa: T201  the same
    print(f"\n{'answers take 10 ms, 10 connections':40} {'seconds':>11}")  # noqa: T201  the same
    with a_server(0.010) as base:
        for client in CLIENTS[3:]:
            _, wall = best(client, base, asked.requests, 10, asked.repeat)
            print(f"{client:40} {wall * asked.requests:11.2f}")  # noqa: T201  the same


if __name__ == "__main__":
    main()
