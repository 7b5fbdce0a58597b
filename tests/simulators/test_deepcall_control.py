"""What a person does to a DeepCall account, what stays secret, and what readers see late (D-17)."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import ProvisionerError
from tests.simulators.clients import DeepcallClient
from tests.simulators.deepcall_entities import an_agent, hours

ROLE = {"roleid": 1, "name": "agent", "can_see": 0, "status": 1, "create_date": 1_720_000_000, "isDeleted": 0}


def ids(deepcall: DeepcallClient) -> list[int]:
    return [agent["unique_id"] for agent in deepcall.listed("Agent/list")]


def test_what_a_person_makes_the_api_reads(deepcall: DeepcallClient) -> None:
    """By the vendor's names; who is in a group, agents say; secrets are counted."""
    deepcall.control.create("group", {"name": "Support"})
    deepcall.control.create("agent", an_agent(group=[1], receive_call=[1], working=[hours()], password="s3cret"))

    assert deepcall.control.content() == {
        "agent": {
            "1": {
                "unique_id": 1,
                "name": "Agent 1",
                "email": "agent1@example.com",
                "phone": "15555550001",
                "dest_type": "MOBILE",
                "dest_value": "5555550001",
                "role": "1",
                "parent": "root",
                "working": [hours()],
                "allowDid": "",
                "address": "",
                "status": 1,
                "call_pass": {"set": True, "changes": 0},
                "password": {"set": True, "changes": 1},
                "group": [1],
                "receive_call": [1],
                "favorite": "",
                "preDeleted": 0,
                "create_date": 1_720_000_000,
                "isDeleted": 0,
            }
        },
        "group": {"1": {"unique_id": 1, "name": "Support", "status": 1, "create_date": 1_720_000_000}},
        "role": {"1": ROLE},
    }
    assert deepcall.listed("Agent/list", groupid="1")[0]["groupNames"] == [{"1": "Support"}]
    relations = deepcall.do("Group/getGroupAgentRelation", groupId="1", quick=True)["response"]["relationData"]
    assert relations == [{"agent_unique_id": 1, "group_id": 1, "receive_call": 1}]


def test_secrets_are_counted(deepcall: DeepcallClient) -> None:
    """How often a value was sent for each, and the value only to who asks for it."""
    deepcall.do("Agent/create", **an_agent(password="s3cret"))
    deepcall.do("Agent/update", agentId="1", password="s3cret")
    deepcall.do("Agent/update", agentId="1", call_pass="12345678")
    deepcall.do("Agent/update", agentId="1", name="Ann")

    shown, revealed = (deepcall.control.content(reveal=reveal)["agent"]["1"] for reveal in (False, True))

    assert (shown["password"], shown["call_pass"]) == ({"set": True, "changes": 2}, {"set": True, "changes": 1})
    assert (revealed["password"], revealed["call_pass"]) == ("s3cret", "12345678")


def test_a_change_leaves_the_rest(deepcall: DeepcallClient) -> None:
    """Several attributes at once, half of a destination too; where a group goes, its calls go (§4.10)."""
    for name in ("Support", "Sales"):
        deepcall.control.create("group", {"name": name})
    deepcall.control.create("agent", an_agent(group=[1, 2], receive_call=[1, 2]))

    deepcall.control.change("agent", 1, {"dest_value": "5555550199", "name": "Ann", "group": [2]})
    deepcall.control.change("group", 2, {"status": 0})
    deepcall.control.change("role", 1, {"can_see": 1})

    content = deepcall.control.content()
    agent = content["agent"]["1"]
    assert (agent["name"], agent["dest_type"], agent["dest_value"]) == ("Ann", "MOBILE", "5555550199")
    assert (agent["group"], agent["receive_call"], agent["email"]) == ([2], [2], "agent1@example.com")
    assert (content["group"]["2"]["name"], content["group"]["2"]["status"]) == ("Sales", 0)
    assert content["role"]["1"] == {**ROLE, "can_see": 1}


def test_a_person_deletes_and_undeletes(deepcall: DeepcallClient) -> None:
    """Agents and roles are flagged, twice is once, and come back, an agent to no group; a group is gone."""
    for name in ("Support", "Sales"):
        deepcall.control.create("group", {"name": name})
    deepcall.control.create("agent", an_agent(group=[1, 2], receive_call=[1, 2]))

    deepcall.control.delete("group", 1)
    left = deepcall.control.content()["agent"]["1"]
    for kind in ("agent", "agent", "role"):
        deepcall.control.delete(kind, 1)
    deleted = deepcall.control.content()
    deepcall.control.undelete("agent", 1)
    deepcall.control.undelete("role", 1)

    assert [deleted[kind]["1"]["isDeleted"] for kind in ("agent", "role")] == [1, 1]
    assert (list(deleted["group"]), left["group"], left["receive_call"]) == (["2"], [2], [2])
    back = deepcall.control.content()["agent"]["1"]
    assert (back["isDeleted"], back["status"], back["group"]) == (0, 0, [])
    assert deepcall.listed("role/list")[0]["name"] == "agent"
    with pytest.raises(ProvisionerError, match="there is no group `1`"):
        deepcall.control.undelete("group", 1)


def test_the_vendors_rules_hold_for_a_person_too(deepcall: DeepcallClient) -> None:
    """And a refusal says the vendor's code and words, by module."""
    deepcall.control.create("agent", an_agent())
    deepcall.control.create("agent", an_agent(2, parent="1"))
    refused: list[tuple[str, Any]] = [
        (
            "1512 Email already exists",
            lambda: deepcall.control.create("agent", an_agent(3, email="agent1@example.com")),
        ),
        ("1503 Invalid role id", lambda: deepcall.control.change("agent", 1, {"role": "9"})),
        ("1505 Invalid group data", lambda: deepcall.control.change("agent", 1, {"group": [9]})),
        ("1505 Invalid group data", lambda: deepcall.control.change("agent", 1, {"group": "1"})),
        ("1505 Invalid group data", lambda: deepcall.control.change("agent", 1, {"receive_call": [1]})),
        ("1528 Invalid Favorite Data", lambda: deepcall.control.change("agent", 1, {"favorite": 1})),
        ("1000 Invalid parameters", lambda: deepcall.control.change("agent", 1, {"preDeleted": True})),
        ("1000 Invalid parameters", lambda: deepcall.control.change("agent", 1, {"create_date": "today"})),
        ("1506 AgentId and parent", lambda: deepcall.control.change("agent", 1, {"parent": "1"})),
        ("1518 Data could not be updated", lambda: deepcall.control.delete("agent", 1)),
        ("1501 Group name is not provided", lambda: deepcall.control.create("group", {"name": ""})),
        ("1000 Invalid parameters", lambda: deepcall.control.change("role", 1, {"status": 5})),
        ("`roleName` cannot be set; there is: address", lambda: deepcall.control.change("agent", 1, {"roleName": "x"})),
        ("there is no kind `queue`", lambda: deepcall.control.create("queue", {})),
        ("there is no agent `9`", lambda: deepcall.control.change("agent", 9, {"name": "Ann"})),
    ]
    deepcall.control.create("group", {"name": "Support"})
    before = deepcall.control.snapshot()

    for message, attempt in refused:
        with pytest.raises(ProvisionerError) as caught:
            attempt()
        assert message in caught.value.message
    assert deepcall.control.snapshot() == before


def test_a_deleted_agent_cannot_be_changed(deepcall: DeepcallClient) -> None:
    """Nor brought back when the address was given away; force does both."""
    deepcall.control.create("agent", an_agent())
    deepcall.control.delete("agent", 1)
    deepcall.control.create("agent", an_agent())

    with pytest.raises(ProvisionerError, match="agent `1` is deleted"):
        deepcall.control.change("agent", 1, {"name": "Ann"})
    with pytest.raises(ProvisionerError, match="1523"):
        deepcall.control.undelete("agent", 1)
    deepcall.control.change("agent", 1, {"name": "Ann"}, force=True)
    deepcall.control.undelete("agent", 1, force=True)

    assert [agent["name"] for agent in deepcall.listed("Agent/list")] == ["Ann", "Agent 1"]


def test_force_makes_what_the_vendor_would_refuse(deepcall: DeepcallClient) -> None:
    """Twins, other types of destination, call passwords of seven digits (§3), rings of parents; and the API copes."""
    deepcall.control.create("agent", an_agent(parent="2", call_pass="1234567"), force=True)
    deepcall.control.create("agent", an_agent(parent="1", dest_type="EXTENSION", role="7"), force=True)
    deepcall.control.create("agent", {}, force=True)
    deepcall.control.create("group", {"name": "Support"})
    deepcall.control.create("group", {"name": "Support"}, force=True)

    one, two, three = deepcall.listed("Agent/list")

    assert (one["parent"], two["parent"]) == (",START,1,2,", ",START,2,1,")
    assert (one["call_pass"], two["dest_type"], two["roleName"], three["email"]) == ("1234567", "EXTENSION", "", "")
    assert [group["name"] for group in deepcall.listed("Group/list")] == ["Support", "Support"]


@pytest.mark.parametrize(
    "attributes", [{"group": 5}, {"group": ["1"]}, {"working": [1]}, {"parent": None}, {"name": 5}]
)
def test_what_not_even_force_can_make(deepcall: DeepcallClient, attributes: dict[str, Any]) -> None:
    """The server has to find its way through it."""
    deepcall.control.create("agent", an_agent())

    with pytest.raises(ProvisionerError, match="not even by force"):
        deepcall.control.change("agent", 1, attributes, force=True)


def test_emptied(deepcall: DeepcallClient) -> None:
    """As the account began: role 1 and nothing else; ids start again (D-16)."""
    deepcall.do("Agent/create", **an_agent())
    deepcall.do("Group/add", name="Support")
    deepcall.do("role/add", name="lead")

    deepcall.control.empty()

    assert deepcall.control.content() == {"agent": {}, "group": {}, "role": {"1": ROLE}}
    assert (deepcall.do("Agent/create", **an_agent())["agentId"], deepcall.do("role/add", name="x")["roleid"]) == (1, 2)


def test_a_snapshot_brings_everything_back(deepcall: DeepcallClient) -> None:
    """Entities, flags, counts, settings and the next ids; what is no snapshot changes nothing."""
    deepcall.do("Agent/create", **an_agent(password="s3cret"))
    deepcall.do("Agent/create", **an_agent(2))
    deepcall.do("Agent/delete", agentId="2")
    deepcall.control.settings(agents_as="map", agtLimit=7)
    before = deepcall.control.snapshot()

    deepcall.control.empty()
    deepcall.control.settings(agents_as="array")
    deepcall.control.restore(before)

    assert deepcall.control.snapshot() == before
    with pytest.raises(ProvisionerError, match="no snapshot of a DeepCall account"):
        deepcall.control.restore({"settings": {"agtLimit": 9}, "tables": {}})
    assert deepcall.control.snapshot() == before
    assert deepcall.do("Agent/create", **an_agent(3))["agentId"] == 3


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"agents_as": "xml"}, "`agents_as` is one of: array, map"),
        ({"agtLimit": -1}, "`agtLimit` is an integer from 0"),
        ({"counters": {"Agent/list/2": {"totalPages": "2"}}}, "`counters` is a JSON object"),
        ({"most_on_a_page": 501}, "`most_on_a_page` is an integer from 1 to 500"),
        ({"denied": "Agent/list"}, "`denied` is a JSON array"),
        ({"lag": 1}, "unknown setting `lag`"),
    ],
)
def test_settings_that_make_no_sense(deepcall: DeepcallClient, settings: dict[str, Any], reason: str) -> None:
    """They are refused with what they could be, and none of them is set."""
    before = deepcall.control.settings()

    with pytest.raises(ProvisionerError) as caught:
        deepcall.control.settings(suspended=True, **settings)

    assert reason in caught.value.message
    assert deepcall.control.settings() == before


def test_reads_see_writes_at_once(deepcall: DeepcallClient) -> None:
    """Unless a person wants otherwise (D-17)."""
    deepcall.do("Agent/create", **an_agent())

    assert ids(deepcall) == [1]


def test_what_is_seen_after_so_many_reads(deepcall: DeepcallClient) -> None:
    """Made, changed, deleted: for two readings the index shows what was before (D-17)."""
    deepcall.do("Agent/create", **an_agent(1))
    deepcall.do("Agent/create", **an_agent(2))
    deepcall.control.settings(visible_after_reads=2)
    deepcall.do("Agent/delete", agentId="1")
    deepcall.do("Agent/update", agentId="2", name="Ann")
    deepcall.do("Agent/create", **an_agent(3))

    reads = [[(each["unique_id"], each["name"]) for each in deepcall.listed("Agent/list")] for _ in range(3)]

    before, after = [(1, "Agent 1"), (2, "Agent 2")], [(2, "Ann"), (3, "Agent 3")]
    assert reads == [before, before, after]


def test_what_is_seen_after_so_many_seconds(deepcall: DeepcallClient) -> None:
    """Groups, roles and relations, too; the vendor's clock can be put ahead."""
    deepcall.do("Agent/create", **an_agent())
    deepcall.do("Group/add", name="Support")
    deepcall.control.settings(visible_after_seconds=60)
    deepcall.do("Group/add", name="Sales")
    deepcall.do("Group/submitAssignGroupToAgent", groupId="1", agent_unique_id=["1"], receive_call=["1"])
    deepcall.do("role/update", roleid=1, name="agents")

    def seen() -> tuple[int, int, str]:
        relations = deepcall.do("Group/getGroupAgentRelation", groupId="1", quick=True)["response"]["relationData"]
        groups, roles = deepcall.listed("Group/list"), deepcall.listed("role/list")
        return len(groups), len(relations), roles[0]["name"]

    early = [seen(), seen()]
    deepcall.control.settings(clock_ahead=61)

    assert early == [(1, 0, "agent")] * 2
    assert seen() == (2, 1, "agents")


def test_a_deleted_group_is_seen_for_a_while(deepcall: DeepcallClient) -> None:
    """In its place among the others; the database knows already that it is gone (D-17)."""
    for name in ("Support", "Sales"):
        deepcall.do("Group/add", name=name)
    deepcall.control.settings(visible_after_reads=1)

    deepcall.do("Group/delete", groupId="1")

    assert deepcall.code("Group/delete", groupId="1") == 1503
    assert [group["name"] for group in deepcall.listed("Group/list")] == ["Support", "Sales"]
    assert [group["name"] for group in deepcall.listed("Group/list")] == ["Sales"]


def test_writes_go_by_the_truth(deepcall: DeepcallClient) -> None:
    """The database is not late: what nobody can read yet is taken, and can be changed (D-17)."""
    deepcall.control.settings(visible_after_seconds=60)
    deepcall.do("Agent/create", **an_agent())
    deepcall.do("Group/add", name="Support")

    codes = [
        deepcall.code("Agent/create", **an_agent()),
        deepcall.code("Agent/update", agentId="1", name="Ann"),
        deepcall.code("Group/submitAssignGroupToAgent", groupId="1", agent_unique_id=["1"], receive_call=[]),
    ]
    deepcall.do("Group/add", name="Support")

    assert codes == [1523, 200, 200]
    assert (ids(deepcall), deepcall.listed("Group/list")) == ([], [])
    assert deepcall.control.content()["group"]["2"]["name"] == "Support 1"


def test_what_a_person_does_is_seen_at_once(deepcall: DeepcallClient) -> None:
    """Only what the API wrote is late, and not what was restored."""
    deepcall.control.settings(visible_after_seconds=60)
    deepcall.do("Agent/create", **an_agent(1))
    deepcall.control.create("agent", an_agent(2))
    late = ids(deepcall)

    deepcall.control.restore(deepcall.control.snapshot())

    assert (late, ids(deepcall)) == ([2], [1, 2])
