"""Who may ask DeepCall for what, how it answers, and in which order it checks: D-1 to D-5, D-20, the error table."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.server import find, running
from tests.simulators.clients import DeepcallClient
from tests.simulators.deepcall_entities import an_agent

LIST = "/api/v2/Agent/list"
SESSION = {"ssid": "sim-deepcall-session"}
USER = {"userId": "10000001", "token": "sim-deepcall-token"}


def error(code: int, message: str) -> dict[str, Any]:
    return {"status": "error", "message": message, "code": code}


def sent(deepcall: DeepcallClient, members: Any, path: str = LIST) -> dict[str, Any]:
    """The answer to exactly these members."""
    response = deepcall.raw("POST", path, json=members)
    assert response.status_code == 200
    return dict(response.json())


@pytest.mark.parametrize("path", [LIST, f"{LIST}/", "/api/v2/role/list", "/api/v2/role/list/"])
def test_a_slash_at_the_end_does_not_count(deepcall: DeepcallClient, path: str) -> None:
    """Both spellings stand in the vendor's documents (D-1)."""
    assert sent(deepcall, USER, path)["status"] == "success"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/agent/list",
        "/api/v2/Agent/List",
        "/api/v2/Role/list",
        "/api/v2/Agent/list//",
        "/api/v2/Agent",
        "/api/v2/",
        "/api/v2",
        "/api/v1/Agent/list",
        "/Agent/list",
        "/",
        "/api/v2/Agent/updateAgentGroupMapping",
        "/api/v2/Agent/timeLine",
        "/api/v2/Employee/list",
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unknown_path_is_404(deepcall: DeepcallClient, path: str, method: str) -> None:
    """Module and action are matched as they are spelt; what could not be read is not there (D-1, §4.4, §4.5)."""
    assert deepcall.raw(method, path, json=USER).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_only_post(deepcall: DeepcallClient, method: str) -> None:
    """Lists, changes and deletions are POST as well; nothing else is (D-1)."""
    response = deepcall.raw(method, LIST, json=USER)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/pdf", None]
)
def test_the_content_type_does_not_count(deepcall: DeepcallClient, content_type: str | None) -> None:
    """The vendor's samples name none (D-2); the answer's is JSON with a charset (§1)."""
    headers = {} if content_type is None else {"Content-Type": content_type}

    response = deepcall.raw("POST", LIST, content=json.dumps(USER), headers=headers)

    assert response.json()["status"] == "success"
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'"text"',
        b"null",
        b"{",
        b"userId=10000001",
        b'{"userId": NaN}',
        b"\xff\xfe",
        b'{"userId": "\\ud800"}',
        b"[" * 100_000,
        b'{"page": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object(deepcall: DeepcallClient, body: bytes) -> None:
    """1047 before anything else is looked at (D-2)."""
    response = deepcall.raw("POST", LIST, content=body)

    assert (response.status_code, response.json()) == (200, error(1047, "Empty or malformed request body"))


@pytest.mark.parametrize("credentials", [USER, SESSION])
def test_either_way_in(deepcall: DeepcallClient, credentials: dict[str, str]) -> None:
    """A user's token, or a session (D-3)."""
    assert sent(deepcall, credentials)["status"] == "success"


@pytest.mark.parametrize(
    "credentials",
    [
        {"page": 1},
        {"userId": "10000001"},
        {"token": "sim-deepcall-token"},
        {**USER, **SESSION},
        {**SESSION, "userId": "10000001"},
        {**SESSION, "token": "sim-deepcall-token"},
        {**USER, "userId": 10000001},
        {**USER, "token": None},
        {**USER, "token": ""},
        {"ssid": ["sim-deepcall-session"]},
    ],
)
def test_half_a_way_in_or_both(deepcall: DeepcallClient, credentials: dict[str, Any]) -> None:
    """Exactly one form, whole, as strings; otherwise the parameters are invalid (D-3)."""
    assert sent(deepcall, credentials) == error(1000, "Invalid parameters")


@pytest.mark.parametrize(
    "credentials", [{**USER, "token": "wrong"}, {**USER, "userId": "10000002"}, {"ssid": "wrong"}, {"ssid": "naïve"}]
)
def test_wrong_credentials(deepcall: DeepcallClient, credentials: dict[str, str]) -> None:
    """1014 in a 200 (D-3, D-4)."""
    assert sent(deepcall, credentials) == error(1014, "Invalid or expired session/token")


def test_credentials_that_end(deepcall: DeepcallClient) -> None:
    """A person takes the session away, or gives the user another token."""
    deepcall.control.settings(ssid="", token="another")

    assert [sent(deepcall, each)["code"] for each in (SESSION, {"ssid": ""}, USER)] == [1014, 1000, 1014]
    assert sent(deepcall, {**USER, "token": "another"})["code"] == 200


def test_a_suspended_account(deepcall: DeepcallClient) -> None:
    """It is told only to who it is that asks."""
    deepcall.control.settings(suspended=True)

    assert deepcall.ask("Agent/list") == error(1039, "User account suspended")
    assert sent(deepcall, {"ssid": "wrong"})["code"] == 1014


def test_a_call_without_permission(deepcall: DeepcallClient) -> None:
    """By call; other calls go on."""
    deepcall.control.settings(denied=["Agent/create", "role/list"])

    assert deepcall.ask("Agent/create", **an_agent()) == error(1015, "Permission denied")
    assert (deepcall.code("role/list"), deepcall.code("Agent/list")) == (1015, 200)
    assert deepcall.control.content()["agent"] == {}


@pytest.mark.parametrize(("members", "code"), [({}, 1015), ({"forward": False}, 1015), ({"forward": True}, 200)])
def test_the_permission_that_forward_lifts(deepcall: DeepcallClient, members: dict[str, Any], code: int) -> None:
    """`AGENT_TO_AGENT_CALL` is asked for unless `forward` is true (§4.6)."""
    deepcall.control.settings(denied=["AGENT_TO_AGENT_CALL"])

    assert deepcall.code("Group/list", **members) == code


def test_the_order_of_checks(deepcall: DeepcallClient) -> None:
    """Each next wrong thing shows when the one before it is right (D-20)."""
    deepcall.do("Agent/create", **an_agent())
    deepcall.control.settings(agtLimit=1, denied=["Agent/create"])
    path = "/api/v2/Agent/create"
    wrong = an_agent(name="?", phone="1", extra=1)
    seen = [
        deepcall.raw("POST", path, content=b"?").json()["code"],
        sent(deepcall, wrong, path)["code"],
        sent(deepcall, {**wrong, **USER, "token": "wrong"}, path)["code"],
        sent(deepcall, {**wrong, **USER}, path)["code"],
    ]
    deepcall.control.settings(denied=[])

    seen += [
        deepcall.code("Agent/create", **wrong),
        deepcall.code("Agent/create", **an_agent(name="?", phone="1")),
        deepcall.code("Agent/create", **an_agent(phone="1")),
        deepcall.code("Agent/create", **an_agent()),
        deepcall.code("Agent/create", **an_agent(2)),
    ]

    assert seen == [1047, 1000, 1014, 1015, 1521, 1515, 1514, 1523, 1522]


@pytest.mark.parametrize(
    ("action", "code", "message"),
    [
        ("Agent/list", 1521, "Please Provide Only Valid fields"),
        ("Agent/delete", 1521, "Please Provide Only Valid fields"),
        ("Group/add", 1000, "Invalid parameters"),
        ("Group/delete", 1000, "Invalid parameters"),
        ("role/list", 1000, "Invalid parameters"),
        ("role/add", 1000, "Invalid parameters"),
    ],
)
def test_an_unknown_member(deepcall: DeepcallClient, action: str, code: int, message: str) -> None:
    """Agents have a code of their own for it (D-20); groups and roles only the common one (§4.13, D-22)."""
    assert deepcall.ask(action, name="x", groupId="1", surprise=1) == error(code, message)


def test_one_number_means_different_things(deepcall: DeepcallClient) -> None:
    """Codes are per module: 1503 is a role for agents, and a group for groups (§4.13)."""
    deepcall.do("Group/add", name="Support")

    assert deepcall.ask("Agent/create", **an_agent(role="9")) == error(1503, "Invalid role id")
    assert deepcall.ask("Group/delete", groupId="9") == error(1503, "Group not found or not authorized")


def test_ids_as_strings_and_as_numbers(deepcall: DeepcallClient) -> None:
    """The server takes both everywhere (D-5)."""
    deepcall.do("Agent/create", **an_agent(role=1))
    deepcall.do("Group/add", name="Support")
    deepcall.do("Group/submitAssignGroupToAgent", groupId=1, agent_unique_id=[1, "1"], receive_call=["1"])
    deepcall.do("role/update", roleid="1", name="agents")

    found = [
        deepcall.listed("Agent/list", **{name: key})[0]["unique_id"]
        for name in ("agentId", "groupid", "groupId")
        for key in (1, "1")
    ]

    assert found == [1] * 6
    assert [
        len(deepcall.listed("Group/list", **{name: key})) for name in ("groupid", "groupId") for key in (1, "1")
    ] == [1] * 4
    assert deepcall.listed("Agent/list")[0]["roleName"] == "agents"


def test_two_writes_at_once(deepcall: DeepcallClient) -> None:
    """While one write takes its time, another one of an agent is busy, not a duplicate (§5.13); reads go on."""
    deepcall.control.settings(write_milliseconds=600)

    with ThreadPoolExecutor(3) as pool:
        writes = [pool.submit(deepcall.ask, "Agent/create", **an_agent(number)) for number in (1, 2)]
        answers = [write.result() for write in writes]

    assert sorted(answer["code"] for answer in answers) == [200, 1501]
    assert error(1501, "Data already in processing") in answers
    assert len(deepcall.control.content()["agent"]) == 1


def test_one_write_after_the_other(deepcall: DeepcallClient) -> None:
    """Who waits for each answer is never busy; what failed or only reads takes no time."""
    deepcall.control.settings(write_milliseconds=50)

    codes = [deepcall.code("Agent/create", **an_agent(number)) for number in (1, 2, 2, 3)]
    codes += [deepcall.code("Group/add", name="Support"), deepcall.code("Agent/delete", agentId="1")]

    assert codes == [200, 200, 1523, 200, 200, 200]


def test_groups_have_no_code_for_busy(deepcall: DeepcallClient) -> None:
    """1501 is another thing there (§4.13), so their writes are served; an agent's meanwhile is not."""
    deepcall.control.settings(write_milliseconds=600)

    with ThreadPoolExecutor(2) as pool:
        groups = [pool.submit(deepcall.code, "Group/add", name=name) for name in ("Support", "Sales")]

    assert [group.result() for group in groups] == [200, 200]


@pytest.mark.parametrize(
    ("form", "names"), [("code", {"code"}), ("errCode", {"errCode"}), ("both", {"code", "errCode"})]
)
def test_where_the_code_stands(deepcall: DeepcallClient, form: str, names: set[str]) -> None:
    """`errCode` is what one module shows, and is to be accepted (D-4, §4.13)."""
    deepcall.control.settings(error_code_as=form)

    answer = deepcall.ask("Agent/delete", agentId="9")

    assert {name: answer[name] for name in answer.keys() - {"status", "message"}} == dict.fromkeys(names, 1507)


def test_codes_that_mean_the_same(deepcall: DeepcallClient) -> None:
    """1507 and 1509 both say that an agent's id is invalid, 1513 and 1527 that a type is (§4.13)."""
    deepcall.control.settings(other_codes={"Agent/1507": 1509, "Agent/1513": 1527, "Group/1503": 1006})

    assert deepcall.ask("Agent/delete", agentId="9") == error(1509, "Invalid agentId")
    assert deepcall.ask("Agent/create", **an_agent(dest_type="FAX")) == error(1527, "Invalid Type")
    assert deepcall.ask("Group/delete", groupId="9") == error(1006, "Group id does not exist")
    assert deepcall.ask("Agent/create", **an_agent(role="9")) == error(1503, "Invalid role id")


def test_an_answer_without_status(deepcall: DeepcallClient) -> None:
    """200 proves nothing (§5.2); other members can be missing, too."""
    deepcall.control.settings(omitted_members=["status", "totalPages"])

    assert sent(deepcall, USER) == {
        "response": {},
        "agtLimit": 100,
        "currentPage": 1,
        "totalRecords": 0,
        "code": 200,
    }


@pytest.mark.parametrize("code", [1009, 1010, 1032])
def test_what_only_a_fault_brings_about(deepcall: DeepcallClient, code: int) -> None:
    """An internal error is a 200 of which nobody knows whether it had an effect (D-4); 5xx come from faults only."""
    deepcall.control.fault("status_after", path="/api/v2/Group/add", status=200, body=error(code, "Try again"))
    deepcall.control.fault("status", path=LIST, status=503)

    assert deepcall.ask("Group/add", name="Support") == error(code, "Try again")
    assert deepcall.raw("POST", LIST, json=USER).status_code == 503
    assert [group["name"] for group in deepcall.listed("Group/list")] == ["Support"]


def test_a_page_of_html(deepcall: DeepcallClient) -> None:
    """What a gateway answers in the vendor's place is 200 and no JSON."""
    deepcall.control.fault("garbage", path=LIST)

    response = deepcall.raw("POST", LIST, json=USER)

    assert (response.status_code, response.headers["content-type"][:9]) == (200, "text/html")


def test_the_log_hides_what_is_secret(deepcall: DeepcallClient) -> None:
    """Credentials are left out, passwords hidden; a body that is no object is not shown."""
    deepcall.do("Agent/create", **an_agent(password="s3cret", call_pass="12345678"))
    deepcall.raw("POST", f"{LIST}/", content=b"token=sim-deepcall-token")
    deepcall.raw("POST", LIST, json=SESSION)
    deepcall.raw("GET", LIST)

    log = deepcall.control.log()

    assert [each["data"] for each in log] == [an_agent(password="***", call_pass="***"), "***", {}, None]
    assert not any(secret in str(log) for secret in ("s3cret", "12345678", "sim-deepcall"))
    assert deepcall.control.counts()["paths"] == {
        "POST /api/v2/Agent/create": 1,
        "POST /api/v2/Agent/list": 2,
        "GET /api/v2/Agent/list": 1,
    }


def test_credentials_that_were_given() -> None:
    """They are told under a connection's names; an unknown name is refused; the URL ends before the version (D-1)."""
    with running(find("deepcall"), credentials={"token": "other"}) as simulator:
        assert dict(simulator.credentials) == {"user_id": "10000001", "token": "other"}
        assert simulator.base_url == simulator.url
        body = {"userId": "10000001", "token": "other"}
        assert httpx.post(simulator.base_url + LIST, json=body, trust_env=False).json()["status"] == "success"
    with (
        pytest.raises(ProvisionerError, match="no credential `api_key`"),
        running(find("deepcall"), credentials={"api_key": "x"}),
    ):
        pass
