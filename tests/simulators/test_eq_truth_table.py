"""EQ fact sheet §10: what each request does to each state, for every kind."""

from __future__ import annotations

import pytest

from provisioner.simulators.control import Control
from tests.simulators.conftest import EqClient, complaints
from tests.simulators.entities import VALID, a_queue

KINDS = tuple(VALID)
SOFT = ("supervisor", "agent", "call_queue", "pause_code")
HARD = ("extension", "alert")
COUNTED = ("supervisor", "agent", "pause_code")
READABLE = (*SOFT, "extension")

# request, what was there before, status, what is there after
TABLE = [
    *((kind, "PUT", "live", 200, "live") for kind in KINDS),
    *((kind, "PUT", "deleted", 404, "deleted") for kind in SOFT),
    *((kind, "PUT", "absent", 404, "absent") for kind in KINDS),
    *((kind, "undelete", "deleted", 200, "live") for kind in SOFT),
    *((kind, "undelete", "live", 200, "live") for kind in SOFT),
    *((kind, "undelete", "absent", 404, "absent") for kind in SOFT),
    *((kind, "undelete", "live", 404, "live") for kind in HARD),
    *((kind, "undelete", "absent", 404, "absent") for kind in HARD),
    *((kind, "DELETE", "live", 200, "deleted") for kind in SOFT),
    *((kind, "DELETE", "live", 200, "absent") for kind in HARD),
    *((kind, "DELETE", "deleted", 404, "deleted") for kind in SOFT),
    *((kind, "DELETE", "absent", 404, "absent") for kind in KINDS),
    *((kind, "GET", "live", 200, "live") for kind in READABLE),
    *((kind, "GET", "deleted", 200, "deleted") for kind in SOFT),
    *((kind, "GET", "absent", 404, "absent") for kind in READABLE),
]


def arrange(eq: EqClient, kind: str, state: str) -> str:
    if state == "absent":
        return "999"
    key = eq.create(kind, VALID[kind]())
    if state == "deleted":
        eq.call("DELETE", f"/{kind}/{key}")
    return key


def state_of(control: Control, kind: str, key: str) -> str:
    entity = control.content()[kind].get(key)
    if entity is None:
        return "absent"
    return "deleted" if entity.get("deleted") else "live"


@pytest.mark.parametrize(("kind", "request_", "before", "status", "after"), TABLE)
def test_item_requests(
    eq: EqClient, control: Control, kind: str, request_: str, before: str, status: int, after: str
) -> None:
    """Update, undelete, delete and get of what is live, deleted or was never there."""
    key = arrange(eq, kind, before)

    if request_ == "undelete":
        response = eq.call("PUT", f"/{kind}/{key}", undelete="1")
    else:
        response = eq.call(request_, f"/{kind}/{key}", {"data": VALID[kind]()} if request_ == "PUT" else None)

    assert (response.status_code, state_of(control, kind, key)) == (status, after)
    if status == 404:
        key_name = "extension" if kind in ("call_queue", "extension") else "id"
        assert complaints(response) == [(key_name, "nonexistent")]
    elif request_ != "GET":
        assert response.content == b""


@pytest.mark.parametrize("kind", KINDS)
def test_a_valid_create_answers_the_id(eq: EqClient, control: Control, kind: str) -> None:
    """An integer counted up from 1, or the extension; the entity is live."""
    response = eq.call("POST", f"/{kind}", {"data": VALID[kind]()})

    expected = {"call_queue": "500", "extension": "101"}.get(kind, 1)
    assert (response.status_code, response.json()) == (200, expected)
    assert state_of(control, kind, str(expected)) == "live"


@pytest.mark.parametrize("kind", KINDS)
def test_a_create_with_a_live_twin_is_refused(eq: EqClient, control: Control, kind: str) -> None:
    """A unique value that a live entity holds is in use, and nothing changes."""
    eq.create(kind, VALID[kind]())
    before = control.snapshot()

    response = eq.call("POST", f"/{kind}", {"data": VALID[kind]()})

    assert response.status_code == 400
    assert {complaint for _, complaint in complaints(response)} == {"in_use"}
    assert control.snapshot() == before


@pytest.mark.parametrize("kind", COUNTED)
def test_a_create_with_a_deleted_twin_makes_a_second_one(eq: EqClient, control: Control, kind: str) -> None:
    """Deleted entities do not hold their unique values, and ids are not used again."""
    eq.create(kind, VALID[kind]())
    eq.call("DELETE", f"/{kind}/1")

    key = eq.create(kind, VALID[kind]())

    assert key == "2"
    assert [state_of(control, kind, each) for each in ("1", "2")] == ["deleted", "live"]


def test_the_extension_of_a_deleted_queue_is_not_free(eq: EqClient, control: Control) -> None:
    """A deleted queue must be undeleted; a new one cannot take its place."""
    eq.create("call_queue", a_queue())
    eq.call("DELETE", "/call_queue/500")

    response = eq.call("POST", "/call_queue", {"data": a_queue(name="Other")})

    assert (response.status_code, complaints(response)) == (400, [("extension", "in_use")])
    assert control.content()["call_queue"]["500"]["name"] == "Support"


@pytest.mark.parametrize("kind", SOFT)
def test_a_deleted_entity_keeps_its_attributes(eq: EqClient, kind: str) -> None:
    """Reading it shows the same as before, but for the flag; so does reading it undeleted."""
    key = eq.create(kind, VALID[kind]())
    live = eq.get(kind, key)
    eq.call("DELETE", f"/{kind}/{key}")

    deleted = eq.get(kind, key)
    eq.call("PUT", f"/{kind}/{key}", undelete="1")

    assert deleted == {**live, "deleted": True}
    assert eq.get(kind, key) == live == {**live, "deleted": False}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(("key", "complaint"), [(None, "blank"), ("", "blank"), ("wrong", "invalid")])
def test_no_key_no_service(
    eq: EqClient, control: Control, kind: str, method: str, key: str | None, complaint: str
) -> None:
    """Whatever is asked, existing or not: 401, and nothing changes."""
    eq.create(kind, VALID[kind]())
    before = control.snapshot()

    response = eq.raw(method, f"/{kind}/1", params={} if key is None else {"auth_key": key})

    assert (response.status_code, complaints(response)) == (401, [("auth_key", complaint)])
    assert control.snapshot() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/alert/1"),
        ("GET", "/agent"),
        ("PUT", "/agent"),
        ("POST", "/agent/1"),
        ("PATCH", "/agent/1"),
        ("GET", "/agent/"),
        ("GET", "/agents/1"),
        ("GET", "/agent/1/2"),
        ("GET", "/"),
        ("GET", ""),
        ("POST", "/license"),
        ("GET", "/license/1"),
        ("GET", "/supervisor_session/x"),
    ],
)
def test_an_unknown_call_is_404_without_an_error(eq: EqClient, method: str, path: str) -> None:
    """A path or method that the sheet does not know names no error."""
    eq.create("agent", VALID["agent"]())
    eq.create("alert", VALID["alert"]())

    response = eq.raw(method, path, params={"auth_key": eq.key})

    assert (response.status_code, complaints(response)) == (404, [])
