"""What is true of every shared field type."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import provisioner.kinds
from provisioner.kinds.agents import EmailAddress, FirstName
from provisioner.kinds.alerts import Days, TimeOfDay
from provisioner.kinds.extensions import ExtensionNumber

MODULES = [f"provisioner.kinds.{module.name}" for module in pkgutil.iter_modules(provisioner.kinds.__path__)]


def shared_types() -> list[Any]:
    """Every annotated type that a file in kinds/ defines."""
    named = [(name, item) for module in MODULES for name, item in vars(importlib.import_module(module)).items()]
    return [pytest.param(item, id=name) for name, item in named if get_origin(item) is Annotated]


@pytest.mark.parametrize("shared", shared_types())
def test_every_shared_type_says_what_it_takes(shared: Any) -> None:
    """Diagnostics quote the sentence, whatever the vendor."""
    extras = [item.json_schema_extra for item in get_args(shared) if isinstance(item, FieldInfo)]

    assert any(isinstance(extra, dict) and extra.get("expected") for extra in extras)


@pytest.mark.parametrize("module", MODULES)
def test_every_kind_says_what_it_means(module: str) -> None:
    assert importlib.import_module(module).__doc__


def test_white_space_around_text_is_not_meant() -> None:
    assert TypeAdapter(FirstName).validate_python("  Jane ") == "Jane"


@pytest.mark.parametrize("number", ["1001\n2", "١٢", "10 01"])
def test_a_number_is_ascii_digits_throughout(number: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ExtensionNumber).validate_python(number)


def test_an_address_may_not_hold_a_line_break() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(EmailAddress).validate_python("a@b.example\nx")


def test_days_are_put_in_the_order_of_the_week() -> None:
    assert TypeAdapter(Days).validate_python(["sun", "wed", "mon"]) == ["mon", "wed", "sun"]


@pytest.mark.parametrize(
    ("written", "meant"), [("9:05", "09:05"), ("09:05", "09:05"), ("24:00", "24:00"), ("0:00", "00:00")]
)
def test_an_hour_is_padded(written: str, meant: str) -> None:
    assert TypeAdapter(TimeOfDay).validate_python(written) == meant
