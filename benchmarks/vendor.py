"""A vendor to measure against: its simulator in a process of its own, a tenant of many agents, and what was asked.

The simulator is a real HTTP server that takes as long as it is told to. It has a process of its own, so that what it
computes is not taken from the interpreter that is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.agents import KEY, PIN, write_tenant
from benchmarks.harness import Cost, console_script, of_process
from provisioner.simulators.control import Control

ROOT = Path(__file__).parent.parent
LATENCY = 0.010
"""Seconds that the simulated vendor takes for every answer."""


@dataclass
class Vendor:
    """The simulator, empty and quick at first. ``base_url`` is that of its API."""

    base_url: str
    control: Control
    scratch: Path

    def empty(self, *, latency: float = LATENCY) -> None:
        """Nothing is in it, nothing was asked, and every answer takes that long."""
        self.control.reset()
        self.control.settings(latency=latency)

    def asked(self) -> dict[str, int]:
        """Requests since the last call, by method and path template."""
        counts: dict[str, int] = self.control.counts()["paths"]
        self.control.reset_log()
        return counts

    def most_at_once(self) -> int:
        """Requests that were under way at the same moment, since the last ``asked``."""
        return int(self.control.counts()["peak_concurrency"])

    def tenant(self, name: str, agents: int) -> Path:
        """A folder that declares so many agents at this vendor, none of them known to any state."""
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        write_tenant(folder, self.base_url, agents)
        return folder

    def run(self, folder: Path, *arguments: str | Path) -> Cost:
        """One ``provisioner`` in that folder, from its start to its end."""
        return of_process([console_script(), "-C", folder, *arguments])

    def loop(self, mode: str, count: int) -> Cost:
        """The same requests and nothing else (``bare_loop.py``), from the start of Python to its end."""
        return of_process([sys.executable, "-m", "benchmarks.bare_loop", self.base_url, mode, str(count)], folder=ROOT)


@contextmanager
def a_vendor(name: str = "eq") -> Iterator[Vendor]:
    """One while the context is open."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        stack.enter_context(_environment(scratch))
        command = [console_script(), "simulate", name]
        server = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))  # noqa: S603 (ours)
        stack.callback(server.terminate)
        assert server.stdout is not None  # noqa: S101 (it was asked for)
        base_url = server.stdout.readline().strip().removeprefix("url: ")
        control = stack.enter_context(Control("/".join(base_url.split("/")[:3])))
        yield Vendor(base_url, control, scratch)


@contextmanager
def _environment(scratch: Path) -> Iterator[None]:
    """What all the processes are given: the secrets, and compiled modules, as an installed tool has them."""
    before = dict(os.environ)
    os.environ |= {"BENCH_KEY": KEY, "BENCH_PIN": PIN, "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}
    for name in ("CI", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def told(asked: Mapping[str, int]) -> str:
    """Counts in words, for a figure's detail."""
    return ", ".join(f"{count:,} {call}" for call, count in sorted(asked.items()))


def sent(control: Control) -> list[str]:
    """Every request of the log with what it carried, sorted: to prove that two ways of asking are the same."""
    return sorted(
        json.dumps([entry["method"], entry["path"], entry["data"]], sort_keys=True) for entry in control.log()
    )
