"""The guards: what trips them, what they count, and what lifts them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from provisioner.address import Address
from provisioner.errors import UsageError
from provisioner.plan.desired import GuardLimits
from provisioner.plan.document import Action, Change, FieldChange, Step, Trip
from provisioner.plan.guards import DELETES, UNDELETES, UPDATES, Allowance, Threshold, evaluate
from provisioner.plan.make import Options
from tests.factories import a_bound, a_desired, a_document, a_plan, a_world, an_entity, an_instance, at


def a_change(address: str, action: Action, **members: object) -> Change:
    return Change(at(address), "acme", action, **members)  # type: ignore[arg-type]


def many(count: int, action: Action, kind: str = "people", **members: object) -> list[Change]:
    return [a_change(f"{kind}.p{number}", action, **members) for number in range(count)]


def managed(count: int, kind: str = "people", **members: object) -> list[object]:
    return [a_bound(f"{kind}.p{number}", f"{number}", **members) for number in range(count)]


STAYS = an_instance("people.stays", number="9999")
"""Somebody who is declared in the file that everybody was last applied from."""


def trips(
    changes: Sequence[Change],
    state: int = 0,
    *,
    desired: object = None,
    allow: Sequence[str] = (),
    prior: object = None,
    **more: bool,
) -> list[Trip]:
    return list(
        evaluate(
            changes,
            desired or a_desired(STAYS),  # type: ignore[arg-type]
            prior or a_document(*managed(state)),  # type: ignore[arg-type, arg-type]
            [Allowance.parse(text) for text in allow],
            **more,
        )
    )


def names(found: Sequence[Trip]) -> list[tuple[str, str | None]]:
    """The guards that are not lifted, with the kind that they are about."""
    return [(trip.name, trip.kind) for trip in found if not trip.allowed]


LIMITS = [
    (DELETES, 0, 2),
    (DELETES, 1, 2),
    (DELETES, 5, 2),
    (DELETES, 10, 2),
    (DELETES, 14, 2),
    (DELETES, 15, 3),
    (DELETES, 50, 10),
    (DELETES, 124, 24),
    (DELETES, 125, 25),
    (DELETES, 1000, 25),
    (UNDELETES, 0, 2),
    (UNDELETES, 50, 2),
    (UNDELETES, 60, 3),
    (UNDELETES, 199, 9),
    (UNDELETES, 200, 10),
    (UNDELETES, 1000, 10),
    (UPDATES, 0, 10),
    (UPDATES, 20, 10),
    (UPDATES, 22, 11),
    (UPDATES, 1000, 500),
    (UPDATES, 5000, 500),
]


@pytest.mark.parametrize(("threshold", "state", "limit"), LIMITS)
def test_how_many_are_let_pass(threshold: Threshold, state: int, limit: int) -> None:
    """``min(most, max(floor, percent of n))``, as design section 4 gives the figures."""
    assert threshold.limit(state, None) == limit


@pytest.mark.parametrize(
    ("action", "name"), [(Action.DELETE, "deletes"), (Action.UNDELETE, "undeletes"), (Action.UPDATE, "updates")]
)
@pytest.mark.parametrize("state", [1, 2, 10, 50, 125])
def test_the_limit_passes_and_one_more_trips(action: Action, name: str, state: int) -> None:
    """Once for the kind; the connection, which has no other, would only say it again."""
    limit = {"deletes": DELETES, "undeletes": UNDELETES, "updates": UPDATES}[name].limit(state, None)

    assert names(trips(many(limit, action), state)) == []
    assert names(trips(many(limit + 1, action), state)) == [(name, "people")]


def test_kinds_are_counted_together_on_a_connection() -> None:
    """Two deletes of a kind and two of another pass each by itself, and not together."""
    changes = many(2, Action.DELETE) + many(2, Action.DELETE, "teams")

    assert names(trips(changes, 4)) == [("deletes", None)]


def test_connections_are_counted_apart() -> None:
    """Two deletes here and two there pass."""
    changes = [a_change(f"people.p{n}@{name}", Action.DELETE) for name in ("a", "b") for n in range(2)]

    assert names(trips(changes)) == []


@pytest.mark.parametrize(
    "members",
    [
        {"action": Action.MANUAL, "intent": Action.DELETE},
        {"action": Action.MANUAL, "intent": Action.REPLACE},
        {"action": Action.REPLACE, "step": Step.DELETE},
    ],
    ids=["manual-delete", "manual-replace", "replace"],
)
def test_what_counts_as_a_delete(members: dict[str, object]) -> None:
    """Replaces, and deletes that a person must do, take entities away too."""
    action = members.pop("action")
    assert isinstance(action, Action)

    assert names(trips(many(3, action, **members), 3)) == [("deletes", "people")]


@pytest.mark.parametrize(
    "members",
    [
        {"action": Action.REPLACE, "step": Step.CREATE},
        {"action": Action.FORGET},
        {"action": Action.MANUAL, "intent": Action.CREATE},
        {"action": Action.CREATE},
        {"action": Action.ADOPT},
        {"action": Action.ADOPT, "fields": (FieldChange("badge", manual=True),)},
        {"action": Action.UPDATE, "step": Step.PARK},
    ],
    ids=["create-half", "forget", "manual-create", "create", "adopt", "adopt-by-hand", "park"],
)
def test_what_is_not_counted(members: dict[str, object]) -> None:
    """What takes nothing away and changes nothing that was there."""
    action = members.pop("action")
    assert isinstance(action, Action)

    assert names(trips(many(30, action, **members))) == []


def test_an_adopt_that_changes_something_is_an_update() -> None:
    """Eleven entities would be written."""
    adopts = many(11, Action.ADOPT, fields=(FieldChange("note", "a", "b"),))

    assert names(trips(adopts)) == [("updates", "people")]


def test_updates_are_measured_against_the_larger_of_state_and_desired() -> None:
    """The first apply after an export changes many of what is declared and little of what is managed."""
    desired = a_desired(*(an_instance(f"people.p{n}", number=str(1000 + n)) for n in range(40)))

    assert names(trips(many(20, Action.UPDATE), 2, desired=desired)) == []
    assert names(trips(many(21, Action.UPDATE), 2, desired=desired)) == [("updates", "people")]


@pytest.mark.parametrize(
    ("limits", "state", "passes"),
    [
        (GuardLimits(percent=50), 10, 5),
        (GuardLimits(count=1), 10, 1),
        (GuardLimits(percent=100, count=40), 50, 40),
        (GuardLimits(percent=0, count=0), 50, 0),
    ],
)
def test_manifests_override_the_figures(limits: GuardLimits, state: int, passes: int) -> None:
    """``guards:`` gives another percentage, another count, or both."""
    desired = a_desired(STAYS, guards={"deletes": limits})

    assert names(trips(many(passes, Action.DELETE), state, desired=desired)) == []
    assert names(trips(many(passes + 1, Action.DELETE), state, desired=desired)) != []


def test_a_lost_file_trips_with_three() -> None:
    """Three deletes of 100 are few, unless the file that declared them is gone."""
    bound = managed(100, _file="gone.yaml")
    prior = a_document(*bound)  # type: ignore[arg-type]

    found = trips(many(3, Action.DELETE), prior=prior)

    assert [(trip.name, trip.connection) for trip in found] == [("deletes", None)]
    assert "`gone.yaml` is gone" in found[0].message
    assert names(trips(many(2, Action.DELETE), prior=prior)) == []
    assert names(trips(many(3, Action.DELETE), prior=prior, allow=["deletes"])) == []
    assert names(trips(many(3, Action.DELETE), prior=prior, allow=["deletes=people.p0"])) == []


@pytest.mark.parametrize(("declared", "expected"), [("other.yaml", [("deletes", None)]), ("team.yaml", [])])
def test_a_file_that_declares_nothing_any_more_is_lost(declared: str, expected: list[tuple[str, None]]) -> None:
    """It is there, and empty: three deletes trip. With anybody left in it, three leavers are three leavers."""
    prior = a_document(*managed(100, _file="team.yaml"))  # type: ignore[arg-type]
    desired = a_desired(an_instance("people.stays", _file=declared), files=("team.yaml", "other.yaml"))

    found = trips(many(3, Action.DELETE), prior=prior, desired=desired)

    assert names(found) == expected
    assert all("`team.yaml` declares nothing any more" in trip.message for trip in found)
    assert names(trips(many(2, Action.DELETE), prior=prior, desired=desired)) == []


def test_what_vanished_is_left_to_guard_account_where_that_speaks() -> None:
    """All of an account that is gone is one question, and so is its answer."""
    vanished = many(3, Action.CREATE, lost="7")

    assert names(trips(vanished, 20, allow=["account=pbx"])) == []
    assert names(trips(vanished, 20, allow=["account=voice"])) == [("undeletes", "people")]


def test_what_vanished_and_is_made_again_counts_as_an_undelete() -> None:
    """A vendor that keeps no deleted records cannot be asked for them: their return is a create."""
    vanished = many(3, Action.CREATE, lost="7")

    assert names(trips(vanished, 20)) == [("undeletes", "people")]
    assert names(trips(vanished[:2], 20)) == []
    assert names(trips([*vanished[:2], a_change("people.back", Action.UNDELETE)], 20)) == [("undeletes", "people")]
    assert names(trips(vanished, 20, allow=["undeletes"])) == []


def test_what_must_not_be_destroyed_is_told_one_by_one() -> None:
    """A single delete or replace trips, whoever would do it; an update does not."""
    changes = [
        a_change("people.a", Action.DELETE, prevent_destroy=True),
        a_change("people.b", Action.REPLACE, step=Step.DELETE, prevent_destroy=True),
        a_change("people.b", Action.REPLACE, step=Step.CREATE, prevent_destroy=True),
        a_change("people.c", Action.MANUAL, intent=Action.DELETE, prevent_destroy=True),
        a_change("people.d", Action.UPDATE, prevent_destroy=True),
        a_change("people.e", Action.FORGET, prevent_destroy=True),
    ]

    found = [trip for trip in trips(changes, 100) if trip.name == "prevent_destroy"]

    assert [trip.addresses for trip in found] == [("people.a@pbx",), ("people.b@pbx",), ("people.c@pbx",)]


def test_another_tenant_trips() -> None:
    """The manifests of one tenant are never planned against the state of another unnoticed."""
    prior = a_document(tenant="other")

    assert names(trips([], prior=prior)) == [("tenant", None)]
    assert names(trips([], prior=prior, allow=["tenant"])) == []
    assert names(trips([], prior=a_document(tenant=""))) == []


def test_an_empty_state_under_ci_trips() -> None:
    """What an earlier job made would be made again."""
    assert names(trips([], fresh_state=True)) == [("fresh_state", None)]
    assert names(trips([], fresh_state=True, allow=["fresh_state"])) == []


def test_destroy_lifts_deletes_and_nothing_else() -> None:
    """Destroying is meant; what must not be destroyed still must not."""
    changes = [*many(30, Action.DELETE), a_change("people.keep", Action.DELETE, prevent_destroy=True)]

    assert names(trips(changes, 31, destroy=True)) == [("prevent_destroy", "people")]


# --- allowances ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow", "left"),
    [
        ([], [("deletes", None), ("deletes", "people"), ("deletes", "teams")]),
        (["deletes"], []),
        (["deletes=*.*@pbx"], []),
        (["deletes=people.*"], [("deletes", None), ("deletes", "teams")]),
        (["deletes=people.*", "deletes=teams.*@pbx"], []),
        (["deletes=people.*@other"], [("deletes", None), ("deletes", "people"), ("deletes", "teams")]),
        (["deletes=*.p0", "deletes=*.p1"], [("deletes", None)]),
        (["updates"], [("deletes", None), ("deletes", "people"), ("deletes", "teams")]),
    ],
)
def test_what_an_allowance_lifts(allow: list[str], left: list[tuple[str, str | None]]) -> None:
    """What is allowed is not counted; the guard holds if too much is left."""
    changes = many(4, Action.DELETE) + many(3, Action.DELETE, "teams")

    found = trips(changes, allow=allow)

    assert names(found) == left
    assert [trip.name for trip in found] == ["deletes"] * 3


def test_a_protected_resource_is_allowed_by_its_address() -> None:
    """One allowance lifts one guard."""
    changes = [a_change(f"people.{name}", Action.DELETE, prevent_destroy=True) for name in ("a", "b")]

    found = trips(changes, 100, allow=["prevent_destroy=people.a@pbx"])

    assert [(trip.addresses, trip.allowed) for trip in found] == [(("people.a@pbx",), True), (("people.b@pbx",), False)]


def test_another_account_is_allowed_by_its_connection() -> None:
    """The allowance of one connection says nothing of another."""
    strangers = [Trip("account", "m", "h", name, None, (f"people.a@{name}",)) for name in ("one", "two")]

    found = trips([], allow=["account=one"], strangers=strangers)  # type: ignore[arg-type]

    assert [trip.allowed for trip in found] == [True, False]


@pytest.mark.parametrize("name", ["prevent_destroy", "busy", "account", "busy="])
def test_some_guards_must_be_told_what_to_allow(name: str) -> None:
    """A bare name would say yes to what nobody has looked at."""
    with pytest.raises(UsageError, match="must be told what to allow"):
        Allowance.parse(name)


def test_an_unknown_guard_is_refused() -> None:
    """A typo is not an allowance; the guards are listed."""
    with pytest.raises(UsageError, match="is not a guard") as error:
        Allowance.parse("delete")

    assert "deletes" in (error.value.hint or "")


# --- as planned ---------------------------------------------------------------------------------------------------


def test_the_guard_of_a_resource_outlives_its_declaration() -> None:
    """Taking the whole declaration out does not take ``prevent_destroy`` out."""
    prior = a_document(a_bound(_prevent_destroy=True))

    plan = a_plan(a_desired(), prior, a_world(people=[an_entity()]))

    assert names(plan.guards) == [("prevent_destroy", "people")]
    assert plan.refused


@pytest.mark.parametrize(("declared", "kept"), [(None, True), (True, True), (False, False)])
def test_the_guard_ends_when_a_declaration_says_so(declared: bool | None, kept: bool) -> None:  # noqa: FBT001 - a table
    """Leaving the block out keeps the guard; ``false`` ends it."""
    prior = a_document(a_bound(_prevent_destroy=True))
    desired = a_desired(an_instance(_prevent_destroy=declared))

    plan = a_plan(desired, prior, a_world(people=[an_entity()]), Options(replaces=("people.jane",)))

    assert bool(names(plan.guards)) is kept


def test_a_destroy_sees_what_the_manifests_protect() -> None:
    """A guard that was declared and never applied holds against ``destroy`` too."""
    desired = a_desired(an_instance(_prevent_destroy=True))

    plan = a_plan(desired, a_document(a_bound()), a_world(people=[an_entity()]), Options(destroy=True))

    assert names(plan.guards) == [("prevent_destroy", "people")]


def test_an_end_of_the_guard_is_recorded_without_a_call() -> None:
    """Nothing else differs, and the state must still learn of it."""
    plan = a_plan(
        a_desired(an_instance(_prevent_destroy=False)),
        a_document(a_bound(_prevent_destroy=True)),
        a_world(people=[an_entity()]),
    )

    assert [(record.address, record.prevent_destroy) for record in plan.records] == [
        (Address("people", "jane", "pbx"), False)
    ]
    assert plan.changes == ()
