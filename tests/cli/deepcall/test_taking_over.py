"""An account of DeepCall that was made by hand: exported, adopted, imported, and watched."""

from __future__ import annotations

import json

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.deepcall.conftest import ANA, by_email, done, nothing_to_do, plan, writes


@pytest.fixture
def hand_made(acme: Tenant, portal: Control) -> Tenant:
    """An account with a chain of two agents, a role, a group of both; the manifest declares nothing."""
    role = portal.create("role", {"name": "Team lead", "can_see": 1})
    ana = portal.create("agent", {**ANA, "role": role})
    bob = {**ANA, "name": "Bob Poe", "email": "bob@example.com", "phone": "15555550102", "parent": ana}
    hours = [{"wDays": ["SAT"], "from": 0, "to": 1439}]
    portal.create("group", {"name": "Support"})
    portal.change("agent", ana, {"group": [1], "receive_call": [1]})
    portal.create("agent", {**bob, "group": [1], "working": hours, "allowDid": ["15555550199"], "status": 0})
    acme.manifest.write_text(acme.manifest.read_text().partition("roles:\n")[0])
    return acme


def test_an_export_is_what_is_there(hand_made: Tenant, portal: Control) -> None:
    """Its plan is adoptions and nothing else; afterwards there is nothing to do."""
    ran = done(hand_made.run("export", "--connection", "dc", "--out", str(hand_made.folder.parent / "out")))

    told = "".join(path.read_text() for path in (hand_made.folder.parent / "out").rglob("*.yaml"))
    assert "parent: ana-diaz" in told, told
    assert "receive_call: false" in told
    assert '{days: [sat], from: "00:00", to: "24:00"}' in told or "- sat" in told
    assert ran.err == "" or "password" not in ran.err
    elsewhere = Tenant(hand_made.folder.parent / "out", hand_made.url, hand_made.capture, hand_made.environment)
    planned = json.loads(done(elsewhere.run("plan", "--format", "json")).out)
    assert {change["action"] for change in planned["changes"]} == {"adopt"}
    assert [change["fields"] for change in planned["changes"]] == [[]] * 5
    elsewhere.applied()
    nothing_to_do(elsewhere)
    assert writes(portal) == []


def test_an_export_that_adopts(hand_made: Tenant, portal: Control) -> None:
    """One command, and what is there is managed."""
    done(hand_made.run("export", "--connection", "dc", "--out", str(hand_made.folder.parent / "out"), "--adopt"))

    assert writes(portal) == []


@pytest.mark.parametrize(
    "members", ["[ana, {agent: bob, receive_call: true}]", "{add: [ana, {agent: bob, receive_call: true}]}"]
)
def test_a_queue_and_its_members_are_adopted_together(hand_made: Tenant, members: str) -> None:
    """Whoever is in the queue already neither comes nor goes; that a member is to get calls now is said by name."""
    people = "".join(
        f"  {key}: {{email: {key}@example.com, name: {name}}}\n"
        for key, name in (("ana", "Ana Diaz"), ("bob", "Bob Poe"))
    )
    declared = f"agents:\n{people}queues:\n  support: {{name: Support, agents: {members}}}\n"
    hand_made.manifest.write_text(hand_made.manifest.read_text() + declared)

    said = done(hand_made.run("plan")).out

    assert "Bob Poe (`bob`): receive_call false -> true" in said
    assert not any(word in said for word in ("adds", "takes out", "loses"))


def test_an_agent_is_found_by_its_e_mail(acme: Tenant, portal: Control) -> None:
    """However it is spelt; what differs is sent, and the live passwords stay what they are."""
    portal.create("agent", {**ANA, "email": "ANA@example.COM", "dest_value": "5555550199"})

    planned = plan(acme)["agents.ana"]
    acme.applied()

    assert planned == ("adopt", {"dest_value", "role"})
    assert len(by_email(portal)) == 2
    nothing_to_do(acme)


def test_another_person_is_not_taken_over(acme: Tenant, portal: Control) -> None:
    """The e-mail is the declared one, the name is somebody else's: a person says which is meant."""
    stranger = portal.create("agent", {**ANA, "name": "Zoe Low"})

    assert plan(acme)["agents.ana"][0] == "conflict"

    text = acme.manifest.read_text()
    acme.manifest.write_text(text + f"imports: [{{address: agents.ana@dc, id: '{stranger}'}}]\n")
    assert plan(acme)["agents.ana"][0] == "adopt"


def test_an_id_is_imported(acme: Tenant, portal: Control) -> None:
    """It is bound now, and the plan shows what differs."""
    ana = portal.create("agent", ANA)

    done(acme.run("import", "agents.ana@dc", ana))

    assert plan(acme)["agents.ana"] == ("update", {"role"})


def test_drift_names_what_somebody_changed(acme: Tenant, portal: Control) -> None:
    """At the group, too, whose members have flags of their own."""
    acme.applied()
    assert acme.run("drift").code == 0
    portal.change("agent", 2, {"working": [], "receive_call": [1]})

    ran = acme.run("drift", "--format", "json")

    assert ran.code == 2, ran.err
    found = {item["address"]: {field["path"] for field in item["fields"]} for item in json.loads(ran.out)["drift"]}
    assert found == {"agents.bob@dc": {"working"}, "queues.support@dc": {"agents"}}


def test_a_member_who_is_only_added(acme: Tenant, portal: Control) -> None:
    """Whom a person put into the group stays there, and so does whether the group calls them."""
    acme.applied()
    zoe = portal.create("agent", {**ANA, "name": "Zoe", "email": "zoe@example.com", "group": [1]})
    acme.edit("agents: [ana, {agent: bob, receive_call: false}]", "agents: {add: [ana]}")

    acme.applied()
    portal.reset_log()
    acme.edit("agents: {add: [ana]}", "agents: {add: [ana, bob]}")
    acme.applied()

    agents = portal.content()["agent"]
    assert (agents[zoe]["group"], agents[zoe]["receive_call"]) == ([1], [])
    assert agents["2"]["group"] == [1]
    nothing_to_do(acme)
