"""A plan's JSON: what its schema promises, that nothing is lost in it, and that a changed one is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from provisioner.errors import PlanRefused
from provisioner.plan.document import ABSENT, Action, Plan
from provisioner.plan.document_json import from_json, to_json
from provisioner.plan.schema import schema
from provisioner.report.json import plan_json
from provisioner.values import canonical
from tests.report import factories
from tests.report.factories import a_change, a_field, a_plan
from tests.report.strategies import plans

SPEC = Path(__file__).parents[2] / "specs" / "plan.schema.json"
EXAMPLES = {
    "everything": factories.a_plan_of_everything(),
    "refused": factories.a_refused_plan(),
    "swap": factories.a_swap(),
    "replace": factories.a_replace(),
    "manual": factories.a_manual_plan(),
    "nothing": a_plan(),
}

VALIDATOR = Draft202012Validator(schema())


def complaints(document: object) -> list[str]:
    return [f"{list(error.path)}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def test_the_written_schema_is_the_one_the_code_gives() -> None:
    """Whoever reads the file reads the truth; it is ``json.dumps(schema(), indent=2)`` and a line end."""
    assert SPEC.read_text() == json.dumps(schema(), indent=2) + "\n"


def test_the_schema_is_a_schema() -> None:
    """It keeps to JSON Schema 2020-12, the draft that it names."""
    Draft202012Validator.check_schema(schema())

    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_is_described() -> None:
    """A reader of the schema needs no other document."""
    shapes = {"plan": schema(), **{name: schema()["$defs"][name] for name in ("change", "field", "guard", "record")}}

    silent = [
        f"{where}.{name}"
        for where, shape in shapes.items()
        for name, of in shape["properties"].items()
        if "description" not in of and "$ref" not in of
    ]

    assert silent == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_plan_fits_its_schema(name: str) -> None:
    """Every action, step and mark that a plan can hold is in the schema."""
    assert complaints(to_json(EXAMPLES[name])) == []


@settings(deadline=None)  # a machine that is busy says nothing about the plan
@given(plans)
def test_any_plan_fits_its_schema_and_reads_back_as_it_was(plan: Plan) -> None:
    """Nothing is lost or renamed between a plan and the file that it is saved in."""
    text = plan_json(plan)

    assert complaints(json.loads(text)) == []
    assert from_json(json.loads(text)) == plan


@settings(deadline=None)  # as above
@given(plans)
def test_a_plan_has_one_spelling(plan: Plan) -> None:
    """The same plan gives the same bytes, also after a round trip."""
    assert plan_json(from_json(json.loads(plan_json(plan)))) == plan_json(plan)


def _without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


@pytest.mark.parametrize("key", sorted(schema()["required"]))
def test_a_plan_without_one_of_its_keys_does_not_fit(key: str) -> None:
    """Readers may rely on every key."""
    assert complaints(_without(to_json(EXAMPLES["everything"]), key)) != []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("action", "none"),
        ("action", "explode"),
        ("step", "middle"),
        ("address", "jane"),
        ("key", "agents.jane@pbx#middle"),
        ("id", 17),
        ("before", {"name": "Jane"}),
        ("depends_on", ["jane"]),
        ("surprise", True),
    ],
)
def test_a_change_that_is_not_one_does_not_fit(key: str, value: object) -> None:
    """The schema is no tighter than plans are, and no looser."""
    document = to_json(a_plan(a_change()))

    document["changes"][0][key] = value

    assert complaints(document) != []


def test_absent_and_null_are_told_apart() -> None:
    """A field without a value has no key; a cleared one is null."""
    plan = a_plan(a_change("agents.jane@pbx", Action.UPDATE, a_field("email", before="jane@example.com", after=None)))

    (shown,) = to_json(plan)["changes"][0]["fields"]
    (read,) = from_json(to_json(plan)).changes[0].fields

    assert shown["after"] is None
    assert read.after is None
    assert (
        "before"
        not in to_json(a_plan(a_change("agents.jane@pbx", Action.UPDATE, a_field())))["changes"][0]["fields"][0]
    )
    assert (
        from_json(to_json(a_plan(a_change("agents.jane@pbx", Action.UPDATE, a_field())))).changes[0].fields[0].before
        is ABSENT
    )


# --- tampering ----------------------------------------------------------------------------------------------------

WRITTEN = canonical(to_json(factories.a_plan_of_everything()))


@settings(deadline=None)  # as above
@given(st.integers(0, len(WRITTEN) - 1), st.integers(0, 255))
def test_a_plan_with_one_byte_changed_is_refused(place: int, byte: int) -> None:
    """Whoever changes a reviewed plan, by hand or by accident, is told; nothing of it is applied."""
    assume(WRITTEN[place] != byte)
    changed = WRITTEN[:place] + bytes([byte]) + WRITTEN[place + 1 :]

    try:
        document = json.loads(changed)
    except ValueError:
        return  # not even JSON any more

    with pytest.raises(PlanRefused):
        from_json(document)


@settings(deadline=None)  # as above
@given(st.integers(0, len(WRITTEN) - 1))
def test_a_plan_that_was_cut_off_is_refused(length: int) -> None:
    """A file that was not written to its end is no plan, and says so."""
    with pytest.raises(ValueError, match=r"."):
        json.loads(WRITTEN[:length])


@pytest.mark.parametrize("document", [None, [], 17, "plan", {}, {"format_version": "2"}, {"format_version": "1"}])
def test_what_is_no_plan_is_refused(document: object) -> None:
    """Any JSON may come, and none of it gives a traceback."""
    with pytest.raises(PlanRefused):
        from_json(document)
