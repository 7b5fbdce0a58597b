"""Only what is declared is managed: whoever declares less changes nothing else by it, also where an update is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from provisioner.values import nest
from provisioner.vendors.base import Call, Offer
from provisioner.vendors.fields import Mark
from tests.vendors.conformance.conftest import Staging
from tests.vendors.conformance.life import Move, Part, expected, marks, moves
from tests.vendors.conformance.samples import Declared, leaves, list_of, offer_of, told_kinds
from tests.vendors.conformance.stage import KEY, Stage

UPDATED = [
    (vendor, kind)
    for vendor, kind, _ in told_kinds()
    if offer_of(vendor, kind).can(Call.UPDATE) and offer_of(vendor, kind).readable
]


How = Callable[[Offer, Move], Declared]
"""What is declared at a move."""


@pytest.mark.parametrize(("vendor", "kind"), UPDATED)
def test_what_is_not_declared_stays_as_it_is(staging: Staging, vendor: str, kind: str) -> None:
    """The same moves, once with all fields declared and once with those alone that change, end in the same content."""
    whole = list(contents(staging(vendor, kind), whole_of))
    alone = list(contents(staging(vendor, kind), alone_of))

    assert len(whole) > 1
    assert alone == whole


def contents(stage: Stage, how: How) -> Iterator[tuple[str, Any]]:
    """All that the vendor holds after each move of an entity that is made, and then changed in place."""
    for move in moves(stage.samples, stage.offer):
        if move.part is Part.ASKED:
            stage.make(move.portal or {})
            continue
        if move.part is Part.FIRST:
            applied(stage, move.declared or {})
            stage.write({KEY: how(stage.offer, move)})
        elif in_place(stage.offer, move):
            applied(stage, how(stage.offer, move))
        else:
            continue
        yield move.name, stage.content()


def in_place(offer: Offer, move: Move) -> bool:
    return move.part is Part.CHANGED and move.portal is None and expected(offer, move).action in ("update", "none")


def applied(stage: Stage, declared: Declared) -> None:
    stage.write({KEY: declared})
    ran = stage.apply()
    assert ran.code == 0, ran.text


def whole_of(_: Offer, move: Move) -> Declared:
    return move.declared or {}


def alone_of(offer: Offer, move: Move) -> Declared:
    """What a manifest cannot leave out, secrets that every update must repeat, and what this move changes."""
    declared = leaves(move.declared or {}, offer)
    changing = move.paths if move.part is Part.CHANGED else frozenset()
    lists = {list_of(path) for path in changing & {*offer.member_paths}}
    meant = {path for path in declared if path in changing | lists or is_needed(offer, path)}
    return dict(nest({path: declared[path] for path in meant}))


def is_needed(offer: Offer, path: str) -> bool:
    has = marks(offer, path)
    return offer.specs[path].required or Mark.BLANKED in has or Mark.NATURAL_KEY in has
