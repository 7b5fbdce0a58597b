"""Requests that go wrong on purpose: what the client sees, and whether the request had its effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.control import Control
from tests.simulators.conftest import EqClient
from tests.simulators.entities import an_agent


@pytest.fixture
def agent(eq: EqClient, control: Control) -> Iterator[EqClient]:
    """One agent is there, and nothing is in the log."""
    eq.create("agent", an_agent())
    control.reset_log()
    yield eq
    control.clear_faults()


def delete(eq: EqClient) -> httpx.Response:
    return eq.raw("DELETE", "/agent/1", params={"auth_key": eq.key})


def read(eq: EqClient) -> httpx.Response:
    return eq.raw("GET", "/agent/1", params={"auth_key": eq.key})


def is_deleted(control: Control) -> bool:
    return bool(control.content()["agent"]["1"]["deleted"])


@pytest.mark.parametrize(
    ("effect", "rule", "status", "happens"),
    [
        ("status", {"status": 503}, 503, False),
        ("status_after", {"status": 500}, 500, True),
        ("rate_limit", {}, 429, False),
        ("garbage", {}, 200, True),
        ("redirect", {"location": "http://elsewhere.example.com/"}, 302, False),
        ("slow", {"seconds": 0.0}, 200, True),
        ("big", {"bytes": 300_000}, 200, True),
        ("meanwhile", {"changes": []}, 200, True),
    ],
)
def test_effects_that_answer(
    agent: EqClient, control: Control, effect: str, rule: dict[str, Any], status: int, *, happens: bool
) -> None:
    """The status that was asked for, the effect or none, and the same status in the log; once."""
    control.fault(effect, **rule)

    response = delete(agent)

    assert (response.status_code, is_deleted(control)) == (status, happens)
    assert [each["status"] for each in control.log()] == [status]
    assert read(agent).status_code == 200


@pytest.mark.parametrize(("effect", "happens"), [("drop_before", False), ("drop_after", True)])
def test_effects_that_hang_up(agent: EqClient, control: Control, effect: str, *, happens: bool) -> None:
    """The client gets no answer; the log says so."""
    control.fault(effect)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        delete(agent)

    assert is_deleted(control) == happens
    assert [each["status"] for each in control.log()] == ["dropped"]


@pytest.mark.parametrize("request_", [read, delete], ids=["with a body", "without a body"])
def test_a_truncated_answer(agent: EqClient, control: Control, request_: Any) -> None:
    """The effect happens, and the answer ends before its length."""
    control.fault("truncate")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        request_(agent)

    assert is_deleted(control) == (request_ is delete)
    assert [each["status"] for each in control.log()] == [200]


def test_what_the_answers_of_faults_hold(agent: EqClient, control: Control) -> None:
    """Body, type and headers as the rule says; a page of HTML, a big string of JSON."""
    control.fault("status", status=418, body="tea", content_type="text/plain", headers={"x-pot": "short"})
    control.fault("status", status=400, body={"errors": []})
    control.fault("rate_limit", retry_after=7)
    control.fault("rate_limit", retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    control.fault("redirect", location="http://elsewhere.example.com/")
    control.fault("garbage")
    control.fault("big", bytes=1000)

    tea, bad, later, at, away, page, big = [read(agent) for _ in range(7)]

    assert (tea.text, tea.headers["content-type"], tea.headers["x-pot"]) == ("tea", "text/plain", "short")
    assert (bad.json(), bad.headers["content-type"]) == ({"errors": []}, "application/json")
    assert later.headers["retry-after"] == "7"
    assert at.headers["retry-after"] == "Wed, 21 Oct 2026 07:28:00 GMT"
    assert away.headers["location"] == "http://elsewhere.example.com/"
    assert page.headers["content-type"].startswith("text/html")
    assert len(big.content) == 1000
    assert isinstance(big.json(), str)


def test_a_slow_answer_comes_after_its_effect(agent: EqClient, control: Control) -> None:
    """A client that does not wait has nevertheless deleted the agent."""
    control.fault("slow", seconds=0.3)

    with pytest.raises(httpx.ReadTimeout):
        agent.raw("DELETE", "/agent/1", params={"auth_key": agent.key}, timeout=0.1)

    assert is_deleted(control)


def test_what_a_person_does_meanwhile(agent: EqClient, control: Control) -> None:
    """Right after the request had its effect, and unseen in its answer: made, changed, deleted, brought back."""
    made = {"verb": "create", "kind": "agent", "attributes": an_agent(number="1002")}
    changed = {"verb": "change", "kind": "agent", "id": "2", "attributes": {"number": "1001"}, "force": True}
    deleted, brought_back = ({"verb": verb, "kind": "agent", "id": "1"} for verb in ("delete", "undelete"))
    control.fault("meanwhile", method="GET", changes=[made, deleted])
    control.fault("meanwhile", method="GET", changes=[brought_back, {**deleted, "id": "2"}, changed])

    first, second = read(agent).json(), read(agent).json()

    agents = control.content()["agent"]
    assert (first["deleted"], second["deleted"], agents["1"]["deleted"]) == (False, True, False)
    assert (agents["2"]["deleted"], agents["2"]["number"]) == (True, "1001")


def test_a_change_beside_another_effect(agent: EqClient, control: Control) -> None:
    """Whatever happens to the answer, once the request had its effect; without one there is no meanwhile."""
    deleted = {"verb": "delete", "kind": "agent", "id": "1"}
    control.fault("status", status=503, changes=[deleted])
    control.fault("status_after", status=503, changes=[deleted])

    seen = []
    for _ in range(2):
        read(agent)
        seen.append(is_deleted(control))

    assert seen == [False, True]


def test_a_change_that_cannot_be_made(agent: EqClient, control: Control) -> None:
    """The answer says so, instead of letting a test go on that means nothing."""
    control.fault("meanwhile", changes=[{"verb": "delete", "kind": "agent", "id": "9"}])

    response = read(agent)

    assert (response.status_code, response.text) == (500, "what the fault changes: there is no agent `9`\n")


def test_skip_and_times(agent: EqClient, control: Control) -> None:
    """The first ``skip`` requests pass, the next ``times`` do not, the rest passes again."""
    control.fault("status", status=503, skip=1, times=2)

    assert [read(agent).status_code for _ in range(4)] == [200, 503, 503, 200]
    assert [(each["seen"], each["fired"]) for each in control.faults()] == [(3, 2)]


def test_for_ever(agent: EqClient, control: Control) -> None:
    """``times`` null goes on until faults are cleared."""
    control.fault("status", status=503, times=None)

    spoilt = [read(agent).status_code for _ in range(3)]
    control.clear_faults()

    assert spoilt == [503] * 3
    assert read(agent).status_code == 200
    assert control.faults() == []


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ({}, True),
        ({"method": "DELETE"}, True),
        ({"method": "GET"}, False),
        ({"method": None}, True),
        ({"path": "/agent/*"}, True),
        ({"path": "/agent/1"}, True),
        ({"path": "/agent"}, False),
        ({"path": "/AGENT/*"}, False),
        ({"query": "auth_key="}, True),
        ({"query": "undelete"}, False),
    ],
)
def test_which_requests_a_rule_is_for(
    agent: EqClient, control: Control, rule: dict[str, Any], *, matches: bool
) -> None:
    """Method, path below the base URL as a glob, part of the query."""
    control.fault("status", status=503, **rule)

    assert (delete(agent).status_code == 503) == matches


def test_the_first_live_rule_applies(agent: EqClient, control: Control) -> None:
    """One that does not match, or is spent, lets the next one have its turn."""
    control.fault("status", status=501, method="POST")
    control.fault("status", status=502)
    control.fault("status", status=503)

    assert [read(agent).status_code for _ in range(3)] == [502, 503, 200]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"effect": "explode"}, "unknown effect `explode`"),
        ({"effect": "status"}, "needs `status`"),
        ({"effect": "slow"}, "needs `seconds`"),
        ({"effect": "garbage", "often": 2}, "has no `often`"),
        ({"effect": "garbage", "times": "twice"}, "cannot be 'twice'"),
        ({"effect": "meanwhile"}, "needs `changes`"),
        ({"effect": "meanwhile", "changes": ["delete"]}, "a change is an object"),
        ({"effect": "meanwhile", "changes": [{"verb": "delete"}]}, "a change is an object with `kind`"),
        ({"effect": "meanwhile", "changes": [{"verb": "drop", "kind": "agent"}]}, "create, change, delete, undelete"),
        ({"effect": "meanwhile", "changes": [{"verb": "delete", "kind": "agent", "id": 1}]}, "`id` of a change"),
        ({"effect": "meanwhile", "changes": [{"verb": "delete", "kind": "a", "key": "1"}]}, "`key` of a change"),
    ],
)
def test_a_rule_that_makes_no_sense(control: Control, rule: dict[str, Any], reason: str) -> None:
    """It is refused when it is set, not met by surprise later."""
    with pytest.raises(ProvisionerError, match=reason):
        control.fault(**rule)

    assert control.faults() == []


def test_too_many_requests_in_a_second(agent: EqClient, control: Control) -> None:
    """A limit lets that many pass in each second; the others get 429 and no effect."""
    control.settings(requests_per_second=1)

    responses = [delete(agent) for _ in range(3)]

    limited = [each for each in responses if each.status_code == 429]
    assert limited
    assert all(each.headers["retry-after"] == "1" for each in limited)
