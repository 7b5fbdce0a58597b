"""What a plan means, in sentences for who runs the floor: people first, then where they work, then everything else.

The same in every format, and few: who wants to know more reads the changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from provisioner.plan.document import Action, Change, Plan
from provisioner.report.changes import waiting_of
from provisioner.report.fields import Paper, plain
from provisioner.report.happenings import by_kind, one_each
from provisioner.report.kind_words import counted_of, one_of, series
from provisioner.report.members import with_adopted
from provisioner.report.typed import flags

MOST_CONSEQUENCES: Final = 40


def consequences(plan: Plan, paper: Paper) -> Iterator[str]:
    """What the plan means, in lines that fit."""
    for sentence in meaning(plan):
        yield from paper.wrapped(sentence, 2)


def meaning(plan: Plan) -> tuple[str, ...]:
    """The sentences in the order in which they matter; one at least.

    Somebody else's words are harmless and short; what is code stands in back-ticks. Of a refused plan the first says
    so, and the others what it would mean.
    """
    told = [*_refusal(plan), *_of_the_record(plan)]
    if not plan.refresh_only:
        plan = with_adopted(plan)
        told += [*_bounded(plan), *_seats(plan), *_for_a_person(plan)]
    return tuple(told) or (as_far_as_seen(plan),)


def _bounded(plan: Plan) -> Iterator[str]:
    """What happens, kind by kind; of too much all that destroys or brings back, and what else fits."""
    told = list(by_kind(plan))
    left = len(told) - MOST_CONSEQUENCES
    if left <= 0:
        yield from told
        return
    grave = grave_of(plan)
    kept = sorted(range(len(told)), key=lambda place: (told[place] not in grave, place))[:MOST_CONSEQUENCES]
    yield from (told[place] for place in sorted(kept))
    yield f"{left} more {'thing happens' if left == 1 else 'things happen'}, which the changes below tell"


def grave_of(plan: Plan) -> frozenset[str]:
    """Those of the sentences that nobody may overlook: that it is refused, and what destroys or brings back."""
    return frozenset((*_refusal(plan), *by_kind(with_adopted(plan), all_of_it=False)))


# --- what the plan is ---------------------------------------------------------------------------------------------


def _refusal(plan: Plan) -> Iterator[str]:
    if not plan.refused:
        return
    conflicts = sum(1 for change in plan.blocked if change.action is Action.CONFLICT)
    ways = (
        (conflicts, "conflict"),
        (len(plan.blocked) - conflicts, "unknown"),
        (len(plan.tripped), "guard"),
        (len(plan.errors), "error"),
    )
    found = series([f"{number} {word}{'' if number == 1 else 's'}" for number, word in ways if number])
    yield f"Refused: nothing of this is done until what is in the way is settled ({found})"


def _of_the_record(plan: Plan) -> Iterator[str]:
    if plan.refresh_only and not (plan.drift or plan.has_changes or plan.refused):
        yield "Nothing changes, the record included: what was read of the vendors is as it was last applied"
    elif plan.refresh_only:
        yield "Only the record changes: nothing is sent to any vendor, and the manifests play no part"
    for name in plan.reset_accounts:
        yield (
            f"Another account stands behind connection `{plain(name)}`: what was bound there is dropped from the state "
            "first; nothing is deleted at the old account"
        )


def as_far_as_seen(plan: Plan) -> str:
    """What "no changes" can mean: never more than was read."""
    partial = bool(plan.targets or plan.excludes)
    if partial and not plan.none:
        return f"Everything is left out, so nobody can tell what differs: {flags(plan, with_allowances=False)}"
    if plan.no_refresh:
        return "The vendors were not asked: what was last applied is what is declared"
    if any(item.code == "drift_unseen" for item in plan.diagnostics):
        return "Some of it cannot be read: it was compared with what was last sent, as the notices say"
    if any(item.code == "altered" for item in plan.diagnostics):
        return "The vendors show what is declared, but for what they made of it, as the notices say"
    if partial:
        return "Of this part, the vendors show what is declared; the rest was not compared"
    return "The vendors show what is declared"


# --- after all of them --------------------------------------------------------------------------------------------


def _seats(plan: Plan) -> Iterator[str]:
    """What is left of the licences that were asked about."""
    for item in plan.seats:
        what = " and ".join(one_of(kind) for kind in plain(item.kind).split(" and "))
        where = f" on `{plain(item.connection)}`" if len(plan.accounts) > 1 else ""
        left, licences = item.licensed - item.after, counted_of(item.licensed, f"{what} licences")
        if left < 0:
            yield f"{-left} too many for the {licences}{where}"
        else:
            yield f"{left or 'None'} of {licences}{where} remain{'s' if 1 in (left, item.licensed) else ''}"


def _counted(plan: Plan, number: int, kind: str) -> str:
    return counted_of(number, kind, next((item.one for item in plan.kinds if item.kind == kind), ""))


_BY_HAND: Final[Mapping[Action | None, str]] = {
    Action.CREATE: "create",
    Action.UPDATE: "change",
    Action.REPLACE: "delete and make anew",
    Action.UNDELETE: "bring back",
    Action.DELETE: "delete",
}


def _for_a_person(plan: Plan) -> Iterator[str]:
    """What apply leaves undone."""
    left = one_each(change for change in plan.changes if change.open_manual)
    if not left:
        return
    work = Counter((_work(change), change.address.kind) for change in left)
    what = series([f"{verb} {_counted(plan, number, kind)}" for (verb, kind), number in sorted(work.items())])
    yield f"{len(left)} {'thing is' if len(left) == 1 else 'things are'} left for a person: {what}{_held_up(plan)}"


def _held_up(plan: Plan) -> str:
    """How much of what apply could do has to wait for that."""
    waiting = waiting_of(plan)
    number = len(one_each(change for change in plan.changes if change.key in waiting))
    if not number:
        return ""
    return f"; {number} {'change has' if number == 1 else 'changes have'} to wait for that"


def _work(change: Change) -> str:
    return _BY_HAND.get(change.intent, "see to") if change.action is Action.MANUAL else "set fields of"
