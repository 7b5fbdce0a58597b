"""The control interface: a person's, or a test's, way into a running simulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running
from tests.simulators.conftest import EqClient, complaints
from tests.simulators.entities import VALID, a_queue, a_supervisor, an_agent, an_alert, an_extension


def test_what_a_person_makes_the_api_reads(eq: EqClient, control: Control) -> None:
    """Both work on the same content, by the same names."""
    key = control.create("agent", an_agent(lastName="Roe"))

    assert eq.get("agent", key)["lastName"] == "Roe"
    assert control.content()["agent"][key] == {
        "id": 1,
        "number": "1001",
        "firstName": "Jane",
        "lastName": "Roe",
        "password": {"set": True, "changes": 1},
        "emailAddress": None,
        "language": None,
        "deleted": False,
    }


def test_a_change_leaves_the_rest(eq: EqClient, control: Control) -> None:
    """Unlike an update through the API, and group by group."""
    control.create("extension", an_extension(outboundCid="555", sip={"secret": "abc", "nat": "yes"}))

    control.change("extension", "101", {"name": "Front desk", "sip": {"nat": "no"}})

    extension = control.content(reveal=True)["extension"]["101"]
    assert (extension["name"], extension["outboundCid"]) == ("Front desk", "555")
    assert (extension["sip"]["secret"], extension["sip"]["nat"]) == ("abc", "no")
    assert control.content()["extension"]["101"]["sip"]["secret"] == {"set": True, "changes": 1}


def test_a_person_deletes_and_undeletes(eq: EqClient, control: Control) -> None:
    """Softly where the vendor flags, for good elsewhere."""
    control.create("agent", an_agent())
    control.create("alert", an_alert())

    control.delete("agent", 1)
    control.delete("alert", 1)
    deleted = eq.get("agent", "1")["deleted"]
    control.undelete("agent", 1)

    assert deleted is True
    assert eq.get("agent", "1")["deleted"] is False
    assert control.content()["alert"] == {}


def test_the_vendors_rules_hold_for_a_person_too(control: Control) -> None:
    """Every change through the control interface is checked, and says why it is refused."""
    control.create("agent", an_agent())
    control.delete("agent", 1)
    control.create("agent", an_agent())

    with pytest.raises(ProvisionerError, match="number: in_use"):
        control.create("agent", an_agent())
    with pytest.raises(ProvisionerError, match="firstName: blank"):
        control.change("agent", 2, {"firstName": ""})
    with pytest.raises(ProvisionerError, match="number: in_use"):
        control.undelete("agent", 1)
    with pytest.raises(ProvisionerError, match="is deleted"):
        control.change("agent", 1, {"firstName": "Kim"})


def test_force_makes_what_the_vendor_would_refuse(eq: EqClient, control: Control) -> None:
    """People's systems hold odd data: here three live agents with one number, one of them without a name."""
    control.create("agent", an_agent())
    control.delete("agent", 1)
    control.create("agent", an_agent())

    control.undelete("agent", 1, force=True)
    control.create("agent", {"number": "1001"}, force=True)
    control.change("agent", 3, {"language": "tlh"}, force=True)

    agents = control.content()["agent"]
    assert [agent["number"] for agent in agents.values() if not agent["deleted"]] == ["1001"] * 3
    assert (agents["3"]["firstName"], agents["3"]["language"]) == (None, "tlh")
    assert complaints(eq.replace("agent", "1", an_agent())) == [("number", "in_use")]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("POST", "content/robot", {}, 404, "there is no kind `robot`"),
        ("PATCH", "content/agent/9", {}, 404, "there is no agent `9`"),
        ("DELETE", "content/agent/9", None, 404, "there is no agent `9`"),
        ("POST", "content/agent/9/undelete", None, 404, "there is no agent `9`"),
        ("POST", "content/agent", [], 400, "JSON object"),
        ("POST", "content/call_queue?force=1", {}, 400, "extension: blank"),
        ("POST", "faults", {}, 400, "list of rules"),
        ("PUT", "settings", {"lag": 1}, 400, "unknown setting `lag`"),
        ("PUT", "settings", {"license": 5}, 400, "JSON object"),
        ("PUT", "settings", {"latency": -1}, 400, "not negative"),
        ("PUT", "settings", {"latency": {"min": 1}}, 400, "number of seconds"),
        ("PUT", "settings", {"requests_per_second": 0}, 400, "positive integer"),
        ("PUT", "settings", {"sessions": [{"role": "boss", "user": 1}]}, 400, "session"),
        ("PUT", "settings", {"sessions": [{"user": 1}]}, 400, "session"),
        ("PUT", "settings", {"sessions": 5}, 400, "session"),
        ("PUT", "settings", {"seed": "x"}, 400, "integer"),
        ("PUT", "settings", {"latency": 1, "license": 5}, 400, "JSON object"),
        ("PUT", "snapshot", {}, 400, "snapshot"),
        ("PUT", "snapshot", {"settings": {"api_key": "new"}, "tables": {"agent": 5}}, 400, "snapshot"),
        ("GET", "log?since=x", None, 400, "number of a request"),
    ],
)
def test_what_the_control_interface_refuses(
    simulator: Running, control: Control, method: str, path: str, body: Any, status: int, reason: str
) -> None:
    """With a reason that a person can act on, and without an effect."""
    before = control.snapshot(), control.settings()

    response = httpx.request(method, f"{simulator.url}/_simulator/{path}", json=body, trust_env=False)

    assert (response.status_code, reason in response.json()["error"]) == (status, True), response.text
    assert (control.snapshot(), control.settings()) == before


def test_the_log_shows_requests_without_secrets(eq: EqClient, control: Control) -> None:
    """Decoded, in order, with times; no key, no password, no SIP secret."""
    eq.create("extension", an_extension(sip={"secret": "abc"}, voicemail={"password": "4321"}))
    eq.create("agent", an_agent())
    eq.call("PUT", "/agent/1", undelete="1", auth_agent_session="x" * 64)

    first, second, third = control.log()

    assert (first["n"], first["method"], first["path"], first["status"]) == (1, "POST", "/extension", 200)
    assert first["data"] == an_extension(sip={"secret": "***"}, voicemail={"password": "***"})
    assert (second["query"], second["data"]["password"]) == ({}, "***")
    assert (third["query"], third["data"], third["status"]) == ({"undelete": "1"}, None, 401)
    assert first["start"] <= first["end"] <= second["start"] <= second["end"]
    assert [each["n"] for each in control.log(since=2)] == [3]


def test_counts(eq: EqClient, control: Control) -> None:
    """By method and by path template; looking does not count."""
    eq.create("agent", an_agent())
    eq.get("agent", "1")
    eq.get("agent", "1")
    eq.call("DELETE", f"/agent_session/{'x' * 64}")
    control.content()

    counts = control.counts()
    control.reset_log()

    assert (counts["POST"], counts["GET"]) == (1, 2)
    assert counts["paths"] == {
        "POST /agent": 1,
        "GET /agent/{id}": 2,
        "DELETE /agent_session/{token}": 1,
    }
    assert control.counts() == {"paths": {}, "peak_concurrency": 0}
    assert control.log() == []


def test_peak_concurrency(eq: EqClient, control: Control) -> None:
    """How many requests were waiting at once."""
    eq.create("agent", an_agent())
    control.settings(latency=0.5)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: eq.get("agent", "1"), range(3)))

    assert control.counts()["peak_concurrency"] == 3


def test_a_request_beside_the_api_is_logged_as_it_came(simulator: Running, control: Control) -> None:
    """A wrong base URL shows in the log instead of nowhere."""
    response = httpx.get(f"{simulator.url}/eq/api/2.1/agent/1", trust_env=False)

    assert response.status_code == 404
    assert [each["path"] for each in control.log()] == ["/eq/api/2.1/agent/1"]


def test_a_snapshot_brings_everything_back(eq: EqClient, control: Control) -> None:
    """Content, flags, counts of secrets, sessions, settings, and the next ids."""
    for kind, data in VALID.items():
        control.create(kind, data())
    control.delete("agent", 1)
    control.settings(return_secrets=True, sessions=[{"role": "supervisor", "user": 1}])
    before = control.snapshot()

    control.empty()
    control.settings(return_secrets=False)
    emptied = control.content()
    control.restore(before)

    assert not any(emptied.values())
    assert control.snapshot() == before
    assert control.create("agent", an_agent()) == "2"
    assert complaints(eq.call("POST", "/call_queue", {"data": a_queue()}))[0] == ("extension", "in_use")


def test_reset_is_a_fresh_start(eq: EqClient, control: Control) -> None:
    """Content, settings, faults, log: all as after the start."""
    control.reset()
    fresh = control.settings()
    control.create("supervisor", a_supervisor())
    control.settings(latency={"min": 0, "max": 0.001}, api_key="another", requests_per_second=5, seed=3)
    control.fault("garbage", path="/never")

    control.reset()

    assert control.settings() == fresh
    assert control.about()["credentials"] == {"api_key": "sim-eq-key"}
    assert not any(control.content().values())
    assert (control.faults(), control.log()) == ([], [])


def test_a_revoked_key(eq: EqClient, control: Control) -> None:
    """The key is a setting: it can change while somebody works."""
    control.settings(api_key="new-key")

    assert eq.raw("GET", "/license", params={"auth_key": eq.key}).status_code == 401
    assert eq.raw("GET", "/license", params={"auth_key": "new-key"}).status_code == 200
