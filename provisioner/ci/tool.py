"""Runs the command line as a person would, shows what it says, and keeps it for a comment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from provisioner.ci.job import Job
from provisioner.secrets import COMMANDS_VARIABLE

TOKEN_VARIABLE = "PROVISIONER_CI_TOKEN"  # noqa: S105 (the name of a variable)
"""What the host's API is asked with; the tool itself never sees it."""

_KEPT_BACK = (TOKEN_VARIABLE, COMMANDS_VARIABLE)
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> str:
        """What a person has to read: the report, and what went wrong where there is none."""
        return self.out if self.out.strip() else self.err


def run(job: Job, *arguments: str, environ: Mapping[str, str] | None = None) -> Said:
    """Runs ``provisioner`` with the arguments, in a folder where the job's paths hold.

    ``CI`` is set for it, and ``from_command`` is not allowed, whatever the job's environment says. An interrupt is
    passed on once, so that what is under way is finished and saved.
    """
    inherited = os.environ if environ is None else environ
    seen = {name: value for name, value in inherited.items() if name not in _KEPT_BACK} | {"CI": "true"}
    # -P: what lies in the repository's folder, which a pull request may have put there, is never imported.
    # In a session of its own: a terminal's Ctrl-C would reach it twice, and twice means "stop at once".
    process = subprocess.Popen(  # noqa: S603 (our own command line)
        [sys.executable, "-P", "-m", "provisioner.cli.main", *job.before(), *arguments],
        env=seen,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with _passing_on(process):
        # To one stream: a host reads two in no order, and must not take what we quote for a command to it.
        out, err = _echoed(process.stdout), _echoed(process.stderr)
        code = process.wait()
        return Said(code if code >= 0 else 1, out(), err())


class _Echo(threading.Thread):
    """Copies one stream line by line; calling it waits for the end and gives all of it."""

    def __init__(self, source: IO[str]) -> None:
        super().__init__()
        self.source, self.lines = source, list[str]()
        self.start()

    def run(self) -> None:
        with self.source:
            for line in self.source:
                self.lines.append(line)
                with _ONE_AT_A_TIME:
                    sys.stdout.write(line)
                    sys.stdout.flush()

    def __call__(self) -> str:
        self.join()
        return "".join(self.lines)


def _echoed(source: IO[str] | None) -> _Echo:
    if source is None:
        raise AssertionError("the stream is a pipe")
    return _Echo(source)


@contextmanager
def _passing_on(process: subprocess.Popen[str]) -> Iterator[None]:
    """Interrupts of this process go to that one, as long as the context is open."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda got, _: process.send_signal(got)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
