"""Groups, who is in them, and roles: D-12 to D-16, D-22, D-24."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.clients import DeepcallClient
from tests.simulators.deepcall_entities import an_agent

MADE = 1_720_000_000


def named(deepcall: DeepcallClient, *names: str) -> list[int]:
    """The ids of groups made with these names."""
    return [deepcall.do("Group/add", name=name)["groupId"] for name in names]


def names_of(deepcall: DeepcallClient) -> list[str]:
    return [group["name"] for group in deepcall.listed("Group/list")]


def members_of(deepcall: DeepcallClient, group: int) -> dict[int, int]:
    """Agent to whether the group's calls are received."""
    relations = deepcall.do("Group/getGroupAgentRelation", groupId=str(group), quick=True)["response"]["relationData"]
    assert {each["group_id"] for each in relations} <= {group}
    return {each["agent_unique_id"]: each["receive_call"] for each in relations}


def staffed(deepcall: DeepcallClient) -> None:
    """Agents 1 and 2 in group 1, Support, whose calls 1 receives; beside them agent 3, and group 2, Sales."""
    for number in (1, 2, 3):
        deepcall.do("Agent/create", **an_agent(number))
    named(deepcall, "Support", "Sales")
    deepcall.do("Group/submitAssignGroupToAgent", groupId="1", agent_unique_id=["1", "2"], receive_call=["1"])


def test_a_group_as_it_is_listed(deepcall: DeepcallClient) -> None:
    """Adding answers the id and not the name (§4.7); the record is D-12's."""
    answer = deepcall.do("Group/add", name=" Support ")

    assert answer == {"status": "success", "groupId": 1, "code": 200}
    assert deepcall.do("Group/list") == {
        "response": [{"unique_id": 1, "name": "Support", "status": 1, "user_id": "10000001", "create_date": MADE}],
        "status": "success",
        "code": 200,
    }


def test_a_name_that_is_taken_gets_a_number(deepcall: DeepcallClient) -> None:
    """No error and no word about it; case and outer spaces do not count (§4.7, D-12)."""
    named(deepcall, "Support", "Support", "SUPPORT ", "Support 1", "Sales")

    assert names_of(deepcall) == ["Support", "Support 1", "SUPPORT 2", "Support 1 1", "Sales"]


def test_renaming_to_a_name_that_is_taken(deepcall: DeepcallClient) -> None:
    """The same rule; the own name is not taken, however it is spelt (D-12)."""
    named(deepcall, "Support", "Sales", "Back office")

    answer = deepcall.do("Group/update", groupId="2", name="support", status=1)
    deepcall.do("Group/update", groupId="3", name="BACK office ", status=1)

    assert answer == {"status": "success", "message": "Group updated", "code": 200}
    assert names_of(deepcall) == ["Support", "support 1", "BACK office"]


def test_an_update_replaces(deepcall: DeepcallClient) -> None:
    """The name is needed, and a status that is left out becomes 1 (§4.8, §5.1)."""
    named(deepcall, "Support")
    deepcall.do("Group/update", groupId="1", name="Support", status=0)
    off = deepcall.listed("Group/list")[0]["status"]

    code = deepcall.code("Group/update", groupId="1", status=0)
    deepcall.do("Group/update", groupId="1", name="Helpdesk")

    assert (off, code) == (0, 1501)
    assert [(group["name"], group["status"]) for group in deepcall.listed("Group/list")] == [("Helpdesk", 1)]


@pytest.mark.parametrize(
    ("name", "code"),
    [(None, 1501), ("", 1501), ("  ", 1501), (5, 1000), (["x"], 1000), ("x" * 101, 1000), ("x" * 100, 200)],
)
def test_names(deepcall: DeepcallClient, name: Any, code: int) -> None:
    """One to a hundred characters, trimmed (D-12); no name has a code of its own (§4.13)."""
    named(deepcall, "Support")

    assert deepcall.code("Group/add", name=name) == code
    assert deepcall.code("Group/update", groupId="1", name=name) == code


def test_no_name_at_all(deepcall: DeepcallClient) -> None:
    """As an empty one (§4.13)."""
    assert deepcall.ask("Group/add") == {"status": "error", "message": "Group name is not provided", "code": 1501}


@pytest.mark.parametrize("status", [2, "1", True, None])
def test_a_status_that_is_wrong(deepcall: DeepcallClient, status: Any) -> None:
    """A number, 0 or 1 (D-12)."""
    named(deepcall, "Support")

    assert deepcall.code("Group/update", groupId="1", name="Support", status=status) == 1000


@pytest.mark.parametrize(
    ("key", "code"), [(None, 1502), ("", 1502), ("9", 1503), (9, 1503), ("x", 1503), (["1"], 1503)]
)
@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("Group/update", {"name": "Support"}),
        ("Group/delete", {}),
        ("Group/submitAssignGroupToAgent", {"agent_unique_id": [], "receive_call": []}),
        ("Group/getGroupAgentRelation", {"quick": True}),
    ],
)
def test_a_group_that_is_not_there(
    deepcall: DeepcallClient, action: str, members: dict[str, Any], key: Any, code: int
) -> None:
    """Naming none is told from naming one that is unknown (§4.13, D-12, D-14)."""
    named(deepcall, "Support")
    before = deepcall.control.snapshot()

    assert deepcall.code(action, **({} if key is None else {"groupId": key}), **members) == code
    assert deepcall.control.snapshot() == before


def test_a_group_that_is_not_named_is_told_first(deepcall: DeepcallClient) -> None:
    """Then what else is wrong, then that it is not there (D-20)."""
    codes = [deepcall.code("Group/update"), deepcall.code("Group/update", groupId="9", name="")]

    assert codes == [1502, 1501]


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, [1, 2]),
        ({"groupid": "2"}, [2]),
        ({"groupId": 2}, [2]),
        ({"groupid": "9"}, []),
        ({"groupid": "x"}, []),
        ({"name": "s"}, [1, 2]),
        ({"name": "PORT"}, [1]),
        ({"name": "x"}, []),
        ({"forward": True}, [1, 2]),
    ],
)
def test_filters(deepcall: DeepcallClient, members: dict[str, Any], found: list[int]) -> None:
    """By id and by a part of the name, without case (§4.6); an unknown id is an empty object (D-22)."""
    named(deepcall, "Support", "Sales")

    answer = deepcall.do("Group/list", **members)

    assert [group["unique_id"] for group in answer["response"] or []] == found
    assert answer["response"] == {} or found


@pytest.mark.parametrize("members", [{"quick": "yes"}, {"forward": 1}, {"name": 5}, {"groupid": [1]}])
def test_a_filter_that_is_wrong(deepcall: DeepcallClient, members: dict[str, Any]) -> None:
    """The module has no code for it but the common one."""
    assert deepcall.code("Group/list", **members) == 1000


def test_groups_have_no_pages(deepcall: DeepcallClient) -> None:
    """All at once, and no counters (D-12)."""
    for place in range(120):
        deepcall.control.create("group", {"name": f"Group {place}"})

    answer = deepcall.do("Group/list")

    assert (len(answer["response"]), "totalPages" in answer) == (120, False)
    assert deepcall.code("Group/list", page=1) == 1000


def test_quick(deepcall: DeepcallClient) -> None:
    """Less of each group (§4.6)."""
    named(deepcall, "Support")

    assert deepcall.listed("Group/list", quick=True) == [{"unique_id": 1, "name": "Support", "status": 1}]


@pytest.mark.parametrize("form", ["unique_id", "groupId", "id"])
def test_where_the_id_stands(deepcall: DeepcallClient, form: str) -> None:
    """Under one of three names (D-12)."""
    named(deepcall, "Support")
    deepcall.control.settings(group_id_as=form)

    group = deepcall.listed("Group/list")[0]

    assert {name: group[name] for name in ("unique_id", "groupId", "id") if name in group} == {form: 1}


def test_groups_by_id(deepcall: DeepcallClient) -> None:
    """The id may be the key alone (D-12)."""
    named(deepcall, "Support")
    deepcall.control.settings(groups_as="map", group_id_as="absent")

    assert deepcall.do("Group/list")["response"] == {
        "1": {"name": "Support", "status": 1, "user_id": "10000001", "create_date": MADE}
    }
    assert deepcall.do("Group/list", name="x")["response"] == {}


def test_relations(deepcall: DeepcallClient) -> None:
    """The group, its members and no others, and who of them receives its calls (D-14, D-24)."""
    staffed(deepcall)

    assert deepcall.do("Group/getGroupAgentRelation", groupId="1", quick=True)["response"] == {
        "groupData": {"unique_id": 1, "name": "Support", "status": 1, "user_id": "10000001", "create_date": MADE},
        "agentData": [{"unique_id": 1, "name": "Agent 1"}, {"unique_id": 2, "name": "Agent 2"}],
        "relationData": [
            {"agent_unique_id": 1, "group_id": 1, "receive_call": 1},
            {"agent_unique_id": 2, "group_id": 1, "receive_call": 0},
        ],
    }
    assert members_of(deepcall, 2) == {}


@pytest.mark.parametrize("members", [{}, {"quick": False}])
def test_relations_that_are_not_asked_for_whole(deepcall: DeepcallClient, members: dict[str, Any]) -> None:
    """Here `quick` means complete (§4.11): without it there is only the group."""
    staffed(deepcall)

    assert deepcall.do("Group/getGroupAgentRelation", groupId="1", **members)["response"].keys() == {"groupData"}


def test_relations_by_name(deepcall: DeepcallClient) -> None:
    """A filter beside the id (§4.11); what is wrong is refused."""
    staffed(deepcall)

    answers = [
        deepcall.do("Group/getGroupAgentRelation", groupId="1", quick=True, name=name)["response"]
        for name in ("supp", "Sales")
    ]

    assert [bool(answer) for answer in answers] == [True, False]
    assert deepcall.code("Group/getGroupAgentRelation", groupId="1", quick="yes") == 1000


def test_what_agents_show_of_their_groups(deepcall: DeepcallClient) -> None:
    """Ids as numbers, and names by id (§4.1)."""
    staffed(deepcall)
    deepcall.do("Group/submitAssignGroupToAgent", groupId="2", agent_unique_id=["2"], receive_call=["2"])

    shown = [(agent["group"], agent["groupNames"]) for agent in deepcall.listed("Agent/list")]

    assert shown == [([1], [{"1": "Support"}]), ([1, 2], [{"1": "Support"}, {"2": "Sales"}]), ([], [])]


@pytest.mark.parametrize(
    ("members", "after"),
    [
        ({"agent_unique_id": ["2", "3"], "receive_call": ["3"]}, {2: 0, 3: 1}),
        ({"agent_unique_id": ["1", "2"], "receive_call": ["2"]}, {1: 0, 2: 1}),
        ({"agent_unique_id": [3, "3"], "receive_call": [3]}, {3: 1}),
        ({"agent_unique_id": ["1"]}, {1: 0}),
        ({"agent_unique_id": [], "receive_call": []}, {}),
        ({}, {}),
    ],
)
def test_an_assignment_replaces(deepcall: DeepcallClient, members: dict[str, Any], after: dict[int, int]) -> None:
    """Afterwards the members are these; an array that is missing is empty (D-13). Other groups stay as they are."""
    staffed(deepcall)
    deepcall.do("Group/submitAssignGroupToAgent", groupId="2", agent_unique_id=["1"], receive_call=["1"])

    answer = deepcall.do("Group/submitAssignGroupToAgent", groupId="1", **members)

    assert answer == {"status": "success", "message": "Agents assigned", "code": 200}
    assert (members_of(deepcall, 1), members_of(deepcall, 2)) == (after, {1: 1})


@pytest.mark.parametrize(
    "members",
    [
        {"agent_unique_id": ["1"], "receive_call": ["1", "2"]},
        {"receive_call": ["1"]},
        {"agent_unique_id": ["1", "9"]},
        {"agent_unique_id": ["1", "4"]},
        {"agent_unique_id": ["x"]},
        {"agent_unique_id": "1"},
        {"agent_unique_id": None},
        {"agent_unique_id": [None]},
        {"agent_unique_id": [["1"]]},
    ],
)
def test_an_assignment_that_is_wrong(deepcall: DeepcallClient, members: dict[str, Any]) -> None:
    """A receiver who is no member, somebody unknown or deleted: 1000, and nothing happens (D-13)."""
    staffed(deepcall)
    deepcall.do("Agent/create", **an_agent(4))
    deepcall.do("Agent/delete", agentId="4")
    before = deepcall.control.snapshot()

    assert deepcall.code("Group/submitAssignGroupToAgent", groupId="1", **members) == 1000
    assert deepcall.control.snapshot() == before


def test_deleting_a_group(deepcall: DeepcallClient) -> None:
    """For good, with its relations; the id is not given again (§4.9, D-15)."""
    staffed(deepcall)
    deepcall.do("Group/submitAssignGroupToAgent", groupId="2", agent_unique_id=["1"], receive_call=["1"])

    answer = deepcall.do("Group/delete", groupId="1")

    assert answer == {"status": "success", "message": "Group deleted", "code": 200}
    assert [agent["group"] for agent in deepcall.listed("Agent/list")] == [[2], [], []]
    assert deepcall.control.content()["agent"]["1"]["receive_call"] == [2]
    assert deepcall.code("Group/delete", groupId="1") == 1503
    assert (names_of(deepcall), named(deepcall, "Support")) == (["Sales"], [3])


def test_a_group_that_is_gone_and_still_named(deepcall: DeepcallClient) -> None:
    """Agents may refer to groups that there are not (§5.10); a person has to force it."""
    staffed(deepcall)
    deepcall.control.change("agent", 1, {"group": [1, 44], "receive_call": [44]}, force=True)

    agent = deepcall.listed("Agent/list", agentId="1")[0]

    assert (agent["group"], agent["groupNames"]) == ([1, 44], [{"1": "Support"}, {"44": "Unknown group (44)"}])
    assert deepcall.code("Agent/list", groupid="44") == 1006
    assert deepcall.code("Agent/update", agentId="1", name="Ann") == 200


def test_a_role_as_it_is_listed(deepcall: DeepcallClient) -> None:
    """Every account starts with role 1; adding answers the id (D-16)."""
    answer = deepcall.do("role/add", name="lead")

    assert answer == {"status": "success", "roleid": 2, "code": 200}
    made = {"can_see": 0, "status": 1, "create_date": MADE, "create_by": "10000001", "create_by_type": ""}
    assert deepcall.do("role/list") == {
        "response": [{"roleid": 1, "name": "agent", **made}, {"roleid": 2, "name": "lead", **made}],
        "currentPage": 1,
        "totalPages": 1,
        "totalRecords": 2,
        "status": "success",
        "code": 200,
    }


def test_role_names_need_not_be_unique(deepcall: DeepcallClient) -> None:
    """And nobody appends a number (D-16)."""
    for _ in range(2):
        deepcall.do("role/add", name="lead")

    assert [role["name"] for role in deepcall.listed("role/list")] == ["agent", "lead", "lead"]


def test_a_role_is_merged(deepcall: DeepcallClient) -> None:
    """Only what is given changes (§4.12)."""
    deepcall.do("role/update", roleid=1, can_see=1)
    deepcall.do("role/update", roleid=1, status=0)
    answer = deepcall.do("role/update", roleid=1, name="agents")
    deepcall.do("role/update", roleid=1)

    role = deepcall.listed("role/list")[0]

    assert answer == {"status": "success", "message": "Role updated", "code": 200}
    assert (role["name"], role["can_see"], role["status"]) == ("agents", 1, 0)


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("role/add", {}),
        ("role/add", {"name": " "}),
        ("role/add", {"name": 5}),
        ("role/add", {"name": "lead", "status": 1}),
        ("role/update", {}),
        ("role/update", {"name": "lead"}),
        ("role/update", {"roleid": 9, "name": "lead"}),
        ("role/update", {"roleid": "x", "name": "lead"}),
        ("role/update", {"roleid": 1, "name": ""}),
        ("role/update", {"roleid": 1, "can_see": 2}),
        ("role/update", {"roleid": 1, "status": "1"}),
        ("role/update", {"roleId": 1, "name": "lead"}),
        ("role/list", {"status": "on"}),
        ("role/list", {"status": ["active"]}),
        ("role/list", {"search_params": "lead"}),
        ("role/list", {"page": 0}),
        ("role/list", {"limit": "10"}),
        ("role/list", {"agentId": "1"}),
    ],
)
def test_what_roles_refuse(deepcall: DeepcallClient, action: str, members: dict[str, Any]) -> None:
    """Always with the common code (D-22), and without an effect."""
    before = deepcall.control.snapshot()

    assert deepcall.code(action, **members) == 1000
    assert deepcall.control.snapshot() == before


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, [1, 2]),
        ({"status": "active"}, [1]),
        ({"status": "inactive"}, [2]),
        ({"status": "deleted"}, [3]),
        ({"status": None, "search_params": {}}, [1, 2]),
        ({"agentid": "1"}, [2]),
        ({"agentid": 1, "status": "active"}, []),
        ({"agentid": "9"}, []),
        ({"agentid": None}, [1, 2]),
    ],
)
def test_filters_of_roles(deepcall: DeepcallClient, members: dict[str, Any], found: list[int]) -> None:
    """By what they are, and by whose they are (§4.12); an empty list is an empty object (D-22)."""
    for name in ("lead", "old"):
        deepcall.do("role/add", name=name)
    deepcall.do("Agent/create", **an_agent(role="2"))
    deepcall.do("role/update", roleid=2, status=0)
    deepcall.control.delete("role", 3)

    answer = deepcall.do("role/list", **members)

    assert [role["roleid"] for role in answer["response"] or []] == found
    assert answer["response"] == {} or found


def test_pages_of_roles(deepcall: DeepcallClient) -> None:
    """Ten on a page unless more are asked for (§4.12)."""
    for place in range(11):
        deepcall.do("role/add", name=f"role {place}")

    answers = [deepcall.do("role/list", page=page) for page in (1, 2)]

    assert [[role["roleid"] for role in answer["response"]] for answer in answers] == [list(range(1, 11)), [11, 12]]
    assert [(answer["currentPage"], answer["totalPages"], answer["totalRecords"]) for answer in answers] == [
        (1, 2, 12),
        (2, 2, 12),
    ]
    assert len(deepcall.listed("role/list", limit=500)) == 12


def test_nobody_deletes_a_role(deepcall: DeepcallClient) -> None:
    """There is no call (D-16); what a person has deleted cannot be given or changed any more."""
    deepcall.do("role/add", name="old")
    deepcall.control.delete("role", 2)

    assert deepcall.raw("POST", "/api/v2/role/delete", json={**deepcall.way_in(), "roleid": 1}).status_code == 404
    assert deepcall.code("role/update", roleid=2, status=1) == 1000
    assert deepcall.code("Agent/create", **an_agent(role="2")) == 1503
