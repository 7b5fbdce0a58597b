"""The comment of a pull request: it says what matters first, fits whatever the plan, and obeys nobody."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provisioner.diagnostics import Diagnostic, Position
from provisioner.plan.document import Action, Change, Plan, Trip
from provisioner.plan.document_json import from_json
from provisioner.report.changes import is_drastic
from provisioner.report.comment import LEAST, LONGEST
from provisioner.report.consequences import meaning
from provisioner.report.json import plan_json
from provisioner.report.markdown import marker, plan_markdown
from provisioner.report.markdown_words import prose, size
from provisioner.values import Value
from tests.report import factories, golden
from tests.report.factories import a_change, a_field, a_notice, a_plan
from tests.report.rendered import RENDERERS, rendered
from tests.report.strategies import HARMFUL, hostile, plans
from tests.report.test_markdown_words import LOOSE, OBEYED

UNDECLARED = {"undeclared": "no manifest declares it any more"}


@pytest.mark.parametrize("name", golden.COMMENTS)
def test_a_comment_reads_as_agreed(name: str) -> None:
    """The comments in ``golden/`` are what reviewers have read; ``python -m tests.report.golden`` writes them anew."""
    assert golden.COMMENTS[name]() + "\n" == golden.stored(name)


# --- first things first -------------------------------------------------------------------------------------------


def places(text: str, *parts: str) -> list[int]:
    """Where each part stands in the text, as it must."""
    return [text.index(part) for part in parts]


def test_the_order_is_that_of_consequences() -> None:
    """Title, meaning, what is in the way, what destroys, counts, the rest, notices, what was allowed, what to type."""
    plan = replace(factories.a_plan_of_everything(), diagnostics=factories.a_refused_plan().diagnostics)
    notice = a_notice("one thing more")

    text = plan_markdown(replace(plan, diagnostics=(*plan.diagnostics, notice)))

    first = prose(meaning(plan)[0])
    order = ["### Refused plan", first, "#### In the way", "#### Look twice", "In all:", "#### Changes"]
    order += ["#### Notices", "#### Allowed for this one plan", "Apply would refuse this plan"]
    assert places(text, *order) == sorted(places(text, *order))


def test_what_destroys_is_seen_without_a_click() -> None:
    """Addresses, names and reasons of what is deleted stand in no fold, and neither does what is in the way."""
    shown = re.sub(r"<details.*?</details>", "", plan_markdown(factories.a_refused_plan()), flags=re.DOTALL)

    assert "- **delete** `agents.sue@pbx` (`Sue Doe, 1009`, id `9`): no manifest declares it any more\n" in shown
    assert "- **conflict** `agents.jane@pbx`: " in shown
    assert "--exclude agents.jane@pbx --exclude alerts.backlog@pbx\n" in shown
    assert "--allow 'deletes=agents.*@pbx' --allow prevent_destroy=agents.sue@pbx\n" in shown
    assert "hint: declare `number`" in shown


def test_fields_stand_in_folds() -> None:
    """What a change does field by field is there for whoever wants to know."""
    text = plan_markdown(factories.a_plan_of_everything())

    folds = "".join(re.findall(r"<details.*?</details>", text, flags=re.DOTALL))
    assert '  - `email`: (empty) → `"bob@example.com"`\n' in folds
    assert '  - `number`: `"1001"` → `"1002"`\n' in folds
    assert "`email`" not in re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(("count", "fold"), [(5, "<details open>"), (6, "<details>")])
def test_a_few_changes_are_not_worth_a_click(count: int, fold: str) -> None:
    """The folds of a small plan are open."""
    text = plan_markdown(a_plan(*(a_change(f"agents.a{number}@pbx", Action.CREATE) for number in range(count))))

    assert re.findall("<details.*?>", text) == [fold]


def test_it_says_how_to_apply_exactly_this() -> None:
    """The command stands in a block, where hosts have a button to copy it."""
    text = plan_markdown(a_plan(a_change()), file="today.plan", tool="provisioner -C acme")

    assert text.endswith("Apply exactly this:\n\n```\nprovisioner -C acme apply today.plan\n```")


# --- never too long -----------------------------------------------------------------------------------------------


@st.composite
def crowds(draw: st.DrawFn) -> Plan:
    """A plan of some to hundreds of changes, each of another address, with longer and shorter reasons."""
    changes: list[Change] = []
    for group in range(draw(st.integers(1, 6))):
        action = draw(st.sampled_from([action for action in Action if action is not Action.NONE]))
        kind, place = draw(st.sampled_from(("agents", "queues"))), draw(st.sampled_from(("inbox", "pbx")))
        why, value = draw(st.one_of(hostile, st.just("short"))), draw(hostile)
        intent = draw(st.sampled_from((Action.CREATE, Action.DELETE))) if action is Action.MANUAL else None
        changes += (
            a_change(
                f"{kind}.k{group}-{number}@{place}",
                action,
                a_field("name", after=value),
                why={"code": f"{why}{number}"} if number % 2 else {"code": why},
                before={"name": value},
                intent=intent,
            )
            for number in range(draw(st.integers(1, 150)))
        )
    return replace(draw(plans), changes=tuple(changes), refresh_only=False)


limits = st.one_of(st.integers(LEAST, 12_000), st.just(LONGEST))
SLOW = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(st.one_of(crowds(), plans), limits)
def test_a_comment_is_never_too_long(plan: Plan, limit: int) -> None:
    """However many changes there are, and whatever they are called; as the strictest host counts."""
    assert size(plan_markdown(plan, limit=limit)) <= limit


@SLOW
@given(crowds(), limits)
def test_nothing_that_destroys_is_left_out_unsaid(plan: Plan, limit: int) -> None:
    """Each address stands in the comment, or the title counts those that do not."""
    text = plan_markdown(plan, limit=limit)

    said = re.match(r"### INCOMPLETE: (?:(\d+) destructive changes?)?", text.splitlines()[1])
    section = text.partition("#### Look twice")[2].partition("\nIn all:")[0]
    absent = [change for change in plan.changes if is_drastic(change) and f"`{change.address}`" not in section]
    assert len(absent) == (int(said[1] or 0) if said else 0)


def test_the_title_counts_what_is_missing() -> None:
    """Exactly, and the section says so by connection, kind and action."""
    plan = golden.too_long()

    text = plan_markdown(plan, limit=LEAST)

    assert text.splitlines()[1] == "### INCOMPLETE: 100 destructive changes are only in the attached plan"
    assert "\n- 100 agents on `pbx` to delete\n" in text
    assert "\n- **delete** `queues.q0@pbx` (id `0`): no manifest declares it any more\n" in text
    assert "\n100 destructive changes are only counted here; the attached plan has them all\n" in text


def test_one_that_is_missing_is_one() -> None:
    """The title is English."""
    endless = {"why": "word " * 119, "and": "more " * 119, "yet": "more " * 119, "still": "more " * 119}
    change = replace(a_change("agents.a@pbx", Action.CONFLICT, why=endless))
    error = Diagnostic("x", "word " * 119, expected="word " * 119, hint="word " * 119)

    text = plan_markdown(a_plan(change, diagnostics=(error,)), limit=LEAST)

    assert text.splitlines()[1] == "### INCOMPLETE: 1 thing in the way is only in the attached plan"


def a_crowd(deletes: int, creates: int) -> Plan:
    """Deletes with a reason and fields of undeletes, creates with fields, and notices with hints."""
    gone = [a_change(f"agents.gone{n:04}@pbx", Action.DELETE, why=UNDECLARED) for n in range(deletes)]
    back = [a_change(f"queues.back{n}@pbx", Action.UNDELETE, a_field("name", "A", "B" * 100)) for n in range(9)]
    new = [a_change(f"agents.new{n:04}@inbox", Action.CREATE, a_field("name", after="C" * 100)) for n in range(creates)]
    notices = [a_notice(f"notice {n}", hint="D" * 100) for n in range(9)]
    return a_plan(*gone, *back, *new, diagnostics=tuple(notices))


DROPPED = {
    "the fields of the others": '`name`: `"C',
    "their lines": "agents.new0000@inbox",
    "what to do about notices": "hint: `D",
    "the fields of what destroys": '`"B',
    "why something is deleted": "no manifest declares it",
    "whom": "agents.gone0000@pbx",
}
"""What a comment leaves out, in this order, and how it is seen."""


def test_what_destroys_is_dropped_last() -> None:
    """With less and less room, what is missing is always what the reader can spare the most."""
    plan, steps = a_crowd(40, 40), []
    for limit in range(20_000, LEAST, -50):
        text = plan_markdown(plan, limit=limit)
        left_out = [name for name, sign in DROPPED.items() if sign not in text]
        if left_out not in steps:
            steps.append(left_out)

    order = list(DROPPED)
    assert steps == [order[:count] for count in range(len(order) + 1) if count != 6]


def test_sentences_take_the_room_that_is_left_over() -> None:
    """A deleted queue is told among the first things while anything fits; what is no loss gives way."""
    gone = [a_change(f"queues.q{n}@pbx", Action.DELETE, before={"name": "Support"}) for n in range(2)]
    fields = [a_change(f"agents.a{n}@p{n:02}", Action.UPDATE, a_field(f"some-field-{n}", 1, 2)) for n in range(30)]
    few, many = a_plan(*gone, *fields[:6]), a_plan(*gone, *fields)

    short, long = (plan_markdown(plan, limit=LEAST) for plan in (few, many))

    assert "more of this is only in the attached plan" not in short
    assert short.count("\n- 1 agent on") == 6
    assert "\n- 2 queues on `pbx` are deleted: Support\n" in long
    assert re.search(r"\n\d+ more of this is only in the attached plan\n", long)
    assert size(long) <= LEAST


def test_each_drop_is_said() -> None:
    """What is only counted, and of what the details are missing, stands where it would have stood."""
    text = plan_markdown(a_crowd(40, 400), limit=6_000)

    assert "\n- 400 agents on `inbox` to create\n" in text
    assert "\n400 changes are only counted here; the attached plan has them all\n" in text
    assert re.search("\nthe details of [1-9] notices are only in the attached plan\n", text)


@pytest.mark.parametrize("limit", [LEAST - 1, 0, -1])
def test_a_limit_that_says_nothing_is_refused(limit: int) -> None:
    """Where not even what is left out could be said, there is no comment."""
    with pytest.raises(ValueError, match=str(limit)):
        plan_markdown(a_plan(), limit=limit)


@SLOW
@given(plans)
def test_with_room_enough_nothing_is_left_out(plan: Plan) -> None:
    """Every address, guard and diagnostic that the plan has is in the comment."""
    text = plan_markdown(plan)

    assert [str(change.address) for change in plan.changes if str(change.address) not in text] == []
    assert all(f"guard `{trip.name}`" in text or f"**guard** `{trip.name}`" in text for trip in plan.guards)
    assert "attached plan" not in text


# --- nobody is obeyed ---------------------------------------------------------------------------------------------


def a_plan_that_says(text: str) -> Plan:
    """A plan with that text wherever a manifest, a vendor or a file's name can put it."""
    values: list[Value] = ["mon", text]
    return a_plan(
        a_change(
            "agents.jane@pbx",
            Action.UPDATE,
            a_field("first_name", text, f"{text}!", default_from=text, manual=True),
            a_field("tags", values, ["mon", f"{text}!"]),
            a_field("map", {text: text}, {}),
            a_field("pin", text, f"{text}!", secret=True),
            a_field("agents", ["agents.a@pbx"], [{"agent": "agents.a@pbx", "note": text}, {"id": text}]),
            why={"found": text, "parked": f"`{text}` and {text}"},
            id=text,
            before={"name": text, "number": text},
            included_by=text,
        ),
        a_change("agents.gus@pbx", Action.DELETE, why={"gone": text}, id=text, before={"first_name": text}),
        a_change("agents.rob@pbx", Action.CONFLICT, why={"taken": text}, before={"first_name": text}),
        *(
            a_change(f"agents.hand{n}@pbx", Action.MANUAL, a_field("x", after=text), intent=Action.UPDATE, before={})
            for n in range(3)
        ),
        tenant=text,
        guards=(
            Trip("busy", text, text, "pbx", "agents", (text,)),
            Trip("deletes", text, text, "pbx", "agents", (text,), allowed=True),
        ),
        diagnostics=(
            a_notice(text, hint=text, expected=text, position=Position(text, 1, 1)),
            Diagnostic("x", text, Position(text, 1, 1), hint=text, expected=text),
        ),
        targets=(text,),
        allowed=(text,),
    )


SKELETON = rendered(plan_markdown(a_plan_that_says("word"), file="word", tool="provisioner -C word")).tags


@pytest.mark.parametrize("renderer", RENDERERS)
@settings(deadline=None)
@example("\n\n/close\n# x")
@example("`" * 81 + "<img src=x onerror=alert(1)>")
@example("|a|b|\n|-|-|\n|c|d|")
@example("</details></details>")
@given(hostile.filter(lambda text: text.strip()))
def test_no_text_adds_or_moves_a_tag(renderer: str, text: str) -> None:
    """The page has the tags of one that says a harmless word: no link, picture or box. Outside code are plain words."""
    said = plan_markdown(a_plan_that_says(text), file=text, tool=f"provisioner -C {text}")

    page = rendered(said, renderer)
    assert page.tags == SKELETON
    assert OBEYED.search(page.said) is None
    assert LOOSE.fullmatch(page.text.replace("\n", "")) is not None
    assert len(page.comments) == 1


@settings(deadline=None)
@given(hostile)
def test_every_line_begins_with_a_word_of_ours(text: str) -> None:
    """What GitLab takes for a command (``/close``) begins a line; so does whatever Markdown makes a block of."""
    said = plan_markdown(a_plan_that_says(text), file=text)

    ours = r"<!-- |#{3,4} [A-Z]|\*\*|[A-Z][a-z]+ ?| *- \S|</?details|```$|provisioner |--(allow|exclude) |$"
    assert [line for line in said.splitlines() if not re.match(ours, line)] == []


@SLOW
@given(crowds(), limits)
def test_a_comment_that_was_cut_is_whole(plan: Plan, limit: int) -> None:
    """Each tag that is opened is closed, and what was left out leaves no trick behind."""
    page = rendered(plan_markdown(plan, limit=limit))

    assert OBEYED.search(page.said) is None
    assert not {tag.split()[0] for tag in page.tags} & {"a", "img", "input", "table", "del", "em", "h1", "h2", "hr"}


def test_what_ill_will_wrote_cannot_hide() -> None:
    """Nothing in the comment steers, reorders or cannot be seen; it can be sent as UTF-8."""
    said = plan_markdown(golden.hostile_plan())

    assert HARMFUL.search(said) is None
    assert said.encode()


# --- the same each time -------------------------------------------------------------------------------------------


@SLOW
@given(plans)
def test_a_saved_plan_makes_the_same_comment(plan: Plan) -> None:
    """``show FILE`` says what ``plan --out FILE`` said, to the byte."""
    saved = from_json(json.loads(plan_json(plan)))

    assert plan_markdown(saved) == plan_markdown(plan)


def test_the_same_plan_makes_the_same_bytes_in_every_process() -> None:
    """However Python's sets and hashes fall out."""
    script = "from tests.report import golden; print(''.join(make() for make in golden.COMMENTS.values()))"
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


# --- the next run finds it ----------------------------------------------------------------------------------------


@given(st.one_of(st.text(), hostile), st.one_of(st.text(), hostile))
def test_each_tenant_has_a_marker_of_its_own(one: str, other: str) -> None:
    """A hidden first line, short and always the same for a tenant, and never that of another one."""
    line = marker(one)

    assert re.fullmatch(r"<!-- provisioner plan: [A-Za-z0-9_-]{0,80} -->", line)
    assert (marker(other) == line) == (one == other)
    assert plan_markdown(a_plan(tenant=one)).splitlines()[0] == line
