"""Logging in to queues and out, and what queues say of it: FonoUC fact sheet §5.1, §5.2, F6 to F8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from provisioner.errors import ProvisionerError
from tests.simulators.clients import FonoucClient

CALLER = {"name": "Kim", "number": "+15550123"}
TALK = {"hear": True, "speak": True}
STRANGER = "0" * 32


@dataclass(frozen=True)
class Centre:
    """A queue with Ana and Ben on its roster, in which nobody is logged in; Cy is on no roster."""

    fonouc: FonoucClient
    queue: str
    ana: str
    ben: str
    cy: str

    def switch(self, user: str, action: str) -> int:
        return self.fonouc.switch(user, action, self.queue).status_code

    def status(self) -> dict[str, Any]:
        (status,) = self.fonouc.get("/callcenter/queues/status")
        return dict(status)

    def logged_in(self) -> list[bool]:
        return [agent["logged_in"] for agent in self.status()["agents"]]


@pytest.fixture
def centre(fonouc: FonoucClient) -> Centre:
    ana, ben, cy = (
        fonouc.control.create(
            "user", {"first_name": name, "last_name": "Example", "email": f"{name}@example.com", "presence_id": number}
        )
        for name, number in (("Ana", "1001"), ("Ben", "1002"), ("Cy", ""))
    )
    agents = [{"id": ana, "delay": 5, "timeout": 15}, {"id": ben}]
    queue = fonouc.control.create("queue", {"name": "support", "agents": agents, "max_time_caller_remains": 2})
    return Centre(fonouc, queue, ana, ben, cy)


def test_a_status_as_the_sheet_shows_it(centre: Centre) -> None:
    """An entry for each queue (F7), derived from its roster and who is logged in."""
    centre.switch(centre.ana, "login")

    assert centre.status() == {
        "id": centre.queue,
        "name": "support",
        "max_time_caller_in_queue": 120,
        "strategy": "simultaneous",
        "agents": [
            {
                "id": centre.ana,
                "name": "Ana Example",
                "extension": "1001",
                "delay": 5,
                "timeout": 15,
                "logged_in": True,
                "status": "idle",
                "registered": True,
            },
            {
                "id": centre.ben,
                "name": "Ben Example",
                "extension": "1002",
                "delay": 0,
                "timeout": 20,
                "logged_in": False,
                "status": "idle",
                "registered": True,
            },
        ],
        "total_agents": 2,
        "logged_in_agents": 1,
        "logged_out_agents": 1,
    }


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [(False, "login", True), (True, "login", True), (True, "logout", False), (False, "logout", False)],
)
def test_what_a_switch_does_to_each_state(centre: Centre, action: str, *, before: bool, after: bool) -> None:
    """204 without a body, also for a repeat, which changes nothing (F6); and only for the one user."""
    if before:
        centre.fonouc.control.settings(logged_in={centre.queue: [centre.ana]})

    response = centre.fonouc.switch(centre.ana, action, centre.queue)

    assert (response.status_code, response.content) == (204, b"")
    assert centre.logged_in() == [after, False]


def test_a_switch_does_not_touch_the_roster(centre: Centre) -> None:
    """Being logged in is not belonging (§7.2)."""
    before = centre.fonouc.get("/config/queues")

    centre.switch(centre.ana, "login")

    assert centre.fonouc.get("/config/queues") == before


def test_a_switch_is_for_one_queue(centre: Centre) -> None:
    """Who is on two rosters is logged in where it was asked for."""
    other = centre.fonouc.control.create("queue", {"name": "sales", "agents": [{"id": centre.ana}]})

    centre.switch(centre.ana, "login")

    entries = centre.fonouc.get("/callcenter/queues/status")
    assert {entry["id"]: entry["logged_in_agents"] for entry in entries} == {centre.queue: 1, other: 0}


@pytest.mark.parametrize(
    ("user", "action", "queue"),
    [
        ("{cy}", "login", "{queue}"),
        ("{cy}", "logout", "{queue}"),
        (STRANGER, "login", "{queue}"),
        ("ana@example.com", "login", "{queue}"),
        ("{ana}", "login", "00000000-0000-4000-8000-000000000000"),
        ("{ana}", "login", "support"),
        ("{ana}", "login", ""),
        ("{ana}", "login", None),
        ("{ana}", "pause", "{queue}"),
        ("{ana}", "LOGIN", "{queue}"),
    ],
)
def test_a_switch_that_is_refused(centre: Centre, user: str, action: str, queue: str | None) -> None:
    """Not on the roster, unknown, no queue, another action: 400 with a sentence, and nothing happens (F6)."""
    known = {"ana": centre.ana, "cy": centre.cy, "queue": centre.queue}
    before = centre.fonouc.control.snapshot()

    response = centre.fonouc.switch(user.format(**known), action, None if queue is None else queue.format(**known))

    assert (response.status_code, bool(response.text)) == (400, True)
    assert centre.fonouc.control.snapshot() == before


def test_the_name_of_the_queue_has_capitals(centre: Centre) -> None:
    """``queueID``, exactly (§5.1)."""
    path = f"/callcenter/admin/agent/{centre.ana}/login"

    response = centre.fonouc.call("PUT", path, params={"queueid": centre.queue})

    assert (response.status_code, centre.logged_in()) == (400, [False, False])


def test_a_switch_needs_both_headers(centre: Centre) -> None:
    """As the reads do; a key will do for a token (F2, F9)."""
    known, path = centre.fonouc.known, f"/callcenter/admin/agent/{centre.ana}/login?queueID={centre.queue}"
    account, key = {"X-Account-ID": known["account_id"]}, {"X-API-Key": known["api_key"]}

    statuses = [
        centre.fonouc.call("PUT", path, headers=headers).status_code
        for headers in ({}, account, key, {**key, **account})
    ]

    assert statuses == [401, 401, 400, 204]


def test_who_leaves_the_roster_is_logged_out(centre: Centre) -> None:
    """Coming back to it is not coming back to work."""
    for user in (centre.ana, centre.ben):
        centre.switch(user, "login")
    change = centre.fonouc.control.change

    change("queue", centre.queue, {"agents": [{"id": centre.ben}]})
    change("queue", centre.queue, {"agents": [{"id": centre.ana}, {"id": centre.ben}]})

    assert centre.logged_in() == [False, True]


def test_a_user_who_is_gone_is_not_logged_in(centre: Centre) -> None:
    """The roster goes on naming the user, of whom nothing else is known."""
    centre.switch(centre.ana, "login")

    centre.fonouc.control.delete("user", centre.ana)

    agent = centre.status()["agents"][0]
    assert (agent["id"], agent["name"], agent["logged_in"], agent["registered"]) == (centre.ana, "", False, False)
    assert centre.switch(centre.ana, "login") == 400


def test_phones_and_words(centre: Centre) -> None:
    """Whether a phone is registered, and an agent's status, which is an open word, are a person's to set."""
    centre.fonouc.control.settings(unregistered=[centre.ben], agent_statuses={centre.ana: "wrapup"})

    agents = centre.status()["agents"]

    assert [agent["registered"] for agent in agents] == [True, False]
    assert [agent["status"] for agent in agents] == ["wrapup", "idle"]


def test_a_call_in_progress(centre: Centre) -> None:
    """It is the agent's conference in the queue's status (F8), and one of the current calls."""
    call = {"queue": centre.queue, "user": centre.ana, "caller": CALLER, "duration": 42}
    centre.fonouc.control.settings(calls=[call])

    talking, other = centre.status()["agents"]
    (shown,) = centre.fonouc.get("/callcenter/queues/calls")

    leg = {**TALK, "duration": 42}
    assert {name: value for name, value in talking["conference"].items() if name != "id"} == {
        "answered": True,
        "participants": 2,
        "duration": 42,
        "agent": leg,
        "caller": {**CALLER, **leg},
    }
    assert talking["conference"]["id"]
    assert "conference" not in other
    assert shown == {
        "name": "support",
        "answered": True,
        "participants": 2,
        "duration": 42,
        "agent": {"id": centre.ana, "agent_name": "Ana Example", "ext": 1001, **leg},
        "caller": {**CALLER, **leg},
    }


def test_a_call_is_in_its_queue_only(centre: Centre) -> None:
    """Who is on two rosters and talks for one has no conference in the other."""
    other = centre.fonouc.control.create("queue", {"name": "sales", "agents": [{"id": centre.ana}]})
    centre.fonouc.control.settings(calls=[{"queue": other, "user": centre.ana}])

    entries = centre.fonouc.get("/callcenter/queues/status")

    assert ["conference" in entry["agents"][0] for entry in entries] == [False, True]


def test_a_caller_who_waits(centre: Centre) -> None:
    """Nobody has answered: no agent is told, and no agent has a conference."""
    centre.fonouc.control.settings(calls=[{"queue": centre.queue, "caller": CALLER, "duration": 7}])

    (shown,) = centre.fonouc.get("/callcenter/queues/calls")

    assert (shown["answered"], shown["participants"], "agent" in shown) == (False, 1, False)
    assert not any("conference" in agent for agent in centre.status()["agents"])


def test_calls_as_another_client_met_them(centre: Centre) -> None:
    """``agent`` as an array, with ``queue_id`` and ``wait_time`` (§5.2)."""
    calls = [{"queue": centre.queue, "user": centre.cy, "duration": 7}, {"queue": centre.queue}]
    centre.fonouc.control.settings(calls=calls, call_agent_as="array")

    answered, waiting = centre.fonouc.get("/callcenter/queues/calls")

    assert [agent["agent_name"] for agent in answered["agent"]] == ["Cy Example"]
    assert (answered["queue_id"], answered["wait_time"], waiting["agent"]) == (centre.queue, 7, [])


@pytest.mark.parametrize(("form", "expected"), [("null", None), ("empty", "")])
def test_other_ways_to_be_on_no_call(centre: Centre, form: str, expected: str | None) -> None:
    """F8 assumes that ``conference`` is left out; null and an object with an empty id can be switched on."""
    centre.fonouc.control.settings(conference_as=form, calls=[{"queue": centre.queue, "user": centre.ana}])

    talking, other = (agent["conference"] for agent in centre.status()["agents"])

    assert talking["id"]
    assert (None if other is None else other["id"]) == expected


def test_a_status_of_one_object(centre: Centre) -> None:
    """The seed shows one (F7): where it is switched on, a single queue comes without an array, several with."""
    centre.fonouc.control.settings(status_as="object")
    one = centre.fonouc.get("/callcenter/queues/status")

    centre.fonouc.control.create("queue", {"name": "sales"})

    assert one["id"] == centre.queue
    assert [entry["name"] for entry in centre.fonouc.get("/callcenter/queues/status")] == ["support", "sales"]


def test_a_log_in_that_is_seen_after_some_readings(centre: Centre) -> None:
    """Each write waits for its own number of readings; the truth is in the settings at once."""
    centre.fonouc.control.settings(visible_after_reads=2)

    centre.switch(centre.ana, "login")
    first = centre.logged_in()
    centre.switch(centre.ana, "logout")
    seen = [first, *(centre.logged_in() for _ in range(3))]

    assert [ana for ana, _ in seen] == [False, False, True, False]
    assert centre.fonouc.control.settings()["logged_in"][centre.queue] == []


def test_a_log_in_that_is_seen_after_some_seconds(centre: Centre) -> None:
    """By the vendor's clock, which a person can put ahead; a person's own changes are seen at once."""
    centre.fonouc.control.settings(visible_after_seconds=60)
    centre.switch(centre.ana, "login")
    early = [centre.logged_in() for _ in range(3)]
    centre.fonouc.control.settings(logged_in={centre.queue: [centre.ana, centre.ben]})
    by_person = centre.logged_in()

    centre.fonouc.control.settings(clock_ahead=60)

    assert (early, by_person, centre.logged_in()) == ([[False, False]] * 3, [False, True], [True, True])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"calls": [{}]}, "a call has a `queue`"),
        ({"calls": [{"queue": "x", "user": 5}]}, "`user` of a call cannot be 5"),
        ({"calls": [{"queue": "x", "agent": "y"}]}, "`agent` of a call"),
        ({"calls": {}}, "`calls` is a JSON array, each a JSON object"),
        ({"logged_in": {"x": "y"}}, "`logged_in` is a JSON object, each value a JSON array"),
        ({"wrong_credentials": 403}, "`wrong_credentials` is one of: 401, 400"),
        ({"visible_after_reads": -1}, "`visible_after_reads` is an integer from 0"),
        ({"undocumented": "yes"}, "`undocumented` is a boolean"),
    ],
)
def test_settings_that_make_no_sense(centre: Centre, settings: dict[str, Any], reason: str) -> None:
    """They are refused with what they could be, and none of them is set."""
    before = centre.fonouc.control.settings()

    with pytest.raises(ProvisionerError) as caught:
        centre.fonouc.control.settings(envelope="data", **settings)

    assert reason in caught.value.message
    assert centre.fonouc.control.settings() == before


def test_requests_are_counted_by_what_they_do(centre: Centre) -> None:
    """Who is logged in to which queue does not matter, whether in or out does."""
    centre.switch(centre.ana, "login")
    centre.switch(centre.ben, "login")
    centre.switch(centre.ana, "logout")

    paths = centre.fonouc.control.counts()["paths"]

    template = "PUT /callcenter/admin/agent/{user_id}"
    assert paths == {f"{template}/login": 2, f"{template}/logout": 1}
