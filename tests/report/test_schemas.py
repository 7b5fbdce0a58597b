"""The schemas of what programs read: sound, closed, described to the last member, and written down in ``specs/``."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from provisioner.cli.main import cli
from provisioner.cli.schema import SCHEMAS
from tests.refresh import WRITTEN_BY_HAND, schema_text

SPECS = Path(__file__).parents[2] / "specs"
OURS = sorted(SCHEMAS.keys() - WRITTEN_BY_HAND)

OPEN = {("plan", "before")}
"""What has members of its own beside fields whose names are the vendor's."""


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = importlib.import_module(SCHEMAS[name]).schema()
    return found


def parts(shape: object, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every map in a schema, with the name it stands under."""
    if isinstance(shape, dict):
        yield where, shape
        for name, inner in shape.items():
            yield from parts(inner, where if name in ("anyOf", "properties", "items") else name)
    elif isinstance(shape, list):
        for inner in shape:
            yield from parts(inner, where)


@pytest.mark.parametrize("name", OURS)
def test_the_written_schema_is_the_one_the_code_gives(name: str) -> None:
    """After a change: ``.venv/bin/python -m tests.refresh``."""
    assert (SPECS / f"{name}.schema.json").read_text("utf-8") == schema_text(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_and_is_printed(name: str) -> None:
    """It keeps to the draft that it names."""
    printed = json.loads(CliRunner().invoke(cli, ["schema", name]).stdout)

    Draft202012Validator.check_schema(printed)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed == schema(name)


@pytest.mark.parametrize("name", OURS)
def test_every_member_is_described(name: str) -> None:
    """A reader of the schema needs no other document; what a definition says counts for whoever refers to it."""
    whole = schema(name)

    silent = [
        f"{where}.{member}"
        for where, shape in parts(whole)
        for member, of in shape.get("properties", {}).items()
        if "description" not in of
        and "description" not in whole["$defs"].get(of.get("$ref", "").rpartition("/")[2], {})
        if isinstance(of, dict) and member != "properties"
    ]

    assert silent == []


@pytest.mark.parametrize("name", OURS)
def test_a_schema_takes_no_member_that_it_does_not_name(name: str) -> None:
    """So that nothing is printed, secret or not, which nobody has described."""
    leaky = [
        where
        for where, shape in parts(schema(name))
        if isinstance(shape.get("properties"), dict) and "type" in shape
        if shape.get("additionalProperties") is not False and (name, where) not in OPEN
    ]

    assert leaky == []
