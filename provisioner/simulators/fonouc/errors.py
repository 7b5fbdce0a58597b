"""How does FonoUC say that something is wrong? Plain text; F9's other forms if a person wants them."""

from __future__ import annotations

import json
from typing import Any

from provisioner.simulators.base import Answer, Request
from provisioner.simulators.fonouc.settings import Settings


class Failure(Exception):
    """The request is answered with this status and sentence."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        super().__init__(status, text)


def failed(failure: Failure, settings: Settings) -> Answer:
    """The bare text, or JSON with it under the name that was set."""
    if settings.errors_as != "text":
        return json_answer(failure.status, {settings.errors_as: failure.text.strip()})
    return Answer(failure.status, failure.text.encode(), "text/plain; charset=utf-8")


def json_answer(status: int, value: Any) -> Answer:
    """A value."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")


def json_body(request: Request) -> dict[str, Any]:
    """The object that the request carries. Raises Failure."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Failure(400, "Invalid JSON") from error
    if not isinstance(body, dict):
        raise Failure(400, "Invalid JSON")
    return body
