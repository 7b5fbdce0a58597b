"""What is meant by options and commands that another tool has? Asked only once there is no such thing here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

OTHERS: Final[Mapping[str, str]] = {"refresh": "--no-refresh", "json": "--format json", "var-file": "-f FILE"}
"""Options that have another name here."""

BELOW: Final = ("settle", "migrate", "unlock", "mv", "rm", "list", "pull", "push")
"""Commands that stand below `state`."""

WORDS: Final[Mapping[str, str]] = {
    "refresh": "`drift` shows what others changed, `plan --refresh-only` plans to take it into the record",
    "version": "it is `--version`",
    "help": "it is `--help`, also after a command",
    "taint": "`plan --replace ADDRESS` makes something anew",
    "output": "`show PLAN --format json` shows a plan to programs, `state show ADDRESS` what is managed",
    "workspace": "a tenant is a folder: `-C DIR`",
    "force-unlock": "it is `state unlock`",
    **{word: f"it is `state {word}`" for word in BELOW},
}


def meant_by_option(wrong: str, typed: Iterable[str], own: Collection[str], whole: Collection[str]) -> str | None:
    """The hint for a long option that was typed with one dash, of which the parser only complains of a letter.

    ``wrong`` is what it complains of (`-o`), ``own`` are the command's options, ``whole`` those of the tool.
    """
    for word in typed:
        name = word.lstrip("-").partition("=")[0]
        if not word.startswith(wrong) or len(name) < 2:
            continue
        if f"--{name}" in own:
            return f"did you mean `--{name}`?"
        meant = OTHERS.get(name, "")
        if meant.partition(" ")[0] in own:
            return f"did you mean `{meant}`?"
        if meant.partition(" ")[0] in whole:
            return f"did you mean `{meant}`, before the command?"
    return None
