"""A disk that fails: full, dying, or losing power at a chosen moment."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from provisioner.state.files import Files


class FullDisk(Files):
    """Takes ``room`` bytes; a write that does not fit is cut short, and fails."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, descriptor: int, data: bytes) -> None:
        super().write(descriptor, data[: self.room])
        if len(data) > self.room:
            self.room = 0
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= len(data)


class Counting(Files):
    """Counts syncs of files; the first ones wait for ``go`` where that is given."""

    def __init__(self, go: threading.Event | None = None) -> None:
        self.syncs = 0
        self._go = go

    def sync(self, descriptor: int) -> None:
        self.syncs += 1
        if self._go is not None:
            self._go.wait(timeout=10)
        super().sync(descriptor)


class Broken(Files):
    """Fails the named operation from its ``skip``-th call on, and closes nothing the worse for it."""

    def __init__(self, operation: str, skip: int = 0) -> None:
        self._operation = operation
        self._skip = skip

    def _check(self, operation: str) -> None:
        if operation == self._operation:
            if self._skip == 0:
                raise OSError(errno.EIO, "Input/output error")
            self._skip -= 1

    def sync(self, descriptor: int) -> None:
        self._check("sync")
        super().sync(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        self._check("rename")
        super().rename(source, target)

    def cut(self, descriptor: int, length: int) -> None:
        self._check("cut")
        super().cut(descriptor, length)

    def write(self, descriptor: int, data: bytes) -> None:
        self._check("write")
        super().write(descriptor, data)

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        self._check("close")


class Unsynced(Files):
    """As fast as memory, for those who die in theory only."""

    def sync(self, descriptor: int) -> None:
        """The kernel has it."""

    def sync_folder(self, folder: Path) -> None:
        """The kernel has it."""


class Died(BaseException):
    """The process is no more: nothing of ours may catch it."""


class Loss(Enum):
    """What is lost with the power."""

    NOTHING = "killed"
    """Only the process died: the kernel writes all that it was given."""
    UNSYNCED = "power lost"
    """What was not synced: contents, and names that the folder did not have at its last sync."""
    RENAMES_KEPT = "power lost, renames kept"
    """The same, but a rename overtook what was done before it."""


class Dying(Unsynced):
    """Dies at the ``moment``-th step, and does nothing afterwards.

    Every operation that changes the disk has two steps, before and after; a write has a third, half done. What the
    machine loses, when it dies and not only the process: see Loss.
    """

    def __init__(self, moment: int, loss: Loss = Loss.NOTHING) -> None:
        self.steps = 0
        self._moment = moment
        self._loss = loss
        self._dead = False
        self._paths: dict[int, Path] = {}
        self._stable: dict[Path, bytes | None] = {}
        self._names: dict[Path, bytes | None] = {}

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self._moment or self._dead:
            if not self._dead and self._loss is not Loss.NOTHING:
                self._lose()
            self._dead = True
            raise Died

    def _around(self, what: Callable[[], None]) -> None:
        self._step()
        what()
        self._step()

    def _lose(self) -> None:
        """Put the disk back to what was stable."""
        for path, content in {**self._stable, **self._names}.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)

    def _touch(self, path: Path) -> None:
        """Before a name changes: what it was stands until the folder is synced."""
        if path not in self._names:
            self._names[path] = path.read_bytes() if path.exists() else None

    def open(self, path: Path, *, empty: bool = False) -> int:
        self._step()
        if not path.exists():
            self._touch(path)
        if path not in self._stable and path.exists():
            self._stable[path] = path.read_bytes()
        descriptor = super().open(path, empty=empty)
        self._paths[descriptor] = path
        self._stable.setdefault(path, b"")
        return descriptor

    def write(self, descriptor: int, data: bytes) -> None:
        self._step()
        half = len(data) // 2
        super().write(descriptor, data[:half])
        self._step()
        super().write(descriptor, data[half:])
        self._step()

    def sync(self, descriptor: int) -> None:
        self._around(lambda: super(Dying, self).sync(descriptor))
        path = self._paths[descriptor]
        self._stable[path] = path.read_bytes()
        if self._names.get(path) is not None:
            self._names[path] = self._stable[path]

    def cut(self, descriptor: int, length: int) -> None:
        self._around(lambda: super(Dying, self).cut(descriptor, length))

    def close(self, descriptor: int) -> None:
        if self._dead:
            os.close(descriptor)  # as the kernel does
        else:
            super().close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        if self._loss is Loss.RENAMES_KEPT:
            self._names.pop(source, None)
        else:
            self._touch(source)
            self._touch(target)
        super().rename(source, target)
        self._stable.pop(target, None)
        self._stable.pop(source, None)
        self._step()

    def remove(self, path: Path) -> None:
        self._step()
        self._stable.pop(path, None)
        super().remove(path)
        self._step()

    def sync_folder(self, folder: Path) -> None:
        self._around(lambda: super(Dying, self).sync_folder(folder))
        self._names.clear()
