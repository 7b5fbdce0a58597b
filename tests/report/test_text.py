"""What a plan's reader is told: everything that matters, in words, bounded, and the same each time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from provisioner.plan.document import Action, Plan, Step, Trip
from provisioner.plan.document_json import from_json
from provisioner.report.fields import LONGEST_WORD, Paper, field_lines, plain, shown
from provisioner.report.html import plan_html
from provisioner.report.json import plan_json
from provisioner.report.markdown import plan_markdown
from provisioner.report.text import LOOKS, plan_text
from provisioner.values import secret
from tests.report import factories, golden
from tests.report.factories import a_change, a_field, a_notice, a_plan
from tests.report.pages import lines_of
from tests.report.strategies import HARMFUL, plans

PLANS = {
    "everything": factories.a_plan_of_everything(),
    "refused": factories.a_refused_plan(),
    "swap": factories.a_swap(),
    "replace": factories.a_replace(),
    "manual": factories.a_manual_plan(),
    "hostile": golden.hostile_plan(),
}
INKS = re.compile("\x1b\\[[0-9;]*m")


def text(*changes: object, **more: object) -> str:
    return plan_text(a_plan(*changes, **more), color=False)  # type: ignore[arg-type]  # the factory checks


@pytest.mark.parametrize("name", [name for name in golden.GOLDEN if name.startswith("plan-")])
def test_a_plan_reads_as_agreed(name: str) -> None:
    """The texts in ``golden/`` are what reviewers have read; ``python -m tests.report.golden`` writes them anew."""
    assert golden.GOLDEN[name]() + "\n" == golden.stored(name)


# --- nothing is hidden --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", LOOKS)
def test_every_action_has_a_sign_and_a_word(action: Action) -> None:
    """Whoever sees no colour, or knows no signs, still reads what is done."""
    shown_plan = text(a_change("agents.jane@pbx", action))

    (line,) = [line for line in shown_plan.splitlines() if line.endswith("  agents.jane@pbx")]

    assert line.split()[0] == LOOKS[action].sign
    assert LOOKS[action].verb in line
    assert f"\nIn all: 1 {LOOKS[action].counted}\n" in shown_plan


def test_no_two_actions_share_a_sign() -> None:
    """A sign means one thing; all are ASCII."""
    signs = [look.sign for look in LOOKS.values()]

    assert len(set(signs)) == len(signs)
    assert all(sign.isascii() for sign in signs)
    assert set(LOOKS) == set(Action) - {Action.NONE}


@settings(deadline=None)  # a machine that is busy says nothing about the text
@given(plans)
def test_every_address_is_named(plan: Plan) -> None:
    """No change is left out of the text, whatever it is."""
    shown_plan = plan_text(plan, color=False)

    assert [str(change.address) for change in plan.changes if str(change.address) not in shown_plan] == []


@settings(deadline=None)  # as above
@given(plans)
def test_every_guard_and_diagnostic_is_named(plan: Plan) -> None:
    """What the guards and the planner said is in the text, allowed or not."""
    shown_plan = plan_text(plan, color=False)

    assert all(f"guard {trip.name}" in shown_plan for trip in plan.guards)
    assert all(f"{item.severity}:" in shown_plan for item in plan.diagnostics)


@settings(deadline=None)  # as above
@given(plans)
def test_a_saved_plan_reads_like_the_one_it_was(plan: Plan) -> None:
    """``show FILE`` says what ``plan --out FILE`` said, to the byte."""
    saved = from_json(json.loads(plan_json(plan)))

    assert plan_text(saved, color=True) == plan_text(plan, color=True)


# --- destructive and blocked first --------------------------------------------------------------------------------


def test_what_destroys_comes_before_what_does_not() -> None:
    """The one delete among many creates is not overlooked."""
    creates = [a_change(f"agents.a{number}@pbx", Action.CREATE) for number in range(100)]

    lines = text(*creates, a_change("agents.zoe@pbx", Action.DELETE)).splitlines()

    delete = next(number for number, line in enumerate(lines) if "agents.zoe@pbx" in line)
    assert delete < next(number for number, line in enumerate(lines) if "agents.a0@pbx" in line)


def test_a_persons_delete_is_destructive_too() -> None:
    """An entity that a person must delete is as gone as one that the tool deletes."""
    shown_plan = text(a_change("agents.zoe@pbx", Action.MANUAL, intent=Action.DELETE))

    assert "Look twice: deletes\n" in shown_plan
    assert "delete by hand" in shown_plan


def test_an_emptied_list_is_said_first() -> None:
    """Where hundreds of rosters lose somebody, those that are left with nobody are not cut off."""
    losing = [
        a_change(
            f"queues.q{number:03}@pbx",
            Action.UPDATE,
            a_field("agents", ["agents.a@pbx", "agents.b@pbx"], ["agents.a@pbx"]),
        )
        for number in range(100)
    ]
    emptied = a_change("queues.zzz@pbx", Action.UPDATE, a_field("agents", ["agents.a@pbx"], []))

    lines = text(*losing, emptied).splitlines()

    assert lines[1] == "  `zzz` is left without agents: it loses its only one (`a`)"
    assert "  91 more lose some" in lines


def test_who_is_adopted_with_a_list_neither_comes_nor_goes() -> None:
    """A list that is there names its members by id; the plan that adopts them knows who they are, and who is not."""
    there = [{"agent": {"id": "7"}, "delay": 0}, {"agent": {"id": "8"}, "delay": 0}]
    wanted = [{"agent": "agents.jane@pbx", "delay": 5}]
    shown_plan = text(
        a_change("agents.jane@pbx", Action.ADOPT, id="7"),
        a_change("queues.q@pbx", Action.ADOPT, a_field("agents", there, wanted), id="7"),
    )

    assert "loses 1 of 2 agents" in shown_plan
    assert "takes out id 8" in shown_plan
    assert "adds" not in shown_plan
    assert "`jane`: delay 0 -> 5" in shown_plan


def test_days_that_a_list_loses_are_no_members() -> None:
    """Only a list of others has members to lose."""
    shown_plan = text(a_change("alerts.a@pbx", Action.UPDATE, a_field("days", ["mon", "tue"], ["mon"])))

    assert "loses" not in shown_plan
    assert '- "tue"' in shown_plan


# --- ways out -----------------------------------------------------------------------------------------------------


def test_excludes_of_a_whole_kind_are_one_pattern() -> None:
    """An unreadable kind of thousands gives a command that can be typed."""
    unknown = [a_change(f"agents.a{number}@pbx", Action.UNKNOWN) for number in range(1000)]

    shown_plan = text(*unknown, a_change("queues.q@pbx", Action.CONFLICT))

    assert "\n    --exclude 'agents.*@pbx' --exclude queues.q@pbx\n" in shown_plan


@pytest.mark.parametrize(
    ("elsewhere", "shown_excludes"),
    [
        ((), "'*@inbox'"),
        ((("queues.q@inbox", Action.UNKNOWN, "other"),), "'*@inbox'"),
        ((("agents.z@pbx", Action.CREATE, ""),), "'*@inbox'"),
        ((("queues.q@inbox", Action.CREATE, ""),), "'agents.*@inbox'"),
        ((("queues.q@inbox", Action.CONFLICT, ""),), "'agents.*@inbox' --exclude queues.q@inbox"),
        (
            (("agents.z@inbox", Action.CREATE, ""),),
            "agents.a0@inbox --exclude agents.a1@inbox --exclude agents.a2@inbox",
        ),
        (
            (("agents.z@inbox", Action.UNKNOWN, "other"), ("queues.q@inbox", Action.CREATE, "")),
            "agents.a0@inbox --exclude agents.a1@inbox --exclude agents.a2@inbox --exclude agents.z@inbox",
        ),
    ],
)
def test_excludes_are_as_short_as_they_can_be(
    elsewhere: Sequence[tuple[str, Action, str]], shown_excludes: str
) -> None:
    """A connection or a kind on it where nothing else of it is in the plan, and a kind only where all failed alike."""
    unread = [(f"agents.a{number}@inbox", Action.UNKNOWN, "the listing failed") for number in range(3)]

    shown_plan = text(*(a_change(where, action, why={"why": why}) for where, action, why in [*unread, *elsewhere]))

    assert f"\n    --exclude {shown_excludes}\n" in shown_plan


@pytest.mark.parametrize(
    ("trip", "typed"),
    [
        (Trip("deletes", "m", "h", "pbx", "agents", ("agents.a@pbx",)), "--allow 'deletes=agents.*@pbx'"),
        (Trip("updates", "m", "h", "pbx", None, ("agents.a@pbx",)), "--allow 'updates=*@pbx'"),
        (Trip("deletes", "m", "h", None, None, ("agents.a@pbx",)), "--allow deletes"),
        (Trip("tenant", "m", "h"), "--allow tenant"),
        (Trip("account", "m", "h", "pbx", None, ("agents.a@pbx",)), "--allow account=pbx"),
        (Trip("busy", "m", "h", "pbx", "queues", ("queues.a@pbx",)), "--allow busy=queues.a@pbx"),
        (
            Trip("prevent_destroy", "m", "h", "pbx", "agents", ("agents.a@pbx", "agents.b@pbx")),
            "--allow prevent_destroy=agents.a@pbx --allow prevent_destroy=agents.b@pbx",
        ),
    ],
)
def test_a_guard_says_what_to_type(trip: Trip, typed: str) -> None:
    """The narrowest allowance that lifts it, quoted for a shell."""
    assert f"\n    {typed}\n" in text(guards=(trip,))


def test_no_allowance_is_offered_where_none_helps() -> None:
    """A connection that is declared no more is not helped by an allowance."""
    shown_plan = text(guards=(Trip("account", "m", "declare it again", "old", None, ("agents.a@old",)),))

    assert "--allow" not in shown_plan
    assert "hint: declare it again" in shown_plan


def test_a_lifted_guard_does_not_stand_in_the_way() -> None:
    """What was allowed is shown as allowed, with what the guard saw."""
    shown_plan = text(a_change(), guards=(Trip("deletes", "5 agents", "h", allowed=True),), allowed=("deletes",))

    assert "In the way" not in shown_plan
    assert "guard deletes, lifted: 5 agents" in shown_plan
    assert shown_plan.endswith("Apply it: provisioner apply --allow deletes")


# --- no more than is known ----------------------------------------------------------------------------------------


def test_no_changes_is_said_plainly() -> None:
    """Who has nothing to do reads it in the first words."""
    assert text(none=2).startswith("No changes for `acme`: 2 unchanged\n  The vendors show what is declared")


def test_no_changes_is_not_claimed_of_what_cannot_be_read() -> None:
    """A kind that the vendor does not show is as it was sent, as far as anybody knows."""
    shown_plan = text(none=2, diagnostics=(a_notice("alerts on `pbx` cannot be read", code="drift_unseen"),))

    assert "The vendors show" not in shown_plan
    assert "compared with what was last sent" in shown_plan
    assert "alerts on `pbx` cannot be read" in shown_plan


def test_entities_that_were_not_counted_are_not_called_none() -> None:
    """Nothing is said of unmanaged entities where nobody looked; zero of them is nothing to say either."""
    assert "not managed" not in text(a_change(), unmanaged=None)
    assert "7 not managed" in text(a_change(), unmanaged=7)


# --- the last line ------------------------------------------------------------------------------------------------


def test_a_saved_plan_names_its_file() -> None:
    """Exactly what was reviewed is applied."""
    shown_plan = plan_text(a_plan(a_change()), color=False, file="the plan.json")

    assert shown_plan.endswith("Apply exactly this: provisioner apply 'the plan.json'")


def test_who_is_asked_next_needs_no_command() -> None:
    """``apply`` shows the same plan and asks; a refused plan says so all the same."""
    assert "provisioner apply" not in plan_text(a_plan(a_change()), color=False, asked=True)
    assert "Apply would refuse" in plan_text(factories.a_refused_plan(), color=False, asked=True)


def test_a_plan_of_a_persons_work_has_nothing_to_apply() -> None:
    """Nobody waits for a tool that will not do it."""
    shown_plan = text(a_change("agents.zoe@pbx", Action.MANUAL, intent=Action.CREATE))

    assert shown_plan.endswith("Nothing for apply to do: what is left is for a person")


# --- values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, "(empty)"),
        (True, "true"),
        (15, "15"),
        ("0100", '"0100"'),
        ("José", '"José"'),
        ("two\nlines", '"two\\nlines"'),
        (secret(2), "(secret, version 2)"),
        ({"id": "17"}, "id 17"),
        (["mon", {"agent": "agents.a@pbx"}], '["mon", {agent: "agents.a@pbx"}]'),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_values_read_like_this(value: object, read: str) -> None:
    """Text in quotes, so that a number and a number in quotes are told apart."""
    assert shown(value) == read  # type: ignore[arg-type]  # a table's column


def test_a_long_list_says_how_many_it_leaves_out() -> None:
    """A value is bounded, and says so."""
    found = shown([f"agents.a{number}@pbx" for number in range(1000)])

    assert len(found) < 300
    assert re.search(r", \.\.\. \(9\d\d more\)]$", found)


@pytest.mark.parametrize(("sides", "row"), [
    ((secret(1), secret(2)), "pin: (secret, version 1) -> (secret, version 2)  (sent)"),
    ((secret(1), secret(1)), "pin: (secret, version 1)  (sent again)"),
    (("hunter2", "hunter3"), "pin: (secret) -> (secret)  (sent)"),
])  # fmt: skip
def test_a_secret_shows_its_version_at_most(sides: tuple[object, object], row: str) -> None:
    """Even where something else than a version came here, it is not shown."""
    item = a_field("pin", *sides, secret=True)  # type: ignore[arg-type]  # a table's column

    assert list(field_lines([item], Paper(color=False), 0)) == [row]


def test_rows_stand_in_columns() -> None:
    """Values are easy to compare down the page."""
    rows = list(field_lines([a_field("a", 1, 2), a_field("wrap_up_time", 10, None)], Paper(color=False), 2))

    assert rows == ["  a:            1 -> 2", "  wrap_up_time: 10 -> (cleared)"]


# --- hostile text, narrow terminals -------------------------------------------------------------------------------


@settings(deadline=None)  # as above
@given(plans)
def test_nobody_elses_text_steers_the_terminal(plan: Plan) -> None:
    """No escape sequence, no line of somebody's own, no reordering comes through."""
    assert HARMFUL.search(plan_text(plan, color=False)) is None


def test_hostile_text_makes_no_line_of_its_own() -> None:
    """A name that pretends to be a summary stays inside its place, and is cut."""
    lines = golden.GOLDEN["plan-hostile"]().splitlines()

    assert not any(line.strip() == "Apply complete: 1 created" for line in lines)
    assert sum(map(len, lines)) < 20_000


@pytest.mark.parametrize("name", [name for name in PLANS if name != "hostile"])
def test_a_plan_is_ascii_where_its_content_is(name: str) -> None:
    """A log viewer that knows no Unicode shows the tool's own words."""
    assert plan_text(PLANS[name], color=True).isascii()


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("name", PLANS)
def test_lines_fit(name: str, width: int) -> None:
    """Only commands to copy, and single words, are longer than the terminal is wide."""
    lines = plan_text(PLANS[name], color=False, width=width).splitlines()

    too_long = [line for line in lines if len(line) > width and " " in line.strip() and "--" not in line]

    assert [line for line in too_long if "`" not in line] == []


@pytest.mark.parametrize("name", PLANS)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    """With the inks taken out the text is the same, so nothing is said by colour alone."""
    assert INKS.sub("", plan_text(PLANS[name], color=True)) == plan_text(PLANS[name], color=False)


def test_cut_text_says_how_much_is_missing() -> None:
    """Nobody takes the beginning for the whole."""
    assert plain("x" * 700).endswith("... (100 more characters)")
    assert plain("two\r\nlines") == "two lines"
    assert plain("x" * LONGEST_WORD) == "x" * LONGEST_WORD


def test_many_parking_steps_name_their_own_takers() -> None:
    """Who waits for which step is read off the step."""
    park = a_change("agents.a@pbx", Action.UPDATE, step=Step.PARK)
    taker = a_change("agents.b@pbx", Action.UPDATE, needs=(park.key,))
    itself = a_change("agents.a@pbx", Action.UPDATE, needs=(park.key, "agents.b@pbx"))

    assert "so that `agents.b@pbx` can go first" in text(park, taker, itself)


def test_showing_a_plan_loads_no_vendor() -> None:
    """``show`` is quick: it needs the plan alone, and neither models nor a network."""
    program = "import sys, provisioner.report.text; print('pydantic' in sys.modules, 'httpx' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["False", "False"]


def test_many_unknowns_of_one_reason_are_told_once() -> None:
    """A refused key is one problem, however many resources it hides."""
    why = {"evidence": "the key is refused"}
    changes = [a_change(f"agents.a{number}@pbx", Action.UNKNOWN, why=why) for number in range(12)]

    text = plan_text(a_plan(*changes), color=False)

    assert text.count("the key is refused") == 1
    assert "12 resources: agents.a0@pbx" in text
    assert "and 2 more" in text


def test_what_destroys_stands_first_in_every_form() -> None:
    """Text, comment and page have one order: by connection and kind, deletes before replaces before undeletes."""
    undelete = a_change("agents.ann@pbx", Action.UNDELETE, id="1")
    replaced = a_change("agents.bob@pbx", Action.REPLACE, id="2")
    deleted = a_change("agents.zoe@pbx", Action.DELETE, id="3")
    by_hand = a_change("agents.abe@pbx", Action.MANUAL, intent=Action.DELETE)
    elsewhere = a_change("queues.q@inbox", Action.UNDELETE, id="4")
    plan = a_plan(undelete, replaced, deleted, by_hand, elsewhere)

    for form in (plan_text(plan, color=False), plan_markdown(plan), lines_of(plan_html(plan))):
        below = form.partition("Look twice")[2]
        found = re.findall(r"(?:queues|agents)\.\w+@\w+", below)
        assert list(dict.fromkeys(found)) == [
            "queues.q@inbox",
            "agents.zoe@pbx",
            "agents.abe@pbx",
            "agents.bob@pbx",
            "agents.ann@pbx",
        ]
