"""A tenant on FonoUC, its simulator, and what a test asks of them."""

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
  pbx:
    vendor: fonouc
    url: {url}
    account_id: ACCOUNT
    username: USERNAME
    password: {{from_env: FONO_PASSWORD}}
    domain: DOMAIN
    retries: 0
agents:
  ana: {{email: Ana@Example.com, first_name: Ana, last_name: null, presence_id: "1001", enabled: true, tags: [b, a]}}
queues:
  support:
    name: Support
    max_wait_time: 180
    extensions: [{{extension: "7001"}}, {{extension: "7000", prepend: VIP}}]
    csat: {{note: after each call}}
"""
ANA: dict[str, Any] = {"first_name": "Ana", "email": "ana@example.com", "presence_id": "1001", "isAgent": True}
NUMBERS = [
    {"extension": "7000", "prepend": "VIP", "emergency_mode": False},
    {"extension": "7001", "prepend": "", "emergency_mode": False},
]
SURVEY = {"callflow": "", "direction": "", "note": "after each call"}


@pytest.fixture(scope="module")
def fonouc() -> Iterator[Running]:
    with running(find("fonouc")) as served:
        yield served


@pytest.fixture
def portal(fonouc: Running) -> Iterator[Control]:
    """What a person does in the vendor's portal; nothing is there yet."""
    yield from anew(fonouc)


@pytest.fixture
def acme(fonouc: Running, portal: Control, tenant_of: Callable[[Running], Tenant]) -> Tenant:
    """A user and a queue are declared; the way in is a user's name and password."""
    known = fonouc.credentials
    tenant = tenant_of(fonouc)
    tenant.setenv("FONO_PASSWORD", known["password"])
    tenant.setenv("FONO_KEY", known["api_key"])
    told = {"ACCOUNT": f'"{known["account_id"]}"', "USERNAME": known["username"], "DOMAIN": known["domain"]}
    text = ACME
    for name, value in told.items():
        text = text.replace(name, value)
    tenant.write(text)
    return tenant


def planned(ran: Ran) -> dict[str, tuple[str, str | None, set[str]]]:
    """Action, intent, and the fields that a person must set, by address."""
    return {
        change["address"].partition("@")[0]: (
            change["action"],
            change.get("intent"),
            {item["path"] for item in change["fields"] if item["manual"]},
        )
        for change in json.loads(ran.out)["changes"]
    }


def plan(acme: Tenant, *more: str) -> dict[str, tuple[str, str | None, set[str]]]:
    return planned(acme.run("plan", "--format", "json", *more))


def requests(portal: Control) -> list[str]:
    return sorted(f"{entry['method']} {entry['path']}" for entry in portal.log())


def bound(acme: Tenant, portal: Control) -> tuple[str, str]:
    """Both are there as declared, and managed; their ids."""
    user = portal.create("user", {**ANA, "tags": ["a", "b"]})
    queue = portal.create("queue", {"name": "Support", "extensions": NUMBERS[::-1], "csat": SURVEY})
    acme.applied()
    assert acme.run("plan", "--detailed-exitcode").code == 0
    portal.reset_log()
    return user, queue
