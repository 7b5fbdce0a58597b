"""What counts as drift: prior and live against each finding, whatever the manifests say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from provisioner.errors import UsageError
from provisioner.plan.document import Action, Plan
from provisioner.plan.document_json import from_json, to_json
from provisioner.plan.drift import compare
from provisioner.plan.drifted import Compared, Drift
from provisioner.plan.leaf import FieldChange
from provisioner.plan.make import make
from provisioner.plan.options import Options
from provisioner.state.document import Document
from tests.factories import (
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_tombstone,
    a_world,
    an_entity,
    an_instance,
    an_intent,
    an_unknown,
    at,
    observed,
)

LOOKING = Options(refresh_only=True)

ANN: dict[str, Any] = {"number": "1001", "first_name": "Ann", "last_name": "Lee", "email": "ann@acme.example"}


def compared(prior: Document, world: World, options: Options = LOOKING, **desired: Any) -> Compared:
    """What drifted of that record in that world."""
    seen = observed(a_desired(**desired), prior, world, options)
    return compare(seen.scope, seen.live)


def a_refresh(prior: Document, world: World, options: Options = LOOKING, **desired: Any) -> Plan:
    """The plan that only brings the record up to date."""
    seen = observed(a_desired(**desired), prior, world, options)
    return make(seen.scope, seen.live, options)


@dataclass(frozen=True)
class Case:
    """``drift`` says by address how it drifted and which fields; ``unknown`` part of the reason by address."""

    name: str
    prior: Document
    world: World = field(default_factory=World)
    drift: Mapping[str, tuple[str, Mapping[str, tuple[Any, Any]]]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    moving: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    unchanged: int = 0
    connections: Mapping[str, str] | None = None


def _named(line: str) -> tuple[Document, World]:
    """A line of somebody who is bound as ``people.jane``, and refers to the owner by that name or that id."""
    phone = a_bound("phones.desk", "700", owner="people.jane@pbx", _references={"owner": "7"})
    return a_document(phone, a_bound()), a_world(
        phones=[an_entity("phones", "700", owner={"id": line})], people=[an_entity()]
    )


TABLE = (
    Case("as last applied", a_document(a_bound(**ANN)), a_world(people=[an_entity(**ANN, note="theirs")]), unchanged=1),
    Case(
        "a field changed",
        a_document(a_bound(**ANN)),
        a_world(people=[an_entity(**ANN | {"last_name": "Roe"})]),
        {"people.jane": ("changed", {"last_name": ("Lee", "Roe")})},
    ),
    Case(
        "a field emptied",
        a_document(a_bound(**ANN, note="x")),
        a_world(people=[an_entity(**ANN, note=None)]),
        {"people.jane": ("changed", {"note": ("x", None)})},
    ),
    Case(
        "the natural key changed, the same person",
        a_document(a_bound(**ANN)),
        a_world(people=[an_entity(**ANN | {"number": "1009"})]),
        {"people.jane": ("changed", {"number": ("1001", "1009")})},
    ),
    Case(
        "the id names somebody else",
        a_document(a_bound(**ANN, note="x")),
        a_world(people=[an_entity(number="1009", first_name="Eve", last_name="Poe", email="eve@acme.example")]),
        {
            "people.jane": (
                "somebody_else",
                {
                    "email": ("ann@acme.example", "eve@acme.example"),
                    "first_name": ("Ann", "Eve"),
                    "last_name": ("Lee", "Poe"),
                    "number": ("1001", "1009"),
                },
            )
        },
    ),
    Case(
        "another key, where nobody can be told apart by person",
        a_document(a_bound("teams.one", "3")),
        a_world(teams=[an_entity("teams", "3", name="other")]),
        {"teams.one": ("changed", {"name": ("one", "other")})},
    ),
    Case(
        "deleted, a record is left",
        a_document(a_bound(**ANN)),
        a_world(people=[an_entity(**ANN, deleted=True)]),
        {"people.jane": ("deleted", {})},
    ),
    Case("gone", a_document(a_bound(**ANN)), drift={"people.jane": ("gone", {})}),
    Case(
        "being deleted",
        a_document(a_bound(**ANN)),
        a_world(people=[an_entity(**ANN, pending=True)]),
        {"people.jane": ("deleting", {})},
    ),
    Case(
        "could not be read",
        a_document(a_bound(**ANN)),
        a_world(failures={"people:7": "status 500"}),
        unknown={"people.jane": "status 500"},
    ),
    Case(
        "cannot be read at all",
        a_document(a_bound("alarms.busy", "4"), a_bound("alarms.late", "5", name="late")),
        unseen=("2 alarms on `pbx` cannot be read: not compared",),
    ),
    Case(
        "what changes by itself",
        a_document(a_bound(calls=1)),
        a_world(people=[an_entity(calls=9)]),
        moving={"people.jane": (1, 9)},
        unchanged=1,
    ),
    Case(
        "what is only used to find it",
        a_document(a_bound(hint="x")),
        a_world(people=[an_entity()]),
        unchanged=1,
    ),
    Case(
        "a cleared secret is not compared, whatever a vendor shows",
        a_document(a_bound("phones.desk", "700", secret=None)),
        a_world(phones=[an_entity("phones", "700", secret="hush")]),
        unchanged=1,
    ),
    Case(
        "what the vendor made of a value",
        a_document(a_bound(note="Hello ", _learned={"note": ("Hello ", "Hello")})),
        a_world(people=[an_entity(note="Hello")]),
        unchanged=1,
    ),
    Case(
        "what the vendor made of a value has moved on",
        a_document(a_bound(note="Hello ", _learned={"note": ("Hello ", "Hello")})),
        a_world(people=[an_entity(note="Bye")]),
        {"people.jane": ("changed", {"note": ("Hello", "Bye")})},
    ),
    Case("a reference to the same entity", *_named("7"), unchanged=2),
    Case(
        "a reference to another entity",
        *_named("8"),
        drift={"phones.desk": ("changed", {"owner": ("people.jane@pbx", {"id": "8"})})},
        unchanged=1,
    ),
    Case(
        "a reference that was adopted, of which only the name is on record",
        a_document(a_bound("phones.desk", "700", owner="people.jane@pbx"), a_bound()),
        a_world(phones=[an_entity("phones", "700", owner={"id": "7"})], people=[an_entity()]),
        unchanged=2,
    ),
    Case(
        "deleted by an apply, and still so",
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True)]),
    ),
    Case(
        "deleted by an apply, and active again",
        a_document(a_tombstone()),
        a_world(people=[an_entity()]),
        {"people.jane": ("active_again", {})},
    ),
    Case(
        "a tombstone whose record another address has by now",
        a_document(a_tombstone(), a_bound("people.ann", "7", **ANN)),
        a_world(people=[an_entity(**ANN)]),
        unchanged=1,
    ),
    Case(
        "a tombstone whose record cannot be read",
        a_document(a_tombstone()),
        a_world(failures={"people:7": "status 500"}),
        unknown={"people.jane": "status 500"},
    ),
    Case(
        "a create whose end nobody can tell",
        a_document(an_unknown()),
        unknown={"alarms.busy": "cannot be asked whether it exists"},
    ),
    Case(
        "a create without an answer that was made",
        a_document(an_intent(attributes=ANN)),
        a_world(people=[an_entity(**ANN)]),
        unchanged=1,
    ),
    Case(
        "a create without an answer that had no effect",
        a_document(an_intent(attributes=ANN)),
    ),
    Case(
        "a create without an answer that cannot be settled",
        a_document(an_intent(attributes=ANN)),
        a_world(incomplete={"people": "page 2 failed"}),
        unknown={"people.jane": "page 2 failed"},
    ),
    Case(
        "a connection that is no longer declared",
        a_document(a_bound("people.jane@old"), a_bound()),
        a_world(people=[an_entity()]),
        unknown={"people.jane@old": "connection `old` is no longer declared"},
        unchanged=1,
    ),
    Case(
        "a connection with another account",
        a_document(a_bound(), a_tombstone("people.bob", "8")),
        connections={"pbx": "acme:elsewhere"},
        unknown={"people.jane": "leads to another account"},
    ),
)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_every_way_of_drifting(case: Case) -> None:
    """Prior and live give exactly these findings, and count the rest as unchanged."""
    found = compared(case.prior, case.world, connections=case.connections)

    drift = {
        str(item.address).removesuffix("@pbx"): (
            str(item.drift),
            {one.path: (one.before, one.after) for one in item.fields},
        )
        for item in found.drift
    }
    assert drift == case.drift
    unknown = {str(item.address).removesuffix("@pbx"): item.why for item in found.unknown}
    assert unknown.keys() == case.unknown.keys()
    assert all(words in unknown[address] for address, words in case.unknown.items())
    moving = {str(item.address).removesuffix("@pbx"): item.fields for item in found.moving}
    assert {address: (fields[0].before, fields[0].after) for address, fields in moving.items()} == case.moving
    assert tuple(item.text for item in found.unseen) == case.unseen
    assert found.unchanged == case.unchanged


def test_a_listing_that_was_cut_short_does_not_say_that_anything_is_gone() -> None:
    """What it shows is compared, what it does not show is unknown."""
    prior = a_document(a_bound("teams.one", "3"))
    world = a_world(failures={"teams:3": "page 2 failed"}, incomplete={"teams": "page 2 failed"})

    found = compared(prior, world)

    assert [item.why for item in found.unknown] == ["page 2 failed"]
    assert found.drift == ()


def test_a_temporary_value_of_ours_is_not_somebody_else() -> None:
    """A run that was cut short left its parking value there; the key on record is what it was."""
    prior = a_document(a_bound(**ANN), parked={at("people.jane"): {"number": "9999"}})
    eve = {"number": "9999", "first_name": "Eve", "last_name": "Poe", "email": "eve@acme.example"}
    world = a_world(people=[an_entity(**eve)])

    found = compared(prior, world)

    assert [str(item.drift) for item in found.drift] == ["parked", "changed"]


def test_the_manifests_do_not_matter() -> None:
    """Neither a changed declaration nor none, nor what ``moved``, ``removed`` and ``imports`` say."""
    prior, world = a_document(a_bound(**ANN)), a_world(people=[an_entity(**ANN)])
    seen = observed(
        a_desired(
            an_instance(number="1002"),
            an_instance("people.new", number="1003"),
            moved=[("people.jane", "people.ann")],
            removed=[("people.jane", False)],
            imports={"people.new": "9"},
        ),
        prior,
        world,
        LOOKING,
    )

    assert compare(seen.scope, seen.live) == compared(prior, world)
    assert [sorted(want.ids) for _, want in world.asked] == [["7"], ["7"]]


def test_nothing_is_searched_and_each_entity_is_asked_for_once() -> None:
    """One read by id of all that is bound and of every tombstone, in one round."""
    prior = a_document(a_bound(**ANN), a_bound("people.bob", "8", number="1002"), a_tombstone("people.eve", "9"))
    world = a_world(people=[an_entity(**ANN)])

    compared(prior, world)

    ((connection, want),) = world.asked
    assert (connection, sorted(want.ids), want.search) == ("pbx", ["7", "8", "9"], False)


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (Options(targets=("people.jane",), refresh_only=True), ["7"]),
        (Options(excludes=("people.jane",), refresh_only=True), ["8"]),
        (Options(targets=("people.*",), excludes=("people.bob",), refresh_only=True), ["7"]),
    ],
)
def test_only_what_is_asked_for_is_read(options: Options, ids: list[str]) -> None:
    """A pattern leaves out, and pulls nothing else in."""
    prior = a_document(a_bound(**ANN, boss="people.bob@pbx"), a_bound("people.bob", "8", number="1002"))
    world = World()

    found = compared(prior, world, options)

    assert [sorted(want.ids) for _, want in world.asked] == [ids]
    assert [item.id for item in found.drift] == ids


def test_a_pattern_that_matches_nothing() -> None:
    """An error, as everywhere."""
    with pytest.raises(UsageError, match="matches nothing"):
        compared(a_document(a_bound()), World(), Options(targets=("people.bob",), refresh_only=True))


# --- the plan that refreshes the record -----------------------------------------------------------------------------


def test_what_a_refresh_records_forgets_and_leaves() -> None:
    """Changed fields are recorded without a change, gone and deleted ones forgotten, the rest stays as it is."""
    prior = a_document(
        a_bound(**ANN),
        a_bound("people.bob", "8", number="1002"),
        a_bound("people.cid", "9", number="1003"),
        a_bound("people.dan", "10", number="1004"),
        a_tombstone("people.eve", "11"),
    )
    world = a_world(
        people=[
            an_entity(**ANN | {"last_name": "Roe"}),
            an_entity(id="8", number="1002", deleted=True),
            an_entity(id="10", number="1004", pending=True),
            an_entity(id="11"),
        ]
    )

    plan = a_refresh(prior, world)

    assert [str(item.address.key) for item in plan.refreshes] == ["jane"]
    assert [(change.address.key, change.action, change.deleted) for change in plan.changes] == [
        ("bob", Action.FORGET, True),
        ("cid", Action.FORGET, False),
    ]
    assert [str(item.drift) for item in plan.drift] == ["deleted", "gone", "deleting", "active_again", "changed"]
    assert not plan.refused
    assert plan.has_changes


@pytest.mark.parametrize(
    ("prior", "world", "action"),
    [
        (a_document(a_bound(**ANN)), a_world(failures={"people:7": "status 500"}), Action.UNKNOWN),
        (a_document(a_bound(**ANN)), a_world(people=[an_entity(number="9", first_name="Eve")]), Action.CONFLICT),
        (a_document(a_bound("people.jane@old")), World(), Action.UNKNOWN),
    ],
)
def test_a_refresh_that_cannot_tell_is_refused(prior: Document, world: World, action: Action) -> None:
    """Nothing is forgotten on incomplete evidence, and nobody's record becomes somebody else's."""
    plan = a_refresh(prior, world)

    assert [change.action for change in plan.changes] == [action]
    assert plan.refused


def test_a_refresh_is_saved_whole() -> None:
    """Nothing of it is lost between the plan and its file; other plans have none of its keys."""
    prior = a_document(a_bound(**ANN, note="x"), a_bound("people.bob", "8", number="1002"))
    plan = a_refresh(prior, a_world(people=[an_entity(**ANN, note=None)]))

    assert from_json(to_json(plan)) == plan
    assert plan.drift
    assert not {"refresh_only", "no_refresh", "drift"} & to_json(Plan("acme", ())).keys()


@pytest.mark.parametrize(
    "options",
    [
        Options(refresh_only=True, no_refresh=True),
        Options(refresh_only=True, destroy=True),
        Options(refresh_only=True, replaces=("people.jane",)),
        Options(no_refresh=True, allow=("account=pbx",)),
    ],
)
def test_options_that_contradict_each_other(options: Options) -> None:
    """Are named, both of them."""
    with pytest.raises(UsageError, match="cannot be combined"):
        options.check()


def test_a_temporary_value_that_a_dead_run_left_is_drift() -> None:
    """It is what was last sent, but nobody wants it: the exchange that needed it never ended."""
    prior = a_document(a_bound(**ANN | {"number": "9999"}), parked={at("people.jane"): {"number": "9999"}})
    there = an_entity(**ANN | {"number": "9999"})

    (one,) = compared(prior, a_world(people=[there])).drift

    assert (str(one.address), one.drift, one.fields) == (
        "people.jane@pbx",
        Drift.PARKED,
        (FieldChange("number", after="9999"),),
    )


def test_the_plan_that_ends_a_temporary_value_says_so() -> None:
    """A number that was never declared anywhere must not stand in a plan unexplained."""
    prior = a_document(a_bound(**ANN | {"number": "9999"}), parked={at("people.jane"): {"number": "9999"}})
    world = a_world(people=[an_entity(**ANN | {"number": "9999"})])

    plan = a_plan(a_desired(an_instance(**ANN)), prior, world)

    (change,) = plan.changes
    assert "parked" in {reason.code for reason in change.reasons}
