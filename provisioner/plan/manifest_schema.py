"""The JSON Schema of a tenant's manifests, so that an editor completes and explains them.

Made from what the vendors offer: their fields with descriptions and units, their connections' settings. It is about
one file, and any file may say a part: nothing at the top is required, nor is a field that defaults or another file may
give. What it takes for wrong is wrong; ``validate`` knows more. Keys are offered, not enforced: one that was added a
minute ago is not in the schema yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from provisioner.address import NAME
from provisioner.plan.limits import GUARDS
from provisioner.plan.model_schema import model_properties
from provisioner.state.backends import KEYS, LONGEST_NAME
from provisioner.vendors.base import Vendor

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MOST_KEYS = 1000
"""How many keys of a kind are offered; with more an editor's list helps nobody, and the file grows."""

_NAME = f"^{NAME.pattern}$"
_PART = "[a-z0-9_*?-]+"
_PATTERN = rf"^(\*|{_PART}\.{_PART})(@{_PART})?$"


@dataclass(frozen=True)
class Known:
    """What the schema is made of: the vendors, and of a tenant its connections and keys by kind."""

    vendors: tuple[Vendor, ...]
    connections: Mapping[str, Vendor] = field(default_factory=dict)
    keys: Mapping[str, Iterable[str]] = field(default_factory=dict)

    def having(self, kind: str) -> list[Vendor]:
        return [vendor for vendor in self.vendors if kind in vendor.kinds]

    @property
    def kinds(self) -> list[str]:
        return sorted({kind for vendor in self.vendors for kind in vendor.kinds})


def manifest_schema(known: Known, *, title: str = "Manifest") -> Schema:
    """The schema, the same for the same input; sorted where order means nothing."""
    kinds = known.kinds
    definitions = {
        "secret": _secret(),
        "by_id": _map(
            {"id": _said("What the vendor calls the entity", {"type": ["integer", "string"]})}, needed=["id"]
        ),
        "lifecycle": _lifecycle(),
        "connection": _offered("The name of a connection", known.connections),
    }
    for kind in kinds:
        definitions[f"key_{kind}"] = _offered(f"The key of one of {kind}", known.keys.get(kind, ()))
        for vendor in known.having(kind):
            fields = model_properties(vendor.kinds[kind].fields, vendor.kinds[kind].specs)
            definitions[f"{kind}_at_{vendor.name}"] = _map(fields)
        definitions[kind] = _declaration(kind, known, definitions)
    for vendor in known.vendors:
        definitions[f"connection_{vendor.name}"] = _connection(vendor)
    return {
        "$schema": DIALECT,
        "title": title,
        "type": ["object", "null"],
        "properties": {**_sections(known, definitions), **{kind: _declared(kind) for kind in kinds}},
        "additionalProperties": False,
        "$defs": definitions,
    }


# --- Sections -----------------------------------------------------------------------------------------------------


def _sections(known: Known, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    return {
        "tenant": _said("The tenant's name, once in all files", {"type": "string", "minLength": 1}),
        "connections": _said("Accounts at vendors, by a name of yours", _connections(known)),
        "defaults": _said("What counts as declared where a declaration says nothing", _defaults(known, definitions)),
        "guards": _said("How much a plan may do without being asked about", _guards()),
        "state": _said("Where the record of what is managed is kept", _state()),
        "moved": _blocks("Declarations that were renamed", {"from": _pattern(), "to": _pattern()}, ["from", "to"]),
        "removed": _blocks(
            "What is not managed any more",
            {
                "address": _pattern(),
                "destroy": _said("false lets it go and leaves it at the vendor", {"type": "boolean"}),
            },
            ["address"],
        ),
        "imports": _blocks(
            "Which entity at the vendor a declaration is, bound at the next apply",
            {
                "address": _said("KIND.KEY@CONNECTION", {"type": "string", "pattern": r"^[^.@]+\.[^.@]+@[^.@]+$"}),
                "id": _said("What the vendor calls the entity", {"type": ["integer", "string"]}),
            },
            ["address", "id"],
        ),
    }


def _connections(known: Known) -> Schema:
    any_vendor = {"anyOf": [_ref(f"connection_{vendor.name}") for vendor in known.vendors]}
    named = {name: _ref(f"connection_{vendor.name}") for name, vendor in sorted(known.connections.items())}
    return _by_name(any_vendor if known.vendors else {"type": "object"}, named)


def _connection(vendor: Vendor) -> Schema:
    fields = model_properties(vendor.settings, {})
    fields["vendor"] = _said(vendor.title, {"const": vendor.name})
    return _map(fields)


def _defaults(known: Known, definitions: Mapping[str, Schema]) -> Schema:
    properties: dict[str, Schema] = {"on": _said("Where a resource lives that does not say so", _names())}
    for kind in known.kinds:
        vendors = known.having(kind)
        properties[kind] = _or_null(
            _one_of([_fields_ref(kind, vendor) for vendor in vendors], _shared(kind, vendors, definitions))
        )
        for name, vendor in sorted(known.connections.items()):
            if kind in vendor.kinds:
                properties[f"{kind}@{name}"] = _or_null(_fields_ref(kind, vendor))
    any_kind = "|".join(known.kinds)
    return {
        "type": ["object", "null"],
        "properties": properties,
        "patternProperties": {f"^({any_kind})@{NAME.pattern}$": {"type": ["object", "null"]}},
        "additionalProperties": False,
    }


def _guards() -> Schema:
    figures = _map(
        {
            "percent": _said("Of what is managed, in percent", {"type": "integer", "minimum": 0, "maximum": 100}),
            "count": _said("A number of resources", {"type": "integer", "minimum": 0}),
        }
    )
    return {**_map({name: figures for name in GUARDS}), "type": ["object", "null"]}


def _only(backend: str) -> Schema:
    """What is another back-end's is wrong beside this one's name; what it lacks, another file may say."""
    others = sorted(frozenset[str]().union(*KEYS.values()) - KEYS[backend])
    named = {"properties": {"backend": {"const": backend}}, "required": ["backend"]}
    return {"if": named, "then": {"properties": dict.fromkeys(others, False)}}


def _state() -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {
            "backend": _said("What keeps it", {"enum": sorted(KEYS)}),
            "path": _said("The folder, for `local`", {"type": "string", "minLength": 1}),
            "dsn": _said("Where to get the way to the database, for `postgres`", _ref("secret")),
            "name": _said(
                "What the record is called in the database, for `postgres`",
                {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
            ),
        },
        "additionalProperties": False,
        "allOf": [_only(name) for name in sorted(KEYS)],
    }


# --- Declarations -------------------------------------------------------------------------------------------------


def _declared(kind: str) -> Schema:
    return _said(f"Declarations of {kind}, by a key of yours", _by_name(_ref(kind), {}))


def _declaration(kind: str, known: Known, definitions: Mapping[str, Schema]) -> Schema:
    """Fields of any vendor beside ``on``, those of the connection's vendor under it."""
    vendors = known.having(kind)
    properties = _shared(kind, vendors, definitions)
    properties["on"] = _said("Where it lives: a connection, several, or each with fields of its own", _on(kind, known))
    properties["lifecycle"] = _ref("lifecycle")
    return {**_map(properties), "type": ["object", "null"]}


def _shared(kind: str, vendors: Iterable[Vendor], definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """The fields that any of the vendors has; one that differs may be as any of them has it."""
    forms: dict[str, list[Schema]] = {}
    for vendor in vendors:
        for name, form in definitions[f"{kind}_at_{vendor.name}"]["properties"].items():
            if form not in forms.setdefault(name, []):
                forms[name].append(form)
    return {name: found[0] if len(found) == 1 else {"anyOf": found} for name, found in forms.items()}


def _one_of(refs: list[Schema], shared: dict[str, Schema]) -> Schema:
    return refs[0] if len(refs) == 1 else _map(shared)


def _on(kind: str, known: Known) -> Schema:
    vendors = known.having(kind)
    anywhere = {"anyOf": [*(_fields_ref(kind, vendor) for vendor in vendors), {"type": "null"}]}
    named = {
        name: _or_null(_fields_ref(kind, vendor))
        for name, vendor in sorted(known.connections.items())
        if kind in vendor.kinds
    }
    each = {**_by_name(anywhere, named), "type": "object", "minProperties": 1}
    return {"anyOf": [*_names()["anyOf"], each]}


def _names() -> Schema:
    return {"anyOf": [_ref("connection"), {"type": "array", "minItems": 1, "items": _ref("connection")}]}


def _lifecycle() -> Schema:
    held = _map(
        {
            "prevent_destroy": _said("true refuses to delete it; the state remembers", {"type": ["boolean", "null"]}),
            "ignore_changes": _said(
                "Fields that are sent when it is made and left alone afterwards",
                {"type": ["array", "null"], "items": {"type": "string"}},
            ),
        }
    )
    return {**held, "type": ["object", "null"], "description": "How it may end and change"}


def _secret() -> Schema:
    """A reference in one of three forms; a literal is none."""
    version = _said("Raise it when the secret was rotated", {"type": "integer", "minimum": 1})
    forms = {
        "from_env": _said(
            "The name of an environment variable", {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
        ),
        "from_file": _said("A path, from the tenant's folder on", {"type": "string", "minLength": 1}),
        "from_command": _said(
            "A program and its arguments; runs only where that is allowed",
            {"type": "array", "minItems": 1, "items": {"type": "string"}},
        ),
    }
    one = [_map({name: form, "version": version}, needed=[name]) for name, form in forms.items()]
    # An overlay may raise the version alone.
    alone = _map({"version": version}, needed=["version"])
    return {"description": "Where to get a secret; it never stands in a manifest", "anyOf": [*one, alone]}


# --- Words of the schema language ---------------------------------------------------------------------------------


def _said(description: str, of: Schema) -> Schema:
    return {"description": description, **of}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _fields_ref(kind: str, vendor: Vendor) -> Schema:
    return _ref(f"{kind}_at_{vendor.name}")


def _map(properties: Mapping[str, Schema], needed: Iterable[str] = ()) -> Schema:
    required = {"required": list(needed)} if needed else {}
    return {"type": "object", "properties": dict(properties), **required, "additionalProperties": False}


def _by_name(anything: Schema, named: Mapping[str, Schema]) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": dict(named),
        "additionalProperties": anything,
        "propertyNames": {"pattern": _NAME},
    }


def _blocks(description: str, properties: Mapping[str, Schema], needed: list[str]) -> Schema:
    return _said(description, {"type": ["array", "null"], "items": _map(properties, needed)})


def _pattern() -> Schema:
    return _said("KIND.KEY or KIND.KEY@CONNECTION, `*` for a whole part", {"type": "string", "pattern": _PATTERN})


def _offered(description: str, names: Iterable[str]) -> Schema:
    """Any name, with those that are known for an editor to offer."""
    known = sorted(names)[:MOST_KEYS]
    any_name = {"type": "string", "pattern": _NAME}
    return _said(description, {"anyOf": [{"enum": known}, any_name]} if known else any_name)


def _or_null(of: Schema) -> Schema:
    return {"anyOf": [of, {"type": "null"}]}
