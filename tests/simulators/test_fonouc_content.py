"""Which users and queues FonoUC lists, and the writes that no document knows: FonoUC fact sheet §4, §5.4."""

from __future__ import annotations

import re
from typing import Any

import pytest

from provisioner.errors import ProvisionerError
from tests.simulators.clients import FonoucClient

BY_ADDRESS = "/config/users/by_username/ana@example.com"
CREATED = {
    "first_name": "Ana",
    "last_name": "Example",
    "email": "ana@example.com",
    "level": "user",
    "password": "s3cret",
    "extension": "1001",
    "send_credentials": False,
    "include_in_directory": True,
    "role_id": "user",
    "is_operator": False,
    "conference": {"enabled": False, "pin": ""},
}


def a_user(**attributes: Any) -> dict[str, Any]:
    return {"first_name": "Ana", "email": "ana@example.com", "presence_id": "1001", **attributes}


def test_a_user_as_the_sheet_shows_it(fonouc: FonoucClient) -> None:
    """Every documented field and no password (§4.1), in a bare array (F4)."""
    key = fonouc.control.create("user", a_user(last_name="Example", tags=["vip"], password="s3cret"))

    assert re.fullmatch("[0-9a-f]{32}", key)
    assert fonouc.get("/config/users") == [
        {
            "id": key,
            "level": "user",
            "first_name": "Ana",
            "last_name": "Example",
            "email": "ana@example.com",
            "presence_id": "1001",
            "enabled": True,
            "has_cellphones": False,
            "role": "user",
            "tags": ["vip"],
            "isAgent": True,
            "invitation": {"status": "", "history": None},
            "feature_plan": "",
        }
    ]
    assert fonouc.control.content()["user"][key]["password"] == {"set": True, "changes": 1}


def test_a_queue_as_the_sheet_shows_it(fonouc: FonoucClient) -> None:
    """Every field of §4.2 in one object (F4), with what a person left out inside of its lists."""
    user = fonouc.control.create("user", a_user())
    queue = fonouc.control.create(
        "queue",
        {
            "name": "support",
            "extensions": [{"extension": "7000"}],
            "dids": [{"did": "+15550100", "emergency_mode": True}],
            "agents": [{"id": user, "delay": 5}],
            "pre_connect": [{"media_id": "0123456789abcdef0123456789abcdef", "time": 10}],
            "crm": {"url": "https://crm.example.com/?key=1"},
            "after_call_actions_list": [{"api_request": {"url": "https://example.com/{CALL_ID}"}}],
        },
    )

    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", queue)
    assert fonouc.get("/config/queues") == [
        {
            "id": queue,
            "name": "support",
            "max_time_caller_remains": 3,
            "max_time_caller_remains_unit": "minutes",
            "strategy": "simultaneous",
            "wrap_up_time": 1,
            "timeout": 20,
            "moh": "0" * 32,
            "outbound_calls": True,
            "call_only_if_registered_agents": False,
            "is_disposition_mandatory": False,
            "auto_answer": False,
            "skills_routing": False,
            "disable_call_rating": False,
            "call_screen_recording": False,
            "ai_assist": False,
            "extensions": [{"extension": "7000", "prepend": "", "emergency_mode": False}],
            "dids": [{"did": "+15550100", "prepend": "", "emergency_mode": True}],
            "agents": [{"type": "user", "id": user, "delay": 5, "timeout": 20}],
            "pre_connect": [
                {"type": "every", "action": "play_file", "media_id": "0123456789abcdef0123456789abcdef", "time": 10}
            ],
            "crm": {"enabled": False, "url": "https://crm.example.com/?key=1"},
            "csat": {"callflow": "", "direction": "", "note": ""},
            "after_call_actions_list": [
                {
                    "api_request": {
                        "enabled": False,
                        "url": "https://example.com/{CALL_ID}",
                        "method": "PUT",
                        "label": "",
                    }
                }
            ],
            "misconfigured_agents": 0,
        }
    ]


def test_rosters_keep_their_order(fonouc: FonoucClient) -> None:
    """The order of ``agents`` counts (F10), so the server does not change it."""
    users = [fonouc.control.create("user", a_user(email=f"user{n}@example.com")) for n in range(3)]
    fonouc.control.create("queue", {"name": "support", "agents": [{"id": user} for user in reversed(users)]})

    (queue,) = fonouc.get("/config/queues")

    assert [agent["id"] for agent in queue["agents"]] == users[::-1]


def test_misconfigured_agents_are_counted(fonouc: FonoucClient) -> None:
    """Who is on a roster and is disabled, no agent, or not there at all; the server's figure, not a field."""
    users = [fonouc.control.create("user", a_user(email=f"user{n}@example.com")) for n in range(4)]
    fonouc.control.create("queue", {"name": "support", "agents": [{"id": user} for user in users]})

    fonouc.control.change("user", users[0], {"enabled": False})
    fonouc.control.change("user", users[1], {"isAgent": False})
    fonouc.control.delete("user", users[2])

    (queue,) = fonouc.get("/config/queues")
    assert (queue["misconfigured_agents"], len(queue["agents"])) == (3, 4)
    with pytest.raises(ProvisionerError, match="misconfigured_agents: unknown"):
        fonouc.control.change("queue", queue["id"], {"misconfigured_agents": 0})


def test_neither_addresses_nor_names_are_unique(fonouc: FonoucClient) -> None:
    """Nothing says that they were (§7.3)."""
    for _ in range(2):
        fonouc.control.create("user", a_user())
        fonouc.control.create("queue", {"name": "support"})

    assert (len(fonouc.get("/config/users")), len(fonouc.get("/config/queues"))) == (2, 2)


def test_lists_in_an_envelope(fonouc: FonoucClient) -> None:
    """F4 assumes none; one can be set, under any name."""
    fonouc.control.create("user", a_user())
    fonouc.control.settings(envelope="data")

    assert [len(fonouc.get(path)["data"]) for path in ("/config/users", "/config/queues")] == [1, 0]


def test_fields_may_be_missing_or_new(fonouc: FonoucClient) -> None:
    """A client has met ``username``; what a person adds by force is shown, and any field can be left out."""
    fonouc.control.create("user", a_user(username="ana"), force=True)
    fonouc.control.settings(omitted_fields=["tags"])

    (user,) = fonouc.get("/config/users")

    assert (user["username"], "tags" in user) == ("ana", False)


@pytest.mark.parametrize(
    ("kind", "attributes", "complaint"),
    [
        ("user", {"first_name": "Ana"}, "email: blank"),
        ("user", {"email": "a@example.com", "first_name": ""}, "first_name: blank"),
        ("user", {"email": "a@example.com", "first_name": "A", "presence_id": 1001}, "presence_id: invalid"),
        ("user", {"email": "a@example.com", "first_name": "A", "enabled": 1}, "enabled: invalid"),
        ("queue", {}, "name: blank"),
        ("queue", {"name": "q", "wrap_up_time": "1"}, "wrap_up_time: invalid"),
        ("queue", {"name": "q", "agents": [{"id": "0" * 32}]}, "agents.0.id: nonexistent"),
        ("queue", {"name": "q", "agents": ["x"]}, "agents.0: invalid"),
        ("queue", {"name": "q", "dids": [{"number": "1"}]}, "dids.0.number: unknown"),
        ("queue", {"name": "q", "crm": {"secret": "1"}}, "crm.secret: unknown"),
        ("device", {}, "there is no kind `device`; there is: user, queue"),
    ],
)
def test_what_a_person_may_not_make(
    fonouc: FonoucClient, kind: str, attributes: dict[str, Any], complaint: str
) -> None:
    """Known fields, of their types, and rosters of users who are there."""
    with pytest.raises(ProvisionerError, match=re.escape(complaint)):
        fonouc.control.create(kind, attributes)

    assert fonouc.control.content() == {"user": {}, "queue": {}}


def test_by_force_a_roster_names_anybody(fonouc: FonoucClient) -> None:
    """Real systems hold what their portal would not allow any more."""
    entry = {"type": "user", "id": "0" * 32, "delay": 0, "timeout": 20}
    fonouc.control.create("queue", {"name": "support", "agents": [{"id": "0" * 32}]}, force=True)

    (queue,) = fonouc.get("/config/queues")
    (status,) = fonouc.get("/callcenter/queues/status")

    assert (queue["agents"], queue["misconfigured_agents"]) == ([entry], 1)
    assert (status["agents"][0]["name"], status["agents"][0]["registered"]) == ("", False)


def test_a_password_counts_when_it_is_given(fonouc: FonoucClient) -> None:
    """Not when a user is made or changed without one; it is never shown but to who asks for it."""
    key = fonouc.control.create("user", a_user())
    fonouc.control.change("user", key, {"last_name": "Example"})
    without = fonouc.control.content()["user"][key]["password"]

    fonouc.control.change("user", key, {"password": "s3cret"})

    assert without == {"set": False, "changes": 0}
    assert fonouc.control.content()["user"][key]["password"] == {"set": True, "changes": 1}
    assert fonouc.control.content(reveal=True)["user"][key]["password"] == "s3cret"


def test_there_is_no_way_back(fonouc: FonoucClient) -> None:
    """No soft delete is documented (§7.6)."""
    key = fonouc.control.create("user", a_user())
    fonouc.control.undelete("user", key)
    fonouc.control.delete("user", key)

    with pytest.raises(ProvisionerError, match="there is no user"):
        fonouc.control.undelete("user", key)
    assert fonouc.control.create("user", a_user()) != key


def test_a_user_is_created_as_clients_did(fonouc: FonoucClient) -> None:
    """201, without an account's id (§5.4); it is listed, and the password is not."""
    fonouc.control.settings(undocumented=True)
    headers = {"Authorization": f"Bearer {fonouc.token}"}

    response = fonouc.call("POST", "/config/users", headers=headers, json=CREATED)

    (user,) = fonouc.get("/config/users")
    assert response.status_code == 201
    assert (user["email"], user["presence_id"], user["role"]) == ("ana@example.com", "1001", "user")
    assert "s3cret" not in str(user)
    assert user["isAgent"] is False
    assert fonouc.control.content()["user"][user["id"]]["password"] == {"set": True, "changes": 1}
    assert fonouc.control.log()[0]["data"]["password"] == "***"


def test_an_empty_address_is_refused(fonouc: FonoucClient) -> None:
    """With the very words that were seen, and a line's end (§5.4)."""
    fonouc.control.settings(undocumented=True)

    response = fonouc.call("POST", "/config/users", json={**CREATED, "email": ""})

    assert (response.status_code, response.text) == (400, "Email can't be empty\n")
    assert fonouc.get("/config/users") == []


def test_a_user_is_deleted_as_clients_did(fonouc: FonoucClient) -> None:
    """By its address, whatever its case; nobody of that address is 404."""
    fonouc.control.settings(undocumented=True)
    fonouc.control.create("user", a_user(email="Ana@example.com"))

    statuses = [fonouc.call("DELETE", BY_ADDRESS).status_code for _ in range(2)]

    assert (statuses, fonouc.get("/config/users")) == ([200, 404], [])


def test_the_observed_writes_need_a_token(fonouc: FonoucClient) -> None:
    """Nothing is written without."""
    fonouc.control.settings(undocumented=True)
    fonouc.control.create("user", a_user())

    statuses = [
        fonouc.call("POST", "/config/users", headers={}, json=CREATED).status_code,
        fonouc.call("DELETE", BY_ADDRESS, headers={}).status_code,
        fonouc.call("POST", "/config/users", json={**CREATED, "first_name": 5}).status_code,
    ]

    assert (statuses, len(fonouc.get("/config/users"))) == ([401, 401, 400], 1)


def test_a_write_that_is_seen_after_some_readings(fonouc: FonoucClient) -> None:
    """Eventual consistency, if a person wants it: a new user is not listed yet, one who is gone still is."""
    fonouc.control.settings(undocumented=True, visible_after_reads=2)
    ben = fonouc.control.create("user", a_user(email="ben@example.com"))

    fonouc.call("POST", "/config/users", json=CREATED)
    fonouc.call("DELETE", "/config/users/by_username/ben@example.com")
    seen = [[user["email"] for user in fonouc.get("/config/users")] for _ in range(3)]

    assert seen == [["ben@example.com"], ["ben@example.com"], ["ana@example.com"]]
    assert ben not in fonouc.control.content()["user"]


def test_what_is_not_seen_yet_ends_with_the_content(fonouc: FonoucClient) -> None:
    """Neither an emptied account nor a restored one shows what readers of the one before still saw."""
    fonouc.control.settings(undocumented=True, visible_after_reads=9)
    before = fonouc.control.snapshot()
    seen = []
    for bring_about in (fonouc.control.empty, lambda: fonouc.control.restore(before)):
        fonouc.control.create("user", a_user())
        fonouc.renew()
        fonouc.call("DELETE", BY_ADDRESS)
        seen.append(len(fonouc.get("/config/users")))
        bring_about()
        fonouc.renew()
        seen.append(len(fonouc.get("/config/users")))

    assert seen == [1, 0, 1, 0]


def test_a_snapshot_brings_everything_back(fonouc: FonoucClient) -> None:
    """Users, queues, log-ins, tokens, calls, settings and the next ids; what is no snapshot changes nothing."""
    user = fonouc.control.create("user", a_user())
    queue = fonouc.control.create("queue", {"name": "support", "agents": [{"id": user}]})
    fonouc.switch(user, "login", queue)
    fonouc.control.settings(calls=[{"queue": queue, "user": user}], unregistered=[user], errors_as="error")
    before = fonouc.control.snapshot()

    fonouc.control.empty()
    emptied = fonouc.control.settings()
    fonouc.control.restore(before)

    assert (emptied["tokens"], emptied["logged_in"], emptied["calls"], emptied["unregistered"]) == ({}, {}, [], [])
    assert fonouc.control.snapshot() == before
    assert fonouc.get("/callcenter/queues/status")[0]["logged_in_agents"] == 1
    with pytest.raises(ProvisionerError, match="no snapshot of a FonoUC account"):
        fonouc.control.restore({"settings": {"envelope": "x"}, "tables": {}})
    assert fonouc.control.snapshot() == before
