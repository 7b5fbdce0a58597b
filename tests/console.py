"""Runs the ``console`` blocks of a document exactly as they are written, in one shell.

::

    $ command           is typed; lines that begin with `> ` go on with it
    what it says        is compared; a line `…` stands for any lines
    $ echo $?           after a command that does not end with 0

A command that serves until it is stopped (``provisioner simulate``) runs beside the others, as in a second shell.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BASH = shutil.which("bash") or "/bin/bash"
END = "\x1e"
SERVES = "provisioner simulate"
READY = "faults:"
"""What the last line begins with that such a command prints when it is ready."""


@dataclass(frozen=True)
class Typed:
    """A command of a document, and the lines that follow it there."""

    command: str
    said: tuple[str, ...]

    @property
    def asks_code(self) -> bool:
        return self.command == "echo $?"


def typed(document: str) -> tuple[Typed, ...]:
    """Every command in the ``console`` blocks of a Markdown document, in order."""
    blocks = re.findall(r"^```console\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    return tuple(command for block in blocks for command in _commands(block))


def _commands(block: str) -> Iterator[Typed]:
    for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        first, *rest = chunk.splitlines()
        more = 0
        while more < len(rest) and rest[more].startswith(">"):
            more += 1
        command = "\n".join([first, *(line.removeprefix(">").removeprefix(" ") for line in rest[:more])])
        yield Typed(command, tuple(line.rstrip() for line in rest[more:]))


def says(typed_: Typed, output: str) -> bool:
    """True where the output is what the document shows after the command."""
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"[ ]*\n" for line in _trimmed(typed_.said)]
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in _trimmed(output.splitlines()))) is not None


def _trimmed(lines: tuple[str, ...] | list[str]) -> list[str]:
    """Without empty lines at the end."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


@dataclass
class Shell:
    """A bash that goes on from command to command, so that ``cd`` and ``export`` last."""

    folder: Path
    environ: Mapping[str, str]
    process: subprocess.Popen[str]
    services: list[subprocess.Popen[str]]

    def run(self, command: str) -> tuple[str, int]:
        """What it says, both streams as they come, and its exit code."""
        # A command must not read what is typed after it, and `$?` must still be its own afterwards.
        line = f"{{ {command}\n}} </dev/null; code=$?; printf '\\n{END}%s\\n' $code; (exit $code)\n"
        write_to(self.process).write(line)
        write_to(self.process).flush()
        lines: list[str] = []
        for said in read_from(self.process):
            if said.startswith(END):
                return "".join(lines).removesuffix("\n"), int(said[1:])
            lines.append(said)
        raise AssertionError(f"the shell ended: {''.join(lines)}")

    def serve(self, command: str) -> str:
        """Starts a command that runs on; what it says until it is ready."""
        process = subprocess.Popen(
            [BASH, "-c", f"exec {command}"],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.services.append(process)
        lines: list[str] = []
        for said in read_from(process):
            lines.append(said)
            if said.startswith(READY):
                return "".join(lines)
        raise AssertionError(f"`{command}` ended: {''.join(lines)}")


def write_to(process: subprocess.Popen[str]) -> IO[str]:
    """Its standard input."""
    assert process.stdin is not None
    return process.stdin


def read_from(process: subprocess.Popen[str]) -> IO[str]:
    """Its standard output."""
    assert process.stdout is not None
    return process.stdout


@contextmanager
def shell(folder: Path, environ: Mapping[str, str]) -> Iterator[Shell]:
    """A bash in ``folder``; it and what it serves are gone afterwards."""
    with subprocess.Popen(
        [BASH, "--norc"],
        cwd=folder,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        opened = Shell(folder, environ, process, [])
        try:
            yield opened
        finally:
            for service in opened.services:
                service.terminate()
                service.communicate()


def free_port() -> int:
    """A port on loopback that nobody holds now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
