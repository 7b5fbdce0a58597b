"""What an answer of Bird holds, and what it says when it refuses.

Error bodies: specs/bird.yaml, schema ``Error``; their shape is an assumption (A-2), so the status alone decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.errors import Fault
from provisioner.vendors.answers import one_line
from provisioner.vendors.base import Answer
from provisioner.vendors.bird.wire import Unreadable


def object_in(answer: Answer) -> Mapping[str, Any]:
    """The object in an answer; raises Unreadable where there is none."""
    try:
        data = answer.data()
    except ValueError as error:
        raise Unreadable("it is not JSON") from error
    if not isinstance(data, dict):
        raise Unreadable("it is not an object")
    return data


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
        yield Fault(fields.get(first, name), "invalid", one_line(words))
