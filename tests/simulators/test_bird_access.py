"""Who may ask Bird for what, what a person may do, and what remains: Bird fact sheet §1, A-2, A-3, A-17."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.server import find, running
from tests.simulators.clients import BirdClient


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "AccessKey",
        "AccessKey wrong",
        "AccessKey  sim-bird-key",
        "accesskey sim-bird-key",
        "Bearer sim-bird-key",
        "sim-bird-key",
    ],
)
def test_no_key_no_answer(bird: BirdClient, authorization: str | None) -> None:
    """The word, one space, the key (§1); also in a wrong workspace, since 401 comes first (A-2)."""
    headers = {} if authorization is None else {"Authorization": authorization}

    for workspace in (bird.known["workspace_id"], "other"):
        response = bird.call("GET", f"/workspaces/{workspace}/teams", headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "Unauthenticated")


@pytest.mark.parametrize("path", ["/workspaces/other/teams", "/workspaces", "/workspaces/", "/", "/teams", "/v1/teams"])
def test_a_wrong_workspace(bird: BirdClient, path: str) -> None:
    """And every path outside of one: 404."""
    assert bird.raw("GET", path, headers=bird.headers()).status_code == 404


POLICY_TABLE = [
    (["view"], "/workspaces/*/teams/**", "GET", "/teams", 200),
    (["view"], "/workspaces/*/teams/**", "GET", "/teams/x", 404),
    (["view"], "/workspaces/*/teams/**", "POST", "/teams", 403),
    (["view"], "/workspaces/*/teams/**", "GET", "/agents", 403),
    (["view"], "/workspaces/*/agents/**", "GET", "/all-agents", 403),
    (["view"], "/workspaces/*/agents/**", "GET", "/agents/x/workload", 404),
    (["view"], "/workspaces/*/teams", "GET", "/teams", 200),
    (["view"], "/workspaces/*/teams", "GET", "/teams/x", 403),
    (["view"], "/workspaces/*/teams/*", "GET", "/teams/x", 404),
    (["view"], "/workspaces/*/teams/*", "GET", "/teams", 403),
    (["view"], "/workspaces/**", "GET", "/inbox/skills", 200),
    (["create"], "/**", "POST", "/teams", 422),
    (["create"], "/**", "PATCH", "/teams/x", 403),
    (["update"], "/**", "PATCH", "/teams/x", 404),
    (["update"], "/**", "DELETE", "/teams/x", 403),
    (["delete"], "/**", "DELETE", "/teams/x", 404),
    (["view", "delete"], "/**", "GET", "/teams", 200),
    (["any"], "/**", "DELETE", "/teams/x", 404),
]


@pytest.mark.parametrize(("actions", "resource", "method", "path", "status"), POLICY_TABLE)
def test_policies(bird: BirdClient, actions: list[str], resource: str, method: str, path: str, status: int) -> None:
    """What no policy allows is 403, before it is looked whether anything is there (§1, A-2)."""
    bird.control.settings(policies=[{"actions": actions, "resources": [resource]}])

    response = bird.ask(method, path, {} if method in ("POST", "PATCH") else None)

    assert response.status_code == status
    assert status != 403 or response.json()["code"] == "AccessDenied"


def test_too_many_requests_by_a_fault(bird: BirdClient) -> None:
    """A rehearsal can also ask for one refusal, with any time to wait (A-3)."""
    bird.control.fault("rate_limit", path="*/teams", retry_after=7)

    first = bird.raw("GET", f"/workspaces/{bird.known['workspace_id']}/teams", headers=bird.headers())

    assert (first.status_code, first.headers["retry-after"], bird.get("/teams")["results"]) == (429, "7", [])


def test_ids_are_the_same_in_every_run(bird: BirdClient) -> None:
    """UUIDs in lower case (A-17), and the times are too."""
    first = bird.agent(), bird.create("/teams", name="Support")
    bird.control.reset()
    second = bird.agent(), bird.create("/teams", name="Support")

    assert first == second
    assert all(str(UUID(each["id"])) == each["id"] for each in first)


def test_content_of_every_collection(bird: BirdClient) -> None:
    """By the names that requests write; users are a collection of their own."""
    team = bird.create("/teams", name="Support")["id"]
    agent = bird.agent(teamIds=[team])
    user = agent["user"]["id"]

    content = bird.control.content()

    assert (list(content["user"]), list(content["agent"]), list(content["team"])) == ([user], [agent["id"]], [team])
    assert content["agent"][agent["id"]]["teamIds"] == [team]
    assert content["team"][team]["members"] == [{"id": user, "type": "user"}]
    assert {kind for kind, entities in content.items() if not entities} == {
        "routing_queue",
        "skill",
        "capacity_rule",
        "business_hours",
        "sla_policy",
        "sender_profile",
    }


def test_a_person_moves_people(bird: BirdClient) -> None:
    """Between teams from either side, which no request can do (A-10)."""
    first, second = (bird.create("/teams", name=name)["id"] for name in ("First", "Second"))
    agent = bird.agent(teamIds=[first])

    bird.control.change("agent", agent["id"], {"teamIds": [second]})
    (moved,) = bird.get(f"/agents/{agent['id']}")["teams"]
    bird.control.change("team", second, {"members": [{"id": agent["user"]["id"], "type": "user"}]})
    (stayed,) = bird.get(f"/agents/{agent['id']}")["teams"]
    bird.control.change("team", second, {"members": []})

    assert (moved["id"], stayed, bird.get(f"/agents/{agent['id']}")["teams"]) == (second, moved, [])
    assert bird.get(f"/teams/{first}")["activeMemberCount"] == 0


def test_a_person_deletes(bird: BirdClient) -> None:
    """For good; an agent outlives its user, without an address (§5.7)."""
    agent = bird.agent()
    team = bird.create("/teams", name="Support")["id"]

    bird.control.delete("user", agent["user"]["id"])
    bird.control.delete("team", team)

    left = bird.get(f"/agents/{agent['id']}")
    assert (left["userEmails"], left["roles"], left["name"], "user" in left) == ([], [], "", False)
    for kind, key in (("team", team), ("user", agent["user"]["id"])):
        with pytest.raises(ProvisionerError, match=f"there is no {kind}"):
            bird.control.undelete(kind, key)
    bird.control.undelete("agent", agent["id"])


@pytest.mark.parametrize("verb", ["create", "change"])
def test_there_is_no_such_kind(bird: BirdClient, verb: str) -> None:
    """The message says which there are."""
    with pytest.raises(ProvisionerError, match="there is no kind `robot`; there is: user, agent, team"):
        bird.control.create("robot", {}) if verb == "create" else bird.control.change("robot", "1", {})


def test_a_snapshot_brings_everything_back(bird: BirdClient) -> None:
    """Content, memberships, settings, next ids; what is no snapshot changes nothing."""
    team = bird.create("/teams", name="Support")["id"]
    agent = bird.agent(teamIds=[team])
    bird.control.settings(page_size=7)
    before = bird.control.snapshot()

    bird.control.empty()
    emptied = bird.control.content()
    bird.control.restore(before)

    assert not any(emptied.values())
    assert (bird.control.snapshot(), bird.get(f"/agents/{agent['id']}")) == (before, agent)
    with pytest.raises(ProvisionerError, match="no snapshot of a Bird workspace"):
        bird.control.restore({"settings": {"page_size": 9}, "content": {"tables": {}}})
    assert bird.control.snapshot() == before


def test_the_log_and_the_counts(bird: BirdClient) -> None:
    """Paths with names for their parts; payloads decoded; no key anywhere."""
    agent = bird.agent()["id"]
    bird.control.reset_log()
    bird.update(f"/agents/{agent}", bio="Tier 1")
    bird.get(f"/agents/{agent}/workload")
    bird.get("/agents", limit=5)
    path = f"/workspaces/{bird.known['workspace_id']}/teams"
    bird.raw("POST", path, headers=bird.headers(), content=b"{")

    log = bird.control.log()

    assert bird.control.counts()["paths"] == {
        "PATCH /workspaces/{workspaceId}/agents/{agentId}": 1,
        "GET /workspaces/{workspaceId}/agents/{agentId}/workload": 1,
        "GET /workspaces/{workspaceId}/agents": 1,
        "POST /workspaces/{workspaceId}/teams": 1,
    }
    assert [each["data"] for each in log] == [{"bio": "Tier 1"}, None, None, "***"]
    assert log[2]["query"] == {"limit": "5"}
    assert "sim-bird-key" not in str(log)


def test_credentials_that_were_given() -> None:
    """They are told under a connection's names; an unknown name is refused."""
    given: dict[str, Any] = {"workspace_id": "w-1", "access_key": "other"}
    with running(find("bird"), credentials=given) as simulator:
        assert (dict(simulator.credentials), simulator.base_url) == (given, simulator.url)
        response = httpx.get(
            f"{simulator.url}/workspaces/w-1/teams", headers={"Authorization": "AccessKey other"}, trust_env=False
        )
        assert response.status_code == 200
    with (
        pytest.raises(ProvisionerError, match="no credential `api_key`"),
        running(find("bird"), credentials={"api_key": "x"}),
    ):
        pass
