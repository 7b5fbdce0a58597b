"""A tenant that lets go of its last connection: nothing is deleted behind its back, and nothing needs ``state rm``."""

from __future__ import annotations

import json

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant


@pytest.fixture
def applied(tenant: Tenant) -> Tenant:
    """All that ``ACME`` declares is at the vendor, and on record."""
    tenant.write()
    tenant.applied()
    return tenant


@pytest.mark.parametrize("empty", ["connections: {}", "connections:"])
def test_what_is_bound_there_is_unknown(applied: Tenant, control: Control, empty: str) -> None:
    """Guard ``account`` says how to go on, and an apply touches nobody."""
    there = control.content()
    applied.manifest.write_text(f"tenant: acme\n{empty}\n", encoding="utf-8")

    planned = applied.run("plan")
    ran = applied.run("apply", "--auto-approve")

    assert planned.code == 1
    assert planned.out.startswith("Refused plan for `acme`\n")
    assert "\nIn all: 5 unknown\n" in planned.out
    assert "connection `pbx` is no longer declared" in planned.out
    assert "removed: [{address: '*@pbx', destroy: false}]" in planned.out
    assert ran.code == 1
    assert control.content() == there


def test_removed_lets_go_of_it(applied: Tenant, control: Control) -> None:
    """All of it is forgotten, nobody is deleted, and the next plan has nothing to do."""
    there = control.content()
    removed = "removed: [{address: '*@pbx', destroy: false}]"
    applied.manifest.write_text(f"tenant: acme\nconnections: {{}}\n{removed}\n", encoding="utf-8")

    ran = applied.run("apply", "--auto-approve")
    again = applied.run("plan", "--detailed-exitcode", "--format", "json")

    assert ran.code == 0, ran.err
    assert control.content() == there
    assert (again.code, json.loads(again.out)["changes"]) == (0, [])
    assert applied.run("state", "list").out == ""
