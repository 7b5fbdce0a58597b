"""What a plan says before anything else, where it would be misread without."""

from __future__ import annotations

import json
import shutil

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant

NO_STATE = "there is no state yet"


def codes(shown: str) -> list[str]:
    """The codes of what a JSON plan notices."""
    return [item["code"] for item in json.loads(shown)["diagnostics"]]


def test_a_lost_state_is_noticed(tenant: Tenant) -> None:
    """Right below the title, and once: whoever has lost the state must not take the adoptions for an ordinary plan."""
    tenant.applied()
    shutil.rmtree(tenant.folder / ".provisioner")
    tenant.edit("  bob: ", "  # bob: ")

    shown, data = tenant.run("plan").out, tenant.run("plan", "--format", "json").out

    title, notice = shown.splitlines()[:2]
    assert title == "Plan for `acme`"
    assert " to adopt" in shown
    assert notice.startswith(f"notice: {NO_STATE}: ")
    assert shown.count(NO_STATE) == 1
    assert codes(data)[0] == "no_state"


def test_a_newcomer_is_not_warned(tenant: Tenant) -> None:
    """A first plan that only creates has lost nothing."""
    shown = tenant.run("plan", "--format", "json").out

    assert "no_state" not in codes(shown)
    assert json.loads(shown)["summary"]["create"] == 5


def test_nor_is_anybody_with_a_state(tenant: Tenant) -> None:
    """What somebody made by hand in the meantime is adopted as ever."""
    tenant.applied()
    assert tenant.run("state", "rm", "agents.jane@pbx").code == 0

    shown = tenant.run("plan", "--format", "json").out

    assert json.loads(shown)["summary"]["adopt"] == 1
    assert "no_state" not in codes(shown)


def test_in_ci_the_guard_says_it(tenant: Tenant) -> None:
    """Guard ``fresh_state`` refuses the plan; nothing is said twice."""
    tenant.applied()
    shutil.rmtree(tenant.folder / ".provisioner")
    tenant.setenv("CI", "true")

    ran = tenant.run("plan")

    assert ran.code == 1
    assert ran.out.startswith("Refused plan for `acme`\n  Refused: nothing of this is done until ")
    assert "guard fresh_state" in ran.out
    assert NO_STATE not in ran.out


def test_another_tenants_state(tenant: Tenant) -> None:
    """Where nothing would change either, the first word is that it is refused."""
    tenant.applied()
    tenant.edit("tenant: acme", "tenant: other")

    ran = tenant.run("plan")

    assert ran.code == 1
    assert ran.out.startswith("Refused plan for `other`\n  Refused: ")
    assert "\nIn all: no resource changes; 5 unchanged\n" in ran.out
    assert "No changes" not in ran.out
    assert "guard tenant" in ran.out


def test_a_server_that_knows_nothing_is_not_filled_again(tenant: Tenant, control: Control) -> None:
    """Every id answered 404 looks like a wrong path: nothing is made anew until somebody has looked."""
    tenant.applied()
    control.fault("status", method="GET", path="*", status=404, times=None)

    planned = tenant.run("plan")
    ran = tenant.run("apply", "--auto-approve")
    allowed = tenant.run("plan", "--allow", "account=pbx")

    assert planned.code == ran.code == 1
    assert "nothing is left on `pbx` of what state binds there" in planned.out
    assert len(control.content()["agent"]) == 2
    assert allowed.code == 0, allowed.out


def test_one_that_lost_some_of_them_is(tenant: Tenant, control: Control) -> None:
    """Entities that are gone for good are made again, as long as others prove that it is their account."""
    tenant.applied()
    control.fault("status", method="GET", path="/call_queue/*", status=404, times=None)

    assert tenant.run("plan").code == 0
