"""``provisioner vendors``: what each vendor's API can and cannot do."""

from __future__ import annotations

import click

from provisioner.cli.context import Cli, pass_cli


@click.command(epilog="Example: provisioner vendors eq")
@click.argument("name", required=False)
@pass_cli
def vendors(_cli: Cli, name: str | None) -> None:
    """Show which kinds each vendor has, and which calls of its API there are for them.

    With NAME of one: the document that says so for each call, how entities are found and written, and what is left for
    a person to do. No tenant folder is needed.
    """
    from provisioner.report.vendors import matrix, vendor
    from provisioner.vendors.loading import find_vendor, vendor_names

    if name is None:
        click.echo(matrix(find_vendor(other) for other in vendor_names()), nl=False)
    else:
        click.echo(vendor(find_vendor(name)), nl=False)
