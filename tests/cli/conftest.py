"""A tenant folder, a simulator behind it, and the command line, all in one process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.cli.main import main
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running

ACME = """
tenant: acme
connections:
  pbx:
    vendor: eq
    url: {url}
    api_key: {{from_env: ACME_KEY}}
    retries: 0
    timeout: 5.0
supervisors:
  sam: {{username: samlee, first_name: Sam, email: sam@acme.example, password: {{from_env: SAM_PASSWORD}}, type: full}}
agents:
  jane: {{number: "1001", first_name: Jane, last_name: Roe, email: jane@acme.example, password: {{from_env: PIN}}}}
  bob: {{number: "1002", first_name: Bob, last_name: Poe, email: bob@acme.example, password: {{from_env: PIN}}}}
queues:
  support: {{extension: "500", name: Support, type: inbound}}
alerts:
  backlog:
    supervisor: sam
    queue: support
    name: Support backlog
    type: call_queue_calls_high
    threshold: 10
    notification: email
    interval: 15
    days: [mon, tue]
    from: "08:00"
    to: "18:00"
"""


@dataclass(frozen=True)
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str


@dataclass
class Tenant:
    """A tenant folder; ``run`` is the command line in it."""

    folder: Path
    url: str
    capture: pytest.CaptureFixture[str]
    environment: pytest.MonkeyPatch

    @property
    def manifest(self) -> Path:
        return self.folder / "acme.yaml"

    def write(self, text: str = ACME) -> None:
        self.manifest.write_text(text.format(url=self.url), encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        text = self.manifest.read_text(encoding="utf-8")
        assert old in text
        self.manifest.write_text(text.replace(old, new), encoding="utf-8")

    def setenv(self, name: str, value: str) -> None:
        self.environment.setenv(name, value)

    def without(self, start: str) -> None:
        """The manifest without the lines that begin with ``start`` (spaces aside)."""
        lines = self.manifest.read_text(encoding="utf-8").splitlines(keepends=True)
        self.manifest.write_text("".join(line for line in lines if not line.strip().startswith(start)))

    def run(self, *arguments: str) -> Ran:
        self.capture.readouterr()
        try:
            code = main(["-C", str(self.folder), *arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        said = self.capture.readouterr()
        return Ran(code, said.out, said.err)

    def applied(self) -> None:
        """As if a first apply had been made."""
        ran = self.run("apply", "--auto-approve")
        assert ran.code == 0, ran.err + ran.out


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    """One simulator for all tests of a worker."""
    with running(find("eq")) as served:
        yield served


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment, in which neither ``CI`` nor anything of this tool is set."""
    for name in [name for name in os.environ if name == "CI" or name.startswith("PROVISIONER_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def anew(simulator: Running) -> Iterator[Control]:
    """What a person does in a vendor's portal; nothing is there yet, and nothing is left there."""
    with Control(simulator.url) as control:
        control.reset()
        yield control
        control.reset()


def asked(control: Control) -> dict[str, int]:
    """Requests since the last time, by method and path template."""
    counts: dict[str, int] = control.counts()["paths"]
    control.reset_log()
    return counts


@pytest.fixture
def control(simulator: Running) -> Iterator[Control]:
    """The simulator as freshly started, and what a person could do in it."""
    yield from anew(simulator)


@pytest.fixture
def tenant_of(
    tmp_path: Path, outside: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Running], Tenant]:
    """Makes a folder without a manifest for a tenant of that simulator; beside it is room for plans and outputs."""

    def made(simulator: Running) -> Tenant:
        folder = tmp_path / "acme"
        folder.mkdir()
        return Tenant(folder, simulator.base_url, capsys, outside)

    return made


@pytest.fixture
def tenant(
    simulator: Running,
    control: Control,
    tmp_path: Path,
    outside: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Tenant:
    """A tenant of five resources, none of which exists yet; ``CI`` is not set."""
    outside.setenv("ACME_KEY", simulator.credentials["api_key"])
    outside.setenv("SAM_PASSWORD", "sam-password")
    outside.setenv("PIN", "0042")
    tenant = Tenant(tmp_path, simulator.base_url, capsys, outside)
    tenant.write()
    return tenant
