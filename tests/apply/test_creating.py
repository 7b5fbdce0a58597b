"""Creates: what is looked for, sent, recorded and refused."""

from __future__ import annotations

import pytest

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.plan.document import Action
from provisioner.values import VendorId
from tests.apply.world import FAILED, PIN, World, a_change, fate, in_a_world

ANN, BOB, ROOM = "people.ann@x", "people.bob@x", "rooms.lab@x"
MADE = {"number": "1001", "name": "Ann", "pin": PIN}


@in_a_world
async def test_create(world: World) -> None:
    """Looked for, made with its secret, bound as it was sent, read back."""
    report = await world.apply(a_change(ANN, Action.CREATE, after=MADE, prevent_destroy=True))

    assert world.clinic.sent == ["GET /people/*", "POST /people", "GET /people/1"]
    assert world.clinic.bodies[1]["pin"] == "a secret"
    bound = world.bound(ANN)
    assert (bound.id, bound.natural_key, bound.attributes) == ("1", ("1001",), {"number": "1001", "name": "Ann"})
    assert (bound.secrets, bound.made, bound.prevent_destroy) == ({"pin": 1}, True, True)
    assert (report.completed, fate(report, ANN)) == (True, (Status.DONE, ""))


@in_a_world
async def test_one_listing_for_all_creates(world: World) -> None:
    """Thirty creates ask once."""
    changes = [a_change(f"people.p{n}@x", Action.CREATE, after={"number": str(n)}) for n in range(30)]

    await world.apply(*changes)

    assert world.clinic.sent.count("GET /people/*") == 1


@in_a_world
async def test_create_of_what_exists_by_now(world: World) -> None:
    """Somebody made it: stale, nothing is sent. An id of another kind says nothing."""
    world.clinic.put("people", "7", number="1001")
    other = a_change("rooms.lab@x", Action.DELETE, "7", before={"number": "7"})

    report = await world.apply(a_change(ANN, Action.CREATE, after=MADE), other)

    assert fate(report, ANN) == (Status.STALE, "id 7 has its natural key at the vendor by now")
    assert "POST /people" not in world.clinic.sent


@in_a_world
async def test_create_after_its_giver(world: World) -> None:
    """The listing still shows who gave the number up: no stranger."""
    world.clinic.put("people", "7", number="1001")
    await world.bind(BOB, "7", attributes={"number": "1001"})
    gone = a_change(BOB, Action.DELETE, "7", before={"number": "1001"})

    report = await world.apply(gone, a_change(ANN, Action.CREATE, after=MADE, needs=(BOB,)))

    assert (report.completed, world.bound(ANN).id) == (True, "8")


@pytest.mark.parametrize(
    ("deleted", "why"),
    [(False, "`12` exists at the vendor by now"), (True, "the vendor keeps `12` for a deleted record by now")],
)
def test_create_where_the_key_is_the_id(deleted: bool, why: str) -> None:  # noqa: FBT001 (a parameter of the table)
    """One read tells, also of a record that keeps the number."""

    @in_a_world
    async def story(world: World) -> None:
        (world.clinic.bury if deleted else world.clinic.put)("rooms", "12", number="12")

        report = await world.apply(a_change(ROOM, Action.CREATE, after={"number": "12"}))

        assert fate(report, ROOM) == (Status.STALE, why)
        assert world.clinic.changes == []

    story()


@in_a_world
async def test_create_that_cannot_be_looked_for(world: World) -> None:
    """A listing that failed is no absence: nothing is sent."""
    world.clinic.before["GET /people/*"] = [FAILED]

    report = await world.apply(a_change(ANN, Action.CREATE, after=MADE))

    status, why = fate(report, ANN)
    assert (status, why.partition(":")[0]) == (Status.FAILED, "not sent")
    assert world.clinic.changes == []


@in_a_world
async def test_create_of_a_taken_value(world: World) -> None:
    """Explained with whoever holds it: the managed one by its address."""
    world.clinic.put("people", "7", number="1009", email="ann@x.example")
    await world.bind(BOB, "7", attributes={"number": "1009"})
    taking = a_change(ANN, Action.CREATE, after={**MADE, "email": "ann@x.example"})

    report = await world.apply(taking)

    (ended,) = report.ended
    assert ended.hint == "`email` 'ann@x.example' is held by `people.bob@x`, the active id 7 (1009 ann@x.example)"
    assert world.document.bound.keys() == {Address.parse(BOB)}


@in_a_world
async def test_a_taken_value_that_only_the_record_shows(world: World) -> None:
    """Rooms cannot be listed: who has the name is told by what is bound."""
    world.clinic.put("rooms", "13", number="13", name="Lab")
    await world.bind("rooms.old@x", "13", attributes={"number": "13", "name": "Lab"})

    report = await world.apply(a_change(ROOM, Action.CREATE, after={"number": "12", "name": "Lab"}))

    assert report.ended[0].hint == "`name` 'Lab' is held by `rooms.old@x`, the active id 13 (13)"


@in_a_world
async def test_nobody_can_say_who_holds_it(world: World) -> None:
    """The look for the holder fails, too: the refusal stays as it was."""
    world.clinic.put("rooms", "13", number="13", name="Lab")
    world.clinic.put("rooms", "12", number="12")
    await world.bind(ROOM, "12", attributes={"number": "12"})
    change = a_change(ROOM, Action.UPDATE, "12", before={"number": "12"}, after={"number": "12", "name": "Lab"})
    world.clinic.breaks_after = ("PUT /rooms/12", "GET /rooms/12")

    report = await world.apply(change)

    assert (report.ended[0].status, report.ended[0].hint) == (Status.FAILED, None)


@in_a_world
async def test_a_vanished_one_is_made_again(world: World) -> None:
    """The id that state holds in vain is no obstacle."""
    await world.bind(ANN, "3", attributes={"number": "1001"})

    await world.apply(a_change(ANN, Action.CREATE, after=MADE, lost=VendorId("3")))

    assert world.bound(ANN).id == "1"


async def _made_in_two(world: World, *, effect: bool) -> None:
    """A create of two requests whose second answer is lost, before or after it had its effect."""
    world.clinic.later = frozenset({"name"})
    world.clinic.lose("PUT /rooms/7", effect=effect)

    report = await world.apply(a_change(ROOM, Action.CREATE, after={"number": "7", "name": "Lab"}))

    assert (report.completed, fate(report, ROOM)) == (True, (Status.DONE, ""))
    assert world.clinic.sent.count("POST /rooms") == 1
    assert world.clinic.content["rooms"]["7"].attributes["name"] == "Lab"
    assert (world.bound(ROOM).id, world.bound(ROOM).attributes["name"]) == ("7", "Lab")
    assert not world.document.pending


@in_a_world
async def test_a_lost_second_request_of_a_create_that_was_done(world: World) -> None:
    """It is asked about by the id that the first one gave: nothing is made twice, and nothing stays open."""
    await _made_in_two(world, effect=True)


@in_a_world
async def test_a_lost_second_request_of_a_create_that_was_not_done(world: World) -> None:
    """The same, and it is sent again."""
    await _made_in_two(world, effect=False)
