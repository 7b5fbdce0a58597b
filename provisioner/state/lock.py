"""The local lock: who may write, for as long as its process lives.

``flock`` on a file of its own: the kernel frees it with the process, however that ends. The file says who holds it;
what it says counts only while somebody does. ``unlock`` puts a new file in its place, so that a holder that was
written off (a network file system that never noticed) finds out before its next write.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from provisioner.errors import StateError
from provisioner.state.backend import Holder
from provisioner.state.files import translated

PAUSE = 0.05
"""Seconds between two tries."""

GLANCE = 1.0
"""Seconds in which whoever only looks at the lock has certainly let go of it."""

SOMEBODY = Holder("somebody", "an unknown host", "an unknown time", "?")


class Lock:
    """The lock file at ``path``, held or not by this object. ``glance``: as GLANCE, in seconds; ``grab``: as flock."""

    def __init__(self, path: Path, *, glance: float = GLANCE, grab: Callable[[int, int], None] = fcntl.flock) -> None:
        self._path = path
        self._glance = glance
        self._grab = grab
        self._descriptor: int | None = None

    async def acquire(self, holder: Holder, timeout: float) -> None:
        """Hold the lock, once it is free; raises LockHeld after ``timeout`` seconds."""
        clock = asyncio.get_running_loop().time
        end = clock() + timeout
        while not self._try(holder):
            other, now = self.holder(), clock()
            if other is None and now < end + self._glance:
                await asyncio.sleep(0)  # only a reader was in the way, or it has just become free
            elif now >= end:
                raise (other or SOMEBODY).refusal()
            else:
                await asyncio.sleep(min(PAUSE, end - now))

    def _try(self, holder: Holder) -> bool:
        with translated("lock", self._path.parent):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._grab(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
            if not self.held:
                self.release()
                return False
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
            return True

    @property
    def held(self) -> bool:
        """True while this object holds the lock and nobody has put another file in its place."""
        if self._descriptor is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(self._path))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let go, if held."""
        if self._descriptor is not None:
            with suppress(OSError):  # a full disk must not keep the lock
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Who holds the lock now; needs no write permission and makes no file."""
        with translated("read", self._path.parent):
            try:
                descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except (FileNotFoundError, NotADirectoryError):
                return None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _named(os.read(descriptor, 65536))
            else:
                return None
            finally:
                os.close(descriptor)

    def unlock(self, *, force: bool) -> Holder | None:
        """Put a new, free lock in the place of a held one; gives who held it, or None where it was free."""
        holder = self.holder()
        if holder is None:
            return None
        if not force:
            refuse_if_alive(holder)
        with translated("unlock", self._path.parent):
            fresh = self._path.with_name(f"{self._path.name}.new")
            os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            os.replace(fresh, self._path)
        return holder


def _named(raw: bytes) -> Holder:
    """The holder as the file tells it; it may be read before its holder has put the name in."""
    try:
        return Holder(**json.loads(raw))
    except (ValueError, TypeError):
        return SOMEBODY


def refuse_if_alive(holder: Holder) -> None:
    """Raises StateError where the holder's process is alive on this host: its lock is not to be taken away."""
    if alive(holder):
        raise StateError(
            f"the state is being written: process {holder.pid} of {holder.who} is alive since {holder.since}",
            hint="end that process first; the lock ends with it",
        )


def alive(holder: Holder) -> bool:
    """True where the holder's process is provably there."""
    if holder.host != socket.gethostname() or holder.pid is None:
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it is another user's
    return True
