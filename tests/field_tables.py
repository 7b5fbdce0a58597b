"""The tables of fields in docs/manifests.md, made from what the vendor offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from provisioner.vendors.base import Offer
from provisioner.vendors.fields import FieldSpec, Mark
from provisioner.vendors.loading import find_vendor

MANIFESTS = Path(__file__).parent.parent / "docs" / "manifests.md"
VENDOR = "eq"
BEGIN = "<!-- fields: written by `python -m tests.refresh` -->"
END = "<!-- end of fields -->"


def with_tables(document: str) -> str:
    """The document with today's tables between its two marks."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def tables() -> str:
    """A table for each kind."""
    kinds = find_vendor(VENDOR).kinds
    return "\n".join(f"### `{kind}`\n\n{table(offer)}" for kind, offer in kinds.items())


def table(offer: Offer) -> str:
    """The fields of one kind: name, what to write, what is special about it, what it means."""
    rows = ["| field | write | | meaning |", "|---|---|---|---|"]
    for spec in offer.specs.values():
        cells = (f"`{spec.path}`", spec.expected or "a map", ", ".join(remarks(spec)), spec.description)
        rows.append(f"| {' | '.join(_escaped(cell) for cell in cells)} |")
    return "\n".join(rows) + "\n"


def remarks(spec: FieldSpec) -> Iterator[str]:
    """What a user must know of a field beyond its value."""
    if spec.has(Mark.NATURAL_KEY):
        yield "natural key"
    if spec.unique is not None:
        yield f"unique within its {spec.unique.within}" if spec.unique.within else "unique"
    if spec.has(Mark.CREATE_REQUIRED) and not spec.required:
        yield "to create"
    if spec.required:
        yield "always"
    if spec.has(Mark.IMMUTABLE):
        yield "fixed"
    if spec.secret:
        yield "secret"
    if spec.ref is not None:
        yield f"refers to {spec.ref.kind}"


def _escaped(text: str) -> str:
    return re.sub(r"([|<])", r"\\\1", text)
