"""How entries reach stable storage: one writer, many coroutines, few fsyncs.

Group commit::

    append ─┐                       ┌─ append, append, append: queued while the thread is busy
    append ─┴─ one write + fsync ───┴─ one write + fsync ───
               in a worker thread

Lines are written in the order of the calls. ``append`` returns once its line is stored, and only then does the record
show it. After a failure nothing more is written: a line after a gap would be a lie.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Protocol

from provisioner.address import Address
from provisioner.errors import StateError
from provisioner.state import journal
from provisioner.state.document import Bound, Document, Intent
from provisioner.state.entries import (
    Entry,
    HistoryWritten,
    IntentMade,
    Outcome,
    RunFinished,
    RunStarted,
    Settled,
    WriterOpened,
)
from provisioner.state.history import Record, record_of
from provisioner.state.replay import Replay

LOG = logging.getLogger(__name__)

VERBS = frozenset({"create", "update", "delete", "undelete"})


class Store(Protocol):
    """Blocking calls of the lock's holder; each returns once all of it is on stable storage, or raises StateError.

    They are made from one worker thread, one at a time.
    """

    def commit(self, lines: Sequence[bytes]) -> None:
        """Append lines to the journal, in this order."""
        ...

    def replace(self, document: Document) -> None:
        """Make ``document`` the snapshot and the journal empty: both or neither, wherever it is killed."""
        ...

    def restore(self, document: Document, history: Sequence[bytes]) -> None:
        """Put a whole record in this one's place: its snapshot, no journal, and the lines of its history.

        Killed on the way, the record is the former one or the new one, and a next try ends it.
        """
        ...

    def record(self, record: Record, head: str) -> str:
        """Append to the history, unless its last line is this very record; gives that line's SHA-256.

        ``head`` is the SHA-256 of the last line that the record remembers, empty where it remembers none: see
        ``history.next_line``.
        """
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


@dataclass(frozen=True, slots=True)
class _Queued:
    """An entry on its way; ``stored`` is None where nobody waits for it."""

    entry: Entry
    line: bytes
    stored: asyncio.Future[None] | None


class Writer:
    """Appends to the journal for whoever holds the lock. Of one event loop; made by a back-end's ``writer``."""

    def __init__(self, store: Store, document: Document, opened: WriterOpened) -> None:
        self._store = store
        self._replay = Replay(document)
        self._opened = opened
        self._open_intents: dict[int, Intent] = dict(document.pending)
        self._last_intent = document.last_intent
        self._queue: list[_Queued] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="state")
        self._idle = asyncio.Event()
        self._idle.set()
        self._failure: BaseException | None = None
        self._appended = False

    @property
    def document(self) -> Document:
        """The record, with everything that is stored by now; a value that later entries do not change.

        Costs a copy of the maps after each change: for one binding ask ``bound``.
        """
        return self._replay.document

    def bound(self, address: Address) -> Bound | None:
        """One binding as it is stored by now, at no cost."""
        return self._replay.bound(address)

    def next_intent_id(self) -> int:
        """A number that no intent of this state has had."""
        self._last_intent += 1
        return self._last_intent

    async def append(self, entry: Entry, *, durable: bool = True) -> None:
        """Write an entry; returns once it is on stable storage. Concurrent calls share one write.

        Not ``durable``: returns at once, and the entry is stored with the next one that is, or on leaving. Raises
        StateError where it cannot be stored, then and for every later entry. A RunFinished writes the history, too.
        """
        stored = self._enqueue(entry, durable=durable)
        if stored is not None:
            await stored
        if isinstance(entry, RunFinished):
            await self.record()

    async def compact(self) -> None:
        """Make the record as of now the snapshot, and the journal empty."""
        await self._drained()
        document = self.document
        await self._alone(lambda: self._store.replace(document))

    async def push(self, document: Document) -> None:
        """Put another record in this one's place, with a serial above both. Numbers of intents go on as they were."""
        await self._drained()
        mine = self.document
        pushed = replace(
            document,
            serial=max(mine.serial, document.serial) + 1,
            counted=True,
            last_intent=max(self._last_intent, document.last_intent),
            history_head=mine.history_head,
            moved="",
        )
        await self._alone(lambda: self._store.replace(pushed))
        self._goes_on_from(pushed)

    async def restore(self, document: Document, history: Sequence[bytes]) -> None:
        """Put a record from elsewhere in this one's place as it is, lineage, serial and history included."""
        await self._drained()
        await self._alone(lambda: self._store.restore(document, history))
        self._goes_on_from(document)

    async def leave(self, place: str) -> None:
        """Say that the record lives in ``place`` from now on; what is here is a copy. The serial stays."""
        await self._drained()
        left = replace(self.document, moved=place)
        await self._alone(lambda: self._store.replace(left))
        self._goes_on_from(left)

    def _goes_on_from(self, document: Document) -> None:
        self._replay = Replay(document)
        self._open_intents, self._last_intent = dict(document.pending), document.last_intent

    async def record(self) -> None:
        """Tell the history of the last run, unless it knows. ``append`` and the back-end do it where it is due."""
        await self._drained()
        document = self.document
        record = record_of(document)
        if record is not None:
            heads: list[str] = []
            await self._alone(lambda: heads.append(self._store.record(record, document.history_head)))
            self._enqueue(HistoryWritten(record.run, heads[0]), durable=False)

    async def close(self, *, clean: bool) -> None:
        """Store what is queued; compact if ``clean`` and anything was written. Nothing can be appended afterwards."""
        try:
            await self._drained()
            if clean and self._appended:
                await self._compact_if_possible()
        finally:
            self._failure = self._failure or StateError("the state is closed")
            self._thread.shutdown(wait=True)
            self._store.close()

    async def _compact_if_possible(self) -> None:
        """All is stored by now: a snapshot that cannot be written must not make a failure of a run that was none."""
        try:
            await self.compact()
        except StateError as error:
            LOG.warning("%s; nothing is lost, the journal holds it all", error.message)

    def _enqueue(self, entry: Entry, *, durable: bool) -> asyncio.Future[None] | None:
        if self._failure is not None:
            raise self._refusal()
        self._check(entry)
        if isinstance(entry, RunStarted):
            entry = self._signed(entry)
        if not self._appended:
            self._queue.append(_Queued(self._opened, journal.line_of(self._opened), None))
            self._appended = True
        loop = asyncio.get_running_loop()
        stored = loop.create_future() if durable else None
        self._queue.append(_Queued(entry, journal.line_of(entry), stored))
        if durable:
            loop.call_soon(self._write)  # not at once: whoever appends in this turn of the loop shares the write
        return stored

    def _signed(self, entry: RunStarted) -> RunStarted:
        """A run that does not say who runs it by which command is this writer's."""
        run = entry.run
        who, command = run.who or self._opened.who, run.command or self._opened.command
        return replace(entry, run=replace(run, who=who, command=command))

    def _check(self, entry: Entry) -> None:
        """Refuse what could not be replayed: a wrong entry on disk is a record that nobody can read."""
        if isinstance(entry, IntentMade):
            intent = entry.intent
            if intent.id in self._open_intents or intent.id > self._last_intent or intent.verb not in VERBS:
                raise AssertionError(f"intent {intent.id} cannot be: its number or its verb `{intent.verb}`")
            self._open_intents[intent.id] = intent
        elif isinstance(entry, Outcome | Settled):
            intent = self._open_intents[entry.intent_id]
            if entry.result == "done" and intent.verb == "create" and not (entry.vendor_id or intent.vendor_id):
                raise AssertionError(f"the create of `{intent.address}` is done, and has no id")
            if entry.result != "unknown":
                del self._open_intents[entry.intent_id]

    def _write(self) -> None:
        """Hand all that is queued to the thread, unless it is at work: then that is done afterwards."""
        if self._failure is None and self._queue and self._idle.is_set():
            batch, self._queue = self._queue, []
            lines = [queued.line for queued in batch]
            self._start(lambda: self._store.commit(lines), batch)

    def _start(
        self, work: Callable[[], None], batch: Sequence[_Queued], done: asyncio.Future[None] | None = None
    ) -> None:
        """Let the thread do one thing. A future of the thread is never awaited, so that no cancellation reaches it."""
        self._idle.clear()
        waiting = [queued.stored for queued in batch if queued.stored] + ([done] if done else [])
        job = asyncio.get_running_loop().run_in_executor(self._thread, work)
        job.add_done_callback(lambda job: self._finished(job.exception(), batch, waiting))

    def _finished(
        self, error: BaseException | None, batch: Sequence[_Queued], waiting: Sequence[asyncio.Future[None]]
    ) -> None:
        try:
            for queued in batch if error is None else ():
                self._replay.apply(queued.entry)
        except StateError as wrong:
            error = wrong
        if error is None:
            _wake(waiting, None)
        else:
            self._failure = error
            _wake([*waiting, *(queued.stored for queued in self._queue if queued.stored)], error)
            self._queue = []
        self._idle.set()
        if any(queued.stored for queued in self._queue):
            self._write()

    async def _drained(self) -> None:
        """Wait until everything is stored. The caller has the thread for itself until its next ``await``."""
        while self._failure is None and (self._queue or not self._idle.is_set()):
            self._write()
            await self._idle.wait()
        if self._failure is not None:
            raise self._refusal()

    async def _alone(self, work: Callable[[], None]) -> None:
        """Have the thread do something else than append; nothing is appended meanwhile."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._start(work, (), done)
        await done

    def _refusal(self) -> StateError:
        why = self._failure.message if isinstance(self._failure, StateError) else repr(self._failure)
        hint = self._failure.hint if isinstance(self._failure, StateError) else None
        refusal = StateError(why, hint=hint)
        refusal.__cause__ = self._failure
        return refusal


def _wake(waiting: Sequence[asyncio.Future[None]], error: BaseException | None) -> None:
    """Tell whoever still waits; a coroutine that was cancelled does not."""
    for stored in waiting:
        if stored.done():
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)


@asynccontextmanager
async def writing(store: Store, document: Document, opened: WriterOpened) -> AsyncIterator[Writer]:
    """A writer over the store, closed at the end; the history of a run that was killed is completed first."""
    writer = Writer(store, document, opened)
    try:
        await writer.record()
        yield writer
    except BaseException:
        with suppress(StateError):  # what is on its way out says more
            await writer.close(clean=False)
        raise
    else:
        await writer.close(clean=True)
