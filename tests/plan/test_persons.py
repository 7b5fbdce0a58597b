"""Who counts as the same person (design section 4, "Same person")."""

from __future__ import annotations

from typing import Annotated

import pytest

from provisioner.plan.group import same_person, shares_any, shares_strong
from provisioner.values import Attributes
from provisioner.vendors.base import Call, Find, Offer
from provisioner.vendors.fields import UNSAID, Fields, Mark
from tests.factories import TEAMS


class Chief(Fields):
    """A person whom people recognise by the username."""

    username: Annotated[str, Mark.NATURAL_KEY, Mark.PERSONAL]
    email: Annotated[str, Mark.PERSONAL] = UNSAID
    first_name: Annotated[str, Mark.PERSONAL] = UNSAID
    last_name: Annotated[str, Mark.PERSONAL] = UNSAID


class Clerk(Fields):
    """A person with a number, and both an e-mail and a username beside it."""

    number: Annotated[str, Mark.NATURAL_KEY]
    username: Annotated[str, Mark.PERSONAL] = UNSAID
    email: Annotated[str, Mark.PERSONAL] = UNSAID
    first_name: Annotated[str, Mark.PERSONAL] = UNSAID
    last_name: Annotated[str, Mark.PERSONAL] = UNSAID


CHIEFS = Offer(Chief, Call.READ, {}, Find.SCAN)
CLERKS = Offer(Clerk, Call.READ, {}, Find.SCAN)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"email": "a@x"}, {"email": " A@X"}, True),
        ({"email": "a@x"}, {"email": "b@x"}, False),
        ({"email": "a@x", "username": "a"}, {"email": "b@x", "username": "a"}, True),
        ({"email": "a@x", "username": "a"}, {"email": "b@x", "username": "b"}, False),
        ({"email": "a@x", "first_name": "A"}, {"email": "a@x", "first_name": "B"}, True),
        ({"email": "a@x", "first_name": "A"}, {"email": "b@x", "first_name": "A"}, False),
        ({"email": "a@x", "first_name": "A"}, {"username": "a", "first_name": "A"}, True),
        ({"first_name": "A", "last_name": "L"}, {"first_name": "a", "last_name": "l"}, True),
        ({"first_name": "A", "last_name": "L"}, {"first_name": "A", "last_name": "M"}, False),
        ({"first_name": "A"}, {"last_name": "M"}, True),
        ({"first_name": "A", "email": ""}, {"first_name": "A", "email": "a@x"}, True),
        ({"email": None}, {"email": None}, True),
        ({}, {}, True),
    ],
)
def test_who_is_the_same_person(one: Attributes, other: Attributes, same: bool) -> None:  # noqa: FBT001 - a table
    """An e-mail or username known on both sides decides; if none is, the names do."""
    assert same_person(CLERKS, one, other) is same
    assert same_person(CLERKS, other, one) is same


def test_the_natural_key_does_not_say_who_somebody_is() -> None:
    """It is what they were found by: another person may have it by now."""
    one, other = {"username": "a", "first_name": "A"}, {"username": "a", "first_name": "B"}

    assert not same_person(CHIEFS, one, other)
    assert not shares_strong(CHIEFS, one, other)
    assert shares_strong(CLERKS, one, other)


def test_kinds_without_people_are_always_the_same() -> None:
    """A team is its name."""
    assert same_person(TEAMS, {"name": "a", "note": "x"}, {"name": "a", "note": "y"})


def test_any_personal_value_keeps_somebody_who_changed_their_number() -> None:
    """One of them equal is enough, among what state and manifests say."""
    there = {"number": "2", "email": "new@x", "first_name": "A"}

    assert shares_any(CLERKS, there, {"email": "old@x", "first_name": "A"})
    assert shares_any(CLERKS, there, {"email": "old@x"}, {"email": "new@x"})
    assert not shares_any(CLERKS, there, {"email": "old@x", "first_name": "B"}, {})
    assert not shares_any(CLERKS, {"email": ""}, {"email": ""})
