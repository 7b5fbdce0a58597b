"""Lists of references, exclusive and added to: what a plan does to whom, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.apply.rosters import Writing
from provisioner.plan.document import Action, Change, Plan
from provisioner.plan.drift import compare, recorded_scope
from provisioner.plan.identity import Names
from provisioner.plan.references import Targets, resolve
from provisioner.state.document import Bound, Document
from provisioner.values import Value, VendorId, addition, id_in
from tests.factories import (
    CREWS,
    EVERYTHING,
    Nowhere,
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_world,
    an_entity,
    an_instance,
    at,
    observed,
    the_change,
)

CODES = ("1", "2", "3", "4", "5")


def code(number: str) -> str:
    return f"codes.c{number}@pbx"


def named(*numbers: str) -> list[Value]:
    """Managed codes as a declaration refers to them."""
    return [code(number) for number in numbers]


def held(*ids: str) -> list[Value]:
    """Codes as the vendor shows them."""
    return [{"id": one} for one in ids]


@dataclass
class Place:
    """A crew and its lists at a vendor, and what state knows of it."""

    there: dict[str, Value] = field(default_factory=dict)
    bound: Bound = field(default_factory=lambda: a_bound("crews.one", "50", name="one"))

    @property
    def prior(self) -> Document:
        codes = [a_bound(f"codes.c{number}", number, name=f"c{number}") for number in CODES]
        people = [a_bound(f"people.{name}", id, number=f"100{id}") for name, id in (("ann", "7"), ("bob", "8"))]
        return a_document(self.bound, *codes, *people)

    @property
    def world(self) -> World:
        codes = [an_entity("codes", number, name=f"c{number}") for number in CODES]
        people = [an_entity("people", id, number=f"100{id}") for id in ("7", "8", "9")]
        return a_world(crews=[an_entity("crews", "50", name="one", **self.there)], codes=codes, people=people)

    def plan(self, **declared: Any) -> Plan:
        """The plan for a crew that is declared like that."""
        codes = [an_instance(f"codes.c{number}", name=f"c{number}") for number in CODES]
        people = [an_instance(f"people.{name}", number=f"100{id}") for name, id in (("ann", "7"), ("bob", "8"))]
        return a_plan(
            a_desired(an_instance("crews.one", name="one", **declared), *codes, *people), self.prior, self.world
        )

    def applied(self, plan: Plan) -> None:
        """Sends what the plan says, as apply does, and keeps in the record what apply keeps."""
        known = {f"codes.c{number}@pbx": VendorId(number) for number in CODES}
        known |= {"people.ann@pbx": VendorId("7"), "people.bob@pbx": VendorId("8")}
        ids = {(address.partition(".")[0], str(one)): address for address, one in known.items()}
        then = Names(lambda kind, one: ids.get((kind, one)), lambda _: False, lambda _: None)
        for change in plan.changes:
            for item in change.writable:
                ref = CREWS.specs[item.path].ref
                assert ref is not None
                writing = Writing(ref, then, known.__getitem__)
                before = (change.before or {}).get(item.path)
                assert item.after is not None
                sent = writing.sent(item.after, self.there.get(item.path), before)  # type: ignore[arg-type]
                self.there[item.path] = writing.as_read(sent)
                self._record(item.path, item.after, writing.ids(item.after))  # type: ignore[arg-type]
        for record in plan.records:
            for path, value in record.agreed.attributes.items() if record.agreed else ():
                self._record(path, value, record.agreed.references[path] if record.agreed else None)

    def _record(self, path: str, value: Value, ids: Value) -> None:
        self.bound = replace(
            self.bound,
            attributes={**self.bound.attributes, path: value},
            references={**self.bound.references, path: ids},
        )


def crew_of(plan: Plan) -> Change:
    return the_change(plan, "crews.one")


# --- additions ------------------------------------------------------------------------------------------------------


def test_whoever_is_there_already_is_no_change() -> None:
    """Members that nobody named are not looked at, whatever their number and order."""
    place = Place({"codes": held("3", "9", "1"), "row": held("3", "1")})

    plan = place.plan(codes=addition(named("1")), row=addition(named("1", "3")))

    assert plan.changes == ()


def test_a_missing_member_is_added() -> None:
    """The plan speaks of those that are named, and of nobody else."""
    place = Place({"codes": held("9", "1")})

    change = crew_of(place.plan(codes=addition(named("1", "2"))))

    assert change.action is Action.UPDATE
    (item,) = change.fields
    assert (item.before, item.after) == (addition(named("1")), addition(named("1", "2")))


def test_who_was_named_is_taken_out() -> None:
    """Only whom the last ``add`` named; somebody who came by hand stays."""
    place = Place({"codes": held("2", "4", "1")})
    place.applied(place.plan(codes=addition(named("1", "2"))))

    plan = place.plan(codes=addition(named("1")))
    place.applied(plan)

    assert crew_of(plan).fields[0].before == addition(named("1", "2"))
    assert place.there["codes"] == held("4", "1")


def test_a_member_that_went_by_hand_is_no_change() -> None:
    """Whom the declaration drops and who is gone already is forgotten: coming back, it stays."""
    place = Place({"codes": held("1", "2")})
    place.applied(place.plan(codes=addition(named("1", "2"))))
    place.there["codes"] = held("1")

    plan = place.plan(codes=addition(named("1")))
    place.applied(plan)
    place.there["codes"] = held("1", "2")

    assert plan.changes == ()
    assert place.plan(codes=addition(named("1"))).changes == ()


def test_from_exclusive_to_added_nobody_goes() -> None:
    """Those that were listed are not taken out: no ``add`` has named them."""
    place = Place({"codes": held("1", "2")})
    place.applied(place.plan(codes=named("1", "2", "3")))

    plan = place.plan(codes=addition(named("1")))

    assert plan.changes == ()
    assert place.there["codes"] == held("1", "2", "3")


def test_from_added_to_exclusive_the_list_rules() -> None:
    """Whoever is not in it goes, who came by hand as well."""
    place = Place({"codes": held("9", "1")})
    place.applied(place.plan(codes=addition(named("1"))))

    plan = place.plan(codes=named("1"))
    place.applied(plan)

    assert len(crew_of(plan).fields[0].before) == 2  # type: ignore[arg-type]
    assert place.there["codes"] == held("1")


def test_the_fields_of_a_member_count_as_declared() -> None:
    """Of a named member the declared fields are compared, of the others nothing."""
    there: list[Value] = [
        {"people": {"id": "9"}, "delay": 3},
        {"people": {"id": "7"}, "delay": 5, "awake": True},
    ]
    place = Place({"people": there})
    ann = "people.ann@pbx"

    same = place.plan(people=addition([{"people": ann, "delay": 5}]))
    other = place.plan(people=addition([{"people": ann, "delay": 6}]))

    assert same.changes == ()
    (item,) = crew_of(other).fields
    assert item.before == addition([{"people": ann, "delay": 5}])


def test_a_member_of_a_list_is_shown_as_it_is_declared() -> None:
    """What nobody declares of a member stays out of the plan: it is kept, and may change by itself."""
    place = Place({"people": [{"people": {"id": "7"}, "delay": 5, "awake": True}]})

    change = crew_of(place.plan(people=[{"people": "people.ann@pbx", "delay": 6}]))

    assert change.fields[0].before == [{"people": "people.ann@pbx", "delay": 5}]
    assert (change.before or {})["people"] == [{"people": "people.ann@pbx", "delay": 5}]


def test_naming_nobody_takes_out_who_was_named() -> None:
    """``{add: []}`` is not an empty list."""
    place = Place({"codes": held("9", "1")})
    place.applied(place.plan(codes=addition(named("1"))))

    place.applied(place.plan(codes=addition([])))

    assert place.there["codes"] == held("9")
    assert place.plan(codes=addition([])).changes == ()


def test_an_ignored_addition_is_left_alone() -> None:
    """``ignore_changes`` holds for this form as well."""
    place = Place({"codes": held("9")})

    plan = place.plan(codes=addition(named("1")), _ignore=frozenset({"codes"}))

    assert plan.changes == ()


def test_a_member_by_its_id_is_the_one_that_is_declared() -> None:
    """``{id: 1}`` and the key of the code with that id are one member."""
    place = Place({"codes": held("9", "1")})

    assert place.plan(codes=addition([{"id": "1"}])).changes == ()


def test_a_member_under_two_names_is_an_error() -> None:
    """By its key and by its id: only a plan can tell, and says where."""
    plan = Place({"codes": held("1")}).plan(codes=addition([code("1"), {"id": "1"}]))

    (problem,) = plan.errors
    assert (problem.code, problem.message) == ("member_twice", "`codes.c1` and id 1 in `codes` are one and the same")


def test_what_cannot_be_read_cannot_be_added_to() -> None:
    """Nobody knows who else is in the list, and what is sent is always the whole of it."""
    alarm = an_instance("alarms.busy", lines=addition(["front"]), _origin=Nowhere(), _paths={"lines": ("lines",)})

    found = resolve(alarm, Targets([at("lines.front")], (), whole=True))

    (problem,) = found.problems
    assert problem.code == "add_unread"
    assert problem.hint == "write the whole list: `lines: […]`"


def test_members_with_fields_are_references() -> None:
    """Whatever form a list has, it refers to those whom it names: they are made first."""
    ann: Value = {"people": "people.ann@pbx", "delay": 5}

    listed = an_instance("crews.one", name="one", people=[ann, {"people": {"id": "9"}}])
    added_to = an_instance("crews.one", name="one", people=addition([ann]))

    assert listed.references == added_to.references == {"people": (at("people.ann"),)}


# --- drift ----------------------------------------------------------------------------------------------------------


def drifted(place: Place) -> Any:
    """What ``drift`` says of the crew's fields."""
    desired = a_desired()
    scope = recorded_scope(desired, place.prior, EVERYTHING)
    seen = observed(desired, place.prior, place.world)
    live = replace(seen, scope=scope).live
    return [item.fields for item in compare(scope, live).drift if item.address == at("crews.one")]


def test_only_named_members_drift() -> None:
    """One who came is none; one who is missing is, and the rest of the list is not told."""
    place = Place({"codes": held("1", "2")})
    place.applied(place.plan(codes=addition(named("1", "2"))))

    place.there["codes"] = held("1", "2", "9")
    assert drifted(place) == []

    place.there["codes"] = held("9", "2")
    ((item,),) = drifted(place)
    assert (item.before, item.after) == (addition(named("1", "2")), addition(named("2")))


# --- whatever happens -----------------------------------------------------------------------------------------------

numbers = st.lists(st.sampled_from(CODES), unique=True, max_size=4)
by_hand = st.lists(st.sampled_from((*CODES, "6", "7")), unique=True, max_size=6)
steps = st.lists(
    st.tuples(st.sampled_from(("codes", "row")), st.booleans(), numbers, st.none() | by_hand), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_a_plan_after_its_apply_is_empty(run: list[tuple[str, bool, list[str], list[str] | None]]) -> None:
    """Whatever forms follow each other and whatever is changed by hand between: and nobody goes whom nobody named."""
    place = Place({"codes": [], "row": []})
    declared: dict[str, Value] = {}
    ever: dict[str, set[str]] = {"codes": set(), "row": set()}
    for path, adds, members, hand in run:
        if hand is not None:
            place.there[path] = held(*hand)
        before = {str(id_in(item)) for item in place.there[path]}  # type: ignore[union-attr]
        declared[path] = addition(named(*members)) if adds else named(*members)
        place.applied(place.plan(**declared))
        after = [str(id_in(item)) for item in place.there[path]]  # type: ignore[union-attr]

        assert place.plan(**declared).changes == ()
        assert set(members) <= set(after)
        assert len(after) == len(set(after))
        if adds:
            assert before - set(after) <= ever[path]
            ever[path] |= set(members)
        else:
            assert set(after) == set(members)
