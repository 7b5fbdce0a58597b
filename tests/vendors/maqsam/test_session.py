"""How a connection signs, what each answer means, which account it leads to; and that specs/maqsam.yaml agrees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.errors import NotFound, Rejected, Unauthorized, VendorError
from provisioner.vendors.base import Answer
from provisioner.vendors.maqsam import VENDOR
from provisioner.vendors.maqsam.agents import from_wire
from provisioner.vendors.maqsam.listing import page
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.maqsam.playing import ANA, SECRET, session, settings

BASE = "https://api.maqsam.com"


@pytest.mark.parametrize("number", [1, 2, 1000])
def test_every_request_is_as_described(number: int) -> None:
    """Path and credentials, against the document that the simulator is held against too."""
    sealed = seal(session().base_url, session().sign(page(number)), connection="voice")

    assert sealed.url.startswith(BASE)
    path = sealed.url.removeprefix(BASE)
    check_request(load("maqsam"), sealed.method, path, {}, sealed.content, headers=dict(sealed.headers))


def test_the_key_travels_as_basic() -> None:
    """``key-1:maqsam-s3cret`` (§1)."""
    signed = session().sign(page(1))

    (name, value), *more = signed.headers
    assert (name, more) == ("Authorization", [])
    assert not isinstance(value, str)
    assert value.reveal() == "Basic a2V5LTE6bWFxc2FtLXMzY3JldA=="
    assert "a2V5" not in repr(signed)


@pytest.mark.parametrize(
    "changes",
    [{"identifier": 1001}, {"groups": None}, {"groups": "A, B"}, {"groups": [{"name": "A"}]}, {"state": "Busy"}],
)
def test_every_described_form_is_read_whole(changes: dict[str, Any]) -> None:
    """What the document allows leaves nothing unknown."""
    agent = {**ANA, **changes}

    assert load("maqsam").violations("/components/schemas/Agent", agent) == []
    assert from_wire(agent, "auto").unseen == frozenset()


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Unauthorized), (403, Unauthorized), (404, NotFound), (400, Rejected), (422, Rejected)]
)
def test_what_a_refusal_means(status: int, kind: type[VendorError]) -> None:
    """With Maqsam's words and the request's id, by which its support finds it (§3.2)."""
    answer = Answer(status, json.dumps({"error": True, "message": "Unauthorized"}), {"x-request-id": "r-17"})

    with pytest.raises(kind, match=rf"status {status}: Unauthorized \(request r-17\)"):
        session().check(page(1), answer)


def test_a_refusal_shows_no_secret() -> None:
    """A proxy may say the header back."""
    basic = session().redactions[1].reveal()

    with pytest.raises(Rejected) as caught:
        session().check(page(1), Answer(400, "x" * 150 + f" Basic {basic} {SECRET.reveal()}"))

    assert basic[:8] not in caught.value.message
    assert SECRET.reveal()[:6] not in caught.value.message


def test_a_success_is_none() -> None:
    """Nothing is raised."""
    session().check(page(1), Answer(200, "{}"))


@pytest.mark.parametrize(
    ("given", "account"),
    [
        ({}, "maqsam://api.maqsam.com:443"),
        ({"url": "https://API.maqsam.com/"}, "maqsam://api.maqsam.com:443"),
        ({"access_key_id": "another"}, "maqsam://api.maqsam.com:443"),
        ({"account": "madrid"}, "maqsam://api.maqsam.com:443#madrid"),
        ({"url": "https://api.other.example:8443"}, "maqsam://api.other.example:8443"),
    ],
)
def test_the_account(given: dict[str, Any], account: str) -> None:
    """A new access key leads to the same account; two on one host are told apart by a name."""
    assert VENDOR.account(settings(**given)) == account


@pytest.mark.parametrize(
    "given",
    [{"page_size": 0}, {"page_size": 101}, {"access_key_id": "a:b"}, {"groups_format": "csv"}, {"url": "maqsam.com"}],
)
def test_settings_that_are_no_good(given: dict[str, Any]) -> None:
    """A colon ends the user's name in HTTP Basic."""
    with pytest.raises(ValidationError):
        settings(**given)
