"""The words in which a vendor describes a kind's fields: marks on a model, and what the planner reads off them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo
from typing_extensions import get_type_hints, is_typeddict

from provisioner.secrets import Secret, SecretRef
from provisioner.units import Unit


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
    """Changes by itself; shown apart, never drift. Of a list's member it can be declared, and is asked for whenever it
    differs."""
    BLANKED = auto()
    """A secret that the vendor's full replacement blanks unless it is sent: sent with every update."""


@dataclass(frozen=True, slots=True)
class Unique:
    """No two active entities of the kind share the value, trimmed and case-folded.

    ``within`` names the field whose value limits the scope: an alert's name is unique within its supervisor.
    ``digits`` is the greatest length of a value that is made of digits only, None for other text: it tells which
    free value can stand in while two entities swap theirs. ``space`` names a set of values that several kinds of the
    vendor draw from, such as the numbers of one telephone system: what one of them has, none of the others can have.
    """

    within: str | None = None
    digits: int | None = None
    space: str | None = None


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
    """The value is a reference to a resource of this kind; in a list, each item is, or has it beside fields of its own.

    Such a map names its target by the kind's singular, ``{agent: jane, delay: 5}``. ``ordered``: its order counts.
    ``partial``: the list speaks only of those whom it names, and only if they are there.
    """

    kind: str
    ordered: bool = False
    partial: bool = False


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
    constraint, empty where the type says it all. ``like`` is what a secret's value must look like. ``unit`` is what the
    number is counted in, ``member_units`` the same for fields that a list's members have beside their reference.
    ``roster``: it is a list of references, exclusive or ``{add: […]}``. ``member``: each
    member of the list above has the value by itself (``agents[].logged_in``). It is declared in the member and planned
    apart from the list, as a list of those members that have it: ``[{agent: jane, logged_in: true}]``.
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
    roster: bool = False
    member: bool = False
    unit: Unit | None = None
    member_units: Mapping[str, Unit] = field(default_factory=dict)

    def has(self, mark: Mark) -> bool:
        return mark in self.marks

    @property
    def compared(self) -> bool:
        """False for what only finds an entity, and for what changes by itself unless it is asked of a list's member."""
        return Mark.MATCH_ONLY not in self.marks and (self.member or Mark.RUN_TIME not in self.marks)


def specs_of(model: type[BaseModel], prefix: str = "") -> Iterable[FieldSpec]:
    """Every field of a model with its dotted path, in the order of declaration; a nested map before its leaves."""
    for name, info in model.model_fields.items():
        path = f"{prefix}{info.alias or name}"
        inner = _nested_model(info.annotation)
        yield _spec(path, info)
        yield from _member_specs(path, info)
        if inner is not None:
            yield from specs_of(inner, f"{path}.")


def _member_specs(path: str, info: FieldInfo) -> Iterable[FieldSpec]:
    """The fields of a list's members that have marks of their own: such a one is no part of who is in the list."""
    ref = next((item for item in info.metadata if isinstance(item, Ref)), None)
    for name, parts in _members(info) if ref is not None else ():
        marks = frozenset(item for item in parts if isinstance(item, Mark))
        if ref is not None and marks:
            infos = [item for item in parts if isinstance(item, FieldInfo)]
            yield FieldSpec(
                path=f"{path}[].{name}",
                marks=marks,
                unique=None,
                ref=Ref(ref.kind, partial=True),
                secret=False,
                nullable=False,
                description=_outermost(infos, lambda item: item.description) if infos else "",
                member=True,
            )


def _members(info: FieldInfo) -> Iterator[tuple[str, Sequence[Any]]]:
    """The fields of a list's members, of those that are maps: the name, and every type in the annotation."""
    member = next((part for part in _parts(info.annotation) if is_typeddict(part)), None)
    if member is not None:
        for name, annotation in get_type_hints(member, include_extras=True).items():
            yield name, list(_parts(annotation))


def _unit(parts: Iterable[Any]) -> Unit | None:
    return next((part for part in parts if isinstance(part, Unit)), None)


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``Model | None``, or None for a leaf: a reference is one, and so is a list of whatever."""
    if get_origin(annotation) in (list, tuple):
        return None
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


def is_roster(info: FieldInfo) -> bool:
    """True for a list of references."""
    parts = [*info.metadata, *_parts(info.annotation)]
    return any(isinstance(part, Ref) for part in parts) and any(get_origin(part) in (list, tuple) for part in parts)


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
        roster=is_roster(info),
        unit=_unit(metadata),
        member_units={name: unit for name, parts in _members(info) if (unit := _unit(parts)) is not None},
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
