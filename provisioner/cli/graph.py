"""``provisioner graph``: what needs what."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.context import Cli


@click.command(epilog="Example: provisioner graph --format dot today.plan | dot -Tsvg > today.svg")
@click.argument("plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "dot"]),
    default="text",
    show_default=True,
    help="Indented text, or DOT for Graphviz.",
)
@click.pass_obj
def graph(cli: Cli, plan_file: Path | None, format_: str) -> None:
    """Show what needs what: of the declarations, which refers to which; of a saved PLAN, which change comes first.

    Needs no network and no credentials.
    """
    from provisioner.cli.saved import load_plan
    from provisioner.cli.tenant import open_tenant
    from provisioner.report.graph import dot, of_declarations, of_plan, text

    found = of_declarations(open_tenant(cli).desired) if plan_file is None else of_plan(load_plan(plan_file))
    click.echo(dot(found) if format_ == "dot" else text(found), nl=False)
