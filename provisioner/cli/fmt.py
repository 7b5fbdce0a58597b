"""``provisioner fmt``: the manifests in canonical layout."""

from __future__ import annotations

import sys

import click

from provisioner.cli.context import Cli, pass_cli
from provisioner.cli.replacing import replace_text
from provisioner.diagnostics import Diagnostic, Position
from provisioner.manifest import files
from provisioner.manifest.formatting import formatted, same
from provisioner.manifest.reader import read
from provisioner.manifest.source import Source
from provisioner.report import diagnostics as report
from provisioner.report.escape import harmless
from provisioner.vendors.loading import find_vendor, vendor_names


@click.command(epilog="Example: provisioner -C tenants/acme fmt --check")
@click.option(
    "--check", is_flag=True, help="Change nothing: name the files that would change, and exit 1 if any would."
)
@pass_cli
def fmt(cli: Cli, *, check: bool) -> int:
    """Lay the manifests out alike, `overlays/` included; name each file that changes.

    Comments, the order of everything and what it means stay as they are. A file with errors is told of and left alone,
    and the exit code is 1.
    """
    found = files.find(cli.folder, _secret_names, overlays=cli.overlays, everything=True)
    problems = list(found.problems)
    changed = False
    for source in sorted([*found.sources, *found.overlays], key=lambda source: source.file):
        text = _laid_out(source, problems)
        path = cli.folder / source.file
        if text is None or path.read_bytes() == text.encode():
            continue
        changed = True
        if not check:
            replace_text(path, text)
        click.echo(harmless(source.file))
    if problems:
        problems.sort(key=lambda problem: problem.position or Position("", 0, 0))
        click.echo(report.text(problems, color=cli.colored(sys.stderr)), err=True, color=True)
    return 1 if problems or (check and changed) else 0


def _secret_names() -> frozenset[str]:
    from provisioner.plan.building import Installed

    return Installed(find_vendor, vendor_names).secret_names()


def _laid_out(source: Source, problems: list[Diagnostic]) -> str | None:
    """The file's text as it should be; None, and its problems, where it is not to be touched."""
    reading = read(source)
    if reading.problems:
        problems += reading.problems
        return None
    text = formatted(source.text)
    if same(source.text, text):
        return text
    problems.append(
        Diagnostic(
            "layout",
            "this file is laid out in a way that cannot be changed without a risk to what it says",
            Position(source.file, 1, 1),
            hint="it was left alone; a comment in an unusual place is the likely cause",
        )
    )
    return None
