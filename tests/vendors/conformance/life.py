"""The life of one entity, from a first declaration to its end and back, as moves from one desired state to the next.

What each move should come to follows from the Offer's words alone: the calls that the vendor has, and the marks of the
fields that change. What it did come to is kept, and the tests look at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from provisioner.state.document import Bound
from provisioner.vendors.base import Call, Deleted, Offer
from provisioner.vendors.fields import Mark
from tests.vendors.conformance.samples import Declared, KindSamples, laid_over, told
from tests.vendors.conformance.stage import KEY, Ran, Stage

NOT_COMPARED = frozenset({Mark.MATCH_ONLY, Mark.RUN_TIME})
"""A field with one of these is never sent because it differs."""

A_PERSONS = frozenset({Mark.READ_ONLY, Mark.CREATE_ONLY})
"""A field with one of these is changed by a person, in the portal."""


class Part(StrEnum):
    """What sort of move it is."""

    ASKED = "asked for"
    """It is declared, not there, and the vendor has no create."""
    FIRST = "first"
    CHANGED = "changed"
    GONE = "gone"
    BACK = "back"


@dataclass(frozen=True)
class Move:
    """``declared`` is what is declared after it, None for nothing; ``paths`` are the fields that it changes.

    ``portal`` is what a person does after the apply, None where nothing is left to one.
    """

    part: Part
    declared: Declared | None
    paths: frozenset[str] = frozenset()
    portal: Declared | None = None
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.part} {self.number}" if self.number else str(self.part)


def moves(samples: KindSamples, offer: Offer) -> Iterator[Move]:
    """All moves of an entity's life, in order."""
    declared = dict(samples.declare)
    everything = frozenset(told(declared, offer))
    if not offer.can(Call.CREATE):
        yield Move(Part.ASKED, declared, everything, samples.made or {})
    yield Move(Part.FIRST, declared, everything)
    for number, change in enumerate(samples.changes, 1):
        before, declared = declared, without(laid_over(declared, change.declare, offer), change.drop)
        yield Move(Part.CHANGED, declared, changed(before, declared, offer), change.portal, number)
    yield Move(Part.GONE, None)
    yield Move(Part.BACK, declared, frozenset(told(declared, offer)))


def without(declared: Mapping[str, Any], paths: tuple[str, ...]) -> Declared:
    """What is left when these top-level fields are no longer declared."""
    return {name: value for name, value in declared.items() if name not in paths}


def changed(before: Mapping[str, Any], after: Mapping[str, Any], offer: Offer) -> frozenset[str]:
    """The fields that are declared otherwise, or for the first time."""
    was = told(before, offer)
    return frozenset(path for path, value in told(after, offer).items() if path not in was or was[path] != value)


# --- What it should come to ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """The action that the plan says, a ``manual``'s intent, and the fields left to a person."""

    action: str
    intent: str | None = None
    manual: frozenset[str] = frozenset()


def expected(offer: Offer, move: Move) -> Expected:
    """What the Offer's words say of the move."""
    match move.part:
        case Part.ASKED:
            return Expected("manual", "create", move.paths)
        case Part.FIRST:
            return Expected("create" if offer.can(Call.CREATE) else "adopt")
        case Part.CHANGED:
            return _change(offer, move.paths)
        case Part.GONE:
            if not offer.can(Call.CREATE):
                return Expected("forget")
            return Expected("delete") if offer.can(Call.DELETE) else Expected("manual", "delete")
        case Part.BACK:
            if not offer.can(Call.CREATE):
                return Expected("adopt")
            kept = offer.can(Call.UNDELETE) and offer.deleted is not Deleted.ABSENT
            return Expected("undelete" if kept else "create")


def is_a_persons(wanted: Expected) -> bool:
    """Whether something of it is left to a person."""
    return wanted.action == "manual" or bool(wanted.manual)


def _change(offer: Offer, paths: frozenset[str]) -> Expected:
    differing = compared(offer, paths)
    manual = frozenset(path for path in differing if marks(offer, path) & A_PERSONS or not offer.can(Call.UPDATE))
    written = differing - manual
    if not differing:
        return Expected("none")
    if not written:
        return Expected("manual", "update", manual)
    if any(Mark.IMMUTABLE in marks(offer, path) for path in written):
        return Expected("replace")
    return Expected("update", manual=manual)


def compared(offer: Offer, paths: frozenset[str]) -> frozenset[str]:
    """Those of the fields that are held against what the vendor has."""
    return frozenset(path for path in paths if not marks(offer, path) & NOT_COMPARED)


def marks(offer: Offer, path: str) -> frozenset[Mark]:
    """Those of the field and of the maps that it lies in; what members have apart from their list is on its own."""
    spec = offer.specs.get(path)
    if spec is not None and spec.member:
        return spec.marks - {Mark.RUN_TIME}
    parts = path.split(".")
    return frozenset(
        mark
        for end in range(1, len(parts) + 1)
        if (spec := offer.specs.get(".".join(parts[:end]))) is not None
        for mark in spec.marks
    )


# --- What it came to ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lived:
    """A move that was made.

    ``planned`` is the plan before the apply, ``left`` that after it, and after a person's part where there is one.
    ``open_manual`` says whether something was left to do in between. ``before`` and ``after`` are all that the vendor
    holds around the apply, ``secrets_sent`` is how many secrets the apply sent.
    """

    move: Move
    planned: Ran
    applied: Ran
    left: Ran
    before: Any
    after: Any
    bound: Bound | None
    open_manual: bool
    secrets_sent: int

    @property
    def text(self) -> str:
        """Everything that was printed meanwhile."""
        return self.planned.text + self.applied.text + self.left.text


@dataclass(frozen=True)
class Life:
    """All moves that were made, every call that the vendor was asked for, the folder that is left, and the secrets."""

    lived: Mapping[str, Lived]
    requests: Counter[str]
    folder: Path
    secrets: frozenset[str]


def live(stage: Stage) -> Life:
    """Makes every move; what goes wrong shows in what is kept of it."""
    stage.open()
    lived = {move.name: _lived(stage, move) for move in moves(stage.samples, stage.offer)}
    return Life(lived, stage.requests(), stage.folder, stage.secrets)


def _lived(stage: Stage, move: Move) -> Lived:
    stage.write({} if move.declared is None else {KEY: move.declared})
    before, planned = stage.content(), stage.plan()
    sent = stage.secrets_sent()
    applied = stage.apply()
    after, bound = stage.content(), stage.bound()
    sent = stage.secrets_sent() - sent
    left = stage.plan()
    open_manual = left.code == 2
    if is_a_persons(expected(stage.offer, move)):
        _by_a_person(stage, move, bound)
        left = stage.plan()
    return Lived(move, planned, applied, left, before, after, bound, open_manual, sent)


def _by_a_person(stage: Stage, move: Move, bound: Bound | None) -> None:
    """What is left to a person is done; what a person has deleted is no longer managed after the next apply."""
    if move.part is Part.ASKED:
        stage.make(move.portal or {})
    elif bound is not None and move.part is Part.GONE:
        stage.control.delete(stage.samples.entity, bound.id)
        stage.apply()
    elif bound is not None:
        stage.control.change(stage.samples.entity, bound.id, stage.filled(move.portal or {}))
