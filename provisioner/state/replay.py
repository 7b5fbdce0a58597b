"""What each journal entry does to the record.

State is the last snapshot and every entry since. The same code runs while an apply writes and when the next command
reads, so that both see the same record. An entry costs what it changes, never what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.address import Address
from provisioner.errors import StateError
from provisioner.state.document import Bound, Document, Intent, Requested, Tombstone, Unknown
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
    RunFinished,
    RunStarted,
    Settled,
    Unparked,
    WriterOpened,
)
from provisioner.values import Attributes, Value, VendorId, overlaid, parents


def replayed(document: Document, entries: Iterable[Entry]) -> Document:
    """The record after these entries; raises StateError where one of them cannot follow the others."""
    replay = Replay(document)
    for entry in entries:
        replay.apply(entry)
    return replay.document


class Replay:
    """The record while it changes. ``document`` is what it is now; later entries do not change that value."""

    def __init__(self, document: Document) -> None:
        self._frozen: Document | None = document
        self._lineage = document.lineage
        self._serial = document.serial
        self._tenant = document.tenant
        self._accounts = dict(document.accounts)
        self._credentials = dict(document.credentials)
        self._bound = dict(document.bound)
        self._unknown = dict(document.unknown)
        self._tombstones = dict(document.tombstones)
        self._pending = dict(document.pending)
        self._parked = dict(document.parked)
        self._run = document.last_run
        self._done = set(document.last_run.done if document.last_run else ())
        self._last_intent = document.last_intent
        self._counted = document.counted
        self._requests = dict(document.requests)
        self._history_head = document.history_head
        self._moved_to = document.moved

    @property
    def document(self) -> Document:
        """The record as of now. Asking again without an entry in between costs nothing, else a copy of the maps."""
        if self._frozen is None:
            self._frozen = Document(
                lineage=self._lineage,
                serial=self._serial,
                tenant=self._tenant,
                accounts=dict(self._accounts),
                credentials=dict(self._credentials),
                bound=dict(self._bound),
                unknown=dict(self._unknown),
                tombstones=dict(self._tombstones),
                pending=dict(self._pending),
                parked=dict(self._parked),
                last_run=self._run and replace(self._run, done=frozenset(self._done)),
                last_intent=self._last_intent,
                counted=self._counted,
                requests=dict(self._requests),
                history_head=self._history_head,
                moved=self._moved_to,
            )
        return self._frozen

    def bound(self, address: Address) -> Bound | None:
        """One binding as of now, at no cost."""
        return self._bound.get(address)

    def apply(self, entry: Entry) -> None:
        """Change the record as the entry says."""
        self._frozen = None
        match entry:
            case IntentMade(intent):
                self._intent_made(intent)
            case Outcome():
                self._outcome(entry)
            case Settled():
                self._settled(entry)
            case RunStarted() | RunFinished() | ChangeDone() | HistoryWritten():
                self._of_a_run(entry)
            case WriterOpened():
                self._counted = False
                self._run = replace(self._run, left=True) if self._run is not None else None
            case Commanded():
                self._count(overtakes=False)  # it ends what a run left open, so that this can be gone on with
            case Accounts(accounts):
                self._accounts = dict(accounts)
            case _:
                self._of_an_address(entry)

    def _count(self, *, overtakes: bool = True) -> None:
        """Raise the serial, the first time that the run or command at work asks for it."""
        if not self._counted:
            self._serial, self._counted = self._serial + 1, True
            if overtakes and self._run is not None and self._run.left:
                self._run = replace(self._run, overtaken=True)

    # Runs

    def _of_a_run(self, entry: RunStarted | RunFinished | ChangeDone | HistoryWritten) -> None:
        if isinstance(entry, RunStarted):
            self._run_started(entry)
            return
        if self._run is None or entry.run_id not in ("", self._run.id):
            raise StateError(f"the journal speaks of run `{entry.run_id}`, which is not the last one")
        match entry:
            case RunFinished(_, completed, at, totals):
                self._run = replace(self._run, completed=completed, finished=at or "unknown", totals=totals)
            case ChangeDone(_, key):
                self._done.add(key)
            case HistoryWritten(_, head):
                self._run, self._history_head = replace(self._run, recorded=True), head
                self._requests.clear()

    def _run_started(self, entry: RunStarted) -> None:
        run, last = entry.run, self._run
        goes_on = last is not None and last.id == run.id
        if not goes_on:
            self._done = set()
            self._counted = False
        self._done |= run.done
        self._run = replace(run, completed=False, finished="", totals={}, recorded=False, left=False)
        self._tenant = entry.tenant
        self._accounts.update(entry.accounts)
        for reference, accounts in entry.credentials.items():
            self._credentials[reference] = tuple(sorted({*self._credentials.get(reference, ()), *accounts}))

    # Requests

    def _intent_made(self, intent: Intent) -> None:
        if intent.id in self._pending:
            raise StateError(f"the journal makes intent {intent.id} twice")
        self._pending[intent.id] = intent
        self._last_intent = max(self._last_intent, intent.id)
        self._requests[intent.id] = _asked(intent)
        self._count()

    def _outcome(self, entry: Outcome) -> None:
        intent = self._intent(entry.intent_id)
        told = replace(
            self._requests.get(intent.id) or _asked(intent),
            result=entry.result.value,
            id=entry.vendor_id or intent.vendor_id,
            detail=entry.detail,
            times=entry.times,
        )
        self._requests[intent.id] = told
        self._conclude(intent, entry.result.value, entry.vendor_id)

    def _settled(self, entry: Settled) -> None:
        intent = self._intent(entry.intent_id)
        told = self._requests.get(intent.id) or _asked(intent)
        self._requests[intent.id] = replace(
            told,
            result=entry.result.value,
            id=entry.vendor_id or intent.vendor_id,
            detail=entry.detail or told.detail,
            settled=True,
        )
        if entry.result.value == "stuck":
            self._stuck(intent, taken=entry.taken)
        self._conclude(intent, entry.result.value, entry.vendor_id)

    def _intent(self, number: int) -> Intent:
        intent = self._pending.get(number)
        if intent is None:
            raise StateError(f"the journal tells the outcome of intent {number}, which is not open")
        return intent

    def _conclude(self, intent: Intent, result: str, vendor_id: VendorId | None) -> None:
        if result == "unknown":
            return
        del self._pending[intent.id]
        if result == "gone":
            self._drop(intent)
        if result != "done":
            return
        match intent.verb:
            case "create":
                self._created(intent, vendor_id)
            case "update":
                self._updated(intent, vendor_id)
            case "delete":
                self._deleted(intent)
            case "undelete":
                self._undeleted(intent, vendor_id)
            case _:
                raise StateError(f"the journal holds a request `{intent.verb}`, which is unknown")

    def _created(self, intent: Intent, vendor_id: VendorId | None) -> None:
        found = vendor_id or intent.vendor_id
        if found is None:
            raise StateError(f"the journal holds a create of `{intent.address}` that is done without an id")
        before = self._bound.get(intent.address)
        self._bind(_from_intent(intent, found, made=True, guarded=before is not None and before.prevent_destroy))

    def _updated(self, intent: Intent, vendor_id: VendorId | None) -> None:
        """What the request said is now what was last acknowledged; an address forgotten meanwhile stays so."""
        self._moved_off(intent)
        before = self._bound.get(intent.address)
        if before is None:
            return
        sent = intent.attributes
        known = dict(sent) if intent.whole else overlaid(before.attributes, sent)
        self._bound[intent.address] = replace(
            before,
            id=vendor_id or before.id,
            natural_key=intent.natural_key,
            attributes={path: value for path, value in known.items() if path not in intent.secrets},
            secrets={**_uncleared(before.secrets, sent), **intent.secrets},
            references=_kept(before.references, sent, whole=intent.whole) | dict(intent.references),
            uncertain=before.uncertain - sent.keys() - intent.secrets.keys(),
            # What the vendor made of a value is known as long as that value is what was sent.
            learned={path: pair for path, pair in before.learned.items() if sent.get(path, pair[0]) == pair[0]},
        )

    def _moved_off(self, intent: Intent) -> None:
        """Whatever was written over a temporary value has ended it, though the run may have died before it said so."""
        parked = self._parked.get(intent.address)
        if parked is None:
            return
        left = {path: value for path, value in parked.items() if intent.attributes.get(path, value) == value}
        if left:
            self._parked[intent.address] = left
        else:
            del self._parked[intent.address]

    def _deleted(self, intent: Intent) -> None:
        """A replace may have bound the address to a new id before the old one goes; that binding stays."""
        before = self._bound.get(intent.address)
        if before is not None and intent.vendor_id not in (None, before.id):
            return
        found = intent.vendor_id or (before and before.id)
        self._drop(intent)
        if intent.soft and found:
            made = before is not None and before.made
            self._tombstones[intent.address] = Tombstone(
                intent.address, intent.account, found, intent.natural_key, dict(intent.personal), made
            )

    def _undeleted(self, intent: Intent, vendor_id: VendorId | None) -> None:
        found = vendor_id or intent.vendor_id
        if found is None:
            raise StateError(f"the journal holds an undelete of `{intent.address}` without an id")
        before, grave = self._bound.get(intent.address), self._tombstones.get(intent.address)
        if before is not None and before.id == found:
            secrets = {**before.secrets, **intent.secrets}
            self._bind(replace(before, natural_key=intent.natural_key, secrets=secrets))
        else:
            made = grave is not None and grave.id == found and grave.made
            guarded = before is not None and before.prevent_destroy
            self._bind(_from_intent(intent, found, made=made, guarded=guarded))

    def _stuck(self, intent: Intent, *, taken: bool) -> None:
        if intent.verb == "create":
            self._unknown[intent.address] = Unknown(
                intent.address,
                intent.account,
                intent.natural_key,
                dict(intent.attributes),
                dict(intent.secrets),
                dict(intent.references),
                taken,
                intent.file,
            )
        before = self._bound.get(intent.address)
        if intent.verb == "update" and before is not None:
            self._bound[intent.address] = replace(
                before,
                uncertain=before.uncertain | intent.attributes.keys(),
                secrets={path: 0 if path in intent.secrets else old for path, old in before.secrets.items()},
            )

    def _bind(self, bound: Bound) -> None:
        self._bound[bound.address] = bound
        self._unknown.pop(bound.address, None)
        self._tombstones.pop(bound.address, None)

    def _drop(self, intent: Intent) -> None:
        """The entity of this request is no more: neither is its binding, nor what was parked on it."""
        before = self._bound.get(intent.address)
        if before is not None and intent.vendor_id in (None, before.id):
            del self._bound[intent.address]
            self._parked.pop(intent.address, None)

    # Addresses

    def _of_an_address(self, entry: Put | PutUnknown | Forgot | Parked | Unparked | Moved) -> None:
        match entry:
            case Put(bound):
                self._put(bound)
            case PutUnknown(unknown):
                self._unknown[unknown.address] = unknown
            case Forgot():
                self._forgot(entry)
            case Parked(address, attributes):
                before: Attributes = self._parked.get(address, {})
                self._parked[address] = {**before, **attributes}
            case Unparked(address):
                self._parked.pop(address, None)
            case Moved(source, target):
                self._moved(source, target)

    def _put(self, bound: Bound) -> None:
        before = self._bound.get(bound.address)
        if before is None or (before.account, before.id) != (bound.account, bound.id):
            self._count()
        self._bind(bound)

    def _forgot(self, entry: Forgot) -> None:
        address = entry.address
        self._bound.pop(address, None)
        self._parked.pop(address, None)
        if entry.everything:
            self._unknown.pop(address, None)
            self._tombstones.pop(address, None)
            self._pending = {n: intent for n, intent in self._pending.items() if intent.address != address}
        if entry.tombstone is not None:
            self._tombstones[entry.tombstone.address] = entry.tombstone
        self._count()

    def _moved(self, source: Address, target: Address) -> None:
        if source in self._bound:
            self._bound[target] = replace(self._bound.pop(source), address=target)
        if source in self._unknown:
            self._unknown[target] = replace(self._unknown.pop(source), address=target)
        if source in self._tombstones:
            self._tombstones[target] = replace(self._tombstones.pop(source), address=target)
        if source in self._parked:
            self._parked[target] = self._parked.pop(source)
        for number, intent in self._pending.items():
            if intent.address == source:
                self._pending[number] = replace(intent, address=target)
        self._count()


def _asked(intent: Intent) -> Requested:
    return Requested(
        intent.id, intent.run, intent.change, intent.address, intent.verb, result="pending", id=intent.vendor_id
    )


def _uncleared(secrets: Mapping[str, int], sent: Attributes) -> dict[str, int]:
    """The versions of the secrets that a request did not clear, neither by themselves nor with a map around them."""
    return {
        path: version
        for path, version in secrets.items()
        if all(place not in sent or sent[place] is not None for place in (path, *parents(path)))
    }


def _kept(references: Mapping[str, Value], sent: Attributes, *, whole: bool) -> dict[str, Value]:
    """The references that a request left as they were."""
    return {} if whole else {path: found for path, found in references.items() if path not in sent}


def _from_intent(intent: Intent, found: VendorId, *, made: bool, guarded: bool) -> Bound:
    """A binding that knows what the request said."""
    return Bound(
        intent.address,
        intent.account,
        found,
        intent.natural_key,
        dict(intent.attributes),
        dict(intent.secrets),
        dict(intent.references),
        made=made,
        prevent_destroy=guarded,
        file=intent.file,
    )
