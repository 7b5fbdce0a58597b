"""A declaration that leaves one connection for another: there first, and only then away from here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.cli.conftest import Tenant

TWO_HOUSES = """
tenant: acme
connections:
  old: {{vendor: eq, url: "{old}", api_key: {{from_env: ACME_KEY}}, retries: 0}}
  new: {{vendor: eq, url: "{new}", api_key: {{from_env: NEW_KEY}}, retries: 0}}
agents:
  jane: {{on: old, number: "1001", first_name: Jane, password: {{from_env: PIN}}}}
  bob: {{on: old, number: "1002", first_name: Bob, password: {{from_env: PIN}}}}
"""


@pytest.fixture
def elsewhere() -> Iterator[Running]:
    """The account that Jane moves to."""
    with running(find("eq"), credentials={"api_key": "another-key"}) as served:
        yield served


@pytest.fixture
def moving(tenant: Tenant, elsewhere: Running) -> Tenant:
    """Both agents are at the old account, and Jane is declared at the new one by now."""
    tenant.setenv("NEW_KEY", "another-key")
    tenant.manifest.write_text(TWO_HOUSES.format(old=tenant.url, new=elsewhere.base_url), encoding="utf-8")
    tenant.applied()
    tenant.edit("jane: {on: old", "jane: {on: new")
    return tenant


def live(control: Control) -> set[str]:
    return {agent["number"] for agent in control.content()["agent"].values() if not agent["deleted"]}


def test_she_is_there_before_she_is_gone_here(moving: Tenant, control: Control, elsewhere: Running) -> None:
    """One apply: created there, deleted here."""
    ran = moving.run("apply", "--auto-approve")

    assert ran.code == 0, ran.err
    with Control(elsewhere.url) as there:
        assert live(there) == {"1001"}
    assert live(control) == {"1002"}


def test_she_stays_where_the_new_account_cannot_be_asked(moving: Tenant, control: Control, elsewhere: Running) -> None:
    """Also when the new account is excluded, as the refused plan says how to."""
    with Control(elsewhere.url) as there:
        there.fault("status", status=500, times=None)

    refused = moving.run("plan")
    ran = moving.run("apply", "--auto-approve", "--exclude", "agents.jane@new")

    assert refused.code == 1
    assert "--exclude agents.jane@new" in refused.out
    assert ran.code == 0, ran.err
    assert "agents.jane@old" in ran.out
    assert live(control) == {"1001", "1002"}


def test_a_target_takes_the_join_along(moving: Tenant, control: Control, elsewhere: Running) -> None:
    """Who asks for the leave alone gets both, in their order."""
    ran = moving.run("apply", "--auto-approve", "--target", "agents.jane@old")

    assert ran.code == 0, ran.err
    with Control(elsewhere.url) as there:
        assert live(there) == {"1001"}
    assert live(control) == {"1002"}


def test_she_stays_where_the_join_fails(moving: Tenant, control: Control, elsewhere: Running) -> None:
    """The leave is skipped."""
    with Control(elsewhere.url) as there:
        there.fault("status", method="POST", status=400, times=None)

    ran = moving.run("apply", "--auto-approve")

    assert ran.code == 1
    assert live(control) == {"1001", "1002"}


def test_an_account_that_may_not_be_asked_is_unknown(moving: Tenant, control: Control, elsewhere: Running) -> None:
    """What is declared behind a held connection is unknown, and nobody leaves for it."""
    moving.edit("NEW_KEY", "ACME_KEY")

    ran = moving.run("plan")

    assert ran.code == 1
    assert "agents.jane@new" in ran.out
    assert moving.run("apply", "--auto-approve").code == 1
    assert live(control) == {"1001", "1002"}


def test_an_excluded_connection_keeps_its_account(moving: Tenant, control: Control, elsewhere: Running) -> None:
    """Leaving a held connection out answers nothing: the next plan asks about its account again."""
    moving.edit("jane: {on: new", "jane: {on: old")
    moving.edit(f'old: {{vendor: eq, url: "{moving.url}"', f'old: {{vendor: eq, url: "{moving.url}/2"')
    moving.edit(
        "agents:\n", 'agents:\n  noor: {on: new, number: "1003", first_name: Noor, password: {from_env: PIN}}\n'
    )

    ran = moving.run("apply", "--auto-approve", "--exclude", "*@old")
    again = moving.run("plan")

    assert ran.code == 0, ran.err
    with Control(elsewhere.url) as there:
        assert live(there) == {"1003"}
    assert again.code == 1
    assert "guard account" in again.out
    assert live(control) == {"1001", "1002"}


def test_who_has_moved_already_is_declared_still(moving: Tenant, control: Control) -> None:
    """Two homes, of which one is given up: nobody says that no manifest declares her."""
    moving.edit("jane: {on: new", "jane: {on: [old, new]")
    moving.applied()
    moving.edit("jane: {on: [old, new]", "jane: {on: new")

    ran = moving.run("plan")

    assert "`agents.jane` does not live on `old` any more" in " ".join(ran.out.split())
    assert "no manifest declares it" not in ran.out


def test_what_is_missing_is_told_in_the_order_of_the_file(moving: Tenant) -> None:
    """By line, whatever the variables are called."""
    text = moving.manifest.read_text(encoding="utf-8")
    lines = [
        f'  {key}: {{on: old, number: "{number}", first_name: X, password: {{from_env: {name}}}}}\n'
        for key, number, name in (("noor", 1003, "Z_PIN"), ("omar", 1004, "A_PIN"))
    ]
    moving.manifest.write_text(text + "".join(lines), encoding="utf-8")

    ran = moving.run("apply", "--auto-approve")

    assert ran.code == 1
    assert ran.err.index("Z_PIN") < ran.err.index("A_PIN")
