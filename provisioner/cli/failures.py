"""What a user is told when a run ends in an exception. It is imported only then, so that ``--help`` starts quickly."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import click

from provisioner.diagnostics import Diagnostic
from provisioner.report import diagnostics
from provisioner.report.escape import harmless
from provisioner.report.failure import FAULT, failure, problems


def tell(error: Exception, arguments: Sequence[str]) -> None:
    """Says on stderr what went wrong and what to do; ``arguments`` are the command line."""
    whole = failure(error)
    if whole.code == FAULT and "debug" in arguments:
        traceback.print_exception(error)  # a bug's text may repeat values: it is shown to who asks for it
    _diagnostics(problems(error))
    click.echo(f"error: {harmless(whole.message)}", err=True)
    if whole.hint:
        click.echo(f"hint: {harmless(whole.hint)}", err=True)


def _diagnostics(found: Sequence[Diagnostic]) -> None:
    """Every problem with its place, whichever command came upon them."""
    if found:
        click.echo(diagnostics.text(found, color=False), err=True)
