"""What a vendor offers for a kind: its fields, its calls and its manners. All that planner and apply know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from functools import cached_property
from typing import Any

from provisioner.values import Attributes, Value, folded, parents
from provisioner.vendors.fields import Fields, FieldSpec, Mark, specs_of
from provisioner.vendors.usage import UseProbe


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

    ``sources`` names the document of each call. ``readable`` is False where an entity can be written and never asked
    for: what was last sent stands for it. ``serial_writes``: a connection takes one write at a time. ``lag`` is how
    many seconds a change may not show yet: what was not found, or not as it was sent, is looked for again until they
    have passed. ``enforces_unique`` is True when the vendor refuses a create that would double a unique value.
    ``rules`` are offline checks that types cannot say, over the declared attributes (flat; lists of references are
    plain lists). ``licence`` is the name under which the vendor's licence counts the kind. ``defaults`` gives, for a
    connection's settings, what a create makes of fields that nobody declares (flat), so that an export can leave them
    out. ``use`` says that, and how, the vendor can tell which entities are in use right now. ``blanks`` says, for a
    connection's settings, whether an update may blank BLANKED secrets that nobody declares; otherwise it is left to a
    person. ``numbered``: ids are whole numbers from 1. ``counted``: a listing says how many entities there are, so that
    an empty one is believed while state binds some. ``page`` is how many entities one request of a listing brings at
    most, None where one brings all of them. ``either_key``: each NATURAL_KEY field tells an entity by itself, and the
    first that is known counts, in the order of declaration; an entity may have several values for one of them (a
    person's e-mails, as a list). ``derived`` gives the values that follow from declared ones where they are not
    declared themselves: a create sends them, a search goes by them, and nothing is compared with them later.
    ``assigned_how`` says, of what is declared, what a person does in the portal to get the ASSIGNED fields: a clause
    such as "invite `jane@acme.example` in Acme's portal". ``queued``: callers or conversations wait in it, so that who
    reads a plan asks about it first, right after people. ``one`` is how a sentence calls one of the kind, where that is
    not the kind's own word without the plural's ending ("set of business hours").
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
    page: int | None = None
    either_key: bool = False
    derived: Callable[[Attributes], Attributes] = lambda _: {}
    assigned_how: Callable[[Attributes], str] | None = None
    queued: bool = False
    one: str = ""

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
    def member_paths(self) -> tuple[str, ...]:
        """The fields that each member of a list has by itself, and that are planned apart from it."""
        return tuple(spec.path for spec in self.specs.values() if spec.member)

    @cached_property
    def lasting(self) -> bool:
        """True where an update can set anything that stays as it was set."""
        fixed = {Mark.READ_ONLY, Mark.MATCH_ONLY, Mark.CREATE_ONLY, Mark.RUN_TIME}
        maps = {parent for path in self.specs for parent in parents(path)}
        leaves = (spec for path, spec in self.specs.items() if path not in maps)
        return self.can(Call.UPDATE) and any(not spec.marks & fixed for spec in leaves)

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
