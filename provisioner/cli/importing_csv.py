"""What ``import-csv`` does: read the table, hold its rows against the tenant, write them, say what is next."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import click

from provisioner.cli.context import Cli
from provisioner.cli.replacing import replace_text
from provisioner.cli.repository import place_of
from provisioner.diagnostics import Diagnostic, Severity, listed
from provisioner.errors import ManifestError, UsageError
from provisioner.manifest.declarations import Declaration, Manifests
from provisioner.manifest.files import OVERLAYS, SUFFIXES, is_ignored
from provisioner.manifest.loading import load
from provisioner.manifest.tables import read_table
from provisioner.manifest.writer import Entry, all_added, changed, manifest
from provisioner.plan.building import Installed
from provisioner.plan.intake import Asked, Intake, lacking, spread, take_in
from provisioner.plan.naming import singular
from provisioner.plan.overwriting import edits
from provisioner.report import diagnostics as report
from provisioner.vendors.loading import find_vendor, vendor_names

STDOUT = "-"
MOST_NAMED = 5


@dataclass(frozen=True)
class ImportCsv:
    """One ``import-csv``, as the command line asked for it. ``out`` is relative to the tenant's folder."""

    cli: Cli
    file: Path
    asked: Asked
    out: str
    encoding: str | None
    delimiter: str | None
    form: str

    def run(self) -> int:
        """Does it and gives the exit code."""
        data = self._data()
        installed = Installed(find_vendor, vendor_names)
        manifests, problems = load(self.cli.folder, overlays=self.cli.overlays, secret_names=installed.secret_names)
        if manifests is None or not manifests.whole:
            raise ManifestError(problems)
        self._check_out()
        table, told = read_table(data, str(self.file), encoding=self.encoding, delimiter=self.delimiter)
        if table is None:
            return self._refused([*problems, *told])
        intake = take_in(table, self.asked, manifests, installed)
        found = [*problems, *told, *intake.problems]
        if any(problem.severity is Severity.ERROR for problem in found):
            return self._refused(found)
        self._tell(found)
        written = self._texts(manifests, intake)
        for path, text in written.items():
            replace_text(self.cli.folder / path, text)
        self._say(intake)
        return 0

    def _data(self) -> bytes:
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError as error:
                raise UsageError(
                    f"there is no encoding `{self.encoding}`", hint="utf-8, utf-16, cp1252 and latin-1 are common ones"
                ) from error
        try:
            return self.file.read_bytes()
        except OSError as error:
            raise UsageError(f"`{self.file}` cannot be read: {(error.strerror or 'error').lower()}") from error

    def _check_out(self) -> None:
        """Raises UsageError for a file that would not be read as a manifest of the tenant."""
        if self.out == STDOUT:
            if self.asked.update:
                raise UsageError("`--update` changes files, so it does not go with `--out -`")
            return
        path = PurePosixPath(self.out)
        outside = path.is_absolute() or ".." in path.parts
        hidden = any(part.startswith(".") for part in path.parts) or path.parts[0] == OVERLAYS
        if outside or hidden or not self.out.endswith(SUFFIXES) or is_ignored(self.cli.folder, self.out):
            raise UsageError(
                f"`{self.out}` would not be read as a manifest of the tenant",
                hint=f"name a `*.yaml` below the tenant's folder, as in `--out people/{self.asked.kind}.yaml`",
            )

    # --- What is written ------------------------------------------------------------------------------------------

    def _texts(self, manifests: Manifests, intake: Intake) -> dict[str, str]:
        """The manifests that change, by path from the tenant's folder, as they are to be."""
        texts: dict[str, str] = {}
        by_file: dict[str, dict[str, Mapping[tuple[str, ...], Any]]] = {}
        for declared, differences in intake.changed:
            by_file.setdefault(declared.file, {})[declared.key] = edits(declared, differences)
        for file, own in by_file.items():
            texts[file] = changed(read(self.cli.folder / file), self.asked.kind, own, file)
        entries = [_entry(declared) for declared in intake.new]
        if self.out == STDOUT:
            click.echo(manifest(self.asked.kind, entries).text if entries else "", nl=False)
        elif entries:
            before = texts.get(self.out, read(self.cli.folder / self.out))
            texts[self.out] = all_added(before, self.asked.kind, entries, self.out)
        return texts

    # --- What is said ---------------------------------------------------------------------------------------------

    def _refused(self, found: Sequence[Diagnostic]) -> int:
        self._tell(found)
        errors = sum(item.severity is Severity.ERROR for item in found)
        click.echo(f"{_count(errors, 'problem')}; nothing was written", err=True)
        return 1

    def _tell(self, found: Sequence[Diagnostic]) -> None:
        """Problems go to stderr as text, and to stdout in the other forms."""
        match self.form:
            case "json":
                click.echo(report.json(found), nl=False, err=self.out == STDOUT)
            case "github":
                click.echo(report.github(found, place=self._places()), nl=False, err=self.out == STDOUT)
            case _ if found:
                click.echo(report.text(found, color=self.cli.colored(sys.stderr)), err=True, color=True)

    def _places(self) -> Callable[[str], str]:
        """What the repository calls a manifest, and what it calls the table, which is named as it was typed."""
        table, manifests = place_of(Path()), place_of(self.cli.folder)
        return lambda file: table(file) if file == str(self.file) else manifests(file)

    def _say(self, intake: Intake) -> None:
        """What was written, what is left to a person, and what comes next."""
        aside = self.out == STDOUT or self.form != "text"
        for line in self._lines(intake):
            click.echo(line, err=aside)

    def _lines(self, intake: Intake) -> list[str]:
        lines = [*self._counts(intake), *self._notes(intake)]
        if self.out != STDOUT:
            lines.append(f"Next: {self.cli.typed} plan" if intake.new or intake.changed else "Nothing was written")
        return lines

    def _counts(self, intake: Intake) -> Iterator[str]:
        """What became of the rows."""
        kind = self.asked.kind.replace("_", " ")
        if intake.new:
            where = "" if self.out == STDOUT else f" in {self.out}"
            yield f"{_of(len(intake.new), kind)} declared{where}{_spread(intake)}"
        if intake.changed:
            files = ", ".join(sorted({declared.file for declared, _ in intake.changed}))
            yield f"{_of(len(intake.changed), kind)} changed in {files}"
        if intake.same:
            yield f"{_of(intake.same, kind)} declared already, and the same"

    def _notes(self, intake: Intake) -> Iterator[str]:
        """What is left to a person."""
        if intake.variables:
            number = len(set(intake.variables))
            yield f"{_count(number, 'secret')} to be set before an apply, such as {intake.variables[0]}"
        for name, paths in lacking(intake).items():
            secret = next((path for path in paths if intake.targets.offers[name].specs[path].secret), None)
            how = f": `--secret '{secret}={{KEY}}_PIN'` names a variable for each" if secret else ""
            yield f"note: a create on `{name}` needs {listed(paths)}, too{how}"
        if intake.gone and self.asked.update:
            names = ", ".join(one.key for one in intake.gone[:MOST_NAMED])
            more = f" and {len(intake.gone) - MOST_NAMED} more" if len(intake.gone) > MOST_NAMED else ""
            yield f"note: declared, and in no row: {names}{more}; take out who has left, and plan shows it"


def _spread(intake: Intake) -> str:
    """Where what is new lives, counted where not all of it lives on the same connections."""
    counts = spread(intake)
    if set(counts.values()) == {len(intake.new)}:
        return f", on {listed(counts, ' and ')}"
    return ": " + ", ".join(f"{number} on `{name}`" for name, number in counts.items())


def _entry(declared: Declaration) -> Entry:
    """The declaration as it is written: ``on`` in a list where nothing stands below it."""
    fields = dict(declared.fields)
    if declared.on is not None:
        below = any(declared.on.values())
        fields["on"] = {name: own or None for name, own in declared.on.items()} if below else list(declared.on)
    return Entry(declared.key, fields)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _of(number: int, kind: str) -> str:
    return f"{number} {singular(kind) if number == 1 else kind}"


def read(path: Path) -> str:
    """A manifest's text, empty where there is no file. Raises UsageError."""
    try:
        return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"`{path}` cannot be read") from error
