"""What a connection may say, which account it leads to, and that every assumption can be set otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.values import VendorId
from provisioner.vendors.answers import about
from provisioner.vendors.base import Request
from provisioner.vendors.eq import VENDOR
from provisioner.vendors.eq.catalogue import BY_NAME
from provisioner.vendors.eq.settings import account
from tests.vendors.eq.playing import (
    AGENT,
    EXTENSION,
    KEY,
    QUEUE,
    SECRETS,
    VALUES,
    adapter,
    change,
    data,
    ok,
    read,
    session,
    settings,
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://pbx.example.com/eq/api/2.0", "eq://pbx.example.com:80/eq/api/2.0"),
        ("HTTP://PBX.Example.COM:80/eq/api/2.0/", "eq://pbx.example.com:80/eq/api/2.0"),
        ("https://pbx.example.com/eq/api/2.0", "eq://pbx.example.com:443/eq/api/2.0"),
        ("http://127.0.0.1:8080/EQ/", "eq://127.0.0.1:8080/EQ"),
        ("http://pbx", "eq://pbx:80"),
        ("http://[::1]:8080/eq", "eq://[::1]:8080/eq"),
    ],
)
def test_one_account_has_one_name(url: str, expected: str) -> None:
    assert account(settings(url=url)) == expected


def test_the_base_url_ends_without_a_slash() -> None:
    assert session(url="http://pbx.example.com/eq/").base_url == "http://pbx.example.com/eq"


@pytest.mark.parametrize(
    "url",
    [
        "pbx.example.com/eq",
        "ftp://pbx.example.com/eq",
        "http://",
        "http://user:secret@pbx.example.com/eq",
        "http://pbx.example.com/eq?auth_key=1",
        "http://pbx.example.com/eq#x",
        "http://pbx.example.com:port/eq",
        "http://pbx.example.com:99999/eq",
        "http://[::1/eq",
        7,
    ],
)
def test_a_url_that_cannot_be_a_base_is_refused(url: object) -> None:
    with pytest.raises(ValidationError):
        settings(url=url)


def test_the_key_is_given_by_reference_only() -> None:
    with pytest.raises(ValidationError):
        settings(api_key="eq-key-1")


def test_four_requests_at_a_time_unless_said_otherwise() -> None:
    """Also where only another limit is set."""
    assert settings().limits.concurrency == 4
    assert settings(limits={"requests_per_second": 20}).limits.concurrency == 4
    assert settings(limits={"concurrency": 12}).limits.concurrency == 12
    assert (settings().timeout, settings(timeout=5).timeout, settings(retries=0).retries) == (30.0, 5, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limits": {"concurrency": 0}},
        {"scan": {"gap": 0}},
        {"scan": {"ranges": {"queues": ["400-"]}}},
        {"scan": {"ranges": {"queues": ["599-400"]}}},
        {"scan": {"ranges": {"queues": ["1-100001"]}}},
        {"scan": {"ranges": {"agents": ["1-2"]}}},
        {"methods": {"delete": "GET"}},
        {"paths": {"agents": "/agents"}},
        {"paths": {"agent": "agents"}},
        {"paths": {"agent": "/agents/"}},
        {"item_style": "matrix"},
        {"defaults": {"alerts": {"threshold": 5}}},
        {"defaults": {"agents": {"number": "1"}}},
        {"defaults": {"extensions": {"sip": {"secret": "x"}}}},
        {"defaults": {"queues": {"weight": 11}}},
        {"defaults": {"queues": {"shoe_size": 11}}},
        {"on_behalf_of_supervisor": 3},
    ],
)
def test_what_has_no_meaning_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_a_wrong_default_is_named() -> None:
    with pytest.raises(ValidationError, match="`weight` of queues: Input should be less than or equal to 10"):
        settings(defaults={"queues": {"weight": 11}})


# --- A key in every request ---------------------------------------------------------------------------------------


def test_the_key_comes_first_in_the_query() -> None:
    undelete = session().sign(next(adapter("agents").undelete(VendorId("12"))))

    assert undelete.query == (("auth_key", KEY), ("undelete", "1"))


def test_the_key_can_travel_in_the_body() -> None:
    """A GET has none, so there it stays in the query."""
    connected = session(auth_location="body")
    create, _ = change(adapter("pause_codes").create({"name": "Lunch"}), ok(1))
    (get,) = next(adapter("agents").read(VendorId("12")))

    assert connected.sign(create).form == {"auth_key": KEY, "data": {"name": "Lunch"}}
    assert connected.sign(next(adapter("agents").delete(VendorId("12")))).form == {"auth_key": KEY}
    assert connected.sign(get).query == (("auth_key", KEY),)
    assert connected.sign(create).query == ()


# --- Each assumption otherwise ------------------------------------------------------------------------------------


def requests(**given: Any) -> dict[str, Request]:
    """One request of each call, under those settings."""
    agents = adapter("agents", **given)
    (get,) = next(agents.read(VendorId("12")))
    whole = {**AGENT, **SECRETS["agents"]}
    return {
        "get": get,
        "create": next(agents.create(whole)),
        "update": next(agents.update(VendorId("12"), whole, frozenset({"email"}))),
        "delete": next(agents.delete(VendorId("12"))),
        "undelete": next(agents.undelete(VendorId("12"))),
    }


def test_paths_can_be_set() -> None:
    calls = requests(paths={"agent": "/users/agents"})

    assert {request.path for request in calls.values()} == {"/users/agents", "/users/agents/12"}


def test_an_error_finds_its_kind_under_a_path_that_continues_another() -> None:
    connected = session(paths={"agent": "/user", "supervisor": "/user/supervisor"})

    assert about(Request("POST", "/user/supervisor"), connected._by_path) is BY_NAME["supervisors"]
    assert about(Request("PUT", "/user/12"), connected._by_path) is BY_NAME["agents"]


def test_items_can_be_named_in_the_query() -> None:
    calls = requests(item_style="query")
    queue = next(adapter("queues", item_style="query").undelete(VendorId("500")))

    assert {request.path for request in calls.values()} == {"/agent"}
    assert calls["get"].query == (("id", "12"),)
    assert session().sign(queue).query == (("auth_key", KEY), ("extension", "500"), ("undelete", "1"))


def test_methods_can_be_set() -> None:
    methods = {"get": "POST", "create": "PUT", "update": "POST", "delete": "POST", "undelete": "DELETE"}

    assert {call: request.method for call, request in requests(methods=methods).items()} == methods


def test_bodies_can_be_json() -> None:
    create = requests(body_encoding="json")["create"]

    assert create.form is None
    assert create.json["data"]["number"] == "1001"
    signed = session(auth_location="body").sign(create)
    assert list(signed.json) == ["auth_key", "data"]


def test_answers_can_be_wrapped() -> None:
    wrapped = adapter("agents", response_envelope="data")
    shown = {**BY_NAME["agents"].to_wire({**AGENT, "password": "x"}, create=True), "id": 12, "deleted": True}

    entity = read(wrapped.read(VendorId("12")), ok({"data": shown}))
    _, made = change(wrapped.create({**AGENT, **SECRETS["agents"]}), ok({"data": 12}))

    assert entity is not None
    assert (entity.deleted, made) == (True, "12")


def test_returned_attributes_can_be_named_otherwise() -> None:
    """Read-only ones and nested ones among them; what is sent keeps the documented names."""
    names = {"emailAddress": "mail.address", "deleted": "isDeleted", "id": "userId"}
    renamed = adapter("agents", field_map={"agents": names})
    shown = {"userId": 12, "number": "1001", "firstName": "Jane", "lastName": "Roe", "language": "en", "isDeleted": 1}

    entity = read(renamed.read(VendorId("12")), ok({**shown, "mail": {"address": "jane@acme.example"}}))

    assert entity is not None
    assert (entity.attributes, entity.deleted) == (AGENT, True)
    sent, _ = change(renamed.update(VendorId("12"), AGENT, frozenset({"email"})), ok())
    assert "emailAddress" in data(sent)


def test_defaults_can_be_set() -> None:
    """In our words; they count for a create only, and what is declared comes first."""
    queues = adapter(
        "queues", defaults={"queues": {"ring_strategy": "rrmemory", "agent_restrictions": "extensions_only"}}
    )
    bare = {"extension": "500", "name": "Support", "type": "inbound", "agent_restrictions": "call_as_dialed"}

    sent, _ = change(queues.create(bare), ok("500"))

    assert (data(sent)["ringStrategy"], data(sent)["agentRestrictions"]) == ("rrmemory", 0)
    partial = {path: value for path, value in QUEUE.items() if path != "ring_strategy"}
    with pytest.raises(Exception, match="`ring_strategy`"):
        next(queues.update(VendorId("500"), partial, frozenset()))


def test_nested_defaults_do_not_make_a_mailbox() -> None:
    """They say what a mailbox has that somebody declares."""
    given = {"extensions": {"recording": {"on_demand": True}, "voicemail": {"context": "sales"}}}
    extensions = adapter("extensions", defaults=given)
    bare = {"extension": "1001", "name": "Desk"}

    without, _ = change(extensions.create(bare), ok("1001"))
    with_one, _ = change(extensions.create({**bare, "voicemail.email": "a@b.example"}), ok("1001"))

    assert data(without)["recording"]["onDemand"] is True
    assert data(without)["voicemail"] is None
    assert data(with_one)["voicemail"]["context"] == "sales"


# --- The vendor ---------------------------------------------------------------------------------------------------


def test_the_vendor_offers_six_kinds() -> None:
    assert VENDOR.name == "eq"
    assert list(VENDOR.kinds) == ["supervisors", "agents", "queues", "pause_codes", "extensions", "alerts"]
    assert VENDOR.account(settings()) == "eq://pbx.example.com:80/eq/api/2.0"


@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_every_call_has_a_source(kind: str) -> None:
    """What no document says, the vendor cannot do."""
    offer = VENDOR.kinds[kind]

    assert set(offer.sources) == set(offer.calls)
    assert all(source.startswith("specs/eq.yaml, ") for source in offer.sources.values())


def test_samples_are_valid_declarations() -> None:
    """The values that these tests use are such as a manifest could hold."""
    assert VENDOR.kinds["queues"].fields.model_validate(QUEUE).model_dump(exclude_unset=True) == QUEUE
    assert set(EXTENSION) < set(VENDOR.kinds["extensions"].specs)
    assert set(VALUES) == set(VENDOR.kinds)
