"""One writer, whatever becomes of its process: with real processes."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.errors import LockHeld, StateError
from provisioner.state.backend import Holder
from provisioner.state.backends.local import LocalBackend
from provisioner.state.lock import SOMEBODY, Lock
from tests.state.records import run

ROOT = Path(__file__).parents[2]


@contextmanager
def child(what: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, once it has said its first word."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.state.child", what, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


async def take(folder: Path, timeout: float = 0) -> Holder | None:
    """Hold the lock for a moment; who holds it then."""
    backend = LocalBackend(folder)
    async with backend.writer(who="parent", command="apply", timeout=timeout):
        return backend.holder()


def test_another_process_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    """Who, on which host, since when, which command."""
    with child("hold", tmp_path) as process:
        with pytest.raises(LockHeld, match=r"locked by child on .*: `apply --auto-approve`") as caught:
            run(take(tmp_path))
        holder = LocalBackend(tmp_path).holder()

    assert (caught.value.pid, caught.value.host) == (process.pid, socket.gethostname())
    assert holder is not None
    assert holder.pid == process.pid


def test_a_killed_holder_frees_it_at_once(tmp_path: Path) -> None:
    """Nobody has to unlock after a crash; what the file still says does not count."""
    with child("hold", tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert "child" in (tmp_path / "lock").read_text()
        assert LocalBackend(tmp_path).holder() is None
        taken = run(take(tmp_path))

    assert taken is not None
    assert taken.who == "parent"


def test_another_process_gets_it_once_it_is_free(tmp_path: Path) -> None:
    """With a time-out, it waits."""

    async def hold() -> None:
        async with LocalBackend(tmp_path).writer(who="parent", command="apply"):
            pass

    with child("hold", tmp_path) as holding, child("wait", tmp_path) as waiting:
        assert holding.stdin is not None
        assert waiting.stdout is not None
        holding.stdin.close()
        assert waiting.stdout.readline() == "locked\n"
        waiting.wait()
        run(hold())


def test_unlock_refuses_while_the_holder_lives(tmp_path: Path) -> None:
    """Unless forced: then it is free, and the holder's next write fails."""
    with child("hold", tmp_path) as process:
        with pytest.raises(StateError, match=f"process {process.pid} of child is alive"):
            LocalBackend(tmp_path).unlock()
        holder = LocalBackend(tmp_path).unlock(force=True)

        assert holder is not None
        assert holder.pid == process.pid
        assert run(take(tmp_path)) is not None


@pytest.mark.parametrize(
    "said",
    [
        {"host": "another.example"},
        {"pid": None},
        {"pid": 2**22 + 1},
    ],
    ids=["another host", "no process", "a process that is gone"],
)
def test_unlock_of_a_holder_that_cannot_be_seen_alive(tmp_path: Path, said: dict[str, object]) -> None:
    """A network file system that never noticed its end: a person says so."""

    async def hold() -> None:
        async with LocalBackend(tmp_path).writer(who="ann", command="apply"):
            told = json.loads((tmp_path / "lock").read_text())
            (tmp_path / "lock").write_text(json.dumps(told | said))
            assert LocalBackend(tmp_path).unlock() is not None
            assert LocalBackend(tmp_path).holder() is None

    run(hold())


def test_a_process_of_another_user_is_alive(tmp_path: Path) -> None:
    """Process 1 is always there, and perhaps not ours."""

    async def hold() -> None:
        async with LocalBackend(tmp_path).writer(who="ann", command="apply"):
            told = json.loads((tmp_path / "lock").read_text())
            (tmp_path / "lock").write_text(json.dumps(told | {"pid": 1}))
            with pytest.raises(StateError, match="process 1 of ann is alive"):
                LocalBackend(tmp_path).unlock()

    run(hold())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"who": "ann"}'])
def test_a_holder_that_has_not_said_its_name_yet(tmp_path: Path, text: str) -> None:
    """Between taking the lock and writing the name: somebody it is."""

    async def hold() -> Holder | None:
        async with LocalBackend(tmp_path).writer(who="ann", command="apply"):
            (tmp_path / "lock").write_text(text)
            return LocalBackend(tmp_path).holder()

    assert run(hold()) == SOMEBODY


def test_a_look_at_the_lock_does_not_lock_anybody_out(tmp_path: Path) -> None:
    """Readers look all the time; a writer that does not wait must get it all the same."""

    async def write_while_others_look() -> None:
        for _ in range(200):
            assert await take(tmp_path) is not None

    watcher = "import sys; from pathlib import Path; from provisioner.state.lock import Lock\n"
    watcher += "lock = Lock(Path(sys.argv[1]) / 'lock'); print('looking', flush=True)\nwhile True: lock.holder()"
    with subprocess.Popen(
        [sys.executable, "-c", watcher, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        run(write_while_others_look())
        process.kill()


def test_a_reader_in_the_way_is_waited_out(tmp_path: Path) -> None:
    """Even by a writer that does not wait for writers: a reader's look lasts no time."""
    path = tmp_path / "lock"
    path.touch()

    async def take_while_somebody_looks() -> bool:
        with path.open() as looking:
            fcntl.flock(looking, fcntl.LOCK_SH)
            asyncio.get_running_loop().call_soon(lambda: fcntl.flock(looking, fcntl.LOCK_UN))
            lock = Lock(path)
            await lock.acquire(SOMEBODY, 0)
            held = lock.held
            lock.release()
            return held

    assert run(take_while_somebody_looks())


def test_a_reader_that_stands_still_is_not_waited_for_ever(tmp_path: Path) -> None:
    """A stopped process, say: whoever it is cannot be told."""
    path = tmp_path / "lock"
    path.touch()

    with path.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        with pytest.raises(LockHeld, match="locked by somebody"):
            run(Lock(path, glance=0.01).acquire(SOMEBODY, 0))


def test_a_lock_that_was_replaced_meanwhile_is_tried_again(tmp_path: Path) -> None:
    """Opened before an unlock, locked after it: that file is nobody's lock any more."""
    path, grabbed = tmp_path / "lock", []

    def grab(descriptor: int, how: int) -> None:
        if not grabbed:
            path.rename(tmp_path / "former")
        grabbed.append(how)
        fcntl.flock(descriptor, how)

    async def acquire() -> bool:
        lock = Lock(path, grab=grab)
        await lock.acquire(SOMEBODY, 0)
        held = lock.held
        lock.release()
        return held

    assert run(acquire())
    assert len(grabbed) == 2


def test_a_lock_that_is_not_ours_is_not_held(tmp_path: Path) -> None:
    """Before it is taken, and once its file is gone."""
    lock = Lock(tmp_path / "lock")

    async def hold() -> list[bool]:
        await lock.acquire(SOMEBODY, 0)
        before = lock.held
        (tmp_path / "lock").unlink()
        return [before, lock.held]

    assert not lock.held
    assert run(hold()) == [True, False]
    lock.release()
    lock.release()
    assert os.listdir(tmp_path) == []
