"""``provisioner vendors``: what each vendor's API can and cannot do."""

from __future__ import annotations

import click

from provisioner.cli.context import Cli, pass_cli


@click.command(epilog="Example: provisioner vendors eq")
@click.argument("name", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@pass_cli
def vendors(_cli: Cli, name: str | None, format_: str) -> None:
    """Show what each vendor's API can and cannot do, kind by kind, the vendors side by side.

    With NAME of one: the document that says so for each call, how entities are found and written, and what is left for
    a person to do. No tenant folder is needed.
    """
    from provisioner.report.vendors import matrix, vendor
    from provisioner.report.vendors_json import vendors_json
    from provisioner.report.vendors_markdown import document, whole
    from provisioner.vendors.loading import find_vendor, vendor_names

    found = [find_vendor(other) for other in (vendor_names() if name is None else (name,))]
    match format_:
        case "json":
            click.echo(vendors_json(found))
        case "markdown":
            click.echo(document(found) if name is None else whole(found[0]), nl=False)
        case _:
            click.echo(matrix(found) if name is None else vendor(found[0]), nl=False)
