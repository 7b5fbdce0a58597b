"""A unique value that goes round in a ring: parked, passed on, and given back where that fails."""

from __future__ import annotations

import asyncio
from collections import Counter

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


# --- before anybody is parked -------------------------------------------------------------------------------------

CYD = "people.cyd@x"
OLD = {ANN: "1001", BOB: "1002", CYD: "1003"}


def a_ring() -> tuple[Change, ...]:
    """Ann takes Bob's number, Cyd takes Ann's, and Bob, who is parked, Cyd's."""

    def of(text: str, vendor_id: str, number: str, *needs: str) -> Change:
        before = {"number": OLD[text], "colour": "red"}
        return a_change(text, Action.UPDATE, vendor_id, before=before, after={**before, "number": number}, needs=needs)

    before = {"number": "1002", "colour": "red"}
    park = a_change(BOB, Action.UPDATE, "2", before=before, after={**before, "number": "9999"}, step=Step.PARK)
    return park, of(ANN, "1", "1002", park.key), of(CYD, "3", "1001", ANN), of(BOB, "2", "1003", park.key, CYD)


async def everybody(world: World) -> None:
    for vendor_id, (text, number) in enumerate(OLD.items(), 1):
        known = {"number": number, "colour": "red"}
        world.clinic.put("people", str(vendor_id), **known)
        await world.bind(text, str(vendor_id), attributes=known)


@in_a_world
async def test_a_ring_with_a_stale_member_is_refused_before_anybody_is_parked(world: World) -> None:
    """Cyd, the last but one, was changed by somebody: nobody is touched, and it is said who moved."""
    await everybody(world)
    world.clinic.put("people", "3", number="1003", colour="blue")

    report = await world.apply(*a_ring())

    assert world.clinic.changes == []
    assert [ended.status for ended in report.ended] == [Status.STALE, *[Status.SKIPPED] * 3]
    assert "`people.cyd@x`: `colour` is 'blue' at the vendor, the plan saw 'red'" in report.ended[0].why
    assert (report.restored, report.left_parked, world.document.parked) == ((), (), {})


@in_a_world
async def test_a_ring_that_cannot_be_looked_at_is_not_begun(world: World) -> None:
    """A member that cannot be read now fails the parking, before it is sent."""
    await everybody(world)
    world.clinic.before["GET /people/1"] = [FAILED]

    report = await world.apply(*a_ring())

    assert world.clinic.changes == []
    assert [ended.status for ended in report.ended] == [Status.FAILED, *[Status.SKIPPED] * 3]


@in_a_world
async def test_looking_costs_a_read_a_member(world: World) -> None:
    """Beside it each call is read before and after, and that twice for the one who is parked."""
    await everybody(world)

    await world.apply(*a_ring())

    reads = Counter(call for call in world.clinic.sent if call.startswith("GET"))
    assert reads == {"GET /people/1": 1 + 2, "GET /people/2": 1 + 4, "GET /people/3": 1 + 2}
    assert world.clinic.changes == ["PUT /people/2", "PUT /people/1", "PUT /people/3", "PUT /people/2"]


@in_a_world
async def test_rings_that_share_a_member_are_refused_together(world: World) -> None:
    """Ann and Bob exchange numbers, Bob and Cyd e-mails: Cyd has moved, and nobody is parked for either."""
    mails = {"1": None, "2": "b@x.example", "3": "c@x.example"}
    for vendor_id, (text, number) in enumerate(OLD.items(), 1):
        known = {"number": number, "email": mails[str(vendor_id)]}
        world.clinic.put("people", str(vendor_id), **known)
        await world.bind(text, str(vendor_id), attributes=known)
    world.clinic.put("people", "3", number="1333", email="c@x.example")
    ann, cyd = {"number": "1001"}, {"number": "1003", "email": "c@x.example"}
    bob = {"number": "1002", "email": "b@x.example"}
    first = a_change(ANN, Action.UPDATE, "1", before=ann, after={"number": "9999"}, step=Step.PARK)
    second = a_change(CYD, Action.UPDATE, "3", before=cyd, after={**cyd, "email": None}, step=Step.PARK)
    both = {"number": "1001", "email": "c@x.example"}

    report = await world.apply(
        first,
        second,
        a_change(BOB, Action.UPDATE, "2", before=bob, after=both, needs=(first.key, second.key)),
        a_change(ANN, Action.UPDATE, "1", before=ann, after={"number": "1002"}, needs=(first.key, BOB)),
        a_change(CYD, Action.UPDATE, "3", before=cyd, after={**cyd, "email": "b@x.example"}, needs=(second.key, BOB)),
    )

    assert world.clinic.changes == []
    assert [ended.status for ended in report.ended[:2]] == [Status.STALE, Status.STALE]


# --- what is said of it -------------------------------------------------------------------------------------------


@in_a_world
async def test_a_parking_that_was_refused_left_nobody_parked(world: World) -> None:
    """The vendor says no to the very first step: nothing has changed, and nothing is said to be on a free value."""
    await ann_and_bob(world)
    world.clinic.before["PUT /people/2"] = [FAILED]

    report = await world.apply(*a_swap())

    assert (report.left_parked, report.restored, world.document.parked) == ((), (), {})
    assert numbers(world) == {"1": "1001", "2": "1002"}


@in_a_world
async def test_a_parking_of_which_nobody_knows_is_named(world: World) -> None:
    """The answer is lost and the vendor cannot be asked: it may be on the free value, and the next run finds out."""
    await ann_and_bob(world)
    world.clinic.lose("PUT /people/2", effect=True)
    world.clinic.breaks_after = ("PUT /people/2", "GET /people/2")

    report = await world.apply(*a_swap())
    world.clinic.breaks_after = None
    again = await world.apply(*a_swap(), begun=True)

    assert (report.left_parked, again.left_parked) == ((Address.parse(BOB),), ())
    assert (again.completed, numbers(world)) == (True, {"1": "1002", "2": "1001"})


@in_a_world
async def test_a_run_taken_up_again_in_vain_gives_back(world: World) -> None:
    """Bob was parked when the first run died; by now Ann is stale, so that Bob has his old number again."""
    await ann_and_bob(world)
    world.clinic.put("people", "2", number="9999")
    await world.writer.append(Parked(Address.parse(BOB), {"number": "9999"}))
    world.clinic.put("people", "1", number="1111")

    report = await world.apply(*a_swap(), begun=True)

    assert (report.restored, report.left_parked) == ((Address.parse(BOB),), ())
    assert numbers(world) == {"1": "1111", "2": "1002"}


@in_a_world
async def test_a_run_says_nothing_of_whom_its_plan_does_not_touch(world: World) -> None:
    """Somebody has mended by hand who was left parked: the plan has nothing to do for it, and nor has the report."""
    await ann_and_bob(world)
    await world.writer.append(Parked(Address.parse(BOB), {"number": "9999"}))

    report = await world.apply(a_change(ANN, Action.UPDATE, "1", before={"number": "1001"}, after={"number": "1005"}))

    assert (report.completed, report.left_parked) == (True, ())
