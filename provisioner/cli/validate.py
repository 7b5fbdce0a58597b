"""``provisioner validate``: are the manifests good, as far as can be told without a network?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli, pass_cli
from provisioner.cli.manifest_schema import keep
from provisioner.cli.options import DIAGNOSTIC_FORMAT, with_options
from provisioner.cli.repository import place_of
from provisioner.diagnostics import Diagnostic
from provisioner.errors import ManifestError
from provisioner.plan.desired import Desired, check
from provisioner.report import diagnostics as report
from provisioner.vendors.loading import find_vendor, vendor_names


@click.command(epilog="Example: provisioner -C tenants/acme validate --format github")
@with_options(DIAGNOSTIC_FORMAT)
@pass_cli
@answered
def validate(settings: Cli, format_: str) -> int:
    """Check the manifests of a tenant, without a network.

    Every problem of every file is told in one run. Secrets are checked in form only; nothing is resolved or sent. When
    all is well, the JSON Schema for editors in `.provisioner/schema.json` is brought up to date.
    """
    desired: Desired | None = None
    wrong = ""
    try:
        desired = check(settings.folder, find_vendor, vendor_names=vendor_names, overlays=settings.overlays)
        found: Sequence[Diagnostic] = desired.notices
    except ManifestError as error:
        found, wrong = error.diagnostics, error.message
    if desired is not None:
        keep(settings.folder, desired)
    match format_:
        case "json":
            click.echo(report.json(found), nl=False)
        case "github":
            click.echo(report.github(found, place=place_of(settings.folder)), nl=False)
        case _:
            _say(settings, desired, found, wrong)
    return 0 if desired is not None else 1


def _say(settings: Cli, desired: Desired | None, found: Sequence[Diagnostic], wrong: str) -> None:
    """Problems go to stderr, and ``wrong``, which sums them up; the good news to stdout."""
    if found:
        click.echo(report.text(found, color=settings.colored(sys.stderr)), err=True, color=True)
    if desired is None:
        click.echo(wrong, err=True)
        return
    resources, connections = _count(len(desired.instances), "resource"), _count(len(desired.connections), "connection")
    click.echo(f"{desired.tenant}: {resources} on {connections}, no problems")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
