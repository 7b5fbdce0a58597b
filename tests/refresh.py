"""Writes what the tests compare: the plans of the examples, the tables of fields in docs/manifests.md,
docs/vendors.md, the examples in docs/formats.md, the published schemas.

Run it after a change that means to alter them, and review the difference::

    .venv/bin/python -m tests.refresh
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from provisioner.cli.schema import SCHEMAS
from provisioner.plan.manifest_schema import Known, manifest_schema
from provisioner.vendors.loading import find_vendor, vendor_names
from tests.example_plans import PLANS, expected_plans
from tests.field_tables import MANIFESTS, with_tables
from tests.format_examples import PAGE as FORMATS
from tests.format_examples import said_by_commands, with_examples
from tests.vendor_pages import VENDORS, with_vendors

ROOT = Path(__file__).parent.parent

WRITTEN_BY_HAND = {"state"}
"""The schemas of which the file comes first."""


def main() -> None:
    """Writes every file whose content differs."""
    wanted = {PLANS / name: text for name, text in expected_plans().items()}
    wanted[MANIFESTS] = with_tables(MANIFESTS.read_text("utf-8"))
    wanted[VENDORS] = with_vendors(VENDORS.read_text("utf-8"))
    page = FORMATS.read_text("utf-8")
    wanted[FORMATS] = with_examples(page, said_by_commands(page))
    wanted[ROOT / "specs" / "manifest.schema.json"] = published_schema()
    for name in SCHEMAS.keys() - WRITTEN_BY_HAND:
        wanted[ROOT / "specs" / f"{name}.schema.json"] = schema_text(name)
    for path, text in wanted.items():
        write(path, text)


def schema_text(name: str) -> str:
    """A format's schema as ``specs/`` has it."""
    return json.dumps(importlib.import_module(SCHEMAS[name]).schema(), indent=2) + "\n"


def published_schema() -> str:
    """The schema of manifests for no tenant in particular, as ``provisioner schema manifest`` prints it."""
    known = Known(tuple(find_vendor(name) for name in vendor_names()))
    return json.dumps(manifest_schema(known, title="Manifests"), indent=1, ensure_ascii=False) + "\n"


def write(path: Path, text: str) -> None:
    """Writes a file unless it says so already."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
