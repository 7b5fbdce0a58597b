"""Why a plan is refused, and exactly what to type to go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from provisioner.diagnostics import Diagnostic
from provisioner.plan.document import Action, Change, Plan, Trip
from provisioner.report.changes import DETAIL, LOOKS, MOST_ADDRESSES, by_place
from provisioner.report.excluding import excludes
from provisioner.report.fields import BOLD, RED, Paper, plain
from provisioner.report.typed import options

MANY_UNKNOWN: Final = 3


def in_the_way(plan: Plan, paper: Paper) -> Iterator[str]:
    """All that refuses the plan, and the ways out; nothing for a plan that is not refused."""
    if not plan.refused:
        return
    yield from paper.labelled("In the way", f"{BOLD};{RED}", ": this plan is refused until this is settled")
    shared, others = by_reason(plan.blocked)
    for why, changes in shared.items():
        yield from _unknown_together(why, changes, paper)
    yield from by_place(others, plan, paper)
    for trip in plan.tripped:
        yield from _trip(trip, paper)
    for item in plan.errors:
        yield from diagnostic_lines(item, paper)
    yield from _ways_out(plan, paper)


def by_reason(blocked: Iterable[Change]) -> tuple[Mapping[str, Sequence[Change]], Sequence[Change]]:
    """The unknowns of which many have one and the same reason (a refused key, say), by that; and all the others."""
    reasons: dict[str, list[Change]] = {}
    for change in blocked:
        if change.action is Action.UNKNOWN and len(change.reasons) == 1:
            reasons.setdefault(change.reasons[0].text, []).append(change)
    shared = {why: changes for why, changes in sorted(reasons.items()) if len(changes) >= MANY_UNKNOWN}
    told = {change.key for changes in shared.values() for change in changes}
    return shared, [change for change in blocked if change.key not in told]


def _unknown_together(why: str, changes: Sequence[Change], paper: Paper) -> Iterator[str]:
    look = LOOKS[Action.UNKNOWN]
    some = ", ".join(str(change.address) for change in changes[:MOST_ADDRESSES])
    left = len(changes) - MOST_ADDRESSES
    more = f" and {left} more" if left > 0 else ""
    yield from paper.labelled(
        f"{look.sign:<3} {look.verb}", look.ink, f"  {len(changes)} resources: {some}{more}", 4, 6
    )
    yield from paper.wrapped(f"why: {plain(why)}", DETAIL, 5)


def _trip(trip: Trip, paper: Paper) -> Iterator[str]:
    yield from paper.labelled(f"guard {plain(trip.name)}", RED, f": {plain(trip.message)}", 2, 4)
    if trip.addresses:
        some = [plain(address) for address in trip.addresses[:MOST_ADDRESSES]]
        left = len(trip.addresses) - len(some)
        yield from paper.wrapped(", ".join(some) + (f" and {left} more" if left else ""), 6, 0)
    if trip.hint:
        yield from paper.wrapped(f"hint: {plain(trip.hint)}", 6)


def diagnostic_lines(item: Diagnostic, paper: Paper, indent: int = 2) -> Iterator[str]:
    """A problem or notice of a plan, with its place and what to do."""
    place = f"{plain(str(item.position))}: " if item.position else ""
    yield from paper.wrapped(f"{item.severity}: {place}{plain(item.message)}", indent, 4)
    for label, text in (("expected", item.expected), ("hint", item.hint)):
        if text:
            yield from paper.wrapped(f"{label}: {plain(text)}", indent + 4)


def _ways_out(plan: Plan, paper: Paper) -> Iterator[str]:
    """Exactly what to type; these lines are not wrapped, so that they can be copied."""
    for sentence, typed in ways_out(plan):
        yield from paper.wrapped(f"{sentence}:", 2)
        yield f"    {typed}"


def ways_out(plan: Plan) -> Iterator[tuple[str, str]]:
    """What may be wanted, and the options to type for it."""
    globs = excludes(plan)
    if globs:
        yield "to go on without what is in conflict or unknown", options("--exclude", globs)
    listed = {text for trip in plan.tripped for text in _allowances_for(trip, plan)}
    allowances = sorted(text for text in listed if text.partition("=")[0] not in listed or "=" not in text)
    if allowances:
        yield "to go on where what the guards saw is meant, for this one plan", options("--allow", allowances)


def _allowances_for(trip: Trip, plan: Plan) -> list[str]:
    """The narrowest allowances that lift a guard; none where no allowance would help."""
    from provisioner.plan.guards import NEEDS_GLOB  # it loads every vendor's base: only where a guard tripped

    if trip.name == "account":
        unasked = plan.refresh_only or plan.no_refresh
        return [f"account={trip.connection}"] if trip.connection in plan.accounts and not unasked else []
    if trip.name in NEEDS_GLOB:
        return [f"{trip.name}={address}" for address in trip.addresses]
    if trip.connection is None or not trip.addresses:
        return [trip.name]
    return [f"{trip.name}={trip.kind}.*@{trip.connection}" if trip.kind else f"{trip.name}=*@{trip.connection}"]
