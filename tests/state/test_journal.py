"""Lines: every entry both ways, and what is left of a journal that was cut short or damaged."""

from __future__ import annotations

import json

import pytest

from provisioner.errors import StateError
from provisioner.state import journal
from provisioner.state.entries import (
    Accounts,
    ChangeDone,
    Commanded,
    Entry,
    Forgot,
    HistoryWritten,
    IntentMade,
    Moved,
    Outcome,
    Parked,
    Put,
    PutUnknown,
    Result,
    RunFinished,
    RunStarted,
    Settled,
    Settlement,
    Unparked,
    WriterOpened,
)
from provisioner.state.journal import first_line, line_of, read
from provisioner.values import VendorId
from tests.state.records import JANE, JOE, a_bound, a_run, a_tombstone, an_intent, an_unknown

ENTRIES: tuple[Entry, ...] = (
    WriterOpened("ann", "host", "apply", "2026-03-01T12:00:00Z"),
    Commanded("state settle"),
    RunStarted(a_run(done=frozenset({"b", "a"}), totals={"x": 1}), "acme", {"pbx": "eq:host"}),
    RunFinished("r-1", completed=True, at="later", totals={"created": 1}),
    ChangeDone("r-1", "agents.jane@pbx#park"),
    IntentMade(
        an_intent(
            7,
            "delete",
            vendor_id=VendorId("17"),
            attributes={"days": ["mon"], "recording": {}, "name": "Zoë \ud800 \u2028 \n", "on": None, "x": 1.5},
            secrets={"password": 2},
            references={"queue": "3", "agents": ["4", "5"]},
            highest=99,
            personal={"email": "j@x"},
            soft=True,
            whole=True,
            digest="abc",
        )
    ),
    Outcome(7, Result.DONE, VendorId("17"), "created", times=2),
    Outcome(7, Result.UNKNOWN),
    Settled(7, Settlement.STUCK, taken=True, detail="taken"),
    Put(
        a_bound(
            secrets={"password": 1},
            uncertain=frozenset({"email"}),
            learned={"name": ("jane", "Jane")},
            made=True,
            prevent_destroy=True,
            references={"queue": "3"},
        )
    ),
    PutUnknown(an_unknown(taken=True, file="a.yaml")),
    Forgot(JANE, a_tombstone(personal={"email": "j@x"}, made=True), everything=True),
    Forgot(JANE),
    Parked(JANE, {"number": "9999"}),
    Unparked(JANE),
    Moved(JANE, JOE),
    Accounts({"pbx": "eq:host"}),
    HistoryWritten("r-1", "0" * 64),
)

BEGUN = first_line("l-1", 3)


def test_every_entry_comes_back_as_it_was() -> None:
    """Nothing is lost or renamed on its way through a line."""
    data = BEGUN + b"".join(line_of(entry) for entry in ENTRIES)

    found = read(data, "journal-3.jsonl")

    assert found.entries == ENTRIES
    assert (found.lineage, found.generation, found.good) == ("l-1", 3, len(data))
    assert {type(entry) for entry in ENTRIES} == {of for of, _ in journal.FORMS.values()}


def test_each_line_is_json() -> None:
    """Other tools may look in."""
    line = line_of(ChangeDone("r-1", "a"))

    assert json.loads(line)["entry"] == {"did": "change_done", "run_id": "r-1", "key": "a"}
    assert line.count(b"\n") == 1


@pytest.mark.parametrize("cut", range(1, len(line_of(ChangeDone("r-1", "second")))))
def test_a_torn_last_line_is_dropped(cut: int) -> None:
    """Wherever it was torn, the lines before are good."""
    first, second = line_of(ChangeDone("r-1", "first")), line_of(ChangeDone("r-1", "second"))

    found = read(BEGUN + first + second[:-cut], "j")

    assert found.entries == (ChangeDone("r-1", "first"),)
    assert found.good == len(BEGUN + first)


def test_a_last_line_with_a_hole_is_torn() -> None:
    """Its end reached the disk, its middle did not."""
    first, second = line_of(ChangeDone("r-1", "first")), line_of(ChangeDone("r-1", "second"))

    found = read(BEGUN + first + second[:20] + bytes(10) + second[30:], "j")

    assert found.entries == (ChangeDone("r-1", "first"),)
    assert found.good == len(BEGUN + first)


@pytest.mark.parametrize("place", [0, 10, 30, -3, -2])
def test_damage_in_the_middle_names_the_line(place: int) -> None:
    """One bit is enough, wherever in the line: what comes after it cannot be trusted."""
    first = bytearray(line_of(ChangeDone("r-1", "first")))
    first[place] ^= 1

    with pytest.raises(StateError, match=r"`j` is damaged at line 2: its checksum does not match") as caught:
        read(BEGUN + first + line_of(ChangeDone("r-1", "second")), "j")

    assert "backup" in (caught.value.hint or "")


def test_two_bad_lines_at_the_end_are_damage() -> None:
    """Only one can be torn."""
    bad = line_of(ChangeDone("r-1", "first")).replace(b"first", b"First")

    with pytest.raises(StateError, match="line 2"):
        read(BEGUN + bad + bad[:-5], "j")


@pytest.mark.parametrize("data", [b"", b"torn", line_of(ChangeDone("r-1", "a"))])
def test_a_journal_says_whose_it_is(data: bytes) -> None:
    """Without that line it may be anything."""
    with pytest.raises(StateError, match="line 1: it is not how a journal begins"):
        read(data, "j")


def test_a_newer_journal_is_refused() -> None:
    """Its entries may mean anything."""
    newer = journal._sealed({"did": "begun", "format_version": "2", "lineage": "l", "generation": 1})

    with pytest.raises(StateError, match="of format version 2, and this tool reads 1"):
        read(newer, "j")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"did": "dance"}, "nothing that can be done is called 'dance'"),
        ({}, "nothing that can be done is called None"),
        ({"did": "change_done", "run_id": "r"}, "`key` is missing"),
        ({"did": "change_done", "run_id": "r", "key": 1}, "`key`: text expected, found 1"),
        ({"did": "change_done", "run_id": "r", "key": "a", "extra": 1}, "`extra` is unknown"),
        ({"did": "unparked", "address": "jane"}, "`address`: `jane` is not an address"),
        ({"did": "outcome", "intent_id": True, "result": "done"}, "`intent_id`: a whole number expected, found True"),
        ({"did": "outcome", "intent_id": 1, "result": "won"}, "one of done, no_effect, unknown, gone expected"),
        ({"did": "accounts", "accounts": []}, r"a map expected, found \[\]"),
        ({"did": "put", "bound": {"uncertain": "x"}}, "`bound`: `uncertain`: a list expected, found 'x'"),
        ({"did": "put", "bound": {"learned": {"a": [1]}}}, r"`learned`: two values expected, found \[1\]"),
        ({"did": "put", "bound": {"secrets": {"pin": "1234"}}}, "`secrets`: a whole number expected"),
    ],
)
def test_an_entry_that_nobody_wrote_is_damage(raw: dict[str, object], why: str) -> None:
    """The checksum is right, the content is not: somebody else's work."""
    with pytest.raises(StateError, match=rf"line 2: .*{why}"):
        read(BEGUN + journal._sealed(raw), "j")
