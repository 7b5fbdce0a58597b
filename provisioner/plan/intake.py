"""What would a tenant declare with the rows of a table in it, and what is wrong with that?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from provisioner.diagnostics import Diagnostic, Guesses, Position, Severity, did_you_mean, listed
from provisioner.errors import ManifestError, UsageError
from provisioner.kinds.headings import ON
from provisioner.manifest.declarations import Declaration, Manifests
from provisioner.manifest.tables import Table
from provisioner.plan.building import Installed, build_from, in_order
from provisioner.plan.columns import Columns, FieldNames, Mapped, columns_of, for_nobody
from provisioner.plan.desired import Desired
from provisioner.plan.matching import ALREADY, Declared, Difference
from provisioner.plan.naming import LONGEST, slug
from provisioner.plan.overwriting import overwritten
from provisioner.plan.row_keys import doubled, name_all
from provisioner.plan.row_problems import Told, declared_otherwise, once, without_columns
from provisioner.plan.row_references import unknown_references
from provisioner.plan.rows import Draft, Reader, Targets, declaration, variable, with_secrets
from provisioner.vendors.base import Offer
from provisioner.vendors.fields import Mark


@dataclass(frozen=True)
class Asked:
    """What the command line says of the rows: ``secrets`` are fields with templates for variables."""

    kind: str
    maps: Sequence[Mapped] = ()
    on: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    update: bool = False


@dataclass
class Intake:
    """The outcome: ``new`` declarations, those that ``changed`` with what differs, how many are ``same``.

    Nothing may be written while one of ``problems`` is an error. ``gone`` are keys of declarations that no row is.
    """

    targets: Targets
    new: list[Declaration] = field(default_factory=list)
    changed: list[tuple[Declaration, list[Difference]]] = field(default_factory=list)
    same: int = 0
    problems: tuple[Diagnostic, ...] = ()
    gone: list[Declaration] = field(default_factory=list)
    variables: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def take_in(table: Table, asked: Asked, manifests: Manifests, installed: Installed) -> Intake:
    """The rows as declarations among those of the manifests, checked with all of them.

    Raises UsageError for what the command line says wrong, ManifestError where the tenant's connections are not good.
    """
    targets = targets_of(asked, manifests, installed)
    return _Taking(table, asked, manifests, installed, targets).done()


def targets_of(asked: Asked, manifests: Manifests, installed: Installed) -> Targets:
    """Where the rows can live, and where they do if they do not say."""
    connected = _connected(manifests, installed).connections
    having = {name: one.vendor.kinds[asked.kind] for name, one in connected.items() if asked.kind in one.vendor.kinds}
    if not having:
        kinds = sorted({kind for one in connected.values() for kind in one.vendor.kinds})
        raise UsageError(
            f"no connection of the tenant has {asked.kind}",
            hint=did_you_mean(asked.kind, kinds) or f"its connections have {', '.join(kinds)}",
        )
    for name in asked.on:
        if name not in having:
            known = f"{asked.kind} can live on {listed(having)}"
            lacks = f"the vendor of `{name}` has no {asked.kind}"
            what = lacks if name in connected else f"there is no connection `{name}`"
            raise UsageError(what, hint=did_you_mean(name, having) or known)
    _check_secrets(asked, having)
    default = manifests.defaults.on or (tuple(connected) if len(connected) == 1 else ())
    implied = tuple(name for name in default if name in having)
    usual = tuple(dict.fromkeys(asked.on)) or implied
    ordered = {name: having[name] for name in (*usual, *having)}
    every = {name: one.vendor.kinds for name, one in connected.items()}
    return Targets(asked.kind, ordered, usual, implied, bool(asked.on), default, every)


def _check_secrets(asked: Asked, having: Mapping[str, Offer]) -> None:
    """Raises UsageError for a secret field that there is not."""
    known = tuple(dict.fromkeys(path for offer in having.values() for path in offer.specs if offer.specs[path].secret))
    for path in asked.secrets:
        if path not in known:
            there = f"{asked.kind} have {listed(known)}" if known else f"{asked.kind} have none"
            raise UsageError(f"there is no secret field `{path}`", hint=did_you_mean(path, known) or there)


def _connected(manifests: Manifests, installed: Installed) -> Desired:
    """The tenant without its declarations. Raises ManifestError with all that is wrong with it."""
    bare = replace(manifests, declarations=(), moved=(), removed=(), imports=())
    desired, _ = build_from(bare, installed)
    if desired is None:
        raise ManifestError(in_order(build_from(manifests, installed)[1]))
    return desired


@dataclass
class _Taking:
    """One table on its way into one tenant."""

    table: Table
    asked: Asked
    manifests: Manifests
    installed: Installed
    targets: Targets
    told: list[Diagnostic] = field(default_factory=list)
    given: frozenset[str] = frozenset()
    lost: set[Position] = field(default_factory=set)
    guesses: Guesses = field(default_factory=Guesses)

    @cached_property
    def declared(self) -> Declared:
        kind = self.asked.kind
        return Declared(self.targets, [one for one in self.manifests.declarations if one.kind == kind])

    def done(self) -> Intake:
        names = FieldNames(self.asked.kind, self.targets.offers, self.targets.usual)
        columns = columns_of(self.table, names, self.asked.maps, self.asked.secrets)
        self._check_places(columns)
        columns = for_nobody(self.table, names, columns, self.targets.usual)
        self.given = frozenset(column.path for column in columns.good)
        reader = Reader(self.table, columns.good, self.targets, self._find)
        drafts = list(reader.drafts())
        matched = {id(draft): self._match(draft) for draft in drafts}
        for draft in drafts:
            own = matched[id(draft)]
            draft.key = own.key if own is not None else draft.key
        name_all(drafts, self.targets, self._taken(drafts))
        self.told = [*columns.problems, *reader.problems, *self.told, *doubled(drafts, lambda draft: draft.key)]
        self.told += [*self._variables(drafts), *self._unknown(drafts)]
        self._check_used(drafts)
        intake = Intake(self.targets)
        rows = self._sorted(drafts, matched, intake)
        intake.problems = self._checked(rows)
        own_keys = {draft.key for draft in drafts}
        intake.gone = [one for one in self.declared.listed if one.key not in own_keys]
        intake.variables = tuple(self._written(intake))
        return intake

    def _check_places(self, columns: Columns) -> None:
        """Raises UsageError where neither the command line nor a manifest nor a column says where rows live."""
        if not self.targets.usual and all(column.path != ON for column in columns.good):
            first = next(iter(self.targets.offers))
            raise UsageError(
                f"nothing says on which connection these {self.asked.kind} live",
                hint=f"`--on {first}`, or a column `on`, or `defaults: {{on: [{first}]}}` in the manifests",
            )

    def _check_used(self, drafts: Sequence[Draft]) -> None:
        """Raises UsageError for a secret that no row can take."""
        for path in self.asked.secrets if drafts else ():
            having = [name for name, offer in self.targets.offers.items() if path in offer.specs]
            if not any(set(draft.connections) & set(having) for draft in drafts):
                raise UsageError(
                    f"`--secret {path}=…`: {listed(having, ' and ')} has that field, and no row lives there",
                    hint=f"leave it out, or add `--on {having[0]}`",
                )

    def _written(self, intake: Intake) -> Iterator[str]:
        """The variables that manifests will name, for what is new and for what has no secret yet."""
        offers = self.targets.offers
        for one in intake.new:
            own = {path for name in self.targets.lives_on(one) for path in offers[name].specs}
            yield from (variable(template, one.key) for path, template in self.asked.secrets.items() if path in own)
        for one, differences in intake.changed:
            paths = {difference.place[1] for difference in differences}
            yield from (variable(template, one.key) for path, template in self.asked.secrets.items() if path in paths)

    def _unknown(self, drafts: Iterable[Draft]) -> Iterator[Diagnostic]:
        """A problem for each value that refers to nothing; the cells that hold it are looked at no further."""
        known: dict[str, set[str]] = {}
        for kind, key in self.manifests.broken:
            known.setdefault(kind, set()).add(key)
        for one in self.manifests.declarations:
            known.setdefault(one.kind, set()).add(one.key)
        known.setdefault(self.asked.kind, set()).update(draft.key for draft in drafts if draft.key)
        for unknown in unknown_references(drafts, self.targets, known):
            self.lost.update(unknown.positions())
            meant = self.guesses.nearest(unknown.text.casefold(), known.get(unknown.kind, ()))
            yield unknown.problem(self.targets, meant)

    def _match(self, draft: Draft) -> Declaration | None:
        own, clashes = self.declared.match(draft)
        self.told += clashes
        return own

    def _taken(self, drafts: Iterable[Draft]) -> Iterator[str]:
        """Keys that no row may be given: those of declarations, of rows, and of what is broken."""
        yield from self.declared.by_key
        yield from (draft.key for draft in drafts if draft.key)
        yield from (key for kind, key in self.manifests.broken if kind == self.asked.kind)

    def _sorted(
        self, drafts: Iterable[Draft], matched: Mapping[int, Declaration | None], intake: Intake
    ) -> dict[str, Declaration]:
        """Each row among the new, the changed and the same; the declarations that they make, by key."""
        rows: dict[str, Declaration] = {}
        for draft in drafts:
            if draft.key in rows:  # told already; the rest of the row is looked at all the same
                again = replace(draft, key=f"{draft.key}-row-{draft.row.number}"[-LONGEST:].lstrip("-_"))
                rows[again.key] = declaration(again, self.targets, self.asked.secrets)
                continue
            own = matched[id(draft)]
            if own is None:
                rows[draft.key] = declaration(draft, self.targets, self.asked.secrets)
                intake.new.append(rows[draft.key])
                continue
            wanted = with_secrets(draft, self.targets, self.asked.secrets)
            differences = self.declared.differences(wanted, own, self.asked.secrets)
            rows[draft.key] = overwritten(own, draft, differences)
            if not differences:
                intake.same += 1
                continue
            intake.changed.append((own, differences))
            if not self.asked.update:
                self.told += [declared_otherwise(draft, own, one) for one in differences if one.there is not ALREADY]
        return rows

    def _checked(self, rows: Mapping[str, Declaration]) -> tuple[Diagnostic, ...]:
        """What is wrong with the tenant as it would be, at the rows' cells where it is about them."""
        others = [one for one in self.manifests.declarations if one.kind != self.asked.kind or one.key not in rows]
        all_ = sorted((*others, *rows.values()), key=lambda one: (one.kind, one.key))
        _, found = build_from(replace(self.manifests, declarations=tuple(all_)), self.installed)
        told = Told.of(self.told, found, self.lost)
        kept = [problem for problem in found if not told.says(problem)]
        return once([*self.told, *without_columns(self.table, self.given, kept)], self.table.file)

    def _variables(self, drafts: Iterable[Draft]) -> Iterator[Diagnostic]:
        """A problem for each row that would take its secret from another's variable."""
        for path, template in self.asked.secrets.items():
            first: dict[str, Draft] = {}
            for draft in drafts:
                name = variable(template, draft.key)
                other = first.setdefault(name, draft)
                if "{KEY}" in template and other is not draft and other.key != draft.key:
                    message = f"`{name}` would be the variable of `{other.key}` and of `{draft.key}`"
                    yield draft.origin.problem("variable_twice", message, (path,), hint="give one of them another key")

    def _find(self, kind: str, text: str) -> str:
        """The key that a cell means: a key, the same in other letters, or the name of what has it."""
        keys = self._named.get(kind, {})
        return text if text in keys.values() else keys.get(text.casefold()) or keys.get(slug(text)) or text

    @cached_property
    def _named(self) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for one in self.manifests.declarations:
            names = found.setdefault(one.kind, {})
            names[one.key] = one.key
        for one in self.manifests.declarations:
            for fields in (one.fields, *(one.on or {}).values()):
                name = fields.get("name")
                if isinstance(name, str):
                    found[one.kind].setdefault(name.casefold(), one.key)
        return found


def spread(intake: Intake) -> dict[str, int]:
    """How many of the new declarations live on each connection, for each that has one."""
    counted = Counter(name for one in intake.new for name in intake.targets.lives_on(one))
    return {name: counted[name] for name in intake.targets.offers if counted[name]}


def lacking(intake: Intake) -> dict[str, list[str]]:
    """What a create needs and some new row does not say, as far as a table can: connection → fields."""
    found: dict[str, list[str]] = {}
    for name, offer in intake.targets.offers.items():
        rows = [one for one in intake.new if name in intake.targets.lives_on(one)]
        needed = [path for path, spec in offer.specs.items() if spec.has(Mark.CREATE_REQUIRED) and "." not in path]
        said = [_said(offer, {**one.fields, **(one.on or {}).get(name, {})}) for one in rows]
        missing = [path for path in needed if any(path not in fields for fields in said)]
        if missing:
            found[name] = missing
    return found


def _said(offer: Offer, fields: Mapping[str, Any]) -> Collection[str]:
    """The fields of a row, and what follows from them."""
    return frozenset((*fields, *offer.derived(fields)))
