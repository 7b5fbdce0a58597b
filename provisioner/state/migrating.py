"""Moving a whole record from one back-end to another, so that a kill at any moment leaves one that counts.

::

    1  both locks are held
    2  the target becomes the source's record, history included, at once: before it, the source counts
    3  the source says where the record lives: killed before it, both are the same; the next try ends it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from provisioner.errors import StateError
from provisioner.state.backend import Backend
from provisioner.state.document import Document
from provisioner.state.history import head_of


class Moved(StrEnum):
    """What a migration found to do."""

    NOW = "now"
    BEFORE = "before"
    """The target holds it already, from an earlier try."""


@dataclass(frozen=True, slots=True)
class Migration:
    """How it ended: the record as it is now, and how many lines its history has."""

    moved: Moved
    document: Document
    lines: int


async def migrate(source: Backend, target: Backend, *, who: str, command: str, timeout: float = 0) -> Migration:
    """Moves the record, under both locks; ``timeout`` is in seconds, for each.

    Raises StateError where there is nothing to move, or where the target holds something that this would end.
    """
    found = source.load()
    if found.empty:
        return _nothing(source, target)
    async with (
        source.writer(who=who, command=command, timeout=timeout) as old,
        target.writer(who=who, command=command, timeout=timeout) as new,
    ):
        here, there = source.history().lines, target.history().lines
        if _is_copied(source, target, old.document, new.document, here, there):
            moved = Moved.BEFORE
        else:
            await new.restore(replace(old.document, moved=""), here)
            moved, there = Moved.NOW, here
        if not old.document.moved:
            await old.leave(target.location)
        return Migration(moved, new.document, len(there))


def _nothing(source: Backend, target: Backend) -> Migration:
    held = target.load()
    if held.empty or held.moved:
        raise StateError(
            f"there is no record in `{source.location}`",
            hint="say where it is: `provisioner state migrate --from-path FOLDER`",
        )
    return Migration(Moved.BEFORE, held, len(target.history().lines))


def _is_copied(
    source: Backend, target: Backend, old: Document, new: Document, here: Sequence[bytes], there: Sequence[bytes]
) -> bool:
    """True where the target goes on from the source's record already; raises StateError where neither may win."""
    if new.empty:
        _check_at_home(source, old)
        return False
    if old.lineage != new.lineage:
        raise StateError(
            f"`{target.location}` holds another record: its lineage is `{new.lineage}`, and here it is `{old.lineage}`",
            hint="choose another name or folder for one of them; nothing was changed",
        )
    if _goes_on(new, there, old, here) and not new.moved:
        return True
    _check_at_home(source, old)
    if new.moved and new.serial <= old.serial:
        return False
    raise StateError(
        f"`{source.location}` and `{target.location}` were one record, and both have been written since: their serials "
        f"are {old.serial} and {new.serial}",
        hint="`provisioner state pull` prints one; nothing was changed",
    )


def _goes_on(later: Document, lines: Sequence[bytes], former: Document, before: Sequence[bytes]) -> bool:
    """True where one record is the other, or became what it is from it."""
    if replace(later, moved="") == replace(former, moved=""):
        return True
    heads = {head_of(line) for line in lines}
    return later.serial > former.serial and (not before or head_of(before[-1]) in heads)


def _check_at_home(source: Backend, document: Document) -> None:
    if document.moved:
        raise StateError(
            f"the record in `{source.location}` was moved to `{document.moved}` before",
            hint="move it on from there; nothing was changed",
        )
