"""How the record's values are spelled in JSON, both ways.

One small grammar serves snapshot, journal and history: a ``Form`` names a dataclass's members and the ``Spelling`` of
each. A member that has its default is left out. What comes in is checked: an unknown or missing member, or one of
another type, raises Malformed with the place; whoever knows the file turns that into a StateError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from provisioner.address import Address
from provisioner.errors import UsageError
from provisioner.state.document import Bound, Document, Intent, Requested, Run, Tombstone, Unknown
from provisioner.values import Value

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
D = TypeVar("D", bound="DataclassInstance")

FORMAT_VERSION = "1"


class Malformed(ValueError):
    """JSON that is not what this tool writes; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Spelling(Generic[T]):
    """A type's JSON form: ``write`` to JSON, ``read`` from JSON (raises Malformed)."""

    write: Callable[[T], Any]
    read: Callable[[Any], T]


def _same(value: T) -> T:
    return value


def _typed(kind: type[T], word: str) -> Spelling[T]:
    """A value that JSON has itself; True is no number."""

    def read(raw: Any) -> T:
        if type(raw) is not kind:
            raise Malformed(f"{word} expected, found {raw!r:.60}")
        return raw

    return Spelling(_same, read)


TEXT = _typed(str, "text")
FLAG = _typed(bool, "true or false")
COUNT = _typed(int, "a whole number")


def _table(raw: Any) -> dict[str, Any]:
    if type(raw) is not dict:
        raise Malformed(f"a map expected, found {raw!r:.60}")
    return raw


def _list(raw: Any) -> list[Any]:
    if type(raw) is not list:
        raise Malformed(f"a list expected, found {raw!r:.60}")
    return raw


def _read_address(raw: Any) -> Address:
    try:
        return Address.parse(TEXT.read(raw))
    except UsageError as error:
        raise Malformed(error.message) from error


def _read_pair(raw: Any) -> tuple[Value, Value]:
    pair = _list(raw)
    if len(pair) != 2:
        raise Malformed(f"two values expected, found {raw!r:.60}")
    return pair[0], pair[1]


ADDRESS = Spelling(str, _read_address)
KEY: Spelling[tuple[Value, ...]] = Spelling(list, lambda raw: tuple(_list(raw)))
ATTRIBUTES: Spelling[Mapping[str, Value]] = Spelling(dict, _table)
PATHS: Spelling[frozenset[str]] = Spelling(sorted, lambda raw: frozenset(TEXT.read(item) for item in _list(raw)))


def maybe(spelling: Spelling[T]) -> Spelling[T | None]:
    """The same, or null."""

    def write(value: T | None) -> Any:
        return None if value is None else spelling.write(value)

    def read(raw: Any) -> T | None:
        return None if raw is None else spelling.read(raw)

    return Spelling(write, read)


def one_of(words: type[E]) -> Spelling[E]:
    """A word of a closed list."""

    def read(raw: Any) -> E:
        try:
            return words(raw)
        except ValueError as error:
            raise Malformed(f"one of {', '.join(words)} expected, found {raw!r:.60}") from error

    return Spelling(str, read)


def listing(spelling: Spelling[T]) -> Spelling[tuple[T, ...]]:
    """A list of the same."""
    return Spelling(
        lambda values: [spelling.write(value) for value in values],
        lambda raw: tuple(spelling.read(item) for item in _list(raw)),
    )


def mapping(spelling: Spelling[T]) -> Spelling[Mapping[str, T]]:
    """A map from text."""

    def write(value: Mapping[str, T]) -> Any:
        return {name: spelling.write(value[name]) for name in sorted(value)}

    def read(raw: Any) -> Mapping[str, T]:
        return {name: spelling.read(item) for name, item in _table(raw).items()}

    return Spelling(write, read)


_PAIR: Spelling[tuple[Value, Value]] = Spelling(list, _read_pair)
LEARNED = mapping(_PAIR)
VERSIONS: Spelling[Mapping[str, int]] = Spelling(
    # A secret is a version and nothing else: text here would be the secret itself.
    lambda versions: {path: COUNT.read(version) for path, version in versions.items()},
    mapping(COUNT).read,
)


def _default(member: Field[Any]) -> Any:
    if member.default_factory is not MISSING:
        return member.default_factory()
    return member.default


class Form(Generic[D]):
    """A dataclass as a JSON map; every member has its spelling, and its own name unless ``called`` otherwise."""

    def __init__(self, of: type[D], called: Mapping[str, str] | None = None, /, **spellings: Spelling[Any]) -> None:
        members = {member.name: member for member in fields(of)}
        if members.keys() != spellings.keys():
            raise AssertionError(f"{of.__name__}: {members.keys() ^ spellings.keys()}")
        names = {name: (called or {}).get(name, name) for name in members}
        self._of = of
        self._members = [(name, names[name], _default(member), spellings[name]) for name, member in members.items()]
        self._spellings = {names[name]: (name, spelling) for name, spelling in spellings.items()}

    def write(self, value: D) -> dict[str, Any]:
        """The map; members that have their default are left out."""
        return {
            called: spelling.write(member)
            for name, called, default, spelling in self._members
            if (member := getattr(value, name)) != default
        }

    def read(self, raw: Any) -> D:
        """The value; raises Malformed naming the member."""
        found: dict[str, Any] = {}
        for called, item in _table(raw).items():
            if called not in self._spellings:
                raise Malformed(f"`{called}` is unknown")
            name, spelling = self._spellings[called]
            try:
                found[name] = spelling.read(item)
            except Malformed as error:
                raise Malformed(f"`{called}`: {error}") from error
        try:
            return self._of(**found)
        except TypeError as error:
            missing = [called for name, called, default, _ in self._members if default is MISSING and name not in found]
            raise Malformed(f"`{'`, `'.join(missing)}` is missing") from error

    @property
    def spelling(self) -> Spelling[D]:
        """This form as a member of another."""
        return Spelling(self.write, self.read)


_ENTITY: dict[str, Spelling[Any]] = {"address": ADDRESS, "account": TEXT, "natural_key": KEY}

BOUND = Form(
    Bound,
    **_ENTITY,
    id=TEXT,
    attributes=ATTRIBUTES,
    secrets=VERSIONS,
    references=ATTRIBUTES,
    uncertain=PATHS,
    learned=LEARNED,
    made=FLAG,
    prevent_destroy=FLAG,
    file=TEXT,
)
UNKNOWN = Form(
    Unknown, **_ENTITY, attributes=ATTRIBUTES, secrets=VERSIONS, references=ATTRIBUTES, taken=FLAG, file=TEXT
)
TOMBSTONE = Form(Tombstone, **_ENTITY, id=TEXT, personal=ATTRIBUTES, made=FLAG)
INTENT = Form(
    Intent,
    **_ENTITY,
    id=COUNT,
    run=TEXT,
    change=TEXT,
    kind=TEXT,
    verb=TEXT,
    vendor_id=maybe(TEXT),
    attributes=ATTRIBUTES,
    secrets=VERSIONS,
    references=ATTRIBUTES,
    digest=TEXT,
    highest=maybe(COUNT),
    file=TEXT,
    personal=ATTRIBUTES,
    soft=FLAG,
    whole=FLAG,
)
RUN = Form(
    Run,
    id=TEXT,
    plan=TEXT,
    started=TEXT,
    who=TEXT,
    done=PATHS,
    completed=FLAG,
    command=TEXT,
    finished=TEXT,
    totals=mapping(COUNT),
    recorded=FLAG,
    left=FLAG,
    overtaken=FLAG,
)
REQUESTED = Form(
    Requested,
    intent=COUNT,
    run=TEXT,
    change=TEXT,
    address=ADDRESS,
    verb=TEXT,
    result=TEXT,
    id=maybe(TEXT),
    detail=TEXT,
    times=COUNT,
    settled=FLAG,
)


def _by_address(form: Form[Any]) -> Spelling[Mapping[Address, Any]]:
    """A map keyed by address; the address is not repeated inside."""

    def write(records: Mapping[Address, Any]) -> Any:
        found: dict[str, Any] = {}
        for address in sorted(records):
            inner = form.write(records[address])
            if inner.pop("address") != str(address):
                raise AssertionError(f"{address} is filed under another address")
            found[str(address)] = inner
        return found

    def read(raw: Any) -> Mapping[Address, Any]:
        found: dict[Address, Any] = {}
        for text, inner in _table(raw).items():
            try:
                value = form.read({"address": text, **_table(inner)})
            except Malformed as error:
                raise Malformed(f"`{text}`: {error}") from error
            found[value.address] = value
        return found

    return Spelling(write, read)


def _by_number(form: Form[Any], name: str) -> Spelling[Mapping[int, Any]]:
    """A map keyed by one of its values' members, as a list in that order."""

    def read(raw: Any) -> Mapping[int, Any]:
        values = [form.read(item) for item in _list(raw)]
        return {getattr(value, name): value for value in values}

    return Spelling(lambda records: [form.write(records[number]) for number in sorted(records)], read)


PARKED: Spelling[Mapping[Address, Mapping[str, Value]]] = Spelling(
    lambda parked: {str(address): dict(parked[address]) for address in sorted(parked)},
    lambda raw: {_read_address(text): _table(inner) for text, inner in _table(raw).items()},
)

DOCUMENT = Form(
    Document,
    {"bound": "resources"},
    lineage=TEXT,
    serial=COUNT,
    tenant=TEXT,
    accounts=mapping(TEXT),
    credentials=mapping(listing(TEXT)),
    bound=_by_address(BOUND),
    unknown=_by_address(UNKNOWN),
    tombstones=_by_address(TOMBSTONE),
    pending=_by_number(INTENT, "id"),
    parked=PARKED,
    last_run=maybe(RUN.spelling),
    last_intent=COUNT,
    counted=FLAG,
    requests=_by_number(REQUESTED, "intent"),
    history_head=TEXT,
    moved=TEXT,
)


ALWAYS: dict[str, Any] = {"format_version": FORMAT_VERSION, "lineage": "", "serial": 0, "tenant": ""}


def to_json(document: Document) -> dict[str, Any]:
    """The record as JSON (``specs/state.schema.json``); the same record gives the same, members in a fixed order."""
    return {**ALWAYS, "accounts": {}, "resources": {}, **DOCUMENT.write(document)}


def from_json(raw: Mapping[str, Any]) -> Document:
    """The inverse of ``to_json``, for the current format version; raises Malformed naming the place."""
    return DOCUMENT.read({name: item for name, item in raw.items() if name != "format_version"})
