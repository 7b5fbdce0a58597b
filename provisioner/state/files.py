"""The few things that are done to files: one object, so that tests can fail or kill at any of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.errors import StateError

# Data and length of a file, without the time stamps that fsync would write as well. macOS has only fsync.
_sync_data = getattr(os, "fdatasync", os.fsync)


class Files:
    """The file system, for one user only: files 0600, folders 0700. Raises OSError."""

    def make_folder(self, folder: Path) -> None:
        """The folder and those above it, unless they are there."""
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)

    def names(self, folder: Path) -> tuple[str, ...]:
        """What is in the folder, sorted."""
        return tuple(sorted(os.listdir(folder)))

    def read(self, path: Path) -> bytes:
        """All that is in the file."""
        return path.read_bytes()

    def open(self, path: Path, *, empty: bool = False) -> int:
        """A descriptor to append to the file, which is made if need be, and emptied if asked for."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | (os.O_TRUNC if empty else 0)
        return os.open(path, flags, 0o600)

    def write(self, descriptor: int, data: bytes) -> None:
        """Append all of the data."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def sync(self, descriptor: int) -> None:
        """Return once what was written is on stable storage."""
        _sync_data(descriptor)

    def cut(self, descriptor: int, length: int) -> None:
        """Drop what lies behind the first ``length`` bytes."""
        os.ftruncate(descriptor, length)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Put one file in another's place, at once."""
        os.replace(source, target)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Return once the folder's names are on stable storage."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_WHY = {
    errno.ENOSPC: ("no space is left on the disk", "make room and run again: what was stored so far is safe"),
    errno.EDQUOT: ("the disk quota is used up", "make room and run again: what was stored so far is safe"),
    errno.EACCES: ("permission denied", "it must belong to the user who runs this"),
    errno.EPERM: ("permission denied", "it must belong to the user who runs this"),
    errno.EROFS: ("the file system is read-only", "choose another folder: `state: {backend: local, path: …}`"),
    errno.ENOTDIR: ("a folder is expected there, and something else stands in its place", None),
    errno.EEXIST: ("a folder is expected there, and something else stands in its place", None),
    errno.EISDIR: ("a file is expected there, and a folder stands in its place", None),
}


@contextmanager
def translated(doing: str, place: Path) -> Iterator[None]:
    """Turns an OSError into a StateError that says what could not be done where, and why."""
    try:
        yield
    except OSError as error:
        why, hint = _WHY.get(error.errno or 0, (error.strerror or str(error), None))
        raise StateError(f"cannot {doing} the state in `{place}`: {why}", hint=hint) from error
