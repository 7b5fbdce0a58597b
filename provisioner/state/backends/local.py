"""A record in a folder, by default ``.provisioner/`` beside the manifests.

::

    state.json        the snapshot; names the generation N of the journal that goes on from it
    journal-N.jsonl   every entry since
    history.jsonl     who applied what when
    lock              who is writing (``lock.py``)

Compaction makes ``journal-(N+1).jsonl`` first, and then puts a new ``state.json`` in the old one's place: that rename
is the one moment at which the new generation counts. Killed before it, the old snapshot and journal stand; after it,
the new ones. What is left lying about, the next writer clears away. Readers read the snapshot, then the journal that
it names; if that is gone, somebody compacted in between, and they start again.
"""

from __future__ import annotations

import os
import re
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from provisioner.errors import StateError
from provisioner.state import journal, snapshot
from provisioner.state.backend import Holder
from provisioner.state.clock import now
from provisioner.state.document import Document
from provisioner.state.entries import WriterOpened
from provisioner.state.files import Files, translated
from provisioner.state.history import History, Record, head_of, next_line, tells
from provisioner.state.lock import Lock
from provisioner.state.replay import replayed
from provisioner.state.writer import Writer, writing

SNAPSHOT, UNFINISHED, HISTORY, LOCK = "state.json", "state.json.new", "history.jsonl", "lock"
UNTOLD = "history.jsonl.new"
JOURNAL = re.compile(r"journal-(\d+)\.jsonl")


def journal_name(generation: int) -> str:
    """The file of the journal that goes on from the snapshot of this generation."""
    return f"journal-{generation}.jsonl"


class LocalBackend:
    """One tenant's record in ``folder``. A new record is named by ``lineage``, or by chance.

    ``clock`` gives ISO 8601 text; ``files`` is what touches the disk.
    """

    def __init__(
        self, folder: Path, *, lineage: str | None = None, clock: Callable[[], str] = now, files: Files | None = None
    ) -> None:
        self._folder = folder
        self._lineage = lineage
        self._clock = clock
        self._files = files or Files()

    @property
    def location(self) -> str:
        """The folder."""
        return str(self._folder)

    def is_at(self, other: LocalBackend) -> bool:
        """True where both are one folder, however it is spelt."""
        return os.path.realpath(self._folder) == os.path.realpath(other._folder)

    def load(self) -> Document:
        """The record as of now; see ``Backend.load``."""
        return self._read()[0]

    def holder(self) -> Holder | None:
        """Who is writing right now."""
        return Lock(self._folder / LOCK).holder()

    def unlock(self, *, force: bool = False) -> Holder | None:
        """Take the lock away; see ``Backend.unlock``."""
        return Lock(self._folder / LOCK).unlock(force=force)

    def writer(self, *, who: str, command: str, timeout: float = 0) -> AbstractAsyncContextManager[Writer]:
        """The one writer; see ``Backend.writer``."""
        return self._writer(Holder(who, socket.gethostname(), self._clock(), command, os.getpid()), timeout)

    @asynccontextmanager
    async def _writer(self, holder: Holder, timeout: float) -> AsyncIterator[Writer]:
        with translated("write", self._folder):
            self._files.make_folder(self._folder)
        lock = Lock(self._folder / LOCK)
        await lock.acquire(holder, timeout)
        try:
            store, document = self._opened(lock)
            opened = WriterOpened(holder.who, holder.host, holder.command, holder.since)
            async with writing(store, document, opened) as writer:
                yield writer
        finally:
            lock.release()

    def history(self) -> History:
        """Every apply so far; a torn last line is not among them."""
        document = self.load()
        told = document.last_run is None or document.last_run.recorded
        path = self._folder / HISTORY
        with translated("read", self._folder):
            lines = _lines(self._files, path)
        return History(str(path), lines, document.history_head, told)

    def _read(self) -> tuple[Document, int, int]:
        """The record, the generation of its journal, and how many bytes of that are good; (…, 0, 0) without one."""
        gone = None
        while True:
            data = self._bytes(SNAPSHOT)
            if data is None:
                return self._none(), 0, 0
            document, generation = snapshot.read(data, str(self._folder / SNAPSHOT))
            lines = self._bytes(journal_name(generation))
            if lines is not None:
                where = str(self._folder / journal_name(generation))
                return self._replayed(document, generation, journal.read(lines, where), where)
            if gone == generation:
                raise StateError(
                    f"`{self._folder / journal_name(generation)}` is missing, which goes on from `{SNAPSHOT}`",
                    hint="restore the whole folder from a backup",
                )
            gone = generation

    def _replayed(
        self, document: Document, generation: int, read: journal.Journal, where: str
    ) -> tuple[Document, int, int]:
        if (read.lineage, read.generation) != (document.lineage, generation):
            raise StateError(
                f"`{where}` does not go on from the `{SNAPSHOT}` beside it: it belongs to another state or time",
                hint="restore the whole folder from one backup",
            )
        try:
            return replayed(document, read.entries), generation, read.good
        except StateError as error:
            raise StateError(f"{error.message} (`{where}`)", hint="restore the whole folder from a backup") from error

    def _none(self) -> Document:
        """What there is without a snapshot: nothing, unless it was lost."""
        with translated("read", self._folder):
            left = [name for name in self._names() if JOURNAL.fullmatch(name)]
        if any(self._says_something(name) for name in left) and self._bytes(SNAPSHOT) is None:
            raise StateError(
                f"`{self._folder / SNAPSHOT}` is missing beside `{left[-1]}`",
                hint="restore the whole folder from a backup; if this is to be a new state, move the folder away",
            )
        return Document(self._lineage or "")

    def _says_something(self, name: str) -> bool:
        """False for what a writer leaves that was killed while it made the very first snapshot."""
        data = self._bytes(name)
        return name != journal_name(1) or (data is not None and data.count(b"\n") > 1)

    def _names(self) -> tuple[str, ...]:
        try:
            return self._files.names(self._folder)
        except FileNotFoundError:
            return ()

    def _bytes(self, name: str) -> bytes | None:
        with translated("read", self._folder):
            try:
                return self._files.read(self._folder / name)
            except FileNotFoundError:
                return None

    def _opened(self, lock: Lock) -> tuple[_Store, Document]:
        """The files, ready to be written: what a killed writer left is cut off, cleared away, and made stable."""
        document, generation, good = self._read()
        with translated("write", self._folder):
            for name in self._names():
                if name in (UNFINISHED, UNTOLD) or (JOURNAL.fullmatch(name) and name != journal_name(generation)):
                    self._files.remove(self._folder / name)
        store = _Store(self._folder, self._files, lock, generation)
        if generation == 0:
            document = Document(self._lineage or str(uuid.uuid4()))
            store.replace(document)
        else:
            store.resume(good)
        return store, document


class _Store:
    """The files in the hands of the lock's holder."""

    def __init__(self, folder: Path, files: Files, lock: Lock, generation: int) -> None:
        self.generation = generation
        self._folder = folder
        self._files = files
        self._lock = lock
        self._journal: int | None = None

    def resume(self, good: int) -> None:
        """Go on behind the first ``good`` bytes of the journal.

        All of it is made stable: a killed writer's last lines were read, though it never heard that they were stored.
        """
        with translated("write", self._folder):
            self._journal = self._files.open(self._folder / journal_name(self.generation))
            try:
                self._files.cut(self._journal, good)
                self._files.sync(self._journal)
            except OSError:
                self.close()
                raise

    def commit(self, lines: Sequence[bytes]) -> None:
        """Append to the journal."""
        self._check()
        if self._journal is None:
            raise AssertionError("no journal is open")
        with translated("write", self._folder):
            self._files.write(self._journal, b"".join(lines))
            self._files.sync(self._journal)

    def replace(self, document: Document) -> None:
        """Begin a new generation; the rename is the moment at which it counts."""
        self._check()
        generation = self.generation + 1
        with translated("write", self._folder):
            begun = self._new(journal_name(generation), journal.first_line(document.lineage, generation))
            try:
                self._files.close(self._new(UNFINISHED, snapshot.text_of(document, generation=generation)))
                self._files.sync_folder(self._folder)
                self._files.rename(self._folder / UNFINISHED, self._folder / SNAPSHOT)
                self._files.sync_folder(self._folder)
            except OSError:
                self._files.close(begun)
                raise
            self.close()
            self._journal = begun
            self._files.remove(self._folder / journal_name(self.generation))
        self.generation = generation

    def restore(self, document: Document, history: Sequence[bytes]) -> None:
        """Put a whole record in this one's place, the history first: without its snapshot it counts for nothing."""
        self._check()
        with translated("write", self._folder):
            self._files.close(self._new(UNTOLD, b"".join(line + b"\n" for line in history)))
            self._files.rename(self._folder / UNTOLD, self._folder / HISTORY)
        self.replace(document)

    def record(self, record: Record, head: str) -> str:
        """Append to the history, behind what is whole of it."""
        self._check()
        path = self._folder / HISTORY
        with translated("write", self._folder):
            lines = _lines(self._files, path)
            if lines and tells(lines[-1], record):
                return head_of(lines[-1])
            line = next_line(record, lines[-1] if lines else None, head)
            descriptor = self._files.open(path)
            try:
                self._files.cut(descriptor, sum(len(line) + 1 for line in lines))
                self._files.write(descriptor, line + b"\n")
                self._files.sync(descriptor)
            finally:
                self._files.close(descriptor)
            if not lines:
                self._files.sync_folder(self._folder)
        return head_of(line)

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal is not None:
            with suppress(OSError):  # all of it was synced before
                self._files.close(self._journal)
            self._journal = None

    def _new(self, name: str, data: bytes) -> int:
        """A new file with this content on stable storage, still open."""
        descriptor = self._files.open(self._folder / name, empty=True)
        try:
            self._files.write(descriptor, data)
            self._files.sync(descriptor)
        except OSError:
            self._files.close(descriptor)
            raise
        return descriptor

    def _check(self) -> None:
        if not self._lock.held:
            raise StateError(
                f"the lock on `{self._folder}` was taken away from this process (`provisioner state unlock`)",
                hint="what was sent since is journalled as an intent, and the next apply settles it",
            )


def _lines(files: Files, path: Path) -> tuple[bytes, ...]:
    """The file's lines that have an end; none where there is no file."""
    try:
        return tuple(files.read(path).split(b"\n")[:-1])
    except FileNotFoundError:
        return ()
