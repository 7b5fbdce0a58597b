"""Why a change is made, and what a person has to do: told once where many of a kind have the same before them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provisioner.plan.document import Action, Change, FieldChange, Reason
from provisioner.report.fields import Paper, brief, field_lines, plain, title

MANY: Final = 3
"""From so many on, what is the same for all is told once."""

TO_DO: Final = frozenset({"assigned"})
"""The reasons that say what to do, not why."""


def reason_lines(reasons: Iterable[Reason], paper: Paper, indent: int) -> Iterator[str]:
    """A line or more for each reason; that the fields differ is left to the fields."""
    for reason in reasons:
        if reason.code != "differs":
            label = "do" if reason.code in TO_DO else "why"
            yield from paper.wrapped(f"{label}: {plain(reason.text)}", indent, len(label) + 2)


def alike(changes: Sequence[Change]) -> tuple[list[list[Change]], list[Change]]:
    """Work for a person of which there is much of the same kind, by what it is; and the other changes, in order."""
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        if change.action is Action.MANUAL and change.step is None:
            groups.setdefault(_likeness(change), []).append(change)
    many = [group for group in groups.values() if len(group) >= MANY]
    told = {change.key for group in many for change in group}
    return many, [change for change in changes if change.key not in told]


def _likeness(change: Change) -> Hashable:
    codes = tuple(reason.code for reason in change.reasons)
    return change.address.connection, change.address.kind, change.intent, codes, change.included_by


@dataclass(frozen=True, slots=True)
class Shared:
    """What is the same for all of a group. ``likewise``: what is to be done names the first, and is told of it."""

    reasons: Sequence[Reason]
    fields: Sequence[FieldChange]
    likewise: bool


def shared_by(group: Sequence[Change]) -> Shared:
    """What is the same for all of the group, in the order of the first."""
    first, *others = group
    shared = {reason for reason in first.reasons if all(reason in other.reasons for other in others)}
    return Shared(
        reasons=[reason for reason in first.reasons if reason in shared or reason.code in TO_DO],
        fields=[item for item in first.fields if all(item in other.fields for other in others)],
        likewise=any(reason.code in TO_DO and reason not in shared for reason in first.reasons),
    )


def together_lines(group: Sequence[Change], paper: Paper, indent: int, *, only_manual: bool = False) -> Iterator[str]:
    """What is the same for all of them, and below each by its address with what is its own.

    What is to be done may name somebody: it is told of the first, and the others go the same way.
    """
    same = shared_by(group)
    yield from reason_lines(same.reasons, paper, indent)
    if same.likewise:
        yield from paper.wrapped(f"that is `{group[0].address}`; likewise each of the others", indent)
    yield from field_lines(_shown(same.fields, only_manual=only_manual), paper, indent)
    for change in group:
        own = [item for item in change.fields if item not in same.fields]
        values = ", ".join(brief(item) for item in _shown(own, only_manual=only_manual))
        text = f"{change.address}: {values}" if values else title(change)
        yield from paper.wrapped(text, indent, 4)


def _shown(fields: Iterable[FieldChange], *, only_manual: bool) -> list[FieldChange]:
    return [item for item in fields if item.manual or not only_manual]
