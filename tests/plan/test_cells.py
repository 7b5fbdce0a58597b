"""What a cell means for the field of its column."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.plan.cells import CellReader, Damaged

DIGITS = {"type": "string", "pattern": r"^[1-9][0-9]*$"}
PHONE = {"anyOf": [{"type": "string", "pattern": r"^\+[1-9][0-9]{1,14}$"}, {"type": "null"}]}
TIME = {"type": "string", "pattern": r"^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
WORDS = {"type": "string", "enum": ["ring_all", "Least Recent", "no"]}
KEYS = {"anyOf": [{"$ref": "#/$defs/key_queues"}, {"$ref": "#/$defs/by_id"}]}


def meant(form: dict[str, Any], text: str) -> Any:
    return CellReader("field", form, lambda kind, said: f"{kind}/{said}").value(text)


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ({"type": "integer"}, "30", 30),
        ({"type": "integer"}, "30.0", 30),
        ({"type": "integer"}, "1.5", 1.5),
        ({"type": "integer"}, "soon", "soon"),
        ({"type": "boolean"}, "Yes", True),
        ({"type": "boolean"}, "0", False),
        ({"type": "boolean"}, "perhaps", "perhaps"),
        (WORDS, "RING ALL", "ring_all"),
        (WORDS, "least recent", "Least Recent"),
        (WORDS, "No", "no"),
        (WORDS, "loud", "loud"),
        ({"type": "array", "items": {"type": "string"}}, "a; b,c\nd", ["a", "b", "c", "d"]),
        ({"type": "array", "items": {"type": "string"}}, "[]", []),
        ({"type": "array", "items": KEYS}, "support;id:7", ["queues/support", {"id": "7"}]),
        (DIGITS, '="1001"', "1001"),
        (DIGITS, "'1001", "1001"),
        (DIGITS, "x", "x"),
        (PHONE, "+34 911 23-45-67", "+34911234567"),
        (PHONE, "0034911234567", "+34911234567"),
        (PHONE, "null", None),
        ({"type": "string"}, "Null", "Null"),
        ({"type": "string"}, "=1+2", "=1+2"),
        ({"type": "string"}, "1.0E+03", "1.0E+03"),
        (TIME, "8:30:00", "8:30"),
        (TIME, "6:15 PM", "18:15"),
        (TIME, "12:00 a.m.", "00:00"),
    ],
)
def test_a_cell_means_what_its_field_takes(form: dict[str, Any], text: str, value: Any) -> None:
    """What fits nothing stays text, for the vendor's model to refuse in its own words."""
    assert meant(form, text) == value
    assert type(meant(form, text)) is type(value)


@pytest.mark.parametrize("text", ["1.0E+03", "1,00E+05", "1001.0", "01/02/2024", "2-Jan"])
def test_a_number_that_a_spreadsheet_spoilt_is_refused(text: str) -> None:
    """Nobody guesses the digits that are lost; the hint says how to keep them."""
    with pytest.raises(Damaged) as caught:
        meant(DIGITS, text)

    assert "format Text" in (caught.value.complaint.hint or "")
