"""What every command is told by the options before its name."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click


@dataclass(frozen=True, slots=True)
class Cli:
    """The global options, and whether ``from_command`` may run for what the record needs.

    ``folder`` is the tenant's, ``overlays`` are the files of ``-f``, relative to it. ``color`` is False where the user
    or the environment asks for none; a stream that is no terminal gets none either, so ask ``colored(stream)``. The
    same holds of ``redraw``, which is about lines that are drawn again, and ``redraws(stream)``.
    """

    folder: Path
    color: bool
    log_level: str
    overlays: tuple[Path, ...] = ()
    allow_commands: bool = False
    redraw: bool = True

    @property
    def typed(self) -> str:
        """How a command line begins that means the same tenant."""
        words = ["provisioner"]
        words += [] if self.folder == Path() else ["-C", shlex.quote(str(self.folder))]
        for overlay in self.overlays:
            words += ["-f", shlex.quote(str(overlay))]
        return " ".join(words)

    def colored(self, stream: TextIO) -> bool:
        """True when text on that stream may be coloured."""
        return self.color and stream.isatty()

    def redraws(self, stream: TextIO) -> bool:
        """True where a line on that stream may be drawn again, to show how far the work has come."""
        return self.redraw and stream.isatty()


def color_allowed(environ: Mapping[str, str], *, no_color: bool) -> bool:
    """False with ``--no-color``, with ``NO_COLOR`` set to anything, and where nothing but text is wanted."""
    return redraw_allowed(environ) and not (no_color or environ.get("NO_COLOR"))


def redraw_allowed(environ: Mapping[str, str]) -> bool:
    """False in CI, whose log keeps whatever is sent to it, and on a terminal that knows text alone."""
    return not environ.get("CI") and environ.get("TERM") != "dumb"


pass_cli = click.make_pass_decorator(Cli)
"""Gives a command the Cli as its first argument."""
