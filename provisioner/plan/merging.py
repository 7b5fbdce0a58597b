"""Which fields an instance has: its own, those beside ``on``, then defaults, in this order and leaf by leaf."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.diagnostics import Diagnostic, did_you_mean, listed
from provisioner.manifest.declarations import Block, Manifests, Origin
from provisioner.manifest.source import KeyPath
from provisioner.plan.checking import check_part
from provisioner.plan.complaints import Complaint, above, unknown_among
from provisioner.plan.connecting import Connections
from provisioner.plan.locating import locate
from provisioner.plan.placing import Placed
from provisioner.plan.shape import Shape, shape_of
from provisioner.vendors.base import Vendor

_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Layer:
    """Defaults for a kind on one connection, without what its vendor lacks.

    ``origins`` lead from a flat path to the block that it stands in, ``sources`` to the text for plans.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, tuple[Origin, KeyPath]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


NO_DEFAULTS = Layer()


def layer(manifests: Manifests, kind: str, connection: str, shape: Shape) -> Layer:
    """The defaults that hold for a kind on a connection; ``kind@connection`` wins over ``kind``."""
    general = manifests.defaults.kinds.get((kind, None))
    special = manifests.defaults.kinds.get((kind, connection))
    if general is None and special is None:
        return NO_DEFAULTS
    fields: dict[str, Any] = {}
    origins: dict[str, tuple[Origin, KeyPath]] = {}
    sources: dict[str, str] = {}
    for name, block in ((kind, general), (f"{kind}@{connection}", special)):
        if block is not None:
            own = known_part(shape, block.value)
            fields = overlaid(shape, fields, own)
            for path, _ in shape.paths_of(own):
                flat = ".".join(map(str, path))
                origins[flat] = (block.origin, path)
                sources[flat] = f"defaults.{name} ({block.origin.position(path)})"
    return Layer(fields, origins, sources)


def overlaid(shape: Shape, below: Mapping[str, Any], above: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """Both maps as one, ``above`` winning; maps of fields are merged leaf by leaf."""
    merged = {**below, **above}
    for name in below.keys() & above.keys():
        path = f"{at}.{name}" if at else name
        lower, upper = below[name], above[name]
        if path in shape.maps and isinstance(lower, dict) and isinstance(upper, dict):
            merged[name] = overlaid(shape, lower, upper, path)
    return merged


def known_part(shape: Shape, fields: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """The fields without those that the vendor lacks, leaf by leaf."""
    known: dict[str, Any] = {}
    for name, value in fields.items():
        path = f"{at}.{name}" if at else name
        if path not in shape.leaves:
            continue
        if path in shape.maps and isinstance(value, dict) and value:
            inner = known_part(shape, value, path)
            if inner:
                known[name] = inner
        else:
            known[name] = value
    return known


def shared_problems(group: Iterable[Placed], vendors: Mapping[str, Vendor]) -> list[Diagnostic]:
    """Fields beside ``on`` that no connection of the declaration has; ``group`` is one declaration, everywhere."""
    placed = list(group)
    declaration = placed[0].declaration
    shapes = [shape_of(item.offer.fields) for item in placed]
    if all(shape.tops >= declaration.fields.keys() and not shape.maps for shape in shapes):
        return []
    problems = []
    for path in _unknown_everywhere(shapes, declaration.fields):
        complaint = _unknown_shared(shapes, path)
        problems.append(locate(whose(complaint, placed, vendors), declaration.origin))
    return problems


def whose(complaint: Complaint, placed: Collection[Placed], vendors: Mapping[str, Vendor]) -> Complaint:
    """The complaint about an unknown field, with the connections of the tenant whose vendor has that field.

    ``placed`` is the declaration on all its connections. That somebody has exactly this field says more than that
    another one is spelt nearly so.
    """
    if complaint.code != "unknown_field":
        return complaint
    here = {item.address.connection: item.address.kind for item in placed}
    having = _having(complaint.path, next(iter(here.values())), vendors)
    among = [name for name in having if name in here]
    if having:
        complaint = replace(complaint, message=f"{complaint.message} at {_lacking(placed, having)}")
    if among:
        hint = f"the vendor of {listed(among)} has it: write it under `on.{among[0]}`, or take the line out"
        return replace(complaint, hint=hint)
    if having:
        there = f"to let this live there too, write it under `on.{having[0]}`, or take the line out"
        return replace(complaint, hint=f"the vendor of {listed(having)} has it: {there}")
    return complaint


def _lacking(placed: Iterable[Placed], having: Collection[str]) -> str:
    """The vendors that lack a field which others have, each with its connection."""
    found = [(item.vendor.spoken, item.address.connection) for item in placed]
    return ", ".join(f"{spoken} (`{name}`)" for spoken, name in found if name not in having)


def _having(path: KeyPath, kind: str, vendors: Mapping[str, Vendor]) -> list[str]:
    """The connections whose vendor has the field, sorted."""
    dotted = ".".join(map(str, path))
    return [
        name
        for name, vendor in sorted(vendors.items())
        if kind in vendor.kinds and dotted in shape_of(vendor.kinds[kind].fields).leaves
    ]


def _unknown_everywhere(shapes: Collection[Shape], fields: Mapping[str, Any]) -> list[KeyPath]:
    """The paths that none of the shapes has; of a map that is unknown as a whole only its name."""
    unknown: dict[KeyPath, None] = {}
    first, *others = shapes
    for path, _ in first.paths_of(fields):
        if first.holds(".".join(map(str, path))):
            continue
        if not any(_held(shape, path) for shape in others):
            unknown[path] = None
    return list(unknown)


def _held(shape: Shape, path: KeyPath) -> bool:
    return shape.holds(".".join(map(str, path)))


def _unknown_shared(shapes: Collection[Shape], path: KeyPath) -> Complaint:
    """The complaint about a field that none of the connections has, with what they have together."""
    names = dict.fromkeys(name for shape in shapes for name in shape.names_at(above(path)))
    return unknown_among(tuple(names), path)


def default_problems(manifests: Manifests, connections: Connections, kinds: Collection[str]) -> list[Diagnostic]:
    """Defaults for what no connection of the tenant has: a kind, a connection, a field."""
    problems: list[Diagnostic] = []
    for (kind, connection), block in manifests.defaults.kinds.items():
        if kind not in kinds or (connection is not None and connection not in connections.declared):
            if manifests.whole and connections.all_found:
                problems.append(_nothing_to_default(kind, connection, block, connections))
            continue
        names = [connection] if connection else sorted(connections.vendors)
        problems += _bad_defaults(kind, block, names, connections)
    return problems


def _nothing_to_default(kind: str, connection: str | None, block: Block, connections: Connections) -> Diagnostic:
    """The complaint about defaults that nothing takes."""
    kinds = sorted({kind for vendor in connections.vendors.values() for kind in vendor.kinds})
    if kind not in kinds:
        message = f"no connection of the tenant has {kind}, so that nothing takes these defaults"
        expected = "one of " + ", ".join(kinds)
        return block.origin.problem("unknown_kind", message, expected=expected, hint=did_you_mean(kind, kinds))
    near = did_you_mean(str(connection), sorted(connections.declared))
    hint = near or f"connections: {listed(sorted(connections.declared))}"
    return block.origin.problem("unknown_connection", f"there is no connection `{connection}`", of_key=True, hint=hint)


def _bad_defaults(kind: str, block: Block, names: Collection[str], connections: Connections) -> list[Diagnostic]:
    """Defaults that no vendor of the kind has, or could take; also those that every declaration overrides."""
    vendors = [connections.vendors[name] for name in names if name in connections.vendors]
    shapes = [shape_of(vendor.kinds[kind].fields) for vendor in vendors if kind in vendor.kinds]
    if not shapes:
        return [_kind_lacking(kind, name, block, connections) for name in names if name in connections.vendors]
    unknown = [
        _defaulted_elsewhere(_unknown_shared(shapes, path), kind, connections)
        for path in _unknown_everywhere(shapes, block.value)
    ]
    return [locate(complaint, block.origin) for complaint in (*unknown, *_refused_everywhere(shapes, block.value))]


def _kind_lacking(kind: str, name: str, block: Block, connections: Connections) -> Diagnostic:
    """The complaint about defaults of a kind for the one connection that cannot hold it."""
    having = [other for other, vendor in sorted(connections.vendors.items()) if kind in vendor.kinds]
    message = f"`{connections.vendors[name].name}`, the vendor of `{name}`, has no {kind}"
    hint = f"{kind} can live on {listed(having)}" if having else None
    return block.origin.problem("no_such_kind", message, of_key=True, hint=hint)


def _defaulted_elsewhere(complaint: Complaint, kind: str, connections: Connections) -> Complaint:
    """The complaint about a default that the named connection's vendor lacks, with those that have it."""
    having = _having(complaint.path, kind, connections.vendors)
    if not having:
        return complaint
    return replace(complaint, hint=f"the vendor of {listed(having)} has it: write it under `{kind}@{having[0]}`")


def _refused_everywhere(shapes: Iterable[Shape], fields: Mapping[str, Any]) -> Iterator[Complaint]:
    """The complaints about values that every shape refuses of those that have the field."""
    told = [(shape, check_part(shape, known_part(shape, fields)).complaints) for shape in shapes]
    for position, (_, found) in enumerate(told):
        for complaint in found:
            others = [rest for shape, rest in told[:position] if _held(shape, complaint.path)]
            later = [rest for shape, rest in told[position + 1 :] if _held(shape, complaint.path)]
            if not others and all(any(item.path == complaint.path for item in rest) for rest in later):
                yield complaint
