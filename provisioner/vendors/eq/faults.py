"""What EQ says when it refuses, in every shape that is tolerated, as faults with our field names.

Source: specs/eq.yaml, schema ``Errors``; the shape is an assumption, as is each name in it (setting ``error_keys``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.errors import Fault
from provisioner.vendors.answers import one_line
from provisioner.vendors.base import Answer
from provisioner.vendors.eq.settings import ErrorKeys

IN_USE = "in_use"

MEANINGS = {
    IN_USE: "is already in use",
    "nonexistent": "does not exist",
    "blank": "is missing",
    "invalid": "is not valid",
}
"""The types of error that EQ documents for configuration, in words that follow a field's name."""


def faults(answer: Answer, keys: ErrorKeys, fields: Mapping[str, str]) -> tuple[Fault, ...]:
    """The faults that the body names, in its order; none where it cannot be read.

    ``fields`` gives our path for EQ's name; a name that is not in it stays as it is.
    """
    try:
        body = answer.data()
    except ValueError:
        return ()
    return tuple(_fault(item, keys, fields) for item in _items(body, keys) if _is_fault(item, keys))


def _items(body: Any, keys: ErrorKeys) -> Iterator[Any]:
    """The errors in ``{"errors": […]}``, in a bare list, or in one bare object."""
    if isinstance(body, dict) and keys.errors in body:
        body = body[keys.errors]
    if isinstance(body, list):
        yield from body
    else:
        yield body


def _is_fault(item: Any, keys: ErrorKeys) -> bool:
    return isinstance(item, dict) and (isinstance(item.get(keys.type), str) or _parameter(item, keys) is not None)


def _parameter(item: Mapping[str, Any], keys: ErrorKeys) -> str | None:
    """The name that the error is about; EQ calls it a parameter or an attribute."""
    named = (item.get(key) for key in (keys.parameter, "attribute", "field"))
    return next((name for name in named if isinstance(name, str) and name), None)


def _fault(item: Mapping[str, Any], keys: ErrorKeys, fields: Mapping[str, str]) -> Fault:
    name = _parameter(item, keys)
    description = item.get(keys.description)
    return Fault(
        path=None if name is None else fields.get(name, name),
        type=str(item.get(keys.type) or ""),
        description=one_line(description) if isinstance(description, str) else "",
    )


def told(found: tuple[Fault, ...]) -> str:
    """The faults in one line: which field, what about it, and EQ's own words."""
    return "; ".join(_sentence(fault) for fault in found)


def _sentence(fault: Fault) -> str:
    meaning = MEANINGS.get(fault.type, fault.type)
    subject = " ".join(part for part in (f"`{fault.path}`" if fault.path else "", meaning) if part)
    return f"{subject} ({fault.description})" if fault.description else subject
