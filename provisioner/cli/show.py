"""``provisioner show``: renders a saved plan, without credentials or a network."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli.context import Cli
from provisioner.cli.options import FORMAT, with_options

WIDTH = 100

if TYPE_CHECKING:
    from provisioner.plan.document import Plan


@click.command(epilog="Example: provisioner show today.plan --format json")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@with_options(FORMAT)
@click.pass_obj
def show(cli: Cli, plan_file: Path, format_: str) -> None:
    """Show a saved plan."""
    from provisioner.cli.saved import load_plan

    click.echo(shown(load_plan(plan_file), format_, cli, plan_file), nl=False)


def shown(plan: Plan, format_: str, cli: Cli, file: Path | None = None, *, asked: bool = False) -> str:
    """The plan in the format that was asked for, ending in a line break.

    ``file`` is where it was saved; ``asked`` where the command goes on to ask whether to apply it.
    """
    from provisioner.report.json import plan_json
    from provisioner.report.text import plan_text

    if format_ == "json":
        return f"{plan_json(plan).rstrip()}\n"
    color = cli.colored(sys.stdout)
    text = plan_text(plan, color=color, width=width(), file=str(file) if file else None, asked=asked, tool=cli.typed)
    return f"{text.rstrip()}\n"


def width() -> int:
    """How many columns there are to write in: the terminal's, or 100 where stdout is none."""
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
