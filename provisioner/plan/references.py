"""References between declarations: each key becomes the address of a resource on the same connection."""

from __future__ import annotations

import graphlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from provisioner.address import Address
from provisioner.diagnostics import NEAR, NEARLY_SAME, Diagnostic, Guesses, listed
from provisioner.plan.desired import Instance
from provisioner.plan.list_problems import list_problems
from provisioner.plan.member_fields import set_apart
from provisioner.plan.members import member_name
from provisioner.values import Value, VendorId, added, addition, to_id

_MOST_RINGS = 20

_LONG = 5
"""From so many characters on two keys of different people are easily alike; of fewer, one slip is a large part."""


@dataclass
class Targets:
    """What can be referred to: all addresses that are declared, whether their fields are good or not.

    ``unsure`` are declarations (kind, key) that exist although nobody can tell where, with an empty key all of a kind;
    ``stray`` are keys under a heading that is no kind, so that any kind may have been meant. With ``whole`` False any
    key may stand in a file that could not be read.
    """

    addresses: Collection[Address]
    unsure: Collection[tuple[str, str]]
    whole: bool
    stray: Collection[str] = ()
    guesses: Guesses = field(default_factory=Guesses)

    @cached_property
    def _connections(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for address in sorted(self.addresses):
            found.setdefault((address.kind, address.key), []).append(address.connection)
        return found

    @cached_property
    def _keys(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for address in sorted(self.addresses):
            found.setdefault((address.kind, address.connection), []).append(address.key)
        return found

    def may_be(self, target: Address) -> bool:
        """True where the target may be declared in a place that something else is wrong with."""
        named = {(target.kind, target.key), (target.kind, "")}
        return not self.whole or target.key in self.stray or not named.isdisjoint(self.unsure)

    def connections(self, target: Address) -> list[str]:
        """The connections on which the target's declaration lives."""
        return self._connections.get((target.kind, target.key), [])

    def guess(self, target: Address) -> str | None:
        """A hint with the key that was probably meant, while there are not too many of them.

        A key that only another kind has may be somebody who is declared as that.
        """
        others = sorted(kind for kind, key in self._connections if key == target.key)
        if others:
            kind = target.kind
            return f"there is {listed(f'{other}.{target.key}' for other in others)}, and this refers to one of {kind}"
        known = self._keys.get((target.kind, target.connection), [])
        likeness = NEAR if len(target.key) < _LONG else NEARLY_SAME
        close = self.guesses.nearest(target.key.casefold(), known, likeness)
        return f"did you mean `{close}`?" if close else None


@dataclass(frozen=True, slots=True)
class Resolved:
    """An instance with addresses for keys; ``whole`` is False where one leads nowhere, be that a problem or not."""

    instance: Instance
    whole: bool = True
    problems: tuple[Diagnostic, ...] = ()


def resolve(instance: Instance, targets: Targets) -> Resolved:
    """The instance with its references resolved, and a problem for each that leads nowhere."""
    paths = instance.offer.ref_paths & instance.attributes.keys()
    if not paths:
        return Resolved(instance)
    resolving = _Resolving(instance, targets)
    changed = {path: resolving.value(path) for path in sorted(paths)}
    for path, value in changed.items():
        resolving.problems += list_problems(instance, path, value)
    changed_instance = replace(instance, attributes={**instance.attributes, **changed})
    if instance.offer.member_paths:
        changed_instance = set_apart(changed_instance)
    return Resolved(changed_instance, resolving.whole, tuple(resolving.problems))


@dataclass
class _Resolving:
    instance: Instance
    targets: Targets
    problems: list[Diagnostic] = field(default_factory=list)
    whole: bool = True

    def value(self, path: str) -> Value:
        """The field's value with addresses in it."""
        ref = self.instance.offer.specs[path].ref
        if ref is None:
            raise AssertionError(f"{path} is no reference")
        return self._resolved(self.instance.attributes[path], ref.kind, path, ())

    def _resolved(self, value: Any, kind: str, path: str, below: tuple[str | int, ...]) -> Value:
        """Keys as addresses, ids as text, and the same within lists, ``{add: […]}`` and members with fields."""
        match value:
            case str():
                return self._address(value, kind, path, below)
            case list():
                return [self._resolved(item, kind, path, (*below, index)) for index, item in enumerate(value)]
            case {"id": int() | str() as vendor_id} if len(value) == 1:
                return to_id(VendorId(str(vendor_id)))
            case {"add": list() as items} if added(value) is not None:
                inside = (*below, "add")
                return addition([self._resolved(item, kind, path, (*inside, at)) for at, item in enumerate(items)])
            case dict() if member_name(kind) in value:
                name = member_name(kind)
                return {**value, name: self._resolved(value[name], kind, path, (*below, name))}
            case None:
                return None
            case _:
                raise AssertionError(f"{path} holds no reference: {value!r}")

    def _address(self, key: str, kind: str, path: str, below: tuple[str | int, ...]) -> str:
        address = Address(kind, key, self.instance.address.connection)
        if address not in self.targets.addresses:
            self.whole = False
            problem = self._missing(address, path, below)
            if problem is not None:
                self.problems.append(problem)
        return address.text

    def _missing(self, target: Address, path: str, below: tuple[str | int, ...]) -> Diagnostic | None:
        if self.targets.may_be(target):
            return None
        elsewhere = self.targets.connections(target)
        if elsewhere:
            message = f"`{target.declaration}` does not live on `{target.connection}`, where this refers to it"
            hint = (
                f"it lives on {', '.join(f'`{name}`' for name in elsewhere)}: add `{target.connection}` to its `on`,"
                " or write `{id: …}` for an entity that no manifest declares"
            )
        else:
            message = f"there is no `{target.declaration}`"
            hint = (
                self.targets.guess(target) or "declare it, or write `{id: …}` for an entity that no manifest declares"
            )
        instance = self.instance
        if instance.origin is None:
            raise AssertionError("an instance of a manifest has an origin")
        where = instance.paths.get(path)
        if where is None:
            default = instance.default_from.get(path, "defaults")
            return instance.origin.problem("unknown_reference", f"{message} (from {default})", hint=hint)
        return instance.origin.problem("unknown_reference", message, (*where, *below), hint=hint)


def cycles(found: Mapping[Address, Instance]) -> Iterator[Diagnostic]:
    """One problem for each ring of references, at the first of its declarations."""
    needs = {
        address: sorted({target for targets in instance.references.values() for target in targets})
        for address, instance in found.items()
        if instance.offer.ref_paths & instance.attributes.keys()
    }
    for _ in range(_MOST_RINGS):
        ring = _ring(needs)
        if ring is None:
            return
        start = min(ring)
        at = ring.index(start)
        ordered = [*ring[at:], *ring[:at], start]
        yield found[start].problem(
            "reference_cycle",
            "these declarations refer to each other in a ring: " + " → ".join(f"`{item}`" for item in ordered),
            hint="take one of the references out, so that one of them can be made first",
        )
        needs[ordered[0]].remove(ordered[1])


def _ring(needs: Mapping[Address, Collection[Address]]) -> list[Address] | None:
    """One ring in the order of reference, or None where there is none."""
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        ring: list[Address] = error.args[1]
        return list(reversed(ring))[:-1]
    return None
