"""Requests that schemathesis makes up from a vendor's document, and what every answer to them must keep to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import specs

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
_EXAMPLES = 20
# Not among them: that bad data is refused (an API may be lenient where we are not: EQ's A27 and A39), that good data is
# accepted (a schema cannot know what is there, or taken), that an unsupported method is 405 (it is 404 in the sheets).
_CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


def operations(vendor: str) -> list[tuple[str, str]]:
    """Method and path of all that the document describes."""
    paths = specs.load(vendor).document["paths"]
    return [(method, path) for path, item in paths.items() for method in item if method != "parameters"]


def probe(
    vendor: str,
    base_url: str,
    method: str,
    path: str,
    mode: GenerationMode,
    aim: Callable[[Any], Any],
    **request: Any,
) -> None:
    """Sends made-up requests of one operation. ``aim`` gets each one and may point it at what is there."""
    checks = [_held_to_the_document(vendor), *_CHECKS]

    @settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_api(vendor)[path][method].as_strategy(generation_mode=mode).map(aim))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=base_url, checks=checks, **request)

    send()


@lru_cache
def _api(vendor: str) -> Any:
    return schemathesis.openapi.from_dict(dict(specs.load(vendor).document))


def _held_to_the_document(vendor: str) -> Callable[[Any, Any, Any], None]:
    """Our own check, which unlike schemathesis' also wants a body to be empty where none is described."""

    def held_to_the_document(_: Any, response: Any, case: Any) -> None:
        content_type = response.headers.get("content-type", [None])[0]
        specs.check_response(
            specs.load(vendor), case.method, case.operation.path, response.status_code, response.content, content_type
        )

    return held_to_the_document


def without_a_source(vendor: str) -> Iterator[str]:
    """Pointers of operations and schemas whose description does not say how sure it is."""
    document = specs.load(vendor).document
    for method, path in operations(vendor):
        yield from _unsourced(f"{method} {path}", document["paths"][path][method])
    for name, schema in document["components"]["schemas"].items():
        yield from _unsourced(name, schema)


def _unsourced(name: str, described: Mapping[str, Any]) -> Iterator[str]:
    if not described.get("description", "").startswith(("Documented", "Observed", "ASSUMED")):
        yield name
