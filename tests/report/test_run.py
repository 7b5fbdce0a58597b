"""What is said after an apply: the truth in the first line, then what failed, and what is left to do."""

from __future__ import annotations

import re

import pytest

from provisioner.address import Address
from provisioner.apply.events import Ended, Event, Kind, Status
from provisioner.plan.document import Action, Step
from provisioner.report.run import DONE_WORDS, run_text
from tests.report import factories, golden
from tests.report.factories import a_change, a_field, a_plan, a_report, everything_done
from tests.report.strategies import HARMFUL

INKS = re.compile("\x1b\\[[0-9;]*m")
JANE = "agents.jane@pbx"


def text(*ended: Ended, action: Action = Action.UPDATE, **more: object) -> str:
    """The summary of a run over one change for each distinct key."""
    plan = a_plan(*(a_change(item.key, action) for item in ended))
    return run_text(plan, a_report(*ended, **more), color=False)


@pytest.mark.parametrize("name", [name for name in golden.GOLDEN if name.startswith("run-")])
def test_a_run_reads_as_agreed(name: str) -> None:
    """The texts in ``golden/`` are what reviewers have read; ``python -m tests.report.golden`` writes them anew."""
    assert golden.GOLDEN[name]() + "\n" == golden.stored(name)


@pytest.mark.parametrize("action", DONE_WORDS)
def test_every_action_is_counted_by_what_was_done(action: Action) -> None:
    """A reader of the first line knows what there is now."""
    first, *_ = text(Ended(JANE, Status.DONE, "17"), action=action).splitlines()

    assert first == f"Apply complete: 1 {DONE_WORDS[action]}"


@pytest.mark.parametrize("status", [Status.FAILED, Status.STALE, Status.HELD, Status.SKIPPED])
def test_a_run_that_is_not_complete_never_says_so(status: Status) -> None:
    """The first line tells done from not done, and the last one how to go on."""
    shown = text(Ended("agents.a@pbx", Status.DONE), Ended(JANE, status, why="pbx said no"))

    assert shown.startswith(f"Applied: 1 done, 1 {status}")
    assert "complete" not in shown
    assert "pbx said no" in shown
    if status is Status.STALE:  # the same plan would be stale again
        assert shown.endswith("Plan again, and review that: this plan cannot finish what has changed since")
    else:
        assert shown.endswith("Run it again to go on from here: what is done is not done twice")


def test_a_failed_change_has_its_hint() -> None:
    """Who reads of a failure reads what to do about it."""
    shown = text(Ended(JANE, Status.FAILED, "17", "pbx: 409 number is taken", "free number 1001"))

    assert "pbx: 409 number is taken\n      hint: free number 1001" in shown


def test_an_address_counts_once_and_as_badly_as_its_worst_step() -> None:
    """A replace whose second half failed is no half success, and says what was done."""
    plan = a_plan(a_change(JANE, Action.REPLACE, step=Step.DELETE), a_change(JANE, Action.REPLACE, step=Step.CREATE))
    report = a_report(Ended(f"{JANE}#delete", Status.DONE), Ended(f"{JANE}#create", Status.FAILED, why="500"))

    shown = run_text(plan, report, color=False)

    assert shown.startswith("Applied: 0 done, 1 failed\n")
    assert "already done of it: delete" in shown


def test_a_value_left_parked_is_said_before_anything_else() -> None:
    """An agent who sits on a stand-in number cannot be called; somebody must know at once."""
    plan = factories.a_swap()
    report = a_report(
        Ended(plan.changes[0].key, Status.DONE),
        Ended(plan.changes[1].key, Status.FAILED, why="500"),
        Ended(plan.changes[2].key, Status.SKIPPED, why="needs `agents.rick@pbx`, which failed"),
        left_parked=(plan.changes[0].address,),
    )

    first, second, *_ = run_text(plan, report, color=False, width=200).splitlines()

    assert first.startswith('`agents.jane@pbx` is left on a temporary value: its `number` is "99999" for now')
    assert second == "Applied: 0 done, 1 failed, 1 skipped"


def test_a_value_parked_by_another_plan_is_said_too() -> None:
    """What an earlier run left behind is no less urgent because this plan does not know its value."""
    report = a_report(left_parked=(Address("agents", "old", "pbx"),))

    first, *_ = run_text(a_plan(), report, color=False).splitlines()

    assert first == "`agents.old@pbx` is left on a temporary value: run it again to give it its own"


def test_a_value_that_was_given_back_is_said() -> None:
    """An exchange that fell through left everybody as they were."""
    report = a_report(Ended(JANE, Status.FAILED, why="500"), restored=(Address("agents", "rick", "pbx"),))

    shown = run_text(a_plan(a_change(JANE)), report, color=False)

    assert shown.startswith("Applied: 0 done, 1 failed\n`agents.rick@pbx` has its old value back")


def test_a_swap_that_went_through_says_nothing_of_parking() -> None:
    """A step that was only a means is not counted."""
    plan = factories.a_swap()

    assert run_text(plan, everything_done(plan), color=False) == "Apply complete: 2 updated"


def test_what_is_left_for_a_person_is_told_field_by_field() -> None:
    """Nobody looks up in the plan what to type into the portal."""
    plan = a_plan(a_change(JANE, Action.UPDATE, a_field("a", 1, 2), a_field("color", "red", "blue", manual=True)))

    shown = run_text(plan, everything_done(plan), color=False)

    assert shown.startswith("Apply complete: 1 updated; 1 left for a person")
    assert 'color: "red" -> "blue"  (by hand, in its portal)' in shown
    assert "a: " not in shown


def test_a_failed_changes_manual_fields_wait() -> None:
    """A person is not sent to finish what was not begun."""
    plan = a_plan(a_change(JANE, Action.UPDATE, a_field("color", "red", "blue", manual=True)))

    shown = run_text(plan, a_report(Ended(JANE, Status.FAILED, why="500")), color=False)

    assert "person" not in shown


def test_skipped_changes_are_gathered_by_why() -> None:
    """One broken change that holds back hundreds is one paragraph."""
    ended = [Ended(f"agents.a{number:03}@pbx", Status.SKIPPED, why="needs `x`, which failed") for number in range(300)]

    shown = text(*ended)

    assert shown.count("needs `x`, which failed") == 1
    assert "and 290 more" in shown


def test_an_interrupted_run_says_so() -> None:
    """Whoever pressed the key reads what was done until then."""
    shown = text(
        Ended("agents.a@pbx", Status.DONE),
        Ended(JANE, Status.SKIPPED, why="interrupted before it was begun"),
        interrupted=True,
    )

    assert shown.startswith("Interrupted: 1 done, 1 skipped")


def test_a_resumed_run_says_what_was_done_before() -> None:
    """The counts of the first line are the plan's, not of this run alone."""
    assert "the run before has noted 1 change as done" in text(Ended(JANE, Status.DONE), resumed=1)
    assert "the run before" not in text(Ended(JANE, Status.DONE))


def test_what_was_noticed_is_said_again() -> None:
    """A value that the vendor altered is not lost in the scrolled-off log."""
    plan = a_plan(a_change(JANE))
    notices = [Event(Kind.NOTICE, JANE, text="`name`: sent 'a', the vendor made it 'A'", hint="declare 'A'")]

    shown = run_text(plan, everything_done(plan), color=False, notices=notices)

    assert "agents.jane@pbx: `name`: sent 'a', the vendor made it 'A'\n      hint: declare 'A'" in shown


def test_what_was_noticed_often_is_said_once() -> None:
    """A request that was sent three times needs no three lines."""
    plan = a_plan(a_change(JANE))
    notice = Event(Kind.NOTICE, JANE, text="sent again")

    shown = run_text(plan, everything_done(plan), color=False, notices=[notice, notice])

    assert shown.count("sent again") == 1


def test_hostile_text_makes_no_line_of_its_own() -> None:
    """A vendor's error that pretends to be a summary stays inside its place, and is cut."""
    shown = golden.GOLDEN["run-hostile"]()

    assert HARMFUL.search(shown) is None
    assert not any(line.startswith("Apply complete") for line in shown.splitlines())
    assert len(shown) < 10_000


def test_colour_adds_nothing_but_colour() -> None:
    """With the inks taken out the text is the same."""
    plan = factories.a_plan_of_everything()
    report = a_report(*(Ended(change.key, Status.FAILED, why="500") for change in plan.changes))

    assert INKS.sub("", run_text(plan, report, color=True)) == run_text(plan, report, color=False)


def test_what_is_held_was_not_sent_and_says_who_is_there() -> None:
    """Nobody broke anything, and the way on is beside it."""
    shown = text(Ended(JANE, Status.HELD, "17", "guard `busy`: signed in", "run this again when it is free"))

    assert "Held: in use right now, so nothing was sent" in shown
    assert "guard `busy`: signed in\n      hint: run this again when it is free" in shown


def test_what_waits_for_a_person_is_no_failure() -> None:
    """Told apart from what was skipped, with what it needs, and how it goes on."""
    shown = text(Ended(JANE, Status.MANUAL), Ended("agents.a@pbx", Status.WAITING, why=f"needs `{JANE}`"))

    assert shown.startswith("Applied: 0 done, 1 waiting; 1 left for a person")
    assert f"Waits for a person\n  needs `{JANE}`:\n      agents.a@pbx" in shown
    assert "Skipped" not in shown
    assert shown.endswith("Once a person has done that, plan again: the rest follows")
