"""The values that fields hold, in plan, state and adapters alike: what JSON can say.

An entity's attributes are kept flat: dotted path → leaf (``recording.on_demand`` → ``true``), because nested maps
are owned leaf by leaf. Three leaves look like maps and are not taken apart: a secret, ``{"secret": true, "version":
2}``, a reference to an unmanaged entity, ``{"id": "17"}``, and a list that is added to, ``{"add": […]}``. A reference
to a declaration is its address as text; which paths are references is said by the Offer. Lists and maps in values are
never changed in place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import NewType, TypeAlias

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Attributes: TypeAlias = Mapping[str, Value]

VendorId = NewType("VendorId", str)
"""What the vendor calls an entity, as text (an integer id is ``"17"``)."""


def secret(version: int) -> Value:
    """What plan and state show in place of a secret: its version."""
    return {"secret": True, "version": version}


def is_secret(value: Value) -> bool:
    """True for what ``secret`` makes."""
    return isinstance(value, dict) and value.get("secret") is True and value.keys() == {"secret", "version"}


def to_id(vendor_id: VendorId) -> Value:
    """A reference to an entity by what the vendor calls it."""
    return {"id": vendor_id}


def id_in(value: Value) -> VendorId | None:
    """The vendor id in a reference by id, or None for any other value."""
    if isinstance(value, dict) and value.keys() == {"id"}:
        return VendorId(str(value["id"]))
    return None


def addition(members: list[Value]) -> Value:
    """A list of references that is not exclusive: these are members, whoever else is one."""
    return {"add": members}


def added(value: Value) -> list[Value] | None:
    """The members in what ``addition`` makes, or None for any other value."""
    if isinstance(value, dict) and value.keys() == {"add"}:
        members = value["add"]
        return members if isinstance(members, list) else None
    return None


def _is_leaf(value: Value) -> bool:
    return (
        not isinstance(value, dict)
        or not value
        or is_secret(value)
        or id_in(value) is not None
        or added(value) is not None
    )


def flatten(nested: Mapping[str, Value], prefix: str = "") -> dict[str, Value]:
    """Nested maps as dotted paths; an empty map, a secret, a reference by id and an addition are leaves."""
    return dict(_leaves(nested, prefix))


def _leaves(nested: Mapping[str, Value], prefix: str) -> Iterator[tuple[str, Value]]:
    for name, value in nested.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and not _is_leaf(value):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def nest(attributes: Attributes) -> dict[str, Value]:
    """The inverse of ``flatten``, keys sorted."""
    root: dict[str, Value] = {}
    for path in sorted(attributes):
        *parents, name = path.split(".")
        place = root
        for parent in parents:
            inner = place.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise AssertionError(f"{path} lies below a leaf")
            place = inner
        place[name] = attributes[path]
    return root


def overlaid(there: Attributes, declared: Attributes) -> dict[str, Value]:
    """Declared leaves over what is there: a map set to null loses its leaves, a leaf brings a null map back."""
    result = dict(there)
    for path, value in declared.items():
        for inner in [name for name in result if name.startswith(f"{path}.")]:
            del result[inner]
        for parent in parents(path):
            if parent in result and result[parent] is None:
                del result[parent]
        result[path] = value
    return result


def parents(path: str) -> Iterator[str]:
    """The maps that a dotted path lies in, the nearest first."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value: sorted keys, no white space, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def folded(value: Value) -> Value:
    """The value as vendors compare keys: text trimmed and case-folded, the rest as it is."""
    return value.strip().casefold() if isinstance(value, str) else value
