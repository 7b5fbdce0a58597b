"""The options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from provisioner.cli.context import Cli
from provisioner.report.comment import LEAST, LONGEST

Command = TypeVar("Command", bound=Callable[..., Any])

EXAMPLE_ALLOW = "--allow deletes, --allow deletes=agents.*@pbx, --allow account=pbx"


def _format(*names: str, help_: str = "How to show it.") -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option(
            "--format",
            "format_",
            type=click.Choice(names),
            default=names[0],
            show_default=True,
            help=help_,
        ),
    )


FORMAT = _format("text", "json")

PLAN_FORMAT = (
    *_format("text", "json", "markdown", "html"),
    click.option(
        "--markdown-limit",
        type=click.IntRange(min=LEAST),
        default=LONGEST,
        show_default=True,
        envvar="PROVISIONER_MARKDOWN_LIMIT",
        show_envvar=True,
        metavar="CHARACTERS",
        help="So long may `--format markdown` be: what the host takes in one comment.",
    ),
)

DIAGNOSTIC_FORMAT = _format("text", "json", "github", help_="How to say what is wrong.")

PLANNING = (
    click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only these addresses and what they need."),
    click.option("--exclude", "excludes", multiple=True, metavar="GLOB", help="Leave these addresses out."),
    click.option("--replace", "replaces", multiple=True, metavar="ADDRESS", help="Delete and make again."),
    click.option("--destroy", is_flag=True, help="Plan the removal of everything that is managed."),
    click.option(
        "--refresh-only",
        is_flag=True,
        help="Only bring the record up to date with the vendors; nothing is sent to them. See `provisioner drift`.",
    ),
    click.option(
        "--no-refresh",
        is_flag=True,
        help="Ask no vendor while planning: take what was last applied for what is there. No deletes then.",
    ),
    click.option("--allow", multiple=True, metavar="NAME[=GLOB]", help=f"Lift a guard for this plan: {EXAMPLE_ALLOW}."),
)

PLANNED = (
    click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes or work for a person."),
)

APPLIED = (click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when work is left for a person."),)


def _allow(ctx: click.Context, _: click.Parameter, allowed: bool) -> bool:  # noqa: FBT001 (click passes a flag)
    """Tells it to whoever opens the record, too: the way to that may be a secret."""
    if isinstance(ctx.obj, Cli):
        ctx.obj = replace(ctx.obj, allow_commands=allowed)
    return allowed


def _allow_commands(*, told: bool) -> Callable[[Command], Command]:
    return click.option(
        "--allow-commands",
        is_flag=True,
        envvar="PROVISIONER_ALLOW_COMMANDS",
        callback=_allow,
        expose_value=told,
        help="Let `from_command` secrets run their commands.",
    )


class _Seconds(click.FloatRange):
    """A pause, whose complaint says what was wanted in words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return float(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"`{value}` is no number of seconds, such as 30", param, ctx)


class Count(click.IntRange):
    """How many of something, none included."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"`{value}` is no whole number from 0 on", param, ctx)


_WAIT = click.option(
    "--lock-timeout",
    type=_Seconds(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait so long for another run to end (default 0).",
)

WAITING = (_WAIT, _allow_commands(told=True))

READS_RECORD = (_allow_commands(told=False),)
"""Of commands that need the record and nothing else."""

WRITES_RECORD = (_WAIT, *READS_RECORD)


def with_options(*groups: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    """A decorator that adds groups of options, in the order given."""

    def decorate(command: Command) -> Command:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return decorate
