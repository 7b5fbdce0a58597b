"""What a figure is, how one is judged, and how two ways of doing a thing are timed fairly in one run.

Seconds say more about the machine than about the code. So a figure is a ratio of two things that were measured in turns
within one run, or a count, or a size. Other work on the machine only ever makes things slower: of several rounds the
fastest is taken, and a figure over its limit is measured again before it fails.
"""

from __future__ import annotations

import gc
import importlib
import json
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType

ATTEMPTS = 3
MB = 1024 * 1024


@dataclass(frozen=True)
class Figure:
    """Something measured. Less is better, unless it is exact.

    With ``exact`` the value must equal ``limit``, where there is one, and what was recorded last. Otherwise it must be
    at most ``limit``; without one it is only shown. ``detail`` says in a few words what was set against what.
    """

    name: str
    value: float
    limit: float | None
    unit: str = "x"
    exact: bool = False
    detail: str = ""


class Verdict(StrEnum):
    KEPT = "ok"
    SHOWN = "shown"
    OVER = "OVER ITS LIMIT"
    DIFFERS = "DIFFERS"
    GONE = "NOT MEASURED ANY MORE"

    @property
    def fails(self) -> bool:
        return self not in (Verdict.KEPT, Verdict.SHOWN)


def judged(figure: Figure, recorded: float | None) -> Verdict:
    """Whether a figure holds; ``recorded`` is its value the last time, None to judge by the limit alone."""
    if figure.exact:
        demanded = [number for number in (figure.limit, recorded) if number is not None]
        return Verdict.KEPT if all(figure.value == number for number in demanded) else Verdict.DIFFERS
    if figure.limit is None:
        return Verdict.SHOWN
    return Verdict.KEPT if figure.value <= figure.limit else Verdict.OVER


# --- Measured until it holds ---------------------------------------------------------------------------------------


def measured(figures: Callable[[], Iterable[Figure]]) -> tuple[Figure, ...]:
    """The figures of a module; all of them once or twice again while one is over its limit.

    A figure that held is kept as it was first measured: noise in what it is set against would only flatter it. Of one
    that did not hold the best counts. A count is nothing that noise can change: one that is wrong stays wrong.
    """
    counting: dict[str, Figure] = {}
    for _ in range(ATTEMPTS):
        for figure in figures():
            counting[figure.name] = _counting(counting.get(figure.name, figure), figure)
        if not any(judged(figure, None) is Verdict.OVER for figure in counting.values()):
            break
    return tuple(counting.values())


def _counting(before: Figure, now: Figure) -> Figure:
    if now.exact:
        return max(before, now, key=lambda figure: (judged(figure, None).fails, figure.value))
    if judged(before, None).fails:
        return min(before, now, key=lambda figure: figure.value)
    return before


def modules() -> Iterator[tuple[str, ModuleType]]:
    """The modules of this folder that have ``figures()``, in alphabetical order."""
    package = importlib.import_module("benchmarks")
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        if found.name != "__main__":
            module = importlib.import_module(f"benchmarks.{found.name}")
            if hasattr(module, "figures"):
                yield found.name, module


# --- Costs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What one round took: seconds by the clock, seconds of processor time, and bytes at the peak.

    ``memory`` is that of a whole process; it is 0 for what ran in this one.
    """

    wall: float
    cpu: float
    memory: int = 0


def best(rounds: Iterable[Cost]) -> Cost:
    """The least of each, over several rounds."""
    costs = tuple(rounds)
    return Cost(min(cost.wall for cost in costs), min(cost.cpu for cost in costs), min(cost.memory for cost in costs))


def in_turns(alternatives: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """The best of several rounds of each, taken in turns, so that a slow minute slows all of them."""
    taken: dict[str, list[Cost]] = {name: [] for name in alternatives}
    for _ in range(rounds):
        for name, run in alternatives.items():
            taken[name].append(run())
    return {name: best(costs) for name, costs in taken.items()}


def in_process(work: Callable[[], object]) -> Cost:
    """One call in this process. What earlier calls left behind is collected first, outside the measurement."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


# Started by a small process rather than by this one: on Linux the peak of a child counts the memory of who forked it.
_LAUNCHER = """
import json, os, resource, subprocess, sys, time
wall = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
wall = time.perf_counter() - wall
child.returncode = os.waitstatus_to_exitcode(status)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([child.returncode, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit]))
"""


def of_process(command: Sequence[str | Path], *, folder: Path | None = None, exit_codes: Sequence[int] = (0,)) -> Cost:
    """One whole process, from its start to its end, with its own peak memory. Its standard output is thrown away."""
    launched = subprocess.run(  # noqa: S603 (the commands are this folder's own)
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *map(str, command)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    code, wall, cpu, memory = json.loads(launched.stdout)
    if code not in exit_codes:
        raise AssertionError(f"{command} ended with {code}: {launched.stderr}")
    return Cost(wall, cpu, memory)


def console_script() -> Path:
    """The ``provisioner`` of the environment that the benchmarks run in."""
    return Path(sys.executable).with_name("provisioner")
