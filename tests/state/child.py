"""Processes to lock out, to wait for, and to kill: ``python -m tests.state.child WHAT FOLDER``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from provisioner.address import Address
from provisioner.secrets import Secret
from provisioner.state.backends.local import LocalBackend
from provisioner.state.backends.postgres import PostgresBackend
from provisioner.state.entries import IntentMade, Outcome, Result, RunStarted
from provisioner.state.writer import Writer
from provisioner.values import VendorId
from tests.state.records import ACCOUNT, a_run, an_intent


def say(line: str) -> None:
    """A line that the parent gets at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def write(folder: Path) -> None:
    """Create agents for ever, saying what is stored; compact every now and then."""
    async with LocalBackend(folder).writer(who="child", command="apply") as writer:
        await writer.append(RunStarted(a_run(f"r-{writer.document.last_intent}"), "acme", {"pbx": ACCOUNT}))

        async def create() -> None:
            while True:
                await _create(writer)

        async def compact() -> None:
            while True:
                for _ in range(20):
                    await _create(writer)
                await writer.compact()

        await asyncio.gather(create(), create(), create(), compact())


async def _create(writer: Writer) -> None:
    number = writer.next_intent_id()
    await writer.append(IntentMade(an_intent(number, address=Address("agents", f"a{number}", "pbx"))))
    say(f"intent {number}")
    await writer.append(Outcome(number, Result.DONE, VendorId(str(number))))
    say(f"done {number}")


async def hold(folder: Path) -> None:
    """Hold the lock until standard input ends."""
    async with LocalBackend(folder).writer(who="child", command="apply --auto-approve"):
        say("locked")
        await asyncio.to_thread(sys.stdin.read)


async def wait(folder: Path) -> None:
    """Wait for the lock, and let go of it."""
    say("waiting")
    async with LocalBackend(folder).writer(who="child", command="apply", timeout=30):
        say("locked")


async def hold_shared(name: Path) -> None:
    """The same, of a record in a database: its way is the argument after the name."""
    backend = PostgresBackend(lambda: Secret(sys.argv[3]), str(name))
    async with backend.writer(who="child", command="apply --auto-approve"):
        say("locked")
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(
        {"write": write, "hold": hold, "wait": wait, "hold_shared": hold_shared}[sys.argv[1]](Path(sys.argv[2]))
    )
