"""How drift ends: what was kept is recorded by the next apply, and what a dead run left is seen."""

from __future__ import annotations

import json

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.test_drift import MUTATING, id_of, requests, state


def test_what_was_kept_is_no_drift_after_an_apply_that_sends_nothing(tenant: Tenant, control: Control) -> None:
    """Changed in the portal, then declared so: no change in any plan, and the record learns it all the same."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"emailAddress": "roe@acme.example"})
    tenant.edit("jane@acme.example", "roe@acme.example")
    serial = state(tenant).serial

    planned = tenant.run("plan", "--detailed-exitcode")
    before = tenant.run("drift").code
    control.reset_log()
    applied = tenant.run("apply", "--auto-approve", "--detailed-exitcode")

    assert (planned.code, before, applied.code) == (0, 2, 0)
    assert planned.out.startswith("No changes for `acme`")
    assert not [one for one in requests(control) if one.split()[0] in MUTATING]
    assert state(tenant).serial == serial
    assert tenant.run("drift").code == 0
    assert tenant.run("plan", "--no-refresh", "--detailed-exitcode").code == 0


def test_a_saved_plan_without_changes_records_what_was_kept(tenant: Tenant, control: Control) -> None:
    """What was reviewed elsewhere ends the drift as well."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"emailAddress": "roe@acme.example"})
    tenant.edit("jane@acme.example", "roe@acme.example")
    saved = str(tenant.folder / "kept.json")

    assert tenant.run("plan", "--out", saved).code == 0
    assert tenant.run("apply", saved).code == 0

    assert tenant.run("drift").code == 0


def test_a_slip_in_removed_is_pointed_at_beside_the_delete(tenant: Tenant, control: Control) -> None:
    """Nobody would look for the reason of a deletion in a block that says to keep it."""
    tenant.applied()
    tenant.without("jane:")
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(f"{text}removed: [{{address: agents.jnae, destroy: false}}]\n", encoding="utf-8")

    plan = json.loads(tenant.run("plan", "--format", "json").out)

    (slip,) = [item for item in plan["diagnostics"] if item["code"] == "names_nothing"]
    assert (slip["severity"], slip["file"], slip["line"]) == ("warning", "acme.yaml", text.count("\n") + 1)
    assert slip["message"] == "`removed` names `agents.jnae`, which nothing has"
    assert slip["hint"] == "did you mean `agents.jane@pbx`, which this plan deletes?"


def test_a_slip_in_moved_is_pointed_at_beside_the_delete(tenant: Tenant, control: Control) -> None:
    """The move that was meant becomes a create and a delete otherwise, and nothing says why."""
    tenant.applied()
    tenant.edit('jane: {{number: "1001"'.replace("{{", "{"), 'roe: {number: "1007"')
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(f"{text}moved: [{{from: agents.jnae, to: agents.roe}}]\n", encoding="utf-8")

    plan = json.loads(tenant.run("plan", "--format", "json").out)

    hints = [item["hint"] for item in plan["diagnostics"] if item["code"] == "names_nothing"]
    assert hints == ["did you mean `agents.jane@pbx`, which this plan deletes?"]


def test_a_spent_block_beside_another_deletion_is_not_spoken_of(tenant: Tenant, control: Control) -> None:
    """Whoever was let go of long ago is nothing like the one who is deleted now."""
    tenant.applied()
    tenant.without("jane:")
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(f"{text}removed: [{{address: agents.otto, destroy: false}}]\n", encoding="utf-8")

    plan = json.loads(tenant.run("plan", "--format", "json").out)

    assert "names_nothing" not in {item["code"] for item in plan["diagnostics"]}
