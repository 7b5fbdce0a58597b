"""Values as written against the model that they must fit: what they mean, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import takewhile
from typing import Any

from pydantic import BaseModel, Field, ValidationError, create_model

from provisioner.manifest.source import KeyPath
from provisioner.plan.adding import unwrapped
from provisioner.plan.complaints import Complaint, complaints
from provisioner.plan.shape import Shape
from provisioner.secrets import HOW_TO_WRITE, BadReference, SecretRef, reference


@dataclass
class Checked:
    """What came of one set of values.

    ``model`` holds those that are good, None where that cannot be told; the values complained of, or of which a part
    is, are in ``wrong`` by dotted path. ``added`` are the lists that are written as ``{add: […]}``; the model has them
    plain.
    """

    model: BaseModel | None = None
    secrets: dict[str, SecretRef] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    wrong: dict[str, Any] = field(default_factory=dict)
    added: frozenset[str] = frozenset()


def check_part(shape: Shape, raw: Mapping[str, Any]) -> Checked:
    """The same as ``check_values`` where nothing must be said."""
    return check_values(replace(shape, model=_lenient(shape.model)), raw)


def check_values(shape: Shape, raw: Mapping[str, Any]) -> Checked:
    """The values as the model sees them, their secrets parsed first.

    A bad secret is taken out before the model looks, so that it is complained of once; a cleared one (null) is left to
    the model, which knows whether it may be.
    """
    plain = unwrapped(shape, raw)
    checked = Checked(added=frozenset(".".join(path) for path in plain.paths))
    values = _with_references(shape, plain.values, checked)
    for name in shape.tuples & values.keys():
        if isinstance(values[name], list):
            values = {**values, name: tuple(values[name])}
    try:
        checked.model = shape.model.model_validate(values)
    except ValidationError as error:
        bad = {above for complaint in checked.complaints for above in _above(complaint.path)}
        told = complaints(shape, values, error)
        checked.complaints += [item for item in told if item.path not in bad]
    if checked.complaints:
        _keep_the_good(shape, raw, values, checked)
    checked.complaints = [*map(plain.located, checked.complaints), *plain.complaints]
    checked.wrong |= {".".join(path): value for path, value in plain.wrong.items()}
    return checked


def _above(path: KeyPath) -> Iterator[KeyPath]:
    """The path and all that lead to it."""
    return (path[:length] for length in range(1, len(path) + 1))


def _keep_the_good(shape: Shape, raw: Mapping[str, Any], values: Mapping[str, Any], checked: Checked) -> None:
    """Takes the values out that were complained of, so that more can be said of the others."""
    good = dict(values)
    for path in dict.fromkeys(_names(item) for item in checked.complaints):
        above, found = path[:-1], _at(raw, path)
        checked.wrong[".".join(path)] = found
        holder = _at(good, above)
        if path and isinstance(holder, dict) and path[-1] in holder:
            good = _replaced(good, path, None)
    try:
        checked.model = _lenient(shape.model).model_validate(good)
    except ValidationError:
        checked.model = None


def _names(complaint: Complaint) -> tuple[str, ...]:
    """The way to the field, without what lies inside a list."""
    return tuple(str(part) for part in takewhile(lambda part: isinstance(part, str), complaint.path))


def _at(values: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path, None where nothing does."""
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


@cache
def _lenient(model: type[BaseModel]) -> type[BaseModel]:
    """The model with no field at its top that must be there."""
    optional: dict[str, Any] = {
        name: (info.rebuild_annotation(), Field(None, alias=info.alias))
        for name, info in model.model_fields.items()
        if info.is_required()
    }
    return create_model(model.__name__, __base__=model, **optional) if optional else model


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
