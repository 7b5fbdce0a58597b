"""``provisioner explain``: what a field means at each vendor."""

from __future__ import annotations

import click

from provisioner.cli.context import Cli, pass_cli


@click.command(epilog="Example: provisioner explain agents.number")
@click.argument("field")
@pass_cli
def explain(_cli: Cli, field: str) -> None:
    """Say what a field means at each vendor that has it: what to write, its unit, what is special about it.

    FIELD is KIND.FIELD (`agents.number`), a field alone (`wrap_up_time`), or a kind (`queues`) for all of its fields.
    """
    from provisioner.report.explain import explained, meanings
    from provisioner.vendors.loading import find_vendor, vendor_names

    found = meanings(field, [find_vendor(name) for name in vendor_names()])
    click.echo(explained(found), nl=False)
