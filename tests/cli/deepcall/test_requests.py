"""How many requests a command makes of DeepCall: the fewest that its API allows, counted at the vendor."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant, asked
from tests.cli.deepcall.conftest import ANA

AGENTS, PAGES = 300, 3
LIST, UPDATE = "POST /api/v2/Agent/list", "POST /api/v2/Agent/update"
GROUPS, MEMBERS = "POST /api/v2/Group/list", "POST /api/v2/Group/getGroupAgentRelation"
MOST = 500
"""How many agents a page can hold, where nothing else is said."""


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


def managed(acme: Tenant, portal: Control, kind: str, entities: list[tuple[dict[str, Any], str]]) -> None:
    """All of these are there and managed, and nothing else is declared."""
    start = acme.manifest.read_text().partition("roles:\n")[0]
    for attributes, _ in entities:
        portal.create({"agents": "agent", "queues": "group"}[kind], attributes)
    lines = "".join(f"  x-{n}: {declared}\n" for n, (_, declared) in enumerate(entities))
    acme.manifest.write_text(f"{start}{kind}:\n{lines}")
    acme.applied()
    portal.reset_log()


def targets(kind: str, count: int) -> list[str]:
    return [argument for n in range(count) for argument in ("--target", f"{kind}.x-{n}")]


def test_one_of_two_pages_of_agents_is_read_alone(acme: Tenant, portal: Control) -> None:
    """A partial plan reads by id what is fewer requests than the pages, which two agents are not."""
    portal.settings(agtLimit=MOST + 1)
    emails = [f"a{n}@example.com" for n in range(MOST + 1)]
    told = [({**ANA, "email": email}, f"{{email: {email}, name: Ana Diaz}}") for email in emails]
    managed(acme, portal, "agents", told)

    assert acme.run("plan", *targets("agents", 1), "--detailed-exitcode").code == 0
    assert [entry["data"].get("agentId") for entry in portal.log()] == ["1"]
    portal.reset_log()
    assert acme.run("plan", *targets("agents", 2), "--detailed-exitcode").code == 0
    assert [entry["data"].get("page") for entry in portal.log()] == [1, 2]


def test_a_few_of_many_groups_are_read_alone(acme: Tenant, portal: Control) -> None:
    """One request shows a group with its members, so that the listing is asked only for all of them."""
    managed(acme, portal, "queues", [({"name": f"G {n}"}, f"{{name: G {n}}}") for n in range(4)])

    assert acme.run("plan", *targets("queues", 3), "--detailed-exitcode").code == 0
    assert asked(portal) == {MEMBERS: 3}
    assert acme.run("plan", *targets("queues", 4), "--detailed-exitcode").code == 0
    assert asked(portal) == {GROUPS: 1, MEMBERS: 4}


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
        GROUPS: 1,
        MEMBERS: 3,
    }


def test_what_does_not_live_there_is_not_asked_about(acme: Tenant, portal: Control) -> None:
    """A manifest of groups alone asks for no agents."""
    start, _, rest = acme.manifest.read_text().partition("roles:\n")
    assert "queues:" in rest
    acme.manifest.write_text(start + "queues: {support: {name: Support, status: active}}\n")

    acme.run("plan")

    assert set(asked(portal)) == {GROUPS}
