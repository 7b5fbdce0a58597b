"""What a user's and a queue's JSON means (§4), and which answers are no evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.errors import VendorFailed
from provisioner.values import nest
from provisioner.vendors.base import Call
from provisioner.vendors.fields import Mark
from provisioner.vendors.fonouc import VENDOR
from provisioner.vendors.fonouc.agents import Agent
from provisioner.vendors.fonouc.catalogue import BY_NAME, KINDS
from provisioner.vendors.fonouc.queues import Queue
from provisioner.vendors.fonouc.runtime import LOGGED_IN
from tests.vendors.fonouc.playing import ENTITIES, QUEUE, USER, listed

DECLARED: dict[str, dict[str, Any]] = {
    "agents": {
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": "Example",
        "presence_id": "1001",
        "enabled": True,
        "is_agent": True,
        "has_cellphones": False,
        "level": "user",
        "role": "user",
        "feature_plan": "",
        "tags": ["night", "vip"],
    },
    "queues": {
        "name": "support",
        "max_wait_time": 180,
        "ring_strategy": "simultaneous",
        "wrap_up_time": 1,
        "agent_timeout": 20,
        "moh": "0123456789abcdef0123456789abcdef",
        "outbound_calls": True,
        "call_only_if_registered_agents": False,
        "is_disposition_mandatory": True,
        "auto_answer": False,
        "skills_routing": False,
        "disable_call_rating": False,
        "call_screen_recording": False,
        "ai_assist": False,
        "extensions": [{"extension": "7000", "prepend": "", "emergency_mode": False}],
        "dids": [{"did": "+15550100", "prepend": "", "emergency_mode": False}],
        "pre_connect": [],
        "crm.enabled": False,
        "csat.callflow": "",
        "csat.direction": "",
        "csat.note": "",
    },
}


@pytest.mark.parametrize("kind", ENTITIES)
def test_the_sheets_example(kind: str) -> None:
    """Every field in our names, units and order."""
    entity = BY_NAME[kind].entity(ENTITIES[kind])

    attributes = {path: value for path, value in entity.attributes.items() if path != "agents"}
    assert attributes == DECLARED[kind]
    assert entity.unseen == frozenset()


@pytest.mark.parametrize(("kind", "model"), [("agents", Agent), ("queues", Queue)])
def test_what_is_read_can_be_declared(kind: str, model: type[Agent] | type[Queue]) -> None:
    """Neither the model nor the reading spells anything of its own."""
    declared = model.model_validate(nest(DECLARED[kind]))

    assert declared.model_dump(exclude_unset=True) == nest(DECLARED[kind])


@pytest.mark.parametrize("kind", ENTITIES)
def test_every_field_of_the_offer_is_read(kind: str) -> None:
    """And only those; the maps around them are no fields of their own, and who is logged in is asked for apart."""
    leaves = {path for path in VENDOR.kinds[kind].specs if path not in ("crm", "csat", LOGGED_IN)}

    assert {attribute.path for attribute in BY_NAME[kind].attributes} == leaves


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, entity in ENTITIES.items() for name in entity if name != "id"],
)
def test_a_missing_field_is_unknown(kind: str, name: str) -> None:
    """Neither null nor false; whatever else is there is read."""
    entity = BY_NAME[kind].entity({key: value for key, value in ENTITIES[kind].items() if key != name})

    whole = BY_NAME[kind].entity(ENTITIES[kind])
    assert entity.attributes.keys() | entity.unseen == whole.attributes.keys()
    assert not entity.attributes.keys() & entity.unseen


def test_what_no_document_names_is_ignored() -> None:
    """Clients have met a ``username`` (§4.1)."""
    assert BY_NAME["agents"].entity({**USER, "username": "ana"}) == BY_NAME["agents"].entity(USER)


@pytest.mark.parametrize(("number", "unit", "seconds"), [(3, "minutes", 180), (90, "seconds", 90), (1, "hours", 3600)])
def test_the_longest_wait_in_seconds(number: int, unit: str, seconds: int) -> None:
    """As every vendor's is."""
    queue = {**QUEUE, "max_time_caller_remains": number, "max_time_caller_remains_unit": unit}

    assert BY_NAME["queues"].entity(queue).attributes["max_wait_time"] == seconds


def test_an_unknown_unit_is_not_guessed_at() -> None:
    """The wait is unknown then (§4.2 names minutes alone)."""
    assert BY_NAME["queues"].entity({**QUEUE, "max_time_caller_remains_unit": "moons"}).unseen == {"max_wait_time"}


def test_numbers_are_compared_in_any_order() -> None:
    """By number, on both sides (§7.5); what a manifest leaves out is as in the document's example."""
    wire = [{"extension": "7002", "prepend": "x", "emergency_mode": True}, *QUEUE["extensions"]]
    written = [{"extension": "7000"}, {"extension": "7002", "prepend": "x", "emergency_mode": True}]

    live = BY_NAME["queues"].entity({**QUEUE, "extensions": wire}).attributes["extensions"]

    assert Queue.model_validate({"name": "support", "extensions": written}).extensions == live
    assert Queue.model_validate({"name": "support", "extensions": written[::-1]}).extensions == live


def test_what_is_played_keeps_its_order() -> None:
    """Which may count (F10)."""
    played = [{"type": "every", "action": "play_file", "media_id": media, "time": 30} for media in ("b", "a")]

    assert BY_NAME["queues"].entity({**QUEUE, "pre_connect": played}).attributes["pre_connect"] == played
    assert Queue.model_validate({"name": "support", "pre_connect": played}).pre_connect == played


def test_addresses_that_may_hold_secrets_are_not_read() -> None:
    """Neither of the customer system nor of what follows a call (§4.2)."""
    queue = {
        **QUEUE,
        "crm": {"enabled": True, "url": "https://crm.example/?key=s3cret"},
        "after_call_actions_list": [{"api_request": {"url": "https://x.example/s3cret"}}],
    }

    assert "s3cret" not in repr(BY_NAME["queues"].entity(queue))


@pytest.mark.parametrize(
    "extensions",
    [[{"extension": "7000"}, {"extension": "7000"}], [{"extension": "x"}], [{"number": "7000"}], [{}], ["7"]],
)
def test_numbers_that_are_no_good(extensions: Any) -> None:
    """Each once, and nothing that the vendor does not know."""
    with pytest.raises(ValidationError):
        Queue.model_validate({"name": "support", "extensions": extensions})


def test_nothing_that_lasts_can_be_written() -> None:
    """Each field is for a person to set, but for who is logged in right now (§2, §7.2)."""
    assert [kind.offer.calls for kind in KINDS] == [Call.LIST, Call.LIST | Call.UPDATE]
    assert not any(kind.offer.lasting for kind in KINDS)
    fields = [(kind.name, attribute.path) for kind in KINDS for attribute in kind.attributes]
    assert [place for place in fields if not VENDOR.kinds[place[0]].specs[place[1]].has(Mark.READ_ONLY)] == []


# --- listings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_listing(kind: str) -> None:
    """One answer holds everybody (F4)."""
    other = {**ENTITIES[kind], "id": "b" * 32}

    listing = listed(kind, [ENTITIES[kind], other])

    assert [entity.id for entity in listing.entities] == [ENTITIES[kind]["id"], "b" * 32]
    assert listing.incomplete is None


def test_a_listing_in_an_envelope() -> None:
    """Where the settings name its member (F4)."""
    assert len(listed("agents", {"data": [USER]}, envelope="data").entities) == 1
    with pytest.raises(VendorFailed):
        listed("agents", {"items": [USER]}, envelope="data")


@pytest.mark.parametrize("data", ["<html>", "", "[{", "null", '{"data": []}', '"users"'])
def test_an_answer_that_is_no_listing(data: str) -> None:
    """A page of somebody else's, or half of one, proves nothing."""
    with pytest.raises(VendorFailed, match="is not a list"):
        listed("agents", data)


@pytest.mark.parametrize(
    ("data", "why", "seen"),
    [
        ([USER, 7], "holds something that is not an object, at place 2", 1),
        ([USER, {"email": "eve@example.com"}], "holds something without an `id`, at place 2", 1),
        ([USER, {**USER, "email": "eve@example.com"}], "has id fedcba9876543210fedcba9876543210 twice", 1),
        ([USER, {**USER, "id": "b", "email": ""}], "id b has no `email`", 2),
        ([USER, {**USER, "id": "b", "email": None}], "id b has no `email`", 2),
    ],
)
def test_a_listing_of_which_a_part_cannot_be_read(data: Any, why: str, seen: int) -> None:
    """Whoever can be read is there; that somebody else may be, too, is said."""
    listing = listed("agents", json.dumps(data))

    assert listing.incomplete is not None
    assert why in listing.incomplete
    assert len(listing.entities) == seen
