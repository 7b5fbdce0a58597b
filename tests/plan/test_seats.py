"""Who takes a seat of a licence comes after who leaves one, as far as seats are short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner.plan.document import Action, Change, Plan
from provisioner.plan.seats import seated
from provisioner.vendors.usage import Licence, Usage
from tests.plan.test_usage import a_change, many, offer_of


def needs(changes: list[Change], licence: Licence | None) -> dict[str, tuple[str, ...]]:
    """What each change of the seated plan needs, in the plan's order."""
    usage = Usage({} if licence is None else {"seats": licence})
    plan = seated(Plan("acme", tuple(changes)), offer_of, {"pbx": usage})
    return {change.key: change.needs for change in plan.changes}


@pytest.mark.parametrize(("used", "waiting"), [(7, 0), (8, 0), (9, 1), (10, 2), (12, 2)])
def test_as_many_wait_as_seats_are_missing(used: int, waiting: int) -> None:
    """Of ten seats, two joiners and three leavers: each waits for a leaver of its own."""
    found = needs([*many(2, Action.CREATE), *many(3, Action.DELETE)], Licence(10, used))

    waits = [found[f"people.create{number}@pbx"] for number in range(2)]
    assert waits == [()] * (2 - waiting) + [(f"people.delete{number}@pbx",) for number in range(waiting)]


@pytest.mark.parametrize("licence", [None, Licence(None, 9), Licence(10, None)])
def test_a_licence_that_says_nothing_orders_nothing(licence: Licence | None) -> None:
    """Not reported, without limit, without a count."""
    assert set(needs([*many(1, Action.CREATE), *many(1, Action.DELETE)], licence).values()) == {()}


def test_the_plan_is_in_an_order_that_can_be_executed() -> None:
    """The leaver is listed before who waits for it, though the alphabet says otherwise."""
    found = needs([*many(1, Action.CREATE), *many(1, Action.DELETE)], Licence(1, 1))

    assert list(found) == ["people.delete0@pbx", "people.create0@pbx"]


def test_who_leaves_only_after_a_joiner_gives_no_seat() -> None:
    """A team is written to name the joiner and not the leaver any more: no ring is made of it."""
    joins, leaves = many(1, Action.CREATE)[0], many(1, Action.DELETE)[0]
    team = replace(a_change("teams.red", Action.UPDATE, "3", "name"), needs=(joins.key,))
    leaves = replace(leaves, needs=(team.key,))

    found = needs([joins, team, leaves], Licence(1, 1))

    assert found == {joins.key: (), team.key: (joins.key,), leaves.key: (team.key,)}


def test_seats_of_two_kinds_are_counted_together() -> None:
    """A holder may take the seat of a person where one licence counts both."""
    found = needs([*many(1, Action.CREATE, "holders"), *many(1, Action.DELETE)], Licence(1, 1))

    assert found["holders.create0@pbx"] == ("people.delete0@pbx",)
