"""Who has come into use since the plan was made: asked right before what would disturb somebody, and held."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.plan.document import Action
from provisioner.vendors.usage import UseProbe
from tests.apply.test_parking import ANN, BOB, a_swap, ann_and_bob, numbers, until_sent
from tests.apply.world import FAILED, World, a_change, fate, in_a_world

USE = "GET /people/1/use"


def minding(world: World) -> None:
    """People can be asked about, and mind a new number."""
    people = world.clinic.offers["people"]
    world.clinic.offers = {**world.clinic.offers, "people": replace(people, use=UseProbe("", frozenset({"number"})))}


@in_a_world
async def test_one_at_work_is_held_and_the_rest_goes_on(world: World) -> None:
    """Asked after the entity was looked at, once, and nothing is sent; another one is not held up by it."""
    await ann_and_bob(world)
    minding(world)
    world.clinic.at_work = {"1"}

    report = await world.apply(
        a_change(ANN, Action.DELETE, "1", before={"number": "1001"}),
        a_change(BOB, Action.DELETE, "2", before={"number": "1002"}),
    )

    assert fate(report, ANN) == (Status.HELD, "guard `busy`: it would be deleted and is in use: at work")
    assert (report.failed, report.completed, world.clinic.changes) == (True, False, ["DELETE /people/2"])
    assert [call for call in world.clinic.sent if "/1" in call] == ["GET /people/1", USE]


@in_a_world
async def test_what_needs_it_is_skipped(world: World) -> None:
    await ann_and_bob(world)
    minding(world)
    world.clinic.at_work = {"1"}

    report = await world.apply(
        a_change(ANN, Action.DELETE, "1", before={"number": "1001"}),
        a_change(BOB, Action.UPDATE, "2", before={"number": "1002"}, after={"number": "1001"}, needs=(ANN,)),
    )

    assert fate(report, BOB) == (Status.SKIPPED, f"needs `{ANN}`, which was held")


@in_a_world
async def test_what_disturbs_nobody_is_not_asked_about(world: World) -> None:
    """Another colour for one who is at work, and a delete at a vendor who cannot tell."""
    await ann_and_bob(world)
    world.clinic.at_work = {"1"}

    await world.apply(a_change(BOB, Action.DELETE, "2", before={"number": "1002"}))
    minding(world)
    report = await world.apply(a_change(ANN, Action.UPDATE, "1", before={}, after={"colour": "red"}))

    assert (report.completed, [call for call in world.clinic.sent if call.endswith("/use")]) == (True, [])


@in_a_world
async def test_what_was_allowed_is_not_asked_about(world: World) -> None:
    """The plan carries its allowances; that of another address counts for nothing."""
    await ann_and_bob(world)
    minding(world)
    world.clinic.at_work = {"1", "2"}

    report = await world.apply(
        a_change(ANN, Action.DELETE, "1", before={"number": "1001"}),
        a_change(BOB, Action.DELETE, "2", before={"number": "1002"}),
        allowed=("busy=people.ann@x", "deletes"),
    )

    assert [fate(report, key)[0] for key in (ANN, BOB)] == [Status.DONE, Status.HELD]
    assert USE not in world.clinic.sent


@in_a_world
async def test_a_question_without_an_answer_is_a_failure(world: World) -> None:
    await ann_and_bob(world)
    minding(world)
    world.clinic.before[USE] = [FAILED]

    report = await world.apply(a_change(ANN, Action.DELETE, "1", before={"number": "1001"}))

    assert fate(report, ANN) == (Status.FAILED, "not sent: whether it is in use could not be asked: it broke")
    assert world.clinic.changes == []


@in_a_world
async def test_nobody_is_parked_while_at_work(world: World) -> None:
    await ann_and_bob(world)
    minding(world)
    world.clinic.at_work = {"2"}

    report = await world.apply(*a_swap())

    assert (report.count(Status.HELD), report.left_parked, world.clinic.changes) == (1, (), [])


@in_a_world
async def test_whoever_is_parked_is_given_back_though_at_work_by_now(world: World) -> None:
    """The exchange is held half-way; to stay on the temporary number would be worse than a number that changes."""
    await ann_and_bob(world)
    minding(world)
    gate = world.clinic.gates.setdefault("PUT /people/2", asyncio.Event())
    running = asyncio.create_task(world.apply(*a_swap()))
    await until_sent(world, "PUT /people/2")
    world.clinic.at_work = {"1", "2"}
    gate.set()

    report = await running

    assert (fate(report, ANN)[0], report.restored) == (Status.HELD, (Address.parse(BOB),))
    assert numbers(world) == {"1": "1001", "2": "1002"}


@in_a_world
async def test_an_exchange_that_has_begun_is_finished(world: World) -> None:
    """The one on a temporary number gets the new one, also when at work by then."""
    await ann_and_bob(world)
    minding(world)
    gate = world.clinic.gates.setdefault("PUT /people/1", asyncio.Event())
    running = asyncio.create_task(world.apply(*a_swap()))
    await until_sent(world, "PUT /people/1")
    world.clinic.at_work = {"1", "2"}
    gate.set()

    report = await running

    assert (report.completed, numbers(world)) == (True, {"1": "1002", "2": "1001"})
