"""A plan as a value: what will be done to each resource, why, and what it was made from.

Frozen, sorted, serialisable, and the same bytes for the same input. Apply obeys it and decides nothing again. Its JSON
form is written and read in ``document_json.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.drifted import Drift, Drifted
from provisioner.plan.leaf import ABSENT, FieldChange, Maybe
from provisioner.values import Attributes, Value, VendorId, digest

__all__ = [
    "ABSENT",
    "BLOCKING",
    "GONE",
    "OVERWRITES",
    "STRANGER",
    "WRITES",
    "Action",
    "Agreed",
    "Change",
    "FieldChange",
    "KindTold",
    "Maybe",
    "Plan",
    "Reason",
    "Record",
    "Seats",
    "Step",
    "Trip",
    "sorted_changes",
]


class Action(StrEnum):
    """What is done to one instance; the order is that of the summary."""

    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    REPLACE = "replace"
    UNDELETE = "undelete"
    DELETE = "delete"
    FORGET = "forget"
    NONE = "none"
    MANUAL = "manual"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


WRITES: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.UNDELETE, Action.DELETE})
"""The actions that may send a change to a vendor (an adopt does only if it has fields to write)."""

BLOCKING: Final = frozenset({Action.CONFLICT, Action.UNKNOWN})
"""The actions with which a plan must not be applied."""


GONE: Final = "gone"
"""The reason of a forget of what the vendor does not have any more."""


STRANGER: Final = "stranger"
"""The reason of a change to whom nobody would recognise by what is declared."""

OVERWRITES: Final = "overwrites"
"""The reason of a change that is sent over what nobody has seen."""


class Step(StrEnum):
    """The part of an address's change that stands in the plan on its own."""

    PARK = "park"
    DELETE = "delete"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code for programs, a text for people."""

    code: str
    text: str


@dataclass(frozen=True)
class Change:
    """One instance's change, or one step of it.

    ``before`` is what the vendor shows of the declared fields and the natural key (None where there is nothing),
    ``deleted`` whether that is a deleted record: only these decide staleness. ``after`` is what will be there (None
    for a delete). ``needs`` are the keys of the changes that must be done first. ``intent`` is what a ``manual``
    change would have been. ``moved_from`` is the address under which state has the entity until now, ``lost`` the id
    that it has in vain (gone, or a record that cannot come back). ``undeletes`` is True for the create half of a
    replace that brings a deleted record back. ``blanks`` are secrets that nobody declares and that its requests send
    blank; no other may be. ``for_good`` is True for a delete of which the vendor keeps nothing.
    """

    address: Address
    vendor: str
    action: Action
    step: Step | None = None
    intent: Action | None = None
    id: VendorId | None = None
    reasons: tuple[Reason, ...] = ()
    before: Attributes | None = None
    deleted: bool = False
    after: Attributes | None = None
    fields: tuple[FieldChange, ...] = ()
    needs: tuple[str, ...] = ()
    included_by: str | None = None
    moved_from: Address | None = None
    lost: VendorId | None = None
    undeletes: bool = False
    file: str = ""
    prevent_destroy: bool = False
    blanks: tuple[str, ...] = ()
    for_good: bool = False

    @property
    def attributes(self) -> Attributes:
        """All that the change says of the entity: what is there wins over what will be."""
        return {**(self.after or {}), **(self.before or {})}

    @cached_property
    def key(self) -> str:
        """What other changes call it: the address, with ``#park``, ``#delete`` or ``#create`` for a step."""
        return f"{self.address}#{self.step}" if self.step else str(self.address)

    def because(self, code: str, text: str) -> Change:
        """The same change with one reason more."""
        return replace(self, reasons=(*self.reasons, Reason(code, text)))

    def becomes(self, action: Action, code: str, text: str) -> Change:
        """Another action for the same instance, with the reason first."""
        return replace(self, action=action, reasons=(Reason(code, text), *self.reasons))

    @property
    def writable(self) -> tuple[FieldChange, ...]:
        """The fields that apply will send: none of what a person has to do first."""
        return () if self.action is Action.MANUAL else tuple(item for item in self.fields if not item.manual)

    @property
    def missing(self) -> bool:
        """True for a forget of what the vendor does not have, or has deleted; not of what is let go of as it stands."""
        absent = self.deleted or any(reason.code == GONE for reason in self.reasons)
        return self.action is Action.FORGET and absent

    @property
    def parked(self) -> tuple[FieldChange, ...]:
        """The fields that a parking step puts on a temporary value: all but the secrets that go along."""
        return tuple(item for item in self.fields if not item.secret)

    @property
    def doubtful(self) -> bool:
        """True where an id alone says whom it is about: a slip in that id would change somebody else."""
        return any(reason.code in (STRANGER, OVERWRITES) for reason in self.reasons)

    @property
    def passing(self) -> bool:
        """True for an update of nothing but what changes by itself: it need not stay as it is set."""
        return self.action is Action.UPDATE and all(item.run_time for item in self.fields)

    @property
    def open_manual(self) -> bool:
        """True where a person has something left to do after apply."""
        return self.action is Action.MANUAL or any(item.manual for item in self.fields)


@dataclass(frozen=True, slots=True)
class Trip:
    """A guard that does not like the plan: what it saw and how to go on. ``allowed``: lifted for this one plan.

    ``holds`` is how many of its addresses it would let pass; it is told in the message and not saved.
    """

    name: str
    message: str
    hint: str
    connection: str | None = None
    kind: str | None = None
    addresses: tuple[str, ...] = ()
    allowed: bool = False
    holds: int = 0


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a vendor was seen to have as it is declared, and the state does not know as last applied.

    ``attributes`` as declared (flat, references as addresses), ``references`` the ids of those of them that refer to
    others (path → id, or a list of ids), ``natural_key`` the entity's with them.
    """

    attributes: Attributes
    references: Attributes
    natural_key: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What apply writes into the state without asking a vendor anything.

    ``released`` are fields that are no longer declared and stay as they are; ``prevent_destroy`` and ``file`` are what
    the manifests say now; ``agreed`` is what counts as applied although nobody sent it.
    """

    address: Address
    released: tuple[str, ...] = ()
    prevent_destroy: bool = False
    file: str = ""
    agreed: Agreed | None = None


@dataclass(frozen=True, slots=True)
class Seats:
    """What a licence holds: how many it allows, how many are in use, and how many will be after the plan.

    ``kind`` is what it counts: a kind, or several (``agents and supervisors``).
    """

    connection: str
    kind: str
    licensed: int
    in_use: int
    after: int


@dataclass(frozen=True, slots=True)
class KindTold:
    """A kind that changes, and whether its entities are people, who join and leave rather than are made and deleted.

    ``one`` is how a sentence calls one of it, where the kind's own word does not say it.
    """

    kind: str
    people: bool = False
    one: str = ""


@dataclass(frozen=True)
class Plan:
    """All changes in an order that can be executed, and what they were made from.

    ``refresh_only``: it only brings the record up to date with what drifted, which is ``drift``. ``no_refresh``: the
    vendors were not asked, and what is there was taken for what was last applied. ``kept_accounts``: connections of
    which an allowed new account showed all that is bound; ``reset_accounts``: of which it showed nothing of it.
    ``seats`` are of the licences that were asked about. ``kinds`` are those of the changes, in the order in which their
    consequences are told.
    """

    tenant: str
    changes: tuple[Change, ...]
    none: int = 0
    unmanaged: int | None = None
    guards: tuple[Trip, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    records: tuple[Record, ...] = ()
    lineage: str = ""
    serial: int = 0
    accounts: Mapping[str, str] = field(default_factory=dict)
    reset_accounts: tuple[str, ...] = ()
    kept_accounts: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    config_digest: str = ""
    created_at: str = ""
    tool_version: str = ""
    destroy: bool = False
    refresh_only: bool = False
    no_refresh: bool = False
    drift: tuple[Drifted, ...] = ()
    seats: tuple[Seats, ...] = ()
    kinds: tuple[KindTold, ...] = ()

    @property
    def summary(self) -> dict[str, int | None]:
        """A count of addresses for every action, and of unmanaged entities (None where nothing was counted)."""
        counts: dict[str, int | None] = dict.fromkeys((str(action) for action in Action), 0)
        seen: dict[Address, Action] = {}
        for change in self.changes:
            if change.step is not Step.PARK:
                seen[change.address] = change.action
        for action in Action:
            counts[str(action)] = sum(1 for found in seen.values() if found is action)
        counts["none"] = self.none
        counts["unmanaged"] = self.unmanaged
        return counts

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people call whatever the fields refer to: by address, or by kind, connection and id (``agents@pbx#17``).

        Only of what has a name, and of nothing else than what some field refers to.
        """
        found: dict[str, str] = {}
        for fields in (*(change.fields for change in self.changes), *(item.fields for item in self.drift)):
            for one in fields:
                found.update(one.names)
        return dict(sorted(found.items()))

    @property
    def tripped(self) -> tuple[Trip, ...]:
        """The guards that still refuse it."""
        return tuple(trip for trip in self.guards if not trip.allowed)

    @property
    def blocked(self) -> tuple[Change, ...]:
        """The conflicts and unknowns, with which it must not be applied."""
        return tuple(change for change in self.changes if change.action in BLOCKING)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(item for item in self.diagnostics if item.severity is Severity.ERROR)

    @property
    def refused(self) -> bool:
        """True for a plan that apply will not touch."""
        return bool(self.tripped or self.blocked or self.errors)

    @property
    def has_changes(self) -> bool:
        """True where apply has something to do; ``manual`` alone is not."""
        return any(change.action not in (Action.MANUAL, *BLOCKING) for change in self.changes) or bool(
            self.reset_accounts or self.refreshes
        )

    @property
    def differs(self) -> bool:
        """True where ``--detailed-exitcode`` says so: something lasting is to be done, by apply or by a person."""
        lasting = replace(self, changes=tuple(change for change in self.changes if not change.passing))
        return lasting.has_changes or bool(self.open_manual or self.drift)

    @property
    def refreshes(self) -> tuple[Drifted, ...]:
        """What is recorded as the vendor shows it now, without a change."""
        return tuple(item for item in self.drift if item.drift is Drift.CHANGED)

    @property
    def steps(self) -> tuple[Change, ...]:
        """Everything that apply goes through: what it only notes down (action ``none``), then the changes."""
        return (*map(_noted, self.refreshes), *self.changes)

    @property
    def open_manual(self) -> int:
        """How many addresses leave a person something to do."""
        return len({change.address for change in self.changes if change.open_manual})

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON form without the digest itself."""
        from provisioner.plan.document_json import canonical  # which is made of what stands here

        return digest(canonical(self))


def _noted(item: Drifted) -> Change:
    """A change of nothing but the record; ``before`` is what the vendor was seen to have."""
    before = {one.path: None if one.after is ABSENT else one.after for one in item.fields}
    return Change(item.address, item.vendor, Action.NONE, id=item.id, before=before, fields=item.fields, file=item.file)


def sorted_changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes by key: the order before dependencies are known."""
    return tuple(sorted(changes, key=lambda change: change.key))
