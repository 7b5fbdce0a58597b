"""Reading in rounds: until nothing more is wanted, and every open request is settled that can be."""

from __future__ import annotations

import asyncio
from typing import Any

from provisioner.apply.observe import settle_pending
from provisioner.plan.desired import Desired
from provisioner.plan.make import Options
from provisioner.state.document import Document
from provisioner.values import VendorId
from tests.factories import (
    EVERYTHING,
    World,
    a_bound,
    a_desired,
    a_document,
    a_tombstone,
    a_world,
    an_entity,
    an_instance,
    an_intent,
    at,
    observed,
)

JANE: dict[str, Any] = {"first_name": "Jane"}


def asked(desired: Desired, prior: Document, world: World, options: Options = EVERYTHING) -> list[Any]:
    """Every round of reading: kind, ids in order, keys that are ids, and ``search`` where one was wanted."""
    observed(desired, prior, world, options)
    return [
        (want.kind, sorted(want.ids), sorted(want.key_ids), *(("search",) if want.search else ()))
        for _, want in world.asked
    ]


def test_what_is_bound_is_read_by_its_id_alone() -> None:
    """As many reads as entities, and no search."""
    desired = a_desired(an_instance(), an_instance("people.zoe", number="1008"))
    prior = a_document(a_bound(), a_bound("people.zoe", "8", number="1008"), a_bound("people.gone", "9", number="1009"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1008"), an_entity(id="9", number="1009")])

    assert asked(desired, prior, world) == [("people", ["7", "8", "9"], [])]


def test_one_that_is_not_bound_needs_a_search() -> None:
    """In the same round as the others' ids."""
    desired = a_desired(an_instance(), an_instance("people.new", number="1008"))

    assert asked(desired, a_document(a_bound()), a_world(people=[an_entity()])) == [("people", ["7"], [], "search")]


def test_a_search_says_which_keys_decide() -> None:
    """So that one of them that is not found is looked for once more after the vendor's lag, and no other."""
    desired = a_desired(an_instance(), an_instance("people.new", number="1008"))
    world = a_world(people=[an_entity()])

    observed(desired, a_document(a_bound()), world, EVERYTHING)

    assert [want.keys for _, want in world.asked] == [frozenset({("1008",)})]


def test_one_that_is_gone_needs_a_second_round() -> None:
    """What it was by its id is not read again."""
    assert asked(a_desired(an_instance()), a_document(a_bound()), World()) == [
        ("people", ["7"], []),
        ("people", [], [], "search"),
    ]


def test_one_that_is_deleted_needs_a_second_round() -> None:
    """Somebody may have made it anew."""
    world = a_world(people=[an_entity(deleted=True)])

    assert len(asked(a_desired(an_instance()), a_document(a_bound()), world)) == 2


def test_one_that_is_gone_and_not_wanted_needs_no_search() -> None:
    """It is forgotten."""
    assert asked(a_desired(), a_document(a_bound()), World()) == [("people", ["7"], [])]


def test_a_new_unique_value_needs_a_search() -> None:
    """Somebody may have it."""
    desired = a_desired(an_instance(login="new"))
    prior = a_document(a_bound(login="old"))
    world = a_world(people=[an_entity(login="old")])

    assert asked(desired, prior, world) == [("people", ["7"], [], "search")]


def test_a_unique_value_that_was_never_applied_is_searched_for_when_it_is_not_there() -> None:
    """State does not know it: what is there tells whether it is new."""
    desired = a_desired(an_instance(login="new"))

    same = asked(desired, a_document(a_bound()), a_world(people=[an_entity(login="new")]))
    missing = asked(desired, a_document(a_bound()), a_world(people=[an_entity()]))

    assert same == [("people", ["7"], [])]
    assert missing == [("people", ["7"], []), ("people", [], [], "search")]


def test_a_listing_answers_every_round() -> None:
    """One listing shows the bound, the new and the gone."""
    desired = a_desired(an_instance("teams.one"), an_instance("teams.two", name="two"))

    assert asked(desired, a_document(a_bound("teams.one", "3")), World()) == [("teams", ["3"], [], "search")]
    assert asked(a_desired(an_instance("teams.one")), a_document(a_bound("teams.one", "3")), World()) == [
        ("teams", ["3"], [])
    ]


def test_a_key_that_is_the_id_is_looked_up() -> None:
    """Nothing is searched; a bound one whose number changes looks up both numbers at once."""
    desired = a_desired(an_instance("lines.l", extension="501"), an_instance("lines.k", extension="502"))
    prior = a_document(a_bound("lines.l", "500"))

    assert asked(desired, prior, World()) == [("lines", ["500"], [("501",), ("502",)])]


def test_a_tombstones_record_and_an_import_are_read() -> None:
    """Both ids, and the search that a new declaration needs."""
    desired = a_desired(an_instance(), an_instance("people.zoe", number="1008"), imports={"people.zoe": "9"})

    assert asked(desired, a_document(a_tombstone()), World()) == [("people", ["7", "9"], [], "search")]


def test_a_spent_import_is_not_read() -> None:
    """The binding says it all."""
    desired = a_desired(an_instance(), imports={"people.jane": "9"})

    assert asked(desired, a_document(a_bound()), a_world(people=[an_entity()])) == [("people", ["7"], [])]


def test_what_cannot_be_read_is_not_asked_for() -> None:
    """No request at all."""
    assert asked(a_desired(an_instance("alarms.busy")), a_document(a_bound("alarms.calm", "4")), World()) == []


def test_a_failed_read_is_not_repeated_for_ever() -> None:
    """It stays unknown, and nothing more is wanted because of it."""
    world = a_world(failures={"people:7": "500"})

    assert asked(a_desired(an_instance()), a_document(a_bound()), world) == [("people", ["7"], [])]


def test_a_search_goes_as_far_as_any_id_that_is_known() -> None:
    """Ids of state, of tombstones and of open requests; what is no number does not count."""
    world = World()
    prior = a_document(
        a_bound(id="7"),
        a_tombstone("people.old", "12"),
        a_bound("people.odd", "x9", number="1009"),
        an_intent("people.new", highest=31, attributes={"number": "1005"}),
    )

    observed(a_desired(an_instance(), an_instance("people.new", number="1005")), prior, world)

    assert {want.known for _, want in world.asked} == {31}


# --- open requests ------------------------------------------------------------------------------------------------


def test_an_open_create_is_settled_in_memory() -> None:
    """It is found, and from then on it is bound; what was settled is handed back."""
    prior = a_document(an_intent(attributes=JANE))

    seen = observed(a_desired(an_instance(**JANE)), prior, a_world(people=[an_entity(**JANE)]))

    assert seen.scope.prior.bound[at("people.jane")].id == "7"
    assert [(intent.id, str(verdict.result)) for intent, verdict in seen.settled] == [(1, "done")]
    assert prior.bound == {}


def test_an_open_update_is_read_by_its_id() -> None:
    """No search is needed for what has an id."""
    prior = a_document(a_bound(), an_intent(verb="update", vendor_id=VendorId("7"), attributes={"note": "x"}))
    world = a_world(people=[an_entity(note="x")])

    seen = observed(a_desired(an_instance(note="x")), prior, world)

    assert [sorted(want.ids) for _, want in world.asked] == [["7"]]
    assert seen.scope.prior.bound[at("people.jane")].attributes["note"] == "x"


def test_an_open_request_of_an_undeclared_kind_is_settled_too() -> None:
    """Nothing else of that kind is declared or managed."""
    seen = observed(a_desired(), a_document(an_intent(attributes=JANE)), a_world(people=[an_entity(**JANE)]))

    assert [str(verdict.result) for _, verdict in seen.settled] == ["done"]


def test_what_cannot_be_settled_stays_open() -> None:
    """Incomplete evidence never becomes absence."""
    world = a_world(incomplete={"people": "page 2"})

    seen = observed(a_desired(an_instance()), a_document(an_intent()), world)

    assert seen.settled == ()
    assert list(seen.scope.prior.pending) == [1]


def test_what_a_target_pulled_in_stays_when_something_was_settled() -> None:
    """The second scope knows of both."""
    desired = a_desired(
        an_instance(number="1002"), an_instance("people.john", number="1003"), an_instance("codes.lunch")
    )
    prior = a_document(a_bound(), a_bound("people.john", "8", number="1002"), an_intent("codes.lunch"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    seen = observed(desired, prior, world, Options(targets=("people.jane",)))

    assert seen.scope.selected == {at("people.jane"), at("people.john")}
    assert [str(verdict.result) for _, verdict in seen.settled] == ["no_effect"]


def test_open_requests_can_be_settled_without_a_plan() -> None:
    """Only what they need is read."""
    world = a_world(people=[an_entity(**JANE)])
    prior = a_document(an_intent(attributes=JANE), a_bound("teams.one", "3"))

    settled = asyncio.run(settle_pending(a_desired(an_instance(**JANE)), prior, world.read))

    assert [(intent.id, str(verdict.result)) for intent, verdict in settled] == [(1, "done")]
    assert [(want.kind, want.search) for _, want in world.asked] == [("people", True)]
