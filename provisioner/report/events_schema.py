"""What a line of ``apply --json`` looks like: the schema of format version "1", for programs that read the stream.

``specs/events.schema.json`` is this, written down; a test keeps the two equal. JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import Final

from provisioner.apply.events import Kind, Status
from provisioner.plan.document import BLOCKING, Action
from provisioner.plan.guards import NAMES
from provisioner.plan.schema import schema as plan_schema
from provisioner.plan.schema_words import (
    CLOSED,
    Schema,
    definitions,
    described,
    flag,
    many,
    or_null,
    record,
    text,
    word,
)
from provisioner.report.diagnostics_schema import diagnostic_definitions
from provisioner.report.failure import codes
from provisioner.report.json import FORMAT_VERSION

FORMS: Final = ("planned", "event", "report", "error")
"""The forms that a line can have."""

_COUNT: Schema = {"type": "integer", "minimum": 0}
_TEXT: Schema = or_null({"type": "string"})


def schema() -> Schema:
    """The schema of one line: what any of them may have, and nothing else."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event",
        "description": (
            "One line of the stream that `apply --json` and `destroy --json` write. `type` says which: first "
            "`planned`, then whatever happens, at last `report`, or `error` where the run could not begin or could not "
            "go on. Readers skip a line whose `type` they do not know. Nothing in it is secret." + CLOSED
        ),
        "oneOf": [{"$ref": f"#/$defs/{form}"} for form in FORMS],
        "$defs": {
            "address": definitions()["address"],
            "key": plan_schema()["$defs"]["key"],
            "planned": record(_headed({"const": "planned"}, _planned())),
            "event": record(_headed({"enum": [str(kind) for kind in Kind]}, _event())),
            "report": record(_headed({"const": "report"}, _report())),
            "error": record(_headed({"const": "error"}, _error())),
            "guard": record(_guard()),
            "blocked": record(_blocked()),
            "ended": record(_ended()),
            **diagnostic_definitions(),
        },
    }


def _headed(kind: Schema, members: Schema) -> Schema:
    """The members that every line has, and those of its form."""
    return {
        "format_version": described(
            "Rises when a member goes or changes its meaning, not when one is added", {"const": FORMAT_VERSION}
        ),
        "type": described("What the line is about", kind),
        "at": text("When it was written, ISO 8601 in UTC"),
        **members,
    }


def _planned() -> Schema:
    return {
        "tenant": text("The tenant's name"),
        "digest": text("The plan's `digest`, which tells whether it is the one that was reviewed"),
        "refused": flag(
            "True where a guard, a conflict, an unknown or an error stands in the way: nothing is done then"
        ),
        "summary": plan_schema()["properties"]["summary"],
        "guards": many("guard", "What the guards saw, whether or not it was allowed"),
        "blocked": many("blocked", "The conflicts and unknowns"),
    }


def _guard() -> Schema:
    return {
        "name": described("What `--allow` calls it", {"enum": sorted(NAMES)}),
        "message": text("What it saw"),
        "allowed": flag("True where `--allow` lifts it for this plan"),
    }


def _blocked() -> Schema:
    return {
        "key": {"$ref": "#/$defs/key"},
        "action": word("Why it cannot be done", sorted(BLOCKING)),
    }


def _event() -> Schema:
    return {
        "key": described(
            "The change that it is about, as the plan calls it; null for what is about the run",
            or_null({"type": "string"}),
        ),
        "action": described(
            "What that change does, `none` where it is only noted down; null where no change is meant",
            or_null({"enum": [str(action) for action in Action]}),
        ),
        "status": described("How the change ended; null for all but `change_ended`", or_null(_status())),
        "id": described("The vendor's id of the entity; null where none is known", _TEXT),
        "message": text("A line for people; empty where there is nothing to add. Of `run_started` it is the run's id"),
        "hint": described("What to do; null where nothing can be said", _TEXT),
    }


def _report() -> Schema:
    return {
        "completed": flag("True where every change is done, but for what only a person can do"),
        "failed": flag("True where anything that should have been done was not: the exit code is 1"),
        "interrupted": flag("True where it was asked to stop: the exit code is 1"),
        "resumed": described("How many of the changes an earlier run of this plan had done", _COUNT),
        "restored": described(
            "Addresses that got their old value back, since an exchange could not be completed", _addresses()
        ),
        "left_parked": described("Addresses that still have a temporary value; the next run ends that", _addresses()),
        "counts": described(
            "How many of the changes ended in each way",
            record({str(status): described(_MEANINGS[status], _COUNT) for status in Status}),
        ),
        "changes": many("ended", "All of them in the plan's order; none where nothing was to be done"),
    }


def _ended() -> Schema:
    return {
        "key": {"$ref": "#/$defs/key"},
        "status": described("How it ended", _status()),
        "id": described("The vendor's id of the entity; null where none is known", _TEXT),
        "message": text("Why it ended so, for people; empty where there is nothing to add"),
        "hint": described("What to do; null where nothing can be said", _TEXT),
    }


def _error() -> Schema:
    return {
        "code": described("Why, as a stable word (docs/formats.md)", {"enum": sorted(codes())}),
        "message": text("Why, as a line for people"),
        "hint": described("What to do; null where nothing can be said", _TEXT),
        "diagnostics": many("diagnostic", "What it consists of, each with its place; empty where it is one thing"),
    }


_MEANINGS: Final = {
    Status.DONE: "Made, or found to be made already",
    Status.FAILED: "Tried in vain; nobody may know what became of it",
    Status.STALE: "Left alone, since the entity is not as it was planned with",
    Status.HELD: "Left alone, since the entity is in use right now",
    Status.SKIPPED: "Not begun: it needs what did not come about, or the run was interrupted",
    Status.WAITING: "Not begun: it needs what a person must do first",
    Status.MANUAL: "Left for a person",
}


def _status() -> Schema:
    return {"enum": [str(status) for status in Status]}


def _addresses() -> Schema:
    return {"type": "array", "items": {"$ref": "#/$defs/address"}}
