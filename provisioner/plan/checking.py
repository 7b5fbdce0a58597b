"""Values as written against the model that they must fit: what they mean, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from provisioner.plan.complaints import Complaint, complaints
from provisioner.plan.shape import Shape
from provisioner.secrets import HOW_TO_WRITE, BadReference, SecretRef, reference


@dataclass
class Checked:
    """What came of one set of values; ``model`` is None where there are complaints."""

    model: BaseModel | None = None
    secrets: dict[str, SecretRef] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)


def check_values(shape: Shape, raw: Mapping[str, Any]) -> Checked:
    """The values as the model sees them, their secrets parsed first.

    A bad secret is taken out before the model looks, so that it is complained of once; a cleared one (null) is left to
    the model, which knows whether it may be.
    """
    checked = Checked()
    values = _with_references(shape, raw, checked)
    for name in shape.tuples & values.keys():
        if isinstance(values[name], list):
            values = {**values, name: tuple(values[name])}
    try:
        checked.model = shape.model.model_validate(values)
    except ValidationError as error:
        bad = {complaint.path for complaint in checked.complaints}
        told = complaints(shape, values, error)
        checked.complaints += [item for item in told if item.path not in bad]
    if checked.complaints:
        checked.model = None
    return checked


def _with_references(shape: Shape, raw: Mapping[str, Any], checked: Checked) -> Mapping[str, Any]:
    values: Mapping[str, Any] = raw
    for path in shape.secrets:
        holder: Any = values
        for name in path[:-1]:
            holder = holder.get(name) if isinstance(holder, dict) else None
        if not isinstance(holder, Mapping) or holder.get(path[-1]) is None:
            continue
        try:
            parsed = reference(holder[path[-1]])
        except BadReference as error:
            checked.complaints.append(_bad(path, error))
            values = _replaced(values, path, None)
        else:
            checked.secrets[".".join(path)] = parsed
            values = _replaced(values, path, parsed)
    return values


def _bad(path: tuple[str, ...], error: BadReference) -> Complaint:
    name = ".".join(path)
    at = (error.at,) if error.at else ()
    return Complaint(error.code, (*path, *at), f"`{name}`: {error.message}", HOW_TO_WRITE, error.hint)


def _replaced(values: Mapping[str, Any], path: tuple[str, ...], new: SecretRef | None) -> dict[str, Any]:
    """A copy with the value at ``path`` replaced, or taken out for None; what is not on the way is shared."""
    name, *rest = path
    copy = dict(values)
    if rest:
        copy[name] = _replaced(values[name], tuple(rest), new)
    elif new is None:
        del copy[name]
    else:
        copy[name] = new
    return copy
