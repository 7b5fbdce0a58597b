"""``provisioner validate``: are the manifests good, as far as can be told without a network?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from provisioner.cli.context import Cli, pass_cli
from provisioner.cli.manifest_schema import keep
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.errors import ManifestError
from provisioner.plan.desired import Desired, check
from provisioner.report import diagnostics as report
from provisioner.vendors.loading import find_vendor, vendor_names


@click.command(epilog="Example: provisioner -C tenants/acme validate --format github")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to say what is wrong.",
)
@pass_cli
def validate(settings: Cli, form: str) -> int:
    """Check the manifests of a tenant, without a network.

    Every problem of every file is told in one run. Secrets are checked in form only; nothing is resolved or sent. When
    all is well, the JSON Schema for editors in `.provisioner/schema.json` is brought up to date.
    """
    desired: Desired | None = None
    try:
        desired = check(settings.folder, find_vendor, vendor_names=vendor_names, overlays=settings.overlays)
        found: Sequence[Diagnostic] = desired.notices
    except ManifestError as error:
        found = error.diagnostics
    if desired is not None:
        keep(settings.folder, desired)
    match form:
        case "json":
            click.echo(report.json(found), nl=False)
        case "github":
            click.echo(report.github(found, folder=_as_seen_from_here(settings)), nl=False)
        case _:
            _say(settings, desired, found)
    return 0 if desired is not None else 1


def _as_seen_from_here(settings: Cli) -> str:
    return "" if settings.folder.is_absolute() else settings.folder.as_posix()


def _say(settings: Cli, desired: Desired | None, found: Sequence[Diagnostic]) -> None:
    """Problems go to stderr, the good news to stdout."""
    if found:
        click.echo(report.text(found, color=settings.colored(sys.stderr)), err=True, color=True)
    if desired is None:
        errors = sum(item.severity is Severity.ERROR for item in found)
        click.echo(f"{_count(errors, 'problem')} in the manifests", err=True)
        return
    resources, connections = _count(len(desired.instances), "resource"), _count(len(desired.connections), "connection")
    click.echo(f"{desired.tenant}: {resources} on {connections}, no problems")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
