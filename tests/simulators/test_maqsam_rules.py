"""Whom Maqsam lists, to whom, on which page and in which shape: Maqsam fact sheet §3 and its register."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.server import find, running
from tests.simulators.clients import MaqsamClient

MADE = 1_704_067_200


def an_agent(**attributes: Any) -> dict[str, Any]:
    return {"name": "Ana Example", "email": "ana@example.com", **attributes}


def filled(maqsam: MaqsamClient, number: int) -> list[str]:
    """The ids of so many agents."""
    return [maqsam.control.create("agent", an_agent(email=f"agent{place}@example.com")) for place in range(number)]


def ids(page: list[dict[str, Any]]) -> list[str]:
    return [agent["identifier"] for agent in page]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_an_agent_as_the_sheet_shows_it(maqsam: MaqsamClient) -> None:
    """Every documented field, in the canonical shapes of M1 to M4."""
    maqsam.control.create(
        "agent", an_agent(groups=["Support"], state={"state": "Busy", "timestamp": MADE + 5}, whatsappEnabled=True)
    )

    assert maqsam.page() == [
        {
            "identifier": "1001",
            "name": "Ana Example",
            "email": "ana@example.com",
            "active": True,
            "groups": ["Support"],
            "outgoingEnabled": True,
            "incomingEnabled": True,
            "whatsappEnabled": True,
            "state": {"state": "Busy", "timestamp": MADE + 5},
            "created_at": MADE,
        }
    ]


def test_inactive_agents_are_listed(maqsam: MaqsamClient) -> None:
    """Being on the list is not being usable (§3)."""
    maqsam.control.create("agent", an_agent(active=False))

    assert [agent["active"] for agent in maqsam.page()] == [False]


@pytest.mark.parametrize(
    "path", ["/v1/agents", "/v1/agents/page/0", "/v1/agents/page/1", "/v1/agents/page/01", "/v1/agents?page=2"]
)
def test_the_first_page(maqsam: MaqsamClient, path: str) -> None:
    """No number, 0 and 1 are one page (§3); a number in the query is none."""
    maqsam.control.settings(page_size=2)
    first = filled(maqsam, 3)[:2]

    response = maqsam.raw("GET", path, headers=maqsam.headers())

    assert ids(response.json()["message"]) == first


def test_pages_have_100_agents(maqsam: MaqsamClient) -> None:
    """The size is fixed, and beyond the end there is an empty page (M5)."""
    everybody = filled(maqsam, 101)

    pages = [ids(maqsam.page(number)) for number in (1, 2, 3, 10**12)]

    assert pages == [everybody[:100], everybody[100:], [], []]


def test_a_smaller_page(maqsam: MaqsamClient) -> None:
    """The size is a setting, so that a rehearsal needs no hundred agents; more than 100 the vendor never gives."""
    maqsam.control.settings(page_size=2)
    everybody = filled(maqsam, 4)

    assert [ids(maqsam.page(number)) for number in (1, 2, 3)] == [everybody[:2], everybody[2:], []]
    with pytest.raises(ProvisionerError, match="`page_size` is an integer from 1 to 100"):
        maqsam.control.settings(page_size=101)


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "1e1", "٣", "+1", ""])
def test_what_is_no_page_number(maqsam: MaqsamClient, number: str) -> None:
    """404 with the vendor's kind of body (M6)."""
    response = maqsam.raw("GET", f"/v1/agents/page/{number}", headers=maqsam.headers())

    assert (response.status_code, response.json()) == (404, {"error": True, "message": "Not Found"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, "/v1/agents") for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
        ("POST", "/v1/agents/page/1"),
        ("GET", "/v1/agents/1001"),
        ("GET", "/v1/agents/page/1/2"),
        ("GET", "/v1/agents/"),
        ("GET", "/agents"),
        ("GET", "/v2/agents"),
        ("GET", "/"),
    ],
)
def test_every_other_call_is_404(maqsam: MaqsamClient, method: str, path: str) -> None:
    """There is one operation, under the version's path, and nothing writes (M7a, M8)."""
    filled(maqsam, 1)
    before = maqsam.control.snapshot()

    response = maqsam.raw(method, path, headers=maqsam.headers())

    assert (response.status_code, response.json()) == (404, {"error": True, "message": "Not Found"})
    assert maqsam.control.snapshot() == before


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ???",
        f"Basic {encoded('no colon')}",
        f"Basic ?{encoded('sim-maqsam-id:sim-maqsam-secret')}",
        f"Basic {base64.b64encode(bytes([255, 58])).decode()}",
        f"Basic {encoded('sim-maqsam-id:wrong')}",
        f"Basic {encoded('wrong:sim-maqsam-secret')}",
        f"Basic {encoded('sim-maqsam-secret:sim-maqsam-id')}",
        f"Bearer {encoded('sim-maqsam-id:sim-maqsam-secret')}",
    ],
)
@pytest.mark.parametrize("path", ["/v1/agents", "/v1/agents/page/2"])
def test_no_credentials_no_list(maqsam: MaqsamClient, path: str, authorization: str | None) -> None:
    """Missing, malformed and wrong ones alike: 401 with the failure body (M10)."""
    response = maqsam.call("GET", path, headers={} if authorization is None else {"Authorization": authorization})

    assert (response.status_code, response.json()) == (401, {"error": True, "message": "Unauthorized"})


def test_the_key_is_a_setting(maqsam: MaqsamClient) -> None:
    """It can change while somebody works, hold a colon, and be empty, which is not the same as left out."""
    statuses = []
    for secret, given in (("a:b", "id:sim-maqsam-secret"), ("a:b", "id:a:b"), ("", "id"), ("", "id:")):
        maqsam.control.settings(access_key_id="id", access_secret=secret)
        headers = {"Authorization": f"Basic {encoded(given)}"}
        statuses.append(maqsam.call("GET", "/v1/agents", headers=headers).status_code)

    assert statuses == [401, 200, 401, 200]


@pytest.mark.parametrize(
    ("setting", "value", "field", "shown"),
    [
        ("identifier_as", "number", "identifier", 1001),
        ("groups_as", "strings", "groups", ["Support", "Sales"]),
        ("groups_as", "text", "groups", "Support, Sales"),
        ("groups_as", "identifiers", "groups", [{"identifier": "Support"}, {"identifier": "Sales"}]),
        (
            "groups_as",
            "objects",
            "groups",
            [{"identifier": "group 1", "name": "Support"}, {"identifier": "group 2", "name": "Sales"}],
        ),
        ("state_as", "text", "state", "Available"),
        ("state_as", "null", "state", None),
        ("times_as", "milliseconds", "created_at", MADE * 1000),
        ("times_as", "milliseconds", "state", {"state": "Available", "timestamp": MADE * 1000}),
        ("times_as", "iso", "created_at", "2024-01-01T00:00:00.000Z"),
        ("times_as", "createdAt", "createdAt", "2024-01-01T00:00:00.000Z"),
    ],
)
def test_shapes_that_clients_have_met(maqsam: MaqsamClient, setting: str, value: str, field: str, shown: Any) -> None:
    """M1 to M4 are assumptions: each other reading can be switched on."""
    maqsam.control.create("agent", an_agent(groups=["Support", "Sales"]))
    maqsam.control.settings(**{setting: value})

    (agent,) = maqsam.page()

    assert agent[field] == shown


def test_no_groups_may_be_null(maqsam: MaqsamClient) -> None:
    """Instead of an empty array (M2); who has groups still has an array."""
    maqsam.control.create("agent", an_agent())
    maqsam.control.create("agent", an_agent(groups=["Support"]))
    empty = maqsam.page()[0]["groups"]

    maqsam.control.settings(groups_as="null")

    assert (empty, [agent["groups"] for agent in maqsam.page()]) == ([], [None, ["Support"]])


def test_the_other_name_of_the_time(maqsam: MaqsamClient) -> None:
    """``createdAt`` comes in place of ``created_at``, not beside it (M4)."""
    maqsam.control.create("agent", an_agent())
    maqsam.control.settings(times_as="createdAt")

    assert "created_at" not in maqsam.page()[0]


def test_fields_may_be_missing_or_new(maqsam: MaqsamClient) -> None:
    """Early alpha (§4.5): what a person adds by force is shown, and any field can be left out."""
    maqsam.control.create("agent", an_agent(nickname="Ani"), force=True)
    maqsam.control.settings(omitted_fields=["active", "groups"])

    (agent,) = maqsam.page()

    assert agent["nickname"] == "Ani"
    assert not {"active", "groups"} & set(agent)


def test_odd_values_are_shown_as_they_are(maqsam: MaqsamClient) -> None:
    """By force an agent can have a value of any shape, whatever shape is set for the others."""
    odd = {"groups": "Support", "state": "Busy", "created_at": "yesterday"}
    maqsam.control.create("agent", an_agent(**odd), force=True)
    maqsam.control.settings(groups_as="objects", times_as="milliseconds")

    (agent,) = maqsam.raw("GET", "/v1/agents", headers=maqsam.headers()).json()["message"]

    assert {name: agent[name] for name in odd} == odd


def test_two_agents_of_one_address(maqsam: MaqsamClient) -> None:
    """That an e-mail address is unique is not documented (§4.2)."""
    maqsam.control.create("agent", an_agent())
    maqsam.control.create("agent", an_agent())

    assert [agent["email"] for agent in maqsam.page()] == ["ana@example.com"] * 2


def test_who_is_deleted_is_gone(maqsam: MaqsamClient) -> None:
    """There is no deleted flag, no way back, and no id is given twice (§4.3)."""
    maqsam.control.create("agent", an_agent())

    maqsam.control.delete("agent", "1001")

    assert (maqsam.page(), maqsam.control.create("agent", an_agent())) == ([], "1002")
    with pytest.raises(ProvisionerError, match="there is no agent `1001`"):
        maqsam.control.undelete("agent", "1001")


def test_a_page_that_repeats(maqsam: MaqsamClient) -> None:
    """From the page that is set on, every page is that one: nobody finds an end (M5)."""
    everybody = filled(maqsam, 4)
    maqsam.control.settings(page_size=2, repeat_from=2)

    assert [ids(maqsam.page(number)) for number in (1, 2, 3, 99)] == [everybody[:2], *[everybody[2:]] * 3]


def test_a_short_page_before_others(maqsam: MaqsamClient) -> None:
    """Its other agents are on no page: what was read is not everybody (M5). A page cannot be longer than the others."""
    everybody = filled(maqsam, 5)
    maqsam.control.settings(page_size=2, page_lengths={"1": 9, "2": 1})

    pages = [ids(maqsam.page(number)) for number in (1, 2, 3, 4)]

    assert pages == [everybody[:2], everybody[2:3], everybody[4:], []]


def test_agents_that_move_while_pages_are_read(maqsam: MaqsamClient) -> None:
    """Somebody who is deleted after the first page was read pulls another onto it, unseen."""
    everybody = filled(maqsam, 4)
    maqsam.control.settings(page_size=2)
    gone = {"verb": "delete", "kind": "agent", "id": everybody[0]}
    maqsam.control.fault("meanwhile", path="/v1/agents", changes=[gone])

    pages = [ids(maqsam.page(number)) for number in (None, 2, 3)]

    assert pages == [everybody[:2], everybody[3:], []]


def test_agents_that_appear_twice(maqsam: MaqsamClient) -> None:
    """Where the newest come first, one who joins pushes another onto the next page (§3.3)."""
    everybody = filled(maqsam, 3)
    maqsam.control.settings(page_size=2, order="newest_first")
    new = {"verb": "create", "kind": "agent", "attributes": an_agent()}
    maqsam.control.fault("meanwhile", path="/v1/agents", changes=[new])

    assert [ids(maqsam.page(number)) for number in (None, 2)] == [
        [everybody[2], everybody[1]],
        [everybody[1], everybody[0]],
    ]


def test_a_page_of_html(maqsam: MaqsamClient) -> None:
    """What a gateway answers in the vendor's place is 200 and no list."""
    maqsam.control.fault("garbage", path="/v1/agents/page/2")

    response = maqsam.raw("GET", "/v1/agents/page/2", headers=maqsam.headers())

    assert (response.status_code, response.headers["content-type"][:9]) == (200, "text/html")
    assert maqsam.page(2) == []


def test_every_answer_has_a_number(maqsam: MaqsamClient) -> None:
    """``X-Request-Id`` has been seen by a client (§3.2), so it can be left out."""
    numbers = [maqsam.call("GET", "/v1/agents").headers["x-request-id"] for _ in range(2)]
    refused = maqsam.call("GET", "/v1/agents", headers={})
    maqsam.control.settings(request_ids=False)

    assert len({*numbers, refused.headers["x-request-id"]}) == 3
    assert "x-request-id" not in maqsam.call("GET", "/v1/agents").headers


def test_what_a_person_may_not_make(maqsam: MaqsamClient) -> None:
    """An agent has a name and an address, known fields, and values of their types; all that is wrong is said."""
    with pytest.raises(ProvisionerError) as caught:
        maqsam.control.create("agent", {"active": "yes", "groups": ["Support", 5], "state": {"since": 1}, "team": "A"})

    for complaint in ("active: invalid", "groups.1: invalid", "state.since: unknown", "team: unknown", "name: blank"):
        assert complaint in caught.value.message
    assert maqsam.control.content() == {"agent": {}}


def test_a_change_leaves_the_rest(maqsam: MaqsamClient) -> None:
    """Member by member where a value is an object; and it is checked."""
    maqsam.control.create("agent", an_agent(groups=["Support"]))

    maqsam.control.change("agent", "1001", {"state": {"state": "Lunch"}, "active": False})

    agent = maqsam.control.content()["agent"]["1001"]
    assert agent["state"] == {"state": "Lunch", "timestamp": MADE}
    assert (agent["active"], agent["groups"], agent["identifier"]) == (False, ["Support"], "1001")
    with pytest.raises(ProvisionerError, match="name: blank"):
        maqsam.control.change("agent", "1001", {"name": ""})


def test_a_snapshot_brings_everything_back(maqsam: MaqsamClient) -> None:
    """Agents, settings and the next id; what is no snapshot changes nothing."""
    filled(maqsam, 2)
    maqsam.control.settings(groups_as="text", page_size=7)
    before = maqsam.control.snapshot()

    maqsam.control.empty()
    emptied = maqsam.page()
    maqsam.control.restore(before)

    assert (emptied, maqsam.control.snapshot()) == ([], before)
    with pytest.raises(ProvisionerError, match="no snapshot of a Maqsam account"):
        maqsam.control.restore({"settings": {"page_size": 9}, "tables": {}})
    assert maqsam.control.snapshot() == before


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"groups_as": "xml"}, "`groups_as` is one of: strings, null, text, objects, identifiers"),
        ({"page_lengths": {"2": "few"}}, "`page_lengths` is a JSON object, each value an integer"),
        ({"repeat_from": 0}, "`repeat_from` is an integer from 1 to 1000000 or null"),
        ({"repeat_from": True}, "`repeat_from` is an integer"),
        ({"request_ids": 1}, "`request_ids` is a boolean"),
        ({"omitted_fields": ["a", 1]}, "`omitted_fields` is a JSON array, each a string"),
        ({"lag": 1}, "unknown setting `lag`"),
    ],
)
def test_settings_that_make_no_sense(maqsam: MaqsamClient, settings: dict[str, Any], reason: str) -> None:
    """They are refused with what they could be, and none of them is set."""
    before = maqsam.control.settings()

    with pytest.raises(ProvisionerError) as caught:
        maqsam.control.settings(page_size=3, **settings)

    assert reason in caught.value.message
    assert maqsam.control.settings() == before


def test_the_log_and_the_counts(maqsam: MaqsamClient) -> None:
    """Pages are counted as one path; neither shows the key."""
    maqsam.page()
    maqsam.page(2)
    maqsam.page(3)

    assert maqsam.control.counts()["paths"] == {"GET /v1/agents": 1, "GET /v1/agents/page/{page}": 2}
    assert maqsam.control.log()[-1]["path"] == "/v1/agents/page/3"
    assert "authorization" not in str(maqsam.control.log()).lower()


def test_credentials_that_were_given() -> None:
    """They are told under a connection's names; an unknown name is refused; the URL ends before the version (M7a)."""
    with running(find("maqsam"), credentials={"access_secret": "other"}) as simulator:
        assert dict(simulator.credentials) == {"access_key_id": "sim-maqsam-id", "access_secret": "other"}
        assert simulator.base_url == simulator.url
    with (
        pytest.raises(ProvisionerError, match="no credential `api_key`"),
        running(find("maqsam"), credentials={"api_key": "x"}),
    ):
        pass
