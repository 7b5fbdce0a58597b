"""What a plan carries so that people can read it where there is no vendor: names, units, what is final, its kinds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from provisioner.plan.document import Action, FieldChange, Plan, Seats
from provisioner.plan.document_json import from_json, to_json
from provisioner.plan.wording import in_words
from provisioner.units import Unit
from provisioner.vendors.fields import FieldSpec
from provisioner.vendors.loading import find_vendor, vendor_names
from provisioner.vendors.usage import Licence, Usage
from tests.factories import a_bound, a_desired, a_document, a_plan, a_world, an_entity, an_instance, the_change
from tests.plan.test_usage import judged, many


def a_plan_with_references() -> Plan:
    """A crew whose list of codes changes: of a declared one, of a managed one that leaves, of one by id."""
    there = an_entity("crews", "1", name="one", codes=[{"id": "8"}, {"id": "9"}])
    return a_plan(
        a_desired(
            an_instance("crews.one", name="one", codes=["codes.lunch@pbx", {"id": "9"}]),
            an_instance("codes.lunch", name="Long lunch"),
            an_instance("codes.old", name="Old"),
        ),
        a_document(
            a_bound("crews.one", "1", name="one", codes=["codes.old@pbx", {"id": "9"}]),
            a_bound("codes.old", "8", name="Old"),
        ),
        a_world(
            crews=[there], codes=[an_entity("codes", "8", name="Old"), an_entity("codes", "9", name="Somebody's own")]
        ),
    )


def test_names_are_of_whatever_the_fields_refer_to() -> None:
    """What is declared, what leaves, and what nobody manages, each by the name that people know."""
    plan = a_plan_with_references()

    (item,) = the_change(plan, "crews.one").fields

    assert item.refers_to == "codes@pbx"
    assert plan.names == {
        "codes.lunch@pbx": "Long lunch",
        "codes.old@pbx": "Old",
        "codes@pbx#9": "Somebody's own",
    }


def test_the_digest_covers_the_names_and_survives_a_file() -> None:
    """A plan read back is the plan that was written, to the digest; a changed name is a changed plan."""
    plan = a_plan_with_references()
    written = json.loads(json.dumps(to_json(plan)))

    read = from_json(written)

    assert (read, read.digest) == (plan, plan.digest)
    assert written["names"]["codes.old@pbx"] == "Old"
    assert list(written["names"]) == sorted(written["names"])


def test_a_delete_that_leaves_no_record_is_for_good() -> None:
    """The vendor keeps deleted people, and nothing of a team."""
    plan = a_plan(
        a_desired(),
        a_document(a_bound("people.jane", "7"), a_bound("teams.one", "8", name="one")),
        a_world(people=[an_entity("people", "7")], teams=[an_entity("teams", "8", name="one")]),
    )

    assert {str(change.address): change.for_good for change in plan.changes} == {
        "people.jane@pbx": False,
        "teams.one@pbx": True,
    }


def test_people_are_known_by_their_marks() -> None:
    """No list of kinds says who is a person: a kind with PERSONAL fields is one, and comes first."""
    plan = a_plan(a_desired(an_instance("people.jane", first_name="Jane"), an_instance("codes.lunch", name="Lunch")))

    assert [(item.kind, item.people) for item in plan.kinds] == [("people", True), ("codes", False)]


# --- units --------------------------------------------------------------------------------------------------------


def specs() -> Iterator[tuple[str, FieldSpec]]:
    for name in vendor_names():
        for kind, offer in find_vendor(name).kinds.items():
            for spec in offer.specs.values():
                yield f"{name} {kind}.{spec.path}", spec


def units_in(spec: FieldSpec) -> set[str]:
    """The units that a field's description speaks of; opening hours are none."""
    return set(re.findall("|".join({*Unit} - {Unit.HOURS}), f"{spec.description} {spec.expected}".lower()))


@pytest.mark.parametrize("spec", [pytest.param(spec, id=name) for name, spec in specs() if len(units_in(spec)) == 1])
def test_a_unit_in_words_is_declared(spec: FieldSpec) -> None:
    """A number that a description says the unit of has it as a mark, so that every report can show it."""
    assert units_in(spec) & {str(unit) for unit in (spec.unit, *spec.member_units.values()) if unit}


def test_a_change_carries_its_fields_unit() -> None:
    """In the plan, where a report without the vendor finds it; what is counted in nothing has none."""
    offer = find_vendor("eq").kinds["queues"]

    counted, bare = (in_words(FieldChange(path), offer, "pbx") for path in ("wrap_up_time", "weight"))

    assert (counted.unit, bare.unit) == ("seconds", None)


# --- seats --------------------------------------------------------------------------------------------------------


def test_seats_count_who_leaves_too() -> None:
    """What remains after the plan, of each licence that was asked about and is touched."""
    usage = Usage({"seats": Licence(25, 20), "lines": Licence(9, 1)})

    plan = judged([*many(4, Action.CREATE), *many(1, Action.DELETE), *many(1, Action.UPDATE, "lines")], usage)

    assert plan.seats == (Seats("pbx", "people", 25, 20, 23),)


@pytest.mark.parametrize("licence", [Licence(None, 3), Licence(25, None)])
def test_no_seats_where_the_vendor_does_not_say(licence: Licence) -> None:
    """Nobody guesses what remains of what is not counted, or has no end."""
    assert judged(many(2, Action.CREATE), Usage({"seats": licence})).seats == ()
