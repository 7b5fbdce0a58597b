"""The figures that are kept: ``figures.json`` for the next run to compare with, docs/performance.md for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure

FILE = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
START = "<!-- figures: `make bench` and `python -m benchmarks --write` make what stands between these two lines -->"
END = "<!-- end of figures -->"


@dataclass(frozen=True)
class Recorded:
    """A figure as it was last written down, and its value before that."""

    figure: Figure
    previous: float | None = None


Record = Mapping[str, Mapping[str, Recorded]]
"""Figures by name, by the module that measures them."""


def load(path: Path = FILE) -> Record:
    if not path.exists():
        return {}
    kept: dict[str, list[dict[str, Any]]] = json.loads(path.read_text())["figures"]
    return {module: {entry["name"]: _recorded(**entry) for entry in entries} for module, entries in kept.items()}


def _recorded(*, previous: float | None, **fields: Any) -> Recorded:
    return Recorded(Figure(**fields), previous)


def updated(record: Record, module: str, figures: Iterable[Figure]) -> Record:
    """The record with one module's figures replaced; what they were stays beside them as the previous ones."""
    before = record.get(module, {})
    now = {
        figure.name: Recorded(figure, before[figure.name].figure.value if figure.name in before else None)
        for figure in figures
    }
    return {**record, module: now}


def save(record: Record, path: Path = FILE) -> None:
    figures = {
        module: [{**vars(kept.figure), "previous": kept.previous} for kept in record[module].values()]
        for module in sorted(record)
    }
    path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=2) + "\n")


def machine() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}, {os.cpu_count()} CPUs"


# --- As text -------------------------------------------------------------------------------------------------------


def shown(value: float | None, unit: str) -> str:
    """A value with its unit, as precise as it deserves: ``2.41 x``, ``2,000 requests``, ``-`` for none."""
    if value is None:
        return "-"
    number = f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:,.2f}"
    return f"{number} {unit}"


def limit(figure: Figure) -> str:
    if figure.limit is None:
        return "as recorded" if figure.exact else "-"
    return f"{'exactly ' if figure.exact else '≤ '}{shown(figure.limit, figure.unit)}"


def table(record: Record) -> str:
    """The record as one Markdown table for each module."""
    parts = [f"Measured with {machine()}."]
    for module in sorted(record):
        parts += ["", f"`benchmarks/{module}.py`", "", "| figure | measured | previous | limit | what it is |"]
        parts.append("|---|---|---|---|---|")
        parts += [_row(kept) for kept in record[module].values()]
    return "\n".join(parts)


def _row(kept: Recorded) -> str:
    figure = kept.figure
    values = (shown(figure.value, figure.unit), shown(kept.previous, figure.unit), limit(figure))
    return f"| {figure.name} | {' | '.join(values)} | {figure.detail} |"


def write_page(record: Record, page: Path = PAGE) -> None:
    """Puts the table between the two marks of the page; everything else there is written by hand and stays."""
    before, _, rest = page.read_text().partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n\n{table(record)}\n\n{END}{after}")
