"""Whatever is asked, FonoUC's simulator keeps to specs/fonouc.yaml, and the document to the fact sheet."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import openapi_spec_validator
import pytest
from schemathesis.generation import GenerationMode

from tests import specs
from tests.simulators import generated
from tests.simulators.clients import FonoucClient

SPEC = specs.load("fonouc")
TOKEN = {"authorization": "Bearer x"}
ACCOUNT = {"x-account-id": "0" * 32}
KEY = {"x-api-key": "x"}
SWITCH = f"/callcenter/admin/agent/{'0' * 32}/login"
QUEUE = {"queueID": "11111111-2222-4333-8444-555555555555"}
SHAPES = [
    {},
    {"envelope": "data", "conference_as": "null", "call_agent_as": "array"},
    {"status_as": "object", "conference_as": "empty", "omitted_fields": ["tags", "agents", "misconfigured_agents"]},
]


@pytest.mark.parametrize("mode", generated.MODES, ids=["sound", "broken"])
@pytest.mark.parametrize(("method", "path"), generated.operations("fonouc"), ids=lambda part: part)
def test_generated_requests(fonouc: FonoucClient, method: str, path: str, mode: GenerationMode) -> None:
    """Sound and broken requests of every operation, the observed writes included, to an account with one of each."""
    user, queue = filled(fonouc)
    fonouc.control.settings(undocumented=True)
    there = {"user_id": user, "queueID": queue, "email": "ana@example.com"}
    aim = partial(aimed, there=there if mode is GenerationMode.POSITIVE else {}, log_in=dict(fonouc.known))
    headers = {} if path == "/login" else fonouc.headers()

    generated.probe("fonouc", fonouc.simulator.base_url, method, path, mode, aim, headers=headers)

    statuses = {each["status"] for each in fonouc.control.log()}
    assert statuses & {200, 201, 204} or mode is GenerationMode.NEGATIVE
    assert statuses <= {200, 201, 204, 400, 401, 404}


def aimed(case: Any, there: dict[str, str], log_in: dict[str, str]) -> Any:
    """The same request for what is there, where it has to name something."""
    if there:
        for parameters in (case.path_parameters or {}, case.query or {}):
            parameters.update({name: there[name] for name in parameters if name in there})
        if case.operation.path == "/login" and len(case.body["username"]) % 2:
            case.body = {name: log_in[name] for name in ("username", "password", "domain")}
    return case


def filled(fonouc: FonoucClient) -> tuple[str, str]:
    """A user and a queue, logged in and on a call."""
    user = fonouc.control.create(
        "user", {"first_name": "Ana", "email": "ana@example.com", "presence_id": "1001", "tags": ["vip"]}
    )
    other = fonouc.control.create("user", {"first_name": "Ben", "email": "ben@example.com"})
    queue = fonouc.control.create(
        "queue",
        {
            "name": "support",
            "extensions": [{"extension": "7000"}],
            "dids": [{"did": "+15550100"}],
            "agents": [{"id": user}, {"id": other}],
            "pre_connect": [{}],
            "after_call_actions_list": [{}],
        },
    )
    calls = [{"queue": queue, "user": user, "caller": {"name": "Kim"}}, {"queue": queue}]
    fonouc.control.settings(calls=calls, logged_in={queue: [user]})
    return user, queue


@pytest.mark.parametrize("shapes", SHAPES)
def test_every_shape_is_described(fonouc: FonoucClient, shapes: dict[str, Any]) -> None:
    """The canonical shapes and those that the parser has to accept; the client checks each answer."""
    filled(fonouc)
    fonouc.control.settings(**shapes)

    answers = [fonouc.get(path) for method, path in generated.operations("fonouc") if method == "get"]

    assert all(answers)


@pytest.mark.parametrize("form", ["text", "message", "error"])
def test_every_refusal_is_described(fonouc: FonoucClient, form: str) -> None:
    """400, 401 and 404 in each of F9's forms."""
    fonouc.control.settings(errors_as=form, undocumented=True)

    statuses = [
        fonouc.log_in(password="").status_code,
        fonouc.log_in(password="wrong").status_code,
        fonouc.call("GET", "/config/users", headers={}).status_code,
        fonouc.call("POST", "/config/users", json={"email": ""}).status_code,
        fonouc.call("DELETE", "/config/users/by_username/a@example.com").status_code,
    ]

    assert statuses == [400, 401, 401, 400, 404]


def test_the_document_is_openapi_and_says_its_sources() -> None:
    """Every operation and schema is documented, observed or assumed, and says which."""
    openapi_spec_validator.validate(dict(SPEC.document))

    assert list(generated.without_a_source("fonouc")) == []


def test_only_the_observed_writes_are_marked_undocumented() -> None:
    """Whoever walks the document can leave them out by their tag."""
    tagged = [
        (method, path)
        for method, path in generated.operations("fonouc")
        if SPEC.document["paths"][path][method]["tags"] == ["undocumented"]
    ]

    assert tagged == [("post", "/config/users"), ("delete", "/config/users/by_username/{email}")]


def test_a_request_as_it_should_be() -> None:
    """With a token or a key, and the account beside either; logging in needs none of them."""
    log_in = b'{"username": "a@example.com", "password": "b", "domain": "c"}'

    specs.check_request(SPEC, "POST", "/login", {}, log_in, "application/json", headers={})
    specs.check_request(SPEC, "GET", "/config/users", {}, headers={**TOKEN, **ACCOUNT})
    specs.check_request(SPEC, "PUT", SWITCH, QUEUE, headers={**KEY, **ACCOUNT})


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "headers", "complaint"),
    [
        ("GET", "/config/users", {}, None, TOKEN, "headers: hold none of token and account / key and account"),
        ("GET", "/config/users", {}, None, ACCOUNT, "headers: hold none of"),
        ("GET", "/config/users", {"page": "1"}, None, {**TOKEN, **ACCOUNT}, "page: is not described"),
        ("POST", "/login", {}, b'{"username": "a", "password": "b"}', {}, "'domain' is a required property"),
        ("PUT", SWITCH, {}, None, {**TOKEN, **ACCOUNT}, "queueID: is missing"),
        ("PUT", SWITCH, {"queueid": QUEUE["queueID"]}, None, {**TOKEN, **ACCOUNT}, "queueID: is missing"),
        ("PUT", SWITCH, QUEUE, b"{}", {**TOKEN, **ACCOUNT}, "no application/json is described"),
        ("PUT", SWITCH.replace("login", "pause"), QUEUE, None, {**TOKEN, **ACCOUNT}, "'pause' is not one of"),
        ("PUT", "/config/queues", {}, None, {**TOKEN, **ACCOUNT}, "no call PUT"),
        ("GET", "/reports/callcenter/queues", {}, None, {**TOKEN, **ACCOUNT}, "no path"),
    ],
)
def test_a_request_that_breaks_the_document(
    method: str, path: str, query: dict[str, str], body: bytes | None, headers: dict[str, str], complaint: str
) -> None:
    """The checker notices each way in which an adapter could be wrong."""
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        specs.check_request(SPEC, method, path, query, body, "application/json", headers=headers)


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "content_type"),
    [
        ("GET", "/config/users", 200, b'[{"id": 5}]', "application/json"),
        ("GET", "/config/queues", 200, b'[{"id": "5"}]', "application/json"),
        ("GET", "/config/users", 401, b"no", "text/plain"),
        ("GET", "/config/users", 400, b"", "text/plain"),
        ("GET", "/config/users", 500, b"{}", "application/json"),
        ("PUT", SWITCH, 204, b"{}", "application/json"),
        ("PUT", SWITCH, 200, b"", None),
        ("POST", "/login", 200, b'{"user": {}, "refresh_token": "x"}', "application/json"),
    ],
)
def test_an_answer_that_breaks_the_document(
    method: str, path: str, status: int, body: bytes, content_type: str | None
) -> None:
    """The checker notices each way in which a simulator could be wrong."""
    with pytest.raises(AssertionError, match=path):
        specs.check_response(SPEC, method, path, status, body, content_type)
