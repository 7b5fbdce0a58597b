"""Agents: what they must be, how they change, go and are listed. D-6 to D-11, D-19, D-21, D-23."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.clients import DeepcallClient
from tests.simulators.deepcall_entities import ALL_DAYS, an_agent, hours

MADE = 1_720_000_000


def ids(agents: list[dict[str, Any]]) -> list[int]:
    return [agent["unique_id"] for agent in agents]


def filled(deepcall: DeepcallClient, number: int) -> list[int]:
    """The ids of so many agents."""
    return [
        deepcall.do("Agent/create", **an_agent(place))["agentId"] for place in range(1, number + 1)
    ]  # fmt: skip


def the_agent(deepcall: DeepcallClient, key: int = 1) -> dict[str, Any]:
    """As it is listed."""
    return deepcall.listed("Agent/list", agentId=str(key))[0]


def test_an_agent_as_the_sheet_shows_it(deepcall: DeepcallClient) -> None:
    """Every field of the vendor's example, both passwords in plain text, what is left out by its default (D-8)."""
    answer = deepcall.do("Agent/create", **an_agent(password="s3cret", call_pass=1234567_8))

    assert answer == {"status": "success", "message": "Agent created", "agentId": 1, "code": 200}
    assert the_agent(deepcall) == {
        "unique_id": 1,
        "name": "Agent 1",
        "favorite": "",
        "email": "agent1@example.com",
        "phone": "15555550001",
        "address": "",
        "dest_type": "MOBILE",
        "dest_value": "5555550001",
        "call_pass": "12345678",
        "role": "1",
        "roleName": "agent",
        "password": "s3cret",
        "parent": ",START,",
        "create_date": MADE,
        "create_by": "10000001",
        "create_by_type": "",
        "user_id": "10000001",
        "allowDid": "",
        "status": 1,
        "isDeleted": 0,
        "preDeleted": 0,
        "group": [],
        "groupNames": [],
        "working": [{"wDays": ALL_DAYS, "from": 0, "to": 1439, "agentId": 1}],
    }


def test_passwords_that_were_not_sent(deepcall: DeepcallClient) -> None:
    """The server makes them up, others for each agent (D-8)."""
    filled(deepcall, 2)

    one, other = deepcall.listed("Agent/list")

    assert one["password"] != other["password"]
    assert one["call_pass"] != other["call_pass"]
    assert [len(each["call_pass"]) for each in (one, other)] == [8, 8]


FIELDS: list[tuple[dict[str, Any], int]] = [
    ({"name": ""}, 1515),
    ({"name": " "}, 1515),
    ({"name": "A" * 101}, 1515),
    ({"name": "Ann & Co"}, 1515),
    ({"name": 5}, 1515),
    ({"name": None}, 1515),
    ({"email": "ann"}, 1000),
    ({"email": "a n@example.com"}, 1000),
    ({"email": ""}, 1000),
    ({"email": ["ann@example.com"]}, 1000),
    ({"phone": "+15555550101"}, 1514),
    ({"phone": "155555501"}, 1514),
    ({"phone": "1555555010100000"}, 1514),
    ({"phone": 15555550101}, 1514),
    ({"phone": "１５５５５５５０１０１"}, 1514),
    ({"dest_type": "FAX", "dest_value": "555555"}, 1513),
    ({"dest_type": "mobile", "dest_value": "555555"}, 1513),
    ({"dest_type": ["SIP"], "dest_value": "555555"}, 1513),
    ({"dest_type": "MOBILE", "dest_value": "55555"}, 1510),
    ({"dest_type": "MOBILE", "dest_value": "5" * 16}, 1510),
    ({"dest_type": "MOBILE", "dest_value": "ann@example.com"}, 1510),
    ({"dest_type": "SIP", "dest_value": "ann example"}, 1510),
    ({"dest_type": "SIP", "dest_value": "a" * 65}, 1510),
    ({"dest_type": "SIP", "dest_value": ""}, 1510),
    ({"dest_type": "SIP", "dest_value": 5}, 1510),
    ({"role": "9"}, 1503),
    ({"role": "agent"}, 1503),
    ({"role": ""}, 1503),
    ({"role": True}, 1503),
    ({"role": None}, 1503),
    ({"parent": "9"}, 1504),
    ({"parent": ",START,"}, 1504),
    ({"parent": ""}, 1504),
    ({"parent": None}, 1504),
    ({"working": {}}, 1511),
    ({"working": None}, 1511),
    ({"working": ["MON"]}, 1511),
    ({"working": [{"wDays": ["MON"], "from": 0}]}, 1511),
    ({"working": [{**hours(), "agentId": 1}]}, 1511),
    ({"working": [{**hours(), "wDays": []}]}, 1511),
    ({"working": [{**hours(), "wDays": ["Mon"]}]}, 1511),
    ({"working": [{**hours(), "wDays": ["MON", "MON"]}]}, 1511),
    ({"working": [{**hours(), "wDays": [["MON"]]}]}, 1511),
    ({"working": [{**hours(), "wDays": "MON"}]}, 1511),
    ({"working": [{**hours(), "from": -1}]}, 1511),
    ({"working": [{**hours(), "to": 1440}]}, 1511),
    ({"working": [{**hours(), "to": "1080"}]}, 1511),
    ({"working": [{**hours(), "to": True}]}, 1511),
    ({"working": [hours(), hours(600, 599)]}, 1530),
    ({"allowDid": ""}, 1516),
    ({"allowDid": None}, 1516),
    ({"allowDid": ["+15555550101"]}, 1516),
    ({"allowDid": [15555550101]}, 1516),
    ({"allowDid": [""]}, 1516),
    ({"address": 5}, 1000),
    ({"address": None}, 1000),
    ({"status": 2}, 1508),
    ({"status": "1"}, 1508),
    ({"status": True}, 1508),
    ({"call_pass": "1234567"}, 1519),
    ({"call_pass": "123456789"}, 1519),
    ({"call_pass": "1234567a"}, 1519),
    ({"call_pass": 1234567}, 1519),
    ({"call_pass": 12345678.0}, 1519),
    ({"call_pass": ""}, 1519),
    ({"password": ""}, 1000),
    ({"password": 12345678}, 1000),
]
"""A field that is wrong, and what is said of it: D-7, D-8, D-23."""


@pytest.mark.parametrize(("field", "code"), FIELDS)
def test_a_field_that_is_wrong(deepcall: DeepcallClient, field: dict[str, Any], code: int) -> None:
    """Refused alike when an agent is made and when it is changed; nothing happens."""
    deepcall.do("Agent/create", **an_agent())
    before = deepcall.control.snapshot()

    codes = [
        deepcall.code("Agent/create", **an_agent(2, **field)),
        deepcall.code("Agent/update", agentId="1", **field),
    ]

    assert codes == [code, code]
    assert deepcall.control.snapshot() == before


@pytest.mark.parametrize(
    ("name", "code"),
    [("name", 1515), ("email", 1000), ("phone", 1514), ("dest_type", 1513), ("dest_value", 1510), ("role", 1503)],
)
def test_a_field_that_is_missing(deepcall: DeepcallClient, name: str, code: int) -> None:
    """It is refused as one that is wrong (D-8)."""
    members = an_agent()
    del members[name]

    assert deepcall.code("Agent/create", **members) == code


@pytest.mark.parametrize(
    "name",
    [
        "group",
        "groupNames",
        "roleName",
        "unique_id",
        "user_id",
        "isDeleted",
        "preDeleted",
        "favorite",
        "create_date",
        "nm",
        "x",
    ],
)
def test_a_member_that_is_no_field(deepcall: DeepcallClient, name: str) -> None:
    """Groups are assigned by another call, the rest cannot be written at all (D-8, D-23)."""
    deepcall.do("Agent/create", **an_agent())

    codes = [
        deepcall.code("Agent/create", **an_agent(2), **{name: 1}),
        deepcall.code("Agent/update", agentId="1", **{name: 1}),
        deepcall.code("Agent/update", agentId="1", address="Hall 1", **{name: 1}),
    ]

    assert codes == [1521] * 3


GOOD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "Zoë O.-Neil_2"}, {}),
    ({"name": "A" * 100}, {}),
    ({"email": "ann@example.com"}, {}),
    ({"phone": "1555550101"}, {}),
    ({"phone": "155555501010000"}, {}),
    ({"dest_type": "SIP", "dest_value": "ann.lee_1-x@example.com"}, {}),
    ({"dest_type": "MOBILE", "dest_value": "555555"}, {}),
    ({"role": 2}, {"role": "2", "roleName": "lead"}),
    ({"parent": "1"}, {"parent": ",START,1,"}),
    ({"parent": 1}, {"parent": ",START,1,"}),
    ({"parent": "root"}, {"parent": ",START,"}),
    ({"working": []}, {}),
    ({"working": [hours(0, 0, "SUN")]}, {"working": [{**hours(0, 0, "SUN"), "agentId": 2}]}),
    (
        {"working": [hours(), hours(0, 1439, "FRI")]},
        {"working": [{**hours(), "agentId": 2}, {**hours(0, 1439, "FRI"), "agentId": 2}]},
    ),
    ({"allowDid": ["15555550101", "0"]}, {}),
    ({"allowDid": []}, {"allowDid": ""}),
    ({"address": "Hall 1\nFloor 2"}, {}),
    ({"address": ""}, {}),
    ({"status": 0}, {}),
    ({"status": 1}, {}),
    ({"call_pass": "00000001"}, {}),
    ({"call_pass": 12345678}, {"call_pass": "12345678"}),
    ({"password": "s3cret"}, {}),
]
"""A field that is right, and how it is listed where that is not how it was sent."""


@pytest.mark.parametrize(("field", "listed"), GOOD)
@pytest.mark.parametrize("is_create", [True, False], ids=["create", "update"])
def test_a_field_that_is_right(
    deepcall: DeepcallClient, field: dict[str, Any], listed: dict[str, Any], *, is_create: bool
) -> None:
    """It reads back as it was sent, or as the sheet says; an update leaves everything else (D-8, D-9)."""
    deepcall.do("role/add", name="lead")
    deepcall.do("Agent/create", **an_agent())
    deepcall.do("Agent/create", **an_agent(2, **field) if is_create else an_agent(2, working=[hours()]))
    before = the_agent(deepcall, 2)

    if not is_create:
        answer = deepcall.do("Agent/update", agentId="2", **field)
        assert answer == {"status": "success", "message": "Agent updated", "code": 200}

    expected = {**field, **listed}
    after = the_agent(deepcall, 2)
    assert {name: after[name] for name in expected} == expected
    assert {name: after[name] for name in after if name not in expected} == {
        name: before[name] for name in before if name not in expected
    }


def test_one_field_a_request(deepcall: DeepcallClient) -> None:
    """Two are too many, where calls ring is one of two halves; none is none (D-9)."""
    deepcall.do("Agent/create", **an_agent())
    fields = [
        {"name": "Ann", "address": "Hall 1"},
        {"dest_type": "SIP", "dest_value": "ann", "status": 0},
        {"name": "?", "phone": "?"},
        {},
        {"dest_type": "SIP"},
        {"dest_value": "ann"},
    ]

    codes = [deepcall.code("Agent/update", agentId="1", **each) for each in fields]

    assert codes == [1520, 1520, 1520, 1521, 1510, 1513]
    assert the_agent(deepcall)["dest_type"] == "MOBILE"


@pytest.mark.parametrize("key", [None, "", "9", "0", 0, -1, "x", "1 ", True, 1.0, ["1"], "9" * 30, 9**30])
def test_an_agent_that_is_not_there(deepcall: DeepcallClient, key: Any) -> None:
    """Neither changed nor deleted; a wrong value is told first (D-9, D-10, D-20)."""
    deepcall.do("Agent/create", **an_agent())
    named = {} if key is None else {"agentId": key}

    assert deepcall.code("Agent/update", **named, name="Ann") == 1507
    assert deepcall.code("Agent/delete", **named) == 1507
    assert deepcall.code("Agent/update", agentId="9", name="?") == 1515


def test_an_address_that_is_taken(deepcall: DeepcallClient) -> None:
    """With the same telephone number it is the same person, which is told first; case does not count (D-8, D-9)."""
    filled(deepcall, 2)
    taken = {"email": "AGENT1@example.com"}

    codes = [
        deepcall.code("Agent/create", **an_agent()),
        deepcall.code("Agent/create", **an_agent(1, name="Other", role="1")),
        deepcall.code("Agent/create", **an_agent(3, **taken)),
        deepcall.code("Agent/update", agentId="2", **taken),
        deepcall.code("Agent/update", agentId="1", **taken),
        deepcall.code("Agent/create", **an_agent(3, phone="15555550001")),
    ]

    assert codes == [1523, 1523, 1512, 1512, 200, 200]


def test_the_same_person_by_an_update(deepcall: DeepcallClient) -> None:
    """Two agents may share a telephone number until they would share the address as well (D-8, D-9)."""
    deepcall.do("Agent/create", **an_agent())
    deepcall.do("Agent/create", **an_agent(2, phone="15555550001"))

    assert deepcall.code("Agent/update", agentId="2", email="agent1@example.com") == 1523


def test_who_is_above_whom(deepcall: DeepcallClient) -> None:
    """The chain shows everybody above, the highest first; nobody is above himself (§3, D-9)."""
    deepcall.do("Agent/create", **an_agent(1))
    deepcall.do("Agent/create", **an_agent(2, parent="1"))
    deepcall.do("Agent/create", **an_agent(3, parent="2"))

    chains = [agent["parent"] for agent in deepcall.listed("Agent/list")]
    codes = [deepcall.code("Agent/update", agentId=key, parent=parent) for key, parent in (("1", "1"), ("1", "3"))]
    deepcall.do("Agent/update", agentId="2", parent="root")

    assert chains == [",START,", ",START,1,", ",START,1,2,"]
    assert codes == [1506, 1504]
    assert the_agent(deepcall, 3)["parent"] == ",START,2,"


def test_a_role_that_is_off(deepcall: DeepcallClient) -> None:
    """Nobody new can have it; who has it keeps it, and shows its name (D-8)."""
    deepcall.do("role/add", name="lead")
    deepcall.do("Agent/create", **an_agent(role="2"))
    deepcall.do("role/update", roleid=2, status=0)

    assert deepcall.code("Agent/create", **an_agent(2, role="2")) == 1503
    assert deepcall.code("Agent/update", agentId="1", name="Ann") == 200
    assert the_agent(deepcall)["roleName"] == "lead"


def test_a_deleted_agent(deepcall: DeepcallClient) -> None:
    """Kept, flagged, off, in no group; listed no more, not even by its id (D-10)."""
    filled(deepcall, 2)
    deepcall.do("Group/add", name="Support")
    deepcall.do("Group/submitAssignGroupToAgent", groupId="1", agent_unique_id=["1", "2"], receive_call=["1"])

    answer = deepcall.do("Agent/delete", agentId="1")

    assert answer == {"status": "success", "message": "Agent deleted", "code": 200}
    assert ids(deepcall.listed("Agent/list")) == [2]
    assert deepcall.do("Agent/list", agentId="1")["response"] == {}
    kept = deepcall.control.content()["agent"]["1"]
    assert (kept["isDeleted"], kept["status"], kept["group"], kept["receive_call"]) == (1, 0, [], [])
    assert kept["email"] == "agent1@example.com"
    assert deepcall.code("Agent/delete", agentId="1") == 1507
    assert deepcall.code("Agent/update", agentId="1", status=1) == 1507


def test_the_address_of_a_deleted_agent_is_free(deepcall: DeepcallClient) -> None:
    """For a new agent with a new id; ids leave gaps (D-10, §5.3)."""
    filled(deepcall, 2)
    deepcall.do("Agent/delete", agentId="2")

    assert deepcall.do("Agent/create", **an_agent(2))["agentId"] == 3
    assert ids(deepcall.listed("Agent/list")) == [1, 3]


def test_who_has_others_below(deepcall: DeepcallClient) -> None:
    """Children go first (D-10, §5.11)."""
    deepcall.do("Agent/create", **an_agent(1))
    deepcall.do("Agent/create", **an_agent(2, parent="1"))

    assert [deepcall.code("Agent/delete", agentId=key) for key in ("1", "2", "1")] == [1518, 200, 200]


def test_the_quota(deepcall: DeepcallClient) -> None:
    """Everybody counts who is not deleted, also who is off or about to go (D-19)."""
    deepcall.control.settings(agtLimit=3)
    filled(deepcall, 3)
    deepcall.do("Agent/update", agentId="1", status=0)
    deepcall.control.change("agent", 2, {"preDeleted": 1})

    full = deepcall.ask("Agent/create", **an_agent(4))
    deepcall.do("Agent/delete", agentId="3")

    assert (full["code"], full["message"]) == (1522, "You could not inserted your data. Please try again")
    assert deepcall.code("Agent/create", **an_agent(4)) == 200
    assert deepcall.do("Agent/list")["agtLimit"] == 3


def test_an_agent_who_is_about_to_go(deepcall: DeepcallClient) -> None:
    """Somebody asked for it in the portal: still listed, keeps the address, and can be changed (D-10)."""
    filled(deepcall, 1)
    deepcall.control.change("agent", 1, {"preDeleted": 1})

    agent = the_agent(deepcall)

    assert (agent["preDeleted"], agent["isDeleted"], agent["status"]) == (1, 0, 1)
    assert deepcall.code("Agent/create", **an_agent(1, phone="15555550109")) == 1512
    assert deepcall.code("Agent/update", agentId="1", name="Ann") == 200


def test_listed_although_deleted(deepcall: DeepcallClient) -> None:
    """Whoever reads the list is to look at the flag (§5.3)."""
    filled(deepcall, 2)
    deepcall.do("Agent/delete", agentId="1")
    deepcall.control.settings(deleted_listed=True)

    assert [(agent["unique_id"], agent["isDeleted"]) for agent in deepcall.listed("Agent/list")] == [(1, 1), (2, 0)]


def test_agents_by_id(deepcall: DeepcallClient) -> None:
    """A map shows seven fields, the name under another one, and the id as the key alone (D-6, D-21)."""
    filled(deepcall, 1)
    deepcall.control.settings(agents_as="map")

    assert deepcall.do("Agent/list")["response"] == {
        "1": {
            "nm": "Agent 1",
            "email": "agent1@example.com",
            "phone": "15555550001",
            "dest_type": "MOBILE",
            "dest_value": "5555550001",
            "group": [],
            "status": 1,
        }
    }


def test_quick(deepcall: DeepcallClient) -> None:
    """Little of each agent, and no secret; in pages as well (D-6, D-11)."""
    filled(deepcall, 2)
    minimal = {"unique_id": 2, "name": "Agent 2", "email": "agent2@example.com", "status": 1, "group": []}

    answer = deepcall.do("Agent/list", quick=True, page=2, limit=1)
    deepcall.control.settings(agents_as="map")

    assert (answer["response"], answer["totalPages"]) == ([minimal], 2)
    assert deepcall.do("Agent/list", quick=True, agentId="2")["response"] == {
        "2": {"nm": "Agent 2", "email": "agent2@example.com", "status": 1, "group": []}
    }


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, [1, 2, 3]),
        ({"agentId": "2"}, [2]),
        ({"agentId": 2}, [2]),
        ({"agentId": "002"}, [2]),
        ({"agentId": "9"}, []),
        ({"agentId": "x"}, []),
        ({"name": "Agent"}, [1, 2, 3]),
        ({"name": "nt 3"}, [3]),
        ({"name": "AGENT 1"}, [1]),
        ({"name": "Nobody"}, []),
        ({"groupid": "1"}, [1, 3]),
        ({"groupId": 1}, [1, 3]),
        ({"groupid": "2"}, []),
        ({"groupid": "1", "agentId": "2"}, []),
        ({"groupid": "1", "name": "3", "agentId": "3"}, [3]),
    ],
)
def test_filters(deepcall: DeepcallClient, members: dict[str, Any], found: list[int]) -> None:
    """By id, by a part of the name, by group; nobody is an empty object and no error (§4.1, D-6)."""
    filled(deepcall, 3)
    for name in ("Support", "Sales"):
        deepcall.do("Group/add", name=name)
    deepcall.do("Group/submitAssignGroupToAgent", groupId="1", agent_unique_id=["1", "3"], receive_call=[])

    answer = deepcall.do("Agent/list", **members)

    assert ids(answer["response"] or []) == found
    assert (answer["totalRecords"], answer["totalPages"]) == (len(found), 1)
    assert answer["response"] == {} or found


@pytest.mark.parametrize("key", ["9", "x", 9])
def test_a_filter_by_an_unknown_group(deepcall: DeepcallClient, key: Any) -> None:
    """Unlike an unknown agent it is an error (D-22)."""
    assert deepcall.ask("Agent/list", groupid=key) == {
        "status": "error",
        "message": "Group id does not exist",
        "code": 1006,
    }


@pytest.mark.parametrize(
    "members",
    [
        {"page": 0},
        {"page": "1"},
        {"page": True},
        {"limit": 0},
        {"limit": -5},
        {"limit": None},
        {"quick": "yes"},
        {"quick": 1},
        {"name": 5},
        {"agentId": True},
        {"agentId": ["1"]},
        {"groupid": 1.5},
    ],
)
def test_a_filter_that_is_wrong(deepcall: DeepcallClient, members: dict[str, Any]) -> None:
    """Values of another type, and pages that there cannot be."""
    answer = deepcall.ask("Agent/list", **members)

    assert (answer["code"], answer["message"]) == (1502, "Invalid filter value")


def test_no_filter_by_status(deepcall: DeepcallClient) -> None:
    """The vendor's text speaks of one and declares none (§4.1)."""
    assert deepcall.code("Agent/list", status=1) == 1521


def test_pages(deepcall: DeepcallClient) -> None:
    """In the order of ids, with counters on each, beyond the end too (D-11)."""
    filled(deepcall, 5)

    answers = [deepcall.do("Agent/list", page=page, limit=2) for page in (1, 2, 3, 4)]

    assert [ids(answer["response"] or []) for answer in answers] == [[1, 2], [3, 4], [5], []]
    assert [answer["currentPage"] for answer in answers] == [1, 2, 3, 4]
    assert {(answer["totalPages"], answer["totalRecords"]) for answer in answers} == {(3, 5)}
    assert answers[3]["response"] == {}


def test_the_size_of_a_page(deepcall: DeepcallClient) -> None:
    """100 when nothing is said, 500 at most; a person can make the most smaller (D-11)."""
    deepcall.control.settings(agtLimit=1000)
    for place in range(1, 502):
        deepcall.control.create("agent", an_agent(place))

    sizes = [len(deepcall.listed("Agent/list", **members)) for members in ({}, {"limit": 500}, {"limit": 9999})]
    far = deepcall.do("Agent/list", page=10**12)
    deepcall.control.settings(most_on_a_page=3)
    answer = deepcall.do("Agent/list", limit=500)

    assert (sizes, far["response"]) == ([100, 500, 500], {})
    assert (len(answer["response"]), answer["totalPages"], answer["totalRecords"]) == (3, 167, 501)


def test_an_empty_list_has_counters(deepcall: DeepcallClient) -> None:
    """One page of nobody (D-11)."""
    assert deepcall.do("Agent/list") == {
        "response": {},
        "agtLimit": 100,
        "currentPage": 1,
        "totalPages": 1,
        "totalRecords": 0,
        "status": "success",
        "code": 200,
    }


@pytest.mark.parametrize(("form", "members"), [("array", {"response": []}), ("absent", {})])
def test_other_forms_of_nobody(deepcall: DeepcallClient, form: str, members: dict[str, Any]) -> None:
    """Both are to be accepted (D-6)."""
    deepcall.control.settings(empty_as=form)

    answers = [deepcall.do(action) for action in ("Agent/list", "Group/list")]

    assert [{name: answer[name] for name in answer if name == "response"} for answer in answers] == [members] * 2


def test_a_total_that_falls_between_pages(deepcall: DeepcallClient) -> None:
    """Somebody goes while the list is read, and somebody else falls between two pages."""
    filled(deepcall, 4)
    deepcall.control.fault(
        "meanwhile", path="/api/v2/Agent/list", changes=[{"verb": "delete", "kind": "agent", "id": "1"}]
    )

    first, second = (deepcall.do("Agent/list", page=page, limit=2) for page in (1, 2))

    assert (ids(first["response"]), ids(second["response"])) == ([1, 2], [4])
    assert (first["totalRecords"], second["totalRecords"]) == (4, 3)


def test_counters_that_lie(deepcall: DeepcallClient) -> None:
    """By call and page: a total that falls, a page that calls itself another."""
    filled(deepcall, 4)
    deepcall.control.settings(counters={"Agent/list/2": {"totalRecords": 2, "totalPages": 1, "currentPage": 7}})

    first, second = (deepcall.do("Agent/list", page=page, limit=2) for page in (1, 2))

    names = ("currentPage", "totalPages", "totalRecords")
    assert [[answer[name] for name in names] for answer in (first, second)] == [[1, 2, 4], [7, 1, 2]]
    assert ids(second["response"]) == [3, 4]


def test_a_page_that_is_cut_short(deepcall: DeepcallClient) -> None:
    """Some of its agents are on no page; the counters know of them."""
    filled(deepcall, 4)
    deepcall.control.settings(page_lengths={"Agent/list/1": 1})

    pages = [deepcall.do("Agent/list", page=page, limit=2) for page in (1, 2)]

    assert [ids(page["response"]) for page in pages] == [[1], [3, 4]]
    assert {page["totalRecords"] for page in pages} == {4}


def test_a_server_that_knows_no_pages(deepcall: DeepcallClient) -> None:
    """The parameter is assumed (D-11); a server without it would answer the first page, and say so."""
    filled(deepcall, 4)
    deepcall.control.settings(repeat_from=1)

    answers = [deepcall.do("Agent/list", page=page, limit=2) for page in (1, 2)]

    assert [(answer["currentPage"], ids(answer["response"])) for answer in answers] == [(1, [1, 2]), (1, [1, 2])]
