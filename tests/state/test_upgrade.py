"""Older formats are brought up to date step by step; newer ones are refused."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import StateError
from provisioner.state.upgrade import upgraded


def test_the_current_format_is_left_alone() -> None:
    """Nothing to do."""
    raw = {"format_version": "1", "lineage": "l-1"}

    assert upgraded(raw, "state.json") is raw


def test_an_older_format_takes_every_step() -> None:
    """Each step knows its neighbour only."""

    def second(raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "format_version": "2", "b": raw["a"] + 1}

    def third(raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "format_version": "3", "c": raw["b"] + 1}

    upgrade = upgraded({"format_version": "1", "a": 1}, "state.json", steps={"1": second, "2": third}, current="3")

    assert upgrade == {"format_version": "3", "a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(("version", "hint"), [("2", "upgrade"), ("0", "an older version of the tool wrote it")])
def test_a_format_out_of_reach_is_named(version: str, hint: str) -> None:
    """What wrote it, and what to do."""
    with pytest.raises(
        StateError, match=f"`state.json` is of format version {version}, and this tool reads 1"
    ) as error:
        upgraded({"format_version": version}, "state.json")

    assert hint in (error.value.hint or "")


@pytest.mark.parametrize("raw", [{}, {"format_version": 1}, {"format_version": "new"}, {"format_version": None}])
def test_no_usable_format_is_not_guessed(raw: dict[str, Any]) -> None:
    """Some other JSON file, perhaps Terraform's."""
    with pytest.raises(StateError, match="does not say a format version that this tool knows"):
        upgraded(raw, "state.json")
