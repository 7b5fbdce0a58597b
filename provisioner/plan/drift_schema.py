"""What the JSON of ``provisioner drift`` looks like: the schema of format version "1", for programs that read it.

``specs/drift.schema.json`` is this, written down; a test keeps the two equal. JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import Final

from provisioner.plan.drifted import Drift
from provisioner.plan.schema_words import (
    CLOSED,
    NAME,
    Schema,
    definitions,
    described,
    many,
    or_null,
    record,
    text,
    texts,
    whole,
)
from provisioner.units import Unit

FORMAT_VERSION = "1"
"""Rises when a key goes or changes its meaning, not when one is added."""

MEANINGS: Final[Schema] = {
    "unit": described(
        "What the number is counted in; only where it is counted in something",
        {"enum": [str(unit) for unit in Unit]},
    ),
    "member_units": described(
        "The same for fields that a list's members have beside their reference",
        {"type": "object", "additionalProperties": {"enum": [str(unit) for unit in Unit]}},
    ),
    "refers_to": text(
        "Only of references: the kind and the connection of whatever they lead to, as in `agents@pbx`",
        pattern=whole(rf"{NAME}@{NAME}"),
    ),
}
"""What a field has beside its value so that people can read it; each only where it applies."""

_COUNT: Schema = {"type": "integer", "minimum": 0}


def schema() -> Schema:
    """The schema of what ``drift --format json`` prints: every key that there is, and nothing else."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Drift",
        "description": (
            "What changed at the vendors since the last apply, whatever the manifests say. References are addresses "
            "where the entity is managed; a missing `before` or `after` of a field means that there is no value; no "
            "secret is compared or shown." + CLOSED
        ),
        **record(_report()),
        "$defs": {
            **definitions(),
            **drift_definitions(),
            "untold": record(_untold()),
            "moving": record(_moving()),
            "unseen": record(_unseen()),
            "settled": record(_settled()),
        },
    }


def drift_definitions() -> dict[str, Schema]:
    """One entity that drifted, for ``$defs``: here and in a plan of ``--refresh-only``."""
    return {"drifted": record(_drifted()), "sides": record(_sides(), optional=("before", "after", *MEANINGS))}


def _report() -> Schema:
    return {
        "format_version": described("Rises when a key goes or changes its meaning", {"const": FORMAT_VERSION}),
        "tenant": text("The tenant's name"),
        "created_at": text("When the vendors were asked, ISO 8601 in UTC"),
        "tool_version": text("The version of the tool that asked"),
        "state": described(
            "The state whose record was compared",
            record(
                {
                    "lineage": text("The state's own id"),
                    "serial": described("Which of its versions", _COUNT),
                }
            ),
        ),
        "accounts": described(
            "The account behind each connection", {"type": "object", "additionalProperties": {"type": "string"}}
        ),
        "targets": texts("The `--target` patterns; with any, only a part was looked at"),
        "excludes": texts("The `--exclude` patterns"),
        "summary": described("A count of entities for each way of drifting, and of the others", record(_summary())),
        "drift": many("drifted", "What is not as last applied, by address; the exit code is 2 where there is any"),
        "unknown": many("untold", "Of what nobody can tell now; the exit code is 1 where there is any"),
        "run_time": many("moving", "Fields that change by themselves; they do not count as drift"),
        "not_compared": many("unseen", "What the vendors' APIs cannot show, so that its drift cannot be seen"),
        "settled": many("settled", "How requests had ended whose answer was lost; nothing of it is written down yet"),
    }


def _summary() -> Schema:
    return {
        **{str(drift): described(_WAYS[drift], _COUNT) for drift in Drift},
        "unknown": described("Of which nobody can tell now", _COUNT),
        "unchanged": described("Read, and as last applied", _COUNT),
        "not_compared": described("Managed, and not to be read", _COUNT),
    }


_WAYS: Final = {
    Drift.CHANGED: "There, with other fields",
    Drift.DELETED: "Deleted, with their record left",
    Drift.DELETING: "Being deleted by the vendor",
    Drift.GONE: "Gone for good",
    Drift.SOMEBODY_ELSE: "Whose id names somebody else by now",
    Drift.ACTIVE_AGAIN: "Deleted by an apply, and active again",
    Drift.PARKED: "Left on a temporary value by a run that did not end",
}


def _drifted() -> Schema:
    return {
        "address": {"$ref": "#/$defs/address"},
        "kind": text("The address's kind", pattern=whole(NAME)),
        "connection": text("The address's connection", pattern=whole(NAME)),
        "vendor": text("The connection's vendor"),
        "drift": described(
            "How: fields `changed`; `deleted` with its record left; `deleting` where the vendor is at it; `gone` "
            "for good; the id names `somebody_else` by now; `active_again` after an apply had deleted it; `parked` on "
            "a temporary value by a run that did not end",
            {"enum": [str(drift) for drift in Drift]},
        ),
        "id": text("The vendor's id of the entity"),
        "fields": many("sides", "What differs, field by field"),
        "applied": described(
            "What was last applied of it, by dotted path; of what was deleted, what its tombstone keeps",
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
        ),
        "file": text("The manifest that declared it last"),
    }


def _sides() -> Schema:
    return {
        "path": text("The field, dotted where it is nested"),
        "before": described("As last applied", {"$ref": "#/$defs/value"}),
        "after": described("As the vendor shows it now", {"$ref": "#/$defs/value"}),
        **MEANINGS,
    }


def _untold() -> Schema:
    return {
        "address": {"$ref": "#/$defs/address"},
        "id": described("The vendor's id, where the state has one", or_null({"type": "string"})),
        "why": text("Why nobody can tell"),
        "hint": described("What to do about it", or_null({"type": "string"})),
    }


def _moving() -> Schema:
    return {
        "address": {"$ref": "#/$defs/address"},
        "id": text("The vendor's id of the entity"),
        "fields": many("sides", "What differs, field by field"),
    }


def _unseen() -> Schema:
    return {
        "connection": text("The connection", pattern=whole(NAME)),
        "kind": text("The kind that cannot be read", pattern=whole(NAME)),
        "count": described("How many of it are managed there", {"type": "integer", "minimum": 1}),
    }


def _settled() -> Schema:
    return {
        "address": {"$ref": "#/$defs/address"},
        "request": text("What was asked for: create, update, delete or undelete"),
        "result": text("What the vendor shows of it"),
    }
