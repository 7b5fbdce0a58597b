"""Who loses and gains whom: the rosters of a plan, in sentences; what is left with nobody comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provisioner.plan.document import Action, Change
from provisioner.report.fields import name_of, quoted_name, turnover_of
from provisioner.report.kind_words import counted_of, many_of, series
from provisioner.report.members import Member, Turnover

MOST_ROSTERS: Final = 10
MOST_NAMED: Final = 3
"""So many are named in a sentence; of more it is only said how many."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one resource's list of others loses and gains.

    ``key`` is its change's, ``who`` what a sentence calls the resource.
    """

    key: str
    who: str
    path: str
    turnover: Turnover

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """What is left with nobody first, then what loses most, then what only gains."""
        lost = len(self.turnover.lost)
        return (0 if self.is_emptied else 1 if lost else 2, -lost, self.who, self.path)

    @property
    def is_emptied(self) -> bool:
        return bool(self.turnover.lost) and self.turnover.sizes is not None and not self.turnover.sizes[1]

    @property
    def sentence(self) -> str:
        """``Support loses 3 of 12 agents and gains 1 (Ann Lee)``."""
        what, lost = self.path.rpartition(".")[2], len(self.turnover.lost)
        if self.is_emptied:
            all_of = "its only one" if lost == 1 else f"all {lost}"
            return f"{self.who} is left without {many_of(what)}: it loses {all_of}{_named(self.turnover.lost)}"
        return f"{self.who} {' and '.join(self._parts(what))}"

    def _parts(self, what: str) -> Iterator[str]:
        lost, gained = len(self.turnover.lost), len(self.turnover.gained)
        if lost:
            had = self.turnover.sizes and self.turnover.sizes[0]
            number = f"{lost} of {counted_of(had, what)}" if had else counted_of(lost, what)
            yield f"loses {number}{_named(self.turnover.lost)}"
        if gained:
            yield f"gains {gained if lost else counted_of(gained, what)}{_named(self.turnover.gained)}"


def exchanges(changes: Iterable[Change], who: Callable[[Change], str]) -> Sequence[Exchange]:
    """The rosters that lose or gain somebody, the gravest first; not what members are asked to be right now."""
    return sorted((one for change in changes for one in _exchanges(change, who)), key=lambda one: one.rank)


def roster_sentences(found: Sequence[Exchange]) -> Iterator[str]:
    """A sentence for each, but not for too many; at last how many more there are."""
    yield from (one.sentence for one in found[:MOST_ROSTERS])
    rest = found[MOST_ROSTERS:]
    losing = sum(1 for one in rest if one.turnover.lost)
    if losing:
        yield f"{losing} more {'loses' if losing == 1 else 'lose'} some"
    if len(rest) > losing:
        gaining = len(rest) - losing
        yield f"{gaining} more {'gains' if gaining == 1 else 'gain'} some"


def _exchanges(change: Change, who: Callable[[Change], str]) -> Iterator[Exchange]:
    for item in change.fields if change.action is not Action.CREATE else ():
        found = None if item.manual or item.run_time else turnover_of(item)
        if found is not None and (found.lost or found.gained):
            yield Exchange(change.key, who(change), item.path, found)


def _named(found: Sequence[Member]) -> str:
    """The members in brackets, where they are few."""
    if len(found) > MOST_NAMED:
        return ""
    return f" ({series([quoted_name(one.called) if one.called else name_of(one) for one in found])})"
