"""What comes before what: references, deletes, replaces, handovers, rings, joins and leaves."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.plan.document import Change, Plan
from provisioner.plan.make import Options
from tests.factories import (
    ACCOUNT,
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_tombstone,
    a_world,
    an_entity,
    an_instance,
)


def order_of(plan: Plan) -> list[str]:
    """The keys of the plan's steps, each with its action, in their order."""
    return [f"{change.action} {change.key.replace('@pbx', '')}" for change in plan.changes]


def step(plan: Plan, key: str) -> Change:
    (found,) = [change for change in plan.changes if change.key == key]
    return found


def people(**numbers: str) -> list[Any]:
    """Declarations of people with these numbers."""
    return [an_instance(f"people.{name}", number=number) for name, number in numbers.items()]


def managed(**numbers: str) -> tuple[list[Any], list[Any]]:
    """People with these numbers as state has them and as they are, ids in order from 1."""
    items = list(enumerate(numbers.items(), 1))
    bound = [a_bound(f"people.{name}", str(one), number=number) for one, (name, number) in items]
    return bound, [an_entity(id=str(one), number=number) for one, (_, number) in items]


def test_what_refers_comes_after_what_it_refers_to() -> None:
    """A person is made after her team, an alarm after both its person and its line."""
    desired = a_desired(
        an_instance("alarms.a", person="people.jane@pbx", line="lines.l@pbx"),
        an_instance("people.jane", team="teams.z@pbx"),
        an_instance("teams.z"),
        an_instance("lines.l", name="L"),
    )

    assert order_of(a_plan(desired)) == [
        "create lines.l",
        "create teams.z",
        "create people.jane",
        "create alarms.a",
    ]


def test_a_delete_comes_after_the_deletes_of_what_refers_to_it() -> None:
    """Teams go after the people in them, whatever their names."""
    prior = a_document(a_bound("people.jane", "7", team="teams.a@pbx"), a_bound("teams.a", "3"))
    world = a_world(people=[an_entity(team={"id": "3"})], teams=[an_entity("teams", "3")])

    assert order_of(a_plan(a_desired(), prior, world)) == ["delete people.jane", "delete teams.a"]


def test_a_delete_comes_after_the_update_that_lets_go_of_it() -> None:
    """A person who leaves a team is written before the team goes."""
    prior = a_document(a_bound("people.jane", "7", team="teams.a@pbx"), a_bound("teams.a", "3"))
    world = a_world(people=[an_entity(team={"id": "3"})], teams=[an_entity("teams", "3")])

    plan = a_plan(a_desired(an_instance(team=None)), prior, world)

    assert order_of(plan) == ["update people.jane", "delete teams.a"]


def test_a_delete_comes_after_the_update_of_what_refers_to_it_by_hand() -> None:
    """State knows nothing of the owner that somebody gave the phone; the vendor shows it."""
    prior = a_document(a_bound(), a_bound("phones.p", "700"))
    world = a_world(people=[an_entity()], phones=[an_entity("phones", "700", owner={"id": "7"})])

    plan = a_plan(a_desired(an_instance("phones.p", owner=None)), prior, world)

    assert order_of(plan) == ["update phones.p", "delete people.jane"]


def test_who_leaves_a_scope_comes_before_who_takes_its_label_there() -> None:
    """Labels are unique on a floor: the desk that moves upstairs keeps its own."""
    desired = a_desired(
        an_instance("desks.a", name="a", floor=1, label="x"), an_instance("desks.b", name="b", floor=2, label="x")
    )
    prior = a_document(a_bound("desks.a", "1", name="a"), a_bound("desks.b", "2", name="b"))
    world = a_world(
        desks=[
            an_entity("desks", "1", name="a", floor=1, label="y", mailbox=None),
            an_entity("desks", "2", name="b", floor=1, label="x", mailbox=None),
        ]
    )

    assert order_of(a_plan(desired, prior, world)) == ["update desks.b", "update desks.a"]


def test_who_enters_a_scope_comes_after_who_gives_its_label_up_there() -> None:
    """The label is not written, and is new on that floor all the same."""
    desired = a_desired(
        an_instance("desks.a", name="a", floor=1, label="x"), an_instance("desks.b", name="b", floor=1, label="y")
    )
    prior = a_document(a_bound("desks.a", "1", name="a"), a_bound("desks.b", "2", name="b"))
    world = a_world(
        desks=[
            an_entity("desks", "1", name="a", floor=2, label="x", mailbox=None),
            an_entity("desks", "2", name="b", floor=1, label="x", mailbox=None),
        ]
    )

    assert order_of(a_plan(desired, prior, world)) == ["update desks.b", "update desks.a"]


def test_a_delete_knows_its_referrers_by_the_ids_that_were_sent() -> None:
    """An address that was renamed since is still known as what the alarm refers to."""
    prior = a_document(
        a_bound("alarms.a", "4", person="people.old@pbx", _references={"person": "7"}), a_bound("people.zoe", "7")
    )

    plan = a_plan(a_desired(), prior, a_world(people=[an_entity()]))

    assert order_of(plan) == ["delete alarms.a", "delete people.zoe"]


def test_a_replace_that_shares_no_unique_value_creates_first() -> None:
    """Who refers to it is written between its two halves."""
    desired = a_desired(an_instance(color="red", number="1002"), an_instance("phones.p", owner="people.jane@pbx"))
    prior = a_document(a_bound(color="blue"), a_bound("phones.p", "700", owner="people.jane@pbx"))
    world = a_world(people=[an_entity(color="blue")], phones=[an_entity("phones", "700", owner={"id": "7"})])

    plan = a_plan(desired, prior, world)

    assert order_of(plan) == ["replace people.jane#create", "update phones.p", "replace people.jane#delete"]


def test_a_replace_that_keeps_a_unique_value_deletes_first() -> None:
    """Who refers to it is written after both halves."""
    desired = a_desired(an_instance(color="red"), an_instance("phones.p", owner="people.jane@pbx"))
    prior = a_document(a_bound(color="blue"), a_bound("phones.p", "700", owner="people.jane@pbx"))
    world = a_world(people=[an_entity(color="blue")], phones=[an_entity("phones", "700", owner={"id": "7"})])

    plan = a_plan(desired, prior, world)

    assert order_of(plan) == ["replace people.jane#delete", "replace people.jane#create", "update phones.p"]


def test_what_is_replaced_with_what_it_refers_to_is_deleted_first_too() -> None:
    """A group that is bound for good to a replaced team cannot be made before the old team is gone."""
    desired = a_desired(an_instance("groups.g", name="g2", team="teams.t@pbx"), an_instance("teams.t"))
    prior = a_document(a_bound("groups.g", "5", team="teams.t@pbx"), a_bound("teams.t", "3"))
    world = a_world(groups=[an_entity("groups", "5", team={"id": "3"})], teams=[an_entity("teams", "3")])

    plan = a_plan(desired, prior, world, Options(replaces=("teams.t",)))

    assert order_of(plan) == [
        "replace groups.g#delete",
        "replace teams.t#delete",
        "replace teams.t#create",
        "replace groups.g#create",
    ]


def test_a_replace_by_a_new_id_replaces_what_is_bound_to_it_for_good() -> None:
    """An alarm cannot change its person, so it is replaced with her."""
    desired = a_desired(an_instance(color="red"), an_instance("alarms.a", person="people.jane@pbx"))
    prior = a_document(
        a_bound(color="blue"), a_bound("alarms.a", "4", person="people.jane@pbx", _references={"person": "7"})
    )

    plan = a_plan(desired, prior, a_world(people=[an_entity(color="blue")]))

    assert order_of(plan) == [
        "replace alarms.a#delete",
        "replace people.jane#delete",
        "replace people.jane#create",
        "replace alarms.a#create",
    ]


@pytest.mark.parametrize("sent", [{"line": "500"}, {}])
def test_a_replace_that_brings_the_same_id_back_touches_no_referrer(sent: dict[str, Any]) -> None:
    """A line keeps its number, which is what the vendor calls it."""
    desired = a_desired(an_instance("lines.l", mode="new", name="L"), an_instance("alarms.a", line="lines.l@pbx"))
    prior = a_document(a_bound("lines.l", "500"), a_bound("alarms.a", "4", line="lines.l@pbx", _references=sent))

    plan = a_plan(desired, prior, a_world(lines=[an_entity("lines", "500", mode="old", name="L")]))

    assert order_of(plan) == ["replace lines.l#delete", "replace lines.l#create"]


def test_who_gives_a_value_up_comes_before_who_takes_it() -> None:
    """A number is handed on in whatever order the names stand."""
    bound, there = managed(ann="1001", bob="1002")

    plan = a_plan(a_desired(*people(ann="1002", bob="1003")), a_document(*bound), a_world(people=there))

    assert order_of(plan) == ["update people.bob", "update people.ann"]
    assert step(plan, "people.ann@pbx").needs == ("people.bob@pbx",)


def test_who_is_deleted_gives_its_values_up() -> None:
    """A number is free for the next one once its holder is gone."""
    bound, there = managed(zoe="1001")

    desired = a_desired(an_instance("people.ann", email="ann@acme.example"))
    there = [an_entity(id="1", number="1001", email="zoe@acme.example")]
    plan = a_plan(desired, a_document(*bound), a_world(people=there))

    assert order_of(plan) == ["delete people.zoe", "create people.ann"]


def test_a_record_that_comes_back_gives_its_old_values_up_when_it_is_written() -> None:
    """Who takes an undeleted record's old login waits for the undelete."""
    desired = a_desired(an_instance("people.zoe", login="new"), an_instance("people.ann", number="1002", login="old"))
    prior = a_document(a_tombstone("people.zoe"))

    plan = a_plan(desired, prior, a_world(people=[an_entity(deleted=True, login="old")]))

    assert order_of(plan) == ["undelete people.zoe", "create people.ann"]


def test_a_replace_that_comes_back_gives_its_old_values_up_when_it_is_written() -> None:
    """A line that is deleted and brought back has its old name until it gets its new one."""
    desired = a_desired(
        an_instance("lines.l", mode="new", name="New"), an_instance("lines.k", extension="501", name="Old")
    )
    prior = a_document(a_bound("lines.l", "500"), a_bound("lines.k", "501", extension="501"))
    world = a_world(
        lines=[
            an_entity("lines", "500", mode="old", name="Old"),
            an_entity("lines", "501", extension="501", name="K"),
        ]
    )

    plan = a_plan(desired, prior, world)

    assert order_of(plan) == ["replace lines.l#delete", "replace lines.l#create", "update lines.k"]


# --- rings --------------------------------------------------------------------------------------------------------


def test_two_that_swap_numbers_park_one() -> None:
    """The first of the two waits on the greatest free number, in a step of its own."""
    bound, there = managed(ann="1001", bob="1002")

    plan = a_plan(a_desired(*people(ann="1002", bob="1001")), a_document(*bound), a_world(people=there))

    assert order_of(plan) == ["update people.ann#park", "update people.bob", "update people.ann"]
    parked = step(plan, "people.ann@pbx#park")
    assert [(item.path, item.before, item.after) for item in parked.fields] == [("number", "1001", "9999")]
    assert plan.summary["update"] == 2


@pytest.mark.parametrize("length", [2, 3, 5, 9])
def test_a_ring_of_any_length_parks_one(length: int) -> None:
    """n numbers in a ring are handed round in n + 1 steps."""
    names = [f"p{number}" for number in range(length)]
    before = {name: str(1001 + number) for number, name in enumerate(names)}
    after = {name: str(1001 + (number + 1) % length) for number, name in enumerate(names)}
    bound, there = managed(**before)

    plan = a_plan(a_desired(*people(**after)), a_document(*bound), a_world(people=there))

    assert len(plan.changes) == length + 1
    assert not plan.refused


def test_several_rings_park_on_different_values() -> None:
    """Two pairs that swap at the same time never meet on one free number."""
    bound, there = managed(ann="1001", bob="1002", cyd="1003", dan="1004")
    after = people(ann="1002", bob="1001", cyd="1004", dan="1003")

    plan = a_plan(a_desired(*after), a_document(*bound), a_world(people=there))

    parked = [change.fields[0].after for change in plan.changes if change.step == "park"]
    assert parked == ["9999", "9998"]


def test_parking_avoids_every_value_that_anybody_knows() -> None:
    """Not what is desired, known to state, there, deleted, or remembered by a tombstone."""
    bound, there = managed(ann="1001", bob="1002")
    desired = a_desired(*people(ann="1002", bob="1001", des="9999"))
    prior = a_document(
        *bound,
        a_bound("people.pri", "20", number="9998"),
        a_tombstone("people.old", "30", natural_key=("9996",)),
        a_tombstone("people.odd", "31", natural_key=("1",), personal={"email": "x@acme.example"}),
    )
    world = a_world(people=[*there, an_entity(id="40", number="9997", deleted=True)])

    plan = a_plan(desired, prior, world)

    assert step(plan, "people.ann@pbx#park").fields[0].after == "9995"


@pytest.mark.parametrize(
    ("field", "free"),
    [("email", "parked9999@parked.invalid"), ("login", "parked9999"), ("nickname", None)],
)
def test_what_a_field_is_parked_on(field: str, free: str | None) -> None:
    """An e-mail parks on an e-mail, text on text, and what may be empty is cleared."""
    values = ("a@acme.example", "b@acme.example")
    desired = a_desired(
        an_instance("people.ann", number="1001", **{field: values[1]}),
        an_instance("people.bob", number="1002", **{field: values[0]}),
    )
    bound, _ = managed(ann="1001", bob="1002")
    world = a_world(
        people=[
            an_entity(id="1", number="1001", **{field: values[0]}),
            an_entity(id="2", number="1002", **{field: values[1]}),
        ]
    )

    parked = step(a_plan(desired, a_document(*bound), world), "people.ann@pbx#park")

    assert [(item.path, item.after) for item in parked.fields] == [(field, free)]


def test_a_swap_of_two_fields_parks_both_in_one_step() -> None:
    """Two who exchange number and login at once need one parking step, with both fields."""
    bound, _ = managed(ann="1001", bob="1002")
    desired = a_desired(
        an_instance("people.ann", number="1002", login="b"), an_instance("people.bob", number="1001", login="a")
    )
    world = a_world(people=[an_entity(id="1", number="1001", login="a"), an_entity(id="2", number="1002", login="b")])

    plan = a_plan(desired, a_document(*bound), world)

    assert order_of(plan) == ["update people.ann#park", "update people.bob", "update people.ann"]
    assert [item.path for item in step(plan, "people.ann@pbx#park").fields] == ["login", "number"]


def test_what_is_managed_is_parked_rather_than_what_is_adopted() -> None:
    """An adopt is bound only after its parking, so that the other one is parked if it can be."""
    desired = a_desired(
        an_instance("people.ann", number="1001", login="b"), an_instance("people.bob", number="1002", login="a")
    )
    prior = a_document(a_bound("people.bob", "2", number="1002"))
    world = a_world(people=[an_entity(id="1", number="1001", login="a"), an_entity(id="2", number="1002", login="b")])

    plan = a_plan(desired, prior, world)

    assert order_of(plan) == ["update people.bob#park", "adopt people.ann", "update people.bob"]


def test_two_replaces_that_exchange_a_value_are_both_deleted_first() -> None:
    """Once both old ones are gone, both logins are free."""
    desired = a_desired(
        an_instance("people.ann", number="1001", color="red", login="b"),
        an_instance("people.bob", number="1002", color="red", login="a"),
    )
    bound, _ = managed(ann="1001", bob="1002")
    world = a_world(
        people=[
            an_entity(id="1", number="1001", color="blue", login="a"),
            an_entity(id="2", number="1002", color="blue", login="b"),
        ]
    )

    plan = a_plan(desired, a_document(*bound), world)

    assert order_of(plan) == [
        "replace people.ann#delete",
        "replace people.bob#delete",
        "replace people.ann#create",
        "replace people.bob#create",
    ]


def test_records_that_must_come_back_before_each_other_are_a_conflict() -> None:
    """Nothing can be parked on a deleted record; whoever waits for the ring still stands in the plan."""
    desired = a_desired(
        an_instance("lines.a", extension="501", name="B"),
        an_instance("lines.b", extension="502", name="A"),
        an_instance("alarms.x", line="lines.a@pbx"),
    )
    world = a_world(
        lines=[
            an_entity("lines", "501", extension="501", deleted=True, name="A"),
            an_entity("lines", "502", extension="502", deleted=True, name="B"),
        ]
    )

    plan = a_plan(desired, world=world)

    assert order_of(plan) == ["conflict lines.a", "create alarms.x", "conflict lines.b"]
    assert [reason.code for reason in step(plan, "lines.a@pbx").reasons] == ["ring", "deleted"]
    assert step(plan, "alarms.x@pbx").needs == ("lines.a@pbx",)


# --- connections, ties --------------------------------------------------------------------------------------------


def test_a_declaration_joins_a_connection_before_it_leaves_another() -> None:
    """The leave waits for the join, and is skipped where that fails."""
    desired = a_desired(an_instance("people.jane@b"), connections={"a": ACCOUNT, "b": "acme:other"})
    world = World({("a", "people"): [an_entity()]})

    plan = a_plan(desired, a_document(a_bound("people.jane@a")), world)

    assert order_of(plan) == ["create people.jane@b", "delete people.jane@a"]
    assert step(plan, "people.jane@a").needs == ("people.jane@b",)


def test_a_leave_says_where_it_goes() -> None:
    """Its reason is no longer that nobody declares it; on two connections more, it waits for both."""
    accounts = {"a": ACCOUNT, "b": "acme:other", "c": "acme:third"}
    desired = a_desired(an_instance("people.jane@b"), an_instance("people.jane@c"), connections=accounts)
    world = World({("a", "people"): [an_entity()]})

    plan = a_plan(desired, a_document(a_bound("people.jane@a")), world)

    leave = step(plan, "people.jane@a")
    assert leave.needs == ("people.jane@b", "people.jane@c")
    assert [(reason.code, reason.text) for reason in leave.reasons] == [
        (
            "moves",
            "`people.jane` does not live on `a` any more: it goes once `people.jane@b`, `people.jane@c` are there",
        )
    ]


def test_a_leave_that_a_person_must_make_waits_too() -> None:
    """The vendor of relics has no call that deletes one."""
    desired = a_desired(an_instance("relics.cup@b", name="Cup"), connections={"a": ACCOUNT, "b": "acme:other"})
    world = World({("a", "relics"): [an_entity("relics", "7", name="Cup")]})

    plan = a_plan(desired, a_document(a_bound("relics.cup@a", "7", name="Cup")), world)

    assert order_of(plan) == ["create relics.cup@b", "manual relics.cup@a"]
    assert step(plan, "relics.cup@a").needs == ("relics.cup@b",)


def test_who_lives_there_already_makes_nobody_wait() -> None:
    """A leave for a connection where the declaration is bound has no join to wait for."""
    desired = a_desired(an_instance("people.jane@b"), connections={"a": ACCOUNT, "b": "acme:other"})
    world = World({("a", "people"): [an_entity()], ("b", "people"): [an_entity()]})

    plan = a_plan(desired, a_document(a_bound("people.jane@a"), a_bound("people.jane@b", _account="acme:other")), world)

    assert order_of(plan) == ["delete people.jane@a"]
    assert [reason.code for reason in step(plan, "people.jane@a").reasons] == ["undeclared"]


def test_ties_are_in_the_order_of_keys() -> None:
    """What needs nothing comes alphabetically, whatever was declared first."""
    desired = a_desired(*people(zoe="1003", ann="1001"), an_instance("codes.lunch"), an_instance("teams.one"))

    assert order_of(a_plan(desired)) == [
        "create codes.lunch",
        "create people.ann",
        "create people.zoe",
        "create teams.one",
    ]


def test_people_who_refer_to_each_other_in_one_kind_are_ordered_too() -> None:
    """A boss comes before whom she leads; a replaced boss is told to those she leads."""
    desired = a_desired(
        an_instance("people.ann", number="1001", boss="people.zoe@pbx"),
        an_instance("people.zoe", number="1002", color="red"),
    )
    bound = [
        a_bound("people.ann", "1", number="1001", boss="people.zoe@pbx"),
        a_bound("people.zoe", "2", number="1002"),
    ]
    world = a_world(
        people=[
            an_entity(id="1", number="1001", boss={"id": "2"}),
            an_entity(id="2", number="1002", color="blue"),
        ]
    )

    plan = a_plan(desired, a_document(*bound), world)

    assert order_of(plan) == ["replace people.zoe#delete", "replace people.zoe#create", "update people.ann"]
