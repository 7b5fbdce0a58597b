"""How many requests a command makes: the fewest that the vendor's API allows, counted at the vendor."""

from __future__ import annotations

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant, asked

AGENTS = 30
AT_ONCE = 3
SCAN = 20 + 1
"""The ids of a scan of an empty account, and what the licence counts."""

CAPACITY = 2
"""What the guard `capacity` asks once for a plan that creates something: the licence, and what it counts."""


@pytest.fixture
def many(tenant: Tenant, control: Control) -> Tenant:
    """A tenant of 30 agents at an account that is empty, and has not been asked for anything."""
    agents = "".join(
        f'  agent_{number}: {{{{number: "{1000 + number}", first_name: Ann, last_name: Roe,'
        f" email: a{number}@acme.example, password: {{{{from_env: PIN}}}}}}}}\n"
        for number in range(AGENTS)
    )
    tenant.write(
        "tenant: acme\nconnections:\n  pbx: {{vendor: eq, url: '{url}', api_key: {{from_env: ACME_KEY}}, "
        f"limits: {{{{concurrency: {AT_ONCE}}}}}}}}}\nagents:\n{agents}"
    )
    control.empty()
    control.reset_log()
    return tenant


def done(tenant: Tenant, *arguments: str) -> str:
    ran = tenant.run(*arguments)
    assert ran.code == 0, ran.err + ran.out
    return ran.out


def test_creating(many: Tenant, control: Control) -> None:
    """An apply that planned itself scans once, asks the licence, and sends and reads back each agent once."""
    done(many, "apply", "--auto-approve")

    counts = asked(control)
    assert counts.pop("POST /agent") == AGENTS
    assert sum(counts.values()) == SCAN + CAPACITY + AGENTS


def test_creating_by_a_saved_plan(many: Tenant, control: Control) -> None:
    """One scan tells for all of them that nobody has made them since, whoever of them asks first."""
    saved = str(many.folder / "all.plan")
    done(many, "plan", "--out", saved)
    asked(control)

    done(many, "apply", saved)

    counts = asked(control)
    assert counts.pop("POST /agent") == AGENTS
    assert sum(counts.values()) == SCAN + AGENTS


def test_planning_what_is_known(many: Tenant, control: Control) -> None:
    """Each known agent is read once and nothing else is asked, also where one of them has changed."""
    done(many, "apply", "--auto-approve")
    asked(control)

    unchanged = done(many, "plan")

    assert unchanged.startswith("No changes")
    assert asked(control) == {"GET /agent/{id}": AGENTS}
    control.change("agent", "7", {"firstName": "Joan"})
    assert "1 to update" in done(many, "plan")
    assert asked(control) == {"GET /agent/{id}": AGENTS}


def test_planning_a_search_that_is_only_seen_to_be_needed_on_the_way(many: Tenant, control: Control) -> None:
    """One was deleted by hand, so that another may have its number: the scan asks for ids that were not read yet."""
    done(many, "apply", "--auto-approve")
    control.delete("agent", "7")
    asked(control)

    assert "1 to undelete" in done(many, "plan")

    gap = SCAN - 1
    assert asked(control)["GET /agent/{id}"] == AGENTS + gap


def test_one_change(many: Tenant, control: Control) -> None:
    """A saved plan with one update: is it still as the plan saw it, the change, and what became of it."""
    done(many, "apply", "--auto-approve")
    control.change("agent", "7", {"firstName": "Joan"})
    saved = str(many.folder / "one.plan")
    done(many, "plan", "--out", saved)
    asked(control)

    done(many, "apply", saved)

    assert asked(control) == {"GET /agent/{id}": 2, "PUT /agent/{id}": 1}


def test_the_connection_is_kept_busy_and_never_beyond_its_limit(many: Tenant, control: Control) -> None:
    """More changes are under way than requests may be; the vendor sees no more requests at once than its limit."""
    control.settings(latency=0.005)

    done(many, "apply", "--auto-approve")

    assert control.counts()["peak_concurrency"] == AT_ONCE
