"""What `apply` of 1,000 creates costs, against a bare loop of the same requests, and what of it is the journal.

A vendor that takes 10 ms for every answer, and an empty account. Whole processes for the first: `apply` reads the
manifests, plans, journals and reports as well, and all of that must fit beside the waiting. The journal is taken out
within one process: the same run over a record that is only kept in memory.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from typing import Any

from benchmarks import bare_loop
from benchmarks.agents import CONCURRENCY
from benchmarks.harness import Cost, Figure, in_process, in_turns
from benchmarks.vendor import LATENCY, Vendor, a_vendor, sent, told
from provisioner.cli.applying import Apply
from provisioner.cli.context import Cli
from provisioner.cli.tenant import open_tenant
from provisioner.plan.options import Options
from provisioner.state.document import Document
from provisioner.state.entries import Entry
from provisioner.state.replay import Replay

AGENTS = 1_000
ROUNDS = 4
SCAN = bare_loop.SCANNED + 1
"""Requests of a scan of an empty account, with the licence's count in the end."""

GUARD = len(bare_loop.LICENCE) - 1
"""Requests of the guard `capacity`, once for a connection on which something is created."""


def figures() -> Iterator[Figure]:
    """The requests of an apply, its time against the bare loop's, and the journal's part in it."""
    with a_vendor() as vendor:
        yield from _requests(vendor)
        yield from _times(vendor)
        yield from _journal(vendor)


def _requests(vendor: Vendor) -> Iterator[Figure]:
    """Counts; raises AssertionError where the yardstick does not send what the tool sends."""
    vendor.empty()
    vendor.loop("create", AGENTS)
    yardstick = sent(vendor.control)
    vendor.empty()
    folder = vendor.tenant("counted", AGENTS)
    vendor.run(folder, "apply", "--auto-approve")
    if sent(vendor.control) != yardstick:
        raise AssertionError("the bare loop must send what `apply` sends")
    most = vendor.most_at_once()
    why = "one scan; the guard `capacity`; each agent read back"
    yield from _counts("apply, planned by itself", vendor.asked(), SCAN + GUARD + AGENTS, why)
    yield Figure("apply, most at once", most, CONCURRENCY, "requests", exact=True, detail="`limits.concurrency`")
    vendor.empty()
    folder = vendor.tenant("counted", AGENTS)
    saved = folder / "all.plan"
    vendor.run(folder, "plan", "--out", saved)
    vendor.asked()
    vendor.run(folder, "apply", saved)
    why = "one scan: has anybody made them since; each agent read back"
    yield from _counts("apply, saved plan", vendor.asked(), SCAN + AGENTS, why)


def _counts(name: str, asked: dict[str, int], expected: int, why: str) -> Iterator[Figure]:
    posts = asked.get("POST /agent", 0)
    yield Figure(f"{name}: POST", posts, AGENTS, "requests", exact=True, detail="each agent is sent once")
    reads = sum(asked.values()) - posts
    yield Figure(f"{name}: GET", reads, expected, "requests", exact=True, detail=f"{why}: {told(asked)}")


def _times(vendor: Vendor) -> Iterator[Figure]:
    def loop() -> Cost:
        vendor.empty()
        return vendor.loop("create", AGENTS)

    def apply() -> Cost:
        vendor.empty()
        return vendor.run(vendor.tenant("timed", AGENTS), "apply", "--auto-approve")

    costs = in_turns({"loop": loop, "apply": apply}, ROUNDS)
    bare, whole = costs["loop"], costs["apply"]
    detail = f"`apply` of {AGENTS:,} creates, planned by itself, against a bare loop of the same requests; processes"
    yield Figure("apply / loop, wall", whole.wall / bare.wall, 1.3, detail=detail)
    yield Figure("apply / loop, CPU", whole.cpu / bare.cpu, None, detail="the same, processor time")
    yield Figure("apply", whole.wall, None, "s", detail="for orientation")
    least = 2 * AGENTS * LATENCY / CONCURRENCY
    yield Figure("bare loop", bare.wall, None, "s", detail=f"its least is {least:.2f} s of latency")


# --- The journal ---------------------------------------------------------------------------------------------------


def _journal(vendor: Vendor) -> Iterator[Figure]:
    costs = in_turns(
        {
            "with": lambda: _applied(vendor, journalled=True),
            "without": lambda: _applied(vendor, journalled=False),
        },
        ROUNDS,
    )
    whole, without = costs["with"], costs["without"]
    detail = "what an apply takes longer than one whose record is only kept in memory, as a part of it"
    yield Figure("journal, wall", 100 * (whole.wall - without.wall) / whole.wall, 10, "%", detail=detail)
    yield Figure(
        "journal, CPU",
        100 * (whole.cpu - without.cpu) / whole.cpu,
        None,
        "%",
        detail="the same, processor time: it is spent while requests are under way",
    )


def _applied(vendor: Vendor, *, journalled: bool) -> Cost:
    """One apply in this process, its manifests read before."""
    vendor.empty()
    folder = vendor.tenant("journalled", AGENTS)
    cli = Cli(folder, color=False, log_level="warning")
    tenant = open_tenant(cli)
    if not journalled:
        tenant = replace(tenant, backend=Forgetful())
    apply = Apply(cli, Options(), None, True, None, 0.0, False, False, False, "apply")  # noqa: FBT003 (as typed)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return in_process(lambda: asyncio.run(apply.on(tenant)))


class Forgetful:
    """A back-end and a writer that store nothing: no lines, no thread, no fsync, no snapshot, no history.

    The record itself stays, since an apply looks its bindings up there.
    """

    location = "nowhere"

    def __init__(self) -> None:
        self._replay = Replay(Document("nowhere"))
        self._last_intent = 0

    @asynccontextmanager
    async def writer(self, **_: Any) -> AsyncIterator[Forgetful]:
        yield self

    @property
    def document(self) -> Document:
        return self._replay.document

    def bound(self, address: Any) -> Any:
        return self._replay.bound(address)

    def next_intent_id(self) -> int:
        self._last_intent += 1
        return self._last_intent

    async def append(self, entry: Entry, *, durable: bool = True) -> None:
        self._replay.apply(entry)
