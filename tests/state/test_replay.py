"""What each entry does to the record."""

from __future__ import annotations

import pytest

from provisioner.errors import StateError
from provisioner.state.document import Document, Tombstone
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
from tests.state.records import (
    ACCOUNT,
    JANE,
    JOE,
    a_bound,
    a_document,
    a_run,
    a_tombstone,
    an_intent,
    an_unknown,
    values,
    versions,
)

EMPTY = Document("l-1")
OPENED = WriterOpened("ann", "host", "apply", "2026-03-01T12:00:00Z")
STARTED = RunStarted(a_run(), "acme", {"pbx": ACCOUNT})


def after(document: Document, *entries: Entry) -> Document:
    """The record after these entries."""
    return replayed(document, entries)


def done(document: Document, verb: str, vendor_id: str | None = None, **members: object) -> Document:
    """The record after one request that was done."""
    found = VendorId(vendor_id) if vendor_id else None
    return after(document, IntentMade(an_intent(1, verb, **members)), Outcome(1, Result.DONE, found))


class TestCreate:
    def test_binds_the_id_with_all_that_was_sent(self) -> None:
        """The new binding says what the intent said, and that this tool made it."""
        document = done(
            EMPTY, "create", "17", secrets=versions(password=2), references=values(supervisor="4"), soft=True
        )

        assert document.bound == {
            JANE: a_bound(made=True, secrets={"password": 2}, references={"supervisor": "4"}),
        }
        assert document.pending == {}

    def test_ends_an_unknown_and_a_tombstone(self) -> None:
        """An address is one of bound, unknown or buried."""
        before = a_document(unknown={JANE: an_unknown()}, tombstones={JANE: a_tombstone()})

        document = done(before, "create", "18")

        assert (document.unknown, document.tombstones) == ({}, {})

    def test_keeps_the_guard_of_what_vanished(self) -> None:
        """`prevent_destroy` outlives the entity: it is about the address."""
        document = done(a_document(a_bound(prevent_destroy=True)), "create", "18")

        assert document.bound[JANE].prevent_destroy
        assert document.bound[JANE].id == "18"

    def test_done_without_an_id_is_damage(self) -> None:
        """A record that does not know what it made is no record."""
        with pytest.raises(StateError, match="without an id"):
            done(EMPTY, "create")


class TestUpdate:
    def test_merges_what_was_sent(self) -> None:
        """What the request did not say stays; a cleared field is kept as cleared."""
        before = a_document(a_bound(secrets={"password": 1, "pin": 1}, uncertain=frozenset({"first_name", "email"})))

        document = done(
            before,
            "update",
            vendor_id=None,
            natural_key=("1002",),
            attributes={"number": "1002", "first_name": None},
            secrets={"password": 2},
        )

        assert document.bound[JANE] == a_bound(
            natural_key=("1002",),
            attributes={"number": "1002", "first_name": None},
            secrets={"password": 2, "pin": 1},
            uncertain=frozenset({"email"}),
        )

    def test_of_a_whole_body_replaces(self) -> None:
        """A kind that cannot be read keeps the last body, not a mixture."""
        before = a_document(a_bound(attributes={"number": "1001", "email": "j@x"}, references={"queue": "3"}))

        document = done(before, "update", attributes={"number": "1001"}, whole=True)

        assert document.bound[JANE].attributes == {"number": "1001"}
        assert document.bound[JANE].references == {}

    def test_keeps_references_that_it_did_not_touch(self) -> None:
        """A field that now refers to nothing loses its id; another keeps its own."""
        before = a_document(a_bound(references={"queue": "3", "supervisor": "4", "team": "5"}))

        document = done(before, "update", attributes={"queue": "queues.b@pbx", "team": None}, references={"queue": "9"})

        assert document.bound[JANE].references == {"queue": "9", "supervisor": "4"}

    def test_keeps_what_was_learned_of_the_same_value_only(self) -> None:
        """What the vendor made of "a" says nothing of "b"."""
        before = a_document(a_bound(learned={"name": ("jane", "Jane"), "email": ("a", "A"), "team": ("x", "X")}))

        document = done(before, "update", attributes={"name": "jane", "email": "b"})

        assert document.bound[JANE].learned == {"name": ("jane", "Jane"), "team": ("x", "X")}

    def test_may_give_the_entity_another_id(self) -> None:
        """Where the id is a field, changing that field changes the id."""
        assert done(a_document(a_bound()), "update", "1002").bound[JANE].id == "1002"

    def test_of_a_forgotten_address_changes_nothing(self) -> None:
        """Whoever ran `state rm` meanwhile does not find it back."""
        assert done(EMPTY, "update").bound == {}

    def test_that_finds_nothing_drops_the_binding(self) -> None:
        """404 to an update: the entity is gone, and the next plan creates it."""
        before = a_document(a_bound(), parked={JANE: {"number": "9999"}})

        document = after(before, IntentMade(an_intent(1, "update", vendor_id="17")), Outcome(1, Result.GONE))

        assert (document.bound, document.tombstones, document.pending, document.parked) == ({}, {}, {}, {})

    def test_over_a_temporary_value_ends_it(self) -> None:
        """A run that dies before it can say so leaves nobody parked; another field, or parking itself, ends nothing."""
        before = a_document(a_bound(), parked={JANE: {"number": "9999", "email": None}})

        parking = done(before, "update", attributes=values(number="9999"))
        half = done(before, "update", attributes=values(number="1002", first_name="Jane"))
        whole = done(half, "update", attributes=values(email="j@acme.example"))

        assert [one.parked for one in (parking, half, whole)] == [before.parked, {JANE: {"email": None}}, {}]


class TestDelete:
    def test_soft_leaves_a_tombstone(self) -> None:
        """What comes back later can be recognised."""
        document = done(
            a_document(a_bound(made=True)), "delete", soft=True, vendor_id=None, personal=values(email="j@acme.example")
        )

        assert document.bound == {}
        assert document.tombstones == {
            JANE: Tombstone(JANE, ACCOUNT, VendorId("17"), ("1001",), {"email": "j@acme.example"}, made=True)
        }

    def test_hard_leaves_nothing(self) -> None:
        """No tombstone where nothing can come back."""
        document = done(a_document(a_bound(), parked={JANE: {"number": "9"}}), "delete")

        assert (document.bound, document.tombstones, document.parked) == ({}, {}, {})

    def test_of_the_old_half_of_a_replace_keeps_the_new_binding(self) -> None:
        """Create first, then delete: the address belongs to the new entity by then."""
        document = after(
            a_document(a_bound(id="18")),
            IntentMade(an_intent(1, "delete", vendor_id="17", soft=True)),
            Outcome(1, Result.DONE),
        )

        assert document.bound == {JANE: a_bound(id="18")}
        assert document.tombstones == {}

    def test_of_what_is_not_bound_buries_it_all_the_same(self) -> None:
        """A delete of an earlier id, after the address was forgotten."""
        document = after(EMPTY, IntentMade(an_intent(1, "delete", vendor_id="17", soft=True)), Outcome(1, Result.DONE))

        assert document.tombstones == {JANE: a_tombstone()}


class TestUndelete:
    def test_keeps_what_the_record_still_says(self) -> None:
        """Deleted by somebody else: the binding was never dropped, and it stays as it was."""
        before = a_document(a_bound(attributes={"email": "j@x"}, secrets={"pin": 3}, made=True))

        document = done(before, "undelete", "17", secrets={"password": 1})

        assert document.bound[JANE] == a_bound(
            attributes={"email": "j@x"}, secrets={"pin": 3, "password": 1}, made=True
        )

    def test_binds_what_was_buried(self) -> None:
        """The tombstone ends, and what it knew of the entity's making goes on."""
        before = a_document(tombstones={JANE: a_tombstone(made=True)})

        document = after(before, IntentMade(an_intent(1, "undelete", vendor_id="17")), Outcome(1, Result.DONE))

        assert document.bound == {JANE: a_bound(made=True)}
        assert document.tombstones == {}

    def test_of_another_id_forgets_the_former_one(self) -> None:
        """Another record came back: what was known of the former says nothing of it."""
        before = a_document(a_bound(id="3", attributes={"x": 1}, prevent_destroy=True))

        document = done(before, "undelete", "17")

        assert document.bound == {JANE: a_bound(prevent_destroy=True)}

    def test_without_an_id_is_damage(self) -> None:
        """Nothing can be bound."""
        with pytest.raises(StateError, match="without an id"):
            done(EMPTY, "undelete")


class TestOutcomes:
    def test_unknown_stays_pending(self) -> None:
        """Until it is settled, the intent is what is known."""
        document = after(EMPTY, IntentMade(an_intent()), Outcome(1, Result.UNKNOWN, detail="time-out"))

        assert document.pending == {1: an_intent()}
        assert document.requests[1].result == "unknown"

    def test_no_effect_ends_the_intent_only(self) -> None:
        """4xx: nothing happened."""
        document = after(EMPTY, IntentMade(an_intent()), Outcome(1, Result.NO_EFFECT))

        assert (document.pending, document.bound) == ({}, {})

    def test_of_an_intent_that_is_not_open_is_damage(self) -> None:
        """An outcome comes once, after its intent."""
        with pytest.raises(StateError, match="intent 7, which is not open"):
            after(EMPTY, Outcome(7, Result.DONE))

    def test_an_intent_twice_is_damage(self) -> None:
        """Numbers are given out once."""
        with pytest.raises(StateError, match="intent 1 twice"):
            after(EMPTY, IntentMade(an_intent()), IntentMade(an_intent()))

    def test_an_unknown_verb_is_damage(self) -> None:
        """Nobody knows what it would have done."""
        with pytest.raises(StateError, match="`paint`"):
            done(EMPTY, "paint")

    def test_numbers_of_intents_only_grow(self) -> None:
        """Concurrent requests may journal their intents in another order than they took their numbers."""
        document = after(EMPTY, IntentMade(an_intent(5)), IntentMade(an_intent(4, address=JOE)))

        assert document.last_intent == 5


class TestSettling:
    @pytest.mark.parametrize("result", [Settlement.DONE, Settlement.NO_EFFECT, Settlement.GONE])
    def test_ends_as_an_outcome_does(self, result: Settlement) -> None:
        """What was found out later counts as if it had been answered at once."""
        before = after(EMPTY, IntentMade(an_intent()), Outcome(1, Result.UNKNOWN))

        settled = after(before, Settled(1, result, VendorId("17")))
        answered = after(before, Outcome(1, Result(result.value), VendorId("17")))

        assert (settled.bound, settled.pending) == (answered.bound, answered.pending)
        assert settled.requests[1].settled

    @pytest.mark.parametrize("taken", [True, False])
    def test_a_stuck_create_is_unknown(self, *, taken: bool) -> None:
        """Only a person can say what became of it."""
        intent = an_intent(secrets={"password": 2}, references={"queue": "3"})

        document = after(EMPTY, IntentMade(intent), Settled(1, Settlement.STUCK, taken=taken))

        unknown = document.unknown[JANE]
        assert (unknown.taken, unknown.secrets, unknown.references) == (taken, {"password": 2}, {"queue": "3"})
        assert unknown.attributes == intent.attributes
        assert unknown.file == "agents.yaml"
        assert document.pending == {}

    def test_a_stuck_update_makes_its_fields_uncertain(self) -> None:
        """They are sent again, and so are the secrets that it carried: it has one, nobody knows which."""
        before = a_document(a_bound(secrets={"password": 1, "pin": 1}, uncertain=frozenset({"email"})))
        intent = an_intent(1, "update", attributes={"first_name": "J"}, secrets={"password": 2})

        document = after(before, IntentMade(intent), Settled(1, Settlement.STUCK))

        secrets = {"password": 0, "pin": 1}
        assert document.bound[JANE] == a_bound(secrets=secrets, uncertain=frozenset({"email", "first_name"}))

    @pytest.mark.parametrize("verb", ["delete", "undelete", "update"])
    def test_stuck_otherwise_only_ends_the_intent(self, verb: str) -> None:
        """The next plan sees what there is."""
        document = after(EMPTY, IntentMade(an_intent(1, verb)), Settled(1, Settlement.STUCK))

        assert (document.pending, document.bound, document.unknown, document.tombstones) == ({}, {}, {}, {})


class TestAddresses:
    def test_put_binds(self) -> None:
        """Adopted: no longer unknown nor buried."""
        before = a_document(unknown={JANE: an_unknown()}, tombstones={JANE: a_tombstone()})

        document = after(before, Put(a_bound()))

        assert (document.bound, document.unknown, document.tombstones) == ({JANE: a_bound()}, {}, {})

    def test_put_unknown(self) -> None:
        """A create that a repeat has shown to exist."""
        assert after(EMPTY, PutUnknown(an_unknown(taken=True))).unknown == {JANE: an_unknown(taken=True)}

    def test_forgot_drops_the_binding(self) -> None:
        """Its tombstone stays as it was, what is parked does not."""
        before = a_document(a_bound(), tombstones={JANE: a_tombstone()}, parked={JANE: {"number": "9"}})

        document = after(before, Forgot(JANE))

        assert (document.bound, document.parked) == ({}, {})
        assert document.tombstones == {JANE: a_tombstone()}

    def test_forgot_with_a_tombstone(self) -> None:
        """It was found deleted: what is known of it stays."""
        assert after(a_document(a_bound()), Forgot(JANE, a_tombstone())).tombstones == {JANE: a_tombstone()}

    def test_forgot_everything(self) -> None:
        """`state rm`: nothing at all is known of the address, other addresses stay."""
        before = a_document(
            a_bound(),
            a_bound(JOE, "18"),
            unknown={JANE: an_unknown()},
            tombstones={JANE: a_tombstone()},
            pending={1: an_intent(1), 2: an_intent(2, address=JOE)},
        )

        document = after(before, Forgot(JANE, everything=True))

        assert (document.unknown, document.tombstones) == ({}, {})
        assert (list(document.bound), list(document.pending)) == ([JOE], [2])

    def test_parked_values_add_up_and_end(self) -> None:
        """Two unique fields may be parked one after the other."""
        parked = after(EMPTY, Parked(JANE, {"number": "9999"}), Parked(JANE, {"email": "p@parked.invalid"}))

        assert parked.parked == {JANE: {"number": "9999", "email": "p@parked.invalid"}}
        assert after(parked, Unparked(JANE), Unparked(JOE)).parked == {}

    def test_moved_takes_all_along(self) -> None:
        """Binding, unknown, tombstone, parked values and open intents."""
        before = a_document(
            a_bound(),
            unknown={JANE: an_unknown()},
            tombstones={JANE: a_tombstone()},
            parked={JANE: {"number": "9"}},
            pending={1: an_intent(1), 2: an_intent(2, address=ADDRESS_3)},
        )

        document = after(before, Moved(JANE, JOE))

        assert document.bound == {JOE: a_bound(JOE)}
        assert document.unknown == {JOE: an_unknown(JOE)}
        assert document.tombstones == {JOE: a_tombstone(JOE)}
        assert document.parked == {JOE: {"number": "9"}}
        assert [intent.address for intent in document.pending.values()] == [JOE, ADDRESS_3]

    def test_moved_from_nothing_is_nothing(self) -> None:
        """A spent `moved` block is inert."""
        document = after(a_document(a_bound(JOE)), Moved(JANE, JOE))

        assert document.bound == {JOE: a_bound(JOE)}

    def test_accounts_are_replaced(self) -> None:
        """A run adds accounts, this entry says them all."""
        document = after(a_document(accounts={"old": "x"}), STARTED, Accounts({"voice": "y"}))

        assert document.accounts == {"voice": "y"}


ADDRESS_3 = JANE.parse("queues.support@pbx")


class TestRuns:
    def test_a_run_says_tenant_and_accounts(self) -> None:
        """Accounts known before stay known: credentials are tied to them."""
        document = after(a_document(accounts={"old": "x"}), OPENED, RunStarted(a_run(), "acme", {"pbx": ACCOUNT}))

        assert document.last_run == a_run()
        assert (document.tenant, document.accounts) == ("acme", {"old": "x", "pbx": ACCOUNT})

    def test_a_run_ties_credentials_to_accounts(self) -> None:
        """A reference keeps every account that it was ever sent to."""
        first = RunStarted(a_run(), "acme", {}, {"from_env KEY": ("old",)})
        second = RunStarted(a_run("r-2"), "acme", {}, {"from_env KEY": ("new",), "from_env OTHER": ("new",)})

        document = after(EMPTY, OPENED, first, second)

        assert document.credentials == {"from_env KEY": ("new", "old"), "from_env OTHER": ("new",)}

    def test_changes_done_are_kept_until_the_next_run(self) -> None:
        """A resumed run skips them; another run starts from nothing."""
        first = after(
            EMPTY, STARTED, ChangeDone("r-1", "a"), ChangeDone("r-1", "b"), RunFinished("r-1", completed=False)
        )
        resumed = after(first, STARTED, ChangeDone("r-1", "c"))
        other = after(first, RunStarted(a_run("r-2", done=frozenset({"a"})), "acme", {}))

        assert first.last_run is not None
        assert first.last_run.done == {"a", "b"}
        assert not first.last_run.completed
        assert resumed.last_run is not None
        assert resumed.last_run.done == {"a", "b", "c"}
        assert not resumed.last_run.finished
        assert other.last_run is not None
        assert other.last_run.done == {"a"}

    def test_finished(self) -> None:
        """Completed or not, when, and what it counted."""
        document = after(EMPTY, STARTED, RunFinished("r-1", completed=True, at="later", totals={"created": 3}))

        assert document.last_run == a_run(completed=True, finished="later", totals={"created": 3})

    @pytest.mark.parametrize(
        "entry", [ChangeDone("r-9", "a"), RunFinished("r-9", completed=True), HistoryWritten("r-9", "")]
    )
    def test_entries_of_another_run_are_damage(self, entry: Entry) -> None:
        """Runs do not overlap."""
        with pytest.raises(StateError, match="`r-9`"):
            after(EMPTY, STARTED, entry)

    def test_entries_without_any_run_are_damage(self) -> None:
        """A run starts first."""
        with pytest.raises(StateError, match="`r-1`"):
            after(EMPTY, ChangeDone("r-1", "a"))


class TestSerial:
    def test_a_run_raises_it_once_at_its_first_intent(self) -> None:
        """However many requests follow."""
        started = after(EMPTY, OPENED, STARTED)
        one = after(started, IntentMade(an_intent(1)))
        more = after(one, IntentMade(an_intent(2, address=JOE)), Outcome(2, Result.DONE, VendorId("4")), Forgot(JANE))

        assert (started.serial, one.serial, more.serial) == (0, 1, 1)

    def test_each_run_raises_it(self) -> None:
        """Also two runs of one process."""
        first = after(EMPTY, OPENED, STARTED, Put(a_bound()))

        assert after(first, RunStarted(a_run("r-2"), "acme", {}), Forgot(JANE)).serial == 2

    @pytest.mark.parametrize(
        "entry",
        [Put(a_bound(JOE, "5")), Put(a_bound(id="18")), Forgot(JANE), Moved(JANE, JOE), Commanded("state settle")],
    )
    def test_changes_of_a_binding_raise_it(self, entry: Entry) -> None:
        """Once for each command that makes them."""
        before = a_document(a_bound())

        assert after(before, OPENED, entry, entry).serial == 1
        assert after(before, OPENED, entry, OPENED, Commanded("import")).serial == 2

    @pytest.mark.parametrize(
        "entry",
        [
            Put(a_bound(attributes={"first_name": "read back"}, prevent_destroy=True)),
            PutUnknown(an_unknown()),
            Accounts({}),
            Parked(JANE, {}),
            Unparked(JANE),
            STARTED,
        ],
    )
    def test_refreshing_does_not(self, entry: Entry) -> None:
        """The binding is the same; a saved plan is as good as before."""
        assert after(a_document(a_bound()), OPENED, entry).serial == 0

    @pytest.mark.parametrize("result", list(Settlement))
    def test_settling_does_not(self, result: Settlement) -> None:
        """An interrupted run raised it already, at its intent."""
        killed = after(EMPTY, OPENED, STARTED, IntentMade(an_intent()))

        assert after(killed, OPENED, Settled(1, result, VendorId("17"))).serial == killed.serial == 1

    def test_a_snapshot_in_between_does_not_count_twice(self) -> None:
        """The flag is part of the record, so that compaction in the middle of a run changes nothing."""
        middle = after(EMPTY, OPENED, STARTED, IntentMade(an_intent()))

        assert Replay(middle).document.serial == 1
        assert after(middle, IntentMade(an_intent(2, address=JOE))).serial == 1


def test_a_document_that_was_handed_out_does_not_change() -> None:
    """The planner's prior stays what it was while apply goes on."""
    replay = Replay(a_document(a_bound()))
    handed_out = replay.document

    replay.apply(Forgot(JANE))

    assert handed_out.bound == {JANE: a_bound()}
    assert replay.document.bound == {}
    assert replay.bound(JANE) is None
    assert replay.document is replay.document
