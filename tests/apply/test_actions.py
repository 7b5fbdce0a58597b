"""What each action sends, records and refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner.address import Address
from provisioner.apply.events import Status
from provisioner.apply.run import Report
from provisioner.errors import NotFound, Rejected
from provisioner.plan.document import Action, FieldChange, Step
from provisioner.state.document import Tombstone, Unknown
from provisioner.state.entries import Forgot, PutUnknown
from provisioner.values import VendorId, secret
from tests.apply.world import ACCOUNT, FAILED, PIN, World, a_change, in_a_world

ANN, BOB, ROOM, BELL = "people.ann@x", "people.bob@x", "rooms.lab@x", "bells.door@x"
MADE = {"number": "1001", "name": "Ann", "pin": PIN}


def fate(report: Report, key: str) -> tuple[Status, str]:
    """How one change ended, and why."""
    return next((ended.status, ended.why) for ended in report.ended if ended.key == key)


# --- create -------------------------------------------------------------------------------------------------------


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
    assert (status, why.partition(":")[0]) == (Status.FAILED, "nobody can tell whether it exists by now")
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


# --- what cannot be read ------------------------------------------------------------------------------------------


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


# --- update -------------------------------------------------------------------------------------------------------


async def ann(world: World, **attributes: str) -> dict[str, str]:
    """Somebody who is there, managed and as last sent."""
    known = {"number": "1001", "name": "Ann", **attributes}
    world.clinic.put("people", "1", **known, colour="red")
    await world.bind(ANN, "1", attributes=known, secrets={"pin": 1})
    return known


@in_a_world
async def test_an_update_carries_what_is_there(world: World) -> None:
    """A full replacement keeps what nobody declared, and sends no secret."""
    before = await ann(world)

    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))

    assert world.clinic.bodies[1] == {"number": "1001", "name": "Anna", "colour": "red"}
    assert world.clinic.sent == ["GET /people/1", "PUT /people/1", "GET /people/1"]


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


# --- delete, undelete, replace, adopt, forget ---------------------------------------------------------------------


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

    assert (owed, world.bound(ANN).secrets) == ({}, {"pin": 1})
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
    await ann(world)
    gone = a_change(ANN, Action.FORGET, "1", before={}, deleted=True)
    await world.bind("people.far@gone", "5", attributes={"number": "1"})

    report = await world.apply(gone, a_change("people.far@gone", Action.FORGET, "5"))

    assert (report.completed, world.document.bound, world.clinic.sent) == (True, {}, [])
    assert world.document.tombstones.keys() == {Address.parse(ANN)}


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
