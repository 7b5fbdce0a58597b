"""On which connections each declaration lives, and with which offer: ``on``, ``defaults.on``, the only connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, did_you_mean, listed
from provisioner.manifest.declarations import Declaration, Manifests
from provisioner.plan.connecting import Connections
from provisioner.vendors.base import Offer, Vendor

_NO_FIELDS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Placed:
    """A declaration on one connection; ``own`` is what stands under ``on`` for it."""

    address: Address
    declaration: Declaration
    vendor: Vendor
    offer: Offer
    own: Mapping[str, Any]


@dataclass
class Placing:
    """Where everything lives.

    ``unsure`` are declarations (kind, key) that live nowhere, or also where nobody knows which vendor that is.
    """

    placed: list[Placed] = field(default_factory=list)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    problems: list[Diagnostic] = field(default_factory=list)


def place(manifests: Manifests, connections: Connections, unknown_kinds: frozenset[str]) -> Placing:
    """Every declaration of a known kind on its connections, in the order of the declarations."""
    placing = Placing()
    rule = _Rule(manifests, connections)
    for declaration in manifests.declarations:
        if declaration.kind in unknown_kinds:
            continue
        before = len(placing.placed)
        for item in rule.apply(declaration, placing.problems):
            placing.placed.append(item)
        if len(placing.placed) == before or rule.is_unsure(declaration):
            placing.unsure.add((declaration.kind, declaration.key))
    placing.problems += rule.left()
    return placing


class _Rule:
    """Design's rule for one tenant."""

    def __init__(self, manifests: Manifests, connections: Connections) -> None:
        self._connections = connections
        self._names = sorted(connections.declared)
        self._unsure = not manifests.whole or ("defaults", "on") in manifests.broken
        self._default = manifests.defaults.on
        self._problems: list[Diagnostic] = []
        self._named = {name for item in manifests.declarations for name in item.on or ()} | {*(self._default or ())}
        self._sources = {item.source.connection for item in manifests.moved}
        self._overlays = manifests.overlays
        self._homeless: list[Declaration] = []
        if self._default is not None and manifests.defaults.on_origin is not None:
            unknown = [name for name in self._default if name not in connections.declared]
            if not self._unsure:
                self._problems = [
                    manifests.defaults.on_origin.problem(
                        "unknown_connection", f"there is no connection `{name}`", (name,), hint=self._meant(name)
                    )
                    for name in unknown
                ]
            self._default = tuple(name for name in self._default if name not in unknown)

    def apply(self, declaration: Declaration, problems: list[Diagnostic]) -> Iterator[Placed]:
        """The declaration on each of its connections whose vendor is known."""
        if self._problems:
            problems += self._problems
            self._problems = []
        if declaration.on is not None:
            yield from self._explicit(declaration, declaration.on, problems)
            return
        if self._default is not None:
            yield from self._implicit(declaration, self._default, "`defaults.on`", problems)
            return
        if len(self._names) == 1:
            yield from self._implicit(declaration, self._names, "the tenant", problems)
        elif self._names and not self._unsure:
            self._homeless.append(declaration)

    def left(self) -> Iterator[Diagnostic]:
        """What is wrong with the declarations that live nowhere.

        Those that say nothing of it have one cause, and are told once; of an overlay's, each may be a misspelt key.
        """
        silent: list[Declaration] = []
        for declaration in self._homeless:
            place = declaration.origin.position(of_key=True)
            meant = next((name for name in declaration.fields if name.casefold() == "on"), None)
            if meant is not None:
                yield self._other_case(declaration, meant)
            elif place.file in self._overlays:
                yield self._nowhere([declaration])
            else:
                silent.append(declaration)
        if silent:
            yield self._nowhere(sorted(silent, key=lambda declaration: declaration.origin.position(of_key=True)))

    def is_unsure(self, declaration: Declaration) -> bool:
        """True where one of the connections that the declaration names has no vendor that is known."""
        named = declaration.on if declaration.on is not None else self._default or ()
        return not self._connections.vendors.keys() >= set(named)

    def _nowhere(self, silent: Sequence[Declaration]) -> Diagnostic:
        """The complaint about declarations that do not say where they live, at the first of them."""
        first = silent[0]
        many = f" and {len(silent) - 1} more do" if len(silent) > 1 else " does"
        able = self._able({first.kind})
        common = self._able({declaration.kind for declaration in silent}) or able
        hint = f"add `on: {able[0]}` here, or `defaults: {{on: [{common[0]}]}}` for all"
        if len(common) > 1:
            hint += f", or the same with {listed(common[1:], ' or ')}: where they live already, if they do"
        return first.origin.problem(
            "no_on",
            f"`{first.kind}.{first.key}`{many} not say on which connection {'they live' if silent[1:] else 'it lives'}",
            expected=self._expected(first.kind),
            hint=hint,
        )

    def _other_case(self, declaration: Declaration, name: str) -> Diagnostic:
        """The complaint about `On` or `ON`, which may have been meant for `on`."""
        return declaration.origin.problem(
            "no_on",
            f"`{declaration.kind}.{declaration.key}` does not say on which connection it lives",
            (name,),
            of_key=True,
            expected=self._expected(declaration.kind),
            hint=f"write `on` for `{name}`",
        )

    def _expected(self, kind: str) -> str:
        return "`on:` with one or more of " + listed(self._able({kind}))

    def _able(self, kinds: Set[str]) -> list[str]:
        """The connections that can hold the kinds, those among them whose vendor nobody knows."""
        vendors = self._connections.vendors
        return [name for name in self._names if name not in vendors or kinds <= vendors[name].kinds.keys()]

    def _meant(self, name: str) -> str:
        """What to write for a connection that is not there; one that nobody names may be that one's new name."""
        guess = did_you_mean(name, self._names)
        if guess is not None:
            return guess
        every = f"connections: {listed(self._names) or 'none'}"
        unnamed = [one for one in self._names if one not in self._named]
        if len(unnamed) != 1 or name in self._sources:
            return every
        moved = f"moved: [{{from: '*@{name}', to: '*@{unnamed[0]}'}}]"
        return f"{every}; if `{name}` is called `{unnamed[0]}` now, write that here, and once `{moved}`"

    def _having(self, kind: str) -> list[str]:
        """The connections whose vendor has the kind."""
        return [name for name, vendor in sorted(self._connections.vendors.items()) if kind in vendor.kinds]

    def _explicit(
        self, declaration: Declaration, on: Mapping[str, Mapping[str, Any]], problems: list[Diagnostic]
    ) -> Iterator[Placed]:
        for name, own in on.items():
            if name not in self._connections.declared:
                if not self._unsure:
                    problems.append(
                        declaration.origin.problem(
                            "unknown_connection",
                            f"there is no connection `{name}`",
                            ("on", name),
                            of_key=True,
                            hint=self._meant(name),
                        )
                    )
                continue
            vendor = self._connections.vendors.get(name)
            if vendor is None:
                continue
            offer = vendor.kinds.get(declaration.kind)
            if offer is None:
                problems.append(self._lacking(declaration, name, vendor))
                continue
            address = Address(declaration.kind, declaration.key, name)
            yield Placed(address, declaration, vendor, offer, own)

    def _lacking(self, declaration: Declaration, name: str, vendor: Vendor) -> Diagnostic:
        having = self._having(declaration.kind)
        return declaration.origin.problem(
            "no_such_kind",
            f"`{vendor.name}`, the vendor of `{name}`, has no {declaration.kind}",
            ("on", name),
            of_key=True,
            hint=f"{declaration.kind} can live on {listed(having)}" if having else None,
        )

    def _implicit(
        self, declaration: Declaration, names: Iterable[str], where: str, problems: list[Diagnostic]
    ) -> Iterator[Placed]:
        left = 0
        for name in names:
            vendor = self._connections.vendors.get(name)
            offer = vendor.kinds.get(declaration.kind) if vendor is not None else None
            if vendor is None:
                left += 1
            elif offer is not None:
                left += 1
                address = Address(declaration.kind, declaration.key, name)
                yield Placed(address, declaration, vendor, offer, _NO_FIELDS)
        if not left and names:
            having = self._having(declaration.kind)
            places = f", as in `on: {having[0]}`" if having else ""
            problems.append(
                declaration.origin.problem(
                    "no_such_kind",
                    f"no connection of {where} can hold {declaration.kind}",
                    hint=f"say with `on:` where it lives{places}",
                )
            )
