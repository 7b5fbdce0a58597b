"""``state mv``, ``pull`` and ``push`` through the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from provisioner.state.backend import Holder
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document
from provisioner.state.lock import Lock
from tests.cli.conftest import Tenant


def state(tenant: Tenant) -> Document:
    return LocalBackend(tenant.folder / ".provisioner").load()


def bound(tenant: Tenant) -> dict[str, str]:
    return {str(address): found.id for address, found in state(tenant).bound.items()}


def pulled(tenant: Tenant) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tenant.run("state", "pull").out)
    return found


def push(tenant: Tenant, raw: Any, *arguments: str) -> tuple[int, str]:
    file = tenant.folder / "saved.json"
    file.write_text(raw if isinstance(raw, str) else json.dumps(raw))
    ran = tenant.run("state", "push", str(file), *arguments)
    return ran.code, ran.out + ran.err


@contextmanager
def locked(tenant: Tenant) -> Iterator[None]:
    """As if somebody else was writing."""
    lock = Lock(tenant.folder / ".provisioner" / "lock")
    asyncio.run(lock.acquire(Holder("ann", "elsewhere", "2026-01-01T00:00:00Z", "provisioner apply", 1), 0))
    try:
        yield
    finally:
        lock.release()


def test_mv_renames_what_is_recorded(tenant: Tenant) -> None:
    """A plan of the renamed declaration has nothing to do; the serial rises by one."""
    tenant.applied()
    before = state(tenant)
    tenant.edit("  jane:", "  janet:")

    ran = tenant.run("state", "mv", "agents.jane@pbx", "agents.janet@pbx")

    assert (ran.code, ran.out) == (0, "moved agents.jane@pbx to agents.janet@pbx\n")
    assert state(tenant).serial == before.serial + 1
    assert tenant.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("agents.nobody@pbx", "agents.jane@pbx", "`agents.nobody@pbx` is not managed"),
        ("agents.jane@pbx", "agents.bob@pbx", "`agents.bob@pbx` is managed already"),
        ("agents.jane@pbx", "agents.jane@pbx", "is moved to itself"),
        ("agents.jane@pbx", "supervisors.jane@pbx", "a move stays within a kind"),
        ("agents.jane@pbx", "agents.jane@voice", "a move stays within an account"),
        ("agents.jane", "agents.janet@pbx", "is not an address"),
    ],
)
def test_mv_refuses_what_cannot_be(tenant: Tenant, source: str, target: str, said: str) -> None:
    """And changes nothing."""
    tenant.applied()
    before = state(tenant)

    ran = tenant.run("state", "mv", source, target)

    assert ran.code == 1
    assert said in ran.err
    assert state(tenant) == before


@pytest.mark.parametrize(
    "command",
    [
        ("show", "agents.jane"),
        ("show", "jane"),
        ("show", "agents.jan@pbx"),
        ("rm", "agents.bob@pbx", "agents.jane"),
        ("rm", "agents.jan@pbx"),
        ("mv", "agents.jane", "agents.janet@pbx"),
        ("mv", "agents.jan@pbx", "agents.janet@pbx"),
        ("settle", "agents.jane", "--absent"),
    ],
)
def test_an_address_that_is_nearly_right_is_guessed(tenant: Tenant, command: tuple[str, ...]) -> None:
    """From what the record knows; nothing is done on a guess, and nothing of what was named beside it."""
    tenant.applied()
    before = state(tenant)

    ran = tenant.run("state", *command)

    assert ran.code == 1
    assert "did you mean `agents.jane@pbx`?" in ran.err
    assert state(tenant) == before


def test_pull_prints_what_push_takes(tenant: Tenant) -> None:
    """The same record, but for a serial above both."""
    tenant.applied()
    raw = pulled(tenant)

    code, said = push(tenant, raw)

    assert code == 0, said
    assert f"pushed 5 resources; the serial is {raw['serial'] + 1}" in said
    again = pulled(tenant)
    assert {**again, "serial": 0, "counted": 0} == {**raw, "serial": 0, "counted": 0}
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_a_saved_state_is_pushed_into_an_empty_one(tenant: Tenant) -> None:
    """After the folder was lost; the lineage is the saved one's again."""
    tenant.applied()
    raw = pulled(tenant)
    (tenant.folder / ".provisioner").rename(tenant.folder / ".lost")

    code, said = push(tenant, raw)

    assert code == 0, said
    assert state(tenant).lineage == raw["lineage"]
    assert tenant.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lineage": "other"}, "this is another state: its lineage is `other`"),
        ({"serial": 0}, "this state is older: its serial is 0"),
        ({"tenant": "other"}, "this is the state of tenant `other`"),
    ],
)
def test_another_state_is_pushed_by_force_only(tenant: Tenant, changes: dict[str, Any], said: str) -> None:
    """Lineage, tenant and serial say which state it is."""
    tenant.applied()
    before = state(tenant)
    raw = {**pulled(tenant), **changes}

    refused = push(tenant, raw)
    kept = state(tenant)
    forced = push(tenant, raw, "--force")

    assert refused[0] == 1
    assert said in refused[1]
    assert kept == before
    assert forced[0] == 0, forced[1]
    assert state(tenant).serial == before.serial + 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged: a map expected"),
        ('{"format_version": "9"}', "is of format version 9"),
        ('{"format_version": "1", "lineage": "l", "surprise": 1}', "`surprise` is unknown"),
        ('{"format_version": "1", "lineage": "l", "resources": {"agents.jane@pbx": {"id": 1}}}', "text expected"),
    ],
)
def test_what_is_no_state_is_refused(tenant: Tenant, raw: str, said: str) -> None:
    """Also by force."""
    tenant.applied()
    before = state(tenant)

    code, told = push(tenant, raw, "--force")

    assert code == 1
    assert said in told
    assert "restore" not in told, "it is the pushed file that is damaged, not the record"
    assert state(tenant) == before


def test_an_entity_of_two_addresses_is_refused(tenant: Tenant) -> None:
    """Also by force: no plan could be made of it."""
    tenant.applied()
    raw = pulled(tenant)
    raw["resources"]["agents.bob@pbx"]["id"] = raw["resources"]["agents.jane@pbx"]["id"]

    code, said = push(tenant, raw, "--force")

    assert code == 1
    assert "to `agents.bob@pbx` and to `agents.jane@pbx`" in said


def test_nothing_is_changed_while_somebody_else_writes(tenant: Tenant) -> None:
    """The holder is named; reading goes on."""
    tenant.applied()
    raw = pulled(tenant)

    with locked(tenant):
        code, said = push(tenant, raw)
        moved = tenant.run("state", "mv", "agents.jane@pbx", "agents.janet@pbx")
        read = tenant.run("state", "pull")

    assert (code, moved.code, read.code) == (1, 1, 0)
    assert "locked by ann" in said
    assert "locked by ann" in moved.err
