"""A record that moves from one back-end to another, whatever happens on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.errors import LockHeld, StateError
from provisioner.secrets import Secret
from provisioner.state.at_home import AtHome
from provisioner.state.backend import Backend
from provisioner.state.backends.local import LocalBackend
from provisioner.state.backends.memory import MemoryBackend
from provisioner.state.backends.postgres import PostgresBackend
from provisioner.state.entries import IntentMade, Put, RunFinished, RunStarted
from provisioner.state.migrating import Migration, Moved, migrate
from tests.state.database import Server
from tests.state.faults import Died, Dying, Loss, Unsynced
from tests.state.records import ACCOUNT, JOE, a_bound, a_run, an_intent, run


async def apply(backend: Backend, name: str, id: str = "17") -> None:
    """A run that binds, and leaves a request open."""
    async with backend.writer(who="ann", command="apply") as writer:
        await writer.append(RunStarted(a_run(name), "acme", {"pbx": ACCOUNT}))
        await writer.append(Put(a_bound(id=id)))
        await writer.append(IntentMade(an_intent(writer.next_intent_id(), address=JOE, run=name)))
        await writer.append(RunFinished(name, completed=True))


def move(source: Backend, target: Backend) -> Migration:
    return run(migrate(source, target, who="ann", command="state migrate"))


@pytest.fixture
def source(tmp_path: Path) -> LocalBackend:
    """A record with bindings, open requests and two lines of history, in a folder."""
    source = LocalBackend(tmp_path / "source", lineage="l-1")
    run(apply(source, "r-1"))
    run(apply(source, "r-2"))
    return source


def test_into_every_back_end(source: LocalBackend, opens: Callable[..., Backend]) -> None:
    """All of it: lineage, serial, what is open, and the history; numbers of requests go on."""
    before, lines = source.load(), source.history().lines

    ended = move(source, opens())

    assert ended == Migration(Moved.NOW, before, 2)
    assert (opens().load(), opens().history().lines, opens().history().verify()) == (before, lines, 2)
    run(apply(opens(), "r-3"))
    assert (opens().load().last_intent, opens().history().verify()) == (3, 3)


def test_out_of_every_back_end(opens: Callable[..., Backend], tmp_path: Path) -> None:
    """And the place that it left is not used again until it comes back."""
    run(apply(opens(lineage="l-1"), "r-1"))
    before, target = opens().load(), LocalBackend(tmp_path / "target")

    move(opens(), target)

    assert (target.load(), target.history().verify()) == (before, 1)
    assert opens().load() == replace(before, moved=target.location)
    with pytest.raises(StateError, match="was moved to"):
        AtHome(opens()).load()
    with pytest.raises(StateError, match="was moved to"):
        run(apply(AtHome(opens()), "r-2"))
    run(apply(target, "r-2"))
    assert move(target, opens()).document == replace(target.load(), moved="")
    assert AtHome(opens()).history().verify() == 2


def test_again(source: LocalBackend, opens: Callable[..., Backend]) -> None:
    """It finds that it was done, also when the record was used since."""
    move(source, opens())
    run(apply(opens(), "r-3", "18"))
    record = opens().load()

    assert move(source, opens()) == Migration(Moved.BEFORE, record, 3)
    assert opens().load() == record


def test_what_is_left_of_it_is_not_moved_to_a_third_place(source: LocalBackend, tmp_path: Path) -> None:
    """It is a copy, and the record may be far ahead by now."""
    move(source, LocalBackend(tmp_path / "second"))

    with pytest.raises(StateError, match=r"was moved to `.*second` before"):
        move(source, LocalBackend(tmp_path / "third"))


def test_both_have_been_written_since(source: LocalBackend, opens: Callable[..., Backend]) -> None:
    """A kill before the note, and then somebody on each side: neither may be lost."""
    into_target_only(source, opens())
    run(apply(source, "r-3", "18"))
    run(apply(opens(), "r-4", "19"))
    run(apply(opens(), "r-5", "20"))
    mine, other = source.load(), opens().load()

    with pytest.raises(StateError, match="were one record, and both have been written since"):
        move(source, opens())

    assert (source.load(), opens().load()) == (mine, other)


def test_killed_before_the_note(source: LocalBackend, opens: Callable[..., Backend]) -> None:
    """Both are the same by then, and the next try ends it; so it does when only the target was used since."""
    before = source.load()
    into_target_only(source, opens())
    run(apply(opens(), "r-3", "18"))
    record = opens().load()

    ended = move(source, opens())

    assert (ended.moved, opens().load()) == (Moved.BEFORE, record)
    assert source.load() == replace(before, moved=opens().location)


def into_target_only(source: LocalBackend, target: Backend) -> None:
    """A migration that dies right after the target became the record."""

    async def restore() -> None:
        async with target.writer(who="ann", command="state migrate") as writer:
            await writer.restore(source.load(), source.history().lines)

    run(restore())


@pytest.mark.parametrize("loss", list(Loss), ids=lambda loss: loss.value)
def test_killed_at_any_moment(source: LocalBackend, tmp_path: Path, loss: Loss) -> None:
    """Of a move into a folder: one of the two counts, wholly, and the next try ends it."""
    record, lines = source.load(), source.history().lines
    files = Dying(0)
    dying = LocalBackend(tmp_path / "counted", files=files)
    run(apply_restored(dying, source))

    for moment in range(1, files.steps + 1):
        folder = tmp_path / f"target-{moment}"
        with pytest.raises(Died):
            run(apply_restored(LocalBackend(folder, files=Dying(moment, loss)), source))

        found = LocalBackend(folder).load()
        assert found.empty or found == record
        copy = tmp_path / f"source-{moment}"
        into_target_only(source, LocalBackend(copy, files=Unsynced()))
        move(LocalBackend(copy, files=Unsynced()), LocalBackend(folder, files=Unsynced()))
        assert LocalBackend(folder).load() == record
        assert LocalBackend(folder).history().lines == lines


async def apply_restored(target: LocalBackend, source: LocalBackend) -> None:
    """What a migration does to its target."""
    async with target.writer(who="ann", command="state migrate") as writer:
        await writer.restore(source.load(), source.history().lines)


def test_a_database_that_goes_away_on_the_way(source: LocalBackend, database: Server) -> None:
    """Its transaction counts as a whole or not at all; the source counts until then."""
    name = uuid.uuid4().hex
    target = PostgresBackend(lambda: Secret(database.dsn), name)
    database.do("select 1")
    before = source.load()
    run(open_and_close(target))
    database.do(
        "create or replace function pg_temp_fail() returns trigger language plpgsql as "
        "$$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$",
        "create or replace trigger dying after insert on provisioner_history "
        f"for each row when (new.name = '{name}') execute function pg_temp_fail()",
    )

    with pytest.raises(StateError, match="was shut down"):
        move(source, target)

    database.do("drop trigger dying on provisioner_history")
    assert (target.load().empty, target.history().lines, source.load()) == (True, (), before)
    assert move(source, target).document == before


async def open_and_close(backend: Backend) -> None:
    async with backend.writer(who="ann", command="state list"):
        pass


def test_somebody_is_writing_on_either_side(source: LocalBackend) -> None:
    """Then nothing is moved."""
    target = MemoryBackend()

    async def while_it_is_held(held: Backend) -> None:
        async with held.writer(who="bob", command="apply"):
            await migrate(source, target, who="ann", command="state migrate")

    for held in (source, target):
        with pytest.raises(LockHeld, match="locked by bob"):
            run(while_it_is_held(held))

    assert (target.load().empty, source.load().moved) == (True, "")
