"""Maqsam through the command line, against its simulator: what only a person can change, and when nobody can tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.cli.conftest import Ran, Tenant, anew

ACME = """
tenant: acme
connections:
  voice:
    vendor: maqsam
    url: {url}
    access_key_id: sim-maqsam-id
    access_secret: {{from_env: MAQSAM_SECRET}}
    retries: 0
agents:
  ana: {{email: Ana@Example.com, name: Ana Example, active: true, groups: [Support, Sales], outgoing_enabled: true}}
  bob: {{email: bob@example.com, name: Bob Poe, active: true}}
"""
ANA: dict[str, Any] = {"name": "Ana Example", "email": "ana@example.com", "groups": ["Sales", "Support"]}
BOB: dict[str, Any] = {"name": "Bob Poe", "email": "bob@example.com"}


@pytest.fixture(scope="module")
def maqsam() -> Iterator[Running]:
    with running(find("maqsam")) as served:
        yield served


@pytest.fixture
def portal(maqsam: Running) -> Iterator[Control]:
    """What a person does in the vendor's portal; nobody is there yet."""
    yield from anew(maqsam)


@pytest.fixture
def acme(maqsam: Running, portal: Control, tenant_of: Callable[[Running], Tenant]) -> Tenant:
    """Two agents are declared."""
    tenant = tenant_of(maqsam)
    tenant.setenv("MAQSAM_SECRET", maqsam.credentials["access_secret"])
    tenant.write(ACME)
    return tenant


def changes(ran: Ran) -> dict[str, tuple[str, str | None, dict[str, Any]]]:
    """Action, intent, and the fields that a person must set, by address."""
    return {
        change["address"].partition("@")[0]: (
            change["action"],
            change.get("intent"),
            {item["path"]: item["after"] for item in change["fields"] if item["manual"]},
        )
        for change in json.loads(ran.out)["changes"]
    }


def planned(acme: Tenant) -> dict[str, tuple[str, str | None, dict[str, Any]]]:
    return changes(acme.run("plan", "--format", "json"))


def requests(portal: Control) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in portal.log()]


def bound(acme: Tenant, portal: Control) -> str:
    """Both agents are there as declared, and managed; Ana's id."""
    vendor_id = portal.create("agent", ANA)
    portal.create("agent", BOB)
    acme.applied()
    assert acme.run("plan", "--detailed-exitcode").code == 0
    portal.reset_log()
    return vendor_id


def test_from_an_empty_account_to_what_is_declared(acme: Tenant, portal: Control) -> None:
    """A person is told what to make and to change, field by field, until the vendor shows it done."""
    portal.create("agent", {**ANA, "groups": ["Support"], "outgoingEnabled": False})
    assert acme.run("validate").code == 0

    first = acme.run("plan")
    assert planned(acme) == {
        "agents.ana": ("adopt", None, {"groups": ["Sales", "Support"], "outgoing_enabled": True}),
        "agents.bob": ("manual", "create", {"active": True, "email": "bob@example.com", "name": "Bob Poe"}),
    }
    assert "Maqsam has no call to create agents: do it in its portal" in first.out

    applied = acme.run("apply", "--auto-approve")
    assert (first.code, applied.code) == (0, 0)
    assert "1 adopted; 2 left for a person" in applied.out
    assert acme.run("plan", "--detailed-exitcode").code == 2
    assert acme.run("apply", "--auto-approve", "--detailed-exitcode").code == 2

    portal.change("agent", "1001", {"groups": ["Sales", "Support"], "outgoingEnabled": True})
    portal.create("agent", BOB)
    assert planned(acme) == {"agents.bob": ("adopt", None, {})}
    assert acme.run("apply", "--auto-approve", "--detailed-exitcode").code == 0
    assert acme.run("plan", "--detailed-exitcode").code == 0
    assert not [line for line in requests(portal) if not line.startswith("GET ")]


def test_an_apply_asks_for_no_page_more_than_its_plan(acme: Tenant, portal: Control) -> None:
    """Adopting sends nothing, and the run's one listing tells what is there."""
    portal.create("agent", ANA)
    portal.create("agent", BOB)

    acme.applied()

    assert requests(portal) == ["GET /v1/agents", "GET /v1/agents/page/2"]


def test_the_number_of_requests(acme: Tenant, portal: Control) -> None:
    """Every full page and an empty one, whatever is declared of it: 101 for 10,000 agents, 4 for 6 in pages of 2."""
    for number in range(6):
        portal.create("agent", {"name": "Ana Example" if number == 0 else "N", "email": f"a{number}@example.com"})
    portal.settings(page_size=2)
    acme.edit("retries: 0", "retries: 0\n    page_size: 2")
    acme.edit("Ana@Example.com", "a0@example.com")

    acme.run("plan")
    everybody = requests(portal)
    portal.reset_log()
    acme.run("plan", "--target", "agents.ana")

    assert everybody == ["GET /v1/agents", *(f"GET /v1/agents/page/{number}" for number in (2, 3, 4))]
    assert requests(portal) == everybody


def test_a_saved_plan_is_checked_with_one_listing(acme: Tenant, portal: Control) -> None:
    """Whoever left meanwhile is not adopted."""
    portal.create("agent", ANA)
    gone = portal.create("agent", BOB)
    file = str(acme.folder / "now.plan")
    assert acme.run("plan", "--out", file).code == 0
    portal.delete("agent", gone)
    portal.reset_log()

    ran = acme.run("apply", file)

    assert ran.code == 1
    assert "agents.ana" in ran.out + ran.err
    assert requests(portal) == ["GET /v1/agents", "GET /v1/agents/page/2"]
    assert set(planned(acme)) == {"agents.bob"}


def test_drift(acme: Tenant, portal: Control) -> None:
    """What somebody changed in the portal is reported, and is a person's to take back."""
    vendor_id = bound(acme, portal)
    portal.change("agent", vendor_id, {"active": False})

    drift, plan = acme.run("drift"), acme.run("plan", "--detailed-exitcode")

    assert (drift.code, plan.code) == (2, 2)
    assert "active:" in drift.out
    assert "somebody changed `active` at the vendor since the last apply" in plan.out
    assert planned(acme) == {"agents.ana": ("manual", "update", {"active": True})}


def test_what_is_no_longer_declared_is_only_no_longer_managed(acme: Tenant, portal: Control) -> None:
    """Nothing can be deleted, so nobody asks a person to (R27)."""
    bound(acme, portal)
    acme.without("bob:")

    assert planned(acme) == {"agents.bob": ("forget", None, {})}


def test_two_agents_of_one_address(acme: Tenant, portal: Control) -> None:
    """Nobody can say which of them is meant (§4.2)."""
    portal.create("agent", ANA)
    portal.create("agent", {**ANA, "email": "ANA@example.com"}, force=True)

    ran = acme.run("plan")

    assert ran.code == 1
    assert "several active entities have email `ana@example.com`: ids 1001, 1002" in " ".join(ran.out.split())


def test_a_missing_field_is_not_compared_and_said(acme: Tenant, portal: Control) -> None:
    """It is unknown, not false (§4.5); nor has it drifted."""
    bound(acme, portal)
    portal.settings(omitted_fields=["active"])

    plan, drift = acme.run("plan", "--detailed-exitcode"), acme.run("drift")

    assert (plan.code, drift.code) == (0, 0)
    assert "`agents.ana@voice`: the vendor's answer does not say what `active` is" in " ".join(plan.out.split())


def test_an_empty_listing_is_not_believed(acme: Tenant, portal: Control) -> None:
    """Nothing counts the agents, and state binds two: nobody is forgotten, and nobody is to be made again."""
    bound(acme, portal)
    portal.empty()

    ran = acme.run("plan")

    assert ran.code == 1
    assert planned(acme) == {"agents.ana": ("unknown", None, {}), "agents.bob": ("unknown", None, {})}
    assert "the listing is empty, the vendor does not say how many there are" in " ".join(ran.out.split())


def test_an_empty_listing_of_others_too(acme: Tenant, portal: Control) -> None:
    """Also where a partial plan looks for somebody new alone."""
    bound(acme, portal)
    portal.empty()
    acme.edit("  bob:", "  eve: {{email: eve@example.com}}\n  bob:".replace("{{", "{").replace("}}", "}"))

    assert changes(acme.run("plan", "--target", "agents.eve", "--format", "json")) == {
        "agents.eve": ("unknown", None, {})
    }


FAULTS: list[dict[str, Any]] = [
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 401},
    {"effect": "status", "status": 403},
    {"effect": "status", "status": 404},
    {"effect": "garbage"},
    {"effect": "truncate"},
    {"effect": "drop_after"},
    {"effect": "redirect", "location": "/elsewhere"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['effect']} {fault.get('status', '')}".strip())
def test_a_page_that_fails_is_no_evidence(acme: Tenant, portal: Control, fault: dict[str, Any]) -> None:
    """Whoever may stand on it is unknown, never to be made, never forgotten."""
    bound(acme, portal)
    portal.settings(page_size=1)
    acme.edit("retries: 0", "retries: 0\n    page_size: 1")
    acme.without("bob:")
    acme.edit("agents:", "agents:\n  eve: {email: eve@example.com}")
    portal.fault(path="/v1/agents/page/2", times=None, **fault)

    ran = acme.run("plan", "--format", "json")

    found = {address: action for address, (action, _, _) in changes(ran).items()}
    assert ran.code == 1
    assert (found["agents.eve"], found["agents.bob"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"repeat_from": 2}, "the vendor repeats a page"),
        ({"page_lengths": {"1": 1}}, "page 1 holds fewer than 2 agents and page 2 some more"),
    ],
)
def test_pages_that_cannot_be_right(acme: Tenant, portal: Control, settings: dict[str, Any], why: str) -> None:
    """The list repeats itself, or was cut short in the middle."""
    for number in range(5):
        portal.create("agent", {"name": "N", "email": f"agent{number}@example.com"})
    portal.settings(page_size=2, **settings)
    acme.edit("retries: 0", "retries: 0\n    page_size: 2")

    ran = acme.run("plan")

    assert ran.code == 1
    assert why in " ".join(ran.out.split())


@pytest.mark.parametrize("page", ["/v1/agents", "/v1/agents/page/2"])
def test_a_web_page_is_no_list(acme: Tenant, portal: Control, page: str) -> None:
    """Whoever may stand on it is unknown, whichever page it is; nothing of it is quoted."""
    bound(acme, portal)
    acme.edit("agents:", "agents:\n  eve: {email: eve@example.com}")
    portal.fault("garbage", path=page, times=None)

    ran = acme.run("plan")

    assert ran.code == 1
    assert f"the answer to GET {page} is not a page of agents" in " ".join(ran.out.split())
    assert planned(acme)["agents.eve"] == ("unknown", None, {})
    assert "<html" not in ran.out + ran.err


def test_somebody_is_deleted_between_two_pages(acme: Tenant, portal: Control) -> None:
    """Whoever slips to a page that was read before is looked for once more, where the connection has a lag."""
    ids = [portal.create("agent", {"name": "N", "email": f"a{number}@example.com"}) for number in range(5)]
    portal.settings(page_size=2)
    acme.edit("retries: 0", "retries: 0\n    page_size: 2\n    lag: 0.01")
    start = acme.manifest.read_text("utf-8").partition("agents:\n")[0]
    lines = "".join(f"  a{number}: {{email: a{number}@example.com}}\n" for number in range(5))
    acme.manifest.write_text(f"{start}agents:\n{lines}", encoding="utf-8")
    acme.applied()
    portal.fault("meanwhile", path="/v1/agents", changes=[{"verb": "delete", "kind": "agent", "id": ids[0]}])
    portal.reset_log()

    assert planned(acme) == {}

    pages = ["GET /v1/agents", "GET /v1/agents/page/2", "GET /v1/agents/page/3"]
    assert requests(portal) == [*pages, *pages]
    assert set(planned(acme)) == {"agents.a0"}


def test_export_shows_adoptions_only(acme: Tenant, portal: Control) -> None:
    """Everybody is declared as they are; a plan of it changes nothing."""
    portal.create("agent", {**ANA, "active": False})
    portal.create("agent", BOB)
    out = Tenant(acme.folder.parent / "out", acme.url, acme.capture, acme.environment)

    ran = acme.run("export", "--connection", "voice", "--out", str(out.folder))

    assert ran.code == 0, ran.out + ran.err
    assert planned(out) == {"agents.ana-example": ("adopt", None, {}), "agents.bob-poe": ("adopt", None, {})}
    assert "active: false" in (out.folder / "agents.yaml").read_text("utf-8")


def test_import(acme: Tenant, portal: Control) -> None:
    """By the id, out of a listing, since the vendor has no other call."""
    vendor_id = portal.create("agent", {"name": "Eve", "email": "eve@example.com"})

    ran, missing = acme.run("import", "agents.eve@voice", vendor_id), acme.run("import", "agents.zoe@voice", "999")

    assert (ran.code, missing.code) == (0, 1), ran.err
    assert "eve@example.com" in (acme.folder / "agents.yaml").read_text("utf-8")
    assert "there is no agent with id 999" in missing.err


def test_the_secret_shows_nowhere(acme: Tenant, portal: Control) -> None:
    """Neither in a failure nor in a log."""
    portal.fault("status", status=401, times=None)

    ran = acme.run("--log-level", "debug", "plan")

    assert ran.code == 1
    assert "refuses the access key" in " ".join(ran.out.split())
    assert "sim-maqsam-secret" not in ran.out + ran.err


def test_vendors_says_how_far_a_listing_is_believed(acme: Tenant) -> None:
    """With the call's source, and what is left to a person."""
    said = " ".join(acme.run("vendors", "maqsam").out.split())

    assert "specs/maqsam.yaml, GET /v1/agents" in said
    assert "an empty listing only while state binds none there" in said
    assert "only the portal changes `email`" in said
