"""The words in which a vendor says what it can do: Offers, requests, adapters. Those for fields are in ``fields.py``.

The planner and apply know these words and no vendor. What is not declared here cannot be done. Nothing in this file
does I/O: a read or a change is a generator that yields ``Request`` values and is sent their ``Answer``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

from provisioner.errors import ProvisionerError
from provisioner.secrets import Secret
from provisioner.values import Attributes, Value, VendorId, folded
from provisioner.vendors.fields import Fields, FieldSpec, Mark, specs_of
from provisioner.vendors.usage import Licence, UseProbe

# --- What a vendor offers for a kind ------------------------------------------------------------------------------


class Call(Flag):
    """The calls that a vendor documents for a kind."""

    LIST = auto()
    READ = auto()
    CREATE = auto()
    UPDATE = auto()
    DELETE = auto()
    UNDELETE = auto()


class Find(StrEnum):
    """How an entity without a known id is looked for."""

    BY_KEY = "by_key"
    """A read by natural key, which is the vendor's id."""
    LIST = "list"
    """One listing holds every entity."""
    SCAN = "scan"
    """Ids count up: reading each one visits every entity there ever was, deleted ones included."""
    NONE = "none"
    """The vendor cannot be asked."""


class Deleted(StrEnum):
    """What a delete leaves behind."""

    ABSENT = "absent"
    """Nothing: the entity is gone for good."""
    READABLE = "readable"
    """A record that can still be read and undeleted; its unique values are free for others."""
    HOLDS_KEY = "holds_key"
    """The same, and a create with its natural key is refused while it stands."""


class Write(StrEnum):
    """What an update carries."""

    MERGE = "merge"
    """Only what changes."""
    REPLACE_ALL = "replace_all"
    """Everything: what is left out is reset."""
    ONE_FIELD = "one_field"
    """One field a request."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What an offline rule objects to: a field's dotted path, a one-line message, what would be right."""

    path: str
    message: str
    expected: str | None = None


@dataclass(frozen=True)
class Offer:
    """What one vendor offers for one kind; all that planner and apply know of it.

    ``sources`` names the document of each call. ``rules`` are offline checks that types cannot say, over the declared
    attributes (flat). ``lag`` is how many seconds a negative look-up may be wrong after a change. ``enforces_unique``
    is True when the vendor refuses a create that would double a unique value. ``licence`` is the name under which
    the vendor's licence counts the kind. ``defaults`` gives, for a connection's settings, what a create makes of fields
    that nobody declares (flat), so that an export can leave them out. ``use`` says that, and how, the vendor can tell
    which entities are in use right now. ``blanks`` says, for a connection's settings, whether an update may blank
    BLANKED secrets that nobody declares; otherwise it is left to a person. ``numbered``: ids are whole numbers from 1.
    ``counted``: a listing says how many entities there are, so that an empty one is believed while state binds some.
    ``either_key``: each NATURAL_KEY field tells an entity by itself, and the first that is known counts, in the order
    of declaration; an entity may have several values for one of them (a person's e-mails, as a list). ``derived`` gives
    the values that follow from declared ones where they are not declared themselves: a create sends them, a search
    goes by them, and nothing is compared with them later.
    """

    fields: type[Fields]
    calls: Call
    sources: Mapping[Call, str]
    find: Find
    readable: bool = True
    deleted: Deleted = Deleted.ABSENT
    write: Write = Write.REPLACE_ALL
    serial_writes: bool = False
    lag: float = 0.0
    enforces_unique: bool = True
    rules: Callable[[Attributes], Iterable[Problem]] = lambda _: ()
    licence: str | None = None
    defaults: Callable[[Any], Attributes] = lambda _: {}
    use: UseProbe | None = None
    blanks: Callable[[Any], bool] = lambda _: False
    numbered: bool = False
    counted: bool = False
    either_key: bool = False
    derived: Callable[[Attributes], Attributes] = lambda _: {}

    def may_be_id(self, text: str) -> bool:
        """False for what no entity of the kind can be called, whatever the account holds."""
        return not self.numbered or (text.isascii() and text.isdigit() and not text.startswith("0"))

    def can(self, call: Call) -> bool:
        return call in self.calls

    @cached_property
    def specs(self) -> Mapping[str, FieldSpec]:
        """Every field by dotted path, in the order of declaration; a nested map is listed before its leaves."""
        return {spec.path: spec for spec in specs_of(self.fields)}

    @cached_property
    def key_paths(self) -> tuple[str, ...]:
        return self._paths(Mark.NATURAL_KEY)

    @cached_property
    def personal_paths(self) -> tuple[str, ...]:
        return self._paths(Mark.PERSONAL)

    @cached_property
    def unique_specs(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.specs.values() if spec.unique is not None)

    @cached_property
    def ref_paths(self) -> frozenset[str]:
        return frozenset(spec.path for spec in self.specs.values() if spec.ref is not None)

    @cached_property
    def secret_paths(self) -> frozenset[str]:
        return frozenset(spec.path for spec in self.specs.values() if spec.secret)

    @property
    def key_is_id(self) -> bool:
        """True where the natural key is what the vendor calls the entity (a queue's extension)."""
        return self.find is Find.BY_KEY

    def _paths(self, mark: Mark) -> tuple[str, ...]:
        return tuple(spec.path for spec in self.specs.values() if mark in spec.marks)

    def natural_key(self, attributes: Attributes) -> tuple[Value, ...] | None:
        """The natural key as the vendor compares it, or None where a part of it is missing.

        A part that a manifest may leave out counts as null there: an alert without a supervisor is the system's. Where
        each part is a key by itself, it is the strongest one that is known, the others null.
        """
        if self.either_key:
            return next(iter(self.natural_keys(attributes)), None)
        if any(path not in attributes and self.specs[path].required for path in self.key_paths):
            return None
        return tuple(folded(attributes.get(path)) for path in self.key_paths)

    def natural_keys(self, attributes: Attributes) -> tuple[tuple[Value, ...], ...]:
        """Every natural key by which an entity of these attributes can be found, the strongest first."""
        if not self.either_key:
            key = self.natural_key(attributes)
            return () if key is None else (key,)
        known = {**self.derived(attributes), **attributes}
        return tuple(
            tuple(folded(value) if path == part else None for part in self.key_paths)
            for path in self.key_paths
            for value in each_value(known.get(path))
        )


def each_value(value: Value) -> tuple[Value, ...]:
    """The values of a field that may have several, none of them blank."""
    found = value if isinstance(value, list) else [value]
    return tuple(item for item in found if item is not None and item != "")


# --- Requests and answers -----------------------------------------------------------------------------------------


class Effect(StrEnum):
    """What a request does to the vendor's entity; anything but READ is journalled before it leaves."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNDELETE = "undelete"


@dataclass(frozen=True)
class Request:
    """One HTTP request in a vendor's terms, relative to the connection's base URL.

    ``form`` or ``json`` is the body (never both); both may hold ``Secret`` values, which only the HTTP engine
    reveals. A map or a list as the value of a form parameter travels as JSON text, made after revealing. ``paths`` are
    the fields that the request sets, so that an update of several requests is recorded field by field. ``new_id``
    reads the id out of the answer to a create. ``absent_ok``: 404 is an answer to this request, not an error (a read,
    a delete).
    """

    method: str
    path: str
    query: tuple[tuple[str, str | Secret], ...] = ()
    form: Mapping[str, Any] | None = None
    json: Any = None
    headers: tuple[tuple[str, str | Secret], ...] = ()
    effect: Effect = Effect.READ
    paths: frozenset[str] = frozenset()
    new_id: Callable[[Answer], VendorId] | None = None
    absent_ok: bool = False

    @property
    def call(self) -> str:
        """What an error or a log shows of it: method and path, no query, no body."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What came back: status, the lower-case headers, and the body as text."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> Any:
        """The body as JSON; raises ValueError for anything else, an empty body included."""
        return json.loads(self.body)

    @property
    def absent(self) -> bool:
        return self.status == 404


@dataclass(frozen=True, slots=True)
class Entity:
    """What a vendor holds: its id, its attributes in our names (flat; references as ``{"id": …}``), deleted or not.

    ``pending``: the vendor has taken a deletion and not finished it. Secrets are never in it. ``attributes`` holds
    every settable field that the vendor returns, so that a full replacement can carry on what nobody declared.
    ``unseen`` are the paths of which the vendor's answer says nothing, or nothing that can be read: they are unknown,
    which is neither null nor false, so nothing is compared with them.
    """

    id: VendorId
    attributes: Attributes
    deleted: bool = False
    pending: bool = False
    unseen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listing:
    """All entities of a kind on a connection, as far as one listing or scan can tell.

    ``incomplete`` says why it may have missed some, in words for a person (page, endpoint, setting to change), and is
    None when it saw everything. ``lowest`` and ``highest`` are the first numeric id that was looked at and the greatest
    one seen, where ids count up; ``missing`` how many there are more for certain.
    """

    entities: tuple[Entity, ...]
    incomplete: str | None = None
    highest: int | None = None
    missing: int = 0
    lowest: int = 0


T = TypeVar("T")

Reading: TypeAlias = "Generator[Sequence[Request], Sequence[Answer], T]"
"""A read: yields batches of requests, which are sent concurrently; is sent their answers in the same order."""

Changing: TypeAlias = "Generator[Request, Answer, T]"
"""A change: yields one request at a time; each is journalled before it leaves, and its outcome after."""


class Adapter(Protocol):
    """The calls of one kind at one vendor, as generators. What the Offer does not declare is never called.

    ``values`` of a write are in our names, flat and ready to be sent: secrets as ``Secret``, references as vendor ids.
    404 to a read gives None, anything else that is not an entity raises. The session has checked every other answer
    before the generator sees it.
    """

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        """The entity of that id, deleted or not; None when the vendor says that there is none."""
        ...

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every entity of the kind (LIST), or from id ``start`` on (SCAN).

        ``known`` is the greatest numeric id that anybody has seen: a scan goes at least that far and its gap beyond.
        ``held`` are entities that were read a moment ago: a scan takes them as they are, and asks for the others.
        """
        ...

    def in_use(self, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Which of the entities are in use right now, each with what is going on in words ("2 callers are waiting")."""
        ...

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the entity and gives its id."""
        ...

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Writes ``values``: everything for REPLACE_ALL, else only what changed; ``changed`` are the paths that did."""
        ...

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        """Deletes it; 404 counts as done."""
        ...

    def undelete(self, vendor_id: VendorId) -> Changing[None]:
        """Brings a deleted entity back with the values it had."""
        ...


class Session(Protocol):
    """One connection's way of talking: its base URL, its credentials, its errors, its adapters."""

    @property
    def base_url(self) -> str: ...

    @property
    def redactions(self) -> Sequence[Secret]:
        """What must never show in an error or a log."""
        ...

    def sign(self, request: Request) -> Request:
        """The request with the credentials in it."""
        ...

    def check(self, request: Request, answer: Answer) -> None:
        """Raises Rejected, Unauthorized, NotFound or OutcomeUnknown for what is not a success.

        Called for every answer below 500 except 429 and redirects, which the engine handles. 404 passes for a request
        with ``absent_ok``.
        """
        ...

    def adapter(self, kind: str) -> Adapter: ...

    def licences(self) -> Reading[Mapping[str, Licence]]:
        """What the account's licence allows and counts, by the names in the Offers; called only where one has a name.

        What the vendor does not report is left out: all of it, where it has no such call.
        """
        ...


@runtime_checkable
class LogsIn(Protocol):
    """What a session has besides, where requests can be signed only after a log-in.

    The engine logs in before the first request, once for everybody who uses the connection, and once more when a
    request is answered with 401; that request is then repeated once. The session keeps what the log-in gave it, and
    names it among its ``redactions``.
    """

    def log_in(self) -> Changing[None]:
        """Yields the requests of a log-in, which go out unsigned; nothing at all where none is needed."""
        ...


class Limits(BaseModel):
    """How hard a connection may be driven; ``limits:`` in a manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    concurrency: int = 8
    requests_per_second: float | None = None


class Settings(BaseModel):
    """Base of a vendor's connection settings: what stands under ``connections.NAME`` in a manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)

    vendor: str
    limits: Limits = Limits()
    timeout: float = 30.0
    retries: int = 4
    ca_file: str | None = None


@dataclass(frozen=True)
class Vendor:
    """One vendor: its name in manifests, its kinds, and how to talk to an account of it.

    ``account`` is what identifies the account that a connection leads to (vendor, host, port, base path, or a
    workspace id); it holds no secret. ``connect`` gets the settings, the manifest's name of the connection and the
    resolved secrets by dotted path (``api_key``).
    """

    name: str
    title: str
    kinds: Mapping[str, Offer]
    settings: type[Settings]
    account: Callable[[Any], str]
    connect: Callable[[Any, str, Mapping[str, Secret]], Session]


class UnknownVendor(ProvisionerError):
    """No vendor of that name is installed."""
