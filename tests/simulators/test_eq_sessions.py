"""Signing in and out, and requests in somebody's name: EQ fact sheet §5."""

from __future__ import annotations

import httpx
import pytest

from provisioner.simulators.control import Control
from tests.simulators.conftest import EqClient, complaints
from tests.simulators.entities import a_supervisor, an_agent, an_extension


@pytest.fixture
def staffed(eq: EqClient) -> EqClient:
    """Two supervisors, two agents, two extensions, and a deleted agent."""
    eq.create("supervisor", a_supervisor())
    eq.create("supervisor", a_supervisor(username="kim", emailAddress="kim@example.com"))
    for number in ("1001", "1002", "1003"):
        eq.create("agent", an_agent(number=number))
    eq.call("DELETE", "/agent/3")
    for number in ("101", "102"):
        eq.create("extension", an_extension(extension=number, name=number))
    return eq


def sign_in(
    eq: EqClient, role: str, user: str, extension: str | None = None, force: str | None = None
) -> httpx.Response:
    body = {"user": user, "extension": extension, "force": force}
    return eq.call("POST", f"/{role}_session", {name: value for name, value in body.items() if value is not None})


def test_a_token_is_64_bytes_and_its_session_is_listed(staffed: EqClient) -> None:
    """Signing in needs no password; supervisors need no extension."""
    agent = sign_in(staffed, "agent", "1", "101").json()
    supervisor = sign_in(staffed, "supervisor", "2").json()

    assert len(agent.encode()) == len(supervisor.encode()) == 64
    assert staffed.call("GET", "/active_agent_sessions").json() == [{"user": 1, "extension": "101"}]
    assert staffed.call("GET", "/active_supervisor_sessions").json() == [{"user": 2, "extension": None}]


@pytest.mark.parametrize(
    ("role", "user", "extension", "expected"),
    [
        ("agent", "1", None, [("extension", "blank")]),
        ("agent", "", "101", [("user", "blank")]),
        ("agent", "jane", "101", [("user", "invalid")]),
        ("agent", "3", "101", [("user", "nonexistent")]),
        ("agent", "9", "999", [("user", "nonexistent"), ("extension", "nonexistent")]),
        ("agent", "1", "102", [("extension", "in_use")]),
        ("supervisor", "1", "102", [("extension", "in_use")]),
        ("agent", "2", "101", [(None, "already_signed_in")]),
        ("agent", "2", "102", [(None, "already_signed_in")]),
    ],
)
def test_a_sign_in_that_is_refused(
    staffed: EqClient, role: str, user: str, extension: str | None, expected: list[tuple[str | None, str]]
) -> None:
    """Agent 2 sits at extension 102."""
    sign_in(staffed, "agent", "2", "102")

    response = sign_in(staffed, role, user, extension)

    assert (response.status_code, complaints(response)) == (400, expected)


def test_force_replaces_the_users_own_session(staffed: EqClient) -> None:
    """The old token opens nothing any more; at another user's extension force does not help."""
    old = sign_in(staffed, "agent", "1", "101").json()
    sign_in(staffed, "agent", "2", "102")

    taken = sign_in(staffed, "agent", "1", "102", force="1")
    new = sign_in(staffed, "agent", "1", "101", force="1").json()

    assert complaints(taken) == [("extension", "in_use")]
    assert staffed.call("GET", "/license", auth_agent_session=old).status_code == 401
    assert staffed.call("GET", "/license", auth_agent_session=new).status_code == 200


def test_signing_out_destroys_the_session(staffed: EqClient) -> None:
    """The token is unknown afterwards, also to a second sign-out; one role's token is nothing to the other."""
    token = sign_in(staffed, "agent", "1", "101").json()

    other = staffed.call("DELETE", f"/supervisor_session/{token}")
    first = staffed.call("DELETE", f"/agent_session/{token}")
    second = staffed.call("DELETE", f"/agent_session/{token}")

    assert [each.status_code for each in (other, first, second)] == [404, 200, 404]
    assert complaints(second) == [("token", "nonexistent")]


@pytest.mark.parametrize("role", ["supervisor", "agent"])
def test_a_wrong_session_fails_the_whole_request(staffed: EqClient, control: Control, role: str) -> None:
    """401, before the item is looked at, and without an effect."""
    response = staffed.call("DELETE", "/agent/1", **{f"auth_{role}_session": "x" * 64})
    missing = staffed.call("DELETE", "/agent/999", **{f"auth_{role}_session": "x" * 64})

    assert (response.status_code, complaints(response)) == (401, [(f"auth_{role}_session", "invalid")])
    assert missing.status_code == 401
    assert control.content()["agent"]["1"]["deleted"] is False


def test_an_unknown_path_comes_before_the_session(staffed: EqClient) -> None:
    """A40's order: key, path, session, item, data."""
    query = {"auth_key": staffed.key, "auth_agent_session": "x"}

    assert staffed.raw("GET", "/nowhere", params=query).status_code == 404
    assert staffed.raw("GET", "/license", params=query).status_code == 401
    assert staffed.raw("PUT", "/agent/999", params={"auth_key": staffed.key}).status_code == 404
    assert staffed.raw("PUT", "/agent/1", params={"auth_key": staffed.key}).status_code == 400


def test_the_supervisors_session_wins(staffed: EqClient) -> None:
    """If both are sent, the agent's has no effect, sound or not."""
    token = sign_in(staffed, "supervisor", "1").json()

    good = staffed.call("GET", "/license", auth_supervisor_session=token, auth_agent_session="x")
    bad = staffed.call("GET", "/license", auth_supervisor_session="x", auth_agent_session=token)

    assert (good.status_code, bad.status_code) == (200, 401)


def timed_out(control: Control) -> None:
    """Every session falls asleep."""
    sessions = [{**each, "active": False} for each in control.settings()["sessions"]]
    control.settings(sessions=sessions)


def test_a_timed_out_session_wakes_up(staffed: EqClient, control: Control) -> None:
    """The request that carries its token signs the user in again."""
    token = sign_in(staffed, "agent", "1", "101").json()
    timed_out(control)

    asleep = staffed.call("GET", "/active_agent_sessions").json()
    response = staffed.call("GET", "/active_agent_sessions", auth_agent_session=token)

    assert asleep == []
    assert response.json() == [{"user": 1, "extension": "101"}]


@pytest.mark.parametrize(("user", "extension"), [("2", "101"), ("1", "102")], ids=["seat taken", "user elsewhere"])
def test_a_timed_out_session_that_cannot_wake_up(
    staffed: EqClient, control: Control, user: str, extension: str
) -> None:
    """Another user sits at its extension, or the user signed in somewhere else."""
    token = sign_in(staffed, "agent", "1", "101").json()
    timed_out(control)
    sign_in(staffed, "agent", user, extension)

    response = staffed.call("GET", "/license", auth_agent_session=token)

    assert (response.status_code, complaints(response)) == (401, [("auth_agent_session", "invalid")])


def test_a_deleted_users_session_opens_nothing(staffed: EqClient) -> None:
    """A deleted user is treated as if there was none."""
    token = sign_in(staffed, "agent", "1", "101").json()
    staffed.call("DELETE", "/agent/1")

    assert staffed.call("GET", "/license", auth_agent_session=token).status_code == 401
