"""What does a repository's host call a file of a tenant?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path


def place_of(folder: Path) -> Callable[[str], str]:
    """Gives a file that is named relative to ``folder`` its path from the top of the repository, with ``/``.

    The top is the nearest folder with a ``.git``, which in a second work tree is a file; where the sources came without
    one, what GITHUB_WORKSPACE names; else the current folder. A file outside of that keeps its whole path. Links are
    followed: a host shows the file that was changed, not what leads to it.
    """

    @cache  # thousands of problems are in a few files
    def place(file: str) -> str:
        path = Path(os.path.realpath(folder / file))
        return next((path.relative_to(top) for top in _tops(path) if path.is_relative_to(top)), path).as_posix()

    return place


def _tops(path: Path) -> Iterator[Path]:
    yield from (above for above in path.parents if (above / ".git").exists())
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace:
        yield Path(os.path.realpath(workspace))
    yield Path(os.path.realpath(Path()))
