"""Who gets an answer from FonoUC, and what refusals look like: FonoUC fact sheet §3, §6 and its register."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.server import find, running
from tests.simulators.clients import FonoucClient

READS = ("/config/users", "/config/queues", "/callcenter/queues/status", "/callcenter/queues/calls")
NO_TOKEN = "Authentication token is invalid"


def by_key(fonouc: FonoucClient, **changes: str) -> dict[str, str]:
    return {"X-API-Key": fonouc.known["api_key"], "X-Account-ID": fonouc.known["account_id"], **changes}


def test_logging_in(fonouc: FonoucClient) -> None:
    """A token under ``access_token``, another to refresh with, and a user who tells no account id (F1, F3)."""
    answer = fonouc.log_in().json()

    assert set(answer) == {"user", "access_token", "refresh_token"}
    assert len({answer["access_token"], answer["refresh_token"], fonouc.token}) == 3
    assert fonouc.known["account_id"] not in str(answer["user"])


@pytest.mark.parametrize(
    "changes",
    [
        {"username": "nobody@example.com"},
        {"password": "wrong"},
        {"domain": "pbx.example.com"},
        {"password": "\u00e9"},
    ],
)
def test_wrong_credentials(fonouc: FonoucClient, changes: dict[str, str]) -> None:
    """401 (F9), or 400 where that is set; ``domain`` is the tenant, not the host."""
    statuses = []
    for status in (401, 400):
        fonouc.control.settings(wrong_credentials=status)
        response = fonouc.log_in(**changes)
        statuses.append(response.status_code)
        assert response.headers["content-type"].startswith("text/plain")

    assert statuses == [401, 400]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[" * 100_000, b"{}", b'{"username": "a", "password": "b"}', b"username=a&password=b&domain=c"],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_log_in_that_is_none(fonouc: FonoucClient, body: bytes, content_type: str) -> None:
    """400: not JSON, or not all that is required (§3)."""
    response = fonouc.call("POST", "/login", headers={"Content-Type": content_type}, content=body)

    assert response.status_code == 400


@pytest.mark.parametrize("value", ["", None, 5, ["a"]])
@pytest.mark.parametrize("name", ["username", "password", "domain"])
def test_what_a_log_in_requires(fonouc: FonoucClient, name: str, value: Any) -> None:
    """All three are texts and none is empty (§3)."""
    assert fonouc.log_in(**{name: value}).status_code == 400


def test_the_other_name_of_the_token(fonouc: FonoucClient) -> None:
    """Some clients have met ``accessToken`` (F3)."""
    fonouc.control.settings(token_name="accessToken")

    answer = fonouc.log_in().json()

    assert "access_token" not in answer
    fonouc.token = answer["accessToken"]
    assert fonouc.get("/config/users") == []


@pytest.mark.parametrize("path", READS)
def test_a_token_lasts_an_hour(fonouc: FonoucClient, path: str) -> None:
    """3,600 s (F11); then 401 with the observed words, until somebody logs in again."""
    fonouc.control.settings(clock_ahead=3590)
    before = fonouc.call("GET", path).status_code

    fonouc.control.settings(clock_ahead=3600)
    late = fonouc.call("GET", path)
    fonouc.renew()

    assert (before, late.status_code, late.text) == (200, 401, NO_TOKEN)
    assert fonouc.call("GET", path).status_code == 200


def test_tokens_end_when_a_person_ends_them(fonouc: FonoucClient) -> None:
    """All at once, or one by its end; one log-in does not end another."""
    first = fonouc.token
    fonouc.renew()
    tokens = fonouc.control.settings()["tokens"]
    fonouc.control.settings(tokens={**tokens, first: {**tokens[first], "expires_at": 0}})

    one_ended = [
        fonouc.call("GET", "/config/users", headers=headers_of(fonouc, each)) for each in (first, fonouc.token)
    ]
    fonouc.control.settings(tokens={})

    assert [each.status_code for each in one_ended] == [401, 200]
    assert fonouc.call("GET", "/config/users").status_code == 401


def headers_of(fonouc: FonoucClient, token: str) -> dict[str, str]:
    return {**fonouc.headers(), "Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic {token}", "{token}"])
@pytest.mark.parametrize("path", READS)
def test_no_token_no_answer(fonouc: FonoucClient, path: str, authorization: str | None) -> None:
    """Missing, malformed and wrong ones alike (F9)."""
    headers = {"X-Account-ID": fonouc.known["account_id"]}
    if authorization is not None:
        headers["Authorization"] = authorization.format(token=fonouc.token)

    response = fonouc.call("GET", path, headers=headers)

    assert (response.status_code, response.text) == (401, NO_TOKEN)


@pytest.mark.parametrize("account", [None, "", "0" * 32])
@pytest.mark.parametrize("path", READS)
def test_no_account_no_answer(fonouc: FonoucClient, path: str, account: str | None) -> None:
    """400, with a token as with a key (F9, F9a); a bad token is said first."""
    given = {} if account is None else {"X-Account-ID": account}
    token, key = {"Authorization": f"Bearer {fonouc.token}"}, {"X-API-Key": fonouc.known["api_key"]}

    statuses = [fonouc.call("GET", path, headers={**given, **each}).status_code for each in (token, key, {})]

    assert statuses == [400, 400, 401]


@pytest.mark.parametrize("path", READS)
def test_a_key_needs_no_log_in(fonouc: FonoucClient, path: str) -> None:
    """It opens everything and does not expire (F2); a wrong one is a bad token's 401."""
    fonouc.control.settings(tokens={}, clock_ahead=100_000)

    good = fonouc.call("GET", path, headers=by_key(fonouc))
    bad = fonouc.call("GET", path, headers=by_key(fonouc, **{"X-API-Key": "wrong"}))

    assert (good.status_code, bad.status_code, bad.text) == (200, 401, NO_TOKEN)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/login"),
        ("POST", "/config/login"),
        ("POST", "/login/refresh"),
        ("POST", "/config/users"),
        ("DELETE", "/config/users/by_username/ana@example.com"),
        ("GET", "/config/users/3ad06bab76fb568dbac65af2ea1b25b1"),
        ("PUT", "/config/queues"),
        ("PATCH", "/config/queues/0435ebfc-3279-5a87-8212-86a6d46e7eee"),
        ("GET", "/config/campaigns"),
        ("GET", "/config/users/"),
        ("POST", "/callcenter/queues/status"),
        ("POST", "/callcenter/admin/agent/1/login"),
        ("PUT", "/callcenter/admin/agent/1"),
        ("PUT", "/callcenter/admin/agent/1/login/2"),
        ("GET", "/"),
        ("GET", ""),
    ],
)
def test_every_other_call_is_404(fonouc: FonoucClient, method: str, path: str) -> None:
    """With a text, whoever asks; the observed writes are among them unless they are switched on (F12)."""
    before = fonouc.control.snapshot()

    responses = [fonouc.raw(method, path, headers=each, json={}) for each in (fonouc.headers(), {})]

    assert [(each.status_code, bool(each.text)) for each in responses] == [(404, True)] * 2
    assert all(each.headers["content-type"].startswith("text/plain") for each in responses)
    assert fonouc.control.snapshot() == before


def test_the_api_is_below_its_prefix(fonouc: FonoucClient) -> None:
    """One client asks without ``/api/v2``; the seed's form is the one that works (§5.2)."""
    fonouc.get("/callcenter/queues/status")

    bare = httpx.get(f"{fonouc.simulator.url}/callcenter/queues/status", headers=fonouc.headers(), trust_env=False)

    assert bare.status_code == 404


@pytest.mark.parametrize("form", ["message", "error"])
def test_errors_as_json(fonouc: FonoucClient, form: str) -> None:
    """The sheet only assumes that errors are text (F9): JSON with either name can be switched on."""
    fonouc.control.settings(errors_as=form)

    response = fonouc.call("GET", "/config/users", headers={})

    assert (response.status_code, response.json()) == (401, {form: NO_TOKEN})


def test_the_log_shows_no_secret(fonouc: FonoucClient) -> None:
    """Neither the password of a log-in nor a token; a body that cannot be read is not shown at all."""
    fonouc.log_in()
    fonouc.get("/config/users")
    fonouc.raw("POST", "/login", content=b"password=abc")
    fonouc.raw("POST", "/login", content=b'["abc"]')

    entries = fonouc.control.log()

    assert entries[0]["data"] == {
        "username": "provision@example.com",
        "password": "***",
        "domain": "exampletenant",
    }
    assert [each["data"] for each in entries[1:]] == [None, "***", "***"]
    assert fonouc.token not in str(entries)


def test_credentials_that_were_given() -> None:
    """They are told under a connection's names (F9b), and the URL is whole; an unknown name is refused."""
    with running(find("fonouc"), credentials={"api_key": "other"}) as simulator:
        assert list(simulator.credentials) == ["domain", "account_id", "username", "password", "api_key"]
        assert simulator.credentials["api_key"] == "other"
        assert simulator.base_url == f"{simulator.url}/api/v2"
    with (
        pytest.raises(ProvisionerError, match="no credential `token`"),
        running(find("fonouc"), credentials={"token": "x"}),
    ):
        pass
