"""What only a shared database can do or suffer, on a real server; the contract is in ``test_backends.py``."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from provisioner.address import Address
from provisioner.errors import LockHeld, StateError
from provisioner.secrets import Secret
from provisioner.state.backend import Holder
from provisioner.state.backends.postgres import PostgresBackend
from provisioner.state.backends.postgres_rows import Rows
from provisioner.state.backends.postgres_session import Database, one
from provisioner.state.document import Document
from provisioner.state.entries import IntentMade, Outcome, Put, Result
from provisioner.state.lock import SOMEBODY
from provisioner.values import VendorId
from tests.state.database import Server
from tests.state.pooler import pooled
from tests.state.records import JANE, a_bound, an_intent, run
from tests.stories.stage import until

ASKING = "select 1 from pg_stat_activity where query like '%left join provisioner_lock%' and pid <> pg_backend_pid()"

ROOT = Path(__file__).parents[2]


def at(way: str, name: str = "") -> PostgresBackend:
    return PostgresBackend(lambda: Secret(way), name or uuid.uuid4().hex)


async def bind(backend: PostgresBackend, id: str = "17", timeout: float = 0) -> Document:
    async with backend.writer(who="ann", command="apply", timeout=timeout) as writer:
        await writer.append(Put(a_bound(id=id)))
        return writer.document


@contextmanager
def holding(server: Server, name: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.state.child", "hold_shared", name, server.dsn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


class TestTables:
    def test_reading_makes_none(self, database: Server) -> None:
        """A plan before the first apply needs no right to make anything, and leaves nothing."""
        with own_schema(database) as way:
            backend = at(way)

            assert (backend.load(), backend.holder(), backend.history().lines) == (Document(""), None, ())
            assert backend.unlock() is None
            assert tables(way) == []

    def test_several_make_them_at_once(self, database: Server) -> None:
        """None of them trips over another."""
        with own_schema(database) as way:
            names = [f"tenant-{number}" for number in range(6)]
            together = threading.Barrier(len(names))
            failed: list[BaseException] = []

            def first_use(name: str) -> None:
                together.wait(30)
                try:
                    run(bind(at(way, name)))
                except StateError as error:
                    failed.append(error)

            threads = [threading.Thread(target=first_use, args=(name,)) for name in names]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)

            assert failed == []
            assert [len(at(way, name).load().bound) for name in names] == [1] * 6
            assert tables(way) == [f"provisioner_{name}" for name in ("history", "journal", "lock", "state")]

    def test_one_name_in_two_schemas_is_two_records(self, database: Server) -> None:
        """And two locks, although those are the whole database's."""

        async def both(first: PostgresBackend, second: PostgresBackend) -> None:
            async with first.writer(who="ann", command="apply"):
                await bind(second)

        with own_schema(database) as one, own_schema(database) as two:
            run(both(at(one, "acme"), at(two, "acme")))

            assert (len(at(one, "acme").load().bound), len(at(two, "acme").load().bound)) == (0, 1)

    @pytest.mark.parametrize("name", ["acme's; drop table", '"%s" %d \\ /', "Ünïcødé — 電話 👩‍💻", "x" * 200, " a "])
    def test_any_name_is_kept_apart(self, database: Server, name: str) -> None:
        """Whatever stands in it, and from the one that differs in a blank."""
        run(bind(at(database.dsn, name)))

        assert at(database.dsn, name).load().bound == {JANE: a_bound()}
        assert at(database.dsn, f"{name} ").load().bound == {}


class TestLock:
    def test_a_killed_holder_frees_it_at_once(self, database: Server) -> None:
        """Nobody has to unlock, or to wait."""
        name = uuid.uuid4().hex
        with holding(database, name) as process:
            with pytest.raises(LockHeld, match=f"locked by child on .*process {process.pid}"):
                run(bind(at(database.dsn, name)))
            process.send_signal(signal.SIGKILL)
            process.wait()

            assert at(database.dsn, name).holder() is None
            assert run(bind(at(database.dsn, name))).bound

    @pytest.mark.parametrize("waits", ["reader", "writer"])
    def test_a_server_that_has_not_heard_of_it_yet_is_given_a_moment(self, database: Server, waits: str) -> None:
        """Its holder was killed, and the server still says that it is held: nobody is refused for that."""
        name, seen = uuid.uuid4().hex, list[object]()
        acts = {"reader": lambda: at(database.dsn, name).holder(), "writer": lambda: run(bind(at(database.dsn, name)))}

        with holding(database, name) as process:
            (((held_by,),)) = database.do(f"select session from provisioner_lock where name = '{name}'")  # noqa: S608 (ours)
            os.kill(held_by, signal.SIGSTOP)
            try:
                process.kill()
                process.wait()
                waiting = threading.Thread(target=lambda: seen.append(acts[waits]()))
                waiting.start()
                until(lambda: bool(database.do(ASKING)), "it has asked who holds the lock")
            finally:
                os.kill(held_by, signal.SIGCONT)
            waiting.join(60)

        assert seen == ([None] if waits == "reader" else [at(database.dsn, name).load()])

    def test_it_is_free_the_moment_its_holder_has_ended(self, database: Server) -> None:
        """One command after the other, none of which waits."""
        backend = at(database.dsn)

        for number in range(30):
            run(bind(backend, str(number)))

        assert backend.load().bound[JANE].id == "29"

    def test_a_former_holder_is_not_named(self, database: Server) -> None:
        """Between taking the lock and saying one's name: it is somebody, and not the one before."""
        name = uuid.uuid4().hex

        async def write() -> Holder | None:
            async with at(database.dsn, name).writer(who="ann", command="apply"):
                database.do(f"update provisioner_lock set session = 0 where name = '{name}'")  # noqa: S608 (ours)
                return at(database.dsn, name).holder()

        assert run(write()) == SOMEBODY


class TestReading:
    def test_a_reader_sees_one_moment(self, database: Server) -> None:
        """While somebody writes and compacts all the time: never a snapshot without its journal."""
        backend = at(database.dsn)
        done = threading.Event()

        async def write() -> None:
            async with backend.writer(who="ann", command="apply") as writer:
                for number in range(60):
                    await writer.append(Put(a_bound(Address("agents", f"a{number}", "pbx"), str(number))))
                    await writer.compact()
            done.set()

        writing = threading.Thread(target=lambda: run(write()))
        writing.start()
        seen = [len(backend.load().bound)]
        while not done.is_set():
            seen.append(len(backend.load().bound))
        writing.join(60)

        assert seen == sorted(seen)
        assert len(backend.load().bound) == 60


class TestWriting:
    def test_what_is_stored_is_on_the_disk(self, database: Server) -> None:
        """Also where the server is told to promise more than it keeps."""
        database.do("create role hasty login", "alter role hasty set synchronous_commit = off")
        hasty = Database(lambda: Secret(database.way("hasty")), "acme")

        with hasty.session("write") as session:
            found = one(session, "select current_setting('synchronous_commit')")

        database.do("drop role hasty")
        assert found == "on"

    def test_many_intents_share_a_commit(self, database: Server) -> None:
        """As they share a flush to disk elsewhere: far fewer transactions than intents."""
        backend = at(database.dsn)

        async def write() -> tuple[int, int]:
            async with backend.writer(who="ann", command="apply") as writer:

                async def create() -> None:
                    number = writer.next_intent_id()
                    await writer.append(IntentMade(an_intent(number, address=Address("agents", f"a{number}", "pbx"))))
                    await writer.append(Outcome(number, Result.DONE, VendorId(str(number))))

                before = transactions(database)
                await asyncio.gather(*(create() for _ in range(100)))
                return before, transactions(database)

        before, after = run(write())

        assert len(backend.load().bound) == 100
        assert after - before <= 20


class TestPooler:
    def test_one_that_shares_sessions_is_refused(self, database: Server) -> None:
        """A lock would be everybody's; what to name in its place is said. Reading goes through it."""
        with pooled(database.socket) as way:
            backend = at(way)
            with pytest.raises(StateError, match="leads to a connection pooler that shares sessions") as caught:
                run(bind(backend))

            assert "name the server itself" in str(caught.value.hint)
            assert backend.load().bound == {}

    def test_a_session_that_became_another_one_writes_nothing(self, database: Server) -> None:
        """Behind a pooler that nobody noticed: it is not the writer's any more."""
        run(bind(backend := at(database.dsn, name := uuid.uuid4().hex)))
        place = Database(lambda: Secret(database.dsn), name)
        before, lines = backend.load(), backend.history().lines

        with place.session("write") as session:
            rows = Rows(place, session, mark="the writer's", generation=1, lines=1)
            for write in (
                lambda: rows.commit([b"{}"]),
                lambda: rows.replace(Document("l-9")),
                lambda: rows.restore(Document("l-9"), [b"{}"]),
            ):
                with pytest.raises(StateError, match="was taken away from this process"):
                    write()

        assert (backend.load(), backend.history().lines) == (before, lines)


def transactions(server: Server) -> int:
    """How many the server has committed so far, those of this question included."""
    return int(
        server.do(
            "select pg_stat_force_next_flush()",
            "select xact_commit from pg_stat_database where datname = current_database()",
        )[0][0]
    )


@contextmanager
def own_schema(server: Server) -> Iterator[str]:
    """The way to the server for somebody whose tables are in a schema of their own, where there are none yet."""
    schema = f"s{uuid.uuid4().hex}"
    server.do(f"create schema {schema}")
    yield server.way(more=f"&options=-csearch_path%3D{schema}")
    server.do(f"drop schema {schema} cascade")


def tables(way: str) -> list[str]:
    """Those that there are, in the schema that is meant."""
    with psycopg.connect(way) as session:
        query = "select tablename from pg_tables where schemaname = current_schema() order by 1"
        return [name for (name,) in session.execute(query).fetchall()]
