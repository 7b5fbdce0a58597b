"""What is bound by an id that somebody typed: a slip there would change somebody else, so plans say what it means."""

from __future__ import annotations

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant

OTTO = {
    "number": "1050",
    "firstName": "Otto",
    "lastName": "Stone",
    "password": "0042",
    "emailAddress": "otto@acme.example",
}


def test_importing_another_person_is_named_and_stands_under_look_twice(tenant: Tenant, control: Control) -> None:
    """It is allowed, since people change; nobody must do it by a slip in the id."""
    otto = control.create("agent", OTTO)
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(f"{text}imports: [{{address: agents.jane@pbx, id: {otto}}}]\n", encoding="utf-8")

    plan = " ".join(tenant.run("plan").out.split())

    twice, changes = plan.split("Look twice", 1)[1].split(" Changes ", 1)
    assert f"id {otto} shows none of the declared names: it is Otto Stone, 1050, and would become this one" in twice
    assert "agents.jane@pbx" in twice
    assert "agents.jane@pbx" not in changes


def test_an_imported_alert_is_overwritten_unseen_and_the_plan_says_so(tenant: Tenant, control: Control) -> None:
    """The id may be that of another alert; nobody can look."""
    tenant.applied()
    tenant.run("state", "rm", "alerts.backlog@pbx")
    assert tenant.run("import", "alerts.backlog@pbx", "1").code == 0

    plan = " ".join(tenant.run("plan").out.split())

    assert "Look twice: changes what an id alone points at" in plan
    assert "why: bound by its id alone, and what is there cannot be read: the whole declaration is sent over it" in plan


def test_an_imported_id_that_the_vendor_does_not_have_is_looked_up(tenant: Tenant, control: Control) -> None:
    """The id was wrong; to make a second one is the last thing to do."""
    tenant.applied()
    tenant.run("state", "rm", "alerts.backlog@pbx")
    assert tenant.run("import", "alerts.backlog@pbx", "77").code == 0

    ran = tenant.run("apply", "--auto-approve")

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "look the id up in the portal" in said
    assert "plan again, and it is created" not in said


def test_what_cannot_be_found_again_is_said_when_it_is_forgotten(tenant: Tenant, control: Control) -> None:
    """The id of an alert is lost with the record; of an agent it is not."""
    tenant.applied()

    alert, agent = tenant.run("state", "rm", "alerts.backlog@pbx"), tenant.run("state", "rm", "agents.jane@pbx")

    assert "nobody finds it again by itself; to bind it: `provisioner import alerts.backlog@pbx 1`" in alert.err
    assert agent.err == ""


def test_a_guess_stays_within_the_kind(tenant: Tenant, control: Control) -> None:
    """Who means an alert does not mean the queue of nearly that name."""
    tenant.applied()

    ran = tenant.run("state", "rm", "alerts.support@pbx")

    assert ran.code == 1
    assert "queues.support@pbx" not in ran.err


def test_a_secret_is_sent_for_a_reason_of_its_own(tenant: Tenant, control: Control) -> None:
    """Raised, never sent and not yet cleared are three things."""
    tenant.applied()
    tenant.edit(
        "jane@acme.example, password: {from_env: PIN}", "jane@acme.example, password: {from_env: PIN, version: 2}"
    )

    plan = tenant.run("plan").out

    assert "why: `password` has another version than the one last sent" in plan
