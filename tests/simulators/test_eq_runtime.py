"""What EQ tells of the running system, and the calls that set it in motion: EQ fact sheet §6."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.simulators.conftest import EqClient, complaints
from tests.simulators.entities import a_pause_code, a_queue, an_agent, an_extension


@pytest.fixture
def busy(eq: EqClient, control: Control) -> EqClient:
    """Agent 1 signed in to EQ, agent 2 not; queues 500 and 501; extension 101 with a phone, 102 without."""
    for number in ("1001", "1002"):
        eq.create("agent", an_agent(number=number))
    for number in ("500", "501"):
        eq.create("call_queue", a_queue(extension=number, name=number))
    for number in ("101", "102"):
        eq.create("extension", an_extension(extension=number, name=number))
    eq.create("pause_code", a_pause_code())
    control.settings(
        sessions=[{"role": "agent", "user": 1, "extension": "101"}],
        phones={"101": {"type": "generic", "ipAddress": "192.0.2.10"}},
        queued_calls=[{"queue": "500", "channel": "SIP/trunk-1"}],
        active_calls=[{"extension": "101", "channel": "SIP/101-1"}],
        parked_calls=[{"channel": "SIP/102-1"}],
        active_conferences=[{"room": "800"}],
        call_recordings={"17": ["/var/spool/17.wav"]},
    )
    return eq


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/license", {}, {"supervisors": None, "agents": None, "callQueues": None, "expires": None}),
        ("/license_usage", {}, {"supervisors": 0, "agents": 2, "callQueues": 2}),
        ("/configuration_check", {}, {"problems": []}),
        ("/phone", {"extension": "101"}, {"extension": "101", "type": "generic", "ipAddress": "192.0.2.10"}),
        ("/queued_calls", {}, [{"queue": "500", "channel": "SIP/trunk-1"}]),
        ("/queued_calls", {"queue": ""}, [{"queue": "500", "channel": "SIP/trunk-1"}]),
        ("/queued_calls", {"queue": "501"}, []),
        ("/active_calls", {"extension": "101"}, [{"extension": "101", "channel": "SIP/101-1"}]),
        ("/active_calls", {"extension": "102"}, []),
        ("/parked_calls", {}, [{"channel": "SIP/102-1"}]),
        ("/active_conferences", {}, [{"room": "800"}]),
        ("/call_recordings", {"call": "17"}, ["/var/spool/17.wav"]),
        ("/call_recordings", {"call_unique_id": "18"}, []),
        ("/call_queue_statistics", {"queue": "500"}, {"queue": "500", "callsWaiting": 1, "agentsSignedIn": 0}),
        ("/call_queue_agent_status", {}, []),
    ],
)
def test_what_can_be_read(busy: EqClient, path: str, query: dict[str, str], expected: Any) -> None:
    """What the settings say, and what follows from the content."""
    assert busy.call("GET", path, **query).json() == expected


@pytest.mark.parametrize(
    ("path", "query", "status", "expected"),
    [
        ("/phone", {"extension": "102"}, 404, [("phone", "nonexistent")]),
        ("/phone", {}, 400, [("extension", "blank")]),
        ("/active_calls", {}, 400, [("extension", "blank")]),
        ("/call_recordings", {}, 400, [("call", "blank")]),
        ("/call_queue_statistics", {"queue": "509"}, 400, [("queue", "nonexistent")]),
        ("/call_queue_agent_status", {"combined": "2"}, 400, [("combined", "invalid")]),
        ("/call_queue_agent_status", {"combined": "1", "agent": "1"}, 400, [("combined", "invalid")]),
    ],
)
def test_what_cannot_be_read(
    busy: EqClient, path: str, query: dict[str, str], status: int, expected: list[tuple[str, str]]
) -> None:
    """A parameter that is missing, wrong, or leads nowhere."""
    response = busy.call("GET", path, **query)

    assert (response.status_code, complaints(response)) == (status, expected)


def test_a_licence_is_told_but_not_enforced(eq: EqClient, control: Control) -> None:
    """A42: more than licensed can be made; deleted ones do not count as used."""
    control.settings(license={"supervisors": 5, "agents": 1, "callQueues": 10, "expires": 1924992000})
    for number in ("1001", "1002", "1003"):
        eq.create("agent", an_agent(number=number))
    eq.call("DELETE", "/agent/3")

    assert eq.call("GET", "/license").json()["agents"] == 1
    assert eq.call("GET", "/license_usage").json()["agents"] == 2


def test_statistics_span_all_live_queues(busy: EqClient) -> None:
    """One object for each, deleted ones left out."""
    busy.call("DELETE", "/call_queue/501")

    assert [each["queue"] for each in busy.call("GET", "/call_queue_statistics").json()] == ["500"]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/steal_queued_call", {"channel": "SIP/1", "destination": "101"}, []),
        ("/steal_queued_call", {}, [("channel", "blank"), ("destination", "blank")]),
        ("/pick_up_parked_call", {"channel": "SIP/1"}, [("destination", "blank")]),
        ("/extension_action", {"extension": "101", "action": "dial", "destination": "5"}, []),
        ("/extension_action", {"extension": "101", "action": "dial"}, [("destination", "blank")]),
        ("/extension_action", {"extension": "101", "action": "hangUp"}, []),
        (
            "/extension_action",
            {"extension": "999", "action": "jump"},
            [("action", "invalid"), ("extension", "nonexistent")],
        ),
        ("/call_recording_action", {"extension": "101", "action": "start"}, []),
        ("/call_recording_action", {"extension": "999", "action": "start"}, [("extension", "nonexistent")]),
        ("/call_monitor_action", {"action": "spy", "targetExtension": "101", "monitorExtension": "102"}, []),
        (
            "/call_monitor_action",
            {"action": "spy", "targetExtension": "998", "monitorExtension": "999"},
            [("targetExtension", "nonexistent"), ("monitorExtension", "nonexistent")],
        ),
        ("/phone_command", {"extension": "101", "key": "soft_key2"}, []),
        ("/phone_command", {"phone": {"extension": "101"}, "key": "dnd"}, []),
        ("/phone_command", {"phone": {"extension": "102"}, "key": "dnd"}, [("phone", "nonexistent")]),
        ("/phone_command", {"extension": "102", "key": "up"}, [("phone", "nonexistent")]),
        ("/phone_command", {"extension": "999", "key": "any"}, [("extension", "nonexistent"), ("key", "invalid")]),
        ("/phone_command", {"key": "up"}, [("extension", "blank")]),
    ],
)
def test_call_control(busy: EqClient, path: str, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """There are no calls to control, but the parameters are checked."""
    response = busy.call("POST", path, body)

    assert (complaints(response) if response.is_error else []) == expected
    assert response.status_code == (400 if expected else 200)


def act(eq: EqClient, action: str, **options: Any) -> list[tuple[str | None, str]]:
    """The complaints of a queue agent action; none if it was done."""
    response = eq.call("POST", "/call_queue_agent_action", {"action": action, "options": options})
    return complaints(response) if response.is_error else []


def statuses(eq: EqClient, **query: Any) -> list[tuple[Any, ...]]:
    shown = eq.call("GET", "/call_queue_agent_status", **query).json()
    return [(each["agent"], each.get("queue"), each["status"]) for each in shown]


def test_an_agents_day(busy: EqClient, control: Control) -> None:
    """Sign in to queues, pause, resume, sign out."""
    control.settings(bound_queues={"1": ["500", "501"]})

    assert act(busy, "signIn", agent=1) == []
    assert statuses(busy) == [(1, "500", "available"), (1, "501", "available")]
    assert act(busy, "pause", agent=1, queue="500", pauseCode=1) == []
    assert statuses(busy, queue="500") == [(1, "500", "paused")]
    assert statuses(busy, combined="1") == [(1, None, "available")]
    assert act(busy, "pause", agent=1) == []
    assert statuses(busy, combined="1") == [(1, None, "paused")]
    assert act(busy, "resume", agent=1) == []
    assert act(busy, "exitWrapUp", agent=1) == []
    assert act(busy, "signOut", agent=1, queue="500") == []
    assert statuses(busy, agent=1) == [(1, "501", "available")]


def test_signing_in_to_several_queues(busy: EqClient) -> None:
    """With a skill for each, paused from the start."""
    assert act(busy, "signIn", agent=1, queues=["500", "501"], skills=[1, 5], paused=True) == []

    shown = busy.call("GET", "/call_queue_agent_status").json()
    assert [(each["queue"], each["skill"], each["paused"]) for each in shown] == [("500", 1, True), ("501", 5, True)]


@pytest.mark.parametrize(
    ("action", "options", "expected"),
    [
        ("dance", {"agent": 1}, [("action", "invalid")]),
        ("signIn", {}, [("agent", "blank")]),
        ("signIn", {"agent": 9}, [("agent", "nonexistent")]),
        ("signIn", {"agent": 2}, [("agent", "not_signed_in")]),
        ("signIn", {"agent": 1, "queue": "500"}, [("queue", "already_signed_in")]),
        ("signIn", {"agent": 1, "queue": "509"}, [("queue", "nonexistent")]),
        ("signIn", {"agent": 1, "queues": ["509"]}, [("queues", "nonexistent")]),
        ("signIn", {"agent": 1, "queues": "501"}, [("queues", "invalid")]),
        ("signIn", {"agent": 1, "queues": ["501"], "skills": [1, 2]}, [("skills", "invalid")]),
        ("signIn", {"agent": 1, "queue": "501", "skill": 6}, [("skill", "invalid")]),
        ("signIn", {"agent": 1, "queue": "501", "paused": "yes"}, [("paused", "invalid")]),
        ("signOut", {"agent": 1, "queue": "501"}, [("queue", "not_signed_in")]),
        ("pause", {"agent": 1, "queue": "500", "pauseCode": 9}, [("pauseCode", "nonexistent")]),
    ],
)
def test_an_agent_action_that_is_refused(
    busy: EqClient, action: str, options: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Agent 1 serves queue 500."""
    act(busy, "signIn", agent=1, queue="500")

    assert act(busy, action, **options) == expected
