"""What does a request to EQ say? Query strings and bodies, form-encoded or JSON, become named parameters (A7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from provisioner.simulators.base import Request
from provisioner.simulators.eq.attributes import Problem
from provisioner.simulators.eq.content import Invalid

SECRET_PARAMETERS = frozenset({"auth_key", "auth_supervisor_session", "auth_agent_session"})
SECRET_ATTRIBUTES = frozenset({"password", "secret"})
HIDDEN = "***"


def body_of(request: Request) -> Mapping[str, Any]:
    """The body's parameters; a JSON body that is no object is taken for wrong ``data``. A GET has none (§1)."""
    if not request.body or request.method == "GET":
        return {}
    text = request.body.decode("utf-8", "replace")
    if request.content_type.partition(";")[0].strip().lower() == "application/json":
        parsed = _parsed(text)
        return parsed if isinstance(parsed, dict) else {"data": text}
    return dict(parse_qsl(text, keep_blank_values=True))


def json_parameter(parameters: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object in that parameter: JSON text, or an object where the whole body was JSON. Raises Invalid."""
    value = parameters.get(name)
    if value is None or value == "":
        raise Invalid([Problem(name, "blank")])
    parsed = value if isinstance(value, dict) else _parsed(value)
    if not isinstance(parsed, dict):
        raise Invalid([Problem(name, "invalid")])
    return parsed


def without_secrets(value: Any) -> Any:
    """A decoded body with every secret in it hidden, JSON texts inside it decoded too."""
    if isinstance(value, dict):
        hidden = SECRET_PARAMETERS | SECRET_ATTRIBUTES
        return {name: HIDDEN if name in hidden else without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    if isinstance(value, str) and value.startswith(("{", "[")):
        parsed = _parsed(value)
        return value if parsed is None else without_secrets(parsed)
    return value


def _parsed(text: Any) -> Any:
    """The JSON value, None for what is not JSON; ``NaN`` is not, and neither is what nests without end."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, TypeError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(constant)
