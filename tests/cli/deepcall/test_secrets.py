"""DeepCall's listings show passwords in plain text: none of them ever leaves the adapter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Ran, Tenant
from tests.cli.deepcall.conftest import ANA, CALL_PASS, PASSWORD

PORTAL = "hand-made-pass"
"""The portal's password of an agent that a person made: no secret of ours, so nothing would redact it."""

CALL = "87654321"

LATER = "Uj7-klm2"
"""What Bob's password for the portal becomes."""


@pytest.fixture
def known(portal: Control) -> str:
    """An agent with passwords that nobody here was ever told."""
    return portal.create("agent", {**ANA, "password": PORTAL, "call_pass": CALL})


def hidden(portal: Control, token: str) -> set[str]:
    """Every secret that DeepCall knows."""
    agents = portal.content(reveal=True)["agent"].values()
    return {str(item[name]) for item in agents for name in ("password", "call_pass")} | {token}


def written(folder: Path) -> Iterator[str]:
    """Every file in the folder, journal and state among them."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def shows(ran: Ran, folder: Path, secrets: set[str]) -> set[str]:
    """The secrets that a command or a file shows."""
    told = [ran.out, ran.err, *written(folder)]
    return {secret for secret in secrets if any(secret in text for text in told)}


COMMANDS: list[list[str]] = [
    ["plan"],
    ["plan", "--format", "json"],
    ["plan", "--out", "SAVED"],
    ["apply", "--auto-approve", "--json"],
    ["drift"],
    ["plan"],
    ["export", "--connection", "dc", "--out", "OUT"],
    ["state", "pull"],
]


def test_no_command_and_no_file_shows_one(acme: Tenant, portal: Control, known: str) -> None:
    """Neither what was declared nor what only the listing told, even where everything is logged."""
    before = hidden(portal, "sim-deepcall-token")
    assert {PORTAL, CALL, "sim-deepcall-token"} <= before
    for command in COMMANDS:
        placed = [str(acme.folder.parent / word.lower()) if word in ("OUT", "SAVED") else word for word in command]
        ran = acme.run("--log-level", "debug", *placed)
        assert ran.code == 0, ran.err
        secrets = before | hidden(portal, "sim-deepcall-token") | {CALL_PASS, PASSWORD}
        assert shows(ran, acme.folder.parent, secrets) == set(), command
    assert any('"agents.ana@dc"' in text for text in written(acme.folder.parent))


def listing(password: Any = PORTAL, **more: Any) -> dict[str, Any]:
    """An answer of a listing, with something in it that makes it no good."""
    return {
        "response": [{"unique_id": 1, "password": password, "call_pass": CALL, "name": "Ana"}],
        "currentPage": 1,
        "totalPages": 1,
        "totalRecords": 1,
        "status": "success",
        "code": 200,
        **more,
    }


UNUSABLE: dict[str, dict[str, Any]] = {
    "no status": {"status": 200, "body": listing(status=None)},
    "500 with a listing": {"status": 500, "body": listing()},
    "404 with a listing": {"status": 404, "body": listing()},
    "403 with a listing": {"status": 403, "body": listing()},
    "no key": {"status": 200, "body": listing()},
    "no list": {"status": 200, "body": listing(response=f"password {PORTAL} {CALL}")},
    "a counter": {"status": 200, "body": listing(totalRecords=PORTAL)},
    "half of it": {"status": 200, "body": json.dumps(listing())[:100]},
    "an id": {"status": 200, "body": listing(response={PORTAL: {"password": PORTAL, "call_pass": CALL}})},
    "no object": {"status": 200, "body": listing(response=[PORTAL, CALL])},
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_answer_that_cannot_be_used_is_not_quoted(acme: Tenant, portal: Control, known: str, name: str) -> None:
    """No excerpt, no traceback, no file."""
    portal.fault("status", path="*/Agent/list", times=None, content_type="application/json", **UNUSABLE[name])

    ran = acme.run("--log-level", "debug", "apply", "--auto-approve")

    assert ran.code == 1
    assert shows(ran, acme.folder, {PORTAL, CALL, "sim-deepcall-token"}) == set()


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_to_a_change_is_not_quoted_either(acme: Tenant, portal: Control, status: int) -> None:
    """A create that is answered with an agent, passwords and all."""
    body = listing(status=None)
    portal.fault("status_after", path="*/Agent/create", status=status, body=body, content_type="application/json")

    ran = acme.run("--log-level", "debug", "apply", "--auto-approve", "--json")

    assert shows(ran, acme.folder, {PORTAL, CALL, CALL_PASS, PASSWORD, "sim-deepcall-token"}) == set()


def test_secrets_are_sent_and_not_compared(acme: Tenant, portal: Control) -> None:
    """A version sends one again; what somebody changed in the portal does not show."""
    acme.applied()
    portal.change("agent", 2, {"password": "changed-by-hand"})
    assert acme.run("plan", "--detailed-exitcode").code == 0
    acme.edit("password: {from_env: BOB_PORTAL}", "password: {from_env: BOB_PORTAL, version: 2}")

    acme.applied()

    assert portal.content(reveal=True)["agent"]["2"]["password"] == PASSWORD


def test_a_secret_of_another_request_is_not_shown(acme: Tenant, portal: Control) -> None:
    """DeepCall takes a field a request; the answer about the name repeats the password that would come after it, as it
    is and as a URL spells it."""
    acme.applied()
    acme.setenv("BOB_PORTAL", LATER)
    acme.edit("name: Bob Poe", "name: Rob Poe")
    acme.edit("{from_env: BOB_PORTAL}", "{from_env: BOB_PORTAL, version: 2}")
    encoded = "".join(f"%{ord(char):02x}" for char in LATER)
    body = {"status": "error", "message": f"no, not {LATER} or {encoded}", "code": 1514}
    portal.fault("status", path="*/Agent/update", status=200, body=body, content_type="application/json", times=None)

    ran = acme.run("--log-level", "debug", "apply", "--auto-approve")

    assert ran.code == 1
    assert "code 1514: no, not … or …" in " ".join(ran.out.split())
    assert shows(ran, acme.folder, {LATER, encoded}) == set()


def test_a_password_of_a_wrong_form_is_told_by_its_reference(acme: Tenant, portal: Control) -> None:
    """Where it stands and which variable has it, never what it is."""
    acme.setenv("BOB_PASS", "not-digits")

    ran = acme.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "`from_env BOB_PASS` must be" in " ".join(ran.err.split())
    assert "acme.yaml:" in ran.err
    assert "not-digits" not in ran.out + ran.err
    assert portal.content()["agent"] == {}
