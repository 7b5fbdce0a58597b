"""How an apply ended, for people: what happened, what did not and why, and what is left for a person.

Counted are addresses, as in the plan's summary: an address is as well off as its worst step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provisioner.address import Address
from provisioner.apply.events import Ended, Event, Status
from provisioner.apply.run import Report
from provisioner.plan.document import Action, Change, Plan, Step
from provisioner.report.by_hand import alike, reason_lines, together_lines
from provisioner.report.fields import BOLD, GREEN, RED, YELLOW, Paper, field_lines, plain, shown, title
from provisioner.report.members import with_adopted

MOST_OF_A_KIND: Final = 10

WORST_FIRST: Final = (
    Status.FAILED,
    Status.STALE,
    Status.HELD,
    Status.SKIPPED,
    Status.WAITING,
    Status.MANUAL,
    Status.DONE,
)

DONE_WORDS: Final[Mapping[Action, str]] = {
    Action.CREATE: "created",
    Action.ADOPT: "adopted",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.UNDELETE: "undeleted",
    Action.DELETE: "deleted",
    Action.FORGET: "forgotten",
    Action.NONE: "recorded as they are",
}

COUNTED: Final[Mapping[Status, str]] = {
    Status.DONE: "done",
    Status.FAILED: "failed",
    Status.STALE: "stale",
    Status.HELD: "held",
    Status.SKIPPED: "skipped",
    Status.WAITING: "waiting",
}


@dataclass(frozen=True)
class Fate:
    """What became of one address: its steps in the plan's order."""

    address: Address
    steps: tuple[tuple[Change, Ended], ...]

    @property
    def status(self) -> Status:
        found = {ended.status for _, ended in self.steps}
        return next(status for status in WORST_FIRST if status in found)

    @property
    def change(self) -> Change:
        """The step that the address is counted by: what it was all for."""
        return next((change for change, _ in self.steps if change.step is not Step.PARK), self.steps[0][0])

    def those(self, status: Status) -> list[tuple[Change, Ended]]:
        return [(change, ended) for change, ended in self.steps if ended.status is status]

    @property
    def for_a_person(self) -> list[Change]:
        """What a person has to do now; nothing for what was not done, since the next plan says that again."""
        return [
            change
            for change, ended in self.steps
            if ended.status is Status.MANUAL or (ended.status is Status.DONE and any(f.manual for f in change.fields))
        ]


def fates(plan: Plan, report: Report) -> tuple[Fate, ...]:
    """What became of each address, by address."""
    changes = {change.key: change for change in plan.steps}
    steps: dict[Address, list[tuple[Change, Ended]]] = {}
    for ended in report.ended:
        change = changes[ended.key]
        steps.setdefault(change.address, []).append((change, ended))
    return tuple(Fate(address, tuple(steps[address])) for address in sorted(steps))


# --- sections -----------------------------------------------------------------------------------------------------


def _parked(plan: Plan, report: Report, paper: Paper) -> Iterator[str]:
    """Who sits on a temporary value now, and on which; a parking of another plan is not known in detail."""
    steps = {change.address: change for change in plan.changes if change.step is Step.PARK}
    for address in report.left_parked:
        fields = steps[address].parked if address in steps else ()
        values = ", ".join(
            f"its `{plain(item.path)}` is {shown(item.after)} for now, and was {shown(item.before)} before"
            for item in fields
        )
        yield from paper.labelled(
            f"`{address}` is left on a temporary value", RED, f": {values or 'run it again to give it its own'}"
        )


def _first_line(plan: Plan, found: Sequence[Fate], report: Report, paper: Paper) -> Iterator[str]:
    by_hand = sum(1 for fate in found if fate.for_a_person)
    left = f"; {by_hand} left for a person" if by_hand else ""
    if report.completed:
        counts = [(word, _count(found, action)) for action, word in DONE_WORDS.items()]
        what = ", ".join(f"{count} {word}" for word, count in counts if count) or "nothing was to be done"
        yield from paper.labelled("Apply complete", GREEN, f": {what}{left}")
        return
    counted = [(word, sum(1 for fate in found if fate.status is status)) for status, word in COUNTED.items()]
    what = ", ".join(f"{count} {word}" for word, count in counted if count or word == "done")
    ink = RED if report.failed or report.interrupted else YELLOW
    yield from paper.labelled("Interrupted" if report.interrupted else "Applied", ink, f": {what}{left}")


def _count(found: Iterable[Fate], action: Action) -> int:
    return sum(1 for fate in found if fate.status is Status.DONE and fate.change.action is action)


def _beside(report: Report, paper: Paper) -> Iterator[str]:
    for address in report.restored:
        yield from paper.wrapped(f"`{address}` has its old value back, since the exchange could not be completed")
    if report.resumed:
        changes = "1 change" if report.resumed == 1 else f"{report.resumed} changes"
        yield from paper.wrapped(
            f"the run before has noted {changes} as done; what else it had begun was looked for, and not done twice"
        )


def _ended(found: Sequence[Fate], status: Status, heading: str, paper: Paper, explained: str = "") -> Iterator[str]:
    """Every change that ended so, each with what was said about it."""
    hits = [(fate, change, ended) for fate in found for change, ended in fate.those(status)]
    if not hits:
        return
    yield from paper.labelled(heading, f"{BOLD};{RED}", explained)
    for fate, change, ended in hits:
        yield from paper.wrapped(f"{_verb(change)}  {title(change)}", 2, 4)
        if ended.why:
            yield from paper.wrapped(plain(ended.why), 6)
        if ended.hint:
            yield from paper.wrapped(f"hint: {plain(ended.hint)}", 6)
        done = [_verb(other) for other, _ in fate.those(Status.DONE)]
        if done:
            yield from paper.wrapped(f"already done of it: {', '.join(done)}", 6)


def _verb(change: Change) -> str:
    if change.action is Action.MANUAL:
        return f"{change.intent or Action.UPDATE} by hand"
    if change.action is Action.NONE:
        return "record"
    return str(change.step or change.action)


def _not_begun(found: Sequence[Fate], status: Status, heading: str, paper: Paper) -> Iterator[str]:
    """What was not begun, by why: one broken change may hold back hundreds."""
    keys: dict[str, list[str]] = {}
    for fate in found:
        for change, ended in fate.those(status):
            keys.setdefault(ended.why, []).append(change.key)
    if keys:
        yield paper.ink(heading, f"{BOLD};{YELLOW}")
    for why, names in sorted(keys.items()):
        yield from paper.wrapped(f"{plain(why)}:", 2)
        left = len(names) - MOST_OF_A_KIND
        for name in names[:MOST_OF_A_KIND]:
            yield f"      {name}"
        if left > 0:
            yield f"      and {left} more"


def _for_a_person(found: Sequence[Fate], paper: Paper) -> Iterator[str]:
    changes = [change for fate in found for change in fate.for_a_person]
    if not changes:
        return
    yield paper.ink("Left for a person", f"{BOLD};{YELLOW}")
    many, others = alike(changes)
    for same in many:
        kind, connection = same[0].address.kind, same[0].address.connection
        yield from paper.wrapped(f"{_verb(same[0])}  {len(same)} {kind} on `{connection}`", 2, 4)
        yield from together_lines(same, paper, 6, only_manual=True)
    for change in others:
        verb = _verb(change) if change.action is Action.MANUAL else "update by hand"
        yield from paper.wrapped(f"{verb}  {title(change)}", 2, 4)
        yield from reason_lines(change.reasons if change.action is Action.MANUAL else (), paper, 6)
        yield from field_lines([item for item in change.fields if item.manual], paper, 6)


def _noticed(notices: Sequence[Event], paper: Paper) -> Iterator[str]:
    if notices:
        yield paper.ink("Noticed on the way", BOLD)
    for event in sorted(dict.fromkeys(notices), key=lambda event: event.key):  # said once, however often it happened
        place = f"{plain(event.key)}: " if event.key else ""
        yield from paper.wrapped(f"{place}{plain(event.text)}", 2, 4)
        if event.hint:
            yield from paper.wrapped(f"hint: {plain(event.hint)}", 6)


def _what_next(report: Report) -> str:
    """What to do about a run that did not complete: the same plan cannot finish what has moved since."""
    if report.count(Status.STALE):
        return "Plan again, and review that: this plan cannot finish what has changed since"
    if not report.failed:
        return "Once a person has done that, plan again: the rest follows"
    return "Run it again to go on from here: what is done is not done twice"


def run_text(plan: Plan, report: Report, *, color: bool, width: int = 100, notices: Sequence[Event] = ()) -> str:
    """The summary after an apply, without a line end at the end; its first line says what happened.

    ``notices`` are the events of the run that a reader should see again (what the vendor made of a value, say).
    A value that is still parked comes before anything else.
    """
    plan, paper = with_adopted(plan), Paper(color, width)
    found = fates(plan, report)
    opening = [*_parked(plan, report, paper), *_first_line(plan, found, report, paper), *_beside(report, paper)]
    sections = (
        opening,
        _ended(found, Status.FAILED, "Failed", paper),
        _ended(found, Status.STALE, "Stale", paper, ": changed at the vendor since the plan was made, so left alone"),
        _ended(found, Status.HELD, "Held", paper, ": in use right now, so nothing was sent"),
        _not_begun(found, Status.SKIPPED, "Skipped", paper),
        _not_begun(found, Status.WAITING, "Waits for a person", paper),
        _for_a_person(found, paper),
        _noticed(notices, paper),
        () if report.completed else paper.wrapped(_what_next(report)),
    )
    paragraphs = ("\n".join(section) for section in sections)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
