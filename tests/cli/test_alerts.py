"""Alerts through the command line: what cannot be read is bound by word of mouth, and then made as declared."""

from __future__ import annotations

import json
from typing import Any

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant

BY_HAND = {
    "name": "Anything",
    "type": "licenseExceeded",
    "notificationType": "sms",
    "interval": 5,
    "daysOfWeek": [0],
    "fromTime": "01:00 AM",
    "toTime": "02:00 AM",
}


def made_by_hand(tenant: Tenant, control: Control) -> str:
    """Everything but the alert is managed, and a person has made that for the supervisor; its id."""
    assert tenant.run("apply", "--auto-approve", "--exclude", "alerts.backlog").code == 0
    (supervisor,) = control.content()["supervisor"]
    return control.create("alert", {**BY_HAND, "user": int(supervisor)})


def imports(tenant: Tenant, vendor_id: str) -> None:
    with tenant.manifest.open("a") as file:
        file.write(f"imports: [{{address: alerts.backlog@pbx, id: {vendor_id}}}]\n")


def writes(control: Control) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in control.log() if entry["method"] != "GET"]


def alert(control: Control) -> dict[str, Any]:
    (found,) = control.content()["alert"].values()
    return found


def test_an_imported_alert_is_made_as_declared(tenant: Tenant, control: Control) -> None:
    """Nobody can see what it holds, so the first plan after binding it sends everything, once."""
    vendor_id = made_by_hand(tenant, control)
    imports(tenant, vendor_id)
    control.reset_log()

    (change,) = json.loads(tenant.run("plan", "--format", "json").out)["changes"]
    tenant.applied()

    assert (change["action"], change["id"]) == ("adopt", vendor_id)
    assert "`supervisor` cannot be changed and is taken for what is declared" in change["reasons"][0]["text"]
    assert "supervisor" not in {item["path"] for item in change["fields"]}
    assert writes(control) == [f"PUT {alert_path(vendor_id)}"]
    assert (alert(control)["name"], alert(control)["threshold"], alert(control)["type"]) == (
        "Support backlog",
        10,
        "callQueueCallsHigh",
    )
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def alert_path(vendor_id: str) -> str:
    return f"/alert/{vendor_id}"


def test_an_alert_bound_by_import_is_written_by_the_next_apply(tenant: Tenant, control: Control) -> None:
    """`import` sends nothing itself, and says what will be."""
    vendor_id = made_by_hand(tenant, control)
    control.reset_log()

    bound = tenant.run("import", "alerts.backlog@pbx", vendor_id)
    sent = writes(control)
    tenant.applied()

    assert "the next apply sends the whole declaration" in bound.err
    assert (sent, alert(control)["name"]) == ([], "Support backlog")
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_an_import_of_an_alert_that_is_not_there_binds_nothing(tenant: Tenant, control: Control) -> None:
    """The vendor's 404 to what is sent tells it: the only way to find out."""
    made_by_hand(tenant, control)
    imports(tenant, "99")

    ran = tenant.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "there is no id 99 at the vendor" in " ".join(ran.out.split())
    assert "alerts.backlog@pbx" not in tenant.run("state", "list").out


def test_every_problem_of_an_alert_is_told_in_one_run(tenant: Tenant) -> None:
    """One wrong field hides neither a reference that leads nowhere nor what its type needs."""
    tenant.edit("threshold: 10", "threshold: ten")
    tenant.edit("queue: support", "queue: suport")
    tenant.edit("    interval: 15\n", "")

    said = tenant.run("validate").err

    assert "`threshold` must be a whole number" in said
    assert "there is no `queues.suport`" in said
    assert "`notification: email` needs `interval`" in said
    assert "3 problems" in said
    assert "needs `threshold`" not in said


def test_one_wrong_field_does_not_hide_a_double(tenant: Tenant) -> None:
    """Of another field; the wrong one is compared with nothing."""
    tenant.edit("bob: {{number".replace("{{", "{") + ': "1002"', "bob: {number" + ': "1001", language: klingon')

    said = tenant.run("validate").err

    assert "`klingon` is not one of the words" in said
    assert "`number: 1001` is already declared by `agents.jane@pbx`" in said
    assert "2 problems" in said


def test_a_default_is_checked_although_everybody_overrides_it(tenant: Tenant) -> None:
    """It is told once, where it stands, whoever takes it."""
    with tenant.manifest.open("a") as file:
        file.write("defaults: {queues: {type: sideways, weight: 11}}\n")

    said = tenant.run("validate").err

    assert said.count("`sideways` is not one of the words that `type` takes") == 1
    assert said.count("`weight` must be at most 10") == 1
    assert "2 problems" in said


def refer_by_id(tenant: Tenant, vendor_id: str) -> None:
    """The alert as the only thing declared, for a supervisor and a queue that nobody manages."""
    tenant.without("sam:")
    tenant.without("support:")
    tenant.without("jane:")
    tenant.without("bob:")
    for section in ("supervisors:\n", "agents:\n", "queues:\n"):
        tenant.edit(section, "")
    tenant.edit("supervisor: sam", f"supervisor: {{id: {vendor_id}}}")
    tenant.edit("queue: support", 'queue: {id: "500"}')


def test_a_reference_by_id_is_looked_at_once(tenant: Tenant, control: Control) -> None:
    """When it is about to be written, by one read; later it is not asked about again."""
    sam = {
        "username": "samlee",
        "firstName": "Sam",
        "emailAddress": "s@b.example",
        "password": "x1y2z3",
        "type": "full",
    }
    supervisor = control.create("supervisor", sam)
    control.create("call_queue", {"extension": "500", "name": "Support", "type": 0})
    refer_by_id(tenant, supervisor)
    control.reset_log()

    ran = tenant.run("plan")
    reads = sorted(entry["path"] for entry in control.log())
    tenant.applied()
    control.reset_log()
    tenant.run("plan")

    assert ran.code == 0, ran.out + ran.err
    assert [path.removeprefix("/eq/api/2.0") for path in reads] == ["/call_queue/500", f"/supervisor/{supervisor}"]
    assert control.log() == []


def test_a_reference_to_a_deleted_entity_is_a_conflict(tenant: Tenant, control: Control) -> None:
    """Before anything is sent; the reason says where it stands. So is one to what was never there."""
    sam = {
        "username": "samlee",
        "firstName": "Sam",
        "emailAddress": "s@b.example",
        "password": "x1y2z3",
        "type": "full",
    }
    supervisor = control.create("supervisor", sam)
    control.create("call_queue", {"extension": "500", "name": "Support", "type": 0})
    control.delete("supervisor", supervisor)
    refer_by_id(tenant, supervisor)

    deleted = tenant.run("plan")
    tenant.edit(f"{{id: {supervisor}}}", "{id: 77}")
    gone = tenant.run("plan")

    assert (deleted.code, gone.code) == (1, 1)
    words = " ".join(deleted.out.split())
    assert f"`supervisor` refers to id {supervisor} of supervisors, which is deleted (acme.yaml:" in words
    assert "refers to id 77 of supervisors, which does not exist" in " ".join(gone.out.split())


def test_a_reference_that_cannot_be_looked_at_is_unknown(tenant: Tenant, control: Control) -> None:
    """A failure is not absence."""
    control.create("call_queue", {"extension": "500", "name": "Support", "type": 0})
    refer_by_id(tenant, "3")
    control.fault("status", path="/supervisor/*", status=500)

    ran = tenant.run("plan", "--format", "json")

    (change,) = json.loads(ran.out)["changes"]
    assert (ran.code, change["action"]) == (1, "unknown")
