"""What every back-end promises. A back-end joins by a line in ``conftest.py``."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

import pytest

from provisioner.errors import LockHeld, StateError
from provisioner.state.backend import Backend, Holder
from provisioner.state.document import Document
from provisioner.state.entries import (
    ChangeDone,
    Forgot,
    IntentMade,
    Outcome,
    Put,
    Result,
    RunFinished,
    RunStarted,
)
from provisioner.state.history import Status
from provisioner.state.writer import Writer
from provisioner.values import VendorId
from tests.state.conftest import NOON
from tests.state.records import ACCOUNT, JANE, JOE, a_bound, a_run, an_intent, run

Opens = Callable[..., Backend]


async def write(backend: Backend, *bounds: str) -> Document:
    """Bind jane to one id after the other; the record at the end."""
    async with backend.writer(who="ann", command="import agents.jane@pbx 17") as writer:
        for id in bounds:
            await writer.append(Put(a_bound(id=id)))
        return writer.document


class TestReading:
    def test_nothing_was_ever_written(self, backend: Backend) -> None:
        """An empty record with the lineage that it will have."""
        assert backend.load() == Document("l-1")
        assert backend.load().empty

    def test_what_was_written_is_there(self, backend: Backend, opens: Opens) -> None:
        """For the next command as for this one; the lineage stays."""
        document = run(write(backend, "17", "18"))

        found = opens(lineage="l-2").load()

        assert found == document
        assert (found.lineage, found.serial, found.bound) == ("l-1", 1, {JANE: a_bound(id="18")})

    def test_while_somebody_writes(self, backend: Backend, opens: Opens) -> None:
        """Readers take no lock, and see all that was stored by then, before and after compaction."""

        async def read_on_the_way() -> None:
            async with backend.writer(who="ann", command="import") as writer:
                await writer.append(Put(a_bound()))
                assert opens().load() == writer.document
                await writer.compact()
                assert opens().load() == writer.document
                await writer.append(Put(a_bound(JOE, "18")))
                assert set(opens().load().bound) == {JANE, JOE}

        run(read_on_the_way())

    def test_opening_a_writer_alone_changes_nothing(self, backend: Backend) -> None:
        """No entry, no serial."""
        before = run(write(backend, "17"))

        assert run(write(backend)) == before == backend.load()


class TestWriting:
    def test_the_record_shows_what_is_stored(self, backend: Backend) -> None:
        """Once append has returned, and not as a value that changes later."""

        async def look() -> None:
            async with backend.writer(who="ann", command="import") as writer:
                before = writer.document
                await writer.append(Put(a_bound()))
                assert before.bound == {}
                assert writer.document.bound == {JANE: a_bound()}
                assert writer.bound(JANE) == a_bound()
                assert writer.bound(JOE) is None

        run(look())

    def test_numbers_of_intents_never_come_back(self, backend: Backend) -> None:
        """Not for the next writer either, settled or not, compacted or not."""

        async def number(*, done: bool) -> int:
            async with backend.writer(who="ann", command="apply") as writer:
                found = writer.next_intent_id()
                await writer.append(IntentMade(an_intent(found)))
                if done:
                    await writer.append(Outcome(found, Result.NO_EFFECT))
                return found

        assert [run(number(done=done)) for done in (True, False, True)] == [1, 2, 3]

    def test_what_is_not_durable_is_stored_on_leaving(self, backend: Backend, opens: Opens) -> None:
        """Also where an exception ends it; and with the next durable entry before."""

        async def fail() -> None:
            async with backend.writer(who="ann", command="apply") as writer:
                await writer.append(RunStarted(a_run(), "acme", {"pbx": ACCOUNT}))
                await writer.append(ChangeDone("r-1", "a"), durable=False)
                await writer.append(Put(a_bound()))
                assert [opens().load().last_run] == [a_run(done=frozenset("a"), command="apply")]
                await writer.append(ChangeDone("r-1", "b"), durable=False)
                raise KeyError("a bug in an apply")

        with pytest.raises(KeyError):
            run(fail())

        last = opens().load().last_run
        assert last is not None
        assert last.done == {"a", "b"}

    def test_a_snapshot_does_not_raise_the_serial_again(self, backend: Backend, opens: Opens) -> None:
        """Compaction in the middle of a run, however often."""

        async def compact_often() -> int:
            async with backend.writer(who="ann", command="apply") as writer:
                await writer.append(RunStarted(a_run(), "acme", {"pbx": ACCOUNT}))
                await writer.append(IntentMade(an_intent(writer.next_intent_id())))
                await writer.compact()
                await writer.append(IntentMade(an_intent(writer.next_intent_id(), address=JOE)))
                await writer.compact()
                await writer.append(Forgot(JANE))
                return writer.document.serial

        assert run(compact_often()) == 1
        assert opens().load().serial == 1
        assert run(write(opens(), "17")).serial == 2

    def test_pushing_another_record(self, backend: Backend, opens: Opens) -> None:
        """It takes this one's place, with a serial above both; numbers of intents go on."""

        async def push() -> Document:
            async with backend.writer(who="ann", command="state push") as writer:
                await writer.append(IntentMade(an_intent(writer.next_intent_id())))
                await writer.push(Document("l-9", serial=7, bound={JOE: a_bound(JOE)}, pending={1: an_intent()}))
                await writer.append(Outcome(1, Result.NO_EFFECT))
                assert writer.next_intent_id() == 2
                return writer.document

        document = run(push())

        assert (document.lineage, document.serial, document.bound) == ("l-9", 8, {JOE: a_bound(JOE)})
        assert opens().load() == document

    @pytest.mark.parametrize(
        "wrong",
        [
            IntentMade(an_intent(77)),
            IntentMade(an_intent(1)),
            IntentMade(an_intent(2, "paint")),
            Outcome(1, Result.DONE),
        ],
        ids=["number not given out", "number of an open intent", "verb", "create without id"],
    )
    def test_what_could_not_be_replayed_is_not_written(
        self, backend: Backend, opens: Opens, wrong: IntentMade | Outcome
    ) -> None:
        """A mistake of the caller must not make the record unreadable; other entries go on."""

        async def mistake() -> None:
            async with backend.writer(who="ann", command="apply") as writer:
                assert [writer.next_intent_id(), writer.next_intent_id()] == [1, 2]
                await writer.append(IntentMade(an_intent(1)))
                with pytest.raises(AssertionError):
                    await writer.append(wrong)
                await writer.append(Outcome(1, Result.DONE, VendorId("17")))

        run(mistake())

        assert opens().load().bound[JANE].id == "17"

    def test_nothing_is_appended_after_the_end(self, backend: Backend) -> None:
        """Whoever keeps a writer finds it closed."""

        async def keep() -> Writer:
            async with backend.writer(who="ann", command="apply") as writer:
                return writer

        async def append() -> None:
            await (await keep()).append(Put(a_bound()))

        with pytest.raises(StateError, match="closed"):
            run(append())


class TestLock:
    def test_says_who_holds_it(self, backend: Backend, opens: Opens) -> None:
        """To readers, and to whoever wants to write as well."""

        async def hold() -> tuple[Holder | None, Holder | None]:
            async with backend.writer(who="ann", command="apply --auto-approve"):
                with pytest.raises(LockHeld, match=r"locked by ann on .*: `apply --auto-approve`") as caught:
                    await write(opens(), "17")
                assert caught.value.pid == os.getpid()
                return backend.holder(), opens().holder()

        mine, seen = run(hold())

        assert mine == seen == Holder("ann", socket.gethostname(), NOON, "apply --auto-approve", os.getpid())
        assert backend.holder() is None

    def test_waits_as_long_as_it_is_told(self, backend: Backend, opens: Opens) -> None:
        """And no longer; meanwhile the event loop goes on."""

        async def wait() -> None:
            async with backend.writer(who="ann", command="apply"):
                with pytest.raises(LockHeld):
                    async with opens().writer(who="bob", command="import", timeout=0.12):
                        raise AssertionError
                waiting = asyncio.create_task(later())
                await asyncio.sleep(0)
            await waiting

        async def later() -> None:
            async with opens().writer(who="bob", command="import", timeout=30) as writer:
                await writer.append(Put(a_bound()))

        run(wait())

        assert opens().load().bound == {JANE: a_bound()}

    def test_is_free_after_a_failure(self, backend: Backend, opens: Opens) -> None:
        """An exception inside does not keep it."""

        async def fail() -> None:
            async with backend.writer(who="ann", command="apply"):
                raise KeyError("a bug in an apply")

        with pytest.raises(KeyError):
            run(fail())

        assert backend.holder() is None
        assert run(write(opens(), "17")).serial == 1

    def test_unlock_of_a_living_holder_needs_force(self, backend: Backend, opens: Opens) -> None:
        """And then the former holder writes no more, while the new one does."""

        async def overtake() -> None:
            async with backend.writer(who="ann", command="apply") as former:
                await former.append(Put(a_bound()))
                with pytest.raises(StateError, match="is alive"):
                    opens().unlock()
                taken = opens().unlock(force=True)
                assert taken is not None
                assert taken.who == "ann"
                async with opens().writer(who="bob", command="apply") as writer:
                    with pytest.raises(StateError, match="taken away"):
                        await former.append(Put(a_bound(id="former")))
                    await writer.append(Put(a_bound(id="new")))
                assert opens().holder() is None

        with pytest.raises(StateError, match="taken away"):
            run(overtake())

        assert opens().load().bound[JANE].id == "new"

    def test_unlock_of_nothing(self, backend: Backend) -> None:
        """Nobody held it."""
        assert backend.unlock() is None
        assert backend.unlock(force=True) is None


class TestHistory:
    def test_tells_of_each_apply(self, backend: Backend, opens: Opens) -> None:
        """Who, what, when, each request and how it ended, and the totals."""

        async def apply(name: str, totals: dict[str, int]) -> None:
            async with backend.writer(who="ann", command="apply PLAN") as writer:
                await writer.append(RunStarted(a_run(name), "acme", {"pbx": ACCOUNT}))
                number = writer.next_intent_id()
                await writer.append(IntentMade(an_intent(number, run=name)))
                await writer.append(Outcome(number, Result.DONE, VendorId("17"), times=2))
                await writer.append(RunFinished(name, completed=True, at="12:05", totals=totals))

        run(apply("r-1", {}))
        run(apply("r-2", {"created": 1}))
        history = opens().history()
        first, second = history.records()

        assert history.verify() == 2
        assert (first.run, first.who, first.command, first.plan) == ("r-1", "ann", "apply PLAN", "d1ge57")
        assert (first.status, first.finished, first.totals) == (Status.COMPLETED, "12:05", {"done": 1})
        assert [(r.verb, r.address, r.id, r.result, r.times) for r in first.requests] == [
            ("create", JANE, "17", "done", 2)
        ]
        assert [request.intent for request in second.requests] == [2]
        assert second.totals == {"created": 1}

    def test_of_what_is_not_an_apply_says_nothing(self, backend: Backend) -> None:
        """`import` and `state` commands are in the journal only."""
        run(write(backend, "17"))

        assert backend.history().records() == ()

    @pytest.mark.parametrize("kept", [0, 1])
    def test_what_was_taken_off_its_end_stays_missing(self, backend: Backend, opens: Opens, kept: int) -> None:
        """An apply that follows does not mend the chain: it goes on from the line that the record remembers."""

        async def apply(name: str) -> None:
            async with backend.writer(who="ann", command="apply PLAN") as writer:
                await writer.append(RunStarted(a_run(name), "acme", {"pbx": ACCOUNT}))
                await writer.append(RunFinished(name, completed=True, at="12:05"))

        async def cut() -> None:
            lines = backend.history().lines[:kept]
            async with backend.writer(who="bob", command="by hand") as writer:
                await writer.restore(writer.document, lines)

        for work in (apply("r-1"), apply("r-2"), cut(), apply("r-3"), apply("r-4")):
            run(work)

        assert [record.run for record in opens().history().records()] == [*["r-1", "r-2"][:kept], "r-3", "r-4"]
        with pytest.raises(StateError, match=f"line {kept + 1}: it does not follow the line before"):
            opens().history().verify()

    def test_an_interrupted_run_is_told_by_the_next_writer(self, backend: Backend, opens: Opens) -> None:
        """What it left open is pending there; how that was settled is told with the next run."""

        async def begin() -> None:
            async with backend.writer(who="ann", command="apply") as writer:
                await writer.append(RunStarted(a_run("r-1"), "acme", {"pbx": ACCOUNT}))
                await writer.append(IntentMade(an_intent(writer.next_intent_id())))

        async def go_on() -> None:
            async with opens().writer(who="bob", command="apply") as writer:
                await writer.append(Outcome(1, Result.DONE, VendorId("17")))
                await writer.append(RunStarted(a_run("r-2", who=""), "acme", {}))
                await writer.append(RunFinished("r-2", completed=False))

        run(begin())
        run(go_on())
        first, second = opens().history().records()

        assert (first.status, first.finished, first.totals) == (Status.INTERRUPTED, "", {"pending": 1})
        assert (second.status, second.who) == (Status.INCOMPLETE, "bob")
        assert [(request.run, request.result) for request in second.requests] == [("r-1", "done")]
