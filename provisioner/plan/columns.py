"""Which field does each column of a table mean? Headers met with the fields of a kind at the vendors of a tenant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from provisioner.diagnostics import Diagnostic, Severity, did_you_mean, listed
from provisioner.errors import UsageError
from provisioner.kinds.headings import HEADINGS, KEY, ON
from provisioner.manifest.masking import is_secret_name
from provisioner.manifest.tables import Table, letter
from provisioner.plan.naming import singular
from provisioner.plan.shape import shape_of
from provisioner.vendors.base import Offer
from provisioner.vendors.fields import Mark

NO_FIELDS = (KEY, ON)

_MOST_WAYS = 4
"""Fields that a hint names for an unknown column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, from 0, and the field that it gives; with ``connection`` on that one alone."""

    index: int
    header: str
    path: str
    connection: str | None = None

    @property
    def spelt(self) -> str:
        """The field as ``--map`` spells it."""
        return f"{self.path}@{self.connection}" if self.connection else self.path

    @property
    def called(self) -> str:
        """The column in words for people."""
        return f"column {letter(self.index)} (`{self.header}`)"


@dataclass(frozen=True, slots=True)
class Mapped:
    """``--map COLUMN=FIELD``; an empty field means that the column is left out."""

    column: str
    field: str

    @staticmethod
    def parse(text: str) -> Mapped:
        """What the option says; raises UsageError with the form."""
        column, equals, field_ = text.rpartition("=")
        if not equals or not column.strip():
            raise UsageError(
                f"`--map {text}` names no column and field",
                hint="write `--map 'COLUMN=FIELD'`, or `--map 'COLUMN='` to leave a column out",
            )
        return Mapped(column.strip(), field_.strip())


def plain(text: str) -> str:
    """A header as it is compared: letters and digits alone, small and without accents."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in bare.casefold() if sign.isalnum())


@dataclass(frozen=True)
class FieldNames:
    """The names by which the fields of a kind are known.

    ``offers`` is each connection's; ``usual`` are the connections on which rows live, empty where any may be meant.
    """

    kind: str
    offers: Mapping[str, Offer]
    usual: Collection[str] = ()

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every field that a cell can hold, in the vendors' order, and the columns that are no fields."""
        found = [
            path for offer in self.offers.values() for path in offer.specs if path not in shape_of(offer.fields).maps
        ]
        return (*NO_FIELDS, *dict.fromkeys(found))

    @cached_property
    def levels(self) -> tuple[Mapping[str, list[str]], ...]:
        """Names → fields, the surest first: the field's own, then what else it is called."""
        own = _inverted((path, path) for path in self.paths)
        titles = _inverted((title, path) for path in self.paths for title in HEADINGS.get(path, ()))
        return own, titles

    def fields(self, header: str) -> list[str]:
        """The fields that a header may mean: one where it is clear, several of equal right, or none."""
        wanted = plain(header)
        one = plain(singular(self.kind))
        for name in (wanted, wanted.removeprefix(one) if wanted != one else ""):
            for level in self.levels:
                if name and name in level:
                    return level[name]
        return []

    def lacked(self, columns: Iterable[Column]) -> tuple[str, ...]:
        """The fields, no secrets, that a vendor wants of something new and that none of the columns gives."""
        given = {column.path: "x" for column in columns}
        found: list[str] = []
        for offer in [self.offers[name] for name in self.usual or self.offers]:
            said = given.keys() | offer.derived(given).keys()
            if not (offer.either_key and said & set(offer.key_paths)):
                found += [path for path in _needed(offer) if path not in said]
        return tuple(dict.fromkeys(found))

    def close(self, header: str) -> list[str]:
        """Fields whose names are like the header."""
        known = {name: paths for level in reversed(self.levels) for name, paths in level.items()}
        near = difflib.get_close_matches(plain(header), known, n=3, cutoff=0.55)
        words = {plain(word) for word in re.split(r"\W+", header) if len(word) > 3}
        parts = [path for path in self.paths if words & set(path.replace(".", "_").split("_"))]
        return list(dict.fromkeys([*(path for name in near for path in known[name]), *parts]))[:4]


def _needed(offer: Offer) -> Iterator[str]:
    """The fields at the top, no secrets, without which there is no create."""
    for path, spec in offer.specs.items():
        key = spec.has(Mark.NATURAL_KEY) and not spec.nullable
        if "." not in path and not spec.secret and (spec.required or key or spec.has(Mark.CREATE_REQUIRED)):
            yield path


def _inverted(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, path in pairs:
        if path not in found.setdefault(plain(name), []):
            found[plain(name)].append(path)
    return found


@dataclass
class Columns:
    """The columns of a table that give something, and what is wrong with the others, ``unknown`` ones by index."""

    good: list[Column] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    unknown: dict[int, list[str]] = field(default_factory=dict)


def columns_of(table: Table, names: FieldNames, maps: Iterable[Mapped], filled: Collection[str]) -> Columns:
    """Each column with its field.

    ``filled`` are secret fields whose references are made for every row, so that a column of theirs is not read, which
    is said. Raises UsageError where ``--map`` names a column or a field that there is not.
    """
    chosen = _chosen(table, names, maps)
    found = Columns()
    for index in range(max(len(table.header.cells), *(len(row.cells) for row in (table.header, *table.rows)))):
        header = table.header.cell(index)
        if index in chosen:
            column = chosen[index]
        elif header:
            column = _meant(table, names, index, header, found)
        else:
            found.problems += _headless(table, index)
            column = None
        if column is not None and column.path in filled:
            found.problems.append(_not_read(table, column))
        elif column is not None:
            _add(table, names, column, found)
    lacked = names.lacked(found.good)
    for number, (index, meant) in enumerate(found.unknown.items()):
        found.problems.append(_unclear(table, names, index, meant, lacked, first=number == 0))
    return found


def _not_read(table: Table, column: Column) -> Diagnostic:
    """That a column of secrets is left alone."""
    return table.problem(
        "not_read",
        f"{column.called} was not read: `--secret {column.path}=…` says where the secrets are",
        table.header.number,
        column.index,
        severity=Severity.NOTICE,
    )


def _chosen(table: Table, names: FieldNames, maps: Iterable[Mapped]) -> dict[int, Column | None]:
    chosen: dict[int, Column | None] = {}
    for rule in maps:
        for index in _indexes(table, rule.column):
            chosen[index] = _target(names, index, table.header.cell(index), rule.field) if rule.field else None
    return chosen


def _indexes(table: Table, asked: str) -> list[int]:
    """The columns of that header, as it is written or else as it is compared; else the one of that letter."""
    headers = table.header.cells
    for same in (lambda header: header == asked, lambda header: plain(header) == plain(asked)):
        found = [index for index, header in enumerate(headers) if header and same(header)]
        if found:
            return found
    letters = {letter(index): index for index in range(len(headers))}
    if asked.upper() in letters:
        return [letters[asked.upper()]]
    raise UsageError(
        f"`--map {asked}=…`: `{table.file}` has no such column",
        hint=did_you_mean(asked, headers) or f"its columns are {listed(header for header in headers if header)}",
    )


def _target(names: FieldNames, index: int, header: str, asked: str) -> Column:
    """The field that ``--map`` names, on one connection or on all."""
    path, at, connection = asked.partition("@")
    if at and connection not in names.offers:
        raise UsageError(
            f"`{asked}`: {names.kind} are not imported to a connection `{connection}`",
            hint=did_you_mean(connection, names.offers) or f"they are to {listed(names.offers)}",
        )
    offers = [names.offers[connection]] if at else list(names.offers.values())
    if path in NO_FIELDS and not at:
        return Column(index, header, path)
    if path not in names.paths or not any(path in offer.specs for offer in offers):
        raise UsageError(
            f"`{asked}` is no field of {names.kind} there",
            hint=did_you_mean(path, names.paths) or f"one of {listed(names.paths)}",
        )
    return Column(index, header, path, connection if at else None)


def _meant(table: Table, names: FieldNames, index: int, header: str, found: Columns) -> Column | None:
    """The field that a header means by itself; ``number@pbx`` is on one connection alone."""
    name, at, connection = header.rpartition("@")
    if at and connection.strip() in names.offers:
        connection = connection.strip()
        inner = FieldNames(names.kind, {connection: names.offers[connection]})
        paths = [path for path in inner.fields(name) if path not in NO_FIELDS]
        made = [Column(index, header, path, connection) for path in paths]
    else:
        made = [Column(index, header, path) for path in names.fields(header)]
    if len(made) == 1:
        return made[0]
    if not made and is_secret_name(plain(header)):
        found.problems.append(_secret(table, names, Column(index, header, "password")))
    else:
        found.unknown[index] = [column.spelt for column in made]
    return None


def _unclear(
    table: Table, names: FieldNames, index: int, meant: Sequence[str], lacked: Sequence[str], *, first: bool
) -> Diagnostic:
    """The complaint about an unknown column; ``lacked`` are needed fields that no column gives.

    All fields are listed at the first such column alone.
    """
    header = table.header.cell(index)
    where = f"column {letter(index)} (`{header}`)"
    said = f"{where} may mean several fields" if meant else f"nothing is known that {where} would mean for {names.kind}"
    fields = meant or tuple(dict.fromkeys((*names.close(header), *lacked))) or ("FIELD",)
    ways = [f"`--map '{header}={path}'`" for path in fields[:_MOST_WAYS]]
    return table.problem(
        "unknown_column",
        said,
        table.header.number,
        index,
        expected="one of " + listed(path for path in names.paths if "." not in path) if first else None,
        hint=" or ".join([*ways, f"`--map '{header}='` to leave it out"]),
    )


def _headless(table: Table, index: int) -> Iterator[Diagnostic]:
    """Cells of a column that has no header: a delimiter too many, or a column that nobody named."""
    for row in table.rows:
        if row.cell(index):
            yield table.problem(
                "too_many_cells",
                f"{letter(index)}{row.number} stands in a column without a header",
                row.number,
                index,
                hint="give the column a name; where a cell holds a delimiter, put the cell in quotes",
            )


def for_nobody(table: Table, names: FieldNames, columns: Columns, usual: Collection[str]) -> Columns:
    """The columns without those whose field no row can take, with a problem for each of these.

    ``usual`` are the connections of every row; a table with a column for connections is left as it is, since a row
    may name another.
    """
    if any(column.path == ON for column in columns.good):
        return columns
    kept = Columns([], list(columns.problems))
    for column in columns.good:
        having = [name for name, offer in names.offers.items() if column.path in offer.specs]
        takers = [column.connection] if column.connection else having
        if column.path in NO_FIELDS or set(takers) & set(usual):
            kept.good.append(column)
            continue
        ways = ["`" + " ".join(f"--on {one}" for one in (*usual, name)) + "`" for name in takers]
        kept.problems.append(
            table.problem(
                "unknown_field",
                f"{column.called} means `{column.path}`, which {listed(takers, ' or ')} has, "
                f"and not {listed(usual, ' or ')}",
                table.header.number,
                column.index,
                hint=" or ".join([*ways, f"`--map '{column.header}='` to leave it out"]),
            )
        )
    return kept


def _add(table: Table, names: FieldNames, column: Column, found: Columns) -> None:
    """Takes the column, unless it gives what another gives already, or a secret."""
    first = next((one for one in found.good if one.spelt == column.spelt), None)
    if first is not None:
        found.problems.append(
            table.problem(
                "column_twice",
                f"{column.called} means `{column.spelt}`, as {first.called} does",
                table.header.number,
                column.index,
                hint=f"leave one of them out: `--map '{letter(column.index)}='`",
            )
        )
    elif any(offer.specs[column.path].secret for offer in names.offers.values() if column.path in offer.specs):
        found.problems.append(_secret(table, names, column))
    else:
        found.good.append(column)


def _secret(table: Table, names: FieldNames, column: Column) -> Diagnostic:
    secrets = [path for offer in names.offers.values() for path, spec in offer.specs.items() if spec.secret]
    path = column.path if column.path in secrets or not secrets else secrets[0]
    last = path.rpartition(".")[2].upper()
    ways = [f"`--secret '{path}={{KEY}}_{last}'` names a variable for each row"] if secrets else []
    return table.problem(
        "literal_secret",
        f"{column.called} holds secrets, and a secret is never taken from a table",
        table.header.number,
        column.index,
        hint="; ".join([*ways, f"`--map '{column.header}='` leaves the column out"]),
    )
