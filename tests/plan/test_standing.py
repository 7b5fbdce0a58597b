"""A saved plan is held against manifests and state before it is applied: every plan that was made from them stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.address import Address
from provisioner.plan.document import Action, Change, Plan, Step, Trip
from provisioner.plan.make import Options
from provisioner.plan.standing import held_back, misfits
from provisioner.state.document import Document
from provisioner.values import VendorId
from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_secret,
    a_world,
    an_entity,
    an_instance,
    an_intent,
)
from tests.plan.cases import Case
from tests.plan.test_properties import Made, worlds
from tests.plan.test_table import TABLE

OPTIONS = st.sampled_from([Options(), Options(destroy=True), Options(allow=("deletes",)), Options(no_refresh=True)])


@settings(max_examples=300, deadline=None)
@given(worlds, OPTIONS)
def test_a_plan_made_from_them_stands(made: Made, options: Options) -> None:
    """Nothing in it misfits, and the guards that hold it back are those that did when it was made."""
    document = made.shop.document()
    plan = made.plan(options=options)

    assert list(misfits(plan, made.desired, document)) == []
    ours = tuple(trip for trip in plan.tripped if trip.name != "account")  # for that one, a vendor was asked
    assert held_back(plan, made.desired, document, fresh_state=False) == ours


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_every_row_of_the_table_stands(case: Case) -> None:
    """What the planner decides is never held against it later."""
    assert list(misfits(case.plan(), case.desired, case.prior)) == []


DESIRED = a_desired(
    an_instance("people.ann", number="1002"),
    an_instance("people.bob", number="1001"),
    an_instance("people.cyd", number="1003", note="new", pin=a_secret()),
    an_instance("people.new", number="1009"),
)
PRIOR = a_document(
    a_bound("people.ann", "1", number="1001"),
    a_bound("people.bob", "2", number="1002"),
    a_bound("people.cyd", "3", number="1003", note="old"),
    a_bound("people.gone", "4", number="1004"),
)
WORLD = a_world(
    people=[
        an_entity(id="1", number="1001"),
        an_entity(id="2", number="1002"),
        an_entity(id="3", number="1003", note="old"),
        an_entity(id="4", number="1004"),
    ]
)
PLAN = a_plan(DESIRED, PRIOR, WORLD)


def forged(key: str, document: Document = PRIOR, **members: object) -> list[str]:
    """What is said of the plan once members of one of its changes are others."""
    changes = tuple(replace(one, **members) if one.key == key else one for one in PLAN.changes)  # type: ignore[arg-type]
    assert changes != PLAN.changes
    return list(misfits(replace(PLAN, changes=changes), DESIRED, document))


def of(key: str) -> Change:
    return next(one for one in PLAN.changes if one.key == key)


PARK = next(one for one in PLAN.changes if one.step is Step.PARK)
RED = {"color": "red"}
CYD, GONE, NEW = "people.cyd@pbx", "people.gone@pbx", "people.new@pbx"


@pytest.mark.parametrize(
    ("key", "members", "said"),
    [
        (CYD, {"after": {"number": "1003", "note": "other"}}, "sets `note` to something else than is declared"),
        (CYD, {"after": {"number": "1003", "color": "red"}}, "sets `color` to something else than is declared"),
        (CYD, {"after": {"number": "1003", "color": None}}, "sets `color` to something else than is declared"),
        (CYD, {"action": Action.DELETE, "after": None}, "deletes what is declared"),
        (CYD, {"id": VendorId("4")}, "is about id 4, which is not bound there"),
        (CYD, {"id": None}, "does not say whom it is about"),
        (GONE, {"action": Action.UPDATE, "after": {"number": "1004"}}, "is declared by nobody"),
        (GONE, {"id": VendorId("77")}, "is about id 77, which is not bound there"),
        (NEW, {"vendor": "other"}, "is of another vendor than its connection"),
        (NEW, {"undeletes": True}, "does not say whom it is about"),
        (NEW, {"before": RED, "after": {"number": "1009"} | RED}, "sets `color` to something else than is declared"),
        (PARK.key, {"fields": of(CYD).fields}, "parks what needs no parking"),
    ],
)
def test_what_neither_asks_for_is_told(key: str, members: dict[str, object], said: str) -> None:
    """Of whatever was put into a change."""
    assert forged(key, **members) == [f"`{key}` {said}"]


def test_what_is_open_is_not_held_against_a_plan() -> None:
    """Where a request has had no answer, the binding is only known once the vendor was asked."""
    assert forged(GONE, replace(PRIOR, pending={1: an_intent(GONE)}), id=VendorId("77")) == []


def test_a_plan_of_nothing_stands() -> None:
    """Nor does it need a state."""
    assert list(misfits(Plan("acme", ()), DESIRED, a_document())) == []


def test_what_guard_account_spoke_of_is_not_counted_again() -> None:
    """Three that vanished are held as too many; not where the plan says that the whole account was looked into."""
    vanished = tuple(
        replace(of(NEW), address=Address("people", f"n{number}", "pbx"), lost=VendorId("7")) for number in range(3)
    )
    plan = replace(PLAN, changes=vanished)
    looked_into = replace(plan, guards=(Trip("account", "nothing is left on `pbx`", "", connection="pbx"),))

    assert [trip.name for trip in held_back(plan, DESIRED, PRIOR, fresh_state=False)] == ["undeletes"]
    assert held_back(looked_into, DESIRED, PRIOR, fresh_state=False) == ()
