"""How does one request get its answer, or none? The wire's side, below what HTTP allows when a fault asks for that."""

from __future__ import annotations

import asyncio
from asyncio import Transport
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from provisioner.simulators.base import Answer, Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

DROPPED = "dropped"
_CHUNK = 1 << 16


class Exchange:
    """A request waiting for its answer. ``status`` is what the client got to see of it."""

    def __init__(self, request: Request, receive: Receive, send: Send, transport: Transport) -> None:
        self.request = request
        self.status: int | str = DROPPED
        self._receive, self._send, self._transport = receive, send, transport

    async def answer(self, answer: Answer) -> None:
        """Send the whole answer, when it is time."""
        if answer.seconds > 0:
            await asyncio.sleep(answer.seconds)
        await self._start(answer, len(answer.body))
        if len(answer.body) <= _CHUNK:
            await self._send({"type": "http.response.body", "body": answer.body})
            return
        for start in range(0, len(answer.body), _CHUNK):
            piece = answer.body[start : start + _CHUNK]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})

    async def truncate(self, answer: Answer) -> None:
        """Promise the whole answer, send half of its body, and hang up."""
        body = answer.body or b"{}"
        await self._start(answer, len(body))
        await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        self._transport.close()
        await self._gone()

    async def drop(self) -> None:
        """Hang up without a word."""
        self._transport.abort()
        await self._gone()

    async def _start(self, answer: Answer, length: int) -> None:
        self.status = answer.status
        headers = [(b"content-length", str(length).encode())]
        if answer.content_type is not None:
            headers.append((b"content-type", answer.content_type.encode()))
        headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})

    async def _gone(self) -> None:
        """Wait until the server has noticed that the connection is closed: before that it would answer for us."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
