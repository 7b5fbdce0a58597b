"""Where a record can live: what every back-end offers.

Readers take no lock. Who writes holds the only lock, and writes through a ``Writer`` (``writer.py``), which every
back-end shares: a back-end brings a ``Store``, the few blocking calls that put things on stable storage.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from provisioner.errors import LockHeld
from provisioner.state.document import Document
from provisioner.state.history import History
from provisioner.state.writer import Writer


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is writing: since when (ISO 8601), on which host and in which process, running which command."""

    who: str
    host: str
    since: str
    command: str
    pid: int | None = None

    def refusal(self, tool: str = "provisioner") -> LockHeld:
        """The error of whoever came second; ``tool`` is how a command line begins that means the same state."""
        return LockHeld(who=self.who, host=self.host, since=self.since, command=self.command, pid=self.pid, tool=tool)


class Backend(Protocol):
    """A place for one tenant's record, journal, lock and history."""

    @property
    def location(self) -> str:
        """Where it is, for messages; holds no credential."""
        ...

    def load(self) -> Document:
        """The record as of now, journal included; consistent also while somebody writes. Takes no lock, writes
        nothing. Where nothing was ever written: an empty one, with the lineage that the back-end was given or "".

        Raises StateError where the record is damaged, unreadable, or of a newer format.
        """
        ...

    def holder(self) -> Holder | None:
        """Who is writing right now."""
        ...

    def writer(self, *, who: str, command: str, timeout: float = 0) -> AbstractAsyncContextManager[Writer]:
        """The one writer; waits up to ``timeout`` seconds for another to end, then raises LockHeld.

        Entering completes the history of a run that was killed. Leaving without an exception writes what was not
        durable yet, and compacts.
        """
        ...

    def unlock(self, *, force: bool = False) -> Holder | None:
        """Take the lock away from its holder, who is returned; None where nobody held it.

        Raises StateError, unless forced, where the holder's process is alive on this host. A holder that lost its
        lock cannot write any more.
        """
        ...

    def history(self) -> History:
        """Every apply so far."""
        ...
