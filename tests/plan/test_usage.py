"""The guards that look at how accounts are used: what they ask, what they add up, whom they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from provisioner.diagnostics import Severity
from provisioner.plan.document import Action, Change, FieldChange, Plan, Step
from provisioner.plan.guards import Allowance
from provisioner.plan.usage import guarded, unasked, usage_wanted
from provisioner.values import VendorId, secret
from provisioner.vendors.base import Offer
from provisioner.vendors.usage import Licence, Usage, UsageWant, UseProbe
from tests.factories import KINDS, at

USED: Mapping[str, Offer] = {
    **KINDS,
    "people": replace(KINDS["people"], licence="seats", use=UseProbe("a document", frozenset({"number"}))),
    "holders": replace(KINDS["holders"], licence="seats"),
    "phones": replace(KINDS["phones"], use=UseProbe("a document", frozenset({"secret", "sip"}))),
    "lines": replace(KINDS["lines"], licence="lines", use=UseProbe("a document")),
}


def offer_of(connection: str, kind: str) -> Offer | None:
    return None if connection == "gone" else USED.get(kind)


def a_change(address: str, action: Action, id: str | None = "7", *paths: str, **members: object) -> Change:
    fields = tuple(FieldChange(path, "old", "new") for path in paths)
    return Change(
        at(address),
        "acme",
        action,
        id=None if id is None else VendorId(id),
        fields=fields,
        **members,  # type: ignore[arg-type]
    )


def many(count: int, action: Action, kind: str = "people") -> list[Change]:
    id = None if action is Action.CREATE else "7"
    return [a_change(f"{kind}.{action}{number}", action, id) for number in range(count)]


def judged(changes: Sequence[Change], usage: Usage, *allow: str) -> Plan:
    plan = Plan("acme", tuple(changes))
    return guarded(plan, offer_of, {"pbx": usage}, [Allowance.parse(text) for text in allow])


def seats(limit: int | None, used: int | None, **more: Licence) -> Usage:
    return Usage({"seats": Licence(limit, used), **more})


# --- what is asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [a_change("people.jane", Action.UPDATE, "7", "email")],
        [a_change("people.jane", Action.ADOPT)],
        [a_change("people.jane", Action.FORGET)],
        [a_change("people.jane", Action.MANUAL, "7", intent=Action.DELETE)],
        [a_change("people.jane", Action.CONFLICT)],
        [a_change("people.jane", Action.UNKNOWN)],
        [a_change("people.jane@gone", Action.DELETE)],
        [a_change("teams.red", Action.CREATE, None), a_change("teams.blue", Action.DELETE)],
        [a_change("phones.one", Action.CREATE, None)],
        [a_change("people.jane", Action.REPLACE, "8", step=Step.CREATE, undeletes=True)],
        [a_change("lines.one", Action.UPDATE, "500", "ring")],
    ],
)
def test_most_plans_ask_nothing(changes: list[Change]) -> None:
    """Nothing that stays, nothing that a person does, no kind of which the vendor cannot tell."""
    assert usage_wanted(changes, offer_of) == {}


def test_what_disturbs_is_asked_about_by_kind() -> None:
    """Deletes, replaces, and the updates that a probe names; whoever is parked counts once."""
    changes = [
        a_change("people.ann", Action.DELETE, "1"),
        a_change("people.bob", Action.REPLACE, "2", step=Step.DELETE),
        a_change("people.cid", Action.UPDATE, "3", "number", step=Step.PARK),
        a_change("people.cid", Action.UPDATE, "3", "number"),
        a_change("people.dan", Action.ADOPT, "4", "number"),
        a_change("phones.one", Action.UPDATE, "700", "sip.nat"),
        a_change("lines.one@other", Action.DELETE, "500"),
    ]

    assert usage_wanted(changes, offer_of) == {
        "other": UsageWant(ids={"lines": frozenset({"500"})}),
        "pbx": UsageWant(ids={"people": frozenset({"1", "2", "3", "4"}), "phones": frozenset({"700"})}),
    }


def test_a_secret_that_is_only_sent_again_disturbs_nobody() -> None:
    """Nor does a field that a person must set, nor one whose name only begins alike."""
    again = FieldChange("secret", {"secret": True, "version": 1}, secret(1), secret=True)
    by_hand = FieldChange("sip.nat", "no", "yes", manual=True)
    alike = FieldChange("siphon", "no", "yes")
    change = replace(a_change("phones.one", Action.UPDATE, "700"), fields=(again, by_hand, alike))
    newer = replace(again, after=secret(2))

    assert usage_wanted([change], offer_of) == {}
    assert "pbx" in usage_wanted([replace(change, fields=(newer,))], offer_of)


def test_the_licence_is_asked_for_where_a_plan_takes_seats() -> None:
    """However many it leaves: a leaver's seat may be the one that a joiner waits for. Leavers alone need none."""
    assert usage_wanted(many(1, Action.CREATE), offer_of) == {"pbx": UsageWant(licences=True)}
    assert usage_wanted(many(1, Action.UNDELETE), offer_of) == {"pbx": UsageWant(licences=True)}
    assert usage_wanted([*many(2, Action.CREATE), *many(2, Action.DELETE)], offer_of)["pbx"].licences
    assert not usage_wanted(many(2, Action.DELETE), offer_of)["pbx"].licences
    assert usage_wanted([a_change("people.jane", Action.REPLACE, "8", step=Step.CREATE)], offer_of) == {}


def test_leavers_ask_for_the_licence_where_a_reader_is_told_what_remains() -> None:
    """One answer for the connection; nothing for a kind without a licence. An answer without numbers holds nothing."""
    leaving = many(2, Action.DELETE)
    plan = Plan("acme", changes=tuple(leaving))
    failed = Usage(licence_failure="503 Service Unavailable")

    asked = usage_wanted(leaving, offer_of, leavers=True)
    assert asked.keys() == {"pbx"}
    assert asked["pbx"].licences
    assert not usage_wanted([a_change("phones.one", Action.DELETE)], offer_of, leavers=True)["pbx"].licences
    for answer in (failed, seats(None, None)):
        held = guarded(plan, offer_of, {"pbx": answer}, ())
        assert (held.guards, held.diagnostics, held.seats) == ((), (), ())


# --- capacity -----------------------------------------------------------------------------------------------------


def test_the_sum_is_shown() -> None:
    """What is licensed, what is in use, what the plan does to it, and what that makes."""
    changes = [*many(3, Action.CREATE), *many(1, Action.DELETE), *many(2, Action.REPLACE)]

    (trip,) = judged(changes, seats(25, 24)).guards

    assert trip.message == "people on `pbx`: 25 licensed, 24 in use; this plan makes 3 and deletes 1: 26"
    assert trip.hint.endswith("`--allow capacity` or `--allow capacity=people.*@pbx`")
    assert (trip.name, trip.connection, trip.kind, trip.allowed) == ("capacity", "pbx", "people", False)
    assert trip.addresses == ("people.create0@pbx", "people.create1@pbx", "people.create2@pbx")


def test_all_that_takes_or_leaves_a_seat_is_in_the_sum() -> None:
    changes = [*many(2, Action.CREATE), *many(1, Action.UNDELETE), *many(1, Action.DELETE)]

    (trip,) = judged(changes, seats(5, 4)).guards

    assert trip.message.endswith("this plan makes 2, undeletes 1 and deletes 1: 6")


@pytest.mark.parametrize(
    ("changes", "usage"),
    [
        (many(1, Action.CREATE), seats(25, 24)),
        (many(9, Action.CREATE), seats(None, 24)),
        (many(9, Action.CREATE), seats(None, None)),
        ([*many(1, Action.CREATE), *many(1, Action.DELETE)], seats(5, 9)),
        (many(9, Action.ADOPT), seats(1, 1)),
        (many(9, Action.CREATE, "teams"), seats(1, 1)),
    ],
    ids=["exactly", "unlimited", "unlimited, uncounted", "no worse", "adopted", "not licensed"],
)
def test_what_fits_is_not_spoken_of(changes: list[Change], usage: Usage) -> None:
    plan = judged(changes, usage)

    assert (plan.guards, plan.diagnostics) == ((), ())


def test_two_kinds_of_one_licence_are_added_up() -> None:
    (trip,) = judged([*many(1, Action.CREATE), *many(1, Action.CREATE, "holders")], seats(3, 2)).guards

    assert trip.message == "holders and people on `pbx`: 3 licensed, 2 in use; this plan makes 2: 4"
    assert (trip.kind, trip.hint.endswith("`--allow capacity=*@pbx`")) == (None, True)


@pytest.mark.parametrize(
    ("allow", "allowed"),
    [
        ("capacity", True),
        ("capacity=people.*@pbx", True),
        ("capacity=people.create0", True),
        ("capacity=people.delete0", False),
        ("capacity=lines.*", False),
        ("busy=people.*", False),
    ],
)
def test_the_licence_may_be_passed_for_some(allow: str, allowed: bool) -> None:  # noqa: FBT001 (a column of the table)
    """What is left after those that are allowed must fit: three come, one leaves, one too many."""
    changes = [*many(3, Action.CREATE), *many(1, Action.DELETE)]

    (trip,) = judged(changes, seats(25, 24), allow).guards

    assert trip.allowed is allowed


@pytest.mark.parametrize(
    ("usage", "severity", "words"),
    [
        (Usage(licence_failure="it broke"), Severity.WARNING, "since the licence could not be read: it broke"),
        (Usage(), Severity.NOTICE, "since the vendor does not report how many are licensed"),
        (seats(25, None), Severity.NOTICE, "since the vendor does not report how many are in use"),
    ],
)
def test_a_licence_that_was_not_seen_is_said_and_holds_nothing(usage: Usage, severity: Severity, words: str) -> None:
    plan = judged([*many(3, Action.CREATE), *many(1, Action.DELETE)], usage)

    (notice,) = plan.diagnostics
    assert notice.message == f"people on `pbx`: whether 2 more fit was not checked, {words}"
    assert (notice.severity, plan.refused) == (severity, False)


def test_what_nobody_was_asked_for_is_said_once() -> None:
    plan = Plan("acme", tuple(many(2, Action.CREATE)))

    (notice,) = unasked(plan, usage_wanted(plan.changes, offer_of)).diagnostics

    assert "`capacity` and `busy` saw nothing of `pbx`" in notice.message
    assert unasked(plan, {}).diagnostics == ()


# --- busy ---------------------------------------------------------------------------------------------------------


def busy(**kinds: Mapping[str, str]) -> Usage:
    return Usage(in_use={kind: {VendorId(one): said for one, said in found.items()} for kind, found in kinds.items()})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (a_change("people.jane", Action.DELETE), "would be deleted"),
        (a_change("people.jane", Action.REPLACE, step=Step.DELETE), "would be replaced"),
        (a_change("people.jane", Action.UPDATE, "7", "email", "number"), "would be changed (`email`, `number`)"),
    ],
)
def test_each_who_is_in_use_is_held_by_address(change: Change, said: str) -> None:
    """With what would happen, what is going on, and the way on."""
    (trip,) = judged([change], busy(people={"7": "on a call"})).guards

    assert trip.message == f"`people.jane@pbx` {said} and is in use: on a call"
    assert trip.hint == "wait until it is free, or `--allow busy=people.jane@pbx`"
    assert (trip.name, trip.addresses, trip.allowed) == ("busy", ("people.jane@pbx",), False)


def test_only_those_in_use_are_held_and_each_once() -> None:
    """A parking step and its update are one; who is free goes on; an allowance lifts its own."""
    changes = [
        a_change("people.ann", Action.UPDATE, "1", "number", step=Step.PARK),
        a_change("people.ann", Action.UPDATE, "1", "number"),
        a_change("people.bob", Action.DELETE, "2"),
        a_change("people.cid", Action.DELETE, "3"),
    ]

    guards = judged(changes, busy(people={"1": "at work", "3": "at work"}), "busy=people.cid").guards

    assert [(trip.addresses, trip.allowed) for trip in guards] == [
        (("people.ann@pbx",), False),
        (("people.cid@pbx",), True),
    ]


def test_who_cannot_be_asked_about_is_not_free() -> None:
    """One complaint for all of a kind, lifted only when every one of them is allowed."""
    changes = many(3, Action.DELETE)
    usage = Usage(failures={"people": "it broke"})

    (trip,) = judged(changes, usage).guards
    (some,) = judged(changes, usage, "busy=people.delete0").guards
    (every,) = judged(changes, usage, "busy=people.*").guards
    (one,) = judged(changes[:1], usage).guards

    assert trip.message == "whether 3 people on `pbx` are in use could not be asked: it broke"
    assert trip.hint.endswith("`--allow busy=people.*@pbx`")
    assert [item.allowed for item in (trip, some, every)] == [False, False, True]
    assert one.message == "whether `people.delete0@pbx` is in use could not be asked: it broke"


def test_other_guards_stay_as_they_were() -> None:
    """Those that tripped before are kept, in their order."""
    earlier = judged(many(1, Action.DELETE), busy(people={"7": "at work"}))

    later = guarded(earlier, offer_of, {"pbx": Usage()}, [])

    assert later.guards == earlier.guards
