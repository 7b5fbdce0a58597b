"""What Bird keeps of teams, queues, skills, capacity rules and the rest, and refuses: Bird fact sheet §4.2 to §4.8."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import ProvisionerError
from tests.simulators.clients import BirdClient

NOBODY = "6f1f6f0e-0000-4000-8000-000000000001"
QUEUES, SKILLS, CAPACITY = "/inbox/routing-queues", "/inbox/skills", "/inbox/capacity"
HOURS, POLICIES, SENDERS = "/business-hours", "/inbox/sla-policies", "/sender-profiles"
VALID: dict[str, dict[str, Any]] = {
    "/teams": {"name": "Support"},
    QUEUES: {"name": "billing", "priority": 50},
    SKILLS: {"name": "Dutch", "description": "", "valueType": "single"},
    CAPACITY: {"name": "all", "description": "all"},
    HOURS: {"name": "office", "timezone": "UTC"},
    POLICIES: {"name": "fast", "description": "", "timeKeepingMethod": "clock"},
    SENDERS: {"name": "Desk", "channelId": "c1"},
}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("/teams", {"name": "Four"}, "name"),
    ("/teams", {"name": "x" * 21}, "name"),
    ("/teams", {"description": "x" * 241}, "description"),
    ("/teams", {"hideFromViews": "no"}, "hideFromViews"),
    ("/teams", {"visibility": "private"}, "visibility"),
    (QUEUES, {"name": ""}, "name"),
    (QUEUES, {"name": "x" * 256}, "name"),
    (QUEUES, {"priority": -1}, "priority"),
    (QUEUES, {"priority": 101}, "priority"),
    (QUEUES, {"description": None}, "description"),
    (QUEUES, {"teams": [{"type": "primary", "ids": [NOBODY]}]}, "teams.0.ids.0"),
    (QUEUES, {"teams": [{"type": "primary"}]}, "teams.0.ids"),
    (QUEUES, {"teams": [{"type": "secondary", "ids": []}]}, "teams.0.type"),
    (QUEUES, {"teams": [{"type": "primary", "ids": []}] * 2}, "teams.1.type"),
    (QUEUES, {"queuedItems": {}}, "queuedItems"),
    (SKILLS, {"valueType": "many"}, "valueType"),
    (SKILLS, {"values": [{"icon": "star"}]}, "values.0.value"),
    (SKILLS, {"values": [{"value": "a", "id": NOBODY}]}, "values.0.id"),
    (CAPACITY, {"name": "x" * 256}, "name"),
    (CAPACITY, {"description": ""}, "description"),
    (CAPACITY, {"capacity": {"voice": 1}}, "capacity.voice"),
    (CAPACITY, {"capacity": {"email": "1"}}, "capacity.email"),
    (CAPACITY, {"agents": [NOBODY]}, "agents.0"),
    (CAPACITY, {"assignedAgentIds": []}, "assignedAgentIds"),
    (HOURS, {"timezone": ""}, "timezone"),
    (HOURS, {"timezone": "Amsterdam"}, "timezone"),
    (HOURS, {"holidays": [{"name": "x", "day": 30, "month": 2}]}, "holidays.0"),
    (HOURS, {"assignedTeamIds": []}, "assignedTeamIds"),
    (POLICIES, {"timeKeepingMethod": "wall"}, "timeKeepingMethod"),
    (POLICIES, {"metrics": {"resolution": []}}, "metrics.resolution"),
    (POLICIES, {"metrics": {"firstReplyTime": [{"priority": 1}]}}, "metrics.firstReplyTime.0.priority"),
    (SENDERS, {"channelId": "x" * 61}, "channelId"),
    (SENDERS, {"email": {}}, "email"),
]


@pytest.mark.parametrize(("path", "change", "wrong"), WRONG)
def test_what_is_refused(bird: BirdClient, path: str, change: dict[str, Any], wrong: str) -> None:
    """On create and on update alike: 422 with the field, and nothing is made or changed."""
    made = bird.ask("POST", path, {**VALID[path], **change})
    bird.ask("POST", path, VALID[path])
    (before,) = bird.get(path)["results"]
    changed = bird.ask("PATCH", f"{path}/{before['id']}", change)

    assert [(each.status_code, list(each.json()["details"])) for each in (made, changed)] == [(422, [wrong])] * 2
    assert bird.get(path)["results"] == [before]


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, body in VALID.items() for field in body])
def test_what_a_create_needs(bird: BirdClient, path: str, field: str) -> None:
    """Every field of the shortest body (A-23); an update needs none."""
    body = {name: value for name, value in VALID[path].items() if name != field}

    response = bird.ask("POST", path, body)

    assert (response.status_code, response.json()["details"]) == (422, {field: ["is required"]})


@pytest.mark.parametrize("path", [path for path in VALID if path != SKILLS])
def test_names_may_be_shared(bird: BirdClient, path: str) -> None:
    """By all but skills (A-15)."""
    for _ in range(2):
        bird.ask("POST", path, VALID[path])

    assert len({each["id"] for each in bird.get(path)["results"]}) == 2


def test_a_team(bird: BirdClient) -> None:
    """With members by their user ids, on creation only, and with defaults (§4.2, A-10)."""
    users = [bird.user(f"User {place}") for place in range(6)]
    members = [{"id": user, "type": "user"} for user in users]

    team = bird.create("/teams", name="Support", members=members)
    renamed = bird.update(f"/teams/{team['id']}", name="x" * 20, hideFromViews=True)

    times = {name: team.pop(name) for name in ("createdAt", "updatedAt")}
    assert team == {
        "id": team["id"],
        "workspaceId": bird.known["workspace_id"],
        "name": "Support",
        "description": "",
        "visibility": "public",
        "accessibility": "open",
        "hideFromViews": False,
        "activeMemberCount": 6,
        "pendingMemberCount": 0,
        "featuredMembers": members[:5],
    }
    assert {**team, "name": "x" * 20, "hideFromViews": True} == {
        name: value for name, value in renamed.items() if name not in times
    }


@pytest.mark.parametrize("member", [{"id": NOBODY, "type": "user"}, {"id": "x", "type": "user"}, {"type": "user"}])
def test_members_that_are_nobody(bird: BirdClient, member: dict[str, str]) -> None:
    """422; nor can members be changed."""
    team = bird.create("/teams", name="Support")

    assert bird.ask("POST", "/teams", {"name": "Support", "members": [member]}).status_code == 422
    assert bird.ask("PATCH", f"/teams/{team['id']}", {"members": []}).status_code == 422


def test_a_team_that_a_queue_has(bird: BirdClient) -> None:
    """Cannot be deleted before the queue lets go of it (A-10); agents are no obstacle."""
    team = bird.create("/teams", name="Support")["id"]
    agent = bird.agent(teamIds=[team])["id"]
    queue = bird.create(QUEUES, name="billing", priority=1, teams=[{"type": "primary", "ids": [team]}])["id"]

    held = bird.ask("DELETE", f"/teams/{team}")
    bird.update(f"{QUEUES}/{queue}", teams=[])
    freed = bird.ask("DELETE", f"/teams/{team}")

    assert (held.status_code, freed.status_code) == (409, 204)
    assert bird.get(f"/agents/{agent}")["teams"] == []


def test_a_queue(bird: BirdClient) -> None:
    """Defaults of A-9; a queue with items waiting can be deleted."""
    queue = bird.create(QUEUES, name="x", priority=0)
    item = {"rootItemId": NOBODY, "capacityType": "email", "QueuedAt": "2025-01-01T00:00:00.000Z"}

    bird.control.change("routing_queue", queue["id"], {"queuedItems": {"email": [item]}})

    assert (queue["description"], queue["teams"], queue["queuedItems"]) == (
        "",
        [],
        {"email": [], "messaging": [], "voice": []},
    )
    assert bird.get(f"{QUEUES}/{queue['id']}")["queuedItems"] == {"email": [item]}
    assert bird.ask("DELETE", f"{QUEUES}/{queue['id']}").status_code == 204


def test_another_type_of_teams(bird: BirdClient) -> None:
    """What a queue has of them can be written back with the rest of its teams, and no other (A-9)."""
    teams = [{"type": "overflow", "ids": []}, {"type": "primary", "ids": []}]
    key = bird.control.create("routing_queue", {"name": "billing", "priority": 1, "teams": teams}, force=True)

    assert bird.update(f"{QUEUES}/{key}", teams=teams)["teams"] == teams
    assert bird.ask("PATCH", f"{QUEUES}/{key}", {"teams": [{"type": "other", "ids": []}]}).status_code == 422


def test_a_skill(bird: BirdClient) -> None:
    """Values get ids; those whose text stays keep them, whatever else becomes of them (§4.4, A-24)."""
    skill = bird.create(SKILLS, **VALID[SKILLS], values=[{"value": "a", "icon": "x"}, {"value": "b"}])

    changed = bird.update(
        f"{SKILLS}/{skill['id']}", values=[{"value": "c"}, {"value": "b", "icon": "y"}, {"value": "a"}]
    )

    before = {each["value"]: each["id"] for each in skill["values"]}
    after = {each["value"]: each["id"] for each in changed["values"]}
    assert (after["a"], after["b"], list(after)) == (before["a"], before["b"], ["c", "b", "a"])
    assert len(set(after.values())) == 3
    assert [each.get("icon") for each in changed["values"]] == [None, "y", None]


def test_names_of_skills_are_unique(bird: BirdClient) -> None:
    """By case, on create and on update; what else is wrong comes first (A-2, A-15)."""
    bird.create(SKILLS, **VALID[SKILLS])
    other = bird.create(SKILLS, **{**VALID[SKILLS], "name": "dutch"})

    assert bird.ask("POST", SKILLS, VALID[SKILLS]).status_code == 409
    assert bird.ask("POST", SKILLS, {**VALID[SKILLS], "values": 5}).status_code == 422
    assert bird.ask("PATCH", f"{SKILLS}/{other['id']}", {"name": "Dutch"}).status_code == 409
    assert bird.update(f"{SKILLS}/{other['id']}", name="dutch")["name"] == "dutch"


def test_a_skill_that_an_agent_has(bird: BirdClient) -> None:
    """Cannot be deleted (A-11)."""
    skill = bird.create(SKILLS, **VALID[SKILLS])["id"]
    agent = bird.agent()["id"]
    bird.update(f"/agents/{agent}", assignedSkills=[{"id": skill}])

    held = bird.ask("DELETE", f"{SKILLS}/{skill}")
    bird.ask("DELETE", f"/agents/{agent}")

    assert (held.status_code, bird.ask("DELETE", f"{SKILLS}/{skill}").status_code) == (409, 204)


def test_a_capacity_rule(bird: BirdClient) -> None:
    """Agents are written by one name and read by another; who is deleted is in it no more (§4.5, §5.6)."""
    ana, ben = (bird.agent(name)["id"] for name in ("Ana Example", "Ben Example"))

    rule = bird.create(CAPACITY, **VALID[CAPACITY], capacity={"messaging": 3}, agents=[ana, ben])
    bird.ask("DELETE", f"/agents/{ana}")
    left = bird.get(f"{CAPACITY}/{rule['id']}")

    assert (rule["assignedAgentIds"], left["assignedAgentIds"]) == ([ana, ben], [ben])
    assert (rule["default"], rule["capacity"], "agents" in rule) == (False, {"messaging": 3}, False)
    assert bird.update(f"{CAPACITY}/{rule['id']}", capacity={"email": 1})["capacity"] == {"email": 1}


@pytest.mark.parametrize(("reading", "shown"), [("null", None), ("empty", [])])
def test_a_rule_without_agents(bird: BirdClient, reading: str, shown: Any) -> None:
    """The array is nullable (§4.5)."""
    bird.control.settings(no_agents_as=reading)

    assert bird.create(CAPACITY, **VALID[CAPACITY])["assignedAgentIds"] == shown


def test_one_default_rule(bird: BirdClient) -> None:
    """A second is 409 on create and on update; it cannot be deleted while it is the default (§4.5, A-11)."""
    default = bird.create(CAPACITY, **VALID[CAPACITY], default=True)["id"]
    other = bird.create(CAPACITY, **VALID[CAPACITY])["id"]

    assert bird.ask("POST", CAPACITY, {**VALID[CAPACITY], "default": True}).status_code == 409
    assert bird.ask("PATCH", f"{CAPACITY}/{other}", {"default": True}).status_code == 409
    assert bird.update(f"{CAPACITY}/{default}", default=True)["default"] is True
    assert bird.ask("DELETE", f"{CAPACITY}/{default}").status_code == 409
    bird.update(f"{CAPACITY}/{default}", default=False)
    assert bird.ask("DELETE", f"{CAPACITY}/{default}").status_code == 204


def test_the_rule_of_an_agent(bird: BirdClient) -> None:
    """The one that names the agent, or else the default, or else none (§4.1.8)."""
    agent = bird.agent()["id"]
    workload = f"/agents/{agent}/workload"

    none = bird.get(workload)
    default = bird.create(CAPACITY, **VALID[CAPACITY], default=True)
    by_default = bird.get(workload)
    own = bird.create(CAPACITY, **VALID[CAPACITY], agents=[agent])
    named = bird.get(workload)

    assert ("rule" in none, by_default["ruleId"], named["rule"]) == (False, default["id"], own)
    assert bird.get(f"/agents/{agent}")["workload"] == named


def test_business_hours(bird: BirdClient) -> None:
    """Defaults, and no workspace in them (§4.6, A-23); teams and what changes by itself are a person's to set."""
    hours = bird.create(HOURS, name="office", timezone="Europe/Amsterdam")
    team = bird.create("/teams", name="Support")["id"]

    bird.control.change("business_hours", hours["id"], {"assignedTeamIds": [team], "currentStatus": "open"})

    assert {name: value for name, value in hours.items() if name not in ("id", "createdAt", "updatedAt")} == {
        "name": "office",
        "description": "",
        "timezone": "Europe/Amsterdam",
        "weeklySchedule": {},
        "holidays": [],
        "assignedTeamIds": [],
        "currentStatus": "closed",
    }
    shown = bird.get(f"{HOURS}/{hours['id']}")
    assert (shown["assignedTeamIds"], shown["currentStatus"]) == ([team], "open")


def test_a_policy(bird: BirdClient) -> None:
    """Metrics are optional, and replaced whole (§4.7, A-1)."""
    metric = {"priority": "high", "breachThreshold": 60, "warningThreshold": 30}
    policy = bird.create(POLICIES, **VALID[POLICIES])

    changed = bird.update(f"{POLICIES}/{policy['id']}", metrics={"firstReplyTime": [metric]})

    assert ("metrics" in policy, changed["metrics"]) == (False, {"firstReplyTime": [metric]})


def test_a_sender_profile(bird: BirdClient) -> None:
    """201 without a body; the user name is read as a part of the address (§4.8, §5.6)."""
    response = bird.ask("POST", SENDERS, {**VALID[SENDERS], "username": "desk"})
    (profile,) = bird.get(SENDERS)["results"]
    agent = bird.agent()["id"]

    assert (response.status_code, response.content) == (201, b"")
    assert profile["email"] == {"username": "desk", "domain": "mail.example.com"}
    assert bird.update(f"{SENDERS}/{profile['id']}", username="help")["email"]["username"] == "help"
    assert bird.update(f"/agents/{agent}", defaultSenderId=profile["id"])["defaultSenderId"] == profile["id"]


@pytest.mark.parametrize("name", ["restless queue", "restless hours"])
def test_what_changes_by_itself(bird: BirdClient, name: str) -> None:
    """Items of a queue and the state of business hours, if a person wants it (§5.4)."""
    path = QUEUES if name.endswith("queue") else HOURS
    key = bird.create(path, **VALID[path])["id"]
    bird.control.settings(restless=True)

    first, second = (bird.get(f"{path}/{key}") for _ in range(2))

    moved = {field for field in first if first[field] != second[field]}
    assert moved == ({"queuedItems", "updatedAt"} if path == QUEUES else {"currentStatus"})


def test_the_rules_hold_for_a_person_too(bird: BirdClient) -> None:
    """Unless forced; what is missing, wrong, taken or in use is said."""
    with pytest.raises(ProvisionerError, match="name: is required"):
        bird.control.create("team", {"name_": "x"})
    with pytest.raises(ProvisionerError, match="name: must have at least 5"):
        bird.control.create("team", {"name": "x"})
    rule = bird.control.create("capacity_rule", {**VALID[CAPACITY], "default": True})
    with pytest.raises(ProvisionerError, match="already exists"):
        bird.control.create("capacity_rule", {**VALID[CAPACITY], "default": True})
    with pytest.raises(ProvisionerError, match="in use"):
        bird.control.delete("capacity_rule", rule)
    key = bird.control.create("team", {"name": "x"}, force=True)
    assert bird.get(f"/teams/{key}")["name"] == "x"
