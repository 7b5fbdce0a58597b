"""Exit codes: 0 done, 1 anything failed or was refused, 2 only where it was asked for; the same in every format."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import TypeAlias

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant

Situation: TypeAlias = Callable[[Tenant, Control], None]


def new(tenant: Tenant, control: Control) -> None:
    """Nothing is applied yet."""


def applied(tenant: Tenant, control: Control) -> None:
    """Everything is as declared."""
    tenant.applied()


def edited(tenant: Tenant, control: Control) -> None:
    """Somebody changed an entity at the vendor."""
    tenant.applied()
    control.change("agent", "1", {"firstName": "Somebody"})


def guarded(tenant: Tenant, control: Control) -> None:
    """More deletes than guard `deletes` lets through."""
    tenant.applied()
    for name in ("jane:", "bob:", "sam:"):
        tenant.without(name)
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(text[: text.index("alerts:")].replace("supervisors:\n", "").replace("agents:\n", ""))


def in_conflict(tenant: Tenant, control: Control) -> None:
    """A wanted e-mail address is held by an agent whom nobody manages."""
    control.create(
        "agent", {"number": "77", "firstName": "Eve", "password": "12345", "emailAddress": "jane@acme.example"}
    )


def failing(tenant: Tenant, control: Control) -> None:
    """The vendor answers 500 to every read."""
    tenant.applied()
    control.fault("status", method="GET", status=500, times=None)


def down(tenant: Tenant, control: Control) -> None:
    """Nobody listens at the vendor's address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    tenant.edit(tenant.url, f"http://127.0.0.1:{port}/eq/api/2.0")


def malformed(tenant: Tenant, control: Control) -> None:
    """A manifest with an unknown field."""
    tenant.edit("last_name: Roe", "surname: Roe")


def refusing(tenant: Tenant, control: Control) -> None:
    """The vendor refuses one of the creates."""
    control.fault("status", method="POST", path="/agent", status=400)


PLANS = [
    (new, [], 0),
    (new, ["--detailed-exitcode"], 2),
    (applied, [], 0),
    (applied, ["--detailed-exitcode"], 0),
    (edited, [], 0),
    (edited, ["--detailed-exitcode"], 2),
    (guarded, ["--detailed-exitcode"], 1),
    (guarded, ["--allow", "deletes"], 0),
    (in_conflict, ["--detailed-exitcode"], 1),
    (in_conflict, ["--exclude", "agents.jane"], 0),
    (failing, ["--detailed-exitcode"], 1),
    (down, ["--detailed-exitcode"], 1),
    (malformed, ["--detailed-exitcode"], 1),
    (new, ["--no-such-flag"], 1),
    (new, ["--target", "agents.nobody"], 1),
    (new, ["--allow", "everything"], 1),
]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("situation", "arguments", "code"), PLANS, ids=[f"{row[0].__name__}-{'-'.join(row[1])}-{row[2]}" for row in PLANS]
)
def test_a_plan_ends_the_same_in_every_format(
    tenant: Tenant, control: Control, situation: Situation, arguments: list[str], code: int, form: str
) -> None:
    """What the exit code says does not depend on how the plan is shown, and nothing is a traceback."""
    situation(tenant, control)

    ran = tenant.run("plan", "--format", form, *arguments)

    assert ran.code == code, ran.err + ran.out
    assert "Traceback" not in ran.err
    assert "a fault in provisioner" not in ran.err


APPLIES = [
    (new, [], 0),
    (new, ["--detailed-exitcode"], 0),
    (applied, [], 0),
    (edited, [], 0),
    (guarded, [], 1),
    (guarded, ["--allow", "deletes"], 0),
    (in_conflict, [], 1),
    (refusing, [], 1),
    (failing, [], 1),
    (down, [], 1),
    (malformed, [], 1),
    (new, ["--parallelism", "0"], 1),
]


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize(
    ("situation", "arguments", "code"),
    APPLIES,
    ids=[f"{row[0].__name__}-{'-'.join(row[1])}-{row[2]}" for row in APPLIES],
)
def test_an_apply_ends_the_same_in_every_format(
    tenant: Tenant, control: Control, situation: Situation, arguments: list[str], code: int, form: list[str]
) -> None:
    """0 only when everything that was planned is done; --json prints only JSON lines."""
    situation(tenant, control)

    ran = tenant.run("apply", "--auto-approve", *form, *arguments)

    assert ran.code == code, ran.err + ran.out
    assert "a fault in provisioner" not in ran.err
    if form:
        for line in ran.out.splitlines():
            json.loads(line)


def test_without_a_terminal_nothing_is_applied_unasked(tenant: Tenant, control: Control) -> None:
    """An apply that can ask nobody does nothing."""
    ran = tenant.run("apply")

    assert ran.code == 1
    assert "--auto-approve" in ran.err
    assert control.counts().get("POST", 0) == 0


def test_a_saved_plan_is_applied_once(tenant: Tenant) -> None:
    """The same file a second time is refused as spent."""
    file = str(tenant.folder / "today.plan")
    assert tenant.run("plan", "--out", file).code == 0
    assert tenant.run("show", file).code == 0

    first, second = tenant.run("apply", file), tenant.run("apply", file)

    assert first.code == 0, first.err
    assert second.code == 1
    assert "spent" in second.err


def test_a_stale_change_fails_the_apply_and_the_rest_is_done(tenant: Tenant, control: Control) -> None:
    """An entity that moved between plan and apply is refused alone."""
    tenant.applied()
    tenant.edit("first_name: Jane", "first_name: Janet")
    tenant.edit("first_name: Bob", "first_name: Bobby")
    file = str(tenant.folder / "today.plan")
    tenant.run("plan", "--out", file)
    moved = next(key for key, agent in control.content()["agent"].items() if agent["number"] == "1001")
    control.change("agent", moved, {"firstName": "Jo"})

    ran = tenant.run("apply", file)

    assert ran.code == 1
    names = {agent["number"]: agent["firstName"] for agent in control.content()["agent"].values()}
    assert names == {"1001": "Jo", "1002": "Bobby"}


def test_a_refused_plan_is_saved_and_cannot_be_applied(tenant: Tenant, control: Control) -> None:
    """The file says that it is refused; apply believes it."""
    guarded(tenant, control)
    file = tenant.folder / "today.plan"

    planned = tenant.run("plan", "--out", str(file))
    ran = tenant.run("apply", str(file))

    assert planned.code == 1
    assert json.loads(file.read_text())["refused"] is True
    assert ran.code == 1
    assert "deletes" in ran.err


OTHERS = [
    (["validate"], 0),
    (["validate", "--format", "json"], 0),
    (["validate", "--format", "github"], 0),
    (["state", "list"], 0),
    (["state", "show", "agents.jane@pbx"], 0),
    (["state", "show", "agents.nobody@pbx"], 1),
    (["state", "show", "no address"], 1),
    (["state", "rm", "agents.jane@pbx"], 0),
    (["state", "rm", "agents.nobody@pbx"], 1),
    (["state", "settle", "agents.jane@pbx", "--absent"], 1),
    (["state", "settle", "agents.jane@pbx"], 1),
    (["state", "unlock"], 0),
    (["destroy", "--auto-approve"], 0),
    (["show", "nothing.plan"], 1),
    (["show", "acme.yaml"], 1),
    (["schema", "plan"], 0),
    (["schema", "state"], 0),
    (["schema", "nothing"], 1),
    (["simulate", "nobody"], 1),
    (["no-such-command"], 1),
    ([], 1),
]


@pytest.mark.parametrize(("arguments", "code"), OTHERS, ids=[" ".join(row[0]) or "nothing" for row in OTHERS])
def test_other_commands(tenant: Tenant, arguments: list[str], code: int) -> None:
    """A command that did what it was told ends with 0, any other with 1."""
    tenant.applied()

    ran = tenant.run(*arguments)

    assert ran.code == code, ran.err + ran.out
    assert "a fault in provisioner" not in ran.err


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_bad_manifests_end_with_1_in_every_format(tenant: Tenant, control: Control, form: str) -> None:
    """Also where a program reads the answer."""
    malformed(tenant, control)

    assert tenant.run("validate", "--format", form).code == 1


def test_an_empty_state_in_ci_is_held(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under CI a local back-end without a state would make everything again."""
    monkeypatch.setenv("CI", "true")

    held, allowed = tenant.run("plan"), tenant.run("plan", "--allow", "fresh_state")

    assert held.code == 1
    assert "fresh_state" in held.out
    assert allowed.code == 0
