"""``provisioner import``: binds an entity that is there already, now."""

from __future__ import annotations

import click

from provisioner.cli.context import Cli
from provisioner.cli.options import WAITING, with_options


@click.command(
    "import",
    epilog="Example: provisioner import agents.jane@pbx 12   or   provisioner import queues.support@pbx 500",
)
@click.argument("address")
@click.argument("vendor_id", metavar="ID")
@with_options(WAITING)
@click.pass_obj
def import_(cli: Cli, address: str, vendor_id: str, lock_timeout: float, *, allow_commands: bool) -> int:
    """Bind ADDRESS to the entity that the vendor calls ID, and send nothing.

    Where nothing is declared at the address, a declaration of what is there is added to KIND.yaml, with variables in
    place of secrets. What a declaration says differently is changed by the next apply. A kind that the vendor cannot
    read is bound without a check, and must be declared before.
    """
    from provisioner.address import Address
    from provisioner.cli.importing import Import
    from provisioner.values import VendorId

    return Import(cli, Address.parse(address), VendorId(vendor_id), lock_timeout, allow_commands).run()
