"""What a plan's JSON looks like: the schema of format version "1", for programs that read plans.

``specs/plan.schema.json`` is this, written down; a test keeps the two equal. JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from provisioner.diagnostics import Severity
from provisioner.plan.document import FORMAT_VERSION, Action, Step
from provisioner.plan.guards import NAMES

Schema = dict[str, Any]

_NAME: Final = "[a-z0-9][a-z0-9_-]{0,62}"
_ADDRESS: Final = rf"{_NAME}\.{_NAME}@{_NAME}"
_DIGEST: Final = "[0-9a-f]{64}"


def schema() -> Schema:
    """The schema of what ``to_json`` writes: every key that there is, and nothing else."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan",
        "description": (
            "What will be done to each resource of a tenant, in an order that can be executed, and what it was made "
            "from. The same input gives the same bytes. References are addresses, never ids; a missing `before` or "
            "`after` of a field means that there is no value, null that it is cleared; secrets appear as their version."
        ),
        **_record(_plan()),
        "$defs": {
            "address": _text("KIND.KEY@CONNECTION", pattern=_whole(_ADDRESS)),
            "key": _text(
                "What other changes call it: the address, for one step of it with `#park`, `#delete` or `#create`",
                pattern=_whole(rf"{_ADDRESS}(#({'|'.join(Step)}))?"),
            ),
            "value": _value(),
            "attributes": {
                "description": "Declared fields by name; nested maps are taken apart leaf by leaf",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/value"},
            },
            "secret": _described(
                "A secret: never its value, only the version that the manifest gives it",
                _record({"secret": {"const": True}, "version": {"type": "integer"}}),
            ),
            "change": _record(_change()),
            "field": _record(_field(), optional=("before", "after")),
            "guard": _record(_guard()),
            "diagnostic": _record(_diagnostic()),
            "record": _record(_state_record()),
        },
    }


# --- the parts of a plan ------------------------------------------------------------------------------------------


def _plan() -> Schema:
    return {
        "format_version": _described(
            "Rises when a key goes or changes its meaning; a tool reads its own only", {"const": FORMAT_VERSION}
        ),
        "tenant": _text("The tenant's name"),
        "created_at": _text("When it was made, ISO 8601; empty for a plan that was not saved"),
        "tool_version": _text("The version of the tool that made it; empty for a plan that was not saved"),
        "config_digest": _text("SHA-256 of the canonical declarations and connections; apply refuses others"),
        "state": _described(
            "The state that it was made from; apply refuses another",
            _record(
                {
                    "lineage": _text("The state's own id"),
                    "serial": _described("Which of its versions", {"type": "integer", "minimum": 0}),
                }
            ),
        ),
        "accounts": _described(
            "The account behind each connection", {"type": "object", "additionalProperties": {"type": "string"}}
        ),
        "reset_accounts": _texts("Connections whose bindings are dropped first: another account stands behind them"),
        "targets": _texts("The `--target` patterns; a plan with any is partial"),
        "excludes": _texts("The `--exclude` patterns"),
        "allowed": _texts("The `--allow` texts: which guards are lifted, for this plan only"),
        "destroy": _flag("True for a plan that removes all that is managed"),
        "refused": _flag("True where a guard, a conflict, an unknown or an error forbids to apply it"),
        "summary": _described("Addresses, not steps, for each action", _record(_summary())),
        "changes": _many("change", "Every change, each after all that it depends on"),
        "guards": _many("guard", "What the guards saw, whether or not it was allowed"),
        "diagnostics": _many("diagnostic", "Errors, warnings and notices"),
        "records": _many("record", "What the state learns without asking a vendor anything"),
        "digest": _text("SHA-256 of the canonical form of all the other keys", pattern=_whole(_DIGEST)),
    }


def _summary() -> Schema:
    count = {"type": "integer", "minimum": 0}
    return {
        **{str(action): count for action in Action},
        "unmanaged": _described("Entities that nobody manages; null where they were not counted", _or_null(count)),
    }


def _change() -> Schema:
    actions = [action for action in Action if action is not Action.NONE]
    return {
        "key": {"$ref": "#/$defs/key"},
        "address": {"$ref": "#/$defs/address"},
        "kind": _text("The address's kind", pattern=_whole(_NAME)),
        "connection": _text("The address's connection", pattern=_whole(_NAME)),
        "vendor": _text("The connection's vendor; empty where the connection is not declared any more"),
        "action": _word("What is done", actions),
        "step": _described(
            "Which part of the address's change this is, where it has several: parked on a free value so that others "
            "can go first, or one half of a replace",
            _or_null({"enum": [str(step) for step in Step]}),
        ),
        "intent": _described(
            "Of a `manual` change: what a person has to do", _or_null({"enum": [str(action) for action in actions]})
        ),
        "id": _described("The vendor's id of the entity", _or_null({"type": "string"})),
        "reasons": _described(
            "Why, most important first",
            {
                "type": "array",
                "items": _record(
                    {"code": _text("A stable word for programs"), "text": _text("A sentence for people")},
                ),
            },
        ),
        "before": _described(
            "What is there of the declared fields and the natural key, and whether that is a deleted record: these "
            "alone decide whether the change is stale; null where there is nothing",
            _or_null(
                {
                    "type": "object",
                    "properties": {"deleted": {"type": "boolean"}},
                    "required": ["deleted"],
                    "additionalProperties": {"$ref": "#/$defs/value"},
                }
            ),
        ),
        "after": _described("What will be there; null for nothing", _or_null({"$ref": "#/$defs/attributes"})),
        "fields": _many("field", "What changes, field by field"),
        "depends_on": _described(
            "Keys of the changes that must be done first", {"type": "array", "items": {"$ref": "#/$defs/key"}}
        ),
        "included_by": _described(
            "Of a partial plan: the address for whose sake this one is in it", _or_null({"type": "string"})
        ),
        "moved_from": _described(
            "The address under which the state has the entity until now", _or_null({"$ref": "#/$defs/address"})
        ),
        "lost": _described("The id that the state has in vain", _or_null({"type": "string"})),
        "undeletes": _flag("True for the create half of a replace that brings a deleted record back"),
        "file": _text("The manifest that declares it, or declared it last"),
        "prevent_destroy": _flag("True where the manifests or the state forbid to destroy it"),
    }


def _field() -> Schema:
    return {
        "path": _text("The field, dotted where it is nested"),
        "before": {"$ref": "#/$defs/value"},
        "after": {"$ref": "#/$defs/value"},
        "secret": _flag("True where the value is a secret, of which only the version is shown"),
        "manual": _flag("True where only a person can set it, in the vendor's portal"),
        "forces_replace": _flag("True where it cannot be changed in place"),
        "default_from": _described("Where the default stands that the value comes from", _or_null({"type": "string"})),
    }


def _guard() -> Schema:
    return {
        "name": _described("What `--allow` calls it", {"enum": sorted(NAMES)}),
        "message": _text("What it saw"),
        "hint": _text("How to go on"),
        "connection": _described("Where, if that is one connection", _or_null({"type": "string"})),
        "kind": _described("Of which kind, if that is one", _or_null({"type": "string"})),
        "addresses": _texts("What it is about"),
        "allowed": _flag("True where `--allow` lifts it for this plan"),
    }


def _diagnostic() -> Schema:
    place = {"type": "integer", "minimum": 1}
    return {
        "severity": _word("How bad it is", Severity),
        "code": _text("A stable word for programs"),
        "message": _text("One line for people"),
        "address": _described("What it is about", _or_null({"type": "string"})),
        "file": _described("The manifest, relative to the tenant's folder", _or_null({"type": "string"})),
        "line": _described("Counted from 1", _or_null(place)),
        "column": _described("Counted from 1", _or_null(place)),
        "expected": _described("What would have been right", _or_null({"type": "string"})),
        "hint": _described("What to do", _or_null({"type": "string"})),
    }


def _state_record() -> Schema:
    return {
        "address": {"$ref": "#/$defs/address"},
        "released": _texts("Fields that are no longer declared and stay as they are"),
        "prevent_destroy": _flag("What the manifests say now"),
        "file": _text("The manifest that declares it now"),
    }


def _value() -> Schema:
    return _described(
        'What JSON can say. Two maps are values of their own: a secret, and `{"id": "17"}`, which refers to an '
        "entity that is not managed",
        {
            "anyOf": [
                {"type": ["null", "boolean", "number", "string"]},
                {"type": "array", "items": {"$ref": "#/$defs/value"}},
                {"$ref": "#/$defs/secret"},
                {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
            ]
        },
    )


# --- words of the schema language ---------------------------------------------------------------------------------


def _described(description: str, of: Schema) -> Schema:
    return {"description": description, **of}


def _record(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """A map with exactly these keys, all of them required but the optional ones."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _text(description: str, *, pattern: str | None = None) -> Schema:
    return _described(description, {"type": "string", **({"pattern": pattern} if pattern else {})})


def _texts(description: str) -> Schema:
    return _described(description, {"type": "array", "items": {"type": "string"}})


def _flag(description: str) -> Schema:
    return _described(description, {"type": "boolean"})


def _word(description: str, words: Iterable[str]) -> Schema:
    return _described(description, {"enum": [str(word) for word in words]})


def _many(name: str, description: str) -> Schema:
    return _described(description, {"type": "array", "items": {"$ref": f"#/$defs/{name}"}})


def _or_null(of: Schema) -> Schema:
    return {"anyOf": [of, {"type": "null"}]}


def _whole(pattern: str) -> str:
    return f"^{pattern}$"
