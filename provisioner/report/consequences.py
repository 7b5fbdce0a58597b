"""What a plan means beyond its changes one by one: who loses what, and which account is let go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provisioner.plan.document import BLOCKING, Change, FieldChange, Plan
from provisioner.report.fields import Paper, names_of, plain
from provisioner.report.members import turnover

MOST_CONSEQUENCES: Final = 20


def consequences(plan: Plan, paper: Paper) -> Iterator[str]:
    """What the plan means, in lines that fit."""
    for sentence in meaning(plan):
        yield from paper.wrapped(sentence)


def meaning(plan: Plan) -> tuple[str, ...]:
    """A sentence for each account that is let go and for each resource that loses others, what is emptied first.

    The same in every format. Somebody else's words are harmless and short; addresses and fields stand in back-ticks.
    """
    told = [
        f"Another account stands behind connection `{plain(name)}`: what was bound there is dropped from the state "
        "first; nothing is deleted at the old account"
        for name in plan.reset_accounts
    ]
    losses = sorted(
        loss
        for change in plan.changes
        if change.step is None and change.action not in BLOCKING
        for item in change.fields
        if (loss := _loss(change, item)) is not None
    )
    told += [text for _, text in losses[:MOST_CONSEQUENCES]]
    if len(losses) > MOST_CONSEQUENCES:
        told.append(f"and {len(losses) - MOST_CONSEQUENCES} more lose some")
    return tuple(told)


def _loss(change: Change, item: FieldChange) -> tuple[bool, str] | None:
    """Whether anything is left in a list of others (what is emptied sorts first), and in words what it loses."""
    found = turnover(item.before, item.after)
    if found is None or not found.lost or item.manual:
        return None
    who, lost = f"{names_of(change.before or {}) or change.address} (`{change.address}`)", len(found.lost)
    if found.sizes is None:
        return True, f"{who} loses {lost} `{plain(item.path)}`"
    had, has = found.sizes
    if not has:
        return False, f"{who} is left without `{plain(item.path)}`: loses all {lost}"
    return True, f"{who} loses {lost} of {had} `{plain(item.path)}`"
