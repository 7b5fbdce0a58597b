"""The JSON Schema of a tenant's manifests, for who asks and for the tenant's editor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from provisioner.cli.context import Cli
from provisioner.manifest.declarations import Manifests
from provisioner.manifest.loading import load
from provisioner.plan.desired import Desired
from provisioner.plan.manifest_schema import Known, manifest_schema
from provisioner.vendors.base import UnknownVendor, Vendor
from provisioner.vendors.loading import find_vendor, vendor_names

KEPT = Path(".provisioner", "schema.json")
"""Where an editor finds it, below the tenant's folder; the first line of a manifest can name it."""


def of_folder(cli: Cli) -> str:
    """The schema of the folder's tenant, also where its manifests have problems; without one, that of all vendors."""
    manifests, _ = load(cli.folder, overlays=cli.overlays)
    return _text(_declared(manifests), manifests.tenant) if manifests is not None else _text(_all(), "")


def keep(folder: Path, desired: Desired) -> None:
    """Writes the tenant's schema where its editor looks, if it has changed; that this may fail is nobody's concern."""
    text = _text(_wanted(desired), desired.tenant).encode()
    path = folder / KEPT
    try:
        if path.is_file() and path.read_bytes() == text:
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            beside.write_bytes(text)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError:
        return


def _text(known: Known, tenant: str) -> str:
    title = f"Manifests of {tenant}" if tenant else "Manifests"
    return json.dumps(manifest_schema(known, title=title), indent=1, ensure_ascii=False) + "\n"


def _all() -> Known:
    return Known(tuple(find_vendor(name) for name in vendor_names()))


def _declared(manifests: Manifests) -> Known:
    """What the manifests name, as far as it can be told; all vendors where no connection's is known."""
    connections: dict[str, Vendor] = {}
    for name, connection in manifests.connections.items():
        try:
            connections[name] = find_vendor(str(connection.block.value.get("vendor")))
        except UnknownVendor:
            continue
    keys = [(item.kind, item.key) for item in manifests.declarations]
    return _known(connections, keys) if connections else _all()


def _wanted(desired: Desired) -> Known:
    connections = {name: connected.vendor for name, connected in desired.connections.items()}
    return _known(connections, [(address.kind, address.key) for address in desired.instances])


def _known(connections: dict[str, Vendor], declared: Iterable[tuple[str, str]]) -> Known:
    vendors = {vendor.name: vendor for vendor in connections.values()}
    keys: dict[str, set[str]] = {}
    for kind, key in declared:
        keys.setdefault(kind, set()).add(key)
    return Known(tuple(vendors[name] for name in sorted(vendors)), connections, keys)
