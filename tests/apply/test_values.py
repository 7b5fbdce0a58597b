"""What is sent, told apart from what is there, what is declared, and what was sent before."""

from __future__ import annotations

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.apply.owners import Owners
from provisioner.apply.values import overlaid
from provisioner.errors import Rejected
from provisioner.plan.document import Action, FieldChange, Plan
from provisioner.state.entries import Forgot
from tests.apply.world import PIN, World, a_change, in_a_world

ANN, ROOM, BELL = "people.ann@x", "rooms.lab@x", "bells.door@x"


@in_a_world
async def test_only_what_the_plan_lists(world: World) -> None:
    """A value that the vendor altered once is declared still, and not sent with other changes."""
    world.clinic.put("rooms", "12", number="12", name="LAB")
    await world.bind(ROOM, "12", attributes={"number": "12", "name": "Lab"}, learned={"name": ("Lab", "LAB")})
    before = {"number": "12", "name": "LAB", "owner": None}
    after = {"number": "12", "name": "Lab", "owner": {"id": "5"}}
    fields = (FieldChange("owner", None, {"id": "5"}),)

    await world.apply(a_change(ROOM, Action.UPDATE, "12", before=before, after=after, fields=fields))

    assert world.clinic.bodies[1] == {"owner": {"id": "5"}}


@in_a_world
async def test_the_rest_of_a_create_leaves_what_was_learned(world: World) -> None:
    """Taken up again, an altered value does not make another request; a reference that is so does not either."""
    world.clinic.put("rooms", "12", number="12", name="LAB", owner={"id": "5"}, guests=[{"id": "6"}])
    known = {"number": "12", "name": "Lab", "owner": {"id": "5"}, "guests": [{"id": "6"}]}
    await world.bind(ROOM, "12", attributes=known, learned={"name": ("Lab", "LAB")})

    report = await world.apply(a_change(ROOM, Action.CREATE, after=known), begun=True)

    assert (report.completed, world.clinic.changes) == (True, [])


@in_a_world
async def test_a_reference_is_cleared(world: World) -> None:
    """Null is sent as null."""
    world.clinic.put("rooms", "12", number="12", owner={"id": "5"})
    before = {"number": "12", "owner": {"id": "5"}}
    await world.bind(ROOM, "12", attributes=before)

    await world.apply(a_change(ROOM, Action.UPDATE, "12", before=before, after={"number": "12", "owner": None}))

    assert world.clinic.bodies[1] == {"owner": None}


@in_a_world
async def test_an_uncertain_value_is_sent_again(world: World) -> None:
    """It is recorded as wanted, and nobody knows whether it arrived."""
    known = {"name": "Door", "tone": "high"}
    world.clinic.put("bells", "4", name="Door", tone="low")
    await world.bind(BELL, "4", attributes=known, uncertain=frozenset({"tone"}))
    fields = (FieldChange("tone", "high", "high"),)

    await world.apply(a_change(BELL, Action.UPDATE, "4", before=known, after=known, fields=fields))

    assert world.clinic.content["bells"]["4"].attributes["tone"] == "high"
    assert world.bound(BELL).uncertain == frozenset()


@in_a_world
async def test_a_binding_that_was_lost(world: World) -> None:
    """What cannot be read and is not bound any more is not written."""
    await world.bind(BELL, "4", attributes={"name": "Door"})
    await world.writer.append(Forgot(Address.parse(BELL)))
    update = a_change(BELL, Action.UPDATE, "4", before={"name": "Door"}, after={"name": "Door", "tone": "low"})

    report = await world.apply(update)

    assert (report.ended[0].status, report.ended[0].why) == (Status.STALE, "it is not bound to that id any more")


@in_a_world
async def test_somebody_made_the_same_edit(world: World) -> None:
    """Not ours, so the plan saw something else: stale, unless an earlier attempt of this plan had begun."""
    world.clinic.put("people", "1", number="1001", name="Anna")
    await world.bind(ANN, "1", attributes={"number": "1001", "name": "Ann"})
    before = {"number": "1001", "name": "Ann"}
    update = a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"})

    fresh = await world.apply(update)
    begun = await world.apply(update, begun=True)

    assert (fresh.ended[0].status, begun.ended[0].status) == (Status.STALE, Status.DONE)
    assert world.clinic.changes == []


@in_a_world
async def test_the_active_holder_is_named(world: World) -> None:
    """A deleted record with the same value is not who has it."""
    world.clinic.bury("people", "6", number="1008", email="ann@x.example")
    world.clinic.put("people", "7", number="1009", email="ann@x.example")

    report = await world.apply(a_change(ANN, Action.CREATE, after={"number": "1001", "email": "ann@x.example"}))

    assert report.ended[0].hint == "`email` 'ann@x.example' is held by the active id 7 (1009 ann@x.example)"


@in_a_world
async def test_a_deleted_holder_is_named(world: World) -> None:
    """Where no active one has it, the vendor may mean the deleted one."""
    world.clinic.bury("people", "6", number="1008", email="ann@x.example")
    refused = Rejected("taken", connection="x", call="POST", taken=("email", "colour"))
    world.clinic.before["POST /people"] = [refused]

    report = await world.apply(a_change(ANN, Action.CREATE, after={"number": "1001", "email": "ann@x.example"}))

    assert report.ended[0].hint == "`email` 'ann@x.example' is held by the deleted id 6 (1008 ann@x.example)"


@in_a_world
async def test_deleted_right_after_it_was_made(world: World) -> None:
    """Done, and it is said that it is not there."""
    world.clinic.vanishing = True

    report = await world.apply(a_change(ANN, Action.CREATE, after={"number": "1001", "pin": PIN}))

    assert (report.completed, world.notices) == (True, ["done, but the vendor does not show it now"])


@in_a_world
async def test_names_now_and_then(world: World) -> None:
    """An id that an address had is still its name then, and nobody's now; what was just made has one now."""
    await world.bind(ANN, "2", attributes={"number": "1001"})
    gone = a_change(ANN, Action.REPLACE, "1", before={"number": "1001"})
    owners = Owners(Plan("acme", (gone,)), world.document, world.writer)
    await world.bind("people.new@x", "3", attributes={"number": "1003"})
    owners.note(Address.parse("people.new@x"), "3")

    then, now = owners.then("x"), owners.now("x")

    assert [then.address_of("people", number) for number in "123"] == [ANN, ANN, None]
    assert [now.address_of("people", number) for number in "123"] == [None, ANN, "people.new@x"]


@in_a_world
async def test_what_the_plan_adopts_had_no_name_then(world: World) -> None:
    """A plan that adopts two things of which one refers to the other showed that one by its id, in every run of it."""
    plan = Plan("acme", (a_change(ANN, Action.ADOPT, "2"),))
    first = Owners(plan, world.document, world.writer)
    await world.bind(ANN, "2", attributes={"number": "1001"})
    again = Owners(plan, world.document, world.writer)

    assert [one.then("x").address_of("people", "2") for one in (first, again)] == [None, None]
    assert [one.now("x").address_of("people", "2") for one in (first, again)] == [ANN, ANN]


def test_a_leaf_over_a_map() -> None:
    """A map that is null makes room for its leaves, and null takes them away."""
    assert overlaid({"voicemail": None}, {"voicemail.pin": "1"}) == {"voicemail.pin": "1"}
    assert overlaid({"voicemail.pin": "1", "name": "x"}, {"voicemail": None}) == {"voicemail": None, "name": "x"}
