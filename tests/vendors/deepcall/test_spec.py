"""Every request of the adapter, as it goes out, against the document that the simulator is held against too."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.deepcall.playing import AGENT, GROUP, REFERENCE, adapter, ok, page, session
from tests.vendors.deepcall.test_agents import WHOLE
from tests.vendors.playing import change

ID = VendorId("12")

DONE = ok(message="done", agentId=12, groupId=12, roleid=12)

NAMED = ok(response=[{**GROUP, "unique_id": 12, "name": "Help"}])

MEMBERS = [{"agent": VendorId("5"), "receive_call": False}, {"agent": VendorId("12")}]

QUEUE: dict[str, Any] = {"name": "Help", "status": "inactive", "agents": MEMBERS}

ROLE: dict[str, Any] = {"name": "Lead", "status": "inactive", "can_see": True}


def hold(request: Request, **given: Any) -> None:
    """Raises AssertionError where the request, signed and encoded, is not one that the document describes."""
    given = given or {"url": "http://dial.example.com"}
    sealed = seal("http://dial.example.com", session(**given).sign(request), connection="dial")
    path = sealed.url.removeprefix("http://dial.example.com")
    check_request(load("deepcall"), sealed.method, path, {}, sealed.content, dict(sealed.headers)["content-type"])


def changes(*driven: tuple[Any, list[Answer]]) -> list[Request]:
    """Every request of these changes."""
    return [request for changing, answers in driven for request in change(changing, *answers)[0]]


def requests(kind: str) -> list[Request]:
    """Every request that the adapter of a kind makes."""
    made = adapter(kind, lag=0)
    found = list(next(made.find_all()))
    match kind:
        case "agents":
            half = {"dest_value": "5555550101"}
            found += next(made.read(ID))
            found += changes(
                (made.create(WHOLE), [DONE]),
                (
                    made.create(
                        {name: WHOLE[name] for name in ("email", "name", "phone", "dest_type", "dest_value", "role")}
                    ),
                    [DONE],
                ),
                (made.update(ID, WHOLE, frozenset(WHOLE)), [DONE] * 12),
                (made.update(ID, {"status": "active", "parent": VendorId("5")}, frozenset()), [DONE] * 2),
                (made.update(ID, half, frozenset(half)), [page({**AGENT, "unique_id": 12}), DONE]),
                (made.delete(ID), [DONE]),
            )
        case "queues":
            found += next(made.read(ID))
            found += changes(
                (made.create(QUEUE), [DONE, NAMED, DONE, DONE]),
                (made.update(ID, QUEUE, frozenset(QUEUE)), [NAMED, DONE, NAMED, DONE]),
                (made.delete(ID), [DONE]),
            )
        case "roles":
            found += changes((made.create(ROLE), [DONE, DONE]), (made.update(ID, ROLE, frozenset(ROLE)), [DONE]))
    return found


@pytest.mark.parametrize("way", [{}, {"ssid": REFERENCE}])
@pytest.mark.parametrize("kind", ["agents", "queues", "roles"])
def test_every_call_is_as_described(kind: str, way: dict[str, Any]) -> None:
    """Every kind, every call, both ways in."""
    for request in requests(kind):
        hold(request, **way)


def test_the_licence_is_asked_as_described() -> None:
    """Its request is one of those in the document."""
    for request in next(session().licences()):
        hold(request)


def test_all_that_is_described_is_used() -> None:
    """No call of the document is forgotten."""
    asked = {request.path for kind in ("agents", "queues", "roles") for request in requests(kind)}

    assert asked == load("deepcall").document["paths"].keys()
