"""What docs/onboarding.md shows is so: every command in order, with the output that stands there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.console import SERVES, free_port, says, shell, typed

PAGE = Path(__file__).parent.parent / "docs" / "onboarding.md"
PORT = "8080"
"""The simulator's port on the page; a free one is taken in its place."""


def test_the_page_runs_as_it_is_written(tmp_path: Path) -> None:
    """Nothing on it fails."""
    port = str(free_port())
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    commands = typed(PAGE.read_text("utf-8"))

    said = []
    with shell(tmp_path, environ) as opened:
        for command in commands:
            line = command.command.replace(PORT, port)
            output, code = (opened.serve(line), 0) if line.startswith(SERVES) else opened.run(line)
            if code != 0 or not says(command, output.replace(port, PORT)):
                said.append(f"$ {command.command}\n{output}[{code}]")

    assert len(commands) > 10
    assert not said, "\n".join(said)
