"""Whatever is written, and wherever a snapshot is taken: the record is the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.strategies import SearchStrategy

from provisioner.address import Address
from provisioner.errors import StateError
from provisioner.state import journal, snapshot
from provisioner.state.document import Document
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
from provisioner.state.replay import Replay, replayed
from provisioner.values import VendorId
from tests.state.records import a_bound, a_run, a_tombstone, an_intent, an_unknown

addresses = some.sampled_from([Address("agents", key, "pbx") for key in "abc"])
ids = some.sampled_from([VendorId(text) for text in ("1", "2", "3")])
words = some.text(max_size=3)
leaves = some.none() | some.booleans() | some.integers() | words | some.lists(words, max_size=2)
attributes = some.dictionaries(some.sampled_from(["name", "email", "on.x"]), leaves, max_size=3)
secrets = some.dictionaries(some.sampled_from(["password", "pin"]), some.integers(1, 3), max_size=2)
runs = some.sampled_from(["r-1", "r-2"])
numbers = some.integers(1, 6)
flags = some.booleans()

bounds = some.builds(
    a_bound, addresses, ids, attributes=attributes, secrets=secrets, made=flags, prevent_destroy=flags,
    uncertain=some.frozensets(some.sampled_from(["name", "email"])),
    learned=some.dictionaries(some.just("name"), some.tuples(words, words)),
)  # fmt: skip
intents = some.builds(
    an_intent, numbers, some.sampled_from(["create", "update", "delete", "undelete"]), address=addresses,
    attributes=attributes, secrets=secrets, vendor_id=some.none() | ids, soft=flags, whole=flags, run=runs,
)  # fmt: skip
entries: SearchStrategy[Entry] = some.one_of(
    some.builds(WriterOpened, words, words, words, words),
    some.builds(Commanded, words),
    some.builds(RunStarted, some.builds(a_run, runs), words, some.just({"pbx": "x"})),
    some.builds(RunFinished, runs, flags, words, some.just({"x": 1})),
    some.builds(ChangeDone, runs, words),
    some.builds(IntentMade, intents),
    some.builds(IntentMade, intents),
    some.builds(IntentMade, intents),
    some.builds(Outcome, numbers, some.sampled_from(Result), some.none() | ids, words),
    some.builds(Outcome, numbers, some.sampled_from(Result), some.none() | ids, words),
    some.builds(Settled, numbers, some.sampled_from(Settlement), some.none() | ids, flags),
    some.builds(Put, bounds),
    some.builds(PutUnknown, some.builds(an_unknown, addresses, taken=flags)),
    some.builds(Forgot, addresses, some.none() | some.builds(a_tombstone, some.just(Address("agents", "a", "pbx")))),
    some.builds(Forgot, addresses, some.none(), flags),
    some.builds(Parked, addresses, attributes),
    some.builds(Unparked, addresses),
    some.builds(Moved, addresses, addresses).filter(lambda moved: moved.source != moved.target),
    some.builds(Accounts, some.just({"pbx": "y"})),
    some.builds(HistoryWritten, runs, some.just("0" * 64)),
)


def possible(drawn: list[Entry]) -> list[Entry]:
    """Those of the entries that can follow one another: what a Writer would have let through."""
    kept: list[Entry] = []
    for entry in drawn:
        try:
            replayed(Document("l-1"), [*kept, entry])
        except StateError:
            continue
        kept.append(entry)
    return kept


stories: SearchStrategy[list[Entry]] = some.lists(entries, max_size=25).map(possible)


def read_back(document: Document) -> Document:
    """Through a snapshot's text."""
    return snapshot.read(snapshot.text_of(document), "state.json")[0]


@settings(deadline=None)
@given(stories, some.data())
def test_a_snapshot_anywhere_changes_nothing(story: list[Entry], data: some.DataObject) -> None:
    """Replay of snapshot and suffix is replay of all."""
    cut = data.draw(some.integers(0, len(story)))

    whole = replayed(Document("l-1"), story)
    resumed = replayed(read_back(replayed(Document("l-1"), story[:cut])), story[cut:])

    assert resumed == whole
    assert read_back(whole) == whole


@settings(deadline=None)
@given(stories)
def test_lines_bring_every_story_back(story: list[Entry]) -> None:
    """Any text, any value."""
    data = journal.first_line("l-1", 1) + b"".join(journal.line_of(entry) for entry in story)

    assert list(journal.read(data, "j").entries) == story


@settings(deadline=None)
@given(stories, some.data())
def test_a_journal_cut_anywhere_is_a_moment_of_its_story(story: list[Entry], data: some.DataObject) -> None:
    """Never a half entry, and every whole line counts."""
    lines = [journal.line_of(entry) for entry in story]
    begun = journal.first_line("l-1", 1)
    text = begun + b"".join(lines)
    cut = data.draw(some.integers(len(begun), len(text)))

    found = journal.read(text[:cut], "j")

    whole = text[:cut].count(b"\n") - 1
    assert list(found.entries) == story[:whole]
    assert found.good == len(begun) + sum(map(len, lines[:whole]))


@settings(deadline=None)
@given(stories)
def test_the_serial_never_falls_and_rises_by_one(story: list[Entry]) -> None:
    """Once at most for each entry, and only where something is counted."""
    replay = Replay(Document("l-1"))
    for entry in story:
        before = replay.document
        replay.apply(entry)
        risen = replay.document.serial - before.serial
        assert risen in (0, 1)
        assert replay.document.counted or not risen


@settings(deadline=None)
@given(stories)
def test_a_created_address_is_neither_unknown_nor_buried(story: list[Entry]) -> None:
    """Whatever came before."""
    number = 99
    address = Address("agents", "a", "pbx")
    create: list[Entry] = [IntentMade(an_intent(number, address=address)), Outcome(number, Result.DONE, VendorId("9"))]

    document = replayed(Document("l-1"), [*story, *create])

    assert document.bound[address].id == "9"
    assert address not in document.unknown
    assert address not in document.tombstones
    assert number not in document.pending
