"""Which formats of the record this version reads, and how an older one is brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.errors import StateError
from provisioner.state.form import FORMAT_VERSION

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: Mapping[str, Step] = {}
"""From a format version: what gives the next one, its ``format_version`` included."""


def upgraded(
    raw: dict[str, Any], where: str, *, steps: Mapping[str, Step] = STEPS, current: str = FORMAT_VERSION
) -> dict[str, Any]:
    """The record's JSON in the current format. Raises StateError where it is newer, or where nobody can tell."""
    while (version := raw.get("format_version")) != current:
        if not (isinstance(version, str) and version.isdecimal()):
            raise StateError(
                f"`{where}` does not say a format version that this tool knows (`format_version`: {version!r:.40})",
                hint="it is not a state of this tool, or it is damaged: restore it from a backup",
            )
        if version not in steps:
            raise StateError(
                f"`{where}` is of format version {version}, and this tool reads {_known(steps, current)}",
                hint="a newer version of the tool wrote it: upgrade `provisioner`"
                if int(version) > int(current)
                else "an older version of the tool wrote it: use one that still reads it, once",
            )
        raw = steps[version](raw)
    return raw


def _known(steps: Mapping[str, Step], current: str) -> str:
    return ", ".join([*sorted(steps, key=int), current])
