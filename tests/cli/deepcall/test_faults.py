"""What goes wrong between two requests at DeepCall: nothing is doubled, nothing is forgotten, and it is said."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running
from provisioner.state.backends.local import LocalBackend
from tests.cli.conftest import Tenant
from tests.cli.deepcall.conftest import ANA, by_email, done, nothing_to_do, plan, writes

BUSY = {"status": "error", "message": "Data already in processing", "code": 1501}

FAILED = {"status": "error", "message": "Something went wrong", "code": 1009}


def answered(portal: Control, body: dict[str, Any], **rule: Any) -> None:
    """DeepCall answers so, in place of having the effect."""
    portal.fault("status", status=200, body=body, content_type="application/json", **rule)


def groups(portal: Control) -> list[str]:
    return sorted(item["name"] for item in portal.content()["group"].values())


def test_a_failed_field_stops_the_later_ones(acme: Tenant, portal: Control) -> None:
    """What was acknowledged is recorded, the report says how far it came, and the next plan shows the rest only."""
    acme.applied()
    for old, new in (("Ana Diaz", "Anna Diaz"), ("15555550101", "15555550111"), ("role: lead", "role: agent")):
        acme.edit(old, new)
    answered(portal, {"status": "error", "message": "Invalid mobile Number", "code": 1514}, path="*/update", skip=1)

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "code 1514: Invalid mobile Number; 1 of 3 fields were written before: `name`" in said
    assert plan(acme) == {"agents.ana": ("update", {"phone", "role"})}
    portal.reset_log()
    acme.applied()
    assert [next(name for name in body if name != "agentId") for _, body in writes(portal)] == ["phone", "role"]
    nothing_to_do(acme)


@pytest.mark.parametrize("effect", ["drop_after", "drop_before"])
@pytest.mark.parametrize("call", ["Agent/create", "Group/add", "role/add"])
def test_a_lost_answer_to_a_create_doubles_nothing(acme: Tenant, portal: Control, call: str, effect: str) -> None:
    """Whether it had its effect is asked; a group sent twice would be there as `Support 1`."""
    portal.fault(effect, path=f"*/{call}")

    acme.applied()

    assert sorted(by_email(portal)) == ["ana@example.com", "bob@example.com"]
    assert groups(portal) == ["Support"]
    assert sorted(item["name"] for item in portal.content()["role"].values()) == ["Team lead", "agent"]
    nothing_to_do(acme)


@pytest.mark.parametrize("call", ["Agent/create", "Group/add", "role/add"])
def test_an_internal_error_may_have_had_its_effect(acme: Tenant, portal: Control, call: str) -> None:
    """1009 comes with status 200, and proves neither."""
    portal.fault("status_after", status=200, body=FAILED, content_type="application/json", path=f"*/{call}")

    acme.applied()

    assert sorted(by_email(portal)) == ["ana@example.com", "bob@example.com"]
    assert groups(portal) == ["Support"]
    nothing_to_do(acme)


def test_a_lost_answer_to_an_update_is_asked_about(acme: Tenant, portal: Control) -> None:
    """The field that arrived is not sent again, and the one after it is."""
    acme.applied()
    acme.edit("Ana Diaz", "Anna Diaz")
    acme.edit("role: lead", "role: agent")
    portal.fault("drop_after", path="*/update")
    portal.reset_log()

    acme.applied()

    assert [next(name for name in body if name != "agentId") for _, body in writes(portal)] == ["name", "role"]
    nothing_to_do(acme)


def test_busy_is_waited_for(acme: Tenant, portal: Control) -> None:
    """Nothing was done: the same request is sent again, as often as the document advises."""
    answered(portal, BUSY, path="*/Agent/create", times=4)

    acme.applied()

    assert [call for call, _ in writes(portal)].count("Agent/create") == 4 + 2
    nothing_to_do(acme)


def test_busy_beyond_patience_fails(acme: Tenant, portal: Control) -> None:
    """The change had no effect, and the next run makes it."""
    answered(portal, BUSY, path="*/Agent/create", times=5)

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "DeepCall is busy, says code 1501: Data already in processing, 5 times" in " ".join(ran.out.split())
    assert by_email(portal) == {}
    assert LocalBackend(acme.folder / ".provisioner").load().pending == {}
    acme.applied()
    nothing_to_do(acme)


def test_writes_are_made_one_at_a_time(acme: Tenant, portal: Control) -> None:
    """An account that is busy for as long as a write takes refuses none of them."""
    more = "".join(
        f"  extra-{n}: {{email: x{n}@example.com, name: Extra, phone: '1555555020{n}', dest_type: SIP,"
        f" dest_value: x{n}, role: agent}}\n"
        for n in range(6)
    )
    acme.edit("queues:\n", f"{more}queues:\n")
    acme.edit("busy_pauses: [0, 0, 0, 0]", "busy_pauses: []")
    portal.settings(write_milliseconds=20)

    acme.applied()

    assert len([call for call, _ in writes(portal) if call == "Agent/create"]) == 8
    nothing_to_do(acme)


def test_a_name_that_was_taken_meanwhile(acme: Tenant, portal: Control) -> None:
    """DeepCall would call the group `Support 1` and say nothing: it is deleted again, and said."""
    taken = {"verb": "create", "kind": "group", "attributes": {"name": "support"}}
    portal.fault("meanwhile", path="*/role/add", changes=[taken])

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "DeepCall named the group `Support 1`, since another one is called `Support`: it was deleted again" in said
    assert groups(portal) == ["support"]
    assert plan(acme) == {"queues.support": ("adopt", {"agents", "name"})}


def test_a_new_name_that_was_taken_meanwhile(acme: Tenant, portal: Control) -> None:
    """The old name is put back, and said."""
    acme.applied()
    acme.edit("name: Support", "name: Help")
    acme.edit("Ana Diaz", "Anna Diaz")
    taken = {"verb": "create", "kind": "group", "attributes": {"name": "Help"}}
    portal.fault("meanwhile", path="*/Agent/update", changes=[taken])

    ran = acme.run("apply", "--auto-approve", "--parallelism", "1")

    assert ran.code == 1
    assert "`Support` was put back" in " ".join(ran.out.split())
    assert groups(portal) == ["Help", "Support"]


def test_somebody_else_took_the_e_mail(acme: Tenant, portal: Control) -> None:
    """The hint says who."""
    taken = {"verb": "create", "kind": "agent", "attributes": {**ANA, "name": "Zoe", "phone": "15555550109"}}
    portal.fault("meanwhile", path="*/role/add", changes=[taken])

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "code 1512: Email already exists" in said
    assert "is held by the active id 1" in said


def test_the_licence_is_looked_at_before_the_first_call(acme: Tenant, portal: Control) -> None:
    """Whoever is being deleted in the portal counts, too."""
    stranger = portal.create("agent", {**ANA, "email": "zoe@example.com"})
    portal.change("agent", stranger, {"preDeleted": 1})
    portal.settings(agtLimit=2)

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "capacity" in ran.out + ran.err
    assert writes(portal) == []
    portal.settings(agtLimit=3)
    acme.applied()


def test_one_agent_too_many_all_the_same(acme: Tenant, portal: Control) -> None:
    """DeepCall says no more than that it could not; the hint names the limit."""
    portal.settings(agtLimit=1)

    ran = acme.run("apply", "--auto-approve", "--allow", "capacity")

    assert ran.code == 1
    assert "code 1522" in ran.out
    assert "`agtLimit`" in ran.out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"token": "another"}, "check `user_id` and `token` of `connections.dc`"),
        ({"suspended": True}, "code 1039"),
        ({"denied": ["Agent/list"]}, "must be allowed `Agent/list`"),
        ({"omitted_members": ["status"]}, "not DeepCall's"),
    ],
)
def test_what_is_refused_is_unknown_and_never_absent(
    acme: Tenant, portal: Control, settings: dict[str, Any], said: str
) -> None:
    """All of it comes with status 200."""
    acme.applied()
    portal.reset_log()
    portal.settings(**settings)

    ran = acme.run("plan")

    assert ran.code == 1
    assert said in " ".join((ran.out + ran.err).split())
    assert "unknown" in ran.out
    assert acme.run("apply", "--auto-approve").code == 1
    assert writes(portal) == []


def test_a_session_is_another_way_in(acme: Tenant, portal: Control) -> None:
    """It is sent alone, and leads to the same account."""
    acme.applied()
    acme.setenv("DC_SSID", "sim-deepcall-session")
    acme.edit("token: {from_env: DC_TOKEN}", "ssid: {from_env: DC_SSID}")

    nothing_to_do(acme)


def test_a_deletion_under_way_is_a_person_s(acme: Tenant, portal: Control) -> None:
    """Declared, a person must cancel it in the portal; not declared, nothing is done until it is gone."""
    acme.applied()
    portal.change("agent", 2, {"preDeleted": 1})
    portal.reset_log()

    assert {name: action for name, (action, _) in plan(acme).items()} == {"agents.bob": "manual"}
    assert acme.run("apply", "--auto-approve").code == 0

    text = acme.manifest.read_text()
    start, rest = text.partition("  bob:\n")[::2]
    acme.manifest.write_text(
        f"{start}queues:\n{rest.partition('queues:')[2]}".replace(", {agent: bob, receive_call: false}", "")
    )
    assert "agents.bob" not in plan(acme)
    assert "Agent/delete" not in [call for call, _ in writes(portal)]
    portal.delete("agent", 2)
    assert plan(acme)["agents.bob"] == ("forget", set())


def test_what_was_written_shows_late(acme: Tenant, portal: Control) -> None:
    """A search index beside the database: it is looked at again before anything is called altered or absent."""
    acme.edit("lag: 0", "lag: 0.05")
    portal.settings(visible_after_reads=2)

    ran = done(acme.run("apply", "--auto-approve"))

    assert "notice" not in ran.out.partition("Apply complete")[2], ran.out
    assert groups(portal) == ["Support"]
    portal.settings(visible_after_reads=0)
    nothing_to_do(acme)


@pytest.mark.parametrize("call", ["Agent/create", "Group/add", "role/add"])
def test_a_lost_create_that_shows_late_is_not_doubled(acme: Tenant, portal: Control, call: str) -> None:
    """That a listing does not show it yet is no reason to send it again before the lag has passed."""
    acme.edit("lag: 0", "lag: 0.05")
    portal.settings(visible_after_reads=1)
    portal.fault("drop_after", path=f"*/{call}")

    acme.applied()

    assert [made for made, _ in writes(portal)].count(call) == (2 if call == "Agent/create" else 1)
    assert groups(portal) == ["Support"]
    assert sorted(item["name"] for item in portal.content()["role"].values()) == ["Team lead", "agent"]


def test_what_somebody_made_just_now_is_not_made_twice(acme: Tenant, deepcall: Running, portal: Control) -> None:
    """What the first listing does not show yet, the one after the lag does: it is adopted."""
    acme.edit("lag: 0", "lag: 0.05")
    portal.settings(visible_after_reads=1)
    known = deepcall.credentials
    somebody = {"userId": known["user_id"], "token": known["token"], "name": "Team lead"}
    httpx.post(f"{deepcall.base_url}/api/v2/role/add", json=somebody, trust_env=False).raise_for_status()

    assert plan(acme)["roles.lead"][0] == "adopt"


def test_what_a_map_does_not_show_is_unknown(acme: Tenant, portal: Control) -> None:
    """Seven fields are compared, and the plan says of the others that nobody can tell."""
    acme.applied()
    portal.settings(agents_as="map", groups_as="map")

    ran = acme.run("plan", "--detailed-exitcode")

    assert ran.code == 0, ran.out + ran.err
    assert "`working`" in ran.out
    acme.edit("Ana Diaz", "Anna Diaz")
    assert plan(acme) == {"agents.ana": ("update", {"name"})}
    acme.applied()
    assert by_email(portal)["ana@example.com"]["name"] == "Anna Diaz"


def test_what_a_map_does_not_show_was_not_altered(acme: Tenant, portal: Control) -> None:
    """Of what was sent and is not shown, nobody says that DeepCall made it something else."""
    portal.settings(agents_as="map")

    ran = done(acme.run("apply", "--auto-approve"))

    assert "the vendor made it" not in ran.out + ran.err
    portal.settings(agents_as="array")
    nothing_to_do(acme)
