"""A unique value that goes round in a ring: parked, passed on, and given back where that fails."""

from __future__ import annotations

import asyncio

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.plan.document import Action, Change, FieldChange, Step
from provisioner.state.entries import Parked
from tests.apply.world import FAILED, World, a_change, in_a_world

ANN, BOB = "people.ann@x", "people.bob@x"


def shut(world: World, call: str) -> asyncio.Event:
    """That call waits until the event is set."""
    return world.clinic.gates.setdefault(call, asyncio.Event())


async def until_sent(world: World, call: str) -> None:
    while call not in world.clinic.sent:
        await asyncio.sleep(0)


def a_swap() -> tuple[Change, Change, Change]:
    """Ann and Bob exchange their numbers; Bob waits on a free one."""
    bob, ann = {"number": "1002"}, {"number": "1001"}
    park = a_change(BOB, Action.UPDATE, "2", before=bob, after={"number": "9999"}, step=Step.PARK)
    first = a_change(ANN, Action.UPDATE, "1", before=ann, after=bob, needs=(park.key,))
    return park, first, a_change(BOB, Action.UPDATE, "2", before=bob, after=ann, needs=(park.key, ANN))


async def ann_and_bob(world: World) -> None:
    for text, vendor_id, number in ((ANN, "1", "1001"), (BOB, "2", "1002")):
        world.clinic.put("people", vendor_id, number=number)
        await world.bind(text, vendor_id, attributes={"number": number})


def numbers(world: World) -> dict[str, object]:
    return {key: entity.attributes["number"] for key, entity in world.clinic.content["people"].items()}


@in_a_world
async def test_a_swap_goes_through(world: World) -> None:
    """Three updates; nobody is left parked, and the parking step counts as done only now."""
    await ann_and_bob(world)

    report = await world.apply(*a_swap())

    assert (report.completed, report.restored, report.left_parked) == (True, (), ())
    assert (numbers(world), world.document.parked) == ({"1": "1002", "2": "1001"}, {})
    assert world.document.last_run is not None
    assert len(world.document.last_run.done) == 3


@in_a_world
async def test_parked_in_vain(world: World) -> None:
    """The other one failed: the old value is given back, and the parking step is not done."""
    await ann_and_bob(world)
    world.clinic.before["PUT /people/1"] = [FAILED]

    report = await world.apply(*a_swap())

    assert (report.restored, report.left_parked) == ((Address.parse(BOB),), ())
    assert numbers(world) == {"1": "1001", "2": "1002"}
    assert report.ended[0].status is Status.SKIPPED
    assert world.notices == ["its old value was given back, since the exchange could not be completed"]
    assert world.document.last_run is not None
    assert world.document.last_run.done == frozenset()


@in_a_world
async def test_a_lost_answer_while_giving_back(world: World) -> None:
    """Asked for like any other."""
    await ann_and_bob(world)
    world.clinic.before["PUT /people/1"] = [FAILED]
    gate = shut(world, "PUT /people/1")
    running = asyncio.create_task(world.apply(*a_swap()))
    await until_sent(world, "PUT /people/1")
    world.clinic.lose("PUT /people/2", effect=True)
    gate.set()

    report = await running

    assert (report.restored, numbers(world)) == ((Address.parse(BOB),), {"1": "1001", "2": "1002"})
    assert world.document.parked == {}


@in_a_world
async def test_an_old_value_that_is_gone(world: World) -> None:
    """The other one has it by now: left parked, and nothing is tried."""
    await ann_and_bob(world)
    gate = shut(world, "PUT /people/1")
    running = asyncio.create_task(world.apply(*a_swap()))
    await until_sent(world, "PUT /people/1")
    world.clinic.before["PUT /people/2"] = [FAILED]
    gate.set()

    report = await running

    assert (report.restored, report.left_parked) == ((), (Address.parse(BOB),))
    assert numbers(world) == {"1": "1002", "2": "9999"}
    assert world.notices == [f"is left parked on a temporary value: `{ANN}` has its old value by now"]


@in_a_world
async def test_a_parked_one_that_somebody_edits(world: World) -> None:
    """Nothing is given back over what a person did."""
    await ann_and_bob(world)
    world.clinic.before["PUT /people/1"] = [FAILED]
    gate = shut(world, "PUT /people/1")
    running = asyncio.create_task(world.apply(*a_swap()))
    await until_sent(world, "PUT /people/1")
    world.clinic.put("people", "2", number="5555")
    gate.set()

    report = await running

    assert (report.left_parked, numbers(world)["2"]) == ((Address.parse(BOB),), "5555")
    assert "`number` is '5555' at the vendor" in world.notices[0]


@in_a_world
async def test_a_swap_taken_up_again(world: World) -> None:
    """Bob is parked, or beyond: the step finds that out."""
    await ann_and_bob(world)
    world.clinic.put("people", "2", number="9999")
    await world.bind(BOB, "2", attributes={"number": "9999"})
    await world.writer.append(Parked(Address.parse(BOB), {"number": "9999"}))
    park, first, last = a_swap()

    report = await world.apply(park, first, last, begun=True)
    again = await world.apply(park, first, last, begun=True)

    assert (report.completed, again.completed) == (True, True)
    assert world.clinic.changes == ["PUT /people/1", "PUT /people/2"]


@in_a_world
async def test_parked_by_a_run_that_died(world: World) -> None:
    """A later plan moves it on from its temporary value; when that fails, the report names it."""
    await ann_and_bob(world)
    await world.writer.append(Parked(Address.parse(BOB), {"number": "9999"}))
    world.clinic.put("people", "2", number="9999")
    move = a_change(BOB, Action.UPDATE, "2", before={"number": "9999"}, after={"number": "1005"})
    world.clinic.before["PUT /people/2"] = [FAILED]

    failed = await world.apply(move)
    done = await world.apply(move)

    assert (failed.left_parked, done.left_parked) == ((Address.parse(BOB),), ())
    assert world.document.parked == {}


@in_a_world
async def test_an_adopted_one_is_no_longer_parked(world: World) -> None:
    """The change that ends the parking may be an adopt that writes."""
    world.clinic.put("people", "2", number="9999")
    await world.writer.append(Parked(Address.parse(BOB), {"number": "9999"}))
    fields = (FieldChange("number", "9999", "1001"),)

    await world.apply(
        a_change(BOB, Action.ADOPT, "2", before={"number": "9999"}, after={"number": "1001"}, fields=fields)
    )

    assert world.document.parked == {}
