"""Groups at DeepCall: full replacement, names that are changed silently, members as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import Rejected, VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Effect, Request
from tests.vendors.deepcall.playing import GROUP, adapter, error, ok, relations
from tests.vendors.playing import change, read

ID = VendorId("17")

MADE, DONE = ok(groupId=17), ok(message="done")


def named(name: str) -> Answer:
    return ok(response=[{**GROUP, "name": name}])


def told(asked: list[Request]) -> list[tuple[str, Any]]:
    return [(request.path.rpartition("/")[2], request.json) for request in asked]


def test_a_group_is_read_with_its_members() -> None:
    """In one request, as long as that shows all of it."""
    asked, found = read(adapter("queues").read(ID), [relations((5, 1))])

    assert told(asked) == [("getGroupAgentRelation", {"groupId": "17", "quick": True})]
    assert found is not None
    assert found.attributes == {
        "name": "Support",
        "status": "active",
        "agents": [{"agent": {"id": "5"}, "receive_call": True}],
    }


def test_what_one_call_does_not_show_another_is_asked() -> None:
    """How much of a group stands beside its members could not be read (D-14)."""
    bare = {"name": "Support", "user_id": "1"}

    asked, found = read(adapter("queues").read(ID), [relations(group=bare)], [ok(response=[{**GROUP, "status": 0}])])

    assert told(asked)[1] == ("list", {"groupid": "17"})
    assert found is not None
    assert (found.attributes["status"], found.unseen) == ("inactive", frozenset())


def test_a_group_that_is_gone() -> None:
    """The code that says so gives nothing, and is no error."""
    assert read(adapter("queues").read(ID), [error(1503)])[1] is None


def test_another_group_s_answer_is_a_failed_read() -> None:
    """Its members would pass for those of the group that was asked for."""
    with pytest.raises(VendorFailed, match="it is about group 18"):
        read(adapter("queues").read(ID), [relations(group={**GROUP, "unique_id": 18})])


def test_a_create_reads_its_name_back() -> None:
    """Then it sets what an add cannot; the members whose flag is not declared get calls."""
    values = {
        "name": "Support",
        "status": "inactive",
        "agents": [{"agent": VendorId("10")}, {"agent": VendorId("9"), "receive_call": False}],
    }

    asked, vendor_id = change(adapter("queues").create(values), MADE, named("Support"), DONE, DONE)

    assert vendor_id == "17"
    assert told(asked) == [
        ("add", {"name": "Support"}),
        ("list", {"groupid": "17"}),
        ("update", {"groupId": "17", "name": "Support", "status": 0}),
        (
            "submitAssignGroupToAgent",
            {"groupId": "17", "agent_unique_id": ["9", "10"], "receive_call": ["10"]},
        ),
    ]
    assert frozenset[str]().union(*(request.paths for request in asked)) == values.keys()


def test_a_group_is_active_from_the_start() -> None:
    """No request says what is so already, and the record knows of it."""
    asked, _ = change(adapter("queues").create({"name": "Support", "status": "active"}), MADE, named("Support"))

    assert [name for name, _ in told(asked)] == ["add", "list"]
    assert asked[0].paths == {"name", "status"}


def test_a_name_that_was_taken() -> None:
    """The group that was made under another name is deleted, and that is an error."""
    creating = adapter("queues", lag=0).create({"name": "Support"})
    assert [next(creating).effect, creating.send(MADE).effect] == [Effect.CREATE, Effect.READ]

    delete = creating.send(named("Support 1"))
    assert (delete.effect, delete.json) == (Effect.DELETE, {"groupId": "17"})
    with pytest.raises(Rejected, match="named the group `Support 1`") as caught:
        creating.send(DONE)
    assert caught.value.taken == ("name",)


def test_what_does_not_show_yet_is_looked_for_again() -> None:
    """Five times more, spread over the lag; the first look waits for nothing."""
    asked, _ = change(
        adapter("queues", lag=5).create({"name": "Support"}), MADE, *[ok(response={})] * 3, named("Support")
    )

    assert [request.after for request in asked] == [0, 0, 1, 1, 1]


def test_what_never_shows_is_no_success() -> None:
    """Nobody can tell what the group is called."""
    with pytest.raises(VendorFailed, match="does not show"):
        change(adapter("queues", lag=5).create({"name": "Support"}), MADE, *[ok(response={})] * 6)


def test_an_update_sends_name_and_status_together() -> None:
    """Whichever of them changes; members are left alone where none does."""
    values = {"name": "Support", "status": "inactive", "agents": [{"agent": VendorId("5"), "receive_call": True}]}

    asked, _ = change(adapter("queues").update(ID, values, frozenset({"status"})), DONE)

    assert told(asked) == [("update", {"groupId": "17", "name": "Support", "status": 0})]
    assert asked[0].paths == {"status"}


def test_members_are_sent_by_themselves() -> None:
    """Name and status are not touched."""
    values = {"name": "Support", "status": "active", "agents": []}

    asked, _ = change(adapter("queues").update(ID, values, frozenset({"agents"})), DONE)

    assert told(asked) == [("submitAssignGroupToAgent", {"groupId": "17", "agent_unique_id": [], "receive_call": []})]


def test_a_new_name_that_was_taken_is_taken_back() -> None:
    """With the status that the group has; what comes after it is not sent."""
    values = {"name": "Help", "status": "inactive", "agents": []}
    updating = adapter("queues", lag=0).update(ID, values, frozenset(values))

    next(updating)
    sent = [updating.send(answer) for answer in (named("Support"), DONE, named("Help 1"))]
    with pytest.raises(Rejected, match="`Support` was put back"):
        updating.send(DONE)

    assert told(sent) == [
        ("update", {"groupId": "17", "name": "Help", "status": 0}),
        ("list", {"groupid": "17"}),
        ("update", {"groupId": "17", "name": "Support", "status": 0}),
    ]


def test_a_status_that_nobody_knows_is_not_reset() -> None:
    """Left out, it would become active."""
    values = {"name": "Help", "agents": []}

    with pytest.raises(VendorFailed, match="would make it active"):
        change(adapter("queues").update(ID, values, frozenset({"name"})), named("Support"))


def test_a_delete_of_what_is_gone_is_done() -> None:
    """The one request takes an absent group for an answer."""
    (request,), _ = change(adapter("queues").delete(ID), DONE)

    assert (request.json, request.absent_ok) == ({"groupId": "17"}, True)
