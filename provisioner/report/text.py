"""What a plan will do, for people: who knows no YAML reads the same text as who knows Terraform.

Consequences first, then what is in the way, then what destroys or brings back, then the rest by connection and kind.
Every line has its meaning without colour, and the tool's own words are ASCII.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.document import BLOCKING, Action, Change, FieldChange, Maybe, Plan, Step, Trip
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
    names_of,
    plain,
    title,
    together,
)
from provisioner.values import id_in

MOST_ADDRESSES: Final = 10
MANY_UNKNOWN: Final = 3
MOST_EXCLUDES: Final = 20
MOST_CONSEQUENCES: Final = 20
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


# --- changes ------------------------------------------------------------------------------------------------------


def _verb(change: Change) -> str:
    if change.step is Step.PARK:
        return "park"
    if change.action is Action.MANUAL and change.intent is not None:
        return f"{change.intent} by hand"
    if change.action is Action.ADOPT and change.writable:
        return "adopt and update"
    return LOOKS[change.action].verb


def _headline(change: Change, paper: Paper) -> list[str]:
    look = LOOKS[change.action]
    label = f"{look.sign:<3} {_verb(change)}"
    return paper.labelled(label, look.ink, f"{' ' * (LABEL - len(label))}  {title(change)}", 4, 6)


def _why(change: Change, paper: Paper) -> Iterator[str]:
    for reason in change.reasons:
        if reason.code != "differs":  # its fields say so
            yield from paper.wrapped(f"why: {plain(reason.text)}", DETAIL, 5)
    if change.included_by:
        yield from paper.wrapped(
            f"why: not a target itself, included for `{plain(change.included_by, MOST_OF_A_VALUE)}`", DETAIL, 5
        )


def _block(changes: Sequence[Change], takers: Takers, paper: Paper) -> Iterator[str]:
    """All of one address: its parking step, then its change, a replace as its two steps."""
    halves = [change for change in changes if change.action is Action.REPLACE and change.step is not None]
    for change in changes:
        if change.action is Action.REPLACE and change.step is not None:
            continue
        yield from _headline(change, paper)
        yield from _why(change, paper)
        others = ", ".join(f"`{address}`" for address in takers.get(change.key, ()))
        if others:
            yield from paper.wrapped(f"a step of its own, so that {others} can go first", DETAIL)
        yield from field_lines(change.fields, paper, DETAIL)
    if halves:
        yield from _replace(halves, paper)


Takers: TypeAlias = Mapping[str, Sequence[Address]]
"""For each parking step, by key, the other addresses that wait for it."""


def _takers(plan: Plan) -> Takers:
    parked = {change.key: change.address for change in plan.changes if change.step is Step.PARK}
    found: dict[str, set[Address]] = {}
    for change in plan.changes if parked else ():
        for key in change.needs:
            if key in parked and parked[key] != change.address:
                found.setdefault(key, set()).add(change.address)
    return {key: sorted(addresses) for key, addresses in found.items()}


def _replace(steps: Sequence[Change], paper: Paper) -> Iterator[str]:
    whole = next((step for step in steps if step.step is Step.DELETE), steps[0])
    yield from _headline(whole, paper)
    yield from _why(whole, paper)
    for number, step in enumerate(steps, start=1):
        others = [key for key in step.needs if key not in {item.key for item in steps}]
        after = f", after {', '.join(f'`{plain(key)}`' for key in others[:MOST_ADDRESSES])}" if others else ""
        yield from paper.wrapped(f"step {number} of {len(steps)}: {_step_verb(step)}{after}", DETAIL)
        yield from field_lines(step.fields, paper, DETAIL + 2)


def _step_verb(step: Change) -> str:
    if step.step is Step.DELETE:
        return f"delete id {plain(step.id, MOST_OF_A_NAME)}" if step.id else "delete"
    return f"undelete id {plain(step.id, MOST_OF_A_NAME)}" if step.undeletes and step.id else "create"


def _place(change: Change) -> tuple[str, str]:
    return change.address.connection, change.address.kind


def _by_place(changes: Iterable[Change], plan: Plan, paper: Paper) -> Iterator[str]:
    """Changes under a heading for each connection and kind, by address; an address's steps in the plan's order."""
    takers = _takers(plan)
    for (connection, kind), group in groupby(sorted(changes, key=_place), key=_place):
        yield paper.ink(f"  {kind} on `{connection}`", BOLD)
        by_address = sorted(group, key=lambda change: change.address)
        for _, steps in groupby(by_address, key=lambda change: change.address):
            yield from _block(list(steps), takers, paper)


def is_drastic(change: Change) -> bool:
    """True for what takes an entity away or brings one back, whoever does it."""
    verb = change.intent if change.action is Action.MANUAL else change.action
    return verb in DRASTIC


# --- sections -----------------------------------------------------------------------------------------------------


def _opening(plan: Plan, paper: Paper) -> Iterator[str]:
    summary = plan.summary
    counts = ", ".join(
        together(f"{summary[action]} {look.counted}") for action, look in LOOKS.items() if summary[action]
    )
    beside = ", ".join(
        together(f"{count} {word}")
        for count, word in ((plan.none, "unchanged"), (plan.unmanaged, "not managed"))
        if count
    )
    whose = f" for `{plain(plan.tenant, MOST_OF_A_NAME)}`" if plan.tenant else ""
    if counts or plan.reset_accounts:
        label = "Plan to destroy all that is managed" if plan.destroy else "Plan"
        text = "; ".join(filter(None, (counts or "no resource changes", beside)))
        yield from paper.labelled(label, BOLD, f"{whose}: {text}")
    else:
        yield from paper.labelled("No changes", BOLD, f"{whose}{': ' if beside else ''}{beside}")
        yield from paper.wrapped(_as_far_as_seen(plan))
    half = plan.open_manual - (summary["manual"] or 0)
    if half:
        yield from paper.wrapped(f"{half} of them leave{'s' if half == 1 else ''} fields for a person to set")
    partial = _flags(plan, with_allowances=False)
    if partial:
        yield from paper.wrapped(f"Only a part of the tenant was looked at: {partial}")


def _as_far_as_seen(plan: Plan) -> str:
    """What "no changes" can mean: never more than was read."""
    if any(item.code == "drift_unseen" for item in plan.diagnostics):
        return "Some of it cannot be read: it was compared with what was last sent, as the notices say"
    if any(item.code == "altered" for item in plan.diagnostics):
        return "The vendors show what is declared, but for what they made of it, as the notices say"
    return "The vendors show what is declared"


def _consequences(plan: Plan, paper: Paper) -> Iterator[str]:
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


_ADDRESS = re.compile(r"[a-z0-9_-]+\.[a-z0-9_-]+@[a-z0-9_-]+")


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


def _in_the_way(plan: Plan, paper: Paper) -> Iterator[str]:
    if not plan.refused:
        return
    yield from paper.labelled("In the way", f"{BOLD};{RED}", ": this plan is refused until this is settled")
    shared, others = _by_reason(plan.blocked)
    for why, changes in shared.items():
        yield from _unknown_together(why, changes, paper)
    yield from _by_place(others, plan, paper)
    for trip in plan.tripped:
        yield from _trip(trip, paper)
    for item in plan.errors:
        yield from diagnostic_lines(item, paper)
    yield from _ways_out(plan, paper)


def _by_reason(blocked: Iterable[Change]) -> tuple[Mapping[str, Sequence[Change]], Sequence[Change]]:
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
    yield from paper.labelled(f"guard {trip.name}", RED, f": {plain(trip.message)}", 2, 4)
    if trip.addresses:
        some = [plain(address) for address in trip.addresses[:MOST_ADDRESSES]]
        left = len(trip.addresses) - len(some)
        yield from paper.wrapped(", ".join(some) + (f" and {left} more" if left else ""), 6, 0)
    if trip.hint:
        yield from paper.wrapped(f"hint: {plain(trip.hint)}", 6)


def _ways_out(plan: Plan, paper: Paper) -> Iterator[str]:
    """Exactly what to type; these lines are not wrapped, so that they can be copied."""
    excludes = _excludes(plan.blocked)
    if excludes:
        yield from paper.wrapped("to go on without what is in conflict or unknown:", 2)
        yield "    " + _options("--exclude", excludes)
    listed = {text for trip in plan.tripped for text in _allowances_for(trip, plan)}
    allowances = sorted(text for text in listed if text.partition("=")[0] not in listed or "=" not in text)
    if allowances:
        yield from paper.wrapped("to go on where what the guards saw is meant, for this one plan:", 2)
        yield "    " + _options("--allow", allowances)


def _excludes(blocked: Iterable[Change]) -> list[str]:
    """The addresses; where one kind has very many, that kind on its connection as a whole."""
    found: list[str] = []
    for (connection, kind), group in groupby(sorted(blocked, key=_place), key=_place):
        addresses = sorted({str(change.address) for change in group})
        found += addresses if len(addresses) <= MOST_EXCLUDES else [f"{kind}.*@{connection}"]
    return found


def _allowances_for(trip: Trip, plan: Plan) -> list[str]:
    """The narrowest allowances that lift a guard; none where no allowance would help."""
    from provisioner.plan.guards import NEEDS_GLOB  # it loads every vendor's base: only where a guard tripped

    if trip.name == "account":
        return [f"account={trip.connection}"] if trip.connection in plan.accounts else []
    if trip.name in NEEDS_GLOB:
        return [f"{trip.name}={address}" for address in trip.addresses]
    if trip.connection is None or not trip.addresses:
        return [trip.name]
    return [f"{trip.name}={trip.kind}.*@{trip.connection}" if trip.kind else f"{trip.name}=*@{trip.connection}"]


def _options(name: str, values: Iterable[str]) -> str:
    return " ".join(f"{name} {shlex.quote(plain(value))}" for value in values)


def _flags(plan: Plan, *, with_allowances: bool = True) -> str:
    """The options that the plan was made with, as they were typed."""
    requested = {str(item.address) for item in plan.changes if any(why.code == "requested" for why in item.reasons)}
    parts = [_options("--target", plan.targets), _options("--exclude", plan.excludes)]
    if with_allowances:
        parts += [_options("--replace", sorted(requested)), _options("--allow", plan.allowed)]
    return " ".join(filter(None, parts))


def _drastic(plan: Plan, paper: Paper) -> Iterator[str]:
    changes = [change for change in plan.changes if is_drastic(change)]
    if changes:
        verbs = {change.intent or change.action for change in changes}
        what = [word for action, word in _DRASTIC_WORDS.items() if action in verbs]
        yield from paper.labelled("Look twice", BOLD, f": {', '.join(what)}")
        yield from _by_place(changes, plan, paper)


_DRASTIC_WORDS: Final = {
    Action.DELETE: "deletes",
    Action.REPLACE: "replaces (deletes and makes anew)",
    Action.UNDELETE: "undeletes (brings deleted records back)",
}


def _rest(plan: Plan, paper: Paper) -> Iterator[str]:
    changes = [change for change in plan.changes if change.action not in BLOCKING and not is_drastic(change)]
    if changes:
        yield paper.ink("Changes", BOLD)
        yield from _by_place(changes, plan, paper)


def diagnostic_lines(item: Diagnostic, paper: Paper, indent: int = 2) -> Iterator[str]:
    """A problem or notice of a plan, with its place and what to do."""
    place = f"{plain(str(item.position))}: " if item.position else ""
    yield from paper.wrapped(f"{item.severity}: {place}{plain(item.message)}", indent, 4)
    for label, text in (("expected", item.expected), ("hint", item.hint)):
        if text:
            yield from paper.wrapped(f"{label}: {plain(text)}", indent + 4)


def _notices(plan: Plan, paper: Paper) -> Iterator[str]:
    items = [item for item in plan.diagnostics if item.severity is not Severity.ERROR]
    if items:
        yield paper.ink("Notices", BOLD)
        for item in items:
            yield from diagnostic_lines(item, paper)


def _allowances(plan: Plan, paper: Paper) -> Iterator[str]:
    if plan.allowed:
        yield paper.ink("Allowed for this one plan", BOLD)
        yield "  " + _options("--allow", plan.allowed)
    for trip in plan.guards:
        if trip.allowed:
            yield from paper.wrapped(f"guard {trip.name}, lifted: {plain(trip.message)}", 2, 4)


def _closing(plan: Plan, paper: Paper, file: str | None, tool: str, *, asked: bool) -> Iterator[str]:
    if plan.refused:
        yield from paper.wrapped("Apply would refuse this plan: settle what is in the way, and plan again")
    elif plan.has_changes and asked:
        return
    elif plan.has_changes and file is not None:
        yield f"Apply exactly this: {tool} apply {shlex.quote(plain(file))}"
    elif plan.has_changes:
        command = "destroy" if plan.destroy else "apply"
        yield f"Apply it: {' '.join(filter(None, (tool, command, _flags(plan))))}"
    elif plan.open_manual:
        yield from paper.wrapped("Nothing for apply to do: what is left is for a person")


def plan_text(
    plan: Plan,
    *,
    color: bool,
    width: int = 100,
    file: str | None = None,
    asked: bool = False,
    tool: str = "provisioner",
) -> str:
    """The plan for a terminal or a log, without a line end at the end.

    ``tool`` is how the command line begins (``provisioner -C acme``). ``file`` is where the plan was saved, if it was.
    ``asked``: the reader is asked next, so no command to apply it is named.
    Lines are at most ``width`` characters, except for commands to copy and single words that are longer.
    """
    paper = Paper(color, width)
    sections: tuple[Callable[[Plan, Paper], Iterator[str]], ...] = (
        _opening,
        _consequences,
        _in_the_way,
        _drastic,
        _rest,
        _notices,
        _allowances,
        lambda plan, paper: _closing(plan, paper, file, tool, asked=asked),
    )
    paragraphs = ("\n".join(section(plan, paper)) for section in sections)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
