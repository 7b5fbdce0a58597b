"""Kinds whose people are known by any of several keys: an id, one of their e-mails, or else their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import pytest

from provisioner.address import Address
from provisioner.plan.decide import decide
from provisioner.plan.desired import Instance
from provisioner.plan.document import Change
from provisioner.plan.doubles import doubles
from provisioner.plan.group import Group, same_person
from provisioner.plan.identity import Names
from provisioner.state.document import Bound
from provisioner.values import Attributes, VendorId
from provisioner.vendors.base import Call, Entity, Find, Offer, Write
from provisioner.vendors.fields import UNSAID, Fields, Mark
from provisioner.vendors.live import Seen

NOBODY = Names(address_of=lambda *_: None, changes_id=lambda _: False, id_of=lambda _: None)


class Member(Fields):
    """Somebody who is invited in the portal, and gets a login there."""

    login: Annotated[str, Mark.NATURAL_KEY, Mark.ASSIGNED, Mark.IMMUTABLE] = UNSAID
    email: Annotated[str, Mark.NATURAL_KEY, Mark.PERSONAL, Mark.MATCH_ONLY] = UNSAID
    name: Annotated[str, Mark.NATURAL_KEY] = UNSAID
    first_name: Annotated[str, Mark.MATCH_ONLY] = UNSAID


def _name(declared: Attributes) -> Attributes:
    return {} if "name" in declared or "first_name" not in declared else {"name": declared["first_name"]}


MEMBERS = Offer(
    Member,
    Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
    {},
    Find.LIST,
    write=Write.MERGE,
    either_key=True,
    derived=_name,
)

JANE: Attributes = {"login": "u-1", "email": ["j@x.example", "jane@x.example"], "name": "Jane"}
ALSO_JANE: Attributes = {"login": "u-2", "email": None, "name": "Jane"}


def member(key: str, **attributes: str) -> Instance:
    return Instance(Address.parse(f"members.{key}@x"), MEMBERS, "club", attributes)


def decided(
    *instances: Instance, there: Mapping[str, Attributes], bound: Mapping[str, str] | None = None
) -> dict[str, Change]:
    """The changes by key; ``bound`` are ids by key."""
    entities = {VendorId(one): Entity(VendorId(one), attributes) for one, attributes in there.items()}
    records = [
        Bound(
            Address.parse(f"members.{key}@x"),
            "club://x",
            VendorId(one),
            MEMBERS.natural_key(there[one]) or (),
            attributes={},
        )
        for key, one in (bound or {}).items()
    ]
    group = Group(
        connection="x",
        kind="members",
        vendor="club",
        spoken="Club",
        account="club://x",
        offer=MEMBERS,
        seen=Seen(MEMBERS, by_id=dict(entities), searched=True),
        names=NOBODY,
        desired={instance.address: instance for instance in instances},
        bound={record.address: record for record in records},
    )
    return {address.key: change for address, change in decide(group).changes.items()}


@pytest.mark.parametrize(
    ("attributes", "key"),
    [
        ({"login": "U-1", "email": "jane@x.example", "name": "Jane"}, ("u-1", None, None)),
        ({"email": "Jane@X.example", "name": "Jane"}, (None, "jane@x.example", None)),
        ({"name": "Jane"}, (None, None, "jane")),
        ({"first_name": "Jane"}, (None, None, "jane")),
        ({"email": "", "first_name": "Jane"}, (None, None, "jane")),
        ({}, None),
    ],
)
def test_the_strongest_key_that_is_known_counts(attributes: Attributes, key: tuple[object, ...] | None) -> None:
    """In the order in which the fields stand; what follows from others is known, too."""
    assert MEMBERS.natural_key(attributes) == key


def test_an_entity_answers_to_each_of_its_keys() -> None:
    """To every one of several e-mails, too, the strongest first."""
    assert MEMBERS.natural_keys(JANE) == (
        ("u-1", None, None),
        (None, "j@x.example", None),
        (None, "jane@x.example", None),
        (None, None, "jane"),
    )


@pytest.mark.parametrize(
    "declared", [{"login": "u-1"}, {"email": "JANE@x.example"}, {"email": "j@x.example"}, {"name": "Jane"}]
)
def test_any_key_finds_the_entity(declared: dict[str, str]) -> None:
    """R2, whatever it is that is declared."""
    change = decided(member("jane", **declared), there={"7": JANE})["jane"]

    assert (change.action, change.id) == ("adopt", "7")


def test_another_e_mail_is_another_person() -> None:
    """Who is declared by e-mail is not looked for by name; and without the assigned id nobody can be made."""
    change = decided(member("jane", email="other@x.example", first_name="Jane"), there={"7": JANE})["jane"]

    assert (change.action, change.intent) == ("manual", "create")
    assert "`login`" in change.reasons[-1].text


def test_an_id_of_somebody_with_another_e_mail_is_refused() -> None:
    """R25: an id that was copied from the wrong line takes over nobody."""
    change = decided(member("jane", login="u-1", email="other@x.example"), there={"7": JANE})["jane"]

    assert (change.action, change.reasons[0].code) == ("conflict", "another_person")


def test_two_of_one_name_are_not_guessed_at() -> None:
    """R4: a name need not be unique."""
    change = decided(member("jane", name="Jane"), there={"7": JANE, "8": ALSO_JANE})["jane"]

    assert (change.action, change.reasons[0].code) == ("conflict", "ambiguous")


def test_two_declarations_of_one_person_by_different_keys() -> None:
    """R4: the one that is bound keeps the entity, though it is declared by another key."""
    found = decided(
        member("jane", login="u-1"), member("janet", email="j@x.example"), there={"7": JANE}, bound={"jane": "7"}
    )

    assert found.keys() == {"janet"}
    assert (found["janet"].action, found["janet"].reasons[0].code) == ("conflict", "taken")


def test_a_create_sends_what_follows_from_the_declaration() -> None:
    """And leaves out what is only used to find."""
    change = decided(member("jane", login="u-1", first_name="Jane"), there={})["jane"]

    assert change.action == "create"
    assert {item.path: item.after for item in change.fields} == {"login": "u-1", "name": "Jane"}


def test_what_follows_from_the_declaration_is_not_compared_later() -> None:
    """Only what is declared is managed."""
    renamed = {**JANE, "name": "Dr Jane"}

    assert decided(member("jane", login="u-1", first_name="Jane"), there={"7": renamed}, bound={"jane": "7"}) == {}


def test_of_several_e_mails_one_is_enough() -> None:
    """Whoever has the list, and in whatever capitals."""
    assert same_person(MEMBERS, {"email": "JANE@x.example"}, JANE)
    assert same_person(MEMBERS, JANE, {"email": "j@x.example"})
    assert not same_person(MEMBERS, {"email": "other@x.example"}, JANE)


def test_one_person_is_not_declared_twice() -> None:
    """By the key that counts; the same name beside different e-mails is two people."""
    twice = [member("a", email="j@x.example", name="A"), member("b", email="J@x.example", name="B")]
    two = [member("a", email="j@x.example", name="Jane"), member("b", email="k@x.example", name="Jane")]

    assert [problem.code for problem in doubles(twice)] == ["declared_twice"]
    assert list(doubles(two)) == []
