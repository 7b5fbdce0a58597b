"""What a story needs: a tenant folder, command lines to run in it, and a simulator that can be put back in time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document

PATIENCE = 60.0
"""Seconds that anything may take before a test gives up on it; all of it takes a fraction."""

SECRETS = {"EQ_KEY": "", "PIN": "0042", "OTHER_PIN": "7731", "SAM_PASSWORD": "sampass1", "KIM_PASSWORD": "kimpass1"}

MUTATING = frozenset({"POST", "PUT", "DELETE"})


def until(holds: Callable[[], bool], what: str) -> None:
    """Returns as soon as the condition holds; fails the test when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"still not so: {what}"
        time.sleep(0.002)


@dataclass(frozen=True)
class Ran:
    """How a command line ended: its exit code (negative: the signal that ended it), and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def ok(self) -> Ran:
        """The same; fails the test where the exit code is not 0."""
        assert self.code == 0, self.text
        assert "Traceback" not in self.text
        return self

    def failed(self, *words: str) -> Ran:
        """The same; fails the test where it did not end with 1, without a traceback, saying all of this."""
        assert self.code == 1, f"exit code {self.code}: {self.text}"
        assert "Traceback" not in self.text, self.text
        flat = " ".join(self.text.split())
        assert [word for word in words if word not in flat] == [], self.text
        return self


@dataclass
class Spawner:
    """The process that forks command lines."""

    process: subprocess.Popen[str]

    def ask(self, told: Mapping[str, Any]) -> dict[str, Any]:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(told) + "\n")
        stdin.flush()
        return dict(json.loads(stdout.readline()))


@contextmanager
def spawning() -> Iterator[Spawner]:
    """A spawner as long as the context is open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stories.spawner"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Spawner(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(PATIENCE)
        process.stdout.close()


@dataclass
class Begun:
    """A command line that runs."""

    spawner: Spawner
    pid: int
    out: Path
    err: Path

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self) -> Ran:
        """How it ended."""
        code = self.spawner.ask({"wait": self.pid})["code"]
        return Ran(code, self.out.read_text(), self.err.read_text())


@dataclass
class Stage:
    """A tenant folder and the simulator behind it."""

    folder: Path
    spawner: Spawner
    simulator: Running
    control: Control
    environ: dict[str, str] = field(default_factory=dict)
    _number: int = 0

    # --- command lines ----------------------------------------------------------------------------------------

    def start(self, *arguments: str) -> Begun:
        """Starts a command line in the tenant's folder."""
        self._number += 1
        out, err = (self.folder.parent / f"{self.folder.name}-{self._number}.{end}" for end in ("out", "err"))
        told = {
            "arguments": arguments,
            "folder": str(self.folder),
            "environ": self.environ,
            "out": str(out),
            "err": str(err),
        }
        return Begun(self.spawner, self.spawner.ask({"start": told})["pid"], out, err)

    def run(self, *arguments: str) -> Ran:
        """Runs a command line to its end."""
        return self.start(*arguments).wait()

    def apply(self, *arguments: str) -> Ran:
        return self.run("apply", "--auto-approve", *arguments)

    # --- manifests and state ----------------------------------------------------------------------------------

    def write(self, text: str, **settings: object) -> None:
        """Makes this the tenant's only manifest, with a connection to the simulator; ``settings`` are added to it."""
        more = "".join(f"    {name}: {json.dumps(value)}\n" for name, value in settings.items())
        (self.folder / "acme.yaml").write_text(
            f"tenant: acme\nconnections:\n  pbx:\n    vendor: eq\n    url: {self.simulator.base_url}\n"
            f"    api_key: {{from_env: EQ_KEY}}\n{more}{text}"
        )

    def state(self) -> Document:
        """The record as of now."""
        return LocalBackend(self.folder / ".provisioner").load()

    def ids(self) -> dict[str, str]:
        """What is bound: address → id."""
        return {str(address): bound.id for address, bound in sorted(self.state().bound.items())}

    # --- the simulator ----------------------------------------------------------------------------------------

    def mutations(self) -> list[tuple[str, str]]:
        """The changes that the simulator was asked for since its log was emptied: method and path."""
        return [(entry["method"], entry["path"]) for entry in self.control.log() if entry["method"] in MUTATING]

    def counted(self) -> Counter[str]:
        return Counter(method for method, _ in self.mutations())

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All entities, live and deleted, in words that do not depend on who was given which id."""
        found = self.control.content()
        names = {key: item.get("username") for key, item in found.get("supervisor", {}).items()}
        return {kind: sorted((_told(item, names) for item in items.values()), key=str) for kind, items in found.items()}

    def live(self, kind: str) -> list[dict[str, Any]]:
        return [item for item in self.control.content()[kind].values() if not item.get("deleted")]

    def hold(self, *, method: str, skip: int = 0, seconds: float = PATIENCE) -> None:
        """Has its effect on a request, and keeps its answer back."""
        self.control.fault("slow", method=method, skip=skip, seconds=seconds)

    def held(self) -> bool:
        """True once a request is held back."""
        return any(rule["effect"] == "slow" and rule["fired"] for rule in self.control.faults())


def _told(item: Mapping[str, Any], supervisors: Mapping[str, Any]) -> tuple[Any, ...]:
    """An entity without its id, its supervisor by name; how often a password was sent is another matter."""
    shown = {
        name: supervisors.get(str(value)) if name == "user" else value
        for name, value in item.items()
        if name not in ("id", "password")
    }
    return tuple((name, json.dumps(value)) for name, value in sorted(shown.items()))


@dataclass(frozen=True)
class Moment:
    """A folder and the simulator as they were, to go back to."""

    folder: Path
    account: Mapping[str, Any]

    @staticmethod
    def of(stage: Stage, keep: Path) -> Moment:
        shutil.copytree(stage.folder, keep)
        return Moment(keep, stage.control.snapshot())

    def restore(self, stage: Stage) -> None:
        """Puts both back; no fault and nothing in the log is left."""
        shutil.rmtree(stage.folder)
        shutil.copytree(self.folder, stage.folder)
        stage.control.restore(self.account)
        stage.control.clear_faults()
        stage.control.reset_log()
