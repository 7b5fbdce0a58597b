"""A tenant at DeepCall, as the command line's tests of that vendor share it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.cli.conftest import Ran, Tenant, anew

ACME = """
tenant: acme
connections:
  dc:
    vendor: deepcall
    url: {url}
    user_id: "10000001"
    token: {{from_env: DC_TOKEN}}
    retries: 0
    lag: 0
    busy_pauses: [0, 0, 0, 0]
roles:
  agent: {{name: agent}}
  lead: {{name: Team lead, can_see: true}}
agents:
  ana:
    email: Ana@Example.com
    name: Ana Diaz
    phone: "15555550101"
    dest_type: MOBILE
    dest_value: "5555550101"
    role: lead
    parent: null
    status: active
  bob:
    email: bob@example.com
    name: Bob Poe
    phone: "15555550102"
    dest_type: SIP
    dest_value: bob.poe
    role: agent
    parent: ana
    working:
      - {{days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}}
      - {{days: [sat], from: "22:00", to: "24:00"}}
    allow_did: ["15555550199"]
    address: 1 Main Street
    call_pass: {{from_env: BOB_PASS}}
    password: {{from_env: BOB_PORTAL}}
queues:
  support:
    name: Support
    status: active
    agents: [ana, {{agent: bob, receive_call: false}}]
"""
ANA: dict[str, Any] = {
    "name": "Ana Diaz",
    "email": "ana@example.com",
    "phone": "15555550101",
    "dest_type": "MOBILE",
    "dest_value": "5555550101",
    "role": "1",
}
"""An agent as a person makes one in the portal."""

CALL_PASS, PASSWORD = "48151623", "portal-of-bob"


@pytest.fixture(scope="module")
def deepcall() -> Iterator[Running]:
    with running(find("deepcall")) as served:
        yield served


@pytest.fixture
def portal(deepcall: Running) -> Iterator[Control]:
    """What a person does in the vendor's portal; role 1 is there, and nothing else."""
    yield from anew(deepcall)


@pytest.fixture
def acme(deepcall: Running, portal: Control, tenant_of: Callable[[Running], Tenant]) -> Tenant:
    """Two roles, two agents and a group with both in it; none of them exists, but for the first role."""
    tenant = tenant_of(deepcall)
    tenant.setenv("DC_TOKEN", deepcall.credentials["token"])
    tenant.setenv("BOB_PASS", CALL_PASS)
    tenant.setenv("BOB_PORTAL", PASSWORD)
    tenant.write(ACME)
    return tenant


def plan(acme: Tenant, *more: str) -> dict[str, tuple[str, set[str]]]:
    """Action and fields by address."""
    document = acme.run("plan", "--format", "json", *more)
    return {
        change["key"].replace("@dc", ""): (change["action"], {item["path"] for item in change["fields"]})
        for change in json.loads(document.out)["changes"]
    }


def writes(portal: Control) -> list[tuple[str, Mapping[str, Any]]]:
    """Every request that changes something, as action and body, credentials and passwords hidden."""
    return [
        (entry["path"].removeprefix("/api/v2/"), entry["data"])
        for entry in portal.log()
        if not entry["path"].endswith(("/list", "/getGroupAgentRelation"))
    ]


def by_email(portal: Control) -> dict[str, dict[str, Any]]:
    """The live agents at DeepCall, each with its id."""
    agents = portal.content()["agent"]
    return {item["email"]: {**item, "id": key} for key, item in agents.items() if not item.get("deleted")}


def done(ran: Ran) -> Ran:
    """The same; fails the test where it did not end with 0."""
    assert ran.code == 0, ran.err + ran.out
    return ran


def nothing_to_do(acme: Tenant) -> None:
    """What is there is what is declared."""
    ran = acme.run("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.err + ran.out
    assert ran.out.startswith("No changes"), ran.out
