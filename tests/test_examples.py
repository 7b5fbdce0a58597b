"""The examples are good, and ``plans/`` says what ``plan`` says of them.

After a change that means to alter a plan: ``.venv/bin/python -m tests.refresh``, and review the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.saved import load_plan
from provisioner.plan.desired import check
from provisioner.plan.document import Action
from provisioner.vendors.loading import find_vendor
from tests.example_plans import EXAMPLES, PLANS, TOUCHED, plans_of, rehearsed

REFRESH = "run `.venv/bin/python -m tests.refresh` and review the difference"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


def test_every_example_has_its_plans() -> None:
    """An example that is added joins by a word on how its account is touched; no file in plans/ is left over."""
    files = {
        f"{name}-{account}.{form}" for name in NAMES for account in ("empty", "drifted") for form in ("txt", "json")
    }

    assert sorted(TOUCHED) == NAMES
    assert {path.name for path in PLANS.iterdir()} == files | {"README.md"}


@pytest.mark.parametrize("name", NAMES)
def test_plans_are_what_plan_says(name: str) -> None:
    """Byte for byte, text and JSON."""
    said = plans_of(name)

    stale = [file for file, text in said.items() if (PLANS / file).read_text("utf-8") != text]

    assert not stale, REFRESH


@pytest.mark.parametrize("file", sorted(path.name for path in PLANS.glob("*.json")))
def test_a_plan_in_the_repository_can_be_read(file: str) -> None:
    """Its digest holds, and it is of the manifests that stand in the example now."""
    plan = load_plan(PLANS / file)

    desired = check(EXAMPLES / Path(file).stem.rpartition("-")[0], find_vendor)

    assert plan.config_digest == desired.config_digest
    assert not plan.refused


@pytest.mark.parametrize("name", NAMES)
def test_an_example_can_be_applied(name: str) -> None:
    """From an empty account to nothing left to do."""
    with rehearsed(name) as example:
        example.run("apply", "--auto-approve")
        example.run("plan", "--out", "then.plan", "--detailed-exitcode")

        assert not load_plan(example.folder / "then.plan").has_changes


def test_quickstart_is_five_resources_in_one_file() -> None:
    """As its README says."""
    plan = load_plan(PLANS / "quickstart-empty.json")

    assert plan.summary[Action.CREATE] == 5
    assert [path.name for path in (EXAMPLES / "quickstart").glob("*.yaml")] == ["tenant.yaml"]


def test_the_support_desk_shows_all_four_kinds() -> None:
    """In several files, with defaults and a life cycle."""
    desired = check(EXAMPLES / "support-desk", find_vendor)

    assert {address.kind for address in desired.instances} == {"supervisors", "agents", "queues", "alerts"}
    assert len({instance.file for instance in desired.instances.values()}) == 3
    assert any(instance.default_from for instance in desired.instances.values())
    assert any(instance.ignore for instance in desired.instances.values())
    assert any(instance.prevent_destroy for instance in desired.instances.values())
