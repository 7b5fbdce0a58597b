"""Which of the rows are declared already, as what, and how do they differ?

A row and a declaration are the same where the key says so, or the natural key (of the same person), or an e-mail or a
username. A first name and a last name alone are not enough: there are two Jane Roes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.kinds.headings import ON
from provisioner.manifest.declarations import Declaration
from provisioner.plan.checking import check_part
from provisioner.plan.group import STRONG, same_person
from provisioner.plan.rows import Draft, Place, Targets, nested, placed
from provisioner.plan.shape import shape_of
from provisioner.values import canonical, folded
from provisioner.vendors.base import Offer

MISSING = object()
"""Stands for what a declaration does not say."""

ALREADY = object()
"""Stands for a connection on which a declaration lives without naming it."""


@dataclass(frozen=True)
class Difference:
    """A value that the row has and the declaration has not; ``there`` is MISSING where it has none."""

    place: Place
    value: Any
    there: Any


def said(declared: Declaration, connection: str | None, path: str) -> Any:
    """What a declaration itself says of a field on a connection, MISSING where it says nothing."""
    own = (declared.on or {}).get(connection, {}) if connection else {}
    for fields in (own, declared.fields):
        value: Any = fields
        for name in path.split("."):
            value = value.get(name, MISSING) if isinstance(value, Mapping) else MISSING
        if value is not MISSING:
            return value
    return MISSING


@dataclass(frozen=True, slots=True)
class Hit:
    """A declaration that has, on a connection, the ``paths`` that tell a row apart; ``natural``: they are its key."""

    connection: str
    paths: tuple[str, ...]
    natural: bool
    declared: Declaration


def _identities(offer: Offer) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The fields that tell an entity, together each time, and whether they are its natural key."""
    keys = [((path,), True) for path in offer.key_paths] if offer.either_key else [(offer.key_paths, True)]
    unique = [((spec.path,), False) for spec in offer.unique_specs if spec.unique and not spec.unique.within]
    strong = [((path,), False) for path in offer.personal_paths if path in STRONG]
    found: dict[tuple[str, ...], bool] = {}
    for paths, natural in (*keys, *unique, *strong):
        found.setdefault(paths, natural)
    return tuple(found.items())


@dataclass
class Declared:
    """The declarations of a kind, by their keys and by what tells them apart on each connection."""

    targets: Targets
    listed: Iterable[Declaration]
    by_key: dict[str, Declaration] = field(default_factory=dict)
    _by_value: dict[tuple[object, ...], Declaration] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for declared in self.listed:
            self.by_key[declared.key] = declared
            for name in self.connections(declared):
                for paths, _ in _identities(self.targets.offers[name]):
                    values = [said(declared, name, path) for path in paths]
                    if MISSING not in values and None not in values:
                        self._by_value.setdefault(_index(name, paths, values), declared)

    def connections(self, declared: Declaration) -> tuple[str, ...]:
        """Those on which the declaration lives, as far as rows can live there too."""
        names = declared.on if declared.on is not None else self.targets.implied
        return tuple(name for name in names if name in self.targets.offers)

    def hits(self, draft: Draft) -> Iterator[Hit]:
        """Declarations that have what tells the row apart."""
        for name in draft.connections:
            for paths, natural in _identities(self.targets.offers[name]):
                values = [draft.value(name, path) for path in paths]
                found = self._by_value.get(_index(name, paths, values)) if None not in values else None
                if found is not None:
                    yield Hit(name, paths, natural, found)

    def match(self, draft: Draft) -> tuple[Declaration | None, list[Diagnostic]]:
        """The declaration that the row is, and a problem for each other one that has something of the row's own."""
        hits = list(self.hits(draft))
        if draft.key:
            own = self.by_key.get(draft.key)
        else:
            own = next((hit.declared for hit in hits if self._same(draft, hit)), None)
        clashes: dict[str, Diagnostic] = {}
        for hit in hits:
            if hit.declared is not own:
                clashes.setdefault(f"{hit.paths}{hit.declared.key}", _clash(draft, hit.paths, hit.declared))
        return own, list(clashes.values())

    def _same(self, draft: Draft, hit: Hit) -> bool:
        """Whether the row and the declaration are one: of a natural key alone, who it is must agree as well."""
        if not hit.natural:
            return True
        offer, name = self.targets.offers[hit.connection], hit.connection
        there = {path: value for path in offer.specs if (value := said(hit.declared, name, path)) is not MISSING}
        return same_person(offer, draft.on(name, offer), there)

    def differences(self, draft: Draft, declared: Declaration, secrets: Iterable[str]) -> list[Difference]:
        """What the row says otherwise than the declaration; references to secrets only where there is none."""
        lives = self.connections(declared)
        joined = [name for name in draft.connections if name not in lives] if draft.said else []
        found = [Difference((None, ON), name, MISSING) for name in joined]
        if joined and declared.on is None:  # ``on`` replaces what the defaults say, so it names all of them
            found = [*(Difference((None, ON), name, ALREADY) for name in lives), *found]
        offers, all_ = self.targets.offers, (*lives, *joined)
        for (where, path), value in placed(draft, offers, all_).items():
            takers = [where] if where else [name for name in all_ if path in offers[name].specs]
            for name in takers:
                there = said(declared, name, path)
                if path in secrets and there is not MISSING:
                    continue
                if there is MISSING or not _equal(offers[name], path, value, there):
                    found.append(Difference(_home(declared, where, name, path), value, there))
                    break
        return found


def _home(declared: Declaration, where: str | None, connection: str, path: str) -> Place:
    """Where the field is written; where it would be, if it is not."""
    own = (declared.on or {}).get(connection, {})
    if path.partition(".")[0] in own:
        return connection, path
    beside = declared.on is None or said(declared, None, path) is not MISSING
    return (None if beside else where, path)


def _equal(offer: Offer, path: str, value: Any, there: Any) -> bool:
    """True where both mean the same to the vendor."""
    if value == there and type(value) is type(there):
        return True
    shape = shape_of(offer.fields)
    meant = [check_part(shape, nested([(path, one)])).model for one in (value, there)]
    return meant[0] is not None and meant[0] == meant[1]


def _index(connection: str, paths: tuple[str, ...], values: Iterable[Any]) -> tuple[object, ...]:
    return connection, paths, tuple(canonical(folded(value)) for value in values)


def _clash(draft: Draft, paths: tuple[str, ...], declared: Declaration) -> Diagnostic:
    place = declared.origin.position(tuple(paths[-1].split(".")))
    shown = ", ".join(f"`{path}: {draft.value(draft.connections[0], path)}`" for path in paths)
    return draft.origin.problem(
        "declared_twice",
        f"{shown} is already declared by `{declared.kind}.{declared.key}`, at {place}",
        tuple(paths[-1].split(".")),
        hint=f"is it the same? Then say `{declared.key}` in a column `key`",
    )
