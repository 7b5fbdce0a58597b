"""``provisioner show``: renders a saved plan, without credentials or a network."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli.context import Cli
from provisioner.cli.options import PLAN_FORMAT, with_options

WIDTH = 100

if TYPE_CHECKING:
    from provisioner.plan.document import Plan


@click.command(epilog="Example: provisioner show today.plan --format json")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@with_options(PLAN_FORMAT)
@click.pass_obj
def show(cli: Cli, plan_file: Path, format_: str) -> None:
    """Show a saved plan."""
    from provisioner.cli.saved import load_plan

    click.echo(shown(load_plan(plan_file), format_, cli, plan_file), nl=False)


def shown(plan: Plan, format_: str, cli: Cli, file: Path | None = None, *, asked: bool = False) -> str:
    """The plan in the format that was asked for, ending in a line break.

    ``file`` is where it was saved; ``asked`` where the command goes on to ask whether to apply it.
    """
    name = str(file) if file else None
    match format_:
        case "json":
            from provisioner.report.json import plan_json

            told = plan_json(plan)
        case "markdown":
            from provisioner.report.markdown import plan_markdown

            told = plan_markdown(plan, file=name, tool=cli.typed)
        case "html":
            from provisioner.report.html import plan_html

            told = plan_html(plan, file=name, tool=cli.typed)
        case _:
            from provisioner.report.text import plan_text

            color = cli.colored(sys.stdout)
            told = plan_text(plan, color=color, width=width(), file=name, asked=asked, tool=cli.typed)
    return f"{told.rstrip()}\n"


def width() -> int:
    """How many columns there are to write in: the terminal's, or 100 where stdout is none."""
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
