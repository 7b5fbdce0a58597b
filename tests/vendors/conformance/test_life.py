"""From a first declaration to the end and back: does each move come to what the Offer says, and to nothing else?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pytest

from provisioner.state.document import Bound
from provisioner.vendors.base import Call, Deleted, Offer
from provisioner.vendors.fields import Mark
from tests.vendors.conformance.life import Life, Lived, Part, compared, expected, is_a_persons, marks, moves
from tests.vendors.conformance.samples import kind_samples, offer_of, told_kinds
from tests.vendors.conformance.stage import CONNECTION, KEY, calls_in, is_one

Lives = Callable[[str, str], Life]


KINDS = [(vendor, kind) for vendor, kind, _ in told_kinds()]


def all_moves(*parts: Part) -> list[tuple[str, str, str]]:
    """Every move of every kind of every vendor, or those of some sorts."""
    return [
        (vendor, kind, move.name)
        for vendor, kind, samples in told_kinds()
        for move in moves(samples, offer_of(vendor, kind))
        if not parts or move.part in parts
    ]


@pytest.mark.parametrize(("vendor", "kind", "name"), all_moves())
def test_a_plan_says_what_the_offer_says(life: Lives, vendor: str, kind: str, name: str) -> None:
    """One change, of the action that calls and marks make of it; the fields are those that were changed."""
    lived = life(vendor, kind).lived[name]
    wanted = expected(offer_of(vendor, kind), lived.move)

    ours = [change for key, change in lived.planned.changes.items() if key.split("#")[0] == address(kind)]
    found = {(change["action"], change.get("intent")) for change in ours}

    assert found == (set() if wanted.action == "none" else {(wanted.action, wanted.intent)}), lived.planned.text
    fields = {field["path"]: field["manual"] for change in ours for field in change["fields"]}
    if lived.move.part is Part.CHANGED:
        assert strangers(compared(offer_of(vendor, kind), lived.move.paths), set(fields)) == set()
    if lived.move.part is Part.CHANGED and wanted.action != "replace":
        assert strangers(unblanked(offer_of(vendor, kind), set(fields)), lived.move.paths) == set()
        assert {path for path, manual in fields.items() if manual} == wanted.manual


@pytest.mark.parametrize(("vendor", "kind", "name"), all_moves())
def test_an_apply_succeeds(life: Lives, vendor: str, kind: str, name: str) -> None:
    """With nothing failed, and nothing left over for another run."""
    lived = life(vendor, kind).lived[name]

    assert lived.applied.code == 0, lived.applied.text


@pytest.mark.parametrize(("vendor", "kind", "name"), all_moves(*(part for part in Part if part is not Part.ASKED)))
def test_a_second_plan_is_empty(life: Lives, vendor: str, kind: str, name: str) -> None:
    """What was sent is what is read, and what a person did counts as done."""
    lived = life(vendor, kind).lived[name]

    assert lived.left.plan["changes"] == []
    assert lived.left.code == 0, lived.left.text


@pytest.mark.parametrize(("vendor", "kind", "name"), all_moves(Part.FIRST, Part.CHANGED, Part.BACK))
def test_what_is_read_back_is_what_was_declared(life: Lives, vendor: str, kind: str, name: str) -> None:
    """The vendor altered no value, and changed nothing beside what was sent."""
    lived = life(vendor, kind).lived[name]

    assert lived.bound is not None, lived.applied.text
    assert lived.bound.learned == {}
    assert "was not sent and changed" not in lived.applied.text


@pytest.mark.parametrize(("vendor", "kind", "name"), all_moves())
def test_what_is_left_to_a_person_stays_open(life: Lives, vendor: str, kind: str, name: str) -> None:
    """An apply sends nothing for it and does not call it done; whatever is not a person's is not left open."""
    lived = life(vendor, kind).lived[name]
    wanted = expected(offer_of(vendor, kind), lived.move)

    assert lived.open_manual == is_a_persons(wanted), lived.applied.text
    if wanted.action in ("manual", "forget", "adopt", "none"):
        assert lived.after == lived.before


@pytest.mark.parametrize(("vendor", "kind"), KINDS)
def test_nobody_else_is_touched(life: Lives, vendor: str, kind: str) -> None:
    """What no manifest declares stays through the whole life as a person has left it."""
    entity, lives = kind_samples(vendor, kind).entity, life(vendor, kind).lived
    ours = {lived.bound.id for lived in lives.values() if lived.bound is not None}

    others = [
        {vendor_id: held for vendor_id, held in content[entity].items() if vendor_id not in ours}
        for lived in lives.values()
        if lived.move.part is not Part.ASKED
        for content in (lived.before, lived.after)
    ]

    assert all(held == others[0] for held in others)


@pytest.mark.parametrize(("vendor", "kind"), KINDS)
def test_an_end_and_what_comes_back(life: Lives, vendor: str, kind: str) -> None:
    """What a vendor keeps of a deleted entity comes back as itself, anything else under another id."""
    offer, lives = offer_of(vendor, kind), life(vendor, kind).lived
    last, gone, back = last_of(lives), lives[Part.GONE], lives[Part.BACK]

    assert last is not None
    assert (gone.left.code, back.bound is not None) == (0, True), gone.applied.text + back.applied.text
    same = back.bound is not None and back.bound.id == last.id
    kept = offer.deleted is not Deleted.ABSENT or not offer.can(Call.CREATE) or offer.key_is_id
    assert same == kept


@pytest.mark.parametrize(("vendor", "kind"), KINDS)
def test_every_call_is_exercised(life: Lives, vendor: str, kind: str) -> None:
    """A call that an Offer declares and that no life needs is one that nobody has seen work."""
    offer, asked = offer_of(vendor, kind), life(vendor, kind).requests
    sources = [offer.sources[call] for call in Call if offer.can(call)]

    never = [call for source in sources for call in calls_in(source) if not any(is_one(each, call) for each in asked)]

    assert never == [], f"asked for were: {', '.join(sorted(asked))}"


def address(kind: str) -> str:
    return f"{kind}.{KEY}@{CONNECTION}"


def strangers(found: Collection[str], meant: Collection[str]) -> set[str]:
    """The paths that are neither among those that were meant nor lie above or below one."""
    return {
        path
        for path in found
        if not any(path == one or path.startswith(f"{one}.") or one.startswith(f"{path}.") for one in meant)
    }


def unblanked(offer: Offer, paths: Collection[str]) -> set[str]:
    """Without the secrets that a full replacement would blank, and that therefore go with every update."""
    return {path for path in paths if Mark.BLANKED not in marks(offer, path)}


def last_of(lives: Mapping[str, Lived]) -> Bound | None:
    """What the record said of the entity right before its end."""
    return [lived for lived in lives.values() if lived.move.part in (Part.FIRST, Part.CHANGED)][-1].bound
