"""``provisioner history``: who applied what when, and whether that is still as it was written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli
from provisioner.cli.options import FORMAT, READS_RECORD, Count, with_options

if TYPE_CHECKING:
    from provisioner.state.backend import Backend
    from provisioner.state.history import Record

NEWEST = 20


@click.group(invoke_without_command=True, epilog="Example: provisioner history --limit 5 --requests")
@click.option(
    "--limit",
    type=Count(),
    default=NEWEST,
    show_default=True,
    metavar="N",
    help="Only the last N; 0 shows all.",
)
@click.option("--requests", is_flag=True, help="Every request of each, and how it ended. JSON always has them.")
@with_options(FORMAT, READS_RECORD)
@click.pass_context
def history(ctx: click.Context, limit: int, format_: str, *, requests: bool) -> None:
    """Show every apply, the newest first: who, when, by which command, and what came of it.

    Interrupted ones are among them, and so are `import` and `export --adopt`. Nothing in it is secret.
    """
    if ctx.invoked_subcommand is None:
        _show(ctx.obj, limit=limit, format_=format_, requests=requests)


@answered
def _show(cli: Cli, *, limit: int, format_: str, requests: bool) -> None:
    from provisioner.cli.tenant import open_record
    from provisioner.report.fields import Paper
    from provisioner.report.history import history_json, history_text

    records = _records(open_record(cli))
    newest = tuple(reversed(records))[: limit or None]
    if format_ == "json":
        click.echo(history_json(newest, len(records)))
        return
    paper = Paper(cli.colored(sys.stdout))
    click.echo(history_text(newest, len(records), paper, requests=requests))


def _records(backend: Backend) -> tuple[Record, ...]:
    """Every apply, oldest first; the last one from the journal, if it was killed and nobody has written since."""
    from provisioner.state.history import record_of

    told, last = backend.history().records(), record_of(backend.load())
    if last is None or told[-1:] == (last,):
        return told
    if backend.holder() is not None:
        click.echo("note: an apply is under way; it is told here once it has ended", err=True)
        return told
    return (*told, last)


@history.command(epilog="Example: provisioner history verify")
@with_options(FORMAT, READS_RECORD)
@click.pass_obj
@answered
def verify(cli: Cli, format_: str) -> None:
    """Check that every line of the history is as it was written, and that none is missing.

    Each line holds the SHA-256 of the one before, and the record that of the last one. Exits 1 naming the first line
    that does not fit.
    """
    from provisioner.cli.tenant import open_record
    from provisioner.report.history import verified_json, verified_text

    found = open_record(cli).history()
    count = found.verify()
    click.echo(verified_json(count, found.head) if format_ == "json" else verified_text(count))
