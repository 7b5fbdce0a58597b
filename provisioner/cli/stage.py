"""How does the demo run a real command, show it with its output, and see whether the story came true?"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import click

from provisioner.errors import ProvisionerError

WIDEST = 100
END = 3  # of the lines shown of a long output, how many are its last
POLL = 0.02  # seconds between two looks at a condition
PATIENCE = 60.0  # seconds until a condition that does not come true fails the demo


class NotAsTold(ProvisionerError):
    """A step of the demo did something else than the story says."""


@dataclass
class Stage:
    """A tenant folder in which commands are run. ``environ`` is all that they see of the environment."""

    folder: Path
    environ: Mapping[str, str]
    color: bool
    step: str = ""

    # --- telling ----------------------------------------------------------------------------------------------

    def headline(self, number: int, of: int, title: str) -> None:
        """Begins a step; whatever goes wrong from here on is told under its name."""
        self.step = f"step {number}, {title}"
        self._line(f"{number}/{of}  {title}", bold=True)

    def tell(self, text: str) -> None:
        """A paragraph of the story, no wider than the terminal."""
        width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
        click.echo("\n" + textwrap.fill(" ".join(text.split()), max(width, 20), break_on_hyphens=False))

    def expect(self, claim: bool, told: str) -> None:  # noqa: FBT001 (reads as an assertion)
        """Raises NotAsTold where the claim is false."""
        if not claim:
            raise NotAsTold(f"{self.step}: the story says that {told}", hint="the output above shows what happened")

    def show(self, title: str, lines: Iterable[str]) -> None:
        """What somebody sees who looks elsewhere meanwhile."""
        self._line(f"({title})", bold=True)
        for line in lines:
            self._line(line)

    def _line(self, text: str, *, bold: bool = False) -> None:
        """One line; a bold one begins a paragraph."""
        if bold:
            click.echo()
        click.echo(click.style(text, bold=True) if bold and self.color else text)

    # --- commands ---------------------------------------------------------------------------------------------

    def run(self, *arguments: str, code: int = 0, most: int | None = None) -> str:
        """Shows ``$ provisioner ...``, runs it, shows what it said, and gives that.

        With ``most``, only so many lines are shown, the last few among them, and how many are left out. Raises
        NotAsTold for another exit code.
        """
        self._prompt(arguments)
        done = subprocess.run(  # noqa: S603 (our own command line)
            _command(arguments),
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        self._show(done.stdout, most)
        self.expect(done.returncode == code, f"this command ends with exit code {code}; it was {done.returncode}")
        return done.stdout

    def kill_when(self, *arguments: str, ready: Callable[[], bool]) -> None:
        """Starts a command and kills it with SIGKILL as soon as ``ready`` says so."""
        self._prompt(arguments)
        with subprocess.Popen(  # noqa: S603 (our own command line)
            _command(arguments),
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                self._watch(process, ready)
            finally:
                process.kill()
        self._line("Killed (signal 9)")

    def _watch(self, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
        """Returns when ``ready``; raises NotAsTold if the command ends before that."""
        deadline = time.monotonic() + PATIENCE
        while not ready():
            self.expect(time.monotonic() < deadline, f"it gets so far within {PATIENCE:.0f} seconds")
            try:
                ended = process.wait(POLL)
            except subprocess.TimeoutExpired:
                continue
            self.expect(False, f"it is still at work; it ended with exit code {ended}")  # noqa: FBT003 (see expect)

    def _prompt(self, arguments: tuple[str, ...]) -> None:
        self._line(f"$ provisioner {shlex.join(arguments)}", bold=True)

    def _show(self, output: str, most: int | None) -> None:
        lines = output.rstrip("\n").split("\n")
        if most is not None and len(lines) > most + 1:
            lines[most - END : -END] = [f"... ({len(lines) - most} lines more)"]
        for line in lines:
            self._line(line)

    # --- manifests --------------------------------------------------------------------------------------------

    def read(self, file: str) -> str:
        """A manifest of the tenant, as it is now; empty where there is none."""
        path = self.folder / file
        return path.read_text("utf-8") if path.exists() else ""

    def edit(self, file: str, text: str, *, most: int | None = None) -> None:
        """Writes a manifest and shows what that changes in it."""
        before = self.read(file)
        (self.folder / file).write_text(text, "utf-8")
        changes = unified_diff(before.splitlines(), text.splitlines(), n=0, lineterm="")
        lines = [line for line in changes if not line.startswith(("---", "+++", "@@"))]
        self._line(f"(edit {file})", bold=True)
        self._show("\n".join(lines), most)

    def replace(self, file: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Edits pieces of a manifest. Raises NotAsTold where one of them is not there."""
        text = self.read(file)
        for before, after in pairs:
            self.expect(before in text, f"{file} says `{before}`")
            text = text.replace(before, after)
        self.edit(file, text)


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "provisioner.cli.main", *arguments]
