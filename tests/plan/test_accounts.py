"""Bindings that lead elsewhere: ``moved`` blocks, renamed connections, other accounts (row 23)."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.plan.desired import Desired
from provisioner.plan.document import Plan
from provisioner.plan.make import Options
from provisioner.state.document import Document
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
    an_intent,
    an_unknown,
    at,
    observed,
)
from tests.plan.cases import Said, steps_of

OTHER = "acme:other.example:443/api"
JANE: dict[str, Any] = {"first_name": "Jane"}


def on(name: str, *entities: object) -> World:
    return World({(name, "people"): list(entities)})  # type: ignore[arg-type]


def guards(plan: Plan) -> list[tuple[str, str | None, bool]]:
    return [(trip.name, trip.connection, trip.allowed) for trip in plan.guards]


# --- moved --------------------------------------------------------------------------------------------------------


def moved_plan(moved: list[tuple[str, str]], *instances: object, prior: Document | None = None) -> Plan:
    desired = a_desired(*instances, moved=moved)  # type: ignore[arg-type]
    return a_plan(desired, prior or a_document(a_bound(**JANE)), a_world(people=[an_entity(**JANE)]))


def test_a_moved_block_rebinds() -> None:
    """Nothing is sent; the state learns of the new address."""
    plan = moved_plan([("people.jane", "people.janet")], an_instance("people.janet", **JANE))

    assert steps_of(plan) == {"people.janet": Said("adopt", "7", ("moved",), moved_from="people.jane@pbx")}
    assert plan.has_changes


def test_a_moved_block_rebinds_and_updates() -> None:
    """What differs is written by the same step, also to another person: the block says that it is the same."""
    plan = moved_plan([("people.jane", "people.janet")], an_instance("people.janet", first_name="Janet"))

    assert steps_of(plan) == {
        "people.janet": Said("adopt", "7", ("differs", "moved"), ("first_name",), moved_from="people.jane@pbx")
    }


@pytest.mark.parametrize("turned", [False, True])
def test_moved_blocks_chain_in_any_order(turned: bool) -> None:  # noqa: FBT001 - a table
    """State that missed a step follows both at once, and remembers where it began."""
    blocks = [("people.jane", "people.janet"), ("people.janet", "people.jean")]

    plan = moved_plan(blocks[::-1] if turned else blocks, an_instance("people.jean", **JANE))

    assert steps_of(plan) == {"people.jean": Said("adopt", "7", ("moved",), moved_from="people.jane@pbx")}


def test_a_spent_block_is_inert() -> None:
    """Once state has the new address, the block says nothing."""
    prior = a_document(a_bound("people.janet", **JANE))

    plan = moved_plan([("people.jane", "people.janet")], an_instance("people.janet", **JANE), prior=prior)

    assert plan.changes == ()
    assert plan.none == 1


def test_a_block_whose_target_has_a_binding_is_stuck() -> None:
    """Whoever wrote the block did not mean the old one to be deleted."""
    prior = a_document(a_bound(**JANE), a_bound("people.janet", "8", number="1002"))
    desired = a_desired(an_instance("people.janet", number="1002"), moved=[("people.jane", "people.janet")])
    world = a_world(people=[an_entity(**JANE), an_entity(id="8", number="1002")])

    plan = a_plan(desired, prior, world)

    assert steps_of(plan) == {"people.jane": Said("conflict", None, ("moved",))}
    assert "which is bound already, to id 8" in plan.changes[0].reasons[0].text


def test_a_block_that_leads_to_no_connection_is_stuck() -> None:
    """A slip of the pen in the name of the connection deletes nobody."""
    desired = a_desired(moved=[("people.jane@pbx", "people.jane@voice")])

    plan = a_plan(desired, a_document(a_bound(**JANE)), a_world(people=[an_entity(**JANE)]))

    assert steps_of(plan) == {"people.jane": Said("conflict", None, ("moved",))}
    assert "there is no connection `voice`" in plan.changes[0].reasons[0].text


def test_a_stuck_block_does_not_stop_a_destroy() -> None:
    """Everything goes, whatever it was to be called."""
    desired = a_desired(moved=[("people.jane@pbx", "people.jane@voice")])

    plan = a_plan(desired, a_document(a_bound(**JANE)), a_world(people=[an_entity(**JANE)]), Options(destroy=True))

    assert steps_of(plan) == {"people.jane": Said("delete", "7", ("destroy",))}


def test_blocks_that_lead_in_a_ring_end() -> None:
    """The manifests' check refuses them; the planner at least comes to an end."""
    blocks = [("people.jane", "people.janet"), ("*@pbx", "*@pbx"), ("people.janet", "people.jane")]

    assert len(moved_plan(blocks, an_instance(**JANE)).changes) <= 1


def test_a_moved_block_takes_an_open_end_along() -> None:
    """A create of which nobody knows the end is not sent once more under the new name."""
    desired = a_desired(an_instance("loose.calm"), moved=[("loose.busy", "loose.calm")])

    plan = a_plan(desired, a_document(an_unknown("loose.busy")))

    assert steps_of(plan) == {"loose.calm": Said("unknown", None, ("evidence",))}
    assert "state settle loose.busy@pbx" in plan.changes[0].reasons[0].text


def test_what_refers_to_a_moved_address_does_not_change() -> None:
    """Neither by the id that is there nor by the one that was sent."""
    prior = a_document(
        a_bound(),
        a_bound("phones.p", "700", owner="people.jane@pbx"),
        a_bound("alarms.a", "4", person="people.jane@pbx", _references={"person": "7"}),
    )
    world = a_world(people=[an_entity()], phones=[an_entity("phones", "700", owner={"id": "7"})])
    there = [
        an_instance("people.janet"),
        an_instance("phones.p", owner="people.janet@pbx"),
        an_instance("alarms.a", person="people.janet@pbx"),
    ]

    for desired in (a_desired(*there), a_desired(*there, moved=[("people.jane", "people.janet")])):
        assert list(steps_of(a_plan(desired, prior, world))) == ["people.janet"]


def test_a_rename_of_what_a_key_is_made_of_is_seen_by_the_ids() -> None:
    """An alarm whose own address and whose person's address both changed is still the same alarm."""
    prior = a_document(a_bound(), a_bound("alarms.a", "4", person="people.jane@pbx", _references={"person": "7"}))
    desired = a_desired(an_instance("people.janet"), an_instance("alarms.b", person="people.janet@pbx"))

    plan = a_plan(desired, prior, a_world(people=[an_entity()]))

    assert [(change.action, change.id) for change in plan.changes] == [("adopt", "7"), ("adopt", "4")]


# --- connections that changed their name --------------------------------------------------------------------------


def test_a_renamed_connection_is_followed_by_kind_and_key() -> None:
    """The account is the same, the name is not: nothing is deleted or made."""
    desired = a_desired(an_instance("people.jane@voice", **JANE), connections={"voice": ACCOUNT})

    plan = a_plan(desired, a_document(a_bound(**JANE)), on("voice", an_entity(**JANE)))

    assert steps_of(plan) == {"people.jane@voice": Said("adopt", "7", ("moved",), moved_from="people.jane@pbx")}
    assert plan.guards == ()


def test_a_renamed_connection_is_followed_by_a_block() -> None:
    """Also what has another key by now."""
    desired = a_desired(
        an_instance("people.jane@voice", number="1002"), connections={"voice": ACCOUNT}, moved=[("*@pbx", "*@voice")]
    )

    plan = a_plan(desired, a_document(a_bound()), on("voice", an_entity()))

    assert steps_of(plan) == {
        "people.jane@voice": Said("adopt", "7", ("differs", "moved"), ("number",), moved_from="people.jane@pbx")
    }


def test_a_key_with_a_reference_follows_a_renamed_connection() -> None:
    """The address in it has another connection, and means the same."""
    desired = a_desired(
        an_instance("people.jane@voice"),
        an_instance("alarms.a@voice", person="people.jane@voice"),
        connections={"voice": ACCOUNT},
    )
    prior = a_document(a_bound(), a_bound("alarms.a", "4", person="people.jane@pbx", _references={"person": "7"}))

    plan = a_plan(desired, prior, on("voice", an_entity()))

    assert {key: step.action for key, step in steps_of(plan).items()} == {
        "people.jane@voice": "adopt",
        "alarms.a@voice": "adopt",
    }


def test_a_block_never_leads_to_another_account() -> None:
    """A record of one account is nothing in another: row 23 keeps it."""
    desired = a_desired(connections={"voice": OTHER}, moved=[("*@pbx", "*@voice")])

    plan = a_plan(desired, a_document(a_bound()))

    assert steps_of(plan) == {"people.jane": Said("unknown", "7", ("account",))}
    assert guards(plan) == [("account", "pbx", False)]


# --- row 23 -------------------------------------------------------------------------------------------------------


def test_r23_undeclared_connection() -> None:
    """Nothing is deleted at an account that nobody can name; the guard says how to go on."""
    plan = a_plan(a_desired(connections={"b": OTHER}), a_document(a_bound("people.jane@a"), an_unknown("alarms.x@a")))

    assert steps_of(plan) == {
        "alarms.x@a": Said("unknown", None, ("account",)),
        "people.jane@a": Said("unknown", "7", ("account",)),
    }
    assert guards(plan) == [("account", "a", False)]
    assert "moved: [{from: '*@a', to: '*@NEW'}]" in plan.guards[0].hint


def test_r23_an_undeclared_connection_whose_account_another_one_has() -> None:
    """It was renamed, and what is bound there has another key by now: the hint is what to write."""
    desired = a_desired(an_instance("people.jane@voice", number="1002"), connections={"voice": ACCOUNT})

    plan = a_plan(desired, a_document(a_bound()), on("voice"))

    assert [guard.message for guard in plan.guards if guard.name == "account"] == [
        f"connection `pbx` ({ACCOUNT}) is not declared any more, and `voice` leads to its account; "
        "1 resource is bound there"
    ]
    assert plan.guards[0].hint.startswith("if it was renamed: moved: [{from: '*@pbx', to: '*@voice'}]; ")


def test_r23_undeclared_connection_that_is_let_go() -> None:
    """``removed`` with ``destroy: false`` forgets what is there."""
    desired = a_desired(connections={"b": OTHER}, removed=[("*@a", False)])

    plan = a_plan(desired, a_document(a_bound("people.jane@a")))

    assert steps_of(plan) == {"people.jane@a": Said("forget", "7", ("removed",))}
    assert plan.guards == ()


def test_r23_open_create_on_an_undeclared_connection() -> None:
    """A create of which nobody knows the end is not forgotten with its connection."""
    plan = a_plan(a_desired(connections={"b": OTHER}), a_document(an_intent("people.jane@a")))

    assert steps_of(plan) == {"people.jane@a": Said("unknown", None, ("account",))}


def test_r23_an_open_create_alone_tells_that_the_account_is_another() -> None:
    """Nothing is bound yet, and what was begun was begun elsewhere."""
    plan = a_plan(changed_account(an_instance()), a_document(an_intent()))

    assert steps_of(plan) == {"people.jane": Said("unknown", None, ("account",))}
    assert guards(plan) == [("account", "pbx", False)]


def test_r23_targets_elsewhere_are_not_concerned() -> None:
    """A partial plan that does not name the lost connection is not held up by it."""
    desired = a_desired(an_instance("people.new@b"), connections={"b": OTHER})

    plan = a_plan(desired, a_document(a_bound("people.jane@a")), options=Options(targets=("people.new",)))

    assert list(steps_of(plan)) == ["people.new@b"]
    assert not plan.refused


def test_r23_another_account_is_not_touched() -> None:
    """Nothing is read, made or deleted there, not even what is newly declared."""
    world = World()
    desired = a_desired(an_instance(), an_instance("people.new", number="1002"), connections={"pbx": OTHER})

    plan = a_plan(desired, a_document(a_bound()), world)

    assert steps_of(plan) == {
        "people.jane": Said("unknown", "7", ("account",)),
        "people.new": Said("unknown", None, ("account",)),
    }
    assert guards(plan) == [("account", "pbx", False)]
    assert world.asked == []


ALLOWED = Options(allow=("account=pbx",))


def changed_account(*instances: object) -> Desired:
    return a_desired(*instances, connections={"pbx": OTHER})  # type: ignore[arg-type]


TWO = (a_bound(), a_bound("people.zoe", "8", number="1008"))
BOTH = [an_entity(), an_entity(id="8", number="1008")]


def test_r23_allowed_and_the_same() -> None:
    """All that is bound still shows its key: the account moved, the bindings stay, and state learns where to."""
    desired = changed_account(an_instance(), an_instance("people.zoe", number="1008"))

    plan = a_plan(desired, a_document(*TWO), a_world(people=BOTH), ALLOWED)

    assert plan.changes == ()
    assert plan.none == 2
    assert [record.address for record in plan.records] == [at("people.jane"), at("people.zoe")]
    assert plan.reset_accounts == ()


def test_r23_allowed_and_another() -> None:
    """Nothing of what is bound is there: bindings and tombstones are dropped, and all is made anew."""
    prior = a_document(*TWO, a_tombstone("people.old", "9"))
    desired = changed_account(an_instance(), an_instance("people.old", number="1009"))
    world = a_world(people=[an_entity(id="9", number="1009", deleted=True)])

    plan = a_plan(desired, prior, world, ALLOWED)

    assert steps_of(plan) == {
        "people.jane": Said("create", None, ("new",), ("number",)),
        "people.old": Said("create", None, ("reused_key",), ("number",)),
    }
    assert plan.reset_accounts == ("pbx",)


def test_r23_allowed_and_mixed() -> None:
    """Some are there and some are not: a person must say which account this is."""
    desired = changed_account(an_instance(), an_instance("people.zoe", number="1008"))

    plan = a_plan(desired, a_document(*TWO), a_world(people=BOTH[:1]), ALLOWED)

    assert steps_of(plan) == {
        "people.jane": Said("conflict", None, ("account",)),
        "people.zoe": Said("conflict", None, ("account",)),
    }


def test_r23_allowed_and_not_read_whole() -> None:
    """What could not be read is no evidence that it is another account."""
    world = a_world(people=BOTH[:1], failures={"people:8": "500"})

    plan = a_plan(changed_account(an_instance()), a_document(*TWO), world, ALLOWED)

    assert {key: (step.action, step.codes) for key, step in steps_of(plan).items()} == {
        "people.jane": ("unknown", ("account",)),
        "people.zoe": ("unknown", ("account",)),
    }
    assert plan.reset_accounts == ()


def test_r23_allowed_reads_every_binding_also_for_a_target() -> None:
    """Whose account it is cannot be told from a part."""
    desired = changed_account(an_instance(), an_instance("people.zoe", number="1008"))
    options = Options(targets=("people.jane",), allow=("account=pbx",))

    plan = a_plan(desired, a_document(*TWO), a_world(people=BOTH[:1]), options)

    assert steps_of(plan) == {"people.jane": Said("conflict", None, ("account",))}


def test_r23_nothing_readable_proves_nothing() -> None:
    """Alarms alone cannot show that it is the same account."""
    prior = a_document(a_bound("alarms.busy", "4"))

    plan = a_plan(changed_account(an_instance("alarms.busy")), prior, World(), ALLOWED)

    assert steps_of(plan) == {"alarms.busy": Said("create", None, ("new",), ("name", "person"))}
    assert plan.reset_accounts == ("pbx",)


def test_r23_an_open_intent_of_another_account_is_not_asked_about_here() -> None:
    """What the new account shows says nothing about a request to the old one."""
    prior = a_document(a_bound(), an_intent("people.zoe", account=ACCOUNT))
    desired = changed_account(an_instance(), an_instance("people.zoe", number="1001"))

    seen = observed(desired, prior, a_world(people=[an_entity()]), ALLOWED)

    assert seen.settled == ()


def test_a_tombstone_of_another_account_is_no_evidence() -> None:
    """Its id means somebody else here, and is not even read."""
    world = a_world(people=[an_entity(deleted=True)])

    plan = a_plan(a_desired(an_instance()), a_document(a_tombstone(account=OTHER)), world)

    assert steps_of(plan) == {"people.jane": Said("create", None, ("reused_key",), ("number",))}
    assert [want.ids for _, want in world.asked] == [frozenset()]
