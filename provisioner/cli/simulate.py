"""``provisioner simulate``: a vendor's simulator on loopback, for rehearsals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from provisioner.cli.context import Cli
from provisioner.errors import UsageError

if TYPE_CHECKING:
    from provisioner.simulators.server import Running


@click.command(epilog="Example: provisioner simulate VENDOR --port 8080")
@click.argument("vendor")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port on loopback (default: a free one)."
)
@click.option(
    "--credential",
    "credentials",
    multiple=True,
    metavar="NAME=VALUE",
    help="A credential that clients must give; invented ones only, they are printed.",
)
@click.pass_obj
def simulate(cli: Cli, vendor: str, port: int, credentials: tuple[str, ...]) -> None:
    """Run a vendor's simulator until Ctrl-C: a real HTTP server on loopback that keeps its content in memory.

    Prints the URL and the credentials to use in a manifest, and the address of its control interface, through which
    its content can be seen and changed as a person would in the vendor's administration.
    """
    from provisioner.simulators.server import LOOPBACK, find, serve_forever

    given = dict(_pair(text) for text in credentials)
    serve_forever(find(vendor), LOOPBACK, port, _say, given or None)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"`--credential {text}` is not NAME=VALUE")
    return name, value


def _say(running: Running) -> None:
    click.echo(f"url: {running.base_url}")
    for name, value in running.credentials.items():
        click.echo(f"{name}: {value}")
    click.echo(f"control: {running.url}/_simulator/content")
    click.echo(f"faults: {running.url}/_simulator/faults")
