"""What each request does to an agent, a group and a role that is live, about to go, deleted, or was never there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.clients import DeepcallClient
from tests.simulators.deepcall_entities import an_agent

AGENT, GROUP, ROLE = {"agentId": "2"}, {"groupId": "2"}, {"roleid": 2}
LIST = ("Agent/list", AGENT)
UPDATE = ("Agent/update", {**AGENT, "address": "Hall 1"})
DELETE = ("Agent/delete", AGENT)
ASSIGN = ("Group/submitAssignGroupToAgent", {"groupId": "1", "agent_unique_id": ["2"], "receive_call": ["2"]})
ADOPT = ("Agent/create", an_agent(2))
RELATIONS = ("Group/getGroupAgentRelation", {**GROUP, "quick": True})

# kind, request, what was there before, code, what is there after
TABLE: list[tuple[str, tuple[str, dict[str, Any]], str, int, str]] = [
    ("agent", UPDATE, "live", 200, "live"),
    ("agent", UPDATE, "going", 200, "going"),
    ("agent", UPDATE, "deleted", 1507, "deleted"),
    ("agent", UPDATE, "absent", 1507, "absent"),
    ("agent", DELETE, "live", 200, "deleted"),
    ("agent", DELETE, "going", 200, "deleted"),
    ("agent", DELETE, "deleted", 1507, "deleted"),
    ("agent", DELETE, "absent", 1507, "absent"),
    ("agent", LIST, "live", 200, "live"),
    ("agent", LIST, "going", 200, "going"),
    ("agent", LIST, "deleted", 200, "deleted"),
    ("agent", LIST, "absent", 200, "absent"),
    ("agent", ASSIGN, "live", 200, "live"),
    ("agent", ASSIGN, "going", 200, "going"),
    ("agent", ASSIGN, "deleted", 1000, "deleted"),
    ("agent", ASSIGN, "absent", 1000, "absent"),
    ("agent", ADOPT, "live", 1523, "live"),
    ("agent", ADOPT, "going", 1523, "going"),
    ("agent", ADOPT, "deleted", 200, "deleted"),
    ("agent", ADOPT, "absent", 200, "live"),
    ("group", ("Group/update", {**GROUP, "name": "Sales", "status": 0}), "live", 200, "live"),
    ("group", ("Group/update", {**GROUP, "name": "Sales", "status": 0}), "absent", 1503, "absent"),
    ("group", ("Group/delete", GROUP), "live", 200, "absent"),
    ("group", ("Group/delete", GROUP), "absent", 1503, "absent"),
    ("group", ("Group/submitAssignGroupToAgent", {**GROUP, "agent_unique_id": ["1"]}), "live", 200, "live"),
    ("group", ("Group/submitAssignGroupToAgent", {**GROUP, "agent_unique_id": ["1"]}), "absent", 1503, "absent"),
    ("group", RELATIONS, "live", 200, "live"),
    ("group", RELATIONS, "absent", 1503, "absent"),
    ("group", ("Group/list", {"groupid": "2"}), "live", 200, "live"),
    ("group", ("Group/list", {"groupid": "2"}), "absent", 200, "absent"),
    ("group", ("Group/add", {"name": "Sales"}), "live", 200, "live"),
    ("group", ("Group/add", {"name": "Sales"}), "absent", 200, "live"),
    ("role", ("role/update", {**ROLE, "status": 0}), "live", 200, "live"),
    ("role", ("role/update", {**ROLE, "status": 0}), "deleted", 1000, "deleted"),
    ("role", ("role/update", {**ROLE, "status": 0}), "absent", 1000, "absent"),
    ("role", ("role/add", {"name": "lead"}), "live", 200, "live"),
    ("role", ("role/add", {"name": "lead"}), "absent", 200, "live"),
]


def arrange(deepcall: DeepcallClient, kind: str, state: str) -> None:
    """Number 2 of the kind is in that state; number 1 of each is there."""
    made = {"agent": an_agent(2), "group": {"name": "Sales"}, "role": {"name": "lead"}}
    deepcall.control.create("agent", an_agent(1))
    deepcall.control.create("group", {"name": "Support"})
    if state != "absent":
        deepcall.control.create(kind, made[kind])
    if state == "going":
        deepcall.control.change(kind, 2, {"preDeleted": 1})
    if state == "deleted":
        deepcall.control.delete(kind, 2)


def state_of(deepcall: DeepcallClient, kind: str) -> str:
    entity = deepcall.control.content()[kind].get("2")
    if entity is None:
        return "absent"
    if entity.get("isDeleted"):
        return "deleted"
    return "going" if entity.get("preDeleted") else "live"


@pytest.mark.parametrize(("kind", "request_", "before", "code", "after"), TABLE)
def test_requests(
    deepcall: DeepcallClient, kind: str, request_: tuple[str, dict[str, Any]], before: str, code: int, after: str
) -> None:
    """The code in the body, always in a 200 (D-4), and what is there afterwards."""
    arrange(deepcall, kind, before)
    action, members = request_

    answer = deepcall.ask(action, **members)

    assert (answer["code"], answer["status"]) == (code, "success" if code == 200 else "error")
    assert state_of(deepcall, kind) == after


@pytest.mark.parametrize("credentials", [{}, {"ssid": "wrong"}, {"userId": "10000001", "token": "wrong"}])
@pytest.mark.parametrize("request_", [row[1] for row in TABLE if row[2] == "live"], ids=lambda row: row[0])
def test_no_credentials_no_service(
    deepcall: DeepcallClient, request_: tuple[str, dict[str, Any]], credentials: dict[str, str]
) -> None:
    """Whatever is asked, nothing changes (D-3, D-20)."""
    arrange(deepcall, "agent", "live")
    arrange_rest(deepcall)
    before = deepcall.control.snapshot()
    action, members = request_

    response = deepcall.call("POST", f"/api/v2/{action}", json={**credentials, **members})

    assert response.json()["code"] == (1014 if credentials else 1000)
    assert deepcall.control.snapshot() == before


def arrange_rest(deepcall: DeepcallClient) -> None:
    """A second group and a second role."""
    deepcall.control.create("group", {"name": "Sales"})
    deepcall.control.create("role", {"name": "lead"})
