"""Values that two instances on one connection declare although the vendor allows them once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Position
from provisioner.plan.desired import Instance
from provisioner.values import Value, canonical, folded


def doubles(found: Iterable[Instance]) -> Iterator[Diagnostic]:
    """A problem at every second declaration of a unique value or of a natural key, compared as the vendor compares."""
    first: dict[tuple[object, ...], Instance] = {}
    for instance in found:
        told: set[Address] = set()
        for path, taken in _claims(instance):
            claim = (instance.address.connection, *taken)
            other = first.setdefault(claim, instance)
            if other is instance:
                continue
            first[claim], later = _in_reading_order(other, instance, path)
            if other.address not in told:
                told.add(other.address)
                yield _double(later, first[claim], path)


def _claims(instance: Instance) -> Iterator[tuple[str, tuple[object, ...]]]:
    """What the instance has for itself alone: a path to point at, and what is compared."""
    attributes, kind = instance.attributes, instance.address.kind
    for spec in instance.offer.unique_specs:
        value = attributes.get(spec.path)
        if spec.unique is None or value is None:
            continue
        within = attributes.get(spec.unique.within) if spec.unique.within else None
        yield spec.path, (kind, spec.path, _comparable(value), _comparable(within))
        if spec.unique.space:
            yield spec.path, ("space", spec.unique.space, _comparable(value))
    offer = instance.offer
    if offer.either_key:
        for path, part in zip(offer.key_paths, offer.natural_key(attributes) or (), strict=False):
            if part is not None:
                yield path, (kind, "natural key", path, _comparable(part))
    elif offer.key_paths and offer.natural_key(attributes) is not None:  # without one it has a complaint of its own
        paths = offer.key_paths
        yield paths[-1], (kind, "natural key", *(_comparable(attributes.get(path)) for path in paths))


def _comparable(value: Value) -> object:
    """The value as vendors compare it, hashable."""
    return canonical(folded(value)) if isinstance(value, list | dict) else folded(value)


def _in_reading_order(one: Instance, other: Instance, path: str) -> tuple[Instance, Instance]:
    """The two as people read them: in one file the upper first, whatever their keys are."""
    here, there = (_place(instance, path) for instance in (one, other))
    upside_down = here is not None and there is not None and here.file == there.file and there < here
    return (other, one) if upside_down else (one, other)


def _place(instance: Instance, path: str) -> Position | None:
    return instance.origin.position(instance.paths.get(path, ())) if instance.origin is not None else None


def _double(instance: Instance, other: Instance, path: str) -> Diagnostic:
    value = {**instance.offer.derived(instance.attributes), **instance.attributes}.get(path)
    shown = f"`{path}: {value}`" if isinstance(value, str | int) else f"`{path}`"
    mine, theirs = instance.address.kind, other.address.kind
    place = _place(other, path)
    where = f", at {place}" if place is not None else ""
    return instance.problem(
        "declared_twice",
        f"{shown} is already declared by `{other.address}`{where}",
        path,
        hint="a vendor takes such a value once; capitals and spaces around it do not tell two apart"
        if mine == theirs
        else f"{theirs} and {mine} draw from one set of values at this vendor: give one of the two another",
    )
