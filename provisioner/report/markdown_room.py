"""What of a comment is said where there is no room for all of it.

Each thing to say has forms, shortest first, and each form the tier in which there must still be room for it. Room is
given tier by tier, to the small before the great; once a tier has not got all it asked for, the next ones get nothing
but lines with counts. So what destroys is said before anything else gets a line, and what nobody will read is not made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from provisioner.report.markdown_words import size


class Tier(IntEnum):
    """What a form is for; the first is dropped last."""

    DRASTIC = 1
    COUNTS = 2
    DRASTIC_FIELDS = 3
    NOTICE_DETAILS = 4
    LINES = 5
    FIELDS = 6


ALWAYS_TRIED: Final = Tier.COUNTS
"""A line with a count takes nothing from what destroys: that had the room before, and could not use it."""

Lines: TypeAlias = Iterable[str]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a thing, made when there may be room for it."""

    tier: Tier
    lines: Callable[[], Lines]


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing to say: its forms, how many changes it is, and the first of the forms that tells each of them."""

    forms: tuple[Form, ...]
    count: int = 1
    telling: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading. ``remark`` says how many are told less of than there is: not at all, not in full."""

    heading: Lines
    entries: Sequence[Entry]
    remark: Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A section as far as there was room: how many of its changes are told nowhere, and the text itself."""

    untold: int
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Slot:
    """How far an entry has got."""

    entry: Entry
    level: int = -1
    lines: tuple[str, ...] = ()
    size: int = 0

    def grown(self, level: int, room: int) -> int | None:
        """How much more room the form takes, which is the entry's from now on; None where there is not so much."""
        lines = _within(self.entry.forms[level].lines(), room + self.size)
        if lines is None:
            return None
        before, self.level, self.lines, self.size = self.size, level, lines, length(lines)
        return self.size - before


def length(lines: Lines) -> int:
    """How much room the lines take, with their line ends."""
    return sum(size(line) + 1 for line in lines)


@dataclass(frozen=True, slots=True)
class _Left:
    """The room that is left, and whether all that asked for some had enough."""

    room: int
    enough: bool


_AROUND: Final = 4
"""Line ends around a section and its remark."""


def filled(sections: Sequence[Section], room: int) -> list[Filled]:
    """The sections with as much in them as there is room for.

    A section takes its heading and its longest remark in any case; both are to be short.
    """
    slots = [[_Slot(entry) for entry in section.entries] for section in sections]
    for section in sections:
        room -= length(section.heading) + size(_longest(section)) + _AROUND
    every = [slot for group in slots for slot in group]
    enough = True
    for tier in Tier:
        if not enough and tier > ALWAYS_TRIED:
            break
        left = _give(every, tier, room)
        enough, room = enough and left.enough, left.room
    return [_told(section, group) for section, group in zip(sections, slots, strict=True)]


def _give(slots: Sequence[_Slot], tier: Tier, room: int) -> _Left:
    """Gives the tier's forms their room."""
    steps = sorted(
        (level, slot.entry.count, place)
        for place, slot in enumerate(slots)
        for level, form in enumerate(slot.entry.forms)
        if form.tier is tier
    )
    enough = True
    for level, _, place in steps:
        taken = slots[place].grown(level, room) if slots[place].level == level - 1 else None
        enough = enough and taken is not None
        room -= taken or 0
    return _Left(room, enough)


def _within(lines: Lines, room: int) -> tuple[str, ...] | None:
    """The lines, if there is room for all of them; what is too long is not made to its end."""
    kept = []
    for line in lines:
        room -= size(line) + 1
        if room < 0:
            return None
        kept.append(line)
    return tuple(kept)


def _longest(section: Section) -> str:
    every = sum(entry.count for entry in section.entries)
    return section.remark(every, every)


def _told(section: Section, slots: Sequence[_Slot]) -> Filled:
    untold = sum(slot.entry.count for slot in slots if slot.level < slot.entry.telling)
    cut = sum(slot.entry.count for slot in slots if slot.entry.telling <= slot.level < len(slot.entry.forms) - 1)
    remark = section.remark(untold, cut)
    lines = (*section.heading, "", *_flat(slots), *(("", remark) if remark else ()), "")
    return Filled(untold, lines if section.entries else ())


def _flat(slots: Iterable[_Slot]) -> Iterator[str]:
    for slot in slots:
        yield from slot.lines
