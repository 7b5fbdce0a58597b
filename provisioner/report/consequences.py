"""What a plan means beyond its changes one by one: who loses what, and which account is let go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provisioner.plan.document import BLOCKING, Change, FieldChange, Maybe, Plan
from provisioner.report.fields import Paper, names_of, plain
from provisioner.values import id_in

MOST_CONSEQUENCES: Final = 20

_ADDRESS = re.compile(r"[a-z0-9_-]+\.[a-z0-9_-]+@[a-z0-9_-]+")


def consequences(plan: Plan, paper: Paper) -> Iterator[str]:
    """A line for each account that is let go and for each resource that loses others, what is emptied first."""
    for name in plan.reset_accounts:
        yield from paper.wrapped(
            f"Another account stands behind connection `{plain(name)}`: what was bound there is dropped from the state "
            "first; nothing is deleted at the old account"
        )
    losses = sorted(
        loss
        for change in plan.changes
        if change.step is None and change.action not in BLOCKING
        for item in change.fields
        if (loss := _loss(change, item)) is not None
    )
    for _, text in losses[:MOST_CONSEQUENCES]:
        yield from paper.wrapped(text)
    if len(losses) > MOST_CONSEQUENCES:
        yield f"and {len(losses) - MOST_CONSEQUENCES} more lose some"


def _loss(change: Change, item: FieldChange) -> tuple[bool, str] | None:
    """Whether anything is left in a list of others (what is emptied sorts first), and in words what it loses."""
    had, has = _members(item.before), _members(item.after)
    lost = had - has
    if not lost or item.manual:
        return None
    who = f"{names_of(change.before or {}) or change.address} (`{change.address}`)"
    if not has:
        return False, f"{who} is left without `{plain(item.path)}`: loses all {len(lost)}"
    return True, f"{who} loses {len(lost)} of {len(had)} `{plain(item.path)}`"


def _members(value: Maybe) -> set[str]:
    """The entities that a list names, as text; a map in it names one by whichever of its values is a reference."""
    found = set()
    for item in value if isinstance(value, list) else ():
        vendor_id = id_in(item)
        if vendor_id is not None:
            found.add(f"id {vendor_id}")
        for word in item.values() if isinstance(item, dict) else [item]:
            if isinstance(word, str) and _ADDRESS.fullmatch(word):
                found.add(word)
    return found
