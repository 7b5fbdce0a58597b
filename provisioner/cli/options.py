"""The options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

EXAMPLE_ALLOW = "--allow deletes, --allow deletes=agents.*@pbx, --allow account=pbx"


def _format(*names: str) -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option(
            "--format",
            "format_",
            type=click.Choice(names),
            default=names[0],
            show_default=True,
            help="How to show it.",
        ),
    )


FORMAT = _format("text", "json")

PLAN_FORMAT = _format("text", "json", "markdown", "html")

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

WAITING = (
    click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0),
        default=0,
        metavar="SECONDS",
        help="Wait so long for another run to end (default 0).",
    ),
    click.option(
        "--allow-commands",
        is_flag=True,
        envvar="PROVISIONER_ALLOW_COMMANDS",
        help="Let `from_command` secrets run their commands.",
    ),
)


def with_options(*groups: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    """A decorator that adds groups of options, in the order given."""

    def decorate(command: Command) -> Command:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return decorate
