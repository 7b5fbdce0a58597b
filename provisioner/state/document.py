"""The record of what is managed: what was last applied, and what nobody knows the end of.

Values only; how they reach a disk is ``journal.py`` and ``backends/``. Nothing here is secret or derived from a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.address import Address
from provisioner.values import Attributes, Value, VendorId


@dataclass(frozen=True, slots=True)
class Bound:
    """A managed entity.

    ``attributes`` are the declared ones last acknowledged (flat, references as addresses; for a kind that cannot be
    read the whole last body, declared or not). ``secrets`` are the versions last sent, by path; 0 where it has one of
    which no more is known (it is no longer declared, or nobody could tell whether it arrived). ``references`` are
    the vendor ids that reference fields were last sent with (path → id, or a list of ids). ``uncertain`` are
    fields of a write whose outcome nobody could tell, so that they are sent again where they cannot be read.
    ``learned`` is what the vendor made of a value (path → [sent, kept]), so that it is not applied for ever. ``made``
    is True where this tool created it. ``file`` is the manifest that declared it.
    """

    address: Address
    account: str
    id: VendorId
    natural_key: tuple[Value, ...]
    attributes: Attributes
    secrets: Mapping[str, int] = field(default_factory=dict)
    references: Mapping[str, Value] = field(default_factory=dict)
    uncertain: frozenset[str] = frozenset()
    learned: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    made: bool = False
    prevent_destroy: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A create whose end nobody could tell, of an entity that cannot be looked up.

    ``taken`` is True once a repeat was answered "taken": it exists, and only a person can find its id.
    """

    address: Address
    account: str
    natural_key: tuple[Value, ...]
    attributes: Attributes
    secrets: Mapping[str, int] = field(default_factory=dict)
    references: Mapping[str, Value] = field(default_factory=dict)
    taken: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of an address after its entity was soft-deleted: evidence of identity, no cause of any action.

    ``personal`` are the PERSONAL fields as they were, by path. ``made`` is True where this tool had created it.
    """

    address: Address
    account: str
    id: VendorId
    natural_key: tuple[Value, ...]
    personal: Attributes = field(default_factory=dict)
    made: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that was about to be sent: on stable storage before it leaves.

    ``verb`` is create, update, delete or undelete. ``attributes`` are the secret-free fields that the request sets
    (flat, references as addresses), ``secrets`` the versions it carries, ``references`` the vendor ids that its
    reference fields carry (merged into the Bound as the attributes are), ``digest`` that of the secret-free body.
    ``highest`` is the greatest id known when it left, where ids count up. ``change`` is the key of the plan's change.
    ``natural_key`` is the key after the request; ``vendor_id`` the entity it goes to, None for a create. ``personal``
    and ``soft`` matter to a delete: what its tombstone keeps, and whether there is one.
    """

    id: int
    run: str
    change: str
    address: Address
    account: str
    kind: str
    verb: str
    natural_key: tuple[Value, ...]
    vendor_id: VendorId | None = None
    attributes: Attributes = field(default_factory=dict)
    secrets: Mapping[str, int] = field(default_factory=dict)
    references: Mapping[str, Value] = field(default_factory=dict)
    digest: str = ""
    highest: int | None = None
    file: str = ""
    personal: Attributes = field(default_factory=dict)
    soft: bool = False
    whole: bool = False
    """True where ``attributes`` is the whole body (a kind that cannot be read keeps it all)."""


@dataclass(frozen=True, slots=True)
class Run:
    """An apply: which plan (digest), when, by whom; ``done`` are the keys of its finished changes.

    ``finished`` is when it ended, empty while nobody has said so; ``totals`` what it said of itself then (a word →
    a count). ``recorded`` is True once the history holds it. ``left`` is True once somebody else writes.
    ``overtaken`` is True once another command (``import``, ``state …``) has changed the record since: the run cannot be
    gone on with then.
    """

    id: str
    plan: str
    started: str
    who: str = ""
    done: frozenset[str] = frozenset()
    completed: bool = False
    command: str = ""
    finished: str = ""
    totals: Mapping[str, int] = field(default_factory=dict)
    recorded: bool = False
    left: bool = False
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Requested:
    """One request as the history tells it.

    ``result`` is what was journalled last: pending, done, no_effect, unknown, gone or stuck. ``settled`` is True where
    that was found out afterwards, by asking the vendor. ``times`` is how often the request was sent (429 repeats it).
    """

    intent: int
    run: str
    change: str
    address: Address
    verb: str
    result: str
    id: VendorId | None = None
    detail: str = ""
    times: int = 1
    settled: bool = False


@dataclass(frozen=True)
class Document:
    """The whole record.

    ``credentials`` says for a secret reference as it is spelled (``from_env PBX_KEY``) to which accounts it was sent as
    a credential, so that it is not sent elsewhere by a manifest's word. ``lineage`` names this record for ever;
    ``serial`` rises as design says. ``pending`` are intents without an outcome. ``parked`` are temporary values that a
    run has put on unique fields (address → path → value). ``last_run`` is the latest apply. ``lineage`` is empty where
    nothing was ever written and nobody named one. ``moved`` says where the record lives now, for a copy that was left
    behind; such a one is never used.

    The rest is the journal's own: ``last_intent`` the greatest intent id given out, ``counted`` True where the serial
    has already risen for the run or command that wrote last, ``requests`` those that the history does not tell yet,
    ``history_head`` the SHA-256 of the history's last line.
    """

    lineage: str
    serial: int = 0
    tenant: str = ""
    accounts: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bound: Mapping[Address, Bound] = field(default_factory=dict)
    unknown: Mapping[Address, Unknown] = field(default_factory=dict)
    tombstones: Mapping[Address, Tombstone] = field(default_factory=dict)
    pending: Mapping[int, Intent] = field(default_factory=dict)
    parked: Mapping[Address, Attributes] = field(default_factory=dict)
    last_run: Run | None = None
    last_intent: int = 0
    counted: bool = False
    requests: Mapping[int, Requested] = field(default_factory=dict)
    history_head: str = ""
    moved: str = ""

    @property
    def empty(self) -> bool:
        """True where nothing was ever applied."""
        return not (self.bound or self.unknown or self.tombstones or self.pending or self.serial)
