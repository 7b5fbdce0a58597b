"""What became of a request whose answer never came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provisioner.apply.settle import settle, settlements
from provisioner.state.document import Intent
from provisioner.state.entries import Settled, Settlement
from provisioner.values import VendorId
from provisioner.vendors.base import Entity, Find
from provisioner.vendors.live import Live, Seen
from tests.factories import KINDS, a_bound, a_document, an_entity, an_intent, at

JANE: dict[str, Any] = {"first_name": "Jane", "email": "jane@acme.example"}
JOHN: dict[str, Any] = {"first_name": "John", "email": "john@acme.example"}


def a_seen(*entities: Entity, kind: str = "people", **members: Any) -> Seen:
    """A complete search that met these, and asked for id 7."""
    by_id: dict[VendorId, Entity | None] = {VendorId("7"): None} | {entity.id: entity for entity in entities}
    return Seen(KINDS[kind], **{"by_id": by_id, "searched": True, **members})


def result_of(intent: Intent, seen: Seen | None, taken: set[str] | None = None) -> tuple[str, str | None] | None:
    """What is said of the intent, with the id that was found; None where nothing can be."""
    verdict = settle(intent, KINDS[intent.kind], seen, {VendorId(one) for one in taken or set()})
    return None if verdict is None else (str(verdict.result), verdict.vendor_id)


def an_update(**members: Any) -> Intent:
    return an_intent(verb="update", vendor_id=VendorId("7"), **members)


CREATES = [
    ("made", an_intent(attributes=JANE), a_seen(an_entity(**JANE)), set(), ("done", "7")),
    ("not-made", an_intent(attributes=JANE), a_seen(), set(), ("no_effect", None)),
    ("deleted-since", an_intent(attributes=JANE), a_seen(an_entity(deleted=True, **JANE)), set(), ("no_effect", None)),
    ("another-person", an_intent(attributes=JANE), a_seen(an_entity(**JOHN)), set(), ("no_effect", None)),
    ("somebody-elses", an_intent(attributes=JANE), a_seen(an_entity(**JANE)), {"7"}, ("no_effect", None)),
    ("two-of-them", an_intent(), a_seen(an_entity(), an_entity(id="8")), set(), None),
    ("one-is-anothers", an_intent(), a_seen(an_entity(), an_entity(id="8")), {"7"}, ("done", "8")),
    ("cut-short", an_intent(), a_seen(incomplete="page 2"), set(), None),
    ("found-though-cut-short", an_intent(), a_seen(an_entity(), incomplete="page 2"), set(), ("done", "7")),
    ("not-searched", an_intent(), a_seen(searched=False), set(), None),
    ("not-read", an_intent(), None, set(), None),
    ("connection-failed", an_intent(), a_seen(failures={"*": "401"}), set(), None),
    ("cannot-be-asked", an_intent("alarms.busy"), None, set(), ("stuck", None)),
]


@pytest.mark.parametrize(
    ("intent", "seen", "taken", "expected"), [case[1:] for case in CREATES], ids=[c[0] for c in CREATES]
)
def test_the_end_of_a_create(intent: Intent, seen: Seen | None, taken: set[str], expected: object) -> None:
    """Found by its natural key, the same person and nobody else's: it was made."""
    assert result_of(intent, seen, taken) == expected


def test_a_create_by_key_is_settled_by_one_read() -> None:
    """Where the number is the id, that id decides."""
    intent = an_intent("phones.desk")
    nothing = Seen(KINDS["phones"], {VendorId("700"): None})
    there = Seen(KINDS["phones"], {VendorId("700"): an_entity("phones", "700")})

    assert KINDS["phones"].find is Find.BY_KEY
    assert result_of(intent, nothing) == ("no_effect", None)
    assert result_of(intent, there) == ("done", "700")


UPDATES = [
    ("arrived", {"note": "x"}, {}, an_entity(note="x"), "done"),
    ("not-arrived", {"note": "x"}, {}, an_entity(note="y"), "no_effect"),
    ("half-arrived", {"note": "x", "login": "l"}, {}, an_entity(note="x", login="k"), "no_effect"),
    ("cleared", {"note": None}, {}, an_entity(), "done"),
    ("only-secrets", None, {}, an_entity(), "no_effect"),
    ("gone", {"note": "x"}, {}, None, "gone"),
    ("deleted", {"note": "x"}, {}, an_entity(note="x", deleted=True), "no_effect"),
    ("reference", {"team": "teams.t@pbx"}, {"team": "3"}, an_entity(team={"id": "3"}), "done"),
    ("other-reference", {"team": "teams.t@pbx"}, {"team": "3"}, an_entity(team={"id": "4"}), "no_effect"),
    (
        "references-in-any-order",
        {"skills": ["codes.a@pbx", "codes.b@pbx"]},
        {"skills": ["1", "2"]},
        an_entity(skills=[{"id": "2"}, {"id": "1"}]),
        "done",
    ),
]


@pytest.mark.parametrize(
    ("attributes", "references", "there", "expected"), [case[1:] for case in UPDATES], ids=[case[0] for case in UPDATES]
)
def test_the_end_of_an_update(
    attributes: dict[str, Any] | None, references: dict[str, Any], there: Entity | None, expected: str
) -> None:
    """Everything that it set is there, or it had no effect; secrets cannot be seen."""
    fields = {} if attributes is None else {"number": "1001", **attributes}
    intent = an_intent(verb="update", vendor_id=VendorId("7"), references=references)
    seen = a_seen(*([there] if there else []))

    verdict = settle(replace(intent, attributes=fields), KINDS["people"], seen)

    assert verdict == Settled(1, Settlement(expected))


@pytest.mark.parametrize(
    ("verb", "there", "expected"),
    [
        ("delete", None, "done"),
        ("delete", an_entity(deleted=True), "done"),
        ("delete", an_entity(), "no_effect"),
        ("undelete", an_entity(), "done"),
        ("undelete", an_entity(deleted=True), "no_effect"),
        ("undelete", None, "no_effect"),
    ],
)
def test_the_end_of_a_delete_and_an_undelete(verb: str, there: Entity | None, expected: str) -> None:
    """What is there now says whether it happened."""
    intent = an_intent(verb=verb, vendor_id=VendorId("7"))

    assert result_of(intent, a_seen(*([there] if there else []))) == (expected, None)


@pytest.mark.parametrize("verb", ["update", "delete", "undelete"])
def test_what_could_not_be_read_is_not_settled(verb: str) -> None:
    """A failed read is no evidence; neither is an id that nobody asked for."""
    intent = an_intent(verb=verb, vendor_id=VendorId("7"))
    failed = Seen(KINDS["people"], failures={"7": "500"})

    assert result_of(intent, failed) is None
    assert result_of(intent, Seen(KINDS["people"])) is None
    assert result_of(an_intent(verb=verb), a_seen()) is None


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_what_cannot_be_asked_about_is_stuck(verb: str) -> None:
    """The same request is sent again."""
    assert result_of(an_intent("alarms.busy", verb, vendor_id=VendorId("4")), None) == ("stuck", None)


def test_two_creates_never_settle_on_one_entity() -> None:
    """The first in the order of their making has it; the other was not made."""
    first = an_intent("people.ann", id=1)
    second = an_intent("people.bob", id=2)
    live = Live({("pbx", "people"): a_seen(an_entity())})

    found = settlements(a_document(second, first), live, {("pbx", "people"): KINDS["people"]})

    assert [(one.intent_id, str(one.result), one.vendor_id) for one in found] == [
        (1, "done", "7"),
        (2, "no_effect", None),
    ]


def test_what_is_bound_to_another_address_was_not_made_by_this_one() -> None:
    """An entity of the same kind and connection that somebody else has; other kinds' ids say nothing."""
    live = Live({("pbx", "people"): a_seen(an_entity())})
    offers = {("pbx", "people"): KINDS["people"]}
    intent = an_intent("people.ann")

    bound = settlements(a_document(intent, a_bound("people.zoe", "7")), live, offers)
    elsewhere = settlements(a_document(intent, a_bound("teams.t", "7", name="t")), live, offers)

    assert [str(one.result) for one in bound] == ["no_effect"]
    assert [str(one.result) for one in elsewhere] == ["done"]


def test_intents_elsewhere_stay_open() -> None:
    """Only the kinds that may be asked are."""
    assert settlements(a_document(an_intent()), Live(), {}) == ()
    assert at("people.jane").connection == "pbx"
