"""Secrets reach the vendor whenever they should, and show nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.vendors.conformance.life import Life, Part, moves
from tests.vendors.conformance.samples import leaves, offer_of, samples_of, told_kinds

Lives = Callable[[str, str], Life]

KINDS = [(vendor, kind) for vendor, kind, _ in told_kinds()]

SENT = [
    (vendor, kind, move.name)
    for vendor, kind, samples in told_kinds()
    for move in moves(samples, offer_of(vendor, kind))
    if move.part in (Part.FIRST, Part.CHANGED)
    and any(
        path in move.paths and value is not None
        for path, value in leaves(move.declared or {}, offer_of(vendor, kind)).items()
        if path in offer_of(vendor, kind).secret_paths
    )
]
"""The moves that declare a secret, or another version of one."""


@pytest.mark.parametrize(("vendor", "kind", "name"), SENT)
def test_a_secret_arrives(life: Lives, vendor: str, kind: str, name: str) -> None:
    """The vendor was sent a value and holds it; what it held before counts for nothing."""
    lived = life(vendor, kind).lived[name]
    declared = leaves(lived.move.declared or {}, offer_of(vendor, kind))
    values = samples_of(vendor).secrets

    meant = {
        values[declared[path]["from_env"]]
        for path in lived.move.paths & offer_of(vendor, kind).secret_paths
        if declared[path] is not None
    }

    assert lived.secrets_sent >= len(meant)
    assert meant <= set(texts(lived.after))


@pytest.mark.parametrize(("vendor", "kind"), KINDS)
def test_no_secret_shows(life: Lives, vendor: str, kind: str) -> None:
    """Neither a declared one nor a credential: not in what is printed, nor in the folder, the record included."""
    lives = life(vendor, kind)

    printed = "".join(lived.text for lived in lives.lived.values())
    kept = [path.read_text("utf-8") for path in sorted(lives.folder.rglob("*")) if path.is_file()]

    assert lives.secrets
    assert [secret for secret in lives.secrets if any(stands_in(secret, text) for text in (printed, *kept))] == []


def stands_in(secret: str, text: str) -> bool:
    """Whether a text holds it as a word of its own: the digits of a PIN may well stand within somebody's id."""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", text) is not None


def texts(value: Any) -> Iterator[str]:
    """Every text in what a vendor holds."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value
