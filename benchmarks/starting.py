"""How soon the tool is there: `--version` and `--help`, against Python importing click.

Whole processes, started in turns, through the console script that is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.harness import Figure, console_script, in_turns, of_process

ROUNDS = 40
OPTIONS = ("--version", "--help")


def figures() -> Iterator[Figure]:
    """Each option against the import, by the clock and in processor time."""
    alternatives = {option: lambda option=option: of_process([console_script(), option]) for option in OPTIONS}
    costs = in_turns({"click": lambda: of_process([sys.executable, "-c", "import click"]), **alternatives}, ROUNDS)
    click = costs["click"]
    for option in OPTIONS:
        told = f'`provisioner {option}` against `python -c "import click"`, whole processes, the best of {ROUNDS}'
        yield Figure(f"{option} / import click, wall", costs[option].wall / click.wall, 1.5, detail=told)
        yield Figure(f"{option} / import click, CPU", costs[option].cpu / click.cpu, 1.5, detail="processor time")
    yield Figure("import click", click.wall * 1000, None, "ms", detail="for orientation")
