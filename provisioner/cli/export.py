"""``provisioner export``: manifests from a live account."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.context import Cli
from provisioner.cli.options import WAITING, with_options


@click.command(epilog="Example: provisioner export --connection pbx --out ../acme-exported --adopt")
@click.option("--connection", required=True, metavar="NAME", help="The account to read, as the manifests name it.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="An empty folder, or a new one."
)
@click.option("--adopt", is_flag=True, help="Bind at once all that was exported, in the new folder's state.")
@with_options(WAITING)
@click.pass_obj
def export(cli: Cli, connection: str, out: Path, lock_timeout: float, *, adopt: bool, allow_commands: bool) -> int:
    """Write manifests from a live account: one file per kind, and tenant.yaml.

    A plan in the new folder shows adoptions only. Keys are made from names; what a create would make so anyway is left
    out; secrets are named by the variables to take them from. Nothing is written to the vendor. An account that cannot
    be read whole is not exported at all; what manifests cannot say is listed, and the exit code is 1.
    """
    from provisioner.cli.exporting import Export

    return Export(cli, connection, out, adopt, lock_timeout, allow_commands).run()
