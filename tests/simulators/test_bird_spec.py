"""Whatever is asked, Bird's simulator keeps to specs/bird.yaml, and the document to the fact sheet."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import openapi_spec_validator
import pytest
from schemathesis.generation import GenerationMode

from tests import specs
from tests.simulators import generated
from tests.simulators.clients import BirdClient

SPEC = specs.load("bird")
KEY = {"authorization": "AccessKey x"}
WORKSPACE = "/workspaces/5f0c7a3e-8d2b-4c57-9f4e-0b1d5a9c7e21"
LONGEST_TOKEN = 8000
UUID = "6f1f6f0e-0000-4000-8000-000000000001"
SHAPES: list[dict[str, Any]] = [
    {},
    {"unset_as": "null", "no_agents_as": "empty", "last_token_as": "null"},
    {"unset_as": "blank", "restless": True, "total_shown": False, "last_token_as": "empty"},
]


@pytest.mark.parametrize("mode", generated.MODES, ids=["sound", "broken"])
@pytest.mark.parametrize(("method", "path"), generated.operations("bird"), ids=lambda part: part)
def test_generated_requests(bird: BirdClient, method: str, path: str, mode: GenerationMode) -> None:
    """Sound and broken requests of every operation, to a workspace with one of each kind."""
    there = filled(bird)
    aim = partial(aimed, there=there if mode is GenerationMode.POSITIVE else {})

    generated.probe("bird", bird.simulator.base_url, method, path, mode, aim, headers=bird.headers())

    statuses = {each["status"] for each in bird.control.log()}
    assert statuses & {200, 201, 204} or mode is GenerationMode.NEGATIVE
    assert statuses <= {200, 201, 204, 401, 404, 409, 422}


def aimed(case: Any, there: dict[str, str]) -> Any:
    """The same request for what is there, without references to what is not and with zones that there are.

    A page token is never longer than one character too much: URLs have limits of their own.
    """
    query = case.query if isinstance(case.query, dict) else {}
    if len(str(query.get("pageToken", ""))) > LONGEST_TOKEN:
        query["pageToken"] = "x" * (LONGEST_TOKEN + 1)
    if not there:
        return case
    query.pop("pageToken", None)
    case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
    if isinstance(case.body, dict):
        case.body = {name: value for name, value in case.body.items() if name not in _REFERRING}
        case.body |= {name: value for name, value in there.items() if name == "userId" and name in _needs(case)}
        case.body |= {"timezone": "Europe/Amsterdam"} if "timezone" in case.body else {}
    return case


_REFERRING = {
    "teamIds",
    "members",
    "teams",
    "agents",
    "assignedSkills",
    "defaultSenderId",
    "weeklySchedule",
    "holidays",
}


def _needs(case: Any) -> set[str]:
    return {"userId"} if case.operation.label.endswith("/agents") else set()


def filled(bird: BirdClient) -> dict[str, str]:
    """One of each kind, each with all it can refer to; ids by the names that paths give them."""
    user = bird.user(roles=[{"id": UUID, "type": "organization", "workspaces": []}])
    team = bird.create("/teams", name="Support", members=[{"id": bird.user("Ben Example"), "type": "user"}])["id"]
    skill = bird.create(
        "/inbox/skills",
        name="Dutch",
        description="",
        valueType="single",
        values=[{"value": "fluent", "icon": "star"}],
    )
    bird.ask("POST", "/sender-profiles", {"name": "Desk", "channelId": "c1", "username": "desk"})
    profile = bird.get("/sender-profiles")["results"][0]["id"]
    agent = bird.create("/agents", type="user", userId=user, teamIds=[team])["id"]
    bird.update(
        f"/agents/{agent}",
        assignedSkills=[{"id": skill["id"], "selectedValues": [{"id": skill["values"][0]["id"]}]}],
        defaultSenderId=profile,
        status="active",
    )
    return {
        "workspaceId": bird.known["workspace_id"],
        "userId": bird.user("Cleo Example"),
        "teamId": team,
        "agentSkillId": skill["id"],
        "senderProfileId": profile,
        "agentId": agent,
        "routingQueueId": bird.create(
            "/inbox/routing-queues", name="billing", priority=5, teams=[{"type": "primary", "ids": [team]}]
        )["id"],
        "capacityRuleId": bird.create("/inbox/capacity", name="all", description="all", agents=[agent])["id"],
        "businessHoursId": bird.create("/business-hours", name="office", timezone="Europe/Amsterdam")["id"],
        "slaPolicyId": bird.create(
            "/inbox/sla-policies",
            name="fast",
            description="",
            timeKeepingMethod="clock",
            metrics={"firstReplyTime": []},
        )["id"],
    }


@pytest.mark.parametrize("shapes", SHAPES)
def test_every_shape_is_described(bird: BirdClient, shapes: dict[str, Any]) -> None:
    """The canonical shapes and the other readings; the client checks each answer."""
    there = filled(bird)
    bird.control.settings(**shapes)

    for method, path in generated.operations("bird"):
        if method == "get":
            below = re.sub(r"\{(\w+)\}", lambda name: there[name[1]], path).removeprefix(WORKSPACE)
            assert bird.get(below)


@pytest.mark.parametrize(
    ("setting", "status"), [({"access_key": "other"}, 401), ({"policies": []}, 403), ({"workspace_id": "other"}, 404)]
)
def test_every_refusal_is_described(bird: BirdClient, setting: dict[str, Any], status: int) -> None:
    """By each operation; the client checks each answer."""
    bird.control.settings(**setting)

    for method, path in generated.operations("bird"):
        below = re.sub(r"\{\w+\}", UUID, path).removeprefix(f"/workspaces/{UUID}")
        assert bird.ask(method.upper(), below).status_code == status


def test_one_request_too_many_is_described(bird: BirdClient) -> None:
    """429 says how long to wait, and has the body of the other errors (A-3)."""
    bird.control.settings(requests_per_second=1)

    answers = [bird.ask("GET", "/teams") for _ in range(4)]

    refused = next(each for each in answers if each.status_code == 429)
    assert (refused.headers["retry-after"], refused.json()["code"]) == ("1", "TooManyRequests")


def test_the_document_is_openapi_and_says_its_sources() -> None:
    """Every operation and schema is documented or assumed, and says which."""
    openapi_spec_validator.validate(dict(SPEC.document))

    assert list(generated.without_a_source("bird")) == []


def test_a_request_as_it_should_be() -> None:
    """The sheet's own example of a create, a page of a list, and a change of one field."""
    agent = {
        "type": "user",
        "userId": UUID,
        "name": "Agent One",
        "bio": "Tier 1",
        "teamIds": [UUID],
        "timezone": "Europe/Amsterdam",
        "weeklySchedule": {"monday": {"from": {"hour": 9, "minute": 0}, "to": {"hour": 17, "minute": 0}}},
        "holidays": [{"name": "New Year", "day": 1, "month": 1}],
    }

    specs.check_request(SPEC, "POST", f"{WORKSPACE}/agents", {}, json.dumps(agent).encode(), specs.JSON, KEY)
    specs.check_request(SPEC, "PATCH", f"{WORKSPACE}/agents/{UUID}", {}, b'{"wrapUpTime": 15}', specs.JSON, KEY)
    query = {"limit": "100", "pageToken": "x", "reverse": "true", "agentIds": UUID}
    specs.check_request(SPEC, "GET", f"{WORKSPACE}/agents", query, headers=KEY)


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "headers", "complaint"),
    [
        ("GET", "/agents", {}, None, {}, "headers: hold none of accessKey"),
        ("GET", "/agents", {}, None, {"authorization": "Bearer x"}, "headers: hold none of accessKey"),
        ("GET", "/agents", {"limit": "101"}, None, KEY, "101 is greater than the maximum"),
        ("GET", "/agents", {"page": "2"}, None, KEY, "page: is not described"),
        ("GET", "/agents", {"reverse": "1"}, None, KEY, "'1' is not of type 'boolean'"),
        ("POST", "/agents", {}, {"type": "user"}, KEY, "'userId' is a required property"),
        ("POST", "/agents", {}, {"type": "user", "userId": UUID, "wrapUpTime": 5}, KEY, "'wrapUpTime' was unexpected"),
        ("PATCH", f"/agents/{UUID}", {}, {"teamIds": []}, KEY, "'teamIds' was unexpected"),
        ("PATCH", f"/agents/{UUID}", {}, {"name": None}, KEY, "None is not of type 'string'"),
        ("PATCH", f"/teams/{UUID}", {}, {"members": []}, KEY, "'members' was unexpected"),
        ("PATCH", f"/inbox/capacity/{UUID}", {}, {"assignedAgentIds": []}, KEY, "'assignedAgentIds' was unexpected"),
        ("PUT", f"/agents/{UUID}", {}, {}, KEY, "no call PUT"),
        ("GET", "/inbox/automation/rules", {}, None, KEY, "no path"),
    ],
)
def test_a_request_that_breaks_the_document(
    method: str, path: str, query: dict[str, str], body: Any, headers: dict[str, str], complaint: str
) -> None:
    """The checker notices each way in which an adapter could be wrong."""
    sent = None if body is None else json.dumps(body).encode()

    with pytest.raises(AssertionError, match=re.escape(complaint)):
        specs.check_request(SPEC, method, WORKSPACE + path, query, sent, specs.JSON, headers)


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/agents", 200, b"[]"),
        ("GET", "/agents", 200, b'{"results": [{"id": "1"}]}'),
        ("GET", "/agents", 200, b'{"results": [], "total": "0"}'),
        ("GET", "/teams", 400, b"{}"),
        ("GET", "/teams", 401, b'{"error": "no"}'),
        ("POST", "/teams", 422, b'{"code": "InvalidPayload", "message": "no"}'),
        ("POST", "/sender-profiles", 201, b"{}"),
        ("DELETE", f"/teams/{UUID}", 204, b"{}"),
    ],
)
def test_an_answer_that_breaks_the_document(method: str, path: str, status: int, body: bytes) -> None:
    """The checker notices each way in which a simulator could be wrong."""
    with pytest.raises(AssertionError, match=path):
        specs.check_response(SPEC, method, WORKSPACE + path, status, body, "application/json")
