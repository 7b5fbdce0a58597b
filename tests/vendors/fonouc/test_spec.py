"""Every request of the adapter, as it goes out, against the document that the simulator is held against too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from provisioner.values import VendorId
from provisioner.vendors.fonouc.runtime import LOGGED_IN
from provisioner.vendors.fonouc.session import FonoucSession
from provisioner.vendors.requests import Answer, Request
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.fonouc.playing import inside, session

BASE = "https://pbx.example.com:9443/api/v2"
QUEUE, USER = VendorId("11111111-2222-4333-8444-555555555555"), VendorId("f" * 32)
STATUS = [{"id": QUEUE, "name": "support", "agents": [{"id": USER, "logged_in": False}]}]


def hold(request: Request, signing: FonoucSession | None = None) -> None:
    """Raises AssertionError where the request, signed if it is to be, is not one that the document describes."""
    sealed = seal(BASE, signing.sign(request) if signing else request, connection="pbx")
    parts = urlsplit(sealed.url)
    headers: Mapping[str, str] = dict(sealed.headers)
    check_request(
        load("fonouc"),
        sealed.method,
        parts.path.removeprefix("/api/v2"),
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        sealed.content,
        headers.get("content-type", "application/json"),
        headers,
    )


def test_the_log_in_is_as_described() -> None:
    """User, password and tenant, as JSON."""
    hold(session().entry())


@pytest.mark.parametrize("way", ["login", "api_key"])
@pytest.mark.parametrize("kind", ["agents", "queues"])
def test_every_question_is_as_described(kind: str, way: str) -> None:
    """The listing, who is logged in, and who is in use; with a token or a key."""
    signing = inside() if way == "login" else session(way)
    adapter = signing.adapter(kind)

    (listing,) = next(adapter.find_all())
    (status,) = next(adapter.in_use([QUEUE]))

    hold(listing, signing)
    hold(status, signing)


def test_the_calls_are_as_described() -> None:
    """Asked once the names of the queues are known."""
    asking = inside().adapter("queues").in_use([QUEUE])
    next(asking)
    (calls,) = asking.send([Answer(200, json.dumps(STATUS))])

    hold(calls, inside())
    assert calls.path == "/callcenter/queues/calls"


@pytest.mark.parametrize("state", [True, False])
def test_a_switch_is_as_described(state: bool) -> None:  # noqa: FBT001 (a parameter)
    """`queueID` with its capitals, and no body (§5.1)."""
    wanted = {LOGGED_IN: [{"agent": USER, "logged_in": state}]}
    switching = inside().adapter("queues").update(QUEUE, wanted, frozenset({LOGGED_IN}))
    next(switching)
    status = [{**STATUS[0], "agents": [{"id": USER, "logged_in": not state}]}]
    request = switching.send(Answer(200, json.dumps(status)))

    hold(request, inside())
    assert (request.query, request.json, request.form) == ((("queueID", QUEUE),), None, None)
