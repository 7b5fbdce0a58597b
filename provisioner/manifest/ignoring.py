"""Which files a tenant's ``.provisionerignore`` leaves out.

A small part of what ``.gitignore`` can say, one pattern a line:

====================  ==========================================================
``drafts``            a file or folder of that name, anywhere
``/drafts``           only at the top; so with any pattern that has a ``/`` in it
``drafts/``           a folder only
``*.local.yaml``      ``*`` and ``?`` stand for anything but ``/``
``old/**/tests``      ``**`` stands for any folders, or none
``# why``             a comment, as are empty lines
====================  ==========================================================

There is no ``!``: what was left out stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.diagnostics import Diagnostic
from provisioner.manifest.source import Source, Span

IGNORE_FILE = ".provisionerignore"

_WILD = re.compile(r"/\*\*/|^\*\*/|/\*\*$|\*+|\?|[^*?/]+|/")
_MEANING = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern; ``folders`` is True where it is about folders only."""

    pattern: re.Pattern[str]
    folders: bool


@dataclass(frozen=True, slots=True)
class Ignored:
    """Everything that the file leaves out."""

    rules: tuple[Rule, ...] = ()

    def matches(self, path: str, *, folder: bool) -> bool:
        """True for a path, relative to the tenant's folder, that is not to be read."""
        return any(rule.pattern.fullmatch(path) for rule in self.rules if folder or not rule.folders)


def ignored(source: Source, problems: list[Diagnostic]) -> Ignored:
    """What the file says, and what is wrong with it."""
    return Ignored(tuple(_rules(source, problems)))


def _rules(source: Source, problems: list[Diagnostic]) -> Iterator[Rule]:
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("!"):
            start = source.start_of(number) + line.index("!")
            problems.append(
                source.problem(
                    "ignore_pattern",
                    f"`{text}` would read what another line leaves out, and that cannot be said here",
                    Span(start, start + len(text)),
                    hint="make the pattern that leaves it out narrower",
                )
            )
            continue
        folders = text.endswith("/")
        pattern = text.rstrip("/")
        if pattern:
            yield Rule(_compiled(pattern), folders)


def _compiled(pattern: str) -> re.Pattern[str]:
    anchored = "/" in pattern
    parts = [_MEANING.get(part) or _part(part) for part in _WILD.findall(pattern.removeprefix("/"))]
    return re.compile(("" if anchored else "(?:.*/)?") + "".join(parts))


def _part(part: str) -> str:
    return "[^/]*" if part.startswith("*") else re.escape(part)
