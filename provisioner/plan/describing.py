"""How would a manifest declare an entity that is there already? What the vendor shows, without what is its default."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.manifest.traps import has_control_character
from provisioner.plan.checking import check_values
from provisioner.plan.complaints import Complaint
from provisioner.plan.members import target_of, with_target
from provisioner.plan.naming import singular
from provisioner.plan.shape import shape_of
from provisioner.values import Attributes, Value, id_in
from provisioner.vendors.base import Offer, each_value
from provisioner.vendors.fields import FieldSpec, Mark

CONTROL = "it holds a control character"

UNDECLARABLE = frozenset({Mark.RUN_TIME, Mark.READ_ONLY, Mark.MATCH_ONLY})


@dataclass(frozen=True)
class Speaker:
    """What names things in one account's declarations.

    ``key_of(kind, id)`` is the key of a declared entity, None for any other; ``variable(path)`` the environment
    variable for the secret of the entity that is being described.
    """

    key_of: Callable[[str, str], str | None]
    variable: Callable[[str], str]


@dataclass(frozen=True)
class Described:
    """A declaration's fields, nested, in the order of the vendor's; ``left_out`` are paths that it cannot say, and why.

    ``problem`` says why the entity cannot be declared at all; the fields are empty then.
    """

    fields: Mapping[str, Any]
    left_out: Mapping[str, str]
    problem: str | None = None


def describe(
    offer: Offer,
    defaults: Attributes,
    attributes: Attributes,
    speaker: Speaker,
    *,
    without: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
) -> Described:
    """The entity as a declaration that a plan would not change anything for.

    Its key, what a create needs, secrets by the variables to take them from, and what differs from the ``defaults`` of
    a create. ``without`` are paths to leave out (with the reason), ``keep`` some to declare although they are default.
    """
    flat = _flat(offer, defaults, attributes, speaker, frozenset(keep))
    left_out = {**_unwritable(flat), **(without or {})}
    if left_out.keys() & set(offer.key_paths):
        return Described({}, {}, CONTROL)
    flat = {path: value for path, value in flat.items() if path not in left_out}
    while True:
        complaints = check_values(shape_of(offer.fields), _nested(flat)).complaints
        if not complaints:
            return _whole(offer, flat, left_out)
        for complaint in complaints:
            path = _declared(complaint, flat)
            if path is None or path in offer.key_paths:
                return Described({}, {}, f"{complaint.message}{_wanted(complaint)}")
            left_out[path] = f"{complaint.message}{_wanted(complaint)}"
        flat = {path: value for path, value in flat.items() if path not in left_out}


def _unwritable(flat: Mapping[str, Any]) -> dict[str, str]:
    """The values that no manifest takes, whatever the vendor's rules are."""
    return {path: CONTROL for path, value in flat.items() if isinstance(value, str) and has_control_character(value)}


def _whole(offer: Offer, flat: Mapping[str, Any], left_out: Mapping[str, str]) -> Described:
    if offer.either_key and offer.natural_key(flat) is None:
        return Described({}, {}, f"it has none of {', '.join(f'`{path}`' for path in offer.key_paths)}")
    problem = next(iter(offer.rules(flat)), None)
    if problem is not None:
        return Described({}, {}, problem.message)
    return Described(_nested(flat), left_out)


def _flat(
    offer: Offer, defaults: Attributes, attributes: Attributes, speaker: Speaker, keep: frozenset[str]
) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for path, spec in offer.specs.items():
        if spec.secret:
            if spec.marks & {Mark.CREATE_REQUIRED, Mark.BLANKED} and _has_place(path, attributes):
                flat[path] = {"from_env": speaker.variable(path)}
        elif path in attributes and _is_declarable(spec, offer):
            value = attributes[path]
            if offer.either_key and spec.has(Mark.NATURAL_KEY):
                value = next(iter(each_value(value)), None)
            needed = path in keep or spec.marks & {Mark.NATURAL_KEY, Mark.CREATE_REQUIRED}
            if needed or path not in defaults or value != defaults[path]:
                flat[path] = _spoken(value, spec, speaker)
        elif defaults.get(path, ...) is None:
            _say_that_it_is_there(path, flat, attributes, offer)
    order = list(offer.specs)
    return {path: flat[path] for path in sorted(flat, key=order.index)}


def _is_declarable(spec: FieldSpec, offer: Offer) -> bool:
    """Whether a declaration of the field is of use: what an update cannot set is not, unless nothing can be set at all.

    Of a kind of which nothing that lasts can be set, a declaration says what is to be there; a person sees to it.
    """
    kept = frozenset() if offer.lasting else frozenset({Mark.READ_ONLY})
    return spec.has(Mark.NATURAL_KEY) or not spec.marks & (UNDECLARABLE - kept)


def _has_place(path: str, attributes: Attributes) -> bool:
    """True at the top, and in a map that the entity has: a secret of a mailbox that is not there would make one."""
    parent = path.rpartition(".")[0]
    return not parent or any(name.startswith(f"{parent}.") for name in attributes)


def _say_that_it_is_there(path: str, flat: dict[str, Any], attributes: Attributes, offer: Offer) -> None:
    """A map that is null by default is declared by one of its fields, though all of them are as they would be."""
    below = [name for name in offer.specs if name.startswith(f"{path}.")]
    there = [name for name in below if name in attributes]
    blanked = any(offer.specs[name].has(Mark.BLANKED) for name in below)
    if there and not blanked:
        flat[there[0]] = attributes[there[0]]


def _spoken(value: Value, spec: FieldSpec, speaker: Speaker) -> Any:
    """The value with references as keys."""
    if spec.ref is None:
        return value
    kind = spec.ref.kind
    if isinstance(value, list):
        return [_spoken(item, spec, speaker) for item in value]
    vendor_id = id_in(target_of(value, kind))
    if vendor_id is None:
        return value
    by_id: Value = {"id": int(vendor_id) if vendor_id.isdecimal() else vendor_id}
    return with_target(value, kind, speaker.key_of(kind, vendor_id) or by_id)


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths as maps, in the order given."""
    root: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, name = path.split(".")
        place = root
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = value
    return root


def _declared(complaint: Complaint, flat: Mapping[str, Any]) -> str | None:
    """The declared field that a complaint is about."""
    parts = [str(part) for part in complaint.path]
    return next((path for end in range(len(parts), 0, -1) if (path := ".".join(parts[:end])) in flat), None)


def _wanted(complaint: Complaint) -> str:
    return f"; a manifest takes {complaint.expected}" if complaint.expected else ""


def who(kind: str, offer: Offer, attributes: Attributes) -> str:
    """The entity in words: ``agent 1001 (Jane Roe)``."""
    paths = offer.key_paths[:1] if offer.either_key else offer.key_paths
    key = " ".join(str(attributes.get(path)) for path in paths if attributes.get(path) is not None)
    names = [attributes.get(path) for path in ("first_name", "last_name", "name") if path not in paths]
    name = " ".join(str(part) for part in names if part)
    return f"{singular(kind).replace('_', ' ')} {key}" + (f" ({name})" if name else "")
