"""The JSON Schema of one vendor's fields or settings, as far as a manifest writes them.

Pydantic's own schema of a model, put in the words of manifests: a secret is a reference, a reference is a key or
``{id: …}``, and what a field means and expects is one description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from provisioner.plan.remarks import remarks
from provisioner.secrets import SecretRef
from provisioner.vendors.fields import ById, FieldSpec

Schema: TypeAlias = dict[str, Any]

_SECRET, _BY_ID = "x-secret", "x-by-id"
_DROPPED = ("title", "default", "required")


def model_properties(model: type[BaseModel], specs: Mapping[str, FieldSpec]) -> dict[str, Schema]:
    """The model's fields by their names in manifests; ``specs`` say what is special about them."""
    whole = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    inlined = _plain(whole, whole.get("$defs", {}))
    return _described(inlined["properties"], specs, "")


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with a mark in the place of our two values that are no models."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        return {_SECRET: True} if schema["cls"] is SecretRef else super().dataclass_schema(schema)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        return {_BY_ID: True} if schema["cls"] is ById else super().model_schema(schema)


def _plain(node: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema without references to definitions of its own, and without what says nothing here."""
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        beside = {name: value for name, value in node.items() if name != "$ref"}
        return _plain({**definitions[node["$ref"].rpartition("/")[2]], **beside}, definitions)
    if _SECRET in node or _BY_ID in node:
        beside = {name: value for name, value in node.items() if name not in (_SECRET, _BY_ID)}
        return {"$ref": "#/$defs/secret" if _SECRET in node else "#/$defs/by_id", **beside}
    if "properties" in node:
        properties = {name: _plain(value, definitions) for name, value in node["properties"].items()}
        rest = _plain({name: value for name, value in node.items() if name != "properties"}, definitions)
        return {**rest, "properties": properties}
    return {
        name: _plain(value, definitions) for name, value in node.items() if name not in _DROPPED and name != "$defs"
    }


def _described(properties: Mapping[str, Schema], specs: Mapping[str, FieldSpec], prefix: str) -> dict[str, Schema]:
    """Each field with one description, and its references to keys."""
    found: dict[str, Schema] = {}
    for name, form in properties.items():
        path = f"{prefix}{name}"
        spec = specs.get(path)
        words = _words(form)
        if spec is not None:
            expected = f"Expected: {spec.expected}" if spec.expected else ""
            words = [spec.description, expected, "; ".join(remarks(spec))]
        bare = _bare(form, spec.ref.kind if spec is not None and spec.ref is not None else None)
        inner = _inner(bare, specs, f"{path}.")
        if spec is not None and spec.roster:
            inner = _or_added_to(inner)
        said = ". ".join(word[:1].upper() + word[1:].rstrip(".") for word in words if word)
        found[name] = {"description": said, **inner} if said else inner
    return found


def _inner(form: Schema, specs: Mapping[str, FieldSpec], prefix: str) -> Schema:
    """A map of fields, alone or beside null, with its own fields described."""
    if "anyOf" in form:
        return {**form, "anyOf": [_inner(option, specs, prefix) for option in form["anyOf"]]}
    if "properties" in form:
        return {**form, "properties": _described(form["properties"], specs, prefix)}
    return form


def _or_added_to(form: Schema) -> Schema:
    """A list of references, alone or beside null, or those that are to be in it whoever else is."""
    options = form.get("anyOf", [form])
    lists = [option for option in options if option.get("type") == "array"]
    alone = [
        {"type": "object", "properties": {"add": one}, "required": ["add"], "additionalProperties": False}
        for one in lists
    ]
    return {"anyOf": [*options, *alone]}


def _words(form: Schema) -> list[str]:
    """What a field's schema says of it, at the top or in one of its options."""
    said = [str(form[name]) for name in ("description", "expected") if name in form]
    return said or [word for option in form.get("anyOf", ()) for word in _words(option)]


def _bare(form: Schema, kind: str | None) -> Schema:
    """The schema without words; with ``kind``, any text in it is a key of that kind."""
    if kind is not None and form.get("type") == "string":
        return {"$ref": f"#/$defs/key_{kind}"}
    bare = {name: value for name, value in form.items() if name not in ("description", "expected")}
    if "anyOf" in bare:
        bare["anyOf"] = [_bare(option, kind) for option in bare["anyOf"]]
    if isinstance(bare.get("items"), dict):
        bare["items"] = _bare(bare["items"], kind)
    return bare
