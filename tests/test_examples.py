"""The examples are good, and ``plans/`` says what ``plan`` says of them.

After a change that means to alter a plan: ``.venv/bin/python -m tests.refresh``, and review the difference.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisioner.cli.saved import load_plan
from provisioner.manifest.reader import read
from provisioner.manifest.source import Source
from provisioner.plan.desired import Desired, check
from provisioner.plan.document import Action
from provisioner.plan.drift_schema import schema as drift_schema
from provisioner.plan.schema import schema as plan_schema
from provisioner.report.events_schema import schema as events_schema
from provisioner.vendors.loading import find_vendor
from tests.example_plans import EXAMPLES, PLANS, TOUCHED, files_of, rehearsed, said_of

REFRESH = "run `.venv/bin/python -m tests.refresh` and review the difference"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if any(path.glob("*.yaml")))


def test_every_example_has_its_plans() -> None:
    """An example that is added joins by a word on how its account is touched; no file in plans/ is left over."""
    files = {file for name in NAMES for file in files_of(name)}

    assert sorted(TOUCHED) == NAMES
    assert {path.name for path in PLANS.iterdir()} == files | {"README.md"}


@pytest.mark.parametrize("name", NAMES)
def test_plans_are_what_plan_says(name: str) -> None:
    """Byte for byte, text and JSON; and what programs read of it all fits the schemas."""
    said = said_of(name)

    stale = [file for file, text in said.files.items() if (PLANS / file).read_text("utf-8") != text]
    read = [
        *((plan_schema, text) for file, text in said.files.items() if file.endswith(".json")),
        *((events_schema, line) for line in said.stream.splitlines()),
        (drift_schema, said.drift),
    ]

    assert not stale, REFRESH
    assert [why for schema, text in read for why in complaints(schema(), json.loads(text))] == []


def complaints(schema: dict[str, Any], document: object) -> list[str]:
    """What of a document does not fit."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize("file", sorted(path.name for path in PLANS.glob("*.json")))
def test_a_plan_in_the_repository_can_be_read(file: str) -> None:
    """Its digest holds, and it is of the manifests that stand in the example now."""
    plan = load_plan(PLANS / file)

    desired = check(EXAMPLES / Path(file).stem.rpartition("-")[0], find_vendor)

    assert plan.config_digest == desired.config_digest
    assert not plan.refused


BY_HAND = {"all-vendors": {"agents.huda@gulf": Action.MANUAL}}
"""What of an example only a person can do; nothing of the others."""


@pytest.mark.parametrize("name", NAMES)
def test_an_example_can_be_applied(name: str) -> None:
    """From an empty account to nothing left to do, but for what only a person can."""
    with rehearsed(name) as example:
        example.run("apply", "--auto-approve")
        example.run("plan", "--out", "then.plan")

        left = load_plan(example.folder / "then.plan").changes
        assert {str(change.address): change.action for change in left} == BY_HAND.get(name, {})


def test_quickstart_is_five_resources_in_one_file() -> None:
    """As its README says."""
    plan = load_plan(PLANS / "quickstart-empty.json")

    assert plan.summary[Action.CREATE] == 5
    assert [path.name for path in (EXAMPLES / "quickstart").glob("*.yaml")] == ["tenant.yaml"]


def test_the_support_desk_shows_every_kind() -> None:
    """In several files, with defaults and a life cycle."""
    desired = check(EXAMPLES / "support-desk", find_vendor)

    assert {address.kind for address in desired.instances} == kinds_of(desired)
    assert len({instance.file for instance in desired.instances.values()}) == 5
    assert any(instance.default_from for instance in desired.instances.values())
    assert any(instance.ignore for instance in desired.instances.values())
    assert any(instance.prevent_destroy for instance in desired.instances.values())


def test_two_vendors_have_one_set_of_people() -> None:
    """As its README says: ten on both, two on the telephone alone, three queues on both."""
    desired = check(EXAMPLES / "two-vendors", find_vendor)

    places: dict[tuple[str, str], set[str]] = {}
    for address in desired.instances:
        places.setdefault((address.kind, address.key), set()).add(address.connection)
    people = Counter(frozenset(found) for (kind, _), found in places.items() if kind == "agents")
    queues = Counter(frozenset(found) for (kind, _), found in places.items() if kind == "queues")
    both, pbx = frozenset({"pbx", "inbox"}), frozenset({"pbx"})
    assert (people, queues) == ({both: 10, pbx: 2}, {both: 3, pbx: 1})
    assert {connected.vendor.name for connected in desired.connections.values()} == {"eq", "bird"}


def test_the_call_centre_is_two_hundred_resources() -> None:
    """As its name and its README say; in folders, of every kind."""
    desired = check(EXAMPLES / "call-centre-200", find_vendor)

    counts = Counter(address.kind for address in desired.instances)
    readme = " ".join((EXAMPLES / "call-centre-200" / "README.md").read_text("utf-8").split())
    assert counts.total() == 200
    assert counts.keys() == kinds_of(desired)
    assert [kind for kind, count in counts.items() if f"{count} {kind.replace('_', ' ')}" not in readme] == []
    assert {Path(instance.file).parent.name for instance in desired.instances.values()} >= {"people", "queues"}


def kinds_of(desired: Desired) -> set[str]:
    """What the example's vendors have."""
    return {kind for connected in desired.connections.values() for kind in connected.vendor.kinds}


def test_staging_and_production_come_from_one_folder() -> None:
    """Two tenants, two accounts, two states and none of them the rehearsal's; all of the same resources."""
    folder = EXAMPLES / "call-centre-200"
    overlays = [folder / "overlays" / f"{name}.yaml" for name in ("staging", "production")]

    found = [check(folder, find_vendor, overlays=over) for over in ((), *((overlay,) for overlay in overlays))]

    assert len({desired.tenant for desired in found}) == 3
    assert len({desired.connections["pbx"].account for desired in found}) == 3
    assert len({desired.connections["pbx"].secrets["api_key"].argument for desired in found}) == 3
    assert len({str(desired.state) for desired in found}) == 3
    assert len({frozenset(desired.instances) for desired in found}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_editors_are_given_a_schema_that_fits(name: str) -> None:
    """What `validate` leaves for them: a JSON Schema that takes every file of the example, and no misspelt field."""
    with rehearsed(name) as example:
        example.run("validate")
        schema = json.loads((example.folder / ".provisioner" / "schema.json").read_text("utf-8"))
        files = [read(Source(str(path), path.read_text("utf-8"))).value for path in example.folder.rglob("*.yaml")]

    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert [error.message for file in files for error in validator.iter_errors(file)] == []
    assert not validator.is_valid({"queues": {"support": {"wieght": 1}}})
    assert not validator.is_valid({"agents": {"jane": {"number": 1001}}})
