"""Which field a header means."""

from __future__ import annotations

import pytest

from provisioner.plan.columns import FieldNames
from provisioner.vendors.loading import find_vendor, vendor_names


def names(kind: str, *vendors: str) -> FieldNames:
    return FieldNames(kind, {name: find_vendor(name).kinds[kind] for name in vendors})


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("First name", "first_name"),
        ("FIRST_NAME", "first_name"),
        ("First Name:", "first_name"),
        ("Prénom", "first_name"),
        ("Prenom", "first_name"),
        ("Surname", "last_name"),
        ("E-mail", "email"),
        ("E-Mail Address", "email"),
        ("Agent number", "number"),
        ("Agent's number", None),
        ("Número", "number"),
        ("Agent e-mail", "email"),
        ("PIN", "password"),
        ("Key", "key"),
        ("On", "on"),
        ("Connections", "on"),
        ("Birthday", None),
    ],
)
def test_a_header_means_a_field(header: str, field: str | None) -> None:
    """In any case, with any signs and accents, and by what people call it."""
    assert names("agents", "eq").fields(header) == ([field] if field else [])


def test_the_end_of_a_nested_name_means_nothing() -> None:
    """A column of numbers is not the number that somebody's calls are forwarded to."""
    assert names("agents", "bird").fields("Number") == []
    assert names("agents", "bird").fields("Forward number number") == ["forward_number.number"]


@pytest.mark.parametrize("vendor", vendor_names())
def test_every_field_is_known_by_its_own_name(vendor: str) -> None:
    """And by nothing that another field is called."""
    for kind in find_vendor(vendor).kinds:
        known = names(kind, vendor)
        assert [path for path in known.paths if known.fields(path) != [path]] == []
