"""What keeps a vendor to one folder: checked over the files as they are, without a list of vendors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import provisioner
from provisioner.simulators.server import names as simulators

PACKAGE = Path(provisioner.__file__).parent
VENDORS = sorted({path.parent.name for path in PACKAGE.glob("vendors/*/__init__.py")} | set(simulators()))
FREE = ("vendors", "simulators")
"""Folders in which vendors may be named."""


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, by its full dotted name."""
    place = list(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(place[: -node.level]) if node.level else ""
            base = ".".join(part for part in (start, node.module) if part)
            yield from (f"{base}.{name.name}" for name in node.names)


def literals(path: Path) -> Iterator[str]:
    return (
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def names_vendor(module: str, vendor: str) -> bool:
    return any(f"{module}.".startswith(f"provisioner.{folder}.{vendor}.") for folder in FREE)


def of_all() -> list[Path]:
    """Every module of ours that must not know any vendor."""
    return [path for path in modules(PACKAGE) if path.relative_to(PACKAGE).parts[0] not in FREE]


def test_there_is_something_to_check() -> None:
    """A folder that moved would make the other tests pass over nothing."""
    assert VENDORS
    assert len(of_all()) > 10


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_vendor_imports_another(vendor: str) -> None:
    """What two of them share belongs into a kind or into the engine."""
    others = [other for other in VENDORS if other != vendor]
    found = [
        f"{path.relative_to(PACKAGE)}: {module}"
        for folder in FREE
        for path in modules(PACKAGE / folder / vendor)
        for module in imported(path)
        if any(names_vendor(module, other) for other in others)
    ]

    assert found == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_nothing_that_serves_all_vendors_imports_one(vendor: str) -> None:
    """Neither outside of the vendors' folder nor in the files that lie beside theirs."""
    shared = [*of_all(), *(path for folder in FREE for path in sorted((PACKAGE / folder).glob("*.py")))]
    found = [
        f"{path.relative_to(PACKAGE)}: {module}"
        for path in shared
        for module in imported(path)
        if names_vendor(module, vendor)
    ]

    assert found == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_vendor_is_named_outside_of_its_folder(vendor: str) -> None:
    """No string literal is a vendor's id; blueprints and the demo's tenant are data files."""
    shared = [*of_all(), *(path for folder in FREE for path in sorted((PACKAGE / folder).glob("*.py")))]

    assert [str(path.relative_to(PACKAGE)) for path in shared if vendor in literals(path)] == []
