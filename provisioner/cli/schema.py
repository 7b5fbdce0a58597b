"""``provisioner schema``: the JSON Schemas of what the tool reads and writes."""

from __future__ import annotations

import json

import click

from provisioner.cli.context import Cli


@click.command(epilog="Example: provisioner schema plan > plan.schema.json")
@click.argument("name", type=click.Choice(["plan", "state"]))
@click.pass_obj
def schema(cli: Cli, name: str) -> None:
    """Print the JSON Schema of saved plans or of the state's snapshot."""
    if name == "plan":
        from provisioner.plan.schema import schema as described
    else:
        from provisioner.state.schema import schema as described
    click.echo(json.dumps(described(), indent=2, ensure_ascii=False))
