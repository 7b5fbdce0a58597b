"""``provisioner schema``: the JSON Schemas of what the tool reads and writes."""

from __future__ import annotations

import importlib
import json

import click

from provisioner.cli.context import Cli

MANIFEST = "manifest"

SCHEMAS = {
    "plan": "provisioner.plan.schema",
    "state": "provisioner.state.schema",
    "drift": "provisioner.plan.drift_schema",
    "events": "provisioner.report.events_schema",
    "diagnostics": "provisioner.report.diagnostics_schema",
}
"""The modules whose ``schema()`` describes a format, by what the format is called."""


@click.command(epilog="Example: provisioner schema plan > plan.schema.json")
@click.argument("name", type=click.Choice([MANIFEST, *SCHEMAS]))
@click.pass_obj
def schema(cli: Cli, name: str) -> None:
    """Print the JSON Schema of a format.

    Of manifests, saved plans, the state's snapshot, what `drift` prints, the stream of `apply --json`, or what is wrong
    (`validate --format json`). That of manifests is the tenant's own, with its connections and keys; outside of a
    tenant's folder it is that of all vendors. `init` and `validate` keep it in `.provisioner/schema.json`, where an
    editor finds it.
    """
    if name == MANIFEST:
        from provisioner.cli.manifest_schema import of_folder

        click.echo(of_folder(cli), nl=False)
        return
    described = importlib.import_module(SCHEMAS[name]).schema()
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))
