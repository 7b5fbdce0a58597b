"""Deletes, undeletes, adopts and forgets: entities that come and go without a create."""

from __future__ import annotations

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.errors import Rejected
from provisioner.plan.document import GONE, Action, FieldChange, Reason, Step
from provisioner.state.document import Tombstone, Unknown
from provisioner.state.entries import Forgot, PutUnknown
from provisioner.values import VendorId
from tests.apply.world import ACCOUNT, PIN, World, a_change, ann, fate, in_a_world

ANN, ROOM, BELL = "people.ann@x", "rooms.lab@x", "bells.door@x"


@in_a_world
async def test_delete(world: World) -> None:
    """A tombstone stays, with what tells a person."""
    before = await ann(world)

    await world.apply(a_change(ANN, Action.DELETE, "1", before=before))

    address = Address.parse(ANN)
    stone = Tombstone(address, ACCOUNT, VendorId("1"), ("1001",), {"name": "Ann", "email": None})
    assert world.document.tombstones == {address: stone}


@in_a_world
async def test_delete_of_what_is_gone(world: World) -> None:
    """Done; the vendor keeps no record, so no tombstone stays."""
    before = await ann(world)
    del world.clinic.content["people"]["1"]

    report = await world.apply(a_change(ANN, Action.DELETE, "1", before=before))

    assert (report.completed, world.document.bound, world.document.tombstones) == (True, {}, {})
    assert world.notices == ["was deleted at the vendor meanwhile"]


@in_a_world
async def test_the_delete_after_a_create_keeps_the_new_binding(world: World) -> None:
    """Create first, then delete: taken up again, it still deletes the old one, and forgets nothing."""
    before = await ann(world)
    world.clinic.put("people", "2", number="1002", name="Ann")
    await world.bind(ANN, "2", attributes={"number": "1002"})
    gone = a_change(ANN, Action.REPLACE, "1", before=before, step=Step.DELETE)

    report = await world.apply(gone, begun=True)
    again = await world.apply(gone, begun=True)

    assert (report.completed, again.completed) == (True, True)
    assert (world.clinic.changes, world.bound(ANN).id) == (["DELETE /people/1"], "2")


@in_a_world
async def test_a_delete_that_was_acknowledged(world: World) -> None:
    """The record says that it is done: nothing is asked."""
    await world.bind(ANN, "1", attributes={"number": "1001"})
    await world.writer.append(Forgot(Address.parse(ANN)))

    report = await world.apply(a_change(ANN, Action.DELETE, "1", before={"number": "1001"}), begun=True)

    assert (report.completed, world.clinic.sent) == (True, [])


@in_a_world
async def test_undelete(world: World) -> None:
    """Back first, then what differs, and every secret; bound as what it is now."""
    world.clinic.bury("people", "1", number="1001", name="Ann")
    before = {"number": "1001", "name": "Ann"}
    after = {**before, "name": "Anna", "pin": PIN}

    await world.apply(a_change(ANN, Action.UNDELETE, "1", before=before, after=after, deleted=True))

    assert world.clinic.changes == ["PUT /people/1?back", "PUT /people/1"]
    bound = world.bound(ANN)
    assert (bound.attributes, bound.secrets) == ({"number": "1001", "name": "Anna"}, {"pin": 1})


@in_a_world
async def test_an_undelete_that_was_cut_short_owes_its_secrets(world: World) -> None:
    """Between coming back and its update, the record does not say that the secret was sent."""
    await ann(world)
    world.clinic.bury("people", "1", number="1001", name="Ann")
    before = {"number": "1001", "name": "Ann"}
    undelete = a_change(
        ANN,
        Action.UNDELETE,
        "1",
        before=before,
        after={**before, "pin": PIN},
        deleted=True,
        fields=(FieldChange("pin", after=PIN, secret=True),),
    )
    world.clinic.before["PUT /people/1"] = [Rejected("no", connection="x", call="PUT", status=400)]

    await world.apply(undelete)
    owed = world.bound(ANN).secrets
    await world.apply(undelete, begun=True)

    assert (owed, world.bound(ANN).secrets) == ({"pin": 0}, {"pin": 1})
    assert world.clinic.changes == ["PUT /people/1?back", "PUT /people/1", "PUT /people/1"]


@in_a_world
async def test_an_undelete_of_what_is_back_already(world: World) -> None:
    """Somebody was faster: stale."""
    world.clinic.put("people", "1", number="1001")
    before = {"number": "1001"}

    report = await world.apply(a_change(ANN, Action.UNDELETE, "1", before=before, after=before, deleted=True))

    assert fate(report, ANN) == (Status.STALE, "id 1 is active again at the vendor")


@in_a_world
async def test_an_undelete_whose_value_is_taken(world: World) -> None:
    """The refusal names the holder."""
    world.clinic.bury("people", "1", number="1001", name="Ann")
    world.clinic.put("people", "2", number="1001", name="Other")
    refusal = Rejected("taken", connection="x", call="PUT", status=400, taken=("number",))
    world.clinic.before["PUT /people/1?back"] = [refusal]
    before = {"number": "1001", "name": "Ann"}

    report = await world.apply(a_change(ANN, Action.UNDELETE, "1", before=before, after=before, deleted=True))

    assert report.ended[0].hint == "`number` '1001' is held by the active id 2 (1001 Other)"


@in_a_world
async def test_the_create_half_that_brings_a_record_back(world: World) -> None:
    """Where the vendor keeps the number: undeleted and changed, and all that is declared is recorded."""
    world.clinic.bury("rooms", "12", number="12", name="Old")
    made = a_change(
        ROOM,
        Action.REPLACE,
        "12",
        before={},
        after={"number": "12", "name": "New"},
        deleted=True,
        step=Step.CREATE,
        undeletes=True,
    )

    await world.apply(made)

    assert world.clinic.changes == ["PUT /rooms/12?back", "PUT /rooms/12"]
    assert world.bound(ROOM).attributes == {"number": "12", "name": "New"}


@in_a_world
async def test_adopt(world: World) -> None:
    """Bound, what differs is written, no secret is sent, and its version counts as sent."""
    world.clinic.put("people", "9", number="1001", name="Who")
    before = {"number": "1001", "name": "Who"}
    fields = (FieldChange("name", "Who", "Ann"),)
    adopt = a_change(ANN, Action.ADOPT, "9", before=before, after={**before, "name": "Ann", "pin": PIN}, fields=fields)

    await world.apply(adopt)
    await world.apply(adopt, begun=True)

    bound = world.bound(ANN)
    assert (bound.id, bound.made, bound.secrets) == ("9", False, {"pin": 1})
    assert bound.attributes == {"number": "1001", "name": "Ann"}
    assert world.clinic.changes == ["PUT /people/9"]


@in_a_world
async def test_adopt_of_what_was_bound_elsewhere(world: World) -> None:
    """All that was known of it moves along."""
    before = await ann(world)
    target = "people.anna@x"

    await world.apply(a_change(target, Action.ADOPT, "1", before=before, after=before, moved_from=Address.parse(ANN)))

    bound = world.bound(target)
    assert (bound.id, bound.secrets, bound.attributes) == ("1", {"pin": 1}, before)
    assert (world.writer.bound(Address.parse(ANN)), world.clinic.changes) == (None, [])


@in_a_world
async def test_adopt_of_what_cannot_be_read(world: World) -> None:
    """What was last sent under its former name stays known, and what differs is sent."""
    world.clinic.put("bells", "4", name="Door", tone="low")
    known = {"name": "Door", "tone": "low"}
    await world.bind(BELL, "4", attributes=known)
    target = "bells.gate@x"
    moved = a_change(
        target, Action.ADOPT, "4", before=known, after={**known, "tone": "high"}, moved_from=Address.parse(BELL)
    )

    await world.apply(moved)

    assert world.bound(target).attributes == {"name": "Door", "tone": "high"}
    assert world.clinic.bodies == [{"name": "Door", "tone": "high"}]


@in_a_world
async def test_forget(world: World) -> None:
    """A deleted one leaves a tombstone; nothing is sent. Also on a connection that is no longer there."""
    world.clinic.bury("people", "1", **await ann(world))
    gone = a_change(ANN, Action.FORGET, "1", before={}, deleted=True)
    await world.bind("people.far@gone", "5", attributes={"number": "1"})

    report = await world.apply(gone, a_change("people.far@gone", Action.FORGET, "5"))

    assert (report.completed, world.document.bound, world.clinic.changes) == (True, {}, [])
    assert world.document.tombstones.keys() == {Address.parse(ANN)}


@in_a_world
async def test_forget_of_what_was_gone(world: World) -> None:
    """Only while nothing is there, alive or deleted; whoever is let go of as it stands is not looked at."""
    known = await ann(world)
    gone = a_change(ANN, Action.FORGET, "1", reasons=(Reason(GONE, "gone"),))

    there = await world.apply(gone)
    world.clinic.bury("people", "1", **known)
    deleted = await world.apply(gone)
    del world.clinic.content["people"]["1"]
    absent = await world.apply(gone)

    assert fate(there, ANN) == (Status.STALE, "id 1 is there again at the vendor, and the plan saw nothing of it")
    assert fate(deleted, ANN) == (Status.STALE, "id 1 is deleted at the vendor, and the plan saw nothing of it")
    assert (absent.completed, world.document.bound, world.document.tombstones) == (True, {}, {})


@in_a_world
async def test_a_reference_to_what_was_not_made(world: World) -> None:
    """Said in words, and nothing is sent."""
    report = await world.apply(a_change(ROOM, Action.CREATE, after={"number": "12", "owner": ANN}))

    status, why = fate(report, ROOM)
    assert (status, why) == (Status.FAILED, f"it refers to `{ANN}`, which does not exist yet")
    assert world.clinic.changes == []


@in_a_world
async def test_a_repeat_of_an_unknown_create(world: World) -> None:
    """Success settles what an earlier run could not tell."""
    address = Address.parse(BELL)
    await world.writer.append(PutUnknown(Unknown(address, ACCOUNT, ("door",), {"name": "Door"})))

    report = await world.apply(a_change(BELL, Action.CREATE, after={"name": "Door"}))

    assert (report.completed, world.document.unknown, world.bound(BELL).id) == (True, {}, "1")


@in_a_world
async def test_references_are_named_as_the_plan_saw_them(world: World) -> None:
    """Taken up again after the person was replaced, the room's owner is still who the plan saw."""
    world.clinic.put("people", "2", number="1001")
    await world.bind(ANN, "2", attributes={"number": "1001"})
    world.clinic.put("rooms", "12", number="12", owner={"id": "1"})
    known = {"number": "12", "owner": ANN}
    await world.bind(ROOM, "12", attributes=known)
    gone = a_change(ANN, Action.REPLACE, "1", before={"number": "1001"}, step=Step.DELETE)
    room = a_change(ROOM, Action.UPDATE, "12", before=known, after=known, fields=(FieldChange("owner", ANN, ANN),))

    report = await world.apply(gone, room, done=[gone.key], begun=True)

    assert (report.completed, report.resumed) == (True, 1)
    assert world.clinic.content["rooms"]["12"].attributes["owner"] == {"id": "2"}
    assert world.notices == []


@in_a_world
async def test_forget_of_what_the_vendor_deletes_for_good(world: World) -> None:
    """There is no record that a tombstone could stand for."""
    await world.bind(BELL, "4", attributes={"name": "Door"})

    await world.apply(a_change(BELL, Action.FORGET, "4", before={}, deleted=True))

    assert (world.document.bound, world.document.tombstones) == ({}, {})
