"""Writes what the tests compare: the plans of the examples, and the tables of fields in docs/manifests.md.

Run it after a change that means to alter them, and review the difference::

    .venv/bin/python -m tests.refresh
"""

from __future__ import annotations

from pathlib import Path

from tests.example_plans import PLANS, expected_plans
from tests.field_tables import MANIFESTS, with_tables


def main() -> None:
    """Writes every file whose content differs."""
    wanted = {PLANS / name: text for name, text in expected_plans().items()}
    wanted[MANIFESTS] = with_tables(MANIFESTS.read_text("utf-8"))
    for path, text in wanted.items():
        write(path, text)


def write(path: Path, text: str) -> None:
    """Writes a file unless it says so already."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
