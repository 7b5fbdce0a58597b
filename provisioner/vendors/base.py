"""The words in which a vendor says what it can do: marks, Offers, requests, adapters.

The planner and apply know these words and no vendor. What is not declared here cannot be done. Nothing in this file
does I/O: a read or a change is a generator that yields ``Request`` values and is sent their ``Answer``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, Flag, StrEnum, auto
from functools import cached_property
from typing import Any, Protocol, TypeAlias, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from provisioner.errors import ProvisionerError
from provisioner.secrets import Secret, SecretRef
from provisioner.values import Attributes, Value, VendorId, folded

# --- Marks on fields ---------------------------------------------------------------------------------------------


class Mark(Enum):
    """What is special about a field at one vendor; used as ``Annotated[str, Mark.NATURAL_KEY]``."""

    NATURAL_KEY = auto()
    """How people recognise the entity; several marked fields make one key together."""
    PERSONAL = auto()
    """Tells one person from another: ``email``/``username`` decide alone, first and last name together."""
    ASSIGNED = auto()
    """Only the vendor's portal gives it; a create without it is ``manual``."""
    IMMUTABLE = auto()
    """Cannot change in place: a different value is a ``replace``."""
    READ_ONLY = auto()
    """Can be declared and compared, never written: a difference is ``manual``."""
    MATCH_ONLY = auto()
    """Used to find the entity; never sent, never compared."""
    CREATE_ONLY = auto()
    """Sent on create, not writable afterwards: a later difference is ``manual``."""
    AFTER_CREATE = auto()
    """Set by a second request after the create."""
    CREATE_REQUIRED = auto()
    """The vendor refuses a create without it; checked when the action is ``create``."""
    CLEARABLE = auto()
    """May be ``null`` in a manifest; the adapter spells it as the vendor wants."""
    RUN_TIME = auto()
    """Changes by itself; shown apart, never drift."""
    BLANKED = auto()
    """A secret that the vendor's full replacement blanks unless it is sent: sent with every update."""


@dataclass(frozen=True, slots=True)
class Unique:
    """No two active entities of the kind share the value, trimmed and case-folded.

    ``within`` names the field whose value limits the scope: an alert's name is unique within its supervisor.
    ``digits`` is the greatest length of a value that is made of digits only, None for other text: it tells which
    free value can stand in while two entities swap theirs.
    """

    within: str | None = None
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Like:
    """What a secret's value must look like: a pattern for the whole of it, and that in words.

    Checked once it is resolved, before the first call of a run: a value that the vendor would refuse half-way through
    stops nothing half-way. The value itself is never shown.
    """

    pattern: str
    words: str

    def fits(self, secret: Secret) -> bool:
        return re.fullmatch(self.pattern, secret.reveal()) is not None


@dataclass(frozen=True, slots=True)
class Ref:
    """The value is a reference to a resource of this kind; in a list, each item is."""

    kind: str


class ById(BaseModel):
    """``{id: 17}``: a reference to an entity that no manifest declares."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: int | str


Reference: TypeAlias = str | ById
"""A reference as a manifest writes it: the key of a declaration, or ``{id: …}``."""

UNSAID: Any = None
"""The default of a field that a manifest may leave out, whatever its type: ``name: str = UNSAID``."""


class Fields(BaseModel):
    """Base of a kind's fields at one vendor: snake_case names, strict types, nothing unknown.

    A secret field is typed ``SecretRef``, a reference ``Annotated[Reference, Ref("supervisors")]``; ``| None`` where
    the field may be cleared. Every field that a manifest may leave out has the default ``UNSAID``: what was declared is
    told by pydantic's ``model_fields_set``. An alias (``from``) is the name in manifests where Python reserves the
    word. A sentence for people about a constraint stands in ``json_schema_extra`` under ``expected``.
    Validators may normalise (pad a time, sort days); the planner sees the normalised value.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, serialize_by_alias=True
    )


@dataclass(frozen=True)
class FieldSpec:
    """What the planner knows of one leaf field.

    ``required`` is True where a manifest may not leave it out. ``expected`` is a human sentence for the field's
    constraint, empty where the type says it all. ``like`` is what a secret's value must look like.
    """

    path: str
    marks: frozenset[Mark]
    unique: Unique | None
    ref: Ref | None
    secret: bool
    nullable: bool
    description: str
    required: bool = False
    expected: str = ""
    like: Like | None = None

    def has(self, mark: Mark) -> bool:
        return mark in self.marks


def _specs(model: type[BaseModel], prefix: str = "") -> Iterable[FieldSpec]:
    for name, info in model.model_fields.items():
        path = f"{prefix}{info.alias or name}"
        inner = _nested_model(info.annotation)
        yield _spec(path, info)
        if inner is not None:
            yield from _specs(inner, f"{path}.")


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``Model | None``, or None for a leaf (a reference is one)."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel) and candidate is not ById:
            return candidate
    return None


def _parts(annotation: Any) -> Iterable[Any]:
    """Every type within an annotation, Annotated's metadata included."""
    yield annotation
    if get_origin(annotation) is not None or get_args(annotation):
        for part in get_args(annotation):
            yield from _parts(part)


def _spec(path: str, info: FieldInfo) -> FieldSpec:
    metadata = [*info.metadata, *_parts(info.annotation)]
    infos = [info, *(item for item in metadata if isinstance(item, FieldInfo))]
    refs = [item for item in metadata if isinstance(item, Ref)]
    uniques = [item for item in metadata if isinstance(item, Unique)]
    likes = [item for item in metadata if isinstance(item, Like)]
    return FieldSpec(
        path=path,
        marks=frozenset(item for item in metadata if isinstance(item, Mark)),
        unique=uniques[0] if uniques else None,
        ref=refs[0] if refs else None,
        secret=any(item is SecretRef for item in metadata),
        nullable=any(item is type(None) for item in get_args(info.annotation)),
        description=_outermost(infos, lambda item: item.description),
        required=info.is_required(),
        expected=_expected(infos),
        like=likes[0] if likes else None,
    )


def _outermost(infos: Sequence[FieldInfo], of: Callable[[FieldInfo], str | None]) -> str:
    """What the field itself says, else the outermost type within it that says anything."""
    field_info, *inner = infos
    said = [words for info in (*inner, field_info) if (words := of(info))]
    return said[-1] if said else ""


def _expected(infos: Sequence[FieldInfo]) -> str:
    """What ``json_schema_extra`` says under ``expected``: the field itself, else the last one inside ``| None``."""
    field_info, *inner = infos
    said = (info.json_schema_extra for info in (*inner, field_info))
    words = [extra["expected"] for extra in said if isinstance(extra, dict) and "expected" in extra]
    return str(words[-1]) if words else ""


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
    that nobody declares (flat), so that an export can leave them out.
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

    def can(self, call: Call) -> bool:
        return call in self.calls

    @cached_property
    def specs(self) -> Mapping[str, FieldSpec]:
        """Every field by dotted path, in the order of declaration; a nested map is listed before its leaves."""
        return {spec.path: spec for spec in _specs(self.fields)}

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

        A part that a manifest may leave out counts as null there: an alert without a supervisor is the system's.
        """
        if any(path not in attributes and self.specs[path].required for path in self.key_paths):
            return None
        return tuple(folded(attributes.get(path)) for path in self.key_paths)


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
    """

    id: VendorId
    attributes: Attributes
    deleted: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """All entities of a kind on a connection, as far as one listing or scan can tell.

    ``incomplete`` says why it may have missed some, in words for a person (page, endpoint, setting to change), and is
    None when it saw everything. ``highest`` is the greatest numeric id seen, where ids count up.
    """

    entities: tuple[Entity, ...]
    incomplete: str | None = None
    highest: int | None = None


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

    def find_all(self, *, known: int = 0, start: int = 1) -> Reading[Listing]:
        """Every entity of the kind (LIST), or from id ``start`` on (SCAN).

        ``known`` is the greatest numeric id that anybody has seen: a scan goes at least that far and its gap beyond.
        """
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
