"""Many coroutines, few fsyncs, and the truth when the disk fails."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from provisioner.address import Address
from provisioner.errors import StateError
from provisioner.state import journal
from provisioner.state.backends.local import LocalBackend
from provisioner.state.entries import ChangeDone, Put, RunFinished, RunStarted
from tests.state.faults import Broken, Counting, FullDisk
from tests.state.records import JANE, a_bound, a_run, run


def agent(number: int) -> Address:
    """One of many."""
    return Address("agents", f"a{number}", "pbx")


def lines_in(folder: Path) -> list[str]:
    """What the first journal says, in its order."""
    entries = journal.read((folder / "journal-1.jsonl").read_bytes(), "j").entries
    return [entry.bound.address.key for entry in entries if isinstance(entry, Put)]


def test_concurrent_appends_share_a_sync_and_keep_their_order(tmp_path: Path) -> None:
    """While one write is on its way, all that comes is gathered into the next; the event loop goes on meanwhile."""
    go = threading.Event()
    files = Counting()

    async def append_many() -> int:
        async with LocalBackend(tmp_path, files=files).writer(who="ann", command="apply") as writer:
            files._go = go
            before = files.syncs
            first = asyncio.create_task(writer.append(Put(a_bound(agent(0)))))
            while files.syncs == before:
                await asyncio.sleep(0)
            rest = [asyncio.create_task(writer.append(Put(a_bound(agent(n))))) for n in range(1, 100)]
            await asyncio.sleep(0)
            assert not first.done()
            assert writer.document.bound == {}
            go.set()
            await asyncio.gather(first, *rest)
            assert len(writer.document.bound) == 100
            assert lines_in(tmp_path) == [f"a{n}" for n in range(100)]
            return files.syncs - before

    assert run(append_many()) == 2


def test_appends_of_one_turn_share_the_first_write(tmp_path: Path) -> None:
    """Nobody has to wait for a write of his own."""
    files = Counting()

    async def append_many() -> int:
        async with LocalBackend(tmp_path, files=files).writer(who="ann", command="apply") as writer:
            before = files.syncs
            await asyncio.gather(*(writer.append(Put(a_bound(agent(n)))) for n in range(50)))
            return files.syncs - before

    assert run(append_many()) == 1


def test_what_is_not_durable_costs_no_sync(tmp_path: Path) -> None:
    """It rides along."""
    files = Counting()

    async def append_many() -> tuple[int, int]:
        async with LocalBackend(tmp_path, files=files).writer(who="ann", command="apply") as writer:
            await writer.append(RunStarted(a_run(), "acme", {}))
            before = files.syncs
            for number in range(50):
                await writer.append(ChangeDone("r-1", str(number)), durable=False)
            none = files.syncs - before
            await writer.append(Put(a_bound()))
            assert writer.document.last_run is not None
            assert len(writer.document.last_run.done) == 50
            return none, files.syncs - before

    assert run(append_many()) == (0, 1)


def test_a_coroutine_that_is_cancelled_takes_nothing_back(tmp_path: Path) -> None:
    """Its line is stored all the same, and the others' are."""
    go = threading.Event()
    files = Counting()

    async def cancel() -> None:
        async with LocalBackend(tmp_path, files=files).writer(who="ann", command="apply") as writer:
            files._go = go
            cancelled = asyncio.create_task(writer.append(Put(a_bound(agent(1)))))
            other = asyncio.create_task(writer.append(Put(a_bound(agent(2)))))
            await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.sleep(0)
            assert cancelled.cancelled()
            go.set()
            await other
            assert set(writer.document.bound) == {agent(1), agent(2)}

    run(cancel())

    assert set(LocalBackend(tmp_path).load().bound) == {agent(1), agent(2)}


def test_a_full_disk_is_told_to_everybody_and_nothing_is_pretended(tmp_path: Path) -> None:
    """Whoever waits, whoever comes later, and the record: it shows what is stored. The next writer goes on."""
    files = FullDisk(10_000)

    async def fill() -> None:
        async with LocalBackend(tmp_path, files=files, lineage="l-1").writer(who="ann", command="apply") as writer:
            await writer.append(Put(a_bound(agent(1))))
            files.room = 100
            results = await asyncio.gather(
                *(writer.append(Put(a_bound(agent(n)))) for n in range(2, 5)), return_exceptions=True
            )
            assert [str(result) for result in results] == [
                f"cannot write the state in `{tmp_path}`: no space is left on the disk"
            ] * 3
            files.room = 10_000
            with pytest.raises(StateError, match="no space is left"):
                await writer.append(Put(a_bound(agent(9))))
            with pytest.raises(StateError, match="no space is left"):
                await writer.append(ChangeDone("r-1", "a"), durable=False)
            with pytest.raises(StateError, match="no space is left"):
                await writer.compact()
            assert set(writer.document.bound) == {agent(1)}

    with pytest.raises(StateError, match="no space is left"):
        run(fill())

    async def go_on() -> None:
        async with LocalBackend(tmp_path).writer(who="ann", command="apply") as writer:
            assert set(writer.document.bound) == {agent(1)}
            await writer.append(Put(a_bound(agent(2))))

    run(go_on())
    assert set(LocalBackend(tmp_path).load().bound) == {agent(1), agent(2)}


def test_whoever_is_queued_behind_a_failing_write_is_told(tmp_path: Path) -> None:
    """They are not left waiting for ever."""
    go = threading.Event()

    class FailsOnGo(Counting):
        """The first sync after ``armed`` fails when it is let go."""

        armed = False

        def sync(self, descriptor: int) -> None:
            super().sync(descriptor)
            if self.armed:
                go.wait(timeout=10)
                raise OSError(5, "Input/output error")

    files = FailsOnGo()

    async def fail() -> None:
        async with LocalBackend(tmp_path, files=files).writer(who="ann", command="apply") as writer:
            before, files.armed = files.syncs, True
            first = asyncio.create_task(writer.append(Put(a_bound())))
            while files.syncs == before:
                await asyncio.sleep(0)
            second = asyncio.create_task(writer.append(Put(a_bound())))
            await asyncio.sleep(0)
            await writer.append(ChangeDone("r-1", "a"), durable=False)
            go.set()
            for task in (first, second):
                with pytest.raises(StateError, match="Input/output error"):
                    await task

    with pytest.raises(StateError, match="Input/output error"):
        run(fail())


def test_an_entry_that_cannot_follow_is_found_before_anybody_builds_on_it(tmp_path: Path) -> None:
    """A bug of the caller that only the record's story shows: the writer stops, nobody waits for ever."""

    async def mistake() -> None:
        async with LocalBackend(tmp_path).writer(who="ann", command="apply") as writer:
            await writer.append(RunFinished("r-1", completed=True))

    with pytest.raises(StateError, match="run `r-1`, which is not the last one"):
        run(mistake())


def test_a_history_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The run is journalled as finished; the next writer tells the history."""

    class NoHistory(Broken):
        """Everything but the history can be opened."""

        def open(self, path: Path, *, empty: bool = False) -> int:
            if path.name == "history.jsonl":
                raise OSError(28, "No space left on device")
            return super().open(path, empty=empty)

    async def finish() -> None:
        async with LocalBackend(tmp_path, files=NoHistory("")).writer(who="ann", command="apply") as writer:
            await writer.append(RunStarted(a_run(), "acme", {}))
            await writer.append(RunFinished("r-1", completed=True, at="12:05"))

    async def nothing() -> None:
        async with LocalBackend(tmp_path).writer(who="bob", command="state list"):
            pass

    with pytest.raises(StateError, match="no space is left"):
        run(finish())
    assert LocalBackend(tmp_path).history().lines == ()
    run(nothing())

    assert [record.finished for record in LocalBackend(tmp_path).history().records()] == ["12:05"]


def test_compaction_waits_for_what_was_appended_before_and_holds_back_what_comes(tmp_path: Path) -> None:
    """No entry falls between two journals."""

    async def at_once() -> None:
        async with LocalBackend(tmp_path).writer(who="ann", command="apply") as writer:
            await asyncio.gather(
                *(writer.append(Put(a_bound(agent(n)))) for n in range(20)),
                writer.compact(),
                *(writer.append(Put(a_bound(agent(n)))) for n in range(20, 40)),
                writer.compact(),
                writer.append(Put(a_bound(JANE))),
            )
            assert len(LocalBackend(tmp_path).load().bound) == 41

    run(at_once())

    assert len(LocalBackend(tmp_path).load().bound) == 41
