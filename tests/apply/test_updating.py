"""Updates: what is carried, what is stale, and what the vendor made of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner.apply.events import Status
from provisioner.errors import NotFound
from provisioner.plan.document import Action, FieldChange
from provisioner.values import secret
from tests.apply.world import FAILED, PIN, World, a_change, ann, fate, in_a_world

ANN, ROOM = "people.ann@x", "rooms.lab@x"
MADE = {"number": "1001", "name": "Ann", "pin": PIN}


@in_a_world
async def test_an_update_carries_what_is_there(world: World) -> None:
    """A full replacement keeps what nobody declared; of secrets it carries the blank ones that the plan lists."""
    before = await ann(world)

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

    assert world.clinic.bodies[1] == {"number": "1001", "name": "Anna", "colour": "red", "badge": None}
    assert world.clinic.sent == ["GET /people/1", "PUT /people/1", "GET /people/1"]


@in_a_world
async def test_a_blank_that_the_plan_does_not_list_is_stale(world: World) -> None:
    """Nothing is sent."""
    before = await ann(world)

    report = await world.apply(
        a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}, blanks=())
    )

    assert fate(report, ANN)[0] is Status.STALE
    assert world.clinic.changes == []


@in_a_world
async def test_a_merge_carries_only_what_changes(world: World) -> None:
    """And references as ids."""
    world.clinic.put("people", "1", number="1001")
    await world.bind(ANN, "1", attributes={"number": "1001"})
    world.clinic.put("rooms", "12", number="12", name="Lab", owner=None)
    before = {"number": "12", "name": "Lab", "owner": None}
    await world.bind(ROOM, "12", attributes=before)
    after = {**before, "owner": ANN, "guests": [ANN]}

    await world.apply(a_change(ROOM, Action.UPDATE, "12", before=before, after=after))

    assert world.clinic.bodies[1] == {"owner": {"id": "1"}, "guests": [{"id": "1"}]}


@in_a_world
async def test_a_rotated_secret_is_sent_once(world: World) -> None:
    """The next attempt finds its version in the record."""
    before = await ann(world)
    fields = (FieldChange("pin", PIN, secret(2), secret=True),)
    update = a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "pin": secret(2)}, fields=fields)

    await world.apply(update)
    await world.apply(update, begun=True)

    assert (world.clinic.changes, world.bound(ANN).secrets) == (["PUT /people/1"], {"pin": 2})


@in_a_world
async def test_a_secret_that_would_be_blanked_goes_along(world: World) -> None:
    """With whatever else changes, though its version was sent."""
    before = await ann(world)
    await world.bind(ANN, "1", attributes=before, secrets={"badge": 1})
    fields = (FieldChange("badge", PIN, PIN, secret=True), FieldChange("name", "Ann", "Anna"))
    after = {**before, "name": "Anna", "badge": PIN}

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after=after, fields=fields))

    assert world.clinic.bodies[1]["badge"] == "a secret"


@in_a_world
async def test_what_a_person_must_do_is_not_sent(world: World) -> None:
    """Nor is what changes by itself."""
    before = await ann(world)
    fields = (FieldChange("floor", None, "2", manual=True), FieldChange("name", "Ann", "Anna"))
    after = {**before, "name": "Anna", "floor": "2", "seen": "today"}

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after=after, fields=fields))

    assert "floor" not in world.clinic.bodies[1]
    assert world.bound(ANN).attributes == {"number": "1001", "name": "Anna"}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"number": "1001", "name": "Else"}, "`name` is 'Else' at the vendor, the plan saw 'Ann'"),
        ({"number": "1001"}, "`name` is nothing at the vendor, the plan saw 'Ann'"),
        (None, "id 1 is gone at the vendor"),
    ],
)
def test_what_moved_is_stale(now: dict[str, str] | None, why: str) -> None:
    """An update of something that is not what the plan saw is not sent."""

    @in_a_world
    async def story(world: World) -> None:
        before = await ann(world)
        del world.clinic.content["people"]["1"]
        if now is not None:
            world.clinic.put("people", "1", **now)

        report = await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

        assert (fate(report, ANN), world.clinic.changes) == ((Status.STALE, why), [])

    story()


@pytest.mark.parametrize("begun", [False, True])
def test_a_deleted_one_is_never_written(begun: bool) -> None:  # noqa: FBT001 (a parameter of the table)
    """Also where an earlier attempt had begun."""

    @in_a_world
    async def story(world: World) -> None:
        before = await ann(world)
        world.clinic.bury("people", "1", **before)
        update = a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"})

        report = await world.apply(update, begun=begun)

        assert fate(report, ANN) == (Status.STALE, "id 1 is deleted at the vendor")

    story()


@in_a_world
async def test_one_that_the_vendor_is_deleting(world: World) -> None:
    """It would be written in vain."""
    before = await ann(world)
    world.clinic.content["people"]["1"] = replace(world.clinic.content["people"]["1"], pending=True)

    report = await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

    assert fate(report, ANN) == (Status.STALE, "id 1 is being deleted by the vendor")


@in_a_world
async def test_a_begun_update_sends_what_is_missing(world: World) -> None:
    """The number had arrived: the rest follows, and the natural key is the new one."""
    before = await ann(world)
    world.clinic.put("people", "1", number="1005", name="Ann")
    after = {"number": "1005", "name": "Anna"}

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after=after), begun=True)

    bound = world.bound(ANN)
    assert (bound.natural_key, bound.attributes["name"], world.clinic.changes) == (("1005",), "Anna", ["PUT /people/1"])


@in_a_world
async def test_what_the_vendor_made_of_it(world: World) -> None:
    """Told, remembered, and not written again with the next change."""
    before = await ann(world)
    world.clinic.alters = lambda path, value: str(value).upper() if path == "name" else value

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

    assert world.notices == ["`name`: sent 'Anna', the vendor made it 'ANNA'"]
    assert world.bound(ANN).learned == {"name": ("Anna", "ANNA")}


@in_a_world
async def test_what_nobody_sent_and_changed(world: World) -> None:
    """A side effect at the vendor is told, and not remembered."""
    before = await ann(world)
    world.clinic.alters = lambda path, value: "blue" if path == "colour" else value

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

    assert world.notices == ["`colour` was not sent and changed: 'red' before, 'blue' now"]
    assert world.bound(ANN).learned == {}


@in_a_world
async def test_a_read_back_that_fails(world: World) -> None:
    """The change is done all the same, and it is said."""
    world.clinic.before["GET /people/1"] = [FAILED]

    report = await world.apply(a_change(ANN, Action.CREATE, after=MADE))

    assert (report.completed, world.notices) == (True, ["done, but could not be read back: it broke"])


@in_a_world
async def test_404_to_the_update_of_what_was_read(world: World) -> None:
    """Deleted between the read and the write: its binding is dropped."""
    before = await ann(world)
    world.clinic.before["PUT /people/1"] = [NotFound("none", connection="x", call="PUT", status=404)]

    report = await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

    assert (fate(report, ANN)[0], world.document.bound) == (Status.FAILED, {})
