"""What docs/simulators.md and the command line say of every simulator there is."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import find, names, running

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "simulators.md").read_text("utf-8")


def section(name: str) -> str:
    """The part of the page below the heading of that vendor."""
    for part in PAGE.split("\n## ")[1:]:
        if part.partition("\n")[0].lower() == name:
            return part
    raise AssertionError(f"docs/simulators.md has no section on {name}")


@pytest.mark.parametrize("name", names())
def test_a_simulator_has_its_section(name: str) -> None:
    """With its command, every kind and every setting; those that all simulators have stand above."""
    with running(find(name)) as simulator, Control(simulator.url) as control:
        settings, kinds = control.settings(), control.content()

    missing = [each for each in [*settings, *kinds] if f"`{each}`" not in section(name) + PAGE.partition("\n## ")[0]]
    assert missing == []
    assert f"`provisioner simulate {name}`" in section(name)


@pytest.mark.parametrize("name", names())
def test_the_command_prints_what_a_connection_needs(name: str) -> None:
    """URL and credentials by the names of a manifest, and where the control interface is; Ctrl-C ends it."""
    command = [str(Path(sys.executable).parent / "provisioner"), "simulate", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(3 + len(credentials_of(name)))]
        printed = dict(line.split(": ", 1) for line in lines)
        status = httpx.get(printed["control"], trust_env=False).status_code

        process.send_signal(signal.SIGINT)
        process.stdout.read()

    assert list(printed) == ["url", *credentials_of(name), "control", "faults"]
    assert printed["url"].endswith(find(name).base_path)
    assert (status, process.returncode) == (200, 0)


def credentials_of(name: str) -> list[str]:
    return list(find(name).start({}).credentials())
