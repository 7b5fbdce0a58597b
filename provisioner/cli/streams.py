"""The three streams that every command has: ready to take whatever is said, or replaced where somebody closed them.

What a command says must never end it: a name that the terminal's encoding lacks is spelt out, and where stderr is
closed there is nobody to tell. That stdout takes nothing is a failure, since somebody wants the answer: exit code 1.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TextIO, cast

READ, WRITE = "r", "w"


class Ascii(io.TextIOWrapper):
    """A stream of ASCII that click writes to as it is: it takes the encoding's own name for a mistake, and UTF-8."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # nobody sets it
        return "ascii-escaped"


def ready() -> bool:
    """Makes the streams fit to be used; False where stdout is closed, so that nothing can be answered."""
    if sys.stdin is None:
        sys.stdin = _nothing(READ)
    open_ = sys.stdout is not None
    sys.stdout = _escaping(sys.stdout) if open_ else _nothing(WRITE)
    sys.stderr = _nothing(WRITE) if sys.stderr is None else _escaping(sys.stderr)
    return open_


def in_utf8() -> None:
    """What is written to stdout from here on is UTF-8: a file for a browser, or for a web page, says so of itself."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def silence() -> None:
    """Lets a stream that takes nothing any more lead to nowhere: at exit, Python would complain of it once more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError), open(os.devnull, WRITE) as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def _nothing(mode: str) -> TextIO:
    """Nowhere, open as long as the process: it has the number of the closed stream, which no other file must get."""
    return cast(TextIO, open(os.devnull, mode, encoding="utf-8"))


def _escaping(stream: TextIO) -> TextIO:
    """The stream, with whatever its encoding lacks spelt out (``\\u263a``)."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if stream.encoding.lower().replace("_", "-") in ("ascii", "us-ascii", "ansi-x3.4-1968", "646"):
        stream.flush()
        first = stream is sys.__stdout__
        taken = Ascii(stream.detach(), "ascii", "backslashreplace", line_buffering=stream.line_buffering)
        if first:
            sys.__stdout__ = taken  # type: ignore[misc]  # which shutil asks how wide the terminal is
        return taken
    stream.reconfigure(errors="backslashreplace")
    return stream
