"""``provisioner show``: renders a saved plan, without credentials or a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli.context import Cli

if TYPE_CHECKING:
    from provisioner.plan.document import Plan


@click.command(epilog="Example: provisioner show today.plan --format json")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@click.pass_obj
def show(cli: Cli, plan_file: Path, format_: str) -> None:
    """Show a saved plan."""
    from provisioner.cli.saved import load_plan

    click.echo(shown(load_plan(plan_file), format_, cli, plan_file), nl=False)


def shown(plan: Plan, format_: str, cli: Cli, file: Path | None = None) -> str:
    """The plan in the format that was asked for, ending in a line break; ``file`` is where it was saved."""
    from provisioner.report.json import plan_json
    from provisioner.report.text import plan_text

    text = (
        plan_json(plan)
        if format_ == "json"
        else plan_text(plan, color=cli.colored(sys.stdout), file=str(file) if file else None)
    )
    return text if text.endswith("\n") else f"{text}\n"
