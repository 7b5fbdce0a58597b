"""Lists of references as they are sent: whole, made from what is there right before the call."""

from __future__ import annotations

from typing import Any

from provisioner.apply.events import Status
from provisioner.plan.document import Action, Change, FieldChange
from provisioner.values import Value
from tests.apply.world import World, a_change, fate, in_a_world

ANN, BEN, CAM, ROOM = "people.ann@x", "people.ben@x", "people.cam@x", "rooms.lab@x"


async def a_room(world: World, **fields: Value) -> None:
    """A room that is managed, with three people who are."""
    for vendor_id, text in (("1", ANN), ("2", BEN), ("3", CAM)):
        world.clinic.put("people", vendor_id, number=f"100{vendor_id}")
        await world.bind(text, vendor_id, attributes={"number": f"100{vendor_id}"})
    world.clinic.put("rooms", "12", number="12", **fields)
    await world.bind(ROOM, "12", attributes={"number": "12"})


def a_roster(path: str, before: Value, after: Value, **parts: Any) -> Change:
    """An update of a room's list."""
    fields = (FieldChange(path, before, after),)
    there, wanted = {"number": "12", path: before}, {"number": "12", path: after}
    return a_change(ROOM, Action.UPDATE, "12", before=there, after=wanted, fields=fields, **parts)


def seat(vendor_id: str, **fields: Value) -> Value:
    """Somebody who sits there, as the vendor shows it."""
    return {"people": {"id": vendor_id}, **fields}


@in_a_world
async def test_a_member_keeps_what_nobody_declares(world: World) -> None:
    """Of who is there already the declared fields change and the others stay; who is new has only what is declared."""
    await a_room(world, seats=[seat("1", delay=5, window=True), seat("2", delay=7)])
    before: Value = [{"people": ANN, "delay": 5}, {"people": BEN}]
    after: Value = [{"people": ANN, "delay": 9}, {"people": CAM, "window": False}, {"people": {"id": "17"}}]

    await world.apply(a_roster("seats", before, after))

    assert world.clinic.bodies[1] == {"seats": [seat("1", delay=9, window=True), seat("3", window=False), seat("17")]}


@in_a_world
async def test_the_record_keeps_what_was_declared(world: World) -> None:
    """And the ids of the members, in the same order; what was only carried along is nobody's."""
    await a_room(world, seats=[seat("1", delay=5, window=True)])
    after: Value = [{"people": BEN, "delay": 1}, {"people": ANN}]

    await world.apply(a_roster("seats", [{"people": ANN}], after))

    known = world.bound(ROOM)
    assert (known.attributes["seats"], known.references["seats"]) == (after, ["2", "1"])


@in_a_world
async def test_a_roster_that_is_so_is_not_sent_again(world: World) -> None:
    """Taken up again, the change finds the members and the fields that it would have sent."""
    await a_room(world, seats=[seat("2"), seat("1", delay=9, window=True)])

    report = await world.apply(
        a_roster("seats", [{"people": ANN, "delay": 5}], [{"people": ANN, "delay": 9}, {"people": BEN}]), begun=True
    )

    assert (report.completed, world.clinic.changes) == (True, [])


@in_a_world
async def test_what_a_member_has_beside_its_reference_may_move(world: World) -> None:
    """A plan that does not speak of a field is not stale when that field changes."""
    await a_room(world, seats=[seat("1", delay=5, window=False)])

    report = await world.apply(a_roster("seats", [{"people": ANN, "delay": 5}], [{"people": ANN, "delay": 6}]))

    assert report.completed
    assert world.clinic.bodies[1] == {"seats": [seat("1", delay=6, window=False)]}


@in_a_world
async def test_an_addition_leaves_everybody_else(world: World) -> None:
    """Who came by hand since the plan was made stays, and so does the order; who is new stands at the end."""
    await a_room(world, row=[{"id": "9"}, {"id": "1"}, {"id": "8"}])

    report = await world.apply(a_roster("row", {"add": [ANN]}, {"add": [BEN, ANN]}))

    assert report.completed
    assert world.clinic.bodies[1] == {"row": [{"id": "9"}, {"id": "1"}, {"id": "8"}, {"id": "2"}]}
    assert world.bound(ROOM).attributes["row"] == {"add": [BEN, ANN]}
    assert world.bound(ROOM).references["row"] == ["2", "1"]


@in_a_world
async def test_an_addition_takes_out_whom_the_plan_names(world: World) -> None:
    """They stand before and not after; nobody else goes."""
    await a_room(world, guests=[{"id": "1"}, {"id": "9"}, {"id": "2"}])

    await world.apply(a_roster("guests", {"add": [ANN, BEN]}, {"add": [BEN, CAM]}))

    assert world.clinic.bodies[1] == {"guests": [{"id": "9"}, {"id": "2"}, {"id": "3"}]}


@in_a_world
async def test_an_addition_keeps_the_fields_of_a_member(world: World) -> None:
    """The declared ones change, the others stay, and strangers are sent back as they are."""
    await a_room(world, seats=[seat("9", delay=3, window=True), seat("1", delay=5, window=True)])
    before: Value = {"add": [{"people": ANN, "delay": 5}]}

    await world.apply(a_roster("seats", before, {"add": [{"people": ANN, "delay": 6}, {"people": BEN}]}))

    assert world.clinic.bodies[1] == {
        "seats": [seat("9", delay=3, window=True), seat("1", delay=6, window=True), seat("2")]
    }


@in_a_world
async def test_a_named_member_that_moved_is_stale(world: World) -> None:
    """What the plan decided on must still be so."""
    await a_room(world, seats=[seat("9"), seat("1", delay=7)])
    before: Value = {"add": [{"people": ANN, "delay": 5}]}

    report = await world.apply(a_roster("seats", before, {"add": [{"people": ANN, "delay": 6}]}))

    assert fate(report, ROOM)[0] is Status.STALE
    assert world.clinic.changes == []


@in_a_world
async def test_a_new_entity_has_whom_an_addition_names(world: World) -> None:
    """A create sends a plain list, and the record keeps the form."""
    await a_room(world)

    await world.apply(a_change("rooms.hall@x", Action.CREATE, after={"number": "14", "guests": {"add": [ANN]}}))

    assert world.clinic.content["rooms"]["14"].attributes["guests"] == [{"id": "1"}]
    assert world.bound("rooms.hall@x").attributes["guests"] == {"add": [ANN]}


@in_a_world
async def test_a_lost_answer_to_an_addition(world: World) -> None:
    """It is made again from what is there, and nothing is sent twice."""
    await a_room(world, guests=[{"id": "9"}])
    world.clinic.lose("PUT /rooms/12", effect=True)

    report = await world.apply(a_roster("guests", {"add": []}, {"add": [ANN]}))

    assert (report.completed, world.clinic.changes) == (True, ["PUT /rooms/12"])
    assert world.clinic.content["rooms"]["12"].attributes["guests"] == [{"id": "9"}, {"id": "1"}]


@in_a_world
async def test_a_lost_removal_is_not_taken_for_done(world: World) -> None:
    """Whoever stays is there before and after: that says nothing of whom the request was to take out."""
    await a_room(world, guests=[{"id": "1"}, {"id": "9"}, {"id": "2"}])
    world.clinic.lose("PUT /rooms/12", effect=False)

    report = await world.apply(a_roster("guests", {"add": [ANN, BEN]}, {"add": [BEN]}))

    assert report.completed
    assert world.clinic.content["rooms"]["12"].attributes["guests"] == [{"id": "9"}, {"id": "2"}]
