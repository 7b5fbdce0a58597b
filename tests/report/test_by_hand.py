"""What a person has to do: once for all who have the same before them, and no more than is theirs."""

from __future__ import annotations

from provisioner.plan.document import Action, Change
from provisioner.report.run import run_text
from provisioner.report.text import plan_text
from tests.report.factories import a_change, a_field, a_plan, everything_done

NO_CALL = "shop has no call to create agents: do it in its portal"


def by_hand(key: str, *, why: str = NO_CALL, code: str = "no_call") -> Change:
    fields = [
        a_field("active", after=True, manual=True),
        a_field("email", after=f"{key}@acme.example", manual=True),
        a_field("team", after="First"),
    ]
    return a_change(f"agents.{key}@inbox", Action.MANUAL, *fields, why={code: why}, intent=Action.CREATE)


def texts(*changes: Change) -> tuple[str, str]:
    """The plan, and the summary of its apply."""
    plan = a_plan(*changes)
    return plan_text(plan, color=False), run_text(plan, everything_done(plan), color=False)


def test_many_who_need_the_same_are_told_together() -> None:
    """One reason and one row for what all share, then a line for each, in the plan and in the summary."""
    plan, run = texts(*(by_hand(f"a{number}") for number in range(10)))

    for text in (plan, run):
        assert text.count(NO_CALL) == 1
        assert text.count("active: true") == 1
        assert text.count('agents.a7@inbox: email "a7@acme.example"') == 1
    assert "create by hand  10 agents\n" in plan
    assert "create by hand  10 agents on `inbox`\n" in run
    assert len(run.splitlines()) < 20


def test_two_are_told_one_by_one() -> None:
    """So few are quicker to read each for itself."""
    plan, run = texts(by_hand("ann"), by_hand("bob"))

    assert plan.count(NO_CALL) == run.count(NO_CALL) == 2


def test_what_names_somebody_is_told_of_the_first() -> None:
    """What is to be done differs in whom it is about; the others are said to go the same way."""
    people = [by_hand(key, why=f"invite `{key}`", code="assigned") for key in ("ann", "bob", "cat")]

    plan, run = texts(*people)

    for text in (plan, run):
        assert "do: invite `ann`" in text
        assert "that is `agents.ann@inbox`; likewise each of the others" in text
        assert "invite `bob`" not in text


def test_the_summary_has_only_what_is_the_persons() -> None:
    """What the next apply sets is in the plan, and nothing for a person to type."""
    plan, run = texts(*(by_hand(key) for key in ("ann", "bob", "cat")))

    assert 'team:   "First"' in plan
    assert "team" not in run


def test_what_only_the_portal_gives_has_no_value_yet() -> None:
    """It is asked for by name, and nobody is told to set it."""
    change = a_change("agents.ann@inbox", Action.MANUAL, a_field("user_id", manual=True), intent=Action.CREATE)

    plan, run = texts(change)

    assert plan.count("user_id: (its portal gives it)\n") == run.count("user_id: (its portal gives it)") == 1


def test_a_plan_that_waits_says_for_whom() -> None:
    """Nobody is sent to an apply that could do nothing."""
    queue = a_change("queues.q@inbox", Action.CREATE, needs=("agents.ann@inbox",))
    rule = a_change("rules.r@inbox", Action.CREATE, needs=("queues.q@inbox",))

    shown = plan_text(a_plan(by_hand("ann"), queue, rule), color=False, file="now.plan")

    last = " ".join(shown.rpartition("\n\n")[2].split())
    assert last == (
        "Nothing for apply to do yet: all of it waits for what a person does first, with `agents.ann@inbox`; then plan "
        "again"
    )


def test_a_plan_that_waits_in_part_is_applied() -> None:
    """What needs nobody is done now."""
    queue = a_change("queues.q@inbox", Action.CREATE, needs=("agents.ann@inbox",))

    shown = plan_text(a_plan(by_hand("ann"), queue, a_change("queues.r@inbox")), color=False, file="now.plan")

    assert shown.endswith("Apply exactly this: provisioner apply now.plan")


def test_less_common_words_are_explained_where_they_occur() -> None:
    """Who reads of an adopt or of work by hand for the first time knows what it means; who does not is spared it."""
    plain, adopting = (
        plan_text(a_plan(a_change("agents.ann@pbx", action)), color=False) for action in (Action.UPDATE, Action.ADOPT)
    )

    assert "\nChanges\n" in plain
    assert "\nChanges  (`>` adopt: it is there already, and managed from now on)\n" in adopting
