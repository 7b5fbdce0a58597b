"""Agents at DeepCall, as they are read, made and changed."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import NotFound, OutcomeUnknown, VendorFailed
from provisioner.secrets import Secret
from provisioner.values import VendorId
from provisioner.vendors.base import Effect
from provisioner.vendors.deepcall import VENDOR
from provisioner.vendors.deepcall.agent_records import steps
from provisioner.vendors.usage import Licence
from tests.vendors.deepcall.playing import AGENT, adapter, agent, error, ok, page, session
from tests.vendors.playing import change, read

OFFER = VENDOR.kinds["agents"]

ID = VendorId("2")

WHOLE: dict[str, Any] = {
    "email": "ana@example.com",
    "name": "Ana",
    "phone": "15555550101",
    "dest_type": "SIP",
    "dest_value": "ana",
    "role": VendorId("1"),
    "parent": None,
    "working": [{"days": ["sat"], "from": "22:00", "to": "24:00"}],
    "allow_did": [],
    "address": None,
    "status": "inactive",
    "call_pass": Secret("12345678"),
    "password": Secret("portal"),
}


def test_the_sheet_s_example() -> None:
    """No password and no group is among the attributes; the e-mail is in lower case."""
    found = agent()

    assert found is not None
    assert found.attributes == {
        "email": "agent.one@example.com",
        "name": "Agent One",
        "phone": "15555550101",
        "dest_type": "MOBILE",
        "dest_value": "5555550101",
        "role": {"id": "1"},
        "parent": None,
        "working": [{"days": ["mon", "tue"], "from": "09:00", "to": "18:00"}],
        "allow_did": [],
        "address": None,
        "status": "active",
    }
    assert (found.id, found.unseen) == ("2", frozenset())


@pytest.mark.parametrize(
    ("chain", "parent"), [(",START,", None), (",START,4,", {"id": "4"}), (",START,4,7,", {"id": "7"})]
)
def test_the_parent_is_the_last_of_the_chain(chain: str, parent: Any) -> None:
    """The start alone is the top, which is null."""
    found = agent(parent=chain)

    assert found is not None
    assert found.attributes["parent"] == parent


@pytest.mark.parametrize(
    "broken",
    [
        {"status": 2},
        {"role": None},
        {"role": ""},
        {"parent": ""},
        {"parent": ",START,x,"},
        {"working": None},
        {"working": [{"wDays": ["XXX"], "from": 0, "to": 1}]},
        {"working": [{"wDays": ["MON"], "from": 0, "to": 1440}]},
        {"allowDid": None},
        {"allowDid": [1]},
    ],
)
def test_what_makes_no_sense_is_unknown(broken: dict[str, Any]) -> None:
    """Neither null nor empty, and the rest of the agent is read."""
    found = agent(**broken)

    assert found is not None
    assert found.unseen == {{"allowDid": "allow_did"}.get(name, name) for name in broken}


def test_one_agent_is_read_by_its_id() -> None:
    """The filter of the listing is the only call that shows one."""
    asked, found = read(adapter("agents").read(ID), [page(AGENT)])

    assert asked[0].json == {"agentId": "2"}
    assert found == agent()


@pytest.mark.parametrize("answer", [page(), error(1507), error(1003), page({**AGENT, "isDeleted": 1})])
def test_nobody_is_there(answer: Any) -> None:
    """No match, a code that says so, or a record that is flagged."""
    request = next(adapter("agents").read(ID))[0]
    session().check(request, answer)

    assert read(adapter("agents").read(ID), [answer])[1] is None


@pytest.mark.parametrize("records", [[{**AGENT, "unique_id": 3}], [AGENT, AGENT], ["x"]])
def test_another_s_answer_is_a_failed_read(records: list[Any]) -> None:
    """A filter that is not known, or not heeded, gives everybody."""
    with pytest.raises(VendorFailed, match="cannot be used"):
        read(adapter("agents").read(ID), [ok(response=records)])


def test_a_create_is_one_request() -> None:
    """Null and empty are spelt as a write wants them (D-23)."""
    (request,), vendor_id = change(adapter("agents").create(WHOLE), ok(message="Agent created", agentId=9))

    assert vendor_id == "9"
    assert (request.path, request.effect) == ("/api/v2/Agent/create", Effect.CREATE)
    assert request.paths == WHOLE.keys()
    assert {name: request.json[name] for name in ("parent", "allowDid", "address", "status", "role")} == {
        "parent": "root",
        "allowDid": [],
        "address": "",
        "status": 0,
        "role": "1",
    }
    assert request.json["working"] == [{"wDays": ["SAT"], "from": 1320, "to": 1439}]
    assert request.json["call_pass"] is WHOLE["call_pass"]


def test_a_create_without_an_id_in_its_answer_may_have_happened() -> None:
    """Nobody can tell which agent was made, so it is no success and no refusal."""
    with pytest.raises(OutcomeUnknown, match="holds no id"):
        change(adapter("agents").create(WHOLE), ok(message="Agent created"))


def test_an_update_is_a_request_for_each_field() -> None:
    """In D-9's order, the two halves of the destination together; each request says which fields it sets."""
    done = [ok(message="Agent updated")] * 12

    asked, _ = change(adapter("agents").update(ID, WHOLE, frozenset(WHOLE)), *done)

    assert [sorted(request.paths) for request in asked] == [
        ["status"],
        ["name"],
        ["email"],
        ["phone"],
        ["dest_type", "dest_value"],
        ["role"],
        ["parent"],
        ["working"],
        ["allow_did"],
        ["address"],
        ["call_pass"],
        ["password"],
    ]
    assert all(request.json["agentId"] == "2" for request in asked)
    assert asked[4].json == {"agentId": "2", "dest_type": "SIP", "dest_value": "ana"}


def test_whoever_becomes_active_does_so_last() -> None:
    """They take no calls before the rest of them is as declared."""
    assert [*steps({"status": "active", "name": "Ana"})] == [{"name"}, {"status"}]


def test_half_a_destination_goes_with_the_half_that_is_there() -> None:
    """It is read first, and only what was to be changed counts as written."""
    values = {"dest_value": "5555550999"}

    asked, _ = change(adapter("agents").update(ID, values, frozenset(values)), page(AGENT), ok(message="done"))

    assert asked[0].effect is Effect.READ
    assert asked[1].json == {"agentId": "2", "dest_type": "MOBILE", "dest_value": "5555550999"}
    assert asked[1].paths == {"dest_value"}


@pytest.mark.parametrize(("answer", "kind"), [(page(), NotFound), (page({**AGENT, "dest_type": None}), VendorFailed)])
def test_the_other_half_is_not_guessed(answer: Any, kind: type[Exception]) -> None:
    """Where the agent is gone or does not show it, nothing is sent."""
    with pytest.raises(kind):
        change(adapter("agents").update(ID, {"dest_value": "5555550999"}, frozenset({"dest_value"})), answer)


def test_a_delete_of_nobody_is_done() -> None:
    """The one request takes an absent agent for an answer."""
    (request,), _ = change(adapter("agents").delete(ID), ok(message="Agent deleted"))

    assert (request.json, request.effect, request.absent_ok) == ({"agentId": "2"}, Effect.DELETE, True)


def test_the_licence_is_one_short_request() -> None:
    """Asked without passwords; all that are listed count, deletions under way among them."""
    asked, licences = read(session().licences(), [page(AGENT, total=7)])

    assert asked[0].json == {"page": 1, "limit": 1, "quick": True}
    assert licences == {OFFER.licence: Licence(12, 7)}


def test_a_licence_that_is_not_said() -> None:
    """An answer without `agtLimit` tells of no limit."""
    assert read(session().licences(), [ok(response={})])[1] == {}
