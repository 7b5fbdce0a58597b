"""What is sent reads back as declared, for every kind of Bird."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.values import VendorId, flatten
from provisioner.vendors.bird import VENDOR
from tests.vendors.bird.playing import BELOW, USER_ID, adapter, ok, read
from tests.vendors.playing import change

HOURS = {"monday": {"from": "09:00", "to": "17:00"}, "sunday": None}

VALUES: dict[str, dict[str, Any]] = {
    "teams": {"name": "Tier one", "description": "First line", "hide_from_views": True},
    "queues": {"name": "Billing", "description": "Invoices", "priority": 50, "teams": ["t-1", "t-2"]},
    "agents": {
        "user_id": USER_ID,
        "name": "Jane Roe",
        "type": "user",
        "bio": "Tier 1",
        "teams": ["t-1"],
        "timezone": "Europe/Madrid",
        "default_country_code": "ES",
        "weekly_schedule": HOURS,
        "holidays": [{"name": "New Year", "day": 1, "month": 1}],
        "avatar_url": "https://example.com/jane.png",
        "wrap_up_time": 30,
        "default_caller_id": "+34911234567",
        "forward_number": {"enabled": True, "number": "+34911234567", "mask_caller": False},
        "transcription_locale": "es-ES",
        "assigned_skills": ["s-1"],
        "default_sender_id": "p-1",
        "out_of_office_response": "Back soon",
    },
    "skills": {
        "name": "Spanish",
        "description": "Speaks it",
        "value_type": "single",
        "values": [{"value": "fluent", "icon": "star"}, {"value": "good"}],
    },
    "capacity_rules": {
        "name": "Normal",
        "description": "The usual",
        "default": True,
        "capacity": {"messaging": 5, "email": 10},
        "agents": ["a-1"],
    },
    "business_hours": {
        "name": "Office",
        "description": "When we are there",
        "timezone": "Europe/Madrid",
        "weekly_schedule": HOURS,
        "holidays": [{"name": "New Year", "day": 1, "month": 1}],
    },
}
"""Every field of every kind that is sent, in an adapter's words: references as vendor ids."""

SHOWN = {
    "agents": lambda sent: {
        **sent,
        "user": {"id": sent["userId"]},
        "teams": [{"id": one, "name": "Team"} for one in sent["teamIds"]],
    },
    "capacity_rules": lambda sent: {**sent, "assignedAgentIds": sent["agents"]},
}
"""What Bird calls otherwise in its answers."""


def as_read(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values as an adapter reads them: references by id."""
    paths = VENDOR.kinds[kind].ref_paths
    return {path: [{"id": one} for one in value] if path in paths else value for path, value in values.items()}


def test_every_field_is_tried() -> None:
    """What is used to find an agent alone is never sent, so it has no way back."""
    for kind, offer in VENDOR.kinds.items():
        found = {path.partition(".")[0] for path in offer.specs}

        assert VALUES[kind].keys() == found - {"email", "first_name", "last_name"}


@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_what_is_sent_reads_back_as_declared(kind: str) -> None:
    """No field is lost or renamed between a declaration and the wire, in one request or in two."""
    values = flatten(VALUES[kind])
    made = ok({"id": "x-1"}, 201)
    asked, _ = change(adapter(kind).create(values), made, *([made] if kind == "agents" else []))
    sent = {"id": "x-1"}
    for request in asked:
        sent |= request.json

    _, entity = read(adapter(kind).read(VendorId("x-1")), ok(SHOWN.get(kind, dict)(sent)))

    assert entity is not None
    assert {path: entity.attributes.get(path) for path in values} == as_read(kind, values)


@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_each_kind_is_deleted_by_its_id(kind: str) -> None:
    """404 is done, too; an id is one segment of the path, whatever is in it."""
    request = next(adapter(kind).delete(VendorId("x/1")))

    assert request.method == "DELETE"
    assert request.absent_ok
    assert request.path.startswith(f"{BELOW}/")
    assert request.path.endswith("/x%2F1")


def test_teams_of_another_type_stay_on_their_queue() -> None:
    """Only the primary teams are ours; the list is replaced as a whole, so the others go along."""
    there = {
        "id": "q-1",
        "name": "Billing",
        "priority": 1,
        "teams": [{"type": "overflow", "ids": ["t-9"]}, {"type": "primary", "ids": ["t-1"]}],
    }
    values = {"teams": ["t-2"]}

    (_, patch), _ = change(adapter("queues").update(VendorId("q-1"), values, frozenset(values)), ok(there), ok(there))

    assert patch.json == {"teams": [{"type": "primary", "ids": ["t-2"]}, {"type": "overflow", "ids": ["t-9"]}]}


def test_a_rule_that_nobody_has_reads_as_one_without_agents() -> None:
    """Bird shows null there."""
    rule = {"id": "r-1", "name": "Normal", "description": "", "capacity": {}, "assignedAgentIds": None}

    _, entity = read(adapter("capacity_rules").read(VendorId("r-1")), ok(rule))

    assert entity is not None
    assert entity.attributes["agents"] == []
    assert entity.attributes["capacity"] is None
