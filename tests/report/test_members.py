"""Lists of members whose members are adopted in the same plan: who comes, who goes, and what changes of them."""

from __future__ import annotations

import pytest

from provisioner.plan.document import Action, FieldChange, Plan
from provisioner.report.run import run_text
from provisioner.report.text import plan_text
from provisioner.values import Value
from tests.report.factories import a_change, a_field, a_plan, everything_done

THERE: list[Value] = [{"agent": {"id": "1"}, "receive_call": True}, {"agent": {"id": "2"}, "receive_call": True}]
WANTED: list[Value] = [
    {"agent": "agents.ann@pbx", "receive_call": True},
    {"agent": "agents.bob@pbx", "receive_call": False},
]


def taking_over(item: FieldChange) -> Plan:
    """Ann, Bob and Eve are adopted, and the queue that has a list of some of them."""
    return a_plan(
        *(a_change(f"agents.{key}@pbx", Action.ADOPT, id=vendor_id) for key, vendor_id in PEOPLE.items()),
        a_change("queues.q@pbx", Action.ADOPT, item, id="1"),
    )


PEOPLE = {"ann": "1", "bob": "2", "eve": "5"}


@pytest.mark.parametrize("form", ["exclusive", "added"])
@pytest.mark.parametrize("told", ["plan", "run"])
def test_who_is_adopted_stays_in_a_list(form: str, told: str) -> None:
    """Of an adopted list only what changes of a member is said, whatever its form, before the apply and after it."""
    sides: tuple[Value, Value] = (THERE, WANTED) if form == "exclusive" else ({"add": THERE}, {"add": WANTED})
    plan = taking_over(a_field("agents", *sides, manual=told == "run"))

    shown = plan_text(plan, color=False) if told == "plan" else run_text(plan, everything_done(plan), color=False)

    assert "`bob`: receive_call true -> false" in shown
    assert not any(word in shown for word in ("adds", "takes out", "loses"))


@pytest.mark.parametrize("left", [[], ["agents.ann@pbx"]])
def test_who_is_adopted_and_leaves_a_list_goes_by_name(left: list[Value]) -> None:
    """An id says nothing to who knows the people, even where nobody is left in the list."""
    shown = plan_text(taking_over(a_field("agents", [{"id": "1"}, {"id": "5"}], left)), color=False)

    assert "takes out `ann`, `eve`" in shown if not left else "takes out `eve`" in shown


def test_an_id_of_another_kind_is_somebody_else() -> None:
    """Ids count within their kind: team 1 is not agent 1."""
    plan = taking_over(a_field("teams", [{"id": "1"}], ["teams.first@pbx"]))

    assert "takes out id 1" in plan_text(plan, color=False)


def test_newcomers_come_with_what_is_declared_of_them() -> None:
    """A newcomer who is to get no calls is seen to get none."""
    item = a_field("agents", ["agents.ann@pbx"], ["agents.ann@pbx", {"agent": "agents.dan@pbx", "receive_call": False}])

    shown = plan_text(a_plan(a_change("queues.q@pbx", Action.UPDATE, item)), color=False)

    assert "agents: adds `dan` (receive_call false) (1 -> 2)" in shown
