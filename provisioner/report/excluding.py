"""Which globs leave out what blocks a plan, and none of its other changes: as few as can be typed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final

from provisioner.plan.document import Action, Change, Plan
from provisioner.report.changes import place_of

FEWEST: Final = 3
"""From how many addresses on a glob may stand for them."""

MOST: Final = 20
"""Beyond so many addresses of a kind nobody types them, whatever else of that kind is in the plan."""


def excludes(plan: Plan) -> list[str]:
    """The globs, by connection and kind.

    A connection is left out as a whole where all that the plan has there is unknown: what does not change there loses
    nothing by it. A kind is where all of it failed for one reason, as where its listing cannot be read; with others of
    the kind, that are as they should be, whatever refers to those would be left out, too.
    """
    blocked = {change.key for change in plan.blocked}
    others = [change for change in plan.changes if change.key not in blocked]
    found: list[str] = []
    for connection, on_it in groupby(sorted(plan.blocked, key=place_of), key=lambda change: change.address.connection):
        found += _on_connection(connection, list(on_it), {place_of(change) for change in others})
    return found


def _on_connection(connection: str, blocked: Sequence[Change], others: Collection[tuple[str, str]]) -> Iterator[str]:
    if _all_unknown(blocked) and connection not in {place[0] for place in others}:
        yield f"*@{connection}"
        return
    for place, group in groupby(blocked, key=place_of):
        changes = list(group)
        addresses = sorted({str(change.address) for change in changes})
        reasons = {change.reasons for change in changes}
        whole = _all_unknown(changes) and len(reasons) == 1 and place not in others
        if whole or len(addresses) > MOST:
            yield f"{place[1]}.*@{connection}"
        else:
            yield from addresses


def _all_unknown(changes: Collection[Change]) -> bool:
    return len(changes) >= FEWEST and all(change.action is Action.UNKNOWN for change in changes)
