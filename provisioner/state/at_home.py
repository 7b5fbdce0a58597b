"""A back-end that refuses a record which lives elsewhere by now: what ``state migrate`` leaves is a copy.

Whoever still used it would plan and apply from a record that nobody else sees.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from provisioner.errors import LockHeld, StateError
from provisioner.state.backend import Backend, Holder
from provisioner.state.document import Document
from provisioner.state.history import History
from provisioner.state.writer import Writer


@dataclass(frozen=True, slots=True)
class AtHome:
    """The back-end, for every command but the one that moves records.

    ``tool`` is how a command line begins that means this record, for hints.
    """

    backend: Backend
    tool: str = "provisioner"

    @property
    def location(self) -> str:
        """Where it is."""
        return self.backend.location

    def load(self) -> Document:
        """The record as of now; raises StateError where it lives elsewhere."""
        return self._checked(self.backend.load())

    def holder(self) -> Holder | None:
        """Who is writing right now."""
        return self.backend.holder()

    def writer(self, *, who: str, command: str, timeout: float = 0) -> AbstractAsyncContextManager[Writer]:
        """The one writer; raises StateError where the record lives elsewhere."""
        return self._writer(self.backend.writer(who=who, command=command, timeout=timeout))

    @asynccontextmanager
    async def _writer(self, lock: AbstractAsyncContextManager[Writer]) -> AsyncIterator[Writer]:
        async with AsyncExitStack() as stack:
            try:
                writer = await stack.enter_async_context(lock)
            except LockHeld as held:
                raise Holder(held.who, held.host, held.since, held.command, held.pid).refusal(self.tool) from held
            self._checked(writer.document)
            yield writer

    def unlock(self, *, force: bool = False) -> Holder | None:
        """Take the lock away from its holder."""
        return self.backend.unlock(force=force)

    def history(self) -> History:
        """Every apply so far; raises StateError where the record lives elsewhere."""
        self.load()
        return self.backend.history()

    def _checked(self, document: Document) -> Document:
        if document.moved:
            raise StateError(
                f"the record in `{self.location}` was moved to `{document.moved}`; what is left here is a copy",
                hint="name that place under `state:` in the manifests, or give the `-f` that does",
            )
        return document
