"""How does a program that reads stdout learn that a command has no result?

======================  =========================================================================================
asked for               what stands on stdout where the command ends in an error
======================  =========================================================================================
``--format json``       one document of diagnostics, in the place of the result
``--format github``     the same as annotations
``--json``              a line of type ``error``, the last of the stream
anything else           nothing
======================  =========================================================================================

What is wrong is said on stderr as well, and the exit code is 1, whatever was asked for. A command line that cannot be
read at all is answered on stderr alone: nobody can tell then what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click

from provisioner.cli.context import Cli

Command = TypeVar("Command", bound=Callable[..., Any])

STREAM = "stream"


def answered(command: Command) -> Command:
    """The command, which also tells a program why it has no result; for commands that are given the Cli first."""

    @wraps(command)
    def told(cli: Cli, *arguments: Any, **options: Any) -> Any:
        try:
            return command(cli, *arguments, **options)
        except BrokenPipeError:
            raise  # whoever would be told has gone
        except (Exception, KeyboardInterrupt) as error:
            form = STREAM if options.get("json_") else str(options.get("format_"))
            click.echo(_answer(error, form, cli), nl=False)
            raise

    return cast("Command", told)


def _answer(error: BaseException, form: str, cli: Cli) -> str:
    """What stands on stdout in that form; nothing in a form for people."""
    from provisioner.cli.repository import place_of
    from provisioner.report import diagnostics
    from provisioner.report.failure import failure, problems

    whole, found = failure(error), problems(error)
    match form:
        case "json":
            return diagnostics.json(found or (whole,))
        case "github":
            return diagnostics.github(found or (whole,), place=place_of(cli.folder))
        case "stream":
            from provisioner.cli.tenant import now
            from provisioner.report.json import error_json

            return f"{error_json(whole, found, now())}\n"
        case _:
            return ""
