"""How many requests a command makes of Bird: the fewest that its API allows, counted at the vendor."""

from __future__ import annotations

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import ids
from tests.cli.conftest import Tenant, asked

AGENTS = 1_000
PAGES = 10
LIST, READ, PATCH = (
    "GET /workspaces/{workspaceId}/agents",
    "GET /workspaces/{workspaceId}/agents/{agentId}",
    "PATCH /workspaces/{workspaceId}/agents/{agentId}",
)


@pytest.fixture
def many(empty: Tenant, portal: Control) -> Tenant:
    """A thousand agents, all of them managed."""
    users = [portal.create("user", {"name": f"U {n}", "defaultEmail": f"u{n}@acme.example"}) for n in range(AGENTS)]
    for user in users:
        portal.create("agent", {"type": "user", "userId": user, "bio": "Word"})
    with empty.manifest.open("a", encoding="utf-8") as manifest:
        manifest.write("agents:\n")
        manifest.writelines(f"  a-{n}: {{user_id: {user}, bio: Word}}\n" for n, user in enumerate(users))
    empty.applied()
    portal.reset_log()
    return empty


def test_refreshing_and_one_change(many: Tenant, portal: Control) -> None:
    """A page for each hundred, whatever has changed, whatever is declared; a change is re-read, sent, read back."""
    assert many.run("plan", "--detailed-exitcode").code == 0
    assert asked(portal) == {LIST: PAGES}
    assert many.run("drift").code == 0
    assert asked(portal) == {LIST: PAGES}

    portal.change("agent", ids(portal, "agent")[500], {"bio": "Other"})
    portal.reset_log()
    assert "1 to update" in many.run("plan").out
    assert asked(portal) == {LIST: PAGES}
    assert many.run("apply", "--auto-approve").code == 0
    assert asked(portal) == {LIST: PAGES, READ: 2, PATCH: 1}

    portal.delete("agent", ids(portal, "agent")[700])
    portal.reset_log()
    assert "1 to create" in many.run("plan").out
    assert asked(portal) == {LIST: PAGES}


def test_a_few_of_many(many: Tenant, portal: Control) -> None:
    """A partial plan reads what it is about, as long as that is less than the pages; then it is the pages."""
    targets = [argument for number in range(PAGES) for argument in ("--target", f"agents.a-{number}")]

    assert many.run("plan", *targets[:2], "--detailed-exitcode").code == 0
    assert asked(portal) == {READ: 1}
    assert many.run("plan", *targets[:-2], "--detailed-exitcode").code == 0
    assert asked(portal) == {READ: PAGES - 1}
    assert many.run("plan", *targets, "--detailed-exitcode").code == 0
    assert asked(portal) == {LIST: PAGES}

    portal.delete("agent", ids(portal, "agent")[0])
    portal.reset_log()
    assert "1 to create" in many.run("plan", *targets[:2]).out
    assert asked(portal) == {READ: 1, LIST: PAGES}


def test_few_are_declared(empty: Tenant, portal: Control) -> None:
    """The account is read whole, once for a plan, once for an apply, which binds what that showed."""
    for number in range(250):
        user = portal.create("user", {"name": f"U {number}", "defaultEmail": f"u{number}@acme.example"})
        portal.create("agent", {"type": "user", "userId": user})
    with empty.manifest.open("a", encoding="utf-8") as manifest:
        manifest.write("agents:\n  one: {email: u7@acme.example}\n  two: {email: u249@acme.example}\n")
    portal.reset_log()

    assert "2 to adopt" in empty.run("plan").out
    assert asked(portal) == {LIST: 3}
    empty.applied()
    assert asked(portal) == {LIST: 3}
    assert empty.run("plan", "--detailed-exitcode").code == 0
    assert asked(portal) == {LIST: 3}
