"""A whole run: what starts when, what the record and the events say of it, and how it ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from provisioner.address import Address
from provisioner.apply.events import Kind, Status
from provisioner.apply.link import Link
from provisioner.apply.schedule import AHEAD
from provisioner.apply.sending import Load
from provisioner.errors import StateError
from provisioner.plan.document import Action, Change, Plan, Record
from provisioner.state.document import Intent, Tombstone, Unknown
from provisioner.state.entries import Forgot, IntentMade, Put, PutUnknown
from provisioner.values import VendorId
from tests.apply.world import ACCOUNT, World, a_change, a_world, in_a_world, vendor

ANN, BOB = "people.ann@x", "people.bob@x"


AGAIN = "run `provisioner apply` again: it asks first what became of it"


def person(key: str, number: str, needs: tuple[str, ...] = ()) -> Change:
    return a_change(key, Action.CREATE, after={"number": number}, needs=needs)


def shut(world: World, call: str) -> asyncio.Event:
    """That call waits until the event is set."""
    return world.clinic.gates.setdefault(call, asyncio.Event())


async def until_sent(world: World, call: str) -> None:
    while call not in world.clinic.sent:
        await asyncio.sleep(0)


def test_limits_of_each_connection() -> None:
    """Two changes under way for each request that a connection takes at once: it never waits for the journal."""

    async def story() -> None:
        async with a_world(y=2) as world:
            changes = [person(f"people.p{number}@y", str(number)) for number in range(12)]

            report = await world.apply(*changes, accounts={"x": ACCOUNT, "y": ACCOUNT})

            assert (report.completed, world.clinic.most_under_way) == (True, 2 * AHEAD)

    asyncio.run(story())


@in_a_world
async def test_no_barriers(world: World) -> None:
    """While one is slow, what does not need it goes on, to the end of its chain."""
    gate = shut(world, "POST /rooms")
    slow = a_change("rooms.slow@x", Action.CREATE, after={"number": "12"})
    bell = a_change("bells.door@x", Action.CREATE, after={"name": "Door", "owner": ANN}, needs=(ANN,))
    running = asyncio.create_task(world.apply(slow, person(ANN, "1001"), bell))

    await until_sent(world, "POST /bells")

    gate.set()
    assert (await running).completed


@in_a_world
async def test_a_failure_stops_only_its_dependants(world: World) -> None:
    """Told in the plan's order, with what each needed."""
    world.clinic.put("people", "7", number="1001")
    bell = a_change("bells.door@x", Action.CREATE, after={"name": "Door", "owner": ANN}, needs=(ANN,))

    report = await world.apply(person(ANN, "1001"), person(BOB, "1002"), bell)

    assert [(ended.key, ended.status) for ended in report.ended] == [
        (ANN, Status.STALE),
        (BOB, Status.DONE),
        ("bells.door@x", Status.SKIPPED),
    ]
    assert (report.failed, report.completed, report.count(Status.DONE)) == (True, False, 1)


@in_a_world
async def test_events(world: World) -> None:
    """Every change's beginning and end, with its action; what a person must do only ends."""
    by_hand = a_change(BOB, Action.MANUAL, "3", intent=Action.UPDATE)
    needy = a_change("bells.door@x", Action.CREATE, after={"name": "Door"}, needs=(BOB,))

    report = await world.apply(person(ANN, "1001"), by_hand, needy)

    told = [(event.kind, event.key, event.action, event.status) for event in world.events]
    assert told == [
        (Kind.RUN_STARTED, "", "", None),
        (Kind.CHANGE_ENDED, BOB, "manual", Status.MANUAL),
        (Kind.CHANGE_ENDED, "bells.door@x", "create", Status.WAITING),
        (Kind.CHANGE_STARTED, ANN, "create", None),
        (Kind.CHANGE_ENDED, ANN, "create", Status.DONE),
        (Kind.RUN_ENDED, "", "", None),
    ]
    assert report.ended[2].why == f"needs `{BOB}`, which a person must do"
    assert (report.completed, report.failed) == (False, False)


@in_a_world
async def test_the_record_of_a_run(world: World) -> None:
    """What is done, how it ended, and what the manifests say of what needs no call."""
    await world.bind(BOB, "3", attributes={"number": "1002", "name": "Bob"}, secrets={"pin": 1})
    record = Record(Address.parse(BOB), ("name", "pin"), prevent_destroy=True, file="b.yaml")
    unknown = Record(Address.parse("people.nobody@x"))

    await world.apply(person(ANN, "1001"), records=(record, unknown))

    last, bob = world.document.last_run, world.bound(BOB)
    assert last is not None
    assert (last.completed, last.done, last.totals["done"]) == (True, frozenset({ANN}), 1)
    assert (bob.attributes, bob.secrets) == ({"number": "1002"}, {"pin": 0})
    assert (bob.prevent_destroy, bob.file) == (True, "b.yaml")


@in_a_world
async def test_what_another_account_had_is_dropped_once(world: World) -> None:
    """Bindings, tombstones, unknowns and intents of the old account; what the new one made stays, also on resuming."""
    old = "clinic:old"
    for text, vendor_id in ((ANN, "1"), (BOB, "2")):
        bound = await world.bind(text, vendor_id, attributes={"number": vendor_id})
        if text == ANN:
            await world.writer.append(Put(replace(bound, account=old)))
    lost = Address.parse("bells.lost@x")
    await world.writer.append(PutUnknown(Unknown(lost, old, ("lost",), {})))

    await world.apply(reset_accounts=("x",))

    assert world.document.bound.keys() == {Address.parse(BOB)}
    assert world.document.unknown == {}


@in_a_world
async def test_resumed(world: World) -> None:
    """What was done is not done again, and counted."""
    await world.bind(ANN, "1", attributes={"number": "1001"})
    world.clinic.put("people", "1", number="1001")

    report = await world.apply(person(ANN, "1001"), person(BOB, "1002", needs=(ANN,)), done=[ANN], begun=True)

    assert (report.completed, report.resumed, world.clinic.changes) == (True, 1, ["POST /people"])
    assert report.ended[0].why == "done by the run before"


@in_a_world
async def test_resumed_after_the_create_was_recorded(world: World) -> None:
    """It is bound already: read, and left alone."""
    await world.bind(ANN, "1", attributes={"number": "1001"})
    world.clinic.put("people", "1", number="1001")

    report = await world.apply(person(ANN, "1001"), begun=True)

    assert (report.completed, world.clinic.changes) == (True, [])


@in_a_world
async def test_resumed_after_it_vanished(world: World) -> None:
    """What the first attempt made was deleted by somebody: stale."""
    await world.bind(ANN, "1", attributes={"number": "1001"})

    report = await world.apply(person(ANN, "1001"), begun=True)

    assert report.ended[0].why == "id 1 is gone or deleted at the vendor"


# --- lost answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", [True, False])
def test_a_lost_create(effect: bool) -> None:  # noqa: FBT001 (a parameter of the table)
    """The vendor is asked; sent again only where nothing is there. Who refers to it gets the right id."""

    @in_a_world
    async def story(world: World) -> None:
        world.clinic.lose("POST /people", effect=effect)
        room = a_change("rooms.lab@x", Action.CREATE, after={"number": "12", "owner": ANN}, needs=(ANN,))

        report = await world.apply(person(ANN, "1001"), room)

        assert (report.completed, len(world.clinic.content["people"])) == (True, 1)
        assert world.clinic.changes.count("POST /people") == (1 if effect else 2)
        assert (world.document.pending, world.notices) == ({}, [])
        settled = [event.text for event in world.events if event.kind is Kind.SETTLED]
        fate = "it was done" if effect else "it had no effect: sent again"
        assert settled == [f"the answer to a create was lost; asked, the vendor shows that {fate}"]

    story()


@in_a_world
async def test_lost_three_times(world: World) -> None:
    """Given up on; the pauses double."""
    for _ in range(3):
        world.clinic.lose("POST /people", effect=False)

    report = await world.apply(person(ANN, "1001"))

    assert (report.ended[0].status, report.ended[0].why) == (Status.FAILED, "the vendor's answers were lost 3 times")
    assert (world.naps, world.document.pending) == ([0.2, 0.4], {})


@in_a_world
async def test_nobody_can_tell(world: World) -> None:
    """The look fails, too: the intent stays open, and the next run asks before it does anything."""
    world.clinic.lose("POST /people", effect=True)
    world.clinic.breaks_after = ("POST /people", "GET /people/*")

    report = await world.apply(person(ANN, "1001"))
    still = await world.apply(person(ANN, "1001"))
    world.clinic.breaks_after = None
    again = await world.apply(person(ANN, "1001"))

    assert report.ended[0].hint == still.ended[0].hint == AGAIN
    assert still.ended[0].why.startswith("an earlier create had no answer")
    assert (again.completed, world.clinic.changes, world.bound(ANN).id) == (True, ["POST /people"], "1")


@in_a_world
async def test_an_earlier_intent_of_another_kind(world: World) -> None:
    """A room's create that a kill left open is looked up by its number, and finished."""
    address = Address.parse("rooms.lab@x")
    number = world.writer.next_intent_id()
    intent = Intent(
        number, "r0", "rooms.lab@x", address, ACCOUNT, "rooms", "create", ("12",), attributes={"number": "12"}
    )
    await world.writer.append(IntentMade(intent))
    world.clinic.put("rooms", "12", number="12")

    report = await world.apply(a_change("rooms.lab@x", Action.CREATE, after={"number": "12", "name": "Lab"}))

    assert (report.completed, world.clinic.changes) == (True, ["PUT /rooms/12"])
    assert world.clinic.content["rooms"]["12"].attributes["name"] == "Lab"


# --- endings ------------------------------------------------------------------------------------------------------


@in_a_world
async def test_interrupted_once(world: World) -> None:
    """What is under way is finished; the rest is skipped, and said so."""
    gate = shut(world, "POST /people")
    running = asyncio.create_task(world.apply(person(ANN, "1001"), person(BOB, "1002"), parallelism=1))
    await until_sent(world, "POST /people")

    world.stop.set()
    gate.set()
    report = await running

    assert (report.interrupted, report.completed, report.failed) == (True, False, True)
    assert [(ended.status, ended.why) for ended in report.ended] == [
        (Status.DONE, ""),
        (Status.SKIPPED, "interrupted before it was begun"),
    ]
    assert [event.status for event in world.events if event.kind is Kind.CHANGE_ENDED] == [Status.DONE, Status.SKIPPED]


@in_a_world
async def test_interrupted_twice(world: World) -> None:
    """What is under way is given up, its intent stays open, and the report is true."""
    shut(world, "POST /people")
    running = asyncio.create_task(world.apply(person(ANN, "1001"), person(BOB, "1002", needs=(ANN,))))
    await until_sent(world, "POST /people")
    world.stop.set()
    await asyncio.sleep(0)

    running.cancel()
    report = await running

    assert running.cancelling() == 0
    assert [ended.status for ended in report.ended] == [Status.FAILED, Status.SKIPPED]
    assert report.ended[0].why == "stopped while it was under way: nobody can tell yet what became of it"
    assert [str(intent.address) for intent in world.document.pending.values()] == [ANN]


@in_a_world
async def test_what_ended_meanwhile_is_not_given_up(world: World) -> None:
    """Done in the moment of the second interrupt: said so."""
    gate = shut(world, "GET /people/1")
    running = asyncio.create_task(world.apply(person(ANN, "1001")))
    await until_sent(world, "GET /people/1")
    world.stop.set()
    gate.set()
    while world.clinic.under_way:
        await asyncio.sleep(0)
    running.cancel()

    report = await running

    assert world.bound(ANN).id == "1"
    assert report.ended[0].status in (Status.DONE, Status.FAILED)
    assert world.document.pending == {}


@in_a_world
async def test_cancelled_without_an_interrupt(world: World) -> None:
    """Not ours to swallow."""
    shut(world, "POST /people")
    running = asyncio.create_task(world.apply(person(ANN, "1001")))
    await until_sent(world, "POST /people")

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


@in_a_world
async def test_what_cannot_be_recorded_is_not_done(world: World) -> None:
    """The record fails: the run ends there, and nothing is pretended."""
    world.clinic.before["POST /people"] = [StateError("no space is left on the disk")]

    with pytest.raises(StateError):
        await world.apply(person(ANN, "1001"), person(BOB, "1002", needs=(ANN,)))

    assert world.document.last_run is not None
    assert (world.document.last_run.finished, len(world.document.pending)) == ("", 1)
    assert world.events[-1].text == "not completed: no space is left on the disk"


@in_a_world
async def test_a_tombstone_of_another_account_is_dropped(world: World) -> None:
    """It says nothing about the new one."""
    stone = Tombstone(Address.parse(ANN), "clinic:old", VendorId("1"), ("1001",))
    await world.writer.append(Forgot(stone.address, stone))

    await world.apply(reset_accounts=("x",))

    assert world.document.tombstones == {}


@in_a_world
async def test_where_a_lost_create_is_looked_for(world: World) -> None:
    """Above every id that is known by then: the intent says so, for whoever settles it later."""
    world.clinic.put("people", "1", number="1001")
    courier = world.stepper(Plan("acme", ())).courier
    link = Link("x", vendor(world.clinic.offers), ACCOUNT, world.line)
    desk = world.line.adapter("people")

    await courier.drive(link, person(BOB, "1002"), Load(natural_key=("1002",)), desk.create({"number": "1002"}))

    assert courier.highest == {("x", "people"): 2}
