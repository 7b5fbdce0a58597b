"""The two tables as values, and what is wrong with a row that cannot be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from tests.guards.houses import SIZES

FOLDER = Path(__file__).parent


class Row(BaseModel):
    """One edit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    because: str = ""
    house: Literal["centre", "sites", "dial"] = "centre"
    edit: Sequence[Mapping[str, Any]]
    sizes: Sequence[int] = SIZES
    left_out: str = Field("", alias="left out")


class Dangerous(Row):
    """One that must be stopped, by any of these; ``because`` says how it comes about."""

    stopped_by: frozenset[str] = Field(alias="stopped by")


class Ordinary(Row):
    """One that must not be; ``does`` is what the plan then holds, by action, or that by size."""

    does: Mapping[str, int] | Mapping[int, Mapping[str, int]]

    def does_in(self, size: int) -> Mapping[str, int]:
        """What the plan holds in a centre of that size."""
        by_size: Mapping[Any, Any] = self.does
        found: Mapping[str, int] = by_size.get(size, {}) if size in by_size else self.does  # type: ignore[assignment]
        return found


@cache
def dangerous() -> tuple[Dangerous, ...]:
    """Every edit that must be stopped."""
    return tuple(Dangerous(**row) for row in _rows("dangerous"))


@cache
def ordinary() -> tuple[Ordinary, ...]:
    """Every edit of an ordinary week."""
    return tuple(Ordinary(**row) for row in _rows("ordinary"))


def _rows(table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = YAML(typ="safe").load(FOLDER / f"{table}.yaml")
    return rows
