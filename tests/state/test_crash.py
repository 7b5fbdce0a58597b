"""Whenever the process or the machine dies: what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.address import Address
from provisioner.errors import StateError
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document
from provisioner.state.entries import (
    ChangeDone,
    Entry,
    IntentMade,
    Outcome,
    Result,
    RunFinished,
    RunStarted,
)
from provisioner.state.history import Status
from provisioner.state.replay import replayed
from provisioner.state.writer import Writer
from provisioner.values import VendorId
from tests.state.faults import Died, Dying, Loss, Unsynced
from tests.state.records import ACCOUNT, a_run, an_intent, run


class Scenario:
    """An apply of a few creates, with compaction in the middle; remembers what was asked and what was acknowledged."""

    def __init__(self) -> None:
        self.asked: list[Entry] = []
        self.stored: list[Entry] = []

    async def _append(self, writer: Writer, entry: Entry, *, durable: bool = True) -> None:
        self.asked.append(entry)
        await writer.append(entry, durable=durable)
        if durable:
            self.stored.append(entry)

    async def _create(self, writer: Writer, name: str) -> None:
        number = writer.next_intent_id()
        address = Address("agents", name, "pbx")
        await self._append(writer, IntentMade(an_intent(number, address=address, change=str(address))))
        await self._append(writer, Outcome(number, Result.DONE, VendorId(f"id-{number}")))
        await self._append(writer, ChangeDone("r-1", str(address)), durable=False)

    async def play(self, backend: LocalBackend) -> None:
        async with backend.writer(who="ann", command="apply") as writer:
            await self._append(writer, RunStarted(a_run(), "acme", {"pbx": ACCOUNT}))
            await asyncio.gather(*(self._create(writer, name) for name in ("a", "b", "c")))
            await writer.compact()
            await asyncio.gather(*(self._create(writer, name) for name in ("d", "e")))
            await self._append(writer, RunFinished("r-1", completed=True))


def told(document: Document) -> Document:
    """The record without what the Writer adds by itself."""
    last = document.last_run and replace(document.last_run, recorded=False, command="")
    return replace(document, last_run=last, requests={}, history_head="", counted=False)


def steps_of(folder: Path) -> int:
    """At how many moments the scenario can die."""
    files = Dying(0)
    run(Scenario().play(LocalBackend(folder, lineage="l-1", files=files)))
    return files.steps


@pytest.mark.parametrize("loss", list(Loss), ids=lambda loss: loss.value)
def test_at_every_moment_the_acknowledged_is_there_and_nothing_half(tmp_path: Path, loss: Loss) -> None:
    """Before, in the middle of, and after each write, sync, rename, removal: the record is some moment of the run's,
    not earlier than what was acknowledged; and the next writer goes on from there."""
    moments = steps_of(tmp_path / "whole")
    assert moments > 60

    for moment in range(1, moments + 1):
        folder, scenario = tmp_path / str(moment), Scenario()
        with pytest.raises((Died, StateError), match=r"Died|^$"):
            run(scenario.play(LocalBackend(folder, lineage="l-1", files=Dying(moment, loss))))

        found = LocalBackend(folder, lineage="l-1").load()
        run(go_on(folder))

        possible = [
            told(replayed(Document("l-1"), scenario.asked[:end]))
            for end in range(len(scenario.stored), len(scenario.asked) + 1)
        ]
        assert told(found) in possible, f"moment {moment}"


async def go_on(folder: Path) -> None:
    """The next command: it finds a lock to take, and history that is whole."""
    backend = LocalBackend(folder, lineage="l-1", files=Unsynced())
    before = backend.load()
    async with backend.writer(who="bob", command="apply") as writer:
        assert told(writer.document) == told(before)
        await writer.append(RunStarted(a_run("r-2"), "acme", {}))
        await writer.append(RunFinished("r-2", completed=True))
    history = backend.history()
    records = history.records()
    assert history.verify() == len(records)
    assert [record.run for record in records] == (["r-1"] if before.last_run else []) + ["r-2"]
    if before.last_run:
        finished = before.last_run.finished
        assert records[0].status == (Status.COMPLETED if finished else Status.INTERRUPTED)
        assert len(records[0].requests) == before.last_intent
    assert sorted(os.listdir(folder)) == ["history.jsonl", f"journal-{generation(folder)}.jsonl", "lock", "state.json"]


def generation(folder: Path) -> int:
    """Which journal the snapshot names."""
    found: int = json.loads((folder / "state.json").read_bytes())["generation"]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_process_loses_nothing_that_it_was_told_is_stored(tmp_path: Path, seed: int) -> None:
    """SIGKILL, for real, again and again, to a process that appends and compacts as fast as it can."""
    chance = random.Random(seed)  # noqa: S311 - moments to kill, not secrets
    folder = tmp_path / ".provisioner"
    acknowledged: set[str] = set()

    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.state.child", "write", str(folder)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(1, 400)):
                acknowledged.add(child.stdout.readline().strip())
            child.send_signal(signal.SIGKILL)
            acknowledged.update(line.strip() for line in child.stdout if line.endswith("\n"))

        document = LocalBackend(folder).load()

        pending = {f"intent {number}" for number in document.pending}
        known = {f"done {bound.id}" for bound in document.bound.values()}
        outcomes = {word for word in acknowledged if word.startswith("done")}
        intents = acknowledged - outcomes
        assert outcomes <= known
        assert intents <= pending | {word.replace("done", "intent") for word in known}

    async def next_writer() -> None:
        async with LocalBackend(folder).writer(who="bob", command="state list"):
            pass

    run(next_writer())
    history = LocalBackend(folder).history()
    assert history.verify() == 4
    assert {record.status for record in history.records()} == {Status.INTERRUPTED}


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes find this package."""
    monkeypatch.chdir(Path(__file__).parents[2])
