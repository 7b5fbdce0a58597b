"""What happens to each resource of a plan: a sign, a verb, whom, why, and field by field; by connection and kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from provisioner.address import Address
from provisioner.plan.document import BLOCKING, Action, Change, Plan, Step
from provisioner.plan.drifted import Drifted
from provisioner.report.by_hand import alike, reason_lines, together_lines
from provisioner.report.fields import (
    BOLD,
    CYAN,
    GREEN,
    MOST_OF_A_NAME,
    MOST_OF_A_VALUE,
    RED,
    YELLOW,
    Paper,
    field_lines,
    plain,
    title,
)

MOST_ADDRESSES: Final = 10
LABEL: Final = 12
DETAIL: Final = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How an action is shown: its sign, its verb, how many of them are spoken of, its colour."""

    sign: str
    verb: str
    counted: str
    ink: str


LOOKS: Final[Mapping[Action, Look]] = {
    Action.CREATE: Look("+", "create", "to create", GREEN),
    Action.ADOPT: Look(">", "adopt", "to adopt", GREEN),
    Action.UPDATE: Look("~", "update", "to update", YELLOW),
    Action.REPLACE: Look("-/+", "replace", "to replace", RED),
    Action.UNDELETE: Look("^", "undelete", "to undelete", CYAN),
    Action.DELETE: Look("-", "delete", "to delete", RED),
    Action.FORGET: Look("x", "forget", "to forget", YELLOW),
    Action.MANUAL: Look("!", "by hand", "for a person to do", YELLOW),
    Action.CONFLICT: Look("#", "conflict", "in conflict", RED),
    Action.UNKNOWN: Look("?", "unknown", "unknown", RED),
}

DRASTIC: Final = frozenset({Action.DELETE, Action.REPLACE, Action.UNDELETE})

_FIRST: Final = (Action.DELETE, Action.REPLACE, Action.UNDELETE)


def is_drastic(change: Change) -> bool:
    """True for what takes an entity away or brings one back, whoever does it, and where an id may be a slip."""
    verb = change.intent if change.action is Action.MANUAL else change.action
    return verb in DRASTIC or (change.doubtful and change.action not in BLOCKING)


def rank_of(change: Change) -> tuple[int, bool]:
    """Where the change stands within its connection and kind: what destroys first, and what a person does after it."""
    verb = change.intent or change.action
    return _FIRST.index(verb) if verb in _FIRST else len(_FIRST), change.action is Action.MANUAL


def is_half(change: Change) -> bool:
    """True for one of the two steps of a replace."""
    return change.action is Action.REPLACE and change.step is not None


def place_of(one: Change | Drifted) -> tuple[str, str]:
    """The connection and the kind, by which changes are grouped."""
    return one.address.connection, one.address.kind


def waiting_of(plan: Plan) -> Set[str]:
    """The keys of what apply could do and that waits, itself or by what it needs, for what a person does first."""
    manual = {change.key for change in plan.changes if change.action is Action.MANUAL}
    waiting = set[str]()
    for change in plan.changes:  # in an order that can be executed: what it needs comes before
        if change.key not in manual and not (manual | waiting).isdisjoint(change.needs):
            waiting.add(change.key)
    return waiting


def by_place(changes: Iterable[Change], plan: Plan, paper: Paper) -> Iterator[str]:
    """Changes under a heading for each connection and kind, what destroys first, then by address.

    An address's steps are in the plan's order.
    """
    takers = takers_of(plan)
    for (connection, kind), group in groupby(sorted(changes, key=place_of), key=place_of):
        yield paper.ink(f"  {kind} on `{connection}`", BOLD)
        many, others = alike(sorted(group, key=lambda change: (*rank_of(change), change.address)))
        for same in many:
            yield from _headline(same[0], f"{len(same)} {kind}", paper)
            yield from together_lines(same, paper, DETAIL)
            yield from _included(same[0], paper)
        for _, steps in groupby(others, key=lambda change: change.address):
            yield from _block(list(steps), takers, paper)


Takers: TypeAlias = Mapping[str, Sequence[Address]]
"""For each parking step, by key, the other addresses that wait for it."""


def takers_of(plan: Plan) -> Takers:
    """Who waits for each parking step of the plan."""
    parked = {change.key: change.address for change in plan.changes if change.step is Step.PARK}
    found: dict[str, set[Address]] = {}
    for change in plan.changes if parked else ():
        for key in change.needs:
            if key in parked and parked[key] != change.address:
                found.setdefault(key, set()).add(change.address)
    return {key: sorted(addresses) for key, addresses in found.items()}


def _block(changes: Sequence[Change], takers: Takers, paper: Paper) -> Iterator[str]:
    """All of one address: its parking step, then its change, a replace as its two steps."""
    halves = [change for change in changes if is_half(change)]
    for change in changes:
        if is_half(change):
            continue
        yield from _headline(change, title(change), paper)
        yield from _why(change, paper)
        others = ", ".join(f"`{address}`" for address in takers.get(change.key, ()))
        if others:
            yield from paper.wrapped(f"a step of its own, so that {others} can go first", DETAIL)
        yield from field_lines((item for item in change.fields if not item.run_time), paper, DETAIL)
        yield from _right_now(change, paper)
    if halves:
        yield from _replace(halves, paper)


def _right_now(change: Change, paper: Paper) -> Iterator[str]:
    """What is only asked for now, under a heading of its own."""
    fields = tuple(item for item in change.fields if item.run_time)
    if fields:
        yield from paper.wrapped("right now, since it changes by itself:", DETAIL)
        yield from field_lines(fields, paper, DETAIL + 2)


def _headline(change: Change, who: str, paper: Paper) -> list[str]:
    look = LOOKS[change.action]
    label = f"{look.sign:<3} {verb_of(change)}"
    return paper.labelled(label, look.ink, f"{' ' * (LABEL - len(label))}  {who}", 4, 6)


def verb_of(change: Change) -> str:
    """What is done, in a word or a few."""
    if change.step is Step.PARK:
        return "park"
    if change.action is Action.MANUAL and change.intent is not None:
        return f"{change.intent} by hand"
    if change.action is Action.ADOPT and change.writable:
        return "adopt and update"
    return LOOKS[change.action].verb


def _why(change: Change, paper: Paper) -> Iterator[str]:
    yield from reason_lines(change.reasons, paper, DETAIL)
    yield from _included(change, paper)


def _included(change: Change, paper: Paper) -> Iterator[str]:
    if change.included_by:
        yield from paper.wrapped(
            f"why: not a target itself, included for `{plain(change.included_by, MOST_OF_A_VALUE)}`", DETAIL, 5
        )


def _replace(steps: Sequence[Change], paper: Paper) -> Iterator[str]:
    whole = next((step for step in steps if step.step is Step.DELETE), steps[0])
    yield from _headline(whole, title(whole), paper)
    yield from _why(whole, paper)
    for number, step in enumerate(steps, start=1):
        others = [key for key in step.needs if key not in {item.key for item in steps}]
        after = f", after {', '.join(f'`{plain(key)}`' for key in others[:MOST_ADDRESSES])}" if others else ""
        yield from paper.wrapped(f"step {number} of {len(steps)}: {step_verb(step)}{after}", DETAIL)
        yield from field_lines(step.fields, paper, DETAIL + 2)


def step_verb(step: Change) -> str:
    """What a step of a replace does, and to which id."""
    if step.step is Step.DELETE:
        return f"delete id {plain(step.id, MOST_OF_A_NAME)}" if step.id else "delete"
    return f"undelete id {plain(step.id, MOST_OF_A_NAME)}" if step.undeletes and step.id else "create"
