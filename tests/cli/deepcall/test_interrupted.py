"""A run at DeepCall that is killed in the middle: nobody is made twice, nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.deepcall.conftest import by_email, nothing_to_do, writes
from tests.cli.killing import killed
from tests.stories.stage import Spawner, spawning


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner


def killed_at(acme: Tenant, portal: Control, spawner: Spawner, call: str, *, skip: int = 0) -> None:
    """Starts an apply, and kills it once the answer to that call is held back."""
    portal.fault("slow", path=f"*/{call}", skip=skip, seconds=60)
    killed(acme, portal, spawner)


@pytest.mark.parametrize(
    ("call", "skip"),
    [
        ("role/add", 0),
        ("role/update", 0),
        ("Agent/create", 0),
        ("Agent/create", 1),
        ("Group/add", 0),
        ("Group/submitAssignGroupToAgent", 0),
    ],
)
def test_killed_with_an_answer_on_its_way(
    acme: Tenant, portal: Control, spawner: Spawner, call: str, skip: int
) -> None:
    """Whichever request it is, the next run completes what is there."""
    killed_at(acme, portal, spawner, call, skip=skip)

    acme.applied()

    assert {email: item["name"] for email, item in by_email(portal).items()} == {
        "ana@example.com": "Ana Diaz",
        "bob@example.com": "Bob Poe",
    }
    assert [item["name"] for item in portal.content()["group"].values()] == ["Support"]
    assert sorted(item["name"] for item in portal.content()["role"].values()) == ["Team lead", "agent"]
    nothing_to_do(acme)


def test_killed_before_a_new_group_s_name_is_read_back(acme: Tenant, portal: Control, spawner: Spawner) -> None:
    """The name was taken meanwhile: what was made under another one does not pass for what was declared."""
    taken = {"verb": "create", "kind": "group", "attributes": {"name": "Support"}}
    portal.fault("meanwhile", path="*/role/add", changes=[taken])
    killed_at(acme, portal, spawner, "Group/list", skip=1)

    ran = acme.run("plan")

    assert ran.code == 1
    assert "conflict" in ran.out


def test_killed_between_two_fields(acme: Tenant, portal: Control, spawner: Spawner) -> None:
    """What had arrived is not sent again, and the rest is."""
    acme.applied()
    for old, new in (("Ana Diaz", "Anna Diaz"), ("15555550101", "15555550111"), ("role: lead", "role: agent")):
        acme.edit(old, new)
    killed_at(acme, portal, spawner, "Agent/update", skip=1)
    portal.reset_log()

    acme.applied()

    assert [next(name for name in body if name != "agentId") for _, body in writes(portal)] == ["role"]
    nothing_to_do(acme)
