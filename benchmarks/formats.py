"""What rendering a plan of 10,000 changes costs in each format, against ``json.dumps`` of the same plan's JSON.

Changes of every sort, some with names that mean ill. All in one process and in turns, which has imported everything
before it is measured; in processor time. The formats are those that ``show`` has: a new one joins by being there.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.harness import Cost, Figure, in_process, in_turns
from benchmarks.large_plan import large_plan
from provisioner.cli.context import Cli
from provisioner.cli.show import show, shown
from provisioner.plan.document import Plan
from provisioner.plan.document_json import to_json

CHANGES = 10_000
ROUNDS = 3
WEIGHED = 2_000
"""Changes of the plan of which the memory is looked at, which takes long: it grows as the plan does."""

LIMIT = 30.0
YARDSTICK = "json.dumps"


def figures() -> Iterator[Figure]:
    """Processor time and peak memory of each format."""
    measured = _measured()
    costs = {name: Cost(**cost) for name, cost in measured["costs"].items()}
    alone = costs.pop(YARDSTICK).cpu
    for name, cost in costs.items():
        detail = f"a plan of {CHANGES:,} changes of every sort, in processor time"
        yield Figure(f"{name} / {YARDSTICK}, CPU", cost.cpu / alone, LIMIT, detail=detail)
    weighed = f"{WEIGHED:,} such changes, against the length of their JSON"
    for name, cost in costs.items():
        yield Figure(f"{name}, peak memory", cost.memory / measured["weight"], None, detail=weighed)
    yield Figure(f"{YARDSTICK} alone", alone, None, "s", detail=f"{measured['size']:,} characters on one line")


def formats() -> tuple[str, ...]:
    """What ``show --format`` takes."""
    return tuple(
        str(choice)
        for option in show.params
        if option.name == "format_" and isinstance(option.type, click.Choice)
        for choice in option.type.choices
    )


def _measured() -> dict[str, Any]:
    """In a process of its own, whose stdout is no terminal: what is rendered is as wide on every machine."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.formats"],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Renders the plan in every format, several times, and prints what each took as JSON."""
    document = to_json(large_plan(CHANGES))
    renderings = {name: partial(_render, name) for name in formats()}
    alternatives = {name: partial(_timed, render) for name, render in renderings.items()}
    costs = in_turns({YARDSTICK: lambda: in_process(lambda: json.dumps(document)), **alternatives}, ROUNDS)
    peaks = {name: replace(costs[name], memory=_peak(render)) for name, render in renderings.items()}
    report = {name: asdict(cost) for name, cost in {**costs, **peaks}.items()}
    weight = len(json.dumps(to_json(large_plan(WEIGHED))))
    sys.stdout.write(json.dumps({"size": len(json.dumps(document)), "weight": weight, "costs": report}))


def _render(name: str, plan: Plan) -> str:
    return shown(plan, name, Cli(Path(), color=False, log_level="warning"))


def _timed(render: Callable[[Plan], str]) -> Cost:
    plan = large_plan(CHANGES)  # a plan remembers its digest: each rendering gets one that nobody has looked at
    return in_process(lambda: render(plan))


def _peak(render: Callable[[Plan], str]) -> int:
    """Bytes that rendering takes at its height, the plan itself aside."""
    plan = large_plan(WEIGHED)
    gc.collect()
    tracemalloc.start()
    try:
        render(plan)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    main()
