"""What happens to each resource, as items of a list in a comment: one line to see at once, and what is in a fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Final

from provisioner.plan.document import Action, Change, Step
from provisioner.plan.drifted import Drifted
from provisioner.report.by_hand import TO_DO, Shared, alike, shared_by
from provisioner.report.changes import LOOKS, MOST_ADDRESSES, Takers, is_half, step_verb, verb_of
from provisioner.report.drift import LOOKS as WAYS
from provisioner.report.drift import OUTCOMES, SAID
from provisioner.report.fields import HAPPENED, MOST_OF_A_NAME, names_of, plain
from provisioner.report.kind_words import counted_of
from provisioner.report.markdown_fields import field_items
from provisioner.report.markdown_words import code, prose
from provisioner.values import Attributes, VendorId

INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list, whom it is about, and what is told below it; ``depth`` is how far the line is indented."""

    line: str
    who: str
    below: Callable[[], Iterable[str]]
    depth: int = 0


def heads(items: Iterable[Item]) -> Iterator[str]:
    """The lines alone."""
    for item in items:
        yield f"{INDENT * item.depth}- {item.line}"


def whole(items: Iterable[Item]) -> Iterator[str]:
    """The lines with what is told below each."""
    for item in items:
        yield f"{INDENT * item.depth}- {item.line}"
        yield from indented(item.below(), item.depth + 1)


def below(items: Iterable[Item]) -> Iterator[str]:
    """What is told below the lines, under whom it is about; nothing for items with nothing below."""
    for item in items:
        more = list(item.below())
        if more:
            yield f"- {item.who}"
            yield from indented(more, 1)


def indented(lines: Iterable[str], depth: int) -> Iterator[str]:
    """The lines further in."""
    return (f"{INDENT * depth}{line}" for line in lines)


# --- changes ------------------------------------------------------------------------------------------------------


def items(changes: Iterable[Change], takers: Takers) -> Iterator[Item]:
    """An item for each address, in order; work for a person that is alike under one, with an item for each below."""
    many, others = alike(sorted(changes, key=lambda change: change.address))
    for same in many:
        yield from _together(same)
    for _, steps in groupby(others, key=lambda change: change.address):
        yield from _block(list(steps), takers)


def counted(changes: Iterable[Change]) -> Counter[str]:
    """How many addresses there are of what is done (``to delete``), in the order of the actions."""
    words = {(change.address, _done(change)): LOOKS[change.action] for change in changes}
    order = {word: list(LOOKS.values()).index(look) for (_, word), look in words.items()}
    return Counter(sorted((word for _, word in words), key=lambda word: (order[word], word)))


def _done(change: Change) -> str:
    if change.step is Step.PARK:
        return "to park"
    if change.action is Action.MANUAL and change.intent is not None:
        return f"to {change.intent} by hand"
    return LOOKS[change.action].counted


def has_more(changes: Iterable[Change]) -> bool:
    """True where anything is told below a line."""
    return any(change.fields or change.step or any(why.code in TO_DO for why in change.reasons) for change in changes)


def _block(changes: Sequence[Change], takers: Takers) -> Iterator[Item]:
    """All of one address: its parking step, then its change, a replace as its two steps."""
    halves = [change for change in changes if is_half(change)]
    for change in changes:
        if change not in halves:
            yield _item(change, partial(_fields, change), takers)
    if halves:
        first = next((step for step in halves if step.step is Step.DELETE), halves[0])
        yield _item(first, partial(_steps, halves), takers)


def _item(change: Change, more: Callable[[], Iterator[str]], takers: Takers) -> Item:
    whys = [*_whys(change), *_taken(change, takers)]
    who = code(str(change.address))
    line = f"**{prose(verb_of(change))}** {_title(change)}{': ' if whys else ''}{'; '.join(whys)}"
    return Item(line, who, more)


def _title(change: Change) -> str:
    return _called(str(change.address), change.attributes, change.id)


def _called(address: str, attributes: Attributes, vendor_id: VendorId | None) -> str:
    """The address, and in parentheses what people recognise it by and the vendor's id."""
    names = names_of(attributes)
    known = [code(names)] if names else []
    known += [f"id {code(plain(vendor_id, MOST_OF_A_NAME))}"] if vendor_id is not None else []
    return f"{code(address)} ({', '.join(known)})" if known else code(address)


def _whys(change: Change) -> Iterator[str]:
    """Why, but that the fields differ: those are told."""
    for reason in change.reasons:
        if reason.code != "differs" and reason.code not in TO_DO:
            yield prose(reason.text)
    if change.included_by:
        yield f"not a target itself, included for {code(plain(change.included_by, MOST_OF_A_NAME))}"


def _taken(change: Change, takers: Takers) -> Iterator[str]:
    others = [code(str(address)) for address in takers.get(change.key, ())]
    if others:
        yield f"a step of its own, so that {', '.join(others)} can go first"


def _fields(change: Change) -> Iterator[str]:
    yield from _to_do(change)
    yield from field_items(item for item in change.fields if not item.run_time)
    passing = [item for item in change.fields if item.run_time]
    if passing:
        yield "- right now, since it changes by itself:"
        yield from indented(field_items(passing), 1)


def _to_do(change: Change) -> Iterator[str]:
    for reason in change.reasons:
        if reason.code in TO_DO:
            yield f"- to do: {prose(reason.text)}"


def _steps(steps: Sequence[Change]) -> Iterator[str]:
    ours = {step.key for step in steps}
    for number, step in enumerate(steps, start=1):
        others = [code(plain(key)) for key in step.needs if key not in ours]
        after = f", after {', '.join(others[:MOST_ADDRESSES])}" if others else ""
        yield f"- step {number} of {len(steps)}: {prose(step_verb(step))}{after}"
        yield from indented(field_items(step.fields), 1)


def _together(group: Sequence[Change]) -> Iterator[Item]:
    """What is the same for all of them once, and each of them by its address."""
    first, same = group[0], shared_by(group)
    whys = [*_whys(replace(first, reasons=tuple(same.reasons))), *_likewise(first, same)]
    many = prose(counted_of(len(group), first.address.kind))
    line = f"**{prose(verb_of(first))}** {many}{': ' if whys else ''}{'; '.join(whys)}"
    yield Item(line, many, partial(field_items, same.fields))
    for change in group:
        own = [item for item in change.fields if item not in same.fields]
        yield Item(_title(change), code(str(change.address)), partial(field_items, own), depth=1)


def _likewise(first: Change, same: Shared) -> Iterator[str]:
    """What is to be done; where it names somebody, it is told of the first."""
    yield from (f"to do: {prose(reason.text)}" for reason in same.reasons if reason.code in TO_DO)
    if same.likewise:
        yield f"that is {code(str(first.address))}, likewise each of the others"


# --- what drifted -------------------------------------------------------------------------------------------------


def drifted_items(drift: Iterable[Drifted]) -> Iterator[Item]:
    """What drifted, what becomes of it in the record, and below it the fields."""
    for item in drift:
        said = [prose(SAID[item.drift])] if item.drift in SAID else []
        line = f"**{WAYS[item.drift].words}** {_called(str(item.address), item.applied or {}, item.id)}"
        told = "; ".join((*said, f"record: {prose(OUTCOMES[item.drift])}"))
        yield Item(f"{line}: {told}", code(str(item.address)), partial(field_items, item.fields, HAPPENED))


def drift_counted(drift: Iterable[Drifted]) -> Counter[str]:
    """How many there are of each way."""
    ways = Counter(item.drift for item in drift)
    return Counter({look.words: ways[way] for way, look in WAYS.items() if ways[way]})
