"""What an answer of Bird holds, and what it says when it refuses.

Error bodies: specs/bird.yaml, schema ``Error``; their shape is an assumption (A-2), so the status alone decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.errors import Fault, VendorFailed
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.bird.wire import Unreadable

EXCERPT = 200
"""How many characters are shown of an answer that is not what the document says."""


def object_in(answer: Answer) -> Mapping[str, Any]:
    """The object in an answer; raises Unreadable where there is none."""
    try:
        data = answer.data()
    except ValueError as error:
        raise Unreadable("it is not JSON") from error
    if not isinstance(data, dict):
        raise Unreadable("it is not an object")
    return data


def unusable(request: Request, answer: Answer, connection: str, why: ValueError) -> VendorFailed:
    """A success of a read that holds something else than what was asked for: it proves nothing."""
    return VendorFailed(
        f"the answer to {request.call} cannot be used: {why}",
        connection=connection,
        call=request.call,
        status=answer.status,
        words=one_line(answer.body)[:EXCERPT],
    )


def message(answer: Answer) -> str:
    """Bird's own words about a refusal, on one line; the body's beginning where it is not the assumed one."""
    try:
        said = object_in(answer).get("message")
    except Unreadable:
        said = None
    return one_line(said if isinstance(said, str) and said else answer.body)[:EXCERPT]


def faults(answer: Answer, fields: Mapping[str, str]) -> tuple[Fault, ...]:
    """What a refusal says of single fields; ``fields`` gives our path for Bird's name, others stay as they are."""
    try:
        details = object_in(answer).get("details")
    except Unreadable:
        return ()
    return tuple(_faults(details, fields)) if isinstance(details, Mapping) else ()


def _faults(details: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[Fault]:
    for name, said in details.items():
        first = re.split(r"[.\[]", name, maxsplit=1)[0]
        words = "; ".join(str(item) for item in said) if isinstance(said, list) else str(said)
        yield Fault(fields.get(first, name), "invalid", one_line(words)[:EXCERPT])


def one_line(text: str) -> str:
    """The text without line breaks, and without a full stop at its end."""
    return " ".join(text.split()).removesuffix(".")
