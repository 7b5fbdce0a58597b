"""A record that lives as long as its process: for rehearsals, and the plainest reading of what a back-end must do."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

from provisioner.errors import StateError
from provisioner.state import journal
from provisioner.state.backend import Holder
from provisioner.state.clock import now
from provisioner.state.document import Document
from provisioner.state.entries import WriterOpened
from provisioner.state.history import History, Record, head_of, next_line, tells
from provisioner.state.replay import replayed
from provisioner.state.writer import Writer, writing

PAUSE = 0.01
"""Seconds between two tries to get the lock."""


class MemoryBackend:
    """One tenant's record in memory; ``lineage`` names it, or chance does."""

    def __init__(self, *, lineage: str | None = None, clock: Callable[[], str] = now) -> None:
        self._lineage = lineage
        self._clock = clock
        self._snapshot: Document | None = None
        self._journal = b""
        self._lines: tuple[bytes, ...] = ()
        self._holder: Holder | None = None

    @property
    def location(self) -> str:
        return "memory"

    def load(self) -> Document:
        """The record as of now."""
        if self._snapshot is None:
            return Document(self._lineage or "")
        return replayed(self._snapshot, journal.read(self._journal, self.location).entries)

    def holder(self) -> Holder | None:
        """Who is writing right now."""
        return self._holder

    def writer(self, *, who: str, command: str, timeout: float = 0) -> AbstractAsyncContextManager[Writer]:
        """The one writer, once the lock is free."""
        holder = Holder(who, socket.gethostname(), self._clock(), command, os.getpid())
        return self._writer(holder, timeout)

    @asynccontextmanager
    async def _writer(self, holder: Holder, timeout: float) -> AsyncIterator[Writer]:
        clock = asyncio.get_running_loop().time
        end = clock() + timeout
        while self._holder is not None:
            if clock() >= end:
                raise self._holder.refusal()
            await asyncio.sleep(PAUSE)
        self._holder = holder
        store = _Store(self, holder)
        try:
            if self._snapshot is None:
                store.replace(Document(self._lineage or str(uuid.uuid4())))
            opened = WriterOpened(holder.who, holder.host, holder.command, holder.since)
            async with writing(store, self.load(), opened) as writer:
                yield writer
        finally:
            if self._holder is holder:
                self._holder = None

    def unlock(self, *, force: bool = False) -> Holder | None:
        """Take the lock away, if forced: its holder is alive, or there would be no record."""
        holder = self._holder
        if holder is not None and not force:
            raise StateError(f"the state is being written: {holder.who} is alive since {holder.since}")
        self._holder = None
        return holder

    def history(self) -> History:
        """Every apply so far."""
        document = self.load()
        told = document.last_run is None or document.last_run.recorded
        return History(self.location, self._lines, document.history_head, told)


class _Store:
    """What a holder may do to the backend."""

    def __init__(self, backend: MemoryBackend, holder: Holder) -> None:
        self._backend = backend
        self._holder = holder

    def _check(self) -> None:
        if self._backend._holder is not self._holder:
            raise StateError("the lock was taken away from this process")

    def commit(self, lines: Sequence[bytes]) -> None:
        self._check()
        self._backend._journal += b"".join(lines)

    def replace(self, document: Document) -> None:
        self._check()
        self._backend._snapshot = replace(document)
        self._backend._journal = journal.first_line(document.lineage, 1)

    def restore(self, document: Document, history: Sequence[bytes]) -> None:
        self.replace(document)
        self._backend._lines = tuple(history)

    def record(self, record: Record, head: str) -> str:
        self._check()
        lines = self._backend._lines
        if not lines or not tells(lines[-1], record):
            lines = (*lines, next_line(record, lines[-1] if lines else None, head))
            self._backend._lines = lines
        return head_of(lines[-1])

    def close(self) -> None:
        """Nothing is open."""
