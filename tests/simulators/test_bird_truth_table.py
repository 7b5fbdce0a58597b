"""What each request does to what is there, was there or never was, for every kind: Bird fact sheet §2, A-17, A-22."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.clients import BirdClient

VALID: dict[str, dict[str, Any]] = {
    "/agents": {"type": "user"},
    "/teams": {"name": "Support"},
    "/inbox/routing-queues": {"name": "billing", "priority": 0},
    "/inbox/skills": {"name": "Dutch", "description": "", "valueType": "single"},
    "/inbox/capacity": {"name": "all", "description": "all"},
    "/business-hours": {"name": "office", "timezone": "UTC"},
    "/inbox/sla-policies": {"name": "fast", "description": "", "timeKeepingMethod": "clock"},
    "/sender-profiles": {"name": "Desk", "channelId": "c1"},
}
LIVE = {"GET": 200, "PATCH": 200, "DELETE": 204, "PUT": 404, "POST": 404}
TABLE = [
    (path, method, before, status if before == "live" else 404)
    for path in VALID
    for method, status in LIVE.items()
    for before in ("live", "deleted", "absent", "malformed")
]


def made(bird: BirdClient, path: str) -> str:
    """The id of a new one; a sender profile's is only in the list (§4.8)."""
    body = {**VALID[path], **({"userId": bird.user()} if path == "/agents" else {})}
    assert bird.ask("POST", path, body).status_code == 201
    return str(bird.get(path)["results"][-1]["id"])


def arranged(bird: BirdClient, path: str, state: str) -> str:
    if state == "absent":
        return "6f1f6f0e-0000-4000-8000-000000000001"
    if state == "malformed":
        return "x"
    key = made(bird, path)
    if state == "deleted":
        bird.ask("DELETE", f"{path}/{key}")
    return key


@pytest.mark.parametrize(("path", "method", "before", "status"), TABLE)
def test_item_requests(bird: BirdClient, path: str, method: str, before: str, status: int) -> None:
    """404 for whatever is not there, before the body is looked at; deletes are for good (A-2, A-17, A-22)."""
    key = arranged(bird, path, before)
    there = before == "live"
    request = f"/workspaces/{bird.known['workspace_id']}{path}/{key}"
    body = {} if there else {"nonsense": True}

    response = bird.raw(method, request, headers=bird.headers(), json=body if method == "PATCH" else None)

    assert response.status_code == status
    assert bool(bird.get(path)["results"]) == (there and method != "DELETE")
    assert (response.content == b"") == (status == 204)


@pytest.mark.parametrize("path", VALID)
def test_an_id_is_never_used_again(bird: BirdClient, path: str) -> None:
    """Nor comes what is deleted back (A-17)."""
    first = arranged(bird, path, "deleted")

    second = made(bird, path)

    assert first != second == second.lower()
    assert bird.ask("DELETE", f"{path}/{first}").status_code == 404


@pytest.mark.parametrize("path", VALID)
def test_an_empty_change(bird: BirdClient, path: str) -> None:
    """Is 200, and does not move ``updatedAt`` (A-1)."""
    key = made(bird, path)
    before = bird.get(f"{path}/{key}")

    assert bird.update(f"{path}/{key}") == before == bird.get(f"{path}/{key}")


@pytest.mark.parametrize("path", VALID)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"name": NaN}'),
        ("application/json", b'{"name": "\xff"}'),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"{}"),
        ("", b"{}"),
    ],
)
def test_what_is_no_body(bird: BirdClient, path: str, method: str, content_type: str, body: bytes) -> None:
    """422, not a failure of the server."""
    target = path if method == "POST" else f"{path}/{made(bird, path)}"
    headers = {**bird.headers(), "content-type": content_type}

    response = bird.call(method, f"/workspaces/{bird.known['workspace_id']}{target}", headers=headers, content=body)

    assert (response.status_code, list(response.json()["details"])) == (422, ["body"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, path) for path in VALID for method in ("PUT", "PATCH", "DELETE", "OPTIONS")),
        ("POST", "/all-agents"),
        ("GET", "/agents/"),
        ("GET", "/agents/me"),
        ("GET", "/agents/x/presigned-upload"),
        ("POST", "/agents/x/presigned-upload/audio"),
        ("GET", "/agents/x/media/y/download"),
        ("GET", "/inbox/automation/rules"),
        ("PATCH", "/inbox/automation/rules/reorder"),
        ("GET", "/teams/x/members"),
        ("GET", "/nothing"),
    ],
)
def test_every_other_call_is_404(bird: BirdClient, method: str, path: str) -> None:
    """What the sheet does not have, and what is left out on purpose (A-22)."""
    response = bird.raw(method, f"/workspaces/{bird.known['workspace_id']}{path}", headers=bird.headers())

    assert (response.status_code, response.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize("part", ["availability", "workload"])
def test_parts_of_no_agent(bird: BirdClient, part: str) -> None:
    """404, as for other methods than theirs."""
    agent = bird.agent()["id"]

    assert bird.get(f"/agents/{agent}/{part}")
    assert bird.ask("GET", f"/agents/x/{part}").status_code == 404
    path = f"/workspaces/{bird.known['workspace_id']}/agents/{agent}/{part}"
    assert bird.raw("DELETE", path, headers=bird.headers()).status_code == 404
