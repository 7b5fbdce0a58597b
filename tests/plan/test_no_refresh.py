"""Plans without a look (``--no-refresh``): what is there is taken for what was last applied."""

from __future__ import annotations

import pytest

from provisioner.plan.desired import Desired
from provisioner.plan.document import Plan
from provisioner.plan.options import Options
from provisioner.state.document import Document
from tests.factories import (
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_secret,
    a_tombstone,
    an_instance,
    an_intent,
    an_unknown,
    the_change,
)
from tests.plan.cases import Case, Said, steps_of

BLIND = Options(no_refresh=True)


def a_blind_plan(desired: Desired, prior: Document, options: Options = BLIND) -> Plan:
    """The plan, from a world that fails whoever asks it."""
    world = World()
    plan = a_plan(desired, prior, world, options)
    assert world.asked == []
    return plan


TABLE = (
    Case("as last applied", a_desired(an_instance()), a_document(a_bound()), none=1),
    Case(
        "a field changed",
        a_desired(an_instance(note="y")),
        a_document(a_bound(note="x")),
        expected={"people.jane": Said("update", "7", ("not_refreshed", "differs"), ("note",))},
    ),
    Case(
        "a field that was not declared before",
        a_desired(an_instance(note="y")),
        a_document(a_bound()),
        expected={"people.jane": Said("update", "7", ("not_refreshed", "differs"), ("note",))},
    ),
    Case(
        "a value that the vendor altered when it was sent",
        a_desired(an_instance(note="Hello ")),
        a_document(a_bound(note="Hello ", _learned={"note": ("Hello ", "Hello")})),
        none=1,
    ),
    Case(
        "a secret of another version",
        a_desired(an_instance(pin=a_secret(2))),
        a_document(a_bound(_secrets={"pin": 1})),
        expected={"people.jane": Said("update", "7", ("not_refreshed", "secret"), ("pin",))},
    ),
    Case(
        "a reference to the same",
        a_desired(an_instance(team="teams.one@pbx"), an_instance("teams.one")),
        a_document(a_bound(team="teams.one@pbx", _references={"team": "3"}), a_bound("teams.one", "3")),
        none=2,
    ),
    Case(
        "new",
        a_desired(an_instance(), an_instance("teams.one"), an_instance("lines.front")),
        expected={
            "people.jane": Said("create", None, ("not_refreshed", "new"), ("number",)),
            "teams.one": Said("create", None, ("not_refreshed", "new"), ("name",)),
            "lines.front": Said("create", None, ("not_refreshed", "new"), ("extension",)),
        },
    ),
    Case(
        "new, and a record of it was deleted",
        a_desired(an_instance()),
        a_document(a_tombstone()),
        expected={"people.jane": Said("unknown", "7", ("not_refreshed",))},
    ),
    Case(
        "new, and an id is named that nobody has read",
        a_desired(an_instance(), imports={"people.jane": "17"}),
        expected={"people.jane": Said("unknown", "17", ("evidence", "not_refreshed"))},
    ),
    Case(
        "no longer declared",
        a_desired(),
        a_document(a_bound()),
        expected={"people.jane": Said("unknown", "7", ("not_refreshed",))},
    ),
    Case(
        "no longer declared, and to be kept",
        a_desired(removed=[("people.jane", False)]),
        a_document(a_bound()),
        expected={"people.jane": Said("forget", "7", ("not_refreshed", "removed"))},
    ),
    Case(
        "something that cannot be changed",
        a_desired(an_instance(color="blue")),
        a_document(a_bound(color="red")),
        expected={"people.jane": Said("unknown", "7", ("not_refreshed",))},
    ),
    Case(
        "another address",
        a_desired(an_instance("people.janet"), moved=[("people.jane", "people.janet")]),
        a_document(a_bound()),
        expected={"people.janet": Said("adopt", "7", ("not_refreshed", "moved"), moved_from="people.jane@pbx")},
    ),
    Case(
        "another address, without a block",
        a_desired(an_instance("people.janet")),
        a_document(a_bound()),
        expected={"people.janet": Said("adopt", "7", ("not_refreshed", "moved"), moved_from="people.jane@pbx")},
    ),
    Case(
        "a number that goes from hand to hand",
        a_desired(an_instance(number="1002"), an_instance("people.bob", number="1003")),
        a_document(a_bound(), a_bound("people.bob", "8", number="1002")),
        expected={
            "people.bob": Said("update", "8", ("not_refreshed", "differs"), ("number",)),
            "people.jane": Said("update", "7", ("not_refreshed", "differs"), ("number",)),
        },
    ),
    Case(
        "a number whose holder leaves",
        a_desired(an_instance(number="1002")),
        a_document(a_bound(), a_bound("people.bob", "8", number="1002")),
        expected={
            "people.bob": Said("unknown", "8", ("not_refreshed",)),
            "people.jane": Said("update", "7", ("not_refreshed", "differs"), ("number",)),
        },
    ),
    Case(
        "a kind that cannot be read",
        a_desired(an_instance("alarms.busy", level=3), an_instance("alarms.late", name="late")),
        a_document(a_bound("alarms.busy", "4", level=2)),
        expected={
            "alarms.busy": Said("update", "4", ("not_refreshed", "differs"), ("level",)),
            "alarms.late": Said("create", None, ("not_refreshed", "new"), ("name", "person")),
        },
    ),
    Case(
        "a create without an answer",
        a_desired(an_instance(), an_instance("alarms.busy")),
        a_document(an_intent(), an_intent("alarms.busy", id=2)),
        expected={
            "people.jane": Said("unknown", None, ("not_refreshed",)),
            "alarms.busy": Said("unknown", None, ("not_refreshed",)),
        },
    ),
    Case(
        "an update without an answer",
        a_desired(an_instance()),
        a_document(a_bound(), an_intent(verb="update", vendor_id="7")),
        expected={"people.jane": Said("unknown", "7", ("not_refreshed",))},
    ),
    Case(
        "a create whose end nobody can tell",
        a_desired(),
        a_document(an_unknown()),
        expected={"alarms.busy": Said("unknown", None, ("evidence", "not_refreshed"))},
    ),
)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_what_is_decided_unseen(case: Case) -> None:
    """Exactly these steps; every one says that nobody was asked."""
    plan = a_blind_plan(case.desired, case.prior)

    assert steps_of(plan) == case.expected
    assert plan.none == case.none


def test_the_plan_says_that_it_did_not_look() -> None:
    """To programs, to people, and by not counting what is not managed."""
    plan = a_blind_plan(a_desired(an_instance()), a_document())

    assert plan.no_refresh
    assert plan.unmanaged is None
    assert [item.code for item in plan.diagnostics] == ["not_refreshed"]


def test_before_is_what_the_last_apply_left_there() -> None:
    """What the vendor made of a value included: apply holds it against what it finds, or all of it would be stale."""
    prior = a_document(a_bound(note="Hello ", color="red", _learned={"note": ("Hello ", "Hello")}))

    plan = a_blind_plan(a_desired(an_instance(note="Hello ", email="ann@acme.example")), prior)

    assert the_change(plan).before == {"number": "1001", "note": "Hello"}


def test_nothing_waits_for_what_nobody_decided() -> None:
    """A holder whose end is unknown gives nothing up in this plan."""
    prior = a_document(a_bound(), a_bound("people.bob", "8", number="1002"))

    plan = a_blind_plan(a_desired(an_instance(number="1002")), prior)

    assert the_change(plan).needs == ()
    assert plan.refused


def test_what_is_left_out_is_not_unknown() -> None:
    """Nor is an open end of it."""
    prior = a_document(a_bound(), a_bound("people.bob", "8", number="1002"), an_intent("people.bob", "update"))

    plan = a_blind_plan(a_desired(an_instance(note="x")), prior, Options(no_refresh=True, excludes=("people.bob",)))

    assert {key: step.action for key, step in steps_of(plan).items()} == {"people.jane": "update"}
    assert not plan.refused
