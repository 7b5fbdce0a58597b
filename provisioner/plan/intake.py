"""What would a tenant declare with the rows of a table in it, and what is wrong with that?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from provisioner.diagnostics import Diagnostic, Position, Severity, did_you_mean
from provisioner.errors import ManifestError, UsageError
from provisioner.kinds.headings import ON
from provisioner.manifest.declarations import Declaration, Manifests, Origin
from provisioner.manifest.source import KeyPath
from provisioner.manifest.tables import Table
from provisioner.plan.building import Installed, build_from, in_order
from provisioner.plan.columns import FieldNames, Mapped, columns_of, for_nobody
from provisioner.plan.desired import Desired
from provisioner.plan.matching import ALREADY, MISSING, Declared, Difference, doubled, name_all
from provisioner.plan.naming import LONGEST, slug
from provisioner.plan.rows import Draft, Reader, RowOrigin, Targets, declaration, variable, with_secrets
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
            known = f"{asked.kind} can live on {', '.join(f'`{one}`' for one in having)}"
            lacks = f"the vendor of `{name}` has no {asked.kind}"
            what = lacks if name in connected else f"there is no connection `{name}`"
            raise UsageError(what, hint=did_you_mean(name, having) or known)
    default = manifests.defaults.on or (tuple(connected) if len(connected) == 1 else ())
    implied = tuple(name for name in default if name in having)
    usual = tuple(dict.fromkeys(asked.on)) or implied
    if not usual:
        raise UsageError(
            f"nothing says on which connection these {asked.kind} live",
            hint=f"`--on {next(iter(having))}`, or `defaults: {{on: [{next(iter(having))}]}}` in the manifests",
        )
    ordered = {name: having[name] for name in (*usual, *having)}
    return Targets(asked.kind, ordered, usual, implied, bool(asked.on))


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

    @cached_property
    def declared(self) -> Declared:
        kind = self.asked.kind
        return Declared(self.targets, [one for one in self.manifests.declarations if one.kind == kind])

    def done(self) -> Intake:
        names = FieldNames(self.asked.kind, self.targets.offers)
        columns = columns_of(self.table, names, self.asked.maps, self.asked.secrets)
        columns = for_nobody(self.table, names, columns, self.targets.usual)
        reader = Reader(self.table, columns.good, self.targets, self._find)
        drafts = list(reader.drafts())
        matched = {id(draft): self._match(draft) for draft in drafts}
        for draft in drafts:
            own = matched[id(draft)]
            draft.key = own.key if own is not None else draft.key
        name_all(drafts, self.targets, self._taken(drafts))
        self.told = [*columns.problems, *reader.problems, *self.told, *doubled(drafts, lambda draft: draft.key)]
        self.told += self._variables(drafts)
        intake = Intake(self.targets)
        rows = self._sorted(drafts, matched, intake)
        intake.problems = self._checked(rows)
        own_keys = {draft.key for draft in drafts}
        intake.gone = [one for one in self.declared.listed if one.key not in own_keys]
        secrets = self.asked.secrets.values()
        intake.variables = tuple(variable(template, one.key) for one in intake.new for template in secrets)
        return intake

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
            rows[draft.key] = _merged(own, draft, differences)
            if not differences:
                intake.same += 1
                continue
            intake.changed.append((own, differences))
            if not self.asked.update:
                self.told += [_otherwise(draft, own, one) for one in differences if one.there is not ALREADY]
        return rows

    def _checked(self, rows: Mapping[str, Declaration]) -> tuple[Diagnostic, ...]:
        """What is wrong with the tenant as it would be, at the rows' cells where it is about them."""
        others = [one for one in self.manifests.declarations if one.kind != self.asked.kind or one.key not in rows]
        all_ = sorted((*others, *rows.values()), key=lambda one: (one.kind, one.key))
        _, found = build_from(replace(self.manifests, declarations=tuple(all_)), self.installed)
        told = Told.of(self.told, found)
        kept = [problem for problem in found if not told.says(problem)]
        return _once([*self.told, *kept], self.table.file)

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
            name = one.fields.get("name")
            if isinstance(name, str):
                found[one.kind].setdefault(name.casefold(), one.key)
        return found


def _is_cell(problem: Diagnostic) -> bool:
    """True for a problem of one cell; False where it is about a row as a whole."""
    return "(row " not in problem.message


@dataclass(frozen=True)
class Told:
    """What is told before the checks of manifests: cells, the other places of doubled values, rows without a key."""

    cells: frozenset[Position | None]
    others: frozenset[str]
    keyless: frozenset[int]

    @staticmethod
    def of(told: Iterable[Diagnostic], found: Iterable[Diagnostic]) -> Told:
        """All that ``told`` says; a row lacks its natural key where any of both says so."""
        told, found = tuple(told), tuple(found)
        doubles = [one.message.partition(" (")[0] for one in told if one.code == "declared_twice"]
        keyless = (one.position.line for one in (*told, *found) if one.position is not None and one.code in _NO_KEY)
        return Told(
            frozenset(one.position for one in told if _is_cell(one)),
            frozenset(message.rpartition(", at ")[2] for message in doubles),
            frozenset(keyless),
        )

    def says(self, problem: Diagnostic) -> bool:
        """True for a problem that follows from what is told.

        That is another one of the same cell, the other side of a doubled value, and that rows without a natural key are
        all alike.
        """
        if problem.code == "declared_twice":
            if problem.position is not None and not _is_cell(problem):
                return problem.position.line in self.keyless
            if str(problem.position) in self.others:
                return True
        return _is_cell(problem) and problem.position in self.cells


_NO_KEY = ("missing", "spreadsheet", "pattern", "control_character")
"""Complaints after which a row may have no natural key."""

_CONNECTION = re.compile(r"@[a-z0-9][a-z0-9_-]*")


def _once(problems: Iterable[Diagnostic], file: str) -> tuple[Diagnostic, ...]:
    """Each problem once; of a cell that several connections object to in one way, the first."""
    seen: set[tuple[Position | None, str, str]] = set()
    kept: list[Diagnostic] = []
    for problem in in_order(problems):
        ours = problem.position is not None and problem.position.file == file and _is_cell(problem)
        name = (problem.position, problem.code, _CONNECTION.sub("", problem.message) if ours else problem.message)
        if name not in seen:
            seen.add(name)
            kept.append(problem)
    return tuple(kept)


def _otherwise(draft: Draft, own: Declaration, difference: Difference) -> Diagnostic:
    """The complaint about a row that says something else than what is declared."""
    connection, path = difference.place
    name = f"{own.kind}.{own.key}"
    below = (ON, connection, *path.split(".")) if connection else tuple(path.split("."))
    if path == ON:
        message = f"`{name}` is declared at {own.origin.position()}, and not on `{difference.value}`"
    elif difference.there is MISSING:
        message = f"`{name}` is declared at {own.origin.position()} without `{path}`"
    else:
        message = f"`{name}` has another `{path}` at {own.origin.position(below)}"
    return draft.origin.problem(
        "declared_otherwise", message, below, hint="`--update` writes what the table says into the manifest"
    )


# --- What is declared, with a row over it -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Both:
    """The Origin of a declaration with a row over it: the cell where the row has one."""

    row: RowOrigin
    declared: Origin
    paths: Collection[KeyPath]

    @property
    def file(self) -> str:
        return self.row.file

    def _origin(self, path: KeyPath) -> Origin:
        return self.row if any(path[: len(own)] == own for own in self.paths) else self.declared

    def position(self, path: KeyPath = (), *, of_key: bool = False) -> Position:
        return self._origin(path).position(path, of_key=of_key)

    def raw(self, path: KeyPath = ()) -> str | None:
        return self._origin(path).raw(path)

    def problem(
        self,
        code: str,
        message: str,
        path: KeyPath = (),
        *,
        of_key: bool = False,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        origin = self._origin(path)
        return origin.problem(code, message, path, of_key=of_key, expected=expected, hint=hint, severity=severity)


def _merged(own: Declaration, draft: Draft, differences: Sequence[Difference]) -> Declaration:
    """The declaration with the row's values in the place of its own."""
    if not differences:
        return own
    changes = edits(own, differences)
    tree: dict[str, Any] = {**_copied(own.fields)}
    if own.on is not None:
        tree[ON] = _copied(own.on)
    for path, value in changes.items():
        place = tree
        for name in path[:-1]:
            inner = place.get(name)
            place[name] = place = inner if isinstance(inner, dict) else {}
        place[path[-1]] = value
    on = tree.pop(ON, None)
    under = {name: fields or {} for name, fields in on.items()} if isinstance(on, dict) else None
    origin = _Both(draft.origin, own.origin, tuple(changes))
    return replace(own, fields=tree, on=under, origin=origin)


def _copied(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(inner) if isinstance(inner, Mapping) else inner for name, inner in value.items()}


def edits(own: Declaration, differences: Iterable[Difference]) -> dict[tuple[str, ...], Any]:
    """What must be set below the declaration so that it says what the row says: path → value."""
    found: dict[tuple[str, ...], Any] = {}
    for one in differences:
        connection, path = one.place
        if path == ON:
            found[ON, str(one.value)] = None
        elif connection:
            found[(ON, connection, *path.split("."))] = one.value
        else:
            found[tuple(path.split("."))] = one.value
    return found


def lacking(intake: Intake) -> dict[str, list[str]]:
    """What a create needs and some new row does not say, as far as a table can: connection → fields."""
    found: dict[str, list[str]] = {}
    for name, offer in intake.targets.offers.items():
        rows = [one for one in intake.new if name in (one.on if one.on is not None else intake.targets.implied)]
        needed = [path for path, spec in offer.specs.items() if spec.has(Mark.CREATE_REQUIRED) and "." not in path]
        missing = [
            path
            for path in needed
            if any(path not in one.fields and path not in (one.on or {}).get(name, {}) for one in rows)
        ]
        if missing:
            found[name] = missing
    return found
