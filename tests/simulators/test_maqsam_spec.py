"""Whatever is asked, Maqsam's simulator keeps to specs/maqsam.yaml, and the document to the fact sheet."""

from __future__ import annotations

import re
from typing import Any

import openapi_spec_validator
import pytest
from schemathesis.generation import GenerationMode

from tests import specs
from tests.simulators import generated
from tests.simulators.clients import MaqsamClient, basic

SPEC = specs.load("maqsam")
SHAPES = [
    {},
    {"identifier_as": "number", "groups_as": "null", "state_as": "text", "times_as": "iso"},
    {"groups_as": "text", "state_as": "null", "times_as": "createdAt"},
    {"groups_as": "objects", "times_as": "milliseconds", "omitted_fields": ["email", "active"]},
    {"groups_as": "identifiers", "request_ids": False},
]
KEY = basic("sim-maqsam-id", "sim-maqsam-secret")


@pytest.mark.parametrize("mode", generated.MODES, ids=["sound", "broken"])
@pytest.mark.parametrize(("method", "path"), generated.operations("maqsam"), ids=lambda part: part)
def test_generated_requests(maqsam: MaqsamClient, method: str, path: str, mode: GenerationMode) -> None:
    """Sound and broken requests of every operation, to an account with two pages of agents."""
    for place in range(3):
        maqsam.control.create("agent", {"name": "Ana", "email": f"ana{place}@example.com"})
    maqsam.control.settings(page_size=2)

    generated.probe("maqsam", maqsam.simulator.base_url, method, path, mode, as_it_is, headers=maqsam.headers())

    statuses = {each["status"] for each in maqsam.control.log()}
    assert 200 in statuses or mode is GenerationMode.NEGATIVE
    assert statuses <= {200, 401, 404}


def as_it_is(case: Any) -> Any:
    return case


@pytest.mark.parametrize("shapes", SHAPES)
def test_every_shape_is_described(maqsam: MaqsamClient, shapes: dict[str, Any]) -> None:
    """The canonical shapes and those that the parser has to accept, M1 to M4; the client checks each answer."""
    maqsam.control.create("agent", {"name": "Ana", "email": "ana@example.com", "groups": ["Support", "Sales"]})
    maqsam.control.create("agent", {"name": "Ben", "email": "ben@example.com"})
    maqsam.control.settings(**shapes)

    assert len(maqsam.page()) == 2


def test_the_document_is_openapi_and_says_its_sources() -> None:
    """Every operation and schema is documented, observed or assumed, and says which."""
    openapi_spec_validator.validate(dict(SPEC.document))

    assert list(generated.without_a_source("maqsam")) == []


def test_a_request_as_it_should_be() -> None:
    """The first page has no number, the others have; the key is in the header."""
    specs.check_request(SPEC, "GET", "/v1/agents", {}, headers=KEY)
    specs.check_request(SPEC, "GET", "/v1/agents/page/2", {}, headers=KEY)


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "complaint"),
    [
        ("GET", "/v1/agents", {}, {}, "headers: hold none of key"),
        ("GET", "/v1/agents", {}, {"authorization": "Bearer x"}, "headers: hold none of key"),
        ("GET", "/v1/agents", {"page": "2"}, KEY, "page: is not described"),
        ("GET", "/v1/agents/page/-1", {}, KEY, "-1 is less than the minimum"),
        ("GET", "/v1/agents/page/x", {}, KEY, "'x' is not of type 'integer'"),
        ("POST", "/v1/agents", {}, KEY, "no call POST"),
        ("GET", "/agents", {}, KEY, "no path /agents"),
    ],
)
def test_a_request_that_breaks_the_document(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], complaint: str
) -> None:
    """The checker notices each way in which an adapter could be wrong."""
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        specs.check_request(SPEC, method, path, query, headers=headers)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"[]"),
        (200, b'{"result": "success"}'),
        (200, b'{"result": "success", "message": [{"name": "Ana"}]}'),
        (200, b'{"result": "success", "message": [{"identifier": "1", "groups": 5}]}'),
        (200, b'{"result": "success", "message": [{"identifier": "1", "state": {"state": "Busy"}}]}'),
        (401, b'{"error": "Unauthorized"}'),
        (429, b""),
    ],
)
def test_an_answer_that_breaks_the_document(status: int, body: bytes) -> None:
    """The checker notices each way in which a simulator could be wrong."""
    with pytest.raises(AssertionError, match="/v1/agents"):
        specs.check_response(SPEC, "GET", "/v1/agents", status, body, "application/json")
