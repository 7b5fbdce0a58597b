"""``provisioner show``: renders a saved plan, without credentials or a network."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import streams
from provisioner.cli.answering import answered
from provisioner.cli.context import Cli
from provisioner.cli.options import PLAN_FORMAT, with_options
from provisioner.report.comment import LONGEST

WIDTH = 100
FOR_THE_READER = ("text",)

if TYPE_CHECKING:
    from provisioner.plan.document import Plan


@click.command(epilog="Example: provisioner show today.plan --format json")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@with_options(PLAN_FORMAT)
@click.pass_obj
@answered
def show(cli: Cli, plan_file: Path, format_: str, markdown_limit: int) -> None:
    """Show a saved plan."""
    from provisioner.cli.saved import load_plan

    say(load_plan(plan_file), format_, cli, plan_file, limit=markdown_limit)


def say(plan: Plan, format_: str, cli: Cli, file: Path | None, *, limit: int) -> None:
    """Writes the plan to stdout; what is for a web page in UTF-8, whatever the terminal's encoding is."""
    if format_ not in FOR_THE_READER:
        streams.in_utf8()
    click.echo(shown(plan, format_, cli, file, limit=limit), nl=False)


def shown(
    plan: Plan, format_: str, cli: Cli, file: Path | None = None, *, asked: bool = False, limit: int = LONGEST
) -> str:
    """The plan in the format that was asked for, ending in a line break.

    ``file`` is where it was saved; ``asked`` where the command goes on to ask whether to apply it. ``limit`` is how
    many characters Markdown may have.
    """
    name = str(file) if file else None
    match format_:
        case "json":
            from provisioner.report.json import plan_json

            told = plan_json(plan)
        case "markdown":
            from provisioner.report.markdown import plan_markdown

            told = plan_markdown(plan, limit=limit, file=name, tool=cli.typed)
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
