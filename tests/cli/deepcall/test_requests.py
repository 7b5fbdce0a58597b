"""How many requests a command makes of DeepCall: the fewest that its API allows, counted at the vendor."""

from __future__ import annotations

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.deepcall.conftest import ANA

AGENTS, PAGES = 300, 3
LIST, UPDATE = "POST /api/v2/Agent/list", "POST /api/v2/Agent/update"


@pytest.fixture
def many(acme: Tenant, portal: Control) -> Tenant:
    """Three hundred agents, all of them managed; nothing else is declared."""
    portal.settings(agtLimit=AGENTS)
    start = acme.manifest.read_text().partition("roles:\n")[0].replace("lag: 0", "lag: 0\n    page_size: 100")
    lines = []
    for n in range(AGENTS):
        portal.create("agent", {**ANA, "email": f"a{n}@example.com"})
        lines.append(f"  a-{n}: {{email: a{n}@example.com, name: Ana Diaz}}\n")
    acme.manifest.write_text(f"{start}agents:\n{''.join(lines)}")
    acme.applied()
    portal.reset_log()
    return acme


def asked(portal: Control) -> dict[str, int]:
    """Requests since the last time, by method and path."""
    counts: dict[str, int] = portal.counts()["paths"]
    portal.reset_log()
    return counts


def test_refreshing_and_one_change(many: Tenant, portal: Control) -> None:
    """A page for each hundred, whatever has changed; a change is re-read, sent, read back."""
    assert many.run("plan", "--detailed-exitcode").code == 0
    assert asked(portal) == {LIST: PAGES}
    assert many.run("drift").code == 0
    assert asked(portal) == {LIST: PAGES}

    many.edit("a-7: {email: a7@example.com, name: Ana Diaz}", "a-7: {email: a7@example.com, name: Ana Roe}")
    assert "1 to update" in many.run("plan").out
    assert asked(portal) == {LIST: PAGES}
    many.applied()
    assert asked(portal) == {LIST: PAGES + 2, UPDATE: 1}


def test_groups_are_one_request_and_one_each(acme: Tenant, portal: Control) -> None:
    """However many members they have."""
    acme.applied()
    for name in ("One", "Two"):
        portal.create("group", {"name": name})
    portal.reset_log()

    assert acme.run("plan", "--detailed-exitcode").code == 0

    assert asked(portal) == {
        LIST: 1,
        "POST /api/v2/role/list": 1,
        "POST /api/v2/Group/list": 1,
        "POST /api/v2/Group/getGroupAgentRelation": 3,
    }


def test_what_does_not_live_there_is_not_asked_about(acme: Tenant, portal: Control) -> None:
    """A manifest of groups alone asks for no agents."""
    start, _, rest = acme.manifest.read_text().partition("roles:\n")
    assert "queues:" in rest
    acme.manifest.write_text(start + "queues: {support: {name: Support, status: active}}\n")

    acme.run("plan")

    assert set(asked(portal)) == {"POST /api/v2/Group/list"}
