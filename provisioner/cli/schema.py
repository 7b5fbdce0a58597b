"""``provisioner schema``: the JSON Schemas of what the tool reads and writes."""

from __future__ import annotations

import json

import click

from provisioner.cli.context import Cli


@click.command(epilog="Example: provisioner schema plan > plan.schema.json")
@click.argument("name", type=click.Choice(["manifest", "plan", "state", "drift"]))
@click.pass_obj
def schema(cli: Cli, name: str) -> None:
    """Print the JSON Schema of manifests, of saved plans, of the state's snapshot or of what `drift` prints.

    That of manifests is the tenant's own, with its connections and keys; outside of a tenant's folder it is that of all
    vendors. `init` and `validate` keep it in `.provisioner/schema.json`, where an editor finds it.
    """
    if name == "manifest":
        from provisioner.cli.manifest_schema import of_folder

        click.echo(of_folder(cli), nl=False)
        return
    if name == "plan":
        from provisioner.plan.schema import schema as described
    elif name == "drift":
        from provisioner.plan.drift_schema import schema as described
    else:
        from provisioner.state.schema import schema as described
    click.echo(json.dumps(described(), indent=2, ensure_ascii=False))
