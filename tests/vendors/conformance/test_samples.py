"""Does every vendor bring what the suite needs, and does it leave out no field? The form is in ``samples.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from provisioner.vendors.base import Call, Offer
from provisioner.vendors.fields import FieldSpec, Mark
from provisioner.vendors.loading import find_vendor, vendor_names
from tests.vendors.conformance.life import A_PERSONS, Part, marks, moves
from tests.vendors.conformance.samples import (
    KindSamples,
    Missing,
    all_kinds,
    is_nested,
    kind_samples,
    leaves,
    offer_of,
    samples_of,
)
from tests.vendors.conformance.stage import calls_in


@pytest.mark.parametrize("vendor", vendor_names())
def test_a_vendor_has_a_simulator_and_samples(vendor: str) -> None:
    """Without them nobody can tell whether it does what it says; the message says what to add."""
    assert samples_of(vendor).kinds.keys() == find_vendor(vendor).kinds.keys()


def test_what_is_missing_is_named() -> None:
    """Whoever brings a vendor without a simulator, or without a word on a kind, reads what to add and where."""
    vendor = vendor_names()[0]

    with pytest.raises(Missing, match=r"`nobodys` has no simulator: add .* entry point `nobodys`"):
        samples_of("nobodys")
    with pytest.raises(Missing, match=r"says nothing of parrots: add it under `kinds`"):
        kind_samples(vendor, "parrots")


@pytest.mark.parametrize(("vendor", "kind"), list(all_kinds()))
def test_every_field_is_changed(vendor: str, kind: str) -> None:
    """A field that no move changes is one of which nobody knows whether it arrives."""
    offer, samples = offer_of(vendor, kind), kind_samples(vendor, kind)
    changed = {path for move in moves(samples, offer) if move.part is Part.CHANGED for path in move.paths}

    left_out = [spec.path for spec in changeable(offer) if spec.path not in changed]

    assert left_out == [], f"no move in `changes` of {kind} sets: {', '.join(left_out)}"


@pytest.mark.parametrize(("vendor", "kind"), list(all_kinds()))
def test_every_field_that_can_be_cleared_is_cleared(vendor: str, kind: str) -> None:
    """Vendors spell "nothing" in many ways, and some only in one of two places."""
    offer, samples = offer_of(vendor, kind), kind_samples(vendor, kind)
    cleared = {path for path, value in said(samples, offer) if value is None}

    left_out = [spec.path for spec in offer.specs.values() if can_be_cleared(offer, spec) and spec.path not in cleared]

    assert left_out == [], f"nothing in `declare` or `changes` of {kind} sets to null: {', '.join(left_out)}"


@pytest.mark.parametrize(("vendor", "kind"), list(all_kinds()))
def test_pages_are_also_shown_wrong(vendor: str, kind: str) -> None:
    """Of a listing in pages, the samples tell how it looks when one fails, repeats or is cut short."""
    offer, samples = offer_of(vendor, kind), kind_samples(vendor, kind)

    assert offer.page is None or len(samples.evidence) > 1, f"`evidence` of {kind} says too little"


@pytest.mark.parametrize(("vendor", "kind"), list(all_kinds()))
def test_every_call_names_what_it_asks_for(vendor: str, kind: str) -> None:
    """``METHOD /path`` in its source, so that it can be told whether it was ever made."""
    offer = offer_of(vendor, kind)

    silent = [call.name for call in Call if offer.can(call) and not calls_in(offer.sources.get(call, ""))]

    assert silent == [], f"`sources` of {kind} name no METHOD /path for these calls"


def said(samples: KindSamples, offer: Offer) -> Iterator[tuple[str, Any]]:
    """Every value that is ever declared."""
    for part in (samples.declare, *(change.declare for change in samples.changes)):
        yield from leaves(part, offer).items()


def changeable(offer: Offer) -> Iterator[FieldSpec]:
    """The fields that can have another value than the first: leaves that mean something beyond finding the entity."""
    only = with_one_value(offer.fields.model_json_schema())
    for spec in offer.specs.values():
        skipped = marks(offer, spec.path) & {Mark.MATCH_ONLY, Mark.RUN_TIME}
        if not skipped and not is_nested(offer, spec.path) and spec.path not in only:
            yield spec


def with_one_value(schema: dict[str, Any]) -> frozenset[str]:
    """The fields for which the vendor knows a single value."""
    return frozenset(name for name, form in schema.get("properties", {}).items() if "const" in form)


def can_be_cleared(offer: Offer, spec: FieldSpec) -> bool:
    """Whether somebody could send null for it: neither immutable nor a person's."""
    has = marks(offer, spec.path)
    return Mark.CLEARABLE in spec.marks and not has & (A_PERSONS | {Mark.IMMUTABLE, Mark.MATCH_ONLY, Mark.RUN_TIME})
