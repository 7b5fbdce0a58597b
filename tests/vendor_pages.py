"""docs/vendors.md: what each vendor's API can and cannot do, made from the Offers."""

from __future__ import annotations

from pathlib import Path

from provisioner.report.vendors_markdown import document
from provisioner.vendors.loading import find_vendor, vendor_names

DOCS = Path(__file__).parent.parent / "docs"
VENDORS = DOCS / "vendors.md"
BEGIN = "<!-- vendors: written by `python -m tests.refresh` -->"


def with_vendors(page: str) -> str:
    """The page with what the Offers say today behind its mark."""
    before, _ = page.split(BEGIN)
    names = vendor_names()
    pages = {name: f"vendors/{name}.md" for name in names if (DOCS / "vendors" / f"{name}.md").exists()}
    return f"{before}{BEGIN}\n\n{document(map(find_vendor, names), pages)}"
