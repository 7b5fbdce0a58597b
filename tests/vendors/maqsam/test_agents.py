"""What an agent's JSON means, in every form that the sheet names (§3.1, M1 to M4)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.vendors.base import Call
from provisioner.vendors.fields import Mark
from provisioner.vendors.maqsam.agents import AGENTS, Agent, Unreadable, from_wire, identifier
from provisioner.vendors.maqsam.settings import GroupsFormat
from tests.vendors.maqsam.playing import ANA

DECLARED = {
    "email": "ana@example.com",
    "name": "Ana Example",
    "active": True,
    "groups": ["Support"],
    "outgoing_enabled": True,
    "incoming_enabled": True,
    "whatsapp_enabled": False,
}


def test_the_sheets_example() -> None:
    """Seven fields are compared; identifier, state and creation time are not (§4.4)."""
    entity = from_wire(ANA, "auto")

    assert (entity.id, entity.attributes, entity.unseen) == ("1001", DECLARED, frozenset())
    assert AGENTS.specs.keys() == entity.attributes.keys()


def test_what_is_read_can_be_declared() -> None:
    """An agent as it is, is a declaration that says the same."""
    assert Agent.model_validate(from_wire(ANA, "auto").attributes).model_dump() == DECLARED


@pytest.mark.parametrize("name", sorted(ANA.keys() - {"identifier", "state", "created_at"}))
def test_a_missing_field_is_unknown(name: str) -> None:
    """It is neither false nor empty (§4.5)."""
    entity = from_wire({key: value for key, value in ANA.items() if key != name}, "auto")

    assert len(entity.unseen) == 1
    assert entity.attributes.keys() | entity.unseen == DECLARED.keys()
    assert not entity.attributes.keys() & entity.unseen


@pytest.mark.parametrize(("name", "value"), [("active", "yes"), ("name", 7), ("email", ""), ("groups", 3)])
def test_a_field_of_another_type_is_unknown(name: str, value: Any) -> None:
    """The API is early alpha: what cannot be understood is not guessed at."""
    assert name in from_wire({**ANA, name: value}, "auto").unseen


def test_unknown_fields_are_ignored() -> None:
    """The API is early alpha (§4.5)."""
    assert from_wire({**ANA, "mood": "good"}, "auto") == from_wire(ANA, "auto")


@pytest.mark.parametrize(
    ("spelt", "meant"),
    [
        (["Support", "Sales", "Support"], ["Sales", "Support"]),
        (None, []),
        ([], []),
        ("Support, Sales", ["Sales", "Support"]),
        ("", []),
        ([{"name": "Support"}, {"identifier": "7"}], ["7", "Support"]),
    ],
)
def test_groups_are_a_set_in_any_form(spelt: Any, meant: list[str]) -> None:
    """Names, null, text with commas, objects (M2)."""
    assert from_wire({**ANA, "groups": spelt}, "auto").attributes["groups"] == meant


@pytest.mark.parametrize(("form", "spelt"), [("names", "Support, Sales"), ("text", ["a"]), ("objects", ["a"])])
def test_groups_in_another_form_than_is_set_are_unknown(form: GroupsFormat, spelt: Any) -> None:
    """Setting ``groups_format`` (M2)."""
    assert "groups" in from_wire({**ANA, "groups": spelt}, form).unseen


def test_a_number_is_an_identifier() -> None:
    """In decimal (M1)."""
    assert identifier({"identifier": 1001}) == "1001"


@pytest.mark.parametrize("data", [{}, {"identifier": ""}, {"identifier": True}, {"identifier": None}, "Ana", None])
def test_nobody_without_an_identifier(data: Any) -> None:
    """It is the key of the record (§3.1)."""
    with pytest.raises(Unreadable):
        identifier(data)


def test_an_email_address_is_compared_in_lower_case() -> None:
    """On both sides (§3.1)."""
    assert from_wire({**ANA, "email": "Ana@Example.COM"}, "auto").attributes["email"] == "ana@example.com"
    assert Agent(email="Ana@Example.COM").email == "ana@example.com"


def test_nothing_can_be_written() -> None:
    """Every field is for a person to set, and there is one call (§2)."""
    assert AGENTS.calls == Call.LIST
    assert [path for path, spec in AGENTS.specs.items() if not spec.has(Mark.READ_ONLY)] == []


@pytest.mark.parametrize("value", ["Support", [""], [7]])
def test_groups_that_are_no_names_are_refused(value: Any) -> None:
    """In a manifest they are a list of names."""
    with pytest.raises(ValidationError):
        Agent(email="ana@example.com", groups=value)
