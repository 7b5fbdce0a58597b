"""Whatever is asked, the simulator's answers keep to specs/eq.yaml."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

import openapi_spec_validator
import pytest
from schemathesis.generation import GenerationMode

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running
from tests import specs
from tests.simulators import generated
from tests.simulators.entities import VALID, an_agent

KEY = {"auth_key": "sim-eq-key"}
DOCUMENT = specs.load("eq").document
LIVE = {kind: {"call_queue": "500", "extension": "101"}.get(kind, 1) for kind in VALID}


@pytest.mark.parametrize("mode", generated.MODES, ids=["sound", "broken"])
@pytest.mark.parametrize(("method", "path"), generated.operations("eq"), ids=lambda part: part)
def test_generated_requests(simulator: Running, control: Control, method: str, path: str, mode: GenerationMode) -> None:
    """Sound and broken requests of every operation, to an account that holds one entity of each kind."""
    for kind, data in VALID.items():
        control.create(kind, data())
    control.settings(phones={"101": {"type": "generic"}}, sessions=[{"role": "agent", "user": 1}])
    key = dict(simulator.credentials)["api_key"]
    aim = partial(_aimed, key=LIVE.get(path.split("/")[1]) if mode is GenerationMode.POSITIVE else None)

    generated.probe("eq", simulator.base_url, method, path, mode, aim, params={"auth_key": key})

    assert control.counts()[method.upper()] > 0
    assert control.log()[-1]["status"] in (200, 400, 401, 404)


def _aimed(case: Any, key: str | int | None) -> Any:
    """The same request without an invented session, which would answer 401 to it, and for an item that is there."""
    case.query = {name: value for name, value in (case.query or {}).items() if not name.endswith("_session")}
    if key is not None and case.path_parameters:
        case.path_parameters = dict.fromkeys(case.path_parameters, key)
    return case


def test_the_document_is_openapi() -> None:
    """The document itself is sound."""
    openapi_spec_validator.validate(dict(DOCUMENT))


def test_a_request_as_it_should_be() -> None:
    """The sheet's own example of a create passes, form-encoded and as JSON."""
    spec, data = specs.load("eq"), an_agent(lastName=None, language="en")

    specs.check_request(spec, "POST", "/agent", KEY, urlencode({"data": json.dumps(data)}).encode())
    specs.check_request(spec, "POST", "/agent", KEY, json.dumps({"data": data}).encode(), "application/json")
    specs.check_request(spec, "PUT", "/agent/1", {**KEY, "undelete": "1"})
    specs.check_request(spec, "GET", "/call_queue/500", KEY)


@pytest.mark.parametrize(
    ("method", "path", "query", "data", "complaint"),
    [
        ("POST", "/agent", {}, {}, "auth_key: is missing"),
        ("POST", "/agent", KEY, None, "body: is missing"),
        ("POST", "/agent", KEY, {"number": 101}, "101 is not of type 'string'"),
        ("POST", "/agent", KEY, {"firstname": "Jane"}, "'firstname' was unexpected"),
        ("POST", "/agent", KEY, {"id": 1}, "'id' was unexpected"),
        ("PUT", "/agent/1", {**KEY, "undelete": "0"}, {}, "'1' was expected"),
        ("PUT", "/agent/x", KEY, {}, "'x' is not of type 'integer'"),
        ("PUT", "/agent/1", {**KEY, "dry_run": "1"}, {}, "dry_run: is not described"),
        ("GET", "/agent/1", KEY, {}, "no application/x-www-form-urlencoded is described"),
        ("GET", "/alert/1", KEY, None, "no call GET"),
        ("GET", "/agents", KEY, None, "no path /agents"),
        ("GET", "/phone", KEY, None, "extension: is missing"),
    ],
)
def test_a_request_that_breaks_the_document(
    method: str, path: str, query: dict[str, str], data: dict[str, Any] | None, complaint: str
) -> None:
    """The checker notices each way in which an adapter could be wrong."""
    body = None if data is None else urlencode({"data": json.dumps(an_agent() | data)}).encode()

    with pytest.raises(AssertionError, match=re.escape(complaint)):
        specs.check_request(specs.load("eq"), method, path, query, body)


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "content_type"),
    [
        ("POST", "/agent", 200, b'"1"', "application/json"),
        ("POST", "/agent", 201, b"1", "application/json"),
        ("POST", "/agent", 200, b"1", "text/html"),
        ("PUT", "/agent/1", 200, b"null", "application/json"),
        ("GET", "/agent/1", 200, b"{}", "application/json"),
        ("GET", "/agent/1", 404, b'{"errors": [{"type": "gone"}]}', "application/json"),
    ],
)
def test_an_answer_that_breaks_the_document(
    method: str, path: str, status: int, body: bytes, content_type: str
) -> None:
    """The checker notices each way in which a simulator could be wrong."""
    with pytest.raises(AssertionError, match=path):
        specs.check_response(specs.load("eq"), method, path, status, body, content_type)
