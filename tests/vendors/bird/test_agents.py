"""Agents at Bird, as they are read, made and changed."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import OutcomeUnknown, VendorFailed
from provisioner.values import VendorId, flatten
from provisioner.vendors.base import Effect
from provisioner.vendors.bird import VENDOR
from tests.vendors.bird.playing import AGENT, BELOW, USER_ID, adapter, ok, read
from tests.vendors.playing import change

OFFER = VENDOR.kinds["agents"]

HOURS = {"monday": {"from": {"hour": 9, "minute": 5}, "to": {"hour": 17, "minute": 0}}}


def attributes(**more: Any) -> Any:
    """What the adapter makes of the agent with that in it."""
    _, entity = read(adapter("agents").read(VendorId("a-1")), ok({**AGENT, **more}))
    assert entity is not None
    return entity.attributes


def test_what_was_never_set_reads_as_unset() -> None:
    """Absence and empty text are one; what changes by itself is in no attribute."""
    found = attributes()

    assert found["user_id"] == USER_ID
    assert found["email"] == ["jane@acme.example", "j.roe@acme.example"]
    assert found["teams"] == [{"id": "t-1"}]
    assert found["bio"] is None
    assert found["weekly_schedule.monday"] is None
    assert not {"status", "availability", "roles", "tag_count"} & found.keys()


def test_what_is_set_reads_as_declared() -> None:
    """Times are HH:MM, holidays are in the order of the year, skills are references."""
    found = attributes(
        weeklySchedule=HOURS,
        holidays=[{"name": "Xmas", "day": 25, "month": 12}, {"name": "New Year", "day": 1, "month": 1}],
        assignedSkills=[{"id": "s-1", "name": "Spanish", "selectedValues": [{"id": "v-1", "value": "good"}]}],
        forwardNumber={"enabled": True, "number": "+34911234567"},
    )

    assert found["weekly_schedule.monday.from"] == "09:05"
    assert [item["name"] for item in found["holidays"]] == ["New Year", "Xmas"]
    assert found["assigned_skills"] == [{"id": "s-1"}]
    assert found["forward_number.enabled"] is True


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "a-2"},
        {"name": 7},
        {"user": {"id": 7}},
        {"weeklySchedule": {"monday": {"from": {"hour": 9}}}},
        {"teams": [{"name": "without an id"}]},
        {"holidays": [{"name": "without a date"}]},
        {"type": None},
        {"type": ""},
    ],
)
def test_what_makes_no_sense_is_not_read(broken: dict[str, Any]) -> None:
    """Somebody else's answer, or a part of it that cannot be understood, is a failed read."""
    with pytest.raises(VendorFailed, match="cannot be used"):
        attributes(**broken)


def test_an_agent_of_another_type_is_nobody_s() -> None:
    """Nothing of it is told by which a declaration could be taken for it."""
    found = attributes(type="bot")

    assert found == {"type": "bot"}
    assert OFFER.natural_keys(found) == ()


def test_a_create_is_a_post_and_then_a_patch() -> None:
    """What Bird takes only of an update follows, each request with the fields that it sets."""
    values = flatten(
        {
            "user_id": USER_ID,
            "name": "Jane Roe",
            "teams": ["t-1"],
            "weekly_schedule": {"monday": {"from": "09:05", "to": "17:00"}, "sunday": None},
            "wrap_up_time": 30,
            "forward_number": {"enabled": False},
            "assigned_skills": ["s-1"],
        }
    )

    (post, patch), vendor_id = change(adapter("agents").create(values), ok(AGENT, 201), ok(AGENT))

    assert vendor_id == "a-1"
    assert (post.method, post.path, post.effect) == ("POST", f"{BELOW}/agents", Effect.CREATE)
    assert post.json == {
        "type": "user",
        "userId": USER_ID,
        "name": "Jane Roe",
        "teamIds": ["t-1"],
        "weeklySchedule": HOURS,
    }
    assert (patch.method, patch.path, patch.effect) == ("PATCH", f"{BELOW}/agents/a-1", Effect.UPDATE)
    assert patch.json == {"wrapUpTime": 30, "forwardNumber": {"enabled": False}, "assignedSkills": [{"id": "s-1"}]}
    assert post.paths | patch.paths == values.keys()
    assert not post.paths & patch.paths


def test_a_create_of_what_one_request_can_say_is_one() -> None:
    """No empty PATCH follows."""
    asked, _ = change(adapter("agents").create({"user_id": USER_ID}), ok(AGENT, 201))

    assert [request.method for request in asked] == ["POST"]


def test_a_create_without_an_id_in_its_answer_may_have_happened() -> None:
    """Something was made, and nobody knows what it is called."""
    with pytest.raises(OutcomeUnknown, match="holds no id"):
        change(adapter("agents").create({"user_id": USER_ID}), ok({}, 201))


def test_an_update_sends_what_changes() -> None:
    """Null is sent as Bird spells it, and nothing is read first."""
    values = {"bio": None, "wrap_up_time": 15}

    (patch,), _ = change(adapter("agents").update(VendorId("a-1"), values, frozenset(values)), ok(AGENT))

    assert (patch.method, patch.json) == ("PATCH", {"bio": "", "wrapUpTime": 15})


def test_a_part_of_a_map_carries_the_rest_of_it() -> None:
    """Bird replaces a map as a whole, so that what nobody declares is read and sent along."""
    there = {
        **AGENT,
        "weeklySchedule": {**HOURS, "sunday": HOURS["monday"]},
        "forwardNumber": {"enabled": True, "number": "+34911234567", "maskCaller": True},
        "assignedSkills": [{"id": "s-1", "selectedValues": [{"id": "v-1", "value": "good"}]}],
    }
    values = {
        "weekly_schedule.monday.to": "18:30",
        "weekly_schedule.sunday": None,
        "forward_number.enabled": False,
        "assigned_skills": ["s-1", "s-2"],
    }

    (get, patch), _ = change(adapter("agents").update(VendorId("a-1"), values, frozenset(values)), ok(there), ok(AGENT))

    assert (get.method, get.effect) == ("GET", Effect.READ)
    assert patch.json == {
        "weeklySchedule": {"monday": {"from": {"hour": 9, "minute": 5}, "to": {"hour": 18, "minute": 30}}},
        "forwardNumber": {"enabled": False, "number": "+34911234567", "maskCaller": True},
        "assignedSkills": [{"id": "s-1", "selectedValues": [{"id": "v-1", "value": "good"}]}, {"id": "s-2"}],
    }


@pytest.mark.parametrize(
    ("declared", "names"),
    [
        ({"first_name": "Jane", "last_name": "Roe"}, {"name": "Jane Roe"}),
        ({"first_name": "Jane", "last_name": None}, {"name": "Jane"}),
        ({"first_name": "Jane", "name": "J."}, {}),
        ({"email": "jane@acme.example"}, {}),
    ],
)
def test_a_create_takes_the_name_of_the_person(declared: dict[str, Any], names: dict[str, Any]) -> None:
    """First and last name, unless a name is declared."""
    assert OFFER.derived(declared) == names


@pytest.mark.parametrize(
    ("declared", "path"),
    [
        ({"weekly_schedule.monday.from": "09:00", "weekly_schedule.monday.to": "24:00"}, "weekly_schedule.monday.to"),
        ({"weekly_schedule.monday.from": "09:00", "weekly_schedule.monday.to": "09:00"}, "weekly_schedule.monday.to"),
        ({"holidays": [{"name": "None", "day": 31, "month": 4}]}, "holidays"),
        ({"first_name": "J" * 30, "last_name": "R" * 30}, "first_name"),
    ],
)
def test_what_bird_would_refuse_is_told_offline(declared: dict[str, Any], path: str) -> None:
    """Hours that end before they begin, dates that no year has, names that are too long."""
    assert [problem.path for problem in OFFER.rules(declared)] == [path]


def test_the_end_of_the_day_and_a_leap_day() -> None:
    """What Bird can hold raises no objection."""
    declared = {
        "weekly_schedule.monday.from": "00:00",
        "weekly_schedule.monday.to": "23:59",
        "holidays": [{"name": "Leap day", "day": 29, "month": 2}],
    }

    assert list(OFFER.rules(declared)) == []
