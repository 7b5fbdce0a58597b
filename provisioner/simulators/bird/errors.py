"""How does Bird say that something is wrong? A status, and JSON with a code, a message and perhaps details (A-2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from provisioner.simulators.base import Answer
from provisioner.simulators.bird.checks import Problem

CODES = {
    401: "Unauthenticated",
    403: "AccessDenied",
    404: "NotFound",
    409: "Conflict",
    422: "InvalidPayload",
    429: "TooManyRequests",
}


class Failure(Exception):
    """The request is answered with this status; ``problems`` are the fields that are wrong."""

    def __init__(self, status: int, message: str, problems: Iterable[Problem] = ()) -> None:
        self.status, self.message, self.problems = status, message, tuple(problems)
        super().__init__(status, message, self.problems)


def invalid(problems: Iterable[Problem]) -> Failure:
    """422 with every field that is wrong."""
    return Failure(422, "The request is invalid", problems)


def absent() -> Failure:
    """404 for whatever is not there."""
    return Failure(404, "The resource was not found")


def failed(failure: Failure) -> Answer:
    """The answer that tells it."""
    body: dict[str, Any] = {"code": CODES[failure.status], "message": failure.message}
    details: dict[str, list[str]] = {}
    for path, complaint in failure.problems:
        details.setdefault(path, []).append(complaint)
    return json_answer(failure.status, {**body, "details": details} if details else body)


def json_answer(status: int, value: Any) -> Answer:
    """A value."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(errors="replace"), "application/json")


_THROTTLED = failed(Failure(429, "Too many requests"))
TOO_MANY = Answer(429, _THROTTLED.body, _THROTTLED.content_type, (("retry-after", "1"),))
"""What a request above the limit gets (A-3)."""
