"""A server on loopback that misbehaves byte by byte."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

# Made for these tests with `openssl req -x509 -newkey ec …`, for localhost and 127.0.0.1; valid until 2126.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUUD8ltv8OI9ZtSCsrLRGV0FxsQdowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjAwMzkxM1oYDzIxMjYxMDI5
MDAzOTEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQBQc179HpjUoiK64KogL4CQy1m1lZ8V3cyRFyPViomjGJok7A/q1oj
TQ9ThsH8J/HGBy2AZyZkleX6+IKAsukIo28wbTAdBgNVHQ4EFgQU2VRRtvKYSTIN
T/g8desH3s57jmQwHwYDVR0jBBgwFoAU2VRRtvKYSTINT/g8desH3s57jmQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgJ5NPpg95f1p4T9E5OgfjcVBdaSEcFm6U4zx9ctxACu0CIQD7
5uc4h8pO3f01Z9pByWExsaKk4BKEOODJc45fJVINmg==
-----END CERTIFICATE-----
"""
_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgebnjV2a7IkYaNZ89
htmcGJuIaPHzRN4dX+xWLY0HnUShRANCAAQBQc179HpjUoiK64KogL4CQy1m1lZ8
V3cyRFyPViomjGJok7A/q1ojTQ9ThsH8J/HGBy2AZyZkleX6+IKAsukI
-----END PRIVATE KEY-----
"""


@dataclass(frozen=True)
class Play:
    """What is written after a request, and what becomes of the connection: ``keep``, ``close``, ``reset``, ``hang``."""

    data: bytes = b""
    then: str = "keep"


Answering: TypeAlias = "bytes | Play | Callable[[int], bytes | Play]"


def reply(body: bytes = b"{}", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer; ``length`` claims another size than the body has."""
    size = len(body) if length is None else length
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {size}", "Content-Type: application/json", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def unsized(body: bytes, *headers: str) -> bytes:
    """An answer without a Content-Length."""
    return "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: application/json", *headers)).encode() + b"\r\n\r\n" + body


@dataclass
class Peer:
    """The running server: where it is, and the requests that it got, whole."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"


@asynccontextmanager
async def a_peer(*plays: bytes | Play, tls: bool = False) -> AsyncIterator[Peer]:
    """Answers one request after the other with the plays, the last of them for ever."""
    peer = Peer()
    waiting = list(plays)
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.connections += 1
        writers.append(writer)
        try:
            while True:
                peer.requests.append(await _request(reader))
                play = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                if not await _act(play if isinstance(play, Play) else Play(play), writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=_tls() if tls else None)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return head + (await reader.readexactly(int(sizes[0])) if sizes else b"")


async def _act(play: Play, writer: asyncio.StreamWriter) -> bool:
    """True while the connection goes on."""
    writer.write(play.data)
    await writer.drain()
    if play.then == "reset":
        writer.transport.abort()
    elif play.then == "close":
        writer.close()
    return play.then in ("keep", "hang")


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.write_text(CERTIFICATE + _KEY)
        context.load_cert_chain(both)
    return context
