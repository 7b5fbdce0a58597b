"""From a tenant's folder to what it wants on each connection, or to every problem in it.

In this order, each step going on with what the ones before could use: the files, the connections, the kinds, where
each declaration lives, its fields, its references, what the vendors' rules say. A step says nothing about what an
earlier one has already complained of.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import merge
from pathlib import Path

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Position, Severity, did_you_mean
from provisioner.errors import ManifestError
from provisioner.manifest.declarations import Manifests
from provisioner.manifest.loading import load
from provisioner.manifest.sections import SECTIONS
from provisioner.plan.blocks import bindings, block_problems, kinds_named
from provisioner.plan.connecting import Connections, FindVendor, connect
from provisioner.plan.desired import Desired, Instance, Named
from provisioner.plan.doubles import doubles
from provisioner.plan.fingerprint import config_digest
from provisioner.plan.instances import Faulty, instances, rule_problems
from provisioner.plan.limits import guard_limits, state_problems
from provisioner.plan.merging import default_problems
from provisioner.plan.misspelt import strays_told, without_consequences
from provisioner.plan.placing import Placing, place
from provisioner.plan.references import Targets, cycles, resolve
from provisioner.plan.shape import shape_of
from provisioner.vendors.base import UnknownVendor, Vendor

VendorNames = Callable[[], Iterable[str]]


@dataclass
class Installed:
    """The vendors that can be asked. All of them are loaded only where a problem is to be explained."""

    find: FindVendor
    names: VendorNames

    @cached_property
    def all(self) -> tuple[Vendor, ...]:
        """Every vendor that loads; one that does not is not this run's business."""
        found = []
        for name in self.names():
            try:
                found.append(self.find(name))
            except UnknownVendor:
                continue
        return tuple(found)

    def secret_names(self) -> frozenset[str]:
        """The names of all secret fields and settings, so that no quoted line shows a literal."""
        return self._secret_names

    @cached_property
    def _secret_names(self) -> frozenset[str]:
        models = [model for vendor in self.all for model in (vendor.settings, *_models(vendor))]
        return frozenset(path[-1] for model in models for path in shape_of(model).secrets)


def _models(vendor: Vendor) -> Iterator[type]:
    return (offer.fields for offer in vendor.kinds.values())


def check_folder(
    folder: Path, find_vendor: FindVendor, vendor_names: VendorNames, overlays: Sequence[Path] = ()
) -> Desired:
    """What the folder wants; raises ManifestError with every problem, in the order of files and lines."""
    installed = Installed(find_vendor, vendor_names)
    with _no_collection():
        manifests, problems = load(folder, overlays=overlays, secret_names=installed.secret_names)
        desired = None
        if manifests is not None:
            desired, more = build_from(manifests, installed)
            problems = problems + more
    told = in_order(problems)
    if desired is None or any(problem.severity is Severity.ERROR for problem in told):
        raise ManifestError(told)
    return desired


@contextmanager
def _no_collection() -> Iterator[None]:
    """Garbage collection stands still meanwhile: everything that is made here stays, and is looked over in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def in_order(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each problem once, by file, line and column.

    At one place, a field's own complaint says more than the general one about leading zeros.
    """
    unique = _distinct(problems)
    places = {problem.position for problem in unique if problem.code != _LESS_TELLING}
    kept = [problem for problem in unique if problem.code != _LESS_TELLING or problem.position not in places]
    return tuple(sorted(kept, key=_order))


_LESS_TELLING = "leading_zero"


def _distinct(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each problem once, also where many instances have it; it is then no single one's."""
    seen: dict[tuple[Position | None, str, str], Diagnostic] = {}
    for problem in problems:
        name = (problem.position, problem.code, problem.message)
        first = seen.setdefault(name, problem)
        if first.address != problem.address:
            seen[name] = replace(first, address=None)
    return list(seen.values())


def _order(problem: Diagnostic) -> tuple[Position, str, str]:
    return problem.position or Position("", 0, 0), problem.code, problem.message


def build_from(manifests: Manifests, installed: Installed) -> tuple[Desired | None, list[Diagnostic]]:
    """What the manifests want, and all that is wrong with them; None where there are errors."""
    manifests = without_consequences(manifests, lambda: _installed_kinds(installed))
    connections = connect(manifests, installed.find, lambda: installed.all)
    problems = [*_tenant(manifests), *connections.problems]
    kinds = _kinds(connections, manifests, installed)
    unknown = frozenset(kind for kind in manifests.kinds if kind not in kinds)
    problems += [_unknown_kind(kind, manifests, kinds, installed) for kind in sorted(unknown)]
    problems += [problem for kind, problem in manifests.malformed if kind not in unknown]
    placing = place(manifests, connections, unknown)
    problems += placing.problems
    problems += default_problems(manifests, connections, kinds)
    made = instances(manifests, placing, connections.vendors)
    problems += made.problems
    addresses = {item.address: None for item in placing.placed}
    targets = _targets(addresses.keys(), manifests, placing, unknown)
    results = [resolve(made.good[address], targets) for address in sorted(made.good)]
    problems += [problem for result in results for problem in result.problems]
    everything = [result.instance for result in results]
    faulty = [replace(item, instance=_told(item, targets, problems)) for _, item in sorted(made.faulty.items())]
    comparable = merge(everything, (item.comparable for item in faulty), key=lambda item: item.address)
    problems += [*rule_problems(everything, faulty), *doubles(comparable)]
    resolved = {result.instance.address: result.instance for result in results if result.whole}
    problems += cycles(resolved)
    if manifests.whole:
        known = kinds if kinds_named(manifests) <= kinds else kinds | _installed_kinds(installed)
        problems += block_problems(manifests, addresses.keys(), made.good, known)
    limits, guard_problems = guard_limits(manifests.guards)
    problems += [*guard_problems, *state_problems(manifests.state)]
    if any(problem.severity is Severity.ERROR for problem in problems):
        return None, strays_told(manifests, problems)
    desired = Desired(
        tenant=manifests.tenant,
        connections=connections.good,
        instances=resolved,
        moved=tuple((item.source, item.target) for item in manifests.moved),
        removed=tuple((item.address, item.destroy) for item in manifests.removed),
        named=(
            *(Named("removed", "address", item.address, item.origin) for item in manifests.removed),
            *(Named("moved", "from", item.source, item.origin) for item in manifests.moved),
        ),
        imports=bindings(manifests.imports, resolved.keys()),
        guards=limits,
        config_digest=config_digest(manifests, resolved.values()),
        notices=in_order(problems),
        state=dict(manifests.state.value) if manifests.state else {},
        state_origin=manifests.state.origin if manifests.state else None,
        files=manifests.files,
    )
    return desired, problems


def _targets(
    addresses: Collection[Address], manifests: Manifests, placing: Placing, unknown: Collection[str]
) -> Targets:
    """What references may lead to; a heading that is no kind (``queus:``) may stand for whichever was meant."""
    named = {(item.kind, item.key) for item in manifests.declarations} | manifests.broken
    stray = frozenset(key for kind, key in named if kind in unknown)
    return Targets(addresses, manifests.broken | placing.unsure, manifests.whole and "" not in stray, stray)


def _told(item: Faulty, targets: Targets, problems: list[Diagnostic]) -> Instance:
    """A faulty instance with the references that are good resolved; the others are told."""
    resolved = resolve(item.instance, targets)
    problems += resolved.problems
    return resolved.instance


def _tenant(manifests: Manifests) -> list[Diagnostic]:
    if manifests.tenant or not manifests.whole or ("tenant", "") in manifests.broken:
        return []
    return [
        Diagnostic(
            "no_tenant",
            "no manifest says which tenant this is",
            Position(manifests.files[0], 1, 1),
            expected="`tenant: NAME` in one of the files",
            hint="add `tenant: acme` at the top",
        )
    ]


def _kinds(connections: Connections, manifests: Manifests, installed: Installed) -> frozenset[str]:
    """The kinds that the tenant's vendors have; those of all vendors where a connection could not be understood."""
    kinds = {kind for vendor in connections.vendors.values() for kind in vendor.kinds}
    if not connections.all_found or not connections.declared or not manifests.whole:
        kinds |= {kind for vendor in installed.all for kind in vendor.kinds}
        if not kinds:
            kinds |= manifests.kinds.keys()
    return frozenset(kinds)


def _installed_kinds(installed: Installed) -> frozenset[str]:
    return frozenset(kind for vendor in installed.all for kind in vendor.kinds)


def _unknown_kind(kind: str, manifests: Manifests, kinds: Collection[str], installed: Installed) -> Diagnostic:
    origin = manifests.kinds[kind]
    having = sorted(vendor.name for vendor in installed.all if kind in vendor.kinds)
    known = sorted({*kinds, *SECTIONS})
    if having:
        return origin.problem(
            "unknown_kind",
            f"no connection of the tenant has {kind}",
            hint=f"{kind} can live on a connection of vendor {', '.join(f'`{name}`' for name in having)}",
        )
    every = {*known, *(other for vendor in installed.all for other in vendor.kinds)}
    return origin.problem(
        "unknown_kind",
        f"`{kind}` is neither a section nor a kind",
        expected="one of " + ", ".join(f"`{name}`" for name in known),
        hint=did_you_mean(kind, known) or did_you_mean(kind, every),
    )
