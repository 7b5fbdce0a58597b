"""What goes on in the queues, as the status and the list of calls say it (§5.1, §5.2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.errors import VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Entity, Listing
from provisioner.vendors.fonouc.runtime import LOGGED_IN, Runtime, with_status
from provisioner.vendors.requests import Answer, Reading

QUEUE, ANA, BOB = VendorId("q-1"), VendorId("ana"), VendorId("bob")


def said(data: Any) -> Answer:
    return Answer(200, json.dumps(data))


def status(*agents: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": QUEUE, "name": "Support", "agents": list(agents)}]


def of(reading: Reading[Any], data: Any) -> Any:
    """What a reading of one request makes of that answer."""
    next(reading)
    try:
        reading.send([said(data)])
    except StopIteration as end:
        return end.value
    raise AssertionError("the reading goes on")


def listed(*agents: dict[str, Any]) -> Entity:
    """A queue whose roster is ana, as the status shows it."""
    roster = Entity(QUEUE, {"agents": [{"agent": {"id": ANA}, "delay": 0}]})
    (entity,) = with_status(Listing((roster,)), Runtime("pbx").read_status(said(status(*agents)))).entities
    return entity


def test_who_is_logged_in() -> None:
    """Only of the roster: the status may name others."""
    entity = listed({"id": ANA, "logged_in": True}, {"id": BOB, "logged_in": False})

    assert entity.attributes[LOGGED_IN] == [{"agent": {"id": ANA}, "logged_in": True}]


@pytest.mark.parametrize("agents", [[], [{"id": ANA}], [{"id": ANA, "logged_in": "yes"}], [{"logged_in": True}]])
def test_what_does_not_say_is_unknown(agents: list[dict[str, Any]]) -> None:
    """Neither logged in nor out."""
    entity = listed(*agents)

    assert LOGGED_IN in entity.unseen
    assert LOGGED_IN not in entity.attributes


@pytest.mark.parametrize("data", [{"a": 1}, [{"id": QUEUE}], [{"agents": []}], ["a queue"]])
def test_what_is_no_status_says_nothing(data: Any) -> None:
    """Neither that somebody is logged in nor that nobody is."""
    with pytest.raises(VendorFailed, match="holds a queue without"):
        of(Runtime("pbx").status(), data)


@pytest.mark.parametrize(
    ("conference", "busy"), [({"conference": {"id": "c-1"}}, True), ({"conference": {"id": ""}}, False), ({}, False)]
)
def test_who_is_on_a_call(conference: dict[str, Any], busy: bool) -> None:  # noqa: FBT001 (a parameter)
    """One with a conference that has an id (F8); null and an empty one are none."""
    answer = status({"id": ANA, "logged_in": True, **conference}, {"id": BOB, "conference": None})

    assert of(Runtime("pbx").on_a_call([ANA, BOB]), answer) == ({ANA: "on a call of queue Support"} if busy else {})


@pytest.mark.parametrize(
    ("call", "waits"),
    [
        ({"name": "Support", "answered": False}, True),
        ({"name": "Sales", "answered": False}, False),
        ({"name": "Sales", "queue_id": QUEUE}, True),
        ({}, True),
        ("a call", True),
        ({"name": "Support", "answered": True}, False),
        ({"name": "Support", "agent": [{"id": ANA}]}, False),
    ],
)
def test_who_waits(call: Any, waits: bool) -> None:  # noqa: FBT001 (a parameter)
    """A call that nobody has answered; one that does not say where it is counts."""
    found = of(Runtime("pbx").waiting({QUEUE: "Support"}), [call])

    assert found == ({QUEUE: "1 caller is waiting"} if waits else {})


@pytest.mark.parametrize("data", [{"id": "other", "agents": []}, status({"id": BOB, "logged_in": False}), "no list"])
def test_whom_the_status_does_not_name_is_not_sent(data: Any) -> None:
    """The roster changed since it was looked at, or nobody can tell."""
    switching = Runtime("pbx").switch(QUEUE, {ANA: True})
    next(switching)

    with pytest.raises(VendorFailed):
        switching.send(said(data))
