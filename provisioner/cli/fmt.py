"""``provisioner fmt``: the manifests in canonical layout."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli, pass_cli
from provisioner.cli.options import DIAGNOSTIC_FORMAT, with_options
from provisioner.cli.replacing import replace_text
from provisioner.cli.repository import place_of
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.manifest import files
from provisioner.manifest.formatting import formatted, same
from provisioner.manifest.reader import read
from provisioner.manifest.source import Source, Span
from provisioner.report import diagnostics as report
from provisioner.report.escape import harmless
from provisioner.vendors.loading import find_vendor, vendor_names


@click.command(epilog="Example: provisioner -C tenants/acme fmt --check")
@click.option(
    "--check", is_flag=True, help="Change nothing: name the files that would change, and exit 1 if any would."
)
@with_options(DIAGNOSTIC_FORMAT)
@pass_cli
@answered
def fmt(cli: Cli, format_: str, *, check: bool) -> int:
    """Lay the manifests out alike, `overlays/` included; name each file that changes.

    Comments, the order of everything and what it means stay as they are. A file with errors is told of and left alone,
    and the exit code is 1.
    """
    found = files.find(cli.folder, _secret_names, overlays=cli.overlays, everything=True)
    problems = list(found.problems)
    changed: list[Diagnostic] = []
    for source in sorted([*found.sources, *found.overlays], key=lambda source: source.file):
        text = _laid_out(source, problems)
        path = cli.folder / source.file
        if text is None or path.read_bytes() == text.encode():
            continue
        changed.append(_differs(source, text, check=check))
        if not check:
            replace_text(path, text)
        if format_ == "text":
            click.echo(harmless(source.file))
    problems.sort(key=lambda problem: problem.position or Position("", 0, 0))
    _tell(cli, problems, changed, format_)
    return 1 if problems or (check and changed) else 0


def _differs(source: Source, text: str, *, check: bool) -> Diagnostic:
    """That a file is laid out in another way, at the first line that is; at its first where only the encoding is."""
    signs = enumerate(zip(source.text, text, strict=False))
    end = 0 if source.text == text else len(source.text) - 1
    first = min(next((number for number, (old, new) in signs if old != new), len(text)), max(end, 0))
    line = source.position(first).line
    start = source.start_of(line)
    place = Span(start, start + len(source.lines[line - 1]))
    if not check:
        return source.problem("laid_out", "this file was laid out anew", place, severity=Severity.NOTICE)
    message = "this file is not laid out as `provisioner fmt` does it, from this line on"
    return source.problem("not_laid_out", message, place, hint="run `provisioner fmt`")


def _tell(cli: Cli, problems: Sequence[Diagnostic], changed: Sequence[Diagnostic], format_: str) -> None:
    """Problems go to stderr as text, and with what changed to stdout in the other forms."""
    match format_:
        case "json":
            click.echo(report.json([*problems, *changed]), nl=False)
        case "github":
            click.echo(report.github([*problems, *changed], place=place_of(cli.folder)), nl=False)
        case _ if problems:
            click.echo(report.text(problems, color=cli.colored(sys.stderr)), err=True, color=True)


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
