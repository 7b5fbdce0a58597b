"""How a connection gets in and signs, what each answer means; and that specs/fonouc.yaml agrees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.errors import NotFound, Rejected, Unauthorized, VendorError, VendorFailed
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.fonouc import VENDOR
from provisioner.vendors.fonouc.catalogue import BY_NAME
from provisioner.vendors.fonouc.session import FonoucSession
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.fonouc.playing import API_KEY, ENTITIES, PASSWORD, inside, log_in, session, settings

USERS = Request("GET", "/config/users")
ANSWER = {"user": {}, "access_token": "t0ken-1", "refresh_token": "r3fresh-1"}


def hold(entered: FonoucSession, request: Request) -> None:
    """Raises AssertionError where the request, encoded, is not one that the document describes."""
    sealed = seal(entered.base_url, request, connection="pbx")
    headers = dict(sealed.headers)
    path = sealed.url.removeprefix("https://pbx.example.com:9443/api/v2")
    check_request(
        load("fonouc"), sealed.method, path, {}, sealed.content, headers.get("content-type", ""), headers=headers
    )


@pytest.mark.parametrize("way", ["login", "api_key"])
@pytest.mark.parametrize("kind", ENTITIES)
def test_every_listing_is_as_described(kind: str, way: str) -> None:
    """With either way in, against the document that the simulator is held against too."""
    entered = inside() if way == "login" else session("api_key")
    (request,) = next(entered.adapter(kind).find_all())

    hold(entered, entered.sign(request))


def test_the_log_in_is_as_described() -> None:
    """Name, password and tenant as JSON, without any credential in the headers (§3)."""
    entering = session()
    request = log_in(entering, ANSWER)

    hold(entering, request)
    assert json.loads(seal("", request, connection="pbx").content or b"") == {
        "username": "provision@example.com",
        "password": PASSWORD.reveal(),
        "domain": "exampletenant",
    }
    assert request.headers == ()


@pytest.mark.parametrize("kind", ENTITIES)
def test_the_examples_are_as_described(kind: str) -> None:
    """What the other tests read is what the document allows."""
    name = {"agents": "User", "queues": "Queue"}[kind]

    assert load("fonouc").violations(f"/components/schemas/{name}", ENTITIES[kind]) == []
    assert BY_NAME[kind].entity(ENTITIES[kind]).unseen == frozenset()


@pytest.mark.parametrize("name", ["access_token", "accessToken"])
def test_the_token(name: str) -> None:
    """By either name (F3), in every request, beside the account's id (F1)."""
    entered = session()
    log_in(entered, {name: "t0ken-1"})

    headers = dict(seal("", entered.sign(USERS), connection="pbx").headers)

    assert (headers["authorization"], headers["x-account-id"]) == ("Bearer t0ken-1", "0f" * 16)


def test_the_last_token_counts() -> None:
    """The one before may still be good, so it stays hidden, too."""
    entered = inside()
    log_in(entered, {"access_token": "t0ken-2"})

    headers = dict(seal("", entered.sign(USERS), connection="pbx").headers)

    assert headers["authorization"] == "Bearer t0ken-2"
    assert [secret.reveal() for secret in entered.redactions] == [PASSWORD.reveal(), "t0ken-1", "t0ken-2"]


def test_an_api_key_needs_no_log_in() -> None:
    """It travels beside the account's id (F2)."""
    entered = session("api_key")

    headers = dict(seal("", entered.sign(USERS), connection="pbx").headers)

    assert list(entered.log_in()) == []
    assert (headers["x-api-key"], headers["x-account-id"]) == (API_KEY.reveal(), "0f" * 16)
    assert "authorization" not in headers


@pytest.mark.parametrize("body", ["<html>", "{}", '{"access_token": ""}', '{"access_token": 7}', "[]"])
def test_a_log_in_without_a_token(body: str) -> None:
    """It is no refusal: the server may mean another path (F3)."""
    going = session().log_in()
    next(going)

    with pytest.raises(VendorFailed, match="holds no token"):
        going.send(Answer(200, body))


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/config/users", 401, Unauthorized),
        ("/config/users", 403, Unauthorized),
        ("/config/users", 404, NotFound),
        ("/config/users", 400, Rejected),
        ("/login", 401, Unauthorized),
        ("/login", 400, Unauthorized),
        ("/login", 404, NotFound),
    ],
)
@pytest.mark.parametrize("body", ["No.\n", '{"message": "No."}', '{"error": "No."}'])
def test_what_a_refusal_means(path: str, status: int, kind: type[VendorError], body: str) -> None:
    """In plain text, or as JSON's ``message`` or ``error``; a log-in that is refused may answer 400 (F9)."""
    with pytest.raises(kind, match=f"status {status}: No$"):
        inside().check(Request("GET", path), Answer(status, body))


def test_a_refusal_shows_no_secret() -> None:
    """Whatever the server says back."""
    entered = inside()
    body = "x" * 190 + f" {PASSWORD.reveal()} t0ken-1"

    with pytest.raises(Rejected) as caught:
        entered.check(USERS, Answer(400, body))

    assert PASSWORD.reveal()[:6] not in caught.value.message
    assert "t0ken" not in caught.value.message + repr(entered.sign(USERS))


@pytest.mark.parametrize(
    "given",
    [
        {"domain": None},
        {"api_key": None, "way": "login"},
        {"way": "api_key", "username": "x"},
        {"account_id": "has space"},
        {"envelope": ""},
        {"paths": {"users": "/users"}},
    ],
)
def test_settings_that_are_no_good(given: dict[str, Any]) -> None:
    """One way in, and all of it (F9b)."""
    with pytest.raises(ValidationError):
        settings(**given)


@pytest.mark.parametrize(
    ("given", "account"),
    [
        ({}, "fonouc://pbx.example.com:9443/api/v2#" + "0f" * 16),
        ({"url": "https://PBX.example.com:9443/api/v2/"}, "fonouc://pbx.example.com:9443/api/v2#" + "0f" * 16),
        ({"account_id": "b" * 32}, "fonouc://pbx.example.com:9443/api/v2#" + "b" * 32),
    ],
)
def test_the_account(given: dict[str, Any], account: str) -> None:
    """A server may have many; the user who logs in does not matter."""
    assert VENDOR.account(settings(**given)) == account
