"""A plan as a value and as JSON: what is counted, what refuses it, and what survives a file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from provisioner.diagnostics import Diagnostic, Position
from provisioner.errors import PlanRefused
from provisioner.plan.document import Action, Plan, Record, Trip, sorted_changes
from provisioner.plan.document_json import from_json, to_json
from provisioner.plan.make import Options, Stamp, make
from provisioner.values import digest
from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_secret,
    a_world,
    an_entity,
    an_instance,
    at,
    observed,
)


def a_full_plan() -> Plan:
    """One with a swap, a replace, an adopt, a delete, a conflict, a guard and a notice."""
    desired = a_desired(
        an_instance("people.ann", number="1002", pin=a_secret()),
        an_instance("people.bob", number="1001"),
        an_instance("people.new", number="1003", note=None),
        an_instance("people.red", number="1004", color="red"),
        an_instance("people.odd", number="1005"),
        an_instance("alarms.busy", person="people.red@pbx"),
    )
    prior = a_document(
        a_bound("people.ann", "1", number="1001", note="x"),
        a_bound("people.bob", "2", number="1002"),
        a_bound("people.red", "4", number="1004"),
        a_bound("people.gone", "9", number="1009", _prevent_destroy=True),
    )
    world = a_world(
        people=[
            an_entity(id="1", number="1001"),
            an_entity(id="2", number="1002"),
            an_entity(id="3", number="1003", note="old"),
            an_entity(id="4", number="1004", color="blue"),
            an_entity(id="5", number="1005"),
            an_entity(id="6", number="1005"),
            an_entity(id="9", number="1009"),
        ]
    )
    seen = observed(desired, prior, world)
    return make(seen.scope, seen.live, Options(allow=("deletes",)), Stamp("2026-01-01T00:00:00Z", "1.0"))


def test_a_plan_survives_a_file() -> None:
    """What is read back is the same plan, to the byte."""
    plan = replace(
        a_full_plan(),
        diagnostics=(
            Diagnostic("one", "m", Position("a.yaml", 1, 2), expected="e", hint="h"),
            Diagnostic("two", "m", address="people.ann@pbx"),
        ),
        reset_accounts=("pbx",),
    )

    back = from_json(json.loads(json.dumps(to_json(plan))))

    assert to_json(back) == to_json(plan)
    assert back.changes == plan.changes
    assert (back.created_at, back.tool_version) == ("2026-01-01T00:00:00Z", "1.0")


def test_addresses_are_counted_not_steps() -> None:
    """A replace is one, and parking is none."""
    plan = a_full_plan()

    assert len(plan.changes) > 7
    assert {name: count for name, count in plan.summary.items() if count} == {
        "create": 1,
        "adopt": 1,
        "update": 2,
        "replace": 1,
        "delete": 1,
        "conflict": 1,
        "unmanaged": 2,
    }


def test_a_changed_byte_is_seen() -> None:
    """Whoever edits a saved plan must plan again."""
    data = to_json(a_full_plan())
    data["changes"][0]["address"] = "people.eve@pbx"

    with pytest.raises(PlanRefused, match="was changed after it was written"):
        from_json(data)


@pytest.mark.parametrize("data", [None, [], {}, "plan", {"digest": "x"}])
def test_what_is_no_plan_is_refused(data: object) -> None:
    """With a word on how to write one."""
    with pytest.raises(PlanRefused, match="this is not a plan"):
        from_json(data)


def test_another_format_is_refused() -> None:
    """A newer tool's plan is not guessed at."""
    with pytest.raises(PlanRefused, match="format version '2'"):
        from_json({"format_version": "2"})


def test_a_plan_of_another_shape_is_refused() -> None:
    """Its digest may be right and its members missing."""
    data = {"format_version": "1", "tenant": "acme"}

    with pytest.raises(PlanRefused, match="not a plan of this tool"):
        from_json(data | {"digest": digest(data)})


def test_what_refuses_a_plan() -> None:
    """A guard that nobody lifted, a conflict or unknown, a problem in a declaration."""
    empty = Plan("acme", ())
    trip = Trip("deletes", "m", "h")

    assert not empty.refused
    assert replace(empty, guards=(trip,)).refused
    assert not replace(empty, guards=(replace(trip, allowed=True),)).refused
    assert replace(empty, diagnostics=(Diagnostic("c", "m"),)).refused
    assert a_full_plan().blocked[0].action is Action.CONFLICT


def test_what_counts_as_something_to_do() -> None:
    """Work for a person does not, a new account behind a connection does."""
    manual = a_plan(a_desired(an_instance("zones.one")))

    assert not manual.has_changes
    assert manual.open_manual == 1
    assert replace(manual, reset_accounts=("pbx",)).has_changes
    assert a_full_plan().has_changes


def test_changes_before_they_are_ordered_are_in_the_order_of_keys() -> None:
    """Reports that list them use it."""
    changes = a_full_plan().changes

    assert [change.key for change in sorted_changes(changes)] == sorted(change.key for change in changes)


def test_a_record_names_its_address() -> None:
    """Apply finds the binding by it."""
    assert Record(at("people.jane")).address.key == "jane"
