"""What the record says of an entity once it was brought up to date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provisioner.apply.refresh import refreshed
from provisioner.plan.leaf import ABSENT
from provisioner.state.document import Bound
from provisioner.values import VendorId
from tests.factories import KINDS, a_bound

IDS = {"people.jane@pbx": VendorId("7"), "codes.one@pbx": VendorId("3")}


def recorded(bound: Bound, **now: Any) -> Bound:
    """The binding after a refresh that saw these values."""
    seen = {path.replace("__", "."): value for path, value in now.items()}
    return refreshed(bound, seen, KINDS[bound.address.kind], lambda address: IDS.get(str(address)))


def test_what_is_there_counts_as_applied() -> None:
    """The rest of the record stays: secrets, the guard, who made it."""
    bound = a_bound(note="x", email="a@x", _secrets={"pin": 2}, _prevent_destroy=True)

    now = recorded(bound, note="y", email=ABSENT)

    assert now == replace(bound, attributes={"number": "1001", "note": "y", "email": None})


def test_the_natural_key_follows() -> None:
    """As the vendor compares it."""
    now = recorded(a_bound("teams.one", "3"), name=" Sales ")

    assert now.natural_key == ("sales",)


def test_what_the_vendor_once_made_of_a_value_goes_with_it() -> None:
    """What it made of others is still known."""
    learned = {"note": ("Hello ", "Hello"), "email": ("A@x", "a@x")}
    bound = a_bound(note="Hello ", email="A@x", _learned=learned)

    assert recorded(bound, note="Bye").learned == {"email": ("A@x", "a@x")}


def test_references_are_kept_by_id() -> None:
    """Those to managed entities, to others, to several, and to none."""
    phone = a_bound("phones.desk", "700", owner="people.bob@pbx", _references={"owner": "8"})
    person = a_bound(skills=["codes.two@pbx"], boss="people.bob@pbx", _references={"skills": ["4"], "boss": "8"})

    assert recorded(phone, owner="people.jane@pbx").references == {"owner": "7"}
    assert recorded(phone, owner={"id": "17"}).references == {"owner": "17"}
    assert recorded(phone, owner=None).references == {"owner": None}
    assert recorded(person, skills=["codes.one@pbx", {"id": "9"}]).references == {"skills": ["3", "9"], "boss": "8"}


def test_a_map_is_kept_leaf_by_leaf() -> None:
    """Also one that was empty and has something in it by now, and the other way round."""
    empty = a_bound("desks.one", "5", mailbox=None)
    full = replace(empty, attributes={"name": "one", "mailbox.size": 4})

    assert recorded(empty, mailbox={"size": 4}).attributes == {"name": "one", "mailbox.size": 4}
    assert recorded(full, mailbox__size=None).attributes == {"name": "one", "mailbox.size": None}
