"""A run that ends in the middle at Bird, whose create takes two requests: nobody is made twice, nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import ids, plan, sent, settled, the, writes
from tests.cli.conftest import Tenant
from tests.cli.killing import killed
from tests.stories.stage import Spawner, spawning


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner


def whole(acme: Tenant, portal: Control) -> None:
    """One agent, complete; nothing is left to do."""
    assert len(ids(portal, "agent")) == 1
    assert the(portal, "agent", "Jane Roe")["wrapUpTime"] == 30
    assert settled(acme)


def test_the_patch_of_a_create_fails(acme: Tenant, portal: Control) -> None:
    """The id was kept after the POST: the next run sends the PATCH, and no second POST."""
    portal.fault("status", method="PATCH", path="*/agents/*", status=422, body='{"message": "no"}')
    assert acme.run("apply", "--auto-approve").code == 1
    portal.reset_log()

    assert plan(acme)["agents.jane"] == "update"
    acme.applied()

    assert [request.split("/")[0] for request in writes(portal)] == ["PATCH agents", "POST inbox"]
    assert "bio" not in sent(portal)[0]
    whole(acme, portal)


def test_the_patch_of_a_create_never_arrives(acme: Tenant, portal: Control) -> None:
    """Nobody can tell at first; the agent is read, and it is sent again."""
    portal.fault("drop_before", method="PATCH", path="*/agents/*")

    acme.applied()

    told = [request.split("/")[0] for request in writes(portal)]
    assert (told.count("POST agents"), told.count("PATCH agents")) == (1, 2)
    whole(acme, portal)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_killed_in_the_middle_of_a_create(acme: Tenant, portal: Control, spawner: Spawner, method: str) -> None:
    """With either request's answer on its way."""
    portal.fault("slow", method=method, path="*/agents*", seconds=60)

    killed(acme, portal, spawner)
    portal.reset_log()
    acme.applied()

    assert "POST agents" not in writes(portal)
    whole(acme, portal)


def test_killed_between_the_two_requests_of_a_create(acme: Tenant, portal: Control, spawner: Spawner) -> None:
    """The POST was answered, the PATCH was sent and never arrived."""
    portal.fault("drop_before", method="PATCH", path="*/agents/*")
    portal.fault("slow", method="GET", path="*/agents/*", seconds=60)

    killed(acme, portal, spawner)
    portal.reset_log()
    acme.applied()

    assert "POST agents" not in writes(portal)
    whole(acme, portal)


@pytest.mark.parametrize("effect", ["drop_after", "drop_before", "status_after"])
@pytest.mark.parametrize("path", ["teams", "inbox/skills", "agents", "inbox/capacity"])
def test_the_answer_of_a_create_is_lost(acme: Tenant, portal: Control, path: str, effect: str) -> None:
    """It is looked for in a listing, and made again only where it is not there."""
    more = {"status": 502} if effect == "status_after" else {}
    portal.fault(effect, method="POST", path=f"*/{path}", **more)

    acme.run("apply", "--auto-approve")
    acme.run("apply", "--auto-approve")

    counts = {kind: len(found) for kind, found in portal.content().items() if kind not in ("user", "sla_policy")}
    assert counts == {
        "agent": 1,
        "team": 2,
        "routing_queue": 1,
        "skill": 2,
        "capacity_rule": 1,
        "business_hours": 1,
        "sender_profile": 0,
    }
    whole(acme, portal)


def test_the_answer_of_a_delete_is_lost(bound: Tenant, portal: Control) -> None:
    """Gone is gone."""
    bound.without("second:")
    portal.fault("drop_after", method="DELETE", path="*/teams/*")

    bound.run("apply", "--auto-approve")
    ran = bound.run("apply", "--auto-approve")

    assert ran.code == 0, ran.out + ran.err
    assert len(ids(portal, "team")) == 1
    assert settled(bound)
