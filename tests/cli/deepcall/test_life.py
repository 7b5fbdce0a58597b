"""DeepCall from the first apply to the last through the command line: what is sent, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.deepcall.conftest import ANA, by_email, done, nothing_to_do, plan, writes

MOVES: list[tuple[str, str, dict[str, Any]]] = [
    ("name: Ana Diaz", "name: Anna Diaz", {"name": "Anna Diaz"}),
    ('phone: "15555550101"', 'phone: "15555550111"', {"phone": "15555550111"}),
    (
        'dest_value: "5555550101"',
        'dest_value: "5555550111"',
        {"dest_type": "MOBILE", "dest_value": "5555550111"},
    ),
    ("role: lead\n", "role: agent\n", {"role": "1"}),
    ("status: active\n  bob", "status: inactive\n  bob", {"status": 0}),
]
"""What is edited of the first agent, and what the one request that follows says beside the agent's id."""


def test_from_nothing_to_all_of_it(acme: Tenant, portal: Control) -> None:
    """Roles, one of them there already, an agent below another, a group of both; the next plan is empty."""
    assert plan(acme)["roles.agent"] == ("adopt", set())

    acme.applied()

    assert [call for call, _ in writes(portal)] == [
        "role/add",
        "role/update",
        "Agent/create",
        "Agent/create",
        "Group/add",
        "Group/submitAssignGroupToAgent",
    ]
    bob = by_email(portal)["bob@example.com"]
    assert (bob["parent"], bob["role"], bob["receive_call"]) == ("1", "1", [])
    assert bob["working"][1] == {"wDays": ["SAT"], "from": 1320, "to": 1439}
    nothing_to_do(acme)


@pytest.mark.parametrize(("old", "new", "sent"), MOVES, ids=[next(iter(sent)) for *_, sent in MOVES])
def test_a_field_is_one_request(acme: Tenant, portal: Control, old: str, new: str, sent: dict[str, Any]) -> None:
    """It carries that field and no other, but for the two halves of a destination, which are one."""
    acme.applied()
    portal.reset_log()
    acme.edit(old, new)

    acme.applied()

    assert writes(portal) == [("Agent/update", {"agentId": "1", **sent})]
    nothing_to_do(acme)


def test_many_fields_are_sent_in_their_order(acme: Tenant, portal: Control) -> None:
    """Whoever becomes inactive does so first, whoever becomes active does so last."""
    acme.applied()
    portal.reset_log()
    acme.edit("    status: active\n  bob", "    status: inactive\n    address: 2 Main Street\n  bob")
    acme.edit("name: Ana Diaz", "name: Anna Diaz")
    acme.applied()
    acme.edit("    status: inactive\n    address: 2 Main Street\n  bob", "    status: active\n    address: null\n  bob")
    acme.applied()

    fields = [next(name for name in body if name != "agentId") for _, body in writes(portal)]

    assert fields == ["status", "name", "address", "address", "status"]
    nothing_to_do(acme)


def test_first_and_last_name_make_a_name(acme: Tenant, portal: Control) -> None:
    """As another vendor has them: sent as one when the agent is made, and never compared afterwards."""
    acme.edit("name: Ana Diaz", "first_name: Ana\n    last_name: Diaz")
    acme.applied()
    nothing_to_do(acme)
    assert by_email(portal)["ana@example.com"]["name"] == "Ana Diaz"

    portal.change("agent", 1, {"name": "Ana D."})

    nothing_to_do(acme)


def test_what_nobody_declares_is_left_alone(acme: Tenant, portal: Control) -> None:
    """An agent's other fields, the agents that no manifest names, and who of a group gets its calls."""
    acme.applied()
    portal.change("agent", 1, {"address": "Elsewhere", "favorite": "x", "receive_call": []})
    portal.create("agent", {**ANA, "name": "Zoe", "email": "zoe@example.com"})
    acme.edit("name: Ana Diaz", "name: Anna Diaz")
    acme.edit("status: active\n    agents: [ana,", "status: inactive\n    agents: [ana,")

    acme.applied()

    ana = by_email(portal)["ana@example.com"]
    assert (ana["name"], ana["address"], ana["favorite"], ana["receive_call"]) == ("Anna Diaz", "Elsewhere", "x", [])
    assert by_email(portal)["zoe@example.com"]["name"] == "Zoe"


def test_children_go_before_their_parent(acme: Tenant, portal: Control) -> None:
    """DeepCall refuses to delete an agent whom others are below; members leave with their group."""
    acme.applied()
    portal.reset_log()
    text = acme.manifest.read_text().partition("agents:\n")[0]
    acme.manifest.write_text(text)

    done(acme.run("apply", "--auto-approve", "--allow", "deletes"))

    assert writes(portal) == [
        ("Group/delete", {"groupId": "1"}),
        ("Agent/delete", {"agentId": "2"}),
        ("Agent/delete", {"agentId": "1"}),
    ]
    nothing_to_do(acme)


def test_a_deleted_agent_is_made_again(acme: Tenant, portal: Control) -> None:
    """Nothing that a delete leaves can be read, and the e-mail is free: another id, and back in the group."""
    acme.applied()
    portal.delete("agent", 2)

    assert plan(acme)["agents.bob"][0] == "create"
    acme.applied()

    assert by_email(portal)["bob@example.com"]["id"] == "3"
    assert by_email(portal)["bob@example.com"]["group"] == [1]
    nothing_to_do(acme)


def test_two_agents_exchange_their_e_mails(acme: Tenant, portal: Control) -> None:
    """One of them is parked on a free address in between."""
    acme.applied()
    portal.reset_log()
    acme.edit("email: Ana@Example.com", "email: SWAPPED")
    acme.edit("email: bob@example.com", "email: ana@example.com")
    acme.edit("email: SWAPPED", "email: bob@example.com")

    acme.applied()

    sent = [body["email"] for call, body in writes(portal) if call == "Agent/update"]
    assert sent[0].endswith("@parked.invalid")
    assert {email: item["id"] for email, item in by_email(portal).items()} == {
        "bob@example.com": "1",
        "ana@example.com": "2",
    }
    nothing_to_do(acme)


def test_a_role_cannot_be_deleted(acme: Tenant, portal: Control) -> None:
    """DeepCall has no call for it: a person does it, or the declaration is let go with `removed`."""
    acme.applied()
    portal.reset_log()
    acme.edit("role: lead", "role: agent")
    acme.without("lead: {name: Team lead")

    applied = acme.run("apply", "--auto-approve", "--detailed-exitcode")

    assert applied.code == 2
    assert "no call to delete roles" in applied.out
    assert [call for call, _ in writes(portal)] == ["Agent/update"]
    portal.delete("role", 2)
    assert plan(acme) == {"roles.lead": ("forget", set())}


def test_hours_are_the_same_however_they_are_grouped(acme: Tenant) -> None:
    """A day a line or all in one, in any order."""
    acme.applied()
    acme.edit(
        '      - {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}\n',
        '      - {days: [fri, wed], from: "9:00", to: "18:00"}\n'
        '      - {days: [mon, tue, thu], from: "09:00", to: "18:00"}\n',
    )

    nothing_to_do(acme)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: Ana Diaz", "first_name: Ana/", "first and last name make `Ana/`, which is no name"),
        ('to: "24:00"', 'to: "23:59"', '"24:00"'),
        ('from: "22:00"', 'from: "24:00"', '"23:59"'),
        ('to: "18:00"', 'to: "08:00"', "is before `from`"),
        ("dest_value: bob.poe", "dest_value: bob poe", "is no destination of type SIP"),
        ('dest_value: "5555550101"', 'dest_value: "12345"', "is no destination of type MOBILE"),
        ('phone: "15555550101"', 'phone: "+15555550101"', "10 to 15 digits"),
        ("name: Ana Diaz", "name: Ana/Diaz", "1 to 100 letters"),
        ('["15555550199"]', '["15555550199", "15555550199"]', "stands there twice"),
        ("status: active\n  bob", "status: 1\n  bob", "active or inactive"),
    ],
)
def test_what_deepcall_would_refuse_is_told_offline(
    acme: Tenant, portal: Control, old: str, new: str, said: str
) -> None:
    """Hours that it cannot hold, destinations and numbers that it does not take."""
    acme.edit(old, new)

    ran = acme.run("validate")

    assert ran.code == 1
    assert said in ran.err + ran.out
    assert portal.log() == []


def test_a_password_of_another_length_stops_before_the_first_call(acme: Tenant, portal: Control) -> None:
    """DeepCall takes eight digits; the value is not shown."""
    acme.setenv("BOB_PASS", "123456")

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "eight digits" in ran.err + ran.out
    assert "123456" not in ran.err + ran.out
    assert writes(portal) == []


def test_a_supervisor_cannot_live_there(acme: Tenant) -> None:
    """DeepCall has nothing that marks one."""
    text = acme.manifest.read_text()
    acme.manifest.write_text(text + "supervisors: {sam: {first_name: Sam}}\n")

    ran = acme.run("validate")

    assert ran.code == 1
    assert "supervisors" in ran.err
