"""``--no-refresh``: planning without asking anybody, and what apply makes of such a plan."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisioner.address import Address
from provisioner.plan.schema import schema
from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Intent
from provisioner.state.entries import IntentMade
from tests.cli.conftest import Ran, Tenant

ZOE = '  zoe: {number: "1003", first_name: Zoe, last_name: Ray, email: zoe@acme.example, password: {from_env: PIN}}\n'
SECOND = (
    "  second: {supervisor: sam, queue: support, name: second, type: call_queue_calls_high, threshold: 3, "
    'notification: email, interval: 15, days: [mon], from: "08:00", to: "18:00"}\n'
)
THE_SAME = {
    "number": "1003",
    "firstName": "Zoe",
    "lastName": "Ray",
    "emailAddress": "zoe@acme.example",
    "password": "1111",
}


def planned(ran: Ran) -> dict[str, Any]:
    """A plan as JSON, which must keep to its schema and say on each change that nobody was asked."""
    document: dict[str, Any] = json.loads(ran.out)
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []
    assert document["no_refresh"] is True
    for change in document["changes"]:
        assert "not_refreshed" in [reason["code"] for reason in change["reasons"]]
    return document


def actions(ran: Ran) -> dict[str, str]:
    return {change["key"]: change["action"] for change in planned(ran)["changes"]}


def agents(control: Control) -> list[tuple[str, bool]]:
    """Number and whether it is deleted, of every agent there is."""
    return sorted((item["number"], item["deleted"]) for item in control.content()["agent"].values())


def hire_zoe(tenant: Tenant) -> None:
    tenant.edit("agents:\n", f"agents:\n{ZOE}")


def test_nobody_is_asked(tenant: Tenant, control: Control) -> None:
    """Not one request, no credential needed; compared with what was last applied, and the plan says so."""
    tenant.applied()
    control.change("agent", "1", {"lastName": "Changed"})
    control.reset_log()
    tenant.environment.delenv("ACME_KEY")

    same = tenant.run("plan", "--no-refresh", "--detailed-exitcode")
    tenant.edit("first_name: Jane", "first_name: Janet")
    differs = tenant.run("plan", "--no-refresh", "--detailed-exitcode", "--format", "json")

    assert (same.code, differs.code) == (0, 2)
    assert "The vendors were not asked" in same.out
    assert "The vendors show what is declared" not in same.out
    assert actions(differs) == {"agents.jane@pbx": "update"}
    assert planned(differs)["summary"]["unmanaged"] is None
    assert control.log() == []


def test_what_takes_a_look_is_unknown(tenant: Tenant, control: Control) -> None:
    """Deletes, replaces and undeletes; the plan is refused, and the way out is printed."""
    tenant.applied()
    tenant.without("bob:")
    tenant.applied()
    tenant.without("jane:")
    tenant.edit("agents:\n", 'agents:\n  bob: {number: "1002", first_name: Bob, password: {from_env: PIN}}\n')
    tenant.edit('extension: "500"', 'extension: "501"')
    control.reset_log()

    told = tenant.run("plan", "--no-refresh", "--format", "json")
    shown = tenant.run("plan", "--no-refresh")

    assert (told.code, shown.code) == (1, 1)
    assert actions(told) == {
        "agents.bob@pbx": "unknown",
        "agents.jane@pbx": "unknown",
        "queues.support@pbx": "unknown",
        "alerts.backlog@pbx": "update",
    }
    assert "plan without `--no-refresh`" in " ".join(shown.out.split())
    assert "--exclude agents.bob@pbx --exclude agents.jane@pbx" in shown.out
    assert control.log() == []


def test_what_is_unknown_can_be_left_out(tenant: Tenant, control: Control) -> None:
    """The rest is applied; apply refuses the plan otherwise."""
    tenant.applied()
    tenant.without("jane:")
    tenant.edit("first_name: Bob", "first_name: Rob")
    control.reset_log()

    refused = tenant.run("apply", "--no-refresh", "--auto-approve")
    silent = control.log()
    done = tenant.run("apply", "--no-refresh", "--auto-approve", "--exclude", "agents.jane@pbx")

    assert (refused.code, silent) == (1, [])
    assert done.code == 0, done.out + done.err
    assert sorted(item["firstName"] for item in control.content()["agent"].values()) == ["Jane", "Rob"]


@pytest.mark.parametrize("saved", [True, False], ids=["saved", "at-once"])
@pytest.mark.parametrize("deleted", [False, True], ids=["active", "deleted"])
def test_a_create_is_never_doubled(tenant: Tenant, control: Control, *, saved: bool, deleted: bool) -> None:
    """Apply looks before it sends: who is there already, or is a deleted record, is not made a second time."""
    tenant.applied()
    hire_zoe(tenant)
    vendor_id = control.create("agent", THE_SAME)
    if deleted:
        control.delete("agent", vendor_id)
    before = agents(control)

    if saved:
        file = str(tenant.folder / "blind.plan")
        assert tenant.run("plan", "--no-refresh", "--out", file).code == 0
        applied = tenant.run("apply", file)
    else:
        applied = tenant.run("apply", "--no-refresh", "--auto-approve")

    assert applied.code == 1
    assert "Stale" in applied.out
    assert agents(control) == before
    looked = json.loads(tenant.run("plan", "--format", "json").out)
    assert {one["key"]: one["action"] for one in looked["changes"]} == {
        "agents.zoe@pbx": "undelete" if deleted else "adopt"
    }


def test_a_deleted_record_of_another_person_is_in_nobodys_way(tenant: Tenant, control: Control) -> None:
    """It only shares the number, as in any other plan."""
    tenant.applied()
    hire_zoe(tenant)
    control.delete("agent", control.create("agent", {**THE_SAME, "firstName": "Eve", "emailAddress": "eve@x.example"}))

    applied = tenant.run("apply", "--no-refresh", "--auto-approve")

    assert applied.code == 0, applied.out + applied.err
    assert agents(control).count(("1003", False)) == 1


def test_a_create_of_what_is_not_there(tenant: Tenant, control: Control) -> None:
    """Is made, also from nothing; afterwards a plan that looks has nothing to do."""
    applied = tenant.run("apply", "--no-refresh", "--auto-approve")

    assert applied.code == 0, applied.out + applied.err
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_what_has_moved_meanwhile_is_stale(tenant: Tenant, control: Control) -> None:
    """The plan took what was last applied for what is there; apply sees that it is not."""
    tenant.applied()
    tenant.edit("first_name: Jane", "first_name: Janet")
    vendor_id = next(key for key, item in control.content()["agent"].items() if item["number"] == "1001")
    control.change("agent", vendor_id, {"firstName": "Joan"})

    applied = tenant.run("apply", "--no-refresh", "--auto-approve")

    assert applied.code == 1
    assert "`first_name` is 'Joan' at the vendor" in " ".join(applied.out.split())
    assert control.content()["agent"][vendor_id]["firstName"] == "Joan"


def cut_off(tenant: Tenant, verb: str, text: str, **members: Any) -> None:
    """As if a run had been killed between a request and its answer."""
    address = Address.parse(text)

    async def write() -> None:
        backend = LocalBackend(tenant.folder / ".provisioner")
        async with backend.writer(who="ana", command="apply", timeout=0) as writer:
            account = writer.document.accounts["pbx"]
            key = members.pop("natural_key")
            intent = Intent(
                writer.next_intent_id(), "r", text, address, account, address.kind, verb, natural_key=key, **members
            )
            await writer.append(IntentMade(intent))

    asyncio.run(write())


def test_an_open_end_stays_open(tenant: Tenant, control: Control) -> None:
    """Nobody was asked what became of a request without an answer: its address is unknown, declared or not."""
    tenant.applied()
    document = LocalBackend(tenant.folder / ".provisioner").load()
    jane = next(bound for address, bound in document.bound.items() if address.key == "jane")
    cut_off(tenant, "update", "agents.jane@pbx", natural_key=jane.natural_key, vendor_id=jane.id)
    cut_off(tenant, "create", "agents.gus@pbx", natural_key=("1004",), attributes={"number": "1004"})
    cut_off(tenant, "create", "alerts.second@pbx", natural_key=("supervisors.sam@pbx", "second"))
    tenant.edit("alerts:\n", f"alerts:\n{SECOND}")
    control.reset_log()

    ran = tenant.run("plan", "--no-refresh", "--format", "json")

    assert ran.code == 1
    assert actions(ran) == dict.fromkeys(("agents.gus@pbx", "agents.jane@pbx", "alerts.second@pbx"), "unknown")
    assert control.log() == []


def test_whose_account_it_is_takes_a_look(tenant: Tenant) -> None:
    """``--allow account=`` is a question to the vendor."""
    ran = tenant.run("plan", "--no-refresh", "--allow", "account=pbx")

    assert ran.code == 1
    assert "cannot be combined" in ran.err


def test_a_saved_plan_takes_no_planning_options(tenant: Tenant) -> None:
    """It is applied as it is."""
    file = str(tenant.folder / "blind.plan")
    assert tenant.run("plan", "--no-refresh", "--out", file).code == 0

    ran = tenant.run("apply", file, "--no-refresh")

    assert ran.code == 1
    assert "planning options cannot be added" in ran.err


def full(control: Control, agents: int) -> None:
    control.settings(license={"supervisors": 5, "agents": agents, "callQueues": 5, "expires": None})


@pytest.mark.parametrize("saved", [True, False], ids=["saved", "at-once"])
def test_a_licence_is_asked_for_before_the_first_create(tenant: Tenant, control: Control, *, saved: bool) -> None:
    """The plan asks nobody; apply refuses what does not fit, unless that was allowed when it was planned."""
    tenant.applied()
    full(control, 2)
    hire_zoe(tenant)
    control.reset_log()

    def applied(name: str, *options: str) -> Ran:
        if not saved:
            return tenant.run("apply", "--no-refresh", "--auto-approve", *options)
        file = str(tenant.folder / name)
        asked = len(control.log())
        assert tenant.run("plan", "--no-refresh", "--out", file, *options).code == 0
        assert len(control.log()) == asked
        return tenant.run("apply", file)

    refused = applied("one.plan")
    there = agents(control)
    lifted = applied("two.plan", "--allow", "capacity=agents.zoe")

    assert (refused.code, lifted.code) == (1, 0), lifted.out + lifted.err
    assert "guard `capacity`: agents on `pbx`: 2 licensed, 2 in use; this plan makes 1: 3" in refused.err
    assert there == [("1001", False), ("1002", False)]
    assert ("1003", False) in agents(control)


def test_a_licence_that_holds_it(tenant: Tenant, control: Control) -> None:
    """Is asked for once, however many are made, and not at all where nobody is."""
    tenant.applied()
    full(control, 4)
    tenant.edit("first_name: Jane", "first_name: Janet")
    control.reset_log()
    assert tenant.run("apply", "--no-refresh", "--auto-approve").code == 0
    unasked = [entry for entry in control.log() if entry["path"] == "/license"]
    hire_zoe(tenant)
    tenant.edit("agents:\n", 'agents:\n  yan: {number: "1004", first_name: Yan, password: {from_env: PIN}}\n')
    control.reset_log()

    done = tenant.run("apply", "--no-refresh", "--auto-approve")

    assert done.code == 0, done.out + done.err
    assert unasked == []
    assert len([entry for entry in control.log() if entry["path"] == "/license"]) == 1


def test_a_create_says_only_what_is_known(tenant: Tenant) -> None:
    """Nobody looked, so nobody says that nothing is there."""
    tenant.applied()
    hire_zoe(tenant)

    ran = tenant.run("plan", "--no-refresh")

    said = " ".join(ran.out.split())
    assert "nothing on record has its natural key; apply looks for it there" in said
    assert "there has number" not in said
