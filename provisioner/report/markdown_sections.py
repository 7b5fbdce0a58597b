"""The sections of a comment: what is in the way, what destroys, the rest by connection and kind, and the notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Final

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.document import BLOCKING, Change, Plan, Trip
from provisioner.report.changes import MOST_ADDRESSES, is_drastic, place_of, rank_of, takers_of
from provisioner.report.fields import plain
from provisioner.report.in_the_way import by_reason, ways_out
from provisioner.report.kind_words import counted_of, many_of
from provisioner.report.markdown_changes import (
    INDENT,
    Item,
    below,
    counted,
    drift_counted,
    drifted_items,
    has_more,
    heads,
    items,
    whole,
)
from provisioner.report.markdown_room import Entry, Form, Section, Tier
from provisioner.report.markdown_words import code, code_in_html, elsewhere, prose, prose_in_html, several, typed
from provisioner.report.text import LEGEND, is_told_first, look_twice

FEW: Final = 5
"""So many changes are not worth a click: their folds are open."""


def fold(summary: str, lines: Iterable[str], *, unfolded: bool = False) -> Iterator[str]:
    """Lines that are seen on demand, or at once if ``unfolded``; the summary is HTML."""
    yield ""
    yield f"<details{' open' if unfolded else ''}><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
    yield ""


def _remark(one: str) -> Callable[[int, int], str]:
    """What a section of these says of those that are told nowhere, and of those whose details are."""

    def remark(untold: int, cut: int) -> str:
        only = f"{several(untold, one)} {'is' if untold == 1 else 'are'} only counted here; the attached plan has "
        told = [only + ("it" if untold == 1 else "them all")] if untold else []
        told += [f"the details of {several(cut, one)} are only in the attached plan"] if cut else []
        return "; ".join(told)

    return remark


# --- in the way ---------------------------------------------------------------------------------------------------


def in_the_way(plan: Plan) -> Section:
    """All that refuses the plan, and the ways out; it is as important as what destroys."""
    shared, others = by_reason(plan.blocked)
    entries = [_unknown_together(why, changes) for why, changes in shared.items()]
    entries += _one_by_one(others, plan)
    entries += [Entry((Form(Tier.DRASTIC, partial(_trip, trip)),)) for trip in plan.tripped]
    entries += [Entry((Form(Tier.DRASTIC, partial(_diagnostic, item)),)) for item in plan.errors]
    entries += [_way_out(why, command) for why, command in ways_out(plan)]
    title = "#### In the way: this plan is refused until this is settled"
    return Section((title,), entries, _remark("thing in the way"))


def _unknown_together(why: str, changes: Sequence[Change]) -> Entry:
    def lines() -> Iterator[str]:
        some = _some([str(change.address) for change in changes])
        yield f"- **unknown** {len(changes)} resources: {some}: {prose(why)}"

    return Entry((Form(Tier.DRASTIC, lines),), len(changes))


def _some(addresses: Sequence[str]) -> str:
    left = len(addresses) - MOST_ADDRESSES
    some = ", ".join(code(plain(address)) for address in addresses[:MOST_ADDRESSES])
    return some + (f" and {left} more" if left > 0 else "")


def _trip(trip: Trip) -> Iterator[str]:
    yield f"- **guard** {code(plain(trip.name))}: {prose(trip.message)}"
    if trip.addresses:
        yield f"{INDENT}- {_some(trip.addresses)}"
    if trip.hint:
        yield f"{INDENT}- hint: {prose(trip.hint)}"


def _way_out(why: str, command: str) -> Entry:
    """What to type; where it is too long for the comment, where it is."""
    said = prose(f"{why[:1].upper()}{why[1:]}")
    short = Form(Tier.DRASTIC, lambda: ["", elsewhere(said), ""])
    return Entry((short, Form(Tier.DRASTIC, lambda: ["", f"{said}:", "", *typed(command), ""])), count=0)


# --- changes ------------------------------------------------------------------------------------------------------


def drastic(plan: Plan) -> Section:
    """What destroys or brings back, open, with the fields in folds."""
    entries = _one_by_one((change for change in plan.changes if is_drastic(change)), plan)
    return Section((f"#### Look twice: {look_twice(plan)}",), entries, _remark("destructive change"))


def _one_by_one(changes: Iterable[Change], plan: Plan) -> list[Entry]:
    """An entry for each connection, kind and action: a line with the count, with all addresses, or one for each."""
    takers = takers_of(plan)
    found: dict[tuple[str, str, tuple[int, bool], str], list[Change]] = {}
    for change in changes:
        (word,) = counted([change])
        found.setdefault((*place_of(change), rank_of(change), word), []).append(change)
    return [
        _Group(connection, kind, word, of_it, partial(items, of_it, takers)).entry()
        for (connection, kind, _, word), of_it in sorted(found.items(), key=itemgetter(0))
    ]


@dataclass(frozen=True)
class _Group:
    """Changes of one connection and kind to which the same is done."""

    connection: str
    kind: str
    word: str
    changes: Sequence[Change]
    items: Callable[[], Iterator[Item]]

    def entry(self) -> Entry:
        addresses = dict.fromkeys(sorted(change.address for change in self.changes))
        line = _count_line(len(addresses), self.connection, self.kind, self.word)
        forms = [
            Form(Tier.DRASTIC, lambda: [line]),
            Form(Tier.DRASTIC, lambda: [f"{line}: {', '.join(code(str(address)) for address in addresses)}"]),
            Form(Tier.DRASTIC, lambda: heads(self.items())),
        ]
        if has_more(self.changes):
            forms.append(Form(Tier.DRASTIC_FIELDS, self._in_full))
        return Entry(tuple(forms), len(addresses), telling=1)

    def _in_full(self) -> Iterator[str]:
        yield from heads(self.items())
        yield from fold("Field by field", below(self.items()))


def rest(plan: Plan) -> Section:
    """The other changes by connection and kind, each place in a fold; of a plan that only refreshes, what drifted."""
    if plan.refresh_only:
        return Section(("#### Since the last apply",), _folded(list(_drifted(plan))), _remark("change"))
    changes = [change for change in plan.changes if change.action not in BLOCKING and not is_drastic(change)]
    return Section(("#### Changes",), [*_legend(changes), *_folded(list(_changed(changes, plan)))], _remark("change"))


@dataclass(frozen=True)
class _Place:
    """What happens to one kind on one connection; ``more`` where there is anything below a line."""

    connection: str
    kind: str
    words: Counter[str]
    items: Callable[[], Iterator[Item]]
    more: bool

    def entry(self, *, unfolded: bool) -> Entry:
        told = ", ".join(f"{number} {word}" for word, number in self.words.items())
        summary = f"{prose_in_html(many_of(self.kind))} on {code_in_html(self.connection)}: {told}"
        forms = [
            Form(Tier.COUNTS, self._counts),
            Form(Tier.LINES, lambda: fold(summary, heads(self.items()), unfolded=unfolded)),
        ]
        if self.more:
            forms.append(Form(Tier.FIELDS, lambda: fold(summary, whole(self.items()), unfolded=unfolded)))
        return Entry(tuple(forms), self.words.total(), telling=1)

    def _counts(self) -> Iterator[str]:
        return (_count_line(number, self.connection, self.kind, word) for word, number in self.words.items())


def _folded(places: Sequence[_Place]) -> list[Entry]:
    unfolded = sum(place.words.total() for place in places) <= FEW
    return [place.entry(unfolded=unfolded) for place in places]


def _changed(changes: Iterable[Change], plan: Plan) -> Iterator[_Place]:
    takers = takers_of(plan)
    for place, group in groupby(sorted(changes, key=place_of), key=place_of):
        found = list(group)
        yield _Place(*place, counted(found), partial(items, found, takers), has_more(found))


def _drifted(plan: Plan) -> Iterator[_Place]:
    for place, group in groupby(sorted(plan.drift, key=place_of), key=place_of):
        found = list(group)
        more = any(item.fields for item in found)
        yield _Place(*place, drift_counted(found), partial(drifted_items, found), more)


def _count_line(number: int, connection: str, kind: str, word: str) -> str:
    return f"- {prose(counted_of(number, kind))} on {code(connection)} {word}"


def _legend(changes: Iterable[Change]) -> list[Entry]:
    """What the less common words mean, of those that occur."""
    found = {change.action for change in changes}
    lines = [f"- {prose(meaning)}" for action, meaning in LEGEND.items() if action in found]
    return [Entry((Form(Tier.LINES, lambda: [*lines, ""]),), count=0)] if lines else []


# --- notices ------------------------------------------------------------------------------------------------------


def notices(plan: Plan) -> Section:
    """What else the planner said."""
    found = [item for item in plan.diagnostics if item.severity is not Severity.ERROR and not is_told_first(item)]
    return Section(("#### Notices",), [_notice(item) for item in found], _remark("notice"))


def _notice(item: Diagnostic) -> Entry:
    forms = [Form(Tier.COUNTS, lambda: [_problem(item)])]
    if item.expected or item.hint:
        forms.append(Form(Tier.NOTICE_DETAILS, partial(_diagnostic, item)))
    return Entry(tuple(forms))


def _diagnostic(item: Diagnostic) -> Iterator[str]:
    """A problem or notice with what to do about it."""
    yield _problem(item)
    for label, text in (("expected", item.expected), ("hint", item.hint)):
        if text:
            yield f"{INDENT}- {label}: {prose(text)}"


def _problem(item: Diagnostic) -> str:
    place = f"{code(plain(str(item.position)))}: " if item.position else ""
    return f"- **{item.severity}**: {place}{prose(item.message)}"
