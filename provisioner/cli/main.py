"""The command line: global options, the table of commands, and how every run ends.

A command's module is imported when the command is called, so that ``--help`` and ``--version`` cost little more than
click does. Nothing that those two do not need is imported at the top here, pathlib and logging included;
``benchmarks/starting.py`` measures it. Exit codes are 0, 1 and 2 as design says; click's own 2 for a wrong command line
becomes 1, so that a typo is never "changes present".
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from provisioner import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FAILED = 1


class Entry(NamedTuple):
    """A command that is imported when it is called: where it stands, and its line in the list of commands."""

    place: str
    summary: str


COMMANDS = {
    "init": Entry("provisioner.cli.init:init", "Start a tenant folder."),
    "validate": Entry("provisioner.cli.validate:validate", "Check the manifests, without a network."),
    "fmt": Entry("provisioner.cli.fmt:fmt", "Lay the manifests out alike."),
    "plan": Entry("provisioner.cli.plan:plan", "Show what would change at the vendors."),
    "apply": Entry("provisioner.cli.apply:apply", "Make the changes."),
    "destroy": Entry("provisioner.cli.destroy:destroy", "Remove everything that is managed."),
    "drift": Entry("provisioner.cli.drift:drift", "Show what others changed at the vendors since the last apply."),
    "import": Entry("provisioner.cli.import_:import_", "Bind an entity that is there already."),
    "export": Entry("provisioner.cli.export:export", "Write manifests from a live account."),
    "import-csv": Entry("provisioner.cli.import_csv:import_csv", "Write manifests from a spreadsheet."),
    "state": Entry("provisioner.cli.state:state", "Look at and mend the record of what is managed."),
    "history": Entry("provisioner.cli.history:history", "Show who applied what when."),
    "show": Entry("provisioner.cli.show:show", "Render a saved plan."),
    "graph": Entry("provisioner.cli.graph:graph", "Show what needs what."),
    "schema": Entry("provisioner.cli.schema:schema", "Print the JSON Schema of what is read or written."),
    "vendors": Entry("provisioner.cli.vendors:vendors", "Show what each vendor's API can and cannot do."),
    "explain": Entry("provisioner.cli.explain:explain", "Say what a field means at each vendor."),
    "completion": Entry("provisioner.cli.completion:completion", "Print the script for a shell's completion."),
    "simulate": Entry("provisioner.cli.simulate:simulate", "Run a vendor's simulator on this machine."),
    "demo": Entry("provisioner.cli.demo:demo", "See the whole story against simulators."),
}


class LazyGroup(click.Group):
    """A group whose commands stand in a table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise AssertionError(f"{entry.place} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names from the table, so that completing one imports no command; options as click has them."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=COMMANDS[name].summary) for name in COMMANDS if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a guess where there is no such command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            from provisioner.cli.habits import WORDS

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean `{close[0]}`?" if close else ""
            hint = WORDS.get(args[0], hint)
            ctx.fail(f"there is no command `{args[0]}`{'; ' if hint else ''}{hint}")
        return super().resolve_command(ctx, args)


LEVELS = ("debug", "info", "warning", "error")


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: provisioner -C tenants/acme validate",
)
@click.version_option(__version__, prog_name="provisioner")
@click.option(
    "-C",
    "--chdir",
    "folder",
    type=click.Path(),
    default=".",
    metavar="DIR",
    help="The tenant's folder; default: here.",
)
@click.option(
    "-f",
    "overlays",
    type=click.Path(),
    multiple=True,
    metavar="FILE",
    help="Merge FILE over the manifests by key, as in `-f overlays/production.yaml`; relative to the tenant's folder. "
    "Repeatable: a later one wins.",
)
@click.option("--no-color", is_flag=True, help="Plain text, also on a terminal.")
@click.option("--log-level", type=click.Choice(LEVELS), default="warning", show_default=True, help="What to log.")
@click.pass_context
def cli(
    ctx: click.Context,
    folder: str,
    overlays: tuple[str, ...],
    no_color: bool,  # noqa: FBT001 (click passes a flag)
    log_level: str,
) -> None:
    """Contact centres as code: plan and apply agents, queues and alerts from YAML manifests."""
    from pathlib import Path

    from provisioner.cli.context import Cli, color_allowed, redraw_allowed

    _log(log_level)
    colored, redraw = color_allowed(os.environ, no_color=no_color), redraw_allowed(os.environ)
    ctx.obj = Cli(Path(folder), colored, log_level, tuple(map(Path, overlays)), redraw=redraw)
    ctx.with_resource(_terminable())


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM, which is how CI ends a job, ends a command as Ctrl-C does."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():  # only there can a signal be dealt with
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _log(level: str) -> None:
    """Logs to stderr. HTTP libraries stay silent: they would log addresses, and one vendor's key is part of those."""
    import logging

    logging.basicConfig(
        level=level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True
    )
    for name in ("httpx", "httpcore", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and gives its exit code; nothing that a user can cause ends in a traceback."""
    from provisioner.cli import streams

    listed = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _ended(listed) if streams.ready() else _failed("stdout is closed")
    except OSError:  # it could not be told, and nor can that
        return FAILED
    finally:
        streams.silence()


def _ended(arguments: list[str]) -> int:
    """How the command line ended, once whatever it had to say was delivered; raises OSError where that cannot be."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # whoever read our output has closed it (`| head`)
        raise
    except KeyboardInterrupt:
        return _failed("interrupted")
    except Exception as error:  # noqa: BLE001 (the top: `failures` sorts them, and calls what is left a fault of ours)
        from provisioner.cli import failures

        failures.tell(error, arguments)
        return FAILED
    return code


def _run(arguments: list[str]) -> int:
    try:
        code = cli.main(arguments, prog_name="provisioner", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return FAILED
    except click.ClickException as error:
        _placed(error, arguments).show()
        return FAILED
    except click.Abort:
        return _failed("interrupted")
    return code if isinstance(code, int) else 0


def _placed(error: click.ClickException, arguments: Sequence[str]) -> click.ClickException:
    """The error; whoever wrote an option of the tool as a whole after the command is told where it stands, and whoever
    wrote a long one with one dash that there are two."""
    context = error.ctx if isinstance(error, click.NoSuchOption) else None
    if not isinstance(error, click.NoSuchOption) or context is None:
        return error
    if hint := _of_one_dash(error, context, arguments):
        return click.UsageError(f"{error.format_message().removesuffix('.')}; {hint}", context)
    name, command = error.option_name, context.command_path.partition(" ")[2]
    if context.parent is None:
        return error
    for option in cli.params:
        if name in option.opts:
            right = " ".join(filter(None, ("provisioner", name, option.metavar or "", command)))
            return click.UsageError(f"`{name}` stands before the command: {right}", context)
    return error


def _of_one_dash(error: click.NoSuchOption, context: click.Context, arguments: Sequence[str]) -> str | None:
    from provisioner.cli.habits import meant_by_option

    own, whole = ({name for option in of.params for name in option.opts} for of in (context.command, cli))
    return meant_by_option(error.option_name, arguments, own, whole)


def _failed(message: str) -> int:
    click.echo(f"error: {message}", err=True)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
