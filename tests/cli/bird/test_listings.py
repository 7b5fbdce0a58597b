"""Listings of Bird that prove nothing: what they might have shown is unknown, and nothing is done about it (R22)."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import changes, declare, ids, plan, the, writes
from tests.cli.conftest import Tenant

PATHS = {
    "teams": "teams",
    "queues": "inbox/routing-queues",
    "agents": "agents",
    "skills": "inbox/skills",
    "capacity_rules": "inbox/capacity",
    "business_hours": "business-hours",
}

COUNTED = ["teams", "queues", "agents"]

NEW = {
    "teams": "{name: Brand new}",
    "queues": "{name: Brand new, priority: 1}",
    "agents": "{user_id: 6f1f6f0e-0000-4000-8000-000000000001}",
    "skills": "{name: Brand new, description: Word, value_type: single}",
    "capacity_rules": "{name: Brand new, description: Word}",
    "business_hours": "{name: Brand new, timezone: UTC}",
}

SIMPLE = {
    "teams": {"name": "Team {}"},
    "queues": {"name": "Queue {}", "priority": 1},
    "skills": {"name": "Skill {}", "description": "Word", "valueType": "single"},
    "capacity_rules": {"name": "Rule {}", "description": "Word", "capacity": {}},
    "business_hours": {"name": "Hours {}", "timezone": "UTC"},
}

THEIRS = {
    "teams": "team",
    "queues": "routing_queue",
    "agents": "agent",
    "skills": "skill",
    "capacity_rules": "capacity_rule",
    "business_hours": "business_hours",
}


def make(portal: Control, kind: str, number: int) -> str:
    """An entity as a person makes it; its key for a declaration."""
    if kind != "agents":
        attributes = {**SIMPLE[kind], "name": str(SIMPLE[kind]["name"]).format(number)}
        portal.create(THEIRS[kind], attributes)
        return f"name: {attributes['name']}"
    user = portal.create("user", {"name": f"Agent {number}", "defaultEmail": f"agent.{number}@acme.example"})
    portal.create("agent", {"type": "user", "userId": user, "bio": "Word"})
    return f"user_id: {user}"


@pytest.fixture
def managed(empty: Tenant, portal: Control, kind: str) -> Tenant:
    """Five entities of one kind are managed; pages hold two of them.

    After that the first of them is no longer declared, the last is changed, and one is new; so is one of another kind,
    of which nothing is wrong.
    """
    word = "bio" if kind == "agents" else "description"
    known = {number: f"  e{number}: {{{make(portal, kind, number)}, {word}: Word}}\n" for number in range(5)}
    empty.edit("retries: 0", "retries: 0\n    page_size: 2")
    bare = empty.manifest.read_text("utf-8")
    declare(empty, f"{kind}:\n{''.join(known.values())}")
    empty.applied()
    beside = other(kind)
    lines = [known[1], known[2], known[3], known[4].replace(f"{word}: Word", f"{word}: Other")]
    empty.manifest.write_text(bare, "utf-8")
    declare(empty, f"{beside}:\n  other: {NEW[beside]}\n{kind}:\n  brand-new: {NEW[kind]}\n{''.join(lines)}")
    assert plan(empty) == {
        f"{kind}.brand-new": "create",
        f"{kind}.e0": "delete",
        f"{kind}.e4": "update",
        f"{beside}.other": "create",
    }
    portal.reset_log()
    return empty


def other(kind: str) -> str:
    return "queues" if kind == "teams" else "teams"


def proves_nothing(tenant: Tenant, portal: Control, kind: str) -> dict[str, str]:
    """Nothing of the kind is made, deleted, adopted or forgotten, and the other kind goes on; what the plan says."""
    before = portal.content()[THEIRS[kind]]

    ran = tenant.run("plan", "--format", "json")
    applied = tenant.run("apply", "--auto-approve")

    found = {key: change["action"] for key, change in changes(ran).items()}
    assert (ran.code, applied.code) == (1, 1)
    assert found.pop(f"{other(kind)}.other") == "create"
    assert (found[f"{kind}.brand-new"], found[f"{kind}.e0"]) == ("unknown", "unknown")
    assert set(found.values()) <= {"unknown", "update"}
    assert portal.content()[THEIRS[kind]] == before
    assert writes(portal) == []
    return found


FAULTS: list[dict[str, Any]] = [
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 403},
    {"effect": "status", "status": 404},
    {"effect": "status", "status": 400},
    {"effect": "garbage"},
    {"effect": "truncate"},
    {"effect": "drop_after"},
    {"effect": "redirect", "location": "/elsewhere"},
]


@pytest.mark.parametrize(("query", "skip"), [("", 0), ("pageToken", 0), ("pageToken", 1)], ids=["1", "2", "3"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['effect']} {fault.get('status', '')}".strip())
@pytest.mark.parametrize("kind", ["agents", "skills"])
def test_a_page_that_fails(
    managed: Tenant, portal: Control, kind: str, fault: dict[str, Any], query: str, skip: int
) -> None:
    """Whichever page it is, and however it fails."""
    for _ in range(2):  # a plan, and the one of the apply
        portal.fault(path=f"*/{PATHS[kind]}", query=query, skip=skip, **fault)

    proves_nothing(managed, portal, kind)


@pytest.mark.parametrize("kind", PATHS)
def test_a_page_that_fails_of_each_kind(managed: Tenant, portal: Control, kind: str) -> None:
    """The kinds differ in nothing here; what is on no page that was read is unknown, changed or not."""
    portal.fault("status", path=f"*/{PATHS[kind]}", query="pageToken", status=500, times=None)

    assert proves_nothing(managed, portal, kind)[f"{kind}.e4"] == "unknown"


@pytest.mark.parametrize("kind", PATHS)
def test_a_page_that_repeats(managed: Tenant, portal: Control, kind: str) -> None:
    """A list without an end ends."""
    portal.settings(repeat_from=2)

    proves_nothing(managed, portal, kind)
    assert len(portal.log()) < 20


@pytest.mark.parametrize("settings", [{"last_page": 2}, {"page_lengths": {"2": 1}}, {"totals": {"3": 6}}])
@pytest.mark.parametrize("kind", COUNTED)
def test_a_listing_that_was_cut_short(managed: Tenant, portal: Control, kind: str, settings: dict[str, Any]) -> None:
    """``total`` is above what was read."""
    portal.settings(**settings)

    proves_nothing(managed, portal, kind)


@pytest.mark.parametrize("kind", COUNTED)
def test_a_total_that_falls_between_pages(managed: Tenant, portal: Control, kind: str) -> None:
    """Somebody was deleted meanwhile, and somebody else has moved to a page that was read before."""
    portal.settings(totals={"2": 4, "3": 4})

    proves_nothing(managed, portal, kind)


@pytest.mark.parametrize("kind", COUNTED)
def test_somebody_is_deleted_while_it_is_read(managed: Tenant, portal: Control, kind: str) -> None:
    """The same, as it happens."""
    second = ids(portal, THEIRS[kind])[1]
    portal.fault(
        "meanwhile",
        path=f"*/{PATHS[kind]}",
        changes=[{"verb": "delete", "kind": THEIRS[kind], "id": second}],
    )

    found = {key: action for key, action in plan(managed).items() if key.startswith(f"{kind}.")}

    assert (found[f"{kind}.brand-new"], found[f"{kind}.e0"]) == ("unknown", "unknown")
    assert set(found.values()) <= {"unknown", "update"}


@pytest.mark.parametrize("kind", PATHS)
def test_an_empty_listing(managed: Tenant, portal: Control, kind: str) -> None:
    """Where its answer does not count them it is not believed while state binds some."""
    portal.fault("status", path=f"*/{PATHS[kind]}", status=200, body='{"results": []}', times=None)

    assert set(proves_nothing(managed, portal, kind).values()) == {"unknown"}
    assert "the listing is empty" in " ".join(managed.run("plan").out.split())


@pytest.mark.parametrize("kind", COUNTED)
def test_an_empty_listing_that_says_so(managed: Tenant, portal: Control, kind: str) -> None:
    """A total of none is believed: whoever is declared was deleted, and is made anew."""
    for key in ids(portal, THEIRS[kind]):
        portal.delete(THEIRS[kind], key)

    found = {key: action for key, action in plan(managed).items() if key.startswith(f"{kind}.")}

    assert sorted(set(found.values())) == ["create", "forget"]


def test_a_wrong_key(bound: Tenant, portal: Control) -> None:
    """Nothing at all is known, and only the listings were asked for."""
    bound.setenv("BIRD_KEY", "wr0ng-key")

    ran = bound.run("plan", "--format", "json")

    assert ran.code == 1
    assert set(plan(bound).values()) == {"unknown"}
    assert "wr0ng" not in ran.out + ran.err
    assert {entry["status"] for entry in portal.log()} == {401}


def test_a_path_that_is_not_allowed(bound: Tenant, portal: Control) -> None:
    """Only that kind is unknown; the hint names the method and the path; the others are changed."""
    allowed = [f"/workspaces/*/{path}/**" for kind, path in PATHS.items() if kind != "skills"]
    portal.settings(policies=[{"actions": ["any"], "resources": allowed}])
    declare(bound, "")
    bound.edit("name: Spanish", "name: Castilian")
    bound.edit("priority: 50", "priority: 51")

    found = plan(bound)
    ran = bound.run("plan")
    applied = bound.run("apply", "--auto-approve", "--exclude", "skills.*@inbox", "--exclude", "agents.*@inbox")

    assert found == {"skills.spanish": "unknown", "skills.french": "unknown", "queues.support": "update"}
    said = " ".join(ran.out.split())
    assert "must allow GET on `/workspaces/" in said
    assert applied.code == 0, applied.out + applied.err
    assert the(portal, "routing_queue", "Support")["priority"] == 51
