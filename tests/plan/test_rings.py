"""Rings of unique values: what one is parked on, what a ring takes along, and when there is no way."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from provisioner.address import Address
from provisioner.plan.document import Action, Change, FieldChange, Plan
from provisioner.plan.graph import Graph, Wait
from provisioner.plan.make import Options
from provisioner.plan.rings import break_rings
from provisioner.plan.uniques import Handover
from provisioner.values import VendorId
from provisioner.vendors.base import Call, Find, Offer
from provisioner.vendors.fields import Fields, Mark, Unique
from tests.factories import World, a_bound, a_desired, a_document, a_plan, a_world, an_entity, an_instance
from tests.plan.test_order import managed, order_of, people, step

NUMBERS = {"ann": "1001", "bob": "1002", "cyd": "1003"}


def a_ring() -> tuple[Any, Any, World]:
    """Three people hand their numbers round."""
    bound, there = managed(**NUMBERS)
    return a_desired(*people(ann="1002", bob="1003", cyd="1001")), a_document(*bound), a_world(people=there)


def broken(offer: Offer, path: str, *, in_use: bool = False) -> list[Change]:
    """What becomes of two who exchange the values ``a`` and ``b`` of a field."""
    ann, bob = Address("things", "ann", "x"), Address("things", "bob", "x")
    graph = Graph()
    for address, vendor_id, old, new in ((ann, "1", "a", "b"), (bob, "2", "b", "a")):
        fields = (FieldChange(path, old, new),)
        before, after = {path: old}, {path: new}
        graph.add(
            Change(address, "acme", Action.UPDATE, id=VendorId(vendor_id), before=before, after=after, fields=fields)
        )
    graph.need(str(ann), str(bob))
    graph.need(str(bob), str(ann))
    waits = [
        Wait(str(bob), str(ann), Handover(bob, ann, path, "b")),
        Wait(str(ann), str(bob), Handover(ann, bob, path, "a")),
    ]

    break_rings(graph, waits, {ann: offer, bob: offer}, lambda *_: in_use)

    return [graph.steps[key] for key in sorted(graph.steps)]


def an_offer(annotation: Any) -> Offer:
    """A kind whose one field, ``value``, is this."""
    model = type("Thing", (Fields,), {"__annotations__": {"value": annotation}, "__module__": __name__})
    return Offer(model, Call.READ | Call.UPDATE, {}, Find.SCAN)


@pytest.mark.parametrize(
    ("annotation", "free"),
    [
        (Annotated[str, Mark.NATURAL_KEY, Unique(), Field(max_length=8)], "parked99"),
        (Annotated[str, Mark.NATURAL_KEY, Unique(), Field(pattern="^parked[0-4]+$")], "parked4444"),
        (Annotated[str, Mark.NATURAL_KEY, Unique(digits=3), Field(max_length=2)], "99"),
        (Annotated[str | None, Unique(), Field(max_length=3)], None),
    ],
)
def test_a_parking_value_fits_the_field(annotation: Any, free: str | None) -> None:
    """The greatest one that is as long as the field may be, and of its pattern."""
    parked = [change for change in broken(an_offer(annotation), "value") if change.step]

    assert [item.after for change in parked for item in change.fields] == [free]


@pytest.mark.parametrize(
    ("annotation", "in_use"),
    [
        (Annotated[str, Mark.NATURAL_KEY, Unique(digits=2)], True),
        (Annotated[str, Mark.NATURAL_KEY, Unique()], True),
        (Annotated[str, Mark.NATURAL_KEY, Unique(), Field(max_length=3)], False),
    ],
)
def test_without_a_free_value_a_ring_is_a_conflict(annotation: Any, in_use: bool) -> None:  # noqa: FBT001 (a parameter)
    """Every value down there is taken, or none is short enough: a person hands the values on in two steps."""
    found = broken(an_offer(annotation), "value", in_use=in_use)

    assert [change.action for change in found] == [Action.CONFLICT, Action.CONFLICT]
    assert (
        found[0]
        .reasons[0]
        .text.endswith(
            "no free value is left for one of them to wait on; hand them on in two steps, through a value of your own"
        )
    )


def test_a_value_that_somebody_was_left_parked_on_is_not_free() -> None:
    """Also where nobody has read the one who is left on it."""
    desired, _, world = a_ring()
    bound, _ = managed(**NUMBERS)
    prior = a_document(
        *bound, a_bound("people.zoe", "9", number="1009"), parked={Address("people", "zoe", "pbx"): {"number": "9999"}}
    )

    plan = a_plan(desired, prior, world, Options(excludes=("people.zoe",)))

    assert [change.fields[0].after for change in plan.changes if change.step] == ["9998"]


def test_an_exclude_drops_the_whole_ring_of_the_excluded() -> None:
    """Nobody in it can have a number before the excluded one gives its own up."""
    desired, prior, world = a_ring()

    plan = a_plan(desired, prior, world, Options(excludes=("people.bob",)))

    assert plan.changes == ()
    assert [item.address for item in plan.diagnostics if item.code == "left_out"] == [
        "people.ann@pbx",
        "people.cyd@pbx",
    ]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_target_takes_its_whole_ring_along(name: str) -> None:
    """Whoever of a ring is named, all of it is done, parking included."""
    desired, prior, world = a_ring()

    plan = a_plan(desired, prior, world, Options(targets=(f"people.{name}",)))

    assert len(order_of(plan)) == 4
    assert {change.address.key for change in plan.changes if change.included_by is None} == {name}


def lines(**named: tuple[str, str]) -> list[Any]:
    return [an_instance(f"lines.{key}", extension=number, name=name) for key, (number, name) in named.items()]


def lines_there(*pairs: tuple[str, str]) -> World:
    return a_world(lines=[an_entity("lines", number, extension=number, name=name) for number, name in pairs])


def of_lines(plan: Plan) -> list[str]:
    return [text for text in order_of(plan) if text.split()[0] != "none"]


def test_a_key_is_renamed_and_its_value_handed_round_at_once() -> None:
    """Found by its number, the renamed line keeps its id, and the names still go round in a ring."""
    prior = a_document(
        a_bound("lines.old", "500", extension="500", name="A"), a_bound("lines.other", "501", extension="501", name="B")
    )
    desired = a_desired(*lines(new=("500", "B"), other=("501", "A")))

    plan = a_plan(desired, prior, lines_there(("500", "A"), ("501", "B")))

    assert of_lines(plan) == ["update lines.other#park", "adopt lines.new", "update lines.other"]
    assert step(plan, "lines.new@pbx").moved_from == Address("lines", "old", "pbx")


def test_both_keys_are_renamed_and_their_values_exchanged() -> None:
    """One that is not bound under its new address yet is parked, and recognised when the run dies there."""
    prior = a_document(
        a_bound("lines.old1", "500", extension="500", name="A"), a_bound("lines.old2", "501", extension="501", name="B")
    )
    desired = a_desired(*lines(new1=("500", "B"), new2=("501", "A")))

    plan = a_plan(desired, prior, lines_there(("500", "A"), ("501", "B")))
    died = a_document(*prior.bound.values(), parked={Address("lines", "new1", "pbx"): {"name": "parked9999"}})
    again = a_plan(desired, died, lines_there(("500", "parked9999"), ("501", "B")))

    assert of_lines(plan) == ["update lines.new1#park", "adopt lines.new2", "adopt lines.new1"]
    assert of_lines(again) == ["adopt lines.new2", "adopt lines.new1"]


def test_an_imported_one_that_a_killed_run_had_parked_is_the_same() -> None:
    """It is not bound yet, and its key is the temporary one: the ``imports`` entry still says who it is."""
    jane, ann = Address("people", "jane", "pbx"), Address("people", "ann", "pbx")
    prior = a_document(parked={jane: {"number": "9999"}})
    desired = a_desired(*people(jane="1002", ann="1001"), imports={str(jane): "1", str(ann): "2"})
    world = a_world(people=[an_entity(id="1", number="9999"), an_entity(id="2", number="1002")])

    plan = a_plan(desired, prior, world)

    assert order_of(plan) == ["adopt people.ann", "adopt people.jane"]


@pytest.mark.parametrize(
    ("there", "declared", "said"),
    [
        ({"login": "parked9999"}, {}, ["left_parked"]),
        ({"login": "parked9999"}, {"login": "mine"}, []),
        ({"login": "mended"}, {}, []),
    ],
)
def test_a_temporary_value_that_no_plan_ends_is_told(
    there: dict[str, str], declared: dict[str, str], said: list[str]
) -> None:
    """A killed run has left it, and the field is declared no more; neither where it is, nor where it was mended."""
    ann = Address("people", "ann", "pbx")
    prior = a_document(a_bound("people.ann", "1", number="1001"), parked={ann: {"login": "parked9999"}})
    desired = a_desired(an_instance("people.ann", number="1001", **declared))

    plan = a_plan(desired, prior, a_world(people=[an_entity(id="1", number="1001", **there)]))

    assert [item.code for item in plan.diagnostics if item.code == "left_parked"] == said


# --- what the vendor calls them -----------------------------------------------------------------------------------


def test_lines_cannot_exchange_their_numbers() -> None:
    """A number is what the vendor calls the line: the hint says to exchange everything else."""
    prior = a_document(a_bound("lines.a", "500", extension="500"), a_bound("lines.b", "501", extension="501"))
    desired = a_desired(*lines(a=("501", "A"), b=("500", "B")))

    plan = a_plan(desired, prior, lines_there(("500", "A"), ("501", "B")))

    assert of_lines(plan) == ["conflict lines.a", "conflict lines.b"]
    assert all(change.reasons[0].text.endswith("exchange their other fields instead") for change in plan.changes)


def test_a_line_does_not_get_a_number_that_another_gives_up() -> None:
    """The deleted record keeps it: one way is a conflict too, and only for the one who takes."""
    prior = a_document(a_bound("lines.a", "500", extension="500"), a_bound("lines.b", "501", extension="501"))
    desired = a_desired(*lines(a=("501", "A"), b=("502", "B")))

    plan = a_plan(desired, prior, lines_there(("500", "A"), ("501", "B")))

    assert of_lines(plan) == ["conflict lines.a", "replace lines.b#delete", "replace lines.b#create"]
    assert "exchange their other fields instead" in step(plan, "lines.a@pbx").reasons[0].text


def test_a_phone_gets_a_number_that_another_gives_up() -> None:
    """Nothing is left of a deleted phone: its number is free once it is gone."""
    prior = a_document(
        a_bound("phones.a", "700", extension="700", name="A"), a_bound("phones.b", "701", extension="701", name="B")
    )
    desired = a_desired(
        an_instance("phones.a", extension="701", name="A"), an_instance("phones.b", extension="702", name="B")
    )
    world = a_world(
        phones=[
            an_entity("phones", "700", extension="700", name="A"),
            an_entity("phones", "701", extension="701", name="B"),
        ]
    )

    plan = a_plan(desired, prior, world)

    assert [change.action for change in plan.changes] == [Action.REPLACE] * 4
    keys = [change.key.replace("@pbx", "") for change in plan.changes]
    assert keys.index("phones.b#delete") < keys.index("phones.a#create")


def test_phones_cannot_exchange_their_numbers() -> None:
    """Deleting both to make both again would lose more than a number."""
    prior = a_document(a_bound("phones.a", "700", extension="700"), a_bound("phones.b", "701", extension="701"))
    desired = a_desired(an_instance("phones.a", extension="701"), an_instance("phones.b", extension="700"))
    world = a_world(phones=[an_entity("phones", "700", extension="700"), an_entity("phones", "701", extension="701")])

    plan = a_plan(desired, prior, world)

    assert order_of(plan) == ["conflict phones.a", "conflict phones.b"]
    assert all(change.reasons[0].text.endswith("exchange their other fields instead") for change in plan.changes)
