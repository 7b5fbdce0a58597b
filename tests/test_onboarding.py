"""What docs/onboarding.md shows is so: every command in order, with the output that stands there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.console import SERVES, free_port, says, shell, typed

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "onboarding.md"
ROSTER = ROOT / "examples" / "rosters" / "people.csv"
PORTS = ("8080", "8081")
"""The simulators' ports on the page; free ones are taken in their place."""


def replaced(text: str, words: Mapping[str, str]) -> str:
    """The text with each word in the place of another."""
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def test_the_page_runs_as_it_is_written(tmp_path: Path) -> None:
    """Nothing on it fails."""
    ports = {port: str(free_port()) for port in PORTS}
    shutil.copy(ROSTER, tmp_path)
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    commands = typed(PAGE.read_text("utf-8"))

    said = []
    with shell(tmp_path, environ) as opened:
        for command in commands:
            line = replaced(command.command, ports)
            output, code = (opened.serve(line), 0) if line.startswith(SERVES) else opened.run(line)
            if code != 0 or not says(command, replaced(output, {free: port for port, free in ports.items()})):
                said.append(f"$ {command.command}\n{output}[{code}]")

    assert len(commands) > 10
    assert not said, "\n".join(said)
