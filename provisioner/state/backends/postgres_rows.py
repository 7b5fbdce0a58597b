"""The tables of a record in PostgreSQL: how they are made, read, and written by the lock's holder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.state import journal, snapshot
from provisioner.state.backends.postgres_session import MARK, Database, Session, one
from provisioner.state.document import Document
from provisioner.state.history import Record, head_of, next_line, tells
from provisioner.state.replay import replayed

TABLES = """
create table if not exists provisioner_state (
    name text primary key, generation bigint not null, snapshot bytea not null);
create table if not exists provisioner_journal (
    name text, generation bigint, position bigint, line bytea not null, primary key (name, generation, position));
create table if not exists provisioner_history (
    name text, position bigint, line bytea not null, primary key (name, position));
create table if not exists provisioner_lock (name text primary key, session integer not null, holder text not null)
"""

MAKING = 0x70726F76
"""The advisory lock of whoever makes the tables: two that make them at the same time would trip over each other."""

THERE = "select to_regclass('provisioner_lock') is not null"

APPEND = """
insert into provisioner_journal
select %s, %s, %s + number - 1, line from unnest(%s::bytea[]) with ordinality as lines (line, number)
where current_setting('provisioner.writer', true) = %s
"""
"""One statement, one round trip, one flush to disk, for however many lines."""


def tables(session: Session) -> None:
    """Make the tables, unless they are there."""
    if one(session, THERE):
        return
    with session.transaction():
        session.execute("select pg_advisory_xact_lock(%s)", (MAKING,))
        session.execute(TABLES)


def read(session: Session, name: str) -> tuple[Document | None, int, int]:
    """The record, the generation of its journal and how many lines that has; (None, 0, 0) where there is none."""
    with _moment(session):
        return _read(session, name)


def read_history(session: Session, name: str) -> tuple[Document | None, tuple[bytes, ...]]:
    """The record and the lines of its history, as of one moment."""
    with _moment(session):
        document = _read(session, name)[0]
        if document is None:
            return None, ()
        return document, _lines(session, "select line from provisioner_history where name = %s order by position", name)


@contextmanager
def _moment(session: Session) -> Iterator[None]:
    """All that is read in it is of one moment, whoever writes meanwhile."""
    with session.transaction():
        session.execute("set transaction isolation level repeatable read, read only")
        yield


def _read(session: Session, name: str) -> tuple[Document | None, int, int]:
    if not one(session, THERE):
        return None, 0, 0
    found = _lines(session, "select snapshot from provisioner_state where name = %s", name)
    if not found:
        return None, 0, 0
    where = f"postgres: {name}"
    document, generation = snapshot.read(found[0], where)
    lines = _lines(
        session,
        "select line from provisioner_journal where name = %s and generation = %s order by position",
        name,
        generation,
    )
    entries = journal.read(b"".join(lines), where).entries
    return replayed(document, entries), generation, len(lines)


def _lines(session: Session, query: str, *values: object) -> tuple[bytes, ...]:
    """The only column of all rows, which is of bytes."""
    found = session.execute(query, values, binary=True).fetchall()
    return tuple(line for (line,) in found if isinstance(line, bytes))


@dataclass
class Rows:
    """The tables in the hands of the lock's holder, whose ``session`` knows ``mark``; see ``Store``.

    Each write makes sure of the mark: behind a pooler the session may have become another one, without the lock.
    """

    database: Database
    session: Session
    mark: str
    generation: int
    lines: int

    def commit(self, lines: Sequence[bytes]) -> None:
        """Append to the journal, all or nothing."""
        with self.database.translated("write"):
            done = self.session.execute(
                APPEND, (self.database.name, self.generation, self.lines, list(lines), self.mark)
            )
        if done.rowcount != len(lines):
            raise self.database.lost()
        self.lines += len(lines)

    def replace(self, document: Document) -> None:
        """Begin a new generation."""
        with self._change():
            generation = self._replace(document)
        self.generation, self.lines = generation, 1

    def restore(self, document: Document, history: Sequence[bytes]) -> None:
        """Put a whole record in this one's place."""
        with self._change():
            generation = self._replace(document)
            self._execute("delete from provisioner_history where name = %s")
            self._execute(
                "insert into provisioner_history select %s, number - 1, line "
                "from unnest(%s::bytea[]) with ordinality as lines (line, number)",
                list(history),
            )
        self.generation, self.lines = generation, 1

    def record(self, record: Record, head: str) -> str:
        """Append to the history."""
        with self._change():
            query = "select position, line from provisioner_history where name = %s order by position desc limit 1"
            row = self.session.execute(query, (self.database.name,), binary=True).fetchone()
            position, last = (int(str(row[0])), row[1]) if row is not None else (-1, None)
            if isinstance(last, bytes) and tells(last, record):
                return head_of(last)
            line = next_line(record, last if isinstance(last, bytes) else None, head)
            self._execute("insert into provisioner_history values (%s, %s, %s)", position + 1, line)
        return head_of(line)

    def close(self) -> None:
        """The session is the back-end's, which ends it."""

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One transaction of the lock's holder."""
        with self.database.translated("write"), self.session.transaction():
            if one(self.session, "select current_setting(%s, true)", MARK) != self.mark:
                raise self.database.lost()
            yield

    def _replace(self, document: Document) -> int:
        """The new generation's number; what is behind it does not count any more."""
        generation = self.generation + 1
        self._execute(
            "insert into provisioner_state values (%s, %s, %s) on conflict (name) do update "
            "set generation = excluded.generation, snapshot = excluded.snapshot",
            generation,
            snapshot.text_of(document, generation=generation),
        )
        self._execute("delete from provisioner_journal where name = %s")
        first = journal.first_line(document.lineage, generation)
        self._execute("insert into provisioner_journal values (%s, %s, 0, %s)", generation, first)
        return generation

    def _execute(self, statement: str, *values: object) -> None:
        """A statement whose first value is the record's name."""
        self.session.execute(statement, (self.database.name, *values))
