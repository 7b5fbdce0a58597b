"""The way in to DeepCall, and what its answers mean: success is in the body, and codes differ by module."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.errors import NotFound, NotNow, Rejected, Unauthorized, VendorError, VendorFailed
from provisioner.secrets import Secret
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.deepcall.settings import DeepcallSettings, account
from tests.vendors.deepcall.playing import REFERENCE, SSID, TOKEN, error, ok, session, settings

AGENT, GROUP, ROLE = ("/api/v2/Agent/update", "/api/v2/Group/update", "/api/v2/role/update")


def request(path: str = AGENT, **more: Any) -> Request:
    return Request("POST", path, json={"agentId": "2"}, **more)


def raised(answer: Answer, path: str = AGENT, **more: Any) -> VendorError:
    """What the session makes of the answer."""
    with pytest.raises(VendorError) as caught:
        session(**more).check(request(path), answer)
    return caught.value


def test_the_token_goes_into_every_body() -> None:
    """With the user, before what the request says; no header carries it."""
    signed = session().sign(request())

    assert signed.json == {"userId": "10000001", "token": TOKEN, "agentId": "2"}
    assert signed.headers == (("Content-Type", "application/json; charset=utf-8"),)


def test_a_session_goes_alone() -> None:
    """Beside it, a user would be refused (D-3)."""
    assert session(ssid=REFERENCE).sign(request()).json == {"ssid": SSID, "agentId": "2"}


@pytest.mark.parametrize(("given", "said"), [({"ssid": REFERENCE, "token": REFERENCE}, "two ways in"), ({}, "missing")])
def test_there_is_one_way_in(given: dict[str, Any], said: str) -> None:
    """Either of the two, and not both."""
    with pytest.raises(ValidationError, match=said):
        DeepcallSettings.model_validate({"vendor": "deepcall", "user_id": "1", **given})


def test_an_account_is_a_user_at_a_host() -> None:
    """The same for every spelling of the address, and for both ways in."""
    spelt = settings(url="HTTPS://V4-API.deepcall.com:443/", ssid=REFERENCE)

    assert account(settings()) == account(spelt) == "deepcall://v4-api.deepcall.com:443#10000001"
    assert account(settings(user_id="10000002")) != account(settings())


@pytest.mark.parametrize("code", [1002, 1014, 1020, 1039])
@pytest.mark.parametrize("path", [AGENT, GROUP, ROLE])
def test_nobody_is_let_in(code: int, path: str) -> None:
    """The codes about credentials mean the same in every module."""
    assert isinstance(raised(error(code), path), Unauthorized)


@pytest.mark.parametrize("code", [1009, 1010, 1032])
def test_what_broke_may_have_had_its_effect(code: int) -> None:
    """Neither a refusal nor a success: the engine repeats a read, and asks about a change."""
    assert isinstance(raised(error(code)), VendorFailed)


def test_busy_is_no_refusal() -> None:
    """The pauses are those of the settings."""
    found = raised(error(1501, "Data already in processing"), busy_pauses=[3.0])

    assert isinstance(found, NotNow)
    assert found.pauses == (3.0,)


def test_a_number_means_something_else_in_another_module() -> None:
    """1501 is busy at an agent, and a missing name at a group; 1503 is a role there, and an absence here."""
    assert isinstance(raised(error(1501), GROUP), Rejected)
    assert isinstance(raised(error(1501), ROLE), Rejected)
    assert isinstance(raised(error(1503), AGENT), Rejected)
    assert isinstance(raised(error(1503), GROUP), NotFound)


@pytest.mark.parametrize(("path", "code"), [(AGENT, 1507), (AGENT, 1509), (AGENT, 1526), (GROUP, 1503), (AGENT, 1003)])
def test_absence_is_an_answer_where_it_is_expected(path: str, code: int) -> None:
    """Else it is an error."""
    session().check(request(path, absent_ok=True), error(code))

    assert isinstance(raised(error(code), path), NotFound)


@pytest.mark.parametrize("code", [1512, 1523])
def test_a_taken_e_mail(code: int) -> None:
    """Both codes for it are refusals that name the field that is taken."""
    found = raised(error(code, "Email already exists"))

    assert isinstance(found, Rejected)
    assert found.taken == ("email",)


@pytest.mark.parametrize(
    ("code", "path"), [(1503, "role"), (1506, "parent"), (1510, "dest_value"), (1530, "working"), (1519, "call_pass")]
)
def test_a_refusal_names_our_field(code: int, path: str) -> None:
    """The code tells which one it is about."""
    found = raised(error(code))

    assert isinstance(found, Rejected)
    assert [fault.path for fault in found.faults] == [path]


def test_what_is_not_allowed_names_module_and_action() -> None:
    """The hint says what the user must be allowed."""
    found = raised(error(1015, "Permission denied"), GROUP)

    assert isinstance(found, Rejected)
    assert "`Group/update`" in str(found.hint)


@pytest.mark.parametrize("name", ["code", "errCode"])
@pytest.mark.parametrize("code", [1512, "1512"])
def test_the_code_stands_under_one_of_two_names(name: str, code: int | str) -> None:
    """As a number, or as digits (D-4)."""
    found = raised(error(code, name=name))

    assert isinstance(found, Rejected)
    assert found.taken == ("email",)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, "<html>"),
        Answer(200, ""),
        Answer(200, "[]"),
        Answer(200, "{}"),
        Answer(200, '{"status": "ok"}'),
        Answer(200, '{"code": 200}'),
        ok(status=201),
        Answer(204, ""),
    ],
)
def test_what_is_not_deepcall_s_proves_nothing(answer: Answer) -> None:
    """200 is no success by itself, and no other status is one at all (§5.2)."""
    assert isinstance(raised(answer), VendorFailed)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Unauthorized), (403, Unauthorized), (404, Rejected), (405, Rejected)]
)
def test_another_status_is_an_error_whatever_the_body_says(status: int, kind: type[VendorError]) -> None:
    """An unknown path is not an absent agent."""
    with pytest.raises(kind):
        session().check(request(absent_ok=True), ok(status=status))


def test_an_error_without_a_code_is_a_refusal() -> None:
    """Nothing was done, as far as DeepCall says."""
    assert isinstance(raised(Answer(200, '{"status": "error"}')), Rejected)


def test_a_message_is_quoted_without_the_token() -> None:
    """Neither the message of the error nor the words in it show the token."""
    found = raised(error(1014, f"no such token {TOKEN.reveal()}. "))

    assert "no such token …" in found.message
    assert TOKEN.reveal() not in found.message + found.words


def test_a_long_message_is_cut_after_its_secrets() -> None:
    """Else the half of one that stands at the cut would be shown."""
    password = Secret("portal-of-ana")
    asked = Request("POST", AGENT, json={"agentId": "2", "password": password})

    for secret in (TOKEN, password):
        with pytest.raises(Rejected) as caught:
            session().check(asked, error(1519, f"{'x' * 195} {secret.reveal()} is wrong"))
        assert caught.value.words == f"{'x' * 195} … is"
        assert secret.reveal()[:3] not in caught.value.message


@pytest.mark.parametrize(
    "body", ['{"status": "success", "response": [{"password": "hidden"}]}', '{"response": "hidden"', "hidden", "{}"]
)
def test_nothing_but_a_message_is_quotable(body: str) -> None:
    """Listings hold passwords that nobody here knows, so that nobody could redact them."""
    assert session().quotable(Answer(500, body)) == ""
    assert session().quotable(error(1032, "Internal error")) == "Internal error"
    assert Secret("hidden") not in session().redactions
