"""The declared connections: which vendor each is, whether its settings are good, and which account it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from provisioner.diagnostics import Diagnostic, Position, listed, nearest
from provisioner.manifest.declarations import Connection, Manifests
from provisioner.plan.checking import check_values
from provisioner.plan.complaints import Complaint
from provisioner.plan.desired import Connected
from provisioner.plan.locating import locate
from provisioner.plan.shape import shape_of
from provisioner.vendors.base import Settings, UnknownVendor, Vendor

FindVendor = Callable[[str], Vendor]

Everyone = Callable[[], Iterable[Vendor]]
"""All vendors that are installed; asked only where a problem is to be explained."""


@dataclass
class Connections:
    """What is known of the connections: ``good`` ones, and the ``vendors`` of all whose vendor could be found."""

    good: dict[str, Connected] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    problems: list[Diagnostic] = field(default_factory=list)

    @property
    def all_found(self) -> bool:
        """True when the vendor of every declared connection is known."""
        return len(self.vendors) == len(self.declared)


def connect(manifests: Manifests, find_vendor: FindVendor, everyone: Everyone) -> Connections:
    """Every declared connection, checked; two that lead to one account are an error."""
    broken = {name for section, name in manifests.broken if section == "connections"}
    connections = Connections(declared=frozenset({*manifests.connections, *broken}))
    for name in sorted(manifests.connections):
        _connect(manifests.connections[name], find_vendor, everyone, connections)
    if not connections.declared and manifests.whole and not _let_go(manifests):
        connections.problems.append(_none_declared(manifests))
    connections.problems += _shared_accounts(connections.good)
    return connections


def _connect(declared: Connection, find_vendor: FindVendor, everyone: Everyone, connections: Connections) -> None:
    name, raw, origin = declared.name, declared.block.value, declared.block.origin
    written = raw.get("vendor")
    if not isinstance(written, str):
        connections.problems.append(_no_vendor(declared, everyone))
        return
    try:
        vendor = find_vendor(written)
    except UnknownVendor as error:
        connections.problems.append(origin.problem("unknown_vendor", error.message, ("vendor",), hint=error.hint))
        return
    connections.vendors[name] = vendor
    shape = shape_of(vendor.settings)
    checked = check_values(shape, raw)
    connections.problems += [locate(_whose(item, vendor, everyone), origin) for item in checked.complaints]
    if not checked.complaints and isinstance(checked.model, Settings):
        account = vendor.account(checked.model)
        here = vendor.at(checked.model)
        connections.good[name] = Connected(name, here, checked.model, account, checked.secrets, origin)


def _no_vendor(declared: Connection, everyone: Everyone) -> Diagnostic:
    """The complaint about a connection that names no vendor, or has misspelt that word."""
    raw, origin = declared.block.value, declared.block.origin
    message = f"the connection `{declared.name}` must name its vendor"
    misspelt = nearest("vendor", raw) if "vendor" not in raw else None
    if misspelt is not None:
        return origin.problem("vendor", message, (misspelt,), of_key=True, hint=f"write `vendor` for `{misspelt}`")
    names = listed(sorted(vendor.name for vendor in everyone()))
    hint = "add `vendor: NAME`" + (f", with one of {names}" if names else "")
    return origin.problem("vendor", message, ("vendor",) if "vendor" in raw else (), hint=hint)


def _whose(complaint: Complaint, vendor: Vendor, everyone: Everyone) -> Complaint:
    """The complaint about a setting that the vendor does not take, with those who do, and with what it needs itself."""
    if complaint.code != "unknown_field" or len(complaint.path) > 1:
        return complaint
    setting = complaint.path[0]
    takers = sorted(other.name for other in everyone() if setting in shape_of(other.settings).tops)
    if not takers:
        return complaint
    fields = vendor.settings.model_fields
    needed = [name for name, info in fields.items() if info.is_required() and name != "vendor"]
    needs = f"; `{vendor.name}` needs {listed(needed)}" if needed else ""
    return replace(complaint, hint=f"it is a setting of vendor {listed(takers)}{needs}")


def _let_go(manifests: Manifests) -> bool:
    """True for an empty `connections:` with nothing that would live there: the last account is being let go."""
    return "connections" in manifests.written and not manifests.declarations


def _none_declared(manifests: Manifests) -> Diagnostic:
    hint = "add `connections:` with the name, the `vendor` and the credentials of an account"
    for origin in manifests.kinds.values():
        return origin.problem("no_connections", "no connection is declared, so that this would live nowhere", hint=hint)
    first = Position(manifests.files[0], 1, 1)  # nothing else is there to point at: an empty file, say
    hint += "; an empty one, `connections: {}`, says that the last account is let go"
    return Diagnostic("no_connections", "no connection is declared", first, hint=hint)


def _shared_accounts(good: Mapping[str, Connected]) -> list[Diagnostic]:
    first: dict[str, str] = {}
    problems = []
    for name, connected in good.items():
        other = first.setdefault(connected.account, name)
        if other != name:
            problems.append(
                connected.origin.problem(
                    "one_account",
                    f"the connections `{other}` and `{name}` lead to one account",
                    hint=f"keep one of them; `{other}` stands at {good[other].origin.position()}",
                )
            )
    return problems
