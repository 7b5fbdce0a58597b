"""What a plan will do, for people: who knows no YAML reads the same text as who knows Terraform.

Consequences first, then what is in the way, then what destroys or brings back, then how many of what, then the rest by
connection and kind.
Every line has its meaning without colour, and the tool's own words are ASCII.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from provisioner.diagnostics import Diagnostic, Severity, listed
from provisioner.plan.document import BLOCKING, Action, Change, Plan
from provisioner.report.changes import LOOKS, by_place, is_drastic, waiting_of
from provisioner.report.consequences import consequences
from provisioner.report.drift import refresh_counts, refresh_lines
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
        lambda plan, paper: chain(opening(plan, paper), consequences(plan, paper)),
        in_the_way,
        _drastic,
        _counted,
        _rest,
        _notices,
        _allowances,
        lambda plan, paper: _closing(plan, paper, file, tool, asked=asked),
    )
    paragraphs = ("\n".join(section(plan, paper)) for section in sections)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def opening(plan: Plan, paper: Paper) -> Iterator[str]:
    """The title, and what the plan is read wrongly without."""
    yield from paper.labelled(label_of(plan), BOLD, title(plan).removeprefix(label_of(plan)))
    partial = flags(plan, with_allowances=False)
    if partial and (plan.none or plan.changes or plan.drift):
        yield from paper.wrapped(f"Only a part of the tenant was looked at: {partial}")
    for item in plan.diagnostics:
        if is_told_first(item):
            yield from diagnostic_lines(item, paper, 0)


def title(plan: Plan) -> str:
    """What kind of plan it is, and for whom; of one that does nothing, also how much there was to look at."""
    whose = f" for `{plain(plan.tenant, MOST_OF_A_NAME)}`" if plan.tenant else ""
    beside = "" if counts(plan) else _beside(plan)
    return f"{label_of(plan)}{whose}{': ' if beside else ''}{beside}"


def counts(plan: Plan) -> str:
    """How many of what, and of what nothing is done; empty for a plan that does nothing."""
    if plan.refresh_only:
        return refresh_counts(plan)
    summary = plan.summary
    told = [together(f"{summary[action]} {look.counted}") for action, look in LOOKS.items() if summary[action]]
    if not told and not plan.reset_accounts and not plan.refused:
        return ""
    return "; ".join(filter(None, (", ".join(told) or "no resource changes", _beside(plan))))


def _beside(plan: Plan) -> str:
    many = ((plan.none, "unchanged"), (plan.unmanaged, "not managed (`export` tells which)"))
    return ", ".join(together(f"{count} {word}") for count, word in many if count)


def _counted(plan: Plan, paper: Paper) -> Iterator[str]:
    told = counts(plan)
    if told:
        yield from paper.labelled("In all", BOLD, f": {told}")


def is_told_first(item: Diagnostic) -> bool:
    """True for a notice about the whole plan, without which its changes are read wrongly."""
    return item.code == "no_state"


def label_of(plan: Plan) -> str:
    """What kind of plan it is. That it is refused comes first: who reads only the title must not take it for done."""
    if plan.refresh_only:
        return "Refused refresh" if plan.refused else "Refresh only"
    if not counts(plan):
        return _without_changes(plan)
    label = "Refused plan" if plan.refused else "Plan"
    return f"{label} to destroy all that is managed" if plan.destroy else label


def _without_changes(plan: Plan) -> str:
    """The label of a plan that does nothing; that nothing changes must not be read where nothing was looked at."""
    if not plan.targets and not plan.excludes:
        return "No changes"
    return "No changes in this part" if plan.none else "Nothing was looked at"


def _drastic(plan: Plan, paper: Paper) -> Iterator[str]:
    changes = [change for change in plan.changes if is_drastic(change)]
    if changes:
        yield from paper.labelled("Look twice", BOLD, f": {look_twice(plan)}")
        yield from by_place(changes, plan, paper)


def look_twice(plan: Plan) -> str:
    """What is drastic about the plan, in a few words; empty where nothing is."""
    changes = [change for change in plan.changes if is_drastic(change)]
    verbs = {change.intent or change.action for change in changes}
    what = [word for action, word in _DRASTIC_WORDS.items() if action in verbs]
    what += ["changes what an id alone points at"] if any(change.doubtful for change in changes) else []
    return ", ".join(what)


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


LEGEND: Final = {
    Action.ADOPT: "adopt: it is there already, and managed from now on",
    Action.FORGET: "forget: managed no more, and nothing is sent",
    Action.MANUAL: "by hand: a person does it in the vendor's portal",
}
"""The actions whose words do not say it all."""


def _legend(changes: Iterable[Change]) -> str:
    """What the less common words mean, of those that occur."""
    found = {change.action for change in changes}
    told = "; ".join(f"`{LOOKS[action].sign}` {words}" for action, words in LEGEND.items() if action in found)
    return f"  ({told})" if told else ""


def _notices(plan: Plan, paper: Paper) -> Iterator[str]:
    items = [item for item in plan.diagnostics if item.severity is not Severity.ERROR and not is_told_first(item)]
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
    idle = why_idle(plan)
    if idle is not None:
        yield from paper.wrapped(idle)
    elif plan.has_changes and not asked:
        yield ": ".join(how_to_apply(plan, file, tool))


def why_idle(plan: Plan) -> str | None:
    """Why apply would do nothing with the plan, if there is more to it than that nothing differs."""
    if plan.refused:
        return "Apply would refuse this plan: settle what is in the way, and plan again"
    if plan.has_changes:
        return _waits_for(plan)
    return "Nothing for apply to do: what is left is for a person" if plan.open_manual else None


def how_to_apply(plan: Plan, file: str | None, tool: str) -> tuple[str, str]:
    """What a plan with changes leads to, and the command for it."""
    if file is not None:
        return "Apply exactly this", f"{tool} apply {shlex.quote(plain(file))}"
    command = "destroy" if plan.destroy else "apply"
    return "Apply it", " ".join(filter(None, (tool, command, flags(plan))))


def _waits_for(plan: Plan) -> str | None:
    """Whom everything waits for that apply could do; None where it can do any of it, or has nothing to do."""
    manual = {change.key: change.address for change in plan.changes if change.action is Action.MANUAL}
    ours = [change for change in plan.changes if change.key not in manual]
    if not ours or len(waiting_of(plan)) < len(ours) or plan.reset_accounts or plan.refreshes or plan.records:
        return None
    causes = sorted({str(manual[key]) for change in ours for key in change.needs if key in manual})
    more = f" and {len(causes) - MOST_CAUSES} more" if len(causes) > MOST_CAUSES else ""
    them = f"{listed(causes[:MOST_CAUSES])}{more}"
    return f"Nothing for apply to do yet: all of it waits for what a person does first, with {them}; then plan again"
