"""What happens to the resources of each kind, in sentences: who leaves, who joins, what is deleted, what changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Final

from provisioner.address import Address
from provisioner.plan.called import HANDLES, called
from provisioner.plan.document import ABSENT, BLOCKING, Action, Change, FieldChange, KindTold, Plan, Step
from provisioner.report.changes import is_drastic
from provisioner.report.fields import plain, quoted_name
from provisioner.report.kind_words import counted_of, series
from provisioner.report.rosters import MOST_NAMED, exchanges, roster_sentences

MOST_FIELDS: Final = 4
MOST_LEAVERS: Final = 10
"""So many people who go are named: a supervisor looks for the names there."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to resources of a kind: whether it does, and what is said of one and of several.

    Of up to ``most_named`` it is said who they are.
    """

    happens: Callable[[Change], bool]
    one: str
    several: str
    most_named: int = MOST_NAMED


def _is(action: Action) -> Callable[[Change], bool]:
    return lambda change: change.action is action


def _is_replaced(*, by_record: bool) -> Callable[[Change], bool]:
    return lambda change: change.action is Action.REPLACE and change.undeletes is by_record


def _is_final(change: Change) -> bool:
    """True for what nobody can bring back."""
    return change.action is Action.DELETE and change.for_good


def _forgotten(*, missing: bool) -> Callable[[Change], bool]:
    return lambda change: change.action is Action.FORGET and change.missing is missing


_AFTERWARDS: Final = (
    Event(
        lambda change: change.action is Action.ADOPT and change.moved_from is None,
        "is there already, and managed from now on",
        "are there already, and managed from now on",
    ),
    Event(
        lambda change: change.action is Action.ADOPT and change.moved_from is not None,
        "stays as it is under another address",
        "stay as they are under other addresses",
    ),
    Event(_forgotten(missing=True), "is gone already, and forgotten", "are gone already, and forgotten"),
    Event(
        _forgotten(missing=False),
        "is managed no more, and stays as it is",
        "are managed no more, and stay as they are",
    ),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of somebody's access with a field: whether it does, and what is said of one and of several."""

    happens: Callable[[FieldChange], bool]
    one: str
    several: str


def _is_switched_off(item: FieldChange) -> bool:
    return item.before is True and item.after is False


def _is_access(item: FieldChange) -> bool:
    return item.secret or item.path in HANDLES


def _is_taken(item: FieldChange) -> bool:
    return _is_access(item) and item.after in _NOTHING


def _is_another(item: FieldChange, *, first: bool) -> bool:
    return item.path in HANDLES and not item.secret and not _is_taken(item) and (item.before in _NOTHING) is first


_NOTHING: Final = (ABSENT, None, "")
"""What a field holds with which nobody signs in and nobody is reached."""

_TURNS: Final = (
    Turn(_is_switched_off, "has {} switched off", "have {} switched off"),
    Turn(_is_taken, "is left without {}", "are left without {}"),
    Turn(partial(_is_another, first=False), "gets another {}", "get another {}"),
    Turn(partial(_is_another, first=True), "gets a first {}", "get a first {}"),
    Turn(lambda item: item.secret and not _is_taken(item), "gets a new {}", "get a new {}"),
)

_GOING: Final = (
    Event(_is_final, "cannot be brought back once deleted", "cannot be brought back once deleted"),
    Event(_is_replaced(by_record=False), "is deleted and made anew", "are deleted and made anew"),
    Event(
        _is_replaced(by_record=True),
        "is deleted, and a deleted record is brought back in its place",
        "are deleted, and deleted records are brought back in their place",
    ),
)

_OF_PEOPLE: Final = (
    Event(_is(Action.DELETE), "leaves", "leave", MOST_LEAVERS),
    *(replace(event, most_named=MOST_LEAVERS) for event in _GOING),
    Event(_is(Action.UNDELETE), "comes back", "come back"),
    Event(_is(Action.CREATE), "joins", "join"),
)

_OF_THINGS: Final = (
    Event(_is(Action.DELETE), "is deleted", "are deleted"),
    *_GOING,
    Event(_is(Action.UNDELETE), "is brought back", "are brought back"),
    Event(_is(Action.CREATE), "is new", "are new"),
)


def by_kind(plan: Plan, *, all_of_it: bool = True) -> Iterator[str]:
    """The sentences about every kind that changes, in the order in which the plan has its kinds.

    Without ``all_of_it`` only those about what destroys or brings back, word for word.
    """
    known = {item.kind: item for item in plan.kinds}
    order = {kind: place for place, kind in enumerate(known)}
    places = {*plan.accounts, *(change.address.connection for change in plan.changes)}

    def rank(change: Change) -> tuple[int, str]:
        return order.get(change.address.kind, len(order)), change.address.kind

    told = [change for change in plan.changes if change.step is not Step.PARK and change.action not in BLOCKING]
    told = [change for change in told if all_of_it or is_drastic(change)]
    for (_, kind), group in groupby(sorted(told, key=rank), key=rank):
        yield from _Kind(known.get(kind, KindTold(kind)), several_places=len(places) > 1).told(group)


@dataclass(frozen=True, slots=True)
class _Kind:
    """The sentences about one kind; with ``several_places`` each says on which connection."""

    of: KindTold
    several_places: bool

    def told(self, changes: Iterable[Change]) -> Iterator[str]:
        done = [change for change in one_each(changes) if change.action is not Action.MANUAL]
        for event in _OF_PEOPLE if self.of.people else _OF_THINGS:
            yield from self._happens(event, done)
        changed = [change for change in done if change.action in (Action.UPDATE, Action.ADOPT)]
        if self.of.people:
            yield from self._of_access(changed)
        rosters = exchanges(done, self._who)
        yield from roster_sentences(rosters)
        yield from self._changed(changed, {(one.key, one.path) for one in rosters})
        for event in _AFTERWARDS:
            yield from self._happens(event, done)

    def _who(self, change: Change) -> str:
        where = f" on `{change.address.connection}`" if self.several_places else ""
        return f"{_name(change)}{where}"

    def _happens(self, event: Event, changes: Sequence[Change]) -> Iterator[str]:
        found = [change for change in changes if event.happens(change)]
        yield from self._sentences(found, event.one, event.several, event.most_named)

    def _sentences(self, changes: Sequence[Change], one: str, several: str, most: int = MOST_NAMED) -> Iterator[str]:
        """``2 agents leave: Jane Roe and Rick Poe``, once for connections on which it happens to the same."""
        for places, same in _by_places(changes):
            yield self._sentence(places, same, one if len(same) == 1 else several, most)

    def _sentence(self, places: Sequence[str], same: Sequence[Change], what: str, most: int = MOST_NAMED) -> str:
        where = f" on {series([f'`{name}`' for name in places])}" if self.several_places else ""
        names = list(dict.fromkeys(map(_name, same)))
        named = f": {series(names)}" if len(names) <= most else ""
        return f"{counted_of(len(same), self.of.kind, self.of.one)}{where} {what}{named}"

    def _of_access(self, changes: Sequence[Change]) -> Iterator[str]:
        """What somebody signs in with, is reached at, or may do, where that changes."""
        for turn in _TURNS:
            for path, found in _by_path(changes, turn.happens):
                yield from self._sentences(found, turn.one.format(f"`{path}`"), turn.several.format(f"`{path}`"))

    def _changed(self, changes: Sequence[Change], rosters: Collection[tuple[str, str]]) -> Iterator[str]:
        """Of what else changes, how many resources, and which fields most."""
        touched = {change.key: self._touched(change, rosters) for change in changes}
        found = [change for change in changes if touched[change.key]]
        for places, same in _by_places(found, lambda change: (*_whom(change), *touched[change.key])):
            what = _fields_told(Counter(path for change in same for path in touched[change.key]), len(same))
            yield self._sentence(places, same, f"{'changes' if len(same) == 1 else 'change'} {what}")
        again = [change for change in changes if change.action is Action.UPDATE and _is_repeated(change)]
        yield from self._sentences(again, "is sent again as it is", "are sent again as they are")

    def _touched(self, change: Change, rosters: Collection[tuple[str, str]]) -> Sequence[str]:
        """The fields of which nothing has been told."""
        told = (item for item in _differing(change) if (change.key, item.path) in rosters or self._is_of_access(item))
        return sorted({item.path for item in _differing(change)} - {item.path for item in told})

    def _is_of_access(self, item: FieldChange) -> bool:
        return self.of.people and (_is_access(item) or _is_switched_off(item))


def one_each(changes: Iterable[Change]) -> list[Change]:
    """One change of each address, by address; of a replace the step that brings a record back, if it does."""
    found: dict[Address, Change] = {}
    for change in changes:
        if change.address not in found or change.undeletes:
            found[change.address] = change
    return [found[address] for address in sorted(found)]


def _name(change: Change) -> str:
    """What people call it, by the name that they know; its key where it has none."""
    name = next(called(change.attributes), None)
    return f"`{change.address.key}`" if name is None else quoted_name(name)


def _whom(change: Change) -> tuple[str, str]:
    """Whom it is about on whatever connection: one key may be somebody else on another."""
    return change.address.key, _name(change)


def _differing(change: Change) -> list[FieldChange]:
    """The fields that are to be another, and not only sent again or left for a person."""
    return [item for item in change.fields if not item.manual and item.before != item.after]


def _is_repeated(change: Change) -> bool:
    """True for an update of nothing but what is there already."""
    return not _differing(change) and not any(item.manual for item in change.fields)


def _by_path(
    changes: Iterable[Change], concerns: Callable[[FieldChange], bool]
) -> Iterator[tuple[str, Sequence[Change]]]:
    """The changes with a field that differs and is of concern, by its path."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        for item in _differing(change):
            if concerns(item):
                found.setdefault(item.path, []).append(change)
    return ((plain(path), found[path]) for path in sorted(found))


def _by_places(
    changes: Iterable[Change], likeness: Callable[[Change], Hashable] = _whom
) -> Iterator[tuple[Sequence[str], Sequence[Change]]]:
    """The changes of each connection; of those together on which it is the same for the same people or things."""
    places: dict[str, list[Change]] = {}
    for change in changes:
        places.setdefault(change.address.connection, []).append(change)
    alike: dict[Hashable, list[str]] = {}
    for name in sorted(places):
        alike.setdefault(tuple(map(likeness, places[name])), []).append(name)
    return ((names, places[names[0]]) for names in alike.values())


def _path(path: str) -> str:
    """A field in a sentence; one of a list's members with the list."""
    above, inside, name = path.partition("[].")
    return f"`{plain(name)}` of its `{plain(above)}`" if inside else f"`{plain(path)}`"


def _fields_told(fields: Mapping[str, int], resources: int) -> str:
    """``language`` (3) and ``email`` (2), without the numbers where all of the resources have each."""
    ordered = sorted(fields, key=lambda path: (-fields[path], path))
    all_alike = all(number == resources for number in fields.values())
    told = [f"{_path(path)}{'' if all_alike else f' ({fields[path]})'}" for path in ordered[:MOST_FIELDS]]
    left = len(ordered) - MOST_FIELDS
    return series([*told, *([counted_of(left, "more fields")] if left > 0 else [])])
