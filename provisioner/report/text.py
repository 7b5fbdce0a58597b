"""What a plan will do, for people: who knows no YAML reads the same text as who knows Terraform.

Consequences first, then what is in the way, then what destroys or brings back, then the rest by connection and kind.
Every line has its meaning without colour, and the tool's own words are ASCII.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from provisioner.diagnostics import Diagnostic, Severity, listed
from provisioner.plan.document import BLOCKING, Action, Change, Plan
from provisioner.report.changes import LOOKS, by_place, is_drastic
from provisioner.report.consequences import consequences
from provisioner.report.drift import refresh_lines, refresh_opening
from provisioner.report.fields import BOLD, MOST_OF_A_NAME, Paper, plain, together
from provisioner.report.in_the_way import diagnostic_lines, in_the_way
from provisioner.report.members import with_adopted
from provisioner.report.typed import flags, options

MOST_CAUSES: Final = 3


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
    plan, paper = with_adopted(plan), Paper(color, width)
    sections: tuple[Callable[[Plan, Paper], Iterator[str]], ...] = (
        _opening,
        consequences,
        in_the_way,
        _drastic,
        _rest,
        _notices,
        _allowances,
        lambda plan, paper: _closing(plan, paper, file, tool, asked=asked),
    )
    paragraphs = ("\n".join(section(plan, paper)) for section in sections)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _opening(plan: Plan, paper: Paper) -> Iterator[str]:
    if plan.refresh_only:
        yield from refresh_opening(plan, paper)
        return
    summary = plan.summary
    counts = ", ".join(
        together(f"{summary[action]} {look.counted}") for action, look in LOOKS.items() if summary[action]
    )
    beside = ", ".join(
        together(f"{count} {word}")
        for count, word in ((plan.none, "unchanged"), (plan.unmanaged, "not managed (`export` tells which)"))
        if count
    )
    whose = f" for `{plain(plan.tenant, MOST_OF_A_NAME)}`" if plan.tenant else ""
    if counts or plan.reset_accounts or plan.refused:
        text = "; ".join(filter(None, (counts or "no resource changes", beside)))
        yield from paper.labelled(_label(plan), BOLD, f"{whose}: {text}")
    else:
        yield from paper.labelled(_without_changes(plan), BOLD, f"{whose}{': ' if beside else ''}{beside}")
        yield from paper.wrapped(_as_far_as_seen(plan))
    half = plan.open_manual - (summary["manual"] or 0)
    if half:
        yield from paper.wrapped(f"{half} of them leave{'s' if half == 1 else ''} fields for a person to set")
    partial = flags(plan, with_allowances=False)
    if partial and (plan.none or plan.changes):
        yield from paper.wrapped(f"Only a part of the tenant was looked at: {partial}")
    for item in plan.diagnostics:
        if _is_told_first(item):
            yield from diagnostic_lines(item, paper, 0)


def _is_told_first(item: Diagnostic) -> bool:
    """True for a notice about the whole plan, without which its changes are read wrongly."""
    return item.code == "no_state"


def _label(plan: Plan) -> str:
    """What kind of plan it is. That it is refused comes first: who reads only the title must not take it for done."""
    label = "Refused plan" if plan.refused else "Plan"
    return f"{label} to destroy all that is managed" if plan.destroy else label


def _without_changes(plan: Plan) -> str:
    """The title of a plan that does nothing; that nothing changes must not be read where nothing was looked at."""
    if not _is_partial(plan):
        return "No changes"
    return "No changes in this part" if plan.none else "Nothing was looked at"


def _is_partial(plan: Plan) -> bool:
    return bool(plan.targets or plan.excludes)


def _as_far_as_seen(plan: Plan) -> str:
    """What "no changes" can mean: never more than was read."""
    if _is_partial(plan) and not plan.none:
        return f"Everything is left out, so nobody can tell what differs: {flags(plan, with_allowances=False)}"
    if plan.no_refresh:
        return "The vendors were not asked: what was last applied is what is declared"
    if any(item.code == "drift_unseen" for item in plan.diagnostics):
        return "Some of it cannot be read: it was compared with what was last sent, as the notices say"
    if any(item.code == "altered" for item in plan.diagnostics):
        return "The vendors show what is declared, but for what they made of it, as the notices say"
    if _is_partial(plan):
        return "Of this part, the vendors show what is declared; the rest was not compared"
    return "The vendors show what is declared"


def _drastic(plan: Plan, paper: Paper) -> Iterator[str]:
    changes = [change for change in plan.changes if is_drastic(change)]
    if changes:
        verbs = {change.intent or change.action for change in changes}
        what = [word for action, word in _DRASTIC_WORDS.items() if action in verbs]
        what += ["changes what an id alone points at"] if any(change.doubtful for change in changes) else []
        yield from paper.labelled("Look twice", BOLD, f": {', '.join(what)}")
        yield from by_place(changes, plan, paper)


_DRASTIC_WORDS: Final = {
    Action.DELETE: "deletes",
    Action.REPLACE: "replaces (deletes and makes anew)",
    Action.UNDELETE: "undeletes (brings deleted records back)",
}


def _rest(plan: Plan, paper: Paper) -> Iterator[str]:
    if plan.refresh_only:
        yield from refresh_lines(plan, paper)
        return
    changes = [change for change in plan.changes if change.action not in BLOCKING and not is_drastic(change)]
    if changes:
        yield from paper.labelled("Changes", BOLD, _legend(changes))
        yield from by_place(changes, plan, paper)


_MEANINGS: Final = {
    Action.ADOPT: "`>` adopt: it is there already, and managed from now on",
    Action.FORGET: "`x` forget: managed no more, and nothing is sent",
    Action.MANUAL: "`!` by hand: a person does it in the vendor's portal",
}
"""The signs whose words do not say it all."""


def _legend(changes: Iterable[Change]) -> str:
    """What the less common words mean, of those that occur."""
    found = {change.action for change in changes}
    told = "; ".join(words for action, words in _MEANINGS.items() if action in found)
    return f"  ({told})" if told else ""


def _notices(plan: Plan, paper: Paper) -> Iterator[str]:
    items = [item for item in plan.diagnostics if item.severity is not Severity.ERROR and not _is_told_first(item)]
    if items:
        yield paper.ink("Notices", BOLD)
        for item in items:
            yield from diagnostic_lines(item, paper)


def _allowances(plan: Plan, paper: Paper) -> Iterator[str]:
    if plan.allowed:
        yield paper.ink("Allowed for this one plan", BOLD)
        yield "  " + options("--allow", plan.allowed)
    for trip in plan.guards:
        if trip.allowed:
            yield from paper.wrapped(f"guard {plain(trip.name)}, lifted: {plain(trip.message)}", 2, 4)


def _closing(plan: Plan, paper: Paper, file: str | None, tool: str, *, asked: bool) -> Iterator[str]:
    if plan.refused:
        yield from paper.wrapped("Apply would refuse this plan: settle what is in the way, and plan again")
    elif (waiting := _waits_for(plan)) is not None:
        yield from paper.wrapped(waiting)
    elif plan.has_changes and asked:
        return
    elif plan.has_changes and file is not None:
        yield f"Apply exactly this: {tool} apply {shlex.quote(plain(file))}"
    elif plan.has_changes:
        command = "destroy" if plan.destroy else "apply"
        yield f"Apply it: {' '.join(filter(None, (tool, command, flags(plan))))}"
    elif plan.open_manual:
        yield from paper.wrapped("Nothing for apply to do: what is left is for a person")


def _waits_for(plan: Plan) -> str | None:
    """Whom everything waits for that apply could do; None where it can do any of it, or has nothing to do."""
    manual = {change.key: change.address for change in plan.changes if change.action is Action.MANUAL}
    waiting: set[str] = set()
    for change in plan.changes:  # in an order that can be executed: what it needs comes before
        if manual.keys() & change.needs or waiting & set(change.needs):
            waiting.add(change.key)
    ours = [change for change in plan.changes if change.key not in manual]
    if not ours or len(waiting - manual.keys()) < len(ours) or plan.reset_accounts or plan.refreshes or plan.records:
        return None
    causes = sorted({str(manual[key]) for change in ours for key in change.needs if key in manual})
    more = f" and {len(causes) - MOST_CAUSES} more" if len(causes) > MOST_CAUSES else ""
    them = f"{listed(causes[:MOST_CAUSES])}{more}"
    return f"Nothing for apply to do yet: all of it waits for what a person does first, with {them}; then plan again"
