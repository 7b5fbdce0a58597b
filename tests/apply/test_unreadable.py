"""Kinds that the vendor cannot be asked about: what was last sent is all that is known."""

from __future__ import annotations

from dataclasses import replace

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.plan.document import Action, FieldChange
from tests.apply.world import World, a_change, in_a_world

ANN, BELL = "people.ann@x", "bells.door@x"


@in_a_world
async def test_a_taken_create_that_cannot_be_asked_about(world: World) -> None:
    """It becomes unknown, with both ways out; a later run does not send it again."""
    world.clinic.put("bells", "4", name="Door")
    create = a_change(BELL, Action.CREATE, after={"name": "Door", "tone": "low"})

    report = await world.apply(create)
    again = await world.apply(create)

    assert "`provisioner state settle bells.door@x --id ID`" in (report.ended[0].hint or "")
    assert world.document.unknown[Address.parse(BELL)].taken
    assert (again.ended[0].status, world.clinic.changes) == (Status.FAILED, ["POST /bells"])


@in_a_world
async def test_a_lost_create_that_cannot_be_asked_about(world: World) -> None:
    """Sent again, since the vendor refuses doubles: here it had no effect."""
    world.clinic.lose("POST /bells", effect=False)

    report = await world.apply(a_change(BELL, Action.CREATE, after={"name": "Door"}))

    assert (report.completed, world.document.unknown, len(world.clinic.content["bells"])) == (True, {}, 1)


@in_a_world
async def test_a_lost_create_that_nothing_protects(world: World) -> None:
    """A vendor that allows doubles gets no repeat."""
    world.clinic.offers = {**world.clinic.offers, "bells": replace(world.clinic.offers["bells"], enforces_unique=False)}
    world.clinic.lose("POST /bells", effect=False)
    create = a_change(BELL, Action.CREATE, after={"name": "Door"})

    report = await world.apply(create)
    again = await world.apply(create)

    assert (report.ended[0].status, again.ended[0].status) == (Status.FAILED, Status.FAILED)
    assert world.clinic.changes == ["POST /bells"]
    assert not world.document.unknown[Address.parse(BELL)].taken


@in_a_world
async def test_an_update_from_what_was_last_sent(world: World) -> None:
    """The whole body goes; what is recorded as sent is not sent again by the next attempt."""
    world.clinic.put("bells", "4", name="Door", tone="low")
    await world.bind(BELL, "4", attributes={"name": "Door", "tone": "low"})
    before = {"name": "Door", "tone": "low"}
    update = a_change(BELL, Action.UPDATE, "4", before=before, after={**before, "tone": "high"})

    await world.apply(update)
    await world.apply(update, begun=True)

    assert world.clinic.bodies == [{"name": "Door", "tone": "high"}]
    assert world.bound(BELL).attributes == {"name": "Door", "tone": "high"}


@in_a_world
async def test_an_update_of_doubtful_end_is_sent_again(world: World) -> None:
    """Nobody can read it, and sending the same twice does no harm."""
    world.clinic.put("bells", "4", name="Door", tone="low")
    await world.bind(BELL, "4", attributes={"name": "Door", "tone": "low"})
    world.clinic.lose("PUT /bells/4", effect=True)
    before = {"name": "Door", "tone": "low"}

    report = await world.apply(a_change(BELL, Action.UPDATE, "4", before=before, after={**before, "tone": "high"}))

    assert (report.completed, world.clinic.changes) == (True, ["PUT /bells/4"] * 2)
    assert world.bound(BELL).uncertain == frozenset()


@in_a_world
async def test_a_reference_that_has_another_id_now(world: World) -> None:
    """Equal in words, and sent all the same."""
    world.clinic.put("people", "2", number="1001")
    world.clinic.put("bells", "4", name="Door", owner={"id": "1"})
    await world.bind(ANN, "2", attributes={"number": "1001"})
    known = {"name": "Door", "owner": ANN}
    await world.bind(BELL, "4", attributes=known, references={"owner": "1"})
    fields = (FieldChange("owner", ANN, ANN),)

    await world.apply(a_change(BELL, Action.UPDATE, "4", before=known, after=known, fields=fields))

    assert world.clinic.content["bells"]["4"].attributes["owner"] == {"id": "2"}
    assert world.bound(BELL).references == {"owner": "2"}


@in_a_world
async def test_404_to_an_update_drops_the_binding(world: World) -> None:
    """Gone: the next plan creates it."""
    await world.bind(BELL, "4", attributes={"name": "Door", "tone": "low"})
    before = {"name": "Door", "tone": "low"}

    report = await world.apply(a_change(BELL, Action.UPDATE, "4", before=before, after={**before, "tone": "high"}))

    assert report.ended[0].hint == "it is gone at the vendor, so its binding is dropped: plan again, and it is created"
    assert world.document.bound == {}


@in_a_world
async def test_404_to_a_delete_is_done(world: World) -> None:
    """What is wanted is so."""
    await world.bind(BELL, "4", attributes={"name": "Door"})

    report = await world.apply(a_change(BELL, Action.DELETE, "4", before={"name": "Door"}))

    assert (report.completed, world.document.bound, world.document.tombstones) == (True, {}, {})
