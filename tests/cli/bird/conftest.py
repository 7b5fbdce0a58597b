"""A tenant with all six kinds of Bird, the simulator behind it, and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.cli.conftest import Ran, Tenant, anew

CONNECTION = """tenant: acme
connections:
  inbox:
    vendor: bird
    url: {url}
    workspace_id: WORKSPACE
    access_key: {{from_env: BIRD_KEY}}
    retries: 0
"""

EVERYTHING = """
teams:
  first: {name: First line, description: Answers first}
  second: {name: Second line}
skills:
  spanish:
    {name: Spanish, description: Speaks it, value_type: single, values: [{value: fluent, icon: star}, {value: a}]}
  french: {name: French, description: Speaks it, value_type: multiple}
business_hours:
  office:
    name: Office
    timezone: Europe/Madrid
    weekly_schedule: {monday: {from: "09:00", to: "17:00"}}
    holidays: [{name: New Year, day: 1, month: 1}]
queues:
  support: {name: Support, description: Calls, priority: 50, teams: [first]}
agents:
  jane:
    user_id: JANE
    email: jane.roe@ACME.example
    first_name: Jane
    last_name: Roe
    bio: Tier 1
    teams: [first]
    timezone: Europe/Madrid
    default_country_code: ES
    weekly_schedule: {monday: {from: "09:00", to: "17:00"}}
    holidays: [{name: New Year, day: 1, month: 1}]
    avatar_url: https://example.com/jane.png
    wrap_up_time: 30
    default_caller_id: "+34911234567"
    forward_number: {enabled: true, number: "+34911234568"}
    transcription_locale: es-ES
    assigned_skills: [spanish]
    out_of_office_response: Back soon
capacity_rules:
  normal: {name: Normal, description: For most, capacity: {messaging: 3}, agents: [jane]}
"""
"""One of each kind, with every field but those that are only changed later."""

JANE: dict[str, Any] = {"name": "Jane Roe", "defaultEmail": "jane@acme.example", "emails": ["Jane.Roe@acme.example"]}

RUN_TIME = {"updatedAt", "availability", "lastSetToAwayAt"}
"""What every change of an entity changes beside it."""


@pytest.fixture(scope="module")
def bird() -> Iterator[Running]:
    with running(find("bird")) as served:
        yield served


@pytest.fixture
def portal(bird: Running) -> Iterator[Control]:
    """What a person does in Bird's portal; nothing is there yet."""
    yield from anew(bird)


@pytest.fixture
def empty(bird: Running, portal: Control, tenant_of: Callable[[Running], Tenant]) -> Tenant:
    """A connection, and nothing declared."""
    tenant = tenant_of(bird)
    tenant.setenv("BIRD_KEY", bird.credentials["access_key"])
    tenant.write(CONNECTION.replace("WORKSPACE", bird.credentials["workspace_id"]))
    return tenant


@pytest.fixture
def jane(portal: Control) -> str:
    """The id of a user of the organization."""
    return portal.create("user", JANE)


@pytest.fixture
def acme(empty: Tenant, jane: str) -> Tenant:
    """One of each kind is declared, none of which exists yet."""
    declare(empty, EVERYTHING.replace("JANE", jane))
    return empty


@pytest.fixture
def bound(acme: Tenant, portal: Control) -> Tenant:
    """The same, after a first apply."""
    acme.applied()
    portal.reset_log()
    return acme


def declare(tenant: Tenant, text: str) -> None:
    """More lines in the manifest."""
    with tenant.manifest.open("a", encoding="utf-8") as manifest:
        manifest.write(text)


def changes(ran: Ran) -> dict[str, dict[str, Any]]:
    """The changes of a plan in JSON, by key."""
    found: list[dict[str, Any]] = json.loads(ran.out)["changes"]
    return {change["key"].replace("@inbox", ""): change for change in found}


def plan(tenant: Tenant, *more: str) -> dict[str, str]:
    """What a plan would do, by key."""
    return {key: change["action"] for key, change in changes(tenant.run("plan", "--format", "json", *more)).items()}


def settled(tenant: Tenant) -> bool:
    """Whether a plan finds nothing to do and nothing open."""
    return tenant.run("plan", "--detailed-exitcode").code == 0


def ids(portal: Control, kind: str) -> list[str]:
    return list(portal.content()[kind])


def the(portal: Control, kind: str, name: str) -> dict[str, Any]:
    """The entity of that name, as a person sees it."""
    return next(item for item in portal.content()[kind].values() if item.get("name") == name)


def writes(portal: Control) -> list[str]:
    """The requests that were to change something, the workspace left out."""
    return [f"{entry['method']} {entry['path'].split('/', 3)[3]}" for entry in portal.log() if entry["method"] != "GET"]


def sent(portal: Control) -> list[dict[str, Any]]:
    """The bodies of those requests that had one."""
    return [entry["data"] for entry in portal.log() if entry["method"] in ("POST", "PATCH")]
