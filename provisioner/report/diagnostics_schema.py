"""What diagnostics look like as JSON: the schema of format version "1", for programs that read them.

``specs/diagnostics.schema.json`` is this, written down; a test keeps the two equal. JSON Schema 2020-12.
"""

from __future__ import annotations

from provisioner.diagnostics import Severity
from provisioner.plan.schema_words import CLOSED, Schema, described, flag, many, or_null, record, text, word
from provisioner.report.diagnostics import FORMAT_VERSION


def schema() -> Schema:
    """The schema of what stands on stdout with ``--format json`` where there are problems, and nothing but them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Diagnostics",
        "description": (
            "What is wrong with a tenant's manifests or a table, or why a command has no result. Every member is "
            "there; what is not known is null. No secret is shown: one that somebody wrote out is masked in `source`."
            + CLOSED
        ),
        **record(
            {
                "format_version": described(
                    "Rises when a member goes or changes its meaning, not when one is added", {"const": FORMAT_VERSION}
                ),
                "valid": flag("True where none of them is an error"),
                "errors": described("How many are errors", _COUNT),
                "warnings": described("How many are warnings", _COUNT),
                "notices": described("How many are notices", _COUNT),
                "diagnostics": many("diagnostic", "All of them"),
            }
        ),
        "$defs": diagnostic_definitions(),
    }


def diagnostic_definitions() -> dict[str, Schema]:
    """One diagnostic with all that is known of it, for ``$defs``."""
    return {"diagnostic": record(_diagnostic())}


_COUNT: Schema = {"type": "integer", "minimum": 0}
_PLACE: Schema = or_null({"type": "integer", "minimum": 1})
_TEXT: Schema = or_null({"type": "string"})


def _diagnostic() -> Schema:
    return {
        "severity": word("How bad it is: an `error` stands in the way, a `warning` and a `notice` do not", Severity),
        "code": text(
            "A stable word for programs; of a command that has no result it says why (docs/formats.md)",
            pattern="^[a-z][a-z0-9_]*$",
        ),
        "message": text("One line for people, which may be worded in another way tomorrow"),
        "file": described(
            "The file, relative to the tenant's folder, with `/`; a table as it was typed; null without a place", _TEXT
        ),
        "line": described("Its line, counted from 1; null without a place", _PLACE),
        "column": described("Its column in characters, counted from 1; null without a place", _PLACE),
        "width": described(
            "How many characters from there it is about; null without a place",
            or_null({"type": "integer", "minimum": 0}),
        ),
        "source": described("That line of the file; null where there is none to show", _TEXT),
        "expected": described("What would have been right; null where nothing can be said", _TEXT),
        "hint": described("What to do; null where nothing can be said", _TEXT),
        "address": described("The address that it is about; null where that is none or several", _TEXT),
    }
