"""In which shape, and how much of it at a time, does a listing come? D-6, D-11, D-12, D-22."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.simulators.deepcall.errors import Failure
from provisioner.simulators.deepcall.register import Indexed
from provisioner.simulators.deepcall.settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of how many records."""

    page: int
    limit: int


def asked(body: Mapping[str, Any], limit: int, code: int) -> Asked:
    """What the request says, or its defaults. Raises Failure."""
    found = Asked(body.get("page", 1), body.get("limit", limit))
    if not all(type(value) is int and value > 0 for value in (found.page, found.limit)):
        raise Failure(code)
    return found


def page_of(
    records: Sequence[Indexed], wanted: Asked, call: str, settings: Settings
) -> tuple[Sequence[Indexed], dict[str, int]]:
    """The records of that page and the counters beside them; a limit above the maximum is the maximum."""
    limit = min(wanted.limit, settings.most_on_a_page)
    place = f"{call}/{wanted.page}"
    page = wanted.page if settings.repeat_from is None else min(wanted.page, settings.repeat_from)
    shown = records[(page - 1) * limit : page * limit][: settings.page_lengths.get(place, limit)]
    counters = {
        "currentPage": page,
        "totalPages": max(1, -(-len(records) // limit)),
        "totalRecords": len(records),
    }
    return shown, {**counters, **settings.counters.get(place, {})}


def as_response(shown: Sequence[dict[str, Any]], settings: Settings) -> dict[str, Any]:
    """The member that holds an array; none at all looks as the settings say."""
    return {"response": list(shown)} if shown else _nothing(settings)


def as_map(shown: Mapping[str, Mapping[str, Any]], settings: Settings) -> dict[str, Any]:
    """The member that holds an object keyed by id."""
    return {"response": dict(shown)} if shown else _nothing(settings)


def _nothing(settings: Settings) -> dict[str, Any]:
    match settings.empty_as:
        case "object":
            return {"response": {}}
        case "array":
            return {"response": []}
        case "absent":
            return {}
