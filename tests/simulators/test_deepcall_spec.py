"""Whatever is asked, DeepCall's simulator keeps to specs/deepcall.yaml, and the document to the fact sheet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import openapi_spec_validator
import pytest
from schemathesis.generation import GenerationMode

from tests import specs
from tests.simulators import generated
from tests.simulators.clients import DeepcallClient
from tests.simulators.deepcall_entities import an_agent, hours

SPEC = specs.load("deepcall")
USER = {"userId": "10000001", "token": "x"}
SHAPES = [
    {},
    {"agents_as": "map", "groups_as": "map", "group_id_as": "absent"},
    {"group_id_as": "groupId", "error_code_as": "errCode"},
    {"groups_as": "map", "group_id_as": "id", "error_code_as": "both"},
]


def filled(deepcall: DeepcallClient) -> None:
    """Three agents, one below another and one who is no more; a group with members, a second role."""
    deepcall.control.create("role", {"name": "lead"})
    deepcall.control.create("group", {"name": "Support"})
    deepcall.control.create(
        "agent", an_agent(1, group=[1], receive_call=[1], working=[hours()], allowDid=["15555550199"])
    )
    deepcall.control.create("agent", an_agent(2, parent="1", role="2", group=[1]))
    deepcall.control.create("agent", an_agent(3))
    deepcall.control.delete("agent", 3)


@pytest.mark.parametrize("mode", generated.MODES, ids=["sound", "broken"])
@pytest.mark.parametrize(("method", "path"), generated.operations("deepcall"), ids=lambda part: part)
def test_generated_requests(deepcall: DeepcallClient, method: str, path: str, mode: GenerationMode) -> None:
    """Sound and broken requests of every operation, to an account with some of everything."""
    filled(deepcall)
    aim = aimed(deepcall.way_in(), is_sound=mode is GenerationMode.POSITIVE)

    codes: set[int] = set()

    def note(response: Any, *_: Any, **__: Any) -> None:
        codes.add(response.json()["code"])

    generated.probe("deepcall", deepcall.simulator.base_url, method, path, mode, aim, hooks={"response": note})

    assert {each["status"] for each in deepcall.control.log()} == {200}
    assert (200 in codes) if mode is GenerationMode.POSITIVE else (codes - {200})


def aimed(way_in: dict[str, str], *, is_sound: bool) -> Callable[[Any], Any]:
    """With credentials that are good, and for what is there where a sound request has to name something."""
    there = {"agentId": "2", "groupId": "1", "groupid": "1", "role": "2", "parent": "1", "roleid": 1, "agentid": "1"}

    def aim(case: Any) -> Any:
        if isinstance(case.body, dict) and "ssid" not in case.body:
            case.body = {**case.body, **way_in}
            if is_sound:
                case.body |= {name: there[name] for name in case.body if name in there}
        return case

    return aim


@pytest.mark.parametrize("shapes", SHAPES)
def test_every_operation_and_shape_is_described(deepcall: DeepcallClient, shapes: dict[str, Any]) -> None:
    """All of them succeed once and are refused once, in each form; the client checks each answer."""
    filled(deepcall)
    deepcall.control.settings(**shapes)
    good: dict[str, dict[str, Any]] = {
        "Agent/list": {"quick": True},
        "Agent/create": an_agent(4),
        "Agent/update": {"agentId": "1", "name": "Ann"},
        "Agent/delete": {"agentId": "2"},
        "Group/list": {"quick": True},
        "Group/add": {"name": "Sales"},
        "Group/update": {"groupId": "1", "name": "Helpdesk", "status": 1},
        "Group/submitAssignGroupToAgent": {"groupId": "1", "agent_unique_id": ["1"], "receive_call": ["1"]},
        "Group/getGroupAgentRelation": {"groupId": "1", "quick": True},
        "role/list": {},
        "role/add": {"name": "boss"},
        "role/update": {"roleid": 1, "name": "agents"},
        "Group/delete": {"groupId": "1"},
    }
    for listing in ("Agent/list", "Group/list"):
        assert deepcall.do(listing)["response"]

    for action, members in good.items():
        deepcall.do(action, **members)
        assert deepcall.ask(action, surprise=1)["status"] == "error"

    assert [("post", f"/api/v2/{action}") for action in sorted(good)] == sorted(generated.operations("deepcall"))


@pytest.mark.parametrize("form", ["object", "array", "absent"])
def test_every_form_of_nothing_is_described(deepcall: DeepcallClient, form: str) -> None:
    """An empty object, an empty array, no member (D-6)."""
    deepcall.control.settings(empty_as=form)

    answers = [deepcall.do(listing) for listing in ("Agent/list", "Group/list")]

    assert not any(answer.get("response") for answer in answers)


def test_the_document_is_openapi_and_says_its_sources() -> None:
    """Every operation and schema is documented or assumed, and says which."""
    openapi_spec_validator.validate(dict(SPEC.document))

    assert list(generated.without_a_source("deepcall")) == []


GOOD_REQUESTS = [
    ("Agent/list", {**USER, "page": 1, "limit": 500}),
    ("Agent/list", {"ssid": "x", "agentId": "12"}),
    ("Agent/create", {**USER, **an_agent(working=[hours()], allowDid=[], parent="root", call_pass="12345678")}),
    ("Agent/update", {**USER, "agentId": "1", "dest_type": "SIP", "dest_value": "ann"}),
    ("Agent/update", {**USER, "agentId": "1", "status": 0}),
    ("Group/update", {**USER, "groupId": "1", "name": "Support", "status": 1}),
    ("Group/submitAssignGroupToAgent", {**USER, "groupId": "1", "agent_unique_id": [], "receive_call": []}),
    ("Group/getGroupAgentRelation", {**USER, "groupId": "1", "quick": True}),
    ("role/update", {**USER, "roleid": 1, "status": 0}),
]


@pytest.mark.parametrize(("action", "body"), GOOD_REQUESTS)
def test_a_request_as_it_should_be(action: str, body: dict[str, Any]) -> None:
    """With either way in."""
    check_request(action, body)


def check_request(action: str, body: Any, method: str = "POST", content_type: str = "application/json") -> None:
    specs.check_request(SPEC, method, f"/api/v2/{action}", {}, json.dumps(body).encode(), content_type)


@pytest.mark.parametrize(
    ("action", "body", "complaint"),
    [
        ("Agent/list", {}, "is not valid under any of the given schemas"),
        ("Agent/list", {"userId": "1"}, "is not valid under any of the given schemas"),
        ("Agent/list", {**USER, "ssid": "x"}, "is not valid under any of the given schemas"),
        ("Agent/list", {**USER, "userId": 10000001}, "is not of type 'string'"),
        ("Agent/list", {**USER, "agentId": 1}, "is not of type 'string'"),
        ("Agent/list", {**USER, "groupId": "1"}, "'groupId' was unexpected"),
        ("Agent/list", {**USER, "status": 1}, "'status' was unexpected"),
        ("Agent/list", {**USER, "limit": 501}, "501 is greater than the maximum"),
        ("Agent/create", {**USER, **an_agent(group=[1])}, "'group' was unexpected"),
        ("Agent/create", {**USER, **an_agent(phone="+15555550101")}, "'+15555550101' does not match"),
        ("Agent/create", {**USER, **an_agent(allowDid="")}, "'' is not of type 'array'"),
        ("Agent/create", {**USER, **an_agent(working=[{**hours(), "agentId": 1}])}, "'agentId' was unexpected"),
        ("Agent/update", {**USER, "agentId": "1"}, "is not valid under any of the given schemas"),
        ("Agent/update", {**USER, "agentId": "1", "name": "A", "status": 1}, "is valid under each of"),
        ("Agent/update", {**USER, "agentId": "1", "dest_type": "SIP"}, "'dest_value' is a dependency of 'dest_type'"),
        ("Agent/update", {**USER, "name": "A"}, "'agentId' is a required property"),
        ("Group/update", {**USER, "groupId": "1", "name": "A"}, "'status' is a required property"),
        ("Group/update", {**USER, "groupId": 1, "name": "A", "status": 1}, "1 is not of type 'string'"),
        ("Group/submitAssignGroupToAgent", {**USER, "groupId": "1"}, "'agent_unique_id' is a required property"),
        ("Group/getGroupAgentRelation", {**USER, "groupId": "1"}, "'quick' is a required property"),
        ("role/update", {**USER, "roleid": "1"}, "'1' is not of type 'integer'"),
        ("role/update", {**USER, "roleId": 1}, "'roleId' was unexpected"),
        ("Agent/List", USER, "no path"),
        ("Agent/list/", USER, "no path"),
    ],
)
def test_a_request_that_breaks_the_document(action: str, body: dict[str, Any], complaint: str) -> None:
    """The checker notices each way in which an adapter could be wrong."""
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        check_request(action, body)


def test_a_request_of_another_method_or_type() -> None:
    """POST and JSON, always (D-1, D-2)."""
    with pytest.raises(AssertionError, match="no call GET"):
        check_request("Agent/list", USER, method="GET")
    with pytest.raises(AssertionError, match="no text/plain is described"):
        check_request("Agent/list", USER, content_type="text/plain")


COUNTERS = {"agtLimit": 1, "currentPage": 1, "totalPages": 1, "totalRecords": 0}
SUCCESS = {"status": "success", "code": 200}


@pytest.mark.parametrize(
    ("action", "status", "body"),
    [
        ("Agent/list", 200, {**SUCCESS, "response": {}}),
        ("Agent/list", 200, {**COUNTERS, "code": 200, "response": {}}),
        ("Agent/list", 200, {**SUCCESS, **COUNTERS, "response": [{"unique_id": 1}]}),
        ("Agent/list", 200, {**SUCCESS, **COUNTERS, "response": {"1": {"name": "Ann"}}}),
        ("Agent/list", 200, {"status": "error", "message": "x", "code": 1599}),
        ("Agent/list", 200, {"status": "error", "message": "x"}),
        ("Agent/list", 401, {"status": "error", "message": "x", "code": 1014}),
        ("Agent/create", 200, {**SUCCESS, "message": "Agent created"}),
        ("Agent/create", 200, {**SUCCESS, "message": "Agent created", "agentId": "1"}),
        ("Agent/delete", 200, SUCCESS),
        ("Group/list", 200, {**SUCCESS, "response": [{"unique_id": 1}]}),
        ("Group/add", 200, {**SUCCESS, "groupId": "1"}),
        ("Group/delete", 200, {"status": "error", "message": "x", "code": 1507}),
        ("Group/getGroupAgentRelation", 200, {**SUCCESS, "response": {"relationData": []}}),
        ("role/list", 200, {**SUCCESS, "response": []}),
        ("role/update", 200, {"status": "error", "message": "x", "code": 1501}),
    ],
)
def test_an_answer_that_breaks_the_document(action: str, status: int, body: dict[str, Any]) -> None:
    """The checker notices each way in which a simulator could be wrong."""
    with pytest.raises(AssertionError, match=action):
        specs.check_response(
            SPEC, "POST", f"/api/v2/{action}", status, json.dumps(body).encode(), "application/json; charset=utf-8"
        )
