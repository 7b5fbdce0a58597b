"""Which vendors have a simulator, and which one is meant? There is no list of them.

Ours are the modules and packages beside this one that hold ``SIMULATOR``; another distribution offers one through an
entry point.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from provisioner.errors import ProvisionerError
from provisioner.simulators.base import Simulator

GROUP = "provisioner.simulators"
"""The entry point group under which another distribution offers a simulator, and the package that holds our own."""


def names() -> tuple[str, ...]:
    """Every vendor that has a simulator, in alphabetical order."""
    return tuple(sorted({*_ours(), *_offered()}))


def find(name: str) -> Simulator:
    """The simulator of that vendor. Raises ProvisionerError if there is none, or none that can be loaded."""
    module = home(name)
    simulator = getattr(module, "SIMULATOR", None)
    if not isinstance(simulator, Simulator) or simulator.name != name:
        raise ProvisionerError(
            f"`{module.__name__}` holds no simulator for `{name}`", hint=f'it sets SIMULATOR = Simulator("{name}", …)'
        )
    return simulator


def home(name: str) -> ModuleType:
    """The module or package of that vendor's simulator; its data files lie beside it. Raises ProvisionerError."""
    if name in _ours():
        return importlib.import_module(f"{GROUP}.{name}")
    offered = _offered().get(name)
    if offered is not None:
        return _load(name, offered)
    raise ProvisionerError(f"there is no simulator for `{name}`", hint=f"there is one for: {', '.join(names())}")


def _ours() -> frozenset[str]:
    here = importlib.import_module(GROUP)
    beside = (module.name for module in pkgutil.iter_modules(here.__path__))
    return frozenset(name for name in beside if hasattr(importlib.import_module(f"{GROUP}.{name}"), "SIMULATOR"))


def _offered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _load(name: str, point: EntryPoint) -> ModuleType:
    """The module that the entry point names; what stands behind a colon is not looked at."""
    try:
        return importlib.import_module(point.module)
    except ImportError as error:
        raise ProvisionerError(
            f"the simulator for `{name}` is installed, but `{point.module}` cannot be imported: {error}",
            hint="update or remove the distribution that offers it",
        ) from error
