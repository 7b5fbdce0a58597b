"""What a plan's JSON looks like: the schema of format version "1", for programs that read plans.

``specs/plan.schema.json`` is this, written down; a test keeps the two equal. JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import Final

from provisioner.diagnostics import Severity
from provisioner.plan.document import Action, Step
from provisioner.plan.document_json import FORMAT_VERSION
from provisioner.plan.drift_schema import MEANINGS, drift_definitions
from provisioner.plan.guards import NAMES
from provisioner.plan.schema_words import (
    ADDRESS,
    CLOSED,
    NAME,
    Schema,
    definitions,
    described,
    flag,
    many,
    or_null,
    record,
    text,
    texts,
    whole,
    word,
)

_DIGEST: Final = "[0-9a-f]{64}"


def schema() -> Schema:
    """The schema of what ``to_json`` writes: every key that there is, and nothing else."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan",
        "description": (
            "What will be done to each resource of a tenant, in an order that can be executed, and what it was made "
            "from. The same input gives the same bytes. References are addresses, and of what nobody manages "
            "`{id: ...}`; a missing `before` or `after` of a field means that there is no value, null that it is "
            "cleared; secrets appear as their version."
            " A list of references that is only added to is `{add: [...]}`, in `before` those members that it names or "
            "named: whoever stands there and not in `after` is taken out." + CLOSED
        ),
        **record(_plan(), optional=("kept_accounts", "refresh_only", "no_refresh", "drift", "names", "seats", "kinds")),
        "$defs": {
            **definitions(),
            "key": text(
                "What other changes call it: the address, for one step of it with `#park`, `#delete` or `#create`",
                pattern=whole(rf"{ADDRESS}(#({'|'.join(Step)}))?"),
            ),
            "attributes": {
                "description": "Declared fields by name; nested maps are taken apart leaf by leaf",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/value"},
            },
            "change": record(_change(), optional=("blanks", "for_good")),
            "field": record(_field(), optional=("before", "after", "run_time", *MEANINGS)),
            "guard": record(_guard()),
            "diagnostic": record(_diagnostic()),
            "record": record(_state_record(), optional=("agreed",)),
            "agreed": record(_agreed()),
            "seats": record(_seats()),
            **drift_definitions(),
        },
    }


# --- the parts of a plan ------------------------------------------------------------------------------------------


def _plan() -> Schema:
    return {
        "format_version": described(
            "Rises when a key goes or changes its meaning; a tool reads its own only", {"const": FORMAT_VERSION}
        ),
        "tenant": text("The tenant's name"),
        "created_at": text("When it was made, ISO 8601; empty for a plan that was not saved"),
        "tool_version": text("The version of the tool that made it; empty for a plan that was not saved"),
        "config_digest": text("SHA-256 of the canonical declarations and connections; apply refuses others"),
        "state": described(
            "The state that it was made from; apply refuses another",
            record(
                {
                    "lineage": text("The state's own id"),
                    "serial": described("Which of its versions", {"type": "integer", "minimum": 0}),
                }
            ),
        ),
        "accounts": described(
            "The account behind each connection", {"type": "object", "additionalProperties": {"type": "string"}}
        ),
        "reset_accounts": texts("Connections whose bindings are dropped first: another account stands behind them"),
        "kept_accounts": texts("Connections whose bindings move to the new account, which showed all of them"),
        "targets": texts("The `--target` patterns; a plan with any is partial"),
        "excludes": texts("The `--exclude` patterns"),
        "allowed": texts("The `--allow` texts: which guards are lifted, for this plan only"),
        "destroy": flag("True for a plan that removes all that is managed"),
        "refused": flag("True where a guard, a conflict, an unknown or an error forbids to apply it"),
        "summary": described("Addresses, not steps, for each action", record(_summary())),
        "changes": many("change", "Every change, each after all that it depends on"),
        "guards": many("guard", "What the guards saw, whether or not it was allowed"),
        "diagnostics": many("diagnostic", "Errors, warnings and notices"),
        "records": many("record", "What the state learns without asking a vendor anything"),
        "refresh_only": described("Only where the plan brings nothing but the record up to date", {"const": True}),
        "no_refresh": described(
            "Only where no vendor was asked: what is there was taken for what was last applied", {"const": True}
        ),
        "drift": many(
            "drifted",
            "Only with `refresh_only`: what is not as last applied. What `changed` is recorded as it is now, what is "
            "`deleted` or `gone` is forgotten; the rest stays on record as it is",
        ),
        "names": described(
            "What people call whatever the fields refer to: by address, or by kind, connection and id "
            "(`agents@pbx#17`) where nobody manages it; only of what has a name",
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        "seats": many("seats", "What licences hold; only of those that were asked about, since the plan takes a seat"),
        "kinds": described(
            "The kinds of the changes, in the order in which reports tell of them: people first, then queues",
            {"type": "array", "items": record(_kind(), optional=("one",))},
        ),
        "digest": text("SHA-256 of the canonical form of all the other keys", pattern=whole(_DIGEST)),
    }


def _kind() -> Schema:
    return {
        "kind": text("As in addresses", pattern=whole(NAME)),
        "people": flag("True where its entities are persons"),
        "one": text("How a sentence calls one of it; only where its own word does not say it"),
    }


def _summary() -> Schema:
    count = {"type": "integer", "minimum": 0}
    return {
        **{str(action): described(_COUNTED[action], count) for action in Action},
        "unmanaged": described("Entities that nobody manages; null where they were not counted", or_null(count)),
    }


_COUNTED: Final = {
    Action.CREATE: "Made anew",
    Action.ADOPT: "There already, and managed from now on",
    Action.UPDATE: "Changed in place",
    Action.REPLACE: "Deleted and made again",
    Action.UNDELETE: "Deleted, and brought back",
    Action.DELETE: "Deleted",
    Action.FORGET: "Not managed any more; nothing is sent",
    Action.NONE: "As declared; not in `changes`",
    Action.MANUAL: "Left for a person",
    Action.CONFLICT: "Claimed twice, or not the same person: the plan is refused",
    Action.UNKNOWN: "Of which nobody can tell now: the plan is refused",
}


def _change() -> Schema:
    actions = [action for action in Action if action is not Action.NONE]
    return {
        "key": {"$ref": "#/$defs/key"},
        "address": {"$ref": "#/$defs/address"},
        "kind": text("The address's kind", pattern=whole(NAME)),
        "connection": text("The address's connection", pattern=whole(NAME)),
        "vendor": text("The connection's vendor; empty where the connection is not declared any more"),
        "action": word("What is done", actions),
        "step": described(
            "Which part of the address's change this is, where it has several: parked on a free value so that others "
            "can go first, or one half of a replace",
            or_null({"enum": [str(step) for step in Step]}),
        ),
        "intent": described(
            "Of a `manual` change: what a person has to do", or_null({"enum": [str(action) for action in actions]})
        ),
        "id": described("The vendor's id of the entity", or_null({"type": "string"})),
        "reasons": described(
            "Why, most important first",
            {
                "type": "array",
                "items": record(
                    {"code": text("A stable word for programs"), "text": text("A sentence for people")},
                ),
            },
        ),
        "before": described(
            "What is there of the declared fields and the natural key, and whether that is a deleted record: these "
            "alone decide whether the change is stale; null where there is nothing",
            or_null(
                {
                    "type": "object",
                    "properties": {"deleted": flag("True for a deleted record that the vendor keeps")},
                    "required": ["deleted"],
                    "additionalProperties": {"$ref": "#/$defs/value"},
                }
            ),
        ),
        "after": described("What will be there; null for nothing", or_null({"$ref": "#/$defs/attributes"})),
        "fields": many("field", "What changes, field by field"),
        "depends_on": described(
            "Keys of the changes that must be done first", {"type": "array", "items": {"$ref": "#/$defs/key"}}
        ),
        "included_by": described(
            "Of a partial plan: the address for whose sake this one is in it", or_null({"type": "string"})
        ),
        "moved_from": described(
            "The address under which the state has the entity until now", or_null({"$ref": "#/$defs/address"})
        ),
        "lost": described("The id that the state has in vain", or_null({"type": "string"})),
        "undeletes": flag("True for the create half of a replace that brings a deleted record back"),
        "file": text("The manifest that declares it, or declared it last"),
        "prevent_destroy": flag("True where the manifests or the state forbid to destroy it"),
        "blanks": texts("Secrets that nobody declares and that are sent blank; only where there are any"),
        "for_good": described("Only for a delete of which the vendor keeps nothing to bring back", {"const": True}),
    }


def _field() -> Schema:
    return {
        "path": text("The field, dotted where it is nested"),
        "before": described(
            "What is there; missing where there is no value, null for empty", {"$ref": "#/$defs/value"}
        ),
        "after": described("What will be there; missing as above, null where it is cleared", {"$ref": "#/$defs/value"}),
        "secret": flag("True where the value is a secret, of which only the version is shown"),
        "manual": flag("True where only a person can set it, in the vendor's portal"),
        "forces_replace": flag("True where it cannot be changed in place"),
        "default_from": described("Where the default stands that the value comes from", or_null({"type": "string"})),
        "run_time": described("Only for what changes by itself, so that it need not stay as set", {"const": True}),
        **MEANINGS,
    }


def _seats() -> Schema:
    count = {"type": "integer", "minimum": 0}
    return {
        "connection": text("The connection whose account it is", pattern=whole(NAME)),
        "kind": text("What is counted: a kind, or several"),
        "licensed": described("How many there may be", count),
        "in_use": described("How many there were when the plan was made", count),
        "after": described("How many there will be after it", count),
    }


def _guard() -> Schema:
    return {
        "name": described("What `--allow` calls it", {"enum": sorted(NAMES)}),
        "message": text("What it saw"),
        "hint": text("How to go on"),
        "connection": described("Where, if that is one connection", or_null({"type": "string"})),
        "kind": described("Of which kind, if that is one", or_null({"type": "string"})),
        "addresses": texts("What it is about"),
        "allowed": flag("True where `--allow` lifts it for this plan"),
    }


def _diagnostic() -> Schema:
    place = {"type": "integer", "minimum": 1}
    return {
        "severity": word("How bad it is", Severity),
        "code": text("A stable word for programs"),
        "message": text("One line for people"),
        "address": described("What it is about", or_null({"type": "string"})),
        "file": described("The manifest, relative to the tenant's folder", or_null({"type": "string"})),
        "line": described("Counted from 1", or_null(place)),
        "column": described("Counted from 1", or_null(place)),
        "expected": described("What would have been right", or_null({"type": "string"})),
        "hint": described("What to do", or_null({"type": "string"})),
    }


def _state_record() -> Schema:
    return {
        "address": {"$ref": "#/$defs/address"},
        "released": texts("Fields that are no longer declared and stay as they are"),
        "prevent_destroy": flag("What the manifests say now"),
        "file": text("The manifest that declares it now"),
        "agreed": described(
            "Only where a vendor shows as declared what the state does not know", {"$ref": "#/$defs/agreed"}
        ),
    }


def _agreed() -> Schema:
    return {
        "attributes": described(
            "Fields that the vendor shows as they are declared, and that count as last applied from now on though "
            "nobody sent them; only where there are any",
            {"$ref": "#/$defs/attributes"},
        ),
        "references": described(
            "The vendor's ids of what those of them refer to: one, a list of them, or null",
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
        ),
        "natural_key": described("The natural key with them", {"type": "array", "items": {"$ref": "#/$defs/value"}}),
    }
