"""When does a connection log in: before its first request, and once more when the vendor no longer knows it.

A session that logs in says so by having ``log_in`` (``LogsIn``); for any other, nothing here does anything. One log-in
serves everybody who uses the connection, however many requests wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from provisioner.errors import Unauthorized
from provisioner.vendors.base import Answer, LogsIn, Request, Session

Deliver = Callable[[Request], Awaitable[Answer]]
"""Sends a request as it is, and gives the checked answer."""


class Entrance:
    """The log-ins of one connection.

    ``ticket`` counts them. It never loops: a log-in that is refused is not tried again, and a second one in a row that
    lets no request in is the last.
    """

    def __init__(self, session: Session, deliver: Deliver) -> None:
        self._session = session if isinstance(session, LogsIn) else None
        self._deliver = deliver
        self._lock = asyncio.Lock()
        self._count = 0
        self._in_vain = 0
        self._refused: Unauthorized | None = None

    async def ticket(self) -> int:
        """Sees to it that there has been a log-in, and gives its number; raises what the vendor says against it."""
        if self._session is not None and not self._count:
            await self._log_in(0)
        return self._count

    def let_in(self) -> None:
        """A request was accepted: the log-in is good."""
        self._in_vain = 0

    async def renew(self, ticket: int, refused: Unauthorized) -> bool:
        """Whether a request that was refused with that ticket is worth repeating; logs in where nobody has since."""
        if self._session is None or refused.status != 401:
            return False
        return await self._log_in(ticket)

    async def _log_in(self, ticket: int) -> bool:
        async with self._lock:
            if self._refused is not None:
                raise self._refused
            if self._count != ticket:
                return True  # somebody else has, meanwhile
            if self._in_vain > 1:
                return False
            try:
                await self._play()
            except Unauthorized as error:
                self._refused = error
                raise
            self._count += 1
            self._in_vain += 1
            return True

    async def _play(self) -> None:
        """Drives the session's log-in to its end; the vendor's errors are thrown into it."""
        if self._session is None:
            raise AssertionError("only who can log in is asked to")
        changing = self._session.log_in()
        try:
            request = next(changing)
            while True:
                request = changing.send(await self._deliver(request))
        except StopIteration:
            return
        finally:
            changing.close()
