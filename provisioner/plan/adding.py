"""Lists of references written as ``{add: […]}``: models know the plain list, so that is what they are shown.

No vendor's model knows the form, and every list of references has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.manifest.forms import kind_of
from provisioner.plan.complaints import Complaint
from provisioner.plan.members import members
from provisioner.plan.shape import Shape
from provisioner.values import Attributes, Value, added
from provisioner.vendors.base import Offer

ADD = "add"

EXPECTED = "a list, or {add: […]} for members beside whoever else is one"

Path = tuple[str, ...]


@dataclass
class Unwrapped:
    """Values with plain lists only; ``paths`` are those that were added to, ``wrong`` those whose form is none."""

    values: Mapping[str, Any]
    paths: set[Path] = field(default_factory=set)
    wrong: dict[Path, Any] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def located(self, complaint: Complaint) -> Complaint:
        """The complaint about a plain list where it stands in what was written."""
        for path in self.paths:
            inside = complaint.path[len(path) :]
            if inside and complaint.path[: len(path)] == path:
                return replace(complaint, path=(*path, ADD, *inside))
        return complaint


def unwrapped(shape: Shape, raw: Mapping[str, Any]) -> Unwrapped:
    """The values with each ``{add: […]}`` as its list; one that is misshapen is complained of and taken out."""
    found = Unwrapped(raw)
    for path in shape.rosters:
        value = _at(raw, path)
        if not isinstance(value, dict):
            continue
        told = list(_misshapen(path, value))
        found.complaints += told
        if told:
            found.wrong[path] = value
        else:
            found.paths.add(path)
        found.values = _put(found.values, path, None if told else value[ADD])
    return found


def _misshapen(path: Path, value: Mapping[Any, Any]) -> Iterator[Complaint]:
    """What is wrong with a map in the place of a list."""
    name = ".".join(path)
    if ADD in value and not isinstance(value[ADD], list):
        message = f"`{name}.{ADD}` must be a list, and this is {kind_of(value[ADD])}"
        yield Complaint("wrong_type", (*path, ADD), message, EXPECTED)
    elif ADD not in value and not value:
        yield Complaint("wrong_type", path, f"`{name}` must be a list, and this is {kind_of(value)}", EXPECTED)
    hint = f"whoever is to be a member stands under `{ADD}`; nothing else does"
    for key in value:
        if key != ADD:
            message = f"`{name}` has no `{key}`: it is a list, or names members under `{ADD}`"
            yield Complaint("unknown_key", (*path, str(key)), message, EXPECTED, hint, of_key=True)


def _at(values: Any, path: Path) -> Any:
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _put(values: Mapping[str, Any], path: Path, new: list[Any] | None) -> dict[str, Any]:
    """A copy with a list in that place, or nothing for None; what is not on the way is shared."""
    name, *rest = path
    copy = dict(values)
    if rest:
        copy[name] = _put(values[name], tuple(rest), new)
    elif new is None:
        del copy[name]
    else:
        copy[name] = new
    return copy


def plain_lists(offer: Offer, attributes: Attributes) -> Attributes:
    """The attributes as a vendor's rules know them: with plain lists."""
    paths = [path for path in offer.ref_paths & attributes.keys() if added(attributes[path]) is not None]
    if not paths:
        return attributes
    lists: dict[str, Value] = {path: members(attributes[path]) for path in paths}
    return {**attributes, **lists}
