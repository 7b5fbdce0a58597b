"""What a plan means, in sentences for who runs the floor and knows no YAML."""

from __future__ import annotations

import json

import pytest

from provisioner.plan.document import Action, Change, FieldChange, KindTold, Plan, Seats, Step, Trip
from provisioner.plan.document_json import from_json
from provisioner.report.consequences import MOST_CONSEQUENCES, meaning
from provisioner.report.fields import Paper, field_lines
from provisioner.report.json import plan_json
from provisioner.report.kind_words import counted_of, one_of, series
from provisioner.report.text import plan_text
from provisioner.values import Value, secret
from tests.report.factories import a_change, a_field, a_notice, a_plan

NAMES = {f"agents.{key}@pbx": name for key, name in (("jane", "Jane Roe"), ("rick", "Rick Poe"))}
TWELVE: list[Value] = [f"agents.a{number}@pbx" for number in range(12)]


def person(key: str, action: Action, name: str = "", **more: object) -> Change:
    named = {"name": name} if name else {}
    gone = action is Action.DELETE
    return a_change(f"agents.{key}@pbx", action, before=named if gone else None, after=None if gone else named, **more)  # type: ignore[arg-type]  # the factory checks


def roster(key: str, before: list[Value], after: list[Value], **more: object) -> Change:
    item = a_field("agents", before, after, **more)
    return a_change(f"queues.{key}@pbx", Action.UPDATE, item, before={"name": key.title()})


def told(*changes: Change, **more: object) -> tuple[str, ...]:
    return meaning(a_plan(*changes, **more))


# --- people, queues, the rest -------------------------------------------------------------------------------------


def test_people_come_before_queues_and_queues_before_the_rest() -> None:
    """Whoever runs the floor asks who is gone, then where calls wait, and then about everything else."""
    said = told(
        a_change("alerts.backlog@pbx", Action.CREATE, after={"name": "Backlog"}),
        a_change("queues.support@pbx", Action.DELETE, before={"name": "Support"}),
        person("jane", Action.DELETE, "Jane Roe"),
    )

    assert said == ("1 agent leaves: Jane Roe", "1 queue is deleted: Support", "1 alert is new: Backlog")


def test_who_leaves_comes_before_who_joins() -> None:
    """A loss is not found below what is new; few are named, of many it is said how many."""
    few = [person(f"n{number}", Action.CREATE, f"New {number}") for number in range(3)]
    many = [person(f"o{number:02}", Action.DELETE, f"Old {number}") for number in range(11)]

    assert told(*few, *many, person("eve", Action.UNDELETE, "Eve")) == (
        "11 agents leave",
        "1 agent comes back: Eve",
        "3 agents join: New 0, New 1 and New 2",
    )


def test_those_who_leave_are_named_where_joiners_are_only_counted() -> None:
    """A supervisor looks for the names of those who go."""
    few = [person(f"n{number}", Action.CREATE, f"New {number}") for number in range(4)]
    many = [person(f"o{number}", Action.DELETE, f"Old {number}") for number in range(10)]

    assert told(*few, *many) == (
        "10 agents leave: Old 0, Old 1, Old 2, Old 3, Old 4, Old 5, Old 6, Old 7, Old 8 and Old 9",
        "4 agents join",
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jane; 0 agents leave", '"Jane; 0 agents leave"'),
        ("Jane, Rick", '"Jane, Rick"'),
        ('Jane"; none', '"Jane\'; none"'),
        ("Jane: Rick", '"Jane: Rick"'),
        ("jane_roe", '"jane_roe"'),
        ("   ", '""'),
        ("Mary-Ann O'Neil Jr. 2", "Mary-Ann O'Neil Jr. 2"),
        ("Zoë Ünal", "Zoë Ünal"),
        ("Zoe\u0308", "Zoe\u0308"),
        ("ज़ोया", "ज़ोया"),
        ("A" * 61, '"' + "A" * 60 + '"... (1 more characters)'),
    ],
)
def test_a_name_cannot_speak_for_the_tool(name: str, said: str) -> None:
    """Whatever could end the name and go on as our sentence puts it in quotes, for whoever leaves or joins a queue."""
    known = {"refers_to": "agents@pbx", "names": {"agents.jane@pbx": name}}
    left = roster("support", ["agents.jane@pbx", "agents.rick@pbx"], ["agents.rick@pbx"], **known)

    assert told(person("jane", Action.DELETE, name)) == (f"1 agent leaves: {said}",)
    if len(name) < 40:
        assert told(left) == (f"Support loses 1 of 2 agents ({said})",)


def test_a_replacement_by_a_record_is_not_made_anew() -> None:
    """Whoever reads it knows that something old comes back."""
    steps = [
        a_change("agents.jane@pbx", Action.REPLACE, step=Step.DELETE, id="1", before={"name": "Jane"}),
        a_change("agents.jane@pbx", Action.REPLACE, step=Step.CREATE, id="2", after={"name": "Jane"}, undeletes=True),
    ]

    for order in (steps, steps[::-1]):
        assert told(*order) == ("1 agent is deleted, and a deleted record is brought back in its place: Jane",)


def test_what_somebody_signs_in_with_is_said_by_itself() -> None:
    """A person who cannot get in tomorrow wants to have been told; other fields are counted."""
    fields = (
        a_field("active", before=True, after=False),
        a_field("number", "1001", "1002"),
        a_field("pin", secret(1), secret(2), secret=True),
        a_field("language", "en", "es"),
    )

    said = told(a_change("agents.jane@pbx", Action.UPDATE, *fields, before={"name": "Jane Roe"}))

    assert said == (
        "1 agent has `active` switched off: Jane Roe",
        "1 agent gets another `number`: Jane Roe",
        "1 agent gets a new `pin`: Jane Roe",
        "1 agent changes `language`: Jane Roe",
    )


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (a_field("email", None, "jane@example.com"), "1 agent gets a first `email`: Jane Roe"),
        (a_field("email", after="jane@example.com"), "1 agent gets a first `email`: Jane Roe"),
        (a_field("email", "jane@example.com", "roe@example.com"), "1 agent gets another `email`: Jane Roe"),
        (a_field("email", "jane@example.com", None), "1 agent is left without `email`: Jane Roe"),
        (a_field("email", "jane@example.com", ""), "1 agent is left without `email`: Jane Roe"),
        (a_field("pin", secret(1), None, secret=True), "1 agent is left without `pin`: Jane Roe"),
    ],
)
def test_what_is_taken_away_is_not_told_as_given(item: FieldChange, sentence: str) -> None:
    """Whoever had an address and will have none does not get another one."""
    assert told(a_change("agents.jane@pbx", Action.UPDATE, item, before={"name": "Jane Roe"})) == (sentence,)


def test_fields_of_many_are_counted() -> None:
    """A reader sees what most of them have in common, and how many more fields there are."""
    changes = [
        a_change(f"queues.q{number}@pbx", Action.UPDATE, *(a_field(f"f{n}", 1, 2) for n in range(number + 1)))
        for number in range(6)
    ]

    assert told(*changes) == ("6 queues change `f0` (6), `f1` (5), `f2` (4), `f3` (3) and 2 more fields",)


def test_a_parked_number_is_no_change_of_its_own() -> None:
    """An exchange is two people with another number, however many steps it takes."""
    moves = (a_field("number", "1", "9"), a_field("number", "1", "2"))
    park = a_change("agents.jane@pbx", Action.UPDATE, moves[0], step=Step.PARK)

    assert told(park, a_change("agents.jane@pbx", Action.UPDATE, moves[1])) == (
        "1 agent gets another `number`: `jane`",
    )


def test_a_connection_is_named_where_there_are_several() -> None:
    """The same people on two vendors are said once; with one connection nobody needs its name."""
    both = [a_change(f"agents.ann@{name}", Action.CREATE, after={"name": "Ann"}) for name in ("inbox", "pbx")]

    assert told(*both, person("bob", Action.DELETE, "Bob")) == (
        "1 agent on `pbx` leaves: Bob",
        "1 agent on `inbox` and `pbx` joins: Ann",
    )
    assert told(both[1]) == ("1 agent joins: Ann",)


def test_one_key_for_two_people_is_two_sentences() -> None:
    """Who is somebody else on another connection is named there."""
    jane, rick = (
        a_change(f"agents.desk@{place}", Action.DELETE, before={"name": name})
        for place, name in (("inbox", "Jane Roe"), ("pbx", "Rick Poe"))
    )

    assert told(jane, rick) == ("1 agent on `inbox` leaves: Jane Roe", "1 agent on `pbx` leaves: Rick Poe")


def test_of_too_much_what_destroys_is_told() -> None:
    """A deleted queue is no "more" after dozens of lists of fields; the order stays."""
    places = [f"p{number:02}" for number in range(50)]
    changes = [a_change(f"agents.ann-{at}@{at}", Action.UPDATE, a_field(f"f-{at}", 1, 2)) for at in places]
    deleted = a_change("queues.support@pbx", Action.DELETE, before={"name": "Support"})

    said = told(*changes, deleted, accounts=dict.fromkeys([*places, "pbx"], "shop:x"))

    assert len(said) == MOST_CONSEQUENCES + 1
    assert said[0] == "1 agent on `p00` changes `f-p00`: `ann-p00`"
    assert said[-2:] == (
        "1 queue on `pbx` is deleted: Support",
        "11 more things happen, which the changes below tell",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (a_change("queues.q@pbx", Action.ADOPT), "1 queue is there already, and managed from now on: `q`"),
        (
            a_change("queues.q@pbx", Action.FORGET),
            "1 queue is managed no more, and stays as it is: `q`",
        ),
        (
            a_change("queues.q@pbx", Action.FORGET, why={"gone": "not there"}),
            "1 queue is gone already, and forgotten: `q`",
        ),
        (a_change("queues.q@pbx", Action.UPDATE, a_field("a", 1, 1)), "1 queue is sent again as it is: `q`"),
        (
            a_change("queues.q@pbx", Action.UPDATE, a_field("agents[].logged_in", [], [1], run_time=True)),
            "1 queue changes `logged_in` of its `agents`: `q`",
        ),
    ],
)
def test_the_less_common_read_like_this(change: Change, sentence: str) -> None:
    """Each in plain words."""
    assert told(change) == (sentence,)


# --- rosters ------------------------------------------------------------------------------------------------------


def test_rosters_say_who_goes_and_how_many_there_were() -> None:
    """The loss in proportion; few members by name."""
    names = {"agents.a0@pbx": "Ann", "agents.zoe@pbx": "Zoe"}
    known = {"refers_to": "agents@pbx", "names": names}

    assert told(
        roster("support", TWELVE, TWELVE[3:]),
        roster("sales", TWELVE[:2], [*TWELVE[1:2], "agents.zoe@pbx"], **known),
        roster("night", TWELVE[:2], []),
        roster("early", TWELVE[:1], TWELVE[:2]),
    ) == (
        "Night is left without agents: it loses all 2 (`a0` and `a1`)",
        "Support loses 3 of 12 agents (`a0`, `a1` and `a2`)",
        "Sales loses 1 of 2 agents (Ann) and gains 1 (Zoe)",
        "Early gains 1 agent (`a1`)",
    )


def test_many_rosters_are_bounded_truthfully() -> None:
    """What is not told is counted, losses and gains apart."""
    losing = [roster(f"l{number:02}", TWELVE, TWELVE[1:]) for number in range(15)]
    gaining = [roster(f"g{number:02}", TWELVE[1:], TWELVE) for number in range(2)]

    assert told(*losing, *gaining)[-2:] == ("5 more lose some", "2 more gain some")


# --- licences, what is final, what is left ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seats", "sentence"),
    [
        (Seats("pbx", "agents", 25, 20, 23), "2 of 25 agent licences remain"),
        (Seats("pbx", "agents", 25, 20, 24), "1 of 25 agent licences remains"),
        (Seats("pbx", "agents", 25, 20, 25), "None of 25 agent licences remain"),
        (Seats("pbx", "agents and pause_codes", 25, 20, 27), "2 too many for the 25 agent and pause code licences"),
        (Seats("pbx", "agents", 1, 1, 3), "2 too many for the 1 agent licence"),
        (Seats("pbx", "agents", 1, 1, 1), "None of 1 agent licence remains"),
    ],
)
def test_what_is_left_of_a_licence(seats: Seats, sentence: str) -> None:
    """After the plan, which is what counts."""
    assert told(person("jane", Action.CREATE, "Jane"), seats=(seats,))[1] == sentence


def test_what_nobody_can_bring_back_is_said() -> None:
    """A vendor that keeps a record, and one that keeps nothing, are not the same risk."""
    queue = a_change("queues.q@pbx", Action.DELETE, for_good=True)
    old = person("old", Action.DELETE, "Old Poe", for_good=True)
    elsewhere = a_change("alerts.a@inbox", Action.CREATE)

    assert told(queue, old, person("jane", Action.DELETE, "Jane Roe"), elsewhere)[:4] == (
        "2 agents on `pbx` leave: Jane Roe and Old Poe",
        "1 agent on `pbx` cannot be brought back once deleted: Old Poe",
        "1 queue on `pbx` is deleted: `q`",
        "1 queue on `pbx` cannot be brought back once deleted: `q`",
    )


def test_what_is_left_for_a_person_is_counted() -> None:
    """By what is to be done, a field that only the portal can set included."""
    by_hand = [a_change(f"numbers.n{number}@pbx", Action.MANUAL, intent=Action.CREATE) for number in range(2)]
    half = a_change("queues.q@pbx", Action.UPDATE, a_field("color", 1, 2, manual=True))

    assert told(*by_hand, half) == ("3 things are left for a person: create 2 numbers and set fields of 1 queue",)


def test_what_waits_for_a_person_is_counted() -> None:
    """Nobody takes for done what this apply cannot begin; what waits for that waits as well."""
    invited = a_change("agents.jane@pbx", Action.MANUAL, intent=Action.CREATE)
    queue = a_change("queues.q@pbx", Action.CREATE, needs=("agents.jane@pbx",))
    alert = a_change("alerts.a@pbx", Action.CREATE, needs=("queues.q@pbx",))
    free = a_change("queues.r@pbx", Action.CREATE)

    assert told(invited, queue, free)[-1] == (
        "1 thing is left for a person: create 1 agent; 1 change has to wait for that"
    )
    assert told(invited, queue, alert, free)[-1].endswith("; 2 changes have to wait for that")


def test_a_refresh_that_records_nothing_says_so() -> None:
    """The record changes only where something drifted."""
    assert told(none=5, refresh_only=True) == (
        "Nothing changes, the record included: what was read of the vendors is as it was last applied",
    )


def test_a_refused_plan_says_so_first() -> None:
    """Who reads one sentence must not take it for done."""
    said = told(
        person("jane", Action.DELETE, "Jane"),
        a_change("alerts.a@pbx", Action.UNKNOWN),
        guards=(Trip("deletes", "m", "h"),),
    )

    assert said == (
        "Refused: nothing of this is done until what is in the way is settled (1 unknown and 1 guard)",
        "1 agent leaves: Jane",
    )


def test_no_changes_are_one_sentence() -> None:
    """And never more than was seen."""
    unseen = a_notice("alerts on `pbx` cannot be read", code="drift_unseen")

    assert told(none=3) == ("The vendors show what is declared",)
    assert "cannot be read" in told(none=3, diagnostics=(unseen,))[0]


def test_a_vendors_own_kind_has_its_own_word() -> None:
    """A kind that no dictionary knows is spoken of by its name, or as its vendor says."""
    kinds = (KindTold("business_hours", one="set of business hours"),)
    changes = (a_change("business_hours.desk@pbx", Action.CREATE), a_change("pause_codes.x@pbx", Action.DELETE))

    assert told(*changes, kinds=kinds) == (
        "1 set of business hours is new: `desk`",
        "1 pause code is deleted: `x`",
    )


@pytest.mark.parametrize(
    ("kind", "one"),
    [("agents", "agent"), ("capacity_rules", "capacity rule"), ("companies", "company"), ("boxes", "box")],
)
def test_one_of_a_kind(kind: str, one: str) -> None:
    """By the rules of the plural; what has none stays."""
    assert one_of(kind) == one
    assert counted_of(1, kind) == f"1 {one}"


def test_a_series_of_words() -> None:
    """As a sentence lists things."""
    assert [series(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


# --- order of the text, units, names ------------------------------------------------------------------------------


def test_the_text_is_in_the_order_of_what_matters() -> None:
    """What it means, what destroys, how many of what, and then the rest."""
    shown = plan_text(
        a_plan(person("jane", Action.DELETE, "Jane"), a_change("queues.q@pbx", Action.UPDATE, a_field("a", 1, 2))),
        color=False,
    )

    parts = ["Plan for `acme`\n", "1 agent leaves", "Look twice: deletes", "In all: 1 to update", "Changes", "Apply it"]
    assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        (15, 30, "wait: 15 -> 30 seconds"),
        (None, 1, "wait: (empty) -> 1 second"),
        (15, None, "wait: 15 seconds -> (cleared)"),
    ],
)
def test_a_number_has_its_unit(before: Value, after: Value, row: str) -> None:
    """Once, behind the last number."""
    assert list(field_lines([a_field("wait", before, after, unit="seconds")], Paper(color=False), 0)) == [row]


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ("agents.jane@pbx", "agents.rick@pbx", "who: Jane Roe (`jane`) -> Rick Poe (`rick`)"),
        ({"id": "17"}, "agents.zoe@pbx", "who: Ulf (id 17) -> `zoe`"),
        ({"id": "18"}, None, "who: id 18 -> (cleared)"),
        (["agents.jane@pbx"], [{"id": "17"}], "who: adds Ulf (id 17); takes out Jane Roe (`jane`)"),
        (
            [{"agent": "agents.jane@pbx", "delay": 5}],
            [{"agent": "agents.jane@pbx", "delay": 10}],
            "who: / Jane Roe (`jane`): delay 5 -> 10 seconds",
        ),
    ],
)
def test_references_go_by_name(before: Value, after: Value, row: str) -> None:
    """Nobody has to look up an id or a key, as far as anybody knows the name."""
    names = {**NAMES, "agents@pbx#17": "Ulf"}
    item = a_field("who", before, after, refers_to="agents@pbx", names=names, member_units={"delay": "seconds"})

    assert " / ".join(line.strip() for line in field_lines([item], Paper(color=False), 0)) == row


def test_only_references_go_by_name() -> None:
    """Text that happens to be an address is text."""
    item = a_field("note", after="agents.jane@pbx", names=NAMES)

    assert list(field_lines([item], Paper(color=False), 0)) == ['note: "agents.jane@pbx"']


def test_a_saved_plan_keeps_names_units_and_seats() -> None:
    """``show`` needs no vendor and no network to say the same; a name that no field needs is not kept."""
    item = a_field("agents", ["agents.rick@pbx"], ["agents.jane@pbx"], refers_to="agents@pbx", names=NAMES)
    wait = a_field("wait", 1, 2, unit="seconds")
    plan = a_plan(
        a_change("queues.q@pbx", Action.UPDATE, item, wait, for_good=True), seats=(Seats("pbx", "agents", 9, 1, 2),)
    )

    saved = from_json(json.loads(plan_json(plan)))

    assert saved == plan
    assert saved.names == NAMES
    assert plan_text(saved, color=False) == plan_text(plan, color=False)


def test_a_plan_without_them_still_loads() -> None:
    """Members that were added are optional: a plan of the version before is read."""
    data = json.loads(plan_json(Plan("acme", (roster("q", TWELVE, TWELVE[1:]),))))

    assert not {"names", "seats", "kinds"} & data.keys()
    assert from_json(data).names == {}
