"""What state learns without a call where a vendor has come round to what is declared, or the manifests to a vendor."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.plan.document import Agreed, Plan
from provisioner.plan.document_json import from_json, to_json
from provisioner.state.document import Bound
from tests.factories import a_bound, a_desired, a_document, a_plan, a_world, an_entity, an_instance

ANN: dict[str, Any] = {"number": "1001", "email": "ann@acme.example"}


def planned(bound: Bound, there: dict[str, Any], **declared: Any) -> Plan:
    """The plan for one person."""
    return a_plan(a_desired(an_instance(**declared)), a_document(bound), a_world(people=[an_entity(**there)]))


def agreed(plan: Plan) -> Agreed | None:
    return plan.records[0].agreed if plan.records else None


def test_what_others_changed_and_is_declared_since_is_recorded_and_no_change() -> None:
    """The record must learn it, or it would be drift for ever; nobody has to do anything."""
    new = ANN | {"email": "roe@acme.example"}

    plan = planned(a_bound(**ANN), new, **new)

    assert agreed(plan) == Agreed({"email": "roe@acme.example"}, {}, ("1001",))
    assert (plan.changes, plan.has_changes) == ((), False)
    assert [item.code for item in plan.diagnostics] == ["agreed"]


def test_a_natural_key_that_others_changed_is_recorded_as_the_key() -> None:
    """The entity is looked for under it from then on."""
    new = ANN | {"number": "1009"}

    found = agreed(planned(a_bound(**ANN), new, **new))

    assert found is not None
    assert found.natural_key == ("1009",)


def test_a_field_that_is_declared_only_now_and_is_so_already_is_recorded_without_a_word() -> None:
    """It is compared by `drift` from then on; nothing of it was ever drift."""
    new = ANN | {"note": "x"}

    plan = planned(a_bound(**ANN), new, **new)

    assert agreed(plan) == Agreed({"note": "x"}, {}, ("1001",))
    assert plan.diagnostics == ()


@pytest.mark.parametrize(
    ("bound", "there", "declared"),
    [
        (a_bound(**ANN), ANN, ANN),
        (a_bound(**ANN), ANN | {"email": "eve@acme.example"}, ANN),
        (a_bound(**ANN), ANN, ANN | {"email": "new@acme.example"}),
        (a_bound(**ANN, calls=1), ANN | {"calls": 2}, ANN | {"calls": 2}),
        (a_bound(**ANN, note="x", _uncertain=frozenset({"note"})), ANN | {"note": "y"}, ANN | {"note": "y"}),
    ],
    ids=["as last applied", "only the vendor differs", "only the manifest differs", "moves by itself", "uncertain"],
)
def test_what_is_not_recorded(bound: Bound, there: dict[str, Any], declared: dict[str, Any]) -> None:
    """Only where vendor and manifest agree against the record is there anything to learn."""
    assert agreed(planned(bound, there, **declared)) is None


def test_a_vendor_that_comes_round_to_what_it_had_altered_is_recorded() -> None:
    """What it once made of the value is expected there otherwise, for ever."""
    bound = a_bound(**ANN, note="Desk", _learned={"note": ("Desk", "DESK")})

    found = agreed(planned(bound, ANN | {"note": "Desk"}, **ANN, note="Desk"))

    assert found is not None
    assert found.attributes == {"note": "Desk"}


def test_a_reference_is_recorded_with_the_id_that_the_vendor_shows() -> None:
    """References are compared by ids; the address alone would not tell."""
    desired = a_desired(an_instance("codes.tea", name="Tea"), an_instance(**ANN, skills=["codes.tea@pbx"]))
    prior = a_document(a_bound("codes.tea", "70", name="Tea"), a_bound(**ANN, skills=[]))
    world = a_world(codes=[an_entity("codes", "70", name="Tea")], people=[an_entity(**ANN, skills=[{"id": "70"}])])

    found = agreed(a_plan(desired, prior, world))

    assert found is not None
    assert (found.attributes, found.references) == ({"skills": ["codes.tea@pbx"]}, {"skills": ["70"]})


def test_a_saved_plan_keeps_what_is_recorded() -> None:
    """What was reviewed is what apply records."""
    new = ANN | {"email": "roe@acme.example"}
    plan = planned(a_bound(**ANN), new, **new)

    assert from_json(json.loads(json.dumps(to_json(plan)))) == plan
