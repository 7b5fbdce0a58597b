"""What `plan` costs where nothing is to change, against a bare loop of the same reads.

2,000 agents that state knows, and a vendor that takes 10 ms for every answer. Whole processes: a user waits for the
start, the manifests and the report as well. The bare loop has its own start and client, and `validate` has the
manifests; Python's start is in both, and is taken off once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.agents import CONCURRENCY
from benchmarks.harness import Cost, Figure, in_turns, of_process
from benchmarks.vendor import LATENCY, Vendor, a_vendor, told

AGENTS = 2_000
ROUNDS = 4


def figures() -> Iterator[Figure]:
    """The times of a plan without changes, then the requests of every step around one change."""
    with a_vendor() as vendor:
        vendor.empty(latency=0)
        folder = vendor.tenant("acme", AGENTS)
        vendor.run(folder, "apply", "--auto-approve")
        vendor.control.settings(latency=LATENCY)
        yield from _times(vendor, folder)
        yield from _requests(vendor, folder)


def _times(vendor: Vendor, folder: Path) -> Iterator[Figure]:
    costs = in_turns(
        {
            "start": lambda: of_process([sys.executable, "-c", "pass"]),
            "validate": lambda: vendor.run(folder, "validate"),
            "loop": lambda: vendor.loop("read", AGENTS),
            "plan": lambda: vendor.run(folder, "plan"),
        },
        ROUNDS,
    )
    start, validate, loop, plan = (costs[name] for name in ("start", "validate", "loop", "plan"))
    both = Cost(loop.wall + validate.wall - start.wall, loop.cpu + validate.cpu - start.cpu)
    detail = (
        f"`plan` of {AGENTS:,} known agents, nothing to change, against a bare loop of the same GETs and `validate`"
    )
    yield Figure("plan / (loop + validate), wall", plan.wall / both.wall, 1.2, detail=detail)
    yield Figure("plan / (loop + validate), CPU", plan.cpu / both.cpu, None, detail="the same, processor time")
    yield Figure("plan", plan.wall, None, "s", detail="for orientation")
    yield Figure(
        "bare loop", loop.wall, None, "s", detail=f"its least is {AGENTS * LATENCY / CONCURRENCY:g} s of latency"
    )
    yield Figure("validate", validate.wall, None, "s", detail="for orientation")


def _requests(vendor: Vendor, folder: Path) -> Iterator[Figure]:
    """Counts; every step follows the one before."""
    vendor.asked()
    vendor.run(folder, "plan")
    most = vendor.most_at_once()
    yield _count("plan, nothing to change", vendor.asked(), AGENTS, "each known agent is read once")
    yield Figure("plan, most at once", most, CONCURRENCY, "requests", exact=True, detail="`limits.concurrency`")
    vendor.control.change("agent", "1000", {"firstName": "Somebody"})
    saved = folder / "one.plan"
    vendor.run(folder, "plan", "--out", saved)
    yield _count("plan, one agent changed at the vendor", vendor.asked(), AGENTS, "no request more than without")
    vendor.run(folder, "apply", saved)
    yield _count("apply of that saved plan", vendor.asked(), 3, "is it still as the plan saw it; the change; read back")
    for index in range(0, AGENTS, 10):
        vendor.control.change("agent", str(1 + index), {"firstName": "Somebody"})
    tenth = folder / "tenth.plan"
    vendor.run(folder, "plan", "--out", tenth)
    yield _count("plan, every tenth agent changed", vendor.asked(), AGENTS, "no request more than without")
    vendor.run(folder, "apply", tenth)
    yield _count("apply of that saved plan of a tenth", vendor.asked(), 3 * (AGENTS // 10), "three for each")
    vendor.run(folder, "plan", "--no-refresh")
    yield _count("plan --no-refresh", vendor.asked(), 0, "nothing is asked")


def _count(name: str, asked: dict[str, int], expected: int, why: str) -> Figure:
    detail = f"{why}: {told(asked)}" if asked else why
    return Figure(f"requests: {name}", sum(asked.values()), expected, "requests", exact=True, detail=detail)
