"""A record in PostgreSQL, for runners that keep nothing: snapshot, journal, history and lock in tables of one database.

::

    provisioner_state     name, generation, snapshot         the snapshot; names the generation of its journal
    provisioner_journal   name, generation, position, line   as in a local journal
    provisioner_history   name, position, line               who applied what when
    provisioner_lock      name, session, holder              who is writing, for people

The lock itself is a session's advisory lock. The server frees it with the session, however that ends: a dead holder is
in nobody's way. All that is written goes through that same session, so that a writer whose lock is gone cannot write.
Tables are made when the first writer comes; who only reads needs no right to make any.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import asdict

import psycopg

from provisioner.secrets import Secret
from provisioner.state.backend import Holder
from provisioner.state.backends.postgres_rows import Rows, read, read_history, tables
from provisioner.state.backends.postgres_session import Database, Session, one
from provisioner.state.clock import now
from provisioner.state.document import Document
from provisioner.state.entries import WriterOpened
from provisioner.state.history import History
from provisioner.state.lock import GLANCE, SOMEBODY, alive, refuse_if_alive
from provisioner.state.writer import Writer, writing

PAUSE = 0.05
"""Seconds between two tries to get the lock."""

FAREWELL = 5.0
"""Seconds in which a server has certainly noticed that a process of this machine has ended."""

_THIS_LOCK = """
locktype = 'advisory' and granted and objsubid = 1
and database = (select oid from pg_database where datname = current_database())
and ((classid::bigint << 32) | objid::bigint) = %s
"""
TRY = f"""
select case when exists (select from pg_locks where pid = pg_backend_pid() and {_THIS_LOCK}) then false
            else pg_try_advisory_lock(%s) end
"""  # noqa: S608 (constants only)
"""A session may take its own lock twice; one that a pooler hands round must not."""

NAME = """
insert into provisioner_lock values (%s, pg_backend_pid(), %s)
on conflict (name) do update set session = excluded.session, holder = excluded.holder
"""
HELD = f"""
select held.pid, named.holder
from (select pid from pg_locks where {_THIS_LOCK}) held
left join provisioner_lock named on named.name = %s and named.session = held.pid
"""  # noqa: S608 (constants only)
END = f"select pg_terminate_backend(pid, 5000) from pg_locks where {_THIS_LOCK}"  # noqa: S608 (constants only)


class PostgresBackend:
    """One tenant's record, by the name ``name``, in the database that ``dsn`` gives the way to when it is needed.

    A new record is called by ``lineage``, or by chance; ``clock`` gives ISO 8601 text.
    """

    def __init__(
        self, dsn: Callable[[], Secret], name: str, *, lineage: str | None = None, clock: Callable[[], str] = now
    ) -> None:
        self._database = Database(dsn, name)
        self._name = name
        self._lineage = lineage
        self._clock = clock

    @property
    def location(self) -> str:
        """The name; the way to the database is a credential."""
        return f"postgres: {self._name}"

    def load(self) -> Document:
        """The record as of now; see ``Backend.load``."""
        with self._database.session("read") as session:
            return read(session, self._name)[0] or Document(self._lineage or "")

    def history(self) -> History:
        """Every apply so far."""
        with self._database.session("read") as session:
            document, lines = read_history(session, self._name)
        told = document is None or document.last_run is None or document.last_run.recorded
        return History(self.location, lines, document.history_head if document else "", told)

    def holder(self) -> Holder | None:
        """Who is writing right now; of one that was just killed the server needs a moment to hear."""
        with self._database.session("read") as session:
            end = time.monotonic() + FAREWELL
            while (found := self._holder(session)) is not None and _ended(found) and time.monotonic() < end:
                time.sleep(PAUSE)
            return found

    def unlock(self, *, force: bool = False) -> Holder | None:
        """End the session that holds the lock; see ``Backend.unlock``."""
        with self._database.session("unlock") as session:
            holder = self._holder(session)
            if holder is None:
                return None
            if not force:
                refuse_if_alive(holder)
            session.execute(END, (self._key(session),))
            return holder

    def writer(self, *, who: str, command: str, timeout: float = 0) -> AbstractAsyncContextManager[Writer]:
        """The one writer; see ``Backend.writer``."""
        return self._writer(Holder(who, socket.gethostname(), self._clock(), command, os.getpid()), timeout)

    @asynccontextmanager
    async def _writer(self, holder: Holder, timeout: float) -> AsyncIterator[Writer]:
        session = await asyncio.to_thread(self._database.begun, "write")
        try:
            mark = await asyncio.to_thread(self._prepared, session)
            await self._acquire(session, holder, timeout)
            rows, document = await asyncio.to_thread(self._opened, session, mark)
            opened = WriterOpened(holder.who, holder.host, holder.command, holder.since)
            async with writing(rows, document, opened) as writer:
                yield writer
        finally:
            with suppress(psycopg.Error):  # the lock ends with the session, only a moment later
                session.execute("select pg_advisory_unlock_all()")
            session.close()

    def _prepared(self, session: Session) -> str:
        with self._database.translated("write"):
            tables(session)
        return self._database.mark(session)

    async def _acquire(self, session: Session, holder: Holder, timeout: float) -> None:
        """Hold the lock; raises LockHeld. Whoever has only just died is waited for, whatever ``timeout`` says."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        while not await asyncio.to_thread(self._try, session, holder):
            other = await asyncio.to_thread(self._seen, session)
            patience = max(timeout, _glance(other))
            if clock() >= begun + patience:
                raise (other or SOMEBODY).refusal()
            await asyncio.sleep(min(PAUSE, begun + patience - clock()))

    def _try(self, session: Session, holder: Holder) -> bool:
        with self._database.translated("lock"), session.transaction():
            key = self._key(session)
            if not one(session, TRY, key, key):
                return False
            session.execute(NAME, (self._name, json.dumps(asdict(holder))))
            return True

    def _opened(self, session: Session, mark: str) -> tuple[Rows, Document]:
        with self._database.translated("write"):
            document, generation, lines = read(session, self._name)
        rows = Rows(self._database, session, mark, generation, lines)
        if document is None:
            document = Document(self._lineage or str(uuid.uuid4()))
            rows.replace(document)
        return rows, document

    def _seen(self, session: Session) -> Holder | None:
        with self._database.translated("lock"):
            return self._holder(session)

    def _holder(self, session: Session) -> Holder | None:
        """Who holds the lock; somebody, for the moment before its holder has said who it is."""
        key = self._key(session)
        row = session.execute(HELD, (key, self._name)).fetchone() if key is not None else None
        if row is None:
            return None
        return SOMEBODY if row[1] is None else Holder(**json.loads(str(row[1])))

    def _key(self, session: Session) -> int | None:
        """The number of the advisory lock, of 63 bits; None where there are no tables yet.

        Advisory locks are a database's, and tables a schema's: the table's own number keeps apart what has one name in
        two schemas.
        """
        table = one(session, "select to_regclass('provisioner_lock')::oid")
        if table is None:
            return None
        return int.from_bytes(hashlib.sha256(f"{table}:{self._name}".encode()).digest()[:8], "big") >> 1


def _glance(holder: Holder | None) -> float:
    """Seconds to wait in any case: who holds the lock may have ended a moment ago."""
    if holder is None or not alive(holder):
        return FAREWELL if holder is not None and _ended(holder) else GLANCE
    return 0.0


def _ended(holder: Holder) -> bool:
    """True for a holder of this machine whose process is gone."""
    return holder.host == socket.gethostname() and holder.pid is not None and not alive(holder)
