"""What the manifests want on each connection: declarations met with the vendors' fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from provisioner.address import Address, Pattern
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.manifest.declarations import Manifests, Origin
from provisioner.plan.members import members, target_of
from provisioner.secrets import SecretRef
from provisioner.values import Attributes, VendorId
from provisioner.vendors.base import Offer, Settings, Vendor


@dataclass(frozen=True)
class Connected:
    """A declared connection: its vendor, its checked settings, the account it leads to.

    ``secrets`` are the references in its settings by dotted path (``api_key``).
    """

    name: str
    vendor: Vendor
    settings: Settings
    account: str
    secrets: Mapping[str, SecretRef]
    origin: Origin


@dataclass(frozen=True)
class Instance:
    """One declaration on one connection, as declared there, defaults included.

    ``attributes`` are flat; a reference is an address as text or ``{"id": …}``, a secret ``{"secret": true, "version":
    N}``, a cleared field None. ``default_from`` says for a defaulted field where the default stands
    (``defaults.agents (acme.yaml:12:3)``). ``ignore`` are the fields under ``ignore_changes``.
    """

    address: Address
    offer: Offer
    vendor: str
    attributes: Attributes
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    default_from: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    prevent_destroy: bool | None = None
    file: str = ""
    origin: Origin | None = None
    paths: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)

    def problem(
        self,
        code: str,
        message: str,
        path: str = "",
        *,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """A diagnostic located at a field of the declaration (or at the declaration)."""
        address = str(self.address)
        if self.origin is None:
            return Diagnostic(code, message, hint=hint, severity=severity, address=address)
        located = self.origin.problem(code, message, self.paths.get(path, ()), hint=hint, severity=severity)
        return replace(located, address=address)

    @cached_property
    def references(self) -> Mapping[str, tuple[Address, ...]]:
        """The declarations that each reference field names; references by id are not in it."""
        found: dict[str, tuple[Address, ...]] = {}
        for path in self.offer.ref_paths & self.attributes.keys():
            spec = self.offer.specs[path]
            kind = spec.ref.kind if spec.ref is not None else ""
            targets = (target_of(item, kind) for item in members(self.attributes[path]))
            found[path] = tuple(Address.parse(target) for target in targets if isinstance(target, str))
        return found


@dataclass(frozen=True)
class GuardLimits:
    """``guards:`` of the manifests: percent of what is managed and an absolute count, None = the built-in figure."""

    percent: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What a ``removed`` or ``moved`` block (``section``) names in one of its members, with the block's place."""

    section: str
    member: str
    pattern: Pattern
    origin: Origin


@dataclass(frozen=True)
class Desired:
    """All that the manifests say, checked: the planner's first input.

    ``config_digest`` is over canonical declarations and connections; comments, order and paths do not change it.
    ``named`` is what ``removed`` and ``moved`` say of the past, for who is to be told where that stands.
    ``notices`` are warnings and notices about the manifests; ``state`` is the section of that name as written, and
    ``state_origin`` where it stands.
    """

    tenant: str
    connections: Mapping[str, Connected]
    instances: Mapping[Address, Instance]
    moved: tuple[tuple[Pattern, Pattern], ...] = ()
    removed: tuple[tuple[Pattern, bool], ...] = ()
    named: tuple[Named, ...] = ()
    imports: Mapping[Address, VendorId] = field(default_factory=dict)
    guards: Mapping[str, GuardLimits] = field(default_factory=dict)
    config_digest: str = ""
    files: tuple[str, ...] = ()
    notices: tuple[Diagnostic, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    state_origin: Origin | None = None


# The building itself stands in ``building.py`` and what that imports, all of which need the values above.


def _no_names() -> Iterable[str]:
    return ()


def check(
    folder: Path,
    find_vendor: Callable[[str], Vendor],
    *,
    vendor_names: Callable[[], Iterable[str]] = _no_names,
    overlays: Sequence[Path] = (),
) -> Desired:
    """What the tenant's folder wants, with warnings in ``notices``; ``overlays`` are merged over its files in order.

    Raises ManifestError with every problem of every file, sorted by place. ``vendor_names`` gives all installed
    vendors, for better hints; it is asked only where there is a problem.
    """
    from provisioner.plan.building import check_folder

    return check_folder(folder, find_vendor, vendor_names, overlays)


def build(
    manifests: Manifests, find_vendor: Callable[[str], Vendor], *, vendor_names: Callable[[], Iterable[str]] = _no_names
) -> tuple[Desired | None, list[Diagnostic]]:
    """What the manifests want, and all that is wrong with them; None where something is an error."""
    from provisioner.plan.building import Installed, build_from

    return build_from(manifests, Installed(find_vendor, vendor_names))
