"""Does an HTTP exchange keep to a vendor's OpenAPI document in ``specs/``?

Simulators and adapters are both held against the same document, so that neither can read it in its own way. Both
checks raise AssertionError with every violation in it, JSON pointers included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parent.parent / "specs"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Spec:
    """One OpenAPI document, ready to check with."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._registry: Registry[Any] = Registry().with_resource(
            "spec:", Resource(contents=document, specification=DRAFT202012)
        )
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        paths = sorted(self.document["paths"], key=lambda path: path.count("{"))  # literal paths win
        return [(re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)), path) for path in paths]

    def template(self, path: str) -> str:
        """The document's path that ``path``, which starts below the base URL, is one of."""
        for pattern, template in self._templates:
            if pattern.fullmatch(path):
                return template
        raise AssertionError(f"no path {path}")

    def operation(self, method: str, path: str) -> tuple[str, Mapping[str, Any]]:
        """The JSON pointer of the operation, and the operation."""
        template = self.template(path)
        operation = self.document["paths"][template].get(method.lower())
        assert operation is not None, f"no call {method} {template}"
        return f"/paths/{_escaped(template)}/{method.lower()}", operation

    def resolved(self, pointer: str, value: Any) -> tuple[str, Any]:
        """``value`` at ``pointer``, or what it refers to."""
        while isinstance(value, dict) and "$ref" in value:
            pointer = value["$ref"].removeprefix("#")
            value = self.document
            for step in pointer.split("/")[1:]:
                value = value[step.replace("~1", "/").replace("~0", "~")]
        return pointer, value

    def violations(self, pointer: str, instance: Any) -> list[str]:
        """What is wrong with ``instance`` by the schema at ``pointer``, JSON texts inside it included."""
        if pointer not in self._validators:
            self._validators[pointer] = Draft202012Validator(
                {"$ref": f"spec:#{_quoted(pointer)}"}, registry=self._registry
            )
        errors = [f"{error.json_path}: {error.message}" for error in self._validators[pointer].iter_errors(instance)]
        return errors + list(self._inside(pointer, instance))

    def _inside(self, pointer: str, instance: Any) -> Iterator[str]:
        """Violations inside parameters that hold JSON text (``contentSchema``)."""
        where, schema = self.resolved(pointer, self._at(pointer))
        if not isinstance(instance, dict):
            return
        for name, value in instance.items():
            inner = schema.get("properties", {}).get(name, {})
            if "contentSchema" in inner and isinstance(value, str):
                try:
                    parsed = json.loads(value)
                except ValueError as error:
                    yield f"{name}: no JSON: {error}"
                    continue
                found = self.violations(f"{where}/properties/{name}/contentSchema", parsed)
                yield from (f"{name} {each}" for each in found)

    def _at(self, pointer: str) -> Any:
        return self.resolved("", {"$ref": f"#{pointer}"})[1]


@lru_cache
def load(vendor: str) -> Spec:
    """The document of that vendor."""
    return Spec(YAML(typ="safe").load(FOLDER / f"{vendor}.yaml"))


def check_request(
    spec: Spec,
    method: str,
    path: str,
    query: Mapping[str, str],
    body: bytes | None = None,
    content_type: str = FORM,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Hold a request against the document: path (below the base URL), query, security parameters and body.

    Where ``headers`` are given, the credentials in them, too.
    """
    pointer, operation = spec.operation(method, path)
    problems = list(_query_violations(spec, method, path, query)) + list(_path_violations(spec, pointer, path))
    if headers is not None:
        problems += _credential_violations(spec, operation, headers)
    where, described = spec.resolved(f"{pointer}/requestBody", operation.get("requestBody"))
    if body:
        media_type = content_type.partition(";")[0].strip().lower()
        if described is None or media_type not in described["content"]:
            problems.append(f"body: no {media_type} is described")
        else:
            schema = f"{where}/content/{_escaped(media_type)}/schema"
            problems += [f"body {each}" for each in spec.violations(schema, _decoded(body, media_type))]
    elif described is not None and described.get("required"):
        problems.append("body: is missing")
    assert not problems, f"{method} {path}: " + "; ".join(problems)


def check_response(
    spec: Spec, method: str, path: str, status: int, body: bytes, content_type: str | None = None
) -> None:
    """Hold an answer against the document: status, content type and body."""
    pointer, operation = spec.operation(method, path)
    responses = operation["responses"]
    assert str(status) in responses, f"{method} {path}: status {status} is not described"
    where, described = spec.resolved(f"{pointer}/responses/{status}", responses[str(status)])
    content = described.get("content")
    if content is None:
        assert not body, f"{method} {path}: {status} has no body, got {body[:200]!r}"
        return
    media_type = (content_type or "").partition(";")[0].strip().lower()
    assert media_type in content, f"{method} {path}: {status} is not {media_type or 'without a type'}"
    problems = spec.violations(f"{where}/content/{_escaped(media_type)}/schema", _decoded(body, media_type))
    assert not problems, f"{method} {path}: {status} " + "; ".join(problems)


def _query_violations(spec: Spec, method: str, path: str, query: Mapping[str, str]) -> Iterator[str]:
    security = _security_parameters(spec)
    yield from (f"query {name}: is missing" for name in security - set(query))
    parameters = {each["name"]: (where, each) for where, each in _parameters(spec, method, path, "query")}
    for name in set(query) - set(parameters) - security:
        yield f"query {name}: is not described"
    for name, (where, parameter) in parameters.items():
        if name in query:
            value = _typed(spec, f"{where}/schema", query[name])
            yield from (f"query {name} {each}" for each in spec.violations(f"{where}/schema", value))
        elif parameter.get("required"):
            yield f"query {name}: is missing"


def _path_violations(spec: Spec, pointer: str, path: str) -> Iterator[str]:
    template = spec.template(path)
    names = re.findall(r"\{(\w+)\}", template)
    match = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", template), path)
    values = dict(zip(names, match.groups() if match else (), strict=True))
    for where, parameter in _parameters(spec, pointer.rsplit("/", 1)[1], path, "path"):
        value = _typed(spec, f"{where}/schema", values[parameter["name"]])
        found = spec.violations(f"{where}/schema", value)
        yield from (f"path {parameter['name']} {each}" for each in found)


def _parameters(spec: Spec, method: str, path: str, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    template = spec.template(path)
    item = spec.document["paths"][template]
    for owner, holder in (("", item), (f"/{method.lower()}", item[method.lower()])):
        for number, parameter in enumerate(holder.get("parameters", [])):
            where = f"/paths/{_escaped(template)}{owner}/parameters/{number}"
            found = spec.resolved(where, parameter)
            if found[1]["in"] == place:
                yield found


def _credential_violations(spec: Spec, operation: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[str]:
    """One of the alternatives must be there, with all of its parts."""
    schemes = spec.document["components"].get("securitySchemes", {})
    alternatives = operation.get("security", spec.document.get("security", []))
    carried = {name.lower(): value for name, value in headers.items()}
    if alternatives and not any(all(_is_carried(schemes[name], carried) for name in each) for each in alternatives):
        yield f"headers: hold none of {' / '.join(' and '.join(each) for each in alternatives)}"


def _is_carried(scheme: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    if scheme["type"] == "http":
        return headers.get("authorization", "").lower().startswith(f"{scheme['scheme'].lower()} ")
    return scheme["in"] != "header" or scheme["name"].lower() in headers


def _security_parameters(spec: Spec) -> set[str]:
    """Query parameters that every request must carry."""
    schemes = spec.document["components"].get("securitySchemes", {})
    needed = {name for each in spec.document.get("security", []) for name in each}
    return {schemes[name]["name"] for name in needed if schemes[name].get("in") == "query"}


def _typed(spec: Spec, pointer: str, text: str) -> Any:
    """A parameter's text as what its schema wants, if it can be that; of an array it is the only element."""
    _, schema = spec.resolved(pointer, spec._at(pointer))
    match schema.get("type"):
        case "integer" if re.fullmatch("-?[0-9]+", text):
            return int(text)
        case "boolean" if text in ("true", "false"):
            return text == "true"
        case "array":
            return [text]
    return text


def _decoded(body: bytes, media_type: str) -> Any:
    if media_type == JSON:
        return json.loads(body)
    if media_type == FORM:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    return body.decode()


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _quoted(pointer: str) -> str:
    return pointer.replace("{", "%7B").replace("}", "%7D")
