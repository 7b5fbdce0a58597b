"""Which vendors are there, and which one is meant? Only the one that is asked for is imported."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import EntryPoint, entry_points

from provisioner.diagnostics import did_you_mean
from provisioner.vendors.base import UnknownVendor, Vendor

GROUP = "provisioner.vendors"
"""The entry point group under which another distribution offers a vendor, and the package that holds our own."""


def vendor_names() -> tuple[str, ...]:
    """The names of all installed vendors, sorted; nothing is imported for it."""
    return tuple(sorted({*_packages(), *_offered()}))


def find_vendor(name: str) -> Vendor:
    """The vendor of that name: a package beside this file, else an entry point.

    Raises UnknownVendor with a guess at what was meant, and for one that is installed but cannot be loaded.
    """
    if name in _packages():
        return _vendor(name, importlib.import_module(f"{GROUP}.{name}"), f"the package `{GROUP}.{name}`")
    offered = _offered().get(name)
    if offered is not None:
        return _load(name, offered)
    names = vendor_names()
    raise UnknownVendor(
        f"there is no vendor `{name}`",
        hint=did_you_mean(name.casefold(), names) or f"installed are {', '.join(f'`{known}`' for known in names)}",
    )


def _packages() -> frozenset[str]:
    """Our own vendors: every package in this folder is one."""
    here = importlib.import_module(GROUP)
    return frozenset(module.name for module in pkgutil.iter_modules(here.__path__) if module.ispkg)


def _offered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _load(name: str, point: EntryPoint) -> Vendor:
    try:
        found = point.load()
    except (ImportError, AttributeError) as error:
        raise UnknownVendor(
            f"the vendor `{name}` is installed, but `{point.value}` cannot be loaded: {error}",
            hint="update or remove the distribution that offers it",
        ) from error
    return _vendor(name, found, f"the entry point `{point.value}`")


def _vendor(name: str, found: object, place: str) -> Vendor:
    """The vendor in a module, or the object itself if it is one."""
    vendor = getattr(found, "VENDOR", found)
    if not isinstance(vendor, Vendor) or vendor.name != name:
        raise UnknownVendor(f"{place} holds no vendor named `{name}`", hint=f'it sets VENDOR = Vendor("{name}", …)')
    return vendor
